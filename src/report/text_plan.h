/* SPDX-License-Identifier: MIT */
/* What the files share that write the plan of -v: commands for a POSIX shell, which are printed as
 * they are to be copied, whole, however wide. */
#ifndef PB_REPORT_TEXT_PLAN_H
#define PB_REPORT_TEXT_PLAN_H

#include "report/text_report.h"

/* The columns of commands and of their further lines. */
enum { TEXT_COMMAND = TEXT_INDENT + 2, TEXT_CONTINUATION = TEXT_COMMAND + 4 };

#define TEXT_LONGEST_NAME 128 /* of a server certificate */

/* The certificate that takes the old one's place. Its ARN can be told where the account is known.
 */
struct text_replacement {
    struct pb_slice name;               /* may stand in a command */
    struct pb_slice path;               /* "/" where the old one's is not known */
    struct pb_slice partition, account; /* absent where the ARN cannot be told */
    char storage[TEXT_LONGEST_NAME];    /* private: of the name */
};

void text_write_command(struct text_report *report, const char *words);
void text_write_continuation(struct text_report *report, const char *words);

/* Every command that replaces one certificate, or a comment that says why there is none. */
void text_write_remedy(struct text_report *report, const struct pb_certificate *certificate);
/* Those of them that give its deployments the replacement. */
void text_write_moves(struct text_report *report, const struct pb_certificate *certificate,
                      const struct text_replacement *replacement);

#endif

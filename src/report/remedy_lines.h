/* SPDX-License-Identifier: MIT */
/* What the files share that make the commands of a replacement. */
#ifndef PB_REPORT_REMEDY_LINES_H
#define PB_REPORT_REMEDY_LINES_H

#include "report/remedy.h"

#define PB_REMEDY_LONGEST_NAME 128 /* of a server certificate */
/* Before the further lines of a command. */
#define PB_REMEDY_INDENT "    "

/* The certificate that takes the old one's place. Its ARN can be told where the account is known.
 */
struct pb_replacement {
    struct pb_slice name;                 /* may stand in a command */
    struct pb_slice path;                 /* "/" where the old one's is not known */
    struct pb_slice partition, account;   /* absent where the ARN cannot be told */
    struct pb_slice old_arn;              /* absent where not known or not fit for a command */
    char storage[PB_REMEDY_LONGEST_NAME]; /* private: of the name */
};

/* The commands that give its deployments the replacement. */
void pb_remedy_append_moves(struct pb_buffer *buffer, const struct pb_certificate *certificate,
                            const struct pb_replacement *replacement);

#endif

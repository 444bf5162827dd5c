/* SPDX-License-Identifier: MIT */
/* Text of unknown origin as one word of a POSIX shell. */
#ifndef PB_REPORT_SHELL_QUOTE_H
#define PB_REPORT_SHELL_QUOTE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Appends 'text' with each single quote as '\'' (POSIX.1-2008, XCU 2.2.2). The text must hold no
 * NUL, which no shell word can. */
void pb_shell_quote_append(struct pb_buffer *buffer, struct pb_slice text);

/* Whether IAM could have such a server certificate name (API reference: [\w+=,.@-]+, at most 128
 * characters), so that it may stand in a command. */
bool pb_shell_is_certificate_name(struct pb_slice name);

/* Whether nothing but ASCII letters, digits and '-', which does not begin it, stands there: names
 * of load balancers, ids of distributions, regions, partitions. */
bool pb_shell_is_plain(struct pb_slice text);
/* Whether it may be the ARN of a listener. */
bool pb_shell_is_arn(struct pb_slice text);

#endif

/* SPDX-License-Identifier: MIT */
/* The files that options name besides evidence go to the library. */
#ifndef PB_CLI_ATTACHMENTS_H
#define PB_CLI_ATTACHMENTS_H

#include "cli/options.h"

/* Reads the files and gives them to the audit. Fails with PREBLEED_FAILED_INPUT where one cannot be
 * read, with PREBLEED_FAILED_USAGE where it is not what it should be, and without memory. */
enum prebleed_status pb_attachments_hand_over(const struct pb_options *options,
                                              struct prebleed_audit *audit,
                                              struct prebleed_error *error);

#endif

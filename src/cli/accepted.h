/* SPDX-License-Identifier: MIT */
/* What was accepted before: the files of --waivers and --baseline. */
#ifndef PB_CLI_ACCEPTED_H
#define PB_CLI_ACCEPTED_H

#include "cli/options.h"
#include "prebleed.h"

/* Hands the files to the audit. Fails with PREBLEED_FAILED_INPUT where one cannot be read, with
 * PREBLEED_FAILED_USAGE where its form is wrong, naming file, line and column, and with
 * PREBLEED_FAILED_MEMORY. */
enum prebleed_status pb_accepted_set(const struct pb_options *options, struct prebleed_audit *audit,
                                     struct prebleed_error *error);

#endif

/* SPDX-License-Identifier: MIT */
/* Whether the reports can go where they are to go, asked before hours of reading. */
#ifndef PB_CLI_TARGETS_H
#define PB_CLI_TARGETS_H

#include "cli/options.h"

/*
 * PREBLEED_FAILED_USAGE where two reports would go to one file, PREBLEED_FAILED_OUTPUT where a
 * report would replace a given piece of evidence or its folder cannot be written. Opens nothing.
 */
enum prebleed_status pb_targets_check(const struct pb_options *options,
                                      struct prebleed_error *error);

#endif

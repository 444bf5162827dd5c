/* SPDX-License-Identifier: MIT */
/* What the program says of itself, on standard output. */
#ifndef PB_CLI_INFORMATION_H
#define PB_CLI_INFORMATION_H

#include "cli/options.h"

/* Prints what options->information asks for. PREBLEED_FAILED_OUTPUT if it could not be written. */
enum prebleed_status pb_information_print(const struct pb_options *options,
                                          struct prebleed_error *error);

#endif

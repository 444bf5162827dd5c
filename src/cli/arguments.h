/* SPDX-License-Identifier: MIT */
/* From the arguments of the program to its options. */
#ifndef PB_CLI_ARGUMENTS_H
#define PB_CLI_ARGUMENTS_H

#include "cli/options.h"

/*
 * Options may stand among the paths; "--" ends them; one that asks for information ends everything.
 * argv is borrowed for as long as *options lives. *options is to be released also on failure, which
 * is PREBLEED_FAILED_USAGE or PREBLEED_FAILED_MEMORY.
 */
enum prebleed_status pb_arguments_parse(int argc, char **argv, struct pb_options *options,
                                        struct prebleed_error *error);
void pb_options_release(struct pb_options *options);

#endif

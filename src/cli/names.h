/* SPDX-License-Identifier: MIT */
/* Options whose value names a row of one of the library's tables; for the option table only. */
#ifndef PB_CLI_NAMES_H
#define PB_CLI_NAMES_H

#include "cli/options.h"

/* --explain RULE */
enum prebleed_status pb_name_explanation(const struct pb_option *option, const char *value,
                                         struct pb_options *options, struct prebleed_error *error);

/* --rules LIST */
enum prebleed_status pb_name_rules(const struct pb_option *option, const char *value,
                                   struct pb_options *options, struct prebleed_error *error);

/* --output FORMAT[=FILE]; options->requests must have room for one more. */
enum prebleed_status pb_name_report(const struct pb_option *option, const char *value,
                                    struct pb_options *options, struct prebleed_error *error);

#endif

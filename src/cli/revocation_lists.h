/* SPDX-License-Identifier: MIT */
/* The revocation lists that the command line names. */
#ifndef PB_CLI_REVOCATION_LISTS_H
#define PB_CLI_REVOCATION_LISTS_H

#include "cli/options.h"
#include "prebleed.h"

/* Hands every --crl to the audit. Fails with PREBLEED_FAILED_INPUT, naming the file, where one
 * cannot be read or used, and with PREBLEED_FAILED_MEMORY. */
enum prebleed_status pb_revocation_lists_add(const struct pb_options *options,
                                             struct prebleed_audit *audit,
                                             struct prebleed_error *error);

#endif

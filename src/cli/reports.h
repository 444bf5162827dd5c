/* SPDX-License-Identifier: MIT */
/* What a finished audit says: its diagnostics on standard error, and its reports. */
#ifndef PB_CLI_REPORTS_H
#define PB_CLI_REPORTS_H

#include "cli/options.h"

/* Errors and warnings, notes if verbose; nothing if quiet or if a text report says it anyway. */
void pb_diagnostics_print(struct prebleed_audit *audit, const struct pb_options *options);

/* Writes them all. One that fails is complained about at once and does not keep the others from
 * being written; the status is the first failure's. */
enum prebleed_status pb_reports_write(const struct prebleed_audit *audit,
                                      const struct pb_options *options);

#endif

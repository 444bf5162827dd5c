/* SPDX-License-Identifier: MIT */
/* The writers that the table of formats names, one a file. */
#ifndef PB_REPORT_WRITERS_H
#define PB_REPORT_WRITERS_H

#include "report/report.h"

/* Everything is borrowed for the call; failures stay in the sink. */
void pb_report_write_text(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink);
void pb_report_write_json(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink);

void pb_report_write_html(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink);

#endif

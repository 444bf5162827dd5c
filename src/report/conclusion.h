/* SPDX-License-Identifier: MIT */
/* The one sentence to act on, as reports for people say it. */
#ifndef PB_REPORT_CONCLUSION_H
#define PB_REPORT_CONCLUSION_H

#include "base/buffer.h"
#include "report/report.h"

/* "PASS", "FAIL" or "INCONCLUSIVE". */
const char *pb_conclusion_word(enum pb_conclusion conclusion);

/* "2 of 5 certificates were uploaded before the cutoff: ...". direction says where the findings
 * stand from here: "above" or "below". */
void pb_conclusion_append(struct pb_buffer *buffer, const struct pb_result *result,
                          const char *direction);

/* Whether the catalogue's rule of that name was applied. */
bool pb_conclusion_has_rule(const struct pb_result *result, const char *rule);

#endif

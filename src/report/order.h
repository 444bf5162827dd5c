/* SPDX-License-Identifier: MIT */
/* The orders in which reports go through diagnostics and findings. */
#ifndef PB_REPORT_ORDER_H
#define PB_REPORT_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diagnostic.h"
#include "rules/rule.h"

/*
 * Pointers to every diagnostic, borrowed from the list until it changes: those of no evidence
 * first, then by evidence entry, offset, code, pointer and message. *ordered is to be freed by
 * free(), and NULL for an empty list. Returns false without memory.
 */
bool pb_report_order_diagnostics(const struct pb_diagnostics *list,
                                 const struct pb_diagnostic ***ordered);

/* The same for findings: those of no certificate first, by account, then by certificate; findings
 * of one certificate stay in their order. */
bool pb_report_order_findings(const struct pb_findings *findings,
                              const struct pb_finding ***ordered);

/* Of findings so ordered, the first about that certificate, or, where certificate is PB_NO_INDEX,
 * about that account (PB_NO_INDEX: about neither); *count is how many follow each other. */
size_t pb_report_find_findings(const struct pb_finding *const *ordered, size_t ordered_count,
                               uint32_t certificate, uint32_t account, size_t *count);

#endif

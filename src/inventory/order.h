/* SPDX-License-Identifier: MIT */
/* Puts evidence into its one order, so that the order of reading leaves no trace. */
#ifndef PB_INVENTORY_ORDER_H
#define PB_INVENTORY_ORDER_H

#include "base/status.h"
#include "inventory/batch.h"

/*
 * Sorts the ledger (pb_ledger_compare), and observations, records and diagnostics by their entry,
 * keeping the order within an entry. All numbers are renumbered, and lines where a list was missed
 * become records. Fails only with PB_FAILED_MEMORY; the batch must then be released.
 */
enum pb_status pb_order_evidence(struct pb_batch *batch);

/* Sorts diagnostics by entry, then offset, then code. Every stage may add some: the pipeline calls
 * it when all are done. */
void pb_order_diagnostics(struct pb_batch *batch);

/* The order of two diagnostics of one entry: by offset, code, pointer, message. */
int pb_order_compare_diagnostics(const struct pb_diagnostic *a, const struct pb_diagnostic *b);

#endif

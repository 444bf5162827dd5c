/* SPDX-License-Identifier: MIT */
/* Bounds what is said of evidence that is wrong in millions of places. */
#ifndef PB_INVENTORY_DIAGNOSTIC_CEILING_H
#define PB_INVENTORY_DIAGNOSTIC_CEILING_H

#include "inventory/batch.h"

/*
 * Keeps most diagnostics, those that come first in the order of the reports, once there are twice
 * as many; counts the others as left out. Every entry that diagnostics speak of must be in the
 * ledger. Batches that are bounded, merged and settled with the same number keep the same ones,
 * whatever item went to which batch. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_diagnostics_bound(struct pb_batch *batch, size_t most);
/* The same, however many there are. */
enum pb_status pb_diagnostics_settle(struct pb_batch *batch, size_t most);

#endif

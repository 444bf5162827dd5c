/* SPDX-License-Identifier: MIT */
/* Fills, merges and sorts batches of evidence. */
#ifndef PB_INVENTORY_BATCH_H
#define PB_INVENTORY_BATCH_H

#include "inventory/types.h"

void pb_batch_init(struct pb_batch *batch);
void pb_batch_release(struct pb_batch *batch);

/* Makes batch->diagnostics speak about the entry that is added next: entries are added once their
 * item is read and it is known what became of it. */
void pb_batch_begin_entry(struct pb_batch *batch);
/* Appends a copy of the entry. On PB_FAILED_MEMORY, its only failure, it appends nothing. */
enum pb_status pb_batch_add_entry(struct pb_batch *batch, const struct pb_entry *entry);

/*
 * Appends from's contents to the batch, renumbered, and takes its memory; from is empty afterwards
 * and may be used again. On PB_FAILED_MEMORY both are still to be released.
 */
enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from);

/*
 * Sorts the entries by path, then by all else that a report says of them, and observations, records
 * and diagnostics by their entry, keeping the order within an entry. Entries where a list was
 * missed become records. Fails only with PB_FAILED_MEMORY; the batch must then be released.
 */
enum pb_status pb_batch_sort(struct pb_batch *batch);

/* The first entry of a sorted batch whose path is not below the given one. */
size_t pb_batch_find_entry(const struct pb_batch *batch, struct pb_slice path);

/*
 * Bounds what is said of evidence that is wrong in millions of places: keeps most diagnostics,
 * those that come first in the order of the reports, once there are twice as many, and counts the
 * others as left out. Every entry that diagnostics speak of must be in the batch. Batches that are
 * bounded, merged and cut with the same number keep the same ones, whatever item went to which
 * batch. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_batch_bound_diagnostics(struct pb_batch *batch, size_t most);
/* The same, however many there are. */
enum pb_status pb_batch_cut_diagnostics(struct pb_batch *batch, size_t most);

/* Sorts diagnostics by entry, then offset, then code. Every stage may add some: to be called when
 * all are done. */
void pb_batch_sort_diagnostics(struct pb_batch *batch);

#endif

/* SPDX-License-Identifier: MIT */
/* Fills, merges and sorts batches of evidence. */
#ifndef PB_INVENTORY_BATCH_H
#define PB_INVENTORY_BATCH_H

#include "inventory/types.h"

void pb_batch_init(struct pb_batch *batch);
void pb_batch_release(struct pb_batch *batch);

/* Makes batch->diagnostics speak about the line that is added to the ledger next: once its item is
 * read and it is known what became of it. */
void pb_batch_begin_entry(struct pb_batch *batch);

/* A copy of a JSON pointer in the batch's arena, or an equal one that stands there: pages of lists
 * repeat theirs. False without memory. */
bool pb_batch_keep_pointer(struct pb_batch *batch, struct pb_slice pointer, struct pb_slice *kept);

/*
 * Appends from's contents to the batch, renumbered, and takes its memory; from is empty afterwards
 * and may be used again. On PB_FAILED_MEMORY both are still to be released.
 */
enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from);

void pb_ledger_init(struct pb_ledger *ledger);
void pb_ledger_release(struct pb_ledger *ledger);

/* Appends a copy of the line. Fails only with PB_FAILED_MEMORY, and then appends nothing. */
enum pb_status pb_ledger_add(struct pb_ledger *ledger, const struct pb_entry *entry);

/* The first line of a sorted ledger whose path is not before the given one. */
size_t pb_ledger_find(const struct pb_ledger *ledger, struct pb_path path);

/* Appends from's lines and takes its chunks as they are; from is empty afterwards. On
 * PB_FAILED_MEMORY both are as they were. */
enum pb_status pb_ledger_merge(struct pb_ledger *ledger, struct pb_ledger *from);

/* By path, then digest, then size, then all else that a report says of a line: a total order but
 * for lines that are the same. */
int pb_ledger_compare(const struct pb_ledger *ledger, uint32_t a, uint32_t b);

/* Sorts by pb_ledger_compare. (*rank)[old number] = new number, to be freed by free(). Fails only
 * with PB_FAILED_MEMORY. */
enum pb_status pb_ledger_sort(struct pb_ledger *ledger, uint32_t **rank);

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

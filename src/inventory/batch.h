/* SPDX-License-Identifier: MIT */
/* What the pure stage makes of evidence items: a ledger entry each, and what they say. */
#ifndef PB_INVENTORY_BATCH_H
#define PB_INVENTORY_BATCH_H

#include "base/arena.h"
#include "base/diagnostic.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"
#include "inventory/ledger.h"
#include "inventory/observation.h"
#include "inventory/revocation.h"

#define PB_REPEATED_POINTERS 128

/*
 * Appended to item by item, by one thread. entry and record numbers in observations, records and
 * diagnostics are indices into this batch until it is merged.
 */
struct pb_batch {
    struct pb_arena arena;      /* owns everything that the slices below point to */
    struct pb_arena bodies;     /* but for what the bodies say, so that the short texts that sorts
                                   compare stand close together */
    struct pb_arena complaints; /* and for the diagnostics, of which some are taken back */
    struct pb_ledger ledger;
    struct pb_vector observations; /* of struct pb_observation */
    struct pb_vector records;      /* of struct pb_record */
    struct pb_vector issuer_keys;  /* of struct pb_issuer_key, in no order, some more than once */
    struct pb_diagnostics diagnostics;
    struct pb_slice pointers[PB_REPEATED_POINTERS]; /* some that stand in the arena already */
    size_t left_out_lists; /* lines of the ledger, missed lists, that are too many for records */
};

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

#endif

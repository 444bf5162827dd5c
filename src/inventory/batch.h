/* SPDX-License-Identifier: MIT */
/* What the pure stage makes of evidence items: a ledger entry each, and what they say. */
#ifndef PB_INVENTORY_BATCH_H
#define PB_INVENTORY_BATCH_H

#include "base/arena.h"
#include "base/diagnostic.h"
#include "base/entry_status.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"
#include "inventory/observation.h"
#include "inventory/revocation.h"

/* One line of the evidence ledger. Slices are borrowed from the batch. */
struct pb_entry {
    struct pb_slice path;   /* raw bytes as found, "!/" before a member of an archive */
    struct pb_slice detail; /* one phrase that explains the status; absent where there is none */
    const char *shape;      /* name of the first recognised shape, NULL for none */
    uint64_t size_bytes;    /* as they stand in the file or archive */
    enum pb_entry_status status;
    bool has_sha256;          /* false for links, devices and what was not read to its end */
    bool is_named;            /* given on the command line itself */
    unsigned char sha256[32]; /* over the bytes as they stand in the file or archive */
};

/*
 * Appended to item by item, by one thread. entry and record numbers in observations, records and
 * diagnostics are indices into this batch until it is merged.
 */
struct pb_batch {
    struct pb_arena arena;         /* owns everything that the slices below point to */
    struct pb_vector entries;      /* of struct pb_entry */
    struct pb_vector observations; /* of struct pb_observation */
    struct pb_vector records;      /* of struct pb_record */
    struct pb_vector issuer_keys;  /* of struct pb_issuer_key, in no order, some more than once */
    struct pb_diagnostics diagnostics;
};

void pb_batch_init(struct pb_batch *batch);
void pb_batch_release(struct pb_batch *batch);

/*
 * Starts a new ledger entry, copying path and detail, and makes batch->diagnostics speak about it.
 * *entry is valid until the next one. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_batch_add_entry(struct pb_batch *batch, struct pb_slice path,
                                  struct pb_slice detail, struct pb_entry **entry);

/* The entry added last; there must be one. */
struct pb_entry *pb_batch_entry(struct pb_batch *batch);

/*
 * Appends from's contents to the batch, renumbered, and takes its memory; from is empty afterwards
 * and may be used again. On PB_FAILED_MEMORY both are still to be released.
 */
enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from);

#endif

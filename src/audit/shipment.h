/* SPDX-License-Identifier: MIT */
/* Some evidence items with their bytes, taken from the reader at once, to be worked on alone. */
#ifndef PB_AUDIT_SHIPMENT_H
#define PB_AUDIT_SHIPMENT_H

#include "audit/extract.h"
#include "base/buffer.h"
#include "base/vector.h"
#include "evidence/reader.h"

/* Holds copies, so that the reader may go on. Zero-initialise, then init. */
struct pb_shipment {
    struct pb_vector items;     /* of struct packed_item, private */
    struct pb_buffer bytes;     /* paths, details and contents */
    struct pb_vector checksums; /* of struct pb_checksum_block *, the reader's */
};

void pb_shipment_init(struct pb_shipment *shipment);
void pb_shipment_release(struct pb_shipment *shipment);

/*
 * Empties the shipment and fills it with the reader's next items, some 256 KiB of them or one that
 * is larger, and with the checksums that wait to be taken. What the reader says of them is appended
 * to the batch's diagnostics, numbered as the entries that pb_shipment_extract will add next to
 * this batch. *is_empty after the last item. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_shipment_load(struct pb_shipment *shipment, struct pb_evidence_reader *reader,
                                struct pb_batch *batch, bool *is_empty);

/* Whether loading stopped before the reader's end: there may be more. */
bool pb_shipment_is_full(const struct pb_shipment *shipment);

/* Takes the checksums, and works on every item in order. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_shipment_extract(const struct pb_shipment *shipment,
                                   struct pb_extractor *extractor, struct pb_batch *batch);

#endif

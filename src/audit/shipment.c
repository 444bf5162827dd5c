/* SPDX-License-Identifier: MIT */
#include "audit/shipment.h"

#include <stdint.h>

/* Enough that taking the lock costs nothing, little enough that all workers end together. */
#define FULL_BYTES (256 * 1024)
#define FULL_ITEMS 256

/* An item whose slices are offsets into the shipment's bytes, which move while it is loaded. The
 * reader puts the contents there, to save the copy. */
struct packed_item {
    struct pb_item item;
    size_t path, content, detail; /* SIZE_MAX: absent */
};

void pb_shipment_init(struct pb_shipment *shipment)
{
    pb_vector_init(&shipment->items, sizeof(struct packed_item));
    pb_buffer_init(&shipment->bytes, SIZE_MAX);
    pb_vector_init(&shipment->checksums, sizeof(struct pb_checksum_block *));
}

void pb_shipment_release(struct pb_shipment *shipment)
{
    pb_vector_release(&shipment->items);
    pb_buffer_release(&shipment->bytes);
    pb_vector_release(&shipment->checksums);
}

static size_t pack_slice(struct pb_buffer *bytes, struct pb_slice slice)
{
    size_t offset = bytes->size_bytes;

    pb_buffer_append(bytes, slice);
    return slice.data == NULL ? SIZE_MAX : offset;
}

static struct pb_slice unpack_slice(struct pb_slice bytes, size_t offset, struct pb_slice packed)
{
    return offset == SIZE_MAX ? PB_SLICE_ABSENT
                              : pb_slice_first(pb_slice_from(bytes, offset), packed.size_bytes);
}

static enum pb_status pack(struct pb_shipment *shipment, const struct pb_item *item)
{
    struct packed_item *packed = pb_vector_push(&shipment->items);

    if (packed == NULL)
        return PB_FAILED_MEMORY;
    packed->item = *item;
    packed->content = item->content.data == NULL
                          ? SIZE_MAX
                          : shipment->bytes.size_bytes - item->content.size_bytes;
    packed->path = pack_slice(&shipment->bytes, item->path);
    packed->detail = pack_slice(&shipment->bytes, item->detail);
    return shipment->bytes.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

bool pb_shipment_is_full(const struct pb_shipment *shipment)
{
    return shipment->bytes.size_bytes >= FULL_BYTES || shipment->items.count >= FULL_ITEMS;
}

static struct pb_checksum_block *checksum_at(const struct pb_shipment *shipment, size_t index)
{
    return PB_VECTOR_AT(struct pb_checksum_block *, &shipment->checksums, index);
}

static void give_back_checksums(struct pb_shipment *shipment)
{
    for (size_t i = 0; i < shipment->checksums.count; i++)
        pb_checksums_give_back(checksum_at(shipment, i));
    shipment->checksums.count = 0;
}

static enum pb_status take_checksums(struct pb_shipment *shipment, struct pb_checksums *checksums)
{
    struct pb_checksum_block *block;

    while ((block = pb_checksums_take(checksums)) != NULL)
        if (!pb_vector_append(&shipment->checksums, &block, 1))
            return PB_FAILED_MEMORY;
    return PB_OK;
}

static enum pb_status load_items(struct pb_shipment *shipment, struct pb_evidence_reader *reader,
                                 struct pb_batch *batch)
{
    enum pb_status status = PB_OK;
    bool has_item = true;

    while (!pb_shipment_is_full(shipment)) {
        struct pb_item item;
        batch->diagnostics.entry =
            (uint32_t)(pb_ledger_count(&batch->ledger) + shipment->items.count);
        status = pb_evidence_next(reader, &batch->diagnostics, &item, &has_item);
        if (status != PB_OK || !has_item)
            break;
        status = pack(shipment, &item);
        if (status != PB_OK)
            break;
    }
    return status;
}

enum pb_status pb_shipment_load(struct pb_shipment *shipment, struct pb_evidence_reader *reader,
                                struct pb_batch *batch, bool *is_empty)
{
    give_back_checksums(shipment);
    shipment->items.count = 0;
    pb_buffer_clear(&shipment->bytes);
    pb_evidence_append_to(reader, &shipment->bytes);
    enum pb_status status = load_items(shipment, reader, batch);
    pb_evidence_append_to(reader, NULL);
    *is_empty = shipment->items.count == 0;
    return status == PB_OK ? take_checksums(shipment, pb_evidence_checksums(reader)) : status;
}

enum pb_status pb_shipment_extract(const struct pb_shipment *shipment,
                                   struct pb_extractor *extractor, struct pb_batch *batch)
{
    struct pb_slice bytes = pb_buffer_slice(&shipment->bytes);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < shipment->checksums.count; i++)
        pb_checksums_work(checksum_at(shipment, i));
    for (size_t i = 0; i < shipment->items.count && status == PB_OK; i++) {
        const struct packed_item *packed =
            &PB_VECTOR_AT(const struct packed_item, &shipment->items, i);
        struct pb_item item = packed->item;
        item.path = unpack_slice(bytes, packed->path, packed->item.path);
        item.content = unpack_slice(bytes, packed->content, packed->item.content);
        item.detail = unpack_slice(bytes, packed->detail, packed->item.detail);
        status = pb_extract(extractor, &item, batch);
    }
    return status;
}

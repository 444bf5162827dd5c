/* SPDX-License-Identifier: MIT */
#include "inventory/batch.h"

void pb_batch_init(struct pb_batch *batch)
{
    batch->arena = batch->bodies = batch->complaints = (struct pb_arena){0};
    batch->left_out_lists = 0;
    memset(batch->pointers, 0, sizeof batch->pointers);
    pb_ledger_init(&batch->ledger);
    pb_vector_init(&batch->observations, sizeof(struct pb_observation));
    pb_vector_init(&batch->records, sizeof(struct pb_record));
    pb_vector_init(&batch->issuer_keys, sizeof(struct pb_issuer_key));
    pb_diagnostics_init(&batch->diagnostics, &batch->complaints);
}

void pb_batch_release(struct pb_batch *batch)
{
    pb_ledger_release(&batch->ledger);
    pb_vector_release(&batch->observations);
    pb_vector_release(&batch->records);
    pb_vector_release(&batch->issuer_keys);
    pb_diagnostics_release(&batch->diagnostics);
    pb_arena_release(&batch->complaints);
    pb_arena_release(&batch->bodies);
    pb_arena_release(&batch->arena);
    memset(batch->pointers, 0, sizeof batch->pointers);
}

void pb_batch_begin_entry(struct pb_batch *batch)
{
    batch->diagnostics.arena = &batch->complaints; /* the batch may have been moved */
    pb_diagnostics_begin_entry(&batch->diagnostics, (uint32_t)pb_ledger_count(&batch->ledger));
}

/* Neighbours in an array differ in their last digits. */
static size_t place_of_pointer(struct pb_slice pointer)
{
    size_t sum = pointer.size_bytes;

    for (size_t i = pointer.size_bytes > 3 ? pointer.size_bytes - 3 : 0; i < pointer.size_bytes;
         i++)
        sum = sum * 10 + (unsigned char)pointer.data[i];
    return sum % PB_REPEATED_POINTERS;
}

bool pb_batch_keep_pointer(struct pb_batch *batch, struct pb_slice pointer, struct pb_slice *kept)
{
    struct pb_slice *place = &batch->pointers[place_of_pointer(pointer)];

    if (!pb_slice_equals(*place, pointer) && !pb_arena_copy(&batch->arena, pointer, place))
        return false;
    *kept = *place;
    return true;
}

static void renumber(struct pb_batch *batch, size_t first_observation, size_t first_record,
                     size_t first_diagnostic, uint32_t entries, uint32_t records)
{
    for (size_t i = first_observation; i < batch->observations.count; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        observation->entry += entries;
        if (observation->record != PB_NO_RECORD)
            observation->record += records;
    }
    for (size_t i = first_record; i < batch->records.count; i++)
        PB_VECTOR_AT(struct pb_record, &batch->records, i).entry += entries;
    for (size_t i = first_diagnostic; i < batch->diagnostics.items.count; i++) {
        struct pb_diagnostic *diagnostic =
            &PB_VECTOR_AT(struct pb_diagnostic, &batch->diagnostics.items, i);
        if (diagnostic->entry != PB_NO_ENTRY)
            diagnostic->entry += entries;
    }
}

/* An empty batch takes the other's arrays over as they are. */
static void take_over(struct pb_batch *batch, struct pb_batch *from)
{
    pb_batch_release(batch);
    *batch = *from;
    batch->diagnostics.arena = &batch->complaints;
    pb_batch_init(from);
}

enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from)
{
    size_t entries = pb_ledger_count(&batch->ledger);
    size_t observations = batch->observations.count;
    size_t records = batch->records.count;
    size_t diagnostics = batch->diagnostics.items.count;

    if (entries + observations + records + diagnostics == 0) {
        take_over(batch, from);
        return PB_OK;
    }
    if (pb_ledger_merge(&batch->ledger, &from->ledger) != PB_OK ||
        !pb_vector_append(&batch->observations, from->observations.data,
                          from->observations.count) ||
        !pb_vector_append(&batch->records, from->records.data, from->records.count) ||
        !pb_vector_append(&batch->issuer_keys, from->issuer_keys.data, from->issuer_keys.count) ||
        !pb_vector_append(&batch->diagnostics.items, from->diagnostics.items.data,
                          from->diagnostics.items.count))
        return PB_FAILED_MEMORY;
    for (int i = 0; i <= PB_SEVERITY_ERROR; i++)
        batch->diagnostics.left_out_of_all[i] += from->diagnostics.left_out_of_all[i];
    renumber(batch, observations, records, diagnostics, (uint32_t)entries, (uint32_t)records);
    pb_arena_adopt(&batch->arena, &from->arena);
    pb_arena_adopt(&batch->bodies, &from->bodies);
    pb_arena_adopt(&batch->complaints, &from->complaints);
    pb_batch_release(from);
    pb_batch_init(from);
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
#include "inventory/batch.h"

void pb_batch_init(struct pb_batch *batch)
{
    batch->arena = (struct pb_arena){0};
    pb_vector_init(&batch->entries, sizeof(struct pb_entry));
    pb_vector_init(&batch->observations, sizeof(struct pb_observation));
    pb_vector_init(&batch->records, sizeof(struct pb_record));
    pb_vector_init(&batch->issuer_keys, sizeof(struct pb_issuer_key));
    pb_diagnostics_init(&batch->diagnostics, &batch->arena);
}

void pb_batch_release(struct pb_batch *batch)
{
    pb_vector_release(&batch->entries);
    pb_vector_release(&batch->observations);
    pb_vector_release(&batch->records);
    pb_vector_release(&batch->issuer_keys);
    pb_diagnostics_release(&batch->diagnostics);
    pb_arena_release(&batch->arena);
}

enum pb_status pb_batch_add_entry(struct pb_batch *batch, struct pb_slice path,
                                  struct pb_slice detail, struct pb_entry **entry)
{
    if (batch->entries.count >= PB_NO_ENTRY)
        return PB_FAILED_MEMORY;
    struct pb_entry *added = pb_vector_push(&batch->entries);
    if (added == NULL || !pb_arena_copy(&batch->arena, path, &added->path) ||
        !pb_arena_copy(&batch->arena, detail, &added->detail))
        return PB_FAILED_MEMORY;
    pb_diagnostics_begin_entry(&batch->diagnostics, (uint32_t)(batch->entries.count - 1));
    *entry = added;
    return PB_OK;
}

struct pb_entry *pb_batch_entry(struct pb_batch *batch)
{
    return &PB_VECTOR_AT(struct pb_entry, &batch->entries, batch->entries.count - 1);
}

static void renumber(struct pb_batch *batch, size_t first_observation, size_t first_record,
                     size_t first_diagnostic, uint32_t entries, uint32_t records)
{
    for (size_t i = first_observation; i < batch->observations.count; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        observation->entry += entries;
        if (observation->record != UINT32_MAX)
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
    batch->diagnostics.arena = &batch->arena;
    pb_batch_init(from);
}

enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from)
{
    size_t entries = batch->entries.count;
    size_t observations = batch->observations.count;
    size_t records = batch->records.count;
    size_t diagnostics = batch->diagnostics.items.count;

    if (entries + observations + records + diagnostics == 0) {
        take_over(batch, from);
        return PB_OK;
    }
    if (entries + from->entries.count >= PB_NO_ENTRY ||
        !pb_vector_append(&batch->entries, from->entries.data, from->entries.count) ||
        !pb_vector_append(&batch->observations, from->observations.data,
                          from->observations.count) ||
        !pb_vector_append(&batch->records, from->records.data, from->records.count) ||
        !pb_vector_append(&batch->issuer_keys, from->issuer_keys.data, from->issuer_keys.count) ||
        !pb_vector_append(&batch->diagnostics.items, from->diagnostics.items.data,
                          from->diagnostics.items.count))
        return PB_FAILED_MEMORY;
    renumber(batch, observations, records, diagnostics, (uint32_t)entries, (uint32_t)records);
    pb_arena_adopt(&batch->arena, &from->arena);
    pb_batch_release(from);
    pb_batch_init(from);
    return PB_OK;
}

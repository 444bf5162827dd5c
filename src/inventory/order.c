/* SPDX-License-Identifier: MIT */
#include "inventory/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/permute.h"

struct ranked_entry {
    const struct pb_entry *entry;
    uint32_t number; /* before sorting */
};

static int compare_entries(const void *left, const void *right)
{
    const struct ranked_entry *a = left, *b = right;
    int order = pb_slice_compare(a->entry->path, b->entry->path);

    if (order == 0)
        order = memcmp(a->entry->sha256, b->entry->sha256, sizeof a->entry->sha256);
    if (order == 0)
        order = (a->entry->size_bytes > b->entry->size_bytes) -
                (a->entry->size_bytes < b->entry->size_bytes);
    if (order == 0)
        order = (int)a->entry->status - (int)b->entry->status;
    if (order == 0)
        order = (int)a->entry->is_named - (int)b->entry->is_named;
    if (order == 0)
        order = pb_slice_compare(a->entry->detail, b->entry->detail);
    /* Here they are the same in all that a report says of them. */
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* rank[old number] = new number; the entries themselves are put in order. */
static enum pb_status sort_entries(struct pb_vector *entries, uint32_t *rank)
{
    size_t count = entries->count;
    struct ranked_entry *ranked = calloc(count, sizeof *ranked);
    uint32_t *place = calloc(count, sizeof *place);
    enum pb_status status = PB_FAILED_MEMORY;

    if (ranked == NULL || place == NULL)
        goto out;
    for (size_t i = 0; i < count; i++)
        ranked[i] = (struct ranked_entry){&PB_VECTOR_AT(struct pb_entry, entries, i), (uint32_t)i};
    qsort(ranked, count, sizeof *ranked, compare_entries);
    for (size_t i = 0; i < count; i++)
        rank[ranked[i].number] = place[ranked[i].number] = (uint32_t)i;
    pb_permute(entries->data, count, entries->element_bytes, place);
    status = PB_OK;
out:
    free(ranked);
    free(place);
    return status;
}

/* The entry that an element is about: a uint32_t member at an offset. */
static uint32_t *entry_at(const struct pb_vector *elements, size_t index, size_t offset)
{
    char *element = (char *)elements->data + index * elements->element_bytes;

    return (uint32_t *)(void *)(element + offset);
}

static size_t bucket_of(uint32_t entry)
{
    return entry == PB_NO_ENTRY ? 0 : (size_t)entry + 1;
}

/*
 * Puts elements into the order of their entries' ranks, keeping the order within an entry: a
 * counting sort, because there may be millions. entry_offset is that of the member that holds the
 * entry, which is renumbered on the way. moved[old index] = new index, unless NULL.
 */
static enum pb_status sort_by_entry(struct pb_vector *elements, size_t entry_offset,
                                    const uint32_t *rank, size_t entry_count, uint32_t *moved)
{
    uint32_t *next = calloc(entry_count + 2, sizeof *next);
    uint32_t *place = calloc(elements->count + 1, sizeof *place);
    enum pb_status status = PB_FAILED_MEMORY;

    if (next == NULL || place == NULL)
        goto out;
    for (size_t i = 0; i < elements->count; i++) {
        uint32_t *entry = entry_at(elements, i, entry_offset);
        *entry = *entry == PB_NO_ENTRY ? PB_NO_ENTRY : rank[*entry];
        next[bucket_of(*entry) + 1]++;
    }
    for (size_t i = 1; i < entry_count + 2; i++)
        next[i] += next[i - 1];
    for (size_t i = 0; i < elements->count; i++)
        place[i] = next[bucket_of(*entry_at(elements, i, entry_offset))]++;
    if (moved != NULL)
        memcpy(moved, place, elements->count * sizeof *moved);
    pb_permute(elements->data, elements->count, elements->element_bytes, place);
    status = PB_OK;
out:
    free(next);
    free(place);
    return status;
}

static enum pb_status sort_records(struct pb_batch *batch, const uint32_t *rank)
{
    uint32_t *moved = calloc(batch->records.count + 1, sizeof *moved);

    if (moved == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status = sort_by_entry(&batch->records, offsetof(struct pb_record, entry), rank,
                                          batch->entries.count, moved);
    for (size_t i = 0; status == PB_OK && i < batch->observations.count; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        if (observation->record != UINT32_MAX)
            observation->record = moved[observation->record];
    }
    free(moved);
    return status;
}

static int compare_diagnostics(const void *left, const void *right)
{
    const struct pb_diagnostic *a = left, *b = right;
    uint32_t a_entry = a->entry + 1, b_entry = b->entry + 1; /* PB_NO_ENTRY comes first */

    if (a_entry != b_entry)
        return a_entry < b_entry ? -1 : 1;
    if (a->offset_bytes != b->offset_bytes)
        return a->offset_bytes < b->offset_bytes ? -1 : 1;
    int order = strcmp(a->code, b->code);
    if (order == 0)
        order = pb_slice_compare(a->pointer, b->pointer);
    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

enum pb_status pb_order_evidence(struct pb_batch *batch)
{
    size_t count = batch->entries.count;
    uint32_t *rank = calloc(count + 1, sizeof *rank);

    if (rank == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status = count > 0 ? sort_entries(&batch->entries, rank) : PB_OK;
    if (status == PB_OK)
        status = sort_by_entry(&batch->observations, offsetof(struct pb_observation, entry), rank,
                               count, NULL);
    if (status == PB_OK)
        status = sort_records(batch, rank);
    if (status == PB_OK)
        status = sort_by_entry(&batch->diagnostics.items, offsetof(struct pb_diagnostic, entry),
                               rank, count, NULL);
    free(rank);
    return status;
}

void pb_order_diagnostics(struct pb_batch *batch)
{
    if (batch->diagnostics.items.count > 0)
        qsort(batch->diagnostics.items.data, batch->diagnostics.items.count,
              sizeof(struct pb_diagnostic), compare_diagnostics);
}

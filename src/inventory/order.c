/* SPDX-License-Identifier: MIT */
#include "inventory/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/permute.h"
#include "base/sort.h"

/* Each becomes a gap of its own; of more, every account has one that counts them. */
#define MOST_MISSED_LISTS 1000

/* The entry that an element is about: a uint32_t member at an offset. */
static uint32_t *entry_at(const struct pb_vector *elements, size_t index, size_t offset)
{
    char *element = (char *)elements->data + index * elements->element_bytes;

    return (uint32_t *)(void *)(element + offset);
}

/* Elements on their way into the order of their entries. */
struct sorting {
    const struct pb_vector *elements;
    size_t entry_offset;
};

/* PB_NO_ENTRY is the greatest number, and comes first. */
static int compare_elements(const void *context, uint32_t a, uint32_t b)
{
    const struct sorting *sorting = context;
    uint32_t left = *entry_at(sorting->elements, a, sorting->entry_offset) + 1;
    uint32_t right = *entry_at(sorting->elements, b, sorting->entry_offset) + 1;

    return (left > right) - (left < right);
}

/*
 * Puts elements into the order of their entries, keeping the order within an entry. entry_offset
 * is that of the member that holds the entry. moved[old index] = new index, unless NULL.
 */
static enum pb_status sort_by_entry(struct pb_vector *elements, size_t entry_offset,
                                    uint32_t *moved)
{
    const struct sorting sorting = {elements, entry_offset};
    uint32_t *order = calloc(elements->count + 1, sizeof *order);

    if (order == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < elements->count; i++)
        order[i] = (uint32_t)i;
    bool is_sorted = pb_sort_numbers(order, elements->count, compare_elements, &sorting);
    for (size_t i = 0; moved != NULL && i < elements->count; i++)
        moved[order[i]] = (uint32_t)i;
    if (is_sorted)
        pb_permute(elements->data, elements->count, elements->element_bytes, order);
    free(order);
    return is_sorted ? PB_OK : PB_FAILED_MEMORY;
}

static void renumber(struct pb_vector *elements, size_t entry_offset, const uint32_t *rank)
{
    for (size_t i = 0; i < elements->count; i++) {
        uint32_t *entry = entry_at(elements, i, entry_offset);
        *entry = *entry == PB_NO_ENTRY ? PB_NO_ENTRY : rank[*entry];
    }
}

/* The ledger says where a list was missed: here it becomes a record like any other. */
static enum pb_status record_missed_lists(struct pb_batch *batch)
{
    size_t count = pb_ledger_count(&batch->ledger), missed = 0;

    for (size_t i = 0; i < count; i++) {
        if (!pb_ledger_entry(&batch->ledger, i).is_list_missed || ++missed > MOST_MISSED_LISTS)
            continue;
        struct pb_record *record = pb_vector_push(&batch->records);
        if (record == NULL)
            return PB_FAILED_MEMORY;
        *record = (struct pb_record){.kind = PB_RECORD_UNREADABLE, .entry = (uint32_t)i};
    }
    batch->left_out_lists = missed > MOST_MISSED_LISTS ? missed - MOST_MISSED_LISTS : 0;
    return PB_OK;
}

static enum pb_status sort_records(struct pb_batch *batch)
{
    uint32_t *moved = calloc(batch->records.count + 1, sizeof *moved);

    if (moved == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status =
        sort_by_entry(&batch->records, offsetof(struct pb_record, entry), moved);
    for (size_t i = 0; status == PB_OK && i < batch->observations.count; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        if (observation->record != PB_NO_RECORD)
            observation->record = moved[observation->record];
    }
    free(moved);
    return status;
}

int pb_order_compare_diagnostics(const struct pb_diagnostic *a, const struct pb_diagnostic *b)
{
    if (a->offset_bytes != b->offset_bytes)
        return a->offset_bytes < b->offset_bytes ? -1 : 1;
    int order = strcmp(a->code, b->code);
    if (order == 0)
        order = pb_slice_compare(a->pointer, b->pointer);
    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

static int compare_diagnostics(const void *left, const void *right)
{
    const struct pb_diagnostic *a = left, *b = right;
    uint32_t a_entry = a->entry + 1, b_entry = b->entry + 1; /* PB_NO_ENTRY comes first */

    if (a_entry != b_entry)
        return a_entry < b_entry ? -1 : 1;
    return pb_order_compare_diagnostics(a, b);
}

enum pb_status pb_order_evidence(struct pb_batch *batch)
{
    struct pb_vector *observations = &batch->observations, *diagnostics = &batch->diagnostics.items;
    uint32_t *rank;
    enum pb_status status = pb_ledger_sort(&batch->ledger, &rank);

    if (status != PB_OK)
        return status;
    renumber(observations, offsetof(struct pb_observation, entry), rank);
    renumber(&batch->records, offsetof(struct pb_record, entry), rank);
    renumber(diagnostics, offsetof(struct pb_diagnostic, entry), rank);
    free(rank);
    status = record_missed_lists(batch);
    if (status == PB_OK)
        status = sort_by_entry(observations, offsetof(struct pb_observation, entry), NULL);
    if (status == PB_OK)
        status = sort_records(batch);
    if (status == PB_OK)
        status = sort_by_entry(diagnostics, offsetof(struct pb_diagnostic, entry), NULL);
    return status;
}

void pb_order_diagnostics(struct pb_batch *batch)
{
    if (batch->diagnostics.items.count > 0)
        qsort(batch->diagnostics.items.data, batch->diagnostics.items.count,
              sizeof(struct pb_diagnostic), compare_diagnostics);
}

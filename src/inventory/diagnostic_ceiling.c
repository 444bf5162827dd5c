/* SPDX-License-Identifier: MIT */
#include "inventory/batch.h"

#include <stdlib.h>

#include "base/sort.h"

static const struct pb_diagnostic *diagnostic_at(const struct pb_batch *batch, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_diagnostic, &batch->diagnostics.items, index);
}

/* As they will be when the ledger is sorted. */
static int compare(const void *context, uint32_t first, uint32_t second)
{
    const struct pb_batch *batch = context;
    const struct pb_diagnostic *a = diagnostic_at(batch, first);
    const struct pb_diagnostic *b = diagnostic_at(batch, second);
    int order = 0;

    if (a->entry == PB_NO_ENTRY || b->entry == PB_NO_ENTRY)
        order = (a->entry != PB_NO_ENTRY) - (b->entry != PB_NO_ENTRY);
    else if (a->entry != b->entry)
        order = pb_ledger_compare(&batch->ledger, a->entry, b->entry);
    return order != 0 ? order : pb_order_compare_diagnostics(a, b);
}

/* Copies what is kept, with its texts, so that the memory of the others can go. */
static enum pb_status copy(const struct pb_batch *batch, const uint32_t *order, size_t count,
                           struct pb_vector *kept, struct pb_arena *texts)
{
    for (size_t i = 0; i < count; i++) {
        struct pb_diagnostic *diagnostic = pb_vector_push(kept);
        if (diagnostic == NULL)
            return PB_FAILED_MEMORY;
        *diagnostic = *diagnostic_at(batch, order[i]);
        if (!pb_arena_copy(texts, diagnostic->pointer, &diagnostic->pointer) ||
            !pb_arena_copy(texts, diagnostic->message, &diagnostic->message))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

static enum pb_status keep_first(struct pb_batch *batch, uint32_t *order, size_t most)
{
    struct pb_diagnostics *list = &batch->diagnostics;
    struct pb_vector kept;
    struct pb_arena texts = {0};

    pb_vector_init(&kept, sizeof(struct pb_diagnostic));
    if (!pb_sort_numbers(order, list->items.count, compare, batch) ||
        copy(batch, order, most, &kept, &texts) != PB_OK) {
        pb_vector_release(&kept);
        pb_arena_release(&texts);
        return PB_FAILED_MEMORY;
    }
    for (size_t i = most; i < list->items.count; i++)
        list->left_out_of_all[diagnostic_at(batch, order[i])->severity]++;
    pb_vector_release(&list->items);
    pb_arena_release(&batch->complaints);
    list->items = kept;
    batch->complaints = texts;
    pb_diagnostics_begin_entry(list, list->entry);
    return PB_OK;
}

enum pb_status pb_diagnostics_settle(struct pb_batch *batch, size_t most)
{
    size_t count = batch->diagnostics.items.count;

    if (count <= most)
        return PB_OK;
    uint32_t *order = calloc(count, sizeof *order);
    if (order == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    enum pb_status status = keep_first(batch, order, most);
    free(order);
    return status;
}

enum pb_status pb_diagnostics_bound(struct pb_batch *batch, size_t most)
{
    return batch->diagnostics.items.count / 2 < most ? PB_OK : pb_diagnostics_settle(batch, most);
}

/* SPDX-License-Identifier: MIT */
/* The one order of the ledger's lines. */
#include "inventory/batch.h"

#include <stdlib.h>

#include "base/sort.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_digests(const unsigned char *a, const unsigned char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return memcmp(a, b, 32);
}

int pb_ledger_compare(const struct pb_ledger *ledger, uint32_t first, uint32_t second)
{
    int order = pb_path_compare(pb_ledger_path(ledger, first), pb_ledger_path(ledger, second));

    if (order != 0)
        return order;
    struct pb_entry a = pb_ledger_entry(ledger, first), b = pb_ledger_entry(ledger, second);
    order = compare_digests(a.sha256, b.sha256);
    if (order == 0)
        order = compare_numbers(a.size_bytes, b.size_bytes);
    if (order == 0)
        order = (int)a.status - (int)b.status;
    if (order == 0)
        order = (int)a.is_named - (int)b.is_named;
    return order != 0 ? order : pb_slice_compare(a.detail, b.detail);
}

static int compare(const void *context, uint32_t a, uint32_t b)
{
    return pb_ledger_compare(context, a, b);
}

enum pb_status pb_ledger_sort(struct pb_ledger *ledger, uint32_t **rank)
{
    size_t count = pb_ledger_count(ledger);
    uint32_t *places = ledger->places.data;
    uint32_t *order = calloc(count + 1, sizeof *order);
    enum pb_status status = PB_FAILED_MEMORY;

    *rank = NULL;
    if (order == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    if (!pb_sort_numbers(order, count, compare, ledger))
        goto out;
    *rank = calloc(count + 1, sizeof **rank);
    if (*rank == NULL)
        goto out;
    for (size_t i = 0; i < count; i++) {
        (*rank)[order[i]] = (uint32_t)i;
        order[i] = places[order[i]];
    }
    if (count > 0)
        memcpy(places, order, count * sizeof *places);
    status = PB_OK;
out:
    free(order);
    return status;
}

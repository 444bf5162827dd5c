/* SPDX-License-Identifier: MIT */
#include "report/order.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* "None" is the greatest index, and sorts first: one more wraps around to zero. */
static uint32_t none_first(uint32_t index)
{
    return index + 1;
}

static int compare_diagnostics(const void *left, const void *right)
{
    const struct pb_diagnostic *a = *(const struct pb_diagnostic *const *)left;
    const struct pb_diagnostic *b = *(const struct pb_diagnostic *const *)right;
    int order = compare_numbers(none_first(a->entry), none_first(b->entry));

    if (order == 0)
        order = compare_numbers(a->offset_bytes, b->offset_bytes);
    if (order == 0)
        order = strcmp(a->code, b->code);
    if (order == 0)
        order = pb_slice_compare(a->pointer, b->pointer);
    if (order == 0)
        order = pb_slice_compare(a->message, b->message);
    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a > b) - (a < b);
}

static uint64_t subject(const struct pb_finding *finding)
{
    uint32_t account = finding->certificate == PB_NO_INDEX ? none_first(finding->account) : 0;

    return (uint64_t)none_first(finding->certificate) << 32 | account;
}

static int compare_findings(const void *left, const void *right)
{
    const struct pb_finding *a = *(const struct pb_finding *const *)left;
    const struct pb_finding *b = *(const struct pb_finding *const *)right;
    int order = compare_numbers(subject(a), subject(b));

    return order != 0 ? order : (a > b) - (a < b);
}

bool pb_report_order_diagnostics(const struct pb_diagnostics *list,
                                 const struct pb_diagnostic ***ordered)
{
    size_t count = list->items.count;

    *ordered = NULL;
    if (count == 0)
        return true;
    const struct pb_diagnostic **pointers = calloc(count, sizeof(const struct pb_diagnostic *));
    if (pointers == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        pointers[i] = &PB_VECTOR_AT(struct pb_diagnostic, &list->items, i);
    qsort(pointers, count, sizeof(const struct pb_diagnostic *), compare_diagnostics);
    *ordered = pointers;
    return true;
}

bool pb_report_order_findings(const struct pb_findings *findings,
                              const struct pb_finding ***ordered)
{
    size_t count = findings->items.count;

    *ordered = NULL;
    if (count == 0)
        return true;
    const struct pb_finding **pointers = calloc(count, sizeof(const struct pb_finding *));
    if (pointers == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        pointers[i] = &PB_VECTOR_AT(struct pb_finding, &findings->items, i);
    qsort(pointers, count, sizeof(const struct pb_finding *), compare_findings);
    *ordered = pointers;
    return true;
}

size_t pb_report_find_findings(const struct pb_finding *const *ordered, size_t ordered_count,
                               uint32_t certificate, uint32_t account, size_t *count)
{
    uint64_t wanted = subject(&(struct pb_finding){.certificate = certificate, .account = account});
    size_t low = 0, high = ordered_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (subject(ordered[middle]) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < ordered_count && subject(ordered[low + *count]) == wanted)
        ++*count;
    return low;
}

/* SPDX-License-Identifier: MIT */
#include "inventory/coverage_reason.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/message.h"

struct reason {
    uint32_t account;
    uint32_t number; /* keeps the order of adding */
    struct pb_slice text;
};

void pb_coverage_reasons_init(struct pb_coverage_reasons *reasons, struct pb_inventory *inventory)
{
    reasons->inventory = inventory;
    pb_vector_init(&reasons->items, sizeof(struct reason));
}

void pb_coverage_reasons_release(struct pb_coverage_reasons *reasons)
{
    pb_vector_release(&reasons->items);
}

static struct pb_arena *arena_of(const struct pb_coverage_reasons *reasons)
{
    return &reasons->inventory->evidence.arena;
}

static struct pb_account *account_at(const struct pb_coverage_reasons *reasons, uint32_t index)
{
    return &PB_VECTOR_AT(struct pb_account, &reasons->inventory->accounts, index);
}

static enum pb_status add(struct pb_coverage_reasons *reasons, uint32_t account,
                          struct pb_slice text)
{
    struct reason *reason = pb_vector_push(&reasons->items);

    if (reason == NULL)
        return PB_FAILED_MEMORY;
    *reason = (struct reason){account, (uint32_t)reasons->items.count, text};
    return PB_OK;
}

enum pb_status pb_coverage_reason_add(struct pb_coverage_reasons *reasons, uint32_t account,
                                      const char *format, ...)
{
    struct pb_slice text;
    va_list arguments;

    va_start(arguments, format);
    bool is_copied = pb_message_format_list(arena_of(reasons), &text, format, arguments);
    va_end(arguments);
    return is_copied ? add(reasons, account, text) : PB_FAILED_MEMORY;
}

static enum pb_status count_gap(struct pb_coverage_reasons *reasons, const struct pb_gap *gap)
{
    account_at(reasons, gap->account)->coverage = PB_COVERAGE_INCOMPLETE;
    return add(reasons, gap->account, gap->message);
}

enum pb_status pb_coverage_gap_add(struct pb_coverage_reasons *reasons, struct pb_gap about,
                                   const char *format, ...)
{
    struct pb_gap *gap = pb_vector_push(&reasons->inventory->gaps);
    va_list arguments;

    if (gap == NULL)
        return PB_FAILED_MEMORY;
    *gap = about;
    va_start(arguments, format);
    bool is_copied = pb_message_format_list(arena_of(reasons), &gap->message, format, arguments);
    va_end(arguments);
    return is_copied ? count_gap(reasons, gap) : PB_FAILED_MEMORY;
}

enum pb_status pb_coverage_gaps_adopt(struct pb_coverage_reasons *reasons)
{
    const struct pb_vector *gaps = &reasons->inventory->gaps;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < gaps->count && status == PB_OK; i++)
        status = count_gap(reasons, &PB_VECTOR_AT(const struct pb_gap, gaps, i));
    return status;
}

static int compare_reasons(const void *left, const void *right)
{
    const struct reason *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int compare_gaps(const void *left, const void *right)
{
    const struct pb_gap *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (a->certificate != b->certificate)
        return a->certificate < b->certificate ? -1 : 1;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    return pb_slice_compare(a->message, b->message);
}

static void sort(struct pb_vector *vector, int (*compare)(const void *, const void *))
{
    if (vector->count > 0)
        qsort(vector->data, vector->count, vector->element_bytes, compare);
}

enum pb_status pb_coverage_reasons_deal_out(struct pb_coverage_reasons *reasons)
{
    struct pb_vector *items = &reasons->items;
    struct pb_slice *texts =
        pb_arena_allocate_array(arena_of(reasons), items->count, sizeof *texts);

    if (texts == NULL)
        return PB_FAILED_MEMORY;
    sort(items, compare_reasons);
    sort(&reasons->inventory->gaps, compare_gaps);
    for (size_t i = 0; i < items->count; i++) {
        const struct reason *reason = &PB_VECTOR_AT(const struct reason, items, i);
        struct pb_account *account = account_at(reasons, reason->account);
        texts[i] = reason->text;
        if (account->reason_count++ == 0)
            account->reasons = &texts[i];
    }
    return PB_OK;
}

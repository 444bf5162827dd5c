/* SPDX-License-Identifier: MIT */
#include "inventory/summary_count.h"

#include <stdlib.h>

#include "inventory/folder.h"
#include "inventory/passes.h"

int pb_summary_count_compare(const struct pb_summary_count *summary, uint32_t account,
                             struct pb_slice folder)
{
    if (summary->account != account)
        return summary->account < account ? -1 : 1;
    return pb_folder_compare(summary->folder, folder);
}

static int compare_counts(const void *left, const void *right)
{
    const struct pb_summary_count *a = left, *b = right;
    int order = pb_summary_count_compare(a, b->account, b->folder);

    if (order == 0)
        order = (a->count > b->count) - (a->count < b->count);
    return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

/* A summary saved twice in one folder says one thing. */
static void drop_repetitions(struct pb_vector *counts)
{
    struct pb_summary_count *all = counts->data;
    size_t kept = 0;

    for (size_t i = 0; i < counts->count; i++)
        if (kept == 0 || all[kept - 1].account != all[i].account ||
            all[kept - 1].count != all[i].count ||
            !pb_slice_equals(all[kept - 1].folder, all[i].folder))
            all[kept++] = all[i];
    counts->count = kept;
}

static enum pb_status collect(const struct pb_inventory *inventory, struct pb_vector *counts)
{
    const struct pb_vector *records = &inventory->evidence.records;

    for (size_t i = 0; i < records->count; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        if (record->kind != PB_RECORD_ACCOUNT_SUMMARY)
            continue;
        struct pb_summary_count *count = pb_vector_push(counts);
        if (count == NULL)
            return PB_FAILED_MEMORY;
        *count = (struct pb_summary_count){
            .account = record->account_index,
            .entry = record->entry,
            .folder = pb_batch_folder(&inventory->evidence, record->entry),
            .count = record->count,
        };
    }
    if (counts->count > 0)
        qsort(counts->data, counts->count, counts->element_bytes, compare_counts);
    drop_repetitions(counts);
    return PB_OK;
}

/* The first summary whose folder is not before the given one. */
static size_t first_at(const struct pb_summary_count *counts, size_t count, struct pb_slice folder)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pb_folder_compare(counts[middle].folder, folder) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first summary of the folder that has most in common with the given one; in sorted order that
 * is a neighbour of the place where the folder would stand. */
static struct pb_summary_count *nearest(struct pb_summary_count *counts, size_t count,
                                        struct pb_slice folder)
{
    size_t place = first_at(counts, count, folder);

    if (place == count || (place > 0 && pb_folder_common(counts[place - 1].folder, folder) >
                                            pb_folder_common(counts[place].folder, folder)))
        place--;
    return &counts[first_at(counts, count, counts[place].folder)];
}

/* IAM names are unique in an account: of two certificates with one name, one is of another day. */
static bool is_of_one_name(const struct pb_inventory *inventory, uint32_t a, uint32_t b)
{
    struct pb_slice name = pb_inventory_certificate(inventory, a)->name;

    return name.size_bytes > 0 &&
           pb_slice_equals(name, pb_inventory_certificate(inventory, b)->name);
}

/* Counts the certificate once for each summary to which one of its answers belongs. Those of one
 * name are neighbours. */
static void count_certificate(const struct pb_inventory *inventory, uint32_t number,
                              struct pb_summary_count *counts, size_t count, uint32_t *last_counted)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, number);

    if (certificate->origin != PB_ORIGIN_IAM)
        return;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *observation =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        if (!pb_inventory_is_answer(inventory, observation))
            continue;
        struct pb_summary_count *summary =
            nearest(counts, count, pb_batch_folder(&inventory->evidence, observation->entry));
        uint32_t last = last_counted[summary - counts];
        if (last != PB_NO_INDEX && (last == number || is_of_one_name(inventory, last, number)))
            continue;
        last_counted[summary - counts] = number;
        summary->seen++;
        summary->gone += certificate->presence == PB_PRESENCE_DELETED;
    }
}

/* Two summaries of one folder that differ are both held against what the folder shows; the count
 * stands with the first of them, which nearest() finds. */
static void share_folders(struct pb_vector *counts)
{
    struct pb_summary_count *all = counts->data;

    for (size_t i = 1; i < counts->count; i++)
        if (all[i].account == all[i - 1].account &&
            pb_slice_equals(all[i].folder, all[i - 1].folder)) {
            all[i].seen = all[i - 1].seen;
            all[i].gone = all[i - 1].gone;
        }
}

enum pb_status pb_summary_counts_make(const struct pb_inventory *inventory,
                                      struct pb_vector *counts)
{
    enum pb_status status = collect(inventory, counts);
    struct pb_summary_count *all = counts->data;
    uint32_t *last_counted = calloc(counts->count + 1, sizeof *last_counted);

    if (status != PB_OK || last_counted == NULL) {
        free(last_counted);
        return PB_FAILED_MEMORY;
    }
    for (size_t i = 0; i < counts->count; i++)
        last_counted[i] = PB_NO_INDEX;
    for (size_t first = 0, end, next = 0; first < counts->count; first = end) {
        uint32_t account = all[first].account;
        for (end = first + 1; end < counts->count && all[end].account == account;)
            end++;
        while (next < inventory->certificates.count &&
               pb_inventory_certificate(inventory, next)->account < account)
            next++;
        for (; next < inventory->certificates.count &&
               pb_inventory_certificate(inventory, next)->account == account;
             next++)
            count_certificate(inventory, (uint32_t)next, all + first, end - first,
                              last_counted + first);
    }
    free(last_counted);
    share_folders(counts);
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
/* A merge sort from the bottom up, which copies only what is out of place. */
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/permute.h"

struct sorter {
    pb_compare_numbers *compare;
    const void *context;
    uint32_t *scratch; /* allocated when it is first needed, of half the numbers */
    size_t scratch_count;
};

/* How many of the sorted numbers stand before the pivot; those equal to it do if is_after. */
static size_t count_before(const struct sorter *sorter, const uint32_t *numbers, size_t count,
                           uint32_t pivot, bool is_after)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sorter->compare(sorter->context, numbers[middle], pivot);
        if (order < 0 || (order == 0 && is_after))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_scratch(struct sorter *sorter)
{
    if (sorter->scratch == NULL)
        sorter->scratch = calloc(sorter->scratch_count, sizeof *sorter->scratch);
    return sorter->scratch != NULL;
}

/* The left run is the shorter one: out of the way, and forwards. */
static void merge_forwards(struct sorter *sorter, uint32_t *numbers, size_t left, size_t right)
{
    const uint32_t *a = sorter->scratch, *b = numbers + left;
    const uint32_t *a_end = a + left, *b_end = b + right;

    memcpy(sorter->scratch, numbers, left * sizeof *numbers);
    while (a < a_end && b < b_end)
        *numbers++ = sorter->compare(sorter->context, *b, *a) < 0 ? *b++ : *a++;
    memcpy(numbers, a, (size_t)(a_end - a) * sizeof *numbers);
}

static void merge_backwards(struct sorter *sorter, uint32_t *numbers, size_t left, size_t right)
{
    uint32_t *place = numbers + left + right;

    memcpy(sorter->scratch, numbers + left, right * sizeof *numbers);
    while (left > 0 && right > 0) {
        uint32_t a = numbers[left - 1], b = sorter->scratch[right - 1];
        bool is_left_later = sorter->compare(sorter->context, b, a) < 0;
        *--place = is_left_later ? a : b;
        left -= is_left_later;
        right -= !is_left_later;
    }
    memcpy(place - right, sorter->scratch, right * sizeof *numbers);
}

/* One number that stands before all of the left run. */
static void move_first(uint32_t *numbers, size_t left)
{
    uint32_t first = numbers[left];

    memmove(numbers + 1, numbers, left * sizeof *numbers);
    numbers[0] = first;
}

/* Two neighbouring sorted runs become one. */
static bool merge(struct sorter *sorter, uint32_t *numbers, size_t left, size_t right)
{
    if (sorter->compare(sorter->context, numbers[left - 1], numbers[left]) <= 0)
        return true;
    if (!make_scratch(sorter))
        return false;
    size_t placed = count_before(sorter, numbers, left, numbers[left], true);
    right = count_before(sorter, numbers + left, right, numbers[left - 1], false);
    numbers += placed;
    left -= placed;
    if (right == 1)
        move_first(numbers, left);
    else if (left <= right)
        merge_forwards(sorter, numbers, left, right);
    else
        merge_backwards(sorter, numbers, left, right);
    return true;
}

bool pb_sort_numbers(uint32_t *numbers, size_t count, pb_compare_numbers *compare,
                     const void *context)
{
    struct sorter sorter = {.compare = compare, .context = context, .scratch_count = count / 2 + 1};
    bool is_sorted = true;

    for (size_t run = 1; is_sorted && run < count; run *= 2)
        for (size_t i = 0; is_sorted && count - i > run; i += 2 * run) {
            size_t right = count - i - run;
            is_sorted = merge(&sorter, numbers + i, run, right < run ? right : run);
            if (right <= run)
                break;
        }
    free(sorter.scratch);
    return is_sorted;
}

/* An array on its way into order. */
struct elements {
    const char *bytes;
    size_t element_bytes;
    pb_compare_elements *compare;
};

static int compare_elements(const void *context, uint32_t a, uint32_t b)
{
    const struct elements *elements = context;

    return elements->compare(elements->bytes + a * elements->element_bytes,
                             elements->bytes + b * elements->element_bytes);
}

static bool is_sorted(const struct elements *elements, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (compare_elements(elements, (uint32_t)(i - 1), (uint32_t)i) > 0)
            return false;
    return true;
}

bool pb_sort_elements(void *elements, size_t count, size_t element_bytes,
                      pb_compare_elements *compare)
{
    const struct elements sorting = {elements, element_bytes, compare};

    if (count > UINT32_MAX)
        return false;
    if (is_sorted(&sorting, count))
        return true;
    uint32_t *order = calloc(count, sizeof *order);
    if (order == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    bool is_done = pb_sort_numbers(order, count, compare_elements, &sorting);
    if (is_done)
        pb_permute(elements, count, element_bytes, order);
    free(order);
    return is_done;
}

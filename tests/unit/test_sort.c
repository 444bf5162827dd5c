/* SPDX-License-Identifier: MIT */
/* Sorting numbers of things: any order in, one order out, equals as they were. */
#include "base/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

struct keys {
    const uint32_t *values;
    size_t *comparisons;
};

static int compare(const void *context, uint32_t a, uint32_t b)
{
    const struct keys *keys = context;

    ++*keys->comparisons;
    return (keys->values[a] > keys->values[b]) - (keys->values[a] < keys->values[b]);
}

/* The number of comparisons that it took. */
static size_t check(const uint32_t *values, size_t count)
{
    size_t comparisons = 0;
    const struct keys keys = {values, &comparisons};
    uint32_t *numbers = calloc(count + 1, sizeof *numbers);

    assert_non_null(numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = (uint32_t)i;
    assert_true(pb_sort_numbers(numbers, count, compare, &keys));
    for (size_t i = 1; i < count; i++) {
        uint32_t before = values[numbers[i - 1]], here = values[numbers[i]];
        assert_true(before < here || (before == here && numbers[i - 1] < numbers[i]));
    }
    free(numbers);
    return comparisons;
}

static void any_order_becomes_the_one_order(void **state)
{
    uint32_t values[300], seed = 1;

    (void)state;
    for (size_t count = 0; count <= 300; count++)
        for (uint32_t range = 1; range <= 1000; range *= 10) {
            for (size_t i = 0; i < count; i++)
                values[i] = ((seed = seed * 1664525 + 1013904223) >> 16) % range;
            check(values, count);
        }
}

static void falling_and_rotated_orders_are_sorted(void **state)
{
    uint32_t values[1000];

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        values[i] = (uint32_t)(1000 - i);
    check(values, 1000);
    for (size_t first = 0; first < 1000; first += 37) {
        for (size_t i = 0; i < 1000; i++)
            values[i] = (uint32_t)((i + first) % 1000);
        check(values, 1000);
    }
}

static void what_is_in_order_costs_one_comparison_each(void **state)
{
    uint32_t values[5000];

    (void)state;
    for (size_t i = 0; i < 5000; i++)
        values[i] = (uint32_t)i / 2;
    assert_in_range(check(values, 5000), 0, 5000);
    values[4999] = 0; /* an archive is listed behind its members, and stands before them */
    assert_in_range(check(values, 5000), 0, 5400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_becomes_the_one_order),
        cmocka_unit_test(falling_and_rotated_orders_are_sorted),
        cmocka_unit_test(what_is_in_order_costs_one_comparison_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

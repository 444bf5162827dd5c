/* SPDX-License-Identifier: MIT */
/* Sorting numbers of things: any order in, one order out, equals as they were. */
#include "base/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
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

/* Larger than what is swapped at once. */
struct thing {
    uint32_t value;
    char rest[100];
    uint32_t number;
};

static int compare_things(const void *a, const void *b)
{
    uint32_t left = ((const struct thing *)a)->value, right = ((const struct thing *)b)->value;

    return (left > right) - (left < right);
}

static void elements_come_with_all_their_bytes(void **state)
{
    static struct thing things[300];
    uint32_t seed = 7;

    (void)state;
    for (size_t count = 0; count <= 300; count += 3) {
        for (uint32_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            things[i] = (struct thing){.value = (seed >> 16) % 50, .number = i};
            memset(things[i].rest, (int)(things[i].value & 0x7F), sizeof things[i].rest);
        }
        assert_true(pb_sort_elements(things, count, sizeof things[0], compare_things));
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(things[i].rest[0], things[i].value & 0x7F);
            assert_int_equal(things[i].rest[99], things[i].value & 0x7F);
            if (i > 0)
                assert_true(things[i - 1].value < things[i].value ||
                            (things[i - 1].value == things[i].value &&
                             things[i - 1].number < things[i].number));
        }
    }
    assert_true(pb_sort_elements(NULL, 0, sizeof things[0], compare_things));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_becomes_the_one_order),
        cmocka_unit_test(falling_and_rotated_orders_are_sorted),
        cmocka_unit_test(what_is_in_order_costs_one_comparison_each),
        cmocka_unit_test(elements_come_with_all_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

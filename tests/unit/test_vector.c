/* SPDX-License-Identifier: MIT */
/* Vectors: sizes that overflow, new elements, and elements in bulk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/vector.h"

static void more_elements_than_memory_can_hold_are_refused(void **state)
{
    struct pb_vector vector;
    int element = 7;

    (void)state;
    pb_vector_init(&vector, sizeof element);
    assert_true(pb_vector_append(&vector, &element, 1));
    assert_false(pb_vector_append(&vector, &element, SIZE_MAX));
    assert_false(pb_vector_append(&vector, &element, SIZE_MAX / sizeof element));
    assert_false(pb_vector_append(&vector, &element, SIZE_MAX / sizeof element - 1));
    assert_int_equal(vector.count, 1);
    assert_int_equal(PB_VECTOR_AT(int, &vector, 0), 7);
    pb_vector_release(&vector);
}

static void appending_nothing_is_allowed(void **state)
{
    struct pb_vector vector;

    (void)state;
    pb_vector_init(&vector, 3);
    assert_true(pb_vector_append(&vector, NULL, 0));
    assert_int_equal(vector.count, 0);
    pb_vector_release(&vector);
}

static void new_elements_are_zero_even_in_used_memory(void **state)
{
    struct pb_vector vector;

    (void)state;
    pb_vector_init(&vector, sizeof(int));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 100; i++) {
            int *element = pb_vector_push(&vector);
            assert_non_null(element);
            assert_int_equal(*element, 0);
            *element = i + 1;
        }
        for (int i = 0; i < 100; i++)
            assert_int_equal(PB_VECTOR_AT(int, &vector, i), i + 1);
        vector.count = 0;
    }
    pb_vector_release(&vector);
}

static void elements_are_appended_in_bulk(void **state)
{
    static const short elements[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct pb_vector vector;

    (void)state;
    pb_vector_init(&vector, sizeof elements[0]);
    for (int i = 0; i < 10; i++)
        assert_true(pb_vector_append(&vector, elements, 9));
    assert_int_equal(vector.count, 90);
    for (size_t i = 0; i < 90; i++)
        assert_int_equal(PB_VECTOR_AT(short, &vector, i), i % 9 + 1);
    pb_vector_release(&vector);
}

static void a_released_vector_is_ready_again(void **state)
{
    struct pb_vector vector;

    (void)state;
    pb_vector_init(&vector, 1);
    assert_non_null(pb_vector_push(&vector));
    pb_vector_release(&vector);
    assert_int_equal(vector.count, 0);
    assert_non_null(pb_vector_push(&vector));
    pb_vector_release(&vector);
}

static int compare_numbers(const void *a, const void *b)
{
    const int *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

static void the_first_element_that_is_not_below_a_key_is_found(void **state)
{
    static const int numbers[] = {9, 3, 5, 3, 3};
    static const struct {
        int key;
        size_t found;
    } cases[] = {{2, 0}, {3, 0}, {4, 3}, {5, 3}, {6, 4}, {9, 4}, {10, 5}};
    struct pb_vector vector;

    (void)state;
    pb_vector_init(&vector, sizeof(int));
    pb_vector_sort(&vector, compare_numbers);
    assert_int_equal(pb_vector_lower_bound(&vector, &numbers[0], compare_numbers), 0);
    assert_true(pb_vector_append(&vector, numbers, 5));
    pb_vector_sort(&vector, compare_numbers);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(pb_vector_lower_bound(&vector, &cases[i].key, compare_numbers),
                         cases[i].found);
    pb_vector_release(&vector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_elements_than_memory_can_hold_are_refused),
        cmocka_unit_test(appending_nothing_is_allowed),
        cmocka_unit_test(new_elements_are_zero_even_in_used_memory),
        cmocka_unit_test(elements_are_appended_in_bulk),
        cmocka_unit_test(a_released_vector_is_ready_again),
        cmocka_unit_test(the_first_element_that_is_not_below_a_key_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

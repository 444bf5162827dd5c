/* SPDX-License-Identifier: MIT */
/* Slices: absent is not empty, and nothing is read past the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

#include "base/slice.h"

#define EMPTY PB_SLICE("")
#define ABSENT PB_SLICE_ABSENT

static void absent_is_not_empty(void **state)
{
    (void)state;
    assert_true(pb_slice_is_absent(ABSENT));
    assert_false(pb_slice_is_absent(EMPTY));
    assert_true(pb_slice_is_absent(pb_slice_from_string(NULL)));
    assert_false(pb_slice_equals(ABSENT, EMPTY));
    assert_false(pb_slice_equals_ignoring_case(EMPTY, ABSENT));
    assert_true(pb_slice_equals(ABSENT, ABSENT));
    assert_true(pb_slice_equals(EMPTY, EMPTY));
}

static void an_absent_slice_can_be_asked_anything(void **state)
{
    (void)state;
    assert_false(pb_slice_starts_with(ABSENT, PB_SLICE("a")));
    assert_false(pb_slice_ends_with(ABSENT, PB_SLICE("a")));
    assert_false(pb_slice_contains_ignoring_case(ABSENT, PB_SLICE("a")));
    assert_int_equal(pb_slice_find(ABSENT, PB_SLICE("a"), 0), SIZE_MAX);
    assert_int_equal(pb_slice_find_last(ABSENT, 'a'), SIZE_MAX);
    assert_true(pb_slice_is_absent(pb_slice_from(ABSENT, 3)));
    assert_true(pb_slice_is_absent(pb_slice_first(ABSENT, 3)));
    assert_true(pb_slice_is_absent(pb_slice_trim(ABSENT)));
    assert_int_equal(pb_slice_print_size(ABSENT), 0);
}

static void equality_counts_every_byte(void **state)
{
    (void)state;
    assert_false(pb_slice_equals(PB_SLICE("ab"), PB_SLICE("abc")));
    assert_false(pb_slice_equals(PB_SLICE("a\0b"), PB_SLICE("a\0c")));
    assert_true(pb_slice_equals(PB_SLICE("a\0b"), PB_SLICE("a\0b")));
}

static void order_is_bytewise_with_prefixes_first(void **state)
{
    static const struct pb_slice ordered[] = {
        {NULL, 0},  {"", 0},   {"\0", 1}, {"A", 1},    {"a", 1},
        {"a\0", 2}, {"ab", 2}, {"b", 1},  {"\x80", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ordered / sizeof ordered[0]; i++)
        for (size_t j = 0; j < sizeof ordered / sizeof ordered[0]; j++) {
            int order = pb_slice_compare(ordered[i], ordered[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void prefixes_and_suffixes_are_found(void **state)
{
    (void)state;
    assert_false(pb_slice_starts_with(PB_SLICE("ab"), PB_SLICE("abc")));
    assert_false(pb_slice_starts_with(PB_SLICE("ab"), PB_SLICE("b")));
    assert_false(pb_slice_ends_with(PB_SLICE("ab"), PB_SLICE("a")));
    assert_true(pb_slice_starts_with(PB_SLICE("ab"), PB_SLICE("ab")));
    assert_true(pb_slice_starts_with(PB_SLICE("ab"), EMPTY));
    assert_true(pb_slice_ends_with(PB_SLICE("ab"), PB_SLICE("b")));
    assert_true(pb_slice_ends_with(EMPTY, EMPTY));
}

static void case_is_ignored_in_ascii_alone(void **state)
{
    (void)state;
    assert_false(pb_slice_equals_ignoring_case(PB_SLICE("a"), PB_SLICE("ab")));
    assert_false(pb_slice_equals_ignoring_case(PB_SLICE("[@"), PB_SLICE("{`")));
    assert_false(pb_slice_equals_ignoring_case(PB_SLICE("\xC9"), PB_SLICE("\xE9")));
    assert_true(pb_slice_equals_ignoring_case(PB_SLICE("aZ\xC3"), PB_SLICE("Az\xC3")));
    assert_true(pb_slice_contains_ignoring_case(PB_SLICE("OpenSSL"), PB_SLICE("ssl")));
    assert_true(pb_slice_contains_ignoring_case(PB_SLICE("x"), EMPTY));
    assert_false(pb_slice_contains_ignoring_case(PB_SLICE("ss"), PB_SLICE("ssl")));
}

static void the_first_occurrence_from_an_offset_is_found(void **state)
{
    static const struct {
        struct pb_slice slice, needle;
        size_t from, expected;
    } cases[] = {
        {{"aab", 3}, {"ab", 2}, 0, 1},      {{"aab", 3}, {"ab", 2}, 2, SIZE_MAX},
        {{"abab", 4}, {"ab", 2}, 1, 2},     {{"ab", 2}, {"abc", 3}, 0, SIZE_MAX},
        {{"ab", 2}, {"", 0}, 2, 2},         {{"ab", 2}, {"", 0}, 3, SIZE_MAX},
        {{"ab", 2}, {"b", 1}, 3, SIZE_MAX}, {{"a\0b", 3}, {"\0b", 2}, 0, 1},
        {{"aaab", 4}, {"aab", 3}, 0, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(pb_slice_find(cases[i].slice, cases[i].needle, cases[i].from),
                         cases[i].expected);
    assert_int_equal(pb_slice_find_last(PB_SLICE("a/b/c"), '/'), 3);
    assert_int_equal(pb_slice_find_last(PB_SLICE("/"), '/'), 0);
    assert_int_equal(pb_slice_find_last(PB_SLICE("abc"), '/'), SIZE_MAX);
}

static void parts_are_cut_to_the_slice(void **state)
{
    (void)state;
    assert_true(pb_slice_equals(pb_slice_from(PB_SLICE("abc"), 1), PB_SLICE("bc")));
    assert_true(pb_slice_equals(pb_slice_from(PB_SLICE("abc"), 9), EMPTY));
    assert_true(pb_slice_equals(pb_slice_first(PB_SLICE("abc"), 2), PB_SLICE("ab")));
    assert_true(pb_slice_equals(pb_slice_first(PB_SLICE("abc"), SIZE_MAX), PB_SLICE("abc")));
}

static void blanks_are_trimmed_at_both_ends(void **state)
{
    (void)state;
    assert_true(pb_slice_equals(pb_slice_trim(PB_SLICE(" \t\r\na b\n ")), PB_SLICE("a b")));
    assert_true(pb_slice_equals(pb_slice_trim(PB_SLICE(" \n")), EMPTY));
    assert_true(pb_slice_equals(pb_slice_trim(PB_SLICE("\0a\v")), PB_SLICE("\0a\v")));
}

static void a_size_too_large_for_printf_is_cut(void **state)
{
    (void)state;
    assert_int_equal(pb_slice_print_size((struct pb_slice){"", SIZE_MAX}), INT_MAX);
    assert_int_equal(pb_slice_print_size(PB_SLICE("abc")), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(an_absent_slice_can_be_asked_anything),
        cmocka_unit_test(equality_counts_every_byte),
        cmocka_unit_test(order_is_bytewise_with_prefixes_first),
        cmocka_unit_test(prefixes_and_suffixes_are_found),
        cmocka_unit_test(case_is_ignored_in_ascii_alone),
        cmocka_unit_test(the_first_occurrence_from_an_offset_is_found),
        cmocka_unit_test(parts_are_cut_to_the_slice),
        cmocka_unit_test(blanks_are_trimmed_at_both_ends),
        cmocka_unit_test(a_size_too_large_for_printf_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

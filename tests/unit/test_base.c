/* SPDX-License-Identifier: MIT */
/* Slices, buffers, arenas, vectors and errors: sizes that overflow, ceilings, and what stays. */
#include <limits.h>
#include <stdalign.h>

#include "unit.h"
#include "base/bytes.h"
#include "base/error.h"

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
    assert_false(pb_contains_any(ABSENT, "a"));
    assert_int_equal(pb_slice_find(ABSENT, PB_SLICE("a"), 0), SIZE_MAX);
    assert_int_equal(pb_slice_find_last(ABSENT, 'a'), SIZE_MAX);
    assert_true(pb_slice_is_absent(pb_slice_from(ABSENT, 3)));
    assert_true(pb_slice_is_absent(pb_slice_first(ABSENT, 3)));
    assert_true(pb_slice_is_absent(pb_slice_trim(ABSENT)));
    assert_int_equal(pb_slice_print_size(ABSENT), 0);
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
    assert_true(pb_contains_any(PB_SLICE("OpenSSL"), "ssl"));
    assert_true(pb_contains_any(PB_SLICE("x"), ""));
    assert_false(pb_contains_any(PB_SLICE("ss"), "ssl"));
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

static void blanks_are_trimmed_at_both_ends(void **state)
{
    (void)state;
    assert_true(pb_slice_equals(pb_slice_trim(PB_SLICE(" \t\r\na b\n ")), PB_SLICE("a b")));
    assert_true(pb_slice_equals(pb_slice_trim(PB_SLICE(" \n")), EMPTY));
    assert_true(pb_slice_equals(pb_slice_trim(PB_SLICE("\0a\v")), PB_SLICE("\0a\v")));
}

static void assert_holds(const struct pb_buffer *buffer, const char *expected)
{
    assert_true(pb_slice_equals(pb_buffer_slice(buffer), pb_slice_from_string(expected)));
}

static void an_append_that_fails_keeps_what_was_there(void **state)
{
    struct pb_buffer buffer = {0};

    (void)state;
    pb_buffer_append_string(&buffer, "abc");
    assert_null(pb_buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.has_failed);
    assert_holds(&buffer, "abc");
    pb_buffer_append_byte(&buffer, 'd');
    assert_holds(&buffer, "abc");
    assert_null(pb_buffer_reserve(&buffer, 0));
    pb_buffer_release(&buffer);
}

static void sizes_that_overflow_fail(void **state)
{
    struct pb_buffer buffer = {0};

    (void)state;
    pb_buffer_append_byte(&buffer, 'a');
    assert_null(pb_buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.has_failed);
    pb_buffer_clear(&buffer);
    assert_null(pb_buffer_reserve(&buffer, SIZE_MAX - 1));
    assert_true(buffer.has_failed);
    pb_buffer_clear(&buffer);
    pb_buffer_append_hex(&buffer, (const unsigned char *)"", SIZE_MAX / 2 + 1);
    assert_true(buffer.has_failed);
    pb_buffer_release(&buffer);
}

static void appends_are_of_all_kinds(void **state)
{
    struct pb_buffer buffer = {0};

    (void)state;
    pb_buffer_append_format(&buffer, "%d", 1234);
    assert_false(buffer.has_failed);
    assert_holds(&buffer, "1234");
    pb_buffer_clear(&buffer);
    pb_buffer_append_hex(&buffer, (const unsigned char *)"\x0F\xA0", 2);
    assert_false(buffer.has_failed);
    assert_holds(&buffer, "0fa0");
    pb_buffer_clear(&buffer);
    pb_buffer_append_repeated(&buffer, '-', 4);
    assert_false(buffer.has_failed);
    pb_buffer_append_repeated(&buffer, '-', 0);
    pb_buffer_append_format(&buffer, "%s", "");
    assert_false(buffer.has_failed);
    assert_holds(&buffer, "----");
    pb_buffer_release(&buffer);
}

static void sizes_that_cannot_be_had_give_nothing(void **state)
{
    struct pb_arena arena = {0};

    (void)state;
    assert_null(pb_arena_allocate(&arena, SIZE_MAX));
    assert_null(pb_arena_allocate_array(&arena, SIZE_MAX / 2, 3));
    assert_true(pb_slice_is_absent(pb_arena_copy(&arena, (struct pb_slice){"", SIZE_MAX})));
    assert_true(arena.has_failed);
    pb_arena_release(&arena);
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    enum { count = 300 };
    struct pb_arena arena = {0};
    unsigned char *pieces[count];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t size = i * 37 % 5000;
        pieces[i] = pb_arena_allocate(&arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(pieces[i][j], 0);
        if (size > 0)
            memset(pieces[i], (int)(i % 255 + 1), size);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i * 37 % 5000; j++)
            assert_int_equal(pieces[i][j], i % 255 + 1);
    pb_arena_release(&arena);
}

static void a_slice_can_be_replaced_by_its_copy(void **state)
{
    struct pb_arena arena = {0};
    char text[] = "a\0b";
    struct pb_slice slice = {text, 3};

    (void)state;
    slice = pb_arena_copy(&arena, slice);
    memset(text, 'x', sizeof text);
    assert_true(pb_slice_equals(slice, PB_SLICE("a\0b")));
    pb_arena_release(&arena);
}

static void adopted_pieces_live_on(void **state)
{
    struct pb_arena arena = {0}, other = {0}, empty = {0};
    struct pb_slice mine, theirs;

    (void)state;
    mine = pb_arena_copy(&arena, PB_SLICE("mine"));
    theirs = pb_arena_copy(&other, PB_SLICE("theirs"));
    assert_non_null(pb_arena_allocate(&other, 100000));
    pb_arena_adopt(&arena, &other);
    pb_arena_adopt(&arena, &empty);
    assert_null(other.chunks);
    pb_arena_release(&other);
    assert_non_null(pb_arena_allocate(&arena, 10));
    assert_true(pb_slice_equals(mine, PB_SLICE("mine")));
    assert_true(pb_slice_equals(theirs, PB_SLICE("theirs")));
    pb_arena_release(&arena);
}

static void what_came_after_a_mark_can_be_freed(void **state)
{
    struct pb_arena arena = {0};
    struct pb_slice kept;

    (void)state;
    struct pb_arena_mark mark = pb_arena_mark(&arena);
    assert_non_null(pb_arena_allocate(&arena, 100000));
    pb_arena_rewind(&arena, mark);
    assert_null(arena.chunks);
    assert_non_null(pb_arena_allocate(&arena, 100000));
    kept = pb_arena_copy(&arena, PB_SLICE("kept"));
    mark = pb_arena_mark(&arena);
    const struct pb_arena_chunk *newest = arena.chunks;
    for (size_t round = 0; round < 3; round++) {
        const void *first = pb_arena_allocate(&arena, 40);
        for (size_t i = 0; i < 1000; i++)
            assert_non_null(pb_arena_allocate(&arena, i % 100 == 0 ? 100000 : 1000));
        pb_arena_rewind(&arena, mark);
        assert_ptr_equal(arena.chunks, newest);
        assert_ptr_equal(pb_arena_allocate(&arena, 40), first);
        pb_arena_rewind(&arena, mark);
    }
    assert_true(pb_slice_equals(kept, PB_SLICE("kept")));
    pb_arena_release(&arena);
}

static void more_elements_than_memory_can_hold_are_refused(void **state)
{
    struct pb_vector vector = {0};
    int element = 7;

    (void)state;
    assert_true(pb_vector_append(&vector, &element, sizeof element));
    assert_false(pb_vector_append_all(&vector, &element, SIZE_MAX, sizeof element));
    assert_false(
        pb_vector_append_all(&vector, &element, SIZE_MAX / sizeof element, sizeof element));
    assert_false(
        pb_vector_append_all(&vector, &element, SIZE_MAX / sizeof element - 1, sizeof element));
    assert_int_equal(vector.count, 1);
    assert_int_equal(PB_VECTOR_AT(int, &vector, 0), 7);
    pb_vector_release(&vector);
}

static void new_elements_are_zero_even_in_used_memory(void **state)
{
    struct pb_vector vector = {0};

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 100; i++) {
            int *element = pb_vector_push(&vector, sizeof *element);
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
    struct pb_vector vector = {0};

    (void)state;
    pb_vector_sort(&vector, compare_numbers);
    assert_int_equal(pb_vector_lower_bound(&vector, &numbers[0], compare_numbers), 0);
    assert_true(pb_vector_append_all(&vector, numbers, 5, sizeof numbers[0]));
    pb_vector_sort(&vector, compare_numbers);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(pb_vector_lower_bound(&vector, &cases[i].key, compare_numbers),
                         cases[i].found);
    pb_vector_release(&vector);
}

enum { longest = sizeof((struct prebleed_error *)0)->message - 1 };

static void the_first_error_stays(void **state)
{
    struct prebleed_error error = {0};

    (void)state;
    assert_int_equal(pb_error_set(&error, PB_FAILED_INPUT, "no file '%s'", "x"), PB_FAILED_INPUT);
    assert_int_equal(pb_error_set(&error, PB_FAILED_MEMORY, "y"), PB_FAILED_MEMORY);
    assert_int_equal(error.status, PREBLEED_FAILED_INPUT);
    assert_string_equal(error.message, "no file 'x'");
}

static void a_cut_message_ends_with_a_whole_character(void **state)
{
    (void)state;
    for (size_t plain = longest - 8; plain <= longest + 8; plain++) {
        struct prebleed_error error = {0};
        char text[longest + 64];
        memset(text, 'x', plain);
        memcpy(text + plain, "\xF0\x9F\x98\x80\xE2\x82\xAC", 8);
        pb_error_set(&error, PB_FAILED_INPUT, "%s", text);
        size_t length = strlen(error.message);
        assert_in_range(length, longest - 4, longest);
        assert_memory_equal(error.message, text, length);
        assert_true(length <= plain || length == plain + 4 || length == plain + 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(an_absent_slice_can_be_asked_anything),
        cmocka_unit_test(order_is_bytewise_with_prefixes_first),
        cmocka_unit_test(prefixes_and_suffixes_are_found),
        cmocka_unit_test(case_is_ignored_in_ascii_alone),
        cmocka_unit_test(the_first_occurrence_from_an_offset_is_found),
        cmocka_unit_test(blanks_are_trimmed_at_both_ends),
        cmocka_unit_test(an_append_that_fails_keeps_what_was_there),
        cmocka_unit_test(sizes_that_overflow_fail),
        cmocka_unit_test(appends_are_of_all_kinds),
        cmocka_unit_test(sizes_that_cannot_be_had_give_nothing),
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(a_slice_can_be_replaced_by_its_copy),
        cmocka_unit_test(adopted_pieces_live_on),
        cmocka_unit_test(what_came_after_a_mark_can_be_freed),
        cmocka_unit_test(more_elements_than_memory_can_hold_are_refused),
        cmocka_unit_test(new_elements_are_zero_even_in_used_memory),
        cmocka_unit_test(the_first_element_that_is_not_below_a_key_is_found),
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(a_cut_message_ends_with_a_whole_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

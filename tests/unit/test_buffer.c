/* SPDX-License-Identifier: MIT */
/* Buffers: the ceiling, the failure that sticks, and what was appended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buffer.h"

static void assert_holds(const struct pb_buffer *buffer, const char *expected)
{
    assert_true(pb_slice_equals(pb_buffer_slice(buffer), pb_slice_from_string(expected)));
}

static void an_append_past_the_ceiling_fails_and_keeps_what_was_there(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, 4);
    pb_buffer_append_string(&buffer, "abc");
    pb_buffer_append_string(&buffer, "de");
    assert_true(buffer.has_failed);
    assert_holds(&buffer, "abc");
    pb_buffer_append_byte(&buffer, 'd');
    assert_holds(&buffer, "abc");
    assert_null(pb_buffer_reserve(&buffer, 0));
    pb_buffer_release(&buffer);
}

static void sizes_that_overflow_fail(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, SIZE_MAX);
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

static void the_ceiling_itself_can_be_reached_in_every_way(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, 4);
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
    pb_buffer_append_format(&buffer, "%s", "x");
    assert_true(buffer.has_failed);
    pb_buffer_release(&buffer);
}

static void numbers_are_decimal(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, SIZE_MAX);
    for (uint64_t number = 0; number < 20000; number += number < 12 ? 1 : 997) {
        char expected[8];
        snprintf(expected, sizeof expected, "%d", (int)number);
        pb_buffer_clear(&buffer);
        pb_buffer_append_number(&buffer, number);
        assert_holds(&buffer, expected);
    }
    pb_buffer_clear(&buffer);
    pb_buffer_append_number(&buffer, UINT64_MAX);
    assert_holds(&buffer, "18446744073709551615");
    pb_buffer_release(&buffer);
}

static void clearing_forgets_the_failure(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, 2);
    pb_buffer_append_string(&buffer, "abc");
    assert_true(buffer.has_failed);
    pb_buffer_clear(&buffer);
    pb_buffer_append_string(&buffer, "ab");
    assert_false(buffer.has_failed);
    assert_holds(&buffer, "ab");
    pb_buffer_release(&buffer);
}

static void an_empty_buffer_is_never_absent(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, 0);
    assert_false(pb_slice_is_absent(pb_buffer_slice(&buffer)));
    pb_buffer_append(&buffer, PB_SLICE_ABSENT);
    pb_buffer_append_string(&buffer, NULL);
    assert_non_null(pb_buffer_reserve(&buffer, 0));
    assert_false(buffer.has_failed);
    pb_buffer_release(&buffer);
    assert_false(pb_slice_is_absent(pb_buffer_slice(&buffer)));
    pb_buffer_release(&buffer);
}

static void growth_keeps_every_byte(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, SIZE_MAX);
    for (int i = 0; i < 100000; i++)
        pb_buffer_append_byte(&buffer, (char)(i % 251));
    assert_false(buffer.has_failed);
    assert_int_equal(buffer.size_bytes, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buffer.data[i], (char)(i % 251));
    pb_buffer_release(&buffer);
}

static void reserved_room_is_claimed_by_raising_the_size(void **state)
{
    struct pb_buffer buffer;

    (void)state;
    pb_buffer_init(&buffer, SIZE_MAX);
    pb_buffer_append_string(&buffer, "ab");
    char *room = pb_buffer_reserve(&buffer, 1000);
    assert_non_null(room);
    memset(room, 'c', 1000);
    buffer.size_bytes += 1;
    assert_holds(&buffer, "abc");
    pb_buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_append_past_the_ceiling_fails_and_keeps_what_was_there),
        cmocka_unit_test(sizes_that_overflow_fail),
        cmocka_unit_test(the_ceiling_itself_can_be_reached_in_every_way),
        cmocka_unit_test(numbers_are_decimal),
        cmocka_unit_test(clearing_forgets_the_failure),
        cmocka_unit_test(an_empty_buffer_is_never_absent),
        cmocka_unit_test(growth_keeps_every_byte),
        cmocka_unit_test(reserved_room_is_claimed_by_raising_the_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

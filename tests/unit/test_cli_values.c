/* SPDX-License-Identifier: MIT */
#include "cli/values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_number_is_digits_and_nothing_else(void **state)
{
    static const char *const refused[] = {"",    " 1",  "1 ",  "+1",  "-1",
                                          "0x1", "1.0", "1e3", "one", "1\n"};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint64_t number = 7;
        assert_false(pb_value_parse_number(refused[i], UINT64_MAX, &number));
    }
}

static void a_number_past_its_maximum_is_refused(void **state)
{
    static const struct {
        const char *text;
        uint64_t maximum;
    } refused[] = {
        {"18446744073709551616", UINT64_MAX},
        {"99999999999999999999", UINT64_MAX},
        {"100000000000000000000000000000000", UINT64_MAX},
        {"4294967296", UINT32_MAX},
        {"11", 10},
        {"5", 4},
        {"1", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint64_t number = 7;
        assert_false(pb_value_parse_number(refused[i].text, refused[i].maximum, &number));
    }
}

static void a_number_up_to_its_maximum_is_read(void **state)
{
    static const struct {
        const char *text;
        uint64_t maximum, number;
    } read[] = {
        {"0", 0, 0},
        {"10", 10, 10},
        {"007", 7, 7},
        {"4294967295", UINT32_MAX, UINT32_MAX},
        {"18446744073709551615", UINT64_MAX, UINT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++) {
        uint64_t number = 7;
        assert_true(pb_value_parse_number(read[i].text, read[i].maximum, &number));
        assert_int_equal(number, read[i].number);
    }
}

static void a_size_of_nothing_or_of_an_unknown_unit_is_refused(void **state)
{
    static const char *const refused[] = {"",    "0",   "0K",    "K",   "1B",   "1k", "1m", "1KB",
                                          "1MB", "1 K", "1KiBs", "1Ki", "1.5M", "1T", "-1", "1K1"};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint64_t size_bytes = 7;
        assert_false(pb_value_parse_size(refused[i], &size_bytes));
    }
}

static void a_size_past_64_bits_is_refused(void **state)
{
    static const char *const refused[] = {"18446744073709551616", "18014398509481984K",
                                          "17592186044416MiB", "17179869184G"};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint64_t size_bytes = 7;
        assert_false(pb_value_parse_size(refused[i], &size_bytes));
    }
}

static void a_size_has_binary_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t size_bytes;
    } read[] = {
        {"1", 1},
        {"3K", 3072},
        {"3KiB", 3072},
        {"64M", UINT64_C(64) << 20},
        {"64MiB", UINT64_C(64) << 20},
        {"16G", UINT64_C(16) << 30},
        {"17179869183GiB", UINT64_C(17179869183) << 30},
    };

    (void)state;
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++) {
        uint64_t size_bytes = 7;
        assert_true(pb_value_parse_size(read[i].text, &size_bytes));
        assert_int_equal(size_bytes, read[i].size_bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_digits_and_nothing_else),
        cmocka_unit_test(a_number_past_its_maximum_is_refused),
        cmocka_unit_test(a_number_up_to_its_maximum_is_read),
        cmocka_unit_test(a_size_of_nothing_or_of_an_unknown_unit_is_refused),
        cmocka_unit_test(a_size_past_64_bits_is_refused),
        cmocka_unit_test(a_size_has_binary_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Errors: the first one stays, and a cut message ends with a whole character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/error.h"

enum { longest = sizeof((struct pb_error *)0)->message - 1 };

static void the_first_error_stays(void **state)
{
    struct pb_error error = {0};

    (void)state;
    assert_int_equal(pb_error_set(&error, PB_FAILED_INPUT, "no file '%s'", "x"), PB_FAILED_INPUT);
    assert_int_equal(pb_error_memory(&error), PB_FAILED_MEMORY);
    assert_int_equal(error.status, PB_FAILED_INPUT);
    assert_string_equal(error.message, "no file 'x'");
}

static void an_error_nobody_wants_is_allowed(void **state)
{
    (void)state;
    assert_int_equal(pb_error_set(NULL, PB_FAILED_USAGE, "unused"), PB_FAILED_USAGE);
    assert_int_equal(pb_error_memory(NULL), PB_FAILED_MEMORY);
}

static void a_cut_message_ends_with_a_whole_character(void **state)
{
    (void)state;
    for (size_t plain = longest - 8; plain <= longest + 8; plain++) {
        struct pb_error error = {0};
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

static void a_message_that_just_fits_is_not_cut(void **state)
{
    struct pb_error error = {0};
    char text[longest + 1];

    (void)state;
    memset(text, 'x', longest);
    memcpy(text + longest - 3, "\xE2\x82\xAC", 4);
    pb_error_set(&error, PB_FAILED_INPUT, "%s", text);
    assert_string_equal(error.message, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(an_error_nobody_wants_is_allowed),
        cmocka_unit_test(a_cut_message_ends_with_a_whole_character),
        cmocka_unit_test(a_message_that_just_fits_is_not_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "cli/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char *choose(const char *wanted)
{
    static const char *const candidates[] = {"color",     "cutoff", "max-item-bytes",
                                             "max-items", "quiet",  "rules"};
    struct pb_nearest nearest;

    pb_nearest_init(&nearest, wanted);
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
        pb_nearest_offer(&nearest, candidates[i]);
    return nearest.best;
}

static void a_word_that_is_near_to_none_gets_none(void **state)
{
    static const char *const words[] = {"", "x", "frobnicate", "waivers", "lor"};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_null(choose(words[i]));
}

static void a_word_longer_than_any_name_is_no_slip(void **state)
{
    char word[4096];

    (void)state;
    memset(word, 'c', sizeof word);
    word[sizeof word - 1] = '\0';
    assert_null(choose(word));
}

static void one_slip_of_the_hand_finds_the_name(void **state)
{
    static const struct {
        const char *word, *name;
    } slips[] = {
        {"colour", "color"},    {"colr", "color"},
        {"colxr", "color"},     {"cloor", "color"},
        {"COLOR", "color"},     {"cutof", "cutoff"},
        {"cutt-off", "cutoff"}, {"max-itms", "max-items"},
        {"queit", "quiet"},     {"max-item-byte", "max-item-bytes"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++)
        assert_string_equal(choose(slips[i].word), slips[i].name);
}

static void an_abbreviation_finds_the_name(void **state)
{
    (void)state;
    assert_string_equal(choose("ru"), "rules");
    assert_string_equal(choose("max-item-b"), "max-item-bytes");
}

static void of_equally_near_names_the_first_stays(void **state)
{
    struct pb_nearest nearest;

    (void)state;
    pb_nearest_init(&nearest, "cat");
    pb_nearest_offer(&nearest, "bat");
    pb_nearest_offer(&nearest, "hat");
    assert_string_equal(nearest.best, "bat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_that_is_near_to_none_gets_none),
        cmocka_unit_test(a_word_longer_than_any_name_is_no_slip),
        cmocka_unit_test(one_slip_of_the_hand_finds_the_name),
        cmocka_unit_test(an_abbreviation_finds_the_name),
        cmocka_unit_test(of_equally_near_names_the_first_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

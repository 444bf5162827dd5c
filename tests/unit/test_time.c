/* SPDX-License-Identifier: MIT */
/* Instants: dates that do not exist, spellings of RFC 3339, and the way there and back. */
#include "unit.h"
#include "base/time.h"

#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

static void dates_and_times_that_do_not_exist_are_refused(void **state)
{
    static const struct pb_civil civils[] = {
        {0, 1, 1, 0, 0, 0},     {10000, 1, 1, 0, 0, 0}, {2014, 0, 1, 0, 0, 0},
        {2014, 13, 1, 0, 0, 0}, {2014, 4, 0, 0, 0, 0},  {2014, 4, 31, 0, 0, 0},
        {2014, 2, 29, 0, 0, 0}, {1900, 2, 29, 0, 0, 0}, {2014, 4, 1, 24, 0, 0},
        {2014, 4, 1, -1, 0, 0}, {2014, 4, 1, 0, 60, 0}, {2014, 4, 1, 0, 0, 60},
        {2014, 4, 1, 0, -1, 0}, {2014, 4, 1, 0, 0, -1},
    };
    struct pb_instant instant;

    (void)state;
    for (size_t i = 0; i < sizeof civils / sizeof civils[0]; i++)
        assert_false(pb_instant_from_civil(&civils[i], &instant));
}

static void known_dates_have_their_known_seconds(void **state)
{
    static const struct {
        struct pb_civil civil;
        int64_t seconds;
    } cases[] = {
        {{1970, 1, 1, 0, 0, 0}, 0},
        {{1969, 12, 31, 23, 59, 59}, -1},
        {{2014, 4, 1, 0, 0, 0}, 1396310400},
        {{2000, 2, 29, 12, 34, 56}, 951827696},
        {{2038, 1, 19, 3, 14, 8}, INT64_C(2147483648)},
        {{1, 1, 1, 0, 0, 0}, FIRST_SECOND},
        {{9999, 12, 31, 23, 59, 59}, LAST_SECOND},
    };
    struct pb_instant instant;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(pb_instant_from_civil(&cases[i].civil, &instant));
        assert_true(instant.seconds == cases[i].seconds);
        assert_int_equal(instant.nanoseconds, 0);
    }
}

static void every_day_comes_back_as_itself(void **state)
{
    struct pb_civil before = {1, 1, 0, 0, 0, 0};

    (void)state;
    for (int64_t seconds = FIRST_SECOND; seconds <= LAST_SECOND; seconds += 86400) {
        struct pb_civil civil;
        struct pb_instant instant;
        assert_true(pb_instant_to_civil((struct pb_instant){seconds, 0}, &civil));
        assert_true(pb_instant_from_civil(&civil, &instant));
        if (instant.seconds != seconds)
            fail_msg("%d-%d-%d", civil.year, civil.month, civil.day);
        bool is_next_day = civil.day == before.day + 1 && civil.month == before.month;
        bool is_first_of_month = civil.day == 1 && (civil.month == before.month + 1 ||
                                                    (civil.month == 1 && before.month == 12));
        assert_true(is_next_day || is_first_of_month);
        before = civil;
    }
    assert_int_equal(before.year, 9999);
}

static void a_sum_that_leaves_the_calendar_is_refused(void **state)
{
    static const struct {
        int64_t from, seconds;
    } cases[] = {
        {LAST_SECOND, 1}, {FIRST_SECOND, -1},    {0, INT64_MAX}, {0, INT64_MIN},
        {-1, INT64_MIN},  {LAST_SECOND + 1, -1}, {INT64_MAX, 1},
    };
    struct pb_instant sum = {5, 5};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_false(
            pb_instant_add_seconds((struct pb_instant){cases[i].from, 0}, cases[i].seconds, &sum));
    assert_true(sum.seconds == 5 && sum.nanoseconds == 5);
    assert_true(pb_instant_add_seconds((struct pb_instant){10, 3}, -11, &sum));
    assert_true(sum.seconds == -1 && sum.nanoseconds == 3);
}

static void what_is_not_rfc_3339_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "2014-04-01",
                                        "2014-04-01T00:00:00",
                                        "2014-04-01T00:00:00 Z",
                                        "2014-04-01T00:00:00Z ",
                                        " 2014-04-01T00:00:00Z",
                                        "2014-04-01T00:00Z",
                                        "2014-4-01T00:00:00Z",
                                        "2014-04-01_00:00:00Z",
                                        "2014-04-01T00:00:60Z",
                                        "2014-04-01T24:00:00Z",
                                        "2014-02-30T00:00:00Z",
                                        "2014-04-01T00:00:00.Z",
                                        "2014-04-01T00:00:00,5Z",
                                        "2014-04-01T00:00:00+24:00",
                                        "2014-04-01T00:00:00+00:60",
                                        "2014-04-01T00:00:00+0000",
                                        "2014-04-01T00:00:00+00",
                                        "2014-04-01T00:00:00+-1:00",
                                        "+014-04-01T00:00:00Z",
                                        "20140401T000000Z",
                                        "0000-01-01T00:00:00Z",
                                        "0001-01-01T00:00:00+00:01",
                                        "9999-12-31T23:59:59-00:01",
                                        "12014-04-01T00:00:00Z"};
    struct pb_instant instant;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (pb_instant_parse_rfc3339(pb_slice_from_string(texts[i]), &instant))
            fail_msg("accepted: %s", texts[i]);
    assert_false(pb_instant_parse_rfc3339(PB_SLICE_ABSENT, &instant));
    assert_false(pb_instant_parse_rfc3339(PB_SLICE("2014-04-01T00:00:00Z\0"), &instant));
    assert_false(pb_instant_parse_rfc3339(PB_SLICE("2014-04-01\0"
                                                   "00:00:00Z"),
                                          &instant));
}

static void rfc_3339_is_read_in_all_its_spellings(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanoseconds;
        const char *canonical;
    } cases[] = {
        {"2014-04-01T00:00:00Z", 1396310400, 0, "2014-04-01T00:00:00Z"},
        {"2014-04-01t00:00:00z", 1396310400, 0, "2014-04-01T00:00:00Z"},
        {"2014-04-01 00:00:00-00:00", 1396310400, 0, "2014-04-01T00:00:00Z"},
        {"2014-04-01T02:30:00+02:30", 1396310400, 0, "2014-04-01T00:00:00Z"},
        {"2014-03-31T17:00:00-07:00", 1396310400, 0, "2014-04-01T00:00:00Z"},
        {"2014-03-31T23:59:59.999Z", 1396310399, 999000000, "2014-03-31T23:59:59.999Z"},
        {"2014-04-01T00:00:00.120000000Z", 1396310400, 120000000, "2014-04-01T00:00:00.12Z"},
        {"2014-04-01T00:00:00.0000000019Z", 1396310400, 1, "2014-04-01T00:00:00.000000001Z"},
        {"1969-12-31T23:59:59.5Z", -1, 500000000, "1969-12-31T23:59:59.5Z"},
        {"0001-01-01T00:00:00Z", FIRST_SECOND, 0, "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59Z", LAST_SECOND, 0, "9999-12-31T23:59:59Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_instant instant;
        char spelling[PB_INSTANT_BYTES];
        if (!pb_instant_parse_rfc3339(pb_slice_from_string(cases[i].text), &instant))
            fail_msg("refused: %s", cases[i].text);
        assert_true(instant.seconds == cases[i].seconds);
        assert_int_equal(instant.nanoseconds, cases[i].nanoseconds);
        assert_int_equal(pb_instant_spell(instant, spelling), strlen(cases[i].canonical));
        assert_string_equal(spelling, cases[i].canonical);
    }
}

static void a_date_alone_is_midnight(void **state)
{
    static const char *const refused[] = {"", "2014-04-01T", "2014-04-31", "2014-4-1", "20140401"};
    struct pb_instant instant;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_false(pb_instant_parse_date(pb_slice_from_string(refused[i]), &instant));
    assert_true(pb_instant_parse_date(PB_SLICE("2014-04-01"), &instant));
    assert_true(instant.seconds == 1396310400 && instant.nanoseconds == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_and_times_that_do_not_exist_are_refused),
        cmocka_unit_test(known_dates_have_their_known_seconds),
        cmocka_unit_test(every_day_comes_back_as_itself),
        cmocka_unit_test(a_sum_that_leaves_the_calendar_is_refused),
        cmocka_unit_test(what_is_not_rfc_3339_is_refused),
        cmocka_unit_test(rfc_3339_is_read_in_all_its_spellings),
        cmocka_unit_test(a_date_alone_is_midnight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

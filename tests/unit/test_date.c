/* SPDX-License-Identifier: MIT */
/* AWS's spellings of dates: each is one instant, or is refused, and never another instant. */
#include "unit.h"
#include "aws/context.h"
#include "json/document.h"

/* expected NULL: the slice must be absent. */
static void assert_slice(struct pb_slice slice, const char *expected)
{
    if (expected == NULL) {
        assert_true(pb_slice_is_absent(slice));
        return;
    }
    assert_false(pb_slice_is_absent(slice));
    assert_int_equal(slice.size_bytes, strlen(expected));
    assert_memory_equal(slice.data, expected, slice.size_bytes);
}

/* The text as it stood; NULL: there must be none. */
static void assert_date_text(const struct pb_date *date, const char *expected)
{
    char room[PB_INSTANT_BYTES];

    assert_slice(pb_date_text(date, room), expected);
}

/* expected "" for an absent date and "?" for an unparseable one. */
static void assert_date(const struct pb_date *date, const char *expected)
{
    char text[PB_INSTANT_BYTES] = "";

    if (pb_date_is_known(date))
        pb_instant_spell(date->instant, text);
    assert_string_equal(date->state == PB_DATE_UNPARSEABLE ? "?" : text, expected);
}

struct spelling {
    const char *text;
    const char *instant; /* canonical; "?" where the text is no date, "" where it is absent */
    enum pb_date_state state;
    uint8_t fraction_digits;
};

static void check(const struct spelling *spellings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pb_slice text = pb_slice_from_string(spellings[i].text);
        struct pb_date date = pb_date_from_text(text);
        assert_date(&date, spellings[i].instant);
        assert_int_equal(date.state, spellings[i].state);
        assert_int_equal(date.fraction_digits, spellings[i].fraction_digits);
        assert_date_text(&date, date.state == PB_DATE_ABSENT ? NULL : spellings[i].text);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const texts[] = {
        "yesterday",
        "5",
        "2013",
        "2013-05",
        "2013-5-2",
        "2013-02-29",
        "2013-02-31T10:00:00Z",
        "1900-02-29",
        "2013-00-01",
        "2013-13-01",
        "0000-01-01",
        "2013-05-02T25:00:00Z",
        "2013-05-02T24:00:00Z",
        "2013-05-02T10:60:00Z",
        "2013-06-30T23:59:60Z",
        "2013-05-02T10:00Z",
        "2013-05-02T10:00:00.Z",
        "2013-05-02T10:00:00ZZ",
        "2013-05-02T10:00:00+",
        "2013-05-02T10:00:00+24:00",
        "2013-05-02T10:00:00+01:60",
        "2013-05-02T10:00:00+0",
        "2013-05-02T10:00:00 PST",
        "2013-05-02T10:00:00Z 2014-05-02T10:00:00Z",
        "2013-05-02_10:00:00Z",
        "0001-01-01T00:00:00.5+01:00",
        "9999-12-31T23:59:59-01:00",
        "/Date()/",
        "/Date(abc)/",
        "/Date(1367488800000)",
        "/Date(1367488800000+25)/",
        "/Date(9999999999999999999)/",
        "/Date(-9999999999999999999)/",
        "/Date(999999999999999999)/",
        "Mar 32, 2014 9:11:59 PM",
        "Mar 24, 2014 0:11:59 PM",
        "Mar 24, 2014 13:11:59 PM",
        "Mar 24, 2014 9:11:59",
        "Mai 24, 2014 9:11:59 PM",
        "Mar 24, 2014 9:11:59 XM",
        "Mar 2014 09:11:59",
        "24 24 Mar 2014",
        "Mar Apr 24 2014",
        "24 Mar 2014 2015",
        "Thu 24 Mar 2014 09:11:59 GMT GMT",
        "2013-05-02 10:00:00 +0000 utc",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct spelling spelling = {texts[i], "?", PB_DATE_UNPARSEABLE, 0};
        check(&spelling, 1);
    }
}

static void blank_texts_and_dotnets_first_instant_are_absent(void **state)
{
    static const struct spelling spellings[] = {
        {"", "", PB_DATE_ABSENT, 0},
        {" \n", "", PB_DATE_ABSENT, 0},
        {"0001-01-01T00:00:00", "", PB_DATE_ABSENT, 0},
        {"0001-01-01T00:00:00Z", "", PB_DATE_ABSENT, 0},
        {"0001-01-01T00:00:00.0000000+00:00", "", PB_DATE_ABSENT, 0},
        {"/Date(-62135596800000)/", "", PB_DATE_ABSENT, 0},
    };

    (void)state;
    check(spellings, sizeof spellings / sizeof spellings[0]);
}

static void dates_without_a_zone_or_a_time_say_so(void **state)
{
    static const struct spelling spellings[] = {
        {"2013-05-02T10:00:00", "2013-05-02T10:00:00Z", PB_DATE_WITHOUT_ZONE, 0},
        {"2013-05-02 10:00:00.25", "2013-05-02T10:00:00.25Z", PB_DATE_WITHOUT_ZONE, 2},
        {"2013-05-02", "2013-05-02T00:00:00Z", PB_DATE_WITHOUT_TIME, 0},
        {"2012-02-29", "2012-02-29T00:00:00Z", PB_DATE_WITHOUT_TIME, 0},
        {"2000-02-29", "2000-02-29T00:00:00Z", PB_DATE_WITHOUT_TIME, 0},
        {"Mar 24, 2014 9:11:59 PM", "2014-03-24T21:11:59Z", PB_DATE_WITHOUT_ZONE, 0},
        {"Mar 4, 2014 12:11:59 AM", "2014-03-04T00:11:59Z", PB_DATE_WITHOUT_ZONE, 0},
        {"Mar 4, 2014 12:11:59 PM", "2014-03-04T12:11:59Z", PB_DATE_WITHOUT_ZONE, 0},
        /* Gson since JDK 9 and JDK 20, Java in a zone that only has a name, ctime, days alone */
        {"Jun 12, 2013, 4:46:59 PM", "2013-06-12T16:46:59Z", PB_DATE_WITHOUT_ZONE, 0},
        {"Jun 12, 2013, 4:46:59\xe2\x80\xafPM", "2013-06-12T16:46:59Z", PB_DATE_WITHOUT_ZONE, 0},
        {"Wed Jun 12 16:46:59 CEST 2013", "2013-06-12T16:46:59Z", PB_DATE_WITHOUT_ZONE, 0},
        {"Wed Jun 12 16:46:59 2013", "2013-06-12T16:46:59Z", PB_DATE_WITHOUT_ZONE, 0},
        {"12 June 2013", "2013-06-12T00:00:00Z", PB_DATE_WITHOUT_TIME, 0},
        {"June 12, 2013", "2013-06-12T00:00:00Z", PB_DATE_WITHOUT_TIME, 0},
    };

    (void)state;
    check(spellings, sizeof spellings / sizeof spellings[0]);
}

static void every_clients_spelling_is_read(void **state)
{
    static const struct spelling spellings[] = {
        {"2013-05-02T10:00:00Z", "2013-05-02T10:00:00Z", PB_DATE_EXACT, 0},
        {"2013-06-12T16:46:59.068Z", "2013-06-12T16:46:59.068Z", PB_DATE_EXACT, 3},
        {"2013-06-12T16:46:59.068000+00:00", "2013-06-12T16:46:59.068Z", PB_DATE_EXACT, 6},
        {"2014-03-31 23:59:59+00:00", "2014-03-31T23:59:59Z", PB_DATE_EXACT, 0},
        {"2014-03-31T23:59:59+0000", "2014-03-31T23:59:59Z", PB_DATE_EXACT, 0},
        {"2014-03-31T23:59:59-07", "2014-04-01T06:59:59Z", PB_DATE_EXACT, 0},
        {"2014-04-01T05:29:59+05:30", "2014-03-31T23:59:59Z", PB_DATE_EXACT, 0},
        {"2013-06-12 16:46:59 UTC", "2013-06-12T16:46:59Z", PB_DATE_EXACT, 0},
        {"2013-06-12 16:46:59 -0500", "2013-06-12T21:46:59Z", PB_DATE_EXACT, 0},
        {"2013-06-12t16:46:59z", "2013-06-12T16:46:59Z", PB_DATE_EXACT, 0},
        {" 2013-06-12T16:46:59Z\n", "2013-06-12T16:46:59Z", PB_DATE_EXACT, 0},
        {"2014-03-31T23:59:59.999999999999Z", "2014-03-31T23:59:59.999999999Z", PB_DATE_EXACT, 9},
        {"/Date(1367488800000)/", "2013-05-02T10:00:00Z", PB_DATE_EXACT, 3},
        {"/Date(1396310399999)/", "2014-03-31T23:59:59.999Z", PB_DATE_EXACT, 3},
        {"/Date(1367488800000+0200)/", "2013-05-02T10:00:00Z", PB_DATE_EXACT, 3},
        {"/Date(-1)/", "1969-12-31T23:59:59.999Z", PB_DATE_EXACT, 3},
        {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", PB_DATE_EXACT, 0},
        /* RFC 1123, RFC 2822, Java's Date, Go's Time, CloudTrail with a zone */
        {"Wed, 12 Jun 2013 16:46:59 GMT", "2013-06-12T16:46:59Z", PB_DATE_EXACT, 0},
        {"Wed, 12 Jun 2013 16:46:59 -0500", "2013-06-12T21:46:59Z", PB_DATE_EXACT, 0},
        {"Wed Jun 12 16:46:59 UTC 2013", "2013-06-12T16:46:59Z", PB_DATE_EXACT, 0},
        {"2013-06-12 16:46:59 +0000 UTC", "2013-06-12T16:46:59Z", PB_DATE_EXACT, 0},
        {"2013-06-12 16:46:59.068 +0200 CEST", "2013-06-12T14:46:59.068Z", PB_DATE_EXACT, 3},
        {"Jun 12, 2013 4:46:59 PM UTC", "2013-06-12T16:46:59Z", PB_DATE_EXACT, 0},
    };

    (void)state;
    check(spellings, sizeof spellings / sizeof spellings[0]);
}

struct value {
    const char *json;
    const char *instant;
    const char *text;
};

static void check_value(const struct value *expected)
{
    struct pb_json_reader reader = {.text = pb_slice_from_string(expected->json),
                                    .most_values = 100};
    struct pb_json_document document;
    struct pb_arena arena = {0};
    struct pb_diagnostics diagnostics = {0};
    enum pb_json_outcome outcome;
    struct pb_date date;

    outcome = pb_json_next(&reader, &diagnostics, &document);
    assert_int_equal(outcome, PB_JSON_DOCUMENT);
    assert_true(pb_date_from_json(document.root, &arena, &date));
    pb_json_document_release(&document);
    assert_date(&date, expected->instant);
    assert_date_text(&date, expected->text);
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&arena);
}

static void numbers_before_2006_and_other_types_are_refused(void **state)
{
    static const struct value values[] = {
        {"5", "?", "5"},
        {"0", "?", "0"},
        {"-1367488800", "?", "-1367488800"},
        {"1136073599.5", "?", "1136073599.5"},
        {"-0.25", "?", "-0.25"},
        {"100000000000", "?", "100000000000"},
        {"1e15", "?", "1000000000000000.0"},
        {"true", "?", NULL},
        {"[]", "?", NULL},
        {"{}", "?", NULL},
        {"\"soon\"", "?", "soon"},
        {"{\"value\": \"soon\"}", "?", "soon"},
        {"{\"__class__\": \"datetime\", \"year\": 2013}", "?", "2013--1--1T-1:-1:-1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        check_value(&values[i]);
}

static void numbers_of_seconds_and_milliseconds_are_exact(void **state)
{
    static const struct value values[] = {
        {"null", "", NULL},
        {"1367488800", "2013-05-02T10:00:00Z", "1367488800"},
        {"1464825599.0", "2016-06-01T23:59:59Z", "1464825599.0"},
        {"1396310399.999", "2014-03-31T23:59:59.999Z", "1396310399.999"},
        {"1378717749.009", "2013-09-09T09:09:09.009Z", "1378717749.009"},
        {"1396310399.999999", "2014-03-31T23:59:59.999999Z", "1396310399.999999"},
        {"1367488800000", "2013-05-02T10:00:00Z", "1367488800000"},
        {"1396310399999", "2014-03-31T23:59:59.999Z", "1396310399999"},
        {"1396310399999.5", "2014-03-31T23:59:59.9995Z", "1396310399999.5"},
        {"\"\\/Date(1367488800000)\\/\"", "2013-05-02T10:00:00Z", "/Date(1367488800000)/"},
        {"{\"value\": \"/Date(1367488800000)/\", \"DateTime\": \"Thursday\"}",
         "2013-05-02T10:00:00Z", "/Date(1367488800000)/"},
        {"{\"__class__\": \"datetime\", \"year\": 2013, \"month\": 5, \"day\": 2, \"hour\": 10, "
         "\"minute\": 0, \"second\": 0, \"microsecond\": 68000}",
         "2013-05-02T10:00:00.068Z", "2013-05-02T10:00:00.068000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        check_value(&values[i]);
}

/* What is taken for canonical must come back byte for byte. */
static void only_a_text_that_is_not_the_instants_own_is_kept(void **state)
{
    static const struct {
        const char *text;
        bool is_kept;
    } rows[] = {
        {"2013-05-02T10:00:00Z", false},
        {"2013-05-02T10:00:00.5Z", false},
        {"2014-03-31T23:59:59.999999999Z", false},
        {"2013-05-02T10:00:00.50Z", true},
        {"2013-05-02T10:00:00.0Z", true},
        {"2014-03-31T23:59:59.9999999999Z", true},
        {"2013-05-02T10:00:00z", true},
        {"2013-05-02t10:00:00Z", true},
        {"2013-05-02 10:00:00Z", true},
        {"2013-05-02T10:00:00+00:00", true},
        {"2013-05-02T10:00:00", true},
        {"2013-05-02", true},
        {" 2013-05-02T10:00:00Z", true},
        {"2013-05-02T10:00:00Z ", true},
        {"soon", true},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_date date = pb_date_from_text(pb_slice_from_string(rows[i].text));
        assert_int_equal(date.spelling != NULL, rows[i].is_kept);
        assert_date_text(&date, rows[i].text[0] == '\0' ? NULL : rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(blank_texts_and_dotnets_first_instant_are_absent),
        cmocka_unit_test(dates_without_a_zone_or_a_time_say_so),
        cmocka_unit_test(every_clients_spelling_is_read),
        cmocka_unit_test(numbers_before_2006_and_other_types_are_refused),
        cmocka_unit_test(numbers_of_seconds_and_milliseconds_are_exact),
        cmocka_unit_test(only_a_text_that_is_not_the_instants_own_is_kept),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

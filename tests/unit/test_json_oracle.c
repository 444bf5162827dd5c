/* SPDX-License-Identifier: MIT */
/* jansson's own reader says what must come out: of cases like those of JSONTestSuite, and of
 * whatever stands in long strings. tests/fuzz/documents.c goes further. */
#include "unit.h"
#include "base/bytes.h"
#include "json_oracle.h"

/* After JSONTestSuite (RFC 8259 throughout): values that must be read, and what is none, parted by
 * '|'. Each is read alone, in an array, behind a value, in an object, and between blanks. */
static const char values_that_are_good[] =
    "[]|{}|[[]]|[{}]|{\"\":0}|null|true|false|0|-0|1|-1|10|123456789012|9223372036854775807|"
    "-9223372036854775808|0.5|-0.5|1.0|1e2|1E2|1e+2|1e-2|0e1|0e+1|-0.0|1.5e3|123e65|1e-400|20e1|"
    "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001|\"\"|"
    "\"a\"|\" \"|\"\\\"\"|\"\\\\\"|\"\\/\"|\"/\"|\"\\b\\f\\n\\r\\t\"|\"\\u0041\"|\"\\u00e9\"|"
    "\"\\u20AC\"|\"\\uD834\\uDd1e\"|\"\\uDBFF\\uDFFF\"|\"\\u0000\"|\"\\uFFFF\"|\"\\uFDD0\"|"
    "\"\\u2028\"|\"\\\\u0000\"|\"\x7F\"|\"\xC2\x80\"|\"\xC3\xA9\"|\"\xE2\x82\xAC\"|"
    "\"\xED\x9F\xBF\"|\"\xEE\x80\x80\"|\"\xEF\xBF\xBF\"|\"\xF0\x90\x80\x80\"|"
    "\"\xF4\x8F\xBF\xBF\"|\"/*x*/\"|\"a\\u00ea\"|{\"a\":1,\"b\":2}|{\"a\":{\"a\":1}}|[1,2]|"
    "[ 1 , 2 ]|{ \"a\" : 1 "
    "}|[\n1\r\n]|{\"a\\u0062\":1}|[null,null]|{\"\\u0041rn\":\"arn\\u003aaws\"}|{\"a\":[]}";

static const char values_that_are_none[] =
    "nul|tru|nulll|True|NULL|NaN|Infinity|-Infinity|inf|undefined|+1|-|--1|01|-01|00|012.5|.5|"
    "-.5|1.|1.e3|1e|1e+|1E-|1.2.3|1e2.5|0x10|1_000|1,|1a|1 2|1+2|\xEF\xBC\x91|\"|\"a|'a'|a|"
    "\"\\a\"|\"\\x41\"|\"\\u\"|\"\\u12\"|\"\\u123g\"|\"\\U0041\"|\"\\\"|\"\\|\"\\\xC3\xA9\"|"
    "\"\\uD834\\u\"|\"\\uD834\\x\"|\"a\"b|\"a\" \"b\"|"
    "\xC3\xA9|[|]|[1|[1,|[1,]|[,1]|[,]|[1,,2]|[1 2]|[1:2]|[1;2]|[[]|[]]|[1}|[\"a\"|[\"a\",|[1]x|"
    "[1],|[*]|[-]|{|}|{,}|{\"a\"|{\"a\":|{\"a\":1|{\"a\":1,|{\"a\":1,}|{\"a\" 1}|{\"a\",1}|"
    "{\"a\"::1}|{a:1}|{'a':1}|{1:1}|{null:1}|{[]:1}|{\"a\":1 \"b\":2}|{\"a\":1;}|{\"a\":}|{:1}|"
    "{\"a\":1]|{\"a\":1}}|{\"a\":1,,\"b\":2}|{\"a\":1}#|{\"a\":1,\"a\":1}|"
    "{\"a\":1,\"\\u0061\":2}|/**/|[1//\n]|#|\xEF\xBB\xBF[]|<null>|\\u0041|[\v1]|[\f]|[\xA0]|"
    "[\xE2\x81\xA0]|\a|@|*|;|&";

/* What our reader repairs, and jansson refuses: raw control characters, halves of surrogate pairs,
 * bytes that are not UTF-8, numbers out of range. */
static const char values_that_are_repaired[] =
    "\"\n\"|\"\t\"|\"\x01\"|\"\x1F\"|\"a\r\nb\"|\"\\uD800\"|\"\\uDC00\"|\"\\uD800\\uD800\"|"
    "\"\\uD800x\"|\"\\uDFAA\\uD834\"|1e400|-1e400|1e99999|9223372036854775808|"
    "-9223372036854775809|123123123123123123123123123123|"
    "\"\x80\"|\"\xC0\x80\"|\"\xC1\xBF\"|"
    "\"\xC3\"|\"\xE0\x80\x80\"|\"\xE2\x82\"|\"\xED\xA0\x80\"|\"\xED\xBF\xBF\"|"
    "\"\xF0\x80\x80\x80\"|\"\xF4\x90\x80\x80\"|\"\xF5\x80\x80\x80\"|\"\xFF\"|\"\xFE\xFF\"|"
    "{\"\\uD800\":1}";

enum expected {
    GOOD,
    NONE,
    REPAIRED,
};

/* Whether nothing but documents stands in the text. */
static bool is_read_whole(struct pb_slice text)
{
    struct pb_json_reader reader = {.text = text, .most_values = 1000};
    struct reading reading = {.outcome = PB_JSON_DOCUMENT};

    while (reading.outcome == PB_JSON_DOCUMENT) {
        pb_json_document_release(&reading.document);
        reading.outcome = pb_json_next(&reader, &reading.diagnostics, &reading.document);
    }
    release(&reading);
    return reading.outcome == PB_JSON_END;
}

static void check_value(struct pb_slice value, enum expected expected)
{
    static const char *const frames[][2] = {
        {"[", "]"}, {"[1,", "]"}, {"{\"k\":", "}"}, {" \t\r\n[ ", " ] "}, {"", "\n"}};

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        char bytes[256];
        struct reading reading;
        int size = snprintf(bytes, sizeof bytes, "%s%.*s%s", frames[i][0], PB_SLICE_ARGS(value),
                            frames[i][1]);
        struct pb_slice text = {bytes, (size_t)size};
        bool may_be_two = frames[i][0][0] == '\0';
        read_first(&reading, text);
        const char *found = difference(text, &reading);
        bool is_read = is_read_whole(text);
        enum expected outcome = !is_read ? NONE : reading.document.is_repaired ? REPAIRED : GOOD;
        if (found != NULL || (outcome != expected && !(is_read && may_be_two && expected == NONE)))
            fail_msg("%s: %s", bytes, found != NULL ? found : "not as the table says");
        release(&reading);
    }
}

static void check_values(const char *values, enum expected expected)
{
    for (struct pb_slice rest = pb_slice_from_string(values); rest.size_bytes > 0;) {
        struct pb_slice value = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE("|"), 0));
        check_value(value, expected);
        rest = pb_slice_from(rest, value.size_bytes + 1);
    }
}

static void good_bad_and_repaired_values_are_told_apart(void **state)
{
    (void)state;
    check_values(values_that_are_good, GOOD);
    check_values(values_that_are_none, NONE);
    check_values(values_that_are_repaired, REPAIRED);
}

/* Long strings are looked at many bytes at once: what is special in one may stand anywhere. */
static void check_piece(const char *piece, size_t size, size_t *accepted)
{
    static const char *const frames[][2] = {{"[\"", "\"]"}, {"{\"", "\": 1}"}};
    static const char filling[] = "Letters + digits/0123456789 of a long string, 50 bytes";
    char text[128];

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        for (size_t before = 0; before < 50; before++) {
            size_t begin = strlen(frames[i][0]), after = 50 - before, end = strlen(frames[i][1]);
            char *out = text;
            memcpy(out, frames[i][0], begin);
            memcpy(out += begin, filling, before);
            memcpy(out += before, piece, size);
            memcpy(out += size, filling + before, after);
            memcpy(out += after, frames[i][1], end);
            check(text, (size_t)(out + end - text), accepted);
        }
}

static void whatever_stands_anywhere_in_a_long_string_is_read_as_jansson_reads_it(void **state)
{
    static const char *const pieces[] = {
        "",        "\\n",     "\\n\\r\\n",        "\\u002b", "\\ud83d\\ude00", "\\ud83d\\n",
        "\\ud83d", "\\udE00", "\\u0000",          "\\u20ac", "\\u00e9",        "\\\\",
        "\\\"",    "\\/",     "\xC3\xA9",         "\xC3\\n", "\xE2\x82\xAC",   "\\u12",
        "\\x",     "\x7F",    "\xF0\x9F\x98\x80",
    };
    size_t accepted = 0;

    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        check_piece(pieces[i], strlen(pieces[i]), &accepted);
    for (int byte = 0; byte < 256; byte++) {
        char piece = (char)byte;
        check_piece(&piece, 1, &accepted);
    }
    assert_in_range(accepted, 10000, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_bad_and_repaired_values_are_told_apart),
        cmocka_unit_test(whatever_stands_anywhere_in_a_long_string_is_read_as_jansson_reads_it),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Documents from text: what is refused and where, what is repaired, what comes through. */
#include <locale.h>

#include "unit.h"
#include "json/document.h"

struct reading {
    struct pb_diagnostics diagnostics;
    struct pb_json_reader reader;
    struct pb_json_document document;
    enum pb_json_outcome outcome;
    char *text; /* of exactly its size, so that a byte too far is seen */
};

static void begin_bytes(struct reading *reading, const char *text, size_t size)
{
    *reading = (struct reading){.text = malloc(size ? size : 1)};
    assert_non_null(reading->text);
    memcpy(reading->text, text, size);
    reading->reader.text = (struct pb_slice){reading->text, size};
    reading->reader.most_values = PB_LIMITS_DEFAULT.values;
}

static void begin(struct reading *reading, const char *text)
{
    begin_bytes(reading, text, strlen(text));
}

static enum pb_json_outcome next(struct reading *reading)
{
    pb_json_document_release(&reading->document);
    reading->outcome = pb_json_next(&reading->reader, &reading->diagnostics, &reading->document);
    return reading->outcome;
}

static void end(struct reading *reading)
{
    pb_json_document_release(&reading->document);
    pb_diagnostics_release(&reading->diagnostics);
    free(reading->text);
}

static const struct pb_diagnostic *diagnostic(const struct reading *reading, size_t index)
{
    assert_in_range(index, 0, reading->diagnostics.items.count - 1);
    return &PB_VECTOR_AT(struct pb_diagnostic, &reading->diagnostics.items, index);
}

static void assert_text(struct pb_slice actual, const char *expected)
{
    assert_non_null(actual.data);
    assert_int_equal(actual.size_bytes, strlen(expected));
    assert_memory_equal(actual.data, expected, actual.size_bytes);
}

static const struct refusal {
    const char *text;
    const char *code;
    uint32_t line, column;
    uint64_t offset_bytes;
} refusals[] = {{"{\"a\":}", "json-invalid", 1, 6, 5},
                {"{\"a\" 1}", "json-invalid", 1, 6, 5},
                {"{\"a\":1,}", "json-invalid", 1, 8, 7},
                {"[1,]", "json-invalid", 1, 4, 3},
                {"[1 2]", "json-invalid", 1, 4, 3},
                {"{\"a\":1]", "json-invalid", 1, 7, 6},
                {"]", "json-invalid", 1, 1, 0},
                {",", "json-invalid", 1, 1, 0},
                {"// c\n{}", "json-invalid", 1, 1, 0},
                {"[NaN]", "json-invalid", 1, 2, 1},
                {"[-Infinity]", "json-invalid", 1, 3, 2},
                {"truefalse", "json-invalid", 1, 1, 0},
                {"12\"a\"", "json-invalid", 1, 3, 2},
                {"[+1]", "json-invalid", 1, 2, 1},
                {"[1.]", "json-invalid", 1, 4, 3},
                {"[1e+]", "json-invalid", 1, 5, 4},
                {"[\"\\x\"]", "json-invalid", 1, 3, 2},
                {"[\"\\u12G4\"]", "json-invalid", 1, 3, 2},
                {"[\n  1,\n  oops\n]", "json-invalid", 3, 3, 9},
                {"\x1e{}", "json-invalid", 1, 1, 0},
                {"\xEF\xBB\xBF{}", "json-invalid", 1, 1, 0},
                {"{\"a\nb\":1,\n oops}", "json-invalid", 3, 2, 11},
                {"[\"\xC3\xA9\", oops]", "json-invalid", 1, 7, 7},
                {"[", "json-truncated", 1, 2, 1},
                {"{\"a\":1,", "json-truncated", 1, 8, 7},
                {"[1", "json-truncated", 1, 3, 2},
                {"[1,\n", "json-truncated", 2, 1, 4},
                {"\"abc", "json-truncated", 1, 5, 4},
                {"\"abc\\", "json-truncated", 1, 6, 5},
                {"\"abc\\u00", "json-truncated", 1, 9, 8},
                {"\"caf\xC3", "json-truncated", 1, 6, 5},
                {"[\"\xF0\x9F\x98", "json-truncated", 1, 4, 5},
                {"[\"\xE0\xA0", "json-truncated", 1, 4, 4},
                {"[\"\xED\xA0", "json-truncated", 1, 4, 4},
                {"-", "json-truncated", 1, 2, 1},
                {"[tru", "json-truncated", 1, 5, 4},
                {"{\"a\xFF\":1}", "invalid-utf8", 1, 2, 1},
                {"[\n \x80]", "invalid-utf8", 2, 2, 3},
                {"{\"a\":1,\n \"a\":2}", "json-duplicate-key", 2, 2, 9},
                {"{\"a\":1,\"\\u0061\":2}", "json-duplicate-key", 1, 8, 7}};

static void what_is_not_json_is_refused_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *refusal = &refusals[i];
        struct reading reading;
        begin(&reading, refusal->text);
        enum pb_json_outcome outcome = next(&reading);
        if (outcome != PB_JSON_INVALID && outcome != PB_JSON_CUT)
            fail_msg("accepted: %s", refusal->text);
        pb_json_document_release(&reading.document);
        assert_int_equal(reading.diagnostics.items.count, 1);
        const struct pb_diagnostic *found = diagnostic(&reading, 0);
        if (strcmp(found->code, refusal->code) != 0 || found->line != refusal->line ||
            found->column != refusal->column || found->offset_bytes != refusal->offset_bytes)
            fail_msg("%s: %s at %u:%u, offset %llu", refusal->text, found->code,
                     (unsigned)found->line, (unsigned)found->column,
                     (unsigned long long)found->offset_bytes);
        assert_int_equal(found->severity, PB_SEVERITY_ERROR);
        assert_int_equal(next(&reading), PB_JSON_END);
        assert_int_equal(reading.diagnostics.items.count, 1);
        end(&reading);
    }
}

/* The key of the outermost object's member, the size of its array, and the rows that are left. */
static void a_cut_document_holds_what_is_whole(void **state)
{
    static const struct {
        const char *text;
        size_t members, elements, rows;
    } cuts[] = {
        {"{\"a\":[{\"b\":1},{\"b\":2", 1, 1, 4},
        {"{\"a\":[{\"b\":1},{\"b\":2}", 1, 2, 6},
        {"{\"a\":[1,23", 1, 1, 3},
        {"{\"a\":[1,23 ", 1, 2, 4},
        {"{\"a\":[1,23,", 1, 2, 4},
        {"{\"a\":[1,\"x", 1, 1, 3},
        {"{\"a\":[1,tru", 1, 1, 3},
        {"{\"a\":[1],\"b\":{\"c\":1", 1, 1, 3},
        {"{\"a\":[1],\"b\":{\"c\":[]", 2, 1, 5},
        {"{\"a\":[1],\"b\":2", 1, 1, 3},
        {"{\"a\":[1],\"b", 1, 1, 3},
        {"{\"a\":[{\"b\":[2],\"c\":", 1, 1, 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct reading reading;
        begin(&reading, cuts[i].text);
        assert_int_equal(next(&reading), PB_JSON_CUT);
        const struct pb_json *root = reading.document.root;
        size_t elements = pb_json_count(pb_json_find(root, "a"));
        if (pb_json_count(root) != cuts[i].members || elements != cuts[i].elements ||
            reading.document.rows.count != cuts[i].rows)
            fail_msg("%s: %zu %zu %zu", cuts[i].text, pb_json_count(root), elements,
                     reading.document.rows.count);
        end(&reading);
    }
}

static void a_duplicate_key_is_named(void **state)
{
    struct reading reading;

    (void)state;
    begin(&reading, "{\"UploadDate\":1,\"UploadDate\":2}");
    assert_int_equal(next(&reading), PB_JSON_INVALID);
    assert_text(diagnostic(&reading, 0)->message, "an object has two members named 'UploadDate'");
    end(&reading);
}

static char *nested(size_t depth, const char *middle)
{
    size_t middle_size = strlen(middle);
    char *text = malloc(depth * 2 + middle_size + 1);

    assert_non_null(text);
    memset(text, '[', depth);
    memcpy(text + depth, middle, middle_size);
    memset(text + depth + middle_size, ']', depth);
    text[2 * depth + middle_size] = '\0';
    return text;
}

static void a_document_is_read_down_to_2048_levels_and_no_deeper(void **state)
{
    static const struct {
        size_t depth;
        const char *middle;
        enum pb_json_outcome outcome;
    } cases[] = {
        {2048, "", PB_JSON_DOCUMENT}, {2047, "1", PB_JSON_DOCUMENT}, {2048, "1", PB_JSON_INVALID},
        {2049, "", PB_JSON_INVALID},  {100000, "", PB_JSON_INVALID},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading;
        char *text = nested(cases[i].depth, cases[i].middle);
        begin(&reading, text);
        assert_int_equal(next(&reading), cases[i].outcome);
        if (cases[i].outcome == PB_JSON_INVALID) {
            assert_string_equal(diagnostic(&reading, 0)->code, "json-too-deep");
            assert_int_equal(diagnostic(&reading, 0)->offset_bytes, 2048);
        }
        free(text);
        end(&reading);
    }
}

static void more_values_than_the_limit_are_too_large(void **state)
{
    struct reading reading;

    (void)state;
    begin(&reading, "[1,2,{\"a\":3}]\n[1,2,{\"a\":[]},4]");
    reading.reader.most_values = 11; /* an array or object counts as four */
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_int_equal(next(&reading), PB_JSON_TOO_LARGE);
    assert_string_equal(diagnostic(&reading, 0)->code, "limit-values");
    assert_text(diagnostic(&reading, 0)->message,
                "more than 11 values in the document, or documents in the file (--max-values; an "
                "array or object counts as four)");
    assert_int_equal(diagnostic(&reading, 0)->line, 2);
    assert_int_equal(next(&reading), PB_JSON_END);
    end(&reading);
}

static void more_documents_than_the_limit_are_too_large(void **state)
{
    struct reading reading;

    (void)state;
    begin(&reading, "1 2 3");
    reading.reader.most_values = 2;
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_int_equal(next(&reading), PB_JSON_TOO_LARGE);
    assert_int_equal(next(&reading), PB_JSON_END);
    end(&reading);
}

static void text_without_a_value_has_no_document(void **state)
{
    static const struct pb_slice texts[] = {
        {"", 0},
        {" \t\r\n", 4},
        {"\0\0\0", 3},
        {"\n\0 \0\n", 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct reading reading;
        begin_bytes(&reading, texts[i].data, texts[i].size_bytes);
        assert_int_equal(next(&reading), PB_JSON_END);
        assert_int_equal(next(&reading), PB_JSON_END);
        assert_int_equal(reading.diagnostics.items.count, 0);
        end(&reading);
    }
}

static void nul_bytes_between_documents_are_white_space(void **state)
{
    struct reading reading;

    (void)state;
    begin_bytes(&reading, "12\0\0 \0{}\0", 9);
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_int_equal(next(&reading), PB_JSON_END);
    end(&reading);
    begin_bytes(&reading, "[1,\0\0", 5);
    assert_int_equal(next(&reading), PB_JSON_INVALID);
    assert_int_equal(diagnostic(&reading, 0)->offset_bytes, 3);
    end(&reading);
}

static void raw_controls_in_strings_are_kept_with_one_warning(void **state)
{
    struct reading reading;
    struct pb_slice body;

    (void)state;
    begin(&reading, "{\n\"Body\": \"a\nb\r\n\tc\", \"k\ny\":1}");
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_true(reading.document.is_repaired);
    assert_true(pb_json_string(pb_json_find(reading.document.root, "Body"), &body));
    assert_text(body, "a\nb\r\n\tc");
    assert_non_null(pb_json_find(reading.document.root, "k\ny"));
    assert_int_equal(reading.diagnostics.items.count, 1);
    const struct pb_diagnostic *warning = diagnostic(&reading, 0);
    assert_string_equal(warning->code, "json-repaired");
    assert_int_equal(warning->severity, PB_SEVERITY_WARNING);
    assert_int_equal(warning->line, 2);
    assert_int_equal(warning->column, 11);
    assert_int_equal(warning->offset_bytes, 12);
    assert_non_null(strstr(warning->message.data, "5 times"));
    end(&reading);
}

static void what_no_value_can_hold_becomes_null(void **state)
{
    static const char *const texts[] = {"[\"\\ud83d\"]",
                                        "[\"a\\uDE00b\"]",
                                        "[\"\\ud83d\\ud83d\\ude00\"]",
                                        "[\"\\ud83d\\u0041\"]",
                                        "[\"\\uD83D\\\\uDE00\"]",
                                        "[\"\\ud83dx\"]",
                                        "[1e400]",
                                        "[-1.8e308]",
                                        "[9223372036854775808]",
                                        "[-9223372036854775809]"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct reading reading;
        begin(&reading, texts[i]);
        assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
        assert_int_equal(pb_json_type(pb_json_element(reading.document.root, 0)), PB_JSON_NULL);
        assert_true(reading.document.is_repaired);
        assert_int_equal(diagnostic(&reading, 0)->column, 2);
        end(&reading);
    }
}

static void half_a_surrogate_pair_in_a_key_is_replaced(void **state)
{
    struct reading reading;

    (void)state;
    begin(&reading, "{\"a\\ud83d\\u0041\\uDE00\": 1}");
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_non_null(pb_json_find(reading.document.root, "a\xEF\xBF\xBD"
                                                        "A\xEF\xBF\xBD"));
    assert_non_null(strstr(diagnostic(&reading, 0)->message.data, "2 times"));
    end(&reading);
}

static void each_kind_of_repair_is_told_once_a_document(void **state)
{
    struct reading reading;

    (void)state;
    begin(&reading, "{\"\\ud800\":\"\\ud800\",\"b\":[1e999,1e999,\"\\udc00\"],\"c\":\"\t\x01\"}");
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_int_equal(reading.diagnostics.items.count, 4);
    end(&reading);
}

static void a_repair_makes_no_broken_document_valid(void **state)
{
    static const char *const texts[] = {"\"a\nb]", "[\"a\n\\x\"]", "[1e999,]", "{\"\\ud800\" 1}"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct reading reading;
        begin(&reading, texts[i]);
        assert_int_equal(next(&reading), PB_JSON_INVALID);
        assert_int_equal(reading.diagnostics.items.count, 1);
        end(&reading);
    }
}

static void documents_follow_each_other_with_their_places(void **state)
{
    static const struct {
        const char *text;
        size_t offset_bytes;
        uint32_t line;
    } expected[] = {
        {"{\"a\":\n1}", 2, 2}, {"[2]", 10, 3}, {"{}", 13, 3},
        {"\"x\"", 18, 6},      {"12", 22, 6},  {"null", 25, 6},
    };
    struct reading reading;

    (void)state;
    begin(&reading, " \n{\"a\":\n1}[2]{}\n\n\n\"x\" 12 null\n\n");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
        assert_text(reading.document.text, expected[i].text);
        assert_int_equal(reading.document.start.offset_bytes, expected[i].offset_bytes);
        assert_int_equal(reading.document.start.line, expected[i].line);
        assert_int_equal(reading.document.ordinal, i);
        assert_false(reading.document.is_repaired);
    }
    assert_int_equal(next(&reading), PB_JSON_END);
    end(&reading);
}

static void columns_count_from_the_line_in_later_documents_too(void **state)
{
    struct reading reading;

    (void)state;
    begin(&reading, "{}\n{}{} [oops]");
    for (int i = 0; i < 3; i++)
        assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_int_equal(next(&reading), PB_JSON_INVALID);
    assert_int_equal(diagnostic(&reading, 0)->line, 2);
    assert_int_equal(diagnostic(&reading, 0)->column, 7);
    end(&reading);
}

static void a_key_with_a_nul_is_another_key(void **state)
{
    struct reading reading;
    int64_t value;

    (void)state;
    begin(&reading, "{\"Arn\\u0000x\": 1, \"Arn\": 2}");
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_true(pb_json_integer(pb_json_find(reading.document.root, "Arn"), &value));
    assert_int_equal(value, 2);
    end(&reading);
}

static void the_process_locale_moves_no_decimal_point(void **state)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"};
    struct reading reading;
    double real;
    bool is_set = false;

    (void)state;
    for (size_t i = 0; i < sizeof locales / sizeof locales[0] && !is_set; i++)
        is_set = setlocale(LC_NUMERIC, locales[i]) != NULL;
    if (!is_set) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    begin(&reading, "[1.5]");
    assert_int_equal(next(&reading), PB_JSON_DOCUMENT);
    assert_true(pb_json_real(pb_json_element(reading.document.root, 0), &real));
    assert_true(real == 1.5);
    end(&reading);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_json_is_refused_at_its_place),
        cmocka_unit_test(a_cut_document_holds_what_is_whole),
        cmocka_unit_test(a_duplicate_key_is_named),
        cmocka_unit_test(a_document_is_read_down_to_2048_levels_and_no_deeper),
        cmocka_unit_test(more_values_than_the_limit_are_too_large),
        cmocka_unit_test(more_documents_than_the_limit_are_too_large),
        cmocka_unit_test(text_without_a_value_has_no_document),
        cmocka_unit_test(nul_bytes_between_documents_are_white_space),
        cmocka_unit_test(raw_controls_in_strings_are_kept_with_one_warning),
        cmocka_unit_test(what_no_value_can_hold_becomes_null),
        cmocka_unit_test(half_a_surrogate_pair_in_a_key_is_replaced),
        cmocka_unit_test(each_kind_of_repair_is_told_once_a_document),
        cmocka_unit_test(a_repair_makes_no_broken_document_valid),
        cmocka_unit_test(documents_follow_each_other_with_their_places),
        cmocka_unit_test(columns_count_from_the_line_in_later_documents_too),
        cmocka_unit_test(a_key_with_a_nul_is_another_key),
        cmocka_unit_test(the_process_locale_moves_no_decimal_point),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

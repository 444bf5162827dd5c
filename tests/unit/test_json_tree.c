/* SPDX-License-Identifier: MIT */
/* The values of a document: typed lookup, in which absent, null and the wrong type are three
 * things, and where each value stands. */
#include "unit.h"
#include "json/document.h"

static const char text[] = "{\"s\":\"text\",\"i\":-7,\"r\":1.5,\"t\":true,\"f\":false,\"n\":null,"
                           "\"a\":[1,2],\"o\":{\"z\":1,\"y\":2,\"b\":3},\"e\":\"\"}";

static struct pb_diagnostics diagnostics;
static struct pb_json_document document;

static int read_text(void **state)
{
    struct pb_json_reader reader = {.text = PB_SLICE(text), .most_values = 100};

    (void)state;
    pb_json_prepare();
    return pb_json_next(&reader, &diagnostics, &document) != PB_JSON_DOCUMENT;
}

static int release_text(void **state)
{
    (void)state;
    pb_json_document_release(&document);
    pb_diagnostics_release(&diagnostics);
    return 0;
}

static void nothing_is_found_in_what_is_absent(void **state)
{
    struct pb_json_member member = {0};

    (void)state;
    assert_int_equal(pb_json_type(NULL), PB_JSON_ABSENT);
    assert_int_equal(pb_json_count(NULL), 0);
    assert_null(pb_json_element(NULL, 0));
    assert_null(pb_json_find(NULL, "a"));
    assert_false(pb_json_next_member(NULL, &member));
}

static void nothing_is_found_in_the_wrong_type(void **state)
{
    const struct pb_json *string = pb_json_find(document.root, "s");
    const struct pb_json *array = pb_json_find(document.root, "a");
    struct pb_json_member member = {0};

    (void)state;
    assert_null(pb_json_find(document.root, "missing"));
    assert_null(pb_json_find(array, "0"));
    assert_null(pb_json_find(string, "s"));
    assert_null(pb_json_element(document.root, 0));
    assert_null(pb_json_element(array, 2));
    assert_false(pb_json_next_member(string, &member));
    assert_int_equal(pb_json_count(string), 0);
}

static void each_type_gives_its_own_value_alone(void **state)
{
    static const struct {
        const char *key;
        enum pb_json_type type;
        const char *name;
        bool is_string, is_boolean, is_integer, is_real;
    } cases[] = {
        {"s", PB_JSON_STRING, "a string", true, false, false, false},
        {"i", PB_JSON_INTEGER, "an integer", false, false, true, true},
        {"r", PB_JSON_REAL, "a number", false, false, false, true},
        {"t", PB_JSON_BOOLEAN, "a boolean", false, true, false, false},
        {"f", PB_JSON_BOOLEAN, "a boolean", false, true, false, false},
        {"n", PB_JSON_NULL, "null", false, false, false, false},
        {"a", PB_JSON_ARRAY, "an array", false, false, false, false},
        {"o", PB_JSON_OBJECT, "an object", false, false, false, false},
        {"missing", PB_JSON_ABSENT, "absent", false, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pb_json *value = pb_json_find(document.root, cases[i].key);
        struct pb_slice string = PB_SLICE_ABSENT;
        bool boolean = false;
        int64_t integer = 99;
        double real = 99;
        assert_int_equal(pb_json_type(value), cases[i].type);
        assert_string_equal(pb_json_type_name(cases[i].type), cases[i].name);
        assert_int_equal(pb_json_string(value, &string), cases[i].is_string);
        assert_int_equal(pb_json_boolean(value, &boolean), cases[i].is_boolean);
        assert_int_equal(pb_json_integer(value, &integer), cases[i].is_integer);
        assert_int_equal(pb_json_real(value, &real), cases[i].is_real);
        assert_int_equal(pb_slice_is_absent(string), !cases[i].is_string);
        assert_int_equal(integer, cases[i].is_integer ? -7 : 99);
        assert_true(real == (cases[i].is_integer ? -7 : cases[i].is_real ? 1.5 : 99));
    }
}

static void values_are_read(void **state)
{
    struct pb_slice string;
    bool boolean;

    (void)state;
    assert_true(pb_json_string(pb_json_find(document.root, "s"), &string));
    assert_true(pb_slice_equals(string, PB_SLICE("text")));
    assert_true(pb_json_string(pb_json_find(document.root, "e"), &string));
    assert_true(pb_slice_equals(string, PB_SLICE("")));
    assert_true(pb_json_boolean(pb_json_find(document.root, "t"), &boolean) && boolean);
    assert_true(pb_json_boolean(pb_json_find(document.root, "f"), &boolean) && !boolean);
    assert_int_equal(pb_json_count(pb_json_find(document.root, "a")), 2);
    assert_int_equal(pb_json_count(document.root), 9);
}

static void members_come_in_the_order_of_the_document(void **state)
{
    static const char *const keys[] = {"z", "y", "b"};
    const struct pb_json *object = pb_json_find(document.root, "o");
    struct pb_json_member member = {0};
    int64_t value;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(pb_json_next_member(object, &member));
        assert_true(pb_slice_equals(member.key, pb_slice_from_string(keys[i])));
        assert_true(pb_json_integer(member.value, &value));
        assert_int_equal(value, i + 1);
    }
    assert_false(pb_json_next_member(object, &member));
}

static void a_value_has_a_place(void **state)
{
    static const char bytes[] =
        "\n {\n  \"a\": [1,\n    {\"b\": \"x\"}, true, \"\u00e9\u6f22\", \"c\"],\n \"e\nf\": 2\n}";
    static const struct {
        const char *value;
        uint32_t line, column;
    } cases[] = {{"2\n", 6, 5},  {"{\n", 2, 2},  {"[1,", 3, 8}, {"1,", 3, 9},
                 {"{\"b", 4, 5}, {"\"c", 4, 29}, {"\"x", 4, 11}};
    struct pb_json_reader reader = {.text = PB_SLICE(bytes), .most_values = 10000};
    struct pb_json_document found;
    enum pb_json_outcome outcome;

    (void)state;
    outcome = pb_json_next(&reader, &diagnostics, &found);
    assert_int_equal(outcome, PB_JSON_DOCUMENT);
    const struct pb_json *array = pb_json_find(found.root, "a"), *inner = pb_json_element(array, 1);
    const struct pb_json *const values[] = {
        pb_json_find(found.root, "e\nf"), found.root, array,
        pb_json_element(array, 0),        inner,      pb_json_element(array, 4),
        pb_json_find(inner, "b"),
    };
    struct pb_json_place place = found.start;
    for (size_t i = 0; i < 7; i++) {
        assert_true(pb_json_find_place(&found, values[i], &place));
        assert_int_equal(place.line, cases[i].line);
        assert_int_equal(place.column, cases[i].column);
        assert_memory_equal(bytes + place.offset_bytes, cases[i].value, strlen(cases[i].value));
    }
    assert_false(pb_json_find_place(&found, pb_json_element(array, 2), &place));
    assert_false(pb_json_find_place(&found, NULL, &place));
    pb_json_document_release(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_found_in_what_is_absent),
        cmocka_unit_test(nothing_is_found_in_the_wrong_type),
        cmocka_unit_test(each_type_gives_its_own_value_alone),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(members_come_in_the_order_of_the_document),
        cmocka_unit_test(a_value_has_a_place),
    };

    return cmocka_run_group_tests(tests, read_text, release_text);
}

/* SPDX-License-Identifier: MIT */
/* Lines and columns of values, which jansson does not keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "json/place.h"

static struct pb_json_place find(const char *text, const char *pointer)
{
    struct pb_json_place place = {.pointer = pb_slice_from_string(pointer), .line = 99};

    pb_json_find_places(pb_slice_from_string(text), &place, 1);
    return place;
}

static void what_is_not_there_is_not_found(void **state)
{
    static const struct {
        const char *text, *pointer;
    } cases[] = {
        {"", ""},           {"", "/a"},          {"{\"a\":1}", "/b"},  {"{\"a\":1}", "/a/b"},
        {"{\"a\":1}", "a"}, {"{\"a\":1}", "/"},  {"{\"a\":1}", "/aa"}, {"{\"aa\":1}", "/a"},
        {"[1,2]", "/2"},    {"[1,2]", "/01"},    {"[1,2]", "/-"},      {"[1,2]", "/+1"},
        {"[1,2]", "/"},     {"{\"~\":1}", "/~"}, {"[1,", "/1"},        {"{\"a\"", "/a"},
        {"{\"a\":", "/a"},  {"[oops, 1]", "/1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_json_place place = find(cases[i].text, cases[i].pointer);
        if (place.offset_bytes != SIZE_MAX || place.line != 0 || place.column != 0)
            fail_msg("%s has %s", cases[i].text, cases[i].pointer);
    }
}

static void a_value_is_found_by_its_pointer(void **state)
{
    static const char text[] = "{\n  \"a\": [1,\n    {\"b/c~d\": \"x\"}],\n"
                               "  \"e\nf\": 2, \"\": 3, \"\\u00e9\": 4, \"\\ud800\": 5\n}";
    static const struct {
        const char *pointer;
        const char *value;
        uint32_t line, column;
    } cases[] = {
        {"", "{\n", 1, 1},
        {"/a", "[1,", 2, 8},
        {"/a/0", "1,", 2, 9},
        {"/a/1", "{\"b", 3, 5},
        {"/a/1/b~1c~0d", "\"x", 3, 15},
        {"/e\nf", "2,", 5, 5},
        {"/", "3,", 5, 12},
        {"/\xC3\xA9", "4,", 5, 25},
        {"/\xEF\xBF\xBD", "5\n", 5, 38},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_json_place place = find(text, cases[i].pointer);
        if (place.line != cases[i].line || place.column != cases[i].column)
            fail_msg("%s at %u:%u", cases[i].pointer, (unsigned)place.line, (unsigned)place.column);
        assert_memory_equal(text + place.offset_bytes, cases[i].value, strlen(cases[i].value));
    }
}

static void equal_pointers_in_any_order_are_all_answered(void **state)
{
    static const char text[] = "{\"a-b\":{\"x\":1},\"a\":{\"b\":[10,20]},\"a/b\":3}";
    struct pb_json_place places[] = {
        {.pointer = PB_SLICE("/a/b/1")}, {.pointer = PB_SLICE("/a-b/x")},
        {.pointer = PB_SLICE("/a")},     {.pointer = PB_SLICE("/a/b/1")},
        {.pointer = PB_SLICE("/a/no")},  {.pointer = PB_SLICE("/a~1b")},
        {.pointer = PB_SLICE("")},
    };
    static const size_t expected[] = {28, 12, 19, 28, SIZE_MAX, 39, 0};

    (void)state;
    pb_json_find_places(PB_SLICE(text), places, sizeof places / sizeof places[0]);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(places[i].offset_bytes, expected[i]);
}

static void no_pointers_are_no_work(void **state)
{
    (void)state;
    pb_json_find_places(PB_SLICE("{}"), NULL, 0);
}

static void depth_costs_neither_stack_nor_time(void **state)
{
    enum { depth = 1000000 };
    char *text = malloc(depth);
    char pointer[2 * 3000 + 1] = "";
    struct pb_json_place places[2];

    (void)state;
    assert_non_null(text);
    memset(text, '[', depth);
    for (size_t i = 0; i < 3000; i++)
        memcpy(pointer + 2 * i, "/0", 2);
    places[0] = (struct pb_json_place){.pointer = PB_SLICE("/1")};
    places[1] = (struct pb_json_place){.pointer = {pointer, 2 * 3000}};
    pb_json_find_places((struct pb_slice){text, depth}, places, 2);
    assert_int_equal(places[0].offset_bytes, SIZE_MAX);
    assert_int_equal(places[1].offset_bytes, 3000);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(a_value_is_found_by_its_pointer),
        cmocka_unit_test(equal_pointers_in_any_order_are_all_answered),
        cmocka_unit_test(no_pointers_are_no_work),
        cmocka_unit_test(depth_costs_neither_stack_nor_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

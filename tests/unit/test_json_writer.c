/* SPDX-License-Identifier: MIT */
/* JSON as it is written: exact bytes, and what jansson reads in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "json/writer.h"

struct writing {
    struct pb_buffer buffer;
    struct pb_json_writer writer;
};

static void begin(struct writing *writing, unsigned inline_depth)
{
    pb_buffer_init(&writing->buffer, SIZE_MAX);
    pb_json_writer_init(&writing->writer, &writing->buffer, inline_depth);
}

/* Compares with the bytes expected, has jansson read them, and gives what it read. */
static json_t *end(struct writing *writing, const char *expected)
{
    struct pb_slice written = pb_buffer_slice(&writing->buffer);
    json_error_t error;

    assert_false(writing->buffer.has_failed);
    if (!pb_slice_equals(written, pb_slice_from_string(expected)))
        fail_msg("%.*s", PB_SLICE_ARGS(written));
    json_t *root = json_loadb(written.data, written.size_bytes,
                              JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (root == NULL)
        fail_msg("%s", error.text);
    pb_buffer_release(&writing->buffer);
    return root;
}

static void write_report(struct pb_json_writer *writer)
{
    static const unsigned char bytes[] = {0x00, 0xAB, 0xFF};

    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "list");
    pb_json_write_begin_array(writer);
    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "a");
    pb_json_write_number(writer, UINT64_MAX);
    pb_json_write_key(writer, "b");
    pb_json_write_begin_array(writer);
    pb_json_write_boolean(writer, true);
    pb_json_write_boolean(writer, false);
    pb_json_write_null(writer);
    pb_json_write_end_array(writer);
    pb_json_write_end_object(writer);
    pb_json_write_begin_object(writer);
    pb_json_write_end_object(writer);
    pb_json_write_end_array(writer);
    pb_json_write_key(writer, "empty");
    pb_json_write_begin_array(writer);
    pb_json_write_end_array(writer);
    pb_json_write_key(writer, "hex");
    pb_json_write_hex(writer, bytes, sizeof bytes);
    pb_json_write_key(writer, "digits");
    pb_json_write_digits(writer, PB_SLICE("123456789012345678901234567890"));
    pb_json_write_end_object(writer);
}

static void containers_below_the_inline_depth_have_a_member_a_line(void **state)
{
    struct writing writing;

    (void)state;
    begin(&writing, 2);
    write_report(&writing.writer);
    assert_true(
        pb_slice_equals(pb_buffer_slice(&writing.buffer),
                        PB_SLICE("{\n"
                                 "  \"list\": [\n"
                                 "    {\"a\": 18446744073709551615, \"b\": [true, false, null]},\n"
                                 "    {}\n"
                                 "  ],\n"
                                 "  \"empty\": [],\n"
                                 "  \"hex\": \"00abff\",\n"
                                 "  \"digits\": 123456789012345678901234567890\n"
                                 "}")));
    pb_buffer_release(&writing.buffer);
}

static void an_inline_depth_of_0_puts_all_on_one_line(void **state)
{
    struct writing writing;

    (void)state;
    begin(&writing, 0);
    write_report(&writing.writer);
    assert_true(pb_slice_equals(
        pb_buffer_slice(&writing.buffer),
        PB_SLICE("{\"list\": [{\"a\": 18446744073709551615, \"b\": [true, false, null]}, {}], "
                 "\"empty\": [], \"hex\": \"00abff\", "
                 "\"digits\": 123456789012345678901234567890}")));
    pb_buffer_release(&writing.buffer);
}

static void strings_are_escaped_as_rfc_8259_demands(void **state)
{
    static const struct {
        struct pb_slice text;
        const char *written;
    } cases[] = {
        {{"", 0}, "\"\""},
        {{"plain", 5}, "\"plain\""},
        {{"\"\\/", 3}, "\"\\\"\\\\/\""},
        {{"\b\t\n\f\r", 5}, "\"\\b\\t\\n\\f\\r\""},
        {{"\0\x01\x1F\x0B", 4}, "\"\\u0000\\u0001\\u001f\\u000b\""},
        {{"\x7F\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80", 10},
         "\"\x7F\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80\""},
        {{"a\x80z\xFFy", 5}, "\"a\xEF\xBF\xBDz\xEF\xBF\xBDy\""},
        {{"\xE2\x82", 2}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {{"\xED\xA0\x80", 3}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {{NULL, 0}, "null"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writing writing;
        begin(&writing, 0);
        pb_json_write_string(&writing.writer, cases[i].text);
        json_decref(end(&writing, cases[i].written));
    }
}

static void every_byte_comes_back_through_jansson(void **state)
{
    (void)state;
    for (int byte = 0; byte < 0x80; byte++) {
        struct writing writing;
        char text[] = {'a', (char)byte, 'z'};
        begin(&writing, 1);
        pb_json_write_begin_object(&writing.writer);
        pb_json_write_key(&writing.writer, "k");
        pb_json_write_string(&writing.writer, (struct pb_slice){text, sizeof text});
        pb_json_write_end_object(&writing.writer);
        json_t *root =
            json_loadb(writing.buffer.data, writing.buffer.size_bytes, JSON_ALLOW_NUL, NULL);
        assert_non_null(root);
        const json_t *value = json_object_get(root, "k");
        assert_int_equal(json_string_length(value), sizeof text);
        assert_memory_equal(json_string_value(value), text, sizeof text);
        json_decref(root);
        pb_buffer_release(&writing.buffer);
    }
}

static void absent_digits_are_null(void **state)
{
    struct writing writing;

    (void)state;
    begin(&writing, 1);
    pb_json_write_begin_array(&writing.writer);
    pb_json_write_digits(&writing.writer, PB_SLICE_ABSENT);
    pb_json_write_digits(&writing.writer, PB_SLICE("0"));
    pb_json_write_end_array(&writing.writer);
    json_decref(end(&writing, "[\n  null,\n  0\n]"));
}

static void the_buffer_may_be_emptied_between_calls(void **state)
{
    struct writing writing;

    (void)state;
    begin(&writing, 1);
    pb_json_write_begin_array(&writing.writer);
    pb_json_write_number(&writing.writer, 1);
    pb_buffer_clear(&writing.buffer);
    pb_json_write_number(&writing.writer, 2);
    pb_json_write_end_array(&writing.writer);
    assert_true(pb_slice_equals(pb_buffer_slice(&writing.buffer), PB_SLICE(",\n  2\n]")));
    pb_buffer_release(&writing.buffer);
}

static void depth_past_the_ceiling_fails_the_buffer(void **state)
{
    struct writing writing;

    (void)state;
    begin(&writing, 0);
    for (int i = 0; i < PB_JSON_DEEPEST; i++)
        pb_json_write_begin_array(&writing.writer);
    assert_false(writing.buffer.has_failed);
    pb_json_write_begin_array(&writing.writer);
    assert_true(writing.buffer.has_failed);
    pb_buffer_release(&writing.buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_past_the_ceiling_fails_the_buffer),
        cmocka_unit_test(containers_below_the_inline_depth_have_a_member_a_line),
        cmocka_unit_test(an_inline_depth_of_0_puts_all_on_one_line),
        cmocka_unit_test(strings_are_escaped_as_rfc_8259_demands),
        cmocka_unit_test(every_byte_comes_back_through_jansson),
        cmocka_unit_test(absent_digits_are_null),
        cmocka_unit_test(the_buffer_may_be_emptied_between_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

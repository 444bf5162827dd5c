/* SPDX-License-Identifier: MIT */
/* Text in the encodings in which shells write JSON. */
#include "unit.h"
#include "base/bytes.h"

struct text_case {
    struct pb_slice bytes;
    enum pb_text_outcome outcome;
    struct pb_slice text;
};

#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* The bytes are copied, so that a byte read past their end is seen by what watches memory. */
static void check(const struct text_case *expected)
{
    char *copy = malloc(expected->bytes.size_bytes + (expected->bytes.size_bytes == 0));
    struct pb_slice bytes = {copy, expected->bytes.size_bytes};
    enum pb_text_outcome outcome;
    struct pb_buffer storage = {0};
    struct pb_slice text;

    assert_non_null(copy);
    memcpy(copy, expected->bytes.data, bytes.size_bytes);
    outcome = pb_text_decode(bytes, &storage, &text);
    assert_false(storage.has_failed);
    assert_int_equal(outcome, expected->outcome);
    if (outcome == PB_TEXT_DECODED) {
        assert_non_null(text.data);
        assert_int_equal(text.size_bytes, expected->text.size_bytes);
        assert_memory_equal(text.data, expected->text.data, text.size_bytes);
    }
    pb_buffer_release(&storage);
    free(copy);
}

static void check_all(const struct text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(&cases[i]);
}

static void nul_bytes_that_no_encoding_explains_are_binary(void **state)
{
    static const struct text_case cases[] = {
        {BYTES("a\0b"), PB_TEXT_BINARY, BYTES("")},
        {BYTES("{\"a\":\0\0\0 1}"), PB_TEXT_BINARY, BYTES("")},
        {BYTES("\0\0\0\1"), PB_TEXT_BINARY, BYTES("")},
        {BYTES("\xFF\xFE[\0\0\0]\0"), PB_TEXT_BINARY, BYTES("")},
        {BYTES("\xFF\xFE\0\0{\0\0\0"), PB_TEXT_BINARY, BYTES("")},
    };

    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void damaged_utf16_is_refused(void **state)
{
    static const struct text_case cases[] = {
        {BYTES("\xFF\xFE{"), PB_TEXT_DAMAGED, BYTES("")},
        {BYTES("{\0}\0\n"), PB_TEXT_DAMAGED, BYTES("")},
        {BYTES("\xFF\xFE\x3D\xD8"), PB_TEXT_DECODED, BYTES("\xED\xA0\xBD")},
        {BYTES("\xFF\xFE\x3D\xD8x\0"), PB_TEXT_DECODED,
         BYTES("\xED\xA0\xBD"
               "x")},
        {BYTES("\xFF\xFE\x3D\xD8\x3D\xD8"), PB_TEXT_DECODED, BYTES("\xED\xA0\xBD\xED\xA0\xBD")},
        {BYTES("\xFE\xFF\xDE\x00\xD8\x3D"), PB_TEXT_DECODED, BYTES("\xED\xB8\x80\xED\xA0\xBD")},
    };

    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void utf8_is_passed_on_without_its_mark_and_padding(void **state)
{
    static const struct text_case cases[] = {
        {BYTES(""), PB_TEXT_DECODED, BYTES("")},
        {BYTES("{"), PB_TEXT_DECODED, BYTES("{")},
        {BYTES("\0\0\0\0"), PB_TEXT_DECODED, BYTES("")},
        {BYTES("\xEF\xBB\xBF"), PB_TEXT_DECODED, BYTES("")},
        {BYTES("\xEF\xBB\xBF{}"), PB_TEXT_DECODED, BYTES("{}")},
        {BYTES("{\"\xC3\xA9\": 1}\n"), PB_TEXT_DECODED, BYTES("{\"\xC3\xA9\": 1}\n")},
        {BYTES("\xFF not UTF-8"), PB_TEXT_DECODED, BYTES("\xFF not UTF-8")},
        {BYTES("{}\0\0\0\0\0"), PB_TEXT_DECODED, BYTES("{}")},
        {BYTES("1\0"), PB_TEXT_DECODED, BYTES("1")},
        {BYTES("1\0\0\0"), PB_TEXT_DECODED, BYTES("1")},
    };

    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void utf16_is_converted(void **state)
{
    static const struct text_case cases[] = {
        {BYTES("\xFF\xFE"), PB_TEXT_DECODED, BYTES("")},
        {BYTES("\xFF\xFE{\0}\0"), PB_TEXT_DECODED, BYTES("{}")},
        {BYTES("\xFE\xFF\0{\0}"), PB_TEXT_DECODED, BYTES("{}")},
        {BYTES("{\0}\0"), PB_TEXT_DECODED, BYTES("{}")},
        {BYTES("\0[\0]"), PB_TEXT_DECODED, BYTES("[]")},
        {BYTES("\xFF\xFE\xE9\0\xBC\x8A\x3D\xD8\x00\xDE"), PB_TEXT_DECODED,
         BYTES("\xC3\xA9\xE8\xAA\xBC\xF0\x9F\x98\x80")},
        {BYTES("\xFE\xFF\xDB\xFF\xDF\xFF"), PB_TEXT_DECODED, BYTES("\xF4\x8F\xBF\xBF")},
        {BYTES("\xFF\xFE{\0}\0\0\0\0\0"), PB_TEXT_DECODED, BYTES("{}")},
    };

    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nul_bytes_that_no_encoding_explains_are_binary),
        cmocka_unit_test(damaged_utf16_is_refused),
        cmocka_unit_test(utf8_is_passed_on_without_its_mark_and_padding),
        cmocka_unit_test(utf16_is_converted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

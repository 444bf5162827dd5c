/* SPDX-License-Identifier: MIT */
/* Text decoding: what was converted from UTF-16 is, converted back, what was given; other text is a
 * part of it. */
#include "fuzz.h"

/* Whether the unit stands there in either order of bytes. */
static bool is_unit(const uint8_t *at, uint32_t unit)
{
    return (at[0] == unit >> 8 && at[1] == (unit & 0xFF)) ||
           (at[1] == unit >> 8 && at[0] == (unit & 0xFF));
}

static void check_utf16(const uint8_t *data, size_t size, struct pb_slice text)
{
    size_t at = size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3
                : size >= 2 && is_unit(data, 0xFEFF)              ? 2
                                                                  : 0;

    while (text.size_bytes > 0) {
        const unsigned char *bytes = (const unsigned char *)text.data;
        uint32_t character;
        size_t taken = pb_utf8_decode(text, &character);
        if (taken == 0) { /* half a surrogate pair */
            assert_in_range(text.size_bytes, 3, SIZE_MAX);
            character = (bytes[0] & 0xFu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
            assert_in_range(character, 0xD800, 0xDFFF);
            taken = 3;
        }
        assert_true(at + (character > 0xFFFF ? 4 : 2) <= size);
        if (character > 0xFFFF) {
            assert_true(is_unit(data + at, 0xD800 + ((character - 0x10000) >> 10)));
            at += 2;
            character = 0xDC00 + (character & 0x3FF);
        }
        assert_true(is_unit(data + at, character));
        at += 2;
        text = pb_slice_from(text, taken);
    }
    for (; at + 1 < size; at += 2)
        assert_true(is_unit(data + at, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_slice bytes = fuzz_slice(data, size), text;
    enum pb_text_outcome outcome;
    struct pb_buffer storage = {0};

    outcome = pb_text_decode(bytes, &storage, &text);
    assert_false(storage.has_failed);
    if (outcome != PB_TEXT_BINARY && storage.data != NULL && text.data == storage.data) {
        check_utf16(data, size, text);
    } else if (outcome == PB_TEXT_DECODED && text.size_bytes > 0) {
        size_t before = (size_t)(text.data - bytes.data);
        assert_true(before == 0 || (before == 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0));
        for (size_t i = before + text.size_bytes; i < size; i++)
            assert_int_equal(data[i], 0);
    }
    pb_buffer_release(&storage);
    return 0;
}

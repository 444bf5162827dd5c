/* SPDX-License-Identifier: MIT */
/* Text in UTF-8 or UTF-16, with or without a byte order mark, as UTF-8. */
#include "evidence/reader.h"

#include "base/utf8.h"

/* The value is the index of the high byte in a UTF-16 code unit, but for UTF-8. */
enum encoding { ENCODING_UTF16BE = 0, ENCODING_UTF16LE = 1, ENCODING_UTF8 };

/* Removes a byte order mark from *bytes. */
static enum encoding detect_encoding(struct pb_slice *bytes)
{
    static const struct pb_slice marks[] = {
        [ENCODING_UTF16BE] = {"\xFE\xFF", 2},
        [ENCODING_UTF16LE] = {"\xFF\xFE", 2},
        [ENCODING_UTF8] = {"\xEF\xBB\xBF", 3},
    };
    const char *first = bytes->data;

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (pb_slice_starts_with(*bytes, marks[i])) {
            *bytes = pb_slice_from(*bytes, marks[i].size_bytes);
            return (enum encoding)i;
        }
    }
    /* Two ASCII characters at the start, as any JSON text longer than one digit has. */
    for (size_t high = 0; high < 2 && bytes->size_bytes >= 4; high++)
        if (first[high] == '\0' && first[1 - high] != '\0' && first[2 + high] == '\0' &&
            first[3 - high] != '\0')
            return (enum encoding)high;
    return ENCODING_UTF8;
}

static uint32_t unit_at(struct pb_slice bytes, size_t index, enum encoding high)
{
    uint32_t first = (unsigned char)bytes.data[index + high];

    return first << 8 | (unsigned char)bytes.data[index + 1 - high];
}

/* The character at *index, which is moved behind it; half a surrogate pair stays as it is. */
static uint32_t read_character(struct pb_slice bytes, enum encoding high, size_t *index)
{
    uint32_t unit = unit_at(bytes, *index, high);

    *index += 2;
    if (unit < 0xD800 || unit > 0xDBFF || *index >= bytes.size_bytes)
        return unit;
    uint32_t low = unit_at(bytes, *index, high);
    if (low < 0xDC00 || low > 0xDFFF)
        return unit;
    *index += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

enum pb_status pb_text_decode(struct pb_slice bytes, struct pb_buffer *storage,
                              enum pb_text_outcome *outcome, struct pb_slice *text)
{
    enum encoding encoding = detect_encoding(&bytes);

    *outcome = PB_TEXT_DECODED;
    *text = PB_SLICE_ABSENT;
    if (encoding != ENCODING_UTF8) {
        pb_buffer_clear(storage);
        if (bytes.size_bytes % 2 != 0) {
            *outcome = PB_TEXT_DAMAGED;
            bytes.size_bytes--;
        }
        for (size_t i = 0; i < bytes.size_bytes;) {
            char *room = pb_buffer_reserve(storage, PB_UTF8_MOST_BYTES);
            if (room == NULL)
                return PB_FAILED_MEMORY;
            storage->size_bytes += pb_utf8_encode(read_character(bytes, encoding, &i), room);
        }
        bytes = pb_buffer_slice(storage);
    }
    while (bytes.size_bytes > 0 && bytes.data[bytes.size_bytes - 1] == '\0')
        bytes.size_bytes--;
    if (bytes.size_bytes > 0 && memchr(bytes.data, '\0', bytes.size_bytes) != NULL)
        *outcome = PB_TEXT_BINARY;
    else
        *text = bytes.data == NULL ? PB_SLICE("") : bytes;
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
#include "evidence/reader.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"

enum encoding { ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE };

static unsigned char byte_at(struct pb_slice bytes, size_t index)
{
    return (unsigned char)bytes.data[index];
}

/* Two ASCII characters at the start, as in any JSON text longer than one digit. */
static enum encoding guess_encoding(struct pb_slice bytes)
{
    if (bytes.size_bytes < 4)
        return ENCODING_UTF8;
    bool is_nul[4];
    for (size_t i = 0; i < 4; i++)
        is_nul[i] = bytes.data[i] == '\0';
    if (!is_nul[0] && is_nul[1] && !is_nul[2] && is_nul[3])
        return ENCODING_UTF16LE;
    if (is_nul[0] && !is_nul[1] && is_nul[2] && !is_nul[3])
        return ENCODING_UTF16BE;
    return ENCODING_UTF8;
}

/* Cuts a byte order mark off *bytes. */
static enum encoding detect_encoding(struct pb_slice *bytes)
{
    static const struct {
        struct pb_slice mark;
        enum encoding encoding;
    } marks[] = {
        {{"\xEF\xBB\xBF", 3}, ENCODING_UTF8},
        {{"\xFF\xFE", 2}, ENCODING_UTF16LE},
        {{"\xFE\xFF", 2}, ENCODING_UTF16BE},
    };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (pb_slice_starts_with(*bytes, marks[i].mark)) {
            *bytes = pb_slice_from(*bytes, marks[i].mark.size_bytes);
            return marks[i].encoding;
        }
    }
    return guess_encoding(*bytes);
}

static uint32_t unit_at(struct pb_slice bytes, size_t index, enum encoding encoding)
{
    uint32_t first = byte_at(bytes, index);
    uint32_t second = byte_at(bytes, index + 1);

    return encoding == ENCODING_UTF16LE ? first | second << 8 : first << 8 | second;
}

/* One character from *index on, which is moved behind it, or half a surrogate pair. */
static uint32_t read_character(struct pb_slice bytes, enum encoding encoding, size_t *index)
{
    uint32_t unit = unit_at(bytes, *index, encoding);

    *index += 2;
    if (unit < 0xD800 || unit > 0xDBFF || *index >= bytes.size_bytes)
        return unit;
    uint32_t low = unit_at(bytes, *index, encoding);
    if (low < 0xDC00 || low > 0xDFFF)
        return unit;
    *index += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static enum pb_status convert(struct pb_slice bytes, enum encoding encoding,
                              struct pb_buffer *storage, enum pb_text_outcome *outcome)
{
    if (bytes.size_bytes % 2 != 0) {
        *outcome = PB_TEXT_DAMAGED;
        bytes.size_bytes--;
    }
    for (size_t index = 0; index < bytes.size_bytes;) {
        char *room = pb_buffer_reserve(storage, PB_UTF8_MOST_BYTES);
        if (room == NULL)
            return PB_FAILED_MEMORY;
        storage->size_bytes += pb_utf8_encode(read_character(bytes, encoding, &index), room);
    }
    return PB_OK;
}

static struct pb_slice without_padding(struct pb_slice text)
{
    while (text.size_bytes > 0 && text.data[text.size_bytes - 1] == '\0')
        text.size_bytes--;
    return text;
}

enum pb_status pb_text_decode(struct pb_slice bytes, struct pb_buffer *storage,
                              enum pb_text_outcome *outcome, struct pb_slice *text)
{
    enum encoding encoding = detect_encoding(&bytes);

    *outcome = PB_TEXT_DECODED;
    *text = PB_SLICE_ABSENT;
    if (encoding != ENCODING_UTF8) {
        pb_buffer_clear(storage);
        enum pb_status status = convert(bytes, encoding, storage, outcome);
        if (status != PB_OK)
            return status;
        bytes = pb_buffer_slice(storage);
    }
    bytes = without_padding(bytes);
    if (bytes.size_bytes > 0 && memchr(bytes.data, '\0', bytes.size_bytes) != NULL) {
        *outcome = PB_TEXT_BINARY;
        return PB_OK;
    }
    *text = bytes.data == NULL ? PB_SLICE("") : bytes;
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdint.h>

#include "base/simd.h"

static bool is_continuation(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

size_t pb_utf8_sequence_size(struct pb_slice bytes)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    size_t size;
    unsigned char low = 0x80, high = 0xBF; /* what the second byte may be, RFC 3629 section 4 */

    if (bytes.size_bytes == 0)
        return 0;
    unsigned char lead = data[0];
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        size = 2;
    else if (lead >= 0xE0 && lead <= 0xEF)
        size = 3;
    else if (lead >= 0xF0 && lead <= 0xF4)
        size = 4;
    else
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (bytes.size_bytes < size || !is_continuation(data[1], low, high))
        return 0;
    for (size_t i = 2; i < size; i++)
        if (!is_continuation(data[i], 0x80, 0xBF))
            return 0;
    return size;
}

size_t pb_utf8_find_invalid(struct pb_slice bytes)
{
    for (size_t i = 0; i < bytes.size_bytes;) {
        if ((unsigned char)bytes.data[i] < 0x80) {
            i++;
            continue;
        }
        size_t size = pb_utf8_sequence_size(pb_slice_from(bytes, i));
        if (size == 0)
            return i;
        i += size;
    }
    return SIZE_MAX;
}

size_t pb_utf8_encode(uint32_t character, char bytes[PB_UTF8_MOST_BYTES])
{
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

    for (size_t i = size; i-- > 1; character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3F));
    bytes[0] = (char)(leads[size] | character);
    return size;
}

static uint32_t decode(const unsigned char *data, size_t size)
{
    if (size == 1)
        return data[0];
    uint32_t value = data[0] & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++)
        value = value << 6 | (data[i] & 0x3Fu);
    return value;
}

/* Unicode Technical Report 36, section 2.5 (bidirectional overrides) and invisible characters. */
static bool is_deceptive(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0) ||
           (character >= 0x200B && character <= 0x200F) ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xFEFF ||
           character == 0xAD || character == 0x61C || character == 0x180E ||
           (character >= 0x2060 && character <= 0x2064) ||
           (character >= 0xFFF9 && character <= 0xFFFB) ||
           (character >= 0xE0000 && character <= 0xE007F);
}

static bool is_printable_ascii(char byte)
{
    return byte >= 0x20 && byte < 0x7F;
}

/* The Unicode Standard, section 23.7. */
static bool is_noncharacter(uint32_t character)
{
    return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
}

static bool is_forbidden(uint32_t character, enum pb_escape how)
{
    return is_deceptive(character) || (how == PB_ESCAPE_MARKUP && is_noncharacter(character));
}

static void append_escaped(struct pb_buffer *buffer, struct pb_slice bytes)
{
    for (size_t i = 0; i < bytes.size_bytes; i++) {
        pb_buffer_append_string(buffer, "\\x");
        pb_buffer_append_hex(buffer, (const unsigned char *)bytes.data + i, 1);
    }
}

/* What stands for a printable character that the text's own syntax claims; NULL for any other. */
static const char *replacement(char character, enum pb_escape how)
{
    if (how == PB_ESCAPE_REVERSIBLE)
        return character == '\\' ? "\\\\" : NULL;
    if (how != PB_ESCAPE_MARKUP)
        return NULL;
    switch (character) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* How many bytes at the start are printable ASCII that no syntax claims; seldom all of them. */
static size_t count_plain_lanes(struct pb_slice bytes)
{
    size_t count = 0;

    for (; bytes.size_bytes - count >= PB_LANES; count += PB_LANES) {
        const pb_lanes lanes = pb_lanes_load(bytes.data + count);
        const pb_lanes is_other = (pb_lanes)(lanes < ' ') | (pb_lanes)(lanes >= 0x7F) |
                                  pb_lanes_equal(lanes, '\\') | pb_lanes_equal(lanes, '&') |
                                  pb_lanes_equal(lanes, '<') | pb_lanes_equal(lanes, '>') |
                                  pb_lanes_equal(lanes, '"') | pb_lanes_equal(lanes, '\'');
        if (pb_lanes_any(is_other))
            break;
    }
    return count;
}

void pb_escape_append(struct pb_buffer *buffer, struct pb_slice bytes, enum pb_escape how)
{
    size_t plain = 0; /* bytes from here to i go out as they are */

    for (size_t i = count_plain_lanes(bytes); i < bytes.size_bytes;) {
        const char *instead = replacement(bytes.data[i], how);
        if (is_printable_ascii(bytes.data[i]) && instead == NULL) {
            i++;
            continue;
        }
        struct pb_slice rest = pb_slice_from(bytes, i);
        size_t size = pb_utf8_sequence_size(rest);
        bool is_plain = size > 0 && instead == NULL &&
                        !is_forbidden(decode((const unsigned char *)rest.data, size), how);
        if (is_plain) {
            i += size;
            continue;
        }
        pb_buffer_append(buffer, pb_slice_first(pb_slice_from(bytes, plain), i - plain));
        size = size > 0 ? size : 1;
        if (instead != NULL)
            pb_buffer_append_string(buffer, instead);
        else
            append_escaped(buffer, pb_slice_first(rest, size));
        i += size;
        plain = i;
    }
    pb_buffer_append(buffer, pb_slice_from(bytes, plain));
}

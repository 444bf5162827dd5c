/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

size_t pb_utf8_decode(struct pb_slice bytes, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = bytes.size_bytes > 0 ? (unsigned char)bytes.data[0] : 0xFF;
    size_t size = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (size == 0 || lead >= 0xF8 || bytes.size_bytes < size)
        return 0;
    uint32_t value = size == 1 ? lead : lead & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if (pb_utf8_is_first(bytes.data[i]))
            return 0;
        value = value << 6 | ((unsigned char)bytes.data[i] & 0x3F);
    }
    if (character != NULL)
        *character = value;
    bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    return value < smallest[size] || value > 0x10FFFF || is_surrogate ? 0 : size;
}

size_t pb_utf8_find_invalid(struct pb_slice bytes)
{
    size_t size;
    for (size_t i = 0; i < bytes.size_bytes; i += size)
        if ((size = pb_utf8_decode(pb_slice_from(bytes, i), NULL)) == 0)
            return i;
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

/* Controls, line and paragraph separators, and Default_Ignorable_Code_Point of Unicode 15.0, which
 * has what is invisible, joins or turns text; with the annotations that it leaves out. */
bool pb_utf8_is_deceptive(uint32_t character)
{
    static const uint32_t ranges[][2] = {
        {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},
        {0x61C, 0x61C},     {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
        {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
        {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (character <= ranges[i][1])
            return character >= ranges[i][0];
    return false;
}

/* The escapes of ASCII characters that have one of their own. */
static const char *const replacements[][0x80] = {
    [PB_ESCAPE_REVERSIBLE] = {['\\'] = "\\\\"},
    [PB_ESCAPE_MARKUP] =
        {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"},
    [PB_ESCAPE_JSON] = {['\b'] = "\\b",
                        ['\t'] = "\\t",
                        ['\n'] = "\\n",
                        ['\f'] = "\\f",
                        ['\r'] = "\\r",
                        ['"'] = "\\\"",
                        ['\\'] = "\\\\"},
};

/* What a build server runs if it stands in a job's output: `::name::` that begins a line, and
 * `##[name]`, `##vso[name]` and `##teamcity[name]` anywhere. Text may be wrapped at a blank. */
static bool is_command(struct pb_slice bytes, size_t i)
{
    return i + 1 < bytes.size_bytes && bytes.data[i] == bytes.data[i + 1] &&
           (bytes.data[i] == '#' || (bytes.data[i] == ':' && (i == 0 || bytes.data[i - 1] == ' ')));
}

void pb_escape_append(struct pb_buffer *buffer, struct pb_slice bytes, enum pb_escape how)
{
    size_t plain = 0; /* bytes from here to i are appended as they are */
    uint32_t character;

    for (size_t i = 0; i < bytes.size_bytes;) {
        unsigned char first = (unsigned char)bytes.data[i];
        const char *instead = first < 0x80 ? replacements[how][first] : NULL;
        bool is_plain = how != PB_ESCAPE_LOG || !is_command(bytes, i);
        if (instead == NULL && first >= ' ' && first < 0x7F && is_plain) {
            i++;
            continue;
        }
        size_t size = pb_utf8_decode(pb_slice_from(bytes, i), &character);
        is_plain &=
            how != PB_ESCAPE_MARKUP || size == 0 || /* Unicode, section 23.7 */
            !((character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF));
        if (size > 0 && instead == NULL && is_plain && !pb_utf8_is_deceptive(character)) {
            i += size;
            continue;
        }
        pb_buffer_append(buffer, pb_slice_first(pb_slice_from(bytes, plain), i - plain));
        plain = i + (size > 0 ? size : 1);
        if (instead != NULL)
            pb_buffer_append_string(buffer, instead);
        else if (how == PB_ESCAPE_JSON && size == 0)
            pb_buffer_append_string(buffer, "\xEF\xBF\xBD");
        else if (how == PB_ESCAPE_JSON && character >= 0x10000) /* RFC 8259, section 7 */
            pb_buffer_append_format(buffer, "\\u%04x\\u%04x", 0xD7C0 + (character >> 10),
                                    0xDC00 + (character & 0x3FF));
        else if (how == PB_ESCAPE_JSON)
            pb_buffer_append_format(buffer, "\\u%04x", character);
        else
            for (; i < plain; i++)
                pb_buffer_append_format(buffer, "\\x%02x", (unsigned char)bytes.data[i]);
        i = plain;
    }
    pb_buffer_append(buffer, pb_slice_from(bytes, plain));
}

/* The value is the index of the high byte in a UTF-16 code unit, but for UTF-8. */
enum encoding { ENCODING_UTF16BE = 0, ENCODING_UTF16LE = 1, ENCODING_UTF8 };

/* Removes a byte order mark from *bytes: it is wrong where a byte of UTF-16 was lost behind it. */
static enum encoding detect_encoding(struct pb_slice *bytes)
{
    static const struct pb_slice marks[] = {
        [ENCODING_UTF16BE] = {"\xFE\xFF", 2},
        [ENCODING_UTF16LE] = {"\xFF\xFE", 2},
        [ENCODING_UTF8] = {"\xEF\xBB\xBF", 3},
    };
    enum encoding found = ENCODING_UTF16BE;

    while (found < ENCODING_UTF8 && !pb_slice_starts_with(*bytes, marks[found]))
        found++;
    if (pb_slice_starts_with(*bytes, marks[found]))
        *bytes = pb_slice_from(*bytes, marks[found].size_bytes);
    const char *first = bytes->data;
    /* Two ASCII characters at the start, as any JSON text longer than one digit has. */
    for (size_t high = 0; high < 2 && bytes->size_bytes >= 4; high++)
        if (first[high] == '\0' && first[1 - high] != '\0' && first[2 + high] == '\0' &&
            first[3 - high] != '\0')
            return (enum encoding)high;
    return found;
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

/* Whether it says "ServerCertificate" or "server-certificate/" in letters that all code pages of
 * EBCDIC have. A text in one begins with a letter, a brace, a blank, a line's end or a dash. */
static bool is_ebcdic(struct pb_slice bytes)
{
    const struct pb_slice field =
        PB_SLICE("\xE2\x85\x99\xA5\x85\x99\xC3\x85\x99\xA3\x89\x86\x89\x83\x81\xA3\x85");
    const struct pb_slice resource =
        PB_SLICE("\xA2\x85\x99\xA5\x85\x99\x60\x83\x85\x99\xA3\x89\x86\x89\x83\x81\xA3\x85\x61");
    unsigned char first = bytes.size_bytes > 0 ? (unsigned char)bytes.data[0] : 0;

    return (first >= 0x80 || strchr("\x15\x25\x40\x60", first) != NULL) &&
           (pb_slice_find(bytes, field, 0) != SIZE_MAX ||
            pb_slice_find(bytes, resource, 0) != SIZE_MAX);
}

enum pb_text_outcome pb_text_decode(struct pb_slice bytes, struct pb_buffer *storage,
                                    struct pb_slice *text)
{
    enum encoding encoding = detect_encoding(&bytes);
    enum pb_text_outcome outcome = PB_TEXT_DECODED;

    *text = PB_SLICE_ABSENT;
    if (is_ebcdic(bytes))
        return PB_TEXT_EBCDIC;
    /* Another program appended to UTF-16 in its own encoding. */
    if (encoding != ENCODING_UTF8 && pb_contains_any(bytes, "certificate"))
        return PB_TEXT_BINARY;
    if (encoding != ENCODING_UTF8) {
        pb_buffer_clear(storage);
        if (bytes.size_bytes % 2 != 0) {
            outcome = PB_TEXT_DAMAGED;
            bytes.size_bytes--;
        }
        for (size_t i = 0; i < bytes.size_bytes;) {
            char *room = pb_buffer_reserve(storage, PB_UTF8_MOST_BYTES);
            if (room == NULL)
                break;
            storage->size_bytes += pb_utf8_encode(read_character(bytes, encoding, &i), room);
        }
        bytes = pb_buffer_slice(storage);
    }
    while (bytes.size_bytes > 0 && bytes.data[bytes.size_bytes - 1] == '\0')
        bytes.size_bytes--;
    if (bytes.size_bytes > 0 && memchr(bytes.data, '\0', bytes.size_bytes) != NULL)
        return PB_TEXT_BINARY;
    *text = bytes.data == NULL ? PB_SLICE("") : bytes;
    return outcome;
}

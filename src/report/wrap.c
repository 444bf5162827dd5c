/* SPDX-License-Identifier: MIT */
/* Text in columns: widths by code points, wrapping and shortening, for reports of plain text. */
#include "report/model.h"

#include "base/utf8.h"

struct range {
    uint32_t first, last;
};

/* Unicode Standard Annex 11 (East Asian Width), W and F, with small gaps closed. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};

/* Unicode's blocks of combining diacritical marks, and the variation selectors. */
static const struct range zero[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
};

static bool contains(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count && ranges[i].first <= character; i++)
        if (character <= ranges[i].last)
            return true;
    return false;
}

/* The character that starts the text, its columns and its bytes; a stray byte is one column. */
static size_t measure(struct pb_slice text, size_t *size_bytes)
{
    const unsigned char *data = (const unsigned char *)text.data;

    *size_bytes = 1;
    if (data[0] < 0x80)
        return 1;
    size_t size = pb_utf8_sequence_size(text);
    *size_bytes = size > 0 ? size : 1;
    if (size <= 1)
        return 1;
    uint32_t character = data[0] & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++)
        character = character << 6 | (data[i] & 0x3Fu);
    if (contains(zero, sizeof zero / sizeof zero[0], character))
        return 0;
    return contains(wide, sizeof wide / sizeof wide[0], character) ? 2 : 1;
}

/* How many bytes at the start are ASCII: a column each. */
static size_t count_ascii(struct pb_slice text)
{
    size_t count = 0;

    while (count < text.size_bytes && (unsigned char)text.data[count] < 0x80)
        count++;
    return count;
}

size_t pb_text_width(struct pb_slice text)
{
    size_t width = count_ascii(text), size;

    for (text = pb_slice_from(text, width); text.size_bytes > 0; text = pb_slice_from(text, size))
        width += measure(text, &size);
    return width;
}

/* How many bytes from the start fit into so many columns. */
static size_t fitting_bytes(struct pb_slice text, size_t columns)
{
    size_t bytes = count_ascii(pb_slice_first(text, columns)), size;

    columns -= bytes;
    while (bytes < text.size_bytes) {
        size_t width = measure(pb_slice_from(text, bytes), &size);
        if (width > columns)
            break;
        columns -= width;
        bytes += size;
    }
    return bytes;
}

/* Where to end a line of which at most limit bytes fit; 0 where there is no good place. */
static size_t find_break(struct pb_slice text, size_t limit)
{
    for (size_t i = limit; i > 0; i--)
        if (text.data[i] == ' ')
            return i;
    for (size_t i = limit; i > 0; i--)
        if (text.data[i - 1] == '/')
            return i;
    for (size_t i = limit; i > 0; i--)
        if (text.data[i - 1] == ',' || text.data[i - 1] == '-')
            return i;
    return 0;
}

bool pb_take_line(struct pb_slice *text, struct pb_slice *line)
{
    size_t end = pb_slice_find(*text, PB_SLICE("\n"), 0);

    if (text->size_bytes == 0)
        return false;
    *line = pb_slice_first(*text, end);
    *text = end == SIZE_MAX ? PB_SLICE("") : pb_slice_from(*text, end + 1);
    return true;
}

void pb_text_wrap(struct pb_buffer *buffer, struct pb_slice text, size_t column, size_t indent)
{
    for (;;) {
        size_t room = column < PB_TEXT_COLUMNS ? PB_TEXT_COLUMNS - column : 0;
        size_t fitting = fitting_bytes(text, room);
        if (fitting == text.size_bytes) {
            pb_buffer_append(buffer, text);
            return;
        }
        size_t end = find_break(text, fitting);
        if (end == 0 && column <= indent)
            end = fitting;
        pb_buffer_append(buffer, pb_slice_first(text, end));
        while (end < text.size_bytes && text.data[end] == ' ')
            end++;
        text = pb_slice_from(text, end);
        if (text.size_bytes == 0)
            return;
        pb_buffer_append_byte(buffer, '\n');
        pb_buffer_append_repeated(buffer, ' ', indent);
        column = indent;
    }
}

void pb_text_shorten(struct pb_buffer *buffer, struct pb_slice text, size_t width)
{
    size_t whole = pb_text_width(text);

    if (whole <= width) {
        pb_buffer_append(buffer, text);
        return;
    }
    size_t head = width * 3 / 8;
    size_t tail = width - head - 1;
    pb_buffer_append(buffer, pb_slice_first(text, fitting_bytes(text, head)));
    pb_buffer_append_string(buffer, "…");
    /* A wide character that straddles the cut goes with what is left out. */
    size_t start = fitting_bytes(text, whole - tail), size;
    if (pb_text_width(pb_slice_from(text, start)) > tail) {
        measure(pb_slice_from(text, start), &size);
        start += size;
    }
    pb_buffer_append(buffer, pb_slice_from(text, start));
}

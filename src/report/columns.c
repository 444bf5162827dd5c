/* SPDX-License-Identifier: MIT */
/* Text in columns: how wide it is, and how it is wrapped and shortened. */
#include "report/report.h"

#include <string.h>

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

/* So many marks on one character take no column; terminals differ in how they show more. */
#define MOST_MARKS 2

/* The columns of the character that starts the text, and its bytes; a stray byte is one column. */
static size_t measure(struct pb_slice text, size_t *size_bytes)
{
    uint32_t character;
    size_t size = pb_utf8_decode(text, &character);

    *size_bytes = size > 0 ? size : 1;
    if (size <= 1)
        return 1;
    if (contains(zero, sizeof zero / sizeof zero[0], character))
        return 0;
    return contains(wide, sizeof wide / sizeof wide[0], character) ? 2 : 1;
}

/* How many bytes from the start fit into so many columns, and how many of these they use. */
static size_t fit(struct pb_slice text, size_t columns, size_t *used)
{
    size_t bytes = 0, size, marks = 0;

    for (*used = 0; bytes < text.size_bytes; bytes += size) {
        size_t width = size = 1; /* nearly all is ASCII: no call */
        if ((unsigned char)text.data[bytes] >= 0x80)
            width = measure(pb_slice_from(text, bytes), &size);
        marks = width == 0 ? marks + 1 : 0;
        width += marks > MOST_MARKS;
        if (width > columns - *used)
            break;
        *used += width;
    }
    return bytes;
}

size_t pb_text_width(struct pb_slice text)
{
    size_t width;

    fit(text, SIZE_MAX, &width);
    return width;
}

void pb_text_wrap(struct pb_buffer *buffer, struct pb_slice text, size_t column, size_t indent,
                  size_t columns)
{
    for (;;) {
        size_t used, end = fit(text, column < columns ? columns - column : 0, &used);
        if (end == text.size_bytes) {
            pb_buffer_append(buffer, text);
            return;
        }
        while (end > 0 && text.data[end] != ' ')
            end--;
        if (end == 0 && column <= indent) /* a word that is to be copied whole */
            end = pb_slice_first(text, pb_slice_find(text, PB_SLICE(" "), 0)).size_bytes;
        pb_buffer_append(buffer, pb_slice_first(text, end));
        text = pb_slice_from(text, pb_skip(text, end, " "));
        if (text.size_bytes == 0)
            return;
        pb_buffer_append_byte(buffer, '\n');
        pb_buffer_append_repeated(buffer, ' ', indent);
        column = indent;
    }
}

void pb_text_shorten(struct pb_buffer *buffer, struct pb_slice text, size_t width)
{
    size_t whole = pb_text_width(text), head = width * 3 / 8, tail = width - head - 1, used, size;

    if (whole <= width) {
        pb_buffer_append(buffer, text);
        return;
    }
    pb_buffer_append(buffer, pb_slice_first(text, fit(text, head, &used)));
    pb_buffer_append_string(buffer, "…");
    size_t start = fit(text, whole - tail, &used);
    if (used < whole - tail) { /* the cut is inside a wide character: it is left out */
        measure(pb_slice_from(text, start), &size);
        start += size;
    }
    pb_buffer_append(buffer, pb_slice_from(text, start));
}

/* SPDX-License-Identifier: MIT */
/* Text in columns: widths by code points, wrapping and shortening. */
#ifndef PB_REPORT_LAYOUT_H
#define PB_REPORT_LAYOUT_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

#define PB_LAYOUT_COLUMNS 80

/*
 * Text here is what pb_escape_append made: valid UTF-8 without control characters. A code point
 * counts one column, the usual East Asian wide ranges and emoji two, combining marks of the Latin
 * and Cyrillic kind none; other scripts' marks count one, so that a line may look shorter than it
 * is counted, never longer.
 */
size_t pb_layout_width(struct pb_slice text);

/*
 * Appends text that starts in column (from 0) of the current line, and goes on in column indent of
 * the next ones, so that no line passes PB_LAYOUT_COLUMNS. Lines break at a blank, else after '/',
 * else after ',' or '-', else anywhere. indent must leave at least ten columns.
 */
void pb_layout_wrap(struct pb_buffer *buffer, struct pb_slice text, size_t column, size_t indent);

/* Appends text; where it is wider than width (at least 20), three eighths of it from the start, an
 * ellipsis, and its end, which tells paths apart. */
void pb_layout_shorten(struct pb_buffer *buffer, struct pb_slice text, size_t width);

#endif

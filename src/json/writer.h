/* SPDX-License-Identifier: MIT */
/* Writes JSON as it goes along, so that a report of any size needs little memory. */
#ifndef PB_JSON_WRITER_H
#define PB_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

#define PB_JSON_DEEPEST 16

/*
 * Appends to a buffer, whose sticky failure is the writer's. The layout is fixed: containers
 * opened at a depth below inline_depth have one member a line, indented by two blanks a level;
 * deeper ones stand on one line. Keys and values alternate as JSON demands; the caller keeps that
 * order. Not safe for two threads at once.
 */
struct pb_json_writer {
    struct pb_buffer *buffer; /* borrowed; the caller may empty it between calls */
    unsigned inline_depth;
    unsigned depth; /* private from here on */
    bool is_after_key;
    bool has_members[PB_JSON_DEEPEST];
};

void pb_json_writer_init(struct pb_json_writer *writer, struct pb_buffer *buffer,
                         unsigned inline_depth);

void pb_json_write_begin_object(struct pb_json_writer *writer);
void pb_json_write_end_object(struct pb_json_writer *writer);
void pb_json_write_begin_array(struct pb_json_writer *writer);
void pb_json_write_end_array(struct pb_json_writer *writer);

void pb_json_write_key(struct pb_json_writer *writer, const char *key); /* plain ASCII */

/* An absent slice is null. Bytes that are not UTF-8 are written as U+FFFD. */
void pb_json_write_string(struct pb_json_writer *writer, struct pb_slice text);
void pb_json_write_number(struct pb_json_writer *writer, uint64_t value);
/* Decimal digits of any length, as they stand; absent is null. */
void pb_json_write_digits(struct pb_json_writer *writer, struct pb_slice digits);
void pb_json_write_boolean(struct pb_json_writer *writer, bool value);
void pb_json_write_null(struct pb_json_writer *writer);
/* Lower-case hexadecimal text. */
void pb_json_write_hex(struct pb_json_writer *writer, const unsigned char *bytes,
                       size_t size_bytes);

#endif

/* SPDX-License-Identifier: MIT */
/* Growing bytes with a ceiling and a sticky failure, so that writers need not test every append. */
#ifndef PB_BASE_BUFFER_H
#define PB_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * Owns data. Once an append fails (no memory, or the ceiling would be passed) has_failed stays
 * set and further appends do nothing; the bytes appended before it stay readable.
 */
struct pb_buffer {
    char *data;
    size_t size_bytes;
    size_t capacity_bytes;
    size_t ceiling_bytes;
    bool has_failed;
};

/* ceiling_bytes: the size that the buffer never passes; SIZE_MAX for none. Allocates nothing. */
void pb_buffer_init(struct pb_buffer *buffer, size_t ceiling_bytes);
void pb_buffer_release(struct pb_buffer *buffer);
/* Empties the buffer and its failure, and keeps its memory. */
void pb_buffer_clear(struct pb_buffer *buffer);

/* What pb_buffer_reserve does where the buffer as it stands has no room, or has failed. */
char *pb_buffer_grow(struct pb_buffer *buffer, size_t size_bytes);

/* Room for size_bytes more at the end, to be written by the caller and then claimed by raising
 * size_bytes; NULL (and has_failed) when there is none. Valid until the next append. */
static inline char *pb_buffer_reserve(struct pb_buffer *buffer, size_t size_bytes)
{
    return buffer->data != NULL && !buffer->has_failed &&
                   size_bytes <= buffer->capacity_bytes - buffer->size_bytes
               ? buffer->data + buffer->size_bytes
               : pb_buffer_grow(buffer, size_bytes);
}

static inline void pb_buffer_append(struct pb_buffer *buffer, struct pb_slice bytes)
{
    char *room = bytes.size_bytes > 0 ? pb_buffer_reserve(buffer, bytes.size_bytes) : NULL;

    if (room == NULL)
        return;
    memcpy(room, bytes.data, bytes.size_bytes);
    buffer->size_bytes += bytes.size_bytes;
}

static inline void pb_buffer_append_string(struct pb_buffer *buffer, const char *text)
{
    pb_buffer_append(buffer, pb_slice_from_string(text));
}

static inline void pb_buffer_append_byte(struct pb_buffer *buffer, char byte)
{
    char *room = pb_buffer_reserve(buffer, 1);

    if (room == NULL)
        return;
    *room = byte;
    buffer->size_bytes++;
}

/* count copies of the byte. */
void pb_buffer_append_repeated(struct pb_buffer *buffer, char byte, size_t count);
PB_PRINTF(2, 3)
void pb_buffer_append_format(struct pb_buffer *buffer, const char *format, ...);

/* In decimal; what "%llu" would append takes ten times as long. */
void pb_buffer_append_number(struct pb_buffer *buffer, uint64_t number);
/* Lower-case hexadecimal. */
void pb_buffer_append_hex(struct pb_buffer *buffer, const unsigned char *bytes, size_t size_bytes);

/* What was appended so far; valid until the next append. Never absent, even when empty. */
struct pb_slice pb_buffer_slice(const struct pb_buffer *buffer);

#endif

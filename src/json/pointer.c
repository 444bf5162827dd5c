/* SPDX-License-Identifier: MIT */
#include "json/pointer.h"

#include <stdint.h>

/* The two characters that RFC 6901 section 3 spells otherwise: '~' as "~0", '/' as "~1". */
static char code_of(char byte)
{
    return byte == '~' ? '0' : byte == '/' ? '1' : '\0';
}

void pb_pointer_append_part(struct pb_buffer *pointer, struct pb_slice key)
{
    /* A size that cannot be doubled is above every ceiling as it stands. */
    char *out =
        pb_buffer_reserve(pointer, key.size_bytes > SIZE_MAX / 2 ? SIZE_MAX : key.size_bytes * 2);
    if (out == NULL)
        return;
    for (size_t i = 0; i < key.size_bytes; i++) {
        char code = code_of(key.data[i]);
        *out++ = code != '\0' ? '~' : key.data[i];
        if (code != '\0')
            *out++ = code;
    }
    pointer->size_bytes = (size_t)(out - pointer->data);
}

size_t pb_pointer_push_key(struct pb_buffer *pointer, struct pb_slice key)
{
    size_t before = pointer->size_bytes;

    pb_buffer_append_byte(pointer, '/');
    pb_pointer_append_part(pointer, key);
    return before;
}

size_t pb_pointer_push_index(struct pb_buffer *pointer, size_t index)
{
    size_t before = pointer->size_bytes;

    pb_buffer_append_byte(pointer, '/');
    pb_buffer_append_number(pointer, index);
    return before;
}

void pb_pointer_cut(struct pb_buffer *pointer, size_t size_bytes)
{
    pointer->size_bytes = size_bytes;
}

/* SPDX-License-Identifier: MIT */
#include "json/pointer.h"

size_t pb_pointer_push_key(struct pb_buffer *pointer, struct pb_slice key)
{
    size_t before = pointer->size_bytes;

    pb_buffer_append_byte(pointer, '/');
    for (size_t i = 0; i < key.size_bytes; i++) {
        if (key.data[i] == '~')
            pb_buffer_append_string(pointer, "~0");
        else if (key.data[i] == '/')
            pb_buffer_append_string(pointer, "~1");
        else
            pb_buffer_append_byte(pointer, key.data[i]);
    }
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

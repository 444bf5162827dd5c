/* SPDX-License-Identifier: MIT */
#include "base/message.h"

#include <stdint.h>
#include <stdio.h>

#include "base/escape.h"

/* A message quotes input, and input may be long: the sentence is cut, its place is kept apart. */
#define LONGEST_MESSAGE_BYTES 1024

bool pb_message_format_list(struct pb_arena *arena, struct pb_slice *message, const char *format,
                            va_list arguments)
{
    char text[LONGEST_MESSAGE_BYTES];
    struct pb_buffer escaped;

    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        return false;
    pb_buffer_init(&escaped, SIZE_MAX);
    pb_escape_append(&escaped, pb_slice_from_string(text), PB_ESCAPE_CONTROLS);
    bool is_copied =
        !escaped.has_failed && pb_arena_copy(arena, pb_buffer_slice(&escaped), message);
    pb_buffer_release(&escaped);
    return is_copied;
}

bool pb_message_format(struct pb_arena *arena, struct pb_slice *message, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool is_copied = pb_message_format_list(arena, message, format, arguments);
    va_end(arguments);
    return is_copied;
}

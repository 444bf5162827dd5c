/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* A message quotes input, and input may be long: the sentence is cut, its place is kept apart. */
#define LONGEST_MESSAGE_BYTES 1024

/* Takes away the last character of a text that was cut, for half of it may be missing. */
static void cut_at_character(char *text)
{
    size_t end = strlen(text);

    while (end > 0 && ((unsigned char)text[end - 1] & 0xC0) == 0x80)
        end--;
    if (end > 0 && (unsigned char)text[end - 1] >= 0xC0)
        end--;
    text[end] = '\0';
}

enum pb_status pb_error_set(struct pb_error *error, enum pb_status status, const char *format, ...)
{
    if (error == NULL || error->status != PB_OK)
        return status;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (length < 0)
        error->message[0] = '\0';
    else if ((size_t)length >= sizeof error->message)
        cut_at_character(error->message);
    return status;
}

enum pb_status pb_error_memory(struct pb_error *error)
{
    return pb_error_set(error, PB_FAILED_MEMORY, "out of memory");
}

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

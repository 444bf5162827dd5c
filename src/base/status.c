/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

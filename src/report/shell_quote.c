/* SPDX-License-Identifier: MIT */
#include "report/shell_quote.h"

#define LONGEST_NAME 128
#define LONGEST_ARN 2048

void pb_shell_quote_append(struct pb_buffer *buffer, struct pb_slice text)
{
    pb_buffer_append_byte(buffer, '\'');
    for (size_t i = 0; i < text.size_bytes; i++) {
        if (text.data[i] == '\'')
            pb_buffer_append_string(buffer, "'\\''");
        else
            pb_buffer_append_byte(buffer, text.data[i]);
    }
    pb_buffer_append_byte(buffer, '\'');
}

/* Whether there are 1 to most bytes, each an ASCII letter, a digit or one of the marks. */
static bool consists_of(struct pb_slice text, const char *marks, size_t most)
{
    if (text.size_bytes == 0 || text.size_bytes > most)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++) {
        char byte = text.data[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_letter && !is_digit && (byte == '\0' || strchr(marks, byte) == NULL))
            return false;
    }
    return true;
}

bool pb_shell_is_certificate_name(struct pb_slice name)
{
    return consists_of(name, "_+=,.@-", LONGEST_NAME);
}

bool pb_shell_is_plain(struct pb_slice text)
{
    return consists_of(text, "-", LONGEST_NAME) && text.data[0] != '-';
}

bool pb_shell_is_arn(struct pb_slice text)
{
    return consists_of(text, ":/-_.", LONGEST_ARN) && pb_slice_starts_with(text, PB_SLICE("arn:"));
}

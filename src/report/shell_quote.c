/* SPDX-License-Identifier: MIT */
#include "report/shell_quote.h"

#define LONGEST_NAME 128

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

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("_+=,.@-", byte) != NULL);
}

bool pb_shell_is_certificate_name(struct pb_slice name)
{
    if (name.size_bytes == 0 || name.size_bytes > LONGEST_NAME)
        return false;
    for (size_t i = 0; i < name.size_bytes; i++)
        if (!is_name_byte(name.data[i]))
            return false;
    return true;
}

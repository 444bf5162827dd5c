/* SPDX-License-Identifier: MIT */
#include "inventory/gap.h"

#include <stdarg.h>

#include "base/message.h"

enum pb_status pb_gap_add(struct pb_inventory *inventory, struct pb_gap about, const char *format,
                          ...)
{
    struct pb_gap *gap = pb_vector_push(&inventory->gaps);
    va_list arguments;

    if (gap == NULL)
        return PB_FAILED_MEMORY;
    *gap = about;
    va_start(arguments, format);
    bool is_copied =
        pb_message_format_list(&inventory->evidence.arena, &gap->message, format, arguments);
    va_end(arguments);
    return is_copied ? PB_OK : PB_FAILED_MEMORY;
}

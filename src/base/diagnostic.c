/* SPDX-License-Identifier: MIT */
#include "base/diagnostic.h"

#include <stdarg.h>

#include "base/message.h"

const char *pb_severity_name(enum pb_severity severity)
{
    static const char *const names[] = {
        [PB_SEVERITY_NOTE] = "note",
        [PB_SEVERITY_WARNING] = "warning",
        [PB_SEVERITY_ERROR] = "error",
    };

    return names[severity];
}

void pb_diagnostics_init(struct pb_diagnostics *list, struct pb_arena *arena)
{
    *list = (struct pb_diagnostics){.arena = arena, .entry = PB_NO_ENTRY};
    pb_vector_init(&list->items, sizeof(struct pb_diagnostic));
}

void pb_diagnostics_release(struct pb_diagnostics *list)
{
    pb_vector_release(&list->items);
}

enum pb_status pb_diagnostics_add(struct pb_diagnostics *list, enum pb_severity severity,
                                  const char *code, struct pb_diagnostic **added,
                                  const char *format, ...)
{
    struct pb_diagnostic *diagnostic = pb_vector_push(&list->items);

    if (diagnostic == NULL)
        return PB_FAILED_MEMORY;
    diagnostic->severity = severity;
    diagnostic->code = code;
    diagnostic->entry = list->entry;
    va_list arguments;
    va_start(arguments, format);
    bool is_copied = pb_message_format_list(list->arena, &diagnostic->message, format, arguments);
    va_end(arguments);
    if (!is_copied) {
        list->items.count--;
        return PB_FAILED_MEMORY;
    }
    if (added != NULL)
        *added = diagnostic;
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdio.h>

#include "base/sentences.inc"

/* A message quotes input, which may be long, so it is cut. Its place is not part of it. */
#define LONGEST_MESSAGE_BYTES 1024

enum pb_status pb_error_set(struct prebleed_error *error, enum pb_status status, const char *format,
                            ...)
{
    if (error == NULL || error->status != PREBLEED_OK)
        return status;
    error->status = (enum prebleed_status)status;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    size_t end = length < 0 ? 0 : (size_t)length;
    if (end >= sizeof error->message) {
        /* Half of the last character may be missing. */
        end = sizeof error->message - 1;
        while (end > 0 && ((unsigned char)error->message[end - 1] & 0xC0) == 0x80)
            end--;
        end -= end > 0 && (unsigned char)error->message[end - 1] >= 0xC0;
    }
    error->message[end] = '\0';
    return status;
}

struct pb_slice pb_message_format_list(struct pb_arena *arena, const char *format,
                                       va_list arguments)
{
    char text[LONGEST_MESSAGE_BYTES] = "";
    struct pb_buffer escaped = {0};
    escaped.has_failed = vsnprintf(text, sizeof text, format, arguments) < 0;
    pb_escape_append(&escaped, pb_slice_from_string(text), PB_ESCAPE_CONTROLS);
    struct pb_slice message = pb_arena_copy_buffer(arena, &escaped);
    pb_buffer_release(&escaped);
    return message;
}

struct pb_slice pb_message_format(struct pb_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct pb_slice message = pb_message_format_list(arena, format, arguments);
    va_end(arguments);
    return message;
}

const char *const pb_severity_names[] = {"note", "warning", "error"};
const char *const pb_entry_status_names[] = {"used", "ignored", "unreadable", "skipped",
                                             "container"};

void pb_diagnostics_release(struct pb_diagnostics *list)
{
    pb_vector_release(&list->items);
    pb_arena_release(&list->arena);
}

struct pb_diagnostic *pb_diagnostics_add(struct pb_diagnostics *list, enum pb_severity severity,
                                         const char *code, const char *format, ...)
{
    struct pb_diagnostic made = {.entry = list->entry, .severity = severity, .code = code};
    va_list arguments;

    if (list->is_counting && list->added++ >= PB_MOST_DIAGNOSTICS_AN_ENTRY) {
        list->worst = severity > list->worst ? severity : list->worst;
        return &list->spare;
    }
    va_start(arguments, format);
    made.message = pb_message_format_list(&list->arena, format, arguments);
    va_end(arguments);
    bool is_added = !list->arena.has_failed && pb_vector_append(&list->items, &made, sizeof made);
    list->has_failed |= !is_added;
    return !is_added ? &list->spare
                     : &PB_VECTOR_AT(struct pb_diagnostic, &list->items, list->items.count - 1);
}

void pb_diagnostics_begin_entry(struct pb_diagnostics *list, uint32_t entry)
{
    list->entry = entry;
    list->is_counting = true;
    list->added = 0;
    list->worst = PB_SEVERITY_NOTE;
    list->mark = pb_arena_mark(&list->arena);
    list->mark_count = list->items.count;
}

void pb_diagnostics_end_entry(struct pb_diagnostics *list)
{
    list->is_counting = false;
    if (list->added > PB_MOST_DIAGNOSTICS_AN_ENTRY) /* it sorts behind all others of its entry */
        pb_diagnostics_add(list, list->worst, "and-more", PB_SAY_MORE_OF_FILE,
                           list->added - PB_MOST_DIAGNOSTICS_AN_ENTRY)
            ->offset_bytes = UINT64_MAX;
}

void pb_diagnostics_keep_first(struct pb_diagnostics *list, size_t count)
{
    if (count == list->mark_count)
        pb_arena_rewind(&list->arena, list->mark);
    list->items.count = count;
    list->added = count - list->mark_count;
    list->worst = PB_SEVERITY_NOTE;
}

void pb_diagnostics_close(struct pb_diagnostics *list)
{
    const size_t *counts = list->left_out_of_all;
    enum pb_severity worst = PB_SEVERITY_ERROR;

    while (counts[worst] == 0 && worst > PB_SEVERITY_NOTE)
        worst--;
    if (counts[worst] == 0)
        return;
    list->entry = PB_NO_ENTRY;
    pb_diagnostics_add(list, worst, "and-more", PB_SAY_MORE_OF_ALL, counts[PB_SEVERITY_ERROR],
                       counts[PB_SEVERITY_WARNING], counts[PB_SEVERITY_NOTE])
        ->offset_bytes = UINT64_MAX; /* sorts behind all others of its entry */
}

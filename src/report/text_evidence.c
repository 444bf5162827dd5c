/* SPDX-License-Identifier: MIT */
/* The text report's sections about the evidence: what was not read, and what was odd. */
#include "report/text_report.h"

#include "base/diagnostic.h"

/* So much is printed without -v; the rest is counted, and stands in the json report. */
#define MOST_ENTRIES 50
#define MOST_DIAGNOSTICS 10

/* One of the two sections on its way. */
struct section {
    const char *title;
    bool is_about_unread; /* else about what was read, ignored, or no evidence at all */
    size_t shown, more;
};

static bool is_unread(const struct text_report *report, uint32_t entry)
{
    enum pb_entry_status status;

    if (entry == PB_NO_ENTRY)
        return false;
    status = pb_batch_entry(&report->result->inventory->evidence, entry)->status;
    return status == PB_ENTRY_UNREADABLE || status == PB_ENTRY_SKIPPED;
}

static bool is_shown(const struct text_report *report, const struct pb_diagnostic *diagnostic)
{
    return report->options.is_verbose || diagnostic->severity != PB_SEVERITY_NOTE;
}

static void write_diagnostic(struct text_report *report, const struct pb_diagnostic *diagnostic)
{
    struct pb_buffer *value = text_begin(report);

    text_append_words(report, pb_severity_name(diagnostic->severity));
    struct pb_place place = pb_place_of_diagnostic(diagnostic);
    if (place.line > 0 || place.pointer.size_bytes > 0) {
        text_append_words(report, " at ");
        pb_place_append_inside(value, place);
    }
    pb_buffer_append_format(value, ", %s: ", diagnostic->code);
    text_append(report, diagnostic->message);
    text_end_line(report, 2 * TEXT_INDENT, TEXT_PLAIN);
}

static void write_diagnostics(struct text_report *report, size_t first, size_t end)
{
    size_t shown = 0, more = 0;

    for (size_t i = first; i < end; i++) {
        if (!is_shown(report, report->diagnostics[i]))
            continue;
        if (shown < MOST_DIAGNOSTICS || report->options.is_verbose) {
            write_diagnostic(report, report->diagnostics[i]);
            shown++;
        } else {
            more++;
        }
    }
    if (more == 0)
        return;
    text_begin(report);
    text_append_words(report, "and ");
    text_append_count(report, more, "more diagnostic");
    text_append_words(report, ": the json report lists all");
    text_end_line(report, 2 * TEXT_INDENT, TEXT_PLAIN);
}

static void write_entry(struct text_report *report, uint32_t index)
{
    struct pb_buffer *value = text_begin(report);

    if (index == PB_NO_ENTRY) {
        text_append_words(report, "the evidence as a whole");
        text_end_line(report, TEXT_INDENT, TEXT_PLAIN);
        return;
    }
    pb_place_append(value, report->result->inventory, (struct pb_place){.entry = index});
    text_end_line(report, TEXT_INDENT, TEXT_PLAIN);
    if (!is_unread(report, index))
        return;
    const struct pb_entry *entry = pb_inventory_entry(report->result->inventory, index);
    text_begin(report);
    text_append_words(report, pb_entry_status_name(entry->status));
    if (!pb_slice_is_absent(entry->detail)) {
        text_append_words(report, ": ");
        text_append(report, entry->detail);
    }
    text_end_line(report, 2 * TEXT_INDENT, TEXT_PLAIN);
}

static void write_title(struct text_report *report, const char *title)
{
    text_write_blank_line(report);
    text_begin(report);
    text_append_words(report, title);
    text_end_line(report, 0, TEXT_STRONG);
}

/* One entry and its diagnostics, those from first to end. */
static void write_group(struct text_report *report, struct section *section, uint32_t entry,
                        size_t first, size_t end)
{
    if (section->shown == MOST_ENTRIES && !report->options.is_verbose) {
        section->more++;
        return;
    }
    if (section->shown++ == 0)
        write_title(report, section->title);
    write_entry(report, entry);
    write_diagnostics(report, first, end);
}

static bool has_shown(const struct text_report *report, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (is_shown(report, report->diagnostics[i]))
            return true;
    return false;
}

/* Entries and diagnostics stand in the same order, "none" first: walks both once. */
static void write_section(struct text_report *report, struct section *section)
{
    const struct pb_batch *evidence = &report->result->inventory->evidence;
    size_t first = 0;
    uint32_t entry = PB_NO_ENTRY;
    size_t count = evidence->entries.count;

    for (size_t step = 0; step <= count && !report->sink->has_failed; step++) {
        size_t end = first;
        while (end < evidence->diagnostics.items.count && report->diagnostics[end]->entry == entry)
            end++;
        if (is_unread(report, entry) == section->is_about_unread &&
            (section->is_about_unread || has_shown(report, first, end)))
            write_group(report, section, entry, first, end);
        first = end;
        entry++; /* from "none" to the first */
    }
    if (section->more == 0)
        return;
    text_begin(report);
    text_append_words(report, "and ");
    text_append_count(report, section->more, "more item");
    text_append_words(report, ": the json report lists all");
    text_end_line(report, TEXT_INDENT, TEXT_PLAIN);
}

void text_write_evidence(struct text_report *report)
{
    struct section sections[] = {
        {.title = "evidence that was not read", .is_about_unread = true},
        {.title = "evidence to look at", .is_about_unread = false},
    };

    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        write_section(report, &sections[i]);
}

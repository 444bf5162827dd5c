/* SPDX-License-Identifier: MIT */
/* The html report's evidence ledger and its diagnostics. */
#include "report/html_report.h"

#include "base/diagnostic.h"

static void write_status(struct html_report *report, enum pb_entry_status status)
{
    static const char *const kinds[] = {
        [PB_ENTRY_USED] = "good",           [PB_ENTRY_IGNORED] = "plain",
        [PB_ENTRY_UNREADABLE] = "doubtful", [PB_ENTRY_SKIPPED] = "doubtful",
        [PB_ENTRY_CONTAINER] = "plain",
    };

    html_write_badge(report, kinds[status], pb_entry_status_name(status));
}

static void write_entry(struct html_report *report, uint32_t index)
{
    const struct pb_entry *entry = pb_inventory_entry(report->result->inventory, index);

    html_write(report, "<tr");
    html_write_id(report, 'e', index);
    html_write(report, "><td>");
    pb_buffer_append_format(&report->sink->buffer, "e%" PRIu32 "</td><th scope=\"row\"><code>",
                            index);
    pb_place_append(html_begin_value(report), report->result->inventory,
                    (struct pb_place){.entry = index});
    html_end_value(report);
    html_write(report, "</code></th><td>");
    write_status(report, entry->status);
    if (!pb_slice_is_absent(entry->detail)) {
        html_write(report, " ");
        html_write_text(report, entry->detail);
    }
    html_write(report, "</td>");
    html_write_cell(report, pb_slice_from_string(entry->shape));
    pb_buffer_append_format(&report->sink->buffer, "<td class=\"number\">%" PRIu64 "</td><td>",
                            entry->size_bytes);
    if (entry->sha256 != NULL)
        html_write_hex(report, entry->sha256, 32);
    else
        html_write(report, "–");
    html_write(report, "</td></tr>\n");
    html_end_record(report);
}

static bool is_unread(const struct pb_entry *entry)
{
    return entry->status == PB_ENTRY_UNREADABLE || entry->status == PB_ENTRY_SKIPPED;
}

static void write_unread(struct html_report *report)
{
    const struct pb_inventory *inventory = report->result->inventory;
    const size_t *counts = report->result->summary->entry_status;
    size_t count = counts[PB_ENTRY_UNREADABLE] + counts[PB_ENTRY_SKIPPED];
    struct html_list list;

    if (count == 0)
        return;
    html_write(report, "<h3>Not read</h3>\n");
    html_begin_list(report, &list, count, 50);
    size_t line_count = inventory->evidence.entries.count;
    for (uint32_t i = 0; i < line_count && !report->sink->has_failed; i++) {
        const struct pb_entry *entry = pb_inventory_entry(inventory, i);
        if (!is_unread(entry))
            continue;
        html_begin_element(report, &list);
        write_status(report, entry->status);
        html_write(report, " ");
        html_write_place(report, (struct pb_place){.entry = i});
        if (!pb_slice_is_absent(entry->detail)) {
            html_write(report, ": ");
            html_write_text(report, entry->detail);
        }
        html_end_element(report);
    }
    html_end_list(report, &list);
    html_write(report, "\n");
}

void html_write_evidence(struct html_report *report)
{
    size_t count = report->result->inventory->evidence.entries.count;

    html_write(report, "<section id=\"evidence\">\n<h2>Evidence</h2>\n");
    write_unread(report);
    html_write(report, "<h3>Ledger</h3>\n<details");
    html_write(report, count <= 100 ? " open>\n<summary>" : ">\n<summary>");
    html_write_count(report, count, "line");
    html_write(
        report,
        ": everything that was met, with the SHA-256 of its bytes as they stand in "
        "the file or archive</summary>\n<div class=\"wide\">\n<table>\n"
        "<thead><tr><th scope=\"col\">No.</th><th scope=\"col\">Path</th>"
        "<th scope=\"col\">Status</th><th scope=\"col\">Recognised as</th>"
        "<th scope=\"col\" class=\"number\">Bytes</th><th scope=\"col\">SHA-256</th></tr></thead>\n"
        "<tbody>\n");
    for (uint32_t i = 0; i < count && !report->sink->has_failed; i++)
        write_entry(report, i);
    if (count == 0)
        html_write(report, "<tr><td colspan=\"6\">Nothing was met.</td></tr>\n");
    html_write(report, "</tbody>\n</table>\n</div>\n</details>\n</section>\n");
}

static void write_diagnostic(struct html_report *report, const struct pb_diagnostic *diagnostic)
{
    static const char *const kinds[] = {
        [PB_SEVERITY_NOTE] = "plain",
        [PB_SEVERITY_WARNING] = "doubtful",
        [PB_SEVERITY_ERROR] = "bad",
    };

    html_write(report, "<tr><td>");
    html_write_badge(report, kinds[diagnostic->severity], pb_severity_name(diagnostic->severity));
    html_write(report, "</td><td>");
    html_write_words(report, diagnostic->code);
    html_write(report, "</td><td>");
    if (diagnostic->entry == PB_NO_ENTRY)
        html_write(report, "the evidence as a whole");
    else
        html_write_place(report, pb_place_of_diagnostic(diagnostic));
    html_write(report, "</td>");
    html_write_cell(report, diagnostic->message);
    html_write(report, "</tr>\n");
    html_end_record(report);
}

void html_write_diagnostics(struct html_report *report)
{
    size_t count = report->result->inventory->evidence.diagnostics.items.count;

    if (count == 0)
        return;
    html_write(report, "<section id=\"diagnostics\">\n<h2>Diagnostics</h2>\n"
                       "<p class=\"quiet\">What was odd, repaired or lost while the evidence was "
                       "read.</p>\n<details");
    html_write(report, count <= 50 ? " open>\n<summary>" : ">\n<summary>");
    html_write_count(report, count, "diagnostic");
    html_write(report, "</summary>\n<div class=\"wide\">\n<table>\n<thead><tr>"
                       "<th scope=\"col\">Severity</th><th scope=\"col\">Code</th>"
                       "<th scope=\"col\">Where</th><th scope=\"col\">Message</th></tr></thead>\n"
                       "<tbody>\n");
    for (size_t i = 0; i < count && !report->sink->has_failed; i++)
        write_diagnostic(report, report->diagnostics[i]);
    html_write(report, "</tbody>\n</table>\n</div>\n</details>\n</section>\n");
}

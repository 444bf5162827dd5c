/* SPDX-License-Identifier: MIT */
/* The pieces that the html report is made of: escaped text, rows, cells, badges, lists, places. */
#include "report/html_report.h"

#include "base/escape.h"
#include "report/names.h"
#include "report/phrases.h"
#include "rules/verdict.h"

void html_write(struct html_report *report, const char *markup)
{
    pb_buffer_append_string(&report->sink->buffer, markup);
}

void html_write_text(struct html_report *report, struct pb_slice text)
{
    pb_escape_append(&report->sink->buffer, text, PB_ESCAPE_MARKUP);
}

void html_write_words(struct html_report *report, const char *words)
{
    html_write_text(report, pb_slice_from_string(words));
}

void html_write_lines(struct html_report *report, struct pb_slice lines)
{
    for (size_t start = 0; start < lines.size_bytes;) {
        size_t end = pb_slice_find(lines, PB_SLICE("\n"), start);
        size_t stop = end == SIZE_MAX ? lines.size_bytes : end;
        html_write_text(report, pb_slice_first(pb_slice_from(lines, start), stop - start));
        html_write(report, "\n");
        start = stop + 1;
    }
}

void html_write_count(struct html_report *report, size_t count, const char *singular)
{
    pb_phrase_append_count(&report->sink->buffer, count, singular);
}

/* HTML Standard, section 4.5.14: machine and reader are given the same instant. */
void html_write_instant(struct html_report *report, struct pb_instant instant)
{
    struct pb_buffer *out = &report->sink->buffer;

    html_write(report, "<time datetime=\"");
    pb_instant_append(out, instant);
    html_write(report, "\">");
    pb_phrase_append_instant(out, instant);
    html_write(report, "</time>");
}

void html_write_hex(struct html_report *report, const unsigned char *bytes, size_t size_bytes)
{
    html_write(report, "<code>");
    pb_buffer_append_hex(&report->sink->buffer, bytes, size_bytes);
    html_write(report, "</code>");
}

struct pb_buffer *html_begin_value(struct html_report *report)
{
    pb_buffer_clear(&report->value);
    return &report->value;
}

void html_end_value(struct html_report *report)
{
    if (report->value.has_failed)
        pb_sink_fail_memory(report->sink);
    html_write_text(report, pb_buffer_slice(&report->value));
}

void html_end_lines(struct html_report *report)
{
    if (report->value.has_failed)
        pb_sink_fail_memory(report->sink);
    html_write_lines(report, pb_buffer_slice(&report->value));
}

void html_end_record(struct html_report *report)
{
    pb_sink_pass_on(report->sink);
}

void html_write_id(struct html_report *report, char letter, size_t index)
{
    pb_buffer_append_format(&report->sink->buffer, " id=\"%c%zu\"", letter, index);
}

void html_write_link(struct html_report *report, char letter, size_t index)
{
    pb_buffer_append_format(&report->sink->buffer, "<a href=\"#%c%zu\">", letter, index);
}

void html_begin_field(struct html_report *report, const char *label)
{
    html_write(report, "<dt>");
    html_write_words(report, label);
    html_write(report, "</dt><dd>");
}

void html_end_field(struct html_report *report)
{
    html_write(report, "</dd>\n");
    html_end_record(report);
}

void html_write_field(struct html_report *report, const char *label, struct pb_slice text)
{
    if (pb_slice_is_absent(text))
        return;
    html_begin_field(report, label);
    html_write_text(report, text);
    html_end_field(report);
}

void html_write_field_code(struct html_report *report, const char *label, struct pb_slice text)
{
    if (text.size_bytes == 0)
        return;
    html_begin_field(report, label);
    html_write(report, "<code>");
    html_write_text(report, text);
    html_write(report, "</code>");
    html_end_field(report);
}

void html_write_cell(struct html_report *report, struct pb_slice text)
{
    html_write(report, "<td>");
    if (text.size_bytes == 0)
        html_write(report, "–");
    else
        html_write_text(report, text);
    html_write(report, "</td>");
}

void html_write_badge(struct html_report *report, const char *kind, const char *word)
{
    html_write(report, "<span class=\"badge ");
    html_write(report, kind);
    html_write(report, "\">");
    html_write(report, word);
    html_write(report, "</span>");
}

void html_write_verdict(struct html_report *report, enum pb_verdict verdict)
{
    static const char *const kinds[] = {
        [PB_VERDICT_NONE] = "plain",
        [PB_VERDICT_VULNERABLE] = "bad",
        [PB_VERDICT_CLEAR] = "good",
        [PB_VERDICT_UNDETERMINED] = "doubtful",
    };
    const char *name = pb_verdict_name(verdict);

    html_write_badge(report, kinds[verdict], name != NULL ? name : "not judged");
}

void html_write_coverage(struct html_report *report, enum pb_coverage coverage)
{
    static const char *const kinds[] = {
        [PB_COVERAGE_UNKNOWN] = "plain",
        [PB_COVERAGE_COMPLETE] = "good",
        [PB_COVERAGE_INCOMPLETE] = "doubtful",
    };

    html_write_badge(report, kinds[coverage], pb_report_coverage_name(coverage));
}

void html_begin_list(struct html_report *report, struct html_list *list, size_t count, size_t shown)
{
    /* One more is no reason for somebody to open it. */
    *list = (struct html_list){.count = count, .shown = count == shown + 1 ? count : shown};
    html_write(report, "<ul>\n");
}

void html_begin_element(struct html_report *report, struct html_list *list)
{
    if (list->written++ == list->shown)
        pb_buffer_append_format(&report->sink->buffer,
                                "<li><details><summary>and %zu more</summary>\n<ul>\n",
                                list->count - list->shown);
    html_write(report, "<li>");
}

void html_end_element(struct html_report *report)
{
    html_write(report, "</li>\n");
    html_end_record(report);
}

void html_end_list(struct html_report *report, struct html_list *list)
{
    html_write(report, list->written > list->shown ? "</ul>\n</details></li>\n</ul>" : "</ul>");
}

void html_write_place(struct html_report *report, struct pb_place place)
{
    pb_place_append(html_begin_value(report), report->result->inventory, place);
    html_write(report, "<code>");
    html_end_value(report);
    html_write(report, "</code> ");
    html_write_link(report, 'e', place.entry);
    pb_buffer_append_format(&report->sink->buffer, "e%" PRIu32 "</a>", place.entry);
}

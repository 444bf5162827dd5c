/* SPDX-License-Identifier: MIT */
/* The pieces of an html report: text, links, badges and tables. */
#include "report/html.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

/* Markup comes from literals of ours alone. Everything else goes through write_text. An identifier
 * or a link is made from a letter and an index: "a1" an account, "c1" a certificate, "e1" an item
 * of evidence, "k1" a key. The indices are those of the json report. */
void pb_html_write(struct pb_report *report, const char *markup)
{
    pb_buffer_append_string(&report->sink->buffer, markup);
}

static void write_escaped(struct pb_report *report, struct pb_slice text)
{
    pb_escape_append(&report->sink->buffer, text, PB_ESCAPE_MARKUP);
}

/* Leaves the hidden folder out wherever a path begins with it, in sentences too. */
void pb_html_text(struct pb_report *report, struct pb_slice text)
{
    struct pb_slice folder = pb_slice_from_string(report->options.hidden_folder);
    size_t at = folder.size_bytes > 0 ? pb_slice_find(text, folder, 0) : SIZE_MAX;

    while (at != SIZE_MAX) {
        bool is_begin = at == 0 || strchr(" '\"(", text.data[at - 1]) != NULL;
        size_t end = at + folder.size_bytes;
        write_escaped(report, pb_slice_first(text, is_begin ? at : end));
        text = pb_slice_from(text, end);
        at = pb_slice_find(text, folder, 0);
    }
    write_escaped(report, text);
}

/* The report's value, as a link to what it speaks of. */
void pb_html_value(struct pb_report *report)
{
    struct pb_slice value = pb_report_take_value(report);
    char letter = report->link_letter;

    if (letter == '\0') {
        pb_html_text(report, value);
        return;
    }
    pb_buffer_append_format(&report->sink->buffer, "<a href=\"#%c%" PRIu32 "\">", letter,
                            report->link_index);
    pb_html_text(report, value);
    pb_html_write(report, "</a>");
}

/* Text as it stands, which may have line feeds. */
void pb_html_block(struct pb_report *report, struct pb_slice text)
{
    struct pb_slice line;

    pb_html_write(report, "<pre>");
    while (pb_take_line(&text, &line)) {
        pb_html_text(report, line);
        pb_html_write(report, "\n");
    }
    pb_html_write(report, "</pre>\n");
}

/* The colour of a word that judges; NULL for any other word. */
static const char *find_color(struct pb_slice word)
{
    static const struct {
        const char *color, *words[8];
    } colors[] = {
        {"bad",
         {"vulnerable", "high", "error", "clear by date, key compromised",
          "undetermined, key compromised", "not judged, key compromised"}},
        {"doubtful", {"undetermined", "incomplete", "medium", "warning", "unreadable", "skipped"}},
        {"good", {"clear", "complete", "used", "resolved"}},
    };

    for (size_t i = 0; i < sizeof colors / sizeof colors[0]; i++)
        for (const char *const *known = colors[i].words; *known != NULL; known++)
            if (pb_slice_equals(word, pb_slice_from_string(*known)))
                return colors[i].color;
    return NULL;
}

void pb_html_badge(struct pb_report *report, const char *word, bool is_plain)
{
    const char *color = is_plain ? NULL : find_color(pb_slice_from_string(word));

    pb_buffer_append_format(&report->sink->buffer, "<span class=\"badge %s\">%s</span> ",
                            color != NULL ? color : "plain", word);
}

void pb_html_begin_table(struct pb_report *report, const char *name, const char *const *headings)
{
    pb_buffer_append_format(&report->sink->buffer,
                            "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
                            "aria-label=\"Table: %s\">\n<table>\n<thead><tr>",
                            name);
    for (; *headings != NULL; headings++)
        pb_buffer_append_format(&report->sink->buffer, "<th scope=\"col\">%s</th>", *headings);
    pb_html_write(report, "</tr></thead>\n<tbody>\n");
}

void pb_html_end_row(struct pb_report *report)
{
    pb_html_write(report, "</tr>\n");
    pb_sink_pass_on(report->sink);
}

void pb_html_end_table(struct pb_report *report)
{
    pb_html_write(report, "</tbody>\n</table>\n</div>\n");
}

/* The report's value as a cell. */
void pb_html_cell(struct pb_report *report)
{
    const char *color = find_color(pb_report_take_value(report));

    pb_html_write(report, "<td>");
    if (color != NULL)
        pb_buffer_append_format(&report->sink->buffer, "<span class=\"badge %s\">", color);
    pb_html_value(report);
    pb_html_write(report, color != NULL ? "</span>" : report->value.size_bytes == 0 ? "–" : "");
    pb_html_write(report, "</td>");
}

void pb_html_word_cell(struct pb_report *report, const char *word)
{
    pb_buffer_append_string(pb_report_begin_value(report), word);
    pb_html_cell(report);
}

void pb_html_text_cell(struct pb_report *report, struct pb_slice text)
{
    pb_words_text(pb_report_begin_value(report), text);
    pb_html_cell(report);
}

void pb_html_number_cell(struct pb_report *report, uint64_t number)
{
    pb_buffer_append_number(pb_report_begin_value(report), number);
    pb_html_cell(report);
}

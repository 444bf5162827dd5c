/* SPDX-License-Identifier: MIT */
/* The lines that the text report is made of: values put together, then laid out in columns. */
#include "report/text_report.h"

#include "base/escape.h"
#include "report/phrases.h"

/* More columns than any honest value needs; a hostile one is shortened in its middle. */
#define LONGEST_VALUE 2000
/* The same for one of several places, which -v prints whole. */
#define LONGEST_PLACE 160

struct pb_buffer *text_begin(struct text_report *report)
{
    pb_buffer_clear(&report->value);
    return &report->value;
}

void text_append(struct text_report *report, struct pb_slice text)
{
    pb_escape_append(&report->value, text, PB_ESCAPE_CONTROLS);
}

void text_append_words(struct text_report *report, const char *words)
{
    pb_buffer_append_string(&report->value, words);
}

void text_append_count(struct text_report *report, size_t count, const char *singular)
{
    pb_phrase_append_count(&report->value, count, singular);
}

static const char *style_code(enum text_style style)
{
    static const char *const codes[] = {
        [TEXT_PLAIN] = "\033[0m",  [TEXT_STRONG] = "\033[1m",    [TEXT_FAINT] = "\033[2m",
        [TEXT_BAD] = "\033[1;31m", [TEXT_DOUBTFUL] = "\033[33m", [TEXT_GOOD] = "\033[32m",
    };

    return codes[style];
}

static void set_style(struct text_report *report, enum text_style style)
{
    if (report->options.has_color)
        pb_buffer_append_string(&report->sink->buffer, style_code(style));
}

/* Ends a value: what was appended, or nothing where memory was missing. */
static struct pb_slice take_value(struct text_report *report)
{
    if (report->value.has_failed)
        pb_sink_fail_memory(report->sink);
    return pb_buffer_slice(&report->value);
}

static void write_wrapped(struct text_report *report, size_t column, size_t indent, size_t most)
{
    struct pb_buffer *out = &report->sink->buffer;
    struct pb_slice value = take_value(report);

    if (value.size_bytes > most && pb_layout_width(value) > most) {
        struct pb_buffer shortened;
        pb_buffer_init(&shortened, SIZE_MAX);
        pb_layout_shorten(&shortened, value, most);
        if (shortened.has_failed)
            pb_sink_fail_memory(report->sink);
        pb_layout_wrap(out, pb_buffer_slice(&shortened), column, indent);
        pb_buffer_release(&shortened);
    } else {
        pb_layout_wrap(out, value, column, indent);
    }
}

static void end_output_line(struct text_report *report)
{
    pb_buffer_append_byte(&report->sink->buffer, '\n');
    pb_sink_pass_on(report->sink);
}

static void write_label(struct text_report *report, size_t indent, const char *label)
{
    pb_buffer_append_repeated(&report->sink->buffer, ' ', indent);
    text_write_styled(report, TEXT_FAINT, label, TEXT_LABEL);
}

void text_end_field(struct text_report *report, size_t indent, const char *label)
{
    write_label(report, indent, label);
    write_wrapped(report, indent + TEXT_LABEL, indent + TEXT_LABEL, LONGEST_VALUE);
    end_output_line(report);
}

void text_end_place(struct text_report *report, size_t indent, const char *label)
{
    size_t column = indent + TEXT_LABEL;

    write_label(report, indent, label);
    write_wrapped(report, column, column + TEXT_INDENT,
                  report->options.is_verbose ? LONGEST_VALUE : LONGEST_PLACE);
    end_output_line(report);
}

void text_end_line(struct text_report *report, size_t indent, enum text_style style)
{
    pb_buffer_append_repeated(&report->sink->buffer, ' ', indent);
    if (style != TEXT_PLAIN)
        set_style(report, style);
    write_wrapped(report, indent, indent + TEXT_INDENT, LONGEST_VALUE);
    if (style != TEXT_PLAIN)
        set_style(report, TEXT_PLAIN);
    end_output_line(report);
}

void text_end_after(struct text_report *report, size_t column, size_t indent)
{
    write_wrapped(report, column, indent, LONGEST_VALUE);
    end_output_line(report);
}

void text_end_verbatim(struct text_report *report, size_t indent)
{
    struct pb_slice lines = take_value(report);

    while (lines.size_bytes > 0) {
        size_t end = pb_slice_find(lines, PB_SLICE("\n"), 0);
        pb_buffer_append_repeated(&report->sink->buffer, ' ', indent);
        pb_buffer_append(&report->sink->buffer, pb_slice_first(lines, end));
        end_output_line(report);
        lines = end == SIZE_MAX ? PB_SLICE("") : pb_slice_from(lines, end + 1);
    }
}

void text_write_styled(struct text_report *report, enum text_style style, const char *words,
                       size_t width)
{
    struct pb_slice text = pb_slice_from_string(words);

    if (style != TEXT_PLAIN && text.size_bytes > 0)
        set_style(report, style);
    pb_buffer_append(&report->sink->buffer, text);
    if (style != TEXT_PLAIN && text.size_bytes > 0)
        set_style(report, TEXT_PLAIN);
    if (text.size_bytes < width)
        pb_buffer_append_repeated(&report->sink->buffer, ' ', width - text.size_bytes);
}

void text_write_blank_line(struct text_report *report)
{
    end_output_line(report);
}

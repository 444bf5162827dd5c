/* SPDX-License-Identifier: MIT */
/* The json report: a writer of JSON that needs little memory for a report of any size, and the
 * records of model.c. prebleed-report-1.schema.json fixes the form; a record stands on one line. */
#include "report/model.h"

#include "base/utf8.h"

/* The report and its arrays are spread over lines, records are not. */
#define INLINE_DEPTH 2
#define DEEPEST 16

/* Not jansson's writer: it takes eight times as long for a certificate, built and dumped alone, has
 * no integers beyond 64 bits for exponents, and refuses text that is not UTF-8, while a report must
 * come out whatever the evidence held. */

struct writer {
    struct pb_buffer *buffer; /* the sink's, which may be emptied between calls */
    unsigned depth;
    bool has_members[DEEPEST];
};

static void begin_line(struct writer *writer, unsigned depth)
{
    pb_buffer_append_byte(writer->buffer, '\n');
    pb_buffer_append_repeated(writer->buffer, ' ', (size_t)depth * 2);
}

static void end_container(struct writer *writer, char bracket)
{
    if (writer->depth == 0) {
        writer->buffer->has_failed = true;
        return;
    }
    writer->depth--;
    if (writer->has_members[writer->depth] && writer->depth < INLINE_DEPTH)
        begin_line(writer, writer->depth);
    pb_buffer_append_byte(writer->buffer, bracket);
}

/* RFC 8259 section 7: the quote, the backslash and U+0000 to U+001F must be escaped. */
static void append_escape(struct pb_buffer *buffer, unsigned char byte)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',  ['\f'] = 'f',
        ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\',
    };
    char letter = byte < sizeof letters ? letters[byte] : '\0';

    if (byte >= 0x80) {
        pb_buffer_append_string(buffer, "\xEF\xBF\xBD");
    } else if (letter != '\0') {
        pb_buffer_append_byte(buffer, '\\');
        pb_buffer_append_byte(buffer, letter);
    } else {
        pb_buffer_append_string(buffer, "\\u00");
        pb_buffer_append_hex(buffer, &byte, 1);
    }
}

/* The size of the character at the start if it may stand as it is, otherwise 0. */
static size_t plain_size(struct pb_slice text)
{
    unsigned char byte = (unsigned char)text.data[0];

    if (byte < 0x20 || byte == '"' || byte == '\\')
        return 0;
    return byte < 0x80 ? 1 : pb_utf8_sequence_size(text);
}

/* Null where it is absent. Bytes that are not UTF-8 are written as U+FFFD. */
static void append_text(struct pb_buffer *buffer, struct pb_slice text)
{
    size_t plain = 0; /* bytes from here to i go out as they are */

    if (pb_slice_is_absent(text)) {
        pb_buffer_append_string(buffer, "null");
        return;
    }
    pb_buffer_append_byte(buffer, '"');
    for (size_t i = 0; i < text.size_bytes;) {
        size_t size = plain_size(pb_slice_from(text, i));
        if (size == 0) {
            pb_buffer_append(buffer, pb_slice_first(pb_slice_from(text, plain), i - plain));
            append_escape(buffer, (unsigned char)text.data[i++]);
            plain = i;
        }
        i += size;
    }
    pb_buffer_append(buffer, pb_slice_from(text, plain));
    pb_buffer_append_byte(buffer, '"');
}

/* What stands before a member or an element: a comma, a new line, and the name if there is one. */
static void begin_member(struct writer *writer, const char *name)
{
    bool is_inline = writer->depth > INLINE_DEPTH;

    if (writer->depth == 0)
        return;
    if (writer->has_members[writer->depth - 1])
        pb_buffer_append_string(writer->buffer, is_inline ? ", " : ",");
    writer->has_members[writer->depth - 1] = true;
    if (!is_inline)
        begin_line(writer, writer->depth);
    if (name != NULL)
        pb_buffer_append_format(writer->buffer, "\"%s\": ", name);
}

static void begin_container(struct writer *writer, const char *name, char bracket)
{
    begin_member(writer, name);
    /* A report has a fixed shape, so a deeper one is a mistake that no byte may hide. */
    if (writer->depth == DEEPEST) {
        writer->buffer->has_failed = true;
        return;
    }
    pb_buffer_append_byte(writer->buffer, bracket);
    writer->has_members[writer->depth++] = false;
}

static void write_strings(struct writer *writer, const char *name, const struct pb_value *value)
{
    begin_container(writer, name, '[');
    for (size_t i = 0; i < value->strings.count; i++) {
        begin_member(writer, NULL);
        append_text(writer->buffer, value->strings.items[i]);
    }
    end_container(writer, ']');
}

static void append_hex(struct pb_buffer *buffer, struct pb_slice bytes)
{
    pb_buffer_append_byte(buffer, '"');
    pb_buffer_append_hex(buffer, (const unsigned char *)bytes.data, bytes.size_bytes);
    pb_buffer_append_byte(buffer, '"');
}

/* The report's value; null where it is empty. */
static void append_value(struct pb_report *report)
{
    struct pb_slice text = pb_report_take_value(report);
    append_text(&report->sink->buffer, text.size_bytes > 0 ? text : PB_SLICE_ABSENT);
}

static void write_value(struct pb_report *report, const char *name, const struct pb_value *value)
{
    static const struct pb_slice null = {"null", 4};
    struct pb_buffer *out = &report->sink->buffer;
    struct pb_slice text = value->text;

    if (value->kind == PB_VALUE_STRINGS) {
        write_strings(report->context, name, value);
        return;
    }
    begin_member(report->context, name);
    switch (value->kind) {
    case PB_VALUE_TEXT: append_text(out, text); break;
    case PB_VALUE_DIGITS: pb_buffer_append(out, text.size_bytes > 0 ? text : null); break;
    case PB_VALUE_DIGEST:
        if (pb_slice_is_absent(text))
            pb_buffer_append(out, null);
        else
            append_hex(out, text);
        break;
    case PB_VALUE_NUMBER: pb_buffer_append_number(out, value->number); break;
    case PB_VALUE_BOOLEAN:
        pb_buffer_append_string(out, value->number != 0 ? "true" : "false");
        break;
    case PB_VALUE_INSTANT:
        pb_instant_append(pb_report_begin_value(report), value->instant);
        append_value(report);
        break;
    case PB_VALUE_PLACE:
        pb_place_append(pb_report_begin_value(report), report->inventory, value->place);
        append_value(report);
        break;
    case PB_VALUE_NULL:
    case PB_VALUE_STRINGS: pb_buffer_append(out, null); break;
    }
}

static void write_record(struct pb_report *report, const char *name, pb_emit *emit,
                         const void *record)
{
    begin_container(report->context, name, '{');
    emit(report, record);
    end_container(report->context, '}');
}

static void write_array(struct pb_report *report, const char *name, struct pb_records records)
{
    begin_container(report->context, name, '[');
    for (size_t i = 0; i < records.count && !report->sink->has_failed; i++) {
        begin_container(report->context, NULL, '{');
        records.emit(report, pb_record_at(&records, i));
        end_container(report->context, '}');
        pb_sink_pass_on(report->sink);
    }
    end_container(report->context, ']');
}

void pb_report_write_json(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    static const struct pb_renderer renderer = {
        .value = write_value,
        .record = write_record,
        .array = write_array,
    };
    struct writer writer = {.buffer = &sink->buffer};
    struct pb_report report = {
        .renderer = &renderer, .context = &writer, .result = result, .sink = sink};

    (void)options; /* the report is the same for every reader */
    if (pb_report_open(&report)) {
        begin_container(&writer, NULL, '{');
        pb_emit_report(&report);
        end_container(&writer, '}');
        pb_buffer_append_byte(&sink->buffer, '\n');
    }
    pb_report_close(&report);
}

/* SPDX-License-Identifier: MIT */
/* The json and ndjson reports: a writer of JSON that needs little memory for a report of any size,
 * and the records of model.c. prebleed-report-1.schema.json fixes the form; a record stands on one
 * line. */
#include "report/model.h"

#include "base/utf8.h"

/* The report and its arrays are spread over lines, records are not. */
#define INLINE_DEPTH 2

/* Not jansson's writer: it takes eight times as long for a certificate, built and dumped alone, has
 * no integers beyond 64 bits for exponents, and refuses text that is not UTF-8, while a report must
 * come out whatever the evidence held. */

static void begin_line(struct pb_json_writer *writer, unsigned depth)
{
    pb_buffer_append_byte(writer->buffer, '\n');
    pb_buffer_append_repeated(writer->buffer, ' ', (size_t)depth * 2);
}

void pb_json_end(struct pb_json_writer *writer, char bracket)
{
    if (writer->depth == 0) {
        writer->buffer->has_failed = true;
        return;
    }
    writer->depth--;
    if (writer->has_members[writer->depth] && writer->depth < writer->inline_depth)
        begin_line(writer, writer->depth);
    pb_buffer_append_byte(writer->buffer, bracket);
}

static void append_unit(struct pb_buffer *buffer, uint32_t unit)
{
    const unsigned char bytes[] = {(unsigned char)(unit >> 8), (unsigned char)unit};

    pb_buffer_append_string(buffer, "\\u");
    pb_buffer_append_hex(buffer, bytes, sizeof bytes);
}

/* RFC 8259 section 7: the quote, the backslash and U+0000 to U+001F must be escaped. So are the
 * characters that a terminal obeys or that hide text. */
static void append_escape(struct pb_buffer *buffer, uint32_t character)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',  ['\f'] = 'f',
        ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\',
    };
    char letter = character < sizeof letters ? letters[character] : '\0';

    if (letter != '\0') {
        pb_buffer_append_byte(buffer, '\\');
        pb_buffer_append_byte(buffer, letter);
    } else if (character < 0x10000) {
        append_unit(buffer, character);
    } else {
        append_unit(buffer, 0xD800 + ((character - 0x10000) >> 10));
        append_unit(buffer, 0xDC00 + ((character - 0x10000) & 0x3FF));
    }
}

/* Whether the character may stand as it is. */
static bool is_plain(uint32_t character)
{
    if (character >= 0x20 && character < 0x7F) /* nearly all: decided without a call */
        return character != '"' && character != '\\';
    return !pb_utf8_is_deceptive(character);
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
        uint32_t character = (unsigned char)text.data[i];
        size_t size = 1;
        if (character >= 0x80)
            size = pb_utf8_decode(pb_slice_from(text, i), &character);
        if (size > 0 && is_plain(character)) {
            i += size;
            continue;
        }
        pb_buffer_append(buffer, pb_slice_first(pb_slice_from(text, plain), i - plain));
        if (size > 0)
            append_escape(buffer, character);
        else
            pb_buffer_append_string(buffer, "\xEF\xBF\xBD");
        i += size > 0 ? size : 1;
        plain = i;
    }
    pb_buffer_append(buffer, pb_slice_from(text, plain));
    pb_buffer_append_byte(buffer, '"');
}

/* What stands before a member or an element: a comma, a new line, and the name if there is one. */
static void begin_member(struct pb_json_writer *writer, const char *name)
{
    bool is_inline = writer->depth > writer->inline_depth;

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

void pb_json_begin(struct pb_json_writer *writer, const char *name, char bracket)
{
    begin_member(writer, name);
    /* A report has a fixed shape, so a deeper one is a mistake that no byte may hide. */
    if (writer->depth == PB_JSON_DEEPEST) {
        writer->buffer->has_failed = true;
        return;
    }
    pb_buffer_append_byte(writer->buffer, bracket);
    writer->has_members[writer->depth++] = false;
}

void pb_json_text(struct pb_json_writer *writer, const char *name, struct pb_slice text)
{
    begin_member(writer, name);
    append_text(writer->buffer, text);
}

void pb_json_literal(struct pb_json_writer *writer, const char *name, const char *literal)
{
    begin_member(writer, name);
    pb_buffer_append_string(writer->buffer, literal);
}

void pb_json_number(struct pb_json_writer *writer, const char *name, uint64_t number)
{
    begin_member(writer, name);
    pb_buffer_append_number(writer->buffer, number);
}

static void write_strings(struct pb_json_writer *writer, const char *name,
                          const struct pb_value *value)
{
    pb_json_begin(writer, name, '[');
    for (size_t i = 0; i < value->strings.count; i++)
        pb_json_text(writer, NULL, value->strings.items[i]);
    pb_json_end(writer, ']');
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
    pb_json_begin(report->context, name, '{');
    emit(report, record);
    pb_json_end(report->context, '}');
}

static void write_array(struct pb_report *report, const char *name, struct pb_records records)
{
    pb_json_begin(report->context, name, '[');
    for (size_t i = 0; i < records.count && !report->sink->has_failed; i++) {
        pb_json_begin(report->context, NULL, '{');
        records.emit(report, pb_record_at(&records, i));
        pb_json_end(report->context, '}');
        pb_sink_pass_on(report->sink);
    }
    pb_json_end(report->context, ']');
}

/* Of ndjson: a record on a line of its own, which begins with its type. */
static void write_line(struct pb_report *report, struct pb_slice type, pb_emit *emit,
                       const void *record)
{
    pb_json_begin(report->context, NULL, '{');
    pb_json_text(report->context, "type", type);
    emit(report, record);
    pb_json_end(report->context, '}');
    pb_buffer_append_byte(&report->sink->buffer, '\n');
    pb_sink_pass_on(report->sink);
}

static bool is_inside(const struct pb_report *report)
{
    return ((const struct pb_json_writer *)report->context)->depth > 0;
}

static void emit_schema(struct pb_report *report, const void *record)
{
    write_value(report, "schema", record);
}

static void write_line_value(struct pb_report *report, const char *name,
                             const struct pb_value *value)
{
    if (is_inside(report))
        write_value(report, name, value);
    else /* the report's one value that is no record */
        write_line(report, PB_SLICE("report"), emit_schema, value);
}

static void write_line_record(struct pb_report *report, const char *name, pb_emit *emit,
                              const void *record)
{
    if (is_inside(report))
        write_record(report, name, emit, record);
    else
        write_line(report, pb_slice_from_string(name), emit, record);
}

/* "certificates" are lines of type "certificate". */
static void write_lines(struct pb_report *report, const char *name, struct pb_records records)
{
    struct pb_slice type = pb_slice_from_string(name);

    if (is_inside(report)) {
        write_array(report, name, records);
        return;
    }
    type.size_bytes -= pb_slice_ends_with(type, PB_SLICE("s"));
    for (size_t i = 0; i < records.count && !report->sink->has_failed; i++)
        write_line(report, type, records.emit, pb_record_at(&records, i));
}

static void write_report(const struct pb_renderer *renderer, bool has_lines,
                         const struct pb_result *result, struct pb_sink *sink)
{
    struct pb_json_writer writer = {.buffer = &sink->buffer,
                                    .inline_depth = has_lines ? 0 : INLINE_DEPTH};
    struct pb_report report = {
        .renderer = renderer, .context = &writer, .result = result, .sink = sink};

    if (pb_report_open(&report)) {
        if (!has_lines)
            pb_json_begin(&writer, NULL, '{');
        pb_emit_report(&report);
        if (!has_lines) {
            pb_json_end(&writer, '}');
            pb_buffer_append_byte(&sink->buffer, '\n');
        }
    }
    pb_report_close(&report);
}

void pb_report_write_json(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    static const struct pb_renderer renderer = {
        .value = write_value,
        .record = write_record,
        .array = write_array,
    };

    (void)options; /* the report is the same for every reader */
    write_report(&renderer, false, result, sink);
}

void pb_report_write_ndjson(const struct pb_result *result, const struct pb_report_options *options,
                            struct pb_sink *sink)
{
    static const struct pb_renderer renderer = {
        .value = write_line_value,
        .record = write_line_record,
        .array = write_lines,
    };

    (void)options; /* the report is the same for every reader */
    write_report(&renderer, true, result, sink);
}

/* What a waiver can name the finding by, absent where nothing can; *covers is which. A key would
 * cover more than the finding. */
static struct pb_slice find_subject(const struct pb_result *result,
                                    const struct pb_finding *finding,
                                    enum pb_waiver_subject *covers)
{
    static const enum pb_waiver_subject order[] = {PB_WAIVER_ID, PB_WAIVER_ARN, PB_WAIVER_ACCOUNT,
                                                   PB_WAIVER_FOLDER};
    struct pb_slice subjects[PB_WAIVER_SUBJECTS] = {{NULL, 0}};

    pb_waiver_find_subjects(result->inventory, finding, subjects);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        *covers = order[i];
        if (subjects[order[i]].size_bytes > 0)
            return subjects[order[i]];
    }
    return PB_SLICE_ABSENT;
}

/* A file for --waivers that is refused until it says who answers for what, and until when. */
void pb_report_write_waivers(const struct pb_result *result,
                             const struct pb_report_options *options, struct pb_sink *sink)
{
    struct pb_json_writer writer = {.buffer = &sink->buffer, .inline_depth = INLINE_DEPTH};
    const struct pb_vector *findings = &result->findings->items;
    enum pb_waiver_subject covers;

    (void)options;
    pb_json_begin(&writer, NULL, '{');
    pb_json_text(&writer, "schema", PB_SLICE("prebleed-waivers/1"));
    pb_json_begin(&writer, "waivers", '[');
    for (size_t i = 0; i < findings->count && !sink->has_failed; i++) {
        const struct pb_finding *finding = &PB_VECTOR_AT(const struct pb_finding, findings, i);
        struct pb_slice subject = find_subject(result, finding, &covers);
        if (pb_finding_exit_status(finding, result->parameters) == 0 || subject.size_bytes == 0)
            continue;
        pb_json_begin(&writer, NULL, '{');
        pb_json_text(&writer, "rule", pb_slice_from_string(finding->rule->name));
        pb_json_text(&writer, pb_waiver_subject_name(covers), subject);
        pb_json_text(&writer, "reason", PB_SLICE(""));
        pb_json_text(&writer, "owner", PB_SLICE(""));
        pb_json_text(&writer, "expires", PB_SLICE(""));
        pb_json_end(&writer, '}');
        pb_sink_pass_on(sink);
    }
    pb_json_end(&writer, ']');
    pb_json_end(&writer, '}');
    pb_buffer_append_byte(&sink->buffer, '\n');
}

/* SPDX-License-Identifier: MIT */
/* The json report: the fields of fields.c by their names. The form is fixed by
 * prebleed-report-1.schema.json; every record stands on a line of its own. */
#include "report/model.h"

#include "json/writer.h"

/* The report and its arrays are spread over lines, records are not. */
#define INLINE_DEPTH 2

static void write_strings(struct pb_json_writer *writer, const struct pb_slice *items, size_t count)
{
    pb_json_write_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        pb_json_write_string(writer, items[i]);
    pb_json_write_end_array(writer);
}

static void write_place(struct pb_report *report, struct pb_place place)
{
    if (place.entry == PB_NO_ENTRY) {
        pb_json_write_null(report->context);
        return;
    }
    pb_place_append(pb_report_begin_value(report), report->inventory, place);
    pb_json_write_string(report->context, pb_report_take_value(report));
}

static void write_instant(struct pb_report *report, struct pb_instant instant)
{
    pb_instant_append(pb_report_begin_value(report), instant);
    struct pb_slice text = pb_report_take_value(report);
    pb_json_write_string(report->context, text.size_bytes > 0 ? text : PB_SLICE_ABSENT);
}

static void write_digest(struct pb_json_writer *writer, struct pb_slice bytes)
{
    if (pb_slice_is_absent(bytes))
        pb_json_write_null(writer);
    else
        pb_json_write_hex(writer, (const unsigned char *)bytes.data, bytes.size_bytes);
}

static void write_value(struct pb_report *report, const char *name, const char *label,
                        const struct pb_value *value)
{
    struct pb_json_writer *writer = report->context;

    (void)label;
    if (name == NULL)
        return;
    pb_json_write_key(writer, name);
    switch (value->kind) {
    case PB_VALUE_TEXT:
    case PB_VALUE_CODE: pb_json_write_string(writer, value->text); break;
    case PB_VALUE_DIGITS: pb_json_write_digits(writer, value->text); break;
    case PB_VALUE_DIGEST: write_digest(writer, value->text); break;
    case PB_VALUE_NULL: pb_json_write_null(writer); break;
    case PB_VALUE_NUMBER: pb_json_write_number(writer, value->number); break;
    case PB_VALUE_BOOLEAN: pb_json_write_boolean(writer, value->number != 0); break;
    case PB_VALUE_INSTANT: write_instant(report, value->instant); break;
    case PB_VALUE_PLACE: write_place(report, value->place); break;
    case PB_VALUE_STRINGS: write_strings(writer, value->strings.items, value->strings.count); break;
    }
}

/* Fields of a record without a name belong to the one around it. */
static void write_record(struct pb_report *report, const char *name, const char *label,
                         pb_emit *emit, const void *object)
{
    (void)label;
    if (name == NULL) {
        emit(report, object, 0);
        return;
    }
    pb_json_write_key(report->context, name);
    pb_json_write_begin_object(report->context);
    emit(report, object, 0);
    pb_json_write_end_object(report->context);
}

static void write_array(struct pb_report *report, const char *name, size_t count, pb_emit *emit,
                        const void *object)
{
    pb_json_write_key(report->context, name);
    pb_json_write_begin_array(report->context);
    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        pb_json_write_begin_object(report->context);
        emit(report, object, i);
        pb_json_write_end_object(report->context);
        pb_sink_pass_on(report->sink);
    }
    pb_json_write_end_array(report->context);
}

void pb_report_write_json(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    static const struct pb_renderer renderer = {
        .value = write_value,
        .record = write_record,
        .array = write_array,
    };
    struct pb_json_writer writer;
    struct pb_report report = {
        .renderer = &renderer, .context = &writer, .result = result, .sink = sink};

    (void)options; /* the report is the same for every reader */
    pb_json_writer_init(&writer, &sink->buffer, INLINE_DEPTH);
    if (pb_report_open(&report)) {
        pb_json_write_begin_object(&writer);
        pb_emit_report(&report, NULL, 0);
        pb_json_write_end_object(&writer);
        pb_buffer_append_byte(&sink->buffer, '\n');
    }
    pb_report_close(&report);
}

/* SPDX-License-Identifier: MIT */
/* The json report: the records of model.c. The form is fixed by
 * prebleed-report-1.schema.json; every record stands on a line of its own. */
#include "report/model.h"

#include "json/writer.h"

/* The report and its arrays are spread over lines, records are not. */
#define INLINE_DEPTH 2

/* The report's value; null where it is empty. */
static void write_report_value(struct pb_report *report)
{
    struct pb_slice text = pb_report_take_value(report);
    pb_json_write_string(report->context, text.size_bytes > 0 ? text : PB_SLICE_ABSENT);
}

static void write_value(struct pb_report *report, const char *name, const struct pb_value *value)
{
    struct pb_json_writer *writer = report->context;
    const unsigned char *bytes = (const unsigned char *)value->text.data;

    pb_json_write_key(writer, name);
    switch (value->kind) {
    case PB_VALUE_TEXT: pb_json_write_string(writer, value->text); break;
    case PB_VALUE_DIGITS: pb_json_write_digits(writer, value->text); break;
    case PB_VALUE_DIGEST:
        if (bytes == NULL)
            pb_json_write_null(writer);
        else
            pb_json_write_hex(writer, bytes, value->text.size_bytes);
        break;
    case PB_VALUE_NULL: pb_json_write_null(writer); break;
    case PB_VALUE_NUMBER: pb_json_write_number(writer, value->number); break;
    case PB_VALUE_BOOLEAN: pb_json_write_boolean(writer, value->number != 0); break;
    case PB_VALUE_INSTANT:
        pb_instant_append(pb_report_begin_value(report), value->instant);
        write_report_value(report);
        break;
    case PB_VALUE_PLACE:
        pb_place_append(pb_report_begin_value(report), report->inventory, value->place);
        write_report_value(report);
        break;
    case PB_VALUE_STRINGS:
        pb_json_write_begin_array(writer);
        for (size_t i = 0; i < value->strings.count; i++)
            pb_json_write_string(writer, value->strings.items[i]);
        pb_json_write_end_array(writer);
        break;
    }
}

static void write_record(struct pb_report *report, const char *name, pb_emit *emit,
                         const void *object)
{
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
        pb_emit_report(&report);
        pb_json_write_end_object(&writer);
        pb_buffer_append_byte(&sink->buffer, '\n');
    }
    pb_report_close(&report);
}

/* SPDX-License-Identifier: MIT */
#include "aws/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/walk.h"
#include "json/place.h"

void pb_reading_init(struct pb_reading *reading, const struct pb_json_document *document,
                     const struct pb_aws_context *context, struct pb_batch *batch)
{
    *reading = (struct pb_reading){
        .document = document,
        .context = context,
        .batch = batch,
        .is_expected = context->is_named || pb_aws_is_expected_path(context->path),
        .first_observation = batch->observations.count,
        .first_record = batch->records.count,
        .first_diagnostic = batch->diagnostics.items.count,
    };
    pb_buffer_init(&reading->pointer, SIZE_MAX);
}

void pb_reading_release(struct pb_reading *reading)
{
    pb_buffer_release(&reading->pointer);
}

static bool copy_pointer(struct pb_reading *reading, struct pb_slice *copy)
{
    return !reading->pointer.has_failed &&
           pb_arena_copy(&reading->batch->arena, pb_buffer_slice(&reading->pointer), copy);
}

enum pb_status pb_reading_add_record(struct pb_reading *reading, enum pb_record_kind kind,
                                     const char *shape, uint32_t *index)
{
    struct pb_record record = {
        .kind = kind,
        .entry = reading->batch->diagnostics.entry,
        .document = reading->document->ordinal,
        .shape = shape,
    };

    if (reading->batch->records.count >= UINT32_MAX || !copy_pointer(reading, &record.pointer) ||
        !pb_vector_append(&reading->batch->records, &record, 1))
        return PB_FAILED_MEMORY;
    *index = (uint32_t)(reading->batch->records.count - 1);
    return PB_OK;
}

struct pb_record *pb_reading_record(const struct pb_reading *reading, uint32_t index)
{
    return &PB_VECTOR_AT(struct pb_record, &reading->batch->records, index);
}

void pb_reading_drop_record(struct pb_reading *reading)
{
    reading->batch->records.count--;
}

void pb_reading_drop_if_empty(struct pb_reading *reading, uint32_t index)
{
    if (pb_reading_record(reading, index)->observation_count == 0)
        pb_reading_drop_record(reading);
}

enum pb_status pb_reading_add_observation(struct pb_reading *reading, uint32_t record,
                                          const struct pb_observation *draft)
{
    size_t count = reading->batch->observations.count - reading->first_observation;
    if (reading->is_overfull || count >= PB_MOST_CERTIFICATES_A_DOCUMENT)
        return pb_reading_refuse_more(reading, PB_MOST_CERTIFICATES_A_DOCUMENT);
    struct pb_observation *added = pb_vector_push(&reading->batch->observations);

    if (added == NULL)
        return PB_FAILED_MEMORY;
    *added = *draft;
    added->entry = reading->batch->diagnostics.entry;
    added->document = reading->document->ordinal;
    added->record = record;
    if (record != PB_NO_RECORD) {
        added->shape = pb_reading_record(reading, record)->shape;
        pb_reading_record(reading, record)->observation_count++;
    }
    return copy_pointer(reading, &added->pointer) ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_reading_remark(struct pb_reading *reading, enum pb_remark kind,
                                 const char *format, ...)
{
    va_list arguments;

    if (reading->pointer.has_failed)
        return PB_FAILED_MEMORY;
    va_start(arguments, format);
    enum pb_status status = pb_remark_add(&reading->remarks, &reading->batch->diagnostics, kind,
                                          pb_buffer_slice(&reading->pointer), format, arguments);
    va_end(arguments);
    return status;
}

enum pb_status pb_reading_refuse(struct pb_reading *reading, const char *code, const char *format,
                                 ...)
{
    struct pb_diagnostic *added;
    char sentence[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    reading->is_refused = true;
    enum pb_status status = pb_diagnostics_add(&reading->batch->diagnostics, PB_SEVERITY_ERROR,
                                               code, &added, "%s", sentence);
    if (status != PB_OK)
        return status;
    return copy_pointer(reading, &added->pointer) ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_reading_refuse_more(struct pb_reading *reading, size_t ceiling)
{
    if (reading->is_overfull)
        return PB_OK;
    reading->is_overfull = true;
    return pb_reading_refuse(reading, "limit-certificates",
                             "more than %zu certificates in one document: those from here on were "
                             "not read; split the export",
                             ceiling);
}

/* A table of things with a pointer, so that one loop serves observations, records and remarks. */
struct found {
    struct pb_json_place *places;
    size_t count;
};

/*
 * What stands inside a string has the place of the string. A key may hold a '#' as well, so the
 * whole pointers are asked for first; false where all were found.
 */
static bool cut_to_strings(struct pb_json_place *places, size_t count)
{
    bool has_cut = false;

    for (size_t i = 0; i < count; i++) {
        size_t hash = pb_slice_find(places[i].pointer, PB_SLICE("#"), 0);
        if (places[i].line != 0 || hash == SIZE_MAX)
            continue;
        places[i].pointer = pb_slice_first(places[i].pointer, hash);
        has_cut = true;
    }
    return has_cut;
}

/* Without memory the lines stay unknown: they are a help, and no result depends on them. */
static struct found find_places(struct pb_slice text, const struct pb_vector *items, size_t first,
                                size_t pointer_offset)
{
    struct found found = {NULL, items->count - first};

    if (found.count > 0)
        found.places = calloc(found.count, sizeof *found.places);
    if (found.places == NULL)
        return (struct found){NULL, 0};
    for (size_t i = 0; i < found.count; i++) {
        const char *item = (const char *)items->data + (first + i) * items->element_bytes;
        memcpy(&found.places[i].pointer, item + pointer_offset, sizeof(struct pb_slice));
    }
    pb_json_find_places(text, found.places, found.count);
    if (cut_to_strings(found.places, found.count))
        pb_json_find_places(text, found.places, found.count);
    return found;
}

static uint32_t line_in_item(const struct pb_json_document *document,
                             const struct pb_json_place *place)
{
    return place->line == 0 ? 0 : document->line - 1 + place->line;
}

static void place_observations(const struct pb_reading *reading)
{
    struct pb_vector *items = &reading->batch->observations;
    struct found found = find_places(reading->document->text, items, reading->first_observation,
                                     offsetof(struct pb_observation, pointer));

    for (size_t i = 0; i < found.count; i++)
        PB_VECTOR_AT(struct pb_observation, items, reading->first_observation + i).line =
            line_in_item(reading->document, &found.places[i]);
    free(found.places);
}

static void place_records(const struct pb_reading *reading)
{
    struct pb_vector *items = &reading->batch->records;
    struct found found = find_places(reading->document->text, items, reading->first_record,
                                     offsetof(struct pb_record, pointer));

    for (size_t i = 0; i < found.count; i++)
        PB_VECTOR_AT(struct pb_record, items, reading->first_record + i).line =
            line_in_item(reading->document, &found.places[i]);
    free(found.places);
}

static void place_diagnostics(const struct pb_reading *reading)
{
    const struct pb_json_document *document = reading->document;
    struct pb_vector *items = &reading->batch->diagnostics.items;
    struct found found = find_places(document->text, items, reading->first_diagnostic,
                                     offsetof(struct pb_diagnostic, pointer));

    for (size_t i = 0; i < found.count; i++) {
        struct pb_diagnostic *diagnostic =
            &PB_VECTOR_AT(struct pb_diagnostic, items, reading->first_diagnostic + i);
        const struct pb_json_place *place = &found.places[i];
        if (place->line == 0)
            continue;
        diagnostic->line = line_in_item(document, place);
        diagnostic->offset_bytes = document->offset_bytes + place->offset_bytes;
        /* A document's first line may begin in the middle of the item's. */
        if (place->line > 1 || document->offset_bytes == 0)
            diagnostic->column = place->column;
    }
    free(found.places);
}

enum pb_status pb_reading_close(struct pb_reading *reading)
{
    enum pb_status status = pb_remarks_close(&reading->remarks, &reading->batch->diagnostics);

    if (status != PB_OK)
        return status;
    place_observations(reading);
    place_records(reading);
    place_diagnostics(reading);
    return PB_OK;
}

/* boto2 and other XML readers print booleans as text. */
static bool read_flag(const struct pb_json *value, bool *flag)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    if (pb_json_boolean(value, flag))
        return true;
    pb_json_string(value, &text);
    *flag = pb_slice_equals_ignoring_case(text, PB_SLICE("true"));
    return *flag || pb_slice_equals_ignoring_case(text, PB_SLICE("false"));
}

static enum pb_status remark_on_mark(struct pb_reading *reading, const struct pb_json *value,
                                     const char *field, const char *expected)
{
    return pb_reading_remark(reading, PB_REMARK_WRONG_TYPE, "%s beside it is %s; expected %s",
                             field, pb_json_type_name(pb_json_type(value)), expected);
}

/* A mark that is neither text nor null: what it says is lost, and it may have said that more
 * follows. */
static bool is_odd_mark(const struct pb_json *value)
{
    return pb_json_type(value) > PB_JSON_NULL && pb_json_type(value) != PB_JSON_STRING;
}

static enum pb_status check_marks(struct pb_reading *reading, const struct pb_fields *envelope)
{
    const struct pb_json *token = envelope->values[PB_FIELD_NEXT_TOKEN];
    const struct pb_json *marker = envelope->values[PB_FIELD_MARKER];
    const struct pb_json *flag = envelope->values[PB_FIELD_IS_TRUNCATED];
    bool is_truncated;
    enum pb_status status = PB_OK;

    if (is_odd_mark(token))
        status = remark_on_mark(reading, token, "NextToken", "a string");
    if (status == PB_OK && is_odd_mark(marker))
        status = remark_on_mark(reading, marker, "Marker", "a string");
    if (status == PB_OK && pb_json_type(flag) > PB_JSON_NULL && !read_flag(flag, &is_truncated))
        status = remark_on_mark(reading, flag, "IsTruncated", "a boolean");
    return status;
}

enum pb_status pb_reading_page(struct pb_reading *reading, const struct pb_node *node,
                               enum pb_page *page)
{
    const struct pb_fields *envelope = node->parent_fields;
    const struct pb_json *token = envelope->values[PB_FIELD_NEXT_TOKEN];
    const struct pb_json *marker = envelope->values[PB_FIELD_MARKER];
    bool is_truncated = false;

    *page = PB_PAGE_UNMARKED;
    if (node->is_cut || pb_fields_has_text(envelope, PB_FIELD_NEXT_TOKEN) || is_odd_mark(token))
        *page = PB_PAGE_CUT;
    else if (is_odd_mark(marker))
        *page = PB_PAGE_MORE;
    else if (read_flag(envelope->values[PB_FIELD_IS_TRUNCATED], &is_truncated))
        *page = is_truncated ? PB_PAGE_MORE : PB_PAGE_LAST;
    else if (pb_fields_has_text(envelope, PB_FIELD_MARKER))
        *page = PB_PAGE_MORE; /* the service sends a Marker only where IsTruncated is true */
    return check_marks(reading, envelope);
}

/* SPDX-License-Identifier: MIT */
#include "aws/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/walk.h"
#include "json/document.h"

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

/* Nearly every name is the end of its ARN: one copy does for both. */
static bool keep_name(struct pb_arena *arena, struct pb_observation *observation)
{
    struct pb_slice name = observation->name, arn = observation->arn;

    if (name.size_bytes == 0 || !pb_slice_ends_with(arn, name))
        return pb_arena_copy(arena, name, &observation->name);
    observation->name = pb_slice_from(arn, arn.size_bytes - name.size_bytes);
    return true;
}

/* A draft that says nothing of the kind leaves the observation without. */
static bool keep_particulars(struct pb_arena *arena, const struct pb_particulars *said,
                             struct pb_observation *observation)
{
    if (pb_slice_is_absent(said->account) && said->tags == NULL && said->undated_because == NULL &&
        said->event == PB_EVENT_NONE && said->imported_at.state == PB_DATE_ABSENT &&
        pb_slice_is_absent(said->serial))
        return true;
    struct pb_particulars *kept = pb_arena_allocate(arena, sizeof *kept);
    if (kept == NULL)
        return false;
    *kept = *said;
    observation->particulars = kept;
    return pb_arena_copy(arena, kept->new_name, &kept->new_name);
}

static bool keep_bodies(struct pb_arena *arena, const struct pb_bodies *shown,
                        struct pb_observation *observation)
{
    if (pb_slice_is_absent(shown->body_pem) && pb_slice_is_absent(shown->chain_pem))
        return true;
    observation->bodies = pb_arena_allocate(arena, sizeof *observation->bodies);
    if (observation->bodies != NULL)
        *observation->bodies = *shown;
    return observation->bodies != NULL;
}

enum pb_status pb_reading_add_observation(struct pb_reading *reading, uint32_t record,
                                          const struct pb_draft *draft)
{
    size_t count = reading->batch->observations.count - reading->first_observation;
    if (reading->is_overfull || count >= PB_MOST_CERTIFICATES_A_DOCUMENT)
        return pb_reading_refuse_more(reading, PB_MOST_CERTIFICATES_A_DOCUMENT);
    struct pb_observation *added = pb_vector_push(&reading->batch->observations);

    if (added == NULL)
        return PB_FAILED_MEMORY;
    *added = draft->seen;
    added->entry = reading->batch->diagnostics.entry;
    added->document = reading->document->ordinal;
    added->record = record;
    if (record != PB_NO_RECORD) {
        added->shape = pb_reading_record(reading, record)->shape;
        pb_reading_record(reading, record)->observation_count++;
    }
    return keep_name(&reading->batch->arena, added) &&
                   keep_particulars(&reading->batch->arena, &draft->particulars, added) &&
                   keep_bodies(&reading->batch->arena, &draft->bodies, added) &&
                   copy_pointer(reading, &added->pointer)
               ? PB_OK
               : PB_FAILED_MEMORY;
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

/* What was added to the batch since the document began, and has a pointer. */
struct added {
    struct pb_observation *observations;
    struct pb_record *records;
    struct pb_diagnostic *diagnostics;
    size_t observation_count, record_count, diagnostic_count;
};

static void *rest_of(const struct pb_vector *vector, size_t first, size_t *count)
{
    *count = vector->count - first;
    return *count > 0 ? (char *)vector->data + first * vector->element_bytes : NULL;
}

static struct added find_added(const struct pb_reading *reading)
{
    const struct pb_batch *batch = reading->batch;
    struct added added;

    added.observations =
        rest_of(&batch->observations, reading->first_observation, &added.observation_count);
    added.records = rest_of(&batch->records, reading->first_record, &added.record_count);
    added.diagnostics =
        rest_of(&batch->diagnostics.items, reading->first_diagnostic, &added.diagnostic_count);
    return added;
}

/* Observations first, then records, then diagnostics; tell_places knows it too. */
static void ask_for_places(const struct added *added, struct pb_json_place *places)
{
    for (size_t i = 0; i < added->observation_count; i++)
        places++->pointer = added->observations[i].pointer;
    for (size_t i = 0; i < added->record_count; i++)
        places++->pointer = added->records[i].pointer;
    for (size_t i = 0; i < added->diagnostic_count; i++)
        places++->pointer = added->diagnostics[i].pointer;
}

/* A document's first line is all of it where documents stand one a line: no column is told. */
static void tell_diagnostic(const struct pb_json_document *document,
                            const struct pb_json_place *place, struct pb_diagnostic *diagnostic)
{
    if (place->line == 0)
        return;
    diagnostic->line = place->line;
    diagnostic->offset_bytes = place->offset_bytes;
    if (place->line > pb_json_line(document->start) || document->start.offset_bytes == 0)
        diagnostic->column = place->column;
}

static void tell_places(const struct pb_json_document *document, const struct pb_json_place *places,
                        const struct added *added)
{
    for (size_t i = 0; i < added->observation_count; i++)
        added->observations[i].line = places++->line;
    for (size_t i = 0; i < added->record_count; i++)
        added->records[i].line = places++->line;
    for (size_t i = 0; i < added->diagnostic_count; i++)
        tell_diagnostic(document, places++, &added->diagnostics[i]);
}

/* Without memory the lines stay unknown: they are a help, and no result depends on them. */
static void place_added(const struct pb_reading *reading)
{
    const struct added added = find_added(reading);
    size_t count = added.observation_count + added.record_count + added.diagnostic_count;
    struct pb_json_place *places = count > 0 ? calloc(count, sizeof *places) : NULL;

    if (places == NULL)
        return;
    ask_for_places(&added, places);
    pb_json_find_places(reading->document, places, count);
    tell_places(reading->document, places, &added);
    free(places);
}

enum pb_status pb_reading_close(struct pb_reading *reading)
{
    enum pb_status status = pb_remarks_close(&reading->remarks, &reading->batch->diagnostics);

    if (status != PB_OK)
        return status;
    place_added(reading);
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

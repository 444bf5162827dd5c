/* SPDX-License-Identifier: MIT */
/* What the readers of shapes make of documents: the cases of aws_documents.txt, each a path, a text
 * and all that is added to the batch. With PREBLEED_GOLDEN set the file is written anew: read the
 * diff like code. */
#include "unit.h"
#include "aws/read.h"
#include "inventory/types.h"

#define CASES "tests/unit/aws_documents.txt"

/* One text read as an item of its own. Filled by sample_open. */
struct sample {
    struct pb_batch batch;
    struct pb_aws_reading reading; /* of the last document */
    size_t documents;
};

/* A path that says nothing, and one that speaks of server certificates. */
#define PLAIN_PATH "dump/answer.json"
#define EXPECTED_PATH "dump/list-server-certificates.json"

/* The audit reads PEM text while the document is there; tests look at it later. */
static void sample_keep_pem(struct sample *sample, size_t first)
{
    for (size_t i = first; i < sample->batch.observations.count; i++) {
        struct pb_observation *seen =
            &PB_VECTOR_AT(struct pb_observation, &sample->batch.observations, i);
        struct pb_bodies *bodies = seen->bodies;
        if (bodies == NULL)
            continue;
        bodies->body_pem = pb_arena_copy(&sample->batch.arena, bodies->body_pem);
        bodies->chain_pem = pb_arena_copy(&sample->batch.arena, bodies->chain_pem);
    }
}

static void sample_open_within(struct sample *sample, const char *text, const char *path,
                               bool is_named, uint64_t most_values)
{
    const struct pb_limits limits = {.values = most_values};
    struct pb_aws_context context = {.path = pb_slice_from_string(path),
                                     .is_named = is_named,
                                     .limits = &limits,
                                     .cutoff_year = 2014};
    struct pb_json_reader reader = {.text = pb_slice_from_string(text), .most_values = most_values};
    struct pb_json_document document;
    enum pb_json_outcome found;

    *sample = (struct sample){0};
    pb_diagnostics_begin_entry(&sample->batch.diagnostics, 0);
    assert_int_equal(pb_batch_add_entry(&sample->batch, &(struct pb_entry){.path = context.path}),
                     PB_OK);
    for (;;) {
        found = pb_json_next(&reader, &sample->batch.diagnostics, &document);
        if (found != PB_JSON_DOCUMENT)
            break;
        size_t first = sample->batch.observations.count;
        sample->documents++;
        assert_int_equal(pb_aws_read(&document, &context, &sample->batch, &sample->reading), PB_OK);
        sample_keep_pem(sample, first);
        pb_json_document_release(&document);
    }
    assert_int_equal(found, PB_JSON_END);
}

static void sample_open(struct sample *sample, const char *text, const char *path, bool is_named)
{
    sample_open_within(sample, text, path, is_named, 100000);
}

static void sample_close(struct sample *sample)
{
    pb_batch_release(&sample->batch);
}

static const struct pb_record *sample_record(const struct sample *sample, size_t index)
{
    assert_true(index < sample->batch.records.count);
    return &PB_VECTOR_AT(struct pb_record, &sample->batch.records, index);
}

static const struct pb_observation *sample_observation(const struct sample *sample, size_t index)
{
    assert_true(index < sample->batch.observations.count);
    return &PB_VECTOR_AT(struct pb_observation, &sample->batch.observations, index);
}

static const struct pb_diagnostic *sample_diagnostic(const struct sample *sample, size_t index)
{
    assert_true(index < sample->batch.diagnostics.items.count);
    return &PB_VECTOR_AT(struct pb_diagnostic, &sample->batch.diagnostics.items, index);
}

/* expected NULL: the slice must be absent. */
static void assert_slice(struct pb_slice slice, const char *expected)
{
    if (expected == NULL) {
        assert_true(pb_slice_is_absent(slice));
        return;
    }
    assert_false(pb_slice_is_absent(slice));
    assert_int_equal(slice.size_bytes, strlen(expected));
    assert_memory_equal(slice.data, expected, slice.size_bytes);
}

static const char *const kinds[] = {
    [PB_RECORD_LIST] = "list",
    [PB_RECORD_GET] = "get",
    [PB_RECORD_UPLOAD] = "upload",
    [PB_RECORD_PROJECTION] = "projection",
    [PB_RECORD_NAMES] = "names",
    [PB_RECORD_ACCOUNT_SUMMARY] = "summary",
    [PB_RECORD_CALLER_IDENTITY] = "identity",
    [PB_RECORD_INVENTORY] = "inventory",
    [PB_RECORD_EVENT] = "event",
    [PB_RECORD_FAILED_CALL] = "failed-call",
    [PB_RECORD_REFERENCE] = "reference",
    [PB_RECORD_TAGS] = "tags",
    [PB_RECORD_UNREADABLE] = "unreadable",
};
static const char *const pages[] = {[PB_PAGE_UNMARKED] = "",
                                    [PB_PAGE_LAST] = " last",
                                    [PB_PAGE_MORE] = " more",
                                    [PB_PAGE_CUT] = " cut"};
static const char *const events[] = {
    [PB_EVENT_UPLOAD] = "upload", [PB_EVENT_UPDATE] = "update", [PB_EVENT_DELETE] = "delete"};
static const char *const date_states[] = {[PB_DATE_EXACT] = "",
                                          [PB_DATE_WITHOUT_ZONE] = "(no zone)",
                                          [PB_DATE_WITHOUT_TIME] = "(no time)"};

/* " key=text", bytes that would break the line as \xNN; nothing for an absent text. */
static void show_text(struct pb_buffer *shown, const char *key, struct pb_slice text)
{
    if (pb_slice_is_absent(text))
        return;
    pb_buffer_append_format(shown, " %s=", key);
    for (size_t i = 0; i < text.size_bytes; i++)
        if ((unsigned char)text.data[i] < 0x20)
            pb_buffer_append_format(shown, "\\x%02x", (unsigned)(unsigned char)text.data[i]);
        else
            pb_buffer_append_byte(shown, text.data[i]);
}

/* The instant, and the text where it is another; "?" and the text for what is no date. */
static void show_date(struct pb_buffer *shown, const char *key, const struct pb_date *date)
{
    char room[PB_INSTANT_BYTES];

    if (date->state == PB_DATE_ABSENT)
        return;
    pb_buffer_append_format(shown, " %s=", key);
    if (date->state == PB_DATE_UNPARSEABLE) {
        pb_buffer_append_byte(shown, '?');
    } else {
        pb_instant_spell(date->instant, room);
        pb_buffer_append_format(shown, "%s%s", room, date_states[date->state]);
    }
    if (date->spelling != NULL)
        show_text(shown, "spelt", pb_date_text(date, room));
}

static void show_tags(struct pb_buffer *shown, const struct pb_tag *tags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        show_text(shown, "tag", tags[i].key);
        show_text(shown, "value", tags[i].value);
    }
}

static void show_record(struct pb_buffer *shown, const struct pb_record *record)
{
    pb_buffer_append_format(shown, "%u: record %s%s", (unsigned)record->line, kinds[record->kind],
                            pages[record->page]);
    show_text(shown, "pointer", record->pointer);
    if (record->kind == PB_RECORD_ACCOUNT_SUMMARY)
        pb_buffer_append_format(shown, " count=%llu", (unsigned long long)record->count);
    show_text(shown, "account", record->account);
    show_text(shown, "partition", record->partition);
    show_text(shown, "label", record->label);
    show_text(shown, "target", record->target);
    show_text(shown, "listener", record->listener);
    pb_buffer_append_string(shown, record->is_further ? " further" : "");
    show_tags(shown, record->tags, record->tag_count);
    pb_buffer_append_byte(shown, '\n');
}

static void show_particulars(struct pb_buffer *shown, const struct pb_particulars *particulars)
{
    show_text(shown, "account", particulars->account);
    show_tags(shown, particulars->tags, particulars->tag_count);
    show_text(shown, "undated", pb_slice_from_string(particulars->undated_because));
    if (particulars->event != PB_EVENT_NONE)
        pb_buffer_append_format(shown, " event=%s", events[particulars->event]);
    show_date(shown, "at", &particulars->event_time);
    show_text(shown, "new-name", particulars->new_name);
    show_date(shown, "imported", &particulars->imported_at);
    show_text(shown, "serial", particulars->serial);
}

static void show_observation(struct pb_buffer *shown, const struct pb_observation *seen)
{
    pb_buffer_append_format(shown, "%u: %s", (unsigned)seen->line,
                            seen->origin == PB_ORIGIN_ACM ? "acm" : "certificate");
    if (seen->record != PB_NO_RECORD)
        pb_buffer_append_format(shown, " of %u", (unsigned)seen->record);
    show_text(shown, "pointer", seen->pointer);
    show_text(shown, seen->is_name_from_file ? "file-name" : "name", seen->name);
    show_text(shown, "path", seen->path);
    show_text(shown, "id", seen->id);
    show_text(shown, "arn", seen->arn);
    show_date(shown, "uploaded", &seen->upload_date);
    show_date(shown, "expires", &seen->expiration);
    show_particulars(shown, pb_observation_particulars(seen));
    const struct pb_bodies *bodies = pb_observation_bodies(seen);
    show_text(shown, bodies->is_body_unproven ? "unproven-body" : "body", bodies->body_pem);
    show_text(shown, "chain", bodies->chain_pem);
    pb_buffer_append_byte(shown, '\n');
}

static void show_diagnostic(struct pb_buffer *shown, const struct pb_diagnostic *diagnostic)
{
    pb_buffer_append_format(shown, "%u:%u: %s %s", (unsigned)diagnostic->line,
                            (unsigned)diagnostic->column, pb_severity_names[diagnostic->severity],
                            diagnostic->code);
    show_text(shown, "pointer", diagnostic->pointer);
    pb_buffer_append_format(shown, ": %.*s\n", PB_SLICE_ARGS(diagnostic->message));
}

static void show_sample(struct pb_buffer *shown, const struct sample *sample)
{
    const struct pb_aws_reading *reading = &sample->reading;
    const char *outcome = reading->is_recognised ? reading->is_refused ? "left-over" : "recognised"
                          : reading->is_missed   ? "missed"
                          : reading->is_refused  ? "refused"
                                                 : "unrelated";

    pb_buffer_append_format(shown, "= %s%s%s\n", outcome, reading->shape != NULL ? " " : "",
                            reading->shape != NULL ? reading->shape : "");
    for (size_t i = 0; i < sample->batch.records.count; i++)
        show_record(shown, sample_record(sample, i));
    for (size_t i = 0; i < sample->batch.observations.count; i++)
        show_observation(shown, sample_observation(sample, i));
    for (size_t i = 0; i < sample->batch.diagnostics.items.count; i++)
        show_diagnostic(shown, sample_diagnostic(sample, i));
}

/* The line at the offset without its end; *offset moves to the next one. */
static struct pb_slice take_line(struct pb_slice text, size_t *offset)
{
    size_t end = pb_slice_find(text, PB_SLICE("\n"), *offset);
    struct pb_slice line = pb_slice_first(pb_slice_from(text, *offset), end - *offset);

    assert_int_not_equal(end, SIZE_MAX);
    *offset = end + 1;
    return line;
}

/* Reads the case whose first line, "> PATH" or "> PATH named", ends at the offset, and shows it as
 * it is to stand in the file; *offset moves behind its text, to what was expected. */
static void run_case(struct pb_slice cases, struct pb_slice path, size_t *offset,
                     struct pb_buffer *shown)
{
    const struct pb_slice ending = PB_SLICE(" named");
    bool is_named = pb_slice_ends_with(path, ending);
    size_t begin = *offset, end = pb_slice_find(cases, PB_SLICE("\n= "), begin);
    char *text = calloc(1, end - begin + 1), name[200] = "";
    struct sample sample;

    assert_non_null(text);
    memcpy(text, cases.data + begin, end - begin);
    memcpy(name, path.data, path.size_bytes - (is_named ? ending.size_bytes : 0));
    sample_open(&sample, text, name, is_named);
    pb_buffer_append_format(shown, "%s\n", text);
    show_sample(shown, &sample);
    sample_close(&sample);
    free(text);
    *offset = end + 1;
}

/* Every case as it is to stand in the file. */
static void show_cases(struct pb_slice cases, struct pb_buffer *shown)
{
    for (size_t offset = 0; offset < cases.size_bytes;) {
        struct pb_slice line = take_line(cases, &offset);
        pb_buffer_append(shown, line);
        pb_buffer_append_byte(shown, '\n');
        if (!pb_slice_starts_with(line, PB_SLICE("> ")))
            continue;
        run_case(cases, pb_slice_from(line, 2), &offset, shown);
        while (offset < cases.size_bytes && cases.data[offset] != '>' && cases.data[offset] != '\n')
            take_line(cases, &offset);
    }
}

static struct pb_slice read_cases(void)
{
    FILE *file = fopen(CASES, "rb");
    char *text = calloc(1, 1000000);

    assert_true(file != NULL && text != NULL);
    size_t size = fread(text, 1, 1000000, file);
    assert_true(size > 0 && size < 1000000);
    fclose(file);
    return (struct pb_slice){text, size};
}

static void assert_same(struct pb_slice shown, struct pb_slice cases)
{
    for (size_t at = 0, other = 0, line = 1; at < cases.size_bytes; line++) {
        struct pb_slice expected = take_line(cases, &at), found = take_line(shown, &other);
        if (!pb_slice_equals(expected, found))
            fail_msg(CASES ":%zu: expected\n%.*s\nbut it is\n%.*s", line, PB_SLICE_ARGS(expected),
                     PB_SLICE_ARGS(found));
    }
    assert_int_equal(shown.size_bytes, cases.size_bytes);
}

static void every_document_shows_what_is_expected(void **state)
{
    struct pb_slice cases = read_cases();
    struct pb_buffer shown = {0};

    (void)state;
    show_cases(cases, &shown);
    if (getenv("PREBLEED_GOLDEN") != NULL) {
        FILE *file = fopen(CASES, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(shown.data, 1, shown.size_bytes, file), shown.size_bytes);
        assert_int_equal(fclose(file), 0);
    } else {
        assert_same(pb_buffer_slice(&shown), cases);
    }
    pb_buffer_release(&shown);
    free((void *)(uintptr_t)cases.data);
}

/* opening, count times the element with commas between, closing; ' stands for " */
static void open_many(struct sample *sample, const char *opening, const char *element, size_t count,
                      const char *closing)
{
    struct pb_buffer text = {0};

    pb_buffer_append_string(&text, opening);
    for (size_t i = 0; i < count; i++) {
        pb_buffer_append_string(&text, i == 0 ? "" : ",");
        pb_buffer_append_string(&text, element);
    }
    pb_buffer_append_string(&text, closing);
    pb_buffer_append_byte(&text, '\0');
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] == '\'')
            text.data[i] = '"';
    sample_open_within(sample, text.data, EXPECTED_PATH, false, 10000000);
    pb_buffer_release(&text);
}

static void a_document_gives_no_more_certificates_than_the_ceiling(void **state)
{
    static const struct {
        const char *opening, *element, *closing;
        size_t ceiling;
    } rows[] = {
        {"{'ServerCertificateMetadataList': [", "{'ServerCertificateName': 'a'}", "]}", 200000},
        {"[", "'a'", "]", 100000},
        {"[", "['a', '2013-05-02']", "]", 100000},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        size_t ceiling = rows[i / 2].ceiling, more = i % 2;
        open_many(&sample, rows[i / 2].opening, rows[i / 2].element, ceiling + 5 * more,
                  rows[i / 2].closing);
        assert_int_equal(sample.reading.is_refused, more);
        assert_int_equal(sample.reading.is_recognised, !more);
        assert_int_equal(sample.batch.observations.count, ceiling);
        assert_int_equal(sample.batch.diagnostics.items.count, more);
        if (more)
            assert_string_equal(sample_diagnostic(&sample, 0)->code, "limit-certificates");
        sample_close(&sample);
    }
}

static void a_flood_of_oddities_is_counted(void **state)
{
    struct sample sample;

    (void)state;
    open_many(&sample, "{'ServerCertificateMetadataList': [",
              "{'ServerCertificateId': 'ODD', 'Arn': 1}", 500, "]}");
    assert_int_equal(sample.batch.observations.count, 500);
    assert_int_equal(sample.batch.diagnostics.items.count, 21);
    assert_slice(sample_diagnostic(&sample, 0)->message,
                 "ids of server certificates begin with ASCA, \"ODD\" does not; the same in 499 "
                 "more places");
    assert_slice(sample_diagnostic(&sample, 20)->message,
                 "this is an integer; expected a string; the same in 480 more places");
    assert_slice(sample_diagnostic(&sample, 20)->pointer, "/ServerCertificateMetadataList/19/Arn");
    sample_close(&sample);
}

static void a_string_keeps_to_the_ceiling_of_its_document(void **state)
{
    static const char text[] = "[\"[{\\\"ServerCertificateName\\\": \\\"a\\\"}, 1, 2, 3, 4]\"]";
    struct sample sample;

    (void)state;
    sample_open_within(&sample, text, PLAIN_PATH, true, 100);
    assert_int_equal(sample.batch.observations.count, 1);
    sample_close(&sample);
    sample_open_within(&sample, text, PLAIN_PATH, true, 9);
    assert_int_equal(sample.batch.observations.count, 0);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "limit-values");
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_document_shows_what_is_expected),
        cmocka_unit_test(a_document_gives_no_more_certificates_than_the_ceiling),
        cmocka_unit_test(a_flood_of_oddities_is_counted),
        cmocka_unit_test(a_string_keeps_to_the_ceiling_of_its_document),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

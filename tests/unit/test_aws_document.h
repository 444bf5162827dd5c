/* SPDX-License-Identifier: MIT */
/* For the tests of src/aws: JSON text in, what the reader makes of it out. */
#ifndef TEST_AWS_DOCUMENT_H
#define TEST_AWS_DOCUMENT_H

#include "aws/read.h"
#include "inventory/batch.h"
#include "inventory/types.h"

/* One text read as an item of its own. Zero-initialise by read_text. */
struct sample {
    struct pb_batch batch;
    enum pb_aws_outcome outcome; /* of the last document */
    const char *shape;
    size_t documents;
};

/* A path that says nothing, and one that speaks of server certificates. */
#define PLAIN_PATH "dump/answer.json"
#define EXPECTED_PATH "dump/list-server-certificates.json"

/* The audit reads PEM text while the document is there; tests look at it later. */
static inline void sample_keep_pem(struct sample *sample, size_t first)
{
    for (size_t i = first; i < sample->batch.observations.count; i++) {
        struct pb_observation *seen =
            &PB_VECTOR_AT(struct pb_observation, &sample->batch.observations, i);
        struct pb_bodies *bodies = seen->bodies;
        if (bodies == NULL)
            continue;
        assert_true(pb_arena_copy(&sample->batch.arena, bodies->body_pem, &bodies->body_pem));
        assert_true(pb_arena_copy(&sample->batch.arena, bodies->chain_pem, &bodies->chain_pem));
    }
}

static inline void sample_open_within(struct sample *sample, const char *text, const char *path,
                                      bool is_named, uint64_t most_values)
{
    const struct pb_limits limits = {.values = most_values};
    struct pb_aws_context context = {pb_slice_from_string(path), is_named, &limits};
    struct pb_json_reader reader = {.text = pb_slice_from_string(text), .limits = &limits};
    struct pb_json_document document;
    enum pb_json_outcome found;

    *sample = (struct sample){0};
    pb_batch_init(&sample->batch);
    pb_batch_begin_entry(&sample->batch);
    assert_int_equal(pb_batch_add_entry(&sample->batch, &(struct pb_entry){.path = context.path}),
                     PB_OK);
    for (;;) {
        assert_int_equal(pb_json_next(&reader, &sample->batch.diagnostics, &found, &document),
                         PB_OK);
        if (found != PB_JSON_DOCUMENT)
            break;
        size_t first = sample->batch.observations.count;
        sample->documents++;
        assert_int_equal(
            pb_aws_read(&document, &context, &sample->batch, &sample->outcome, &sample->shape),
            PB_OK);
        sample_keep_pem(sample, first);
        pb_json_document_release(&document);
    }
    assert_int_equal(found, PB_JSON_END);
}

static inline void sample_open(struct sample *sample, const char *text, const char *path,
                               bool is_named)
{
    sample_open_within(sample, text, path, is_named, 100000);
}

/* The same with ' for ", which JSON in C needs too many of. */
static inline void sample_open_quoted(struct sample *sample, const char *text, const char *path,
                                      bool is_named)
{
    char quoted[8000];
    size_t size = strlen(text);

    assert_true(size < sizeof quoted);
    for (size_t i = 0; i <= size; i++)
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    sample_open(sample, quoted, path, is_named);
}

static inline void sample_close(struct sample *sample)
{
    pb_batch_release(&sample->batch);
}

static inline const struct pb_observation *sample_observation(const struct sample *sample,
                                                              size_t index)
{
    assert_true(index < sample->batch.observations.count);
    return &PB_VECTOR_AT(struct pb_observation, &sample->batch.observations, index);
}

static inline const struct pb_record *sample_record(const struct sample *sample, size_t index)
{
    assert_true(index < sample->batch.records.count);
    return &PB_VECTOR_AT(struct pb_record, &sample->batch.records, index);
}

static inline const struct pb_diagnostic *sample_diagnostic(const struct sample *sample,
                                                            size_t index)
{
    assert_true(index < sample->batch.diagnostics.items.count);
    return &PB_VECTOR_AT(struct pb_diagnostic, &sample->batch.diagnostics.items, index);
}

/* expected NULL: the slice must be absent. */
static inline void assert_slice(struct pb_slice slice, const char *expected)
{
    if (expected == NULL) {
        assert_true(pb_slice_is_absent(slice));
        return;
    }
    assert_false(pb_slice_is_absent(slice));
    assert_int_equal(slice.size_bytes, strlen(expected));
    assert_memory_equal(slice.data, expected, slice.size_bytes);
}

/* The text as it stood; NULL: there must be none. */
static inline void assert_date_text(const struct pb_date *date, const char *expected)
{
    char room[PB_INSTANT_BYTES];

    assert_slice(pb_date_text(date, room), expected);
}

/* expected "" for an absent date and "?" for an unparseable one. */
static inline void assert_date(const struct pb_date *date, const char *expected)
{
    struct pb_buffer text;

    pb_buffer_init(&text, SIZE_MAX);
    if (date->state == PB_DATE_UNPARSEABLE)
        pb_buffer_append_byte(&text, '?');
    else if (date->state != PB_DATE_ABSENT)
        pb_instant_append(&text, date->instant);
    assert_slice(pb_buffer_slice(&text), expected);
    pb_buffer_release(&text);
}

#endif

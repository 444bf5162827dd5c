/* SPDX-License-Identifier: MIT */
/* Holds the reader of JSON to jansson's own: the same values, ends and refusals. */
#ifndef TEST_JSON_ORACLE_H
#define TEST_JSON_ORACLE_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json/document.h"

#define LOAD_FLAGS                                                                                 \
    (JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

struct reading {
    struct pb_diagnostics diagnostics;
    enum pb_json_outcome outcome;
    struct pb_json_document document;
};

static inline void read_first(struct reading *reading, struct pb_slice text)
{
    struct pb_json_reader reader = {.text = text, .most_values = 1000000};

    *reading = (struct reading){0};
    reading->outcome = pb_json_next(&reader, &reading->diagnostics, &reading->document);
    if (reading->outcome == PB_JSON_CUT) { /* jansson keeps nothing of a cut document */
        pb_json_document_release(&reading->document);
        reading->document = (struct pb_json_document){0};
        reading->outcome = PB_JSON_INVALID;
    }
}

static inline void release(struct reading *reading)
{
    pb_json_document_release(&reading->document);
    pb_diagnostics_release(&reading->diagnostics);
}

static inline bool is_scalar_with_neighbour(struct pb_slice text, const json_t *root, int end)
{
    return !json_is_array(root) && !json_is_object(root) && (size_t)end < text.size_bytes &&
           strchr(" \t\r\n", text.data[end]) == NULL;
}

/* jansson passes over a NUL byte behind a number, we do so between documents. */
static inline bool has_nul(struct pb_slice text)
{
    return text.size_bytes > 0 && memchr(text.data, '\0', text.size_bytes) != NULL;
}

/* Says what differs from jansson without a reason, or NULL. */
static inline const char *difference(struct pb_slice text, const struct reading *reading)
{
    const struct pb_json_document *document = &reading->document;
    const json_t *ours = (const json_t *)document->root;
    size_t start = ours != NULL ? document->start.offset_bytes : 0;
    struct pb_slice rest = pb_slice_from(text, start);
    json_error_t error;
    json_t *root = json_loadb(rest.data, rest.size_bytes, LOAD_FLAGS, &error);
    const char *found = NULL;

    if (pb_skip(text, 0, " \t\r\n\xEF\xBB\xBF") < start && !has_nul(text))
        found = "passed over more than blanks and byte order marks";
    else if (ours == NULL && root != NULL && !has_nul(text) &&
             !is_scalar_with_neighbour(text, root, error.position))
        found = "refused what jansson accepts";
    else if (ours != NULL && root == NULL && !reading->document.is_repaired && !has_nul(text) &&
             json_error_code(&error) != json_error_null_byte_in_key)
        found = "accepted what jansson refuses";
    else if (ours != NULL && root != NULL && reading->document.is_repaired)
        found = "repaired what jansson accepts";
    else if (ours != NULL && root != NULL && !json_equal(ours, root))
        found = "another value";
    else if (ours != NULL && root != NULL && document->text.size_bytes != (size_t)error.position)
        found = "another end";
    json_decref(root);
    return found;
}

/* At each value's offset jansson's own reader finds that value. */
static inline void assert_places(const struct pb_json_document *document)
{
    const struct pb_json_row *rows = document->rows.data;

    for (size_t i = 0; i < document->rows.count; i++) {
        struct pb_slice at = pb_slice_from(document->text, rows[i].offset_bytes);
        struct pb_json_place place = {0};
        json_t *found = json_loadb(at.data, at.size_bytes, LOAD_FLAGS, NULL);
        /* jansson reads no key with a NUL */
        if (found != NULL && !json_equal(found, (const json_t *)rows[i].value))
            fail_msg("%.*s: %.*s", PB_SLICE_ARGS(document->text), PB_SLICE_ARGS(at));
        assert_true(pb_json_find_place(document, rows[i].value, &place));
        assert_int_equal(place.offset_bytes, document->start.offset_bytes + rows[i].offset_bytes);
        json_decref(found);
    }
}

static inline void check(const char *bytes, size_t size, size_t *accepted)
{
    char *copy = malloc(size ? size : 1); /* of exactly its size, so that a byte too far is seen */
    struct pb_slice text = {copy, size};
    struct reading reading;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    read_first(&reading, text);
    const char *found = difference(text, &reading);
    if (found != NULL)
        fail_msg("%s: %.*s", found, PB_SLICE_ARGS(text));
    assert_int_equal(reading.outcome == PB_JSON_DOCUMENT, reading.document.root != NULL);
    assert_int_equal(reading.outcome == PB_JSON_INVALID,
                     reading.diagnostics.items.count > 0 && !reading.document.is_repaired);
    if (reading.document.root != NULL && !reading.document.is_repaired) {
        assert_places(&reading.document);
        ++*accepted;
    }
    release(&reading);
    free(copy);
}

#endif

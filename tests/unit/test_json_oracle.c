/* SPDX-License-Identifier: MIT */
/* Every cut and every changed byte of small documents: jansson's own reader and a recursive search
 * for places say what must come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "json/document.h"

#define LOAD_FLAGS                                                                                 \
    (JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

static const char *const corpus[] = {
    "{\"ServerCertificateMetadataList\": [{\"Path\": \"/\", \"n\": 1}, {}]}",
    "[1, -2.5e+3, 0, -0, 1E5, true, false, null, \"x\"]",
    "{\"a\": {\"b\": [[], {}, [0, {\"c\": \"d\"}]]}, \"e\": \"\"}",
    "{\"\": 1, \"~\": 2, \"/\": 3, \"~1\": {\"/~\": [4]}, \"a/b\": 5}",
    "[\"\\u00e9\\ud83d\\ude00\\n\\\\\\\"\\/\", {\"\\u0061\": \"\xC3\xA9\xE2\x82\xAC\"}]",
    "[9223372036854775807, 92233720368547758.07, 1e308]",
    "{\"k\":1}{\"l\":2}",
    "\"one\" \"two\"",
    "12 \n13",
    " \r\n\t[ \n [ ] , [ 1 ] ] ",
    "{\"a\":[{\"a\":[{\"a\":1}]}],\"a-b\":2,\"a.b\":3,\"b\":4}",
};

struct reading {
    struct pb_arena arena;
    struct pb_diagnostics diagnostics;
    enum pb_json_outcome outcome;
    struct pb_json_document document;
};

static void read_first(struct reading *reading, struct pb_slice text)
{
    static const struct pb_limits limits = {.values = 1000};
    struct pb_json_reader reader = {.text = text, .limits = &limits};

    *reading = (struct reading){0};
    pb_diagnostics_init(&reading->diagnostics, &reading->arena);
    assert_int_equal(
        pb_json_next(&reader, &reading->diagnostics, &reading->outcome, &reading->document), PB_OK);
}

static void release(struct reading *reading)
{
    pb_json_document_release(&reading->document);
    pb_diagnostics_release(&reading->diagnostics);
    pb_arena_release(&reading->arena);
}

static bool is_scalar_with_neighbour(struct pb_slice text, const json_t *root, int end)
{
    return !json_is_array(root) && !json_is_object(root) && (size_t)end < text.size_bytes &&
           strchr(" \t\r\n", text.data[end]) == NULL;
}

/* jansson passes over a NUL byte behind a number, which RFC 8259 does not. */
static bool has_nul(struct pb_slice text)
{
    return text.size_bytes > 0 && memchr(text.data, '\0', text.size_bytes) != NULL;
}

/* Says what differs from jansson without a reason, or NULL. */
static const char *difference(struct pb_slice text, const struct reading *reading)
{
    json_error_t error;
    json_t *root = json_loadb(text.data, text.size_bytes, LOAD_FLAGS, &error);
    const json_t *ours = (const json_t *)reading->document.root;
    const char *found = NULL;

    if (ours == NULL && root != NULL && !has_nul(text) &&
        !is_scalar_with_neighbour(text, root, error.position))
        found = "refused what jansson accepts";
    else if (ours != NULL && root == NULL && !reading->document.is_repaired &&
             json_error_code(&error) != json_error_null_byte_in_key)
        found = "accepted what jansson refuses";
    else if (ours != NULL && root != NULL && reading->document.is_repaired)
        found = "repaired what jansson accepts";
    else if (ours != NULL && root != NULL && !json_equal(ours, root))
        found = "another value";
    else if (ours != NULL && root != NULL &&
             reading->document.start.offset_bytes + reading->document.text.size_bytes !=
                 (size_t)error.position)
        found = "another end";
    json_decref(root);
    return found;
}

/* A recursive reader of documents known to be good, which notes every value's pointer and place. */
struct notes {
    struct pb_slice text;
    size_t offset;
    struct {
        struct pb_buffer pointer;
        size_t offset;
    } items[64];
    size_t count;
};

static void skip_blanks(struct notes *notes)
{
    while (notes->offset < notes->text.size_bytes &&
           memchr(" \t\r\n", notes->text.data[notes->offset], 4) != NULL)
        notes->offset++;
}

static void skip_string(struct notes *notes)
{
    for (notes->offset++; notes->text.data[notes->offset] != '"'; notes->offset++)
        if (notes->text.data[notes->offset] == '\\')
            notes->offset++;
    notes->offset++;
}

static void note_value(struct notes *notes, struct pb_slice pointer, size_t container);

static void note_member(struct notes *notes, struct pb_slice pointer, size_t container,
                        size_t index, bool is_keyed)
{
    struct pb_buffer path;

    pb_buffer_init(&path, SIZE_MAX);
    pb_buffer_append(&path, pointer);
    pb_buffer_append_byte(&path, '/');
    if (is_keyed) {
        size_t start = notes->offset;
        skip_string(notes);
        json_t *key = json_loadb(notes->text.data + start, notes->offset - start, LOAD_FLAGS, NULL);
        assert_non_null(key);
        for (size_t i = 0; i < json_string_length(key); i++) {
            char byte = json_string_value(key)[i];
            if (byte == '~' || byte == '/')
                pb_buffer_append_string(&path, byte == '~' ? "~0" : "~1");
            else
                pb_buffer_append_byte(&path, byte);
        }
        json_decref(key);
        skip_blanks(notes);
        notes->offset++; /* the colon */
    } else {
        pb_buffer_append_format(&path, "%zu", index);
    }
    note_value(notes, pb_buffer_slice(&path), container);
    pb_buffer_release(&path);
}

/* A true, false or null has the place of its container. */
static void note_value(struct notes *notes, struct pb_slice pointer, size_t container)
{
    skip_blanks(notes);
    assert_in_range(notes->count, 0, 63);
    pb_buffer_init(&notes->items[notes->count].pointer, SIZE_MAX);
    pb_buffer_append(&notes->items[notes->count].pointer, pointer);
    const size_t start = notes->offset;
    char opening = notes->text.data[start];
    notes->items[notes->count++].offset = strchr("tfn", opening) ? container : start;
    if (opening == '"') {
        skip_string(notes);
    } else if (opening != '[' && opening != '{') {
        while (notes->offset < notes->text.size_bytes &&
               memchr(" \t\r\n,]}", notes->text.data[notes->offset], 7) == NULL)
            notes->offset++;
    } else {
        size_t index = 0;
        for (notes->offset++;; notes->offset++) {
            skip_blanks(notes);
            if (memchr("]}", notes->text.data[notes->offset], 2) != NULL)
                break;
            note_member(notes, pointer, start, index++, opening == '{');
            skip_blanks(notes);
            if (notes->text.data[notes->offset] != ',')
                break;
        }
        notes->offset++;
    }
}

static void assert_places(const struct pb_json_document *document)
{
    const struct pb_slice text = document->text;
    static struct notes notes;
    struct pb_json_place places[65] = {{.pointer = PB_SLICE("/no/such")}};

    notes = (struct notes){.text = text};
    note_value(&notes, PB_SLICE(""), SIZE_MAX);
    size_t step = notes.count % 37 != 0 ? 37 : 1; /* an order that is not the document's */
    for (size_t i = 0; i < notes.count; i++)
        places[1 + (i * step) % notes.count].pointer = pb_buffer_slice(&notes.items[i].pointer);
    pb_json_find_places(document, places, notes.count + 1);
    if (text.data[0] != '"') /* what would stand in a string has its place */
        assert_int_equal(places[0].offset_bytes, SIZE_MAX);
    for (size_t i = 0; i < notes.count; i++) {
        size_t offset = places[1 + (i * step) % notes.count].offset_bytes;
        if (offset != SIZE_MAX)
            offset -= document->start.offset_bytes;
        if (offset != notes.items[i].offset)
            fail_msg("%.*s: %.*s", PB_SLICE_ARGS(text),
                     PB_SLICE_ARGS(pb_buffer_slice(&notes.items[i].pointer)));
        pb_buffer_release(&notes.items[i].pointer);
    }
}

static void check(const char *bytes, size_t size, size_t *accepted)
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

static void every_cut_is_read_as_jansson_reads_it(void **state)
{
    size_t accepted = 0;

    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++)
        for (size_t size = 0; size <= strlen(corpus[i]); size++)
            check(corpus[i], size, &accepted);
    assert_in_range(accepted, sizeof corpus / sizeof corpus[0], 1000);
}

static void every_changed_byte_is_read_as_jansson_reads_it(void **state)
{
    size_t accepted = 0;

    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++) {
        size_t size = strlen(corpus[i]);
        char text[128];
        assert_in_range(size, 1, sizeof text);
        for (size_t at = 0; at < size; at++) {
            memcpy(text, corpus[i], size);
            for (int byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                check(text, size, &accepted);
            }
        }
    }
    assert_in_range(accepted, 1000, SIZE_MAX);
}

static void every_doubled_and_every_dropped_byte_is_read_as_jansson_reads_it(void **state)
{
    size_t accepted = 0;

    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++) {
        size_t size = strlen(corpus[i]);
        char text[128];
        assert_in_range(size, 1, sizeof text - 1);
        for (size_t at = 0; at < size; at++) {
            memcpy(text, corpus[i], at + 1);
            memcpy(text + at + 1, corpus[i] + at, size - at);
            check(text, size + 1, &accepted);
            memcpy(text + at, corpus[i] + at + 1, size - at - 1);
            check(text, size - 1, &accepted);
        }
    }
    assert_in_range(accepted, 100, SIZE_MAX);
}

/* Long strings are looked at many bytes at once: what is special in one may stand anywhere. */
static void check_piece(const char *piece, size_t size, size_t *accepted)
{
    static const char *const frames[][2] = {{"[\"", "\"]"}, {"{\"", "\": 1}"}};
    static const char filling[] = "Letters + digits/0123456789 of a long string, 50 bytes";
    char text[128];

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        for (size_t before = 0; before < 50; before++) {
            size_t begin = strlen(frames[i][0]), after = 50 - before, end = strlen(frames[i][1]);
            char *out = text;
            memcpy(out, frames[i][0], begin);
            memcpy(out += begin, filling, before);
            memcpy(out += before, piece, size);
            memcpy(out += size, filling + before, after);
            memcpy(out += after, frames[i][1], end);
            check(text, (size_t)(out + end - text), accepted);
        }
}

static void whatever_stands_anywhere_in_a_long_string_is_read_as_jansson_reads_it(void **state)
{
    static const char *const pieces[] = {
        "",        "\\n",     "\\n\\r\\n",        "\\u002b", "\\ud83d\\ude00", "\\ud83d\\n",
        "\\ud83d", "\\udE00", "\\u0000",          "\\u20ac", "\\u00e9",        "\\\\",
        "\\\"",    "\\/",     "\xC3\xA9",         "\xC3\\n", "\xE2\x82\xAC",   "\\u12",
        "\\x",     "\x7F",    "\xF0\x9F\x98\x80",
    };
    size_t accepted = 0;

    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        check_piece(pieces[i], strlen(pieces[i]), &accepted);
    for (int byte = 0; byte < 256; byte++) {
        char piece = (char)byte;
        check_piece(&piece, 1, &accepted);
    }
    assert_in_range(accepted, 10000, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_is_read_as_jansson_reads_it),
        cmocka_unit_test(every_changed_byte_is_read_as_jansson_reads_it),
        cmocka_unit_test(every_doubled_and_every_dropped_byte_is_read_as_jansson_reads_it),
        cmocka_unit_test(whatever_stands_anywhere_in_a_long_string_is_read_as_jansson_reads_it),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* JSON text (a document, several concatenated, or one a line) as jansson's values, with offsets. */
#ifndef PB_JSON_DOCUMENT_H
#define PB_JSON_DOCUMENT_H

#include "base/error.h"

/* A value inside a document; borrowed from it and valid until the document is released. */
struct pb_json;

enum pb_json_type {
    PB_JSON_ABSENT, /* there is no such value: the pointer is NULL */
    PB_JSON_NULL,
    PB_JSON_BOOLEAN,
    PB_JSON_INTEGER,
    PB_JSON_REAL,
    PB_JSON_STRING,
    PB_JSON_ARRAY,
    PB_JSON_OBJECT,
};

/* value may be NULL in every function below: it is then absent. */
enum pb_json_type pb_json_type(const struct pb_json *value);
/* "null", "a boolean", "an array": a literal, for messages. */
const char *pb_json_type_name(enum pb_json_type type);
/* Each returns false, and leaves *out alone, where the value is of another type. A string may hold
 * any character, U+0000 included, and is borrowed like the value. */
bool pb_json_string(const struct pb_json *value, struct pb_slice *out);
bool pb_json_boolean(const struct pb_json *value, bool *out);
bool pb_json_integer(const struct pb_json *value, int64_t *out);
bool pb_json_real(const struct pb_json *value, double *out); /* integers too */

/* The JSON number in decimal digits, in room, the same in every locale. value must be one. */
#define PB_JSON_NUMBER_BYTES 40
struct pb_slice pb_json_print_number(const struct pb_json *value, char room[PB_JSON_NUMBER_BYTES]);
/* The number of elements of an array or members of an object, 0 for anything else. */
size_t pb_json_count(const struct pb_json *value);
/* The element of an array, NULL where there is none. */
const struct pb_json *pb_json_element(const struct pb_json *array, size_t index);
/* The member of an object under the first of the keys "Key|key" that it has; NULL without one. */
const struct pb_json *pb_json_find(const struct pb_json *object, const char *keys);
/* The same for one key, which may hold any byte; NULL if it is absent. */
const struct pb_json *pb_json_find_key(const struct pb_json *object, struct pb_slice key);
/* Walks an object's members or an array's elements in the document's order:
 *     struct pb_json_member member = {0};
 *     while (pb_json_next_member(container, &member)) ... */
struct pb_json_member {
    struct pb_slice key; /* borrowed like the value, with a NUL behind it; absent in arrays */
    const struct pb_json *value;
    size_t count;   /* from 1: which one this is */
    void *position; /* private */
};
bool pb_json_next_member(const struct pb_json *container, struct pb_json_member *member);
/* A retained value outlives its document until it is released as often. is_retained returns whether
 * it has been; always false for true, false and null, which are shared by all documents. */
void pb_json_retain(const struct pb_json *value);
void pb_json_release(const struct pb_json *value);
bool pb_json_is_retained(const struct pb_json *value);

/* Appends "/key", escaped, or "/index" (RFC 6901); '#' for a zero-initialised member, which leads
 * into the document inside a string. A failure is remembered by the buffer. */
void pb_pointer_push(struct pb_buffer *pointer, const struct pb_json_member *member);

/* Must be called once before any thread reads JSON: seeds jansson's hash from /dev/urandom, so that
 * nobody can prepare keys that collide and nothing is opened later. */
void pb_json_prepare(void);
/* The version of jansson at run time: a literal. */
const char *pb_json_library_version(void);

/* A position in a text. Zero-initialised, it is the first byte, whose line is not counted yet. */
struct pb_json_place {
    size_t offset_bytes;
    size_t line_start_bytes; /* the offset of the line's first byte */
    uint32_t line, column;   /* from 1; the column is in code points */
    size_t row;              /* private to pb_json_find_place */
};

/* A value's position. true, false and null, which jansson shares, have one only as the root. */
struct pb_json_row {
    const struct pb_json *value;
    size_t offset_bytes; /* of its first byte, from the document's */
};

/* One parsed document. Release it before the next one is read. */
struct pb_json_document {
    struct pb_json *root;       /* owned: freed by pb_json_document_release */
    struct pb_vector rows;      /* of struct pb_json_row, in the document's order; owned */
    struct pb_slice text;       /* the document's bytes as they stood, borrowed from the reader */
    struct pb_json_place start; /* of text in the reader's text */
    uint32_t ordinal;           /* 0 for the item's first document */
    bool is_repaired;           /* diagnostic "json-repaired" was added */
};

enum pb_json_outcome {
    PB_JSON_DOCUMENT, /* *document is the next document */
    PB_JSON_END,      /* nothing but white space is left */
    /* A diagnostic of severity error says where and why; nothing follows. */
    PB_JSON_CUT, /* inside a document: *document holds the complete values before */
    PB_JSON_INVALID,
    PB_JSON_TOO_LARGE, /* more values than most_values (an array or object counts as four), or
                          as many documents: "limit-values" */
    PB_JSON_FAILED,    /* memory is missing; nothing follows */
};

/* Zero-initialise, then set text and most_values. */
struct pb_json_reader {
    struct pb_slice text; /* UTF-8 without byte order mark; borrowed by the reader's documents */
    uint64_t most_values; /* of a document: limits.values */
    size_t offset_bytes;  /* where the next call begins; may be set before the first */
    struct pb_json_place position; /* of the last document's first byte; private from here on */
    uint32_t next_ordinal;
};

/* The next document, read as RFC 8259 demands, and with unique keys (its section 4: two UploadDates
 * are two answers). Repaired, with a warning "json-repaired" for each kind of repair at the place
 * of the first, are only: a raw control character in a string, which is kept (the AWS CLI's own
 * documentation sample needs it); a string value with half a surrogate pair or with bytes that are
 * not UTF-8, and a number that neither int64 nor a finite double holds, which become null; half a
 * pair in a key, which becomes U+FFFD.
 * All else is PB_JSON_INVALID, or PB_JSON_CUT, with "json-invalid", "json-truncated" (the text ends
 * inside the document), "json-too-deep", "json-duplicate-key" or "invalid-utf8". Places are those
 * in reader->text. Arrays and objects may follow each other directly; any other value ends at white
 * space or at the text's end. NULs and byte order marks between documents count as white space.
 * Safe in several threads with different readers. */
enum pb_json_outcome pb_json_next(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                                  struct pb_json_document *document);

/* Parses a user's file with jansson's own reader: one array or object of any size, without repairs;
 * all numbers are real ones, since reports have had integers of more than 64 bits. Fails with
 * PB_FAILED_USAGE and "line 3, column 5: ..." in *error, or with PB_FAILED_MEMORY; *root,
 * which the caller releases, is left alone then. */
enum pb_status pb_json_load(struct pb_slice text, struct pb_json **root,
                            struct prebleed_error *error);

/* Moves *place, which is the document's start or the place of another value of it, to the value.
 * The search goes from there in both directions, so that lookups in about the document's order take
 * one pass. Returns false, with *place unchanged, for a value without a row. */
bool pb_json_find_place(const struct pb_json_document *document, const struct pb_json *value,
                        struct pb_json_place *place);
/* Frees what pb_json_next gave, if anything. */
void pb_json_document_release(struct pb_json_document *document);

/* Whether the byte may stand between documents. */
static inline bool pb_json_is_gap(char byte)
{
    return pb_is_blank(byte) || byte == '\0';
}

/* Private to this room (parse.c): parses the document at the reader's offset, which moves to its
 * end. Sets only the offset of its diagnostics. *document may be incomplete on failure. */
enum pb_json_outcome pb_json_parse(struct pb_json_reader *reader,
                                   struct pb_diagnostics *diagnostics,
                                   struct pb_json_document *document);

#endif

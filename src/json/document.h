/* SPDX-License-Identifier: MIT */
/* JSON documents from text: one, several concatenated, or one a line. */
#ifndef PB_JSON_DOCUMENT_H
#define PB_JSON_DOCUMENT_H

#include "base/diagnostic.h"
#include "base/limits.h"
#include "base/slice.h"
#include "base/error.h"
#include "json/tree.h"

/* One parsed document. Release it before the next one is read. */
struct pb_json_document {
    struct pb_json *root;  /* owned: freed by pb_json_document_release */
    struct pb_vector rows; /* of struct pb_json_row, in the document's order; owned */
    struct pb_slice text;  /* the document's bytes as they stood, borrowed from the reader */
    struct pb_json_position start; /* of text in the reader's text */
    uint32_t ordinal;              /* 0 for the item's first document */
    bool is_repaired;              /* some value was changed or dropped before parsing */
};

enum pb_json_outcome {
    PB_JSON_DOCUMENT,  /* *document is the next document */
    PB_JSON_CUT,       /* the text ends inside a document: a diagnostic of severity error says so,
                          and *document holds what is whole; nothing follows */
    PB_JSON_END,       /* nothing but white space is left */
    PB_JSON_INVALID,   /* a diagnostic of severity error says where and why; nothing follows */
    PB_JSON_TOO_LARGE, /* more values than limits->values (an array or object counts as four), or
                          as many documents: diagnostic "limit-values" says so; nothing follows */
};

/* Zero-initialise, then set text and limits. */
struct pb_json_reader {
    struct pb_slice text; /* UTF-8 without byte order mark; borrowed until the last document is
                             released */
    const struct pb_limits *limits;   /* borrowed */
    size_t offset_bytes;              /* where to go on: where to begin, before the first call */
    struct pb_json_position position; /* private from here on */
    size_t end_bytes;                 /* where the padding begins */
    uint32_t next_ordinal;
};

/*
 * The next document. The text is read as RFC 8259 demands, with duplicate keys refused (RFC 8259
 * section 4: names SHOULD be unique; two UploadDates are two answers).
 * Repaired, with the diagnostic "json-repaired" (a warning for each kind of repair in a document,
 * with their number, at the line and column of the first), are only: a raw control character
 * inside a string (taken as if escaped, as the AWS CLI's own documentation sample needs), a string
 * value with a lone surrogate escape (becomes null; in a key the escape becomes U+FFFD), a string
 * value with bytes that are not UTF-8 (becomes null; a key with such bytes is invalid) and a
 * number that neither int64 nor a finite double holds (becomes null).
 * Everything else is PB_JSON_INVALID with a diagnostic of code "json-invalid" (or "json-truncated"
 * where the text ends inside the document, "json-too-deep" past 2048 levels, "json-duplicate-key",
 * "invalid-utf8"), with line, column and offset in the text as it stood.
 * Line and column count from 1, columns in bytes; offset_bytes counts in reader->text.
 * Arrays and objects may follow each other directly; any other value ends at white space or at the
 * text's end. NUL bytes after the last document are padding and end it like white space.
 * Fails only with PB_FAILED_MEMORY. Safe in several threads with different readers.
 */
enum pb_status pb_json_next(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                            enum pb_json_outcome *outcome, struct pb_json_document *document);

/*
 * Reads a file that somebody writes for us: exactly one document, and no repairs. Fails with
 * PB_FAILED_USAGE and "line 3, column 5: ..." in *error (lines from 1, columns in bytes), or with
 * PB_FAILED_MEMORY; *document is zero then.
 */
enum pb_status pb_json_load(struct pb_slice text, const struct pb_limits *limits,
                            struct pb_json_document *document, struct pb_error *error);

/* Where a value stands. */
struct pb_json_place {
    const struct pb_json *value; /* set by the caller; NULL has no place */
    size_t offset_bytes;   /* of the value's first byte in the reader's text; SIZE_MAX: unknown */
    uint32_t line, column; /* of the same, from 1, columns in bytes; 0: unknown */
};

/*
 * Finds values in a document. Those that stand in the document's order take one pass over it. true,
 * false and null have no place, unless they are the document. Where memory is missing places are
 * unknown: they are a help for readers, and no result depends on them.
 */
void pb_json_find_places(const struct pb_json_document *document, struct pb_json_place *places,
                         size_t count);

/* Frees what pb_json_next or pb_json_load gave; does nothing for a zero-initialised document. */
void pb_json_document_release(struct pb_json_document *document);

#endif

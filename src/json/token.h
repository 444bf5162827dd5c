/* SPDX-License-Identifier: MIT */
/* The tokens of JSON text (RFC 8259) with their offsets, one at a time, and what they stand for. */
#ifndef PB_JSON_TOKEN_H
#define PB_JSON_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* What is wrong and where. code NULL: nothing is. */
struct pb_json_fault {
    const char *code; /* of the diagnostic, a string literal */
    size_t offset_bytes;
    const char *problem;   /* a string literal: a phrase, without the quote */
    struct pb_slice quote; /* the offending text, borrowed from the scanned text; absent for none */
};

enum pb_json_token_kind {
    PB_JSON_TOKEN_END, /* the text ends here */
    PB_JSON_TOKEN_BEGIN_OBJECT,
    PB_JSON_TOKEN_END_OBJECT,
    PB_JSON_TOKEN_BEGIN_ARRAY,
    PB_JSON_TOKEN_END_ARRAY,
    PB_JSON_TOKEN_COLON,
    PB_JSON_TOKEN_COMMA,
    PB_JSON_TOKEN_STRING,
    PB_JSON_TOKEN_NUMBER,
    PB_JSON_TOKEN_TRUE,
    PB_JSON_TOKEN_FALSE,
    PB_JSON_TOKEN_NULL,
    PB_JSON_TOKEN_FAULT, /* no token of JSON; the scanner's fault says why */
};

struct pb_json_token {
    enum pb_json_token_kind kind;
    size_t offset_bytes;  /* of its first byte */
    struct pb_slice text; /* as it stands, a string without its quotes; borrowed from the text */
    bool has_escapes;
    bool has_invalid_bytes; /* a string, and some of its bytes are not UTF-8 */
    size_t controls; /* raw control characters in a string, which RFC 8259 section 7 forbids */
    size_t first_control_bytes; /* the offset of the first of them */
};

/* Zero-initialise, then set text and, where the text does not start at its first byte, the offset.
 */
struct pb_json_scanner {
    struct pb_slice text; /* borrowed */
    size_t offset_bytes;
    struct pb_json_fault fault;
};

/* Skips white space (RFC 8259 section 2). Returns false at the end of the text. */
bool pb_json_skip_blanks(struct pb_json_scanner *scanner);

/* The next token. Strings have well-formed escapes, and are UTF-8 but for has_invalid_bytes;
 * numbers follow RFC 8259 section 6; whether tokens make a document is for the caller to judge. */
void pb_json_scan(struct pb_json_scanner *scanner, struct pb_json_token *token);

/*
 * Appends the characters of a string token's text to the buffer (RFC 8259 section 7). Returns how
 * many \u escapes are surrogates without their other half; each is appended as U+FFFD.
 */
size_t pb_json_decode_string(struct pb_slice text, struct pb_buffer *buffer);

#endif

/* SPDX-License-Identifier: MIT */
/* The tokens of JSON text with their places, one at a time. */
#ifndef PB_JSON_SCAN_H
#define PB_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* The deepest value that is read: the depth at which jansson's own reader stops. */
#define PB_JSON_DEEPEST_VALUE 2048

struct pb_json_position {
    size_t offset_bytes;
    size_t line_start_bytes; /* the offset of the line's first byte */
    uint32_t line;           /* from 1 */
};

/* From 1, in bytes; saturates. */
uint32_t pb_json_column(struct pb_json_position position);

/* What is wrong and where. code NULL: nothing is. */
struct pb_json_fault {
    const char *code; /* of the diagnostic, a string literal */
    struct pb_json_position position;
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
    struct pb_json_position position; /* of its first byte */
    struct pb_slice text; /* as it stands, a string without its quotes; borrowed from the text */
    bool has_escapes;
    size_t controls; /* raw control characters in a string, which RFC 8259 section 7 forbids */
    struct pb_json_position first_control; /* set where there are any */
};

/* Zero-initialise, then set text and, where the text does not start at its first byte, position. */
struct pb_json_scanner {
    struct pb_slice text; /* borrowed */
    struct pb_json_position position;
    struct pb_json_fault fault;
};

/* Skips white space (RFC 8259 section 2). Returns false at the end of the text. */
bool pb_json_skip_blanks(struct pb_json_scanner *scanner);

/* The next token. Strings are well-formed UTF-8 with well-formed escapes, numbers follow RFC 8259
 * section 6; whether tokens make a document is for the caller to judge. */
void pb_json_scan(struct pb_json_scanner *scanner, struct pb_json_token *token);

#endif

/* SPDX-License-Identifier: MIT */
/* The values of a document: jansson's, built from our tokens, with the offset of each. */
#ifndef PB_JSON_TREE_H
#define PB_JSON_TREE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/vector.h"
#include "json/token.h"

/* The deepest value that is read: the depth at which jansson's own reader stops. */
#define PB_JSON_DEEPEST_VALUE 2048

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
/* "null", "a boolean", "an integer", "a number", "a string", "an array", "an object": for messages.
 */
const char *pb_json_type_name(enum pb_json_type type);

/* Each returns false, and leaves *out alone, where the value is of another type. A string may hold
 * any character, U+0000 included, and is borrowed like the value. */
bool pb_json_string(const struct pb_json *value, struct pb_slice *out);
bool pb_json_boolean(const struct pb_json *value, bool *out);
bool pb_json_integer(const struct pb_json *value, int64_t *out);
bool pb_json_real(const struct pb_json *value, double *out); /* integers too */

/* The number of elements of an array or members of an object, 0 for anything else. */
size_t pb_json_count(const struct pb_json *value);

/* The element of an array, NULL where there is none. */
const struct pb_json *pb_json_element(const struct pb_json *array, size_t index);

/* The member of an object by its exact key, NULL where there is none. */
const struct pb_json *pb_json_find(const struct pb_json *object, const char *key);

/* Walks an object's members in the document's order:
 *     struct pb_json_member member = {0};
 *     while (pb_json_next_member(object, &member)) ... */
struct pb_json_member {
    struct pb_slice key; /* borrowed like the value */
    const struct pb_json *value;
    void *position; /* private */
};
bool pb_json_next_member(const struct pb_json *object, struct pb_json_member *member);

/* Appends "/key" or "/index" as RFC 6901 spells it. */
void pb_pointer_push_key(struct pb_buffer *pointer, struct pb_slice key);
void pb_pointer_push_index(struct pb_buffer *pointer, size_t index);

/* The value that a JSON pointer of a document's walk (RFC 6901, indexes as they were counted) leads
 * to, or the last one on the way that has a row of its own: not true, false and null, and nothing
 * inside a string ("/key#/inner"). NULL where the pointer leads nowhere, or without memory. */
const struct pb_json *pb_json_resolve(const struct pb_json *root, struct pb_slice pointer);

/* Where a value stood. jansson's true, false and null are one value each and have no row, unless
 * they are the document. */
struct pb_json_row {
    const struct pb_json *value;
    uint32_t offset_bytes;     /* of its first byte, from the document's; saturates */
    uint32_t key_offset_bytes; /* of its key's quote; that of the value in arrays and at the root */
};

/* Must be called once before any thread reads JSON: seeds jansson's hash from /dev/urandom, so that
 * nobody can prepare keys that collide and nothing is opened later. */
void pb_json_prepare(void);

enum pb_json_repair {
    PB_JSON_REPAIR_CONTROL,         /* a raw control character in a string was taken as it stood */
    PB_JSON_REPAIR_SURROGATE_VALUE, /* a string with half a character became null */
    PB_JSON_REPAIR_SURROGATE_KEY,   /* half a character in a key became U+FFFD */
    PB_JSON_REPAIR_BYTES,           /* a string with bytes that are not UTF-8 became null */
    PB_JSON_REPAIR_NUMBER,          /* a number that neither int64 nor double holds became null */
    PB_JSON_REPAIRS,
};

/* Zero-initialise, then set scanner and most_values. */
struct pb_json_parse {
    struct pb_json_scanner scanner; /* before the document; behind its last byte afterwards */
    uint64_t most_values;
    struct pb_json *root;  /* freed with pb_json_free; NULL after a fault, but for a cut */
    struct pb_vector rows; /* of struct pb_json_row, in the document's order; for the caller to
                              release in any case */
    struct pb_json_fault fault;
    bool is_cut; /* the fault is the end of the text, and root holds what is whole before it */
    struct {
        size_t count;
        size_t first_bytes; /* the offset of the first */
    } repairs[PB_JSON_REPAIRS];
};

/*
 * Reads one document. What is wrong with it is told by fault, whose code is one of those of
 * pb_json_next or "limit-values"; root is then NULL, but where the text ends inside an array or
 * object ("json-truncated") it holds what was read to its end. Fails only with PB_FAILED_MEMORY,
 * and then root is NULL too. Uses no recursion; memory is bounded by the text and by most_values.
 */
enum pb_status pb_json_parse(struct pb_json_parse *parse);

/* root may be NULL. */
void pb_json_free(struct pb_json *root);

/* The version of jansson. */
const char *pb_json_library_version(void);

#endif

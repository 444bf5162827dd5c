/* SPDX-License-Identifier: MIT */
/* Typed lookup in a parsed JSON document, which tells absent from null from the wrong type. */
#ifndef PB_JSON_VALUE_H
#define PB_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

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
/* "null", "a boolean", "an integer", "a number", "a string", "an array", "an object", for messages
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

#endif

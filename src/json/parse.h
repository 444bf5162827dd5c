/* SPDX-License-Identifier: MIT */
/* One document's tokens made into jansson's values, and repaired where they may be. */
#ifndef PB_JSON_PARSE_H
#define PB_JSON_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "json/scan.h"
#include "json/value.h"

enum pb_json_repair {
    PB_JSON_REPAIR_CONTROL,         /* a raw control character in a string was taken as it stood */
    PB_JSON_REPAIR_SURROGATE_VALUE, /* a string with half a character became null */
    PB_JSON_REPAIR_SURROGATE_KEY,   /* half a character in a key became U+FFFD */
    PB_JSON_REPAIR_NUMBER,          /* a number that neither int64 nor double holds became null */
    PB_JSON_REPAIRS,
};

/* Zero-initialise, then set scanner and most_values. */
struct pb_json_parse {
    struct pb_json_scanner scanner; /* before the document; behind its last byte afterwards */
    uint64_t most_values;
    struct pb_json *root; /* freed with pb_json_free; NULL after a fault */
    struct pb_json_fault fault;
    struct {
        size_t count;
        struct pb_json_position first;
    } repairs[PB_JSON_REPAIRS];
};

/*
 * Reads one document. What is wrong with it is told by fault, whose code is one of those of
 * pb_json_next or "limit-values"; root is then NULL. Fails only with PB_FAILED_MEMORY, and then
 * root is NULL too. Uses no recursion; memory is bounded by the text and by most_values.
 */
enum pb_status pb_json_parse(struct pb_json_parse *parse);

/* root may be NULL. */
void pb_json_free(struct pb_json *root);

#endif

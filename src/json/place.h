/* SPDX-License-Identifier: MIT */
/* Where a value stands: jansson keeps no positions, so a tokenizer finds them again. */
#ifndef PB_JSON_PLACE_H
#define PB_JSON_PLACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* One question and its answer. */
struct pb_json_place {
    struct pb_slice pointer; /* RFC 6901 JSON pointer, "" for the document; borrowed */
    size_t offset_bytes;     /* of the value's first byte in the text; SIZE_MAX: not found */
    uint32_t line, column;   /* from 1 in the text, columns in bytes; 0: not found */
};

/*
 * Finds count values in one document's text, which may need the repairs that pb_json_next makes.
 * One pass over the text at most, in whatever order the pointers stand. Uses no recursion; memory
 * is bounded by the pointers. Where memory is missing the rest is not found: a place is a help for
 * readers, and no result depends on it.
 */
void pb_json_find_places(struct pb_slice text, struct pb_json_place *places, size_t count);

#endif

/* SPDX-License-Identifier: MIT */
/* Tells text in which a reader of JSON would find nothing to say, without building its values. */
#ifndef PB_JSON_PLAIN_H
#define PB_JSON_PLAIN_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/slice.h"

/*
 * True only where pb_json_next gives nothing but documents to the text's end, and no diagnostic.
 * False as well where finding that out would need memory or decoding: for keys with escapes, long
 * numbers, deep values, large objects. Takes time linear in the size of the text.
 */
bool pb_json_is_plain(struct pb_slice text, const struct pb_limits *limits);

#endif

/* SPDX-License-Identifier: MIT */
/* What the text of a scanned string or number stands for. */
#ifndef PB_JSON_DECODE_H
#define PB_JSON_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/*
 * Appends the characters of a string token's text to the buffer (RFC 8259 section 7). Returns how
 * many \u escapes are surrogates without their other half; each is appended as U+FFFD.
 */
size_t pb_json_decode_string(struct pb_slice text, struct pb_buffer *buffer);

/* True where the text of a number token has neither fraction nor exponent. */
bool pb_json_is_integer(struct pb_slice text);
/* False where the integer does not fit. */
bool pb_json_decode_integer(struct pb_slice text, int64_t *value);

/*
 * Reads a number token with a fraction or an exponent, whatever the locale; an underflow is 0.
 * *is_finite is false where no finite double comes near. scratch is used for a copy of the text.
 * Returns false without memory.
 */
bool pb_json_decode_real(struct pb_slice text, struct pb_buffer *scratch, double *value,
                         bool *is_finite);

#endif

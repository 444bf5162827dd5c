/* SPDX-License-Identifier: MIT */
/* Where one stands in a document: a JSON pointer (RFC 6901) that grows and shrinks on the way. */
#ifndef PB_JSON_POINTER_H
#define PB_JSON_POINTER_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Appends "/key" or "/index" as RFC 6901 spells it, and returns the size before: what
 * pb_pointer_cut needs to go back. */
size_t pb_pointer_push_key(struct pb_buffer *pointer, struct pb_slice key);
size_t pb_pointer_push_index(struct pb_buffer *pointer, size_t index);
/* The key alone, as a part of a pointer. */
void pb_pointer_append_part(struct pb_buffer *pointer, struct pb_slice key);
void pb_pointer_cut(struct pb_buffer *pointer, size_t size_bytes);

#endif

/* SPDX-License-Identifier: MIT */
/* An item's bytes as UTF-8 text, whatever encoding a shell gave them. */
#ifndef PB_EVIDENCE_ENCODING_H
#define PB_EVIDENCE_ENCODING_H

#include "base/bytes.h"
#include "base/error.h"

enum pb_text_outcome {
    PB_TEXT_DECODED,
    PB_TEXT_BINARY,  /* NUL bytes that no text encoding explains */
    PB_TEXT_DAMAGED, /* UTF-16 with an odd byte at its end: *text is what stands before it */
};

/*
 * UTF-8 with or without a byte order mark is passed on without a copy (the mark cut off); UTF-16LE
 * and UTF-16BE, with a byte order mark or recognised by the NULs beside ASCII characters, are
 * converted into *storage (initialised by the caller, who releases it). NULs at the very end are
 * padding and are cut off. Half a surrogate pair becomes three bytes that are not UTF-8, so that
 * its string alone is lost. Invalid UTF-8 is not looked for here: the JSON parser tells
 * its place. *text is borrowed from bytes or from *storage. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_text_decode(struct pb_slice bytes, struct pb_buffer *storage,
                              enum pb_text_outcome *outcome, struct pb_slice *text);

#endif

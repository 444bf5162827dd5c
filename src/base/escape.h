/* SPDX-License-Identifier: MIT */
/* Bytes of unknown origin as text that a terminal, a log or a report can hold. */
#ifndef PB_BASE_ESCAPE_H
#define PB_BASE_ESCAPE_H

#include "base/buffer.h"
#include "base/slice.h"

enum pb_escape {
    /* Control characters (C0, DEL, C1), bytes that are not UTF-8, and the characters that reorder
     * or hide text (bidirectional controls, zero-width and tag characters) become \xNN,
     * byte for byte. */
    PB_ESCAPE_CONTROLS,
    /* The same, and a backslash is doubled, so that the escaping can be undone: for paths. */
    PB_ESCAPE_REVERSIBLE,
    /* The first, and & < > " ' become character references, and noncharacters \xNN, which neither
     * HTML (section 13.1.3) nor XML (section 2.2) may hold: for text and quoted attribute values.
     */
    PB_ESCAPE_MARKUP,
};

void pb_escape_append(struct pb_buffer *buffer, struct pb_slice bytes, enum pb_escape how);

/* The length of the well-formed UTF-8 sequence (RFC 3629) at the start, 0 where there is none. */
size_t pb_utf8_sequence_size(struct pb_slice bytes);
/* The offset of the first byte that does not belong to well-formed UTF-8, or SIZE_MAX. */
size_t pb_utf8_find_invalid(struct pb_slice bytes);

#endif

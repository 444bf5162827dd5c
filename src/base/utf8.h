/* SPDX-License-Identifier: MIT */
/* UTF-8 (RFC 3629), texts in UTF-16, and the escaping of untrusted bytes for reports. */
#ifndef PB_BASE_UTF8_H
#define PB_BASE_UTF8_H

#include "base/bytes.h"

/* The size of the well-formed sequence (RFC 3629, section 4) at the start, and its character, for
 * which character may be NULL; 0 where there is none. */
size_t pb_utf8_decode(struct pb_slice bytes, uint32_t *character);
/* Whether the byte begins a character, or belongs to none: it is no continuation of one. */
static inline bool pb_utf8_is_first(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}
/* The offset of the first byte that does not belong to well-formed UTF-8, or SIZE_MAX. */
size_t pb_utf8_find_invalid(struct pb_slice bytes);

#define PB_UTF8_MOST_BYTES 4 /* of one character */

/* Writes the character, which must be no surrogate and at most U+10FFFF; returns its size. */
size_t pb_utf8_encode(uint32_t character, char bytes[PB_UTF8_MOST_BYTES]);
/* Whether the character is a control character (C0, DEL, C1), or reorders or hides text, as
 * bidirectional controls, zero-width and tag characters do. */
bool pb_utf8_is_deceptive(uint32_t character);

enum pb_escape {
    /* Bytes that are not UTF-8 and characters that are deceptive become \xNN, byte for byte. */
    PB_ESCAPE_CONTROLS,
    /* The same, and a backslash is doubled, so that the escaping can be undone: for paths. */
    PB_ESCAPE_REVERSIBLE,
    /* The first, for text and quoted attributes: & < > " ' become character references, and
     * noncharacters \xNN, which neither HTML (13.1.3) nor XML (section 2.2) may hold. */
    PB_ESCAPE_MARKUP,
    /* What stands between the quotes of a JSON string (RFC 8259, section 7): the first as \uNNNN,
     * but bytes that are not UTF-8 become U+FFFD. */
    PB_ESCAPE_JSON,
};

void pb_escape_append(struct pb_buffer *buffer, struct pb_slice bytes, enum pb_escape how);

enum pb_text_outcome {
    PB_TEXT_DECODED,
    PB_TEXT_BINARY,  /* NUL bytes that no text encoding explains */
    PB_TEXT_DAMAGED, /* UTF-16 with an odd byte at its end: *text is what precedes it */
    PB_TEXT_EBCDIC,  /* and about server certificates; *text is absent */
};

/* An item's bytes as UTF-8 text, whatever encoding a shell gave them. UTF-8 is passed on without a
 * copy, without its byte order mark, and invalid bytes are not looked for: the JSON parser reports
 * their place. UTF-16, with a byte order mark or recognised by the NULs beside ASCII characters, is
 * converted into *storage, which the caller releases, and half a surrogate pair into three bytes
 * that are not UTF-8, so that only its string is lost. NULs at the very end are padding and are cut
 * off. *text is borrowed from bytes or from *storage, which remembers a failure. */
enum pb_text_outcome pb_text_decode(struct pb_slice bytes, struct pb_buffer *storage,
                                    struct pb_slice *text);

#endif

/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648, section 4) with white space between its characters. Private to the room. */
#ifndef PB_X509_BASE64_H
#define PB_X509_BASE64_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/*
 * The bytes, in the arena. Blanks, tabs, CR and LF may stand anywhere; nothing else may, '=' only
 * fills up the last four characters, and text of white space alone is refused. *reason is then a
 * string literal and *bytes absent; else *reason is NULL. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_base64_decode(struct pb_slice text, struct pb_arena *arena,
                                struct pb_slice *bytes, const char **reason);

#endif

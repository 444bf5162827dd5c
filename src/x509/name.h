/* SPDX-License-Identifier: MIT */
/* Distinguished names as text. Private to the room. */
#ifndef PB_X509_NAME_H
#define PB_X509_NAME_H

#include <openssl/x509.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/*
 * RFC 4514 text as `openssl x509 -nameopt RFC2253,utf8,-esc_msb` prints it; always UTF-8, because
 * d2i_X509 refuses names that are not. Empty for an empty name; absent where OpenSSL cannot print
 * the name. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_name_text(const X509_NAME *name, struct pb_arena *arena, struct pb_slice *text);

#endif

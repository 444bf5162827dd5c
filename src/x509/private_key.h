/* SPDX-License-Identifier: MIT */
/* Private keys that stand where none should: only their public half is ever looked at. */
#ifndef PB_X509_PRIVATE_KEY_H
#define PB_X509_PRIVATE_KEY_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"

/*
 * The identity, as in struct pb_key_facts, of the public half of an unencrypted private key in PEM
 * (RFC 7468 with real line ends). *is_known is false where the key cannot be read: encrypted, cut,
 * of an unknown kind, DSA or DH
 * above PB_MOST_COMPUTED_KEY_BYTES, on a curve that is spelt out. Nothing of the key is kept: pem's
 * memory is overwritten and emptied, and OpenSSL clears its own copies. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_x509_private_key_identify(struct pb_buffer *pem, unsigned char identity[32],
                                            bool *is_known);

#endif

/* SPDX-License-Identifier: MIT */
/* A public key, decoded as far as its signatures have needed. Private to the room. */
#ifndef PB_X509_PUBLIC_KEY_H
#define PB_X509_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "x509/signature.h"

/*
 * True where the parts are signed with one of the plain RSA algorithms by this key, and both are
 * spelt as plainly as can be. False says nothing: another algorithm, another form, a wrong
 * signature or no memory. Leaves the error queue empty.
 */
bool pb_public_key_verifies(const struct pb_public_key *key, const struct pb_signed *parts);

/* *decoded is the key as OpenSSL's decoder gives it, owned by the key; NULL on failure. Fails only
 * with PB_FAILED_MEMORY. */
enum pb_status pb_public_key_decode(struct pb_public_key *key, EVP_PKEY **decoded);

#endif

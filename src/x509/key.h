/* SPDX-License-Identifier: MIT */
/* What a certificate says of its public key. Private to the room. */
#ifndef PB_X509_KEY_H
#define PB_X509_KEY_H

#include <openssl/x509.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "x509/facts.h"

/*
 * The key itself, to be freed by EVP_PKEY_free; NULL where OpenSSL cannot decode it (an algorithm
 * that it does not know, a point that is not on the curve). public_key is the certificate's
 * SubjectPublicKeyInfo as it stands. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_key_decode(X509 *certificate, struct pb_slice public_key, EVP_PKEY **key);

/* Reads all of *facts; key is as pb_key_decode gave it, NULL included. Fails only with
 * PB_FAILED_MEMORY. */
enum pb_status pb_key_facts_read(const X509 *certificate, const EVP_PKEY *key,
                                 struct pb_slice public_key, struct pb_arena *arena,
                                 struct pb_key_facts *facts);

#endif

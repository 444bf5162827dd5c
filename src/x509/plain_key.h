/* SPDX-License-Identifier: MIT */
/* The ordinary public keys, read from their own small structures. Private to the room. */
#ifndef PB_X509_PLAIN_KEY_H
#define PB_X509_PLAIN_KEY_H

#include <openssl/ec.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "x509/facts.h"

#define PB_CURVE_COUNT 3

/* What checking points needs, made when it is first needed. Zero-initialise. For one thread. */
struct pb_curves {
    EC_GROUP *groups[PB_CURVE_COUNT];
    EC_POINT *points[PB_CURVE_COUNT];
    BN_CTX *context;
};

void pb_curves_release(struct pb_curves *curves);

/*
 * Algorithm, bits, curve and exponent as pb_key_facts_read gives them; not the digest. public_key
 * is the whole SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7). *is_plain is false, and *facts
 * then without meaning, where the key is neither RSA (RFC 3279, section 2.3.1) of an ordinary size
 * nor an uncompressed point on one of NIST's common curves (RFC 5480), in strict DER. Fails only
 * with PB_FAILED_MEMORY.
 */
enum pb_status pb_plain_key_read(struct pb_curves *curves, struct pb_slice public_key,
                                 struct pb_arena *arena, struct pb_key_facts *facts,
                                 bool *is_plain);

/* The numbers of a key that the above takes for RSA, as bytes without leading zeros, borrowed;
 * false where it is not. */
bool pb_plain_rsa_read(struct pb_slice public_key, struct pb_slice *modulus,
                       struct pb_slice *exponent);

#endif

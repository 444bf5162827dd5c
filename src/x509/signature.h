/* SPDX-License-Identifier: MIT */
/* Signatures of certificates and revocation lists, verified without a policy: weak algorithms
 * count, trust and validity do not. */
#ifndef PB_X509_SIGNATURE_H
#define PB_X509_SIGNATURE_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/status.h"

enum pb_signature {
    PB_SIGNATURE_VALID,
    PB_SIGNATURE_INVALID,
    PB_SIGNATURE_UNDECIDED, /* an algorithm, a key or a form that OpenSSL cannot deal with */
};

/* The three fields of a certificate or CRL (RFC 5280, sections 4.1.1 and 5.1.1) as elements with
 * their headers, and the algorithm's other place; borrowed from the bytes. */
struct pb_signed {
    struct pb_slice body;
    struct pb_slice algorithm;
    struct pb_slice bits;
    struct pb_slice inner_algorithm; /* in the body; must be the same */
};

/* False where the bytes are no such sequence, to their end. */
bool pb_signed_read(struct pb_slice der, struct pb_signed *parts);

/* A decoded public key. For one thread at a time. */
struct pb_public_key;

/* der is a SubjectPublicKeyInfo. *key is freed by pb_public_key_free; NULL where OpenSSL cannot
 * decode it, which makes every verification undecided. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_public_key_new(struct pb_slice der, struct pb_public_key **key);
void pb_public_key_free(struct pb_public_key *key);

/* Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_signature_verify(const struct pb_signed *parts, struct pb_public_key *key,
                                   enum pb_signature *outcome);

#endif

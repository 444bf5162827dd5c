/* SPDX-License-Identifier: MIT */
/* Signatures, verified without a policy: weak algorithms count, trust and validity do not. */
#ifndef PB_X509_VERIFY_H
#define PB_X509_VERIFY_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"
#include "x509/cache.h"
#include "x509/facts.h"

enum pb_signature {
    PB_SIGNATURE_VALID,
    PB_SIGNATURE_INVALID,
    PB_SIGNATURE_UNDECIDED, /* an algorithm, a key or a form that OpenSSL cannot deal with */
};

enum pb_chain {
    PB_CHAIN_NONE,      /* no chain, or no leaf, or the leaf alone once more: nothing to compare */
    PB_CHAIN_SIGNS,     /* one of its certificates signs the leaf */
    PB_CHAIN_UNRELATED, /* none does */
    PB_CHAIN_UNDECIDED, /* an algorithm or a key that cannot be verified, or too many to try */
};

/* One certificate with its bytes; both borrowed. */
struct pb_chain_link {
    struct pb_slice der;
    const struct pb_x509_facts *facts;
};

/* The certificate's subjectPublicKeyInfo (RFC 5280, section 4.1) as it stands; absent where there
 * is none. */
struct pb_slice pb_x509_public_key(struct pb_slice der);

/*
 * A certificate signs the leaf if its subject is the leaf's issuer (RFC 5280, section 6.1.3 (a)(4),
 * names compared as in section 7.1) and the leaf's signature verifies with its key. The order of
 * the chain, its validity, its extensions and the strength of the algorithms do not matter, and a
 * self-signed leaf in its own chain signs itself. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_chain_check(struct pb_x509_cache *cache, const struct pb_chain_link *leaf,
                              const struct pb_chain_link *chain, size_t count,
                              enum pb_chain *outcome);

#endif

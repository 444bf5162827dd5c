/* SPDX-License-Identifier: MIT */
/* Which keys of the evidence verify a revocation list. */
#ifndef PB_RULES_CRL_SIGNER_H
#define PB_RULES_CRL_SIGNER_H

#include "base/vector.h"
#include "inventory/types.h"
#include "x509/crl.h"

#define PB_MOST_SIGNERS 16

struct pb_crl_signers {
    size_t key_count;   /* different ones in the evidence under the name of the CRL's issuer */
    size_t tried_count; /* the same, unless the ceiling on work was met */
    const unsigned char *keys[PB_MOST_SIGNERS]; /* the SHA-256 of those that verify it; one key has
                                                   few encodings, so that more are not kept */
    size_t count;
};

/* Sorts keys, of struct pb_issuer_key, as pb_crl_signers_find wants them. */
void pb_crl_signers_sort(struct pb_vector *keys);

/* Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_crl_signers_find(const struct pb_crl *crl, const struct pb_vector *keys,
                                   struct pb_crl_signers *signers);

/* Whether it verifies with none of the keys that there are. */
static inline bool pb_crl_signers_refuse(const struct pb_crl_signers *signers)
{
    return signers->key_count > 0 && signers->count == 0;
}

bool pb_crl_signers_has(const struct pb_crl_signers *signers, const unsigned char spki_sha256[32]);

#endif

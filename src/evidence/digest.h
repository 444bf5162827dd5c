/* SPDX-License-Identifier: MIT */
/* SHA-256. */
#ifndef PB_EVIDENCE_DIGEST_H
#define PB_EVIDENCE_DIGEST_H

#include <openssl/sha.h>

#include "base/bytes.h"

/* Of bytes that come in pieces: init, then update for each. */
struct pb_digest {
    SHA256_CTX state; /* private */
};

void pb_digest_init(struct pb_digest *digest);
void pb_digest_update(struct pb_digest *digest, struct pb_slice bytes);
/* Writes the digest; the next use begins with init. */
void pb_digest_finish(struct pb_digest *digest, unsigned char sha256[SHA256_DIGEST_LENGTH]);

/* Of bytes that are there at once. */
void pb_digest_of(struct pb_slice bytes, unsigned char sha256[SHA256_DIGEST_LENGTH]);

#endif

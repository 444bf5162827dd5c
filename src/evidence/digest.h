/* SPDX-License-Identifier: MIT */
/* SHA-256 of bytes that come in pieces. */
#ifndef PB_EVIDENCE_DIGEST_H
#define PB_EVIDENCE_DIGEST_H

#include "base/slice.h"
#include "base/status.h"

struct pb_digest; /* one thread at a time; may be used again after pb_digest_finish */

/* Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_digest_new(struct pb_digest **digest);
void pb_digest_free(struct pb_digest *digest);

void pb_digest_update(struct pb_digest *digest, struct pb_slice bytes);
/* Writes the digest and starts anew. */
void pb_digest_finish(struct pb_digest *digest, unsigned char sha256[32]);

#endif

/* SPDX-License-Identifier: MIT */
/* By OpenSSL's low-level functions: EVP first starts its providers, which takes a fifth of a short
 * run, and can fail. These allocate nothing. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "evidence/digest.h"

void pb_digest_init(struct pb_digest *digest)
{
    (void)SHA256_Init(&digest->state);
}

void pb_digest_update(struct pb_digest *digest, struct pb_slice bytes)
{
    (void)SHA256_Update(&digest->state, bytes.data, bytes.size_bytes);
}

void pb_digest_finish(struct pb_digest *digest, unsigned char sha256[SHA256_DIGEST_LENGTH])
{
    (void)SHA256_Final(sha256, &digest->state);
}

void pb_digest_of(struct pb_slice bytes, unsigned char sha256[SHA256_DIGEST_LENGTH])
{
    struct pb_digest digest;

    pb_digest_init(&digest);
    pb_digest_update(&digest, bytes);
    pb_digest_finish(&digest, sha256);
}

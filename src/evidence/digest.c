/* SPDX-License-Identifier: MIT */
/* By OpenSSL's low-level functions: EVP first starts its providers, which takes a fifth of a short
 * run, and can fail. These allocate nothing. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "evidence/digest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "base/digest_of_nothing.h"

struct pb_digest {
    SHA256_CTX state;
    bool is_empty; /* of no bytes so far: of many files that is all */
};

static void start(struct pb_digest *digest)
{
    (void)SHA256_Init(&digest->state);
    digest->is_empty = true;
}

enum pb_status pb_digest_new(struct pb_digest **digest)
{
    *digest = malloc(sizeof **digest);
    if (*digest == NULL)
        return PB_FAILED_MEMORY;
    start(*digest);
    return PB_OK;
}

void pb_digest_free(struct pb_digest *digest)
{
    free(digest);
}

void pb_digest_update(struct pb_digest *digest, struct pb_slice bytes)
{
    if (bytes.size_bytes == 0)
        return;
    digest->is_empty = false;
    (void)SHA256_Update(&digest->state, bytes.data, bytes.size_bytes);
}

void pb_digest_finish(struct pb_digest *digest, unsigned char sha256[32])
{
    if (digest->is_empty) {
        memcpy(sha256, pb_digest_of_nothing, sizeof pb_digest_of_nothing);
        return;
    }
    (void)SHA256_Final(sha256, &digest->state);
    start(digest);
}

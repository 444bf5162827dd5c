/* SPDX-License-Identifier: MIT */
#include "evidence/digest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/digest_of_nothing.h"

struct pb_digest {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
    bool is_started;
    bool is_empty; /* of no bytes so far: of many files that is all */
};

/* OpenSSL 3.0's fetch follows a null pointer where its own start found no memory. */
static bool start_openssl(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 &&
           OSSL_LIB_CTX_get0_global_default() != NULL;
}

enum pb_status pb_digest_new(struct pb_digest **digest)
{
    *digest = NULL;
    if (!start_openssl())
        return PB_FAILED_MEMORY;
    struct pb_digest *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PB_FAILED_MEMORY;
    made->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    made->context = EVP_MD_CTX_new();
    if (made->algorithm == NULL || made->context == NULL ||
        EVP_DigestInit_ex2(made->context, made->algorithm, NULL) != 1) {
        pb_digest_free(made);
        return PB_FAILED_MEMORY;
    }
    made->is_started = made->is_empty = true;
    *digest = made;
    return PB_OK;
}

void pb_digest_free(struct pb_digest *digest)
{
    if (digest == NULL)
        return;
    EVP_MD_CTX_free(digest->context);
    EVP_MD_free(digest->algorithm);
    free(digest);
}

static bool start(struct pb_digest *digest)
{
    if (!digest->is_started)
        digest->is_started = EVP_DigestInit_ex2(digest->context, digest->algorithm, NULL) == 1;
    return digest->is_started;
}

/* Once it is started, SHA-256 allocates nothing and cannot fail; starting it anew may, for lack of
 * memory, and is tried again with the next bytes. */
void pb_digest_update(struct pb_digest *digest, struct pb_slice bytes)
{
    if (bytes.size_bytes == 0)
        return;
    digest->is_empty = false;
    if (start(digest))
        (void)EVP_DigestUpdate(digest->context, bytes.data, bytes.size_bytes);
}

void pb_digest_finish(struct pb_digest *digest, unsigned char sha256[32])
{
    if (digest->is_empty) {
        memcpy(sha256, pb_digest_of_nothing, sizeof pb_digest_of_nothing);
        return;
    }
    memset(sha256, 0, 32);
    if (start(digest))
        (void)EVP_DigestFinal_ex(digest->context, sha256, NULL);
    digest->is_started = false;
    digest->is_empty = true;
    start(digest);
}

/* SPDX-License-Identifier: MIT */
#include "x509/hasher.h"

enum pb_status pb_hasher_init(struct pb_hasher *hasher, const char *name)
{
    hasher->algorithm = EVP_MD_fetch(NULL, name, NULL);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->algorithm == NULL || hasher->context == NULL ||
        EVP_DigestInit_ex2(hasher->context, hasher->algorithm, NULL) != 1)
        return PB_FAILED_MEMORY;
    return PB_OK;
}

void pb_hasher_release(struct pb_hasher *hasher)
{
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->algorithm);
    *hasher = (struct pb_hasher){.context = NULL};
}

enum pb_status pb_hasher_digest(struct pb_hasher *hasher, struct pb_slice bytes,
                                unsigned char *digest)
{
    EVP_MD_CTX *context = hasher->context;
    const char *data = bytes.data != NULL ? bytes.data : "";

    if (EVP_DigestInit_ex2(context, NULL, NULL) != 1 ||
        EVP_DigestUpdate(context, data, bytes.size_bytes) != 1 ||
        EVP_DigestFinal_ex(context, digest, NULL) != 1)
        return PB_FAILED_MEMORY;
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
/* By OpenSSL's low-level functions: EVP first starts its providers, which takes a fifth of a short
 * run, and can fail. So can SHA256(), which is EVP inside. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "x509/hash.h"

#include <openssl/sha.h>

void pb_hash_sha1(struct pb_slice bytes, unsigned char digest[20])
{
    SHA_CTX state;

    (void)SHA1_Init(&state);
    (void)SHA1_Update(&state, bytes.data, bytes.size_bytes);
    (void)SHA1_Final(digest, &state);
}

void pb_hash_sha256(struct pb_slice bytes, unsigned char digest[32])
{
    SHA256_CTX state;

    (void)SHA256_Init(&state);
    (void)SHA256_Update(&state, bytes.data, bytes.size_bytes);
    (void)SHA256_Final(digest, &state);
}

void pb_hash_sha384(struct pb_slice bytes, unsigned char digest[48])
{
    SHA512_CTX state;

    (void)SHA384_Init(&state);
    (void)SHA384_Update(&state, bytes.data, bytes.size_bytes);
    (void)SHA384_Final(digest, &state);
}

void pb_hash_sha512(struct pb_slice bytes, unsigned char digest[64])
{
    SHA512_CTX state;

    (void)SHA512_Init(&state);
    (void)SHA512_Update(&state, bytes.data, bytes.size_bytes);
    (void)SHA512_Final(digest, &state);
}

/* SPDX-License-Identifier: MIT */
/* Digests of many short texts: the algorithms are fetched once. Private to the room. */
#ifndef PB_X509_HASHER_H
#define PB_X509_HASHER_H

#include <openssl/evp.h>

#include "base/slice.h"
#include "base/status.h"

/* Zero-initialise. For one thread. */
struct pb_hasher {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

/* name is OpenSSL's, such as "SHA256". Fails only with PB_FAILED_MEMORY; release in any case. */
enum pb_status pb_hasher_init(struct pb_hasher *hasher, const char *name);
void pb_hasher_release(struct pb_hasher *hasher);

/* digest has room for the algorithm's digest. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_hasher_digest(struct pb_hasher *hasher, struct pb_slice bytes,
                                unsigned char *digest);

#endif

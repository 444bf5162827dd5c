/* SPDX-License-Identifier: MIT */
/* A decoded public key and what verifying with it again and again needs. Private to the room. */
#ifndef PB_X509_PUBLIC_KEY_H
#define PB_X509_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "x509/signature.h"

/* The plain RSA signature algorithms: a row of public_key.c's table each. */
#define PB_PLAIN_ALGORITHM_COUNT 4

struct pb_public_key {
    EVP_PKEY *key; /* owned */
    struct {
        EVP_MD *digest;        /* owned; NULL until the first signature of that algorithm */
        EVP_PKEY_CTX *context; /* owned; as above */
    } plain[PB_PLAIN_ALGORITHM_COUNT];
};

/*
 * True where the parts are signed with one of the plain algorithms by this RSA key. False says
 * nothing: another algorithm, another form, a wrong signature or no memory. Leaves the error queue
 * empty.
 */
bool pb_public_key_verifies(struct pb_public_key *key, const struct pb_signed *parts);

#endif

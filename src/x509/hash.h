/* SPDX-License-Identifier: MIT */
/* Digests of texts that lie in one piece: they allocate nothing. Private to the room. */
#ifndef PB_X509_HASH_H
#define PB_X509_HASH_H

#include "base/slice.h"

void pb_hash_sha1(struct pb_slice bytes, unsigned char digest[20]);
void pb_hash_sha256(struct pb_slice bytes, unsigned char digest[32]);
void pb_hash_sha384(struct pb_slice bytes, unsigned char digest[48]);
void pb_hash_sha512(struct pb_slice bytes, unsigned char digest[64]);

#endif

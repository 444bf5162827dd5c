/* SPDX-License-Identifier: MIT */
/* The SHA-256 of no bytes, which empty files share. */
#ifndef PB_BASE_DIGEST_OF_NOTHING_H
#define PB_BASE_DIGEST_OF_NOTHING_H

#define PB_SHA256_BYTES 32

extern const unsigned char pb_digest_of_nothing[PB_SHA256_BYTES];

#endif

/* SPDX-License-Identifier: MIT */
/* Every ceiling that hostile evidence can reach. */
#ifndef PB_BASE_LIMITS_H
#define PB_BASE_LIMITS_H

#include <stdint.h>

/* Reaching one is a diagnostic that names it; the item is skipped and the rest is read on. */
struct pb_limits {
    uint64_t item_bytes;  /* one item, after decompression */
    uint64_t total_bytes; /* all items together, after decompression */
    uint64_t items;       /* evidence items, containers included */
    uint32_t depth;       /* archives within archives; 1 is an archive in a directory */
    uint32_t ratio;       /* expanded to compressed bytes, past the first ratio_free_bytes */
    uint64_t values;      /* JSON values in one document */
    uint64_t ratio_free_bytes;
};

#define PB_LIMITS_DEFAULT                                                                          \
    ((struct pb_limits){                                                                           \
        .item_bytes = UINT64_C(64) << 20,                                                          \
        .total_bytes = UINT64_C(16) << 30,                                                         \
        .items = 5000000,                                                                          \
        .depth = 4,                                                                                \
        .ratio = 1000,                                                                             \
        .ratio_free_bytes = UINT64_C(64) << 20,                                                    \
        .values = 2000000,                                                                         \
    })

/* Ceilings for what a single value of the evidence may cost. */
enum pb_value_limit {
    /* A certificate's DER, whose names and extensions take a hundred times as much memory. IAM
     * takes 16 KiB. */
    PB_MOST_CERTIFICATE_BYTES = 1 << 20,
    /* The DER of a private DSA or DH key, whose public half has to be computed. */
    PB_MOST_COMPUTED_KEY_BYTES = 1024,
    /* An RSA exponent with which signatures are verified (FIPS 186-4, appendix B.3.1). */
    PB_MOST_EXPONENT_BITS = 256,
};

#endif

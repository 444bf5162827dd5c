/* SPDX-License-Identifier: MIT */
/* Sixteen bytes at a time, in the vectors that GCC and Clang offer for every machine. */
#ifndef PB_BASE_SIMD_H
#define PB_BASE_SIMD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PB_LANES 16

typedef unsigned char pb_lanes __attribute__((vector_size(PB_LANES)));

/* From any address with PB_LANES bytes behind it. */
static inline pb_lanes pb_lanes_load(const char *bytes)
{
    pb_lanes lanes;

    memcpy(&lanes, bytes, sizeof lanes);
    return lanes;
}

/* All bits of the lanes that hold the byte, no bit of the others. */
static inline pb_lanes pb_lanes_equal(pb_lanes lanes, char byte)
{
    return (pb_lanes)(lanes == (unsigned char)byte);
}

static inline bool pb_lanes_any(pb_lanes lanes)
{
    uint64_t halves[2];

    memcpy(halves, &lanes, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

#endif

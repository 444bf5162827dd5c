/* SPDX-License-Identifier: MIT */
/* Numbers as zip and 7-Zip store them. */
#ifndef PB_EVIDENCE_LITTLE_ENDIAN_H
#define PB_EVIDENCE_LITTLE_ENDIAN_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t pb_read_little_endian(const char *bytes, size_t size_bytes)
{
    uint64_t value = 0;

    for (size_t i = size_bytes; i > 0; i--)
        value = value << 8 | (unsigned char)bytes[i - 1];
    return value;
}

static inline uint16_t pb_read_u16le(const char *bytes)
{
    return (uint16_t)pb_read_little_endian(bytes, 2);
}

static inline uint32_t pb_read_u32le(const char *bytes)
{
    return (uint32_t)pb_read_little_endian(bytes, 4);
}

static inline uint64_t pb_read_u64le(const char *bytes)
{
    return pb_read_little_endian(bytes, 8);
}

#endif

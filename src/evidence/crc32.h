/* SPDX-License-Identifier: MIT */
/* The checksum of RFC 1952, several times as fast as zlib's where there are many bytes. */
#ifndef PB_EVIDENCE_CRC32_H
#define PB_EVIDENCE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Of what crc is the checksum of, with the bytes behind it; 0 is the checksum of nothing. */
uint32_t pb_crc32(uint32_t crc, const unsigned char *bytes, size_t size_bytes);

#endif

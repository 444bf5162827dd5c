/* SPDX-License-Identifier: MIT */
/* A stream's blocks, whose CRC-32 may be taken by others than the thread that makes them. */
#ifndef PB_EVIDENCE_CHECKSUMS_H
#define PB_EVIDENCE_CHECKSUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vector.h"

#define PB_CHECKSUM_BLOCK_BYTES (256 * 1024)

enum pb_checksum_state {
    PB_CHECKSUM_NONE,    /* the stream is at it, or nobody needs it */
    PB_CHECKSUM_WAITING, /* for anybody who takes it */
    PB_CHECKSUM_TAKEN,   /* somebody reads the bytes and writes crc */
    PB_CHECKSUM_DONE,
};

struct pb_checksum_block {
    enum pb_checksum_state state;
    bool is_free;
    size_t size_bytes;
    uint32_t crc;
    unsigned char bytes[PB_CHECKSUM_BLOCK_BYTES];
};

/* The blocks of all streams of one reader, used by the thread that has the reader. */
struct pb_checksums {
    bool is_shared;          /* there is somebody who takes them */
    struct pb_vector blocks; /* of struct pb_checksum_block *, owned */
};

void pb_checksums_init(struct pb_checksums *checksums);
/* Frees all blocks, also those that are taken. */
void pb_checksums_release(struct pb_checksums *checksums);

/* For streams: a block to write to, borrowed until it is dropped; NULL without memory. */
struct pb_checksum_block *pb_checksums_find_block(struct pb_checksums *checksums);
/* The block's CRC-32, taken here unless somebody else is done with it. */
uint32_t pb_checksums_settle(const struct pb_checksum_block *block);
/* What somebody has taken stays as it is until it is given back. NULL is allowed. */
void pb_checksums_drop(struct pb_checksum_block *block);

/* For others: the next block that waits, to be given back; NULL where there is none. */
struct pb_checksum_block *pb_checksums_take(struct pb_checksums *checksums);
void pb_checksums_give_back(struct pb_checksum_block *block);
/* Fills in crc of a block that was taken: the one function that needs nobody's lock. */
void pb_checksums_work(struct pb_checksum_block *block);

#endif

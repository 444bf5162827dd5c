/* SPDX-License-Identifier: MIT */
/* What the files share that walk a 7-Zip's header (7zFormat.txt of 7-Zip's DOC) as libarchive does,
 * and count what libarchive would take of memory for it; included by no others. */
#ifndef PB_EVIDENCE_SEVEN_ZIP_WALK_H
#define PB_EVIDENCE_SEVEN_ZIP_WALK_H

#include "base/buffer.h"
#include "base/vector.h"
#include "evidence/random_access.h"
#include "evidence/stream.h"

/* 7zFormat.txt, "Property IDs". */
enum {
    PB_SEVEN_ZIP_END = 0x00,
    PB_SEVEN_ZIP_HEADER = 0x01,
    PB_SEVEN_ZIP_PACK_INFO = 0x06,
    PB_SEVEN_ZIP_ENCODED_HEADER = 0x17,
};

struct pb_seven_zip_folder {
    uint64_t size_bytes;    /* unpacked */
    uint64_t streams;       /* members that it holds */
    uint32_t bound_outputs; /* a bit for each output that is another coder's input */
    unsigned outputs;
    bool has_bcj2, has_digest;
};

struct pb_seven_zip_walk {
    struct pb_slice block;                /* not taken yet */
    struct pb_stream *content;            /* what gives more blocks, or */
    const struct pb_random_access *bytes; /* where they are read from; NULL for neither */
    uint64_t offset_bytes;
    char *window;

    uint64_t most_bytes;
    uint64_t open_bytes; /* what libarchive keeps while the archive is open */
    uint64_t lzma_bytes, ppmd_bytes, bcj2_bytes; /* the most that one folder's decoder takes */
    uint64_t members;
    uint64_t packed_bytes; /* of all pack streams */

    struct pb_vector folders; /* of struct pb_seven_zip_folder */
    struct pb_vector sizes;   /* of uint64_t: the members' with content */
    struct pb_buffer files;   /* a byte of marks for each member */
    bool has_substreams, has_copy;
    bool is_too_large;
    struct pb_fault fault; /* of reading */
    enum pb_status status; /* PB_OK or PB_FAILED_MEMORY */
};

/* Everything below is false where the walk is over: without memory, too large, or because the bytes
 * end or are none that libarchive goes on with. */

bool pb_seven_zip_take_byte(struct pb_seven_zip_walk *walk, unsigned *byte);
bool pb_seven_zip_take_number(struct pb_seven_zip_walk *walk, uint64_t *number);
bool pb_seven_zip_skip(struct pb_seven_zip_walk *walk, uint64_t count);
/* A vector of bits. *set: how many are. marks, or NULL: bytes in which mark is set for those. */
bool pb_seven_zip_take_bits(struct pb_seven_zip_walk *walk, uint64_t count, char *marks, char mark,
                            uint64_t *set);
/* Counts memory: count times each_bytes. */
bool pb_seven_zip_add(struct pb_seven_zip_walk *walk, uint64_t count, uint64_t each_bytes);
bool pb_seven_zip_refuse(struct pb_seven_zip_walk *walk);

/* A folder: what decodes some pack streams. */
bool pb_seven_zip_walk_folder(struct pb_seven_zip_walk *walk);
/* "Streams Info", its end included. */
bool pb_seven_zip_walk_streams(struct pb_seven_zip_walk *walk);
/* "Header", from its id to its end. */
bool pb_seven_zip_walk_header(struct pb_seven_zip_walk *walk);

#endif

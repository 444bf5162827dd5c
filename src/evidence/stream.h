/* SPDX-License-Identifier: MIT */
/* Bytes that are pulled block by block: files, memory, and what decompression makes of others. */
#ifndef PB_EVIDENCE_STREAM_H
#define PB_EVIDENCE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"
#include "evidence/budget.h"
#include "evidence/fault.h"
#include "evidence/sniff.h"

struct pb_stream;

struct pb_stream_type {
    enum pb_status (*next)(struct pb_stream *stream, struct pb_slice *block);
    void (*free)(struct pb_stream *stream);
};

/* The first member of each kind of stream. One thread at a time. */
struct pb_stream {
    const struct pb_stream_type *type;
    struct pb_fault fault; /* why it ended too early; of value once it has ended */
    bool has_ended;
    bool has_given_all; /* no block follows the last one; false where that is not known yet */
};

/*
 * The next block, borrowed until the next call; an empty one at the end and ever after. A stream
 * that fails gives what it has before it ends, with its fault set. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_stream_next(struct pb_stream *stream, struct pb_slice *block);
/* Reads to the end and forgets. */
enum pb_status pb_stream_drain(struct pb_stream *stream);
/* Frees the stream and those below it. */
void pb_stream_free(struct pb_stream *stream);

/* For streams over others: pb_stream_next of source, whose fault becomes the stream's at the end.
 */
enum pb_status pb_stream_pull(struct pb_stream *stream, struct pb_stream *source,
                              struct pb_slice *block);

/*
 * The constructors. fd and source are taken, also on failure; everything else is borrowed until the
 * stream is freed. All fail only with PB_FAILED_MEMORY, and *stream is NULL then.
 */

/* expected_bytes: the size of a regular file, after which a short read is the end; 0 if unknown.
 * buffer is where the blocks are read to. */
enum pb_status pb_file_stream_new(int fd, uint64_t expected_bytes, char *buffer,
                                  size_t buffer_bytes, struct pb_stream **stream);

enum pb_status pb_memory_stream_new(struct pb_slice bytes, struct pb_stream **stream);

enum pb_status
pb_callback_stream_new(int64_t (*read)(void *context, void *buffer, size_t size_bytes),
                       void *context, char *buffer, size_t buffer_bytes, struct pb_stream **stream);

/* Passes on its source's blocks, and lets one look at the first bytes before they are taken. */
enum pb_status pb_peek_stream_new(struct pb_stream *source, struct pb_stream **stream);
/* The first wanted_bytes or all there are, borrowed until the next call of pb_stream_next. */
enum pb_status pb_peek_stream_look(struct pb_stream *stream, size_t wanted_bytes,
                                   struct pb_slice *prefix);

/* Passes on its source's blocks, and knows their number and digest. */
enum pb_status pb_meter_stream_new(struct pb_stream *source, struct pb_stream **stream);
uint64_t pb_meter_stream_size(const struct pb_stream *stream);
/* The digest of all bytes; to be called once, at the end. */
void pb_meter_stream_digest(struct pb_stream *stream, unsigned char sha256[32]);

/* RFC 1952: all members, each with its CRC and length checked. */
enum pb_status pb_gzip_stream_new(struct pb_stream *source, struct pb_budget *budget,
                                  struct pb_stream **stream);
/* kind: PB_KIND_BZIP2, PB_KIND_XZ, PB_KIND_ZSTD or PB_KIND_LZ4. */
enum pb_status pb_filter_stream_new(struct pb_stream *source, enum pb_kind kind,
                                    struct pb_budget *budget, struct pb_stream **stream);

#endif

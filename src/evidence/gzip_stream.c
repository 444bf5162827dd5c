/* SPDX-License-Identifier: MIT */
/* RFC 1952 with zlib itself: libarchive's gzip reader checks neither CRC nor length, and gives up
 * a file whose trailer is cut before it has read any of it. */
#include "evidence/stream.h"

#include <limits.h>
#include <stdlib.h>

#include "evidence/crc32.h"
#include "evidence/little_endian.h"

#define ZLIB_CONST
#include <zlib.h>

#define TRAILER_BYTES 8
/* Blocks that wait for their checksums, of one stream. */
#define MOST_PENDING 32
/* Where inflate has stopped, says zlib's data_type: behind a block or header, in the last block. */
#define AT_BOUNDARY 128
#define IN_LAST_BLOCK 64
#define GZIP_WINDOW_BITS (16 + MAX_WBITS)

enum place {
    PLACE_MEMBER,  /* in a member's header or data */
    PLACE_TRAILER, /* CRC32 and ISIZE */
    PLACE_BETWEEN, /* after a member: another one, padding or the end */
    PLACE_PADDING, /* zeros up to the end, as tapes and block devices leave them */
    PLACE_END,
};

struct gzip_stream {
    struct pb_stream base;
    struct pb_stream *source;
    struct pb_budget *budget;
    z_stream zlib;
    struct pb_slice rest; /* of the source's block, behind what zlib has been given */
    uint64_t used_bytes;
    uint64_t made_bytes; /* in the blocks before this one */
    enum place place;
    struct pb_checksums *checksums;
    struct pb_checksum_block *block;                 /* what is being made; NULL between two */
    struct pb_checksum_block *pending[MOST_PENDING]; /* the member's, in order, not yet in crc */
    size_t pending_count;
    size_t unchecked_from; /* where in block the member's bytes begin that are not yet in crc */
    uint64_t member_from_bytes;
    uint32_t crc;
    char trailer[TRAILER_BYTES];
    size_t trailer_bytes;
};

static void fail(struct gzip_stream *gzip, const char *code, const char *text)
{
    pb_fault_set(&gzip->base.fault, PB_ENTRY_UNREADABLE, code, "%s", text);
    gzip->place = PLACE_END;
}

static size_t made_in_block(const struct gzip_stream *gzip)
{
    return PB_CHECKSUM_BLOCK_BYTES - gzip->zlib.avail_out;
}

static void begin_member(struct gzip_stream *gzip)
{
    (void)inflateReset(&gzip->zlib);
    (void)inflateValidate(&gzip->zlib, 1);
    gzip->place = PLACE_MEMBER;
    gzip->crc = 0;
    gzip->unchecked_from = made_in_block(gzip);
    gzip->member_from_bytes = gzip->made_bytes + gzip->unchecked_from;
    gzip->trailer_bytes = 0;
}

static void check_first_pending(struct gzip_stream *gzip)
{
    struct pb_checksum_block *block = gzip->pending[0];

    gzip->crc =
        (uint32_t)crc32_combine(gzip->crc, pb_checksums_settle(block), (z_off_t)block->size_bytes);
    pb_checksums_drop(block);
    gzip->pending_count--;
    memmove(gzip->pending, gzip->pending + 1, gzip->pending_count * sizeof gzip->pending[0]);
}

/* Brings crc up to what was made. */
static void check_all(struct gzip_stream *gzip)
{
    size_t made = made_in_block(gzip);

    while (gzip->pending_count > 0)
        check_first_pending(gzip);
    gzip->crc =
        pb_crc32(gzip->crc, gzip->block->bytes + gzip->unchecked_from, made - gzip->unchecked_from);
    gzip->unchecked_from = made;
}

/* Others take the checksum of a block that is the member's as a whole, if there are any. */
static void check_block(struct gzip_stream *gzip)
{
    if (!gzip->checksums->is_shared || gzip->unchecked_from > 0) {
        check_all(gzip);
        return;
    }
    gzip->block->size_bytes = made_in_block(gzip);
    gzip->block->state = PB_CHECKSUM_WAITING;
    gzip->pending[gzip->pending_count++] = gzip->block;
    gzip->block = NULL;
}

/* Inflates up to a boundary. zlib checks the header, and leaves the data's checksum to us. */
static enum pb_status inflate_member(struct gzip_stream *gzip)
{
    switch (inflate(&gzip->zlib, Z_BLOCK)) {
    case Z_OK:
    case Z_BUF_ERROR: break;
    case Z_MEM_ERROR: return PB_FAILED_MEMORY;
    default:
        fail(gzip, "gzip-damaged", "damaged: the gzip data cannot be decompressed (RFC 1952)");
        return PB_OK;
    }
    if (gzip->zlib.data_type & AT_BOUNDARY) {
        (void)inflateValidate(&gzip->zlib, 0);
        if (gzip->zlib.data_type & IN_LAST_BLOCK)
            gzip->place = PLACE_TRAILER;
    }
    return PB_OK;
}

/* RFC 1952, section 2.3.1: the CRC32 comes first, and may be wrong in a file that ends there. */
static void read_trailer(struct gzip_stream *gzip)
{
    for (; gzip->zlib.avail_in > 0 && gzip->trailer_bytes < TRAILER_BYTES; gzip->zlib.avail_in--)
        gzip->trailer[gzip->trailer_bytes++] = (char)*gzip->zlib.next_in++;
    if (gzip->trailer_bytes < 4)
        return;
    check_all(gzip);
    uint64_t size = gzip->made_bytes + made_in_block(gzip) - gzip->member_from_bytes;
    if (pb_read_u32le(gzip->trailer) != gzip->crc)
        fail(gzip, "gzip-crc", "damaged: the gzip checksum (RFC 1952, CRC32) does not match");
    else if (gzip->trailer_bytes < TRAILER_BYTES)
        return;
    else if (pb_read_u32le(gzip->trailer + 4) != (uint32_t)size)
        fail(gzip, "gzip-length", "damaged: the gzip length (RFC 1952, ISIZE) does not match");
    else
        gzip->place = PLACE_BETWEEN;
}

/* zlib may have taken all input and still owe output, if there was no room for it before. */
static enum pb_status end_input(struct gzip_stream *gzip)
{
    enum pb_status status = gzip->place == PLACE_MEMBER ? inflate_member(gzip) : PB_OK;

    if (gzip->place == PLACE_MEMBER || gzip->place == PLACE_TRAILER)
        fail(gzip, "truncated", "cut: the gzip data end before their checksum");
    gzip->place = PLACE_END;
    return status;
}

/* Hands zlib more input, in pieces that its unsigned counters can hold. */
static enum pb_status refill(struct gzip_stream *gzip)
{
    if (gzip->rest.size_bytes == 0) {
        enum pb_status status = pb_stream_pull(&gzip->base, gzip->source, &gzip->rest);
        if (status != PB_OK)
            return status;
    }
    struct pb_slice piece = pb_slice_first(gzip->rest, UINT_MAX);
    gzip->rest = pb_slice_from(gzip->rest, piece.size_bytes);
    gzip->zlib.next_in = (const Bytef *)piece.data;
    gzip->zlib.avail_in = (uInt)piece.size_bytes;
    gzip->used_bytes += piece.size_bytes;
    return piece.size_bytes == 0 ? end_input(gzip) : PB_OK;
}

static void look_between(struct gzip_stream *gzip)
{
    if (gzip->zlib.next_in[0] == 0) {
        gzip->place = PLACE_PADDING;
    } else if (gzip->zlib.next_in[0] == 0x1F) {
        begin_member(gzip);
    } else {
        fail(gzip, "data-after-stream", "other data follow the end of the gzip data");
    }
}

static void check_padding(struct gzip_stream *gzip)
{
    for (; gzip->zlib.avail_in > 0; gzip->zlib.avail_in--)
        if (*gzip->zlib.next_in++ != 0) {
            fail(gzip, "data-after-stream", "other data follow the end of the gzip data");
            return;
        }
}

static enum pb_status advance(struct gzip_stream *gzip)
{
    if (gzip->zlib.avail_in == 0)
        return refill(gzip);
    switch (gzip->place) {
    case PLACE_MEMBER: return inflate_member(gzip);
    case PLACE_TRAILER: read_trailer(gzip); break;
    case PLACE_BETWEEN: look_between(gzip); break;
    case PLACE_PADDING: check_padding(gzip); break;
    case PLACE_END: break;
    }
    return PB_OK;
}

static enum pb_status begin_block(struct gzip_stream *gzip)
{
    while (gzip->pending_count > 0 &&
           (gzip->pending_count == MOST_PENDING || gzip->pending[0]->state == PB_CHECKSUM_DONE))
        check_first_pending(gzip);
    if (gzip->block == NULL)
        gzip->block = pb_checksums_find_block(gzip->checksums);
    if (gzip->block == NULL)
        return PB_FAILED_MEMORY;
    gzip->zlib.next_out = gzip->block->bytes;
    gzip->zlib.avail_out = PB_CHECKSUM_BLOCK_BYTES;
    gzip->unchecked_from = 0;
    return PB_OK;
}

static enum pb_status gzip_next(struct pb_stream *base, struct pb_slice *block)
{
    struct gzip_stream *gzip = (struct gzip_stream *)base;
    enum pb_status status = begin_block(gzip);

    while (status == PB_OK && gzip->place != PLACE_END && gzip->zlib.avail_out > 0)
        status = advance(gzip);
    if (status != PB_OK)
        return status;
    const struct pb_slice made = {(const char *)gzip->block->bytes, made_in_block(gzip)};
    if (gzip->place == PLACE_MEMBER || gzip->place == PLACE_TRAILER)
        check_block(gzip);
    gzip->made_bytes += made.size_bytes;
    if (!pb_budget_take_expanded(gzip->budget, gzip->used_bytes - gzip->zlib.avail_in,
                                 gzip->made_bytes, made.size_bytes, &base->fault)) {
        gzip->place = PLACE_END;
        return PB_OK;
    }
    *block = made;
    return PB_OK;
}

static void gzip_free(struct pb_stream *base)
{
    struct gzip_stream *gzip = (struct gzip_stream *)base;

    for (size_t i = 0; i < gzip->pending_count; i++)
        pb_checksums_drop(gzip->pending[i]);
    pb_checksums_drop(gzip->block);
    inflateEnd(&gzip->zlib);
    pb_stream_free(gzip->source);
    free(gzip);
}

enum pb_status pb_gzip_stream_new(struct pb_stream *source, struct pb_budget *budget,
                                  struct pb_checksums *checksums, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {gzip_next, gzip_free};
    struct gzip_stream *gzip = calloc(1, sizeof *gzip);

    *stream = NULL;
    if (gzip == NULL || inflateInit2(&gzip->zlib, GZIP_WINDOW_BITS) != Z_OK) {
        free(gzip);
        pb_stream_free(source);
        return PB_FAILED_MEMORY;
    }
    gzip->base.type = &type;
    gzip->source = source;
    gzip->budget = budget;
    gzip->checksums = checksums;
    gzip->rest = PB_SLICE_ABSENT;
    gzip->zlib.avail_out = PB_CHECKSUM_BLOCK_BYTES;
    begin_member(gzip);
    *stream = &gzip->base;
    return PB_OK;
}

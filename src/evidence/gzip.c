/* SPDX-License-Identifier: MIT */
/* gzip (RFC 1952) by zlib, which checks each member's CRC32 and length: libarchive's reader checks
 * neither, and gives up a file whose trailer is cut before it has read any of it. */
#include "evidence/internal.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define GZIP_WINDOW_BITS (16 + MAX_WBITS)
#define BLOCK_BYTES (128 * 1024)

enum place {
    PLACE_MEMBER,
    PLACE_BETWEEN, /* after a member: another one, or the end */
    PLACE_PADDING, /* zeros up to the end, as tapes and block devices leave them */
    PLACE_END,
};

struct gzip_stream {
    struct pb_stream base;
    struct pb_stream *source;
    struct pb_budget *budget;
    z_stream zlib;
    enum place place;
    uint64_t used_bytes, made_bytes;
    unsigned char block[BLOCK_BYTES];
};

static void fail(struct gzip_stream *gzip, const char *code, const char *text)
{
    pb_fault_set(&gzip->base.fault, PB_ENTRY_UNREADABLE, code, "%s", text);
    gzip->place = PLACE_END;
}

/* Hands zlib the source's next block, none of which is larger than its counters. */
static enum pb_status refill(struct gzip_stream *gzip)
{
    struct pb_slice block;
    enum pb_status status = pb_stream_pull(&gzip->base, gzip->source, &block);

    if (status != PB_OK)
        return status;
    gzip->zlib.next_in = (const Bytef *)block.data;
    gzip->zlib.avail_in = (uInt)block.size_bytes;
    gzip->used_bytes += block.size_bytes;
    if (block.size_bytes == 0 && gzip->place == PLACE_MEMBER)
        fail(gzip, "truncated", "cut: the gzip data end before their checksum");
    if (block.size_bytes == 0)
        gzip->place = PLACE_END;
    return PB_OK;
}

/* Data that are damaged are given up to there; where only the trailer is wrong that is all. */
static void fail_by_message(struct gzip_stream *gzip)
{
    const char *message = gzip->zlib.msg != NULL ? gzip->zlib.msg : "";

    if (strcmp(message, "incorrect data check") == 0)
        fail(gzip, "gzip-crc", "damaged: the gzip checksum (RFC 1952, CRC32) does not match");
    else if (strcmp(message, "incorrect length check") == 0)
        fail(gzip, "gzip-length", "damaged: the gzip length (RFC 1952, ISIZE) does not match");
    else
        fail(gzip, "gzip-damaged", "damaged: the gzip data cannot be decompressed (RFC 1952)");
}

/* zlib may owe output when it has taken all input, so it is asked first and fed afterwards. */
static enum pb_status inflate_member(struct gzip_stream *gzip)
{
    switch (inflate(&gzip->zlib, Z_NO_FLUSH)) {
    case Z_OK: return PB_OK;
    case Z_BUF_ERROR: return refill(gzip);
    case Z_STREAM_END: gzip->place = PLACE_BETWEEN; return PB_OK;
    case Z_MEM_ERROR: return PB_FAILED_MEMORY;
    default: fail_by_message(gzip); return PB_OK;
    }
}

static enum pb_status look_behind_member(struct gzip_stream *gzip)
{
    z_stream *zlib = &gzip->zlib;

    for (; zlib->avail_in > 0 && *zlib->next_in == 0; zlib->avail_in--, zlib->next_in++)
        gzip->place = PLACE_PADDING;
    if (zlib->avail_in == 0)
        return refill(gzip);
    if (gzip->place == PLACE_PADDING || *zlib->next_in != 0x1F) {
        fail(gzip, "data-after-stream", "other data follow the end of the gzip data");
        return PB_OK;
    }
    (void)inflateReset(zlib);
    gzip->place = PLACE_MEMBER;
    return PB_OK;
}

static enum pb_status gzip_next(struct pb_stream *base, struct pb_slice *block)
{
    struct gzip_stream *gzip = (struct gzip_stream *)base;
    enum pb_status status = PB_OK;

    gzip->zlib.next_out = gzip->block;
    gzip->zlib.avail_out = sizeof gzip->block;
    while (status == PB_OK && gzip->place != PLACE_END && gzip->zlib.avail_out > 0)
        status = gzip->place == PLACE_MEMBER ? inflate_member(gzip) : look_behind_member(gzip);
    size_t made = sizeof gzip->block - gzip->zlib.avail_out;
    gzip->made_bytes += made;
    if (status != PB_OK ||
        !pb_budget_take_expanded(gzip->budget, gzip->used_bytes - gzip->zlib.avail_in,
                                 gzip->made_bytes, made, &base->fault))
        return status;
    *block = (struct pb_slice){(const char *)gzip->block, made};
    return PB_OK;
}

static void gzip_free(struct pb_stream *base)
{
    struct gzip_stream *gzip = (struct gzip_stream *)base;

    inflateEnd(&gzip->zlib);
    pb_stream_free(gzip->source);
    free(gzip);
}

enum pb_status pb_gzip_stream_new(struct pb_stream *source, struct pb_budget *budget,
                                  struct pb_stream **stream)
{
    static const struct pb_stream_type type = {gzip_next, gzip_free};
    struct gzip_stream *gzip = malloc(sizeof *gzip);

    *stream = NULL;
    if (gzip != NULL) {
        memset(gzip, 0, offsetof(struct gzip_stream, block));
        gzip->base.type = &type;
        gzip->source = source;
        gzip->budget = budget;
    }
    if (gzip == NULL || inflateInit2(&gzip->zlib, GZIP_WINDOW_BITS) != Z_OK) {
        free(gzip);
        pb_stream_free(source);
        return PB_FAILED_MEMORY;
    }
    *stream = &gzip->base;
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
/* RFC 1952 with zlib itself: libarchive's gzip reader checks neither CRC nor length, and gives up
 * a file whose trailer is cut before it has read any of it. */
#include "evidence/stream.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define OUTPUT_BYTES 65536
#define GZIP_WINDOW_BITS (16 + MAX_WBITS)

enum place {
    PLACE_MEMBER,  /* in a member's header, data or trailer */
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
    uint64_t made_bytes;
    enum place place;
    Bytef output[OUTPUT_BYTES];
};

static void fail(struct gzip_stream *gzip, const char *code, const char *text)
{
    pb_fault_set(&gzip->base.fault, PB_ENTRY_UNREADABLE, code, "%s", text);
    gzip->place = PLACE_END;
}

static void fail_with_message(struct gzip_stream *gzip)
{
    const char *message = gzip->zlib.msg != NULL ? gzip->zlib.msg : "";

    if (strcmp(message, "incorrect data check") == 0)
        fail(gzip, "gzip-crc", "damaged: the gzip checksum (RFC 1952, CRC32) does not match");
    else if (strcmp(message, "incorrect length check") == 0)
        fail(gzip, "gzip-length", "damaged: the gzip length (RFC 1952, ISIZE) does not match");
    else
        fail(gzip, "gzip-damaged", "damaged: the gzip data cannot be decompressed (RFC 1952)");
}

static enum pb_status inflate_member(struct gzip_stream *gzip)
{
    switch (inflate(&gzip->zlib, Z_NO_FLUSH)) {
    case Z_OK:
    case Z_BUF_ERROR: break;
    case Z_STREAM_END: gzip->place = PLACE_BETWEEN; break;
    case Z_MEM_ERROR: return PB_FAILED_MEMORY;
    default: fail_with_message(gzip); break;
    }
    return PB_OK;
}

/* zlib may have taken all input and still owe output, if there was no room for it before. */
static enum pb_status end_input(struct gzip_stream *gzip)
{
    enum pb_status status = gzip->place == PLACE_MEMBER ? inflate_member(gzip) : PB_OK;

    if (gzip->place == PLACE_MEMBER)
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
        (void)inflateReset(&gzip->zlib);
        gzip->place = PLACE_MEMBER;
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
    case PLACE_BETWEEN: look_between(gzip); break;
    case PLACE_PADDING: check_padding(gzip); break;
    case PLACE_END: break;
    }
    return PB_OK;
}

static enum pb_status gzip_next(struct pb_stream *base, struct pb_slice *block)
{
    struct gzip_stream *gzip = (struct gzip_stream *)base;

    gzip->zlib.next_out = gzip->output;
    gzip->zlib.avail_out = OUTPUT_BYTES;
    while (gzip->place != PLACE_END && gzip->zlib.avail_out > 0) {
        enum pb_status status = advance(gzip);
        if (status != PB_OK)
            return status;
    }
    size_t made = OUTPUT_BYTES - gzip->zlib.avail_out;
    gzip->made_bytes += made;
    if (!pb_budget_take_expanded(gzip->budget, gzip->used_bytes - gzip->zlib.avail_in,
                                 gzip->made_bytes, made, &base->fault)) {
        gzip->place = PLACE_END;
        return PB_OK;
    }
    *block = (struct pb_slice){(const char *)gzip->output, made};
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
    gzip->rest = PB_SLICE_ABSENT;
    *stream = &gzip->base;
    return PB_OK;
}

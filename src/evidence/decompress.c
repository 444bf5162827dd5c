/* SPDX-License-Identifier: MIT */
/* Takes compression off a stream, layer by layer. bzip2, xz, zstd and lz4 go through libarchive:
 * its raw format with the one filter and nothing else. */
#include "evidence/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

/* The .xz file format, version 1.1.0. */
#define XZ_STREAM_HEADER_BYTES 12
#define XZ_FILTER_LZMA2 0x21
/* Section 5.3.1: 64 MiB, what `xz -9` asks for. */
#define XZ_LARGEST_DICTIONARY 0x1C

#define GZIP_WINDOW_BITS (16 + MAX_WBITS)
#define GZIP_BLOCK_BYTES (128 * 1024)

enum place {
    PLACE_MEMBER,
    PLACE_BETWEEN, /* after a member: another one, or the end */
    PLACE_PADDING, /* zeros up to the end, as tapes and block devices leave them */
    PLACE_END,
};

struct gzip_stream {
    struct pb_stream base;
    struct pb_stream *source;
    z_stream zlib;
    enum place place;
    uint64_t used_bytes;
    unsigned char block[GZIP_BLOCK_BYTES];
};

static void fail_gzip(struct gzip_stream *gzip, const char *code, const char *text)
{
    pb_fault_set(&gzip->base.fault, code, "%s", text);
    gzip->place = PLACE_END;
}

/* Hands zlib the source's next block, none of which is larger than its counters. */
static void refill(struct gzip_stream *gzip)
{
    struct pb_slice block = pb_stream_next(gzip->source);

    gzip->zlib.next_in = (const Bytef *)block.data;
    gzip->zlib.avail_in = (uInt)block.size_bytes;
    gzip->used_bytes += block.size_bytes;
    if (block.size_bytes > 0)
        return;
    gzip->base.fault = gzip->source->fault;
    if (gzip->place == PLACE_MEMBER)
        fail_gzip(gzip, "truncated", "cut: the gzip data end before their checksum");
    gzip->place = PLACE_END;
}

/* What was inflated before the damage is kept; where only the trailer is wrong that is all. */
static void fail_by_message(struct gzip_stream *gzip)
{
    const char *message = gzip->zlib.msg != NULL ? gzip->zlib.msg : "";

    if (strcmp(message, "incorrect data check") == 0)
        fail_gzip(gzip, "gzip-crc", "damaged: the gzip checksum (RFC 1952, CRC32) does not match");
    else if (strcmp(message, "incorrect length check") == 0)
        fail_gzip(gzip, "gzip-length", "damaged: the gzip length (RFC 1952, ISIZE) does not match");
    else
        fail_gzip(gzip, "gzip-damaged", "damaged: the gzip data cannot be decompressed (RFC 1952)");
}

/* zlib may owe output when it has taken all input, so it is asked first and fed afterwards. */
static void inflate_member(struct gzip_stream *gzip)
{
    switch (inflate(&gzip->zlib, Z_NO_FLUSH)) {
    case Z_OK: break;
    case Z_BUF_ERROR: refill(gzip); break;
    case Z_STREAM_END: gzip->place = PLACE_BETWEEN; break;
    case Z_MEM_ERROR:
        pb_fault_set_memory(&gzip->base.fault);
        gzip->place = PLACE_END;
        break;
    default: fail_by_message(gzip);
    }
}

static void look_behind_member(struct gzip_stream *gzip)
{
    z_stream *zlib = &gzip->zlib;

    for (; zlib->avail_in > 0 && *zlib->next_in == 0; zlib->avail_in--, zlib->next_in++)
        gzip->place = PLACE_PADDING;
    if (zlib->avail_in == 0) {
        refill(gzip);
    } else if (gzip->place == PLACE_PADDING || *zlib->next_in != 0x1F) {
        fail_gzip(gzip, "data-after-stream", "other data follow the end of the gzip data");
    } else {
        (void)inflateReset(zlib);
        gzip->place = PLACE_MEMBER;
    }
}

static struct pb_slice gzip_next(struct pb_stream *base)
{
    struct gzip_stream *gzip = (struct gzip_stream *)base;

    gzip->zlib.next_out = gzip->block;
    gzip->zlib.avail_out = sizeof gzip->block;
    while (gzip->place != PLACE_END && gzip->zlib.avail_out > 0)
        if (gzip->place == PLACE_MEMBER)
            inflate_member(gzip);
        else
            look_behind_member(gzip);
    return pb_stream_expand(
        base, gzip->used_bytes - gzip->zlib.avail_in,
        (struct pb_slice){(const char *)gzip->block, sizeof gzip->block - gzip->zlib.avail_out});
}

static void gzip_free(struct pb_stream *base)
{
    struct gzip_stream *gzip = (struct gzip_stream *)base;

    inflateEnd(&gzip->zlib);
    pb_stream_free(gzip->source);
    free(gzip);
}

static struct pb_stream *gzip_stream_new(struct pb_stream *source, struct pb_budget *budget)
{
    static const struct pb_stream_type type = {gzip_next, gzip_free};
    struct gzip_stream *gzip = malloc(sizeof *gzip);

    if (gzip != NULL) {
        memset(gzip, 0, offsetof(struct gzip_stream, block));
        gzip->base.type = &type;
        gzip->base.budget = budget;
        gzip->source = source;
    }
    if (gzip == NULL || inflateInit2(&gzip->zlib, GZIP_WINDOW_BITS) != Z_OK) {
        free(gzip);
        pb_stream_free(source);
        return NULL;
    }
    return &gzip->base;
}

struct filter_stream {
    struct pb_stream base;
    struct pb_source source;
    struct archive *archive;
    const char *name;
    int code; /* libarchive's, of the filter */
    bool is_open;
};

/* An empty frame that is skipped (LZ4 frame format 1.6.4). libarchive takes four foreign bytes at
 * the end for used, and does not reach a frame that is put behind them. */
static const char lz4_end[8] = "\x50\x2A\x4D\x18";

static void fail(struct filter_stream *filter)
{
    filter->base.fault = filter->source.stream->fault;
    if (archive_errno(filter->archive) == ENOMEM)
        pb_fault_set_memory(&filter->base.fault);
    else if (filter->source.has_seen_end)
        pb_fault_set(&filter->base.fault, "truncated", "cut: the %s data end too early",
                     filter->name);
    else
        pb_fault_set(&filter->base.fault, "compressed-damaged",
                     "damaged: the %s data cannot be decompressed", filter->name);
}

/* Some of libarchive's filters stop at the first bytes that are not theirs, lz4's behind them. */
static void check_rest(struct filter_stream *filter)
{
    int64_t used = archive_filter_bytes(filter->archive, -1);

    pb_source_drain(&filter->source);
    filter->base.fault = filter->source.stream->fault;
    if (filter->code == ARCHIVE_FILTER_LZ4 && filter->base.made_bytes > 0)
        used -= used > (int64_t)filter->source.size_bytes + 4 ? (int64_t)sizeof lz4_end : 4;
    if (used >= 0 && !pb_source_is_zero_from(&filter->source, (uint64_t)used))
        pb_fault_set(&filter->base.fault, "data-after-stream",
                     "other data follow the end of the %s data", filter->name);
}

/* libarchive calls data from which nothing comes empty, whether or not they are damaged, and gives
 * bytes that it takes for no data of the filter's as they are. */
static bool open_filter(struct filter_stream *filter)
{
    struct archive_entry *entry;

    filter->is_open = true;
    int result = archive_read_open1(filter->archive);
    if (result >= ARCHIVE_WARN)
        result = archive_read_next_header(filter->archive, &entry);
    bool is_filtered = archive_filter_code(filter->archive, 0) == filter->code;
    if (is_filtered && (result == ARCHIVE_OK || result == ARCHIVE_WARN))
        return true;
    if (is_filtered && result == ARCHIVE_EOF && archive_errno(filter->archive) == 0)
        check_rest(filter);
    else
        fail(filter);
    return false;
}

static struct pb_slice filter_next(struct pb_stream *base)
{
    struct filter_stream *filter = (struct filter_stream *)base;
    const void *data;
    size_t size;
    la_int64_t offset;

    if (!filter->is_open && !open_filter(filter))
        return PB_SLICE("");
    int result = archive_read_data_block(filter->archive, &data, &size, &offset);
    if (result == ARCHIVE_EOF)
        check_rest(filter);
    else if (result != ARCHIVE_OK)
        fail(filter);
    if (result != ARCHIVE_OK)
        return PB_SLICE("");
    return pb_stream_expand(base, filter->source.size_bytes, (struct pb_slice){data, size});
}

static void filter_free(struct pb_stream *base)
{
    struct filter_stream *filter = (struct filter_stream *)base;

    archive_read_free(filter->archive);
    pb_stream_free(filter->source.stream);
    free(filter);
}

static bool enable_filter(struct filter_stream *filter, enum pb_kind kind)
{
    static const struct {
        int (*enable)(struct archive *);
        int code;
    } filters[] = {
        [PB_KIND_BZIP2] = {archive_read_support_filter_bzip2, ARCHIVE_FILTER_BZIP2},
        [PB_KIND_XZ] = {archive_read_support_filter_xz, ARCHIVE_FILTER_XZ},
        [PB_KIND_ZSTD] = {archive_read_support_filter_zstd, ARCHIVE_FILTER_ZSTD},
        [PB_KIND_LZ4] = {archive_read_support_filter_lz4, ARCHIVE_FILTER_LZ4},
    };
    struct archive *archive = filter->archive = archive_read_new();

    filter->code = filters[kind].code;
    if (kind == PB_KIND_LZ4)
        filter->source.appended = (struct pb_slice){lz4_end, sizeof lz4_end};
    return archive != NULL && filters[kind].enable(archive) == ARCHIVE_OK &&
           archive_read_support_format_raw(archive) == ARCHIVE_OK &&
           archive_read_support_format_empty(archive) == ARCHIVE_OK &&
           archive_read_set_read_callback(archive, pb_source_read) == ARCHIVE_OK &&
           archive_read_set_callback_data(archive, &filter->source) == ARCHIVE_OK;
}

static struct pb_stream *filter_stream_new(struct pb_stream *source, struct pb_recognition what,
                                           struct pb_budget *budget)
{
    static const struct pb_stream_type type = {filter_next, filter_free};
    struct filter_stream *filter = calloc(1, sizeof *filter);

    if (filter == NULL) {
        pb_stream_free(source);
        return NULL;
    }
    filter->base.type = &type;
    filter->base.budget = budget;
    filter->source.stream = source;
    filter->name = what.name;
    if (enable_filter(filter, what.kind))
        return &filter->base;
    filter_free(&filter->base);
    return NULL;
}

/* The byte for the dictionary of the first block (section 3.1): LZMA2 is the last of its filters,
 * and zeros and a CRC32 follow. 0 if there is none. libarchive itself holds later blocks to 1 GiB,
 * and does not let that be set. */
static unsigned xz_dictionary(struct pb_slice prefix)
{
    const unsigned char *bytes = (const unsigned char *)prefix.data;
    size_t end = XZ_STREAM_HEADER_BYTES;

    if (prefix.size_bytes > end)
        end += bytes[end] * (size_t)4;
    if (prefix.size_bytes <= end)
        return 0;
    while (end > XZ_STREAM_HEADER_BYTES && bytes[end - 1] == 0)
        end--;
    bool is_lzma2 = bytes[end - 3] == XZ_FILTER_LZMA2 && bytes[end - 2] == 1;
    return is_lzma2 ? bytes[end - 1] & 0x3F : 0;
}

/* Tells what content is; true where it is compressed, and may be decompressed. */
static bool is_compressed(struct pb_layers *layers, struct pb_slice prefix)
{
    layers->what = pb_sniff(prefix);
    /* liblzma takes the whole dictionary at once, and a few hundred bytes may ask for 4 GiB. */
    if (layers->what.kind == PB_KIND_XZ && xz_dictionary(prefix) > XZ_LARGEST_DICTIONARY)
        pb_fault_set(&layers->fault, "limit-dictionary",
                     "its xz data ask for a larger dictionary than 64 MiB");
    return layers->what.kind >= PB_KIND_GZIP && layers->what.kind <= PB_KIND_LZ4 &&
           !pb_fault_is_set(&layers->fault);
}

bool pb_layers_open(struct pb_stream *source, struct pb_budget *budget, struct pb_layers *layers)
{
    struct pb_slice prefix;

    *layers = (struct pb_layers){.content = source, .source = source};
    for (uint32_t depth = 0; layers->content != NULL && pb_stream_look(layers->content, &prefix);
         depth++) {
        bool is_more = is_compressed(layers, prefix);
        if (depth == 0 && layers->what.kind != PB_KIND_PLAIN)
            pb_stream_measure(source, PB_SLICE(""));
        if (is_more && depth == budget->limits.depth)
            pb_budget_set_fault(budget, PB_CEILING_DEPTH, &layers->fault);
        if (!is_more || pb_fault_is_set(&layers->fault))
            return true;
        layers->content = layers->what.kind == PB_KIND_GZIP
                              ? gzip_stream_new(layers->content, budget)
                              : filter_stream_new(layers->content, layers->what, budget);
    }
    pb_layers_release(layers);
    return false;
}

void pb_layers_release(struct pb_layers *layers)
{
    pb_stream_free(layers->content);
    *layers = (struct pb_layers){0};
}

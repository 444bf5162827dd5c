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
    struct pb_budget *budget;
    z_stream zlib;
    enum place place;
    uint64_t used_bytes, made_bytes;
    unsigned char block[GZIP_BLOCK_BYTES];
};

static void fail_gzip(struct gzip_stream *gzip, const char *code, const char *text)
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
        fail_gzip(gzip, "truncated", "cut: the gzip data end before their checksum");
    if (block.size_bytes == 0)
        gzip->place = PLACE_END;
    return PB_OK;
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
        fail_gzip(gzip, "data-after-stream", "other data follow the end of the gzip data");
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

static enum pb_status gzip_stream_new(struct pb_stream *source, struct pb_budget *budget,
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

struct filter_stream {
    struct pb_stream base;
    struct pb_stream *source;
    struct pb_budget *budget;
    struct archive *archive;
    const char *name;
    int code; /* libarchive's, of the filter */
    struct pb_tail input;
    uint64_t made_bytes;
    enum pb_status status; /* of the source, which libarchive cannot pass on */
    bool is_open;
    bool has_seen_end; /* libarchive asked for more input than there is */
};

/* An empty frame that is skipped (LZ4 frame format 1.6.4). libarchive takes four foreign bytes at
 * the end for used, and does not reach a frame that is put behind them. */
static const char lz4_end[8] = "\x50\x2A\x4D\x18";

static la_ssize_t read_input(struct archive *archive, void *context, const void **data)
{
    struct filter_stream *filter = context;
    struct pb_slice block;

    (void)archive;
    filter->status = pb_stream_pull(&filter->base, filter->source, &block);
    if (filter->status != PB_OK)
        return ARCHIVE_FATAL;
    pb_tail_add(&filter->input, block);
    bool is_end = block.size_bytes == 0;
    if (is_end && !filter->has_seen_end && filter->code == ARCHIVE_FILTER_LZ4)
        block = (struct pb_slice){lz4_end, sizeof lz4_end};
    filter->has_seen_end = is_end;
    *data = block.data;
    return (la_ssize_t)block.size_bytes;
}

static void fail(struct filter_stream *filter)
{
    if (archive_errno(filter->archive) == ENOMEM)
        pb_fault_set_memory(&filter->base.fault);
    else if (filter->has_seen_end)
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "truncated",
                     "cut: the %s data end too early", filter->name);
    else
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "compressed-damaged",
                     "damaged: the %s data cannot be decompressed", filter->name);
}

/* Some of libarchive's filters stop at the first bytes that are not theirs, lz4's behind them. */
static enum pb_status check_rest(struct filter_stream *filter)
{
    int64_t used = archive_filter_bytes(filter->archive, -1);
    const void *data;

    while (read_input(filter->archive, filter, &data) > 0)
        ;
    if (filter->code == ARCHIVE_FILTER_LZ4 && filter->made_bytes > 0)
        used -= used > (int64_t)filter->input.size_bytes + 4 ? (int64_t)sizeof lz4_end : 4;
    if (used >= 0 && !pb_tail_is_zero_from(&filter->input, (uint64_t)used))
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "data-after-stream",
                     "other data follow the end of the %s data", filter->name);
    return filter->status;
}

/* libarchive calls data from which nothing comes empty, whether or not they are damaged, and gives
 * bytes that it takes for no data of the filter's as they are. */
static enum pb_status open_filter(struct filter_stream *filter, bool *has_data)
{
    struct archive_entry *entry;

    filter->is_open = true;
    int result = archive_read_open1(filter->archive);
    if (result >= ARCHIVE_WARN)
        result = archive_read_next_header(filter->archive, &entry);
    bool is_filtered = archive_filter_code(filter->archive, 0) == filter->code;
    *has_data = is_filtered && (result == ARCHIVE_OK || result == ARCHIVE_WARN);
    if (filter->status != PB_OK || *has_data)
        return filter->status;
    if (is_filtered && result == ARCHIVE_EOF && archive_errno(filter->archive) == 0)
        return check_rest(filter);
    fail(filter);
    return PB_OK;
}

static enum pb_status filter_next(struct pb_stream *base, struct pb_slice *block)
{
    struct filter_stream *filter = (struct filter_stream *)base;
    const void *data;
    size_t size;
    la_int64_t offset;

    if (!filter->is_open) {
        bool has_data;
        enum pb_status status = open_filter(filter, &has_data);
        if (status != PB_OK || !has_data)
            return status;
    }
    int result = archive_read_data_block(filter->archive, &data, &size, &offset);
    if (filter->status != PB_OK)
        return filter->status;
    if (result == ARCHIVE_EOF)
        return check_rest(filter);
    if (result != ARCHIVE_OK) {
        fail(filter);
        return PB_OK;
    }
    filter->made_bytes += size;
    if (pb_budget_take_expanded(filter->budget, filter->input.size_bytes, filter->made_bytes, size,
                                &base->fault))
        *block = (struct pb_slice){data, size};
    return PB_OK;
}

static void filter_free(struct pb_stream *base)
{
    struct filter_stream *filter = (struct filter_stream *)base;

    archive_read_free(filter->archive);
    pb_stream_free(filter->source);
    free(filter);
}

static bool enable_filter(struct filter_stream *filter, enum pb_kind kind)
{
    static const struct {
        int (*enable)(struct archive *);
        int code;
        const char *name;
    } filters[] = {
        [PB_KIND_BZIP2] = {archive_read_support_filter_bzip2, ARCHIVE_FILTER_BZIP2, "bzip2"},
        [PB_KIND_XZ] = {archive_read_support_filter_xz, ARCHIVE_FILTER_XZ, "xz"},
        [PB_KIND_ZSTD] = {archive_read_support_filter_zstd, ARCHIVE_FILTER_ZSTD, "zstd"},
        [PB_KIND_LZ4] = {archive_read_support_filter_lz4, ARCHIVE_FILTER_LZ4, "lz4"},
    };
    struct archive *archive = filter->archive = archive_read_new();

    filter->code = filters[kind].code;
    filter->name = filters[kind].name;
    return archive != NULL && filters[kind].enable(archive) == ARCHIVE_OK &&
           archive_read_support_format_raw(archive) == ARCHIVE_OK &&
           archive_read_support_format_empty(archive) == ARCHIVE_OK &&
           archive_read_set_read_callback(archive, read_input) == ARCHIVE_OK &&
           archive_read_set_callback_data(archive, filter) == ARCHIVE_OK;
}

static enum pb_status filter_stream_new(struct pb_stream *source, enum pb_kind kind,
                                        struct pb_budget *budget, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {filter_next, filter_free};
    struct filter_stream *filter = calloc(1, sizeof *filter);

    *stream = NULL;
    if (filter == NULL) {
        pb_stream_free(source);
        return PB_FAILED_MEMORY;
    }
    filter->base.type = &type;
    filter->source = source;
    filter->budget = budget;
    if (!enable_filter(filter, kind)) {
        filter_free(&filter->base);
        return PB_FAILED_MEMORY;
    }
    *stream = &filter->base;
    return PB_OK;
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

static enum pb_status look(struct pb_layers *layers)
{
    struct pb_slice prefix;
    enum pb_status status = pb_stream_look(layers->content, &prefix);

    if (status != PB_OK)
        return status;
    layers->what = pb_sniff(prefix);
    /* liblzma takes the whole dictionary at once, and a few hundred bytes may ask for 4 GiB. */
    if (layers->what.kind == PB_KIND_XZ && xz_dictionary(prefix) > XZ_LARGEST_DICTIONARY)
        pb_fault_set(&layers->fault, PB_ENTRY_SKIPPED, "limit-dictionary",
                     "its xz data ask for a larger dictionary than 64 MiB");
    return PB_OK;
}

static enum pb_status take_off(struct pb_layers *layers, struct pb_budget *budget)
{
    struct pb_stream *source = layers->content;
    enum pb_status status =
        layers->what.kind == PB_KIND_GZIP
            ? gzip_stream_new(source, budget, &layers->content)
            : filter_stream_new(source, layers->what.kind, budget, &layers->content);

    return status == PB_OK ? look(layers) : status;
}

static enum pb_status open_layers(struct pb_layers *layers, struct pb_budget *budget)
{
    enum pb_status status = look(layers);

    if (status == PB_OK && layers->what.kind != PB_KIND_PLAIN) {
        pb_digest_init(&layers->source->digest);
        layers->source->is_measured = true;
    }
    for (uint32_t depth = 0; status == PB_OK && !pb_fault_is_set(&layers->fault); depth++) {
        if (layers->what.kind < PB_KIND_GZIP || layers->what.kind > PB_KIND_LZ4)
            break;
        if (depth == budget->limits.depth)
            pb_budget_set_fault(budget, PB_CEILING_DEPTH, &layers->fault);
        else
            status = take_off(layers, budget);
    }
    return status;
}

enum pb_status pb_layers_open(struct pb_stream *source, struct pb_budget *budget,
                              struct pb_layers *layers)
{
    *layers = (struct pb_layers){.content = source, .source = source};
    enum pb_status status = open_layers(layers, budget);
    if (status != PB_OK)
        pb_layers_release(layers);
    return status;
}

void pb_layers_release(struct pb_layers *layers)
{
    pb_stream_free(layers->content);
    *layers = (struct pb_layers){0};
}

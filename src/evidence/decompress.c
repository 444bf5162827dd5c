/* SPDX-License-Identifier: MIT */
/* Decompresses a stream, layer by layer: gzip by zlib; bzip2, xz, zstd and lz4 by libarchive. */
#include "evidence/internal.h"

#include <errno.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

/* The .xz file format, version 1.1.0. */
#define XZ_STREAM_HEADER_BYTES 12
#define XZ_FILTER_LZMA2 0x21

#define GZIP_WINDOW_BITS (16 + MAX_WBITS)
#define GZIP_BLOCK_BYTES (128 * 1024)

/* What decompresses the source: zlib, which is given a block, or libarchive. */
struct decompressor {
    struct pb_stream base;
    const char *name;
    z_stream zlib;
    bool is_at_end; /* zlib has nothing more */
    struct archive *archive;
    int code;          /* libarchive's, of the filter */
    bool is_open;      /* by libarchive */
    bool has_seen_end; /* libarchive asked for more than there is */
    unsigned char block[];
};

/* Gives zlib the source's next block, which is below 4 GiB as zlib's counters are. False at the
 * end. */
static bool refill(struct decompressor *gzip)
{
    struct pb_slice block = pb_stream_next(gzip->base.source);
    gzip->zlib.next_in = (const unsigned char *)block.data;
    gzip->zlib.avail_in = (uInt)block.size_bytes;
    return block.size_bytes > 0;
}

/* A gzip member may be followed by another one, or by zeros up to the end, as on tapes and block
 * devices. */
static void end_member(struct decompressor *gzip)
{
    z_stream *zlib = &gzip->zlib;

    if ((zlib->avail_in > 0 || refill(gzip)) && *zlib->next_in == 0x1F) {
        (void)inflateReset(zlib);
        return;
    }
    uint64_t end = gzip->base.source->size_bytes - zlib->avail_in;
    zlib->avail_in = 0;
    pb_stream_drain(gzip->base.source);
    gzip->is_at_end = true;
    if (!pb_stream_is_zero_from(gzip->base.source, end))
        pb_fault_set(&gzip->base.fault, "data-after-stream",
                     "other data follow the end of the gzip data");
}

/* zlib may have output left when it has taken all input, so it is called before it gets more. What
 * was inflated before damage is kept: all of it, where only the trailer is wrong. */
static void inflate_member(struct decompressor *gzip)
{
    struct pb_fault *fault = &gzip->base.fault;
    int result = inflate(&gzip->zlib, Z_NO_FLUSH);
    const char *message = gzip->zlib.msg != NULL ? gzip->zlib.msg : "";

    if (result == Z_STREAM_END)
        end_member(gzip);
    if (result == Z_STREAM_END || result == Z_OK || (result == Z_BUF_ERROR && refill(gzip)))
        return;
    gzip->is_at_end = true;
    if (result == Z_BUF_ERROR)
        pb_fault_set(fault, "truncated", "cut: the gzip data end before their checksum");
    else if (result == Z_MEM_ERROR)
        pb_fault_set_memory(fault);
    else if (strcmp(message, "incorrect data check") == 0)
        pb_fault_set(fault, "gzip-crc",
                     "damaged: the gzip checksum (RFC 1952, CRC32) does not match");
    else if (strcmp(message, "incorrect length check") == 0)
        pb_fault_set(fault, "gzip-length",
                     "damaged: the gzip length (RFC 1952, ISIZE) does not match");
    else
        pb_fault_set(fault, "gzip-damaged",
                     "damaged: the gzip data cannot be decompressed (RFC 1952)");
}

static struct pb_slice gzip_next(struct pb_stream *base)
{
    struct decompressor *gzip = (struct decompressor *)base;

    gzip->zlib.next_out = gzip->block;
    gzip->zlib.avail_out = GZIP_BLOCK_BYTES;
    while (!gzip->is_at_end && gzip->zlib.avail_out > 0)
        inflate_member(gzip);
    return pb_stream_expand(
        base, gzip->base.source->size_bytes - gzip->zlib.avail_in,
        (struct pb_slice){(const char *)gzip->block, GZIP_BLOCK_BYTES - gzip->zlib.avail_out});
}

/* An empty frame that readers skip (LZ4 frame format 1.6.4), put behind the data. libarchive counts
 * four bytes of other data behind the last frame as used, and does not reach this frame then. */
static const char lz4_end[8] = "\x50\x2A\x4D\x18";

static la_ssize_t read_source(struct archive *archive, void *context, const void **data)
{
    struct decompressor *filter = context;
    struct pb_slice block = pb_stream_next(filter->base.source);
    bool is_end = block.size_bytes == 0;

    (void)archive;
    if (is_end && !filter->has_seen_end && filter->code == ARCHIVE_FILTER_LZ4)
        block = (struct pb_slice){lz4_end, sizeof lz4_end};
    filter->has_seen_end |= is_end;
    *data = block.data;
    return (la_ssize_t)block.size_bytes;
}

static void fail(struct decompressor *filter)
{
    if (archive_errno(filter->archive) == ENOMEM)
        pb_fault_set_memory(&filter->base.fault);
    else if (filter->has_seen_end)
        pb_fault_set(&filter->base.fault, "truncated", "cut: the %s data end too early",
                     filter->name);
    else
        pb_fault_set(&filter->base.fault, "compressed-damaged",
                     "damaged: the %s data cannot be decompressed", filter->name);
}

/* Looks for other data behind the end. Some of libarchive's filters stop before bytes that are not
 * of their format, that of lz4 behind four of them. */
static void check_rest(struct decompressor *filter)
{
    int64_t used = archive_filter_bytes(filter->archive, -1);

    pb_stream_drain(filter->base.source);
    if (filter->code == ARCHIVE_FILTER_LZ4 && filter->base.made_bytes > 0)
        used -= used > (int64_t)filter->base.source->size_bytes + 4 ? (int64_t)sizeof lz4_end : 4;
    if (used >= 0 && !pb_stream_is_zero_from(filter->base.source, (uint64_t)used))
        pb_fault_set(&filter->base.fault, "data-after-stream",
                     "other data follow the end of the %s data", filter->name);
}

/* Where nothing can be decompressed libarchive says that the data are empty, even if they are
 * damaged; data that its filter does not recognise it returns unchanged. */
static struct pb_slice filter_next(struct pb_stream *base)
{
    struct decompressor *filter = (struct decompressor *)base;
    struct archive *archive = filter->archive;
    struct archive_entry *entry;
    const void *data;
    size_t size;
    la_int64_t offset;
    int result = ARCHIVE_OK;

    if (!filter->is_open) {
        filter->is_open = true;
        result = archive_read_open1(archive);
        if (result >= ARCHIVE_WARN)
            result = archive_read_next_header(archive, &entry);
        if (archive_filter_code(archive, 0) != filter->code ||
            (result == ARCHIVE_EOF && archive_errno(archive) != 0))
            result = ARCHIVE_FATAL;
    }
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN)
        result = archive_read_data_block(archive, &data, &size, &offset);
    if (result == ARCHIVE_OK)
        return pb_stream_expand(base, filter->base.source->size_bytes,
                                (struct pb_slice){data, size});
    if (result == ARCHIVE_EOF)
        check_rest(filter);
    else
        fail(filter);
    return PB_SLICE("");
}

/* With libarchive's raw format and one filter, so that no other code of it reads the input. */
static bool open_filter(struct decompressor *filter, enum pb_kind kind)
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
    return archive != NULL && filters[kind].enable(archive) == ARCHIVE_OK &&
           archive_read_support_format_raw(archive) == ARCHIVE_OK &&
           archive_read_support_format_empty(archive) == ARCHIVE_OK &&
           archive_read_set_read_callback(archive, read_source) == ARCHIVE_OK &&
           archive_read_set_callback_data(archive, filter) == ARCHIVE_OK;
}

static void free_stream(struct pb_stream *base)
{
    struct decompressor *stream = (struct decompressor *)base;
    inflateEnd(&stream->zlib); /* does nothing where zlib has not begun, as the next where NULL */
    archive_read_free(stream->archive);
    free(stream);
}

static struct pb_stream *decompress(struct pb_stream *source, struct pb_recognition what,
                                    struct pb_budget *budget)
{
    bool is_gzip = what.kind == PB_KIND_GZIP;
    struct decompressor *made = malloc(sizeof *made + (is_gzip ? GZIP_BLOCK_BYTES : 0));

    if (made == NULL) {
        pb_stream_free(source);
        return NULL;
    }
    *made = (struct decompressor){
        .base = {.next = is_gzip ? gzip_next : filter_next,
                 .free = free_stream,
                 .source = source,
                 .item = source->item,
                 .budget = budget},
        .name = what.name,
    };
    if (is_gzip ? inflateInit2(&made->zlib, GZIP_WINDOW_BITS) == Z_OK
                : open_filter(made, what.kind))
        return &made->base;
    pb_stream_free(&made->base);
    return NULL;
}

/* The dictionary's bytes by the first block's header (sections 3.1 and 5.3.1), 0 if there is none:
 * LZMA2 is the last filter, and zeros and a CRC32 follow. For later blocks libarchive has a ceiling
 * of 1 GiB, which cannot be set. */
static uint64_t xz_dictionary(struct pb_slice prefix)
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
    unsigned code = is_lzma2 ? bytes[end - 1] & 0x3F : 0;
    return is_lzma2 ? (uint64_t)(2 | (code & 1)) << (code / 2 + 11) : 0;
}

struct pb_stream *pb_decompress(struct pb_stream *source, struct pb_budget *budget,
                                struct pb_recognition *what, struct pb_fault *fault)
{
    struct pb_stream *content = source;
    struct pb_slice prefix;

    for (uint32_t depth = 0; content != NULL && pb_stream_look(content, &prefix); depth++) {
        *what = pb_sniff(prefix);
        bool is_compressed = what->kind >= PB_KIND_GZIP && what->kind <= PB_KIND_LZ4;
        if (depth == 0 && what->kind != PB_KIND_PLAIN)
            pb_stream_measure(source, PB_SLICE(""));
        if (what->kind == PB_KIND_XZ && xz_dictionary(prefix) > PB_MOST_DICTIONARY_BYTES)
            pb_fault_set(fault, "limit-dictionary",
                         "its xz data ask for a larger dictionary than 64 MiB");
        else if (is_compressed && depth == budget->limits.depth)
            pb_budget_set_fault(budget, PB_CEILING_DEPTH, fault);
        if (!is_compressed || pb_fault_is_set(fault))
            return content;
        content = decompress(content, *what, budget);
    }
    pb_stream_free(content);
    return NULL;
}

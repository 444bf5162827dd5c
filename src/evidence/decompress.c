/* SPDX-License-Identifier: MIT */
/* Recognises compressions, archives and encryptions by their first bytes, and decompresses a stream
 * layer by layer: gzip and zlib by zlib; bzip2, xz, zstd and lz4 by libarchive. */
#include "base/sentences.inc"
#include "evidence/internal.h"

#include <errno.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define TAR_CHECKSUM_OFFSET 148
#define TAR_CHECKSUM_BYTES 8

#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* Formats that have these bytes at the offset. The first match counts. */
static const struct {
    size_t offset;
    struct pb_slice bytes;
    struct pb_recognition meaning;
} signatures[] = {
    {0, BYTES("\x1F\x8B"), {PB_KIND_GZIP, "gzip"}},
    {0, BYTES("\3757zXZ\0"), {PB_KIND_XZ, "xz"}},
    {0, BYTES("\x28\xB5\x2F\xFD"), {PB_KIND_ZSTD, "zstd"}},
    {0, BYTES("\x04\x22\x4D\x18"), {PB_KIND_LZ4, "lz4"}},
    {0, BYTES("\x02\x21\x4C\x18"), {PB_KIND_LZ4, "lz4"}},
    {257, BYTES("ustar"), {PB_KIND_TAR, "tar"}},
    {0, BYTES("070701"), {PB_KIND_CPIO, "cpio"}},
    /* libarchive does not compare its checksums. */
    {0, BYTES("070702"), {PB_KIND_UNSUPPORTED, "cpio with checksums"}},
    {0, BYTES("070707"), {PB_KIND_CPIO, "cpio"}},
    {0, BYTES("070727"), {PB_KIND_CPIO, "cpio"}},
    {0, BYTES("PK\x03\x04"), {PB_KIND_ZIP, "zip"}},
    {0, BYTES("PK\x05\x06"), {PB_KIND_ZIP, "zip"}},
    {0, BYTES("PK\x06\x06"), {PB_KIND_ZIP, "zip"}},
    {0, BYTES("PK\x07\x08PK\x03\x04"), {PB_KIND_ZIP, "zip"}},
    {0, BYTES("PK00PK\x03\x04"), {PB_KIND_ZIP, "zip"}},
    {0, BYTES("7z\xBC\xAF\x27\x1C"), {PB_KIND_SEVEN_ZIP, "7-Zip"}},
    {0, BYTES("Rar!\x1A\x07"), {PB_KIND_UNSUPPORTED, "RAR"}},
    {0, BYTES("MSCF\0\0\0\0"), {PB_KIND_UNSUPPORTED, "CAB"}},
    {0, BYTES("\x1F\x9D"), {PB_KIND_UNSUPPORTED, "compress (.Z)"}},
    {0, BYTES("\x1F\xA0"), {PB_KIND_UNSUPPORTED, "compress (LZH)"}},
    {0, BYTES("\x1F\x1E"), {PB_KIND_UNSUPPORTED, "pack (.z)"}},
    {0, BYTES("LZIP\x01"), {PB_KIND_UNSUPPORTED, "lzip"}},
    {0, BYTES("LRZI\0"), {PB_KIND_UNSUPPORTED, "lrzip"}},
    {0, BYTES("\x89LZO\0\r\n\x1A\n"), {PB_KIND_UNSUPPORTED, "lzop"}},
    {0, BYTES("\xFF\x06\0\0sNaPpY"), {PB_KIND_UNSUPPORTED, "snappy"}},
    {0, BYTES("xar!\0"), {PB_KIND_UNSUPPORTED, "xar"}},
    {0, BYTES("!<arch>\n"), {PB_KIND_UNSUPPORTED, "ar"}},
    {0, BYTES("!<thin>\n"), {PB_KIND_UNSUPPORTED, "ar"}},
    {0, BYTES("\xED\xAB\xEE\xDB"), {PB_KIND_UNSUPPORTED, "RPM"}},
    {0, BYTES("hsqs"), {PB_KIND_UNSUPPORTED, "SquashFS"}},
    {0, BYTES("-----BEGIN PGP MESSAGE-----"), {PB_KIND_UNSUPPORTED, "OpenPGP message"}},
    {0, BYTES("age-encryption.org/"), {PB_KIND_UNSUPPORTED, "age encryption"}},
    {0, BYTES("-----BEGIN AGE ENCRYPTED FILE-----"), {PB_KIND_UNSUPPORTED, "age encryption"}},
    {0, BYTES("Salted__"), {PB_KIND_UNSUPPORTED, "openssl enc"}},
    /* Files of pzstd and of some lz4 writers; the first byte is 0x50 to 0x5F. */
    {1, BYTES("\x2A\x4D\x18"), {PB_KIND_UNSUPPORTED, "zstd or lz4 with a skippable frame"}},
    {32769, BYTES("CD001"), {PB_KIND_UNSUPPORTED, "ISO 9660"}},
};

static unsigned char byte_at(struct pb_slice bytes, size_t index)
{
    return (unsigned char)bytes.data[index];
}

/* A tar of 1979 has no magic bytes, only the sum of its header's bytes, in octal digits followed by
 * blanks or NULs; some writers added signed bytes. */
static bool has_tar_checksum(struct pb_slice prefix)
{
    char field[TAR_CHECKSUM_BYTES + 1] = "", *end;
    unsigned long sum = TAR_CHECKSUM_BYTES * ' ', high_bytes = 0;

    if (prefix.size_bytes < PB_TAR_BLOCK_BYTES || prefix.data[0] == '\0')
        return false;
    memcpy(field, prefix.data + TAR_CHECKSUM_OFFSET, TAR_CHECKSUM_BYTES);
    unsigned long expected = strtoul(field, &end, 8);
    for (; end < field + TAR_CHECKSUM_BYTES; end++)
        if (*end != ' ' && *end != '\0')
            return false;
    for (size_t i = 0; i < PB_TAR_BLOCK_BYTES; i++) {
        if (i == TAR_CHECKSUM_OFFSET)
            i += TAR_CHECKSUM_BYTES;
        sum += byte_at(prefix, i);
        high_bytes += byte_at(prefix, i) >= 0x80;
    }
    return expected == sum || expected == sum - 256 * high_bytes;
}

/* A level digit and the magic of the first block or, for an empty file, of its end, maybe cut. */
static bool is_bzip2(struct pb_slice prefix)
{
    struct pb_slice magic = pb_slice_first(pb_slice_from(prefix, 4), 6);
    return pb_slice_starts_with(prefix, PB_SLICE("BZh")) &&
           (pb_slice_starts_with(PB_SLICE("\x31\x41\x59\x26\x53\x59"), magic) ||
            pb_slice_starts_with(PB_SLICE("\x17\x72\x45\x38\x50\x90"), magic));
}

/* POSIX.1-2008, uuencode: the first line has a mode in octal digits and a name. */
static bool is_uuencoded(struct pb_slice prefix)
{
    size_t mode = pb_slice_starts_with(prefix, PB_SLICE("begin-base64 ")) ? 13 : 6;
    size_t end = pb_skip(prefix, mode, "01234567");

    return end - mode >= 3 && end < prefix.size_bytes && prefix.data[end] == ' ' &&
           pb_slice_starts_with(prefix, PB_SLICE("begin")) && prefix.data[mode - 1] == ' ';
}

/* Old binary cpio: magic number, device and inode, then a mode whose file type must exist. */
static bool is_binary_cpio(struct pb_slice prefix)
{
    bool is_little = pb_slice_starts_with(prefix, PB_SLICE("\xC7\x71"));
    if (prefix.size_bytes < 26 ||
        (!is_little && !pb_slice_starts_with(prefix, PB_SLICE("\x71\xC7"))))
        return false;
    unsigned char mode = byte_at(prefix, is_little ? 7 : 6);
    unsigned char name_high = byte_at(prefix, is_little ? 21 : 20);
    return (mode >> 4) % 2 == 0 ? mode >> 4 != 0 && name_high < 0x10 : mode >> 4 == 1;
}

/* .lzma has no magic bytes, but properties, a dictionary size that is a power of two, and a size
 * that is unknown or below 1 TiB. */
static bool is_lzma(struct pb_slice prefix)
{
    if (prefix.size_bytes < 14 || byte_at(prefix, 0) != 0x5D || byte_at(prefix, 13) != 0)
        return false;
    uint64_t dictionary = pb_read_little_endian(prefix.data + 1, 4);
    bool is_unknown = pb_read_little_endian(prefix.data + 5, 8) == UINT64_MAX;
    bool is_small = pb_read_little_endian(prefix.data + 10, 3) == 0;
    return dictionary >= 4096 && (dictionary & (dictionary - 1)) == 0 && (is_unknown || is_small);
}

/* RFC 1950: two bytes of which the second is a checksum, and data that can be inflated to their
 * end, or so far that text cannot. Where memory is missing the caller finds it missing too. */
static bool is_zlib(struct pb_slice prefix)
{
    unsigned char made[4096];
    z_stream zlib = {.next_in = (const unsigned char *)prefix.data, .next_out = made};

    zlib.avail_in = (uInt)prefix.size_bytes;
    zlib.avail_out = sizeof made;
    if (prefix.size_bytes < 2 || prefix.data[0] != 'x' || ('x' << 8 | byte_at(prefix, 1)) % 31 != 0)
        return false;
    int result = inflateInit(&zlib) == Z_OK ? inflate(&zlib, Z_NO_FLUSH) : Z_MEM_ERROR;
    inflateEnd(&zlib);
    return result == Z_STREAM_END || result == Z_MEM_ERROR || zlib.total_out >= 64;
}

/* RFC 9580, sections 4.2, 5.1 and 5.3: an encrypted message begins with a session key, for a public
 * key (packet 1) or a passphrase (packet 3). */
static bool is_binary_openpgp(struct pb_slice prefix)
{
    unsigned char first = prefix.size_bytes >= 4 ? byte_at(prefix, 0) : 0;
    size_t body = (size_t)1 + (1U << (first & 3));

    if (first >= 0xC0)
        body = byte_at(prefix, 1) < 192 ? 2 : 3;
    unsigned char version = body < prefix.size_bytes ? byte_at(prefix, body) : 0;
    return ((first == 0xC1 || first >> 2 == 0x21) && (version == 3 || version == 6)) ||
           ((first == 0xC3 || first >> 2 == 0x23) && (version == 4 || version == 6) && body == 2);
}

/* Formats that need more than equal bytes. The first match counts. */
static const struct {
    bool (*matches)(struct pb_slice prefix);
    struct pb_recognition meaning;
} tests[] = {
    {is_bzip2, {PB_KIND_BZIP2, "bzip2"}},
    {is_zlib, {PB_KIND_GZIP, "zlib"}},
    {has_tar_checksum, {PB_KIND_TAR, "tar"}},
    {is_binary_cpio, {PB_KIND_CPIO, "cpio"}},
    {is_uuencoded, {PB_KIND_UNSUPPORTED, "uuencode"}},
    {is_lzma, {PB_KIND_UNSUPPORTED, "LZMA"}},
    {is_binary_openpgp, {PB_KIND_UNSUPPORTED, "OpenPGP message"}},
};

struct pb_recognition pb_sniff(struct pb_slice prefix)
{
    const struct pb_recognition plain = {PB_KIND_PLAIN, "plain"};

    if (prefix.size_bytes == 0) /* saves time where there are millions of empty files */
        return plain;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (pb_slice_starts_with(pb_slice_from(prefix, signatures[i].offset), signatures[i].bytes))
            return signatures[i].meaning;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (tests[i].matches(prefix))
            return tests[i].meaning;
    return plain;
}

/* The .xz file format, version 1.1.0. */
#define XZ_STREAM_HEADER_BYTES 12
#define XZ_FILTER_LZMA2 0x21

#define GZIP_WINDOW_BITS (32 + MAX_WBITS) /* gzip or zlib, by their headers */
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

/* Gives zlib the source's next block, below 4 GiB as its counters are. False at the end. */
static bool refill(struct decompressor *gzip)
{
    struct pb_slice block = pb_stream_next(gzip->base.source);
    gzip->zlib.next_in = (const unsigned char *)block.data;
    gzip->zlib.avail_in = (uInt)block.size_bytes;
    return block.size_bytes > 0;
}

/* A gzip member may be followed by another one, or by zeros up to the end, as on tapes. */
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
        pb_fault_set(&gzip->base.fault, "data-after-stream", PB_SAY_DATA_AFTER_STREAM, gzip->name);
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
        pb_fault_set(fault, "truncated", "cut: the %s data end before their checksum", gzip->name);
    else if (result == Z_MEM_ERROR)
        pb_fault_set_memory(fault);
    else if (strcmp(message, "incorrect data check") == 0)
        pb_fault_set(fault, "gzip-crc", "damaged: the %s checksum does not match", gzip->name);
    else if (strcmp(message, "incorrect length check") == 0)
        pb_fault_set(fault, "gzip-length", PB_SAY_GZIP_LENGTH);
    else
        pb_fault_set(fault, "gzip-damaged", PB_SAY_DAMAGED_STREAM, gzip->name);
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
    if (archive_errno(filter->archive) == ENOMEM || errno == ENOMEM)
        pb_fault_set_memory(&filter->base.fault);
    else if (filter->has_seen_end)
        pb_fault_set(&filter->base.fault, "truncated", PB_SAY_CUT_STREAM, filter->name);
    else
        pb_fault_set(&filter->base.fault, "compressed-damaged", PB_SAY_DAMAGED_STREAM,
                     filter->name);
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
        pb_fault_set(&filter->base.fault, "data-after-stream", PB_SAY_DATA_AFTER_STREAM,
                     filter->name);
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

    errno = 0; /* libzstd alone tells of missing memory so */
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
    static const int codes[] = {ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
                                ARCHIVE_FILTER_LZ4};
    struct archive *archive = filter->archive = archive_read_new();

    filter->code = codes[kind - PB_KIND_BZIP2];
    return archive != NULL &&
           archive_read_support_filter_by_code(archive, filter->code) == ARCHIVE_OK &&
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
            pb_fault_set(fault, "limit-dictionary", PB_SAY_LIMIT_DICTIONARY);
        else if (is_compressed && depth == budget->limits.depth)
            pb_budget_set_fault(budget, PB_CEILING_DEPTH, fault);
        if (!is_compressed || fault->code != NULL)
            return content;
        content = decompress(content, *what, budget);
    }
    pb_stream_free(content);
    return NULL;
}

/* SPDX-License-Identifier: MIT */
/* Recognises compressions, archives and encryptions by their first bytes. */
#include "evidence/internal.h"

#include <stdlib.h>

#define TAR_BLOCK_BYTES 512
#define TAR_CHECKSUM_OFFSET 148
#define TAR_CHECKSUM_BYTES 8

#define BYTES(literal) (literal), sizeof(literal) - 1

/* Formats that have these bytes at the offset. The first match counts. */
static const struct {
    size_t offset;
    const char *bytes;
    size_t size_bytes;
    struct pb_recognition meaning;
} signatures[] = {
    {0, BYTES("\x1F\x8B"), {PB_KIND_GZIP, "gzip"}},
    {0, BYTES("\3757zXZ\0"), {PB_KIND_XZ, "xz"}},
    {0, BYTES("\x28\xB5\x2F\xFD"), {PB_KIND_ZSTD, "zstd"}},
    {0, BYTES("\x04\x22\x4D\x18"), {PB_KIND_LZ4, "lz4"}},
    {0, BYTES("\x02\x21\x4C\x18"), {PB_KIND_LZ4, "lz4"}},
    {257, BYTES("ustar"), {PB_KIND_TAR, "tar"}},
    {0, BYTES("070701"), {PB_KIND_CPIO, "cpio"}},
    {0, BYTES("070702"), {PB_KIND_CPIO, "cpio"}},
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

    if (prefix.size_bytes < TAR_BLOCK_BYTES || prefix.data[0] == '\0')
        return false;
    memcpy(field, prefix.data + TAR_CHECKSUM_OFFSET, TAR_CHECKSUM_BYTES);
    unsigned long expected = strtoul(field, &end, 8);
    for (; end < field + TAR_CHECKSUM_BYTES; end++)
        if (*end != ' ' && *end != '\0')
            return false;
    for (size_t i = 0; i < TAR_BLOCK_BYTES; i++) {
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
    bool is_unknown = pb_slice_starts_with(pb_slice_from(prefix, 5),
                                           PB_SLICE("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"));
    bool is_small = pb_read_little_endian(prefix.data + 10, 3) == 0;
    return dictionary >= 4096 && (dictionary & (dictionary - 1)) == 0 && (is_unknown || is_small);
}

/* RFC 9580, sections 4.2 and 5.1: the packets with which encrypted or compressed messages begin. */
static bool is_binary_openpgp(struct pb_slice prefix)
{
    if (prefix.size_bytes < 4 || byte_at(prefix, 0) < 0x80)
        return false;
    unsigned char first = byte_at(prefix, 0);
    bool has_new_format = (first & 0x40) != 0;
    unsigned tag = has_new_format ? first & 0x3F : (first >> 2) & 0x0F;
    unsigned length_type = first & 3;
    size_t body = length_type == 0 ? 2 : length_type == 1 ? 3 : 5;
    if (has_new_format)
        body = byte_at(prefix, 1) < 192 ? 2 : byte_at(prefix, 1) < 224 ? 3 : 6;
    if ((!has_new_format && length_type == 3) || body >= prefix.size_bytes)
        return false;
    unsigned char version = byte_at(prefix, body);
    return (tag == 1 && (version == 3 || version == 6)) ||
           (tag == 3 && (version == 4 || version == 6) && body == 2);
}

/* Formats that need more than equal bytes. The first match counts. */
static const struct {
    bool (*matches)(struct pb_slice prefix);
    struct pb_recognition meaning;
} tests[] = {
    {is_bzip2, {PB_KIND_BZIP2, "bzip2"}},
    {has_tar_checksum, {PB_KIND_TAR, "tar"}},
    {is_binary_cpio, {PB_KIND_CPIO, "cpio"}},
    {is_lzma, {PB_KIND_UNSUPPORTED, "LZMA"}},
    {is_binary_openpgp, {PB_KIND_UNSUPPORTED, "OpenPGP message"}},
};

struct pb_recognition pb_sniff(struct pb_slice prefix)
{
    const struct pb_recognition plain = {PB_KIND_PLAIN, "plain"};

    if (prefix.size_bytes == 0) /* saves time where there are millions of empty files */
        return plain;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        struct pb_slice bytes = {signatures[i].bytes, signatures[i].size_bytes};
        if (pb_slice_starts_with(pb_slice_from(prefix, signatures[i].offset), bytes))
            return signatures[i].meaning;
    }
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (tests[i].matches(prefix))
            return tests[i].meaning;
    return plain;
}

/* SPDX-License-Identifier: MIT */
/* The .xz file format, version 1.1.0, sections 2 to 4, and the chunks of LZMA2 as liblzma reads
 * them: none of it needs decoding to be passed over. */
#include "evidence/xz_watch.h"

enum part {
    PART_STREAM_HEADER,
    PART_BLOCK_SIZE,
    PART_BLOCK_HEADER,
    PART_CHUNK,
    PART_CHUNK_HEADER,
    PART_INDEX_COUNT,
    PART_INDEX_NUMBER,
    PART_STREAM_PADDING,
    PART_LOST, /* no xz any more */
};

#define STREAM_HEADER_BYTES 12
#define FILTER_LZMA2 0x21

static bool expect(struct pb_xz_watch *watch, enum part part, uint32_t wanted)
{
    watch->part = part;
    watch->wanted = wanted;
    watch->held_bytes = 0;
    return true;
}

/* The same, where what is held is the beginning of it. */
static bool extend(struct pb_xz_watch *watch, enum part part, uint32_t wanted)
{
    watch->part = part;
    watch->wanted = wanted;
    return true;
}

static uint64_t padding_of(uint64_t bytes)
{
    return (4 - bytes % 4) % 4;
}

static bool take_stream_header(struct pb_xz_watch *watch)
{
    static const unsigned char magic[] = {0xFD, '7', 'z', 'X', 'Z', 0};
    static const unsigned char check_bytes[] = {0,  4,  4,  4,  8,  8,  8,  16,
                                                16, 16, 32, 32, 32, 64, 64, 64};

    if (memcmp(watch->held, magic, sizeof magic) != 0)
        return expect(watch, PART_LOST, 1);
    watch->check_bytes = check_bytes[watch->held[7] & 0x0F];
    return expect(watch, PART_BLOCK_SIZE, 1);
}

static bool take_block_size(struct pb_xz_watch *watch)
{
    watch->measured = 0;
    if (watch->held[0] != 0)
        return extend(watch, PART_BLOCK_HEADER, (watch->held[0] + UINT32_C(1)) * 4);
    watch->measured = 1; /* the index: its indicator counts */
    watch->numbers = 0;
    watch->shift = 0;
    return expect(watch, PART_INDEX_COUNT, 1);
}

/* Section 1.2: seven bits a byte, the lowest first. False past the header's end. */
static bool take_number(const struct pb_xz_watch *watch, uint32_t *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 63 && *at < watch->held_bytes; shift += 7) {
        unsigned char byte = watch->held[(*at)++];
        *number |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* Section 5.3.1. */
static uint64_t dictionary_bytes(unsigned char property)
{
    unsigned bits = property & 0x3F;

    return bits >= 40 ? UINT32_MAX : (UINT64_C(2) | (bits & 1)) << (bits / 2 + 11);
}

/* Section 3.1: flags, two optional sizes, one to four filters; LZMA2 is the last one. */
static bool take_block_header(struct pb_xz_watch *watch)
{
    unsigned flags = watch->held[1], filters = (flags & 3) + 1;
    uint32_t at = 2;
    uint64_t number, id = 0, size;

    if (((flags & 0x40) != 0 && !take_number(watch, &at, &number)) ||
        ((flags & 0x80) != 0 && !take_number(watch, &at, &number)))
        return expect(watch, PART_LOST, 1);
    for (unsigned i = 0; i < filters; i++) {
        if (!take_number(watch, &at, &id) || !take_number(watch, &at, &size) ||
            size > watch->held_bytes - at)
            return expect(watch, PART_LOST, 1);
        if (id == FILTER_LZMA2 && size == 1 &&
            dictionary_bytes(watch->held[at]) > PB_XZ_MOST_DICTIONARY_BYTES)
            return false;
        at += (uint32_t)size;
    }
    return expect(watch, id == FILTER_LZMA2 ? PART_CHUNK : PART_LOST, 1);
}

/* 0 ends the block; 1 and 2 are a chunk as it stands, 0x80 and above one of LZMA. */
static bool take_chunk(struct pb_xz_watch *watch)
{
    unsigned char control = watch->held[0];

    if (control == 0) {
        watch->skip = padding_of(watch->measured + 1) + watch->check_bytes;
        return expect(watch, PART_BLOCK_SIZE, 1);
    }
    if (control > 2 && control < 0x80)
        return expect(watch, PART_LOST, 1);
    return extend(watch, PART_CHUNK_HEADER, control < 0x80 ? 3 : control < 0xC0 ? 5 : 6);
}

/* Sizes are one less than they say; an LZMA chunk's first one is that of what it expands to. */
static bool take_chunk_header(struct pb_xz_watch *watch)
{
    const unsigned char *size = watch->held + (watch->held[0] < 0x80 ? 1 : 3);

    watch->skip = ((uint64_t)size[0] << 8 | size[1]) + 1;
    watch->measured += watch->held_bytes + watch->skip;
    return expect(watch, PART_CHUNK, 1);
}

/* Section 4.3: each record has two numbers. Behind them padding, a CRC32 and the footer. */
static bool end_index(struct pb_xz_watch *watch)
{
    watch->skip = padding_of(watch->measured) + 4 + STREAM_HEADER_BYTES;
    return expect(watch, PART_STREAM_PADDING, 4);
}

static bool take_index_count(struct pb_xz_watch *watch)
{
    unsigned char byte = watch->held[0];

    watch->measured++;
    if (watch->shift >= 63)
        return expect(watch, PART_LOST, 1);
    watch->numbers |= (uint64_t)(byte & 0x7F) << watch->shift;
    watch->shift += 7;
    if (byte >= 0x80)
        return expect(watch, PART_INDEX_COUNT, 1);
    watch->numbers *= 2;
    return watch->numbers == 0 ? end_index(watch) : expect(watch, PART_INDEX_NUMBER, 1);
}

static bool take_index_byte(struct pb_xz_watch *watch)
{
    watch->measured++;
    watch->numbers -= watch->held[0] < 0x80;
    return watch->numbers == 0 ? end_index(watch) : expect(watch, PART_INDEX_NUMBER, 1);
}

/* Section 2.2: zeros, four at a time, before another stream. */
static bool take_stream_padding(struct pb_xz_watch *watch)
{
    static const unsigned char zeros[4] = {0};

    if (memcmp(watch->held, zeros, sizeof zeros) == 0)
        return expect(watch, PART_STREAM_PADDING, 4);
    return extend(watch, PART_STREAM_HEADER, STREAM_HEADER_BYTES);
}

static bool take_part(struct pb_xz_watch *watch)
{
    switch ((enum part)watch->part) {
    case PART_STREAM_HEADER: return take_stream_header(watch);
    case PART_BLOCK_SIZE: return take_block_size(watch);
    case PART_BLOCK_HEADER: return take_block_header(watch);
    case PART_CHUNK: return take_chunk(watch);
    case PART_CHUNK_HEADER: return take_chunk_header(watch);
    case PART_INDEX_COUNT: return take_index_count(watch);
    case PART_INDEX_NUMBER: return take_index_byte(watch);
    case PART_STREAM_PADDING: return take_stream_padding(watch);
    case PART_LOST: break;
    }
    return true;
}

bool pb_xz_watch_see(struct pb_xz_watch *watch, struct pb_slice bytes)
{
    if (watch->wanted == 0)
        expect(watch, PART_STREAM_HEADER, STREAM_HEADER_BYTES);
    while (bytes.size_bytes > 0 && watch->part != PART_LOST) {
        if (watch->skip > 0) {
            size_t passed = watch->skip < bytes.size_bytes ? (size_t)watch->skip : bytes.size_bytes;
            watch->skip -= passed;
            bytes = pb_slice_from(bytes, passed);
            continue;
        }
        uint32_t missing = watch->wanted - watch->held_bytes;
        struct pb_slice taken = pb_slice_first(bytes, missing);
        memcpy(watch->held + watch->held_bytes, taken.data, taken.size_bytes);
        watch->held_bytes += (uint32_t)taken.size_bytes;
        bytes = pb_slice_from(bytes, taken.size_bytes);
        if (watch->held_bytes == watch->wanted && !take_part(watch))
            return false;
    }
    return true;
}

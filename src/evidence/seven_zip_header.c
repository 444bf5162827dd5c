/* SPDX-License-Identifier: MIT */
/* Finds a 7-Zip's header and, if it is packed itself, has libarchive unpack it block by block: as
 * the only member of another 7-Zip made around the packed bytes. */
#include "evidence/seven_zip_header.h"

#include <stdlib.h>

#include <zlib.h>

#include "evidence/archive.h"
#include "evidence/little_endian.h"
#include "evidence/seven_zip_walk.h"

/* 7zFormat.txt, "SignatureHeader": signature and version, checksum of the rest, the header's
 * offset, size and checksum. */
#define SIGNATURE_HEADER_BYTES 32
#define SIGNATURE "7z\xBC\xAF\x27\x1C\0\4"
/* Archivers take less than 100 for where a packed header is and how it is packed. */
#define LARGEST_INFO_BYTES 4096

struct header {
    const struct pb_random_access *bytes;
    struct pb_budget *budget;
    uint64_t offset_bytes, size_bytes; /* of the header in bytes */
    struct pb_seven_zip_walk walk;
};

static bool find_header(struct header *header)
{
    char start[SIGNATURE_HEADER_BYTES];

    if (pb_random_access_read(header->bytes, 0, start, sizeof start, &header->walk.fault) !=
        sizeof start)
        return false;
    uint64_t offset = pb_read_u64le(start + 12);
    uint64_t size = pb_read_u64le(start + 20);
    uint64_t rest = header->bytes->size_bytes - sizeof start;
    if (size == 0 || offset >= rest)
        return false;
    header->offset_bytes = sizeof start + offset;
    header->size_bytes = size < rest - offset ? size : rest - offset;
    return true;
}

static uint64_t decoder_bytes(const struct pb_seven_zip_walk *walk)
{
    uint64_t limited = walk->lzma_bytes + walk->ppmd_bytes; /* of 32 bits each */

    return walk->bcj2_bytes > UINT64_MAX - limited ? UINT64_MAX : walk->bcj2_bytes + limited;
}

static bool check_decoders(struct pb_seven_zip_walk *walk)
{
    return decoder_bytes(walk) <= walk->most_bytes - walk->open_bytes || pb_seven_zip_refuse(walk);
}

/* Of one that is damaged too, so that nothing depends on who calls what damaged. */
static void walk_header(struct pb_seven_zip_walk *walk)
{
    pb_seven_zip_walk_header(walk);
    check_decoders(walk);
}

static void append_u64le(struct pb_buffer *buffer, uint64_t value, unsigned size_bytes)
{
    for (unsigned i = 0; i < size_bytes; i++)
        pb_buffer_append_byte(buffer, (char)(value >> 8 * i & 0xFF));
}

static uint32_t checksum(struct pb_slice bytes)
{
    return (uint32_t)crc32(0, (const unsigned char *)bytes.data, (unsigned)bytes.size_bytes);
}

/* A header with one member, "h": streams is the packed header's "Streams Info" from behind its
 * position up to before its end, and the pack streams begin at 0 now. */
static void write_header(struct pb_buffer *header, struct pb_slice streams)
{
    pb_buffer_append(header, PB_SLICE("\1\4\6\0"));
    pb_buffer_append(header, streams);
    pb_buffer_append(header, PB_SLICE("\x8\0\0"
                                      "\5\1\x11\5\0h\0\0\0\0\0"));
}

static void write_signature_header(struct pb_buffer *archive, uint64_t packed_bytes,
                                   struct pb_slice header)
{
    struct pb_buffer start;

    pb_buffer_init(&start, SIZE_MAX);
    append_u64le(&start, packed_bytes, 8);
    append_u64le(&start, header.size_bytes, 8);
    append_u64le(&start, checksum(header), 4);
    pb_buffer_append(archive, PB_SLICE(SIGNATURE));
    append_u64le(archive, checksum(pb_buffer_slice(&start)), 4);
    pb_buffer_append(archive, pb_buffer_slice(&start));
    archive->has_failed |= start.has_failed;
    pb_buffer_release(&start);
}

/* Of packed bytes that are not there, libarchive has none either. */
static void append_packed(struct header *header, struct pb_buffer *archive, uint64_t position)
{
    size_t size = (size_t)header->walk.packed_bytes;
    char *room = pb_buffer_reserve(archive, size);

    if (room != NULL && position < UINT64_MAX - SIGNATURE_HEADER_BYTES)
        archive->size_bytes += pb_random_access_read(
            header->bytes, SIGNATURE_HEADER_BYTES + position, room, size, &header->walk.fault);
}

static enum pb_status write_archive(struct header *header, uint64_t position,
                                    struct pb_slice streams, struct pb_buffer *archive)
{
    struct pb_buffer own;

    pb_buffer_init(&own, SIZE_MAX);
    write_header(&own, streams);
    write_signature_header(archive, header->walk.packed_bytes, pb_buffer_slice(&own));
    append_packed(header, archive, position);
    pb_buffer_append(archive, pb_buffer_slice(&own));
    bool has_failed = own.has_failed || archive->has_failed;
    pb_buffer_release(&own);
    return has_failed ? PB_FAILED_MEMORY : PB_OK;
}

/* What is wrong with the bytes ends them, and libarchive finds it where it finds the same bytes; a
 * ceiling that they reach is the archive's. */
static void walk_member(struct pb_seven_zip_walk *walk, struct pb_archive *archive)
{
    struct pb_member member;
    bool has_member;

    walk->status = pb_archive_next(archive, &member, &has_member);
    if (walk->status != PB_OK || !has_member || member.content == NULL)
        return;
    walk->content = member.content;
    walk->block = PB_SLICE_ABSENT;
    walk->folders.count = walk->sizes.count = 0;
    walk_header(walk);
    if (member.content->fault.status == PB_ENTRY_SKIPPED && pb_fault_is_set(&member.content->fault))
        walk->fault = member.content->fault;
    walk->content = NULL;
}

static void walk_packed(struct header *header, uint64_t position, struct pb_slice streams)
{
    struct pb_seven_zip_walk *walk = &header->walk;
    struct pb_archive *archive = NULL;
    struct pb_buffer bytes;

    pb_buffer_init(&bytes, SIZE_MAX);
    walk->status = write_archive(header, position, streams, &bytes);
    struct pb_random_access access = pb_random_access_from_memory(pb_buffer_slice(&bytes));
    if (walk->status == PB_OK && !pb_fault_is_set(&walk->fault))
        walk->status =
            pb_archive_new(PB_KIND_SEVEN_ZIP, NULL, &access, NULL, header->budget, &archive);
    if (archive != NULL)
        walk_member(walk, archive);
    pb_archive_free(archive);
    pb_buffer_release(&bytes);
}

/* libarchive takes the first folder for the header. More than that, and how it cuts a header that
 * is only copied, is nothing that archivers write. */
static bool check_packed(struct pb_seven_zip_walk *walk)
{
    if (!check_decoders(walk))
        return false;
    if (walk->folders.count == 0 || walk->packed_bytes == 0)
        return false;
    uint64_t room = walk->most_bytes - walk->open_bytes - decoder_bytes(walk);
    if (walk->folders.count > 1 || walk->has_substreams || walk->has_copy || walk->bcj2_bytes > 0 ||
        walk->packed_bytes > room ||
        PB_VECTOR_AT(struct pb_seven_zip_folder, &walk->folders, 0).size_bytes > room)
        return pb_seven_zip_refuse(walk);
    return true;
}

static void walk_encoded(struct header *header)
{
    struct pb_seven_zip_walk *walk = &header->walk;
    char bytes[LARGEST_INFO_BYTES];
    unsigned id;
    uint64_t position;

    if (header->size_bytes > sizeof bytes) {
        pb_seven_zip_refuse(walk);
        return;
    }
    struct pb_slice info = {bytes, pb_random_access_read(header->bytes, header->offset_bytes, bytes,
                                                         (size_t)header->size_bytes, &walk->fault)};
    walk->block = info = pb_slice_from(info, 1);
    if (!pb_seven_zip_take_byte(walk, &id) || id != PB_SEVEN_ZIP_PACK_INFO ||
        !pb_seven_zip_take_number(walk, &position))
        return;
    struct pb_slice streams = walk->block;
    walk->block = info;
    if (!pb_seven_zip_walk_streams(walk) || !check_packed(walk))
        return;
    streams = pb_slice_first(streams, streams.size_bytes - walk->block.size_bytes - 1);
    walk_packed(header, position, streams);
}

static void walk_plain(struct header *header)
{
    struct pb_seven_zip_walk *walk = &header->walk;

    walk->bytes = header->bytes;
    walk->offset_bytes = header->offset_bytes;
    walk_header(walk);
}

static void release(struct pb_seven_zip_walk *walk)
{
    pb_vector_release(&walk->folders);
    pb_vector_release(&walk->sizes);
    pb_buffer_release(&walk->files);
    free(walk->window);
}

enum pb_status pb_seven_zip_measure(const struct pb_random_access *bytes, uint64_t most_bytes,
                                    struct pb_budget *budget, struct pb_fault *fault,
                                    struct pb_seven_zip_cost *cost)
{
    struct header header = {.bytes = bytes, .budget = budget};
    struct pb_seven_zip_walk *walk = &header.walk;
    char id;

    walk->most_bytes = most_bytes;
    pb_vector_init(&walk->folders, sizeof(struct pb_seven_zip_folder));
    pb_vector_init(&walk->sizes, sizeof(uint64_t));
    pb_buffer_init(&walk->files, SIZE_MAX);
    if (find_header(&header) &&
        pb_random_access_read(bytes, header.offset_bytes, &id, 1, &walk->fault) == 1) {
        if (id == PB_SEVEN_ZIP_ENCODED_HEADER)
            walk_encoded(&header);
        else
            walk_plain(&header);
    }
    *cost = (struct pb_seven_zip_cost){.is_too_large = walk->is_too_large};
    if (!walk->is_too_large) {
        cost->bytes = walk->open_bytes + decoder_bytes(walk);
        cost->members = walk->members;
    }
    if (pb_fault_is_set(&walk->fault))
        *fault = walk->fault;
    release(walk);
    return walk->status;
}

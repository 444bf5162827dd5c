/* SPDX-License-Identifier: MIT */
/* Where the data of a 7-Zip are and how they are packed (7zFormat.txt, "Streams Info"). */
#include "evidence/seven_zip_walk.h"

/* 7zFormat.txt, "Property IDs". */
enum {
    UNPACK_INFO = 0x07,
    SUBSTREAMS_INFO = 0x08,
    SIZE = 0x09,
    CRC = 0x0A,
    FOLDER = 0x0B,
    UNPACK_SIZES = 0x0C,
    STREAM_COUNTS = 0x0D,
};

/* What libarchive 3.6 keeps for each: of a pack stream size and place, of a folder its struct, of a
 * stream its size; and of them all a checksum and whether there is one. */
#define DIGEST_BYTES 5
#define PACK_STREAM_BYTES (16 + DIGEST_BYTES)
#define FOLDER_BYTES (112 + DIGEST_BYTES)
#define STREAM_BYTES (8 + 2 * DIGEST_BYTES)

static struct pb_seven_zip_folder *folder_at(struct pb_seven_zip_walk *walk, size_t index)
{
    return &PB_VECTOR_AT(struct pb_seven_zip_folder, &walk->folders, index);
}

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* "Digests"; marks, or NULL: a byte for each. */
static bool take_digests(struct pb_seven_zip_walk *walk, uint64_t count, char *marks)
{
    unsigned has_all;
    uint64_t defined = count;

    if (count == 0 || !pb_seven_zip_take_byte(walk, &has_all))
        return false;
    for (uint64_t i = 0; has_all != 0 && marks != NULL && i < count; i++)
        marks[i] = 1;
    if (has_all == 0 && !pb_seven_zip_take_bits(walk, count, marks, 1, &defined))
        return false;
    return pb_seven_zip_skip(walk, 4 * defined);
}

static bool take_pack_info(struct pb_seven_zip_walk *walk)
{
    uint64_t position, count, size;
    unsigned id;

    if (!pb_seven_zip_take_number(walk, &position) || !pb_seven_zip_take_number(walk, &count) ||
        count == 0 || !pb_seven_zip_add(walk, count, PACK_STREAM_BYTES) ||
        !pb_seven_zip_take_byte(walk, &id) || id != SIZE)
        return false;
    walk->packed_bytes = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (!pb_seven_zip_take_number(walk, &size))
            return false;
        walk->packed_bytes = add_saturated(walk->packed_bytes, size);
    }
    if (!pb_seven_zip_take_byte(walk, &id))
        return false;
    if (id == PB_SEVEN_ZIP_END)
        return true;
    return id == CRC && take_digests(walk, count, NULL) && pb_seven_zip_take_byte(walk, &id) &&
           id == PB_SEVEN_ZIP_END;
}

/* The unpacked sizes of what the coders give: the folder's is the last that no other coder takes.
 * Three of BCJ2's four streams are held in memory: as they are packed, or two of them decoded. */
static bool take_unpack_sizes(struct pb_seven_zip_walk *walk, struct pb_seven_zip_folder *folder)
{
    uint64_t size, held = walk->packed_bytes;

    for (unsigned i = 0; i < folder->outputs; i++) {
        if (!pb_seven_zip_take_number(walk, &size))
            return false;
        if ((folder->bound_outputs & UINT32_C(1) << i) == 0)
            folder->size_bytes = size;
        if (i < 2 && folder->outputs > 2)
            held = add_saturated(held, size);
    }
    if (folder->has_bcj2 && held > walk->bcj2_bytes)
        walk->bcj2_bytes = held;
    return true;
}

static bool take_folder_digests(struct pb_seven_zip_walk *walk)
{
    struct pb_buffer marks;
    size_t count = walk->folders.count;

    pb_buffer_init(&marks, SIZE_MAX);
    pb_buffer_append_repeated(&marks, 0, count);
    if (marks.has_failed)
        walk->status = PB_FAILED_MEMORY;
    bool is_taken = walk->status == PB_OK && take_digests(walk, count, marks.data);
    for (size_t i = 0; is_taken && i < count; i++)
        folder_at(walk, i)->has_digest = marks.data[i] != 0;
    pb_buffer_release(&marks);
    return is_taken;
}

static bool take_folders(struct pb_seven_zip_walk *walk)
{
    uint64_t count;
    unsigned is_external;

    if (!pb_seven_zip_take_number(walk, &count) || !pb_seven_zip_add(walk, count, FOLDER_BYTES) ||
        !pb_seven_zip_take_byte(walk, &is_external))
        return false;
    if (is_external != 0) /* libarchive takes it where nothing is external */
        return is_external == 1 && count == 0 && pb_seven_zip_take_number(walk, &count);
    for (uint64_t i = 0; i < count; i++)
        if (!pb_seven_zip_walk_folder(walk))
            return false;
    return true;
}

static bool take_unpack_info(struct pb_seven_zip_walk *walk)
{
    unsigned id;

    if (!pb_seven_zip_take_byte(walk, &id) || id != FOLDER || !take_folders(walk) ||
        !pb_seven_zip_take_byte(walk, &id) || id != UNPACK_SIZES)
        return false;
    for (size_t i = 0; i < walk->folders.count; i++)
        if (!take_unpack_sizes(walk, folder_at(walk, i)))
            return false;
    if (!pb_seven_zip_take_byte(walk, &id))
        return false;
    if (id == PB_SEVEN_ZIP_END)
        return true;
    return id == CRC && take_folder_digests(walk) && pb_seven_zip_take_byte(walk, &id) &&
           id == PB_SEVEN_ZIP_END;
}

static bool push_size(struct pb_seven_zip_walk *walk, uint64_t size)
{
    if (!pb_vector_append(&walk->sizes, &size, 1))
        walk->status = PB_FAILED_MEMORY;
    return walk->status == PB_OK;
}

/* Of the last stream no size is written: it is what the others leave of the folder, by libarchive's
 * arithmetic, which may pass below zero. Without any, libarchive has one for each folder, and then
 * zeros. */
static bool take_stream_sizes(struct pb_seven_zip_walk *walk,
                              const struct pb_seven_zip_folder *folder, bool has_sizes)
{
    uint64_t rest = folder->size_bytes, size;

    if (folder->streams == 0)
        return true;
    for (uint64_t i = 1; has_sizes && i < folder->streams; i++) {
        if (!pb_seven_zip_take_number(walk, &size) || !push_size(walk, size))
            return false;
        rest -= size;
    }
    return push_size(walk, rest);
}

static bool take_stream_counts(struct pb_seven_zip_walk *walk)
{
    for (size_t i = 0; i < walk->folders.count; i++) {
        struct pb_seven_zip_folder *folder = folder_at(walk, i);
        if (!pb_seven_zip_take_number(walk, &folder->streams) ||
            !pb_seven_zip_add(walk, folder->streams, STREAM_BYTES))
            return false;
    }
    return true;
}

static uint64_t missing_digests(struct pb_seven_zip_walk *walk)
{
    uint64_t count = 0;

    for (size_t i = 0; i < walk->folders.count; i++)
        if (folder_at(walk, i)->streams != 1 || !folder_at(walk, i)->has_digest)
            count += folder_at(walk, i)->streams;
    return count;
}

static bool take_substreams(struct pb_seven_zip_walk *walk)
{
    unsigned id;

    walk->has_substreams = true;
    if (!pb_seven_zip_take_byte(walk, &id))
        return false;
    if (id == STREAM_COUNTS) {
        if (!take_stream_counts(walk) || !pb_seven_zip_take_byte(walk, &id))
            return false;
    } else if (!pb_seven_zip_add(walk, walk->folders.count, STREAM_BYTES)) {
        return false;
    }
    for (size_t i = 0; i < walk->folders.count; i++)
        if (!take_stream_sizes(walk, folder_at(walk, i), id == SIZE))
            return false;
    if (id == SIZE && !pb_seven_zip_take_byte(walk, &id))
        return false;
    if (id == CRC &&
        (!take_digests(walk, missing_digests(walk), NULL) || !pb_seven_zip_take_byte(walk, &id)))
        return false;
    return id == PB_SEVEN_ZIP_END;
}

bool pb_seven_zip_walk_streams(struct pb_seven_zip_walk *walk)
{
    unsigned id;

    if (!pb_seven_zip_take_byte(walk, &id))
        return false;
    if (id == PB_SEVEN_ZIP_PACK_INFO &&
        (!take_pack_info(walk) || !pb_seven_zip_take_byte(walk, &id)))
        return false;
    if (id == UNPACK_INFO && (!take_unpack_info(walk) || !pb_seven_zip_take_byte(walk, &id)))
        return false;
    if (id == SUBSTREAMS_INFO && (!take_substreams(walk) || !pb_seven_zip_take_byte(walk, &id)))
        return false;
    return id == PB_SEVEN_ZIP_END;
}

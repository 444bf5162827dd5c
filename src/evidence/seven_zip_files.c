/* SPDX-License-Identifier: MIT */
/* The members of a 7-Zip (7zFormat.txt, "Files Info"): how many, and which are symbolic links. */
#include "evidence/seven_zip_walk.h"

/* 7zFormat.txt, "Property IDs". */
enum {
    ARCHIVE_PROPERTIES = 0x02,
    MAIN_STREAMS_INFO = 0x04,
    FILES_INFO = 0x05,
    EMPTY_STREAM = 0x0E,
    EMPTY_FILE = 0x0F,
    ANTI = 0x10,
    NAMES = 0x11,
    CREATION_TIMES = 0x12,
    ACCESS_TIMES = 0x13,
    MODIFICATION_TIMES = 0x14,
    ATTRIBUTES = 0x15,
};

/* libarchive 3.6's struct for a member, and its four bytes of marks. */
#define MEMBER_BYTES (88 + 4)
#define TIME_BYTES 8

/* libarchive reads a symbolic link's target, the member's content, whole and without a ceiling. No
 * system takes a longer one: Windows allows 32,767 characters. */
#define LARGEST_TARGET_BYTES 131072

#define MARK_EMPTY 1
#define MARK_LINK 2

struct files {
    struct pb_seven_zip_walk *walk;
    uint64_t empty;
    bool has_empty, has_names, has_attributes;
};

static bool take_empty_streams(struct files *files)
{
    struct pb_seven_zip_walk *walk = files->walk;

    if (files->has_empty)
        return false;
    files->has_empty = true;
    return pb_seven_zip_take_bits(walk, walk->members, walk->files.data, MARK_EMPTY, &files->empty);
}

static bool take_names(struct files *files, uint64_t size)
{
    if (files->has_names || size == 0)
        return false;
    files->has_names = true;
    return pb_seven_zip_add(files->walk, size, 1) && pb_seven_zip_skip(files->walk, size);
}

static bool take_times(struct files *files)
{
    struct pb_seven_zip_walk *walk = files->walk;
    uint64_t defined = walk->members, index;
    unsigned has_all, is_external;

    if (!pb_seven_zip_take_byte(walk, &has_all) ||
        (has_all == 0 && !pb_seven_zip_take_bits(walk, walk->members, NULL, 0, &defined)) ||
        !pb_seven_zip_take_byte(walk, &is_external))
        return false;
    if (is_external != 0 && !pb_seven_zip_take_number(walk, &index))
        return false;
    return pb_seven_zip_skip(walk, TIME_BYTES * defined);
}

/* The high half are a POSIX mode, whose first four bits are 10 for a symbolic link. */
static bool take_attribute(struct pb_seven_zip_walk *walk, char *mark)
{
    unsigned byte;

    if (!pb_seven_zip_skip(walk, 3) || !pb_seven_zip_take_byte(walk, &byte))
        return false;
    *mark = (char)(byte >> 4 == 10 ? *mark | MARK_LINK : *mark & ~MARK_LINK);
    return true;
}

/* Where not all are defined, MARK_LINK stands for what is, until it is read. */
static bool take_attributes(struct files *files)
{
    struct pb_seven_zip_walk *walk = files->walk;
    char *marks = walk->files.data;
    uint64_t defined;
    unsigned has_all, is_external;

    if (files->has_attributes || !pb_seven_zip_take_byte(walk, &has_all) ||
        !pb_seven_zip_take_byte(walk, &is_external))
        return false;
    files->has_attributes = true;
    if (has_all == 0 && !pb_seven_zip_take_bits(walk, walk->members, marks, MARK_LINK, &defined))
        return false;
    for (uint64_t i = 0; i < walk->members; i++)
        if ((has_all != 0 || (marks[i] & MARK_LINK) != 0) && !take_attribute(walk, &marks[i]))
            return false;
    return true;
}

static bool take_rest(struct files *files, uint64_t size)
{
    return pb_seven_zip_add(files->walk, size, 1) && pb_seven_zip_skip(files->walk, size);
}

/* libarchive goes by what a property holds, not by its size. */
static bool take_property(struct files *files, unsigned id)
{
    struct pb_seven_zip_walk *walk = files->walk;
    uint64_t size, set;

    if (!pb_seven_zip_take_number(walk, &size))
        return false;
    switch (id) {
    case EMPTY_STREAM: return take_empty_streams(files);
    case EMPTY_FILE:
    case ANTI:
        if (files->empty == 0)
            return take_rest(files, size);
        return pb_seven_zip_take_bits(walk, files->empty, NULL, 0, &set);
    case CREATION_TIMES:
    case ACCESS_TIMES:
    case MODIFICATION_TIMES: return take_times(files);
    case NAMES: return take_names(files, size);
    case ATTRIBUTES: return take_attributes(files);
    default: return take_rest(files, size);
    }
}

static bool check_links(struct pb_seven_zip_walk *walk)
{
    size_t stream = 0;

    for (uint64_t i = 0; i < walk->members && stream < walk->sizes.count; i++) {
        char mark = walk->files.data[i];
        if ((mark & MARK_EMPTY) != 0)
            continue;
        uint64_t size = PB_VECTOR_AT(uint64_t, &walk->sizes, stream++);
        if ((mark & MARK_LINK) != 0 && size > LARGEST_TARGET_BYTES)
            return pb_seven_zip_refuse(walk);
    }
    return true;
}

static bool take_files(struct pb_seven_zip_walk *walk)
{
    struct files files = {.walk = walk};
    unsigned id;

    if (!pb_seven_zip_take_number(walk, &walk->members) ||
        !pb_seven_zip_add(walk, walk->members, MEMBER_BYTES))
        return false;
    pb_buffer_append_repeated(&walk->files, 0, (size_t)walk->members);
    if (walk->files.has_failed) {
        walk->status = PB_FAILED_MEMORY;
        return false;
    }
    do {
        if (!pb_seven_zip_take_byte(walk, &id))
            return false;
    } while (id != PB_SEVEN_ZIP_END && take_property(&files, id));
    return id == PB_SEVEN_ZIP_END && check_links(walk);
}

bool pb_seven_zip_walk_header(struct pb_seven_zip_walk *walk)
{
    unsigned id;

    if (!pb_seven_zip_take_byte(walk, &id) || id != PB_SEVEN_ZIP_HEADER ||
        !pb_seven_zip_take_byte(walk, &id))
        return false;
    /* No archiver writes any, and libarchive does not skip what they hold. */
    if (id == ARCHIVE_PROPERTIES)
        return pb_seven_zip_refuse(walk);
    if (id == MAIN_STREAMS_INFO &&
        (!pb_seven_zip_walk_streams(walk) || !pb_seven_zip_take_byte(walk, &id)))
        return false;
    return id == PB_SEVEN_ZIP_END || (id == FILES_INFO && take_files(walk));
}

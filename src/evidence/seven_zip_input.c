/* SPDX-License-Identifier: MIT */
/* The bytes, numbers and bits of a 7-Zip's header, and the memory that they ask for. */
#include "evidence/seven_zip_walk.h"

#include <stdlib.h>

#define WINDOW_BYTES 65536

static void read_window(struct pb_seven_zip_walk *walk)
{
    if (walk->window == NULL)
        walk->window = malloc(WINDOW_BYTES);
    if (walk->window == NULL) {
        walk->status = PB_FAILED_MEMORY;
        return;
    }
    size_t size = pb_random_access_read(walk->bytes, walk->offset_bytes, walk->window, WINDOW_BYTES,
                                        &walk->fault);
    walk->offset_bytes += size;
    walk->block = (struct pb_slice){walk->window, size};
}

static bool has_bytes(struct pb_seven_zip_walk *walk)
{
    if (walk->block.size_bytes > 0)
        return true;
    if (walk->content != NULL)
        walk->status = pb_stream_next(walk->content, &walk->block);
    else if (walk->bytes != NULL)
        read_window(walk);
    return walk->status == PB_OK && walk->block.size_bytes > 0;
}

bool pb_seven_zip_take_byte(struct pb_seven_zip_walk *walk, unsigned *byte)
{
    if (!has_bytes(walk))
        return false;
    *byte = (unsigned char)walk->block.data[0];
    walk->block = pb_slice_from(walk->block, 1);
    return true;
}

/* 7zFormat.txt, "UINT64": as many bytes follow the first as it has leading ones; what is left of it
 * are the highest bits. */
bool pb_seven_zip_take_number(struct pb_seven_zip_walk *walk, uint64_t *number)
{
    unsigned first, byte;

    if (!pb_seven_zip_take_byte(walk, &first))
        return false;
    *number = 0;
    for (unsigned i = 0; i < 8; i++) {
        unsigned mask = 0x80U >> i;
        if ((first & mask) == 0) {
            *number += (uint64_t)(first & (mask - 1)) << (8 * i);
            return true;
        }
        if (!pb_seven_zip_take_byte(walk, &byte))
            return false;
        *number |= (uint64_t)byte << (8 * i);
    }
    return true;
}

bool pb_seven_zip_skip(struct pb_seven_zip_walk *walk, uint64_t count)
{
    while (count > 0) {
        if (!has_bytes(walk))
            return false;
        size_t size = walk->block.size_bytes < count ? walk->block.size_bytes : (size_t)count;
        walk->block = pb_slice_from(walk->block, size);
        count -= size;
    }
    return true;
}

bool pb_seven_zip_take_bits(struct pb_seven_zip_walk *walk, uint64_t count, char *marks, char mark,
                            uint64_t *set)
{
    unsigned byte = 0;

    *set = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (i % 8 == 0 && !pb_seven_zip_take_byte(walk, &byte))
            return false;
        if ((byte & 0x80U >> i % 8) == 0)
            continue;
        (*set)++;
        if (marks != NULL)
            marks[i] = (char)(marks[i] | mark);
    }
    return true;
}

bool pb_seven_zip_refuse(struct pb_seven_zip_walk *walk)
{
    walk->is_too_large = true;
    return false;
}

bool pb_seven_zip_add(struct pb_seven_zip_walk *walk, uint64_t count, uint64_t each_bytes)
{
    uint64_t room = walk->most_bytes - walk->open_bytes;

    if (each_bytes > 0 && count > room / each_bytes)
        return pb_seven_zip_refuse(walk);
    walk->open_bytes += count * each_bytes;
    return true;
}

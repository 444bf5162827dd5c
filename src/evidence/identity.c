/* SPDX-License-Identifier: MIT */
#include "evidence/identity.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST_PLACE_COUNT 64

void pb_identities_release(struct pb_identities *identities)
{
    free(identities->places);
    pb_arena_release(&identities->paths);
    *identities = (struct pb_identities){0};
}

/* splitmix64's last steps: neighbouring inodes are spread over the table. */
static uint64_t hash(uint64_t device, uint64_t inode)
{
    uint64_t mixed = inode ^ device * UINT64_C(0x9E3779B97F4A7C15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

/* The file's place, or the free one where it belongs; at least one place must be free. */
static struct pb_identity *find_place(struct pb_identity *places, size_t place_count,
                                      uint64_t device, uint64_t inode)
{
    size_t mask = place_count - 1;
    size_t index = (size_t)hash(device, inode) & mask;

    while (places[index].path.data != NULL &&
           (places[index].device != device || places[index].inode != inode))
        index = (index + 1) & mask;
    return &places[index];
}

static enum pb_status grow(struct pb_identities *identities)
{
    size_t old_count = identities->place_count;

    if (old_count > SIZE_MAX / 2)
        return PB_FAILED_MEMORY;
    size_t count = old_count == 0 ? FIRST_PLACE_COUNT : old_count * 2;
    struct pb_identity *places = calloc(count, sizeof *places);
    if (places == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < old_count; i++) {
        struct pb_identity *old = &identities->places[i];
        if (old->path.data != NULL)
            *find_place(places, count, old->device, old->inode) = *old;
    }
    free(identities->places);
    identities->places = places;
    identities->place_count = count;
    return PB_OK;
}

enum pb_status pb_identities_meet(struct pb_identities *identities, uint64_t device, uint64_t inode,
                                  struct pb_slice path, struct pb_slice *first)
{
    *first = PB_SLICE_ABSENT;
    if (identities->used_count >= identities->place_count / 2) {
        enum pb_status status = grow(identities);
        if (status != PB_OK)
            return status;
    }
    struct pb_identity *place =
        find_place(identities->places, identities->place_count, device, inode);
    *first = place->path;
    if (place->path.data != NULL)
        return PB_OK;
    if (!pb_arena_copy(&identities->paths, path, &place->path))
        return PB_FAILED_MEMORY;
    place->device = device;
    place->inode = inode;
    identities->used_count++;
    return PB_OK;
}

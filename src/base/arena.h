/* SPDX-License-Identifier: MIT */
/* Arena allocator: allocations are freed together. */
#ifndef PB_BASE_ARENA_H
#define PB_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct pb_arena_chunk;

/* Zero-initialised is empty and ready. Not safe for two threads at once. */
struct pb_arena {
    struct pb_arena_chunk *chunks; /* newest first; allocations never move */
};

/* size_bytes of zeroed memory aligned for any object, freed with the arena; NULL without memory.
 * size_bytes 0 gives a valid pointer. */
void *pb_arena_allocate(struct pb_arena *arena, size_t size_bytes);
/* count objects of size_bytes each, with the product checked. */
void *pb_arena_allocate_array(struct pb_arena *arena, size_t count, size_t size_bytes);

/*
 * A copy of the slice in the arena. An absent slice copies to an absent one. Returns false without
 * memory; *copy is absent then. copy may point to the slice itself.
 */
bool pb_arena_copy(struct pb_arena *arena, struct pb_slice slice, struct pb_slice *copy);

/* How full the arena is, for pb_arena_rewind. */
struct pb_arena_mark {
    struct pb_arena_chunk *newest;
    size_t used_bytes;
};

struct pb_arena_mark pb_arena_mark(const struct pb_arena *arena);
/* Frees what was allocated since the mark was taken; nothing may have been adopted since then. */
void pb_arena_rewind(struct pb_arena *arena, struct pb_arena_mark mark);

/* Moves all of from's memory into the arena; from is empty afterwards. Cannot fail. */
void pb_arena_adopt(struct pb_arena *arena, struct pb_arena *from);

void pb_arena_release(struct pb_arena *arena);

#endif

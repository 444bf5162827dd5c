/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

/* The first is small, because many arenas hold little; a larger allocation gets a chunk of its
 * size.
 */
#define FIRST_CHUNK_BYTES 4096
#define LARGEST_CHUNK_BYTES 65536

struct pb_arena_chunk {
    struct pb_arena_chunk *next;
    size_t used_bytes;
    size_t size_bytes;
    alignas(max_align_t) char data[];
};

/* A new chunk with room for at least size_bytes. */
static struct pb_arena_chunk *push_chunk(struct pb_arena *arena, size_t size_bytes)
{
    size_t chunk_bytes = arena->chunks == NULL ? FIRST_CHUNK_BYTES : arena->chunks->size_bytes * 2;

    if (chunk_bytes > LARGEST_CHUNK_BYTES)
        chunk_bytes = LARGEST_CHUNK_BYTES;
    if (chunk_bytes < size_bytes)
        chunk_bytes = size_bytes;
    if (chunk_bytes > PTRDIFF_MAX - sizeof(struct pb_arena_chunk))
        return NULL;
    struct pb_arena_chunk *chunk = malloc(sizeof *chunk + chunk_bytes);
    if (chunk == NULL)
        return NULL;
    *chunk = (struct pb_arena_chunk){.next = arena->chunks, .size_bytes = chunk_bytes};
    arena->chunks = chunk;
    return chunk;
}

static void *allocate_aligned(struct pb_arena *arena, size_t size_bytes, size_t alignment)
{
    struct pb_arena_chunk *chunk = arena->chunks;
    size_t pad = chunk == NULL ? 0 : (alignment - chunk->used_bytes % alignment) % alignment;

    if (chunk == NULL || chunk->size_bytes - chunk->used_bytes < pad ||
        chunk->size_bytes - chunk->used_bytes - pad < size_bytes) {
        chunk = push_chunk(arena, size_bytes);
        pad = 0;
    }
    if (chunk == NULL)
        return NULL;
    void *allocated = chunk->data + chunk->used_bytes + pad;
    chunk->used_bytes += pad + size_bytes;
    return memset(allocated, 0, size_bytes);
}

void *pb_arena_allocate(struct pb_arena *arena, size_t size_bytes)
{
    return allocate_aligned(arena, size_bytes, alignof(max_align_t));
}

void *pb_arena_allocate_array(struct pb_arena *arena, size_t count, size_t size_bytes)
{
    if (size_bytes != 0 && count > SIZE_MAX / size_bytes)
        return NULL;
    return pb_arena_allocate(arena, count * size_bytes);
}

bool pb_arena_copy(struct pb_arena *arena, struct pb_slice slice, struct pb_slice *copy)
{
    *copy = PB_SLICE_ABSENT;
    if (slice.data == NULL)
        return true;
    char *bytes = allocate_aligned(arena, slice.size_bytes, 1);
    if (bytes == NULL)
        return false;
    if (slice.size_bytes > 0)
        memcpy(bytes, slice.data, slice.size_bytes);
    *copy = (struct pb_slice){bytes, slice.size_bytes};
    return true;
}

struct pb_arena_mark pb_arena_mark(const struct pb_arena *arena)
{
    struct pb_arena_chunk *newest = arena->chunks;

    return (struct pb_arena_mark){newest, newest == NULL ? 0 : newest->used_bytes};
}

void pb_arena_rewind(struct pb_arena *arena, struct pb_arena_mark mark)
{
    while (arena->chunks != mark.newest) {
        struct pb_arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    if (mark.newest != NULL)
        mark.newest->used_bytes = mark.used_bytes;
}

void pb_arena_adopt(struct pb_arena *arena, struct pb_arena *from)
{
    if (from->chunks == NULL)
        return;
    struct pb_arena_chunk *oldest = from->chunks;
    while (oldest->next != NULL)
        oldest = oldest->next;
    oldest->next = arena->chunks;
    arena->chunks = from->chunks;
    from->chunks = NULL;
}

void pb_arena_release(struct pb_arena *arena)
{
    pb_arena_rewind(arena, (struct pb_arena_mark){0});
}

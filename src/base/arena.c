/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

/* Small enough that one certificate does not cost much, large enough that a million do not cost a
 * million calls of malloc. Larger pieces get a chunk of their own. */
#define FIRST_CHUNK_BYTES 4096
#define LARGEST_CHUNK_BYTES 65536

struct pb_arena_chunk {
    struct pb_arena_chunk *next;
    size_t used_bytes;
    size_t size_bytes;
    alignas(max_align_t) char data[];
};

static struct pb_arena_chunk *chunk_new(size_t size_bytes)
{
    if (size_bytes > PTRDIFF_MAX - sizeof(struct pb_arena_chunk))
        return NULL;
    struct pb_arena_chunk *chunk = malloc(sizeof *chunk + size_bytes);
    if (chunk == NULL)
        return NULL;
    *chunk = (struct pb_arena_chunk){.size_bytes = size_bytes};
    return chunk;
}

static size_t next_chunk_bytes(const struct pb_arena *arena)
{
    if (arena->chunks == NULL)
        return FIRST_CHUNK_BYTES;
    size_t doubled = arena->chunks->size_bytes * 2;
    return doubled < LARGEST_CHUNK_BYTES ? doubled : LARGEST_CHUNK_BYTES;
}

static void *take(struct pb_arena_chunk *chunk, size_t size_bytes)
{
    void *piece = chunk->data + chunk->used_bytes;

    chunk->used_bytes += size_bytes;
    memset(piece, 0, size_bytes);
    return piece;
}

/* A piece too large for a shared chunk goes behind the newest one, whose rest stays in use. */
static void *take_alone(struct pb_arena *arena, size_t size_bytes)
{
    struct pb_arena_chunk *chunk = chunk_new(size_bytes);

    if (chunk == NULL)
        return NULL;
    if (arena->chunks == NULL) {
        arena->chunks = chunk;
    } else {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    }
    return take(chunk, size_bytes);
}

static void *allocate_aligned(struct pb_arena *arena, size_t size_bytes, size_t alignment)
{
    struct pb_arena_chunk *newest = arena->chunks;

    if (newest != NULL) {
        size_t pad = (alignment - newest->used_bytes % alignment) % alignment;
        size_t rest = newest->size_bytes - newest->used_bytes;
        if (rest >= pad && rest - pad >= size_bytes) {
            newest->used_bytes += pad;
            return take(newest, size_bytes);
        }
    }
    size_t chunk_bytes = next_chunk_bytes(arena);
    if (size_bytes > chunk_bytes / 2)
        return take_alone(arena, size_bytes);
    struct pb_arena_chunk *chunk = chunk_new(chunk_bytes);
    if (chunk == NULL)
        return NULL;
    chunk->next = newest;
    arena->chunks = chunk;
    return take(chunk, size_bytes);
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

    if (newest == NULL)
        return (struct pb_arena_mark){0};
    return (struct pb_arena_mark){newest, newest->next, newest->used_bytes};
}

static void free_until(struct pb_arena_chunk **first, const struct pb_arena_chunk *last)
{
    while (*first != last) {
        struct pb_arena_chunk *next = (*first)->next;
        free(*first);
        *first = next;
    }
}

void pb_arena_rewind(struct pb_arena *arena, struct pb_arena_mark mark)
{
    free_until(&arena->chunks, mark.newest);
    if (mark.newest == NULL)
        return;
    free_until(&mark.newest->next, mark.next); /* pieces that are too large stand behind it */
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
    while (arena->chunks != NULL) {
        struct pb_arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}

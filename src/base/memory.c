/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <stdalign.h>
#include <stdlib.h>

/* The first chunk is small, because many arenas hold little. */
#define FIRST_CHUNK_BYTES 4096
#define LARGEST_CHUNK_BYTES 65536

struct pb_arena_chunk {
    struct pb_arena_chunk *next;
    size_t used_bytes;
    size_t size_bytes;
    alignas(max_align_t) char data[];
};

static void *allocate_aligned(struct pb_arena *arena, size_t size_bytes, size_t alignment)
{
    struct pb_arena_chunk *chunk = arena->chunks;
    size_t pad = chunk == NULL ? 0 : (alignment - chunk->used_bytes % alignment) % alignment;

    if (chunk == NULL || chunk->size_bytes - chunk->used_bytes < pad ||
        chunk->size_bytes - chunk->used_bytes - pad < size_bytes) {
        size_t chunk_bytes = chunk == NULL ? FIRST_CHUNK_BYTES : chunk->size_bytes * 2;
        if (chunk_bytes > LARGEST_CHUNK_BYTES)
            chunk_bytes = LARGEST_CHUNK_BYTES;
        if (chunk_bytes < size_bytes)
            chunk_bytes = size_bytes;
        chunk =
            chunk_bytes > PTRDIFF_MAX - sizeof *chunk ? NULL : malloc(sizeof *chunk + chunk_bytes);
        if (chunk == NULL)
            return NULL;
        *chunk = (struct pb_arena_chunk){.next = arena->chunks, .size_bytes = chunk_bytes};
        arena->chunks = chunk;
        pad = 0;
    }
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

#define FIRST_CAPACITY 16

void pb_vector_release(struct pb_vector *vector)
{
    free(vector->data);
    *vector = (struct pb_vector){0};
}

static bool make_room(struct pb_vector *vector, size_t more, size_t element_bytes)
{
    if (more <= vector->capacity - vector->count)
        return true;
    size_t most = PTRDIFF_MAX / element_bytes;
    if (more > most - vector->count)
        return false;
    size_t capacity = vector->capacity ? vector->capacity : FIRST_CAPACITY;
    while (capacity < vector->count + more)
        capacity = capacity > most / 2 ? most : capacity + capacity / 2;
    void *grown = realloc(vector->data, capacity * element_bytes);
    if (grown == NULL)
        return false;
    vector->data = grown;
    vector->capacity = capacity;
    vector->element_bytes = element_bytes;
    return true;
}

void *pb_vector_push(struct pb_vector *vector, size_t element_bytes)
{
    if (!make_room(vector, 1, element_bytes))
        return NULL;
    return memset((char *)vector->data + vector->count++ * element_bytes, 0, element_bytes);
}

bool pb_vector_append_all(struct pb_vector *vector, const void *elements, size_t count,
                          size_t element_bytes)
{
    if (count == 0)
        return true;
    if (!make_room(vector, count, element_bytes))
        return false;
    memcpy((char *)vector->data + vector->count * element_bytes, elements, count * element_bytes);
    vector->count += count;
    return true;
}

bool pb_vector_append(struct pb_vector *vector, const void *element, size_t element_bytes)
{
    return pb_vector_append_all(vector, element, 1, element_bytes);
}

void pb_vector_sort(struct pb_vector *vector, pb_compare *compare)
{
    const char *data = vector->data;
    size_t size = vector->element_bytes, in_order = 1;

    while (in_order < vector->count &&
           compare(data + (in_order - 1) * size, data + in_order * size) <= 0)
        in_order++;
    if (in_order < vector->count)
        qsort(vector->data, vector->count, size, compare);
}

size_t pb_lower_bound(const void *key, const void *elements, size_t count, size_t element_bytes,
                      pb_compare *compare)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(key, (const char *)elements + middle * element_bytes) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t pb_vector_lower_bound(const struct pb_vector *vector, const void *key, pb_compare *compare)
{
    return pb_lower_bound(key, vector->data, vector->count, vector->element_bytes, compare);
}

/* SPDX-License-Identifier: MIT */
/* Arenas, whose allocations are freed together, and vectors, growing arrays of equal elements. */
#ifndef PB_BASE_MEMORY_H
#define PB_BASE_MEMORY_H

#include "base/bytes.h"

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

/* A copy of the slice in the arena. An absent slice copies to an absent one. Returns false without
 * memory; *copy is absent then. copy may point to the slice itself. */
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

/* Zero-initialised: of no elements. Owns data; elements move when it grows, so no pointer to one
 * survives a push. */
struct pb_vector {
    void *data;
    size_t count;
    size_t capacity;
    size_t element_bytes; /* of the first one that was added; all have the same */
};

/* PB_VECTOR_AT(struct thing, &vector, i): an lvalue; i must be below count. */
#define PB_VECTOR_AT(type, vector, index) (((type *)(vector)->data)[index])

/* Frees the array, not what the elements point to. */
void pb_vector_release(struct pb_vector *vector);

/* A new zeroed element at the end, valid until the next push; NULL without memory. */
void *pb_vector_push(struct pb_vector *vector, size_t element_bytes);
/* Copies the element, or count of them, to the end. False without memory: it appends none then. */
bool pb_vector_append(struct pb_vector *vector, const void *element, size_t element_bytes);
bool pb_vector_append_all(struct pb_vector *vector, const void *elements, size_t count,
                          size_t element_bytes);

/* Like the comparison of qsort and bsearch: <0, 0 or >0. */
typedef int pb_compare(const void *a, const void *b);

/* Sorts by qsort unless the elements are in order. The order of equal elements is lost: where it
 * shows, the elements hold their number, and compare ends with that. */
void pb_vector_sort(struct pb_vector *vector, pb_compare *compare);

/* The index of the first of count sorted elements that is not below the key; count where all are.
 * compare gets the key and an element, in this order; where the key is an element too, it can be
 * the function that sorted them. */
size_t pb_lower_bound(const void *key, const void *elements, size_t count, size_t element_bytes,
                      pb_compare *compare);
size_t pb_vector_lower_bound(const struct pb_vector *vector, const void *key, pb_compare *compare);

#endif

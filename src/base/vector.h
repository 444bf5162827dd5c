/* SPDX-License-Identifier: MIT */
/* A growing array of equal elements. */
#ifndef PB_BASE_VECTOR_H
#define PB_BASE_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

/* Owns data; elements move when it grows, so no pointer to one survives a push. */
struct pb_vector {
    void *data;
    size_t count;
    size_t capacity;
    size_t element_bytes;
};

/* PB_VECTOR_AT(struct thing, &vector, i): an lvalue; i must be below count. */
#define PB_VECTOR_AT(type, vector, index) (((type *)(vector)->data)[index])

void pb_vector_init(struct pb_vector *vector, size_t element_bytes);
/* Frees the array, not what the elements point to. */
void pb_vector_release(struct pb_vector *vector);

/* A new zeroed element at the end, valid until the next push; NULL without memory. */
void *pb_vector_push(struct pb_vector *vector);
/* Copies count elements to the end. Returns false without memory, and then appends none. */
bool pb_vector_append(struct pb_vector *vector, const void *elements, size_t count);

/* As qsort and bsearch have it: <0, 0 or >0. */
typedef int pb_compare(const void *a, const void *b);

/* Sorts what is not sorted yet by qsort, which keeps no order of elements that compare equal: where
 * that order shows, the elements hold their number and compare ends with it. */
void pb_vector_sort(struct pb_vector *vector, pb_compare *compare);

/*
 * The index of the first of count sorted elements that is not below the key; count where all are.
 * compare gets the key and an element, in this order; where the key is an element too, it can be
 * the function that sorted them.
 */
size_t pb_lower_bound(const void *key, const void *elements, size_t count, size_t element_bytes,
                      pb_compare *compare);
size_t pb_vector_lower_bound(const struct pb_vector *vector, const void *key, pb_compare *compare);

#endif

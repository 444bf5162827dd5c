/* SPDX-License-Identifier: MIT */
#include "base/vector.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 16

void pb_vector_init(struct pb_vector *vector, size_t element_bytes)
{
    *vector = (struct pb_vector){.element_bytes = element_bytes};
}

void pb_vector_release(struct pb_vector *vector)
{
    free(vector->data);
    pb_vector_init(vector, vector->element_bytes);
}

static bool make_room(struct pb_vector *vector, size_t more)
{
    if (more <= vector->capacity - vector->count)
        return true;
    size_t most = PTRDIFF_MAX / vector->element_bytes;
    if (more > most - vector->count)
        return false;
    size_t capacity = vector->capacity ? vector->capacity : FIRST_CAPACITY;
    while (capacity < vector->count + more)
        capacity = capacity > most / 2 ? most : capacity + capacity / 2;
    void *grown = realloc(vector->data, capacity * vector->element_bytes);
    if (grown == NULL)
        return false;
    vector->data = grown;
    vector->capacity = capacity;
    return true;
}

void *pb_vector_push(struct pb_vector *vector)
{
    if (!make_room(vector, 1))
        return NULL;
    void *element = (char *)vector->data + vector->count++ * vector->element_bytes;
    memset(element, 0, vector->element_bytes);
    return element;
}

bool pb_vector_append(struct pb_vector *vector, const void *elements, size_t count)
{
    if (count == 0)
        return true;
    if (!make_room(vector, count))
        return false;
    memcpy((char *)vector->data + vector->count * vector->element_bytes, elements,
           count * vector->element_bytes);
    vector->count += count;
    return true;
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

/* SPDX-License-Identifier: MIT */
#include "base/vector.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 8

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

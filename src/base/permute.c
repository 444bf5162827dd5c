/* SPDX-License-Identifier: MIT */
#include "base/permute.h"

#include <assert.h>
#include <string.h>

/* Where the next element of a cycle stands is known long before memory has brought it. */
static void ask_for(const char *element, size_t element_bytes)
{
    for (size_t i = 0; i < element_bytes; i += 64)
        __builtin_prefetch(element + i);
}

/* Moves the elements of one cycle, the one at first last. */
static void turn(char *bytes, size_t element_bytes, uint32_t *from, uint32_t first)
{
    char kept[PB_PERMUTE_MOST_BYTES];
    uint32_t here = first;

    memcpy(kept, bytes + first * element_bytes, element_bytes);
    while (from[here] != first) {
        uint32_t next = from[here];
        ask_for(bytes + from[from[next]] * element_bytes, element_bytes);
        memcpy(bytes + here * element_bytes, bytes + next * element_bytes, element_bytes);
        from[here] = here;
        here = next;
    }
    memcpy(bytes + here * element_bytes, kept, element_bytes);
    from[here] = here;
}

void pb_permute(void *elements, size_t count, size_t element_bytes, uint32_t *from)
{
    assert(element_bytes <= PB_PERMUTE_MOST_BYTES);
    for (size_t i = 0; i < count; i++)
        if (from[i] != i)
            turn(elements, element_bytes, from, (uint32_t)i);
}

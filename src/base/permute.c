/* SPDX-License-Identifier: MIT */
#include "base/permute.h"

#include <string.h>

static void swap(char *a, char *b, size_t size_bytes)
{
    char kept[64];

    while (size_bytes > 0) {
        size_t piece = size_bytes < sizeof kept ? size_bytes : sizeof kept;
        memcpy(kept, a, piece);
        memcpy(a, b, piece);
        memcpy(b, kept, piece);
        a += piece;
        b += piece;
        size_bytes -= piece;
    }
}

void pb_permute(void *elements, size_t count, size_t element_bytes, uint32_t *place)
{
    char *bytes = elements;

    /* Each swap puts one element where it belongs, so there are fewer than count of them. */
    for (size_t i = 0; i < count; i++)
        while (place[i] != i) {
            uint32_t target = place[i];
            swap(bytes + i * element_bytes, bytes + target * element_bytes, element_bytes);
            place[i] = place[target];
            place[target] = target;
        }
}

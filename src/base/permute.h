/* SPDX-License-Identifier: MIT */
/* Puts the elements of an array into another order without a second array of them. */
#ifndef PB_BASE_PERMUTE_H
#define PB_BASE_PERMUTE_H

#include <stddef.h>
#include <stdint.h>

/* Moves element i to place[i]; place must be a permutation of 0 to count - 1 and is used up. */
void pb_permute(void *elements, size_t count, size_t element_bytes, uint32_t *place);

#endif

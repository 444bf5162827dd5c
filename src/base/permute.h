/* SPDX-License-Identifier: MIT */
/* Puts the elements of an array into another order without a second array of them. */
#ifndef PB_BASE_PERMUTE_H
#define PB_BASE_PERMUTE_H

#include <stddef.h>
#include <stdint.h>

/* What an element may have, for one of them stands aside at a time. */
#define PB_PERMUTE_MOST_BYTES 512

/* Element from[i] becomes element i; from must be a permutation of 0 to count - 1 and is used up.
 */
void pb_permute(void *elements, size_t count, size_t element_bytes, uint32_t *from);

#endif

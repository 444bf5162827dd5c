/* SPDX-License-Identifier: MIT */
/* Sorts numbers of things, so that the things need not move, or the things themselves. */
#ifndef PB_BASE_SORT_H
#define PB_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* <0, 0 or >0, as the thing of number a stands before, with or after that of number b. */
typedef int pb_compare_numbers(const void *context, uint32_t a, uint32_t b);

/*
 * Keeps those that compare equal in their order. What is in order already, or nearly so, costs one
 * comparison a number; otherwise it takes memory for half the numbers. False without memory, and
 * the numbers are in some order then.
 */
bool pb_sort_numbers(uint32_t *numbers, size_t count, pb_compare_numbers *compare,
                     const void *context);

/* As qsort has it, but of elements that may be large. */
typedef int pb_compare_elements(const void *a, const void *b);

/*
 * The same for the elements of an array: what is in order already costs one comparison an element
 * and no memory; otherwise it takes 10 bytes an element, and fewer swaps than there are elements.
 * False without memory, and nothing has moved then.
 */
bool pb_sort_elements(void *elements, size_t count, size_t element_bytes,
                      pb_compare_elements *compare);

#endif

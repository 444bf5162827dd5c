/* SPDX-License-Identifier: MIT */
/* Permutations in place, against moving into a second array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/permute.h"

#define MOST 40
#define LARGEST PB_PERMUTE_MOST_BYTES

static void nothing_is_moved_in_an_empty_array(void **state)
{
    (void)state;
    pb_permute(NULL, 0, 8, NULL);
}

/* A permutation from a number: the same shuffle for the same number. */
static void shuffle(uint32_t *from, uint32_t count, uint32_t seed)
{
    for (uint32_t i = 0; i < count; i++)
        from[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t k = (seed >> 8) % i, kept = from[i - 1];
        from[i - 1] = from[k];
        from[k] = kept;
    }
}

static void every_element_reaches_its_place(void **state)
{
    static const size_t sizes[] = {1, 8, 63, 64, 65, LARGEST};
    unsigned char elements[MOST * LARGEST], moved[MOST * LARGEST];
    uint32_t from[MOST];

    (void)state;
    for (uint32_t round = 0; round < 600; round++) {
        size_t size = sizes[round % 6];
        uint32_t count = 1 + round % MOST;
        shuffle(from, count, round);
        for (uint32_t i = 0; i < count; i++) {
            memset(elements + i * size, (int)(i + 1), size);
            memset(moved + i * size, (int)(from[i] + 1), size);
        }
        pb_permute(elements, count, size, from);
        assert_memory_equal(elements, moved, count * size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_moved_in_an_empty_array),
        cmocka_unit_test(every_element_reaches_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

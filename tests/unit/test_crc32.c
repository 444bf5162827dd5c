/* SPDX-License-Identifier: MIT */
/* zlib's own function is the oracle. */
#include "evidence/crc32.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

/* Several steps of what is done at a time, with an odd rest. */
#define MOST_BYTES 100003

static unsigned char *make_bytes(void)
{
    unsigned char *bytes = malloc(MOST_BYTES);
    uint32_t state = 20261124;

    assert_non_null(bytes);
    for (size_t i = 0; i < MOST_BYTES; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = (unsigned char)(state >> 24);
    }
    return bytes;
}

static void nothing_leaves_a_checksum_as_it_is(void **state)
{
    (void)state;
    assert_int_equal(pb_crc32(0, NULL, 0), 0);
    assert_int_equal(pb_crc32(0xCBF43926, (const unsigned char *)"", 0), 0xCBF43926);
}

/* The check value that is published with the polynomial. */
static void nine_digits_have_the_checksum_that_all_know(void **state)
{
    (void)state;
    assert_int_equal(pb_crc32(0, (const unsigned char *)"123456789", 9), 0xCBF43926);
}

static void every_size_has_the_checksum_that_zlib_finds(void **state)
{
    unsigned char *bytes = make_bytes();

    (void)state;
    for (size_t size = 0; size <= MOST_BYTES; size += size % 4096 < 64 ? 1 : 61)
        assert_int_equal(pb_crc32(0, bytes, size), crc32_z(0, bytes, size));
    assert_int_equal(pb_crc32(0, bytes, MOST_BYTES), crc32_z(0, bytes, MOST_BYTES));
    free(bytes);
}

static void a_checksum_goes_on_where_it_stopped_at_any_address(void **state)
{
    unsigned char *bytes = make_bytes();
    uint32_t whole = (uint32_t)crc32_z(0, bytes, MOST_BYTES);

    (void)state;
    for (size_t first = 1; first < MOST_BYTES; first += 997) {
        uint32_t crc = pb_crc32(0, bytes, first);
        assert_int_equal(pb_crc32(crc, bytes + first, MOST_BYTES - first), whole);
    }
    free(bytes);
}

static void each_bit_counts(void **state)
{
    unsigned char *bytes = make_bytes();
    uint32_t whole = pb_crc32(0, bytes, MOST_BYTES);

    (void)state;
    for (size_t i = 0; i < MOST_BYTES; i += 331) {
        bytes[i] ^= (unsigned char)(1u << i % 8);
        assert_int_not_equal(pb_crc32(0, bytes, MOST_BYTES), whole);
        bytes[i] ^= (unsigned char)(1u << i % 8);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_a_checksum_as_it_is),
        cmocka_unit_test(nine_digits_have_the_checksum_that_all_know),
        cmocka_unit_test(every_size_has_the_checksum_that_zlib_finds),
        cmocka_unit_test(a_checksum_goes_on_where_it_stopped_at_any_address),
        cmocka_unit_test(each_bit_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

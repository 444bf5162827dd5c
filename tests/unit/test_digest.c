/* SPDX-License-Identifier: MIT */
/* SHA-256, against the examples of FIPS 180-4 (NIST's "SHA256.pdf"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/digest.h"

static void pieces_and_the_whole_have_the_digest_of_the_standard(void **state)
{
    static const unsigned char expected[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                               0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                               0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                               0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    unsigned char sha256[32];
    struct pb_digest digest;

    (void)state;
    pb_digest_of(PB_SLICE("abc"), sha256);
    assert_memory_equal(sha256, expected, 32);
    pb_digest_init(&digest);
    pb_digest_update(&digest, PB_SLICE_ABSENT);
    pb_digest_update(&digest, PB_SLICE("a"));
    pb_digest_update(&digest, PB_SLICE(""));
    pb_digest_update(&digest, PB_SLICE("bc"));
    pb_digest_finish(&digest, sha256);
    assert_memory_equal(sha256, expected, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_and_the_whole_have_the_digest_of_the_standard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

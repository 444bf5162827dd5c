/* SPDX-License-Identifier: MIT */
/* SHA-256, against the examples of FIPS 180-4 (NIST's "SHA256.pdf"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "evidence/digest.h"

static void assert_digest(struct pb_digest *digest, const char *expected)
{
    unsigned char sha256[32];
    struct pb_buffer hex;

    pb_digest_finish(digest, sha256);
    pb_buffer_init(&hex, SIZE_MAX);
    pb_buffer_append_hex(&hex, sha256, sizeof sha256);
    pb_buffer_append_byte(&hex, '\0');
    assert_string_equal(hex.data, expected);
    pb_buffer_release(&hex);
}

static void nothing_has_the_digest_of_nothing(void **state)
{
    struct pb_digest *digest;

    (void)state;
    assert_int_equal(pb_digest_new(&digest), PB_OK);
    pb_digest_update(digest, PB_SLICE_ABSENT);
    assert_digest(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    pb_digest_free(digest);
}

static void pieces_have_the_digest_of_the_whole(void **state)
{
    static const char expected[] =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct pb_digest *digest;

    (void)state;
    assert_int_equal(pb_digest_new(&digest), PB_OK);
    pb_digest_update(digest, PB_SLICE("abc"));
    assert_digest(digest, expected);
    pb_digest_update(digest, PB_SLICE("a"));
    pb_digest_update(digest, PB_SLICE(""));
    pb_digest_update(digest, PB_SLICE("bc"));
    assert_digest(digest, expected);
    pb_digest_free(digest);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    pb_digest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_has_the_digest_of_nothing),
        cmocka_unit_test(pieces_have_the_digest_of_the_whole),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

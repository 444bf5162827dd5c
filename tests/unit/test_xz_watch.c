/* SPDX-License-Identifier: MIT */
/* Every block's dictionary is seen, wherever the block stands and however the data come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "evidence/xz_watch.h"

/* The properties of LZMA2 for dictionaries of 64 and of 96 MiB. */
#define LARGEST "\x1c"
#define TOO_LARGE "\x1d"

static void append(struct pb_buffer *xz, const char *bytes, size_t size)
{
    pb_buffer_append(xz, (struct pb_slice){bytes, size});
}

static void append_stream_header(struct pb_buffer *xz)
{
    append(xz,
           "\xFD"
           "7zXZ\0"
           "\0\x01"
           "crc3",
           12);
}

/* One chunk as it stands and one that claims to be of LZMA, with both sizes in the header or
 * neither; no checksum of it is right. */
static void append_block(struct pb_buffer *xz, const char *property, bool has_sizes)
{
    if (has_sizes)
        append(xz, "\x03\xC0\x81\x01\x05\x21\x01", 7);
    else
        append(xz, "\x02\x00\x21\x01", 4);
    append(xz, property, 1);
    append(xz, "\0\0\0\0\0\0\0\0", has_sizes ? 8 : 7);
    append(xz,
           "\x01\x00\x02"
           "abc",
           6);
    append(xz,
           "\xE0\x00\x10\x00\x03\x5D"
           "data",
           10);
    append(xz,
           "\x80\x00\x10\x00\x01"
           "da",
           7);
    append(xz, "\x00", 1);
    append(xz, "crc3", 4);
}

static void append_index(struct pb_buffer *xz, unsigned char blocks)
{
    pb_buffer_append_byte(xz, '\0');
    pb_buffer_append_byte(xz, (char)blocks);
    for (unsigned i = 0; i < blocks; i++)
        append(xz, "\xA5\x01\x05", 3);
    pb_buffer_append_repeated(xz, '\0', (4 - (2 + 3 * (size_t)blocks) % 4) % 4);
    append(xz,
           "crc3"
           "crc3\0\0\0\0\0\x01YZ",
           16);
}

static bool is_seen_through(const struct pb_buffer *xz, size_t piece_bytes)
{
    struct pb_xz_watch watch = {0};

    for (size_t at = 0; at < xz->size_bytes; at += piece_bytes) {
        struct pb_slice rest = pb_slice_from(pb_buffer_slice(xz), at);
        if (!pb_xz_watch_see(&watch, pb_slice_first(rest, piece_bytes)))
            return false;
    }
    return true;
}

static void expect_same_in_pieces(const struct pb_buffer *xz, bool expected)
{
    assert_false(xz->has_failed);
    for (size_t piece = 1; piece <= xz->size_bytes; piece++)
        assert_int_equal(is_seen_through(xz, piece), expected);
}

static void a_dictionary_is_seen_in_any_block_of_any_stream(void **state)
{
    (void)state;

    for (unsigned large = 0; large <= 6; large++)
        for (unsigned with_sizes = 0; with_sizes < 2; with_sizes++) {
            struct pb_buffer xz;
            pb_buffer_init(&xz, SIZE_MAX);
            for (unsigned block = 0; block < 6; block++) {
                if (block % 3 == 0)
                    append_stream_header(&xz);
                append_block(&xz, block == large ? TOO_LARGE : LARGEST, with_sizes == 1);
                if (block % 3 == 2)
                    append_index(&xz, 3);
                if (block == 2)
                    append(&xz, "\0\0\0\0\0\0\0\0", 8);
            }
            expect_same_in_pieces(&xz, large == 6);
            pb_buffer_release(&xz);
        }
}

static void a_dictionary_behind_another_filter_is_seen(void **state)
{
    struct pb_buffer xz;
    (void)state;

    pb_buffer_init(&xz, SIZE_MAX);
    append_stream_header(&xz);
    append(&xz,
           "\x03\x01\x03\x01\x07\x21\x01"
           "\x28"
           "\0\0\0\0crc3",
           16);
    expect_same_in_pieces(&xz, false);
    pb_buffer_release(&xz);
}

static void an_empty_stream_has_no_block(void **state)
{
    struct pb_buffer xz;
    (void)state;

    pb_buffer_init(&xz, SIZE_MAX);
    append_stream_header(&xz);
    append_index(&xz, 0);
    append_stream_header(&xz);
    append_block(&xz, TOO_LARGE, false);
    expect_same_in_pieces(&xz, false);
    pb_buffer_release(&xz);
}

static void what_is_no_xz_ends_the_watch(void **state)
{
    static const char *const texts[] = {
        "no xz at all, but long enough to be some",
        "\xFD"
        "7zX_",
    };
    struct pb_buffer xz;
    (void)state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        pb_buffer_init(&xz, SIZE_MAX);
        pb_buffer_append_string(&xz, texts[i]);
        append_block(&xz, TOO_LARGE, false);
        expect_same_in_pieces(&xz, true);
        pb_buffer_release(&xz);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dictionary_is_seen_in_any_block_of_any_stream),
        cmocka_unit_test(a_dictionary_behind_another_filter_is_seen),
        cmocka_unit_test(an_empty_stream_has_no_block),
        cmocka_unit_test(what_is_no_xz_ends_the_watch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Single compressed items: one item each, whole or with what is wrong with them. */
#include "test_evidence_fixture.h"

static void read_gzip(struct seen *seen, const struct pb_buffer *gzip, size_t cut_bytes)
{
    seen_read_buffer(seen, "list.json.gz",
                     pb_slice_first(pb_buffer_slice(gzip), gzip->size_bytes - cut_bytes), NULL);
}

/* The decompressor may have taken all input while its output still waits for room. */
static void gzip_cut_at_a_full_block_gives_every_byte(void **state)
{
    (void)state;
    for (size_t size = 131072 - 2; size < 131072 + 300; size++) {
        struct pb_buffer text = {0}, gzip;
        struct seen seen;
        pb_buffer_append_repeated(&text, 'x', size);
        make_gzip(&gzip, pb_buffer_slice(&text));
        read_gzip(&seen, &gzip, 8);
        assert_diagnostic(&seen, 0, "truncated");
        assert_true(pb_slice_equals(item_at(&seen, 0)->content, pb_buffer_slice(&text)));
        seen_release(&seen);
        pb_buffer_release(&gzip);
        pb_buffer_release(&text);
    }
}

/* libarchive's raw writer: one content behind one filter. */
static void make_compressed(struct pb_buffer *bytes, int filter, struct pb_slice content)
{
    struct member member = {.name = "x", .content = content};

    make_archive(bytes, ARCHIVE_FORMAT_RAW, filter, &member, 1);
}

static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                              ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_LZ4};

static void compressed_nothing_is_an_empty_item(void **state)
{
    static const struct pb_slice nothing[] = {
        {"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20},
        {"\x42\x5A\x68\x39\x17\x72\x45\x38\x50\x90\x00\x00\x00\x00", 14},
        {"\xFD\x37\x7A\x58\x5A\x00\x00\x04\xE6\xD6\xB4\x46\x00\x00\x00\x00\x1C\xDF\x44\x21\x1F\xB6"
         "\xF3\x7D\x01\x00\x00\x00\x00\x04\x59\x5A",
         32},
        {"\x28\xB5\x2F\xFD\x24\x00\x01\x00\x00\x99\xE9\xD8\x51", 13},
        {"\x04\x22\x4D\x18\x64\x40\xA7\x00\x00\x00\x00\x05\x5D\xCC\x02", 15},
    };

    (void)state;
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        struct seen seen;
        seen_read_buffer(&seen, "x", nothing[i], NULL);
        assert_content(&seen, 0, "x", "");
        assert_no_diagnostics(&seen);
        seen_release(&seen);
    }
}

static void cut_compression_is_unreadable(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct pb_buffer bytes;
        struct seen seen;
        make_compressed(&bytes, filters[i], PB_SLICE("{\"a\": 1, \"b\": 2}"));
        for (size_t size = 6; size < bytes.size_bytes; size++) {
            seen_read_buffer(&seen, "x", pb_slice_first(pb_buffer_slice(&bytes), size), NULL);
            assert_item(&seen, 0, "x", PB_ENTRY_UNREADABLE);
            assert_diagnostic(&seen, 0, "truncated");
            seen_release(&seen);
        }
        pb_buffer_release(&bytes);
    }
}

static void other_data_after_compression_are_reported(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct pb_buffer bytes;
        struct seen seen;
        make_compressed(&bytes, filters[i], PB_SLICE("{\"a\": 1}"));
        pb_buffer_append(&bytes, PB_SLICE("something quite different"));
        seen_read_buffer(&seen, "x", pb_buffer_slice(&bytes), NULL);
        assert_item(&seen, 0, "x", PB_ENTRY_UNREADABLE);
        assert_true(seen.diagnostics.items.count == 1);
        assert_sha256_of(item_at(&seen, 0), pb_buffer_slice(&bytes));
        seen_release(&seen);
        pb_buffer_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_cut_at_a_full_block_gives_every_byte),
        cmocka_unit_test(compressed_nothing_is_an_empty_item),
        cmocka_unit_test(cut_compression_is_unreadable),
        cmocka_unit_test(other_data_after_compression_are_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

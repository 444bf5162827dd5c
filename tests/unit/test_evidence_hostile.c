/* SPDX-License-Identifier: MIT */
/* Archives cut anywhere and with any byte changed: the reader ends, in order, whatever they hold.
 */
#include "test_evidence_fixture.h"

static const struct member members[] = {
    MEMBER("dump/1111/list.json", "{\"ServerCertificateMetadataList\": []}"),
    MEMBER("dump/1111/a name that is longer than others/get.json", "{\"ServerCertificate\": {}}"),
    {.name = "link", .type = AE_IFLNK, .target = "dump"},
    MEMBER("empty", ""),
};

static const struct {
    int format, filter;
} kinds[] = {
    {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE},
    {ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_GZIP},
    {ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ},
    {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2},
    {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD},
    {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_LZ4},
    {ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE},
    {ARCHIVE_FORMAT_CPIO_POSIX, ARCHIVE_FILTER_NONE},
    {ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
    {ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

static void make(struct pb_buffer *bytes, size_t kind)
{
    make_archive(bytes, kinds[kind].format, kinds[kind].filter, members,
                 sizeof members / sizeof *members);
}

/* Copies, so that a byte read past the end is seen by whatever watches memory. */
static void read_copy(struct pb_slice bytes, struct seen *seen)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    char *copy = malloc(bytes.size_bytes + (bytes.size_bytes == 0));

    assert_non_null(copy);
    memcpy(copy, bytes.data, bytes.size_bytes);
    limits.item_bytes = 1000000;
    limits.items = 1000;
    seen_read_buffer(seen, "x", (struct pb_slice){copy, bytes.size_bytes}, &limits);
    free(copy);
}

static void cut_archive_is_never_read_as_whole(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        struct pb_buffer bytes;
        make(&bytes, kind);
        for (size_t step = 0; step < 50; step++) {
            struct seen seen;
            size_t size = bytes.size_bytes * step / 50;
            read_copy(pb_slice_first(pb_buffer_slice(&bytes), size), &seen);
            const struct pb_item *last = item_at(&seen, seen.items.count - 1);
            assert_slice(last->path, "x");
            assert_int_not_equal(last->status, PB_ENTRY_CONTAINER);
            seen_release(&seen);
        }
        pb_buffer_release(&bytes);
    }
}

static void changed_bytes_end_in_items_and_diagnostics(void **state)
{
    static const unsigned char changes[] = {0x01, 0x80, 0xFF};

    (void)state;
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        struct pb_buffer bytes;
        make(&bytes, kind);
        size_t stride = bytes.size_bytes / 400 + 1;
        for (size_t i = 0; i < bytes.size_bytes; i += stride) {
            char original = bytes.data[i];
            struct seen seen;
            bytes.data[i] = (char)(original ^ (char)changes[i / stride % 3]);
            read_copy(pb_buffer_slice(&bytes), &seen);
            assert_true(seen.items.count > 0);
            seen_release(&seen);
            bytes.data[i] = original;
        }
        pb_buffer_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_archive_is_never_read_as_whole),
        cmocka_unit_test(changed_bytes_end_in_items_and_diagnostics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

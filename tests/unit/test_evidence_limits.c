/* SPDX-License-Identifier: MIT */
/* Ceilings: reaching one is said, costs little, and lets the rest be read where it can be. */
#include "test_evidence_fixture.h"

#include <stdio.h>
#include <sys/resource.h>

static const struct member three_members[] = {
    MEMBER("a", "0123456789"),
    MEMBER("b", "012345678901234567890123456789"),
    MEMBER("c", "0123"),
};

static void item_above_its_ceiling_is_skipped_with_its_digest(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    limits.item_bytes = 20;
    make_tar(&tar, three_members, 3);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), &limits);
    assert_content(&seen, 0, "x!/a", "0123456789");
    assert_item(&seen, 1, "x!/b", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 1, "limit-item-bytes");
    assert_slice(item_at(&seen, 1)->detail, "larger than one item may be (--max-item-bytes 20)");
    assert_sha256_of(item_at(&seen, 1), three_members[1].content);
    assert_content(&seen, 2, "x!/c", "0123");
    assert_item(&seen, 3, "x", PB_ENTRY_CONTAINER);
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void total_ends_the_container_and_what_follows_it(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer tar;
    struct seen seen;
    struct pb_evidence_reader *reader;

    (void)state;
    limits.total_bytes = 35;
    make_tar(&tar, three_members, 3);
    reader = reader_with(&limits);
    seen_init(&seen);
    pb_evidence_add(reader, "x", pb_buffer_slice(&tar), NULL, NULL);
    pb_evidence_add(reader, "y", PB_SLICE("{}"), NULL, NULL);
    seen_read_all(&seen, reader);
    assert_content(&seen, 0, "x!/a", "0123456789");
    assert_item(&seen, 1, "x!/b", PB_ENTRY_SKIPPED);
    assert_item(&seen, 2, "x", PB_ENTRY_SKIPPED);
    assert_sha256_of(item_at(&seen, 2), pb_buffer_slice(&tar));
    assert_item(&seen, 3, "y", PB_ENTRY_SKIPPED);
    for (size_t i = 1; i < 4; i++)
        assert_diagnostic(&seen, i, "limit-total-bytes");
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void items_above_their_ceiling_are_not_read(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    limits.items = 1;
    make_tar(&tar, three_members, 3);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), &limits);
    assert_content(&seen, 0, "x!/a", "0123456789");
    assert_item(&seen, 1, "x!/b", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 1, "limit-items");
    assert_item(&seen, 2, "x", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 2, "limit-items");
    assert_int_equal(seen.items.count, 3);
    seen_release(&seen);
    pb_buffer_release(&tar);
}

/* Pax headers carry names of any length. */
static void make_long_names(struct pb_buffer *tar, size_t count)
{
    static char name[PB_MOST_NAME_BYTES - 1];
    struct member member = MEMBER(name, "");
    struct member *members = calloc(count, sizeof *members);

    assert_non_null(members);
    memset(name, 'n', sizeof name - 1);
    for (size_t i = 0; i < count; i++)
        members[i] = member;
    make_archive(tar, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE, members, count);
    free(members);
}

static void names_above_an_archives_share_of_the_ledger_end_it_and_nothing_else(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader;
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    limits.items = 1000; /* for names 1 MiB and 256,000 bytes, and of that three quarters */
    make_long_names(&tar, 600);
    reader = reader_with(&limits);
    seen_init(&seen);
    assert_int_equal(pb_evidence_add(reader, "x", pb_buffer_slice(&tar), NULL, NULL), PB_OK);
    assert_int_equal(pb_evidence_add(reader, "y", PB_SLICE("{}"), NULL, NULL), PB_OK);
    seen_read_all(&seen, reader);
    assert_int_equal(seen.items.count, 450 + 2);
    assert_item(&seen, 450, "x", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 450, "limit-ledger");
    assert_sha256_of(item_at(&seen, 450), pb_buffer_slice(&tar));
    assert_content(&seen, 451, "y", "{}");
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void seven_zip_with_a_header_above_the_ceiling_of_items_is_not_opened(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer bytes;
    struct seen seen;

    (void)state;
    make_archive(&bytes, ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, three_members, 3);
    limits.item_bytes = 30; /* the largest member's size */
    seen_read_buffer(&seen, "x", pb_buffer_slice(&bytes), &limits);
    assert_int_equal(seen.items.count, 1);
    assert_item(&seen, 0, "x", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 0, "limit-item-bytes");
    seen_release(&seen);
    pb_buffer_release(&bytes);
}

static void too_many_compressions_of_one_item_are_skipped(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer layers[6];
    struct seen seen;

    (void)state;
    make_gzip(&layers[0], PB_SLICE("{}"));
    for (size_t i = 1; i < 6; i++)
        make_gzip(&layers[i], pb_buffer_slice(&layers[i - 1]));
    seen_read_buffer(&seen, "x", pb_buffer_slice(&layers[3]), &limits);
    assert_content(&seen, 0, "x", "{}");
    seen_release(&seen);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&layers[5]), &limits);
    assert_item(&seen, 0, "x", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 0, "limit-depth");
    assert_int_equal(seen.items.count, 1);
    seen_release(&seen);
    for (size_t i = 0; i < 6; i++)
        pb_buffer_release(&layers[i]);
}

static void expanding_zip_or_7zip_member_is_skipped(void **state)
{
    static const int formats[] = {ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_7ZIP};
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    char *zeros = calloc(1, 40000000);

    (void)state;
    assert_non_null(zeros);
    limits.ratio = 100;
    limits.ratio_free_bytes = 100000;
    for (size_t i = 0; i < 2; i++) {
        struct member members[] = {{.name = "bomb", .content = {zeros, 40000000}},
                                   MEMBER("rest", "R")};
        struct pb_buffer bytes;
        struct seen seen;
        make_archive(&bytes, formats[i], ARCHIVE_FILTER_NONE, members, 2);
        seen_read_buffer(&seen, "x", pb_buffer_slice(&bytes), &limits);
        assert_item(&seen, 0, "x!/bomb", PB_ENTRY_SKIPPED);
        assert_diagnostic(&seen, 0, "limit-ratio");
        if (formats[i] == ARCHIVE_FORMAT_ZIP)
            assert_content(&seen, 1, "x!/rest", "R");
        else
            assert_diagnostic(&seen, 1, "limit-ratio");
        seen_release(&seen);
        pb_buffer_release(&bytes);
    }
    free(zeros);
}

/* Of so many zeros as gzip data; the ratio counts past the first free_bytes. */
static bool is_over_ratio(size_t zeros, uint32_t ratio, uint64_t free_bytes, size_t *packed_bytes)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer content = {0}, gzip;
    struct seen seen;

    pb_buffer_append_repeated(&content, '\0', zeros);
    make_gzip(&gzip, pb_buffer_slice(&content));
    *packed_bytes = gzip.size_bytes;
    limits.ratio = ratio;
    limits.ratio_free_bytes = free_bytes;
    seen_read_buffer(&seen, "x", pb_buffer_slice(&gzip), &limits);
    bool is_over = item_at(&seen, 0)->status == PB_ENTRY_SKIPPED;
    if (is_over)
        assert_diagnostic(&seen, 0, "limit-ratio");
    seen_release(&seen);
    pb_buffer_release(&content);
    pb_buffer_release(&gzip);
    return is_over;
}

static void the_ratio_and_its_free_bytes_are_ceilings_themselves(void **state)
{
    enum { ZEROS = 100000 };
    size_t packed;

    (void)state;
    assert_false(is_over_ratio(ZEROS, 1, ZEROS, &packed));
    assert_true(is_over_ratio(ZEROS, 1, ZEROS - 1, &packed));
    uint32_t least = (uint32_t)(ZEROS / (packed + 1) + 1); /* with which ZEROS / least is packed */
    assert_false(is_over_ratio(ZEROS, least, 0, &packed));
    assert_true(is_over_ratio(ZEROS, least - 1, 0, &packed));
}

/* Old GNU format: one block of data, and a hole up to the real size. */
static void append_sparse_member(struct pb_buffer *tar, const char *name, const char *real_size)
{
    char header[512] = {0};
    unsigned sum = 0;

    memcpy(header, name, strlen(name));
    memcpy(header + 100,
           "0000644\0"
           "0000000\0"
           "0000000\0"
           "00000001000\0"
           "00000000000\0"
           "        S",
           57);
    memcpy(header + 257, "ustar  ", 8);
    memcpy(header + 386,
           "00000000000\0"
           "00000001000\0",
           24);
    memcpy(header + 483, real_size, 11);
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    pb_buffer_append(tar, (struct pb_slice){header, sizeof header});
    pb_buffer_append_repeated(tar, 'd', 512);
}

static void sparse_member_of_5_gigabytes_is_skipped_without_their_cost(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer tar = {0}, rest;
    struct rusage usage;
    struct seen seen;

    (void)state;
    limits.item_bytes = 1000000;
    limits.ratio_free_bytes = 4000000;
    append_sparse_member(&tar, "hole", "45000000000");
    make_tar(&rest, three_members, 1);
    pb_buffer_append(&tar, pb_buffer_slice(&rest));
    seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), &limits);
    assert_item(&seen, 0, "x!/hole", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 0, "limit-item-bytes");
    assert_int_equal(item_at(&seen, 0)->size_bytes, UINT64_C(045000000000));
    assert_content(&seen, 1, "x!/a", "0123456789");
    assert_item(&seen, 2, "x", PB_ENTRY_CONTAINER);
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    assert_true(usage.ru_maxrss < 4000000);
    seen_release(&seen);
    pb_buffer_release(&rest);
    pb_buffer_release(&tar);
}

static void nested_zip_above_the_ceiling_of_items_is_skipped(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_buffer zip, tar;
    struct seen seen;

    (void)state;
    limits.item_bytes = 100;
    make_archive(&zip, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, three_members, 3);
    struct member members[] = {{.name = "z", .content = pb_buffer_slice(&zip)}, MEMBER("u", "U")};
    make_tar(&tar, members, 2);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), &limits);
    assert_item(&seen, 0, "x!/z", PB_ENTRY_SKIPPED);
    assert_diagnostic(&seen, 0, "limit-item-bytes");
    assert_sha256_of(item_at(&seen, 0), pb_buffer_slice(&zip));
    assert_content(&seen, 1, "x!/u", "U");
    seen_release(&seen);
    pb_buffer_release(&tar);
    pb_buffer_release(&zip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(item_above_its_ceiling_is_skipped_with_its_digest),
        cmocka_unit_test(total_ends_the_container_and_what_follows_it),
        cmocka_unit_test(items_above_their_ceiling_are_not_read),
        cmocka_unit_test(names_above_an_archives_share_of_the_ledger_end_it_and_nothing_else),
        cmocka_unit_test(seven_zip_with_a_header_above_the_ceiling_of_items_is_not_opened),
        cmocka_unit_test(too_many_compressions_of_one_item_are_skipped),
        cmocka_unit_test(expanding_zip_or_7zip_member_is_skipped),
        cmocka_unit_test(the_ratio_and_its_free_bytes_are_ceilings_themselves),
        cmocka_unit_test(sparse_member_of_5_gigabytes_is_skipped_without_their_cost),
        cmocka_unit_test(nested_zip_above_the_ceiling_of_items_is_skipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

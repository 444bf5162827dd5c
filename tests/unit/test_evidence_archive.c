/* SPDX-License-Identifier: MIT */
/* Archives as they are met: whole, cut, damaged, nested, with more or less than they say. */
#include "test_evidence_fixture.h"

static const struct member two_members[] = {
    MEMBER("dump/1111/list.json", "{\"one\": 1}"),
    MEMBER("dump/1111/get.json", "{\"two\": 2}"),
};
#define TWO_FIRST "x!/dump/1111/list.json"
#define TWO_SECOND "x!/dump/1111/get.json"

static void tar_cut_between_members_keeps_them_and_misses_its_end(void **state)
{
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    make_tar(&tar, two_members, 2);
    seen_read_buffer(&seen, "x", pb_slice_first(pb_buffer_slice(&tar), 1024), NULL);
    assert_content(&seen, 0, TWO_FIRST, "{\"one\": 1}");
    assert_item(&seen, 1, "x", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 1, "tar-end-missing");
    assert_int_equal(seen.items.count, 2);
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void tar_with_one_zero_block_misses_its_end(void **state)
{
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    make_tar(&tar, two_members, 2);
    seen_read_buffer(&seen, "x", pb_slice_first(pb_buffer_slice(&tar), 2048 + 512), NULL);
    assert_item(&seen, 2, "x", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 2, "tar-end-missing");
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void tar_cut_within_a_member_makes_both_unreadable(void **state)
{
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    make_tar(&tar, two_members, 2);
    seen_read_buffer(&seen, "x", pb_slice_first(pb_buffer_slice(&tar), 1536 + 4), NULL);
    assert_content(&seen, 0, TWO_FIRST, "{\"one\": 1}");
    assert_item(&seen, 1, TWO_SECOND, PB_ENTRY_UNREADABLE);
    assert_slice(item_at(&seen, 1)->content, "{\"tw");
    assert_diagnostic(&seen, 1, "truncated");
    assert_item(&seen, 2, "x", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 2, "truncated");
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void data_after_a_tar_are_reported(void **state)
{
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    make_tar(&tar, two_members, 2);
    for (int i = 0; i < 100; i++)
        pb_buffer_append(&tar, PB_SLICE("something else, "));
    seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), NULL);
    assert_item(&seen, 2, "x", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 2, "data-after-archive");
    assert_sha256_of(item_at(&seen, 2), pb_buffer_slice(&tar));
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void damaged_tar_header_is_no_data_after_the_end(void **state)
{
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    make_tar(&tar, two_members, 2);
    tar.data[1024] ^= 1;
    seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), NULL);
    assert_content(&seen, 0, TWO_FIRST, "{\"one\": 1}");
    assert_item(&seen, 1, "x", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 1, "archive-damaged");
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void zip_member_that_the_directory_omits_makes_the_zip_unreadable(void **state)
{
    static const struct zip_entry hidden[3][3] = {
        {{.name = "a", .content = "1", .is_hidden = true},
         {.name = "b", .content = "2"},
         {.name = "c", .content = "3"}},
        {{.name = "a", .content = "1"},
         {.name = "b", .content = "2", .is_hidden = true},
         {.name = "c", .content = "3"}},
        {{.name = "a", .content = "1"},
         {.name = "b", .content = "2"},
         {.name = "c", .content = "3", .is_hidden = true}},
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct pb_buffer zip;
        struct seen seen;
        make_zip(&zip, hidden[i], 3);
        seen_read_buffer(&seen, "x", pb_buffer_slice(&zip), NULL);
        assert_int_equal(seen.items.count, 3);
        assert_item(&seen, 0, i == 0 ? "x!/b" : "x!/a", PB_ENTRY_USED);
        assert_item(&seen, 2, "x", PB_ENTRY_UNREADABLE);
        assert_diagnostic(&seen, 2, "zip-hidden-bytes");
        seen_release(&seen);
        pb_buffer_release(&zip);
    }
}

static void data_after_a_zip_or_7zip_are_reported(void **state)
{
    static const int formats[] = {ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_7ZIP};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pb_buffer bytes;
        struct seen seen;
        make_archive(&bytes, formats[i], ARCHIVE_FILTER_NONE, two_members, 2, NULL);
        pb_buffer_append(&bytes, PB_SLICE("more"));
        seen_read_buffer(&seen, "x", pb_buffer_slice(&bytes), NULL);
        assert_content(&seen, 1, TWO_SECOND, "{\"two\": 2}");
        assert_item(&seen, 2, "x", PB_ENTRY_UNREADABLE);
        assert_diagnostic(&seen, 2, "data-after-archive");
        seen_release(&seen);
        pb_buffer_release(&bytes);
    }
}

static void cut_zip_is_unreadable(void **state)
{
    struct pb_buffer zip;
    struct seen seen;

    (void)state;
    make_archive(&zip, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, two_members, 2, NULL);
    zip.size_bytes -= 30;
    seen_read_buffer(&seen, "x", pb_buffer_slice(&zip), NULL);
    assert_item(&seen, 0, "x", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 0, "zip-directory");
    seen_release(&seen);
    pb_buffer_release(&zip);
}

static void zip_without_entries_is_a_container(void **state)
{
    struct pb_buffer zip;
    struct seen seen;

    (void)state;
    make_zip(&zip, NULL, 0);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&zip), NULL);
    assert_item(&seen, 0, "x", PB_ENTRY_CONTAINER);
    assert_sha256_of(item_at(&seen, 0), pb_buffer_slice(&zip));
    assert_no_diagnostics(&seen);
    seen_release(&seen);
    pb_buffer_release(&zip);
}

static void containers_that_are_not_supported_are_named(void **state)
{
    static const struct {
        struct pb_slice bytes;
        const char *name;
    } cases[] = {
        {{"Rar!\x1A\x07\x01\0 and so on", 18}, "RAR"},
        {{"\x1F\x9D\x90 and so on", 13}, "compress"},
        {{"-----BEGIN PGP MESSAGE-----\n\nabc", 32}, "OpenPGP"},
        {{"xar!\0\x1C\0\1", 8}, "xar"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen;
        seen_read_buffer(&seen, "x", cases[i].bytes, NULL);
        assert_item(&seen, 0, "x", PB_ENTRY_UNREADABLE);
        assert_diagnostic(&seen, 0, "unsupported-container");
        assert_sha256_of(item_at(&seen, 0), cases[i].bytes);
        assert_true(
            pb_slice_starts_with(item_at(&seen, 0)->detail, pb_slice_from_string(cases[i].name)));
        assert_int_equal(seen.items.count, 1);
        seen_release(&seen);
    }
}

static void links_and_devices_are_listed_and_not_followed(void **state)
{
    static const struct member members[] = {
        MEMBER("file", "text"),
        {.name = "dir", .type = AE_IFDIR},
        {.name = "soft", .type = AE_IFLNK, .target = "/etc/passwd"},
        {.name = "hard", .target = "file"},
        {.name = "device", .type = AE_IFCHR},
        {.name = "fifo", .type = AE_IFIFO},
        MEMBER("__MACOSX/dir/x.json", "junk"),
        MEMBER("dir/._x.json", "junk"),
        MEMBER("dir/.DS_Store", "junk"),
    };
    static const struct {
        const char *path, *detail;
    } expected[] = {
        {"x!/file", NULL},
        {"x!/soft", "symbolic link to /etc/passwd, not followed"},
        {"x!/hard", "hard link to file, which has the data"},
        {"x!/device", "device, FIFO or socket"},
        {"x!/fifo", "device, FIFO or socket"},
        {"x!/__MACOSX/dir/x.json", "macOS metadata"},
        {"x!/dir/._x.json", "macOS metadata"},
        {"x!/dir/.DS_Store", "macOS metadata"},
    };
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    make_tar(&tar, members, sizeof members / sizeof *members);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), NULL);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_item(&seen, i, expected[i].path,
                    expected[i].detail != NULL ? PB_ENTRY_IGNORED : PB_ENTRY_USED);
        if (expected[i].detail != NULL)
            assert_slice(item_at(&seen, i)->detail, expected[i].detail);
    }
    assert_item(&seen, 8, "x", PB_ENTRY_CONTAINER);
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void zip_names_in_utf8_survive_the_c_locale(void **state)
{
    static const struct zip_entry entry = {
        .name = "donn\xC3\xA9"
                "es/\xE8\xA8\xBC.json",
        .content = "{}",
        .is_utf8 = true,
    };
    struct pb_buffer zip;
    struct seen seen;

    (void)state;
    assert_non_null(setlocale(LC_ALL, "C"));
    make_zip(&zip, &entry, 1);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&zip), NULL);
    assert_content(&seen, 0,
                   "x!/donn\xC3\xA9"
                   "es/\xE8\xA8\xBC.json",
                   "{}");
    assert_no_diagnostics(&seen);
    seen_release(&seen);
    pb_buffer_release(&zip);
}

static void archives_nest_one_mark_a_level(void **state)
{
    struct pb_buffer inner, zip, outer;
    struct seen seen;

    (void)state;
    make_archive(&inner, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP, two_members, 2,
                 NULL);
    struct member middle[] = {{.name = "b.tgz", .content = pb_buffer_slice(&inner)},
                              MEMBER("z", "Z")};
    make_archive(&zip, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, middle, 2, NULL);
    struct member top[] = {{.name = "d/a.zip", .content = pb_buffer_slice(&zip)}, MEMBER("y", "Y")};
    make_tar(&outer, top, 2);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&outer), NULL);
    assert_content(&seen, 0, "x!/d/a.zip!/b.tgz!/dump/1111/list.json", "{\"one\": 1}");
    assert_content(&seen, 1, "x!/d/a.zip!/b.tgz!/dump/1111/get.json", "{\"two\": 2}");
    assert_item(&seen, 2, "x!/d/a.zip!/b.tgz", PB_ENTRY_CONTAINER);
    assert_sha256_of(item_at(&seen, 2), pb_buffer_slice(&inner));
    assert_content(&seen, 3, "x!/d/a.zip!/z", "Z");
    assert_item(&seen, 4, "x!/d/a.zip", PB_ENTRY_CONTAINER);
    assert_sha256_of(item_at(&seen, 4), pb_buffer_slice(&zip));
    assert_content(&seen, 5, "x!/y", "Y");
    assert_item(&seen, 6, "x", PB_ENTRY_CONTAINER);
    assert_sha256_of(item_at(&seen, 6), pb_buffer_slice(&outer));
    assert_no_diagnostics(&seen);
    assert_int_equal(seen.items.count, 7);
    seen_release(&seen);
    pb_buffer_release(&outer);
    pb_buffer_release(&zip);
    pb_buffer_release(&inner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tar_cut_between_members_keeps_them_and_misses_its_end),
        cmocka_unit_test(tar_with_one_zero_block_misses_its_end),
        cmocka_unit_test(tar_cut_within_a_member_makes_both_unreadable),
        cmocka_unit_test(data_after_a_tar_are_reported),
        cmocka_unit_test(damaged_tar_header_is_no_data_after_the_end),
        cmocka_unit_test(zip_member_that_the_directory_omits_makes_the_zip_unreadable),
        cmocka_unit_test(data_after_a_zip_or_7zip_are_reported),
        cmocka_unit_test(cut_zip_is_unreadable),
        cmocka_unit_test(zip_without_entries_is_a_container),
        cmocka_unit_test(containers_that_are_not_supported_are_named),
        cmocka_unit_test(links_and_devices_are_listed_and_not_followed),
        cmocka_unit_test(zip_names_in_utf8_survive_the_c_locale),
        cmocka_unit_test(archives_nest_one_mark_a_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Archives as they are met: whole, cut, damaged, nested, with more or less than they say. */
#include "test_evidence_fixture.h"

static const struct member two_members[] = {
    MEMBER("dump/1111/list.json", "{\"one\": 1}"),
    MEMBER("dump/1111/get.json", "{\"two\": 2}"),
};
#define TWO_FIRST "x!/dump/1111/list.json"
#define TWO_SECOND "x!/dump/1111/get.json"

/* Of a tar of two members: what its end has, and what is said of it. */
static void ends_of_tars_are_judged(void **state)
{
    static const struct {
        size_t cut_at, damaged_at; /* 0: not */
        const char *behind;
        size_t members;
        const char *code; /* NULL: none */
    } cases[] = {
        {0, 0, "", 2, NULL},
        {1024, 0, "", 1, "tar-end-missing"},
        {2048, 0, "", 2, "tar-end-missing"},
        {2048 + 512, 0, "", 2, "tar-end-missing"},
        {0, 0, "something else", 2, "data-after-archive"},
        {0, 1024, "", 1, "archive-damaged"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_buffer tar;
        struct seen seen;
        make_tar(&tar, two_members, 2);
        if (cases[i].cut_at > 0)
            tar.size_bytes = cases[i].cut_at;
        tar.data[cases[i].damaged_at] ^= cases[i].damaged_at > 0;
        for (int k = 0; k < 100; k++)
            pb_buffer_append_string(&tar, cases[i].behind);
        seen_read_buffer(&seen, "x", pb_buffer_slice(&tar), NULL);
        assert_int_equal(seen.items.count, cases[i].members + 1);
        assert_content(&seen, 0, TWO_FIRST, "{\"one\": 1}");
        assert_item(&seen, cases[i].members, "x",
                    cases[i].code == NULL ? PB_ENTRY_CONTAINER : PB_ENTRY_UNREADABLE);
        if (cases[i].code != NULL)
            assert_diagnostic(&seen, cases[i].members, cases[i].code);
        assert_sha256_of(item_at(&seen, cases[i].members), pb_buffer_slice(&tar));
        seen_release(&seen);
        pb_buffer_release(&tar);
    }
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
        make_archive(&bytes, formats[i], ARCHIVE_FILTER_NONE, two_members, 2);
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
    make_archive(&zip, ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, two_members, 2);
    zip.size_bytes -= 30;
    seen_read_buffer(&seen, "x", pb_buffer_slice(&zip), NULL);
    assert_item(&seen, 0, "x", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 0, "zip-directory");
    seen_release(&seen);
    pb_buffer_release(&zip);
}

static void zip_without_entries_is_an_empty_file(void **state)
{
    struct pb_buffer zip;
    struct seen seen;

    (void)state;
    make_zip(&zip, NULL, 0);
    seen_read_buffer(&seen, "x", pb_buffer_slice(&zip), NULL);
    assert_content(&seen, 0, "x", "");
    assert_sha256_of(item_at(&seen, 0), pb_buffer_slice(&zip));
    assert_no_diagnostics(&seen);
    seen_release(&seen);
    pb_buffer_release(&zip);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_of_tars_are_judged),
        cmocka_unit_test(tar_cut_within_a_member_makes_both_unreadable),
        cmocka_unit_test(zip_member_that_the_directory_omits_makes_the_zip_unreadable),
        cmocka_unit_test(data_after_a_zip_or_7zip_are_reported),
        cmocka_unit_test(cut_zip_is_unreadable),
        cmocka_unit_test(zip_without_entries_is_an_empty_file),
        cmocka_unit_test(zip_names_in_utf8_survive_the_c_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

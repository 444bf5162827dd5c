/* SPDX-License-Identifier: MIT */
/* The ledger: what it gives back, what it shares, how it merges and sorts. */
#include "inventory/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct pb_entry line_of(const char *path)
{
    return (struct pb_entry){.path = pb_path_split(pb_slice_from_string(path))};
}

static void add(struct pb_ledger *ledger, const struct pb_entry *entry)
{
    assert_int_equal(pb_ledger_add(ledger, entry), PB_OK);
}

static void add_path(struct pb_ledger *ledger, const char *path)
{
    const struct pb_entry entry = line_of(path);

    add(ledger, &entry);
}

static bool is_path(struct pb_path path, const char *expected)
{
    return pb_path_equals(path, pb_path_split(pb_slice_from_string(expected)));
}

static void assert_same(const struct pb_entry *a, const struct pb_entry *b)
{
    assert_true(pb_slice_equals(a->path.folder, b->path.folder));
    assert_true(pb_slice_equals(a->path.name, b->path.name));
    assert_true(pb_slice_equals(a->detail, b->detail));
    assert_ptr_equal(a->shape, b->shape);
    assert_int_equal(a->size_bytes, b->size_bytes);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->is_named, b->is_named);
    assert_int_equal(a->is_list_missed, b->is_list_missed);
    assert_int_equal(a->sha256 == NULL, b->sha256 == NULL);
    if (a->sha256 != NULL)
        assert_memory_equal(a->sha256, b->sha256, 32);
}

/* FIPS 180-4, of the empty message. */
static const unsigned char of_nothing[] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
static const unsigned char of_something[32] = {1, 2, 3};

static void a_line_comes_back_as_it_was_added(void **state)
{
    static const char shape[] = "iam.list-server-certificates";
    const struct pb_entry lines[] = {
        line_of(""),
        line_of("/"),
        line_of("list.json"),
        line_of("a/b.tar!/"),
        {.path = pb_path_split(PB_SLICE("d/\xFF\0x")), .status = PB_ENTRY_IGNORED},
        {.path = pb_path_split(PB_SLICE("d/x")), .detail = PB_SLICE(""), .is_named = true},
        {.path = pb_path_split(PB_SLICE("d/x")),
         .detail = PB_SLICE("cut"),
         .status = PB_ENTRY_UNREADABLE,
         .is_list_missed = true},
        {.path = pb_path_split(PB_SLICE("d/x")),
         .detail = PB_SLICE("cut"),
         .shape = shape,
         .sha256 = of_something,
         .size_bytes = UINT64_MAX,
         .status = PB_ENTRY_CONTAINER,
         .is_named = true,
         .is_list_missed = true},
        {.path = pb_path_split(PB_SLICE("d/x")), .shape = shape, .sha256 = of_nothing},
        {.path = pb_path_split(PB_SLICE("d/x")), .sha256 = of_nothing, .size_bytes = 1},
        {.path = pb_path_split(PB_SLICE("e/x")), .sha256 = of_something, .size_bytes = 127},
        {.path = pb_path_split(PB_SLICE("d/x")), .size_bytes = 128, .status = PB_ENTRY_SKIPPED},
        {.path = pb_path_split(PB_SLICE("d/x")), .size_bytes = UINT64_C(5) << 32},
    };
    const size_t count = sizeof lines / sizeof lines[0];
    struct pb_ledger ledger;

    (void)state;
    pb_ledger_init(&ledger);
    for (size_t i = 0; i < count; i++)
        add(&ledger, &lines[i]);
    assert_int_equal(pb_ledger_count(&ledger), count);
    for (size_t i = 0; i < count; i++) {
        const struct pb_entry entry = pb_ledger_entry(&ledger, i);
        assert_same(&entry, &lines[i]);
        assert_int_equal(pb_ledger_status(&ledger, i), lines[i].status);
        assert_true(pb_path_equals(pb_ledger_path(&ledger, i), lines[i].path));
    }
    pb_ledger_release(&ledger);
}

/* Around the sizes of chunks, and past several of them. */
static void names_folders_and_details_may_be_of_any_size(void **state)
{
    static const size_t sizes[] = {1, 127, 128, 65500, 65535, 65536, 65537, 131072, 1000000};
    static char text[1000001];
    struct pb_ledger ledger;

    (void)state;
    memset(text, 'x', sizeof text);
    pb_ledger_init(&ledger);
    for (size_t i = 0; i < 3 * (sizeof sizes / sizeof sizes[0]); i++) {
        struct pb_slice long_text = {text, sizes[i / 3]};
        struct pb_entry entry = line_of("d/x");
        if (i % 3 == 0)
            entry.path.name = long_text;
        else if (i % 3 == 1)
            entry.path.folder = long_text;
        else
            entry.detail = long_text;
        add(&ledger, &entry);
    }
    for (size_t i = 0; i < pb_ledger_count(&ledger); i++) {
        const struct pb_entry entry = pb_ledger_entry(&ledger, i);
        assert_int_equal(i % 3 == 0   ? entry.path.name.size_bytes
                         : i % 3 == 1 ? entry.path.folder.size_bytes
                                      : entry.detail.size_bytes,
                         sizes[i / 3]);
        assert_int_equal(pb_path_size(entry.path) > 0, true);
    }
    pb_ledger_release(&ledger);
}

static void an_empty_file_costs_its_name_and_little_more(void **state)
{
    struct pb_ledger ledger;
    char path[64];

    (void)state;
    pb_ledger_init(&ledger);
    for (unsigned i = 0; i < 200000; i++) {
        snprintf(path, sizeof path, "a/rather/long/bundle.tar.gz!/dump/%08u.txt", i);
        struct pb_entry entry = line_of(path);
        entry.sha256 = of_nothing;
        add(&ledger, &entry);
    }
    assert_in_range(ledger.chunks.count * 65536 / 200000, 1, 12 + 8);
    assert_true(
        is_path(pb_ledger_path(&ledger, 123456), "a/rather/long/bundle.tar.gz!/dump/00123456.txt"));
    pb_ledger_release(&ledger);
}

static void merging_keeps_the_lines_of_both(void **state)
{
    struct pb_ledger ledger, from;
    const char *const paths[] = {"a/1", "a/2", "b/1", "b/2", "b/3"};

    (void)state;
    pb_ledger_init(&ledger);
    pb_ledger_init(&from);
    assert_int_equal(pb_ledger_merge(&ledger, &from), PB_OK);
    add_path(&ledger, paths[0]);
    assert_int_equal(pb_ledger_merge(&ledger, &from), PB_OK);
    add_path(&ledger, paths[1]);
    add_path(&from, paths[2]);
    add_path(&from, paths[3]);
    const char *kept = pb_ledger_path(&from, 0).name.data;
    assert_int_equal(pb_ledger_merge(&ledger, &from), PB_OK);
    assert_int_equal(pb_ledger_count(&from), 0);
    add_path(&ledger, paths[4]);
    assert_int_equal(pb_ledger_count(&ledger), 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(is_path(pb_ledger_path(&ledger, i), paths[i]));
    assert_ptr_equal(pb_ledger_path(&ledger, 2).name.data, kept);
    add_path(&from, "again");
    assert_true(is_path(pb_ledger_path(&from, 0), "again"));
    pb_ledger_release(&from);
    pb_ledger_release(&ledger);
}

static void sorting_goes_by_path_then_digest_then_size_and_says_where_lines_went(void **state)
{
    const struct pb_entry lines[] = {
        line_of("b"),
        {.path = pb_path_split(PB_SLICE("a/x")), .sha256 = of_something, .size_bytes = 2},
        line_of("a.tar!/x"),
        {.path = pb_path_split(PB_SLICE("a/x")), .sha256 = of_something, .size_bytes = 1},
        line_of("a"),
        {.path = pb_path_split(PB_SLICE("a/x")), .size_bytes = 3},
        line_of("a/"),
    };
    static const uint32_t expected[] = {6, 5, 1, 4, 0, 3, 2};
    const size_t count = sizeof lines / sizeof lines[0];
    struct pb_ledger ledger;
    uint32_t *rank;

    (void)state;
    pb_ledger_init(&ledger);
    for (size_t i = 0; i < count; i++)
        add(&ledger, &lines[i]);
    assert_int_equal(pb_ledger_sort(&ledger, &rank), PB_OK);
    assert_memory_equal(rank, expected, sizeof expected);
    for (size_t i = 0; i < count; i++) {
        const struct pb_entry entry = pb_ledger_entry(&ledger, rank[i]);
        assert_same(&entry, &lines[i]);
    }
    assert_int_equal(pb_ledger_find(&ledger, pb_path_split(PB_SLICE(""))), 0);
    assert_int_equal(pb_ledger_find(&ledger, pb_path_split(PB_SLICE("a/"))), 2);
    assert_int_equal(pb_ledger_find(&ledger, pb_path_split(PB_SLICE("a/w"))), 3);
    assert_int_equal(pb_ledger_find(&ledger, pb_path_split(PB_SLICE("b/"))), count);
    free(rank);
    pb_ledger_release(&ledger);
}

static void an_empty_ledger_is_sorted(void **state)
{
    struct pb_ledger ledger;
    uint32_t *rank;

    (void)state;
    pb_ledger_init(&ledger);
    assert_int_equal(pb_ledger_sort(&ledger, &rank), PB_OK);
    assert_int_equal(pb_ledger_find(&ledger, pb_path_split(PB_SLICE("a"))), 0);
    free(rank);
    pb_ledger_release(&ledger);
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* Wherever the two parts of a path meet. */
static void paths_compare_as_if_they_were_whole(void **state)
{
    static const struct pb_slice paths[] = {
        {"", 0},     {"/", 1},       {"a", 1},      {"a/", 2},      {"a/b", 3},
        {"a/b/", 4}, {"a/b/c", 5},   {"a/bc", 4},   {"a/b\0", 4},   {"a/b.tar!/", 9},
        {"a!/b", 4}, {"a\xFF/b", 4}, {"ab/c/d", 6}, {"a/b/c/d", 7},
    };
    const size_t count = sizeof paths / sizeof paths[0];

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            struct pb_path a = pb_path_split(paths[i]), b = pb_path_split(paths[k]);
            assert_int_equal(sign(pb_path_compare(a, b)),
                             sign(pb_slice_compare(paths[i], paths[k])));
            assert_int_equal(pb_path_equals(a, b), i == k);
            assert_int_equal(pb_path_starts_with(a, paths[k]),
                             pb_slice_starts_with(paths[i], paths[k]));
        }
}

static void a_folder_ends_before_the_last_slash(void **state)
{
    static const struct {
        const char *path, *folder;
    } cases[] = {
        {"", ""}, {"x", ""}, {"/x", ""}, {"a/x", "a"}, {"a/b/", "a/b"}, {"b.tar!/x", "b.tar!"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_path path = pb_path_split(pb_slice_from_string(cases[i].path));
        assert_true(pb_slice_equals(pb_path_folder(path), pb_slice_from_string(cases[i].folder)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_comes_back_as_it_was_added),
        cmocka_unit_test(names_folders_and_details_may_be_of_any_size),
        cmocka_unit_test(an_empty_file_costs_its_name_and_little_more),
        cmocka_unit_test(merging_keeps_the_lines_of_both),
        cmocka_unit_test(sorting_goes_by_path_then_digest_then_size_and_says_where_lines_went),
        cmocka_unit_test(an_empty_ledger_is_sorted),
        cmocka_unit_test(paths_compare_as_if_they_were_whole),
        cmocka_unit_test(a_folder_ends_before_the_last_slash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

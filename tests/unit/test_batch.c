/* SPDX-License-Identifier: MIT */
/* Batches: what they keep of entries, how they are sorted, and the ceiling of all diagnostics. */
#include "evidence_builder.h"

#define ENTRIES 40
#define MOST 10

static void entries_are_copied_and_sorted_by_all_that_a_report_says(void **state)
{
    static const unsigned char digest[32] = {1, 2, 3};
    /* In the order in which they are to be. */
    static const struct pb_entry entries[] = {
        {.path = {"", 0}},
        {.path = {"a!", 2}},
        {.path = {"a/", 2}},
        {.path = {"a/x", 3}, .size_bytes = 3},
        {.path = {"a/x", 3}, .size_bytes = 3, .status = PB_ENTRY_IGNORED},
        {.path = {"a/x", 3}, .sha256 = digest, .size_bytes = 1},
        {.path = {"a/x", 3}, .sha256 = digest, .size_bytes = 2, .is_named = true},
        {.path = {"a/x", 3},
         .sha256 = digest,
         .size_bytes = 2,
         .is_named = true,
         .detail = {"cut", 3}},
        {.path = {"a/x\0y", 5}, .detail = {"cut", 3}, .is_list_missed = true},
    };
    enum { COUNT = sizeof entries / sizeof entries[0] };
    struct pb_batch batch = {0}, from = {0};

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct pb_batch *to = i < 4 ? &from : &batch;
        struct pb_entry entry = entries[(i * 4 + 3) % COUNT];
        char path[8];
        memcpy(path, entry.path.data, entry.path.size_bytes);
        entry.path.data = path;
        add_entry(to, &entry);
    }
    assert_int_equal(pb_batch_merge(&batch, &from), PB_OK);
    assert_int_equal(from.entries.count, 0);
    assert_int_equal(pb_batch_sort(&batch), PB_OK);
    assert_int_equal(batch.entries.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const struct pb_entry *entry = pb_batch_entry(&batch, i);
        assert_true(pb_slice_equals(entry->path, entries[i].path));
        assert_true(pb_slice_equals(entry->detail, entries[i].detail));
        assert_int_equal(entry->size_bytes, entries[i].size_bytes);
        assert_int_equal(entry->status, entries[i].status);
        assert_int_equal(entry->is_named, entries[i].is_named);
        assert_int_equal(entry->sha256 == NULL, entries[i].sha256 == NULL);
    }
    assert_int_equal(batch.records.count, 1); /* the missed list */
    assert_int_equal(pb_batch_find_entry(&batch, PB_SLICE("a/")), 2);
    assert_int_equal(pb_batch_find_entry(&batch, PB_SLICE("b")), COUNT);
    pb_batch_release(&from);
    pb_batch_release(&batch);
}

/* Entry i, in an order that is not that of the paths, with two diagnostics of its own. */
static void add_item(struct pb_batch *batch, unsigned i)
{
    struct pb_diagnostic *added;
    char path[32];

    snprintf(path, sizeof path, "d/%02u", i * 7 % ENTRIES);
    add_entry(batch, &(struct pb_entry){.path = pb_slice_from_string(path)});
    for (unsigned k = 0; k < 2; k++) {
        added = pb_diagnostics_add(&batch->diagnostics,
                                   k == 0 ? PB_SEVERITY_ERROR : PB_SEVERITY_WARNING, "a-code",
                                   "%s, number %u", path, k);
        added->offset_bytes = 2 - k;
    }
    if (batch->diagnostics.items.count >= (size_t)2 * MOST)
        assert_int_equal(pb_batch_sort_diagnostics(batch, MOST), PB_OK);
}

/* Items dealt out to as many batches as there would be threads, merged and put in order. */
static void read_with(unsigned jobs, struct pb_batch *merged)
{
    struct pb_batch batches[4] = {0};

    *merged = (struct pb_batch){0};
    for (unsigned i = 0; i < ENTRIES; i++)
        add_item(&batches[i / 3 % jobs], i);
    for (unsigned job = 0; job < jobs; job++) {
        assert_in_range(batches[job].diagnostics.items.count, MOST, 2 * MOST);
        assert_int_equal(pb_batch_merge(merged, &batches[job]), PB_OK);
        pb_batch_release(&batches[job]);
    }
    assert_int_equal(pb_batch_sort(merged), PB_OK);
    assert_int_equal(pb_batch_sort_diagnostics(merged, MOST), PB_OK);
}

static void the_first_by_path_are_kept_whichever_thread_met_them(void **state)
{
    (void)state;
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        struct pb_batch batch = {0};
        read_with(jobs, &batch);
        const struct pb_diagnostics *list = &batch.diagnostics;
        assert_int_equal(list->items.count, MOST);
        for (uint32_t i = 0; i < MOST; i++) {
            const struct pb_diagnostic *diagnostic =
                &PB_VECTOR_AT(const struct pb_diagnostic, &list->items, i);
            char expected[64];
            snprintf(expected, sizeof expected, "d/%02u, number %u", (unsigned)i / 2, 1 - i % 2);
            assert_int_equal(diagnostic->entry, i / 2);
            assert_true(pb_slice_equals(diagnostic->message, pb_slice_from_string(expected)));
        }
        assert_int_equal(list->left_out_of_all[PB_SEVERITY_ERROR], ENTRIES - MOST / 2);
        assert_int_equal(list->left_out_of_all[PB_SEVERITY_WARNING], ENTRIES - MOST / 2);
        assert_int_equal(list->left_out_of_all[PB_SEVERITY_NOTE], 0);
        pb_batch_release(&batch);
    }
}

static void as_many_as_there_may_be_are_all_kept(void **state)
{
    struct pb_batch batch = {0};

    (void)state;
    for (unsigned i = 0; i < MOST / 2; i++)
        add_item(&batch, i);
    assert_int_equal(pb_batch_sort_diagnostics(&batch, MOST), PB_OK);
    assert_int_equal(batch.diagnostics.items.count, MOST);
    pb_diagnostics_close(&batch.diagnostics);
    assert_int_equal(batch.diagnostics.items.count, MOST);
    pb_batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_copied_and_sorted_by_all_that_a_report_says),
        cmocka_unit_test(the_first_by_path_are_kept_whichever_thread_met_them),
        cmocka_unit_test(as_many_as_there_may_be_are_all_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

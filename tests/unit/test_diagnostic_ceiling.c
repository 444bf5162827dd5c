/* SPDX-License-Identifier: MIT */
/* The ceiling of all diagnostics: which are kept depends on nothing but the evidence. */
#include "inventory/batch.h"

#include "evidence_builder.h"

#define ENTRIES 40
#define MOST 10

/* Entry i, in an order that is not that of the paths, with two diagnostics of its own. */
static void add_item(struct pb_batch *batch, unsigned i)
{
    struct pb_diagnostic *added;
    char path[32];

    snprintf(path, sizeof path, "d/%02u", i * 7 % ENTRIES);
    add_entry(batch, &(struct pb_entry){.path = pb_slice_from_string(path)});
    for (unsigned k = 0; k < 2; k++) {
        assert_int_equal(pb_diagnostics_add(&batch->diagnostics,
                                            k == 0 ? PB_SEVERITY_ERROR : PB_SEVERITY_WARNING,
                                            "a-code", &added, "%s, number %u", path, k),
                         PB_OK);
        added->offset_bytes = 2 - k;
    }
    assert_int_equal(pb_batch_bound_diagnostics(batch, MOST), PB_OK);
}

/* Items dealt out to as many batches as there would be threads, merged and put in order. */
static void read_with(unsigned jobs, struct pb_batch *merged)
{
    struct pb_batch batches[4];

    pb_batch_init(merged);
    for (unsigned job = 0; job < jobs; job++)
        pb_batch_init(&batches[job]);
    for (unsigned i = 0; i < ENTRIES; i++)
        add_item(&batches[i / 3 % jobs], i);
    for (unsigned job = 0; job < jobs; job++) {
        assert_in_range(batches[job].diagnostics.items.count, MOST, 2 * MOST);
        assert_int_equal(pb_batch_merge(merged, &batches[job]), PB_OK);
        pb_batch_release(&batches[job]);
    }
    assert_int_equal(pb_batch_sort(merged), PB_OK);
    assert_int_equal(pb_batch_cut_diagnostics(merged, MOST), PB_OK);
    pb_batch_sort_diagnostics(merged);
}

static void the_first_by_path_are_kept_whichever_thread_met_them(void **state)
{
    (void)state;
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        struct pb_batch batch;
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
    struct pb_batch batch;

    (void)state;
    pb_batch_init(&batch);
    for (unsigned i = 0; i < MOST / 2; i++)
        add_item(&batch, i);
    assert_int_equal(pb_batch_cut_diagnostics(&batch, MOST), PB_OK);
    assert_int_equal(batch.diagnostics.items.count, MOST);
    assert_int_equal(pb_diagnostics_close(&batch.diagnostics), PB_OK);
    assert_int_equal(batch.diagnostics.items.count, MOST);
    pb_batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_by_path_are_kept_whichever_thread_met_them),
        cmocka_unit_test(as_many_as_there_may_be_are_all_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

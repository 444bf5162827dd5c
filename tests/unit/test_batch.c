/* SPDX-License-Identifier: MIT */
/* Batches: pointers that repeat are kept once, and stay good wherever the batch goes. */
#include "inventory/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

static struct pb_slice keep(struct pb_batch *batch, const char *pointer)
{
    struct pb_slice kept = PB_SLICE_ABSENT;

    assert_true(pb_batch_keep_pointer(batch, pb_slice_from_string(pointer), &kept));
    assert_true(pb_slice_equals(kept, pb_slice_from_string(pointer)));
    return kept;
}

static void a_pointer_that_comes_again_is_kept_once(void **state)
{
    const char *const pointers[] = {"", "/", "/a/0", "/ServerCertificateMetadataList/17",
                                    "/\n\377"};
    struct pb_batch batch;
    char spelt[40];

    (void)state;
    pb_batch_init(&batch);
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        snprintf(spelt, sizeof spelt, "%s", pointers[i]);
        const char *first = keep(&batch, spelt).data;
        assert_ptr_not_equal(first, spelt);
        assert_ptr_equal(keep(&batch, pointers[i]).data, first);
    }
    pb_batch_release(&batch);
}

/* There are fewer places than pointers here, so that each is lost and comes again. */
static void pointers_that_share_a_place_are_told_apart(void **state)
{
    struct pb_slice kept[5 * PB_REPEATED_POINTERS];
    struct pb_batch batch;
    char spelt[40];

    (void)state;
    pb_batch_init(&batch);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5 * PB_REPEATED_POINTERS; i++) {
            snprintf(spelt, sizeof spelt, "/list/%d", i);
            kept[i] = keep(&batch, spelt);
        }
    for (int i = 0; i < 5 * PB_REPEATED_POINTERS; i++) {
        snprintf(spelt, sizeof spelt, "/list/%d", i);
        assert_true(pb_slice_equals(kept[i], pb_slice_from_string(spelt)));
    }
    pb_batch_release(&batch);
}

static void pointers_go_with_their_batch(void **state)
{
    struct pb_batch batch, from;

    (void)state;
    pb_batch_init(&batch);
    pb_batch_init(&from);
    struct pb_slice first = keep(&from, "/list/0");
    for (int merged = 0; merged < 2; merged++) {
        assert_non_null(pb_vector_push(&from.observations));
        assert_int_equal(pb_batch_merge(&batch, &from), PB_OK);
        struct pb_slice other = keep(&from, "/list/0");
        assert_ptr_not_equal(other.data, first.data);
        assert_ptr_equal(keep(&batch, "/list/0").data, first.data);
    }
    pb_batch_release(&from);
    assert_ptr_equal(keep(&batch, "/list/0").data, first.data);
    assert_true(pb_slice_equals(first, PB_SLICE("/list/0")));
    pb_batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pointer_that_comes_again_is_kept_once),
        cmocka_unit_test(pointers_that_share_a_place_are_told_apart),
        cmocka_unit_test(pointers_go_with_their_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Which one account stands in a folder: the fast search against one that looks at everything. */
#include "evidence_builder.h"

#include "inventory/account_within.h"
#include "inventory/folder.h"
#include "inventory/batch.h"

#define MOST_OBSERVATIONS 12
#define ROUNDS 20000

static const char *const paths[] = {
    "list.json",     "a/list.json",     "a/b/list.json",  "a/b/z.json",         "a/b!/list.json",
    "a/c/list.json", "a-b/list.json",   "a0/list.json",   "b.zip!/list.json",   "b.zip!/x/l.json",
    "b/list.json",   "a/b/c/list.json", "/abs/list.json", "b.zip!/x.zip!/l.js", "a.json",
};
static const char *const folders[] = {"",  "a",      "a/b",      "a/b!",          "a-b",  "a0",
                                      "b", "b.zip!", "b.zip!/x", "b.zip!/x.zip!", "/abs", "none"};

/* The same numbers on every machine. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return *state >> 16;
}

static bool find_slowly(const struct pb_batch *batch, const struct pb_vector *claims,
                        const uint32_t *numbers, struct pb_slice folder, uint32_t *number)
{
    struct pb_slice id = PB_SLICE_ABSENT;

    for (size_t i = 0; i < batch->observations.count; i++) {
        uint32_t entry = PB_VECTOR_AT(struct pb_observation, &batch->observations, i).entry;
        const struct pb_account_claim *claim =
            &PB_VECTOR_AT(const struct pb_account_claim, claims, numbers[i]);
        if (claim->id.data == NULL ||
            !pb_folder_is_within(pb_path_folder(pb_ledger_path(&batch->ledger, entry)), folder))
            continue;
        if (id.data != NULL && !pb_slice_equals(id, claim->id))
            return false;
        id = claim->id;
        *number = numbers[i];
    }
    return id.data != NULL;
}

static void expect_same(const struct pb_batch *batch, const struct pb_vector *claims,
                        const uint32_t *numbers)
{
    struct pb_accounts_within within;

    assert_int_equal(pb_accounts_within_make(&within, batch, claims, numbers), PB_OK);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        struct pb_account_claim claim = {.number = 77};
        uint32_t expected = 77;
        bool is_only =
            find_slowly(batch, claims, numbers, pb_slice_from_string(folders[i]), &expected);
        assert_int_equal(
            pb_accounts_find_only_within(&within, pb_slice_from_string(folders[i]), &claim),
            is_only);
        assert_int_equal(claim.number, is_only ? expected : 77);
    }
    pb_accounts_within_release(&within);
}

static void the_fast_search_finds_what_the_slow_one_does(void **state)
{
    static const char *const ids[] = {NULL, ACCOUNT_1, ACCOUNT_1, ACCOUNT_2};
    uint32_t random = 1;
    struct pb_vector claims;

    (void)state;
    pb_vector_init(&claims, sizeof(struct pb_account_claim));
    for (uint32_t i = 0; i < 4; i++) {
        struct pb_account_claim *claim = pb_vector_push(&claims);
        assert_non_null(claim);
        *claim = (struct pb_account_claim){.id = text_or_absent(ids[i]), .number = i};
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        uint32_t numbers[MOST_OBSERVATIONS] = {0};
        size_t count = next_random(&random) % (MOST_OBSERVATIONS + 1);
        uint32_t kinds = 2 + next_random(&random) % 3;
        struct pb_batch batch;
        pb_batch_init(&batch);
        for (size_t i = 0; i < count; i++) {
            const struct row row = {
                .path = paths[next_random(&random) % (sizeof paths / sizeof paths[0])]};
            add_rows(&batch, &row, 1);
            numbers[i] = next_random(&random) % kinds;
        }
        assert_int_equal(pb_order_evidence(&batch), PB_OK);
        expect_same(&batch, &claims, numbers);
        pb_batch_release(&batch);
    }
    pb_vector_release(&claims);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fast_search_finds_what_the_slow_one_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

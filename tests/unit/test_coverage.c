/* SPDX-License-Identifier: MIT */
/* Coverage: what the evidence proves about having seen all certificates of an account. */
#include "evidence_builder.h"

#define OLD "2013-06-12T16:46:59Z"
#define ID(n) "ASCAEXAMPLE000000000" #n
#define SHOP(file, n)                                                                              \
    {                                                                                              \
        .path = file, .name = "shop" #n, .id = ID(n), .arn = ARN(ACCOUNT_1, "shop" #n),            \
        .upload = OLD                                                                              \
    }

static struct pb_batch batch_of(const struct row *rows, size_t count)
{
    struct pb_batch batch;

    pb_batch_init(&batch);
    add_rows(&batch, rows, count);
    return batch;
}

static void set_page(struct pb_batch *batch, size_t record, enum pb_page page)
{
    PB_VECTOR_AT(struct pb_record, &batch->records, record).page = page;
}

static void add_summary(struct pb_batch *batch, const char *path, uint64_t count)
{
    add_record(batch, path, PB_RECORD_ACCOUNT_SUMMARY)->count = count;
}

/* The coverage of the only account, the number of gaps, and a word of its first reason. */
static void expect(struct pb_batch *batch, enum pb_coverage coverage, size_t gaps, const char *word)
{
    struct pb_inventory inventory = build(batch);

    assert_int_equal(inventory.accounts.count, 1);
    const struct pb_account *account = pb_inventory_account(&inventory, 0);
    assert_int_equal(account->coverage, coverage);
    assert_int_equal(inventory.gaps.count, gaps);
    assert_true(account->reason_count > 0);
    if (pb_slice_find(account->reasons[0], pb_slice_from_string(word), 0) == SIZE_MAX)
        fail_msg("'%s' is not in: %.*s", word, PB_SLICE_ARGS(account->reasons[0]));
    pb_inventory_release(&inventory);
}

static void a_list_alone_proves_nothing(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    expect(&batch, PB_COVERAGE_UNKNOWN, 0, "--path-prefix");
}

static void a_list_and_an_agreeing_summary_are_complete(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1), SHOP("list.json", 2)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    add_summary(&batch, "summary.json", 2);
    expect(&batch, PB_COVERAGE_COMPLETE, 0, "counts 2");
}

static void fewer_than_the_summary_counts_is_a_gap(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    add_summary(&batch, "summary.json", 2);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "counts 2");
}

static void more_than_the_summary_counts_is_unknown_with_a_warning(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1), SHOP("list.json", 2)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    add_summary(&batch, "summary.json", 1);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(pb_inventory_account(&inventory, 0)->coverage, PB_COVERAGE_UNKNOWN);
    assert_true(has_note(&inventory, "more-than-summary"));
    pb_inventory_release(&inventory);
}

static void a_list_cut_by_next_token_is_a_gap_even_where_the_count_agrees(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    set_page(&batch, 0, PB_PAGE_CUT);
    add_summary(&batch, "summary.json", 1);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "NextToken");
}

static void a_truncated_page_without_a_final_one_is_a_gap(void **state)
{
    const struct row rows[] = {SHOP("page1.json", 1), SHOP("page2.json", 2)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    set_page(&batch, 0, PB_PAGE_MORE);
    set_page(&batch, 1, PB_PAGE_MORE);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "IsTruncated");
}

static void pages_in_files_with_a_final_one_are_unknown(void **state)
{
    const struct row rows[] = {SHOP("page1.json", 1), SHOP("page3.json", 2)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    set_page(&batch, 0, PB_PAGE_MORE);
    set_page(&batch, 1, PB_PAGE_LAST);
    expect(&batch, PB_COVERAGE_UNKNOWN, 0, "separate files");
}

static void pages_in_files_are_complete_where_the_count_agrees(void **state)
{
    const struct row rows[] = {SHOP("page1.json", 1), SHOP("page2.json", 2)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    set_page(&batch, 0, PB_PAGE_MORE);
    set_page(&batch, 1, PB_PAGE_LAST);
    add_summary(&batch, "summary.json", 2);
    expect(&batch, PB_COVERAGE_COMPLETE, 0, "counts 2");
}

static void pages_in_one_item_are_a_chain_whose_end_counts(void **state)
{
    const struct row rows[] = {SHOP("pages.ndjson", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    set_page(&batch, 0, PB_PAGE_MORE);
    add_record(&batch, "pages.ndjson", PB_RECORD_LIST)->page = PB_PAGE_LAST;
    PB_VECTOR_AT(struct pb_record, &batch.records, 1).account = PB_SLICE(ACCOUNT_1);
    expect(&batch, PB_COVERAGE_UNKNOWN, 0, "no sign of truncation");
}

static void a_name_that_nothing_else_shows_is_a_gap_and_is_not_counted(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1),
                               {.path = "names.json", .name = "lost", .kind = PB_RECORD_NAMES}};
    struct pb_batch batch = batch_of(rows, 2);

    (void)state;
    add_record(&batch, "sts.json", PB_RECORD_CALLER_IDENTITY)->account = PB_SLICE(ACCOUNT_1);
    add_summary(&batch, "summary.json", 2);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.certificates.count, 2);
    assert_int_equal(inventory.gaps.count, 2);
    assert_int_equal(pb_inventory_account(&inventory, 0)->coverage, PB_COVERAGE_INCOMPLETE);
    pb_inventory_release(&inventory);
}

static void an_unreadable_list_is_a_gap(void **state)
{
    const struct row rows[] = {SHOP("d/get.json", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    add_record(&batch, "d/list-server-certificates.json", PB_RECORD_UNREADABLE);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "could not be read");
}

/* The ledger's word for it, 1,000 of them as gaps of their own. */
static void lists_missed_by_the_thousand_are_counted_in_every_account(void **state)
{
    const struct row rows[] = {SHOP("d/get.json", 1)};
    char path[64];

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    for (int i = 0; i < 1003; i++) {
        snprintf(path, sizeof path, "d/server-certificates-%04d.json", i);
        add_entry(&batch, &(struct pb_entry){.path = pb_slice_from_string(path),
                                             .status = PB_ENTRY_UNREADABLE,
                                             .is_list_missed = true});
    }
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.accounts.count, 1);
    assert_int_equal(inventory.gaps.count, 1001);
    assert_int_equal(pb_inventory_account(&inventory, 0)->coverage, PB_COVERAGE_INCOMPLETE);
    const struct pb_gap *last = &PB_VECTOR_AT(struct pb_gap, &inventory.gaps, 1000);
    assert_true(pb_slice_starts_with(last->message, PB_SLICE("3 more items could not be read")));
    pb_inventory_release(&inventory);
}

static void an_empty_list_beside_a_summary_of_none_is_complete(void **state)
{
    struct pb_batch batch;

    (void)state;
    pb_batch_init(&batch);
    add_record(&batch, "d/list.json", PB_RECORD_LIST);
    add_summary(&batch, "d/summary.json", 0);
    expect(&batch, PB_COVERAGE_COMPLETE, 0, "counts 0");
}

static void each_dump_is_compared_with_its_own_summary(void **state)
{
    const struct row rows[] = {SHOP("2014/list.json", 1), SHOP("2015/list.json", 1),
                               SHOP("2015/list.json", 2)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 3);
    add_summary(&batch, "2014/summary.json", 1);
    add_summary(&batch, "2015/summary.json", 2);
    expect(&batch, PB_COVERAGE_COMPLETE, 0, "counts 1");
}

static void two_summaries_of_one_folder_are_both_compared_with_it(void **state)
{
    const struct row rows[] = {SHOP("d/list.json", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    add_summary(&batch, "d/summary-1.json", 1);
    add_summary(&batch, "d/summary-2.json", 2);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.gaps.count, 1);
    assert_int_not_equal(pb_slice_find(PB_VECTOR_AT(struct pb_gap, &inventory.gaps, 0).message,
                                       PB_SLICE("shows only 1"), 0),
                         SIZE_MAX);
    pb_inventory_release(&inventory);
}

static void one_name_exists_only_once_in_an_account(void **state)
{
    const struct row rows[] = {
        {.path = "new.json",
         .name = "shop",
         .id = ID(1),
         .arn = ARN(ACCOUNT_1, "shop"),
         .upload = OLD},
        {.path = "old.json",
         .name = "shop",
         .id = ID(2),
         .arn = ARN(ACCOUNT_1, "shop"),
         .upload = OLD},
    };

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    add_summary(&batch, "summary.json", 2);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "shows only 1");
}

static void an_upload_answer_proves_no_presence(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1),
                               {.path = "upload.json",
                                .name = "shop2",
                                .id = ID(2),
                                .arn = ARN(ACCOUNT_1, "shop2"),
                                .upload = OLD,
                                .kind = PB_RECORD_UPLOAD}};

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    add_summary(&batch, "summary.json", 2);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "shows only 1");
}

static void a_summary_above_two_accounts_completes_neither(void **state)
{
    struct row rows[] = {SHOP("a/list.json", 1), SHOP("b/list.json", 2)};

    (void)state;
    rows[1].arn = ARN(ACCOUNT_2, "shop2");
    struct pb_batch batch = batch_of(rows, 2);
    add_summary(&batch, "summary.json", 1);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.accounts.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_not_equal(pb_inventory_account(&inventory, i)->coverage, PB_COVERAGE_COMPLETE);
    pb_inventory_release(&inventory);
}

static void a_dump_beside_another_keeps_its_own_summary(void **state)
{
    const struct row rows[] = {SHOP("dump/iam/list/list.json", 1),
                               SHOP("dump/iam/list/list.json", 2), SHOP("dump-old/list.json", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 3);
    add_summary(&batch, "dump/iam/summary.json", 2);
    add_summary(&batch, "dump-old/summary.json", 1);
    expect(&batch, PB_COVERAGE_COMPLETE, 0, "counts");
}

static void an_empty_last_page_ends_the_chain_of_its_item(void **state)
{
    const struct row rows[] = {SHOP("pages.ndjson", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    set_page(&batch, 0, PB_PAGE_MORE);
    add_record(&batch, "pages.ndjson", PB_RECORD_LIST)->page = PB_PAGE_LAST;
    expect(&batch, PB_COVERAGE_UNKNOWN, 0, "no sign of truncation");
}

static void a_whole_list_does_not_close_an_open_page(void **state)
{
    const struct row rows[] = {SHOP("lists.ndjson", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 1);
    set_page(&batch, 0, PB_PAGE_MORE);
    add_record(&batch, "lists.ndjson", PB_RECORD_LIST);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "IsTruncated");
}

static void the_worst_of_two_dumps_counts(void **state)
{
    const struct row rows[] = {SHOP("2014/list.json", 1), SHOP("2015/list.json", 1)};

    (void)state;
    struct pb_batch batch = batch_of(rows, 2);
    add_summary(&batch, "2014/summary.json", 1);
    add_summary(&batch, "2015/summary.json", 2);
    expect(&batch, PB_COVERAGE_INCOMPLETE, 1, "counts");
}

static struct pb_batch deleted_batch(const struct row *rows, size_t count,
                                     struct pb_particulars *deletion)
{
    const struct row event = {.path = "trail.json",
                              .name = "shop1",
                              .arn = ARN(ACCOUNT_1, "shop1"),
                              .kind = PB_RECORD_EVENT};
    struct pb_batch batch = batch_of(rows, count);

    deletion->event = PB_EVENT_DELETE;
    deletion->event_time = date_of("2015-01-01T00:00:00Z");
    add_rows(&batch, &event, 1);
    PB_VECTOR_AT(struct pb_observation, &batch.observations, count).particulars = deletion;
    return batch;
}

static void a_certificate_deleted_before_or_after_the_summary_leaves_it_complete(void **state)
{
    const struct row rows[] = {SHOP("list.json", 1), SHOP("list.json", 2)};
    const struct {
        uint64_t count;
        enum pb_coverage coverage;
    } cases[] = {{0, PB_COVERAGE_UNKNOWN},
                 {1, PB_COVERAGE_COMPLETE},
                 {2, PB_COVERAGE_COMPLETE},
                 {3, PB_COVERAGE_INCOMPLETE}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_particulars deletion = {0};
        struct pb_batch batch = deleted_batch(rows, 2, &deletion);
        add_summary(&batch, "summary.json", cases[i].count);
        expect(&batch, cases[i].coverage, cases[i].coverage == PB_COVERAGE_INCOMPLETE,
               "account summary");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_deleted_before_or_after_the_summary_leaves_it_complete),
        cmocka_unit_test(a_list_alone_proves_nothing),
        cmocka_unit_test(fewer_than_the_summary_counts_is_a_gap),
        cmocka_unit_test(more_than_the_summary_counts_is_unknown_with_a_warning),
        cmocka_unit_test(a_list_cut_by_next_token_is_a_gap_even_where_the_count_agrees),
        cmocka_unit_test(a_truncated_page_without_a_final_one_is_a_gap),
        cmocka_unit_test(pages_in_files_with_a_final_one_are_unknown),
        cmocka_unit_test(a_name_that_nothing_else_shows_is_a_gap_and_is_not_counted),
        cmocka_unit_test(an_unreadable_list_is_a_gap),
        cmocka_unit_test(lists_missed_by_the_thousand_are_counted_in_every_account),
        cmocka_unit_test(the_worst_of_two_dumps_counts),
        cmocka_unit_test(a_dump_beside_another_keeps_its_own_summary),
        cmocka_unit_test(a_summary_above_two_accounts_completes_neither),
        cmocka_unit_test(an_empty_last_page_ends_the_chain_of_its_item),
        cmocka_unit_test(a_whole_list_does_not_close_an_open_page),
        cmocka_unit_test(two_summaries_of_one_folder_are_both_compared_with_it),
        cmocka_unit_test(one_name_exists_only_once_in_an_account),
        cmocka_unit_test(an_upload_answer_proves_no_presence),
        cmocka_unit_test(a_list_and_an_agreeing_summary_are_complete),
        cmocka_unit_test(pages_in_files_are_complete_where_the_count_agrees),
        cmocka_unit_test(pages_in_one_item_are_a_chain_whose_end_counts),
        cmocka_unit_test(an_empty_list_beside_a_summary_of_none_is_complete),
        cmocka_unit_test(each_dump_is_compared_with_its_own_summary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

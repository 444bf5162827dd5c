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

#define MOST_ROWS 3
#define MOST_SUMMARIES 2

/* Evidence of one account: rows, pages of their records, one more record, account summaries. */
struct coverage_case {
    const char *sentence;
    struct row rows[MOST_ROWS];
    enum pb_page pages[2];
    struct {
        const char *path;
        enum pb_record_kind kind;
        enum pb_page page;
        const char *account;
    } more;
    struct {
        const char *path;
        uint64_t count;
    } summaries[MOST_SUMMARIES];
    enum pb_coverage coverage;
    size_t gaps;
    const char *words; /* of some reason */
    bool is_warned;    /* of more certificates than a summary counts */
};

static const struct coverage_case cases[] = {
    {"a list alone proves nothing",
     {SHOP("list.json", 1)},
     .coverage = PB_COVERAGE_UNKNOWN,
     .words = "--path-prefix"},
    {"a list and an agreeing summary are complete",
     {SHOP("list.json", 1), SHOP("list.json", 2)},
     .summaries = {{"summary.json", 2}},
     .coverage = PB_COVERAGE_COMPLETE,
     .words = "counts 2"},
    {"fewer than the summary counts is a gap",
     {SHOP("list.json", 1)},
     .summaries = {{"summary.json", 2}},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "counts 2"},
    {"more than the summary counts is unknown, with a warning",
     {SHOP("list.json", 1), SHOP("list.json", 2)},
     .summaries = {{"summary.json", 1}},
     .coverage = PB_COVERAGE_UNKNOWN,
     .words = "more were seen: 2",
     .is_warned = true},
    {"an empty list beside a summary of none is complete", .more = {"d/list.json", PB_RECORD_LIST},
     .summaries = {{"d/summary.json", 0}}, .coverage = PB_COVERAGE_COMPLETE, .words = "counts 0"},
    {"a list cut by NextToken is a gap even where the count agrees",
     {SHOP("list.json", 1)},
     .pages = {PB_PAGE_CUT},
     .summaries = {{"summary.json", 1}},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "NextToken"},
    {"a truncated page without a final one is a gap",
     {SHOP("page1.json", 1), SHOP("page2.json", 2)},
     .pages = {PB_PAGE_MORE, PB_PAGE_MORE},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "IsTruncated"},
    {"pages in files with a final one are unknown",
     {SHOP("page1.json", 1), SHOP("page3.json", 2)},
     .pages = {PB_PAGE_MORE, PB_PAGE_LAST},
     .coverage = PB_COVERAGE_UNKNOWN,
     .words = "separate files"},
    {"pages in files are complete where the count agrees",
     {SHOP("page1.json", 1), SHOP("page2.json", 2)},
     .pages = {PB_PAGE_MORE, PB_PAGE_LAST},
     .summaries = {{"summary.json", 2}},
     .coverage = PB_COVERAGE_COMPLETE,
     .words = "counts 2"},
    {"pages in one item are a chain whose end counts",
     {SHOP("pages.ndjson", 1)},
     .pages = {PB_PAGE_MORE},
     .more = {"pages.ndjson", PB_RECORD_LIST, PB_PAGE_LAST, ACCOUNT_1},
     .coverage = PB_COVERAGE_UNKNOWN,
     .words = "Not proven complete"},
    {"an empty last page ends the chain of its item",
     {SHOP("pages.ndjson", 1)},
     .pages = {PB_PAGE_MORE},
     .more = {"pages.ndjson", PB_RECORD_LIST, PB_PAGE_LAST},
     .coverage = PB_COVERAGE_UNKNOWN,
     .words = "Not proven complete"},
    {"a whole list does not close an open page",
     {SHOP("lists.ndjson", 1)},
     .pages = {PB_PAGE_MORE},
     .more = {"lists.ndjson", PB_RECORD_LIST},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "IsTruncated"},
    {"a name that nothing else shows is a gap, and is not counted",
     {SHOP("list.json", 1), {.path = "names.json", .name = "lost", .kind = PB_RECORD_NAMES}},
     .more = {"sts.json", PB_RECORD_CALLER_IDENTITY, .account = ACCOUNT_1},
     .summaries = {{"summary.json", 2}},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 2,
     .words = "shows only 1"},
    {"an unreadable list is a gap",
     {SHOP("d/get.json", 1)},
     .more = {"d/list-server-certificates.json", PB_RECORD_UNREADABLE},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "could not be read"},
    {"each dump is compared with its own summary",
     {SHOP("2014/list.json", 1), SHOP("2015/list.json", 1), SHOP("2015/list.json", 2)},
     .summaries = {{"2014/summary.json", 1}, {"2015/summary.json", 2}},
     .coverage = PB_COVERAGE_COMPLETE,
     .words = "counts 1"},
    {"a dump beside another keeps its own summary",
     {SHOP("dump/iam/list/list.json", 1), SHOP("dump/iam/list/list.json", 2),
      SHOP("dump-old/list.json", 1)},
     .summaries = {{"dump/iam/summary.json", 2}, {"dump-old/summary.json", 1}},
     .coverage = PB_COVERAGE_COMPLETE,
     .words = "counts 2"},
    {"the worst of two dumps counts",
     {SHOP("2014/list.json", 1), SHOP("2015/list.json", 1)},
     .summaries = {{"2014/summary.json", 1}, {"2015/summary.json", 2}},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "2015/summary.json counts 2"},
    {"two summaries of one folder are both compared with it",
     {SHOP("d/list.json", 1)},
     .summaries = {{"d/summary-1.json", 1}, {"d/summary-2.json", 2}},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "shows only 1"},
    {"one name exists only once in an account",
     {SHOP("new.json", 1),
      {.path = "old.json", .name = "shop1", .id = ID(2), .arn = ARN(ACCOUNT_1, "shop1")}},
     .summaries = {{"summary.json", 2}},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "shows only 1"},
    {"an upload answer proves no presence",
     {SHOP("list.json", 1),
      {.path = "upload.json",
       .name = "shop2",
       .id = ID(2),
       .arn = ARN(ACCOUNT_1, "shop2"),
       .kind = PB_RECORD_UPLOAD}},
     .summaries = {{"summary.json", 2}},
     .coverage = PB_COVERAGE_INCOMPLETE,
     .gaps = 1,
     .words = "shows only 1"},
};

static void add_summary(struct pb_batch *batch, const char *path, uint64_t count)
{
    add_record(batch, path, PB_RECORD_ACCOUNT_SUMMARY)->count = count;
}

static void fill(struct pb_batch *batch, const struct coverage_case *sample)
{
    size_t count = 0;

    while (count < MOST_ROWS && sample->rows[count].path != NULL)
        count++;
    add_rows(batch, sample->rows, count);
    for (size_t i = 0; i < batch->records.count && i < 2; i++)
        PB_VECTOR_AT(struct pb_record, &batch->records, i).page = sample->pages[i];
    if (sample->more.path != NULL) {
        struct pb_record *more = add_record(batch, sample->more.path, sample->more.kind);
        more->page = sample->more.page;
        more->account = text_or_absent(sample->more.account);
    }
    for (size_t i = 0; i < MOST_SUMMARIES && sample->summaries[i].path != NULL; i++)
        add_summary(batch, sample->summaries[i].path, sample->summaries[i].count);
}

static bool has_reason(const struct pb_account *account, const char *words)
{
    for (uint32_t i = 0; i < account->reasons.count; i++)
        if (pb_slice_find(PB_VECTOR_AT(struct pb_slice, &account->reasons, i),
                          pb_slice_from_string(words), 0) != SIZE_MAX)
            return true;
    return false;
}

static void coverage_is_what_lists_and_summaries_prove(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_batch batch = {0};
        fill(&batch, &cases[i]);
        struct pb_inventory inventory = build(&batch);
        const struct pb_account *account = pb_inventory_account(&inventory, 0);
        if (inventory.accounts.count != 1 || account->coverage != cases[i].coverage ||
            inventory.gaps.count != cases[i].gaps || !has_reason(account, cases[i].words) ||
            has_note(&inventory, "more-than-summary") != cases[i].is_warned)
            fail_msg("%s: %zu gaps, coverage %d", cases[i].sentence, inventory.gaps.count,
                     (int)account->coverage);
        pb_inventory_release(&inventory);
    }
}

/* The ledger's word for it, 1,000 of them as gaps of their own. */
static void lists_missed_by_the_thousand_are_counted_in_every_account(void **state)
{
    const struct row rows[] = {SHOP("d/get.json", 1)};
    char path[64];

    (void)state;
    struct pb_batch batch = {0};

    add_rows(&batch, rows, 1);
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
    assert_true(
        pb_slice_starts_with(last->message, PB_SLICE("3 more items look like certificate")));
    pb_inventory_release(&inventory);
}

static void a_summary_above_two_accounts_completes_neither(void **state)
{
    struct row rows[] = {SHOP("a/list.json", 1), SHOP("b/list.json", 2)};

    (void)state;
    rows[1].arn = ARN(ACCOUNT_2, "shop2");
    struct pb_batch batch = {0};

    add_rows(&batch, rows, 2);
    add_summary(&batch, "summary.json", 1);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.accounts.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_not_equal(pb_inventory_account(&inventory, i)->coverage, PB_COVERAGE_COMPLETE);
    pb_inventory_release(&inventory);
}

static void a_certificate_deleted_before_or_after_the_summary_leaves_it_complete(void **state)
{
    static const struct pb_particulars deletion = {
        .event = PB_EVENT_DELETE,
        .event_time = {.state = PB_DATE_EXACT, .instant = {INT64_C(1420070400), 0}}};
    const struct row rows[] = {SHOP("list.json", 1),
                               SHOP("list.json", 2),
                               {.path = "trail.json",
                                .name = "shop1",
                                .arn = ARN(ACCOUNT_1, "shop1"),
                                .kind = PB_RECORD_EVENT}};
    const enum pb_coverage expected[] = {PB_COVERAGE_UNKNOWN, PB_COVERAGE_COMPLETE,
                                         PB_COVERAGE_COMPLETE, PB_COVERAGE_INCOMPLETE};

    (void)state;
    for (uint64_t count = 0; count < 4; count++) {
        struct pb_batch batch = {0};
        add_rows(&batch, rows, 3);
        PB_VECTOR_AT(struct pb_observation, &batch.observations, 2).particulars = &deletion;
        add_summary(&batch, "summary.json", count);
        struct pb_inventory inventory = build(&batch);
        assert_int_equal(pb_inventory_account(&inventory, 0)->coverage, expected[count]);
        pb_inventory_release(&inventory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coverage_is_what_lists_and_summaries_prove),
        cmocka_unit_test(lists_missed_by_the_thousand_are_counted_in_every_account),
        cmocka_unit_test(a_summary_above_two_accounts_completes_neither),
        cmocka_unit_test(a_certificate_deleted_before_or_after_the_summary_leaves_it_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

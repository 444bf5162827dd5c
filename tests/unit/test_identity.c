/* SPDX-License-Identifier: MIT */
/* Which observations are one certificate: each row of a table is one way to be wrong. */
#include "evidence_builder.h"

#define OLD "2013-06-12T16:46:59Z"
#define NEW "2015-06-12T16:46:59Z"
#define ID_1 "ASCAEXAMPLE0000000001"
#define ID_2 "ASCAEXAMPLE0000000002"

#define LISTED(file, the_id, account, the_name, date)                                              \
    {                                                                                              \
        .path = file, .name = the_name, .id = the_id, .arn = ARN(account, the_name),               \
        .upload = date                                                                             \
    }
#define ROW(file, the_name, date)                                                                  \
    {                                                                                              \
        .path = file, .name = the_name, .upload = date, .kind = PB_RECORD_PROJECTION               \
    }

static const struct pb_x509_facts body_a = {.sha256 = {1}}, body_b = {.sha256 = {2}};

static void nothing_gives_no_certificate(void **state)
{
    struct pb_batch batch = {0};

    (void)state;
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.certificates.count, 0);
    assert_int_equal(inventory.accounts.count, 0);
    pb_inventory_release(&inventory);
}

struct identity_case {
    const char *sentence;
    size_t certificates;
    const char *note; /* NULL for none */
    struct row rows[4];
};

static const struct identity_case cases[] = {
    {"a list and a get of one id are one certificate",
     1,
     NULL,
     {LISTED("d/list.json", ID_1, ACCOUNT_1, "shop", OLD),
      {.path = "d/get.json",
       .name = "shop",
       .id = ID_1,
       .arn = ARN(ACCOUNT_1, "shop"),
       .upload = OLD,
       .kind = PB_RECORD_GET}}},
    {"one id in two known accounts is two certificates",
     2,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/b.json", ID_1, ACCOUNT_2, "shop", OLD)}},
    {"one id under two ARNs in two files with one date is a rename",
     1,
     "other-name",
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/b.json", ID_1, ACCOUNT_1, "shop2", OLD)}},
    {"one id under two ARNs in one list is two certificates",
     2,
     "id-shared",
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/a.json", ID_1, ACCOUNT_1, "shop2", OLD)}},
    {"one id under two ARNs with two dates is two certificates",
     2,
     "id-shared",
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/b.json", ID_1, ACCOUNT_1, "shop2", NEW)}},
    {"one id under two ARNs with two bodies is two certificates",
     2,
     "id-shared",
     {{.path = "d/a.json",
       .name = "shop",
       .id = ID_1,
       .arn = ARN(ACCOUNT_1, "shop"),
       .body = &body_a},
      {.path = "d/b.json",
       .name = "shop2",
       .id = ID_1,
       .arn = ARN(ACCOUNT_1, "shop2"),
       .body = &body_b}}},
    {"one id under two names in one list without ARNs is two certificates",
     2,
     "id-shared",
     {{.path = "d/a.json", .name = "shop", .id = ID_1, .upload = OLD},
      {.path = "d/a.json", .name = "shop2", .id = ID_1, .upload = OLD}}},
    {"one id with one ARN and two dates is one certificate in conflict",
     1,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/b.json", ID_1, ACCOUNT_1, "shop", NEW)}},
    {"an ARN without id joins the one id of that ARN",
     1,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      {.path = "e/b.json", .arn = ARN(ACCOUNT_1, "shop"), .upload = OLD}}},
    {"an ARN that two ids used joins neither when its date is another",
     3,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/b.json", ID_2, ACCOUNT_1, "shop", NEW),
      {.path = "e/b.json", .arn = ARN(ACCOUNT_1, "shop"), .upload = "2014-01-01T00:00:00Z"}}},
    {"an ARN that two ids used joins the one with its date",
     2,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/b.json", ID_2, ACCOUNT_1, "shop", NEW),
      {.path = "e/b.json", .arn = ARN(ACCOUNT_1, "shop"), .upload = OLD}}},
    {"a name in a folder without account joins the folder's one certificate of that name",
     1,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      {.path = "d/names.json", .name = "shop", .kind = PB_RECORD_NAMES}}},
    {"a name in another folder without account is a certificate of its own",
     2,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      {.path = "e/names.json", .name = "shop", .kind = PB_RECORD_NAMES}}},
    {"a name does not choose between two accounts of its folder",
     3,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      LISTED("d/b.json", ID_2, ACCOUNT_2, "shop", NEW),
      {.path = "d/names.json", .name = "shop", .kind = PB_RECORD_NAMES}}},
    {"rows of one name and two dates without account are two certificates",
     2,
     NULL,
     {ROW("d/a.json", "shop", OLD), ROW("d/b.json", "shop", NEW)}},
    {"rows of one name and one date without account are one certificate",
     1,
     NULL,
     {ROW("d/a.json", "shop", OLD), ROW("d/b.json", "shop", OLD)}},
    {"rows of one name in two folders without account are two certificates",
     2,
     NULL,
     {ROW("d/a.json", "shop", OLD), ROW("e/b.json", "shop", OLD)}},
    {"a row with another date than the folder's certificate stays apart",
     2,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", NEW), ROW("d/b.json", "shop", OLD)}},
    {"a bare date named by its file joins the folder's one certificate of that name",
     1,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      {.path = "d/shop.json",
       .name = "shop",
       .upload = OLD,
       .is_name_from_file = true,
       .kind = PB_RECORD_PROJECTION}}},
    {"a bare date named by its file does not join another folder's certificate",
     2,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      {.path = "e/shop.json",
       .name = "shop",
       .upload = OLD,
       .is_name_from_file = true,
       .kind = PB_RECORD_PROJECTION}}},
    {"dates without names are each a certificate",
     2,
     NULL,
     {{.path = "d/a.json", .upload = OLD, .kind = PB_RECORD_PROJECTION},
      {.path = "d/a.json", .upload = OLD, .kind = PB_RECORD_PROJECTION}}},
    {"two ids of one name in an unknown account stay two beside a third in a known one",
     3,
     NULL,
     {LISTED("d/a.json", ID_1, ACCOUNT_1, "shop", OLD),
      {.path = "d/b.json", .name = "shop", .id = ID_2, .upload = NEW, .kind = PB_RECORD_GET},
      {.path = "d/c.json",
       .name = "shop",
       .id = "ASCAEXAMPLE0000000003",
       .upload = NEW,
       .kind = PB_RECORD_GET}}},
};

static size_t row_count(const struct identity_case *identity_case)
{
    size_t count = 0;

    while (count < 4 && identity_case->rows[count].path != NULL)
        count++;
    return count;
}

static void observations_are_merged_only_where_they_are_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_inventory inventory = build_rows(cases[i].rows, row_count(&cases[i]));
        if (inventory.certificates.count != cases[i].certificates ||
            (cases[i].note != NULL && !has_note(&inventory, cases[i].note)))
            fail_msg("%s: %zu certificates", cases[i].sentence, inventory.certificates.count);
        pb_inventory_release(&inventory);
    }
}

static void the_order_of_evidence_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct row reversed[4];
        size_t count = row_count(&cases[i]);
        for (size_t k = 0; k < count; k++)
            reversed[k] = cases[i].rows[count - 1 - k];
        struct pb_inventory forward = build_rows(cases[i].rows, count);
        struct pb_inventory backward = build_rows(reversed, count);
        if (forward.certificates.count != backward.certificates.count)
            fail_msg("%s, in reverse", cases[i].sentence);
        for (size_t k = 0; k < forward.certificates.count; k++) {
            const struct pb_certificate *a = pb_inventory_certificate(&forward, k);
            const struct pb_certificate *b = pb_inventory_certificate(&backward, k);
            assert_int_equal(pb_slice_compare(a->name, b->name), 0);
            assert_int_equal(pb_slice_compare(a->id, b->id), 0);
            assert_int_equal(a->observation_count, b->observation_count);
        }
        pb_inventory_release(&forward);
        pb_inventory_release(&backward);
    }
}

static void agreeing_dates_keep_the_more_precise(void **state)
{
    const struct row rows[] = {
        {.path = "a.json",
         .id = ID_1,
         .arn = ARN(ACCOUNT_1, "shop"),
         .upload = "2013-06-12T16:46:59Z"},
        {.path = "b.json",
         .id = ID_1,
         .arn = ARN(ACCOUNT_1, "shop"),
         .upload = "2013-06-12T16:46:59.068Z"},
    };

    (void)state;
    struct pb_inventory inventory = BUILD_ROWS(rows);
    assert_int_equal(pb_inventory_certificate(&inventory, 0)->upload_date.instant.nanoseconds,
                     68000000);
    pb_inventory_release(&inventory);
}

static void a_caller_identity_names_the_account_of_what_stands_beneath_it(void **state)
{
    const struct row rows[] = {
        ROW("dump/a/iam/rows.json", "shop", OLD),
        ROW("dump/b/iam/rows.json", "shop", OLD),
    };
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, rows, 2);
    add_record(&batch, "dump/a/sts/get-caller-identity.json", PB_RECORD_CALLER_IDENTITY)->account =
        PB_SLICE(ACCOUNT_1);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.accounts.count, 2);
    assert_true(pb_slice_is_absent(pb_inventory_account(&inventory, 0)->id));
    assert_true(pb_slice_equals(pb_inventory_account(&inventory, 1)->id, PB_SLICE(ACCOUNT_1)));
    assert_int_equal(pb_inventory_account(&inventory, 1)->id_from, PB_ID_FROM_CALLER_IDENTITY);
    pb_inventory_release(&inventory);
}

/* What summary, list and others say of one folder, and whether the summary is of ACCOUNT_1. */
static void a_summary_is_of_the_one_account_of_its_folder_or_beneath(void **state)
{
    static const struct {
        const char *summary, *other;
        bool is_one;
    } rows[] = {
        {"summary.json", "x/list.json", false},     {"d/summary.json", "x/list.json", true},
        {"d/summary.json", "d-b/list.json", true},  {"d/summary.json", "d0/list.json", true},
        {"d/summary.json", "d.json", true},         {"d/summary.json", "d!/list.json", true},
        {"d/summary.json", "d/z/list.json", false}, {"d/b/summary.json", "d/list.json", true},
        {"d/c/summary.json", "x/list.json", false}, {"d/b/c/summary.json", "x/list.json", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row seen[] = {
            LISTED("d/b/list.json", ID_1, ACCOUNT_1, "shop", OLD),
            LISTED(rows[i].other, ID_2, ACCOUNT_2, "shop", OLD),
            {.path = "d/unknown.json", .name = "bare", .kind = PB_RECORD_NAMES},
        };
        struct pb_batch batch = {0};
        add_rows(&batch, seen, 3);
        add_record(&batch, rows[i].summary, PB_RECORD_ACCOUNT_SUMMARY);
        struct pb_inventory inventory = build(&batch);
        const struct pb_record *records = inventory.evidence.records.data;
        for (size_t k = 0; k < 4; k++) {
            if (records[k].kind != PB_RECORD_ACCOUNT_SUMMARY)
                continue;
            struct pb_slice id = pb_inventory_account(&inventory, records[k].account_index)->id;
            if (pb_slice_equals(id, PB_SLICE(ACCOUNT_1)) != rows[i].is_one)
                fail_msg("%s beside %s: %.*s", rows[i].summary, rows[i].other, PB_SLICE_ARGS(id));
        }
        pb_inventory_release(&inventory);
    }
}

static void an_identity_above_an_archive_does_not_reach_into_it(void **state)
{
    const struct row rows[] = {
        ROW("dump/a.tar!/rows.json", "shop", OLD),
    };
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, rows, 1);
    add_record(&batch, "dump/sts.json", PB_RECORD_CALLER_IDENTITY)->account = PB_SLICE(ACCOUNT_1);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.accounts.count, 2);
    assert_int_equal(pb_inventory_account(&inventory, 0)->certificate_count, 1);
    pb_inventory_release(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_gives_no_certificate),
        cmocka_unit_test(observations_are_merged_only_where_they_are_one),
        cmocka_unit_test(the_order_of_evidence_changes_nothing),
        cmocka_unit_test(agreeing_dates_keep_the_more_precise),
        cmocka_unit_test(a_caller_identity_names_the_account_of_what_stands_beneath_it),
        cmocka_unit_test(a_summary_is_of_the_one_account_of_its_folder_or_beneath),
        cmocka_unit_test(an_identity_above_an_archive_does_not_reach_into_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

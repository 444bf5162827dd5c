/* SPDX-License-Identifier: MIT */
/* Several dumps of one account: what each has alone, and which dates prove an order in time. */
#include "evidence_builder.h"

#define SHOP "ASCAEXAMPLE0000000001"
#define NEWS "ASCAEXAMPLE0000000002"
#define MAIL "ASCAEXAMPLE0000000003"

static struct row seen(const char *path, const char *name, const char *id, const char *upload)
{
    return (struct row){
        .path = path, .name = name, .id = id, .upload = upload, .arn = ARN(ACCOUNT_1, "x")};
}

static struct row shop(const char *path)
{
    struct row row = seen(path, "shop", SHOP, "2013-01-01T00:00:00Z");

    row.arn = ARN(ACCOUNT_1, "shop");
    return row;
}

static struct row news(const char *path)
{
    struct row row = seen(path, "news", NEWS, "2015-01-01T00:00:00Z");

    row.arn = ARN(ACCOUNT_1, "news");
    return row;
}

static struct row mail(const char *path)
{
    struct row row = seen(path, "mail", MAIL, "2017-01-01T00:00:00Z");

    row.arn = ARN(ACCOUNT_1, "mail");
    return row;
}

static void set_page(struct pb_batch *batch, size_t record, enum pb_page page)
{
    PB_VECTOR_AT(struct pb_record, &batch->records, record).page = page;
}

static struct pb_batch batch_of(const struct row *rows, size_t count)
{
    struct pb_batch batch;

    pb_batch_init(&batch);
    add_rows(&batch, rows, count);
    return batch;
}

#define BATCH_OF(rows) batch_of((rows), sizeof(rows) / sizeof((rows)[0]))

/* The note at the item, "" for none; the inventory keeps it. */
static const char *note_at(const struct pb_inventory *inventory, const char *path)
{
    static char text[1100];
    const struct pb_vector *diagnostics = &inventory->evidence.diagnostics.items;

    text[0] = '\0';
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct pb_diagnostic *here =
            &PB_VECTOR_AT(const struct pb_diagnostic, diagnostics, i);
        if (strcmp(here->code, "dumps-differ") == 0 &&
            pb_path_equals(pb_ledger_path(&inventory->evidence.ledger, here->entry),
                           pb_path_split(pb_slice_from_string(path))))
            snprintf(text, sizeof text, "%.*s", PB_SLICE_ARGS(here->message));
    }
    return text;
}

static void expect_words(const struct pb_inventory *inventory, const char *path, const char *words)
{
    const char *note = note_at(inventory, path);

    if (strstr(note, words) == NULL)
        fail_msg("'%s' is not in: %s", words, note);
}

static void expect_no_words(const struct pb_inventory *inventory, const char *path,
                            const char *words)
{
    const char *note = note_at(inventory, path);

    if (strstr(note, words) != NULL)
        fail_msg("'%s' is in: %s", words, note);
}

static void expect_no_note(struct pb_batch *batch)
{
    struct pb_inventory inventory = build(batch);

    assert_false(has_note(&inventory, "dumps-differ"));
    pb_inventory_release(&inventory);
}

static void each_of_two_lists_says_what_it_alone_shows(void **state)
{
    const struct row rows[] = {shop("a/list.json"), news("a/list.json"), news("b/list.json"),
                               mail("b/list.json")};
    struct pb_batch batch = BATCH_OF(rows);
    struct pb_inventory inventory = build(&batch);

    (void)state;
    expect_words(&inventory, "a/list.json", "alone shows shop (" SHOP ") and lacks mail");
    expect_words(&inventory, "b/list.json", "alone shows mail (" MAIL ") and lacks shop");
    expect_words(&inventory, "b/list.json", "they have 1 in common;");
    assert_int_equal(inventory.gaps.count, 0);
    pb_inventory_release(&inventory);
}

static void a_list_is_no_older_than_the_newest_that_it_shows(void **state)
{
    const struct row rows[] = {shop("a/list.json"), mail("a/list.json"), news("b/list.json")};
    struct pb_batch batch = BATCH_OF(rows);
    struct pb_inventory inventory = build(&batch);

    (void)state;
    expect_words(&inventory, "a/list.json", "no earlier than 2017-01-01T00:00:00Z, when mail");
    expect_words(&inventory, "b/list.json", "no earlier than 2015-01-01T00:00:00Z, when news");
    pb_inventory_release(&inventory);
}

static void a_newer_certificate_alone_proves_no_order(void **state)
{
    const struct row rows[] = {shop("a/list.json"), shop("b/list.json"), mail("b/list.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    add_record(&batch, "a/summary.json", PB_RECORD_ACCOUNT_SUMMARY)->count = 1;
    add_record(&batch, "b/summary.json", PB_RECORD_ACCOUNT_SUMMARY)->count = 2;
    struct pb_inventory inventory = build(&batch);
    expect_words(&inventory, "a/list.json", "alone shows nothing and lacks mail");
    expect_no_words(&inventory, "a/list.json", "earlier than the one");
    expect_no_words(&inventory, "b/list.json", "later than");
    pb_inventory_release(&inventory);
}

static void a_complete_list_is_later_than_one_whose_older_certificate_it_lacks(void **state)
{
    const struct row rows[] = {shop("a/list.json"), mail("b/list.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    add_record(&batch, "a/summary.json", PB_RECORD_ACCOUNT_SUMMARY)->count = 1;
    add_record(&batch, "b/summary.json", PB_RECORD_ACCOUNT_SUMMARY)->count = 1;
    struct pb_inventory inventory = build(&batch);
    expect_words(&inventory, "a/list.json", "it is earlier than the one in b/list.json: shop");
    expect_words(&inventory, "b/list.json", "it is later than the one in a/list.json: shop");
    expect_words(&inventory, "b/list.json", "uploaded 2013-01-01T00:00:00Z, was gone when mail");
    pb_inventory_release(&inventory);
}

/* --path-prefix leaves no trace: what such a list lacks may be there. */
static void without_a_count_what_a_list_lacks_proves_no_order(void **state)
{
    const struct row rows[] = {shop("a/list.json"), mail("b/list.json")};
    struct pb_batch batch = BATCH_OF(rows);
    struct pb_inventory inventory = build(&batch);

    (void)state;
    expect_no_words(&inventory, "a/list.json", "earlier than the one");
    expect_no_words(&inventory, "b/list.json", "later than");
    pb_inventory_release(&inventory);
}

static void a_deletion_between_them_proves_the_order(void **state)
{
    const struct row rows[] = {
        shop("a/list.json"),
        mail("b/list.json"),
        {.path = "trail.json", .id = SHOP, .arn = ARN(ACCOUNT_1, "shop"), .kind = PB_RECORD_EVENT}};
    struct pb_batch batch = BATCH_OF(rows);
    struct pb_particulars deletion = {.event = PB_EVENT_DELETE,
                                      .event_time = date_of("2016-01-01T00:00:00Z")};

    (void)state;
    PB_VECTOR_AT(struct pb_observation, &batch.observations, 2).particulars = &deletion;
    struct pb_inventory inventory = build(&batch);
    expect_words(&inventory, "b/list.json", "later than the one in a/list.json: shop");
    expect_words(&inventory, "b/list.json", "deleted 2016-01-01T00:00:00Z");
    pb_inventory_release(&inventory);
}

static void copies_are_counted_and_not_repeated(void **state)
{
    const struct row rows[] = {shop("eu/list.json"), shop("us/list.json"), news("xy/list.json")};
    struct pb_batch batch = BATCH_OF(rows);
    struct pb_inventory inventory = build(&batch);

    (void)state;
    expect_words(&inventory, "eu/list.json", "holds 2 lists");
    expect_words(&inventory, "eu/list.json", "of which there is 1 more copy, alone shows shop");
    assert_string_equal(note_at(&inventory, "us/list.json"), "");
    pb_inventory_release(&inventory);
}

static void equal_lists_are_no_difference(void **state)
{
    const struct row rows[] = {shop("eu/list.json"), news("eu/list.json"), news("us/list.json"),
                               shop("us/list.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    expect_no_note(&batch);
}

static void get_answers_beside_a_list_are_no_dump(void **state)
{
    struct row rows[] = {shop("list.json"), shop("shop.json"), news("news.json")};

    (void)state;
    rows[1].kind = rows[2].kind = PB_RECORD_GET;
    struct pb_batch batch = BATCH_OF(rows);
    expect_no_note(&batch);
}

static void pages_in_the_files_of_a_folder_are_one_dump(void **state)
{
    const struct row rows[] = {shop("1.json"), news("2.json"), mail("3.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    set_page(&batch, 0, PB_PAGE_MORE);
    set_page(&batch, 1, PB_PAGE_MORE);
    set_page(&batch, 2, PB_PAGE_LAST);
    expect_no_note(&batch);
}

static void pages_in_folders_of_their_own_are_no_whole_lists(void **state)
{
    const struct row rows[] = {shop("1/list.json"), news("2/list.json"), mail("3/list.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    set_page(&batch, 0, PB_PAGE_MORE);
    set_page(&batch, 1, PB_PAGE_LAST);
    set_page(&batch, 2, PB_PAGE_LAST);
    expect_no_note(&batch);
}

static void what_follows_a_cut_list_is_no_whole_list(void **state)
{
    const struct row rows[] = {shop("1.json"), news("2.json"), mail("3.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    set_page(&batch, 0, PB_PAGE_CUT);
    expect_no_note(&batch);
}

static void chains_of_pages_in_files_of_one_folder_are_dumps(void **state)
{
    const struct row rows[] = {shop("2023.json"), mail("2024.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    set_page(&batch, 0, PB_PAGE_LAST);
    set_page(&batch, 1, PB_PAGE_LAST);
    struct pb_inventory inventory = build(&batch);
    expect_words(&inventory, "2023.json", "alone shows shop");
    expect_words(&inventory, "2024.json", "alone shows mail");
    pb_inventory_release(&inventory);
}

static void lists_of_two_accounts_are_not_compared(void **state)
{
    struct row rows[] = {shop("1/list.json"), news("2/list.json")};

    (void)state;
    rows[1].arn = ARN(ACCOUNT_2, "news");
    struct pb_batch batch = BATCH_OF(rows);
    expect_no_note(&batch);
}

static void an_empty_list_lacks_all(void **state)
{
    const struct row rows[] = {shop("a/list.json"), news("a/list.json")};
    struct pb_batch batch = BATCH_OF(rows);

    (void)state;
    add_record(&batch, "b/list.json", PB_RECORD_LIST)->account = PB_SLICE(ACCOUNT_1);
    struct pb_inventory inventory = build(&batch);
    expect_words(&inventory, "b/list.json", "alone shows nothing and lacks");
    expect_no_words(&inventory, "b/list.json", "no earlier");
    pb_inventory_release(&inventory);
}

static void long_lists_are_named_in_part(void **state)
{
    static char names[50][40], ids[50][24], arns[50][80];
    struct row rows[51];

    (void)state;
    for (size_t i = 0; i < 50; i++) {
        snprintf(names[i], sizeof names[i], "n%02zu", i);
        snprintf(ids[i], sizeof ids[i], "ASCAEXAMPLE00000001%02zu", i);
        snprintf(arns[i], sizeof arns[i], ARN(ACCOUNT_1, "n%02zu"), i);
        rows[i] = seen("a/list.json", names[i], ids[i], "2013-01-01T00:00:00Z");
        rows[i].arn = arns[i];
    }
    rows[50] = mail("b/list.json");
    struct pb_batch batch = BATCH_OF(rows);
    struct pb_inventory inventory = build(&batch);
    expect_words(&inventory, "a/list.json", "n02 (ASCAEXAMPLE0000000102) and 47 more and lacks");
    expect_words(&inventory, "b/list.json", "n02 (ASCAEXAMPLE0000000102) and 47 more;");
    pb_inventory_release(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_two_lists_says_what_it_alone_shows),
        cmocka_unit_test(a_list_is_no_older_than_the_newest_that_it_shows),
        cmocka_unit_test(a_newer_certificate_alone_proves_no_order),
        cmocka_unit_test(a_complete_list_is_later_than_one_whose_older_certificate_it_lacks),
        cmocka_unit_test(without_a_count_what_a_list_lacks_proves_no_order),
        cmocka_unit_test(a_deletion_between_them_proves_the_order),
        cmocka_unit_test(copies_are_counted_and_not_repeated),
        cmocka_unit_test(equal_lists_are_no_difference),
        cmocka_unit_test(get_answers_beside_a_list_are_no_dump),
        cmocka_unit_test(pages_in_the_files_of_a_folder_are_one_dump),
        cmocka_unit_test(pages_in_folders_of_their_own_are_no_whole_lists),
        cmocka_unit_test(what_follows_a_cut_list_is_no_whole_list),
        cmocka_unit_test(chains_of_pages_in_files_of_one_folder_are_dumps),
        cmocka_unit_test(lists_of_two_accounts_are_not_compared),
        cmocka_unit_test(an_empty_list_lacks_all),
        cmocka_unit_test(long_lists_are_named_in_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

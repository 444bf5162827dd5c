/* SPDX-License-Identifier: MIT */
/* Key groups: which certificates shared a key, in the order of time, and what they are called. */
#include "evidence_builder.h"

#include "report/report.h"
#include "rules/rules.h"
#include "test_report_sample.h"

#define KEY 9

/* Two bodies with one key, from 2013-01-01 and 2015-01-01; one whose NotBefore cannot be read; and
 * one with another key. */
static const struct pb_x509_facts first_body = {.sha256 = {1},
                                                .not_before = {1356998400, 0},
                                                .not_after = {2082758400, 0},
                                                .key = {.spki_sha256 = {KEY}, .identity = {KEY}}};
static const struct pb_x509_facts second_body = {.sha256 = {2},
                                                 .not_before = {1420070400, 0},
                                                 .not_after = {2082758400, 0},
                                                 .key = {.spki_sha256 = {KEY}, .identity = {KEY}}};
static const struct pb_x509_facts undated_body = {.unread = PB_X509_NOT_BEFORE,
                                                  .sha256 = {4},
                                                  .not_before = {-62135596800, 0},
                                                  .not_after = {2082758400, 0},
                                                  .key = {.spki_sha256 = {KEY}, .identity = {KEY}}};
static const struct pb_x509_facts other_body = {
    .sha256 = {3},
    .not_before = {1356998400, 0},
    .not_after = {2082758400, 0},
    .key = {.spki_sha256 = {KEY + 1}, .identity = {KEY + 1}}};

#define FRONT(date)                                                                                \
    {                                                                                              \
        .path = "front.json", .name = "front", .id = "ASCA0001", .arn = ARN(ACCOUNT_1, "front"),   \
        .kind = PB_RECORD_GET, .upload = (date), .body = &first_body                               \
    }
#define CHECKOUT(date)                                                                             \
    {                                                                                              \
        .path = "checkout.json", .name = "checkout", .id = "ASCA0002",                             \
        .arn = ARN(ACCOUNT_2, "checkout"), .kind = PB_RECORD_GET, .upload = (date),                \
        .body = &second_body                                                                       \
    }
#define OTHER(date)                                                                                \
    {                                                                                              \
        .path = "other.json", .name = "other", .id = "ASCA0003", .arn = ARN(ACCOUNT_2, "other"),   \
        .kind = PB_RECORD_GET, .upload = (date), .body = &other_body                               \
    }

struct line {
    const char *sentence, *text; /* one line a family */
    struct row rows[4];
};

static const struct line lines[] = {
    {"nothing of a key that one certificate has", "", {FRONT("2013-05-02T00:00:00Z")}},
    {"nothing of a key that was never exposed",
     "",
     {FRONT("2014-05-02T00:00:00Z"), CHECKOUT("2015-01-09T00:00:00Z")}},
    {"nothing of another key", "", {FRONT("2013-05-02T00:00:00Z"), OTHER("2015-01-09T00:00:00Z")}},
    {"the vulnerable one first, whatever the account",
     "checkout (account 444455556666, uploaded 2013-05-02, vulnerable) -> front (account "
     "111122223333, uploaded 2015-01-09)\n",
     {FRONT("2015-01-09T00:00:00Z"), CHECKOUT("2013-05-02T00:00:00Z")}},
    {"two vulnerable ones",
     "front (account 111122223333, uploaded 2013-05-02, vulnerable) -> checkout (account "
     "444455556666, uploaded 2013-05-03, vulnerable)\n",
     {FRONT("2013-05-02T00:00:00Z"), CHECKOUT("2013-05-03T00:00:00Z")}},
    {"either key of two bodies that contradict each other",
     "front (account 111122223333, uploaded 2013-05-02, vulnerable) -> checkout (account "
     "444455556666, uploaded 2015-01-09)\n",
     {{.path = "earlier.json",
       .name = "front",
       .id = "ASCA0001",
       .arn = ARN(ACCOUNT_1, "front"),
       .kind = PB_RECORD_GET,
       .upload = "2013-05-02T00:00:00Z",
       .body = &other_body},
      FRONT("2013-05-02T00:00:00Z"),
      CHECKOUT("2015-01-09T00:00:00Z")}},
    {"one without a date by its NotBefore",
     "front (account 111122223333, uploaded 2013-05-02, vulnerable) -> checkout (account "
     "444455556666, upload date not known, issued 2015-01-01)\n",
     {FRONT("2013-05-02T00:00:00Z"), CHECKOUT(NULL)}},
    {"one without any date last, unless it is vulnerable",
     "front (account 111122223333, uploaded 2013-05-02, vulnerable) -> undated (account "
     "444455556666, upload date not known, undetermined)\n",
     {FRONT("2013-05-02T00:00:00Z"),
      {.path = "undated.json",
       .name = "undated",
       .id = "ASCA0004",
       .arn = ARN(ACCOUNT_2, "undated"),
       .kind = PB_RECORD_GET,
       .body = &undated_body}}},
    {"one with two names by both",
     "front (account 111122223333, uploaded 2013-05-02, vulnerable) -> till, also called checkout "
     "(account 444455556666, uploaded 2015-01-09)\n",
     {FRONT("2013-05-02T00:00:00Z"),
      CHECKOUT("2015-01-09T00:00:00Z"),
      {.path = "later.json",
       .name = "till",
       .id = "ASCA0002",
       .arn = ARN(ACCOUNT_2, "till"),
       .kind = PB_RECORD_LIST,
       .upload = "2015-01-09T00:00:00Z"}}},
};

static void append_groups(struct pb_buffer *text, struct pb_inventory *inventory,
                          struct pb_baseline *baseline)
{
    struct pb_key_groups groups;

    if (baseline != NULL)
        assert_int_equal(pb_baseline_match(baseline, inventory), PB_OK);
    assert_int_equal(pb_key_groups_make(&groups, inventory, baseline), PB_OK);
    for (size_t i = 0; i < groups.items.count; i++) {
        const struct pb_key_group *group = &PB_VECTOR_AT(struct pb_key_group, &groups.items, i);
        const struct pb_key_member *members = group->members;
        for (size_t k = 0; k < group->count; k++) {
            pb_buffer_append_string(text, k > 0 ? " -> " : "");
            pb_words_member(text, inventory, &members[k]);
            if (members[k].certificate != NULL)
                assert_ptr_equal(members[k].certificate->key_group, group);
        }
        pb_buffer_append_byte(text, '\n');
    }
    pb_key_groups_release(&groups);
}

/* Judges and releases the inventory. */
static void assert_groups(struct pb_inventory *inventory, struct pb_baseline *baseline,
                          const char *sentence, const char *expected)
{
    struct pb_buffer text = {0};

    pb_verdict_judge(inventory, PB_CUTOFF_IAM_033);
    append_groups(&text, inventory, baseline);
    pb_buffer_append_byte(&text, '\0');
    if (strcmp(text.data, expected) != 0)
        fail_msg("%s: %s", sentence, text.data);
    pb_buffer_release(&text);
    pb_inventory_release(inventory);
}

static void certificates_of_one_exposed_key_stand_in_the_order_of_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        size_t count = 0;
        while (count < 4 && lines[i].rows[count].path != NULL)
            count++;
        struct pb_inventory inventory = build_rows(lines[i].rows, count);
        assert_groups(&inventory, NULL, lines[i].sentence, lines[i].text);
    }
}

static void an_import_into_acm_stands_by_its_date(void **state)
{
    const struct row rows[] = {FRONT("2013-05-02T00:00:00Z"), CHECKOUT("2015-01-09T00:00:00Z")};
    struct pb_particulars particulars = {.imported_at = date_of("2014-12-31T23:59:59Z")};
    struct pb_observation *imported;
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, rows, 2);
    imported = pb_vector_push(&batch.observations, sizeof *imported);
    assert_non_null(imported);
    *imported = (struct pb_observation){
        .entry = entry_of(&batch, "acm.json"),
        .record = UINT32_MAX,
        .shape = "acm",
        .origin = PB_ORIGIN_ACM,
        .name = S("shop.example.com"),
        .arn = S("arn:aws:acm:eu-west-1:" ACCOUNT_2 ":certificate/1"),
        .particulars = &particulars,
        .body = &second_body,
    };
    struct pb_inventory inventory = build(&batch);
    assert_groups(&inventory, NULL, "an import",
                  "front (account 111122223333, uploaded 2013-05-02, vulnerable) -> "
                  "shop.example.com (account 444455556666, imported into ACM 2014-12-31) -> "
                  "checkout (account 444455556666, uploaded 2015-01-09)\n");
}

static void a_deleted_one_is_called_so(void **state)
{
    const struct row rows[] = {FRONT("2013-05-02T00:00:00Z"), CHECKOUT("2015-01-09T00:00:00Z")};
    const struct row deleted = {.path = "trail.json",
                                .name = "front",
                                .kind = PB_RECORD_EVENT,
                                .arn = ARN(ACCOUNT_1, "front")};
    struct pb_particulars deletion = {.event = PB_EVENT_DELETE,
                                      .event_time = date_of("2015-02-01T00:00:00Z")};
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, rows, 2);
    add_rows(&batch, &deleted, 1);
    PB_VECTOR_AT(struct pb_observation, &batch.observations, 2).particulars = &deletion;
    struct pb_inventory inventory = build(&batch);
    assert_groups(&inventory, NULL, "a deletion",
                  "front (account 111122223333, uploaded 2013-05-02, vulnerable, deleted) -> "
                  "checkout (account 444455556666, uploaded 2015-01-09)\n");
}

static void a_renamed_one_is_called_by_both_names(void **state)
{
    const struct row rows[] = {FRONT("2013-05-02T00:00:00Z"), CHECKOUT("2015-01-09T00:00:00Z")};
    const struct row renamed = {.path = "trail.json",
                                .name = "checkout",
                                .kind = PB_RECORD_EVENT,
                                .arn = ARN(ACCOUNT_2, "checkout")};
    struct pb_particulars particulars = {.event = PB_EVENT_UPDATE,
                                         .event_time = date_of("2015-02-01T00:00:00Z"),
                                         .new_name = S("till")};
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, rows, 2);
    add_rows(&batch, &renamed, 1);
    PB_VECTOR_AT(struct pb_observation, &batch.observations, 2).particulars = &particulars;
    struct pb_inventory inventory = build(&batch);
    assert_groups(&inventory, NULL, "a rename",
                  "front (account 111122223333, uploaded 2013-05-02, vulnerable) -> till, "
                  "formerly checkout (account 444455556666, uploaded 2015-01-09)\n");
}

/* What a baseline lists of the key: the certificate that is to be found again, and others. */
static struct pb_former_certificate former(const char *name, const char *id, const char *upload)
{
    static const struct pb_x509_facts body = {.unread = PB_X509_NOT_BEFORE,
                                              .key.spki_sha256 = {KEY}};

    return (struct pb_former_certificate){
        .account = PB_SLICE(ACCOUNT_1),
        .seen = {.name = pb_slice_from_string(name),
                 .id = pb_slice_from_string(id),
                 .upload_date = date_of(upload),
                 .body = &body,
                 .is_exposed = true},
    };
}

static void assert_groups_with(const struct row *rows, size_t count,
                               struct pb_former_certificate *formers, size_t former_count,
                               const char *sentence, const char *expected)
{
    struct pb_inventory inventory = build_rows(rows, count);
    struct pb_baseline baseline = {0};

    assert_true(
        pb_vector_append_all(&baseline.certificates, formers, former_count, sizeof *formers));
    assert_groups(&inventory, &baseline, sentence, expected);
    pb_baseline_release(&baseline);
}

static void a_vulnerable_one_may_be_known_from_the_baseline_alone(void **state)
{
    const struct row checkout = CHECKOUT("2015-01-09T00:00:00Z");
    struct pb_former_certificate gone = former("old", "ASCA0009", "2013-01-01T00:00:00Z");
    struct pb_former_certificate itself = former("checkout", "ASCA0002", "2015-01-09T00:00:00Z");
    struct pb_former_certificate undated = former("old", "ASCA0009", NULL);

    (void)state;
    itself.account = S(ACCOUNT_2);
    itself.seen.body = &second_body;
    assert_groups_with(&checkout, 1, &gone, 1, "one that is gone",
                       "old (account 111122223333, uploaded 2013-01-01, vulnerable, known from "
                       "the baseline) -> checkout (account 444455556666, uploaded 2015-01-09)\n");
    assert_groups_with(&checkout, 1, &undated, 1, "one without a date",
                       "old (account 111122223333, upload date not known, vulnerable, known from "
                       "the baseline) -> checkout (account 444455556666, uploaded 2015-01-09)\n");
    assert_groups_with(&checkout, 1, &itself, 1, "itself", "");
}

static void one_that_the_baseline_judged_otherwise_stands_once(void **state)
{
    const struct row rows[] = {FRONT("2014-05-02T00:00:00Z"), CHECKOUT("2015-01-09T00:00:00Z")};
    struct pb_former_certificate front = former("front", "ASCA0001", "2014-05-02T00:00:00Z");

    (void)state;
    front.seen.body = &first_body;
    assert_groups_with(rows, 2, &front, 1, "vulnerable by the baseline's cutoff",
                       "front (account 111122223333, uploaded 2014-05-02, vulnerable in the "
                       "baseline) -> checkout (account 444455556666, uploaded 2015-01-09)\n");
}

static bool keep(void *context, const char *bytes, size_t size_bytes)
{
    return pb_buffer_append(context, (struct pb_slice){bytes, size_bytes}), true;
}

/* Uploaded a second after each other, those up to the limit before the cutoff. */
static void sample_members(struct sample *sample, size_t count, size_t exposed)
{
    sample_entry(sample, S("list.json"), PB_ENTRY_USED);
    sample_account(sample, S("111122223333"));
    for (size_t i = 0; i < count; i++) {
        struct pb_certificate *one = sample_certificate(sample, S("many"), 1);
        sample_judge(one, i < exposed ? PB_VERDICT_VULNERABLE : PB_VERDICT_CLEAR,
                     i < exposed ? "2013-01-01T00:00:00Z" : "2015-01-01T00:00:00Z");
        one->is_exposed = i < exposed;
        one->body = &first_body;
    }
    sample_sum_up(sample);
}

static void a_key_of_very_many_is_cut_in_the_text(void **state)
{
    const struct prebleed_report_options options = {.is_verbose = true};
    struct pb_buffer text = {0};
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_members(&sample, 1000, 115);
    assert_int_equal(
        pb_report_write(pb_report_format_find("text"), &sample.result, &options, keep, &text),
        PB_OK);
    pb_buffer_append_byte(&text, '\0');
    assert_non_null(strstr(text.data, "lineage   key 1 below: 1000 certificates share it\n"));
    assert_non_null(
        strstr(text.data, "          -> and 900 more certificates, 15 of them vulnerable\n"));
    pb_buffer_release(&text);
    sample_release(&sample);
}

static void both_reports_name_the_key_that_is_shared(void **state)
{
    static const char *const formats[] = {"text", "html"};
    const struct row rows[] = {{.path = "earlier.json",
                                .name = "front",
                                .id = "ASCA0001",
                                .arn = ARN(ACCOUNT_1, "front"),
                                .kind = PB_RECORD_GET,
                                .upload = "2013-05-02T00:00:00Z",
                                .body = &other_body},
                               FRONT("2013-05-02T00:00:00Z"),
                               CHECKOUT("2015-01-09T00:00:00Z")};
    struct pb_inventory inventory = build_rows(rows, 3);
    struct sample sample;

    (void)state;
    sample_init(&sample);
    pb_verdict_judge(&inventory, PB_CUTOFF_IAM_033);
    sample.result.inventory = &inventory;
    assert_int_equal(pb_key_groups_make(&sample.key_groups, &inventory, NULL), PB_OK);
    pb_findings_link(&sample.findings, &inventory);
    for (size_t i = 0; i < 2; i++) {
        struct pb_buffer text = {0};
        assert_int_equal(pb_report_write(pb_report_format_find(formats[i]), &sample.result,
                                         &(struct prebleed_report_options){0}, keep, &text),
                         PB_OK);
        pb_buffer_append_byte(&text, '\0');
        const char *key = strstr(text.data, "SHA-256 of its public key");
        assert_non_null(key);
        assert_non_null(strstr(key, "0900000000000000"));
        pb_buffer_release(&text);
    }
    sample_release(&sample);
    pb_inventory_release(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_of_one_exposed_key_stand_in_the_order_of_time),
        cmocka_unit_test(an_import_into_acm_stands_by_its_date),
        cmocka_unit_test(a_renamed_one_is_called_by_both_names),
        cmocka_unit_test(a_deleted_one_is_called_so),
        cmocka_unit_test(a_vulnerable_one_may_be_known_from_the_baseline_alone),
        cmocka_unit_test(one_that_the_baseline_judged_otherwise_stands_once),
        cmocka_unit_test(a_key_of_very_many_is_cut_in_the_text),
        cmocka_unit_test(both_reports_name_the_key_that_is_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

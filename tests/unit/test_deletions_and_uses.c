/* SPDX-License-Identifier: MIT */
/* What deletions, ACM, deployments and tag lists add to certificates. */
#include "evidence_builder.h"

#include "rules/rules.h"

#define ID_1 "ASCAEXAMPLE0000000001"
#define ID_2 "ASCAEXAMPLE0000000002"
#define OLD "2013-06-12T16:46:59Z"
#define NEW "2015-06-12T16:46:59Z"

/* Of the name shop. Returns the event's particulars, which are the batch's. */
static struct pb_particulars *add_deletion(struct pb_batch *batch, const char *time)
{
    const struct row row = {.path = "trail.json", .name = "shop", .kind = PB_RECORD_EVENT};
    struct pb_particulars *particulars = pb_arena_allocate(&batch->arena, sizeof *particulars);

    add_rows(batch, &row, 1);
    assert_non_null(particulars);
    *particulars = (struct pb_particulars){.event = PB_EVENT_DELETE, .event_time = date_of(time)};
    PB_VECTOR_AT(struct pb_observation, &batch->observations, batch->observations.count - 1)
        .particulars = particulars;
    return particulars;
}

static struct pb_batch two_of_one_name(void)
{
    const struct row rows[] = {
        {.path = "a.json",
         .name = "shop",
         .id = ID_1,
         .arn = ARN(ACCOUNT_1, "shop"),
         .upload = OLD},
        {.path = "b.json",
         .name = "shop",
         .id = ID_2,
         .arn = ARN(ACCOUNT_1, "shop"),
         .upload = NEW},
    };
    struct pb_batch batch = {0};

    add_rows(&batch, rows, 2);
    return batch;
}

static const struct pb_certificate *certificate_with(const struct pb_inventory *inventory,
                                                     const char *id)
{
    for (size_t i = 0; i < inventory->certificates.count; i++)
        if (pb_slice_equals(pb_inventory_certificate(inventory, i)->id, pb_slice_from_string(id)))
            return pb_inventory_certificate(inventory, i);
    fail_msg("no certificate %s", id);
    return NULL;
}

static const struct {
    const char *sentence, *time, *account;
    size_t count;
    enum pb_presence first, second;
} deletions[] = {
    {"of the certificate that had the name then", "2014-06-01T00:00:00Z", ACCOUNT_1, 2,
     PB_PRESENCE_DELETED, PB_PRESENCE_PRESENT},
    {"later, of the later certificate", "2016-06-01T00:00:00Z", ACCOUNT_1, 2, PB_PRESENCE_PRESENT,
     PB_PRESENCE_DELETED},
    {"before any upload of the name, of a certificate of its own", "2012-06-01T00:00:00Z",
     ACCOUNT_1, 3, PB_PRESENCE_PRESENT, PB_PRESENCE_PRESENT},
    {"in another account, of a certificate of its own", "2016-06-01T00:00:00Z", ACCOUNT_2, 3,
     PB_PRESENCE_PRESENT, PB_PRESENCE_PRESENT},
};

static void a_deletion_is_of_the_certificate_that_had_the_name_then(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof deletions / sizeof deletions[0]; i++) {
        struct pb_batch batch = two_of_one_name();
        add_deletion(&batch, deletions[i].time)->account =
            pb_slice_from_string(deletions[i].account);
        struct pb_inventory inventory = build(&batch);
        if (inventory.certificates.count != deletions[i].count ||
            certificate_with(&inventory, ID_1)->presence != deletions[i].first ||
            certificate_with(&inventory, ID_2)->presence != deletions[i].second)
            fail_msg("a deletion %s", deletions[i].sentence);
        pb_verdict_judge(&inventory, PB_CUTOFF_IAM_033);
        assert_int_equal(certificate_with(&inventory, ID_1)->verdict,
                         deletions[i].first == PB_PRESENCE_DELETED ? PB_VERDICT_NONE
                                                                   : PB_VERDICT_VULNERABLE);
        assert_true(certificate_with(&inventory, ID_1)->is_exposed);
        pb_inventory_release(&inventory);
    }
}

static void an_acm_body_joins_the_description_of_its_folder_by_serial(void **state)
{
    static const struct pb_x509_facts body = {.sha256 = {1}, .serial = {"00AB12", 6}};
    const struct row rows[] = {
        {.path = "d/get.json", .body = &body, .kind = PB_RECORD_GET},
        {.path = "d/describe.json",
         .arn = "arn:aws:acm:us-east-1:" ACCOUNT_1 ":certificate/1",
         .kind = PB_RECORD_GET},
        {.path = "e/get.json", .body = &body, .kind = PB_RECORD_GET},
    };
    struct pb_particulars serial = {.serial = PB_SLICE("AB12")};
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, rows, 3);
    for (size_t i = 0; i < 3; i++)
        PB_VECTOR_AT(struct pb_observation, &batch.observations, i).origin = PB_ORIGIN_ACM;
    PB_VECTOR_AT(struct pb_observation, &batch.observations, 1).particulars = &serial;
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.certificates.count, 2);
    assert_int_equal(inventory.accounts.count, 2);
    assert_int_equal(pb_inventory_account(&inventory, 1)->certificate_count, 0);
    assert_int_equal(pb_inventory_certificate(&inventory, 1)->observation_count, 2);
    pb_inventory_release(&inventory);
}

static void add_reference(struct pb_batch *batch, const char *label, const char *target)
{
    struct pb_record *record = add_record(batch, "elb.json", PB_RECORD_REFERENCE);

    record->label = pb_slice_from_string(label);
    record->target = pb_slice_from_string(target);
}

static void deployments_are_listed_once_and_sorted(void **state)
{
    struct pb_batch batch = two_of_one_name();

    (void)state;
    add_reference(&batch, "elb/web:443", ID_2);
    add_reference(&batch, "cloudfront/E1", ID_2);
    add_reference(&batch, "elb/web:443", ID_2);
    struct pb_inventory inventory = build(&batch);
    const struct pb_certificate *certificate = certificate_with(&inventory, ID_2);
    assert_int_equal(certificate->in_use_by_count, 2);
    assert_true(pb_slice_equals(certificate->in_use_by[0], PB_SLICE("cloudfront/E1")));
    assert_int_equal(certificate_with(&inventory, ID_1)->in_use_by_count, 0);
    assert_int_equal(inventory.gaps.count, 0);
    pb_inventory_release(&inventory);
}

static void listeners_of_one_label_are_uses_of_their_own(void **state)
{
    static const char *const listeners[] = {"arn:b", "arn:a", "arn:b"};
    struct pb_batch batch = two_of_one_name();

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        add_reference(&batch, "elbv2/web:443", ID_2);
        PB_VECTOR_AT(struct pb_record, &batch.records, batch.records.count - 1).listener =
            pb_slice_from_string(listeners[i]);
    }
    add_reference(&batch, "elbv2/web:444", ID_2);
    struct pb_inventory inventory = build(&batch);
    const struct pb_certificate *certificate = certificate_with(&inventory, ID_2);
    assert_int_equal(certificate->in_use_by_count, 2);
    assert_true(pb_slice_equals(certificate->in_use_by[1], PB_SLICE("elbv2/web:444")));
    assert_int_equal(certificate->use_count, 3);
    assert_true(pb_slice_equals(certificate->uses[0].listener, PB_SLICE("arn:a")));
    assert_true(pb_slice_equals(certificate->uses[1].listener, PB_SLICE("arn:b")));
    pb_inventory_release(&inventory);
}

static void an_id_of_a_hundred_certificates_gives_uses_to_the_first_of_them(void **state)
{
    static char names[100][8];
    struct row rows[100];
    struct pb_batch batch = {0};
    size_t used = 0;

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "mock%03zu", i);
        rows[i] = (struct row){.path = "list.json", .name = names[i], .id = ID_1};
    }
    add_rows(&batch, rows, 100);
    add_reference(&batch, "elb/web:443", ID_1);
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.certificates.count, 100);
    for (size_t i = 0; i < 100; i++)
        used += pb_inventory_certificate(&inventory, i)->in_use_by_count;
    assert_int_equal(used, 64);
    pb_inventory_release(&inventory);
}

static void a_deployment_of_an_unseen_certificate_is_a_gap_and_one_of_acm_is_none(void **state)
{
    struct pb_batch batch = two_of_one_name();

    (void)state;
    add_reference(&batch, "elb/web:443", ARN(ACCOUNT_1, "lost"));
    add_reference(&batch, "elb/web:444", "arn:aws:acm:us-east-1:" ACCOUNT_1 ":certificate/1");
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(inventory.accounts.count, 1);
    assert_int_equal(inventory.gaps.count, 1);
    assert_int_equal(pb_inventory_account(&inventory, 0)->coverage, PB_COVERAGE_INCOMPLETE);
    pb_inventory_release(&inventory);
}

static void tags_reach_the_certificate_of_their_file_name(void **state)
{
    static const struct pb_tag tag = {{"owner", 5}, {"web", 3}};
    struct pb_batch batch = two_of_one_name();

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct pb_record *record = add_record(&batch, "shop.tags.json", PB_RECORD_TAGS);
        record->target = i == 0 ? PB_SLICE("shop") : PB_SLICE("lost");
        record->tags = &tag;
        record->tag_count = 1;
    }
    struct pb_inventory inventory = build(&batch);
    assert_int_equal(certificate_with(&inventory, ID_2)->tag_count, 1); /* uploaded last */
    assert_int_equal(inventory.gaps.count, 1);
    pb_inventory_release(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deletion_is_of_the_certificate_that_had_the_name_then),
        cmocka_unit_test(an_acm_body_joins_the_description_of_its_folder_by_serial),
        cmocka_unit_test(listeners_of_one_label_are_uses_of_their_own),
        cmocka_unit_test(a_deployment_of_an_unseen_certificate_is_a_gap_and_one_of_acm_is_none),
        cmocka_unit_test(deployments_are_listed_once_and_sorted),
        cmocka_unit_test(an_id_of_a_hundred_certificates_gives_uses_to_the_first_of_them),
        cmocka_unit_test(tags_reach_the_certificate_of_their_file_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

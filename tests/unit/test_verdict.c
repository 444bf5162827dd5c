/* SPDX-License-Identifier: MIT */
/* The verdict, at the boundary and where statements disagree. */
#include "evidence_builder.h"

#include "rules/rules.h"

#define ID "ASCAEXAMPLE0000000001"
#define SHOP ARN(ACCOUNT_1, "shop")

/* 2014-03-31T23:59:59Z and 2014-04-01T00:00:00Z; one that spans the cutoff. */
static const struct pb_x509_facts ended = {.not_before = {1300000000, 0},
                                           .not_after = {1396310399, 0}};
static const struct pb_x509_facts begun = {.not_before = {1396310400, 0},
                                           .not_after = {1500000000, 0}};
static const struct pb_x509_facts spans = {.not_before = {1300000000, 0},
                                           .not_after = {1500000000, 0}};

struct verdict_case {
    const char *sentence;
    enum pb_verdict verdict;
    enum pb_basis basis;
    const char *reason; /* NULL for none */
    struct row rows[3];
};

#define LIST(...)                                                                                  \
    {                                                                                              \
        .path = "list.json", .name = "shop", .id = ID, .arn = SHOP, __VA_ARGS__                    \
    }
#define GET(...)                                                                                   \
    {                                                                                              \
        .path = "shop.json", .name = "shop", .id = ID, .arn = SHOP, .kind = PB_RECORD_GET,         \
        __VA_ARGS__                                                                                \
    }
#define VULNERABLE_BY_DATE PB_VERDICT_VULNERABLE, PB_BASIS_UPLOAD_DATE, NULL
#define VULNERABLE_BY_VALIDITY PB_VERDICT_VULNERABLE, PB_BASIS_VALIDITY, NULL
#define CLEAR_BY_DATE PB_VERDICT_CLEAR, PB_BASIS_UPLOAD_DATE, NULL
#define CLEAR_BY_VALIDITY PB_VERDICT_CLEAR, PB_BASIS_VALIDITY, NULL
#define UNDETERMINED(reason) PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, reason

static const struct verdict_case cases[] = {
    {"the last millisecond before the cutoff is vulnerable",
     VULNERABLE_BY_DATE,
     {LIST(.upload = "2014-03-31T23:59:59.999Z")}},
    {"the cutoff itself is clear", CLEAR_BY_DATE, {LIST(.upload = "2014-04-01T00:00:00Z")}},
    {"one o'clock two hours east of Greenwich is still the day before",
     VULNERABLE_BY_DATE,
     {LIST(.upload = "2014-04-01T01:00:00+02:00")}},
    {"an hour west of Greenwich is already the day after",
     CLEAR_BY_DATE,
     {LIST(.upload = "2014-03-31T23:30:00-01:00")}},
    {"before OpenSSL 1.0.1 is vulnerable too: it may still have been served",
     VULNERABLE_BY_DATE,
     {LIST(.upload = "2011-01-01T00:00:00Z")}},
    {"no zone and a month before is vulnerable",
     VULNERABLE_BY_DATE,
     {LIST(.upload = "2014-03-01T00:00:00")}},
    {"no zone and 13 hours before is undetermined",
     UNDETERMINED("date-without-zone"),
     {LIST(.upload = "2014-03-31T11:00:00")}},
    {"no zone and 13 hours after is undetermined",
     UNDETERMINED("date-without-zone"),
     {LIST(.upload = "2014-04-01T13:00:00")}},
    {"no zone and 15 hours after is clear", CLEAR_BY_DATE, {LIST(.upload = "2014-04-01T15:00:00")}},
    {"the day before the cutoff without a time is undetermined",
     UNDETERMINED("date-without-time"),
     {LIST(.upload = "2014-03-31")}},
    {"the day of the cutoff without a time is undetermined",
     UNDETERMINED("date-without-time"),
     {LIST(.upload = "2014-04-01")}},
    {"two days after the cutoff without a time is clear",
     CLEAR_BY_DATE,
     {LIST(.upload = "2014-04-03")}},
    {"no date and no body is undetermined", UNDETERMINED("no-upload-date"), {LIST(.upload = NULL)}},
    {"a date that is none is undetermined",
     UNDETERMINED("unparseable-date"),
     {LIST(.upload = "2014-02-31T00:00:00Z")}},
    {"a body that began at the cutoff clears", CLEAR_BY_VALIDITY, {GET(.body = &begun)}},
    {"a body that ended before the cutoff is vulnerable",
     VULNERABLE_BY_VALIDITY,
     {GET(.body = &ended)}},
    {"a body that spans the cutoff decides nothing",
     UNDETERMINED("no-upload-date"),
     {GET(.body = &spans)}},
    {"a bare PEM is no proof of what the service held",
     UNDETERMINED("no-upload-date"),
     {GET(.body = &begun, .is_body_unproven = true)}},
    {"an Expiration before the cutoff is vulnerable",
     VULNERABLE_BY_VALIDITY,
     {LIST(.expiration = "2013-01-01T00:00:00Z")}},
    {"an Expiration after the cutoff decides nothing",
     UNDETERMINED("no-upload-date"),
     {LIST(.expiration = "2016-01-01T00:00:00Z")}},
    {"an undecided date leaves it to the validity",
     CLEAR_BY_VALIDITY,
     {GET(.upload = "2014-04-01", .body = &begun)}},
    {"dates on both sides are undetermined",
     UNDETERMINED("conflicting-dates"),
     {LIST(.upload = "2013-01-01T00:00:00Z"), GET(.upload = "2015-01-01T00:00:00Z")}},
    {"two dates on one side keep that side",
     VULNERABLE_BY_DATE,
     {LIST(.upload = "2013-01-01T00:00:00Z"), GET(.upload = "2013-02-01T00:00:00Z")}},
    {"a clear date with a NotAfter before the cutoff is undetermined",
     UNDETERMINED("conflicting-dates"),
     {GET(.upload = "2015-01-01T00:00:00Z", .body = &ended)}},
    {"a vulnerable date stays so whatever the validity says",
     VULNERABLE_BY_DATE,
     {GET(.upload = "2013-01-01T00:00:00Z", .body = &begun)}},
    {"a NotBefore after and an Expiration before the cutoff are undetermined",
     UNDETERMINED("conflicting-dates"),
     {GET(.expiration = "2013-01-01T00:00:00Z", .body = &begun)}},
    {"two bodies that began on either side of the cutoff are undetermined",
     UNDETERMINED("conflicting-dates"),
     {GET(.body = &begun), GET(.body = &spans)}},
    {"two bodies that ended on either side of the cutoff are undetermined",
     UNDETERMINED("conflicting-dates"),
     {GET(.body = &ended), GET(.body = &spans)}},
    {"a zoneless date near the cutoff that no clear date spells does not clear, in any order",
     UNDETERMINED("conflicting-dates"),
     {{.path = "a.json", .id = ID, .arn = SHOP, .upload = "2014-03-31T12:00:00"},
      {.path = "b.json", .id = ID, .arn = SHOP, .upload = "2014-04-05T00:00:00Z"},
      {.path = "c.json", .id = ID, .arn = SHOP, .upload = "2014-04-01T01:00:00Z"}}},
    {"a zoneless spelling of the same clear date does not disagree",
     CLEAR_BY_DATE,
     {LIST(.upload = "2014-04-01T02:00:00Z"), GET(.upload = "2014-04-01T02:00:00")}},
    {"only a name is undetermined",
     UNDETERMINED("names-only"),
     {{.path = "names.json", .name = "shop", .kind = PB_RECORD_NAMES}}},
};

static void the_verdict_follows_the_evidence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count = 0;
        while (count < 3 && cases[i].rows[count].path != NULL)
            count++;
        struct pb_inventory inventory = build_rows(cases[i].rows, count);
        pb_verdict_judge(&inventory, PB_CUTOFF_IAM_033);
        const struct pb_certificate *certificate = pb_inventory_certificate(&inventory, 0);
        bool is_reason_right =
            cases[i].reason == NULL
                ? certificate->reason == NULL
                : certificate->reason != NULL && strcmp(certificate->reason, cases[i].reason) == 0;
        if (inventory.certificates.count != 1 || certificate->verdict != cases[i].verdict ||
            certificate->basis != cases[i].basis || !is_reason_right)
            fail_msg("%s: verdict %d, basis %d, reason %s", cases[i].sentence, certificate->verdict,
                     certificate->basis, certificate->reason ? certificate->reason : "none");
        pb_inventory_release(&inventory);
    }
}

static void every_reason_has_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (cases[i].reason != NULL)
            assert_non_null(pb_verdict_reason_find(cases[i].reason));
    assert_non_null(pb_verdict_reason_find("config-has-no-upload-date"));
    assert_null(pb_verdict_reason_find("no such reason"));
}

static void certificates_of_acm_are_not_judged(void **state)
{
    const struct row row = LIST(.upload = "2013-01-01T00:00:00Z");
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, &row, 1);
    PB_VECTOR_AT(struct pb_observation, &batch.observations, 0).origin = PB_ORIGIN_ACM;
    struct pb_inventory inventory = build(&batch);
    pb_verdict_judge(&inventory, PB_CUTOFF_IAM_033);
    assert_int_equal(pb_inventory_certificate(&inventory, 0)->verdict, PB_VERDICT_NONE);
    pb_inventory_release(&inventory);
}

static void named_cutoffs_and_instants_are_read(void **state)
{
    struct pb_instant instant;

    (void)state;
    assert_false(pb_cutoff_parse(PB_SLICE("soon"), &instant));
    assert_false(pb_cutoff_parse(PB_SLICE(""), &instant));
    assert_false(pb_cutoff_parse(PB_SLICE("2014-04-01T00:00:00"), &instant));
    assert_true(pb_cutoff_parse(PB_SLICE("iam-033"), &instant));
    assert_int_equal(pb_instant_compare(instant, PB_CUTOFF_IAM_033), 0);
    assert_true(pb_cutoff_parse(PB_SLICE("2014-04-01"), &instant));
    assert_int_equal(pb_instant_compare(instant, PB_CUTOFF_IAM_033), 0);
    assert_true(pb_cutoff_parse(PB_SLICE("disclosure"), &instant));
    assert_int_equal(instant.seconds, 1396915200);
    assert_true(pb_cutoff_parse(PB_SLICE("aws-patched"), &instant));
    assert_int_equal(instant.seconds, 1397001600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_follows_the_evidence),
        cmocka_unit_test(every_reason_has_words),
        cmocka_unit_test(certificates_of_acm_are_not_judged),
        cmocka_unit_test(named_cutoffs_and_instants_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

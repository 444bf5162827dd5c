/* SPDX-License-Identifier: MIT */
/* The rules, and the exit status that follows from them. */
#include "evidence_builder.h"

#include "rules/rules.h"

#define ID "ASCAEXAMPLE0000000001"
#define SHOP ARN(ACCOUNT_1, "shop")
#define LIST(...)                                                                                  \
    {                                                                                              \
        .path = "list.json", .name = "shop", .id = ID, .arn = SHOP, __VA_ARGS__                    \
    }
#define GET(...)                                                                                   \
    {                                                                                              \
        .path = "shop.json", .name = "shop", .id = ID, .arn = SHOP, .kind = PB_RECORD_GET,         \
        __VA_ARGS__                                                                                \
    }

/* 2013-01-01 to 2016-01-01. */
static const struct pb_x509_facts body = {.sha256 = {1},
                                          .serial = {"0A", 2},
                                          .not_before = {1356998400, 0},
                                          .not_after = {1451606400, 0}};
static const struct pb_x509_facts other_body = {.sha256 = {2},
                                                .serial = {"0B", 2},
                                                .not_before = {1356998400, 0},
                                                .not_after = {1451606400, 0}};

/* Of one key; the first is weak in every way. */
static const struct pb_x509_facts weak_body = {
    .sha256 = {3},
    .serial = {"0C", 2},
    .not_before = {1356998400, 0},
    .not_after = {1451606400, 0},
    .signature_algorithm = {"sha1WithRSAEncryption", 21},
    .key = {.algorithm = {"RSA", 3},
            .bits = 1024,
            .exponent = {"1", 1},
            .spki_sha256 = {9},
            .identity = {9}},
};
static const struct pb_x509_facts reissued_body = {
    .sha256 = {4},
    .serial = {"0D", 2},
    .not_before = {1420070400, 0}, /* 2015-01-01 */
    .not_after = {1451606400, 0},
    .signature_algorithm = {"sha256WithRSAEncryption", 23},
    .key = {.algorithm = {"RSA", 3},
            .bits = 2048,
            .exponent = {"65537", 5},
            .spki_sha256 = {9},
            .identity = {9}},
};
static const struct pb_x509_facts pss_body = {.signature_algorithm = {"rsassaPss", 9},
                                              .signature_digest = {"SHA1", 4}};
static const struct pb_x509_facts root_body = {
    .not_after = {1451606400, 0},
    .signature_algorithm = {"md5WithRSAEncryption", 20},
    .key = {.algorithm = {"EC", 2}, .bits = 256},
    .is_self_signed = true,
};

#define REISSUED(...)                                                                              \
    {                                                                                              \
        .path = "reissued.json", .name = "reissued", .id = "ASCAEXAMPLE0000000009",                \
        .arn = ARN(ACCOUNT_2, "reissued"), .kind = PB_RECORD_GET, .body = &reissued_body,          \
        __VA_ARGS__                                                                                \
    }

/* One run of the rules over some rows. */
struct run {
    struct pb_inventory inventory;
    struct pb_judgement judgement;
    struct pb_parameters parameters;
};

static struct pb_parameters defaults(void)
{
    return (struct pb_parameters){.cutoff = PB_CUTOFF_IAM_033,
                                  .as_of = {1451606400 - 40 * 86400, 0},
                                  .fail_on = PB_LEVEL_HIGH,
                                  .rules = UINT64_MAX};
}

static void judge(struct run *run)
{
    const struct pb_crls none = {0};

    assert_int_equal(pb_judge(&run->inventory, &none, &run->parameters, &run->judgement), PB_OK);
}

static struct run judge_rows(const struct row *rows, size_t count, struct pb_parameters parameters)
{
    struct run run = {.inventory = build_rows(rows, count), .parameters = parameters};

    judge(&run);
    return run;
}

static void end(struct run *run)
{
    pb_judgement_release(&run->judgement);
    pb_inventory_release(&run->inventory);
}

static const struct pb_finding *finding_at(const struct run *run, size_t index)
{
    assert_true(index < run->judgement.findings.items.count);
    return &PB_VECTOR_AT(const struct pb_finding, &run->judgement.findings.items, index);
}

static size_t count_findings(const struct run *run, const char *rule)
{
    size_t count = 0;

    for (size_t i = 0; i < run->judgement.findings.items.count; i++)
        count += strcmp(finding_at(run, i)->rule->name, rule) == 0;
    return count;
}

struct rule_case {
    const char *sentence, *rule;
    size_t findings;
    struct row rows[2];
};

static const struct rule_case cases[] = {
    {"a vulnerable certificate", "IAM-033", 1, {LIST(.upload = "2013-06-01T00:00:00Z")}},
    {"a clear certificate", "IAM-033", 0, {LIST(.upload = "2015-06-01T00:00:00Z")}},
    {"an Expiration before the cutoff", "IAM-033", 1, {LIST(.expiration = "2013-06-01T00:00:00Z")}},
    {"one date in two places",
     "conflicting-evidence",
     0,
     {LIST(.upload = "2013-06-01T00:00:00Z"), GET(.upload = "2013-06-01T00:00:00Z")}},
    {"a dropped fraction",
     "conflicting-evidence",
     0,
     {LIST(.upload = "2013-06-01T00:00:00.9Z"), GET(.upload = "2013-06-01T00:00:00Z")}},
    {"a date two seconds later",
     "conflicting-evidence",
     1,
     {LIST(.upload = "2013-06-01T00:00:00Z"), GET(.upload = "2013-06-01T00:00:02Z")}},
    {"two Expirations",
     "conflicting-evidence",
     1,
     {LIST(.expiration = "2016-01-01T00:00:00Z"), GET(.expiration = "2017-01-01T00:00:00Z")}},
    {"one body in two places", "conflicting-evidence", 0, {GET(.body = &body), GET(.body = &body)}},
    {"two bodies", "conflicting-evidence", 1, {GET(.body = &body), GET(.body = &other_body)}},
    {"an upload within the validity",
     "conflicting-evidence",
     0,
     {GET(.upload = "2013-06-01T00:00:00Z", .body = &body)}},
    {"an upload before NotBefore",
     "conflicting-evidence",
     1,
     {GET(.upload = "2012-06-01T00:00:00Z", .body = &body)}},
    {"an upload after NotAfter",
     "conflicting-evidence",
     1,
     {GET(.upload = "2017-06-01T00:00:00Z", .body = &body)}},
    {"an upload after Expiration without a body",
     "conflicting-evidence",
     1,
     {LIST(.upload = "2015-06-01T00:00:00Z", .expiration = "2014-06-01T00:00:00Z")}},
    {"an Expiration that is the NotAfter",
     "conflicting-evidence",
     0,
     {GET(.expiration = "2016-01-01T00:00:00Z", .body = &body)}},
    {"an Expiration that is not the NotAfter",
     "conflicting-evidence",
     1,
     {GET(.expiration = "2016-02-01T00:00:00Z", .body = &body)}},
    {"no date", "undetermined", 1, {LIST(.upload = NULL)}},
    {"a name that nothing else shows",
     "coverage-gap",
     1,
     {{.path = "names.json", .name = "lost", .kind = PB_RECORD_NAMES}}},
    {"an end 40 days away", "expires-soon", 1, {GET(.body = &body)}},
    {"an end 40 days away is not over", "expired", 0, {GET(.body = &body)}},
    {"an end in the past", "expired", 1, {LIST(.expiration = "2015-01-01T00:00:00Z")}},
    {"the key of a vulnerable certificate in another account",
     "key-reuse",
     1,
     {GET(.upload = "2013-06-01T00:00:00Z", .body = &weak_body),
      REISSUED(.upload = "2015-06-01T00:00:00Z")}},
    {"the key of a clear certificate",
     "key-reuse",
     0,
     {GET(.upload = "2014-06-01T00:00:00Z", .body = &weak_body),
      REISSUED(.upload = "2015-06-01T00:00:00Z")}},
    {"two vulnerable certificates of one key",
     "key-reuse",
     0,
     {GET(.upload = "2013-06-01T00:00:00Z", .body = &weak_body),
      REISSUED(.upload = "2013-07-01T00:00:00Z")}},
    {"the key of a vulnerable certificate, without a date",
     "key-reuse",
     1,
     {GET(.upload = "2013-06-01T00:00:00Z", .body = &weak_body), REISSUED(.expiration = NULL)}},
    {"clear, with an older certificate",
     "pre-disclosure-key",
     1,
     {GET(.upload = "2015-06-01T00:00:00Z", .body = &body)}},
    {"clear, with a certificate of its time",
     "pre-disclosure-key",
     0,
     {REISSUED(.upload = "2015-06-01T00:00:00Z")}},
    {"vulnerable, with an older certificate",
     "pre-disclosure-key",
     0,
     {GET(.upload = "2013-06-01T00:00:00Z", .body = &body)}},
    {"the last second of the days of disclosure",
     "disclosure-window",
     1,
     {LIST(.upload = "2014-04-08T23:59:59Z")}},
    {"the first second after the days of disclosure",
     "disclosure-window",
     0,
     {LIST(.upload = "2014-04-09T00:00:00Z")}},
    {"the last second before the cutoff",
     "disclosure-window",
     0,
     {LIST(.upload = "2014-03-31T23:59:59Z")}},
    {"a short key and the exponent 1", "weak-key", 2, {GET(.body = &weak_body)}},
    {"a good key", "weak-key", 0, {GET(.body = &reissued_body)}},
    {"a SHA-1 signature", "weak-signature", 1, {GET(.body = &weak_body)}},
    {"a SHA-1 digest of RSASSA-PSS", "weak-signature", 1, {GET(.body = &pss_body)}},
    {"a SHA-256 signature", "weak-signature", 0, {GET(.body = &reissued_body)}},
    {"a root's own MD5 signature", "weak-signature", 0, {GET(.body = &root_body)}},
    {"an end far away", "expires-soon", 0, {LIST(.expiration = "2020-01-01T00:00:00Z")}},
};

static void each_rule_finds_what_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run run = judge_rows(cases[i].rows, cases[i].rows[1].path ? 2 : 1, defaults());
        if (count_findings(&run, cases[i].rule) != cases[i].findings)
            fail_msg("%s: %zu findings of %s", cases[i].sentence,
                     count_findings(&run, cases[i].rule), cases[i].rule);
        end(&run);
    }
}

static void the_key_of_a_deleted_certificate_is_not_to_be_used_again(void **state)
{
    const struct row rows[] = {GET(.upload = "2013-06-01T00:00:00Z", .body = &weak_body),
                               REISSUED(.upload = "2015-06-01T00:00:00Z")};
    static const struct pb_particulars deletion = {
        .event = PB_EVENT_DELETE,
        .event_time = {.state = PB_DATE_EXACT, .instant = {1420070400, 0}},
    };
    const struct row deleted = {
        .path = "trail.json", .name = "shop", .kind = PB_RECORD_EVENT, .arn = SHOP};
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, rows, 2);
    add_rows(&batch, &deleted, 1);
    PB_VECTOR_AT(struct pb_observation, &batch.observations, 2).particulars = &deletion;
    struct run run = {.inventory = build(&batch), .parameters = defaults()};
    judge(&run);
    assert_int_equal(run.judgement.summary.not_judged, 1);
    assert_int_equal(count_findings(&run, "IAM-033"), 0);
    assert_int_equal(count_findings(&run, "key-reuse"), 1);
    end(&run);
}

static void two_bodies_with_one_serial_are_told_apart_by_their_digests(void **state)
{
    static const struct pb_x509_facts twin = {.sha256 = {2, 0xAB},
                                              .serial = {"0A", 2},
                                              .not_before = {1356998400, 0},
                                              .not_after = {1451606400, 0}};
    const struct row rows[] = {GET(.upload = "2015-06-01T00:00:00Z", .body = &body),
                               GET(.upload = "2015-06-01T00:00:00Z", .body = &twin)};

    (void)state;
    struct run run = judge_rows(rows, 2, defaults());
    char room[PB_SENTENCE_BYTES];
    bool is_told = false;
    for (size_t i = 0; i < run.judgement.findings.items.count; i++)
        is_told |=
            pb_slice_find(
                pb_finding_message(finding_at(&run, i), &run.inventory, &run.parameters, room),
                PB_SLICE("the same serial number, one with SHA-256 0100000000000000..., one with "
                         "02ab000000000000..."),
                0) != SIZE_MAX;
    assert_true(is_told);
    end(&run);
}

static void a_private_key_is_a_finding_and_names_its_certificate(void **state)
{
    const struct row row = GET(.upload = "2015-06-01T00:00:00Z", .body = &reissued_body);
    struct pb_batch batch = {0};

    (void)state;
    add_rows(&batch, &row, 1);
    struct pb_record *record = add_record(&batch, "state.json", PB_RECORD_PRIVATE_KEY);
    record->target = (struct pb_slice){(const char *)reissued_body.key.identity, 32};
    add_record(&batch, "other.json", PB_RECORD_PRIVATE_KEY);
    struct run run = {.inventory = build(&batch), .parameters = defaults()};
    judge(&run);
    assert_int_equal(run.inventory.accounts.count, 1);
    assert_int_equal(count_findings(&run, "private-key-in-evidence"), 2);
    assert_int_equal(finding_at(&run, 0)->certificate, 0);
    assert_int_equal(finding_at(&run, 1)->certificate, PB_NO_INDEX);
    end(&run);
}

static void a_rule_that_was_not_chosen_is_silent_and_verdicts_still_count(void **state)
{
    const struct row row = LIST(.upload = "2013-06-01T00:00:00Z");
    struct pb_parameters parameters = defaults();

    (void)state;
    parameters.rules = 0;
    struct run run = judge_rows(&row, 1, parameters);
    assert_int_equal(run.judgement.findings.items.count, 0);
    assert_int_equal(run.judgement.summary.vulnerable, 1);
    end(&run);
}

static void findings_come_by_severity_then_certificate(void **state)
{
    const struct row rows[] = {
        {.path = "l.json", .name = "a", .id = "ASCAEXAMPLE0000000002", .arn = ARN(ACCOUNT_1, "a")},
        LIST(.upload = "2013-06-01T00:00:00Z", .expiration = "2014-06-01T00:00:00Z"),
    };

    (void)state;
    struct run run = judge_rows(rows, 2, defaults());
    assert_int_equal(run.judgement.findings.items.count, 3);
    assert_string_equal(finding_at(&run, 0)->rule->name, "IAM-033");
    assert_string_equal(finding_at(&run, 1)->rule->name, "undetermined");
    assert_string_equal(finding_at(&run, 2)->rule->name, "expired");
    end(&run);
}

struct sentence_case {
    const char *rule, *message;
    struct row row;
};

/* as_of is 2015-11-22T00:00:00Z. */
static const struct sentence_case sentences[] = {
    {"IAM-033",
     "uploaded 2014-03-31T00:00:00Z, 1 day before the cutoff 2014-04-01T00:00:00Z: its private key "
     "may have been read from memory by Heartbleed (CVE-2014-0160)",
     LIST(.upload = "2014-03-31T00:00:00Z")},
    {"IAM-033",
     "expired 2013-06-01T00:00:00Z, before the cutoff 2014-04-01T00:00:00Z, and IAM accepts no "
     "upload after expiry: it was uploaded before the cutoff",
     LIST(.expiration = "2013-06-01T00:00:00Z")},
    {"expired", "expired 2015-11-20T00:00:00Z, 2 days before 2015-11-22T00:00:00Z",
     LIST(.upload = "2015-01-01T00:00:00Z", .expiration = "2015-11-20T00:00:00Z")},
    {"expires-soon", "expires 2015-11-23T00:00:00Z, 1 day after 2015-11-22T00:00:00Z",
     LIST(.upload = "2015-01-01T00:00:00Z", .expiration = "2015-11-23T00:00:00Z")},
    {"disclosure-window",
     "uploaded 2014-04-02T00:00:00Z, 7 days before the day of the AWS bulletin was over: AWS "
     "may still have been patching load balancers; exposed before disclosure (7 April 2014): up to "
     "5 days",
     LIST(.upload = "2014-04-02T00:00:00Z")},
    {"undetermined",
     "no UploadDate is in the evidence, and its validity spans the cutoff or is not known; to "
     "settle "
     "it, export list-server-certificates or get-server-certificate",
     LIST(.upload = NULL)},
};

static void a_rule_says_what_follows_from_the_certificate_and_nothing_is_kept(void **state)
{
    char room[PB_SENTENCE_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        struct run run = judge_rows(&sentences[i].row, 1, defaults());
        const struct pb_finding *finding = run.judgement.findings.items.data;
        const struct pb_finding *end_of_all = finding + run.judgement.findings.items.count;
        while (finding < end_of_all && strcmp(finding->rule->name, sentences[i].rule) != 0)
            finding++;
        assert_true(finding < end_of_all);
        assert_null(finding->message.data);
        struct pb_slice message =
            pb_finding_message(finding, &run.inventory, &run.parameters, room);
        assert_int_equal(message.size_bytes, strlen(sentences[i].message));
        assert_memory_equal(message.data, sentences[i].message, message.size_bytes);
        end(&run);
    }
}

struct exit_case {
    const char *sentence;
    int exit_status;
    enum prebleed_conclusion conclusion;
    enum pb_level fail_on;
    bool require_complete;
    struct row row;
};

static const struct exit_case exits[] = {
    {"clear passes", 0, PREBLEED_PASS, PB_LEVEL_HIGH, false,
     LIST(.upload = "2015-06-01T00:00:00Z")},
    {"vulnerable fails", 1, PREBLEED_FAIL, PB_LEVEL_HIGH, false,
     LIST(.upload = "2013-06-01T00:00:00Z")},
    {"vulnerable with never is 0, and still a fail", 0, PREBLEED_FAIL, PB_LEVEL_NEVER, false,
     LIST(.upload = "2013-06-01T00:00:00Z")},
    {"undetermined is inconclusive", 3, PREBLEED_INCONCLUSIVE, PB_LEVEL_HIGH, false,
     LIST(.upload = NULL)},
    {"undetermined with never is still inconclusive", 3, PREBLEED_INCONCLUSIVE, PB_LEVEL_NEVER,
     false, LIST(.upload = NULL)},
    {"undetermined with medium fails", 1, PREBLEED_INCONCLUSIVE, PB_LEVEL_MEDIUM, false,
     LIST(.upload = NULL)},
    {"expired with low fails, and the conclusion stays", 1, PREBLEED_PASS, PB_LEVEL_LOW, false,
     LIST(.upload = "2014-06-01T00:00:00Z", .expiration = "2015-01-01T00:00:00Z")},
    {"unknown coverage passes", 0, PREBLEED_PASS, PB_LEVEL_HIGH, false,
     LIST(.upload = "2015-06-01T00:00:00Z")},
    {"unknown coverage does not do where completeness is required", 3, PREBLEED_INCONCLUSIVE,
     PB_LEVEL_HIGH, true, LIST(.upload = "2015-06-01T00:00:00Z")},
};

static void the_exit_status_follows_the_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++) {
        struct pb_parameters parameters = defaults();
        parameters.fail_on = exits[i].fail_on;
        parameters.require_complete = exits[i].require_complete;
        struct run run = judge_rows(&exits[i].row, 1, parameters);
        if (run.judgement.summary.exit_status != exits[i].exit_status ||
            run.judgement.summary.conclusion != exits[i].conclusion)
            fail_msg("%s: exit %d, %s", exits[i].sentence, run.judgement.summary.exit_status,
                     pb_conclusion_names[run.judgement.summary.conclusion]);
        end(&run);
    }
}

static void evidence_that_is_none_or_unreadable_is_inconclusive(void **state)
{
    static const struct {
        enum pb_record_kind kind;
        bool has_unreadable;
        int exit_status;
    } rows[] = {{PB_RECORD_ACCOUNT_SUMMARY, false, 3},
                {PB_RECORD_LIST, false, 0}, /* an empty list is evidence */
                {PB_RECORD_LIST, true, 3}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_batch batch = {0};
        add_record(&batch, "list.json", rows[i].kind);
        if (rows[i].has_unreadable)
            add_entry(&batch, &(struct pb_entry){.path = PB_SLICE("other.json"),
                                                 .status = PB_ENTRY_UNREADABLE});
        struct run run = {.inventory = build(&batch), .parameters = defaults()};
        judge(&run);
        assert_int_equal(run.judgement.summary.exit_status, rows[i].exit_status);
        end(&run);
    }
}

static void every_rule_explains_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < PB_RULE_COUNT; i++) {
        assert_ptr_equal(pb_rule_find(pb_slice_from_string(pb_rules[i].name)), &pb_rules[i]);
        assert_non_null(strstr(pb_rule_explanation(&pb_rules[i]), "How to fix it"));
        for (const char *line = pb_rule_explanation(&pb_rules[i]); *line != '\0';) {
            size_t length = strcspn(line, "\n");
            assert_true(length <= 80);
            line += length + (line[length] == '\n');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evidence_that_is_none_or_unreadable_is_inconclusive),
        cmocka_unit_test(each_rule_finds_what_it_says),
        cmocka_unit_test(the_key_of_a_deleted_certificate_is_not_to_be_used_again),
        cmocka_unit_test(two_bodies_with_one_serial_are_told_apart_by_their_digests),
        cmocka_unit_test(a_private_key_is_a_finding_and_names_its_certificate),
        cmocka_unit_test(a_rule_that_was_not_chosen_is_silent_and_verdicts_still_count),
        cmocka_unit_test(findings_come_by_severity_then_certificate),
        cmocka_unit_test(a_rule_says_what_follows_from_the_certificate_and_nothing_is_kept),
        cmocka_unit_test(the_exit_status_follows_the_contract),
        cmocka_unit_test(every_rule_explains_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* A baseline: what is refused, what findings become, and what then counts. */
#include "test_accepted.h"

#define OTHER "444455556666"
#define OLD CERTIFICATE("shop", "ASCA0001", "2013-01-01T12:00:00Z")
#define NEXT CERTIFICATE("shop", "ASCA0002", "2015-01-01T00:00:00Z")
#define EARLIER CERTIFICATE("shop", "ASCA0000", "2012-01-01T00:00:00Z")
#define COUNT(number)                                                                              \
    "{\"SummaryMap\":{\"ServerCertificates\":" number ",\"ServerCertificatesQuota\":20}}"
#define CUT(...) "{\"ServerCertificateMetadataList\":[" __VA_ARGS__ "],\"NextToken\":\"x\"}"
#define UNDATED                                                                                    \
    "{\"ServerCertificateMetadataList\":[{\"ServerCertificateName\":\"shop\","                     \
    "\"ServerCertificateId\":\"ASCA0001\",\"Path\":\"/\",\"Arn\":\"" ARN_OF("shop") "\"}]}"
#define USE                                                                                        \
    "{\"LoadBalancerDescriptions\":[{\"LoadBalancerName\":\"web\",\"ListenerDescriptions\":[{"     \
    "\"Listener\":{\"LoadBalancerPort\":443,\"SSLCertificateId\":\"" ARN_OF("gone") "\"}}]}]}"

struct refusal {
    const char *sentence, *file, *message;
};

#define REPORT(members)                                                                            \
    "{\"schema\":\"prebleed-report/1\",\"tool\":{\"name\":\"prebleed\"},\"parameters\":{"          \
    "\"cutoff\":\"2014-04-01T00:00:00Z\"}," members "}"
#define NOTHING "\"certificates\":[],\"findings\":[],\"evidence\":[]"

static const struct refusal refusals[] = {
    {"an empty file", "", "line 1, column 0: '[' or '{' expected near end of file"},
    {"evidence", LIST(OLD), "not a json report of prebleed"},
    {"a report of another tool", "{\"schema\":\"prebleed-report/1\",\"tool\":{\"name\":\"x\"}}",
     "not a json report of prebleed"},
    {"a report of another version",
     "{\"tool\":{\"name\":\"prebleed\"},\n\"schema\":\"prebleed-report/2\"}",
     "schema: the report's schema is not prebleed-report/1"},
    {"a report of a longer version",
     "{\"tool\":{\"name\":\"prebleed\"},\n\"schema\":\"prebleed-report/10\"}",
     "schema: the report's schema is not prebleed-report/1"},
    {"a report that is cut", "{\"schema\":\"prebleed-report/1\",\n", "line 2, column 0: "},
    {"no findings", REPORT("\"certificates\":[]"), "findings: it is missing"},
    {"a finding that is none", REPORT("\"certificates\":[],\"evidence\":[],\"findings\":[\n7]"),
     "findings[0]: here stands a number, not an object"},
    {"a certificate past the end",
     REPORT(
         "\"certificates\":[],\"evidence\":[],\"findings\":[{\"rule\":\"IAM-033\",\"account\":null,"
         "\n\"certificate\":0,\"evidence\":null,\"message\":\"\",\"state\":null}]"),
     "findings[0].certificate: there is no such certificate"},
    {"a date that is none",
     REPORT("\"evidence\":[],\"findings\":[],\"certificates\":[{\"account\":null,\"name\":null,"
            "\"id\":null,\"arn\":null,\n\"upload_date\":\"yesterday\"}]"),
     "certificates[0].upload_date: not an RFC 3339 instant"},
};

static void what_is_no_report_of_this_schema_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct prebleed_error error = {0};
        struct prebleed_audit *audit = new_audit("2020-01-01", false);
        enum prebleed_status status = prebleed_audit_add(
            audit, PREBLEED_BASELINE, "", refusals[i].file, strlen(refusals[i].file), &error);
        if (status != PREBLEED_FAILED_USAGE ||
            strncmp(error.message, refusals[i].message, strlen(refusals[i].message)) != 0)
            fail_msg("%s: status %d, %s", refusals[i].sentence, (int)status, error.message);
        prebleed_audit_free(audit);
    }
}

static void only_new_without_a_baseline_is_refused(void **state)
{
    struct prebleed_audit *audit = new_audit("2020-01-01", true);

    (void)state;
    assert_int_equal(prebleed_audit_run(audit, NULL), PREBLEED_FAILED_USAGE);
    prebleed_audit_free(audit);
}

/* The json report over the evidence; to be freed. */
static char *judge(const char *evidence, const char *baseline)
{
    struct prebleed_audit *audit = new_audit("2020-01-01", false);

    if (baseline != NULL)
        set_baseline(audit, baseline);
    run_over(audit, evidence);
    char *report = report_of(audit, "json");
    prebleed_audit_free(audit);
    return report;
}

struct change {
    const char *sentence, *before, *after;
    const char *rule, *state, *words; /* of one finding that there must be */
    int exit_status, new_only;        /* exit statuses, the second with only new ones */
};

static const struct change changes[] = {
    {"still there", LIST(OLD), LIST(OLD), "IAM-033", "unchanged", "uploaded 2013", 1, 0},
    {"another one", LIST(CLEAR), LIST(CLEAR "," OLD), "IAM-033", "new", "uploaded 2013", 1, 1},
    {"renamed", LIST(OLD), LIST(CERTIFICATE("store", "ASCA0001", "2013-01-01T12:00:00Z")),
     "IAM-033", "unchanged", "uploaded 2013", 1, 0},
    {"moved to another account", LIST(OLD),
     LIST(CERTIFICATE_IN(OTHER, "shop", "ASCA0002", "2013-01-01T12:00:00Z")), "IAM-033",
     "unchanged", "its account is not in the evidence", 1, 1},
    {"gone from a list", LIST(OLD "," CLEAR), LIST(CLEAR), "IAM-033", "unchanged",
     "the coverage of its account is unknown", 1, 0},
    {"gone from a list that was cut", LIST(OLD "," CLEAR), CUT(CLEAR), "IAM-033", "unchanged",
     "the coverage of its account is incomplete", 1, 3},
    {"gone from a complete account", LIST(OLD "," CLEAR), LIST(CLEAR) COUNT("1"), "IAM-033",
     "resolved", "deleted, for the coverage of its account is complete", 0, 0},
    {"gone with its account", LIST(OLD),
     LIST(CERTIFICATE_IN(OTHER, "x", "ASCA0007", "2015-01-01T00:00:00Z")), "IAM-033", "unchanged",
     "its account is not in the evidence", 1, 0},
    {"replaced", LIST(OLD), LIST(NEXT), "IAM-033", "resolved",
     "replaced, and whether with a new key is not known without both bodies, by \"ASCA0002\" "
     "(uploaded "
     "2015-01-01T00:00:00Z)",
     0, 0},
    {"what was there before it", LIST(OLD), LIST(EARLIER), "IAM-033", "unchanged",
     "the coverage of its account is unknown", 1, 1},
    {"without its date", LIST(OLD), UNDATED, "IAM-033", "unchanged",
     "no longer covered (undetermined)", 1, 3},
    {"undetermined, then dated", UNDATED, LIST(OLD), "undetermined", "resolved", "no longer true", 1,
     1},
    {"undetermined all the time", UNDATED, UNDATED, "undetermined", "unchanged", "UploadDate", 3,
     0},
    {"a gap all the time", CUT(CLEAR), CUT(CLEAR), "coverage-gap", "unchanged", "was cut", 3, 0},
    {"a gap that is closed", CUT(CLEAR), LIST(CLEAR), "coverage-gap", "resolved",
     "the account's list shows no such gap any more", 0, 0},
    {"fewer than the summary counts, and no summary any more", COUNT("3") LIST(CLEAR), LIST(CLEAR),
     "coverage-gap", "unchanged", "nothing here shows what was missing", 3, 0},
    {"fewer than the summary counts, and then as many", LIST(CLEAR) COUNT("3"),
     LIST(CLEAR) COUNT("1"), "coverage-gap", "resolved", "is complete now", 0, 0},
    {"a gap whose account is gone", CUT(CLEAR),
     LIST(CERTIFICATE_IN(OTHER, "x", "ASCA0007", "2015-01-01T00:00:00Z")), "coverage-gap",
     "unchanged", "its account is not in the evidence", 3, 0},
    {"a missing certificate that is found", LIST(CLEAR) USE,
     LIST(CLEAR "," CERTIFICATE("gone", "ASCA0003", "2015-01-01T00:00:00Z")), "coverage-gap",
     "resolved", "what was missing is in the evidence now", 0, 0},
    {"a missing certificate, and nothing uses it any more", LIST(CLEAR) USE, LIST(CLEAR),
     "coverage-gap", "unchanged", "nothing here shows what was missing", 3, 0},
};

static bool has_finding(struct prebleed_audit *audit, const struct change *change)
{
    struct prebleed_finding finding;

    for (size_t i = 0; prebleed_audit_finding(audit, i, &finding); i++)
        if (strcmp(finding.rule, change->rule) == 0 && strcmp(finding.state, change->state) == 0 &&
            strstr(finding.message, change->words) != NULL)
            return true;
    return false;
}

static void findings_become_new_unchanged_or_resolved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct change *change = &changes[i];
        char *before = judge(change->before, NULL);
        for (int is_new_only = 0; is_new_only <= 1; is_new_only++) {
            struct prebleed_audit *audit = new_audit("2020-01-01", is_new_only);
            set_baseline(audit, before);
            int status = run_over(audit, change->after).exit_status;
            if (status != (is_new_only ? change->new_only : change->exit_status) ||
                !has_finding(audit, change))
                fail_msg("%s: exit %d\n%s", change->sentence, status, report_of(audit, "text"));
            prebleed_audit_free(audit);
        }
        free(before);
    }
}

static void a_resolved_finding_stands_last_and_counts_nowhere(void **state)
{
    char *before = judge(LIST(OLD "," CLEAR), NULL);
    struct prebleed_audit *audit = new_audit("2020-01-01", false);
    struct prebleed_finding finding;

    (void)state;
    set_baseline(audit, before);
    struct prebleed_summary summary = run_over(
        audit, LIST(CLEAR "," CERTIFICATE("late", "ASCA0005", "2012-01-01T00:00:00Z")) COUNT("2"));
    assert_int_equal(summary.findings, 2);
    assert_int_equal(summary.high, 1);
    assert_int_equal(summary.resolved, 1);
    assert_true(prebleed_audit_finding(audit, 1, &finding));
    assert_string_equal(finding.state, "resolved");
    assert_true(finding.certificate == PREBLEED_NO_INDEX);
    assert_non_null(strstr(finding.message, "ASCA0001"));
    assert_non_null(strstr(finding.message, ARN_OF("shop")));
    prebleed_audit_free(audit);
    free(before);
}

static void the_conclusion_does_not_follow_new_only(void **state)
{
    char *before = judge(LIST(OLD), NULL);
    struct prebleed_audit *audit = new_audit("2020-01-01", true);

    (void)state;
    set_baseline(audit, before);
    struct prebleed_summary summary = run_over(audit, LIST(OLD));
    assert_int_equal(summary.exit_status, 0);
    assert_int_equal(summary.conclusion, PREBLEED_FAIL);
    prebleed_audit_free(audit);
    free(before);
}

/* A baseline of a baseline must not lose what neither evidence covers. */
static void what_is_carried_over_twice_says_the_same(void **state)
{
    const char *other = LIST(CERTIFICATE_IN(OTHER, "x", "ASCA0007", "2015-01-01T00:00:00Z"));
    char *first = judge(LIST(OLD), NULL);
    char *second = judge(other, first);
    char *third = judge(other, second);

    (void)state;
    char *carried = strstr(second, "shop\\\" (id ASCA0001, ARN " ARN_OF("shop"));
    assert_non_null(carried);
    carried[strcspn(carried, "\"")] = '\0';
    assert_non_null(strstr(third, carried));
    carried[strlen(carried)] = '"';

    struct prebleed_audit *audit = new_audit("2020-01-01", true);
    set_baseline(audit, second);
    assert_int_equal(run_over(audit, LIST(OLD)).exit_status, 0);
    prebleed_audit_free(audit);
    free(first);
    free(second);
    free(third);
}

static void ids_that_several_certificates_share_tell_nothing(void **state)
{
    const char *mock = LIST(CERTIFICATE("a", "ASCA0001", "2013-01-01T00:00:00Z") "," CERTIFICATE(
        "b", "ASCA0001", "2013-02-01T00:00:00Z"));
    const char *later = LIST(CERTIFICATE("b", "ASCA0001", "2013-02-01T00:00:00Z") "," CERTIFICATE(
        "c", "ASCA0001", "2013-03-01T00:00:00Z"));
    char *before = judge(mock, NULL);
    struct prebleed_audit *audit = new_audit("2020-01-01", false);
    struct prebleed_finding finding;
    size_t count[2] = {0}; /* unchanged, of which one is carried over, and new */

    (void)state;
    set_baseline(audit, before);
    run_over(audit, later);
    for (size_t i = 0; prebleed_audit_finding(audit, i, &finding); i++)
        if (strcmp(finding.rule, "IAM-033") == 0)
            count[strcmp(finding.state, "new") == 0]++;
    assert_int_equal(count[0], 2);
    assert_int_equal(count[1], 1);
    prebleed_audit_free(audit);
    free(before);
}

static void rules_that_are_off_are_not_resolved(void **state)
{
    struct prebleed_parameters parameters = parameters_of("2020-01-01", false);
    char *before = judge(LIST(OLD), NULL);
    struct prebleed_audit *audit;

    (void)state;
    parameters.rules = "expired";
    assert_int_equal(prebleed_audit_new(&parameters, &audit, NULL), PREBLEED_OK);
    set_baseline(audit, before);
    struct prebleed_summary summary = run_over(audit, LIST(NEXT));
    assert_int_equal(summary.findings, 0);
    assert_true(has_diagnostic(audit, "baseline-rules"));
    prebleed_audit_free(audit);
    free(before);
}

static void a_waiver_covers_what_is_carried_over(void **state)
{
    char *before = judge(LIST(OLD), NULL);
    struct prebleed_audit *audit = new_audit("2020-01-01", false);

    (void)state;
    set_baseline(audit, before);
    set_waivers(audit, "{\"schema\":\"prebleed-waivers/1\",\"waivers\":[{\"rule\":\"IAM-033\","
                       "\"arn\":\"" ARN_OF("shop") "\",\"reason\":\"r\",\"owner\":\"o\","
                                                   "\"expires\":\"2020-06-30\"}]}");
    struct prebleed_summary summary = run_over(audit, LIST(CLEAR));
    assert_int_equal(summary.exit_status, 0);
    assert_int_equal(summary.waived, 1);
    prebleed_audit_free(audit);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_report_of_this_schema_is_refused_with_its_place),
        cmocka_unit_test(only_new_without_a_baseline_is_refused),
        cmocka_unit_test(findings_become_new_unchanged_or_resolved),
        cmocka_unit_test(a_resolved_finding_stands_last_and_counts_nowhere),
        cmocka_unit_test(the_conclusion_does_not_follow_new_only),
        cmocka_unit_test(what_is_carried_over_twice_says_the_same),
        cmocka_unit_test(ids_that_several_certificates_share_tell_nothing),
        cmocka_unit_test(rules_that_are_off_are_not_resolved),
        cmocka_unit_test(a_waiver_covers_what_is_carried_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

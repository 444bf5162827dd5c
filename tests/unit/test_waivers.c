/* SPDX-License-Identifier: MIT */
/* Waivers: what is refused, what they cover, and what they change. */
#include "test_accepted.h"

#define HEAD "{\"schema\":\"prebleed-waivers/1\",\"waivers\":["
#define REST ",\"reason\":\"r\",\"owner\":\"o\",\"expires\":\"2020-06-30\"}"
#define FILE_OF(rule, subject) HEAD "{\"rule\":\"" rule "\"," subject REST "]}"
#define KEY "\"key_sha256\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""

struct refusal {
    const char *sentence, *file, *message;
};

/* Members that are missing or wrong are refused as the schema says: tests/waivers.py. */
static const struct refusal refusals[] = {
    {"an empty file", "", "line 1, column 0: '[' or '{' expected near end of file"},
    {"a binary file", "\x01\x02\x03\xff", "line 1, column 1: "},
    {"a file that is cut", "{\n \"schema\": ", "line 2, column "},
    {"a list that is none", "{\"schema\":\"prebleed-waivers/1\",\n\"waivers\":{}}",
     "waivers: it is an object, not an array"},
    {"an unknown member of the file",
     "{\"schema\":\"prebleed-waivers/1\",\"waivers\":[],\n \"x\":1}",
     "there is no member 'x' here"},
    {"a second document", "{\"schema\":\"prebleed-waivers/1\",\"waivers\":[]}\n {}",
     "line 2, column 2: end of file expected near '{'"},
    {"a member twice", "{\"schema\":\"prebleed-waivers/1\",\n\"schema\":\"x\"}",
     "line 2, column 8: duplicate object key near '\"schema\"'"},
    {"a waiver that is none", HEAD "{\"rule\":\"IAM-033\",\"id\":\"x\"" REST ",7]}",
     "waivers[1]: here stands a number, not an object"},
    {"an unknown member", HEAD "\n{\"rule\":\"IAM-033\",\"id\":\"x\",\"until\":1" REST "]}",
     "waivers[0]: there is no member 'until' here"},
    {"no rule", HEAD "\n{\"id\":\"x\"" REST "]}", "waivers[0].rule: it is missing"},
    {"an unknown rule", HEAD "\n{\"rule\":\"iam-033\",\"id\":\"x\"" REST "]}",
     "waivers[0].rule: there is no rule 'iam-033'"},
    {"a null subject", FILE_OF("IAM-033", "\"arn\":null"),
     "waivers[0].arn: it is null, not a string"},
    {"a blank reason",
     HEAD "{\"rule\":\"IAM-033\",\"id\":\"x\",\n\"reason\":\" \",\"owner\":\"o\","
          "\"expires\":\"2020-06-30\"}]}",
     "waivers[0].reason: it is empty"},
    {"a day that is none",
     HEAD "{\"rule\":\"IAM-033\",\"id\":\"x\",\"reason\":\"r\",\"owner\":\"o\",\n"
          "\"expires\":\"2021-02-29\"}]}",
     "waivers[0].expires: not a date (YYYY-MM-DD)"},
    {"a token that turns the line round", "[\xe2\x80\xae]",
     "line 1, column 2: invalid token near '\\xe2\\x80\\xae'"},
    {"a key that turns the line round",
     "{\"schema\":\"prebleed-waivers/1\",\"waivers\":[],\"\xe2\x80\xae\":1}",
     "there is no member '\\xe2\\x80\\xae' here"},
    {"half a character", FILE_OF("IAM-033", "\"id\":\"\\ud800\""), "line 1, column "},
};

static void what_is_not_as_the_schema_says_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct prebleed_error error = {0};
        struct prebleed_audit *audit = new_audit("2020-01-01", false);
        enum prebleed_status status = prebleed_audit_add(
            audit, PREBLEED_WAIVERS, "", refusals[i].file, strlen(refusals[i].file), &error);
        if (status != PREBLEED_FAILED_USAGE ||
            strncmp(error.message, refusals[i].message, strlen(refusals[i].message)) != 0)
            fail_msg("%s: status %d, %s", refusals[i].sentence, (int)status, error.message);
        prebleed_audit_free(audit);
    }
}

static void waivers_are_set_once_and_before_the_run(void **state)
{
    const char *file = HEAD "]}";
    struct prebleed_error error = {0};
    struct prebleed_audit *audit = new_audit("2020-01-01", false);

    (void)state;
    assert_int_equal(prebleed_audit_add(audit, PREBLEED_WAIVERS, "", file, strlen(file), &error),
                     PREBLEED_OK);
    assert_int_equal(prebleed_audit_add(audit, PREBLEED_WAIVERS, "", file, strlen(file), &error),
                     PREBLEED_FAILED_USAGE);
    prebleed_audit_free(audit);
}

#define OLD CERTIFICATE("shop", "ASCA0001", "2013-01-01T00:00:00Z")
#define UNDATED                                                                                    \
    "{\"ServerCertificateName\":\"shop\",\"ServerCertificateId\":\"ASCA0001\","                    \
    "\"Path\":\"/\",\"Arn\":\"" ARN_OF("shop") "\"}"
#define CUT(...) "{\"ServerCertificateMetadataList\":[" __VA_ARGS__ "],\"NextToken\":\"x\"}"
#define USE                                                                                        \
    "{\"LoadBalancerDescriptions\":[{\"LoadBalancerName\":\"web\",\"ListenerDescriptions\":[{"     \
    "\"Listener\":{\"LoadBalancerPort\":443,\"SSLCertificateId\":\"" ARN_OF("gone") "\"}}]}]}"

struct waiving {
    const char *sentence, *evidence, *waivers, *as_of;
    int exit_status;
    size_t waived;
    const char *code; /* of a diagnostic that there must be; NULL: no waiver is remarked on */
};

static const struct waiving waivings[] = {
    {"by id", LIST(OLD), FILE_OF("IAM-033", "\"id\":\"ASCA0001\""), "2020-01-01", 0, 1, NULL},
    {"by ARN", LIST(OLD), FILE_OF("IAM-033", "\"arn\":\"" ARN_OF("shop") "\""), "2020-01-01", 0, 1,
     NULL},
    {"by account", LIST(OLD), FILE_OF("IAM-033", "\"account\":\"" ACCOUNT "\""), "2020-01-01", 0, 1,
     NULL},
    {"another rule", LIST(OLD), FILE_OF("key-reuse", "\"id\":\"ASCA0001\""), "2020-01-01", 1, 0,
     "waiver-unmatched"},
    {"another id", LIST(OLD), FILE_OF("IAM-033", "\"id\":\"ASCA0002\""), "2020-01-01", 1, 0,
     "waiver-unmatched"},
    {"a prefix", LIST(OLD), FILE_OF("IAM-033", "\"id\":\"ASCA000\""), "2020-01-01", 1, 0,
     "waiver-unmatched"},
    {"another key", LIST(OLD), FILE_OF("IAM-033", KEY), "2020-01-01", 1, 0, "waiver-unmatched"},
    {"its last second", LIST(OLD), FILE_OF("IAM-033", "\"id\":\"ASCA0001\""),
     "2020-06-30T23:59:59Z", 0, 1, NULL},
    {"the day after", LIST(OLD), FILE_OF("IAM-033", "\"id\":\"ASCA0001\""), "2020-07-01", 1, 0,
     "waiver-expired"},
    {"an undetermined certificate", LIST(UNDATED), FILE_OF("undetermined", "\"id\":\"ASCA0001\""),
     "2020-01-01", 0, 1, NULL},
    {"an undetermined certificate, too late", LIST(UNDATED),
     FILE_OF("undetermined", "\"id\":\"ASCA0001\""), "2021-01-01", 3, 0, "waiver-expired"},
    {"a cut list, by account", CUT(CLEAR), FILE_OF("coverage-gap", "\"account\":\"" ACCOUNT "\""),
     "2020-01-01", 0, 1, NULL},
    {"a missing certificate, by its ARN", LIST(CLEAR) USE,
     FILE_OF("coverage-gap", "\"arn\":\"" ARN_OF("gone") "\""), "2020-01-01", 0, 1, NULL},
    {"an expired waiver beside one that holds", LIST(OLD),
     HEAD "{\"rule\":\"IAM-033\",\"id\":\"ASCA0001\",\"reason\":\"r\",\"owner\":\"o\","
          "\"expires\":\"2019-01-01\"},{\"rule\":\"IAM-033\",\"id\":\"ASCA0001\"" REST "]}",
     "2020-01-01", 0, 1, "waiver-expired"},
};

static void a_waiver_covers_what_it_names_until_its_day_is_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof waivings / sizeof waivings[0]; i++) {
        struct prebleed_audit *audit = new_audit(waivings[i].as_of, false);
        set_waivers(audit, waivings[i].waivers);
        struct prebleed_summary summary = run_over(audit, waivings[i].evidence);
        bool is_remarked =
            has_diagnostic(audit, "waiver-expired") || has_diagnostic(audit, "waiver-unmatched");
        if (summary.exit_status != waivings[i].exit_status ||
            summary.waived != waivings[i].waived ||
            (waivings[i].code == NULL ? is_remarked : !has_diagnostic(audit, waivings[i].code)))
            fail_msg("%s: exit %d, %zu waived", waivings[i].sentence, summary.exit_status,
                     summary.waived);
        prebleed_audit_free(audit);
    }
}

static void a_waived_finding_is_reported_and_fails_nothing(void **state)
{
    struct prebleed_audit *audit = new_audit("2020-01-01", false);
    struct prebleed_finding finding;

    (void)state;
    set_waivers(audit, FILE_OF("IAM-033", "\"id\":\"ASCA0001\""));
    struct prebleed_summary summary = run_over(audit, LIST(OLD));
    assert_int_equal(summary.conclusion, PREBLEED_PASS);
    assert_int_equal(summary.vulnerable, 1);
    assert_int_equal(summary.findings, 1);
    assert_int_equal(summary.high, 0);
    assert_true(prebleed_audit_finding(audit, 0, &finding));
    assert_string_equal(finding.waiver_owner, "o");
    prebleed_audit_free(audit);
}

static void a_waived_gap_is_not_complete(void **state)
{
    struct prebleed_parameters parameters = parameters_of("2020-01-01", false);
    struct prebleed_audit *audit;

    (void)state;
    parameters.require_complete = true;
    assert_int_equal(prebleed_audit_new(&parameters, &audit, NULL), PREBLEED_OK);
    set_waivers(audit, FILE_OF("coverage-gap", "\"account\":\"" ACCOUNT "\""));
    assert_int_equal(run_over(audit, CUT(CLEAR)).exit_status, 3);
    prebleed_audit_free(audit);
}

static void a_waiver_counts_where_its_rule_is_off(void **state)
{
    struct prebleed_parameters parameters = parameters_of("2020-01-01", false);
    struct prebleed_audit *audit;

    (void)state;
    parameters.rules = "IAM-033";
    for (int is_waived = 0; is_waived <= 1; is_waived++) {
        assert_int_equal(prebleed_audit_new(&parameters, &audit, NULL), PREBLEED_OK);
        if (is_waived)
            set_waivers(audit, FILE_OF("undetermined", "\"id\":\"ASCA0001\""));
        struct prebleed_summary summary = run_over(audit, LIST(UNDATED));
        assert_int_equal(summary.exit_status, is_waived ? 0 : 3);
        assert_int_equal(summary.findings, 0);
        assert_false(has_diagnostic(audit, "waiver-unmatched"));
        prebleed_audit_free(audit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_as_the_schema_says_is_refused_with_its_place),
        cmocka_unit_test(waivers_are_set_once_and_before_the_run),
        cmocka_unit_test(a_waiver_covers_what_it_names_until_its_day_is_over),
        cmocka_unit_test(a_waived_finding_is_reported_and_fails_nothing),
        cmocka_unit_test(a_waived_gap_is_not_complete),
        cmocka_unit_test(a_waiver_counts_where_its_rule_is_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

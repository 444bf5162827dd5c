/* SPDX-License-Identifier: MIT */
/* Documents that speak of certificates in a form that is nearly right: never passed in silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

#define DATE "'2013-05-02T10:00:00Z'"
#define ARN "'arn:aws:iam::111122223333:server-certificate/shop'"
#define META(name, date) "{'ServerCertificateName': '" name "', 'UploadDate': '" date "'}"
#define EMPTY_PAGE "{'ServerCertificateMetadataList': []}"

static void assert_has_error(const struct sample *sample, const char *code, const char *pointer)
{
    for (size_t i = 0; i < sample->batch.diagnostics.items.count; i++) {
        const struct pb_diagnostic *diagnostic = sample_diagnostic(sample, i);
        if (diagnostic->severity == PB_SEVERITY_ERROR && strcmp(diagnostic->code, code) == 0) {
            assert_slice(diagnostic->pointer, pointer);
            return;
        }
    }
    fail_msg("no error %s", code);
}

static void fields_without_a_certificate_are_refused_where_one_was_expected(void **state)
{
    static const char *const texts[] = {
        "{'UploadDate': " DATE "}",
        "{'upload_date': " DATE ", 'x': [1]}",
        "{'ServerCertificates': {'a': {'UploadDate': " DATE "}}}",
        "{'CertificateBody': 'x', 'y': {}}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, true);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_has_error(&sample, "unrecognised", "");
        sample_close(&sample);
        sample_open_quoted(&sample, texts[i], EXPECTED_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        sample_close(&sample);
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        sample_close(&sample);
    }
}

static void dates_of_the_keys_of_users_are_nobody_s_loss(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'SSHPublicKeys': [{'UserName': 'bob', 'SSHPublicKeyId': 'APKA', "
                       "'UploadDate': " DATE "}]}",
                       PLAIN_PATH, true);
    assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
    sample_close(&sample);
}

static void a_date_beside_other_evidence_is_not_lost(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "[" EMPTY_PAGE ", {'UploadDate': " DATE "}]", PLAIN_PATH, true);
    assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
    assert_has_error(&sample, "unrecognised", "/1");
    sample_close(&sample);
}

/* What stands inside a string, quoted once more. */
#define INNER(key, value) "{\\\"" key "\\\": " value "}"

static void what_is_lost_inside_a_string_is_not_silent(void **state)
{
    static const char *const texts[] = {
        INNER("UploadDate", "\\\"2013-05-02T10:00:00Z\\\""),
        INNER("ServerCertificateMetadataList", "7"),
        INNER("ServerCertificate", "null"),
    };
    struct sample sample;
    char text[300];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        snprintf(text, sizeof text, "[" EMPTY_PAGE ", \"%s\"]", texts[i]);
        sample_open_quoted(&sample, text, PLAIN_PATH, true);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_has_error(&sample, i == 0 ? "unrecognised" : "wrong-type",
                         i == 0   ? "/1#"
                         : i == 1 ? "/1#/ServerCertificateMetadataList"
                                  : "/1#/ServerCertificate");
        sample_close(&sample);
    }
}

static void documents_two_strings_deep_are_told_and_not_read(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "[" EMPTY_PAGE ", '{\\\"Payload\\\": "
                       "\\\"{\\\\\\\"ServerCertificateName\\\\\\\": 1}\\\"}']",
                       PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
    assert_has_error(&sample, "json-nested", "/1#/Payload");
    sample_close(&sample);
    sample_open_quoted(&sample,
                       "['{\\\"Payload\\\": \\\"{\\\\\\\"Action\\\\\\\": "
                       "\\\\\\\"iam:GetServerCertificate\\\\\\\"}\\\"}']",
                       PLAIN_PATH, false);
    assert_int_equal(sample.batch.diagnostics.items.count, 0);
    sample_close(&sample);
}

static void names_of_fields_that_are_no_keys_are_told(void **state)
{
    static const char *const texts[] = {
        "{'columns': ['ServerCertificateName', 'UploadDate'], 'rows': [['shop', " DATE "]]}",
        "{'events': [{'message': 'answer: {\\'server_certificate_name\\': \\'shop\\'}'}]}",
        "{" ARN ": " DATE "}",
        "{'x': {'ASCAEXAMPLE0000000001': " DATE "}}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_has_error(&sample, "unrecognised", "");
        sample_close(&sample);
    }
}

static void what_stands_in_place_of_a_list_is_told(void **state)
{
    static const char *const texts[] = {
        "{'message': 'denied', 'code': 'AccessDenied'}",
        "{'errors': [{'code': 403}]}",
        "{'data': null}",
        "{'a': 1}",
        "[{'a': [1]}]",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], EXPECTED_PATH, false);
        assert_has_error(&sample, "unrecognised", "");
        sample_close(&sample);
        sample_open_quoted(&sample, texts[i], "server-certificates/manifest.json", false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        sample_close(&sample);
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, true);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        sample_close(&sample);
    }
    sample_open_quoted(&sample, "{'shop': " DATE ", 'news': " DATE "}", PLAIN_PATH, true);
    assert_has_error(&sample, "unrecognised", "");
    sample_close(&sample);
}

static void a_string_keeps_to_the_ceiling_of_its_document(void **state)
{
    static const char text[] = "[\"[{\\\"ServerCertificateName\\\": \\\"a\\\"}, 1, 2, 3, 4]\"]";
    struct sample sample;

    (void)state;
    sample_open_within(&sample, text, PLAIN_PATH, true, 100);
    assert_int_equal(sample.batch.observations.count, 1);
    sample_close(&sample);
    sample_open_within(&sample, text, PLAIN_PATH, true, 9);
    assert_int_equal(sample.batch.observations.count, 0);
    assert_has_error(&sample, "limit-values", "/0");
    sample_close(&sample);
}

static void a_date_among_certificates_is_a_certificate_without_a_name(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "[" META("a", "2019-05-02") ", {'UploadDate': " DATE "}]",
                       PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 2);
    assert_slice(sample_observation(&sample, 1)->name, NULL);
    assert_date(&sample_observation(&sample, 1)->upload_date, "2013-05-02T10:00:00Z");
    sample_close(&sample);
}

static void no_element_of_an_array_of_certificates_is_passed_over_lightly(void **state)
{
    static const char *const elements[] = {DATE, "null", "5", "{}", "{'Path': '/'}", "[]"};
    struct sample sample;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        snprintf(text, sizeof text, "[" META("a", "2019-05-02") ", %s]", elements[i]);
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_int_equal(sample.batch.observations.count, 1);
        assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_ERROR);
        assert_slice(sample_diagnostic(&sample, 0)->pointer, "/1");
        sample_close(&sample);
    }
}

static void two_answers_in_one_object_are_both_seen(void **state)
{
    static const char *const texts[] = {
        "{'ServerCertificate': {'ServerCertificateMetadata': " META(
            "x", "2013-05-02") "}, 'ServerCertificateMetadata': " META("y", "2019-05-02") "}",
        "{'ServerCertificateMetadata': " META(
            "y", "2019-05-02") ", 'ServerCertificateMetadataList': [" META("x", "2013-05-02") "]}",
        "[" META("y", "2019-05-02") ", {'ServerCertificate': " META("x", "2013-05-02") "}]",
        "{'get_server_certificate_response': {'get_server_certificate_result': "
        "{'server_certificate': {'server_certificate_metadata': " META(
            "x", "2013-05-02") "}, 'server_certificate_metadata': " META("y", "2019-05-02") "}}}",
        "[" META("z", "2019-05-02") ", {'ServerCertificate': " META(
            "x", "2013-05-02") ", 'ServerCertificateMetadata': " META("y", "2019-05-02") "}]",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool has_old = false;
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.batch.observations.count, i == 4 ? 3 : 2);
        for (size_t k = 0; k < sample.batch.observations.count; k++)
            has_old |= pb_slice_equals(sample_observation(&sample, k)->name, PB_SLICE("x"));
        assert_true(has_old);
        sample_close(&sample);
    }
}

static void a_get_answer_without_a_certificate_is_refused(void **state)
{
    static const char *const values[] = {
        "{}", "null", "[]", "'x'", "5", "{'CertificateBody': 'x'}", "{'CertificateBody': null}",
    };
    struct sample sample;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        snprintf(text, sizeof text, "{'ServerCertificate': %s}", values[i]);
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_has_error(&sample, "unrecognised", "");
        sample_close(&sample);
        snprintf(text, sizeof text, "[" EMPTY_PAGE ", {'ServerCertificate': %s}]", values[i]);
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_has_error(&sample, i == 0 || i > 4 ? "unrecognised" : "wrong-type",
                         "/1/ServerCertificate");
        sample_close(&sample);
    }
}

static void a_body_alone_is_a_get_answer(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'ServerCertificate': {'CertificateBody': '-----BEGIN CERTIFICATE-----'}}",
                       PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
    assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_GET);
    assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->body_pem,
                 "-----BEGIN CERTIFICATE-----");
    sample_close(&sample);
}

static void null_for_a_page_or_metadata_among_others_is_an_error(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "[" EMPTY_PAGE ", {'ServerCertificateMetadataList': null}]",
                       PLAIN_PATH, false);
    assert_has_error(&sample, "wrong-type", "/1/ServerCertificateMetadataList");
    sample_close(&sample);
    sample_open_quoted(&sample, "[" EMPTY_PAGE ", {'ServerCertificateMetadata': null}]", PLAIN_PATH,
                       false);
    assert_has_error(&sample, "unrecognised", "/1");
    sample_close(&sample);
}

static void signs_of_a_cut_list_are_seen(void **state)
{
    static const struct {
        const char *text;
        enum pb_page page;
        bool is_error;
    } rows[] = {
        {"{'ServerCertificateMetadataList': [], 'NextToken': 5}", PB_PAGE_CUT, true},
        {"{'ServerCertificateMetadataList': [], 'NextToken': {}}", PB_PAGE_CUT, true},
        {"{'ServerCertificateMetadataList': [], 'Marker': ['x']}", PB_PAGE_MORE, true},
        {"{'ServerCertificateMetadataList': [], 'IsTruncated': false, 'Marker': 5}", PB_PAGE_MORE,
         true},
        {"{'Response': " EMPTY_PAGE ", 'NextToken': 'x'}", PB_PAGE_CUT, false},
        {"{'NextToken': 'x', 'a': {'b': [" EMPTY_PAGE "]}}", PB_PAGE_CUT, false},
        {"{'Response': " EMPTY_PAGE ", 'NextToken': null}", PB_PAGE_UNMARKED, false},
        {"{'Response': " EMPTY_PAGE ", 'Other': {'NextToken': 'x'}}", PB_PAGE_UNMARKED, false},
        {"{'ServerCertificateMetadataList': [], 'NextToken': null, 'Marker': null}",
         PB_PAGE_UNMARKED, false},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        assert_int_equal(sample_record(&sample, 0)->page, rows[i].page);
        assert_int_equal(sample.batch.diagnostics.items.count, rows[i].is_error);
        if (rows[i].is_error)
            assert_string_equal(sample_diagnostic(&sample, 0)->code, "wrong-type");
        sample_close(&sample);
    }
}

static void a_summary_needs_no_quota(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "{'SummaryMap': {'ServerCertificates': 7}}", PLAIN_PATH, false);
    assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_ACCOUNT_SUMMARY);
    assert_int_equal(sample_record(&sample, 0)->count, 7);
    sample_close(&sample);
}

static void a_count_that_is_none_is_an_error(void **state)
{
    static const char *const counts[] = {"-1", "1.5", "null", "'many'", "[]", "true"};
    struct sample sample;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        snprintf(text, sizeof text,
                 "{'SummaryMap': {'ServerCertificates': %s, 'ServerCertificatesQuota': 20}}",
                 counts[i]);
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_int_equal(sample.batch.records.count, 0);
        assert_has_error(&sample, "wrong-type", "/SummaryMap");
        sample_close(&sample);
    }
}

#define IDENTITY(account)                                                                          \
    "{'UserId': 'AIDA', 'Account': " account ", 'Arn': 'arn:aws:iam::111122223333:user/bob'}"

static void an_account_that_is_a_number_is_an_error(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, IDENTITY("111122223333"), PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
    assert_int_equal(sample.batch.records.count, 0);
    assert_has_error(&sample, "wrong-type", "");
    sample_close(&sample);
}

static void an_odd_account_is_noted_and_taken(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, IDENTITY("'12'"), PLAIN_PATH, false);
    assert_slice(sample_record(&sample, 0)->account, "12");
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "odd-account");
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_NOTE);
    sample_close(&sample);
    sample_open_quoted(&sample, IDENTITY("'XXXXXXXXXXXX'"), PLAIN_PATH, false);
    assert_int_equal(sample.batch.diagnostics.items.count, 0);
    sample_close(&sample);
}

static void a_name_is_read_under_its_short_key_beside_an_arn(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "[{'Name': 'shop', 'Arn': " ARN ", 'UploadDate': " DATE "}]",
                       PLAIN_PATH, true);
    assert_slice(sample_observation(&sample, 0)->name, "shop");
    assert_slice(sample_observation(&sample, 0)->pointer, "/0");
    sample_close(&sample);
}

static void a_renamed_date_is_read_beside_the_service_s_names(void **state)
{
    static const struct {
        const char *text, *date;
    } rows[] = {
        {"[{'Arn': " ARN ", 'Uploaded': " DATE "}]", "2013-05-02T10:00:00Z"},
        {"{'ServerCertificateName': 'shop', 'uploaded_at': " DATE "}", "2013-05-02T10:00:00Z"},
        {"[{'Arn': " ARN ", 'UploadedBy': 'bob', 'Upload': " DATE "}]", "2013-05-02T10:00:00Z"},
        {"[{'Arn': " ARN ", 'UploadDate': null, 'Uploaded': " DATE "}]", ""},
        {"[{'Arn': " ARN ", 'Upload': '2015-05-02T10:00:00Z', 'Uploaded': " DATE "}]", "?"},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        assert_date(&sample_observation(&sample, 0)->upload_date, rows[i].date);
        sample_close(&sample);
    }
}

static void a_control_character_in_a_name_is_shown(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "{'ServerCertificateName': 'a\\u0000b', 'UploadDate': " DATE "}",
                       PLAIN_PATH, false);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "odd-name");
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_WARNING);
    assert_int_not_equal(
        pb_slice_find(sample_diagnostic(&sample, 0)->message, PB_SLICE("\"a\\x00b\""), 0),
        SIZE_MAX);
    assert_int_equal(sample_observation(&sample, 0)->name.size_bytes, 3);
    sample_close(&sample);
    sample_open_quoted(&sample, "{'ServerCertificateName': 'a b', 'UploadDate': " DATE "}",
                       PLAIN_PATH, false);
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_NOTE);
    sample_close(&sample);
}

static void ids_and_arns_need_no_path_to_vouch_for_them(void **state)
{
    static const char *const texts[] = {
        "[['x', 'ASCAEXAMPLE0000000001', " DATE "]]",
        "[['x', 'ASCAEXAMPLE0000000001']]",
        "[[" ARN ", " DATE "]]",
        "[" ARN "]",
        "['ASCAEXAMPLE0000000001']",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_int_equal(sample.batch.observations.count, 1);
        assert_true(pb_aws_may_be_evidence(pb_slice_from_string(texts[i])));
        sample_close(&sample);
    }
    sample_open_quoted(&sample, "[['x', " DATE "]]", PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
    sample_close(&sample);
}

/* opening, count times the element with commas between, closing */
static void open_many(struct sample *sample, const char *opening, const char *element, size_t count,
                      const char *closing)
{
    struct pb_buffer text;

    pb_buffer_init(&text, SIZE_MAX);
    pb_buffer_append_string(&text, opening);
    for (size_t i = 0; i < count; i++) {
        pb_buffer_append_string(&text, i == 0 ? "" : ",");
        pb_buffer_append_string(&text, element);
    }
    pb_buffer_append_string(&text, closing);
    pb_buffer_append_byte(&text, '\0');
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] == '\'')
            text.data[i] = '"';
    sample_open_within(sample, text.data, EXPECTED_PATH, false, 10000000);
    pb_buffer_release(&text);
}

static void a_document_gives_no_more_certificates_than_the_ceiling(void **state)
{
    static const struct {
        const char *opening, *element, *closing;
        size_t ceiling;
    } rows[] = {
        {"{'ServerCertificateMetadataList': [", "{'ServerCertificateName': 'a'}", "]}", 200000},
        {"[", "'a'", "]", 100000},
        {"[", "['a', '2013-05-02']", "]", 100000},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_many(&sample, rows[i].opening, rows[i].element, rows[i].ceiling, rows[i].closing);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_int_equal(sample.batch.observations.count, rows[i].ceiling);
        assert_int_equal(sample.batch.diagnostics.items.count, 0);
        sample_close(&sample);
        open_many(&sample, rows[i].opening, rows[i].element, rows[i].ceiling + 5, rows[i].closing);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_int_equal(sample.batch.observations.count, rows[i].ceiling);
        assert_int_equal(sample.batch.diagnostics.items.count, 1);
        assert_string_equal(sample_diagnostic(&sample, 0)->code, "limit-certificates");
        assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_ERROR);
        sample_close(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_without_a_certificate_are_refused_where_one_was_expected),
        cmocka_unit_test(dates_of_the_keys_of_users_are_nobody_s_loss),
        cmocka_unit_test(a_date_beside_other_evidence_is_not_lost),
        cmocka_unit_test(what_is_lost_inside_a_string_is_not_silent),
        cmocka_unit_test(documents_two_strings_deep_are_told_and_not_read),
        cmocka_unit_test(names_of_fields_that_are_no_keys_are_told),
        cmocka_unit_test(what_stands_in_place_of_a_list_is_told),
        cmocka_unit_test(a_string_keeps_to_the_ceiling_of_its_document),
        cmocka_unit_test(a_date_among_certificates_is_a_certificate_without_a_name),
        cmocka_unit_test(no_element_of_an_array_of_certificates_is_passed_over_lightly),
        cmocka_unit_test(two_answers_in_one_object_are_both_seen),
        cmocka_unit_test(a_get_answer_without_a_certificate_is_refused),
        cmocka_unit_test(a_body_alone_is_a_get_answer),
        cmocka_unit_test(null_for_a_page_or_metadata_among_others_is_an_error),
        cmocka_unit_test(signs_of_a_cut_list_are_seen),
        cmocka_unit_test(a_summary_needs_no_quota),
        cmocka_unit_test(a_count_that_is_none_is_an_error),
        cmocka_unit_test(an_account_that_is_a_number_is_an_error),
        cmocka_unit_test(an_odd_account_is_noted_and_taken),
        cmocka_unit_test(a_name_is_read_under_its_short_key_beside_an_arn),
        cmocka_unit_test(a_renamed_date_is_read_beside_the_service_s_names),
        cmocka_unit_test(a_control_character_in_a_name_is_shown),
        cmocka_unit_test(ids_and_arns_need_no_path_to_vouch_for_them),
        cmocka_unit_test(a_document_gives_no_more_certificates_than_the_ceiling),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

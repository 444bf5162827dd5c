/* SPDX-License-Identifier: MIT */
/* Answers of the service in the envelopes of boto 2, placebo, aws_list_all and the SDKs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

#define META                                                                                       \
    "'path': '/', 'server_certificate_name': 'shop', 'server_certificate_id': "                    \
    "'ASCAEXAMPLE0000000001', 'arn': 'arn:aws:iam::111122223333:server-certificate/shop', "        \
    "'upload_date': '2013-05-02T10:00:00Z'"
#define PASCAL "'ServerCertificateName': 'shop', 'UploadDate': "

static void assert_is_shop(const struct sample *sample, const char *shape, enum pb_record_kind kind,
                           const char *pointer)
{
    assert_int_equal(sample->outcome, PB_AWS_RECOGNISED);
    assert_string_equal(sample->shape, shape);
    assert_int_equal(sample->batch.records.count, 1);
    assert_int_equal(sample_record(sample, 0)->kind, kind);
    assert_int_equal(sample->batch.observations.count, 1);
    assert_slice(sample_observation(sample, 0)->name, "shop");
    assert_slice(sample_observation(sample, 0)->pointer, pointer);
    assert_date(&sample_observation(sample, 0)->upload_date, "2013-05-02T10:00:00Z");
    assert_int_equal(sample_observation(sample, 0)->line, 1);
}

static void recorded_refusals_are_no_empty_lists(void **state)
{
    static const char *const texts[] = {
        "{'status_code': 403, 'data': {'Error': {'Code': 'AccessDenied'}}}",
        "{'status_code': 500, 'data': {'ServerCertificateMetadataList': []}}",
        "{'status_code': 200, 'data': {'Error': {'Code': 'Throttling'}}}",
        "{'status_code': 404, 'data': {}}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], "iam.ListServerCertificates_1.json", false);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_string_equal(sample_diagnostic(&sample, 0)->code, "error-response");
        assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_ERROR);
        sample_close(&sample);
    }
}

static void recorded_refusals_of_other_services_are_unrelated(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "{'status_code': 404, 'data': {'Error': {'Code': '404'}}}",
                       "s3.HeadBucket_1.json", false);
    assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
    assert_int_equal(sample.batch.diagnostics.items.count, 0);
    sample_close(&sample);
}

static void a_list_is_read_in_every_envelope(void **state)
{
    static const struct {
        const char *text, *shape, *pointer;
        enum pb_page page;
    } rows[] = {
        {"{'list_server_certificates_response': {'list_server_certificates_result': "
         "{'is_truncated': 'false', 'server_certificate_metadata_list': [{" META "}]}}}",
         "boto2.response",
         "/list_server_certificates_response/list_server_certificates_result/"
         "server_certificate_metadata_list/0",
         PB_PAGE_LAST},
        {"{'status_code': 200, 'data': {'ServerCertificateMetadataList': [{" PASCAL
         "{'__class__': 'datetime', 'year': 2013, 'month': 5, 'day': 2, 'hour': 10, 'minute': 0, "
         "'second': 0, 'microsecond': 0}}], 'IsTruncated': false}}",
         "placebo.recording", "/data/ServerCertificateMetadataList/0", PB_PAGE_LAST},
        {"{'service': 'iam', 'region': null, 'profile': null, 'operation': "
         "'ListServerCertificates', 'response': {'ServerCertificateMetadataList': [{" PASCAL
         "'2013-05-02T10:00:00+00:00'}], 'IsTruncated': true}}",
         "aws-list-all.response", "/response/ServerCertificateMetadataList/0", PB_PAGE_MORE},
        {"{'$metadata': {'httpStatusCode': 200}, 'ServerCertificateMetadataList': [{" PASCAL
         "'2013-05-02T10:00:00.000Z'}], 'IsTruncated': false}",
         "iam.list-server-certificates", "/ServerCertificateMetadataList/0", PB_PAGE_LAST},
        {"{'ServerCertificateMetadataList': [{" PASCAL
         "'2013-05-02T10:00:00Z', 'Expiration': null, 'Path': null}], 'IsTruncated': false, "
         "'Marker': null, 'ResultMetadata': {}}",
         "iam.list-server-certificates", "/ServerCertificateMetadataList/0", PB_PAGE_LAST},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        assert_is_shop(&sample, rows[i].shape, PB_RECORD_LIST, rows[i].pointer);
        assert_int_equal(sample_record(&sample, 0)->page, rows[i].page);
        sample_close(&sample);
    }
}

static void an_empty_list_is_evidence_in_every_envelope(void **state)
{
    static const char *const texts[] = {
        "{'list_server_certificates_response': {'list_server_certificates_result': "
        "{'is_truncated': 'false', 'server_certificate_metadata_list': []}}}",
        "{'status_code': 200, 'data': {'ServerCertificateMetadataList': []}}",
        "{'service': 'iam', 'operation': 'ListServerCertificates', 'response': "
        "{'ServerCertificateMetadataList': [], 'IsTruncated': false}}",
        "{'IsTruncated': false, 'Marker': null, 'ServerCertificateMetadataList': null}",
        "{'ServerCertificateMetadataList': null, 'ResultMetadata': {}}",
        "{'ServerCertificateMetadataList': null, 'Marker': null}",
        "{'ResponseMetadata': {}, 'ServerCertificateMetadataList': null}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_LIST);
        assert_int_equal(sample_record(&sample, 0)->observation_count, 0);
        sample_close(&sample);
    }
}

static void get_and_upload_answers_are_read_in_every_envelope(void **state)
{
    static const struct {
        const char *text, *shape, *pointer;
    } rows[] = {
        {"{'get_server_certificate_response': {'get_server_certificate_result': "
         "{'server_certificate': {'server_certificate_metadata': {" META
         "}, 'certificate_body': '-----BEGIN'}}}}",
         "boto2.response",
         "/get_server_certificate_response/get_server_certificate_result/server_certificate"},
        {"{'upload_server_certificate_response': {'upload_server_certificate_result': "
         "{'server_certificate_metadata': {" META "}}}}",
         "boto2.response", "/upload_server_certificate_response/upload_server_certificate_result"},
        {"{'status_code': 200, 'data': {'ServerCertificate': {'ServerCertificateMetadata': {" PASCAL
         "'2013-05-02T10:00:00Z'}, 'CertificateBody': 'x'}, 'ResponseMetadata': {}}}",
         "placebo.recording", "/data/ServerCertificate"},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        assert_is_shop(&sample, rows[i].shape, i == 1 ? PB_RECORD_UPLOAD : PB_RECORD_GET,
                       rows[i].pointer);
        assert_int_equal(
            pb_slice_is_absent(pb_observation_bodies(sample_observation(&sample, 0))->body_pem),
            i == 1);
        sample_close(&sample);
    }
}

static void dotnet_dates_are_read_and_its_first_day_is_none(void **state)
{
    static const struct {
        const char *date, *expected;
    } rows[] = {
        {"'\\/Date(1367488800000)\\/'", "2013-05-02T10:00:00Z"},
        {"{'value': '/Date(1367488800000)/', 'DateTime': 'Thursday'}", "2013-05-02T10:00:00Z"},
        {"'0001-01-01T00:00:00'", ""},
        {"'\\/Date(-62135596800000)\\/'", ""},
        {"null", ""},
    };
    struct sample sample;
    char text[300];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text, "{" PASCAL);
        strcat(text, rows[i].date);
        strcat(text, ", 'Path': '/'}");
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_date(&sample_observation(&sample, 0)->upload_date, rows[i].expected);
        sample_close(&sample);
    }
}

static void the_flat_summary_of_boto_2_counts(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'Users': 3, 'ServerCertificates': 5, 'ServerCertificatesQuota': 20}",
                       PLAIN_PATH, false);
    assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_ACCOUNT_SUMMARY);
    assert_int_equal(sample_record(&sample, 0)->count, 5);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_refusals_are_no_empty_lists),
        cmocka_unit_test(recorded_refusals_of_other_services_are_unrelated),
        cmocka_unit_test(a_list_is_read_in_every_envelope),
        cmocka_unit_test(an_empty_list_is_evidence_in_every_envelope),
        cmocka_unit_test(get_and_upload_answers_are_read_in_every_envelope),
        cmocka_unit_test(dotnet_dates_are_read_and_its_first_day_is_none),
        cmocka_unit_test(the_flat_summary_of_boto_2_counts),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* CloudTrail's records of what was done to server certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

#define ARN "arn:aws:iam::111122223333:server-certificate/shop"
#define CALL(name)                                                                                 \
    "'eventTime': '2014-03-24T21:11:59Z', 'eventSource': 'iam.amazonaws.com', 'eventName': '" name \
    "', 'recipientAccountId': '111122223333'"
#define UPLOAD                                                                                     \
    "{" CALL("UploadServerCertificate") ", 'requestParameters': {'serverCertificateName': "        \
                                        "'shop', 'certificateBody': 'pem', 'certificateChain': "   \
                                        "'chain', 'privateKey': 'HIDDEN'}, "                       \
                                        "'responseElements': {'serverCertificateMetadata': "       \
                                        "{'serverCertificateName': 'shop', "                       \
                                        "'serverCertificateId': 'ASCAEXAMPLE0000000001', 'path': " \
                                        "'/', 'arn': '" ARN                                        \
                                        "', 'uploadDate': 'Mar 24, 2014 9:11:59 PM'}}}"

static void calls_that_change_nothing_are_unrelated(void **state)
{
    static const char *const texts[] = {
        "{'Records': [{" CALL(
            "GetServerCertificate") ", 'requestParameters': {'serverCertificateName': 'shop'}, "
                                    "'responseElements': null}]}",
        "{'Records': [{" CALL("ListServerCertificates") "}]}",
        ("{'Records': [{'eventTime': 'x', 'eventSource': 'acm.amazonaws.com', 'eventName': "
         "'DeleteServerCertificate', 'requestParameters': {'serverCertificateName': 'shop'}}]}"),
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        sample_close(&sample);
    }
}

static void a_refused_call_is_told_and_did_nothing(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'Records': [{" CALL(
                           "DeleteServerCertificate") ", 'errorCode': 'DeleteConflictException', "
                                                      "'requestParameters': "
                                                      "{'serverCertificateName': 'shop'}}]}",
                       PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
    assert_string_equal(sample.shape, "cloudtrail.record");
    assert_int_equal(sample.batch.observations.count + sample.batch.records.count, 0);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "refused-call");
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_NOTE);
    sample_close(&sample);
}

static void a_record_that_names_no_certificate_is_told(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(
        &sample,
        "{'Events': [{'EventName': 'UploadServerCertificate', 'EventSource': 'iam.amazonaws.com', "
        "'EventTime': 1395695519.0, 'Resources': [{'ResourceType': 'AWS::IAM::ServerCertificate', "
        "'ResourceName': 'shop'}]}]}",
        PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
    assert_int_equal(sample.batch.observations.count + sample.batch.records.count, 0);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "passed-over-element");
    sample_close(&sample);
}

static void an_upload_is_dated_by_the_service_in_utc(void **state)
{
    static const struct {
        const char *before, *after, *pointer;
        uint32_t line;
    } rows[] = {
        {"{'Records': [\n", "]}", "/Records/0", 2},
        {"", "", "", 1},
        {"{'detail-type': 'AWS API Call via CloudTrail',\n\n 'detail': ", "}", "/detail", 3},
    };
    struct sample sample;
    char text[1000];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text, rows[i].before);
        strcat(text, UPLOAD);
        strcat(text, rows[i].after);
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_EVENT);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_int_equal(seen->upload_date.state, PB_DATE_EXACT);
        assert_date(&seen->upload_date, "2014-03-24T21:11:59Z");
        assert_date_text(&seen->upload_date, "Mar 24, 2014 9:11:59 PM");
        assert_slice(seen->name, "shop");
        assert_slice(seen->id, "ASCAEXAMPLE0000000001");
        assert_slice(seen->arn, ARN);
        assert_slice(pb_observation_particulars(seen)->account, "111122223333");
        assert_slice(pb_observation_bodies(seen)->body_pem, "pem");
        assert_slice(pb_observation_bodies(seen)->chain_pem, "chain");
        assert_false(pb_observation_bodies(seen)->is_body_unproven);
        assert_int_equal(seen->particulars->event, PB_EVENT_UPLOAD);
        assert_date(&seen->particulars->event_time, "2014-03-24T21:11:59Z");
        assert_slice(seen->pointer, rows[i].pointer);
        assert_int_equal(seen->line, rows[i].line);
        sample_close(&sample);
    }
}

static void an_athena_row_has_lower_case_and_strings_of_json(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(
        &sample,
        "[{'eventtime': '2014-03-24 21:11:59.000', 'eventsource': 'iam.amazonaws.com', "
        "'eventname': 'UploadServerCertificate', 'errorcode': '', 'useridentity': {'accountid': "
        "'111122223333'},\n 'requestparameters': "
        "'{\\\"serverCertificateName\\\":\\\"shop\\\",\\\"certificateBody\\\":\\\"pem\\\"}', "
        "'responseelements': '{\\\"serverCertificateMetadata\\\":{\\\"serverCertificateId\\\":"
        "\\\"ASCAEXAMPLE0000000001\\\",\\\"uploadDate\\\":\\\"Mar 24, 2014 9:11:59 PM\\\"}}'}]",
        PLAIN_PATH, false);
    const struct pb_observation *seen = sample_observation(&sample, 0);
    assert_slice(seen->name, "shop");
    assert_slice(seen->id, "ASCAEXAMPLE0000000001");
    assert_slice(pb_observation_particulars(seen)->account, "111122223333");
    assert_slice(pb_observation_bodies(seen)->body_pem, "pem");
    assert_int_equal(seen->upload_date.state, PB_DATE_EXACT);
    assert_date(&seen->upload_date, "2014-03-24T21:11:59Z");
    assert_int_equal(seen->particulars->event_time.state, PB_DATE_EXACT);
    assert_int_equal(sample.batch.diagnostics.items.count, 0);
    sample_close(&sample);
}

static void a_part_that_is_a_string_and_no_json_is_an_error(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{" CALL("UploadServerCertificate") ", 'requestParameters': "
                                                           "'{serverCertificateName=shop}'}",
                       PLAIN_PATH, false);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "json-invalid");
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_ERROR);
    assert_slice(sample_diagnostic(&sample, 0)->pointer, "/requestParameters");
    sample_close(&sample);
}

static void the_time_of_an_event_is_no_upload_date(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(
        &sample,
        "{" CALL(
            "UploadServerCertificate") ", 'requestParameters': {'serverCertificateName': 'shop'}}",
        PLAIN_PATH, false);
    assert_date(&sample_observation(&sample, 0)->upload_date, "");
    assert_date(&sample_observation(&sample, 0)->particulars->event_time, "2014-03-24T21:11:59Z");
    sample_close(&sample);
}

static void a_renaming_has_both_names_and_a_deletion_one(void **state)
{
    static const struct {
        const char *text, *new_name, *new_path;
        enum pb_event event;
    } rows[] = {
        {"{" CALL("UpdateServerCertificate") ", 'requestParameters': {'serverCertificateName': "
                                             "'shop', 'newServerCertificateName': "
                                             "'old-shop', 'newPath': '/old/'}, 'responseElements': "
                                             "null}",
         "old-shop", "/old/", PB_EVENT_UPDATE},
        {"{" CALL("UpdateServerCertificate") ", 'requestParameters': {'serverCertificateName': "
                                             "'shop', 'newPath': '/cloudfront/'}}",
         NULL, "/cloudfront/", PB_EVENT_UPDATE},
        {"{" CALL("DeleteServerCertificate") ", 'requestParameters': {'serverCertificateName': "
                                             "'shop'}, 'responseElements': null}",
         NULL, NULL, PB_EVENT_DELETE},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_slice(seen->name, "shop");
        assert_slice(pb_observation_particulars(seen)->account, "111122223333");
        assert_int_equal(seen->particulars->event, rows[i].event);
        assert_slice(seen->particulars->new_name, rows[i].new_name);
        assert_slice(seen->particulars->new_path, rows[i].new_path);
        sample_close(&sample);
    }
}

static void lookup_events_holds_records_in_strings(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(
        &sample,
        "{'Events': [\n{'EventName': 'DeleteServerCertificate', 'EventSource': "
        "'iam.amazonaws.com', 'EventTime': 1395695519.0, 'Resources': [{'ResourceType': "
        "'AWS::IAM::ServerCertificate', 'ResourceName': 'shop'}],\n 'CloudTrailEvent': "
        "'{\\\"eventTime\\\":\\\"2014-03-24T21:11:59Z\\\",\\\"eventSource\\\":"
        "\\\"iam.amazonaws.com\\\",\\\"eventName\\\":\\\"DeleteServerCertificate\\\","
        "\\\"userIdentity\\\":{\\\"accountId\\\":\\\"111122223333\\\"},"
        "\\\"requestParameters\\\":{\\\"serverCertificateName\\\":\\\"shop\\\"}}'}]}",
        PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 1);
    assert_slice(sample_observation(&sample, 0)->pointer, "/Events/0/CloudTrailEvent#");
    assert_int_equal(sample_observation(&sample, 0)->line, 3);
    assert_slice(pb_observation_particulars(sample_observation(&sample, 0))->account,
                 "111122223333");
    assert_int_equal(sample_observation(&sample, 0)->particulars->event, PB_EVENT_DELETE);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_that_change_nothing_are_unrelated),
        cmocka_unit_test(a_refused_call_is_told_and_did_nothing),
        cmocka_unit_test(a_record_that_names_no_certificate_is_told),
        cmocka_unit_test(an_upload_is_dated_by_the_service_in_utc),
        cmocka_unit_test(an_athena_row_has_lower_case_and_strings_of_json),
        cmocka_unit_test(a_part_that_is_a_string_and_no_json_is_an_error),
        cmocka_unit_test(the_time_of_an_event_is_no_upload_date),
        cmocka_unit_test(a_renaming_has_both_names_and_a_deletion_one),
        cmocka_unit_test(lookup_events_holds_records_in_strings),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

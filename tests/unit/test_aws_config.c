/* SPDX-License-Identifier: MIT */
/* AWS Config's items, and documents inside of strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

#define ARN "arn:aws:iam::111122223333:server-certificate/shop"
#define ID "ASCAEXAMPLE0000000001"
#define TYPE "AWS::IAM::ServerCertificate"
#define HEAD "'resourceType': '" TYPE "', 'accountId': '111122223333', 'resourceId': '" ID "'"

static void other_items_are_unrelated(void **state)
{
    static const char *const texts[] = {
        "{'configurationItems': [{'resourceType': 'AWS::IAM::User', 'resourceId': 'AIDAX', "
        "'configuration': {'path': '/', 'arn': 'arn:aws:iam::1:user/x'}}]}",
        "{'Events': [{'Resources': [{'ResourceType': '" TYPE "', 'ResourceName': 'shop'}]}]}",
        "{'Results': ['{\\\"resourceId\\\": \\\"i-1\\\"}'], 'QueryInfo': {}}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        sample_close(&sample);
    }
}

static void every_form_of_an_item_shows_the_certificate_without_a_date(void **state)
{
    static const struct {
        const char *text, *arn, *pointer;
    } rows[] = {
        {"{'configurationItems': [{'resourceType': 'AWS::EC2::Instance', 'resourceId': 'i-1'}, "
         "{" HEAD ", 'resourceName': 'shop', 'awsRegion': 'global', 'ARN': '" ARN
         "', 'configuration': {'Arn': '" ARN "', 'Path': '/', 'ServerCertificateName': 'shop'}}]}",
         ARN, "/configurationItems/1"},
        {"{'configurationItems': [{" HEAD
         ", 'configuration': '{\\\"path\\\":\\\"/\\\",\\\"serverCertificateName\\\":\\\"shop\\\","
         "\\\"arn\\\":\\\"" ARN "\\\"}'}]}",
         ARN, "/configurationItems/0"},
        {"{'baseConfigurationItems': [{" HEAD ", 'resourceName': 'shop', 'configuration': null}]}",
         NULL, "/baseConfigurationItems/0"},
        {"{'resourceIdentifiers': [{'ResourceType': '" TYPE "', 'AccountId': '111122223333', "
         "'ResourceId': '" ID "', 'ResourceName': 'shop'}]}",
         NULL, "/resourceIdentifiers/0"},
        {"{'Results': ['{\\\"resourceType\\\":\\\"" TYPE "\\\",\\\"accountId\\\":111122223333,"
         "\\\"resourceId\\\":\\\"" ID "\\\",\\\"configuration\\\":{\\\"serverCertificateName\\\":"
         "\\\"shop\\\",\\\"arn\\\":\\\"" ARN "\\\"}}'], 'QueryInfo': {'SelectFields': []}}",
         ARN, "/Results/0#"},
        {"{'Results': ['{\\\"accountId\\\":\\\"111122223333\\\",\\\"resourceId\\\":\\\"" ID
         "\\\",\\\"resourceName\\\":\\\"shop\\\"}']}",
         NULL, "/Results/0#"},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        assert_string_equal(sample.shape, "config.item");
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_INVENTORY);
        assert_int_equal(sample.batch.observations.count, 1);
        assert_int_equal(sample.batch.diagnostics.items.count, 0);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_slice(seen->name, "shop");
        assert_slice(seen->id, ID);
        assert_slice(seen->arn, rows[i].arn);
        assert_slice(pb_observation_particulars(seen)->account, "111122223333");
        assert_date(&seen->upload_date, "");
        assert_string_equal(pb_observation_particulars(seen)->undated_because,
                            "config-has-no-upload-date");
        assert_int_equal(seen->particulars->event, PB_EVENT_NONE);
        assert_slice(seen->pointer, rows[i].pointer);
        assert_int_equal(seen->line, 1);
        sample_close(&sample);
    }
}

static void an_id_of_another_kind_is_left_out(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(
        &sample, "[{'resourceType': '" TYPE "', 'resourceId': 'shop', 'resourceName': 'shop'}]",
        PLAIN_PATH, false);
    assert_slice(sample_observation(&sample, 0)->id, NULL);
    assert_slice(sample_observation(&sample, 0)->name, "shop");
    sample_close(&sample);
}

static void a_deleted_resource_is_a_deletion_at_its_capture(void **state)
{
    static const char *const states[] = {"ResourceDeleted", "ResourceDeletedNotRecorded"};
    struct sample sample;
    char text[400];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        strcpy(text, "{'configurationItems': [{" HEAD ", 'resourceName': 'shop', "
                     "'configurationItemCaptureTime': '2019-03-04T05:06:07.089Z', "
                     "'configurationItemStatus': '");
        strcat(text, states[i]);
        strcat(text, "'}]}");
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_non_null(seen->particulars);
        assert_int_equal(seen->particulars->event, PB_EVENT_DELETE);
        assert_date(&seen->particulars->event_time, "2019-03-04T05:06:07.089Z");
        sample_close(&sample);
    }
}

static void strings_that_only_begin_like_json_are_left_alone(void **state)
{
    static const char *const texts[] = {
        "{'t': '{{ server_certificate_name }}'}", "{'t': '{server_certificate_name}'}",
        "{'t': '[server_certificate_name]'}",     "{'t': '{\\\"a\\\": 1} upload'}",
        "{'t': '{\\\"certificate\\\": '}",        "{'t': '[\\\"shop\\\", \\\"certificate\\\"]'}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], "dump/certificates.json", false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        assert_int_equal(sample.batch.diagnostics.items.count, 0);
        sample_close(&sample);
    }
}

static void a_damaged_string_that_speaks_of_certificates_is_told(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "{'a': '\\n{\\\"ServerCertificateName\\\": '}", PLAIN_PATH, false);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "json-invalid");
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_ERROR);
    assert_slice(sample_diagnostic(&sample, 0)->pointer, "/a");
    sample_close(&sample);
}

static void documents_in_a_string_are_opened_one_level(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'x#y': 1,\n 'stdout#': ' {\\\"ServerCertificateMetadataList\\\": "
                       "[{\\\"Arn\\\": \\\"" ARN "\\\"}]} {\\\"ServerCertificateMetadata\\\": "
                       "{\\\"ServerCertificateName\\\": \\\"b\\\"}}'}",
                       PLAIN_PATH, false);
    assert_string_equal(sample.shape, "iam.list-server-certificates");
    assert_int_equal(sample.batch.observations.count, 2);
    assert_slice(sample_observation(&sample, 0)->pointer,
                 "/stdout##/ServerCertificateMetadataList/0");
    assert_slice(sample_observation(&sample, 1)->name, "b");
    sample_close(&sample);
    sample_open_quoted(
        &sample, "\n'{\\\"ServerCertificateMetadataList\\\": [{\\\"Arn\\\": \\\"" ARN "\\\"}]}'",
        PLAIN_PATH, false);
    assert_slice(sample_observation(&sample, 0)->pointer, "#/ServerCertificateMetadataList/0");
    assert_int_equal(sample_observation(&sample, 0)->line, 2);
    sample_close(&sample);
}

static void a_string_in_a_string_is_left_alone(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'Results': ['{\\\"resourceId\\\":\\\"" ID "\\\",\\\"configuration\\\":"
                       "\\\"{\\\\\\\"serverCertificateName\\\\\\\":\\\\\\\"x\\\\\\\"}\\\"}']}",
                       PLAIN_PATH, false);
    assert_slice(sample_observation(&sample, 0)->id, ID);
    assert_slice(sample_observation(&sample, 0)->name, NULL);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_items_are_unrelated),
        cmocka_unit_test(every_form_of_an_item_shows_the_certificate_without_a_date),
        cmocka_unit_test(an_id_of_another_kind_is_left_out),
        cmocka_unit_test(a_deleted_resource_is_a_deletion_at_its_capture),
        cmocka_unit_test(strings_that_only_begin_like_json_are_left_alone),
        cmocka_unit_test(a_damaged_string_that_speaks_of_certificates_is_told),
        cmocka_unit_test(documents_in_a_string_are_opened_one_level),
        cmocka_unit_test(a_string_in_a_string_is_left_alone),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

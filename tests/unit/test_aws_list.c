/* SPDX-License-Identifier: MIT */
/* List, get and upload answers, metadata without an envelope, and the companions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

#define ARN "arn:aws:iam::111122223333:server-certificate/shop"
#define SHOP                                                                                       \
    "{\"Path\": \"/\", \"ServerCertificateName\": \"shop\", \"ServerCertificateId\": "             \
    "\"ASCAEXAMPLE0000000001\", \"Arn\": \"" ARN "\", \"UploadDate\": \"2013-05-02T10:00:00Z\", "  \
    "\"Expiration\": \"2016-05-02T12:00:00Z\"}"

static void assert_is_shop(const struct pb_observation *seen)
{
    assert_slice(seen->name, "shop");
    assert_slice(seen->path, "/");
    assert_slice(seen->id, "ASCAEXAMPLE0000000001");
    assert_slice(seen->arn, ARN);
    assert_slice(pb_observation_particulars(seen)->account, NULL);
    assert_date(&seen->upload_date, "2013-05-02T10:00:00Z");
    assert_date(&seen->expiration, "2016-05-02T12:00:00Z");
    assert_date_text(&seen->upload_date, "2013-05-02T10:00:00Z");
    assert_int_equal(seen->origin, PB_ORIGIN_IAM);
    assert_false(seen->is_name_from_file);
}

static void look_alikes_are_unrelated(void **state)
{
    static const char *const texts[] = {
        "{\"SSHPublicKeys\": [{\"UserName\": \"bob\", \"SSHPublicKeyId\": \"APKAEXAMPLE\", "
        "\"Status\": \"Active\", \"UploadDate\": \"2013-05-02T10:00:00Z\"}]}",
        "{\"Certificates\": [{\"UserName\": \"bob\", \"CertificateId\": \"TA7SMP42TDN5Z26O\", "
        "\"CertificateBody\": \"-----BEGIN CERTIFICATE-----\", \"Status\": \"Active\", "
        "\"UploadDate\": \"2013-05-02T10:00:00Z\"}]}",
        "{\"certificates\": [{\"certificateArn\": \"arn:aws:iot:eu-west-1:111122223333:cert/abc\", "
        "\"certificateId\": \"abc\", \"creationDate\": 1541022751.983}]}",
        "{\"Certificates\": [{\"CertificateIdentifier\": \"rds-ca-2019\", \"ValidFrom\": "
        "\"2019-08-22T17:08:50Z\"}]}",
        "{\"Tags\": [{\"Key\": \"owner\", \"Value\": \"shop\"}], \"IsTruncated\": false}",
        "{\"UserId\": 5, \"Account\": \"1\", \"Arn\": \"arn:aws:sts::1:user/x\"}",
        "{\"UserId\": \"A\", \"Account\": \"1\", \"Arn\": \"arn:aws:s3:::bucket\"}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, true);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        assert_null(sample.shape);
        assert_int_equal(sample.batch.observations.count + sample.batch.records.count +
                             sample.batch.diagnostics.items.count,
                         0);
        sample_close(&sample);
    }
}

static void a_list_without_any_usable_certificate_is_refused(void **state)
{
    static const char *const texts[] = {
        "{\"ServerCertificateMetadataList\": 5}",
        "{\"ServerCertificateMetadataList\": {}}",
        "{\"ServerCertificateMetadataList\": [5, null, {}]}",
        "{\"ServerCertificateMetadataList\": null}",
        "{\"ServerCertificateMetadata\": 5}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_int_equal(sample.batch.records.count, 0);
        assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_ERROR);
        sample_close(&sample);
    }
}

static void an_empty_list_is_evidence(void **state)
{
    static const char *const texts[] = {
        "{\"ServerCertificateMetadataList\": []}",
        "{\"serverCertificateMetadataList\": []}",
        "{\"answer\": {\"server_certificate_metadata_list\": []}}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_string_equal(sample.shape, "iam.list-server-certificates");
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_LIST);
        assert_int_equal(sample_record(&sample, 0)->observation_count, 0);
        assert_int_equal(sample.batch.diagnostics.items.count, 0);
        sample_close(&sample);
    }
}

static void a_list_shows_each_certificate_with_its_place(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "\n{\"ServerCertificateMetadataList\": [\n" SHOP ",\n"
                "{\"Arn\": \"arn:aws:iam::111122223333:server-certificate/old\", "
                "\"UploadDate\": \"2012-08-24T16:17:52Z\"}]}",
                PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 2);
    assert_is_shop(sample_observation(&sample, 0));
    assert_null(sample_observation(&sample, 0)->particulars);
    assert_null(sample_observation(&sample, 0)->bodies);
    assert_slice(sample_observation(&sample, 0)->pointer, "/ServerCertificateMetadataList/0");
    assert_int_equal(sample_observation(&sample, 0)->line, 3);
    assert_slice(sample_observation(&sample, 1)->name, NULL);
    assert_date(&sample_observation(&sample, 1)->expiration, "");
    assert_int_equal(sample_observation(&sample, 1)->line, 4);
    assert_int_equal(sample_record(&sample, 0)->observation_count, 2);
    assert_int_equal(sample_record(&sample, 0)->line, 2);
    assert_int_equal(sample.batch.diagnostics.items.count, 0);
    sample_close(&sample);
}

static void wrong_elements_are_errors_and_the_rest_is_used(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample, "{\"ServerCertificateMetadataList\": [5,\n{\"a\": 1},\n" SHOP "]}",
                PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
    assert_int_equal(sample.batch.observations.count, 1);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "wrong-type");
    assert_slice(sample_diagnostic(&sample, 0)->pointer, "/ServerCertificateMetadataList/0");
    assert_string_equal(sample_diagnostic(&sample, 1)->code, "unrecognised-element");
    assert_int_equal(sample_diagnostic(&sample, 1)->line, 2);
    assert_int_equal(sample_diagnostic(&sample, 1)->column, 1);
    sample_close(&sample);

    sample_open(&sample, "{\"ServerCertificateMetadataList\": " SHOP "}", PLAIN_PATH, false);
    assert_is_shop(sample_observation(&sample, 0));
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "wrong-type");
    sample_close(&sample);
}

static void signs_of_paging_are_kept(void **state)
{
    static const struct {
        const char *members;
        enum pb_page page;
    } rows[] = {
        {"", PB_PAGE_UNMARKED},
        {", \"IsTruncated\": false", PB_PAGE_LAST},
        {", \"IsTruncated\": false, \"Marker\": null", PB_PAGE_LAST},
        {", \"IsTruncated\": true, \"Marker\": \"m\"", PB_PAGE_MORE},
        {", \"is_truncated\": \"true\"", PB_PAGE_MORE},
        {", \"is_truncated\": \"False\"", PB_PAGE_LAST},
        {", \"Marker\": \"m\"", PB_PAGE_MORE},
        {", \"NextToken\": \"t\"", PB_PAGE_CUT},
        {", \"IsTruncated\": true, \"NextToken\": \"t\"", PB_PAGE_CUT},
    };
    struct sample sample;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text, "{\"ServerCertificateMetadataList\": []");
        strcat(text, rows[i].members);
        strcat(text, "}");
        sample_open(&sample, text, PLAIN_PATH, false);
        assert_int_equal(sample_record(&sample, 0)->page, rows[i].page);
        sample_close(&sample);
    }
    sample_open(&sample, "{\"ServerCertificateMetadataList\": [], \"IsTruncated\": 1}", PLAIN_PATH,
                false);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "wrong-type");
    sample_close(&sample);
}

static void pages_in_an_array_are_records_in_order(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "[{\"ServerCertificateMetadataList\": [" SHOP "], \"IsTruncated\": true},"
                "{\"ServerCertificateMetadataList\": [], \"IsTruncated\": false}]",
                PLAIN_PATH, false);
    assert_int_equal(sample.batch.records.count, 2);
    assert_int_equal(sample_record(&sample, 0)->page, PB_PAGE_MORE);
    assert_int_equal(sample_record(&sample, 1)->page, PB_PAGE_LAST);
    assert_slice(sample_observation(&sample, 0)->pointer, "/0/ServerCertificateMetadataList/0");
    sample_close(&sample);
}

static void gos_null_for_an_empty_list_is_a_list(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "{\"ServerCertificateMetadataList\": null, \"IsTruncated\": false, "
                "\"Marker\": null}",
                PLAIN_PATH, false);
    assert_string_equal(sample.shape, "iam.list-server-certificates");
    assert_int_equal(sample_record(&sample, 0)->page, PB_PAGE_LAST);
    sample_close(&sample);
}

static void get_answers_show_body_chain_and_tags_wherever_they_stand(void **state)
{
    static const struct {
        const char *before, *after, *pointer;
    } rows[] = {
        {"{\"ServerCertificate\": ", "}", "/ServerCertificate"},
        {"", "", ""},
        {"{\"shop/~\": ", "}", "/shop~1~0"},
        {"[{\"ServerCertificate\": ", "}]", "/0/ServerCertificate"},
        {"{\"a\": [[{\"ServerCertificate\": ", "}]]}", "/a/0/0/ServerCertificate"},
    };
    static const char get[] =
        "{\"ServerCertificateMetadata\": " SHOP
        ", \"CertificateBody\": \"-----BEGIN CERTIFICATE-----\\nMIIB\\n\", "
        "\"CertificateChain\": \"\", \"Tags\": [{\"Key\": \"owner\", \"Value\": \"me\"}]}";
    struct sample sample;
    char text[1000];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text, rows[i].before);
        strcat(text, get);
        strcat(text, rows[i].after);
        sample_open(&sample, text, PLAIN_PATH, false);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_int_equal(sample.batch.observations.count, 1);
        assert_string_equal(sample.shape, "iam.get-server-certificate");
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_GET);
        assert_is_shop(seen);
        assert_slice(seen->pointer, rows[i].pointer);
        assert_slice(pb_observation_bodies(seen)->body_pem, "-----BEGIN CERTIFICATE-----\nMIIB\n");
        assert_slice(pb_observation_bodies(seen)->chain_pem, NULL);
        assert_int_equal(pb_observation_particulars(seen)->tag_count, 1);
        assert_slice(pb_observation_particulars(seen)->tags[0].key, "owner");
        assert_slice(pb_observation_particulars(seen)->tags[0].value, "me");
        sample_close(&sample);
    }
}

static void an_upload_answer_is_one_certificate(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "{\"ServerCertificateMetadata\": " SHOP "}\n{\"ServerCertificateMetadata\": " SHOP
                "}",
                PLAIN_PATH, false);
    assert_int_equal(sample.documents, 2);
    assert_string_equal(sample.shape, "iam.upload-server-certificate");
    assert_is_shop(sample_observation(&sample, 1));
    assert_int_equal(sample_observation(&sample, 1)->document, 1);
    assert_int_equal(sample_observation(&sample, 1)->line, 2);
    assert_int_equal(sample_observation(&sample, 1)->record, 1);
    sample_close(&sample);
}

static void metadata_without_an_envelope_is_a_projection_or_an_inventory(void **state)
{
    static const struct {
        const char *before, *after, *shape, *pointer;
        enum pb_record_kind kind;
    } rows[] = {
        {"", "", "iam.server-certificate-metadata", "", PB_RECORD_PROJECTION},
        {"{\"x\": {\"y\": ", "}}", "iam.server-certificate-metadata", "/x/y", PB_RECORD_INVENTORY},
        {"[", "]", "iam.server-certificate-metadata-array", "/0", PB_RECORD_PROJECTION},
        {"{\"List\": [", "], \"IsTruncated\": true}", "iam.server-certificate-metadata-array",
         "/List/0", PB_RECORD_PROJECTION},
        {"{\"a\": {\"b\": [", "]}}", "iam.server-certificate-metadata-array", "/a/b/0",
         PB_RECORD_INVENTORY},
    };
    struct sample sample;
    char text[600];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text, rows[i].before);
        strcat(text, SHOP);
        strcat(text, rows[i].after);
        sample_open(&sample, text, PLAIN_PATH, false);
        assert_string_equal(sample.shape, rows[i].shape);
        assert_int_equal(sample_record(&sample, 0)->kind, rows[i].kind);
        assert_int_equal(sample_record(&sample, 0)->page, i == 3 ? PB_PAGE_MORE : PB_PAGE_UNMARKED);
        assert_is_shop(sample_observation(&sample, 0));
        assert_slice(sample_observation(&sample, 0)->pointer, rows[i].pointer);
        sample_close(&sample);
    }
}

static void other_things_beside_metadata_are_passed_over_with_a_note(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "[{\"Arn\": \"" ARN "\", \"UploadDate\": \"2013-05-02T10:00:00Z\"}, "
                "{\"Arn\": \"arn:aws:iam::1:role/x\"}]",
                PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 1);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "passed-over-element");
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_NOTE);
    assert_slice(sample_observation(&sample, 0)->arn, ARN);
    assert_slice(sample_observation(&sample, 0)->name, NULL);
    sample_close(&sample);
}

static void a_summary_counts_and_an_identity_names_the_account(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "{\"SummaryMap\": {\"Users\": 4, \"ServerCertificates\": 250, "
                "\"ServerCertificatesQuota\": 1000}}\n"
                "{\"UserId\": \"AIDA\", \"Account\": \"000123456789\", \"Arn\": "
                "\"arn:aws-cn:iam::000123456789:user/auditor\"}\n"
                "{\"ServerCertificates\": \"12\", \"ServerCertificatesQuota\": \"20\"}",
                PLAIN_PATH, false);
    assert_int_equal(sample.batch.records.count, 3);
    assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_ACCOUNT_SUMMARY);
    assert_int_equal(sample_record(&sample, 0)->count, 250);
    assert_slice(sample_record(&sample, 0)->pointer, "/SummaryMap");
    assert_int_equal(sample_record(&sample, 1)->kind, PB_RECORD_CALLER_IDENTITY);
    assert_slice(sample_record(&sample, 1)->account, "000123456789");
    assert_slice(sample_record(&sample, 1)->partition, "aws-cn");
    assert_int_equal(sample_record(&sample, 2)->count, 12);
    assert_int_equal(sample.batch.observations.count, 0);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_alikes_are_unrelated),
        cmocka_unit_test(a_list_without_any_usable_certificate_is_refused),
        cmocka_unit_test(an_empty_list_is_evidence),
        cmocka_unit_test(a_list_shows_each_certificate_with_its_place),
        cmocka_unit_test(wrong_elements_are_errors_and_the_rest_is_used),
        cmocka_unit_test(signs_of_paging_are_kept),
        cmocka_unit_test(pages_in_an_array_are_records_in_order),
        cmocka_unit_test(gos_null_for_an_empty_list_is_a_list),
        cmocka_unit_test(get_answers_show_body_chain_and_tags_wherever_they_stand),
        cmocka_unit_test(an_upload_answer_is_one_certificate),
        cmocka_unit_test(metadata_without_an_envelope_is_a_projection_or_an_inventory),
        cmocka_unit_test(other_things_beside_metadata_are_passed_over_with_a_note),
        cmocka_unit_test(a_summary_counts_and_an_identity_names_the_account),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Names of fields in keys, in raw text and in paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/field.h"
#include "aws/read.h"

static void keys_that_are_no_field_are_none(void **state)
{
    static const char *const keys[] = {
        "",
        "_",
        "ServerCertificateNam",
        "ServerCertificateNames",
        "SSLCertificateId",
        "CertificateId",
        "SigningCertificateName",
        "Server CertificateName",
        "server__certificate_name",
        "server_certificate_name_",
        "serv_er_certificate_name",
        "ServerCertificateMetadataListServerCertificateMetadataList",
    };

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(pb_field_of(pb_slice_from_string(keys[i])), PB_FIELD_NONE);
    assert_int_equal(pb_field_of((struct pb_slice){"arn\0x", 5}), PB_FIELD_NONE);
}

static void every_casing_names_the_same_field(void **state)
{
    static const struct {
        const char *key;
        enum pb_field field;
    } rows[] = {
        {"ServerCertificateMetadataList", PB_FIELD_LIST},
        {"serverCertificateMetadataList", PB_FIELD_LIST},
        {"server_certificate_metadata_list", PB_FIELD_LIST},
        {"SERVER_CERTIFICATE_METADATA_LIST", PB_FIELD_LIST},
        {"SERVERCERTIFICATEMETADATALIST", PB_FIELD_LIST},
        {"server-certificate-name", PB_FIELD_NAME},
        {"ServerCertificateId", PB_FIELD_ID},
        {"serverCertificateID", PB_FIELD_ID},
        {"server_certificate_metadata", PB_FIELD_METADATA},
        {"ServerCertificate", PB_FIELD_CERTIFICATE},
        {"server_certificates", PB_FIELD_COUNT_OF_CERTIFICATES},
        {"ServerCertificatesQuota", PB_FIELD_QUOTA_OF_CERTIFICATES},
        {"Arn", PB_FIELD_ARN},
        {"ARN", PB_FIELD_ARN},
        {"path", PB_FIELD_PATH},
        {"PathPrefix", PB_FIELD_PATH_PREFIX},
        {"upload_date", PB_FIELD_UPLOAD_DATE},
        {"uploadDate", PB_FIELD_UPLOAD_DATE},
        {"Expiration", PB_FIELD_EXPIRATION},
        {"certificate_body", PB_FIELD_BODY},
        {"CertificateChain", PB_FIELD_CHAIN},
        {"tags", PB_FIELD_TAGS},
        {"account", PB_FIELD_ACCOUNT},
        {"accountId", PB_FIELD_ACCOUNT},
        {"account_id", PB_FIELD_ACCOUNT},
        {"is_truncated", PB_FIELD_IS_TRUNCATED},
        {"Marker", PB_FIELD_MARKER},
        {"MaxItems", PB_FIELD_MAX_ITEMS},
        {"nextToken", PB_FIELD_NEXT_TOKEN},
        {"UserId", PB_FIELD_USER_ID},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(pb_field_of(pb_slice_from_string(rows[i].key)), rows[i].field);
}

static void text_without_field_names_has_none(void **state)
{
    static const char *const texts[] = {
        "",
        "certificate",
        "{\"Certificate\": {}}",
        "{\"SSLCertificateId\": \"arn:aws:iam::1:server-certificate/x\"}",
        "aws iam list-server-certificates",
        "{\"Action\": \"iam:ListServerCertificates\"}",
        "{\"SummaryMap\": {\"ServerCertificates\": 5}}",
        "serverCertificat",
        "ervercertificatename",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(pb_aws_has_field_names(pb_slice_from_string(texts[i])));
}

static void field_names_are_found_in_any_spelling_and_place(void **state)
{
    static const char *const texts[] = {
        "ServerCertificateName",
        "\"ServerCertificate\"",
        "{'ServerCertificate': {",
        "{\"server_certificate_name\": 1}",
        "x certificate certificate serverCertificateId",
        "SERVER_CERTIFICATE_METADATA",
        "SERVERCERTIFICATEMETADATALIST\tarn",
        "ServerCertificateMetadataList[*].",
        "{\"listServerCertificates\": {\"us-east-1\": {\"err\": {}}}}",
        "certificatecertificatservercertificateid",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(pb_aws_has_field_names(pb_slice_from_string(texts[i])));
}

static void unrelated_text_may_not_be_evidence(void **state)
{
    static const char *const texts[] = {
        "",
        "[1, 2, 3]",
        "{\"Users\": [{\"UserName\": \"x\", \"CreateDate\": \"2013-05-02T10:00:00Z\"}]}",
        "{\"Zesp\\u0142\": 1}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(pb_aws_may_be_evidence(pb_slice_from_string(texts[i])));
}

static void expected_paths_speak_of_server_certificates(void **state)
{
    static const struct {
        const char *path;
        bool is_expected;
    } rows[] = {
        {"", false},
        {"server/cert.json", false},
        {"list-certificates.json", false},
        {"servercer", false},
        {"a/list-server-certificates.json", true},
        {"iam.ListServerCertificates_1.json", true},
        {"SERVER_CERT/x", true},
        {"b.tgz!/seservercert", true},
        {"iam_ListServer-_-Certificates", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(pb_aws_is_expected_path(pb_slice_from_string(rows[i].path)),
                         rows[i].is_expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_are_no_field_are_none),
        cmocka_unit_test(every_casing_names_the_same_field),
        cmocka_unit_test(text_without_field_names_has_none),
        cmocka_unit_test(field_names_are_found_in_any_spelling_and_place),
        cmocka_unit_test(unrelated_text_may_not_be_evidence),
        cmocka_unit_test(expected_paths_speak_of_server_certificates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

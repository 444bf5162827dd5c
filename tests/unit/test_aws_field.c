/* SPDX-License-Identifier: MIT */
/* Names of fields in keys, in raw text and in paths. */
#include "unit.h"
#include "aws/context.h"

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

/* Word by word, as the fields' names are defined: letters agree but for their case, and separators
 * stand only between words. */
static bool is_spelling_of(const char *key, const char *snake)
{
    for (; *key != '\0' || *snake != '\0'; key++, snake++) {
        if (*snake == '_' && *key != '_' && *key != '-')
            snake++;
        else if (*snake == '_')
            continue;
        if (pb_byte_lower(*key) != *snake)
            return false;
    }
    return true;
}

static const struct {
    const char *snake;
    enum pb_field field;
} all_fields[] = {
    {"account", PB_FIELD_ACCOUNT},
    {"account_id", PB_FIELD_ACCOUNT},
    {"arn", PB_FIELD_ARN},
    {"certificate_body", PB_FIELD_BODY},
    {"certificate_chain", PB_FIELD_CHAIN},
    {"cloud_trail_event", PB_FIELD_CLOUDTRAIL_EVENT},
    {"configuration", PB_FIELD_CONFIGURATION},
    {"configuration_item_capture_time", PB_FIELD_CAPTURE_TIME},
    {"configuration_item_status", PB_FIELD_ITEM_STATUS},
    {"error_code", PB_FIELD_ERROR_CODE},
    {"event_name", PB_FIELD_EVENT_NAME},
    {"event_source", PB_FIELD_EVENT_SOURCE},
    {"event_time", PB_FIELD_EVENT_TIME},
    {"expiration", PB_FIELD_EXPIRATION},
    {"is_truncated", PB_FIELD_IS_TRUNCATED},
    {"marker", PB_FIELD_MARKER},
    {"next_token", PB_FIELD_NEXT_TOKEN},
    {"path", PB_FIELD_PATH},
    {"recipient_account_id", PB_FIELD_RECIPIENT},
    {"request_parameters", PB_FIELD_REQUEST},
    {"resource_id", PB_FIELD_RESOURCE_ID},
    {"resource_name", PB_FIELD_RESOURCE_NAME},
    {"resource_type", PB_FIELD_RESOURCE_TYPE},
    {"response_elements", PB_FIELD_RESPONSE},
    {"server_certificate", PB_FIELD_CERTIFICATE},
    {"server_certificate_id", PB_FIELD_ID},
    {"server_certificate_metadata", PB_FIELD_METADATA},
    {"server_certificate_metadata_list", PB_FIELD_LIST},
    {"server_certificate_name", PB_FIELD_NAME},
    {"server_certificates", PB_FIELD_COUNT_OF_CERTIFICATES},
    {"server_certificates_quota", PB_FIELD_QUOTA_OF_CERTIFICATES},
    {"tags", PB_FIELD_TAGS},
    {"uid", PB_FIELD_UID},
    {"upload_date", PB_FIELD_UPLOAD_DATE},
    {"user_id", PB_FIELD_USER_ID},
    {"user_identity", PB_FIELD_USER_IDENTITY},
};

static enum pb_field expected_field(const char *key)
{
    for (size_t i = 0; i < sizeof all_fields / sizeof all_fields[0]; i++)
        if (is_spelling_of(key, all_fields[i].snake))
            return all_fields[i].field;
    return PB_FIELD_NONE;
}

static void assert_expected(const char *key)
{
    if (pb_field_of(pb_slice_from_string(key)) != expected_field(key))
        fail_msg("%s is not field %d", key, (int)expected_field(key));
}

/* The name with each byte in turn left out, doubled, and changed to some others. */
static void assert_neighbours(const char *name)
{
    static const char others[] = "_-aesZ1";
    size_t size = strlen(name);
    char key[64];

    for (size_t i = 0; i < size; i++) {
        memcpy(key, name, i);
        memcpy(key + i, name + i + 1, size - i);
        assert_expected(key);
        memcpy(key, name, i + 1);
        memcpy(key + i + 1, name + i, size - i + 1);
        assert_expected(key);
        memcpy(key, name, size + 1);
        for (const char *other = others; *other != '\0'; other++) {
            key[i] = *other;
            assert_expected(key);
        }
    }
}

/* Joined by the separator, 0 for none; capitals for the words' first letters, or for all. */
static void spell(const char *snake, char separator, bool is_upper, bool is_title, char *key)
{
    for (bool begins = true; *snake != '\0'; snake++) {
        if (*snake == '_') {
            if (separator != '\0')
                *key++ = separator;
            begins = true;
            continue;
        }
        bool is_capital = is_upper || (is_title && begins);
        *key++ = is_capital ? (char)(*snake - 'a' + 'A') : *snake;
        begins = false;
    }
    *key = '\0';
}

static void every_name_is_told_from_its_neighbours_in_every_spelling(void **state)
{
    static const char separators[] = {'\0', '_', '-'};
    bool is_known[PB_FIELD_COUNT] = {[PB_FIELD_NONE] = true};
    char key[64];

    (void)state;
    for (size_t i = 0; i < sizeof all_fields / sizeof all_fields[0]; i++) {
        is_known[all_fields[i].field] = true;
        for (int form = 0; form < 12; form++) {
            spell(all_fields[i].snake, separators[form % 3], (form / 3 & 1) != 0,
                  (form / 3 & 2) != 0, key);
            assert_int_equal(pb_field_of(pb_slice_from_string(key)), all_fields[i].field);
            assert_neighbours(key);
        }
    }
    for (size_t field = 0; field < PB_FIELD_COUNT; field++)
        assert_true(is_known[field]);
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
        "{\"Action\": [\"iam:GetServerCertificate\", \"iam:ListServerCertificates\"]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(pb_aws_may_be_evidence(pb_slice_from_string(texts[i])));
}

static void words_beside_an_action_may_be_evidence(void **state)
{
    static const char *const texts[] = {
        "{\"error\": \"not authorized to perform: iam:ListServerCertificates\"}",
        "{\"Action\": \"iam:GetServerCertificate\", \"Resource\": \"server-certificate/x\"}",
        "Action: \"iam:GetServerCertificate\"",
        "{\"iam:GetServerCertificate",
        "{\"x\": \"{\\\"iam:GetServerCertificate\\\"\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(pb_aws_may_be_evidence(pb_slice_from_string(texts[i])));
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
        cmocka_unit_test(every_name_is_told_from_its_neighbours_in_every_spelling),
        cmocka_unit_test(text_without_field_names_has_none),
        cmocka_unit_test(field_names_are_found_in_any_spelling_and_place),
        cmocka_unit_test(unrelated_text_may_not_be_evidence),
        cmocka_unit_test(words_beside_an_action_may_be_evidence),
        cmocka_unit_test(expected_paths_speak_of_server_certificates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

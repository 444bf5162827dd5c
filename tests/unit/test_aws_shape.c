/* SPDX-License-Identifier: MIT */
/* The table of shapes: every row reads something, whatever stands around it. */
#include "unit.h"
#include "aws/context.h"
#include "json/document.h"

#define DATE "\"2013-05-02T10:00:00Z\""
#define ARN "\"arn:aws:iam::111122223333:server-certificate/shop\""

/* Members of an object, so that each can stand alone, beside each other and inside each other. */
static const char *const members[] = {
    "\"ServerCertificateMetadataList\": []",
    "\"server_certificate_metadata_list\": [{\"server_certificate_name\": \"a\"}]",
    "\"serverCertificateMetadataList\": null, \"isTruncated\": false",
    "\"ServerCertificate\": {\"ServerCertificateMetadata\": {\"Arn\": " ARN "}}",
    "\"ServerCertificateMetadata\": {\"ServerCertificateName\": \"a\"}",
    "\"serverCertificateMetadata\": {}, \"CertificateBody\": \"-----BEGIN CERTIFICATE-----\"",
    "\"ServerCertificateName\": \"a\", \"UploadDate\": " DATE,
    "\"Arn\": " ARN,
    "\"UserId\": \"A\", \"Account\": \"1\", \"arn\": \"arn:aws:sts::1:x/y\"",
    "\"ServerCertificates\": 5, \"ServerCertificatesQuota\": 20",
    "\"SummaryMap\": {\"ServerCertificates\": 5, \"ServerCertificatesQuota\": 20}",
    "\"Name\": \"shop\", \"Upload\": " DATE,
    "\"NotAfter\": " DATE ", \"Id\": \"ASCAEXAMPLE0000000001\"",
    "\"List\": [[\"shop\", " DATE "]]",
    "\"Names\": [\"shop\"], \"IsTruncated\": true",
    "\"Dates\": [" DATE "], \"is_truncated\": true",
    "\"Bodies\": [\"-----BEGIN CERTIFICATE-----\"], \"NextToken\": \"t\"",
    "\"Renamed\": [{\"Name\": \"a\", \"Upload\": null}, {\"Arn\": " ARN "}]",
    "\"list_server_certificates_result\": {\"server_certificate_metadata_list\": []}",
    "\"upload_server_certificate_result\": {\"server_certificate_metadata\": {}}",
    "\"status_code\": 200, \"data\": {\"ServerCertificateMetadataList\": []}",
    "\"service\": \"iam\", \"operation\": \"x\", \"response\": {\"ServerCertificateMetadataList\": "
    "[]}",
    "\"resource\": {\"type\": \"server_certificate\", \"server_certificate_name\": \"a\"}",
    "\"c7n\": [{\"ServerCertificateName\": \"a\", \"c7n:MatchedFilters\": []}]",
    "\"c7n:MatchedFilters\": [], \"server_certificate_id\": \"a\", \"_cq_id\": 1",
    "\"_cq_sync_time\": " DATE,
    "\"columns\": [], \"rows\": [{\"name\": \"a\", \"upload_date\": " DATE "}]",
    "\"name\": \"a\", \"tags_src\": null",
    "\"type\": \"aws_iam_server_certificate\", \"instances\": [{}], \"values\": {}, \"primary\": "
    "{}",
    "\"results\": {\"a\": {\"server_certificate_name\": \"a\"}}",
    "\"ansible_module_results\": {}",
    "\"resourceType\": \"AWS::IAM::ServerCertificate\", \"resourceId\": \"ASCAEXAMPLE0000000001\"",
    "\"items\": [{\"resourceType\": \"AWS::IAM::ServerCertificate\", \"resourceId\": "
    "\"ASCAEXAMPLE0000000001\", "
    "\"arn\": " ARN "}]",
    "\"eventName\": \"DeleteServerCertificate\", \"eventSource\": \"iam.amazonaws.com\", "
    "\"eventTime\": \"x\", \"requestParameters\": {\"serverCertificateName\": \"a\"}",
    "\"uid\": " ARN,
    "\"subject\": " ARN ", \"upload_date\": " DATE,
    "\"Tags\": []",
    "\"Certificate\": {\"CertificateArn\": \"arn:aws:acm:x:1:certificate/x\", \"DomainName\": "
    "\"x\"}",
    "\"Certificate\": \"-----BEGIN CERTIFICATE-----\", \"CertificateChain\": \"-----BEGIN "
    "CERTIFICATE-----\"",
    "\"ListenerDescriptions\": [{\"Listener\": {\"SSLCertificateId\": " ARN "}}]",
    "\"Certificates\": [{\"CertificateArn\": " ARN "}]",
    "\"DistributionConfig\": {\"ViewerCertificate\": {\"IAMCertificateId\": \"ASCAX\"}}",
    "\"ViewerCertificate\": {\"IAMCertificateId\": \"ASCAX\"}",
};

static const char *const roots[] = {
    "[\"shop\"]",
    "[" DATE "]",
    DATE,
    "[[\"shop\", " DATE "]]",
    "[[\"2013-05-02\", null]]",
    "\"-----BEGIN CERTIFICATE-----\"",
    "[{\"Name\": \"a\", \"Upload\": " DATE ", \"ServerCertificateName\": \"a\"}]",
    "[{\"ServerCertificateMetadata\": {\"Path\": \"/\"}}, {\"ServerCertificateId\": \"x\"}]",
    "[]",
};

#define MEMBER_COUNT (sizeof members / sizeof members[0])
#define ROOT_COUNT (sizeof roots / sizeof roots[0])
#define MOST_SHAPES 64

static bool is_met[MOST_SHAPES];

static void meet(const char *name)
{
    const char *const *shape;
    bool is_told = name == NULL || strcmp(name, "reference") == 0; /* a mark's, of no row */

    for (size_t i = 0; name != NULL && (shape = pb_shape_at(i)) != NULL; i++) {
        is_met[i] |= strcmp(shape[0], name) == 0;
        is_told |= strcmp(shape[0], name) == 0;
    }
    assert_true(is_told);
}

/* Under a path that says nothing, under one that says all, and named. */
static void read_document(const struct pb_json_document *document)
{
    static const struct pb_limits limits = {.values = 1000};
    static const struct pb_aws_context contexts[] = {
        {.path = {"a.json", 6}, .limits = &limits},
        {.path = {"server-certificate-tags.json", 28}, .limits = &limits},
        {.path = {"a.json", 6}, .limits = &limits, .is_named = true},
    };

    for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++) {
        struct pb_batch batch = {0};
        struct pb_aws_reading reading = {0};
        assert_int_equal(pb_aws_read(document, &contexts[i], &batch, &reading), PB_OK);
        meet(reading.shape);
        for (size_t k = 0; k < batch.records.count; k++)
            meet(PB_VECTOR_AT(struct pb_record, &batch.records, k).shape);
        pb_batch_release(&batch);
    }
}

/* A text with a key twice is no document, and passed over. */
static void check(const char *text)
{
    struct pb_json_reader reader = {.text = pb_slice_from_string(text), .most_values = 1000};
    struct pb_json_document document;
    struct pb_arena arena = {0};
    struct pb_diagnostics diagnostics = {0};
    enum pb_json_outcome outcome;

    outcome = pb_json_next(&reader, &diagnostics, &document);
    if (outcome == PB_JSON_DOCUMENT) {
        read_document(&document);
        pb_json_document_release(&document);
    }
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&arena);
}

static void any_two_forms_are_read_beside_and_inside_each_other(void **state)
{
    static const char *const patterns[][3] = {
        {"{", ", ", "}"},
        {"[{", "}, {", "}]"},
        {"{", ", \"In\": {", "}}"},
        {"{\"In\": [{", ", ", "}]}"},
    };
    char text[1000];

    (void)state;
    for (size_t i = 0; i < ROOT_COUNT; i++)
        check(roots[i]);
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        snprintf(text, sizeof text, "{%s}", members[i]);
        check(text);
        for (size_t j = 0; j < MEMBER_COUNT; j++)
            for (size_t k = 0; k < sizeof patterns / sizeof patterns[0]; k++) {
                snprintf(text, sizeof text, "%s%s%s%s%s", patterns[k][0], members[i],
                         patterns[k][1], members[j], patterns[k][2]);
                check(text);
            }
    }
}

static void every_row_reads_something_and_has_a_name_of_its_own(void **state)
{
    const char *const *shape;

    (void)state;
    for (size_t i = 0; (shape = pb_shape_at(i)) != NULL; i++) {
        if (!is_met[i])
            fail_msg("%s reads nothing", shape[0]);
        assert_true(strlen(shape[1]) > 0 && strlen(shape[2]) > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(shape[0], pb_shape_at(j)[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_two_forms_are_read_beside_and_inside_each_other),
        cmocka_unit_test(every_row_reads_something_and_has_a_name_of_its_own),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

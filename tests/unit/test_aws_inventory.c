/* SPDX-License-Identifier: MIT */
/* Inventories of other tools: what they show, and that they prove no completeness. */
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
#define DATE "2013-05-02T10:00:00Z"
#define SNAKE                                                                                      \
    "'path': '/', 'server_certificate_name': 'shop', 'server_certificate_id': '" ID "', "          \
    "'arn': '" ARN "', 'upload_date': '" DATE "'"
#define PASCAL                                                                                     \
    "'Path': '/', 'ServerCertificateName': 'shop', 'ServerCertificateId': '" ID "', "              \
    "'Arn': '" ARN "', 'UploadDate': '" DATE "'"

static void empty_results_of_ansible_may_be_errors(void **state)
{
    static const struct {
        const char *text, *path;
        enum pb_aws_outcome outcome;
    } rows[] = {
        {"{'results': {}, 'changed': false}", EXPECTED_PATH, PB_AWS_REFUSED},
        {"{'ansible_module_results': {}}", EXPECTED_PATH, PB_AWS_REFUSED},
        {"{'results': {}}", PLAIN_PATH, PB_AWS_UNRELATED},
        {"{'results': []}", "server-certificates/info.json", PB_AWS_UNRELATED},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, rows[i].path, false);
        assert_int_equal(sample.outcome, rows[i].outcome);
        if (rows[i].outcome == PB_AWS_REFUSED)
            assert_string_equal(sample_diagnostic(&sample, 0)->code, "ansible-empty");
        sample_close(&sample);
    }
}

static void a_failed_call_of_cloudsploit_is_no_empty_list(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'iam': {'listServerCertificates': {'us-east-1': {'err': {'message': "
                       "'denied'}}}, 'listUsers': {'us-east-1': {'data': []}}}}",
                       PLAIN_PATH, false);
    assert_int_equal(sample.outcome, PB_AWS_REFUSED);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "error-response");
    assert_slice(sample_diagnostic(&sample, 0)->pointer, "/iam/listServerCertificates/us-east-1");
    sample_close(&sample);
}

static void resources_of_other_types_are_no_certificates(void **state)
{
    static const char *const texts[] = {
        "[{'account': '111122223333', 'service': 'IAM', 'resource': {'type': 'user', 'arn': "
        "'arn:aws:iam::111122223333:user/x', 'path': '/'}}]",
        "{'version': 4, 'resources': [{'mode': 'managed', 'type': 'aws_acm_certificate', "
        "'instances': [{'attributes': {'id': 'ASCAX', 'name': 'x', 'certificate_body': 'x'}}]}]}",
        "{'resource_changes': [{'type': 'aws_iam_server_certificate', 'change': {'after': {'name': "
        "'shop'}}}]}",
        "[{'metadata': {}, 'resources': [{'uid': 'arn:aws:iam::111122223333:user/x', 'name': "
        "'x'}]}]",
        "{'columns': [{'name': 'name'}], 'rows': [{'name': 'x', 'create_date': '" DATE "'}]}",
        "{'scoutsuite': {'viewer_certificate': {'CloudFrontDefaultCertificate': true}}}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        assert_int_equal(sample.batch.observations.count + sample.batch.records.count, 0);
        sample_close(&sample);
    }
}

static void each_tool_shows_the_certificate_in_its_own_words(void **state)
{
    static const struct {
        const char *text, *shape, *account, *upload_date, *pointer;
    } rows[] = {
        {"[{'account': '111122223333', 'service': 'IAM', 'region': 'global', 'resource': {'type': "
         "'server_certificate', 'path': '/', 'server_certificate_name': 'shop', "
         "'server_certificate_id': '" ID "', 'arn': '" ARN
         "', 'upload_date': '2013-05-02 10:00:00 UTC'}}]",
         "aws-recon.resource", "111122223333", DATE, "/0/resource"},
        {"{'account': '111122223333', 'name': '" ARN "', 'asset_type': 'server_certificate', "
         "'service': 'IAM', 'resource': {'data': {'type': 'server_certificate', " SNAKE
         "}, 'version': 'v1'}}",
         "aws-recon.resource", "111122223333", DATE, "/resource/data"},
        {"[{" PASCAL ", 'c7n:MatchedFilters': ['Expiration']}]", "custodian.resources", NULL, DATE,
         "/0"},
        {"[{'name': 'shop', 'arn': '" ARN "', 'server_certificate_id': '" ID
         "', 'path': '/', 'upload_date': '" DATE "', 'account_id': '111122223333'}]",
         "steampipe.rows", "111122223333", DATE, "/0"},
        {"{'columns': [{'name': 'name', 'data_type': 'text'}], 'rows': [{'name': 'shop', 'arn': "
         "'" ARN "', 'server_certificate_id': '" ID "', 'path': '/', 'upload_date': '" DATE
         "', 'certificate_chain': null, 'tags_src': null, 'account_id': '111122223333'}]}",
         "steampipe.rows", "111122223333", DATE, "/rows/0"},
        {"{'account_id': '111122223333', 'id': '" ID "', " SNAKE ", '_cq_sync_time': 'x'}",
         "cloudquery.row", "111122223333", DATE, ""},
        {"[{'account_id': '111122223333', 'id': '" ID "', 'arn': '" ARN
         "', 'path': '/', 'server_certificate_name': 'shop', 'upload_date': '2013-05-02 10:00:00', "
         "'_cq_id': 'x'}]",
         "cloudquery.row", "111122223333", DATE, "/0"},
        {"{'version': 4, 'resources': [{'mode': 'managed', 'type': 'aws_iam_server_certificate', "
         "'name': 'c', 'instances': [{'attributes': {'id': '" ID "', 'name': 'shop', 'path': '/', "
         "'arn': '" ARN "', 'upload_date': '" DATE "', 'private_key': 'x'}}]}]}",
         "terraform.state", NULL, DATE, "/resources/0/instances/0/attributes"},
        {"{'version': 4, 'resources': [{'mode': 'managed', 'type': 'aws_iam_server_certificate', "
         "'instances': [{'attributes_flat': {'id': '" ID
         "', 'name': 'shop', 'path': '/', 'arn': '" ARN "', 'upload_date': '" DATE
         "', 'tags.%': '0'}}]}]}",
         "terraform.state", NULL, DATE, "/resources/0/instances/0/attributes_flat"},
        {"{'version': 3, 'modules': [{'resources': {'aws_iam_server_certificate.c': {'type': "
         "'aws_iam_server_certificate', 'primary': {'id': '" ID "', 'attributes': {'id': '" ID
         "', 'name': 'shop', 'path': '/', 'arn': '" ARN "'}}}}}]}",
         "terraform.state", NULL, "",
         "/modules/0/resources/aws_iam_server_certificate.c/primary/attributes"},
        {"{'values': {'root_module': {'child_modules': [{'resources': [{'mode': 'managed', 'type': "
         "'aws_iam_server_certificate', 'values': {'id': '" ID
         "', 'name': 'shop', 'path': '/', 'arn': '" ARN "', 'upload_date': '" DATE
         "'}, 'sensitive_values': {'private_key': true}}]}]}}}",
         "terraform.state", NULL, DATE, "/values/root_module/child_modules/0/resources/0/values"},
        {"{'results': {'shop': {" SNAKE "}}}", "ansible.server-certificate-info", NULL, DATE,
         "/results/shop"},
        {"{'changed': false, 'ansible_module_results': {'shop': {" SNAKE "}}}",
         "ansible.server-certificate-info", NULL, DATE, "/ansible_module_results/shop"},
        {"[{'metadata': {'event_code': 'x'}, 'status_code': 'FAIL', 'resources': [{'uid': '" ARN
         "', 'name': '" ID "', 'data': {'metadata': {'name': 'shop', 'id': '" ID
         "', 'path': '/', 'expiration': '2016-05-02 12:00:00+00:00', 'tags': []}}}]}]",
         "ocsf.resource", NULL, "", "/0/resources/0"},
        {"{'iam': {'listServerCertificates': {'us-east-1': {'data': [{" PASCAL "}]}}}}",
         "iam.server-certificate-metadata-array", NULL, DATE,
         "/iam/listServerCertificates/us-east-1/data/0"},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_string_equal(sample.shape, rows[i].shape);
        assert_int_equal(sample.batch.records.count, 1);
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_INVENTORY);
        assert_int_equal(sample_record(&sample, 0)->observation_count, 1);
        assert_int_equal(sample.batch.diagnostics.items.count, 0);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_slice(seen->name, "shop");
        assert_slice(seen->id, ID);
        assert_slice(seen->arn, ARN);
        assert_slice(seen->path, "/");
        assert_slice(pb_observation_particulars(seen)->account, rows[i].account);
        assert_date(&seen->upload_date, rows[i].upload_date);
        assert_slice(seen->pointer, rows[i].pointer);
        assert_int_equal(seen->line, 1);
        sample_close(&sample);
    }
}

static void lines_of_a_tool_are_documents_of_their_own(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'account': '111122223333', 'resource': {'type': 'server_certificate', "
                       "'server_certificate_name': 'a'}}\n"
                       "{'account': 111122223333, 'resource': {'type': 'role', 'arn': 'x'}}\n"
                       "{'account': 1122223333, 'resource': {'type': 'server_certificate', "
                       "'server_certificate_name': 'b'}}\n",
                       PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 2);
    assert_slice(pb_observation_particulars(sample_observation(&sample, 1))->account,
                 "001122223333");
    assert_int_equal(sample_observation(&sample, 1)->line, 3);
    sample_close(&sample);
}

static void a_terraform_argument_is_no_proof_and_an_old_digest_no_body(void **state)
{
    static const struct {
        const char *body, *expected;
    } rows[] = {
        {"-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"},
        {"da39a3ee5e6b4b0d3255bfef95601890afd80709", NULL},
        {"", NULL},
    };
    struct sample sample;
    char text[400];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text, "{'resources': [{'type': 'aws_iam_server_certificate', 'instances': "
                     "[{'attributes': {'id': '" ID "', 'private_key': 'SECRET', "
                     "'certificate_body': '");
        strcat(text, rows[i].body);
        strcat(text, "'}}]}]}");
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->body_pem,
                     rows[i].expected);
        assert_int_equal(pb_observation_bodies(sample_observation(&sample, 0))->is_body_unproven,
                         rows[i].expected != NULL);
        assert_int_equal(sample.batch.diagnostics.items.count, 0);
        sample_close(&sample);
    }
}

static void the_data_source_of_terraform_reads_from_the_service(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'resources': [{'mode': 'data', 'type': 'aws_iam_server_certificate', "
                       "'instances': [{'attributes': {'arn': '" ARN "', 'expiration_date': '" DATE
                       "', 'certificate_body': 'x'}}]}]}",
                       PLAIN_PATH, false);
    assert_false(pb_observation_bodies(sample_observation(&sample, 0))->is_body_unproven);
    assert_date(&sample_observation(&sample, 0)->expiration, DATE);
    sample_close(&sample);
}

static void every_instance_counts_and_what_is_only_planned_does_not(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(
        &sample,
        "{'version': 4, 'resources': [{'type': 'aws_iam_server_certificate', "
        "'instances': [{'index_key': 0, 'attributes': {'id': 'ASCA1', 'name': 'a'}}, "
        "{'index_key': 1, 'attributes': {'id': 'ASCA2', 'name': 'b'}}, "
        "{'deposed': 'c0ffee', 'attributes': {'id': 'ASCA3', 'name': 'a'}}, "
        "{'attributes': {'name': 'planned'}}]}]}",
        PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 3);
    assert_int_equal(sample_record(&sample, 0)->observation_count, 3);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "passed-over-element");
    assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_NOTE);
    sample_close(&sample);
}

static void tags_are_read_as_pairs_and_as_a_map(void **state)
{
    static const char *const texts[] = {
        "[{'name': 'shop', 'tags_src': [{'Key': 'owner', 'Value': 'ops'}], 'tags': {'owner': "
        "'x', 'b': 'c'}, "
        "'server_certificate_id': '" ID "'}]",
        "{'resources': [{'type': 'aws_iam_server_certificate', 'instances': [{'attributes': {'id': "
        "'" ID "', 'tags': {'owner': 'ops'}, 'tags_all': {'owner': 'ops', 'a': 'b'}}}]}]}",
        "{" SNAKE ", '_cq_id': 1, 'tags': {'owner': 'ops'}}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open_quoted(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(pb_observation_particulars(sample_observation(&sample, 0))->tag_count, 1);
        assert_slice(pb_observation_particulars(sample_observation(&sample, 0))->tags[0].key,
                     "owner");
        assert_slice(pb_observation_particulars(sample_observation(&sample, 0))->tags[0].value,
                     "ops");
        assert_int_equal(sample.batch.diagnostics.items.count, 0);
        sample_close(&sample);
    }
}

static void security_monkey_keeps_the_body_under_its_own_key(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'server_certificate_name': 'shop', 'upload_date': '" DATE
                       "', 'body': '-----BEGIN CERTIFICATE-----', 'chain': null, 'size': 2048}",
                       PLAIN_PATH, false);
    assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->body_pem,
                 "-----BEGIN CERTIFICATE-----");
    assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->chain_pem, NULL);
    sample_close(&sample);
    sample_open_quoted(&sample, "{'server_certificate_name': 'shop', 'body': 'Hello'}", PLAIN_PATH,
                       false);
    assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->body_pem, NULL);
    assert_int_equal(sample.batch.diagnostics.items.count, 0);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_results_of_ansible_may_be_errors),
        cmocka_unit_test(a_failed_call_of_cloudsploit_is_no_empty_list),
        cmocka_unit_test(resources_of_other_types_are_no_certificates),
        cmocka_unit_test(each_tool_shows_the_certificate_in_its_own_words),
        cmocka_unit_test(lines_of_a_tool_are_documents_of_their_own),
        cmocka_unit_test(a_terraform_argument_is_no_proof_and_an_old_digest_no_body),
        cmocka_unit_test(the_data_source_of_terraform_reads_from_the_service),
        cmocka_unit_test(every_instance_counts_and_what_is_only_planned_does_not),
        cmocka_unit_test(tags_are_read_as_pairs_and_as_a_map),
        cmocka_unit_test(security_monkey_keeps_the_body_under_its_own_key),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

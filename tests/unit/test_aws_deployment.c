/* SPDX-License-Identifier: MIT */
/* What uses a certificate, what tags it, and what ACM holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

#define ARN "arn:aws:iam::111122223333:server-certificate/shop"
#define ACM "arn:aws:acm:eu-west-1:111122223333:certificate/12ab"
#define PEM "-----BEGIN CERTIFICATE-----"
#define TAGS "{'Tags': [{'Key': 'owner', 'Value': 'ops'}], 'IsTruncated': false}"

static void look_alikes_are_unrelated(void **state)
{
    static const struct {
        const char *text, *path;
    } rows[] = {
        {"{'Certificates': [{'CertificateIdentifier': 'rds', 'CertificateArn': "
         "'arn:aws:rds:eu-west-1::cert:rds-ca-2019'}]}",
         PLAIN_PATH},
        {"{'LoadBalancerDescriptions': [{'LoadBalancerName': 'a', 'ListenerDescriptions': "
         "[{'Listener': {'LoadBalancerPort': 80}}]}]}",
         PLAIN_PATH},
        {"{'DistributionList': {'Items': [{'Id': 'E1', 'ViewerCertificate': "
         "{'CloudFrontDefaultCertificate': true}}]}}",
         PLAIN_PATH},
        {"{'certificateDescription': {'certificateArn': 'arn:aws:iot:x:1:cert/a', "
         "'certificatePem': "
         "'" PEM "'}}",
         PLAIN_PATH},
        {"{'CertificateAuthority': {'Arn': 'arn:aws:acm-pca:x:1:certificate-authority/a', "
         "'Serial': "
         "'1'}}",
         PLAIN_PATH},
        {"{'Certificate': '" PEM "', 'CertificateChain': '" PEM "'}",
         "acm-pca/get-certificate.json"},
        {"{'Certificates': [{'CertificateArn': 'arn:aws:iot:x:1:certificate/a'}]}", PLAIN_PATH},
        {"{'Certificate': '" PEM "'}", PLAIN_PATH},
        {"{'CertificateSummaryList': []}", PLAIN_PATH},
        {TAGS, PLAIN_PATH},
        {TAGS, "iam/list-role-tags/shop.json"},
        {TAGS, "acm/certificate-tags.json"},
        {TAGS, EXPECTED_PATH},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, rows[i].path, false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        assert_int_equal(sample.batch.observations.count + sample.batch.records.count, 0);
        sample_close(&sample);
    }
}

static void each_deployment_names_its_certificates(void **state)
{
    static const struct {
        const char *text, *shape, *label, *target, *pointer;
    } rows[] = {
        {"{'LoadBalancerDescriptions': [{'LoadBalancerName': 'web', 'ListenerDescriptions': "
         "[{'Listener': {'LoadBalancerPort': 80}}, {'Listener': {'LoadBalancerPort': 443, "
         "'SSLCertificateId': '" ARN "'}}]}]}",
         "elb.load-balancers", "elb/web:443", ARN,
         "/LoadBalancerDescriptions/0/ListenerDescriptions/1"},
        {"{'Listeners': [{'ListenerArn': "
         "'arn:aws:elasticloadbalancing:x:1:listener/app/alb/0a/1b', 'LoadBalancerArn': "
         "'arn:aws:elasticloadbalancing:x:1:loadbalancer/app/alb/0a', 'Port': 8443, "
         "'Certificates': [{'CertificateArn': '" ARN "'}]}]}",
         "elbv2.listeners", "elbv2/alb:8443", ARN, "/Listeners/0/Certificates/0"},
        {"{'Certificates': [{'CertificateArn': '" ACM "', 'IsDefault': true}]}", "elbv2.listeners",
         "elbv2/answer", ACM, "/Certificates/0"},
        {"{'DistributionList': {'Items': [{'Id': 'E1', 'ViewerCertificate': {'IAMCertificateId': "
         "'ASCAEXAMPLE0000000003', 'Certificate': 'ASCAEXAMPLE0000000003', 'CertificateSource': "
         "'iam'}}]}}",
         "cloudfront.distributions", "cloudfront/E1", "ASCAEXAMPLE0000000003",
         "/DistributionList/Items/0/ViewerCertificate"},
        {"{'Distribution': {'Id': 'E2', 'DistributionConfig': {'ViewerCertificate': "
         "{'Certificate': "
         "'ASCAEXAMPLE0000000003', 'CertificateSource': 'iam'}}}}",
         "cloudfront.distributions", "cloudfront/E2", "ASCAEXAMPLE0000000003",
         "/Distribution/DistributionConfig"},
        {"{'DistributionConfig': {'ViewerCertificate': {'IAMCertificateId': 'ASCAX'}}}",
         "cloudfront.distributions", "cloudfront/answer", "ASCAX", "/DistributionConfig"},
        {"{'Resources': [{'Id': 'arn:aws:cloudfront::1:distribution/E3', 'Details': "
         "{'AwsCloudFrontDistribution': {'ViewerCertificate': {'IamCertificateId': 'ASCAX'}}}}]}",
         "cloudfront.distributions", "cloudfront/E3", "ASCAX", "/Resources/0/Details"},
        {"{'services': {'cloudfront': {'distributions': {'E4': {'id': 'E4', 'viewer_certificate': "
         "{'ACMCertificateArn': '" ACM "'}}}}}}",
         "cloudfront.distributions", "cloudfront/E4", ACM,
         "/services/cloudfront/distributions/E4/viewer_certificate"},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, rows[i].text, PLAIN_PATH, false);
        assert_string_equal(sample.shape, rows[i].shape);
        assert_int_equal(sample.batch.records.count, 1);
        assert_int_equal(sample.batch.observations.count, 0);
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_REFERENCE);
        assert_slice(sample_record(&sample, 0)->label, rows[i].label);
        assert_slice(sample_record(&sample, 0)->target, rows[i].target);
        assert_slice(sample_record(&sample, 0)->pointer, rows[i].pointer);
        assert_int_equal(sample_record(&sample, 0)->line, 1);
        sample_close(&sample);
    }
}

static void a_listener_is_known_by_its_arn(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'Listeners': [{'ListenerArn': 'arn:aws:elasticloadbalancing:x:1:listener/"
                       "app/alb/2/3', 'Port': 8443, 'Certificates': [{'CertificateArn': '" ARN
                       "'}]}]}",
                       PLAIN_PATH, false);
    assert_slice(sample_record(&sample, 0)->label, "elbv2/alb:8443");
    assert_slice(sample_record(&sample, 0)->listener,
                 "arn:aws:elasticloadbalancing:x:1:listener/app/alb/2/3");
    sample_close(&sample);
}

static void a_further_certificate_of_a_listener_is_told_from_its_default_one(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample,
                       "{'Certificates': [{'CertificateArn': '" ARN "', 'IsDefault': true}, "
                       "{'CertificateArn': '" ARN "', 'IsDefault': false}, "
                       "{'CertificateArn': '" ARN "'}]}",
                       PLAIN_PATH, false);
    assert_int_equal(sample.batch.records.count, 3);
    assert_false(sample_record(&sample, 0)->is_further);
    assert_true(sample_record(&sample, 1)->is_further);
    assert_false(sample_record(&sample, 2)->is_further);
    sample_close(&sample);
}

static void tags_belong_to_the_certificate_that_the_file_is_named_after(void **state)
{
    static const struct {
        const char *path, *name;
    } rows[] = {
        {"iam-list-server-certificate-tags/shop", "shop"},
        {"iam-list-server-certificate-tags/a%2Bb%40c", "a+b@c"},
        {"list-server-certificate-tags-shop.json", "shop"},
        {"iam_ListServerCertificateTags_shop.json.gz", "shop"},
        {"server-certificates/shop.tags.json", "shop"},
        {"server-certificates/www.example.com-tags.json", "www.example.com"},
        {"list-server-certificate-tags.json", NULL},
        {"server-certificate-tags/%00.json", NULL},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open_quoted(&sample, TAGS, rows[i].path, false);
        assert_string_equal(sample.shape, "iam.list-server-certificate-tags");
        assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_TAGS);
        assert_slice(sample_record(&sample, 0)->name, rows[i].name);
        assert_int_equal(sample_record(&sample, 0)->tag_count, 1);
        assert_slice(sample_record(&sample, 0)->tags[0].value, "ops");
        sample_close(&sample);
    }
}

static void descriptions_in_acm_are_of_another_origin_and_no_list(void **state)
{
    static const struct {
        const char *before, *after, *pointer;
    } rows[] = {
        {"{'Certificate': ", "}", "/Certificate"},
        {"{'CertificateSummaryList': [", "], 'NextToken': null}", "/CertificateSummaryList/0"},
    };
    struct sample sample;
    char text[600];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text, rows[i].before);
        strcat(text, "{'CertificateArn': '" ACM "', 'DomainName': 'shop.example.com', 'Type': "
                     "'IMPORTED', 'ImportedAt': 1395695519.5, 'NotAfter': '2016-05-02T12:00:00Z', "
                     "'Serial': '00:0A:b1', 'Subject': 'CN=shop.example.com', 'InUseBy': []}");
        strcat(text, rows[i].after);
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_string_equal(sample.shape, "acm.certificate");
        assert_int_equal(sample.batch.records.count, 0);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_int_equal(seen->origin, PB_ORIGIN_ACM);
        assert_int_equal(seen->record, UINT32_MAX);
        assert_string_equal(seen->shape, "acm.certificate");
        assert_slice(seen->arn, ACM);
        assert_slice(seen->name, "shop.example.com");
        assert_date(&seen->upload_date, "");
        assert_date(&seen->expiration, "2016-05-02T12:00:00Z");
        assert_date(&seen->particulars->imported_at, "2014-03-24T21:11:59.5Z");
        assert_slice(seen->particulars->serial, "AB1");
        assert_slice(seen->pointer, rows[i].pointer);
        sample_close(&sample);
    }
}

static void serials_are_bare_upper_case_numbers(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {{"00", "0"}, {"0", "0"},    {"ff:00", "FF00"},
                {"01", "1"}, {"xyz", NULL}, {":", NULL}};
    struct sample sample;
    char text[300];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        strcpy(text,
               "{'Certificate': {'CertificateArn': '" ACM "', 'DomainName': 'x', 'Serial': '");
        strcat(text, rows[i].text);
        strcat(text, "'}}");
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        assert_slice(pb_observation_particulars(sample_observation(&sample, 0))->serial,
                     rows[i].expected);
        sample_close(&sample);
    }
}

static void a_body_from_acm_is_of_its_origin(void **state)
{
    struct sample sample;

    (void)state;
    sample_open_quoted(&sample, "{'Certificate': '" PEM "', 'CertificateChain': '" PEM "x'}",
                       PLAIN_PATH, false);
    assert_string_equal(sample.shape, "acm.get-certificate");
    assert_int_equal(sample_observation(&sample, 0)->origin, PB_ORIGIN_ACM);
    assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->body_pem, PEM);
    assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->chain_pem, PEM "x");
    sample_close(&sample);
    sample_open_quoted(&sample, "{'Certificate': '" PEM "'}", "acm/get-certificate.json", false);
    assert_string_equal(sample.shape, "acm.get-certificate");
    sample_close(&sample);
}

static void a_report_that_is_a_script_has_a_prologue(void **state)
{
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        {"scoutsuite_results =\n{}", 20}, {"scoutsuite_results= {}", 19}, {"scoutsuite_results", 0},
        {"scoutsuite_results {}", 0},     {" scoutsuite_results =", 0},   {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(pb_aws_prologue_size(pb_slice_from_string(rows[i].text)), rows[i].size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_alikes_are_unrelated),
        cmocka_unit_test(each_deployment_names_its_certificates),
        cmocka_unit_test(a_listener_is_known_by_its_arn),
        cmocka_unit_test(a_further_certificate_of_a_listener_is_told_from_its_default_one),
        cmocka_unit_test(tags_belong_to_the_certificate_that_the_file_is_named_after),
        cmocka_unit_test(descriptions_in_acm_are_of_another_origin_and_no_list),
        cmocka_unit_test(serials_are_bare_upper_case_numbers),
        cmocka_unit_test(a_body_from_acm_is_of_its_origin),
        cmocka_unit_test(a_report_that_is_a_script_has_a_prologue),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Odd values of a certificate's fields: remarked on, never rejected, never a flood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

static void wrong_types_are_named_with_what_was_expected(void **state)
{
    static const struct {
        const char *text, *pointer, *message;
    } rows[] = {
        {"{\"ServerCertificateName\": \"x\", \"Arn\": 5}", "/Arn",
         "this is an integer; expected a string"},
        {"{\"ServerCertificateName\": []}", "/ServerCertificateName",
         "this is an array; expected a string"},
        {"{\"ServerCertificateName\": \"x\", \"UploadDate\": true}", "/UploadDate",
         "this is a boolean; expected a date"},
        {"{\"ServerCertificateName\": \"x\", \"UploadDate\": []}", "/UploadDate",
         "this is an array; expected a date"},
        {"{\"ServerCertificateName\": \"x\", \"CertificateBody\": 1.5}", "/CertificateBody",
         "this is a number; expected a string in PEM"},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open(&sample, rows[i].text, PLAIN_PATH, false);
        assert_int_equal(sample.batch.observations.count, 1);
        assert_int_equal(sample.batch.diagnostics.items.count, 1);
        const struct pb_diagnostic *diagnostic = sample_diagnostic(&sample, 0);
        assert_string_equal(diagnostic->code, "wrong-type");
        assert_int_equal(diagnostic->severity, PB_SEVERITY_ERROR);
        assert_slice(diagnostic->pointer, rows[i].pointer);
        assert_slice(diagnostic->message, rows[i].message);
        assert_int_equal(diagnostic->line, 1);
        sample_close(&sample);
    }
}

static void dates_that_are_none_are_kept_as_unparseable(void **state)
{
    static const struct {
        const char *value, *code, *text;
    } rows[] = {
        {"5", "odd-date", "5"},
        {"\"tomorrow\"", "unparseable-date", "tomorrow"},
        {"\"2013-02-31T00:00:00Z\"", "unparseable-date", "2013-02-31T00:00:00Z"},
        {"false", "wrong-type", NULL},
    };
    struct sample sample;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(text, sizeof text, "{\"ServerCertificateName\": \"x\", \"UploadDate\": %s}",
                 rows[i].value);
        sample_open(&sample, text, PLAIN_PATH, false);
        assert_date(&sample_observation(&sample, 0)->upload_date, "?");
        assert_date_text(&sample_observation(&sample, 0)->upload_date, rows[i].text);
        assert_string_equal(sample_diagnostic(&sample, 0)->code, rows[i].code);
        sample_close(&sample);
    }
}

static void two_spellings_of_one_field_with_two_values_are_an_error(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "{\"ServerCertificateName\": \"a\", \"serverCertificateName\": \"b\","
                "\"UploadDate\": \"2013-05-02T10:00:00Z\", \"upload_date\": "
                "\"2015-05-02T10:00:00Z\", \"Path\": \"/\", \"path\": \"/\", \"arn\": null}",
                PLAIN_PATH, false);
    assert_slice(sample_observation(&sample, 0)->name, "a");
    assert_date(&sample_observation(&sample, 0)->upload_date, "?");
    assert_date_text(&sample_observation(&sample, 0)->upload_date, "2013-05-02T10:00:00Z");
    assert_slice(sample_observation(&sample, 0)->path, "/");
    assert_int_equal(sample.batch.diagnostics.items.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(sample_diagnostic(&sample, i)->code, "repeated-field");
        assert_int_equal(sample_diagnostic(&sample, i)->severity, PB_SEVERITY_ERROR);
    }
    sample_close(&sample);
}

static void oddities_of_published_samples_are_notes(void **state)
{
    static const struct {
        const char *text, *code;
    } rows[] = {
        {"{\"ServerCertificateName\": \" shop\"}", "outer-whitespace"},
        {"{\"ServerCertificateId\": \"EHDGEXAMPLE0000000001\"}", "odd-id-prefix"},
        {"{\"ServerCertificateName\": \"a b\"}", "odd-name"},
        {"{\"Path\": \"/cloudfront/\", \"Arn\": "
         "\"arn:aws:iam::1:server-certificate/Org1/Org2/x\"}",
         "path-differs"},
        {"{\"ServerCertificateName\": \"y\", \"Arn\": \"arn:aws:iam::1:server-certificate/x\"}",
         "name-differs"},
        {"{\"ServerCertificateName\": \"y\", \"Tags\": \"none\"}", "odd-tags"},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open(&sample, rows[i].text, PLAIN_PATH, false);
        assert_int_equal(sample.batch.observations.count, 1);
        assert_int_equal(sample.batch.diagnostics.items.count, 1);
        assert_string_equal(sample_diagnostic(&sample, 0)->code, rows[i].code);
        assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_NOTE);
        sample_close(&sample);
    }
}

static void names_ids_paths_and_arns_are_trimmed(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "{\"ServerCertificateName\": \" shop\", \"ServerCertificateId\": \"ASCAX\\n\", "
                "\"Path\": \"/ \", \"Arn\": \"\\tarn:aws:iam::1:server-certificate/shop \"}",
                PLAIN_PATH, false);
    assert_slice(sample_observation(&sample, 0)->name, "shop");
    assert_slice(sample_observation(&sample, 0)->id, "ASCAX");
    assert_slice(sample_observation(&sample, 0)->path, "/");
    assert_slice(sample_observation(&sample, 0)->arn, "arn:aws:iam::1:server-certificate/shop");
    assert_int_equal(sample.batch.diagnostics.items.count, 4);
    sample_close(&sample);
}

/* Whatever document it was read from is released before. */
static void a_name_that_ends_its_arn_has_no_bytes_of_its_own(void **state)
{
    static const struct {
        const char *name, *arn, *kept;
        bool is_shared;
    } rows[] = {
        {"'shop'", "'arn:aws:iam::1:server-certificate/shop'", "shop", true},
        {"'shop'", "'arn:aws:iam::1:server-certificate/a/b/shop'", "shop", true},
        {"' shop '", "'arn:aws:iam::1:server-certificate/shop '", "shop", true},
        {"'op'", "'arn:aws:iam::1:server-certificate/shop'", "op", true},
        {"'caf\\u00e9'", "'arn:aws:iam::1:server-certificate/caf\xc3\xa9'", "caf\xc3\xa9", true},
        {"'sho'", "'arn:aws:iam::1:server-certificate/shop'", "sho", false},
        {"'Shop'", "'arn:aws:iam::1:server-certificate/shop'", "Shop", false},
        {"'x\\u0001'", "'arn:aws:iam::1:server-certificate/x'", "x\x01", false},
        {"'longer-than-its-arn'", "'arn'", "longer-than-its-arn", false},
        {"'shop'", "null", "shop", false},
        {"''", "'arn:aws:iam::1:server-certificate/shop'", NULL, false},
        {"null", "'arn:aws:iam::1:server-certificate/shop'", NULL, false},
    };
    struct sample sample;
    char text[300];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(text, sizeof text,
                 "{'ServerCertificateName': %s, 'ServerCertificateId': 'ASCA1', 'Arn': %s}",
                 rows[i].name, rows[i].arn);
        sample_open_quoted(&sample, text, PLAIN_PATH, false);
        const struct pb_observation *seen = sample_observation(&sample, 0);
        assert_slice(seen->name, rows[i].kept);
        bool is_shared =
            seen->name.data != NULL && seen->arn.data != NULL &&
            seen->name.data + seen->name.size_bytes == seen->arn.data + seen->arn.size_bytes;
        assert_int_equal(is_shared, rows[i].is_shared);
        sample_close(&sample);
    }
}

static void account_fields_are_kept_and_numbers_get_their_zeros_back(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "[{\"server_certificate_name\": \"a\", \"account_id\": \"000123456789\"}, "
                "{\"serverCertificateName\": \"b\", \"accountId\": 123456789}]",
                PLAIN_PATH, false);
    assert_slice(pb_observation_particulars(sample_observation(&sample, 0))->account,
                 "000123456789");
    assert_slice(pb_observation_particulars(sample_observation(&sample, 1))->account,
                 "000123456789");
    sample_close(&sample);
}

static void a_flood_of_oddities_is_counted(void **state)
{
    struct sample sample;
    char *text = calloc(1, 100000), *end = text;

    (void)state;
    assert_non_null(text);
    end += sprintf(end, "{\"ServerCertificateMetadataList\": [");
    for (int i = 0; i < 500; i++)
        end += sprintf(end, "%s{\"ServerCertificateId\": \"ODD\", \"Arn\": %d}", i ? "," : "", i);
    strcpy(end, "]}");
    sample_open(&sample, text, PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 500);
    assert_int_equal(sample.batch.diagnostics.items.count, 21);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "odd-id-prefix");
    assert_slice(sample_diagnostic(&sample, 0)->message,
                 "ids of server certificates begin with ASCA, \"ODD\" does not; the same in 499 "
                 "more places");
    assert_slice(sample_diagnostic(&sample, 20)->message,
                 "this is an integer; expected a string; the same in 480 more places");
    assert_slice(sample_diagnostic(&sample, 20)->pointer, "/ServerCertificateMetadataList/19/Arn");
    sample_close(&sample);
    free(text);
}

static void an_output_skeleton_is_refused(void **state)
{
    static const char *const texts[] = {
        "{\"ServerCertificateMetadataList\": [{\"Path\": \"Path\", \"ServerCertificateName\": "
        "\"ServerCertificateName\", \"ServerCertificateId\": \"ServerCertificateId\", \"Arn\": "
        "\"Arn\", \"UploadDate\": \"1970-01-01T00:00:00\"}]}",
        ("{\"ServerCertificate\": {\"ServerCertificateMetadata\": {\"Arn\": \"Arn\", "
         "\"UploadDate\": \"1970-01-01T00:00:00\"}, \"CertificateBody\": \"CertificateBody\"}}"),
        "[{\"ServerCertificateName\": \"ServerCertificateName\"}]",
        "{\"ServerCertificateId\": \"ServerCertificateId\"}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_int_equal(sample.batch.records.count + sample.batch.observations.count, 0);
        size_t last = sample.batch.diagnostics.items.count - 1;
        assert_string_equal(sample_diagnostic(&sample, last)->code, "skeleton-output");
        assert_int_equal(sample_diagnostic(&sample, last)->severity, PB_SEVERITY_ERROR);
        sample_close(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_types_are_named_with_what_was_expected),
        cmocka_unit_test(dates_that_are_none_are_kept_as_unparseable),
        cmocka_unit_test(two_spellings_of_one_field_with_two_values_are_an_error),
        cmocka_unit_test(oddities_of_published_samples_are_notes),
        cmocka_unit_test(names_ids_paths_and_arns_are_trimmed),
        cmocka_unit_test(a_name_that_ends_its_arn_has_no_bytes_of_its_own),
        cmocka_unit_test(account_fields_are_kept_and_numbers_get_their_zeros_back),
        cmocka_unit_test(a_flood_of_oddities_is_counted),
        cmocka_unit_test(an_output_skeleton_is_refused),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* --query results: texts, rows and renamed objects, and where they are evidence at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

#define DATE "\"2013-05-02T10:00:00Z\""
#define ARN "\"arn:aws:iam::111122223333:server-certificate/shop\""

static void bare_texts_are_unrelated_where_nothing_vouches_for_them(void **state)
{
    static const char *const texts[] = {
        "[\"shop\", \"cdn\"]",
        DATE,
        "[" DATE "]",
        "[[\"shop\", " DATE "]]",
        "\"-----BEGIN CERTIFICATE-----\"",
        "{\"List\": [[\"shop\", " DATE "]]}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        sample_close(&sample);
        sample_open(&sample, texts[i], "dump/my-Certs.json", false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        sample_close(&sample);
        sample_open(&sample, texts[i], PLAIN_PATH, true);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        sample_close(&sample);
    }
}

static void mixtures_and_other_texts_are_not_understood(void **state)
{
    static const char *const texts[] = {
        "[\"shop\", " DATE "]",
        "[\"a b\"]",
        "[\"shop\", 5]",
        "[\"shop\", null]",
        "5",
        "\"shop\"",
        "[[\"shop\", \"/\"]]",
        "[[\"shop\"], []]",
        "[[\"shop\", 5, " DATE "]]",
        "[{\"Name\": \"shop\"}]",
        "[{\"Name\": \"x\", \"Date\": " DATE "}]",
        "[{\"Upload\": " DATE "}]",
        "true",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, true);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_string_equal(sample_diagnostic(&sample, 0)->code, "unrecognised");
        assert_int_equal(sample.batch.observations.count, 0);
        sample_close(&sample);
    }
}

static void rows_whose_columns_look_alike_are_refused(void **state)
{
    static const char *const texts[] = {
        "[[\"shop\", " DATE ", " DATE "]]",
        "[[\"shop\", \"EHDGEXAMPLE\", " DATE "]]",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], EXPECTED_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_REFUSED);
        assert_string_equal(sample_diagnostic(&sample, 0)->code, "ambiguous-columns");
        assert_int_equal(sample.batch.records.count, 0);
        sample_close(&sample);
    }
}

static void names_arns_and_ids_are_certificates_without_dates(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample, "[\"shop\",\n\"ASCAEXAMPLE0000000001\"]", PLAIN_PATH, true);
    assert_string_equal(sample.shape, "query.names");
    assert_int_equal(sample_record(&sample, 0)->kind, PB_RECORD_NAMES);
    assert_slice(sample_observation(&sample, 0)->name, "shop");
    assert_slice(sample_observation(&sample, 1)->name, "ASCAEXAMPLE0000000001");
    assert_slice(sample_observation(&sample, 1)->pointer, "/1");
    assert_int_equal(sample_observation(&sample, 1)->line, 2);
    sample_close(&sample);

    sample_open(&sample, "[\"ASCAEXAMPLE0000000001\"]", PLAIN_PATH, true);
    assert_slice(sample_observation(&sample, 0)->id, "ASCAEXAMPLE0000000001");
    assert_slice(sample_observation(&sample, 0)->name, NULL);
    sample_close(&sample);

    sample_open(&sample, "[" ARN "]", PLAIN_PATH, true);
    assert_slice(sample_observation(&sample, 0)->arn,
                 "arn:aws:iam::111122223333:server-certificate/shop");
    assert_slice(sample_observation(&sample, 0)->name, NULL);
    sample_close(&sample);
}

static void a_single_date_is_named_after_its_file(void **state)
{
    static const struct {
        const char *path, *name;
    } rows[] = {
        {"shop.json", "shop"},    {"a.tgz!/dump/shop.txt", "shop"},
        {"shop.JSON.gz", "shop"}, {"shop.example.com.json", "shop.example.com"},
        {"shop", "shop"},         {"dir/.json", ".json"},
        {"odd name.json", NULL},  {"dir/", NULL},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sample_open(&sample, DATE, rows[i].path, true);
        assert_string_equal(sample.shape, "query.dates");
        assert_slice(sample_observation(&sample, 0)->name, rows[i].name);
        assert_int_equal(sample_observation(&sample, 0)->is_name_from_file, rows[i].name != NULL);
        assert_date(&sample_observation(&sample, 0)->upload_date, "2013-05-02T10:00:00Z");
        assert_slice(sample_observation(&sample, 0)->pointer, "");
        sample_close(&sample);
    }
}

static void an_array_of_dates_is_one_certificate_each(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample, "[" DATE ", \"2014-05-02\"]", "certs.json", false);
    assert_int_equal(sample.batch.observations.count, 2);
    assert_slice(sample_observation(&sample, 0)->name, NULL);
    assert_int_equal(sample_observation(&sample, 1)->upload_date.state, PB_DATE_WITHOUT_TIME);
    sample_close(&sample);
}

static void bodies_stand_alone(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample, "\"-----BEGIN CERTIFICATE-----\\nMIIB\\n\"", PLAIN_PATH, true);
    assert_string_equal(sample.shape, "query.body");
    assert_slice(pb_observation_bodies(sample_observation(&sample, 0))->body_pem,
                 "-----BEGIN CERTIFICATE-----\nMIIB\n");
    assert_slice(sample_observation(&sample, 0)->name, NULL);
    sample_close(&sample);
}

static void rows_are_read_in_any_order_of_columns(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "{\"List\": [[" DATE ", \"/\", " ARN ", \"shop\", \"ASCAEXAMPLE0000000001\"],"
                "[null, \"/\", null, \"cdn\", \"ASCAEXAMPLE0000000002\"]], \"IsTruncated\": true}",
                PLAIN_PATH, true);
    assert_string_equal(sample.shape, "query.rows");
    assert_int_equal(sample_record(&sample, 0)->page, PB_PAGE_MORE);
    assert_slice(sample_observation(&sample, 0)->name, "shop");
    assert_slice(sample_observation(&sample, 0)->path, "/");
    assert_slice(sample_observation(&sample, 0)->id, "ASCAEXAMPLE0000000001");
    assert_date(&sample_observation(&sample, 0)->upload_date, "2013-05-02T10:00:00Z");
    assert_slice(sample_observation(&sample, 1)->pointer, "/List/1");
    assert_date(&sample_observation(&sample, 1)->upload_date, "");
    sample_close(&sample);

    sample_open(&sample, "[[\"shop\", null]]", PLAIN_PATH, true);
    assert_slice(sample_observation(&sample, 0)->name, "shop");
    sample_close(&sample);
}

static void renamed_objects_need_no_one_to_vouch_for_them(void **state)
{
    static const char *const texts[] = {
        "{\"Name\": \"shop\", \"Upload\": " DATE "}",
        "[{\"CertName\": \"shop\", \"uploaded_at\": " DATE "}]",
        "{\"List\": [{\"Name\": \"shop\", \"Upload\": " DATE "}], \"IsTruncated\": false}",
        "[{\"Name\": \"shop\", \"Upload\": 1367488800, \"NotAfter\": null}]",
        "[{\"Name\": \"shop\", \"A\": " ARN ", \"UploadedOn\": " DATE "}]",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_RECOGNISED);
        assert_string_equal(sample.shape, "query.renamed");
        assert_slice(sample_observation(&sample, 0)->name, "shop");
        assert_date(&sample_observation(&sample, 0)->upload_date, "2013-05-02T10:00:00Z");
        sample_close(&sample);
    }
}

static void objects_of_other_things_are_not_renamed_certificates(void **state)
{
    static const char *const texts[] = {
        "[{\"UserName\": \"bob\", \"SSHPublicKeyId\": \"APKA\", \"UploadDate\": " DATE "}]",
        "[{\"UserName\": \"bob\", \"CertificateId\": \"TA7S\", \"UploadDate\": " DATE "}]",
        "[{\"file_name\": \"report\", \"uploaded\": " DATE "}]",
        "[{\"name\": \"eth0\", \"upload\": 93.5}]",
        "[{\"name\": \"a\", \"full_name\": \"b\", \"upload\": " DATE "}]",
        "[{\"Name\": \"a\", \"Upload\": " DATE ", \"Reupload\": " DATE "}]",
        "{\"x\": {\"y\": [{\"Name\": \"a\", \"Upload\": " DATE "}]}}",
        "{\"a\": [{\"Name\": \"a\", \"Upload\": " DATE "}], \"b\": []}",
        "[{\"Name\": \"a\", \"Upload\": " DATE ", \"Tags\": []}]",
        "{\"Name\": \"a\", \"Upload\": \"soon\"}",
        "{\"ListenerArn\": \"x\", \"CertificateArn\": " ARN "}",
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sample_open(&sample, texts[i], PLAIN_PATH, false);
        assert_int_equal(sample.outcome, PB_AWS_UNRELATED);
        sample_close(&sample);
    }
}

static void elements_beside_renamed_certificates_are_never_silent(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample,
                "[{\"Name\": \"shop\", \"Upload\": " DATE "}, {\"Name\": \"cdn\", \"Upload\": "
                "\"soon\"}, 5, {\"Name\": null, \"Upload\": " DATE "}]",
                PLAIN_PATH, false);
    assert_int_equal(sample.batch.observations.count, 3);
    assert_date(&sample_observation(&sample, 1)->upload_date, "?");
    assert_slice(sample_observation(&sample, 2)->name, NULL);
    assert_int_equal(sample.batch.diagnostics.items.count, 2);
    assert_string_equal(sample_diagnostic(&sample, 0)->code, "unparseable-date");
    assert_string_equal(sample_diagnostic(&sample, 1)->code, "unrecognised-element");
    assert_slice(sample_diagnostic(&sample, 1)->pointer, "/2");
    sample_close(&sample);
}

static void a_misspelt_date_leaves_certificates_without_one(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample, "[{\"Name\": \"shop\", \"Upload\": null}]", PLAIN_PATH, false);
    assert_slice(sample_observation(&sample, 0)->name, "shop");
    assert_date(&sample_observation(&sample, 0)->upload_date, "");
    assert_int_equal(sample.batch.diagnostics.items.count, 0);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bare_texts_are_unrelated_where_nothing_vouches_for_them),
        cmocka_unit_test(mixtures_and_other_texts_are_not_understood),
        cmocka_unit_test(rows_whose_columns_look_alike_are_refused),
        cmocka_unit_test(names_arns_and_ids_are_certificates_without_dates),
        cmocka_unit_test(a_single_date_is_named_after_its_file),
        cmocka_unit_test(an_array_of_dates_is_one_certificate_each),
        cmocka_unit_test(bodies_stand_alone),
        cmocka_unit_test(rows_are_read_in_any_order_of_columns),
        cmocka_unit_test(objects_of_other_things_are_not_renamed_certificates),
        cmocka_unit_test(renamed_objects_need_no_one_to_vouch_for_them),
        cmocka_unit_test(elements_beside_renamed_certificates_are_never_silent),
        cmocka_unit_test(a_misspelt_date_leaves_certificates_without_one),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

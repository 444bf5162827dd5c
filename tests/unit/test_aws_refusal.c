/* SPDX-License-Identifier: MIT */
/* Documents that prove nothing: refused where they were to be evidence, unrelated elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "test_aws_document.h"

struct row {
    const char *text;
    const char *code; /* NULL: unrelated even where evidence was to be expected */
    bool is_always_refused;
};

static void check(const struct row *row, const char *path, bool is_named, bool is_refused)
{
    struct sample sample;

    sample_open(&sample, row->text, path, is_named);
    assert_int_equal(sample.outcome, is_refused ? PB_AWS_REFUSED : PB_AWS_UNRELATED);
    assert_int_equal(sample.batch.diagnostics.items.count, is_refused);
    assert_int_equal(sample.batch.observations.count + sample.batch.records.count, 0);
    if (is_refused) {
        assert_string_equal(sample_diagnostic(&sample, 0)->code, row->code);
        assert_int_equal(sample_diagnostic(&sample, 0)->severity, PB_SEVERITY_ERROR);
        assert_slice(sample_diagnostic(&sample, 0)->pointer, "");
        assert_int_equal(sample_diagnostic(&sample, 0)->line, 1);
    }
    sample_close(&sample);
}

static void what_proves_nothing_is_refused_where_it_was_to_prove(void **state)
{
    static const struct row rows[] = {
        {"[]", "empty-document", false},
        {"{}", "empty-document", false},
        {"null", "empty-document", false},
        {"\"\"", "empty-document", false},
        {"\" \\n\"", "empty-document", false},
        {"2", "unrecognised", false},
        {"[{\"a\": 1}]", "unrecognised", false},
        {"{\"Tags\": []}", NULL, false},
        {"{\"Error\": {\"Code\": \"AccessDenied\"}}", "error-response", false},
        {"{\"err\": {\"message\": \"denied\"}}", "error-response", false},
        {"{\"__type\": \"AccessDenied\", \"message\": \"no\"}", "error-response", false},
        {"{\"x\": {\"ServerCertificateMetadata\": null}}", "unrecognised", true},
        {"{\"ServerCertificateMetadataList\": null}", "unrecognised", true},
        {"{\"ServerCertificateName\": \"\"}", "skeleton-input", true},
        {"{\"Path\": \"\", \"ServerCertificateName\": \"\", \"CertificateBody\": \"\", \"Tags\": "
         "[{\"Key\": \"\", \"Value\": \"\"}]}",
         "skeleton-input", true},
        {"{\"PathPrefix\": \"\", \"Marker\": \"\", \"MaxItems\": 0}", "skeleton-input", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i], PLAIN_PATH, false, rows[i].is_always_refused);
        check(&rows[i], PLAIN_PATH, true, rows[i].code != NULL);
        check(&rows[i], EXPECTED_PATH, false, rows[i].code != NULL);
    }
}

static void an_error_is_quoted(void **state)
{
    struct sample sample;

    (void)state;
    sample_open(&sample, "{\"Error\": {\"Code\": \"AccessDenied\"}}", EXPECTED_PATH, false);
    assert_int_not_equal(
        pb_slice_find(sample_diagnostic(&sample, 0)->message, PB_SLICE("\"AccessDenied\""), 0),
        SIZE_MAX);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_proves_nothing_is_refused_where_it_was_to_prove),
        cmocka_unit_test(an_error_is_quoted),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

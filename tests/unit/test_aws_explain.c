/* SPDX-License-Identifier: MIT */
/* Text that people save in JSON's place is told apart by its first lines. */
#include "unit.h"
#include "aws/read.h"

static void other_text_is_not_explained(void **state)
{
    static const char *const texts[] = {
        "",
        " \n",
        "{\"ServerCertificateMetadataList\": [",
        "[\"shop\", ",
        "{",
        "[[[",
        "# Notes\nThe certificates are old.",
        "name: of a thing",
        "hello, world",
        "#!/bin/sh\naws iam list-server-certificates",
        "Log of An error occurred (X) when calling the Y operation",
    };
    const char *code = "unchanged";

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_null(pb_aws_explain_text(pb_slice_from_string(texts[i]), &code));
    assert_string_equal(code, "unchanged");
}

static void each_format_has_a_code_and_advice(void **state)
{
    static const struct {
        const char *text, *code;
    } rows[] = {
        {"\nAn error occurred (AccessDenied) when calling the ListServerCertificates operation: "
         "User: arn:aws:iam::111122223333:user/auditor is not authorized",
         "cli-error"},
        {"\r\nAn error occurred (ExpiredToken) when calling the ListServerCertificates operation: "
         "The security token included in the request is expired\r\n",
         "cli-error"},
        {"usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
         "To see help text, you can run:\n",
         "cli-error"},
        {"\nParameter validation failed:\nInvalid length for parameter "
         "ServerCertificate.ServerCertificateMetadata.Arn, value: 3, valid min length: 20",
         "cli-error"},
        {"\nUnable to locate credentials. You can configure credentials by running \"aws login\".",
         "cli-error"},
        {"<!DOCTYPE html>\n<html><head><title>Sign in</title>", "html-page"},
        {"<HTML>", "html-page"},
        {"<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">", "xml-response"},
        {"-----BEGIN CERTIFICATE-----\nMIIDkTCCAnmgAwIBAgIUd6CTQgeM2nUPf+UPpAm9ohWkxTkwDQYJ\n",
         "pem-file"},
        {"None\n", "none-output"},
        {"-----------------\n|  ListServerCertificates  |\n+--------+\n", "table-output"},
        {"{'ServerCertificate': {'ServerCertificateMetadata': {'Path': '/', ", "python-repr"},
        {"{'IsTruncated': False,\n 'ResponseMetadata': {'HTTPHeaders': {", "python-repr"},
        {"[datetime.datetime(2013, 9, 9, 9, 9, 9, 9000, tzinfo=tzutc())]", "python-repr"},
        {"{\n  ServerCertificate: {\n    ServerCertificateMetadata: {\n      Path: '/',",
         "javascript-inspect"},
        {"{ ResponseMetadata: { RequestId: '4b06' },", "javascript-inspect"},
        {"[ { Path: '/', UploadDate: 2013-09-09T09:09:09.009Z } ]", "javascript-inspect"},
        {"ServerCertificateMetadataList:\n- Arn: arn:aws-cn:iam::222233334444:", "yaml-output"},
        {"- IsTruncated: false\n  ServerCertificateMetadataList:\n  - Arn: arn:aws-cn:",
         "yaml-output"},
        {"- ServerCertificate:\n    CertificateBody: '-----BEGIN", "yaml-output"},
        {"\"FrontendSSLCertificate\",\"2013-06-12T16:46:59.068000+00:00\"\n\"edge\",\"\"\n",
         "csv-output"},
        {"name,arn,upload_date\r\nshop,,2013-05-02T10:00:00Z\r\n", "csv-output"},
        {"SERVERCERTIFICATEMETADATALIST\tarn:aws:iam::000123456789:server-certificate/x\t2013",
         "text-output"},
        {"SERVERCERTIFICATE\t-----BEGIN CERTIFICATE-----\nMIIEEDCC", "text-output"},
        {"True\tcGFnZToxMDA6MDAwMTIzNDU2Nzg5\nSERVERCERTIFICATEMETADATALIST\tarn", "text-output"},
        {"2014-04-01T00:00:00Z\n", "text-output"},
        {"bulk-0000.shop.example.com\tbulk-0001.shop.example.com\n", "text-output"},
        {"100\n100\n50\n", "text-output"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *code = NULL;
        const char *advice = pb_aws_explain_text(pb_slice_from_string(rows[i].text), &code);
        assert_non_null(advice);
        assert_string_equal(code, rows[i].code);
        assert_true(strlen(advice) > 20);
    }
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
        cmocka_unit_test(other_text_is_not_explained),
        cmocka_unit_test(each_format_has_a_code_and_advice),
        cmocka_unit_test(a_report_that_is_a_script_has_a_prologue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Documents in which only names of actions speak of certificates are passed over, and nothing in
 * any report shows it: over texts made for it, and over generated odd ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "aws/read.h"
#include "base/buffer.h"
#include "json/plain.h"
#include "test_extract_ways.h"

#define DOCUMENTS 20000
#define DOCUMENTS_A_BATCH 500
#define DEEPEST 4

static const struct pb_limits limits = {.values = 60};

static bool is_passed_over(struct pb_slice text)
{
    return pb_aws_may_be_evidence(text) && !pb_aws_may_be_more_than_actions(text) &&
           pb_json_is_plain(text, &limits);
}

static enum pb_entry_status compare_text(struct way *one, struct way *other, struct pb_slice text)
{
    const struct pb_item item = {.path = PB_SLICE("bundle.tar!/dump/0001.json"),
                                 .content = text,
                                 .status = PB_ENTRY_USED,
                                 .is_digest_of_content = true};
    return compare(one, other, &item);
}

static void open_both(struct way *one, struct way *other)
{
    static const struct pb_crls crls = {0};

    way_open(one, &limits, &crls, false);
    way_open(other, &limits, &crls, true);
}

static void close_both(struct way *one, struct way *other)
{
    way_close(one);
    way_close(other);
}

static void policies_that_name_actions_are_passed_over(void **state)
{
    static const char *const texts[] = {
        "{\"Action\": \"iam:GetServerCertificate\"}",
        "{\"Action\" : [ \"iam:ListServerCertificates\" , \"iam:*Certificate*\"\n] }",
        "[{\"Action\":[\"iam:UploadServerCertificate\",\"s3:PutObject\",\"ecr:UploadLayerPart\"]}]",
        "{\"Account\": \"1\", \"Action\": [\"aws:userid\", \"elasticloadbalancing:AddListener"
        "Certificates\", \"acm-pca:IssueCertificate\"]}\n{\"a\": \"iot:DeleteCertificat?\"}",
    };
    struct way one, other;

    (void)state;
    open_both(&one, &other);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct pb_slice text = pb_slice_from_string(texts[i]);
        assert_true(is_passed_over(text));
        assert_int_equal(compare_text(&one, &other, text), PB_ENTRY_IGNORED);
        assert_int_equal(one.batch.diagnostics.items.count, 0);
    }
    close_both(&one, &other);
}

static void what_could_be_more_than_an_action_is_not_overlooked(void **state)
{
    static const char *const texts[] = {
        "{\"iam:GetServerCertificate\": 1}",
        "{\"s3:Upload\" : \"2013-05-02T10:00:00Z\", \"name\": \"shop\"}",
        "{\"a\": \"iam:GetServerCertificateMetadata\"}",
        "{\"a\": \"iam:ListServerCertificateNames\"}",
        "{\"a\": \"iam:server_certificate_id\"}",
        "{\"a\": \"AWS::IAM::ServerCertificate\"}",
        "{\"a\": \"Iam:GetServerCertificate\"}",
        "{\"a\": \" iam:GetServerCertificate\"}",
        "{\"a\": \"iam:GetServerCertificate \"}",
        "{\"a\": \"iam:Get ServerCertificate\"}",
        "{\"a\": \":GetServerCertificate\"}",
        "{\"a\": \"GetServerCertificate\"}",
        "{\"a\": \"iam:Get\\u0053erverCertificate\"}",
        "{\"a\": \"x \\\"iam:GetServerCertificate\"}",
        "{\"a\": \"{\\\"Action\\\": \\\"iam:GetServerCertificate\\\"}\"}",
        "{\"a\": \"iam:GetServerCertificate\", \"ServerCertificateMetadataList\": []}",
        "{\"a\": \"iam:GetServerCertificate\", \"b\": \"ASCAEXAMPLE0000000001\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(pb_aws_may_be_evidence(pb_slice_from_string(texts[i])));
        assert_true(pb_aws_may_be_more_than_actions(pb_slice_from_string(texts[i])));
    }
}

static void an_action_in_a_damaged_document_keeps_it_unreadable(void **state)
{
    static const char *const texts[] = {
        "{\"Action\": \"iam:GetServerCertificate\"",
        "{\"Action\": \"iam:GetServerCertificate\", \"Action\": 1}",
        "{\"Action\": \"iam:GetServerCertificate\"}\xff",
        "{\"Action\": \"iam:GetServerCertificate\", 1}",
    };
    struct way one, other;

    (void)state;
    open_both(&one, &other);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct pb_slice text = pb_slice_from_string(texts[i]);
        assert_false(is_passed_over(text));
        assert_int_equal(compare_text(&one, &other, text), PB_ENTRY_UNREADABLE);
    }
    close_both(&one, &other);
}

static void a_long_name_is_no_action(void **state)
{
    char text[400] = "[\"iam:";
    const size_t longest = 128, begin = strlen(text);

    (void)state;
    for (size_t size = longest - 2; size <= longest + 2; size++) {
        memset(text + begin, 'x', size);
        memcpy(text + begin + size - 11, "Certificate", 11);
        memcpy(text + begin + size, "\"]", 3);
        assert_int_equal(pb_aws_may_be_more_than_actions(pb_slice_from_string(text)),
                         size > longest);
    }
}

/* xorshift64*: the same documents every time. */
static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (*seed * 0x2545F4914F6CDD1D >> 33) % below;
}

static const char *pick(uint64_t *seed, const char *const *texts, size_t count)
{
    return texts[draw(seed, count)];
}

#define PICK(seed, texts) pick((seed), (texts), sizeof(texts) / sizeof(texts)[0])

static const char *const plain_keys[] = {
    "Action", "Statement", "Name", "name", "a", "b", "Path", "Tags", "NextToken", "columns",
    "rows",   "EventName", "Arn",  "data", "c", "d", "type", "key",  "Account",   "schema",
};
static const char *const odd_keys[] = {
    "ServerCertificate",
    "iam:GetServerCertificate",
    "ServerCertificateName",
    "Uploaded",
    "s3:UploadPart",
    "\\u0041ction",
    "UploadDate",
    "Certificates",
    "eventSource",
    "ServerCertificateId",
    "UserId",
    "\\ud83dx",
    "ServerCertificateMetadata",
    "SummaryMap",
    "listServerCertificates",
};
static const char *const plain_values[] = {
    "\"iam:GetServerCertificate\"",
    "\"iam:ListServerCertificates\"",
    "\"ecr:UploadLayerPart\"",
    "\"aws:userid\"",
    "\"iam:CreateServiceLinkedRole\"",
    "\"shop\"",
    "\"2013-05-02T10:00:00Z\"",
    "\"arn:aws:iam::111122223333:role/a\"",
    "\"line\\nline\\/\"",
    "\"caf\xC3\xA9\"",
    "{}",
    "[]",
    "1",
    "-2.5",
    "true",
    "null",
};
static const char *const odd_values[] = {
    "\"iam:GetServerCertificateMetadata\"",
    "\"arn:aws:iam::111122223333:server-certificate/shop\"",
    "\"ASCAEXAMPLE0000000001\"",
    "\"iam:Get\\u0053erverCertificate\"",
    "\"{\\\"Action\\\": \\\"iam:GetServerCertificate\\\"}\"",
    "\"{\\\"Action\\\": \\\"iam:GetServerCertificate\\\"\"",
    "\"{\\\"ServerCertificateName\\\": \\\"shop\\\"}\"",
    "\"UploadServerCertificate\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\u00e9\"",
    "\"raw\ttab\"",
    "\"-----BEGIN CERTIFICATE-----\"",
    "\"server certificate\"",
    "\"prebleed-report/1\"",
    "99999999999999999999",
    "123456789012345678",
    "1e400",
    "1E5",
    "0",
};
/* Keys may be anybody's own, and hold a word in any place. */
static const char *const odd_documents[] = {
    "{\"name\": \"shop\", \"s3:UploadPart\": \"2013-05-02T10:00:00Z\"}",
    "[{\"Name\": \"shop\", \"x:Upload\" : 1367488800, \"a\": \"iam:GetServerCertificate\"}]",
    "{\"listServerCertificates\": {\"a\": {\"err\": \"iam:ListServerCertificates\"}}}",
    "{\"ServerCertificateMetadataList\": [], \"a\": \"iam:ListServerCertificates\"}",
    "{\"a\": \"iam:GetServerCertificate\", \"UserId\": \"AIDA\", \"Account\": \"111122223333\","
    " \"Arn\": \"arn:aws:iam::111122223333:user/auditor\"}",
};
static const char *const blanks[] = {"", "", "", " ", "\n    ", "\t", "\r\n"};
static const char *const scraps[] = {",",    "}", "]", "\"", "\\",    "x",
                                     "\xff", " ", "{", ":",  "\"a\"", ""};

static void append_blank(struct pb_buffer *text, uint64_t *seed)
{
    pb_buffer_append_string(text, PICK(seed, blanks));
}

/* One in odds is an odd one. */
static void append_key(struct pb_buffer *text, uint64_t *seed, unsigned odds)
{
    pb_buffer_append_byte(text, '"');
    pb_buffer_append_string(text,
                            draw(seed, odds) == 0 ? PICK(seed, odd_keys) : PICK(seed, plain_keys));
    /* Most keys of an object differ. */
    if (draw(seed, 3) > 0)
        pb_buffer_append_format(text, "%u", (unsigned)draw(seed, 100));
    pb_buffer_append_byte(text, '"');
    append_blank(text, seed);
    pb_buffer_append_byte(text, ':');
}

static void append_value(struct pb_buffer *text, uint64_t *seed, unsigned odds, unsigned depth)
{
    bool is_object = draw(seed, 2) == 0;

    append_blank(text, seed);
    if (depth == DEEPEST || (depth > 0 && draw(seed, 3) > 0)) {
        pb_buffer_append_string(text, draw(seed, odds) == 0 ? PICK(seed, odd_values)
                                                            : PICK(seed, plain_values));
    } else {
        pb_buffer_append_byte(text, is_object ? '{' : '[');
        for (uint64_t i = 0, count = draw(seed, 5); i < count; i++) {
            if (i > 0)
                pb_buffer_append_byte(text, ',');
            append_blank(text, seed);
            if (is_object)
                append_key(text, seed, odds);
            append_value(text, seed, odds, depth + 1);
        }
        pb_buffer_append_byte(text, is_object ? '}' : ']');
    }
    append_blank(text, seed);
}

static void damage(struct pb_buffer *text, uint64_t *seed)
{
    size_t at = (size_t)draw(seed, text->size_bytes + 1);

    switch (draw(seed, 4)) {
    case 0: text->size_bytes = at; break;
    case 1:
        if (at < text->size_bytes)
            text->data[at] ^= (char)(1 << draw(seed, 8));
        break;
    case 2:
        if (at < text->size_bytes)
            text->data[at] = PICK(seed, scraps)[0];
        break;
    default: pb_buffer_append_string(text, PICK(seed, scraps)); break;
    }
}

static void make_document(struct pb_buffer *text, uint64_t *seed)
{
    static const unsigned all_odds[] = {3, 20, 1000, 1000};
    const unsigned odds = all_odds[draw(seed, 4)];

    pb_buffer_clear(text);
    if (draw(seed, 20) == 0)
        pb_buffer_append_string(text, PICK(seed, odd_documents));
    else
        append_value(text, seed, odds, 0);
    if (draw(seed, 10) == 0)
        append_value(text, seed, odds, (unsigned)draw(seed, 2));
    if (draw(seed, 6) == 0)
        damage(text, seed);
    if (draw(seed, 50) == 0)
        pb_buffer_append(text, PB_SLICE("\0\0"));
}

static void generated_documents_are_read_alike_both_ways(void **state)
{
    uint64_t seed = 36;
    size_t counts[PB_ENTRY_CONTAINER + 1] = {0}, passed_over = 0;
    struct way one, other;
    struct pb_buffer text;

    (void)state;
    pb_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        if (i % DOCUMENTS_A_BATCH == 0)
            open_both(&one, &other);
        make_document(&text, &seed);
        passed_over += is_passed_over(pb_buffer_slice(&text));
        counts[compare_text(&one, &other, pb_buffer_slice(&text))]++;
        if (i % DOCUMENTS_A_BATCH == DOCUMENTS_A_BATCH - 1)
            close_both(&one, &other);
    }
    pb_buffer_release(&text);
    /* The comparison is worth something only while all this is met. */
    assert_true(passed_over > DOCUMENTS / 10);
    assert_true(counts[PB_ENTRY_IGNORED] > passed_over + DOCUMENTS / 20);
    assert_true(counts[PB_ENTRY_UNREADABLE] > DOCUMENTS / 30);
    assert_true(counts[PB_ENTRY_SKIPPED] > DOCUMENTS / 400);
    assert_true(counts[PB_ENTRY_USED] > DOCUMENTS / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_that_name_actions_are_passed_over),
        cmocka_unit_test(what_could_be_more_than_an_action_is_not_overlooked),
        cmocka_unit_test(an_action_in_a_damaged_document_keeps_it_unreadable),
        cmocka_unit_test(a_long_name_is_no_action),
        cmocka_unit_test(generated_documents_are_read_alike_both_ways),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

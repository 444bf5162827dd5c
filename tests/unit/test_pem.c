/* SPDX-License-Identifier: MIT */
/* PEM blocks: what is refused, where scanning goes on, and which spellings are read. */
#include "x509/x509.h"

#include "unit.h"
#include "base/bytes.h"

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"

/* What one block of a text is to be: der for a whole one, reason for a damaged one. */
struct expected {
    const char *label;
    const char *der;
    const char *reason;
};

static void expect_block(struct pb_pem_reader *reader, struct pb_arena *arena,
                         const struct expected *expected)
{
    struct pb_pem_block block;

    pb_pem_next(reader, arena, &block);
    if (expected->label == NULL) {
        assert_null(block.label.data);
        return;
    }
    assert_true(pb_slice_equals(block.label, pb_slice_from_string(expected->label)));
    assert_true(pb_slice_equals(block.der, pb_slice_from_string(expected->der)));
    if (expected->reason == NULL)
        assert_null(block.reason);
    else
        assert_string_equal(block.reason, expected->reason);
}

/* The text is read from memory of exactly its size, so that a read past its end is seen. */
static void expect_blocks(struct pb_slice text, const struct expected *expected, size_t count)
{
    static const struct expected end = {NULL, NULL, NULL};
    struct pb_arena arena = {0};
    char *copy = malloc(text.size_bytes + (text.size_bytes == 0));

    assert_non_null(copy);
    memcpy(copy, text.data, text.size_bytes);
    struct pb_pem_reader reader = {.text = {copy, text.size_bytes}};
    for (size_t i = 0; i < count; i++)
        expect_block(&reader, &arena, &expected[i]);
    expect_block(&reader, &arena, &end);
    expect_block(&reader, &arena, &end);
    free(copy);
    pb_arena_release(&arena);
}

static void expect_one(const char *text, struct expected expected)
{
    expect_blocks(pb_slice_from_string(text), &expected, 1);
}

static void text_without_a_block_has_none(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "not PEM",
        "-----",
        "----- BEGIN CERTIFICATE-----",
        "---------",
        "-----BEGIN",
        "-----END",
        "-----BEGINS",
        "----BEGIN CERTIFICATE-----",
        "----",
        "-----begin x",
        "-----BEGIN\nX-",
        "-",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_blocks(pb_slice_from_string(texts[i]), NULL, 0);
}

static void a_boundary_that_is_cut_or_alone_is_damaged(void **state)
{
    static const char no_end[] = "the BEGIN line has no END line";
    static const char other[] = "the END line has another label than the BEGIN line";
    static const struct {
        const char *text, *label, *reason;
    } cases[] = {
        {"-----BEGIN ", "", "the BEGIN line is cut"},
        {"-----BEGIN CERTIFI", "CERTIFI", "the BEGIN line is cut"},
        {"-----BEGIN CERTIFICATE----", "CERTIFICATE----", "the BEGIN line is cut"},
        {"-----BEGIN CERTIFICATE\n-----\n", "CERTIFICATE", "the BEGIN line is cut"},
        {"-----BEGIN CERTIFICATE-----", "CERTIFICATE", no_end},
        {BEGIN "MAA=\n", "CERTIFICATE", no_end},
        {BEGIN "MAA=\n-----EN", "CERTIFICATE", no_end},
        {BEGIN "MAA=\n-----END CERTI", "CERTIFICATE", "the END line is cut"},
        {BEGIN "MAA=\n-----END CERTIFICATE----", "CERTIFICATE", "the END line is cut"},
        {"AAA=\n" END, "CERTIFICATE", "the END line has no BEGIN line"},
        {BEGIN "MAA=\n-----END X509 CERTIFICATE-----", "CERTIFICATE", other},
        {BEGIN "MAA=\n-----END certificate-----", "CERTIFICATE", other},
        {BEGIN "MAA=\n-----END CERTIFICATES-----", "CERTIFICATE", other},
        {BEGIN "MAA=\n-----END -----", "CERTIFICATE", other},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_one(cases[i].text, (struct expected){cases[i].label, NULL, cases[i].reason});
}

static void a_body_that_is_no_base64_is_damaged(void **state)
{
    static const char no_base64[] = "a character is not base64";
    static const char goes_on[] = "base64 goes on behind its end";
    static const char wrongly[] = "the base64 is cut or wrongly padded";
    static const struct {
        const char *body;
        const char *reason;
    } cases[] = {
        {"", "there is no base64"},
        {" \t\r\n\n", "there is no base64"},
        {"MAA=MAA=", goes_on},
        {"=MAA", goes_on},
        {"MA=A", goes_on},
        {"M===", wrongly},
        {"====", wrongly},
        {"MAA", wrongly},
        {"MA", wrongly},
        {"M", wrongly},
        {"MAAAA", wrongly},
        {"MA==\n=", wrongly},
        {"MA=", wrongly},
        {"MAA!", no_base64},
        {"MA_A", no_base64},
        {"MAA=\\nMAA=", goes_on},
        {"MA\\x41=", no_base64},
        {"MAA\\", wrongly},
        {"MAA\\u003", no_base64},
        {"MAA\\u043d", no_base64},
        {"\\MAA=", no_base64},
        {"MA\x01=", no_base64},
        {"MA\xC3\xA9==", no_base64},
        {"MAA=\v", no_base64},
        {"[REDACTED]", no_base64},
        {"MAA-", no_base64},
        {"MAA:", "there is no base64"},
    };
    char text[128];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, BEGIN "%s\n" END, cases[i].body);
        expect_one(text, (struct expected){"CERTIFICATE", NULL, cases[i].reason});
    }
}

static void reading_goes_on_behind_a_damaged_block(void **state)
{
    static const struct expected expected[] = {
        {"CERTIFICATE", NULL, "the BEGIN line has no END line"},
        {"CERTIFICATE", "one", NULL},
        {"CERTIFICATE", NULL, "the END line has another label than the BEGIN line"},
        {"CERTIFICATE", "two", NULL},
        {"CERTIFICATE", NULL, "the END line has no BEGIN line"},
        {"CERTIFICATE", NULL, "a character is not base64"},
        {"CERTIFICATE", "three", NULL},
    };
    (void)state;
    expect_blocks(PB_SLICE(BEGIN "MAA=\n" BEGIN "b25l\n" END BEGIN "MAA=\n-----END X-----\n" BEGIN
                                 "dHdv\n" END "dHdv\n" END BEGIN "?\n" END BEGIN "dGhyZWU=\n" END),
                  expected, sizeof expected / sizeof expected[0]);
}

static void a_block_is_read_in_every_spelling(void **state)
{
    static const char *const texts[] = {
        BEGIN "aGVsbG8=\n" END,
        BEGIN "aGVs\nbG8=\n" END,
        BEGIN "a\nG\nV\ns\nb\nG\n8\n=\n" END,
        "-----BEGIN CERTIFICATE-----\r\naGVs\r\nbG8=\r\n-----END CERTIFICATE-----\r\n",
        "-----BEGIN CERTIFICATE-----\raGVs\rbG8=\r-----END CERTIFICATE-----\r",
        "-----BEGIN CERTIFICATE-----aGVsbG8=-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----- aGVs bG8= -----END CERTIFICATE-----",
        "  -----BEGIN CERTIFICATE-----  \n\taGVsbG8=  \n\n  -----END CERTIFICATE-----",
        "\xEF\xBB\xBF-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----",
        "Bag Attributes\n  friendlyName: x\nsubject=/CN=a--b\n" BEGIN "aGVsbG8=\n" END "the end",
        "------BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE------\n",
        "-----BEGIN  CERTIFICATE -----\naGVsbG8=\n-----END CERTIFICATE-----\n",
        BEGIN "Comment: a, b-c\nMore: x\n\naGVsbG8=\n" END,
        BEGIN "Comment: a\r\n\r\naGVsbG8=\r\n" END,
        BEGIN "Comment: a\r\raGVsbG8=\r" END,
        BEGIN "Comment: a\n \t\naGVsbG8=\n" END,
        BEGIN "aGVs\\nbG8=\\n" END,
        BEGIN "aGVs\\\\r\\\\nbG8\\u003D\\\n" END,
        BEGIN "aGVsbG9=\n" END, /* RFC 4648, section 3.5: bits behind the end are ignored */
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_one(texts[i], (struct expected){"CERTIFICATE", "hello", NULL});
}

static void every_byte_is_its_digit_or_none(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        char text[] = BEGIN "AAAA AAAA\n" END;
        const char *digit = byte != 0 ? strchr(alphabet, (int)byte) : NULL;
        for (unsigned place = 0; place < 4; place++) {
            struct pb_arena arena = {0};
            struct pb_pem_reader reader = {.text = {text, sizeof text - 1}};
            struct pb_pem_block block;
            memset(text + sizeof BEGIN - 1, 'A', 4);
            text[sizeof BEGIN - 1 + place] = (char)byte;
            pb_pem_next(&reader, &arena, &block);
            if (digit != NULL) {
                unsigned group = (unsigned)(digit - alphabet) << (18 - 6 * place);
                char der[6] = {(char)(group >> 16), (char)(group >> 8), (char)group};
                assert_true(pb_slice_equals(block.der, (struct pb_slice){der, 6}));
            }
            assert_int_equal(block.reason == NULL, digit != NULL);
            pb_arena_release(&arena);
        }
    }
}

static void a_trusted_certificate_ends_with_its_certificate(void **state)
{
#define TRUSTED(body)                                                                              \
    "-----BEGIN TRUSTED CERTIFICATE-----\n" body "\n-----END TRUSTED CERTIFICATE-----\n"
    static const struct {
        struct pb_slice text, der;
    } cases[] = {
        {BYTES(TRUSTED("MAMCAQEwAA==")), BYTES("\x30\x03\x02\x01\x01")},
        {BYTES(TRUSTED("MIACAQEAADAA")), BYTES("\x30\x80\x02\x01\x01\x00\x00")}, /* indefinite */
        {BYTES(TRUSTED("MAk=")), BYTES("\x30\x09")}, /* cut: left to the decoder */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_arena arena = {0};
        struct pb_pem_reader reader = {.text = cases[i].text};
        struct pb_pem_block block;
        pb_pem_next(&reader, &arena, &block);
        assert_null(block.reason);
        assert_true(pb_slice_equals(block.der, cases[i].der));
        pb_arena_release(&arena);
    }
}

static void a_private_key_keeps_its_label(void **state)
{
    static const struct expected expected[] = {
        {"RSA PRIVATE KEY", "hello", NULL},
        {"PRIVATE KEY", NULL, "a character is not base64"},
    };
    (void)state;
    expect_blocks(PB_SLICE("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                           "DEK-Info: AES-256-CBC,00\n\naGVsbG8=\n-----END RSA PRIVATE KEY-----\n"
                           "-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----\n"),
                  expected, 2);
}

static void labels_say_whether_a_block_holds_a_certificate(void **state)
{
    struct pb_pem_reader reader = {
        .text = PB_SLICE("-----BEGIN CERTIFICATE-----\n-----BEGIN X509 CERTIFICATE-----\n"
                         "-----BEGIN TRUSTED CERTIFICATE-----\n" /* these three do */
                         "-----BEGIN CERTIFICATE REQUEST-----\n-----BEGIN certificate-----\n"
                         "-----BEGIN ATTRIBUTE CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n")};
    struct pb_arena arena = {0};
    struct pb_pem_block block;
    size_t count = 0;

    (void)state;
    for (; pb_pem_next(&reader, &arena, &block); count++)
        assert_int_equal(block.is_certificate, count < 3);
    assert_int_equal(count, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_without_a_block_has_none),
        cmocka_unit_test(a_boundary_that_is_cut_or_alone_is_damaged),
        cmocka_unit_test(a_body_that_is_no_base64_is_damaged),
        cmocka_unit_test(reading_goes_on_behind_a_damaged_block),
        cmocka_unit_test(a_block_is_read_in_every_spelling),
        cmocka_unit_test(every_byte_is_its_digit_or_none),
        cmocka_unit_test(a_trusted_certificate_ends_with_its_certificate),
        cmocka_unit_test(a_private_key_keeps_its_label),
        cmocka_unit_test(labels_say_whether_a_block_holds_a_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Certificate facts: refusals, hostile certificates made by patching whole ones, and the facts of
 * every kind of certificate in testdata/certificates (run from the repository's top). */
#include "x509/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "x509/der.h"
#include "x509/pem.h"
#include "x509/time.h"

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

/* One certificate of testdata/certificates, its bytes free to be changed. */
struct sample {
    struct pb_arena arena;
    struct pb_buffer der;
};

static void sample_init(struct sample *sample, const char *name)
{
    char path[128], text[16384];
    enum pb_pem_outcome outcome;
    struct pb_pem_block block;

    *sample = (struct sample){.arena = {NULL}};
    snprintf(path, sizeof path, "testdata/certificates/%s.pem", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s: cannot be opened", path);
    struct pb_pem_reader reader = {.text = {text, fread(text, 1, sizeof text, file)}};
    fclose(file);
    assert_int_equal(pb_pem_next(&reader, &sample->arena, &outcome, &block), PB_OK);
    assert_int_equal(outcome, PB_PEM_BLOCK);
    pb_buffer_init(&sample->der, SIZE_MAX);
    pb_buffer_append(&sample->der, block.der);
}

static void sample_release(struct sample *sample)
{
    pb_buffer_release(&sample->der);
    pb_arena_release(&sample->arena);
}

/* Puts other bytes of the same number in the place of the last ones that equal old. */
static void sample_patch(struct sample *sample, struct pb_slice old, struct pb_slice new)
{
    struct pb_slice der = pb_buffer_slice(&sample->der);
    size_t found = SIZE_MAX;

    assert_int_equal(old.size_bytes, new.size_bytes);
    for (size_t at = 0; (at = pb_slice_find(der, old, at)) != SIZE_MAX; at++)
        found = at;
    assert_true(found != SIZE_MAX);
    memcpy(sample->der.data + found, new.data, new.size_bytes);
}

/* NULL where the certificate is refused; *reason (which may be NULL) is why. */
static const struct pb_x509_facts *read_facts(struct pb_slice der, struct pb_arena *arena,
                                              struct pb_slice *reason)
{
    const struct pb_x509_facts *facts;
    struct pb_slice ignored;
    struct pb_slice *why = reason != NULL ? reason : &ignored;

    assert_int_equal(pb_x509_facts_read(der, arena, &facts, why), PB_OK);
    assert_int_equal(pb_slice_is_absent(*why), facts != NULL);
    return facts;
}

static const struct pb_x509_facts *sample_facts(struct sample *sample)
{
    const struct pb_x509_facts *facts =
        read_facts(pb_buffer_slice(&sample->der), &sample->arena, NULL);

    assert_non_null(facts);
    return facts;
}

static void expect_text(struct pb_slice text, const char *expected)
{
    if (!pb_slice_equals(text, pb_slice_from_string(expected)))
        fail_msg("is \"%.*s\", expected \"%s\"", PB_SLICE_ARGS(text), expected ? expected : "");
}

static void expect_reason(struct pb_slice der, const char *expected)
{
    struct pb_arena arena = {NULL};
    struct pb_slice reason;

    assert_null(read_facts(der, &arena, &reason));
    expect_text(reason, expected);
    pb_arena_release(&arena);
}

static void expect_instant(struct pb_instant instant, const char *expected)
{
    struct pb_buffer buffer;

    pb_buffer_init(&buffer, SIZE_MAX);
    pb_instant_append(&buffer, instant);
    expect_text(pb_buffer_slice(&buffer), expected);
    pb_buffer_release(&buffer);
}

static void bytes_that_are_no_certificate_are_refused_with_a_reason(void **state)
{
    (void)state;
    expect_reason(PB_SLICE_ABSENT, "not a certificate");
    expect_reason(PB_SLICE(""), "not a certificate");
    expect_reason(PB_SLICE("hello, world"), "too long");
    expect_reason(PB_SLICE("\x30"), "header too long");
    expect_reason(PB_SLICE("\x30\x09"), "too long");
    expect_reason(PB_SLICE("\x30\x00"), "field missing");
    expect_reason(PB_SLICE("\x00\x00"), "wrong tag");
}

static void a_certificate_that_is_cut_is_refused_at_every_length(void **state)
{
    static const char *const names[] = {"ec-P-256", "rsa-512", "many-names"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sample sample;
        sample_init(&sample, names[i]);
        for (size_t size = 0; size < sample.der.size_bytes; size++) {
            char *cut = malloc(size + (size == 0));
            assert_non_null(cut);
            memcpy(cut, sample.der.data, size);
            assert_null(read_facts((struct pb_slice){cut, size}, &sample.arena, NULL));
            free(cut);
        }
        sample_release(&sample);
    }
}

static void bytes_behind_the_certificate_are_refused(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "ec-P-256");
    pb_buffer_append_byte(&sample.der, '\0');
    expect_reason(pb_buffer_slice(&sample.der), "bytes follow the certificate");
    sample_release(&sample);
}

static void a_validity_that_is_no_time_is_refused(void **state)
{
    static const struct {
        struct pb_slice old, new;
        const char *reason;
    } cases[] = {
        {BYTES("130601000000Z"), BYTES("130601000000X"), "notBefore is not a time"},
        {BYTES("130601000000Z"), BYTES("130631000000Z"), "notBefore is not a time"},
        {BYTES("130601000000Z"), BYTES("130229000000Z"), "notBefore is not a time"},
        {BYTES("130601000000Z"), BYTES("1306010\0000000Z"), "notBefore is not a time"},
        {BYTES("130601000000Z"), BYTES("             "), "notBefore is not a time"},
        {BYTES("20500101000000Z"), BYTES("00000101000000Z"), "notAfter is not a time"},
        {BYTES("20500101000000Z"), BYTES("20501301000000Z"), "notAfter is not a time"},
        {BYTES("20500101000000Z"), BYTES("20500101240000Z"), "notAfter is not a time"},
        {BYTES("20500101000000Z"), BYTES("20500101000060Z"), "notAfter is not a time"},
        {BYTES("20500101000000Z"), BYTES("205001010000000"), "notAfter is not a time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, "2050");
        sample_patch(&sample, cases[i].old, cases[i].new);
        expect_reason(pb_buffer_slice(&sample.der), cases[i].reason);
        sample_release(&sample);
    }
}

static void a_time_is_read_as_openssl_prints_it(void **state)
{
    static const struct {
        int type;
        const char *text;
        const char *instant; /* NULL: refused */
    } cases[] = {
        {V_ASN1_UTCTIME, "500101000000Z", "1950-01-01T00:00:00Z"},
        {V_ASN1_UTCTIME, "491231235959Z", "2049-12-31T23:59:59Z"},
        {V_ASN1_UTCTIME, "1401010000Z", "2014-01-01T00:00:00Z"},
        {V_ASN1_UTCTIME, "140101000000+0130", "2013-12-31T22:30:00Z"},
        {V_ASN1_UTCTIME, "140101000000-0130", "2014-01-01T01:30:00Z"},
        {V_ASN1_UTCTIME, "140101000000", NULL},
        {V_ASN1_UTCTIME, "", NULL},
        {V_ASN1_UTCTIME, "140101000000.5Z", NULL},
        {V_ASN1_GENERALIZEDTIME, "00010101000000Z", "0001-01-01T00:00:00Z"},
        {V_ASN1_GENERALIZEDTIME, "00010101000000+0001", NULL},
        {V_ASN1_GENERALIZEDTIME, "00000101000000Z", NULL},
        {V_ASN1_GENERALIZEDTIME, "99991231235959Z", "9999-12-31T23:59:59Z"},
        {V_ASN1_GENERALIZEDTIME, "99991231235959-0001", NULL},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.999Z", "2014-03-31T23:59:59.999Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.1234567899Z", "2014-03-31T23:59:59.123456789Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.000Z", "2014-03-31T23:59:59Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.5+0100", "2014-03-31T22:59:59.5Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.Z", NULL},
        {V_ASN1_GENERALIZEDTIME, "20140331", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_instant instant;
        ASN1_STRING *time = ASN1_STRING_type_new(cases[i].type);
        assert_non_null(time);
        assert_int_equal(ASN1_STRING_set(time, cases[i].text, -1), 1);
        bool is_read = pb_x509_time_read(time, &instant);
        ASN1_STRING_free(time);
        assert_int_equal(is_read, cases[i].instant != NULL);
        if (is_read)
            expect_instant(instant, cases[i].instant);
    }
}

static void a_key_that_cannot_be_decoded_keeps_its_algorithm(void **state)
{
    static const struct {
        const char *sample;
        struct pb_slice old, new;
        const char *algorithm, *curve;
    } cases[] = {
        /* a point that is neither compressed nor not */
        {"ec-P-256", BYTES("\x03\x42\x00\x04"), BYTES("\x03\x42\x00\x05"), "EC", "P-256"},
        /* id-ecPublicKey and prime256v1 with another last arc */
        {"ec-P-256", BYTES("\x2A\x86\x48\xCE\x3D\x02\x01"), BYTES("\x2A\x86\x48\xCE\x3D\x02\x7F"),
         "1.2.840.10045.2.127", NULL},
        {"ec-P-256", BYTES("\x2A\x86\x48\xCE\x3D\x03\x01\x07"),
         BYTES("\x2A\x86\x48\xCE\x3D\x03\x01\x7F"), "EC", "1.2.840.10045.3.1.127"},
        /* the modulus is an OCTET STRING; the key's algorithm is dhKeyAgreement */
        {"rsa-512", BYTES("\x30\x48\x02\x41\x00"), BYTES("\x30\x48\x04\x41\x00"), "RSA", NULL},
        {"rsa-512", BYTES("\x86\xF7\x0D\x01\x01\x01\x05\x00"),
         BYTES("\x86\xF7\x0D\x01\x03\x01\x05\x00"), "dhKeyAgreement", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, cases[i].sample);
        sample_patch(&sample, cases[i].old, cases[i].new);
        const struct pb_x509_facts *facts = sample_facts(&sample);
        expect_text(facts->key.algorithm, cases[i].algorithm);
        expect_text(facts->key.curve, cases[i].curve);
        expect_text(facts->key.exponent, NULL);
        assert_int_equal(facts->key.bits, 0);
        assert_false(facts->is_self_signed);
        sample_release(&sample);
    }
}

static void an_alternative_name_may_hold_any_byte(void **state)
{
    static const struct {
        struct pb_slice name;
        const char *expected;
    } cases[] = {
        {BYTES("www\0example.com"), "DNS:www\\x00example.com"},
        {BYTES("www\nexample.com"), "DNS:www\\x0aexample.com"},
        {BYTES("www\\example.com"), "DNS:www\\\\example.com"},
        {BYTES("www,DNS:example"), "DNS:www,DNS:example"},
        {BYTES("www\xC3\xA9xample.com"), "DNS:www\xC3\xA9xample.com"},
        {BYTES("www\xE9xample.comm"), "DNS:www\\xe9xample.comm"},
        {BYTES("ww\xE2\x80\xAE.example.c"), "DNS:ww\\xe2\\x80\\xae.example.c"},
        {BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
         "DNS:\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, "ec-P-256");
        sample_patch(&sample, PB_SLICE("www.example.com"), cases[i].name);
        const struct pb_x509_facts *facts = sample_facts(&sample);
        assert_int_equal(facts->alternative_name_count, 1);
        expect_text(facts->alternative_names[0], cases[i].expected);
        assert_false(facts->is_self_signed);
        sample_release(&sample);
    }
}

static void an_address_of_another_size_is_invalid(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "ec-P-256");
    sample_patch(&sample, PB_SLICE("\x82\x0Fwww"), PB_SLICE("\x87\x0Fwww"));
    const struct pb_x509_facts *facts = sample_facts(&sample);
    assert_int_equal(facts->alternative_name_count, 1);
    expect_text(facts->alternative_names[0], "IP:<invalid>");
    sample_release(&sample);
}

static void an_extension_that_cannot_be_decoded_says_nothing(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "ec-P-256");
    sample_patch(&sample, PB_SLICE("\x82\x0Fwww"), PB_SLICE("\x9E\x0Fwww"));
    assert_int_equal(sample_facts(&sample)->alternative_name_count, 0);
    sample_release(&sample);
    sample_init(&sample, "root");
    assert_true(sample_facts(&sample)->is_ca);
    sample_patch(&sample, PB_SLICE("\x30\x03\x01\x01\xFF"), PB_SLICE("\x30\x03\x04\x01\xFF"));
    assert_false(sample_facts(&sample)->is_ca);
    sample_release(&sample);
}

static void a_repeated_extension_says_nothing(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "ec-P-256");
    /* subjectKeyIdentifier or basicConstraints becomes a second subjectAltName */
    sample_patch(&sample, PB_SLICE("\x06\x03\x55\x1D\x13"), PB_SLICE("\x06\x03\x55\x1D\x11"));
    assert_int_equal(sample_facts(&sample)->alternative_name_count, 0);
    sample_release(&sample);
}

static void a_subject_that_is_no_utf8_is_refused(void **state)
{
    static const struct pb_slice names[] = {
        BYTES("\xFF\xFE\xFD\xFC"), BYTES("\xED\xA0\x80z"), /* a surrogate */
        BYTES("\xF4\x90\x80\x80"),                         /* past U+10FFFF */
        BYTES("\xC0\x80zz"),                               /* longer than need be */
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sample sample;
        sample_init(&sample, "utf8");
        sample_patch(&sample, PB_SLICE("🔒"), names[i]);
        expect_reason(pb_buffer_slice(&sample.der), "invalid utf8string");
        sample_release(&sample);
    }
}

static void control_bytes_in_a_subject_are_escaped(void **state)
{
    struct sample sample;
    (void)state;
    sample_init(&sample, "md5");
    sample_patch(&sample, PB_SLICE("md5.example.com"),
                 PB_SLICE("md5\0\x1B\nxample\x7F"
                          "om"));
    expect_text(sample_facts(&sample)->subject, "CN=md5\\00\\1B\\0Axample\\7Fom");
    sample_release(&sample);
}

static void names_are_rfc_4514_text_in_utf8(void **state)
{
    static const struct {
        const char *sample, *subject;
    } cases[] = {
        {"rsa-2048", "CN=rsa-2048.example.com,O=Example Corp,C=US"},
        {"empty-subject", ""},
        {"utf8", "CN=🔒.example,OU=日本語部門,O=Zażółć gęślą jaźń S.A.,L=Łódź,C=PL"},
        {"bmp", "CN=bücher.example,O=Bücher Müller,C=DE"},
        {"t61", "CN=bücher.example,O=Bücher Müller,C=DE"},
        {"special-characters", "CN=a\\0Ab,CN=\\ ,OU=\\#hash,OU=\\ leading and trailing\\ ,"
                               "O=Example\\, \\\"Inc.\\\"\\; \\<a\\+b\\> = \\\\/#1"},
        {"multi-valued", "CN=multi.example.com+OU=Web+serialNumber=42,O=Example Corp"},
        {"other-attributes", "1.2.3.4.5=#0C0576616C7565,businessCategory=Private,"
                             "emailAddress=a@example.com,UID=someone,DC=example,DC=com"},
        {"intermediate", "CN=Example Intermediate,O=Example Trust"},
    };
    struct sample sample;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sample_init(&sample, cases[i].sample);
        expect_text(sample_facts(&sample)->subject, cases[i].subject);
        sample_release(&sample);
    }
    sample_init(&sample, "leaf");
    expect_text(sample_facts(&sample)->issuer, "CN=Example Intermediate,O=Example Trust");
    sample_release(&sample);
}

static void serial_numbers_are_signed_hexadecimal(void **state)
{
    static const struct {
        const char *sample, *serial;
    } cases[] = {
        {"serial-zero", "00"},
        {"serial-one", "01"},
        {"serial-negative", "-1234"},
        {"serial-high-bit", "8000000000000000000000000000000000000000"},
        {"serial-long",
         "70000000000000000000000000000000000000000000000000000000000000000000000000000001"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, cases[i].sample);
        expect_text(sample_facts(&sample)->serial, cases[i].serial);
        sample_release(&sample);
    }
}

static void validity_covers_every_year_there_is(void **state)
{
    static const struct {
        const char *sample, *not_before, *not_after;
    } cases[] = {
        {"1949", "1949-12-31T23:59:59Z", "1950-01-01T00:00:00Z"},
        {"1950", "1950-01-01T00:00:00Z", "1999-12-31T23:59:59Z"},
        {"2049", "2013-06-01T00:00:00Z", "2049-12-31T23:59:59Z"},
        {"2050", "2013-06-01T00:00:00Z", "2050-01-01T00:00:00Z"},
        {"9999", "2013-06-01T00:00:00Z", "9999-12-31T23:59:59Z"},
        {"leap-day", "2012-02-29T12:00:00Z", "2016-02-29T12:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, cases[i].sample);
        const struct pb_x509_facts *facts = sample_facts(&sample);
        expect_instant(facts->not_before, cases[i].not_before);
        expect_instant(facts->not_after, cases[i].not_after);
        sample_release(&sample);
    }
}

static void rsa_pss_names_its_digest_beside_the_algorithm(void **state)
{
    static const struct {
        const char *sample, *digest;
    } cases[] = {{"rsa-pss-signature", "SHA256"}, {"rsa-pss-sha1", "SHA1"}, {"sha1", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, cases[i].sample);
        expect_text(sample_facts(&sample)->signature_digest, cases[i].digest);
        sample_release(&sample);
    }
}

static void every_kind_of_key_has_its_facts(void **state)
{
    static const char rsa[] = "sha256WithRSAEncryption", ecdsa[] = "ecdsa-with-SHA256";
    static const struct {
        const char *sample, *algorithm;
        uint32_t bits;
        const char *curve, *exponent, *signature;
    } cases[] = {
        {"rsa-512", "RSA", 512, NULL, "65537", rsa},
        {"rsa-1024", "RSA", 1024, NULL, "65537", rsa},
        {"rsa-2048", "RSA", 2048, NULL, "65537", rsa},
        {"rsa-3072", "RSA", 3072, NULL, "65537", rsa},
        {"rsa-4096", "RSA", 4096, NULL, "65537", rsa},
        {"rsa-exponent-3", "RSA", 2048, NULL, "3", rsa},
        {"rsa-exponent-long", "RSA", 2048, NULL, "21267647932558653966460912964485513229", rsa},
        {"rsa-pss", "RSA-PSS", 2048, NULL, "65537", "rsassaPss"},
        {"rsa-pss-signature", "RSA", 2048, NULL, "65537", "rsassaPss"},
        {"rsa-pss-sha1", "RSA", 2048, NULL, "65537", "rsassaPss"},
        {"md5", "RSA", 2048, NULL, "65537", "md5WithRSAEncryption"},
        {"sha1", "RSA", 2048, NULL, "65537", "sha1WithRSAEncryption"},
        {"dsa-2048", "DSA", 2048, NULL, NULL, "dsa_with_SHA256"},
        {"ec-prime192v1", "EC", 192, "P-192", NULL, ecdsa},
        {"ec-P-224", "EC", 224, "P-224", NULL, ecdsa},
        {"ec-P-256", "EC", 256, "P-256", NULL, ecdsa},
        {"ec-P-384", "EC", 384, "P-384", NULL, ecdsa},
        {"ec-P-521", "EC", 521, "P-521", NULL, ecdsa},
        {"ec-sect233k1", "EC", 232, "K-233", NULL, ecdsa},
        {"ec-secp256k1", "EC", 256, "secp256k1", NULL, ecdsa},
        {"ec-brainpoolP256r1", "EC", 256, "brainpoolP256r1", NULL, ecdsa},
        {"ec-explicit", "EC", 256, NULL, NULL, ecdsa},
        {"sha512-ecdsa", "EC", 256, "P-256", NULL, "ecdsa-with-SHA512"},
        {"Ed25519", "Ed25519", 0, NULL, NULL, "ED25519"},
        {"Ed448", "Ed448", 0, NULL, NULL, "ED448"},
        {"X25519", "X25519", 0, NULL, NULL, ecdsa},
        {"X448", "X448", 0, NULL, NULL, ecdsa},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, cases[i].sample);
        const struct pb_x509_facts *facts = sample_facts(&sample);
        expect_text(facts->key.algorithm, cases[i].algorithm);
        assert_int_equal(facts->key.bits, cases[i].bits);
        expect_text(facts->key.curve, cases[i].curve);
        expect_text(facts->key.exponent, cases[i].exponent);
        expect_text(facts->signature_algorithm, cases[i].signature);
        /* all of them but the two that sign nothing are signed with their own key */
        assert_int_equal(facts->is_self_signed, cases[i].algorithm[0] != 'X');
        sample_release(&sample);
    }
}

static void alternative_names_keep_type_and_order(void **state)
{
    static const struct {
        const char *sample;
        const char *names[16];
    } cases[] = {
        {"many-names",
         {"DNS:example.com", "DNS:*.example.com", "DNS:xn--bcher-kva.example", "IP:192.0.2.1",
          "IP:2001:DB8:0:0:0:0:0:1", "IP:0:0:0:0:0:FFFF:C000:280", "IP:0:0:0:0:0:0:0:0",
          "email:postmaster@example.com", "URI:https://example.com/?a=1&b=2",
          "dirName:CN=directory,O=Example\\, Inc.,C=PL", "RID:1.2.3.4",
          "othername:1.3.6.1.4.1.311.20.2.3;UTF8:someone@example.com",
          "othername:1.2.3.4;#0403726177"}},
        {"hostile-names",
         {"DNS:a.example, DNS:b.example", "DNS:back\\\\slash.example",
          "URI:https://example.com/a,b c", "email:\"quoted, local\"@example.com"}},
        {"root", {NULL}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        size_t count = 0;
        sample_init(&sample, cases[i].sample);
        const struct pb_x509_facts *facts = sample_facts(&sample);
        for (; cases[i].names[count] != NULL; count++) {
            assert_true(count < facts->alternative_name_count);
            expect_text(facts->alternative_names[count], cases[i].names[count]);
        }
        assert_int_equal(facts->alternative_name_count, count);
        sample_release(&sample);
    }
}

static void self_signed_means_signed_by_its_own_key(void **state)
{
    static const struct {
        const char *sample;
        bool is_ca, is_self_signed;
    } cases[] = {
        {"root", true, true},         {"intermediate", true, false},  {"leaf", false, false},
        {"same-names", false, false}, {"same-key", false, false},     {"md5", false, true},
        {"sha1", false, true},        {"empty-subject", false, true}, {"rsa-512", false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, cases[i].sample);
        const struct pb_x509_facts *facts = sample_facts(&sample);
        assert_int_equal(facts->is_ca, cases[i].is_ca);
        assert_int_equal(facts->is_self_signed, cases[i].is_self_signed);
        sample.der.data[sample.der.size_bytes - 1] ^= 1; /* the signature's last bit */
        assert_false(sample_facts(&sample)->is_self_signed);
        sample_release(&sample);
    }
}

static void the_public_key_is_the_span_as_it_stands(void **state)
{
    static const struct {
        struct pb_slice certificate, key;
    } cases[] = {
        {BYTES("\x30\x12\x30\x10\xA0\x01\x02\x02\x00\x30\x00\x30\x00\x30\x00\x30\x00\x30\x01K"),
         BYTES("\x30\x01K")},
        /* version 1 has no version field; the key's length is written longer than need be */
        {BYTES("\x30\x11\x30\x0F\x02\x00\x30\x00\x30\x00\x30\x00\x30\x00\x30\x82\x00\x01K"),
         BYTES("\x30\x82\x00\x01K")},
        /* indefinite lengths, nested in the fields before and in the key */
        {BYTES("\x30\x80\x30\x80\x02\x00\x30\x80\x30\x80\x00\x00\x04\x02\x00\x00\x00\x00"
               "\x30\x00\x30\x00\x30\x00\x30\x80\x04\x01K\x00\x00\x00\x00\x00\x00"),
         BYTES("\x30\x80\x04\x01K\x00\x00")},
        {BYTES("\x30\x0C\x30\x0A\x02\x00\x30\x00\x30\x00\x30\x00\x30\x00"), {NULL, 0}},
        {BYTES("\x30\x06\x30\x80\x02\x00\x30\x80"), {NULL, 0}},
        {BYTES("\x30\x00"), {NULL, 0}},
        {BYTES("\x04\x02\x04\x00"), {NULL, 0}},
        {BYTES(""), {NULL, 0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(pb_slice_equals(pb_der_find_public_key(cases[i].certificate), cases[i].key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_no_certificate_are_refused_with_a_reason),
        cmocka_unit_test(a_certificate_that_is_cut_is_refused_at_every_length),
        cmocka_unit_test(bytes_behind_the_certificate_are_refused),
        cmocka_unit_test(a_validity_that_is_no_time_is_refused),
        cmocka_unit_test(a_time_is_read_as_openssl_prints_it),
        cmocka_unit_test(a_key_that_cannot_be_decoded_keeps_its_algorithm),
        cmocka_unit_test(an_alternative_name_may_hold_any_byte),
        cmocka_unit_test(an_address_of_another_size_is_invalid),
        cmocka_unit_test(an_extension_that_cannot_be_decoded_says_nothing),
        cmocka_unit_test(a_repeated_extension_says_nothing),
        cmocka_unit_test(a_subject_that_is_no_utf8_is_refused),
        cmocka_unit_test(control_bytes_in_a_subject_are_escaped),
        cmocka_unit_test(names_are_rfc_4514_text_in_utf8),
        cmocka_unit_test(serial_numbers_are_signed_hexadecimal),
        cmocka_unit_test(validity_covers_every_year_there_is),
        cmocka_unit_test(rsa_pss_names_its_digest_beside_the_algorithm),
        cmocka_unit_test(every_kind_of_key_has_its_facts),
        cmocka_unit_test(alternative_names_keep_type_and_order),
        cmocka_unit_test(self_signed_means_signed_by_its_own_key),
        cmocka_unit_test(the_public_key_is_the_span_as_it_stands),
    };
    if (pb_x509_prepare() != PB_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

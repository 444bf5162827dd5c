/* SPDX-License-Identifier: MIT */
/* Names as text against OpenSSL's printer: every attribute, every byte. */
#include "x509/der.h"

#include <openssl/crypto.h>
#include <openssl/objects.h>

#include "unit.h"

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

static void expect_bytes(struct pb_slice plain, struct pb_slice full)
{
    if (!pb_slice_equals(plain, full))
        fail_msg("is \"%.*s\", expected \"%.*s\"", PB_SLICE_ARGS(plain), PB_SLICE_ARGS(full));
}

static void expect_same(X509_NAME *name, struct pb_arena *arena)
{
    unsigned char *der = NULL;

    int size = i2d_X509_NAME(name, &der);
    assert_true(size > 0);
    struct pb_slice bytes = {(const char *)der, (size_t)size};
    expect_bytes(pb_name_read(bytes, arena), pb_name_text(name, arena));
    assert_false(arena->has_failed);
    OPENSSL_free(der);
}

static void add_attribute(X509_NAME *name, int nid, int type, struct pb_slice value)
{
    assert_int_equal(X509_NAME_add_entry_by_NID(name, nid, type, (const unsigned char *)value.data,
                                                (int)value.size_bytes, -1, 0),
                     1);
}

static void names_of_every_attribute_are_spelt_as_openssl_does(void **state)
{
    struct pb_arena arena = {0};
    (void)state;
    for (int nid = 1; nid < OBJ_new_nid(0); nid++) {
        X509_NAME *name = X509_NAME_new();
        if (OBJ_length(OBJ_nid2obj(nid)) > 0) {
            add_attribute(name, NID_commonName, V_ASN1_UTF8STRING, PB_SLICE("first"));
            add_attribute(name, nid, V_ASN1_PRINTABLESTRING, PB_SLICE("US"));
            add_attribute(name, NID_organizationName, V_ASN1_IA5STRING, PB_SLICE("a = b/c @ d"));
            expect_same(name, &arena);
        }
        X509_NAME_free(name);
    }
    pb_arena_release(&arena);
}

static void expect_same_value(int type, struct pb_slice value, struct pb_arena *arena)
{
    X509_NAME *name = X509_NAME_new();

    add_attribute(name, NID_commonName, type, value);
    expect_same(name, arena);
    X509_NAME_free(name);
}

static void names_with_every_byte_are_spelt_as_openssl_does(void **state)
{
    static const int types[] = {V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING,
                                V_ASN1_T61STRING, V_ASN1_NUMERICSTRING};
    struct pb_arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (unsigned number = 0; number < 3 * 256; number++) {
            char value[] = "abc";
            value[number % 3] = (char)(number / 3);
            if (number / 3 >= 0x80 && types[i] == V_ASN1_UTF8STRING)
                continue; /* alone it is no UTF-8, which OpenSSL refuses to put into a name */
            expect_same_value(types[i], (struct pb_slice){value, 3}, &arena);
        }
    }
    expect_same_value(V_ASN1_UTF8STRING, PB_SLICE(""), &arena);
    expect_same_value(V_ASN1_T61STRING, PB_SLICE("\xC3\xA9"), &arena);
    expect_same_value(V_ASN1_IA5STRING, PB_SLICE("\xC3\xA9"), &arena);
    pb_arena_release(&arena);
}

static void names_in_utf8_are_spelt_as_openssl_does(void **state)
{
    static const struct pb_slice values[] = {
        BYTES("Łódź, \"Ü\" + \\ <日本語>; é"),
        BYTES("\xC2\x80"),
        BYTES("\xDF\xBF"),
        BYTES("\xE0\xA0\x80"),
        BYTES("\xED\x9F\xBF"),
        BYTES("\xEE\x80\x80"),
        BYTES("\xEF\xBF\xBF"),
        BYTES("\xF0\x90\x80\x80"),
        BYTES("\xF4\x8F\xBF\xBF"),
        BYTES("\xE2\x80\xAE"),
    };
    struct pb_arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        expect_same_value(V_ASN1_UTF8STRING, values[i], &arena);
    pb_arena_release(&arena);
}

static void names_of_any_length_are_spelt_as_openssl_does(void **state)
{
    struct pb_arena arena = {0};
    X509_NAME *name = X509_NAME_new();
    (void)state;
    for (int count = 0; count <= 64; count++) {
        expect_same(name, &arena);
        add_attribute(name, NID_domainComponent, V_ASN1_IA5STRING, PB_SLICE("example"));
    }
    X509_NAME_free(name);
    pb_arena_release(&arena);
}

static void what_is_no_name_has_no_text(void **state)
{
    static const struct pb_slice cases[] = {BYTES("\x30\x01\x31"), BYTES("\x31\x00"),
                                            BYTES("\x30\x04\x31\x02\x05\x00"), BYTES("")};
    struct pb_arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(pb_slice_is_absent(pb_name_read(cases[i], &arena)));
    assert_false(arena.has_failed);
    pb_arena_release(&arena);
}

/* RFC 5280, section 7.1, as X509_NAME_cmp understands it. */
static void names_are_the_same_where_openssl_calls_them_so(void **state)
{
    static const struct pb_slice values[] = {
        BYTES("Example CA"),     BYTES("EXAMPLE  CA"), BYTES(" example ca "),
        BYTES("\tExample\nCA"),  BYTES("ExampleCA"),   BYTES("Example, CA"),
        BYTES("Example , CA"),   BYTES("Example,CA"),  BYTES("Example= CA"),
        BYTES("Example=CA"),     BYTES("#CA"),         BYTES("# CA"),
        BYTES("Example\\ CA"),   BYTES("Example\0CA"), BYTES("ex\xC3\xA4mple"),
        BYTES("EX\xC3\xA4MPLE"), BYTES(" "),           BYTES(""),
        BYTES("Example+O=CA"),   BYTES("CA\\"),
    };
    static const int types[] = {V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING};
    enum { COUNT = sizeof values / sizeof values[0] };
    struct pb_arena arena = {0};
    X509_NAME *names[COUNT];
    struct pb_slice texts[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        names[i] = X509_NAME_new();
        add_attribute(names[i], NID_countryName, V_ASN1_PRINTABLESTRING, PB_SLICE("US"));
        add_attribute(names[i], NID_commonName, types[i == 0], values[i]);
        add_attribute(names[i], NID_organizationName, V_ASN1_UTF8STRING, PB_SLICE("O"));
        texts[i] = pb_name_text(names[i], &arena);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++) {
            if (pb_x509_is_same_name(texts[i], texts[k]) !=
                (X509_NAME_cmp(names[i], names[k]) == 0))
                fail_msg("%.*s and %.*s", PB_SLICE_ARGS(texts[i]), PB_SLICE_ARGS(texts[k]));
            assert_int_equal(pb_x509_name_compare(texts[i], texts[k]),
                             -pb_x509_name_compare(texts[k], texts[i]));
        }
    assert_false(pb_x509_is_same_name(PB_SLICE_ABSENT, PB_SLICE_ABSENT));
    assert_true(pb_x509_name_compare(PB_SLICE_ABSENT, PB_SLICE("")) < 0);
    for (size_t i = 0; i < COUNT; i++)
        X509_NAME_free(names[i]);
    pb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_every_attribute_are_spelt_as_openssl_does),
        cmocka_unit_test(names_with_every_byte_are_spelt_as_openssl_does),
        cmocka_unit_test(names_in_utf8_are_spelt_as_openssl_does),
        cmocka_unit_test(names_of_any_length_are_spelt_as_openssl_does),
        cmocka_unit_test(what_is_no_name_has_no_text),
        cmocka_unit_test(names_are_the_same_where_openssl_calls_them_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* The printer of ordinary names against OpenSSL's: every attribute, every byte. */
#include "x509/plain_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "x509/name.h"

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

static void expect_bytes(struct pb_slice plain, struct pb_slice full)
{
    if (!pb_slice_equals(plain, full))
        fail_msg("is \"%.*s\", expected \"%.*s\"", PB_SLICE_ARGS(plain), PB_SLICE_ARGS(full));
}

/* The name's texts by both printers; false where the plain one leaves it to the other. */
static bool is_spelt_plainly(X509_NAME *name, struct pb_arena *arena)
{
    struct pb_slice plain, full;
    unsigned char *der = NULL;

    int size = i2d_X509_NAME(name, &der);
    assert_true(size > 0);
    struct pb_slice bytes = {(const char *)der, (size_t)size};
    assert_int_equal(pb_plain_name_text(bytes, arena, &plain), PB_OK);
    assert_int_equal(pb_name_text(name, arena, &full), PB_OK);
    OPENSSL_free(der);
    if (!pb_slice_is_absent(plain))
        expect_bytes(plain, full);
    return !pb_slice_is_absent(plain);
}

static void add_attribute(X509_NAME *name, int nid, int type, struct pb_slice value)
{
    assert_int_equal(X509_NAME_add_entry_by_NID(name, nid, type, (const unsigned char *)value.data,
                                                (int)value.size_bytes, -1, 0),
                     1);
}

static void names_of_every_attribute_are_spelt_as_openssl_does(void **state)
{
    static const int plain_nids[] = {
        NID_commonName,
        NID_organizationName,
        NID_countryName,
        NID_localityName,
        NID_organizationalUnitName,
        NID_stateOrProvinceName,
        NID_serialNumber,
        NID_streetAddress,
        NID_businessCategory,
        NID_postalCode,
        NID_pkcs9_emailAddress,
        NID_domainComponent,
        NID_jurisdictionCountryName,
        NID_jurisdictionLocalityName,
        NID_jurisdictionStateOrProvinceName,
    };
    struct pb_arena arena = {NULL};
    size_t plain_count = 0;
    (void)state;
    for (int nid = 1; nid < OBJ_new_nid(0); nid++) {
        X509_NAME *name = X509_NAME_new();
        if (OBJ_length(OBJ_nid2obj(nid)) > 0) {
            add_attribute(name, NID_commonName, V_ASN1_UTF8STRING, PB_SLICE("first"));
            add_attribute(name, nid, V_ASN1_PRINTABLESTRING, PB_SLICE("US"));
            add_attribute(name, NID_organizationName, V_ASN1_IA5STRING, PB_SLICE("a = b/c @ d"));
            plain_count += is_spelt_plainly(name, &arena);
        }
        X509_NAME_free(name);
    }
    assert_int_equal(plain_count, sizeof plain_nids / sizeof plain_nids[0]);
    for (size_t i = 0; i < sizeof plain_nids / sizeof plain_nids[0]; i++) {
        X509_NAME *name = X509_NAME_new();
        add_attribute(name, plain_nids[i], V_ASN1_PRINTABLESTRING, PB_SLICE("US"));
        assert_true(is_spelt_plainly(name, &arena));
        X509_NAME_free(name);
    }
    pb_arena_release(&arena);
}

static bool is_value_plain(int type, struct pb_slice value, struct pb_arena *arena)
{
    X509_NAME *name = X509_NAME_new();

    add_attribute(name, NID_commonName, type, value);
    bool is_plain = is_spelt_plainly(name, arena);
    X509_NAME_free(name);
    return is_plain;
}

static void names_with_every_byte_are_spelt_as_openssl_does(void **state)
{
    static const struct {
        int type;
        bool may_be_plain;
    } cases[] = {
        {V_ASN1_UTF8STRING, true}, {V_ASN1_PRINTABLESTRING, true}, {V_ASN1_IA5STRING, true},
        {V_ASN1_T61STRING, true},  {V_ASN1_NUMERICSTRING, false},
    };
    struct pb_arena arena = {NULL};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned number = 0; number < 3 * 256; number++) {
            unsigned place = number % 3, byte = number / 3;
            char value[] = "abc";
            value[place] = (char)byte;
            if (byte >= 0x80 && cases[i].type == V_ASN1_UTF8STRING)
                continue; /* alone it is no UTF-8, which OpenSSL refuses to put into a name */
            bool is_end = (byte == ' ' && place != 1) || (byte == '#' && place == 0);
            bool is_plain = byte >= ' ' && byte < 0x7F && !is_end;
            assert_int_equal(is_value_plain(cases[i].type, (struct pb_slice){value, 3}, &arena),
                             is_plain && cases[i].may_be_plain);
        }
    }
    assert_false(is_value_plain(V_ASN1_UTF8STRING, PB_SLICE(""), &arena));
    assert_false(is_value_plain(V_ASN1_T61STRING, PB_SLICE("\xC3\xA9"), &arena));
    assert_false(is_value_plain(V_ASN1_IA5STRING, PB_SLICE("\xC3\xA9"), &arena));
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
    struct pb_arena arena = {NULL};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_true(is_value_plain(V_ASN1_UTF8STRING, values[i], &arena));
    pb_arena_release(&arena);
}

static void a_name_of_many_attributes_is_left_to_openssl(void **state)
{
    struct pb_arena arena = {NULL};
    X509_NAME *name = X509_NAME_new();
    bool is_plain = true;
    (void)state;
    for (int count = 1; count <= 64; count++) {
        add_attribute(name, NID_domainComponent, V_ASN1_IA5STRING, PB_SLICE("example"));
        is_plain = is_spelt_plainly(name, &arena);
        assert_true(is_plain || count > 16);
    }
    assert_false(is_plain);
    X509_NAME_free(name);
    pb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_every_attribute_are_spelt_as_openssl_does),
        cmocka_unit_test(names_with_every_byte_are_spelt_as_openssl_does),
        cmocka_unit_test(names_in_utf8_are_spelt_as_openssl_does),
        cmocka_unit_test(a_name_of_many_attributes_is_left_to_openssl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

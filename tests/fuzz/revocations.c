/* SPDX-License-Identifier: MIT */
/* CRLs: what OpenSSL's getters list is listed, with its date, and nothing else is. */
#include "fuzz.h"

#include "x509/x509.h"
#include "x509_oracle.h"

static void check_entry(const struct pb_crl *crl, X509_CRL *decoded, const ASN1_INTEGER *number,
                        struct pb_arena *arena)
{
    struct pb_slice serial = oracle_serial(arena, number);
    struct pb_crl_entry entry;
    struct pb_instant date = {0};
    X509_REVOKED *found;
    bool has_failed = false;

    bool is_listed = pb_crl_find(crl, serial, &entry, &has_failed);
    assert_false(has_failed);
    if (serial.size_bytes > 2000)
        return;
    assert_int_equal(is_listed, X509_CRL_get0_by_serial(decoded, &found, number) == 1);
    if (!is_listed)
        return;
    assert_int_equal(entry.has_date,
                     pb_asn1_time_read(X509_REVOKED_get0_revocationDate(found), &date));
    assert_int_equal(entry.date.seconds, date.seconds);
}

static void check_crl(const struct pb_crl *crl)
{
    struct pb_arena arena = {0};
    const unsigned char *at = (const unsigned char *)crl->der.data;
    X509_CRL *decoded = d2i_X509_CRL(NULL, &at, (long)crl->der.size_bytes);

    assert_non_null(decoded);
    expect_bytes("issuer", crl->issuer, oracle_name(&arena, X509_CRL_get_issuer(decoded)));
    STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(decoded);
    for (int i = 0; i < sk_X509_REVOKED_num(revoked) && i < 50; i++)
        check_entry(crl, decoded, X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i)),
                    &arena);
    ASN1_INTEGER *number = s2i_ASN1_INTEGER(NULL, "0x123456789ABCDEF0FEDC");
    check_entry(crl, decoded, number, &arena);
    ASN1_INTEGER_free(number);
    X509_CRL_free(decoded);
    pb_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct prebleed_error error = {0};
    struct pb_crls crls = {0};

    enum pb_status status = pb_crls_add(&crls, PB_SLICE("crl"), fuzz_slice(data, size), &error);
    assert_true(status == PB_OK || (status == PB_FAILED_INPUT && error.message[0] != '\0'));
    assert_true((status == PB_OK) == (crls.items.count > 0));
    for (size_t i = 0; i < crls.items.count; i++)
        check_crl(&PB_VECTOR_AT(const struct pb_crl, &crls.items, i));
    pb_crls_release(&crls);
    ERR_clear_error();
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* For the tests of src/x509: certificates of testdata, and their facts from OpenSSL's decoder and
 * getters alone. */
#ifndef TEST_X509_ORACLE_H
#define TEST_X509_ORACLE_H

#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "x509/der.h"
#include "x509/x509.h"

static inline struct pb_slice oracle_keep(struct pb_arena *arena, const char *bytes, size_t size)
{
    struct pb_slice kept;

    kept = pb_arena_copy(arena, (struct pb_slice){size > 0 ? bytes : "", size});
    return kept;
}

/* The DER of the file's certificates, in the arena; returns how many there are. */
static inline size_t load_certificates(const char *path, struct pb_arena *arena,
                                       struct pb_slice *ders, size_t most)
{
    char text[32768];
    struct pb_pem_block block;
    size_t count = 0;

    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct pb_pem_reader reader = {.text = {text, fread(text, 1, sizeof text, file)}};
    fclose(file);
    while (pb_pem_next(&reader, arena, &block),
           block.label.data != NULL && block.reason == NULL && count < most)
        ders[count++] = block.der;
    assert_true(count > 0);
    return count;
}

static inline struct pb_slice oracle_name(struct pb_arena *arena, const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;

    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    long size = BIO_get_mem_data(bio, &bytes);
    struct pb_slice text = oracle_keep(arena, bytes, (size_t)size);
    BIO_free(bio);
    return text;
}

static inline struct pb_slice oracle_object(struct pb_arena *arena, const ASN1_OBJECT *object,
                                            int only_digits)
{
    char text[1024];

    int size = OBJ_obj2txt(text, sizeof text, object, only_digits);
    return oracle_keep(arena, size > 0 ? text : "<INVALID>", size > 0 ? (size_t)size : 9);
}

/* As `openssl x509 -serial` prints it: i2a_ASN1_INTEGER. */
static inline struct pb_slice oracle_serial(struct pb_arena *arena, const ASN1_INTEGER *serial)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes, text[4096];
    size_t size = 0;

    i2a_ASN1_INTEGER(bio, serial);
    long printed = BIO_get_mem_data(bio, &bytes);
    for (long i = 0; i < printed && size < sizeof text; i++)
        if (bytes[i] != '\\' && bytes[i] != '\n')
            text[size++] = bytes[i];
    BIO_free(bio);
    return oracle_keep(arena, text, size);
}

static inline struct pb_slice oracle_key_name(struct pb_arena *arena, const ASN1_OBJECT *object)
{
    static const struct {
        int nid;
        const char *name;
    } names[] = {
        {NID_rsaEncryption, "RSA"},       {NID_rsa, "RSA"},
        {NID_rsassaPss, "RSA-PSS"},       {NID_dsa, "DSA"},
        {NID_ED25519, "Ed25519"},         {NID_ED448, "Ed448"},
        {NID_X9_62_id_ecPublicKey, "EC"},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (OBJ_obj2nid(object) == names[i].nid)
            return pb_slice_from_string(names[i].name);
    return oracle_object(arena, object, 0);
}

static inline struct pb_slice oracle_exponent(struct pb_arena *arena, const EVP_PKEY *key)
{
    BIGNUM *number = NULL;
    struct pb_slice text = PB_SLICE_ABSENT;

    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number);
    if (number != NULL && BN_num_bits(number) <= OPENSSL_RSA_MAX_MODULUS_BITS) {
        char *digits = BN_bn2dec(number);
        text = oracle_keep(arena, digits, strlen(digits));
        OPENSSL_free(digits);
    }
    BN_free(number);
    return text;
}

static inline void oracle_key(X509 *certificate, struct pb_arena *arena, struct pb_key_facts *facts)
{
    EVP_PKEY *key = X509_get_pubkey(certificate);
    int type = key != NULL ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE, form;
    const ASN1_OBJECT *object;
    const void *parameter;
    ASN1_OBJECT *algorithm;
    X509_ALGOR *whole;

    X509_PUBKEY_get0_param(&algorithm, NULL, NULL, &whole, X509_get_X509_PUBKEY(certificate));
    X509_ALGOR_get0(&object, &form, &parameter, whole);
    facts->algorithm = oracle_key_name(arena, algorithm);
    if (OBJ_obj2nid(object) == NID_X9_62_id_ecPublicKey && form == V_ASN1_OBJECT) {
        int nid = OBJ_obj2nid(parameter);
        const char *name = nid == NID_undef ? NULL : EC_curve_nid2nist(nid);
        name = name == NULL && nid != NID_undef ? OBJ_nid2sn(nid) : name;
        facts->curve =
            name != NULL ? pb_slice_from_string(name) : oracle_object(arena, parameter, 1);
    }
    if (key != NULL && type != EVP_PKEY_ED25519 && type != EVP_PKEY_ED448 &&
        type != EVP_PKEY_X25519 && type != EVP_PKEY_X448 && EVP_PKEY_get_bits(key) > 0)
        facts->bits = (uint32_t)EVP_PKEY_get_bits(key);
    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS)
        facts->exponent = oracle_exponent(arena, key);
    EVP_PKEY_free(key);
}

static inline void oracle_signature(X509 *certificate, struct pb_arena *arena,
                                    struct pb_x509_facts *facts)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    const ASN1_OBJECT *object;
    const X509_ALGOR *algorithm;
    const void *value;
    const unsigned char *a, *b;
    size_t a_size = 0, b_size = 0;
    int type, digest = NID_sha1;

    X509_get0_signature(NULL, &algorithm, certificate);
    X509_ALGOR_get0(&object, &type, &value, algorithm);
    facts->signature_algorithm = oracle_object(arena, object, 0);
    RSA_PSS_PARAMS *pss = OBJ_obj2nid(object) == NID_rsassaPss && type == V_ASN1_SEQUENCE
                              ? ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS))
                              : NULL;
    if (pss != NULL && pss->hashAlgorithm != NULL)
        digest = OBJ_obj2nid(pss->hashAlgorithm->algorithm);
    if (pss != NULL && digest != NID_undef)
        facts->signature_digest = pb_slice_from_string(OBJ_nid2sn(digest));
    RSA_PSS_PARAMS_free(pss);
    X509_NAME_get0_der(X509_get_subject_name(certificate), &a, &a_size);
    X509_NAME_get0_der(X509_get_issuer_name(certificate), &b, &b_size);
    facts->is_self_signed = key != NULL && a_size == b_size && memcmp(a, b, a_size) == 0 &&
                            X509_verify(certificate, key) == 1;
}

/* Returns why the bytes are refused, NULL for nothing; *facts are filled in where OpenSSL decodes
 * them, else the serial number is absent. */
static inline const char *oracle_read(struct pb_slice der, struct pb_arena *arena,
                                      struct pb_x509_facts *facts)
{
    const unsigned char *at = (const unsigned char *)der.data, *end = at + der.size_bytes;
    struct pb_slice key = pb_x509_public_key(der);
    const char *reason = NULL;

    int has_constraints, has_names; /* -1 without */

    *facts = (struct pb_x509_facts){.not_before = {INT64_C(-62135596800), 0},
                                    .not_after = {INT64_C(253402300799), 0}};
    ERR_clear_error();
    X509 *certificate = der.size_bytes > 0 ? d2i_X509(NULL, &at, (long)der.size_bytes) : NULL;
    if (certificate == NULL) {
        reason = der.size_bytes > 0 ? ERR_reason_error_string(ERR_peek_error()) : NULL;
        return reason != NULL ? reason : "not a certificate";
    }
    if (!pb_asn1_time_read(X509_get0_notAfter(certificate), &facts->not_after)) {
        reason = "notAfter is not a time";
        facts->unread |= PB_X509_NOT_AFTER;
    }
    if (!pb_asn1_time_read(X509_get0_notBefore(certificate), &facts->not_before)) {
        reason = "notBefore is not a time";
        facts->unread |= PB_X509_NOT_BEFORE;
    }
    if (at != end)
        reason = "bytes follow the certificate";
    der = pb_slice_first(der, (size_t)((const char *)at - der.data));
    facts->subject = oracle_name(arena, X509_get_subject_name(certificate));
    facts->issuer = oracle_name(arena, X509_get_issuer_name(certificate));
    facts->serial = oracle_serial(arena, X509_get0_serialNumber(certificate));
    oracle_key(certificate, arena, &facts->key);
    bool has_size =
        pb_slice_find(PB_SLICE("RSA RSA-PSS EC DSA"), facts->key.algorithm, 0) != SIZE_MAX;
    facts->unread |= facts->key.bits == 0 && has_size ? PB_X509_KEY : 0;
    oracle_signature(certificate, arena, facts);
    EVP_Digest(der.data, der.size_bytes, facts->sha256, NULL, EVP_sha256(), NULL);
    EVP_Digest(der.data, der.size_bytes, facts->sha1, NULL, EVP_sha1(), NULL);
    EVP_Digest(key.data, key.size_bytes, facts->key.spki_sha256, NULL, EVP_sha256(), NULL);
    BASIC_CONSTRAINTS *constraints =
        X509_get_ext_d2i(certificate, NID_basic_constraints, &has_constraints, NULL);
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, &has_names, NULL);
    facts->unread |= constraints == NULL && has_constraints != -1 ? PB_X509_CONSTRAINTS : 0;
    facts->unread |= names == NULL && has_names != -1 ? PB_X509_ALTERNATIVE_NAMES : 0;
    facts->is_ca = constraints != NULL && constraints->ca != 0;
    facts->alternative_names =
        pb_alternative_names_text(names, arena, &facts->alternative_name_count);
    assert_false(arena->has_failed);
    GENERAL_NAMES_free(names);
    BASIC_CONSTRAINTS_free(constraints);
    X509_free(certificate);
    ERR_clear_error();
    return reason;
}

static inline void expect_bytes(const char *member, struct pb_slice read, struct pb_slice full)
{
    if (!pb_slice_equals(read, full))
        fail_msg("%s is \"%.*s\", expected \"%.*s\"", member, PB_SLICE_ARGS(read),
                 PB_SLICE_ARGS(full));
}

static inline void expect_same_key(const struct pb_key_facts *read, const struct pb_key_facts *full)
{
    expect_bytes("algorithm", read->algorithm, full->algorithm);
    assert_int_equal(read->bits, full->bits);
    expect_bytes("curve", read->curve, full->curve);
    expect_bytes("exponent", read->exponent, full->exponent);
    assert_memory_equal(read->spki_sha256, full->spki_sha256, sizeof full->spki_sha256);
}

static inline void expect_same_instant(struct pb_instant read, struct pb_instant full)
{
    assert_int_equal(read.seconds, full.seconds);
    assert_int_equal(read.nanoseconds, full.nanoseconds);
}

static inline void expect_same_facts(const struct pb_x509_facts *read,
                                     const struct pb_x509_facts *full)
{
    expect_bytes("subject", read->subject, full->subject);
    expect_bytes("issuer", read->issuer, full->issuer);
    expect_bytes("serial", read->serial, full->serial);
    expect_same_instant(read->not_before, full->not_before);
    expect_same_instant(read->not_after, full->not_after);
    expect_same_key(&read->key, &full->key);
    expect_bytes("signature algorithm", read->signature_algorithm, full->signature_algorithm);
    expect_bytes("signature digest", read->signature_digest, full->signature_digest);
    assert_memory_equal(read->sha256, full->sha256, sizeof full->sha256);
    assert_memory_equal(read->sha1, full->sha1, sizeof full->sha1);
    assert_int_equal(read->alternative_name_count, full->alternative_name_count);
    assert_int_equal(read->alternative_names == NULL, full->alternative_names == NULL);
    for (size_t i = 0; i < full->alternative_name_count; i++)
        expect_bytes("name", read->alternative_names[i], full->alternative_names[i]);
    assert_int_equal(read->unread, full->unread);
    assert_int_equal(read->is_ca, full->is_ca);
    assert_int_equal(read->is_self_signed, full->is_self_signed);
}

/* The reader's answer, held to OpenSSL's, refusals and their reasons included. Returns whether it
 * is a certificate. */
static inline bool expect_same_from(struct pb_x509_cache *cache, struct pb_slice der,
                                    struct pb_arena *arena)
{
    const struct pb_x509_facts *facts;
    struct pb_x509_facts full;
    struct pb_slice reason;

    assert_int_equal(pb_x509_facts_read(cache, der, arena, &facts, &reason), PB_OK);
    assert_int_equal(ERR_peek_error(), 0);
    /* OpenSSL is not asked about a key that might cost too much, nor why it would refuse it. */
    if (pb_has_explicit_curve(der) &&
        (!pb_slice_is_absent(reason) || pb_key_may_be_slow(pb_x509_public_key(der))))
        return pb_slice_is_absent(reason);
    expect_bytes("reason", reason, pb_slice_from_string(oracle_read(der, arena, &full)));
    if (!pb_slice_is_absent(full.serial)) {
        assert_non_null(facts);
        expect_same_facts(facts, &full);
    }
    return pb_slice_is_absent(reason);
}

#endif

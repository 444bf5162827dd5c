/* SPDX-License-Identifier: MIT */
#include "x509/facts.h"

#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "x509/alternative_names.h"
#include "x509/der.h"
#include "x509/key.h"
#include "x509/name.h"
#include "x509/openssl.h"
#include "x509/time.h"

/* One certificate on its way from bytes to facts. */
struct reading {
    struct pb_slice der;
    struct pb_arena *arena;
    X509 *certificate;
    EVP_PKEY *key; /* NULL where it cannot be decoded */
    struct pb_x509_facts *facts;
    const char *refusal; /* set where the bytes are no certificate */
};

/* Evidence is judged the same on every machine, so no machine's openssl.cnf has a say. OpenSSL
 * 3.0's fetch follows a null pointer where its own start found no memory. */
enum pb_status pb_x509_prepare(void)
{
    bool is_started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 &&
                      OSSL_LIB_CTX_get0_global_default() != NULL;

    return is_started ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status refuse(struct reading *reading, const char *reason)
{
    reading->refusal = reason;
    return PB_OK;
}

static enum pb_status decode(struct reading *reading)
{
    const unsigned char *start = (const unsigned char *)reading->der.data;
    const unsigned char *at = start;

    if (reading->der.size_bytes == 0 || reading->der.size_bytes > LONG_MAX)
        return refuse(reading, "not a certificate");
    reading->certificate = d2i_X509(NULL, &at, (long)reading->der.size_bytes);
    if (reading->certificate == NULL) {
        const char *reason;
        enum pb_status status = pb_openssl_take_errors(&reason);
        return status != PB_OK ? status : refuse(reading, reason ? reason : "not a certificate");
    }
    if ((size_t)(at - start) != reading->der.size_bytes)
        return refuse(reading, "bytes follow the certificate");
    return PB_OK;
}

static enum pb_status read_digests(struct reading *reading)
{
    struct pb_slice der = reading->der;

    if (EVP_Digest(der.data, der.size_bytes, reading->facts->sha256, NULL, EVP_sha256(), NULL) != 1)
        return PB_FAILED_MEMORY;
    if (EVP_Digest(der.data, der.size_bytes, reading->facts->sha1, NULL, EVP_sha1(), NULL) != 1)
        return PB_FAILED_MEMORY;
    return PB_OK;
}

static enum pb_status read_names(struct reading *reading)
{
    const X509 *certificate = reading->certificate;
    struct pb_x509_facts *facts = reading->facts;

    enum pb_status status =
        pb_name_text(X509_get_subject_name(certificate), reading->arena, &facts->subject);
    if (status == PB_OK)
        status = pb_name_text(X509_get_issuer_name(certificate), reading->arena, &facts->issuer);
    if (status == PB_OK && pb_slice_is_absent(facts->subject))
        return refuse(reading, "the subject cannot be read");
    if (status == PB_OK && pb_slice_is_absent(facts->issuer))
        return refuse(reading, "the issuer cannot be read");
    return status;
}

static enum pb_status read_serial(struct reading *reading)
{
    static const char digits[] = "0123456789ABCDEF";
    const ASN1_INTEGER *serial = X509_get0_serialNumber(reading->certificate);
    const unsigned char *magnitude = ASN1_STRING_get0_data(serial);
    size_t size = (size_t)ASN1_STRING_length(serial);

    if (size == 0) {
        reading->facts->serial = PB_SLICE("00");
        return PB_OK;
    }
    bool is_negative = (ASN1_STRING_type(serial) & V_ASN1_NEG) != 0;
    char *text = pb_arena_allocate(reading->arena, size * 2 + is_negative);
    if (text == NULL)
        return PB_FAILED_MEMORY;
    char *at = text;
    if (is_negative)
        *at++ = '-';
    for (size_t i = 0; i < size; i++) {
        *at++ = digits[magnitude[i] >> 4];
        *at++ = digits[magnitude[i] & 15];
    }
    reading->facts->serial = (struct pb_slice){text, (size_t)(at - text)};
    return PB_OK;
}

/* RFC 5280, section 4.1.2.5. A certificate without its times proves nothing of when it was. */
static enum pb_status read_validity(struct reading *reading)
{
    const X509 *certificate = reading->certificate;
    struct pb_x509_facts *facts = reading->facts;

    if (!pb_x509_time_read(X509_get0_notBefore(certificate), &facts->not_before))
        return refuse(reading, "notBefore is not a time");
    if (!pb_x509_time_read(X509_get0_notAfter(certificate), &facts->not_after))
        return refuse(reading, "notAfter is not a time");
    return PB_OK;
}

static enum pb_status read_key(struct reading *reading)
{
    struct pb_slice public_key = pb_der_find_public_key(reading->der);

    if (pb_slice_is_absent(public_key))
        return refuse(reading, "the public key cannot be found");
    enum pb_status status = pb_key_decode(reading->certificate, public_key, &reading->key);
    if (status != PB_OK)
        return status;
    return pb_key_facts_read(reading->certificate, reading->key, public_key, reading->arena,
                             &reading->facts->key);
}

static enum pb_status read_signature_algorithm(struct reading *reading)
{
    const X509_ALGOR *algorithm;
    const ASN1_OBJECT *object;

    X509_get0_signature(NULL, &algorithm, reading->certificate);
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return pb_openssl_object_name(object, reading->arena, &reading->facts->signature_algorithm);
}

/* RFC 4055, section 3.1: the digest of RSA-PSS is SHA-1 where the parameters name none. */
static enum pb_status read_signature_digest(struct reading *reading)
{
    const X509_ALGOR *algorithm;
    const ASN1_OBJECT *object;
    const void *value;
    int type;

    X509_get0_signature(NULL, &algorithm, reading->certificate);
    X509_ALGOR_get0(&object, &type, &value, algorithm);
    if (OBJ_obj2nid(object) != NID_rsassaPss || type != V_ASN1_SEQUENCE)
        return PB_OK;
    RSA_PSS_PARAMS *parameters = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
    if (parameters == NULL)
        return pb_openssl_take_errors(NULL);
    int digest = NID_sha1;
    if (parameters->hashAlgorithm != NULL) {
        X509_ALGOR_get0(&object, NULL, NULL, parameters->hashAlgorithm);
        digest = OBJ_obj2nid(object);
    }
    RSA_PSS_PARAMS_free(parameters);
    if (digest != NID_undef)
        reading->facts->signature_digest = pb_slice_from_string(OBJ_nid2sn(digest));
    return PB_OK;
}

static enum pb_status read_extensions(struct reading *reading)
{
    struct pb_x509_facts *facts = reading->facts;
    BASIC_CONSTRAINTS *constraints =
        X509_get_ext_d2i(reading->certificate, NID_basic_constraints, NULL, NULL);

    if (constraints == NULL) {
        enum pb_status status = pb_openssl_take_errors(NULL);
        if (status != PB_OK)
            return status;
    }
    facts->is_ca = constraints != NULL && constraints->ca != 0;
    BASIC_CONSTRAINTS_free(constraints);
    return pb_alternative_names_read(reading->certificate, reading->arena,
                                     &facts->alternative_names, &facts->alternative_name_count);
}

static bool is_same_name(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *a_der, *b_der;
    size_t a_size, b_size;

    return X509_NAME_get0_der(a, &a_der, &a_size) && X509_NAME_get0_der(b, &b_der, &b_size) &&
           a_size == b_size && memcmp(a_der, b_der, a_size) == 0;
}

/* OpenSSL does not always say that a verification failed for lack of memory: one that fails is
 * tried once more, and the steps that follow this one find out if there is none left at all. */
static enum pb_status read_self_signed(struct reading *reading)
{
    X509 *certificate = reading->certificate;
    enum pb_status status = PB_OK;

    if (reading->key == NULL ||
        !is_same_name(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)))
        return PB_OK;
    for (int attempt = 0; attempt < 2 && status == PB_OK; attempt++) {
        reading->facts->is_self_signed = X509_verify(certificate, reading->key) == 1;
        if (reading->facts->is_self_signed)
            break;
        status = pb_openssl_take_errors(NULL);
    }
    return status;
}

/* Steps whose failures OpenSSL may keep to itself come before those that cannot miss them. */
static enum pb_status read_facts(struct reading *reading)
{
    static enum pb_status (*const steps[])(struct reading *) = {
        decode,
        read_key,
        read_self_signed,
        read_digests,
        read_names,
        read_serial,
        read_validity,
        read_signature_algorithm,
        read_signature_digest,
        read_extensions,
    };
    enum pb_status status = PB_OK;

    reading->facts = pb_arena_allocate(reading->arena, sizeof *reading->facts);
    if (reading->facts == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        status = steps[i](reading);
        if (status != PB_OK || reading->refusal != NULL)
            break;
    }
    return status;
}

enum pb_status pb_x509_facts_read(struct pb_slice der, struct pb_arena *arena,
                                  const struct pb_x509_facts **facts, struct pb_slice *reason)
{
    struct reading reading = {.der = der, .arena = arena};

    *facts = NULL;
    *reason = PB_SLICE_ABSENT;
    ERR_clear_error();
    enum pb_status status = read_facts(&reading);
    if (status == PB_OK && reading.refusal == NULL)
        *facts = reading.facts;
    else if (status == PB_OK &&
             !pb_arena_copy(arena, pb_slice_from_string(reading.refusal), reason))
        status = PB_FAILED_MEMORY;
    EVP_PKEY_free(reading.key);
    X509_free(reading.certificate);
    ERR_clear_error();
    return status;
}

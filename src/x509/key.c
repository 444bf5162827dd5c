/* SPDX-License-Identifier: MIT */
#include "x509/key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include "x509/openssl.h"

static const struct {
    int nid;
    const char *name;
} known_algorithms[] = {
    {NID_rsaEncryption, "RSA"}, {NID_rsa, "RSA"}, /* X.509's own identifier for it, 2.5.8.1.1 */
    {NID_rsassaPss, "RSA-PSS"}, {NID_X9_62_id_ecPublicKey, "EC"},
    {NID_dsa, "DSA"},           {NID_ED25519, "Ed25519"},
    {NID_ED448, "Ed448"},
};

enum pb_status pb_key_decode(X509 *certificate, struct pb_slice public_key, EVP_PKEY **key)
{
    *key = X509_get_pubkey(certificate);
    if (*key != NULL)
        return PB_OK;
    /* d2i_X509 swallowed the reason for which it could not decode the key: ask once more, so that
     * a lack of memory does not look like an unknown key. */
    pb_openssl_take_errors(NULL);
    const unsigned char *at = (const unsigned char *)public_key.data;
    *key = d2i_PUBKEY(NULL, &at, (long)public_key.size_bytes);
    return *key != NULL ? PB_OK : pb_openssl_take_errors(NULL);
}

static enum pb_status read_algorithm(const ASN1_OBJECT *object, struct pb_arena *arena,
                                     struct pb_slice *algorithm)
{
    int nid = OBJ_obj2nid(object);

    for (size_t i = 0; i < sizeof known_algorithms / sizeof known_algorithms[0]; i++) {
        if (known_algorithms[i].nid == nid) {
            *algorithm = pb_slice_from_string(known_algorithms[i].name);
            return PB_OK;
        }
    }
    return pb_openssl_object_name(object, arena, algorithm);
}

/* The parameters name a curve (RFC 5480, section 2.1.1) or, against that section, spell it out. */
static enum pb_status read_curve(const X509_ALGOR *algorithm, struct pb_arena *arena,
                                 struct pb_slice *curve)
{
    const ASN1_OBJECT *object;
    const void *parameter;
    int type;

    X509_ALGOR_get0(&object, &type, &parameter, algorithm);
    if (OBJ_obj2nid(object) != NID_X9_62_id_ecPublicKey || type != V_ASN1_OBJECT)
        return PB_OK;
    int nid = OBJ_obj2nid(parameter);
    if (nid == NID_undef)
        return pb_openssl_object_digits(parameter, arena, curve);
    const char *nist = EC_curve_nid2nist(nid);
    *curve = pb_slice_from_string(nist != NULL ? nist : OBJ_nid2sn(nid));
    return PB_OK;
}

/* Nothing uses an exponent longer than the longest modulus, and to spell one takes time that grows
 * with the square of its length. */
static enum pb_status read_exponent(const EVP_PKEY *key, struct pb_arena *arena,
                                    struct pb_slice *exponent)
{
    BIGNUM *number = NULL;

    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1)
        return pb_openssl_take_errors(NULL);
    enum pb_status status = PB_OK;
    if (BN_num_bits(number) <= OPENSSL_RSA_MAX_MODULUS_BITS) {
        char *digits = BN_bn2dec(number);
        if (digits == NULL || !pb_arena_copy(arena, pb_slice_from_string(digits), exponent))
            status = PB_FAILED_MEMORY;
        OPENSSL_free(digits);
    }
    BN_free(number);
    return status;
}

static enum pb_status read_decoded(const EVP_PKEY *key, struct pb_arena *arena,
                                   struct pb_key_facts *facts)
{
    int type = EVP_PKEY_get_base_id(key);
    int bits = EVP_PKEY_get_bits(key);

    if (type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448 || type == EVP_PKEY_X25519 ||
        type == EVP_PKEY_X448)
        return PB_OK; /* these have one size, which their name says */
    /* That was worked out while decoding, and is 0 where memory was short then: ask again. */
    if (bits <= 0 && EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_BITS, &bits) != 1)
        bits = 0;
    facts->bits = bits > 0 ? (uint32_t)bits : 0;
    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS)
        return read_exponent(key, arena, &facts->exponent);
    return pb_openssl_take_errors(NULL);
}

enum pb_status pb_key_facts_read(const X509 *certificate, const EVP_PKEY *key,
                                 struct pb_slice public_key, struct pb_arena *arena,
                                 struct pb_key_facts *facts)
{
    ASN1_OBJECT *object;
    X509_ALGOR *algorithm;

    *facts = (struct pb_key_facts){.bits = 0};
    if (EVP_Digest(public_key.data, public_key.size_bytes, facts->spki_sha256, NULL, EVP_sha256(),
                   NULL) != 1)
        return PB_FAILED_MEMORY;
    X509_PUBKEY_get0_param(&object, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(certificate));
    enum pb_status status = read_algorithm(object, arena, &facts->algorithm);
    if (status == PB_OK)
        status = read_curve(algorithm, arena, &facts->curve);
    if (status == PB_OK && key != NULL)
        status = read_decoded(key, arena, facts);
    return status;
}

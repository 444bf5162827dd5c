/* SPDX-License-Identifier: MIT */
/* The facts of public keys, and the public half of private ones. The ordinary ones are read from
 * their own small structures: OpenSSL takes a hundred times as long to decode one. */
#include "x509/der.h"

#include <inttypes.h>
#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

/* The contents of an AlgorithmIdentifier (RFC 3279, section 2.3.1): rsaEncryption with NULL. */
static const struct pb_slice rsa_algorithm =
    PB_BYTES("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00");

/* RFC 5480, section 2.1.1: id-ecPublicKey and a named curve. */
static const struct {
    struct pb_slice algorithm;
    struct pb_slice name;
    int nid;
    uint32_t bits;
    size_t point_bytes; /* 0x04 and two coordinates: SEC 1, section 2.3.3 */
} curve_table[PB_CURVE_COUNT] = {
    {PB_BYTES("\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"),
     PB_BYTES("P-256"), NID_X9_62_prime256v1, 256, 65},
    {PB_BYTES("\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x22"),
     PB_BYTES("P-384"), NID_secp384r1, 384, 97},
    {PB_BYTES("\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x23"),
     PB_BYTES("P-521"), NID_secp521r1, 521, 133},
};

/* The magnitude of an INTEGER in its shortest form that is not negative, without the zero that
 * keeps a high bit from being a sign (X.690, section 8.3.2). */
static bool take_magnitude(struct pb_slice *rest, struct pb_slice *magnitude)
{
    if (!pb_der_take(rest, V_ASN1_INTEGER, magnitude) || magnitude->size_bytes == 0)
        return false;
    bool has_zero = magnitude->data[0] == 0 && magnitude->size_bytes > 1;
    *magnitude = pb_slice_from(*magnitude, has_zero);
    return has_zero == ((unsigned char)magnitude->data[0] >= 0x80);
}

/* RFC 3279, section 2.3.1: RSAPublicKey. Sizes out of the ordinary are left to OpenSSL. */
static void read_rsa(struct pb_slice bits, struct pb_arena *arena, struct pb_key_facts *facts)
{
    struct pb_slice key, modulus, exponent;
    uint64_t number = 0;
    char digits[24];

    if (!pb_der_take(&bits, PB_DER_SEQUENCE, &key) || bits.size_bytes > 0 ||
        !take_magnitude(&key, &modulus) || !take_magnitude(&key, &exponent) || key.size_bytes > 0 ||
        modulus.size_bytes < 64 || modulus.size_bytes > 2048 || exponent.size_bytes > 8)
        return;
    for (size_t i = 0; i < exponent.size_bytes; i++)
        number = number << 8 | (unsigned char)exponent.data[i];
    int size = snprintf(digits, sizeof digits, "%" PRIu64, number);
    facts->algorithm = PB_SLICE("RSA");
    facts->bits = (uint32_t)(modulus.size_bytes - 1) * 8 +
                  (uint32_t)BN_num_bits_word((unsigned char)modulus.data[0]);
    facts->exponent = pb_arena_copy(arena, (struct pb_slice){digits, (size_t)size});
}

/* A point that is not on its curve is a key that OpenSSL does not decode. */
static void read_point(struct pb_x509_cache *cache, struct pb_slice algorithm,
                       struct pb_slice point, struct pb_key_facts *facts)
{
    size_t i = 0;

    while (i < PB_CURVE_COUNT && !pb_slice_equals(algorithm, curve_table[i].algorithm))
        i++;
    if (i == PB_CURVE_COUNT || point.size_bytes != curve_table[i].point_bytes ||
        point.data[0] != 0x04)
        return;
    if (cache->curves[i] == NULL)
        cache->curves[i] = EC_GROUP_new_by_curve_name(curve_table[i].nid);
    const unsigned char *bytes = (const unsigned char *)point.data;
    const EC_GROUP *curve = cache->curves[i];
    EC_POINT *decoded = curve != NULL ? EC_POINT_new(curve) : NULL;
    if (decoded != NULL && EC_POINT_oct2point(curve, decoded, bytes, point.size_bytes, NULL) == 1) {
        facts->algorithm = PB_SLICE("EC");
        facts->curve = curve_table[i].name;
        facts->bits = curve_table[i].bits;
    }
    EC_POINT_free(decoded);
}

/* RSA of an ordinary size, or an uncompressed point on one of NIST's common curves, in strict DER.
 * Leaves the algorithm absent for any other key. */
static void read_ordinary(struct pb_x509_cache *cache, struct pb_slice public_key,
                          struct pb_arena *arena, struct pb_key_facts *facts)
{
    struct pb_slice info, algorithm, bits;

    if (!pb_der_take(&public_key, PB_DER_SEQUENCE, &info) ||
        !pb_der_take(&info, PB_DER_SEQUENCE, &algorithm) ||
        !pb_der_take(&info, V_ASN1_BIT_STRING, &bits) || info.size_bytes > 0 ||
        bits.size_bytes < 2 || bits.data[0] != 0)
        return;
    bits = pb_slice_from(bits, 1); /* behind the number of unused bits */
    if (pb_slice_equals(algorithm, rsa_algorithm))
        read_rsa(bits, arena, facts);
    else
        read_point(cache, algorithm, bits, facts);
}

static struct pb_slice read_algorithm(const ASN1_OBJECT *object, struct pb_arena *arena)
{
    switch (OBJ_obj2nid(object)) {
    case NID_rsaEncryption:
    case NID_rsa: return PB_SLICE("RSA"); /* 2.5.8.1.1 is X.509's own */
    case NID_rsassaPss: return PB_SLICE("RSA-PSS");
    case NID_X9_62_id_ecPublicKey: return PB_SLICE("EC");
    case NID_dsa: return PB_SLICE("DSA");
    case NID_ED25519: return PB_SLICE("Ed25519");
    case NID_ED448: return PB_SLICE("Ed448");
    default: return pb_object_text(object, false, arena);
    }
}

/* The parameters name a curve (RFC 5480, section 2.1.1) or, against that section, spell it out. */
static struct pb_slice read_curve(const X509_ALGOR *algorithm, struct pb_arena *arena)
{
    const ASN1_OBJECT *object;
    const void *parameter;
    int type;

    X509_ALGOR_get0(&object, &type, &parameter, algorithm);
    if (OBJ_obj2nid(object) != NID_X9_62_id_ecPublicKey || type != V_ASN1_OBJECT)
        return PB_SLICE_ABSENT;
    int nid = OBJ_obj2nid(parameter);
    if (nid == NID_undef)
        return pb_object_text(parameter, true, arena);
    const char *nist = EC_curve_nid2nist(nid);
    return pb_slice_from_string(nist != NULL ? nist : OBJ_nid2sn(nid));
}

/* None that is used is longer than a modulus; to spell one takes time by its length squared. */
static struct pb_slice read_exponent(const EVP_PKEY *key, struct pb_arena *arena)
{
    struct pb_slice exponent = PB_SLICE_ABSENT;
    BIGNUM *number = NULL;

    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) == 1 &&
        BN_num_bits(number) <= OPENSSL_RSA_MAX_MODULUS_BITS) {
        char *digits = BN_bn2dec(number);
        arena->has_failed |= digits == NULL;
        exponent = pb_arena_copy(arena, pb_slice_from_string(digits));
        OPENSSL_free(digits);
    }
    BN_free(number);
    return exponent;
}

/* Like i2d_PUBKEY, in the usual form: RSA as rsaEncryption with NULL whatever it is restricted to
 * (RFC 4055, section 1.2), EC by its named curve, if it has one, and an uncompressed point. */
static int encode_key(EVP_PKEY *key, unsigned char **der)
{
    int type = EVP_PKEY_get_base_id(key);
    X509_PUBKEY *info = NULL;
    X509_ALGOR *algorithm;
    char name[80];
    size_t size;

    if (type == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, name, sizeof name, &size) == 1 &&
        (EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
                                        OSSL_PKEY_EC_ENCODING_GROUP) != 1 ||
         EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                        OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) != 1))
        return -1;
    if (type != EVP_PKEY_RSA_PSS)
        return i2d_PUBKEY(key, der);
    int written = -1;
    if (X509_PUBKEY_set(&info, key) == 1 &&
        X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, info) == 1 &&
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL) == 1)
        written = i2d_X509_PUBKEY(info, der);
    X509_PUBKEY_free(info);
    return written;
}

/* Identity: the SHA-256 of that. False where OpenSSL cannot encode the key. It does not always say
 * that memory was missing: what fails is tried once more. */
static bool identify_key(EVP_PKEY *key, unsigned char identity[32])
{
    unsigned char *der = NULL;
    int size = 0;
    for (int attempt = 0; attempt < 2 && size <= 0; attempt++)
        size = encode_key(key, &der);
    if (size > 0)
        pb_sha256((struct pb_slice){(char *)der, (size_t)size}, identity);
    OPENSSL_free(der);
    return size > 0;
}

static void read_decoded(const EVP_PKEY *key, struct pb_arena *arena, struct pb_key_facts *facts)
{
    int type = EVP_PKEY_get_base_id(key);
    int bits = EVP_PKEY_get_bits(key);

    if (type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448 || type == EVP_PKEY_X25519 ||
        type == EVP_PKEY_X448)
        return; /* these have one size, which their name says */
    /* OpenSSL has 0 where memory was missing when it decoded the key. */
    if (bits <= 0 && EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_BITS, &bits) != 1)
        bits = 0;
    facts->bits = bits > 0 ? (uint32_t)bits : 0;
    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS)
        facts->exponent = read_exponent(key, arena);
}

/* A key that OpenSSL cannot decode still has its algorithm. X509_PUBKEY_get does not say why it
 * failed: the key is decoded once more, to tell a lack of memory from an unknown key. */
static void read_structure(const X509_PUBKEY *structure, struct pb_slice public_key,
                           struct pb_arena *arena, struct pb_key_facts *facts)
{
    ASN1_OBJECT *object;
    X509_ALGOR *algorithm;
    struct pb_kept_key kept = {.key = X509_PUBKEY_get(structure)};

    X509_PUBKEY_get0_param(&object, NULL, NULL, &algorithm, structure);
    if (kept.key == NULL)
        pb_kept_key_decode(&kept, public_key);
    facts->algorithm = read_algorithm(object, arena);
    facts->curve = read_curve(algorithm, arena);
    if (kept.key != NULL) {
        read_decoded(kept.key, arena, facts);
        identify_key(kept.key, facts->identity);
    }
    arena->has_failed |= kept.has_failed;
    pb_kept_key_release(&kept);
}

bool pb_key_facts_read(struct pb_x509_cache *cache, struct pb_slice public_key,
                       struct pb_arena *arena, struct pb_key_facts *facts)
{
    *facts = (struct pb_key_facts){.bits = 0};
    pb_sha256(public_key, facts->spki_sha256);
    memcpy(facts->identity, facts->spki_sha256, sizeof facts->identity);
    read_ordinary(cache, public_key, arena, facts);
    if (pb_slice_is_absent(facts->algorithm) && pb_key_may_be_slow(public_key))
        facts->algorithm = PB_SLICE("EC");
    if (!pb_slice_is_absent(facts->algorithm) || !pb_computation_allow(cache, PB_COST_OF_RARE_KEY))
        return true;
    pb_openssl_take_errors(NULL);
    X509_PUBKEY *structure = pb_der_decode(public_key, ASN1_ITEM_rptr(X509_PUBKEY));
    if (structure != NULL)
        read_structure(structure, public_key, arena, facts);
    pb_openssl_take_errors(&arena->has_failed);
    X509_PUBKEY_free(structure);
    return structure != NULL;
}

/* PKCS #8 holds no public half of DSA and DH keys, and ECPrivateKey may leave it out. To compute it
 * takes time that grows with the cube of the numbers, or with the curve's field. */
static bool can_be_read_quickly(struct pb_slice der)
{
    const unsigned char *at = (const unsigned char *)der.data, *key = NULL;
    const ASN1_OBJECT *object = NULL;
    int key_size = 0;

    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.size_bytes);
    if (info != NULL)
        PKCS8_pkey_get0(&object, &key, &key_size, NULL, info);
    int kind = object != NULL ? OBJ_obj2nid(object) : NID_undef;
    bool is_computed = kind == NID_dsa || kind == NID_dhKeyAgreement || kind == NID_dhpublicnumber;
    bool is_quick = !(is_computed && der.size_bytes > PB_MOST_COMPUTED_KEY_BYTES) &&
                    !pb_has_explicit_curve(der) &&
                    !pb_has_explicit_curve((struct pb_slice){(const char *)key, (size_t)key_size});
    PKCS8_PRIV_KEY_INFO_free(info);
    return is_quick;
}

/* One with headers is encrypted. */
enum pb_status pb_x509_private_key_identify(struct pb_buffer *pem, unsigned char identity[32],
                                            bool *is_known)
{
    char *label = NULL, *header = NULL;
    unsigned char *bytes = NULL;
    long size = 0;
    EVP_PKEY *key = NULL;
    bool has_failed = false;

    pb_openssl_take_errors(NULL);
    BIO *bio = pem->size_bytes > INT_MAX ? NULL : BIO_new_mem_buf(pem->data, (int)pem->size_bytes);
    if (bio != NULL && PEM_read_bio(bio, &label, &header, &bytes, &size) == 1 && *header == '\0' &&
        can_be_read_quickly((struct pb_slice){(const char *)bytes, (size_t)size})) {
        const unsigned char *at = bytes;
        key = d2i_AutoPrivateKey(NULL, &at, size);
    }
    *is_known = key != NULL && identify_key(key, identity);
    pb_openssl_take_errors(&has_failed);
    EVP_PKEY_free(key);
    BIO_free(bio);
    OPENSSL_clear_free(bytes, (size_t)size);
    OPENSSL_free(header);
    OPENSSL_free(label);
    if (pem->data != NULL)
        OPENSSL_cleanse(pem->data, pem->capacity_bytes);
    pb_buffer_clear(pem);
    return has_failed ? PB_FAILED_MEMORY : PB_OK;
}

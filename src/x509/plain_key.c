/* SPDX-License-Identifier: MIT */
#include "x509/plain_key.h"

#include <openssl/objects.h>

#include "x509/strict_der.h"

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

/* RFC 3279, section 2.3.1: rsaEncryption, whose parameters are NULL. */
static const struct pb_slice rsa_algorithm =
    BYTES("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00");

/* RFC 5480, section 2.1.1: id-ecPublicKey and a named curve. */
static const struct {
    struct pb_slice algorithm;
    struct pb_slice name;
    int nid;
    uint32_t bits;
    size_t point_bytes; /* 0x04 and two coordinates: SEC 1, section 2.3.3 */
} curve_table[PB_CURVE_COUNT] = {
    {BYTES("\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"),
     BYTES("P-256"), NID_X9_62_prime256v1, 256, 65},
    {BYTES("\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x22"),
     BYTES("P-384"), NID_secp384r1, 384, 97},
    {BYTES("\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x23"),
     BYTES("P-521"), NID_secp521r1, 521, 133},
};

void pb_curves_release(struct pb_curves *curves)
{
    for (size_t i = 0; i < PB_CURVE_COUNT; i++) {
        EC_POINT_free(curves->points[i]);
        EC_GROUP_free(curves->groups[i]);
    }
    BN_CTX_free(curves->context);
    *curves = (struct pb_curves){.context = NULL};
}

static uint32_t count_bits(struct pb_slice magnitude)
{
    uint32_t bits = (uint32_t)magnitude.size_bytes * 8;

    for (unsigned first = (unsigned char)magnitude.data[0]; first < 0x80; first = first << 1 | 1)
        bits--;
    return bits;
}

static enum pb_status spell_decimal(struct pb_slice magnitude, struct pb_arena *arena,
                                    struct pb_slice *text)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t number = 0;

    for (size_t i = 0; i < magnitude.size_bytes; i++)
        number = number << 8 | (unsigned char)magnitude.data[i];
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    bool is_copied = pb_arena_copy(arena, (struct pb_slice){digits + at, sizeof digits - at}, text);
    return is_copied ? PB_OK : PB_FAILED_MEMORY;
}

static bool take_info(struct pb_slice public_key, struct pb_slice *algorithm, struct pb_slice *bits)
{
    struct pb_slice info;

    return pb_der_take(&public_key, PB_DER_SEQUENCE, &info) && public_key.size_bytes == 0 &&
           pb_der_take_whole(&info, PB_DER_SEQUENCE, algorithm) && pb_der_take_bits(&info, bits) &&
           info.size_bytes == 0;
}

/* RFC 3279, section 2.3.1: RSAPublicKey. Sizes out of the ordinary are left to OpenSSL. */
static bool take_rsa(struct pb_slice bits, struct pb_slice *modulus, struct pb_slice *exponent)
{
    struct pb_slice key;

    return pb_der_take(&bits, PB_DER_SEQUENCE, &key) && bits.size_bytes == 0 &&
           pb_der_take_unsigned(&key, modulus) && pb_der_take_unsigned(&key, exponent) &&
           key.size_bytes == 0 && modulus->size_bytes >= 64 && modulus->size_bytes <= 2048 &&
           exponent->size_bytes <= 8;
}

bool pb_plain_rsa_read(struct pb_slice public_key, struct pb_slice *modulus,
                       struct pb_slice *exponent)
{
    struct pb_slice algorithm, bits;

    return take_info(public_key, &algorithm, &bits) && pb_slice_equals(algorithm, rsa_algorithm) &&
           take_rsa(bits, modulus, exponent);
}

static enum pb_status read_rsa(struct pb_slice bits, struct pb_arena *arena,
                               struct pb_key_facts *facts, bool *is_plain)
{
    struct pb_slice modulus, exponent;

    if (!take_rsa(bits, &modulus, &exponent))
        return PB_OK;
    *facts = (struct pb_key_facts){.algorithm = PB_SLICE("RSA"), .bits = count_bits(modulus)};
    *is_plain = true;
    return spell_decimal(exponent, arena, &facts->exponent);
}

static bool prepare_curve(struct pb_curves *curves, size_t index)
{
    if (curves->context == NULL)
        curves->context = BN_CTX_new();
    if (curves->groups[index] == NULL)
        curves->groups[index] = EC_GROUP_new_by_curve_name(curve_table[index].nid);
    if (curves->points[index] == NULL && curves->groups[index] != NULL)
        curves->points[index] = EC_POINT_new(curves->groups[index]);
    return curves->context != NULL && curves->points[index] != NULL;
}

/* A point that is not on its curve is a key that OpenSSL does not decode. */
static bool is_on_curve(struct pb_curves *curves, size_t index, struct pb_slice point)
{
    return point.size_bytes == curve_table[index].point_bytes && point.data[0] == 0x04 &&
           prepare_curve(curves, index) &&
           EC_POINT_oct2point(curves->groups[index], curves->points[index],
                              (const unsigned char *)point.data, point.size_bytes,
                              curves->context) == 1;
}

static void read_point(struct pb_curves *curves, struct pb_slice algorithm, struct pb_slice point,
                       struct pb_key_facts *facts, bool *is_plain)
{
    for (size_t i = 0; i < PB_CURVE_COUNT && !*is_plain; i++) {
        if (!pb_slice_equals(algorithm, curve_table[i].algorithm))
            continue;
        *facts = (struct pb_key_facts){
            .algorithm = PB_SLICE("EC"), .bits = curve_table[i].bits, .curve = curve_table[i].name};
        *is_plain = is_on_curve(curves, i, point);
    }
}

enum pb_status pb_plain_key_read(struct pb_curves *curves, struct pb_slice public_key,
                                 struct pb_arena *arena, struct pb_key_facts *facts, bool *is_plain)
{
    struct pb_slice algorithm, bits;

    *is_plain = false;
    if (!take_info(public_key, &algorithm, &bits))
        return PB_OK;
    if (pb_slice_equals(algorithm, rsa_algorithm))
        return read_rsa(bits, arena, facts, is_plain);
    read_point(curves, algorithm, bits, facts, is_plain);
    return PB_OK;
}

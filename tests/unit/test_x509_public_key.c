/* SPDX-License-Identifier: MIT */
/* The short way of verifying against OpenSSL's own: over keys of every size and spelling, whose
 * moduli are chosen so that signatures can be made for them, and over padding of every kind. */
#include "x509/public_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/buffer.h"
#include "failing_openssl.h"
#include "x509/facts.h"

#define BODY "\x30\x03\x02\x01\x07"
#define RSA_ENCRYPTION "\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00"

/* RFC 8017, section 9.2, note 1: what stands before the digest. */
static const struct algorithm {
    struct pb_slice identifier;
    struct pb_slice prefix;
    const char *digest;
} algorithms[] = {
    {{"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05\x05\x00", 15},
     {"\x30\x21\x30\x09\x06\x05\x2B\x0E\x03\x02\x1A\x05\x00\x04\x14", 15},
     "SHA1"},
    {{"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00", 15},
     {"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20", 19},
     "SHA256"},
    {{"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C\x05\x00", 15},
     {"\x30\x41\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30", 19},
     "SHA384"},
    {{"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D\x05\x00", 15},
     {"\x30\x51\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40", 19},
     "SHA512"},
};
#define ALGORITHM_COUNT (sizeof algorithms / sizeof algorithms[0])

/* Buffers that a test fills again and again. */
struct fixture {
    struct pb_buffer message;   /* encoded for RSASSA-PKCS1-v1_5 */
    struct pb_buffer signature; /* as a number of the modulus's size */
    struct pb_buffer key;       /* SubjectPublicKeyInfo */
    struct pb_buffer inner;     /* what an element is made of */
    struct pb_buffer bits;      /* the signature as a BIT STRING */
    BN_CTX *context;
    size_t plain_count, valid_count; /* signatures that the short way and that OpenSSL took */
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    pb_buffer_init(&fixture->message, SIZE_MAX);
    pb_buffer_init(&fixture->signature, SIZE_MAX);
    pb_buffer_init(&fixture->key, SIZE_MAX);
    pb_buffer_init(&fixture->inner, SIZE_MAX);
    pb_buffer_init(&fixture->bits, SIZE_MAX);
    fixture->context = BN_CTX_new();
    assert_non_null(fixture->context);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    pb_buffer_release(&fixture->message);
    pb_buffer_release(&fixture->signature);
    pb_buffer_release(&fixture->key);
    pb_buffer_release(&fixture->inner);
    pb_buffer_release(&fixture->bits);
    BN_CTX_free(fixture->context);
    free(fixture);
    return 0;
}

static void append_header(struct pb_buffer *buffer, char tag, size_t size_bytes)
{
    pb_buffer_append_byte(buffer, tag);
    if (size_bytes >= 0x80)
        pb_buffer_append_byte(buffer, size_bytes > 0xFF ? '\x82' : '\x81');
    if (size_bytes > 0xFF)
        pb_buffer_append_byte(buffer, (char)(size_bytes >> 8));
    pb_buffer_append_byte(buffer, (char)size_bytes);
}

static void append_element(struct pb_buffer *buffer, char tag, struct pb_slice contents)
{
    append_header(buffer, tag, contents.size_bytes);
    pb_buffer_append(buffer, contents);
}

/* Puts the header in front of what the buffer holds. */
static void wrap(struct pb_buffer *buffer, char tag)
{
    struct pb_buffer whole;

    pb_buffer_init(&whole, SIZE_MAX);
    append_element(&whole, tag, pb_buffer_slice(buffer));
    pb_buffer_clear(buffer);
    pb_buffer_append(buffer, pb_buffer_slice(&whole));
    pb_buffer_release(&whole);
}

/* A number with that many zero bytes more in front than DER asks for. */
static void append_number(struct pb_buffer *buffer, const BIGNUM *number, size_t zeros)
{
    unsigned char bytes[4096] = {0};
    size_t size = (size_t)BN_num_bytes(number);

    assert_true(zeros + 1 + size <= sizeof bytes);
    BN_bn2bin(number, bytes + zeros + 1);
    size_t skipped = size > 0 && bytes[zeros + 1] < 0x80;
    append_element(buffer, 0x02,
                   (struct pb_slice){(const char *)bytes + skipped, zeros + 1 + size - skipped});
}

/* The fixture's inner bytes become a key of that algorithm. */
static struct pb_slice finish_key(struct fixture *fixture, struct pb_slice algorithm, char unused)
{
    wrap(&fixture->inner, 0x30);
    pb_buffer_clear(&fixture->key);
    pb_buffer_append(&fixture->key, algorithm);
    append_header(&fixture->key, 0x03, fixture->inner.size_bytes + 1);
    pb_buffer_append_byte(&fixture->key, unused);
    pb_buffer_append(&fixture->key, pb_buffer_slice(&fixture->inner));
    wrap(&fixture->key, 0x30);
    return pb_buffer_slice(&fixture->key);
}

static struct pb_slice make_key(struct fixture *fixture, const BIGNUM *n, const BIGNUM *e)
{
    pb_buffer_clear(&fixture->inner);
    append_number(&fixture->inner, n, 0);
    append_number(&fixture->inner, e, 0);
    return finish_key(fixture, PB_SLICE(RSA_ENCRYPTION), 0);
}

/* The body's digest with its prefix; RFC 8017, section 9.2, step 2. */
static void append_digest_info(struct pb_buffer *buffer, const struct algorithm *algorithm)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size;

    pb_buffer_append(buffer, algorithm->prefix);
    assert_int_equal(EVP_Digest(BODY, sizeof BODY - 1, digest, &size,
                                EVP_get_digestbyname(algorithm->digest), NULL),
                     1);
    pb_buffer_append(buffer, (struct pb_slice){(const char *)digest, size});
}

/* RFC 8017, section 9.2: false where the modulus is too short for the digest. */
static bool encode_message(struct fixture *fixture, const struct algorithm *algorithm,
                           size_t size_bytes)
{
    pb_buffer_clear(&fixture->inner);
    append_digest_info(&fixture->inner, algorithm);
    if (size_bytes < fixture->inner.size_bytes + 11)
        return false;
    pb_buffer_clear(&fixture->message);
    pb_buffer_append(&fixture->message, PB_SLICE("\x00\x01"));
    pb_buffer_append_repeated(&fixture->message, '\xFF',
                              size_bytes - fixture->inner.size_bytes - 3);
    pb_buffer_append_byte(&fixture->message, 0);
    pb_buffer_append(&fixture->message, pb_buffer_slice(&fixture->inner));
    return true;
}

static BIGNUM *read_message(const struct fixture *fixture)
{
    BIGNUM *number = BN_bin2bn((const unsigned char *)fixture->message.data,
                               (int)fixture->message.size_bytes, NULL);

    assert_non_null(number);
    return number;
}

static struct pb_slice spell_signature(struct fixture *fixture, const BIGNUM *signature,
                                       size_t size_bytes)
{
    pb_buffer_clear(&fixture->signature);
    unsigned char *room = (unsigned char *)pb_buffer_reserve(&fixture->signature, size_bytes);
    assert_non_null(room);
    assert_int_equal(BN_bn2binpad(signature, room, (int)size_bytes), size_bytes);
    fixture->signature.size_bytes += size_bytes;
    return pb_buffer_slice(&fixture->signature);
}

/* What the whole of OpenSSL says; false also where it cannot decode the key. */
static bool is_valid_to_openssl(EVP_PKEY *key, const struct pb_signed *parts)
{
    const unsigned char *body = (const unsigned char *)parts->body.data;
    const unsigned char *algorithm = (const unsigned char *)parts->algorithm.data;
    const unsigned char *bits = (const unsigned char *)parts->bits.data;
    ASN1_TYPE *any = d2i_ASN1_TYPE(NULL, &body, (long)parts->body.size_bytes);
    X509_ALGOR *decoded = d2i_X509_ALGOR(NULL, &algorithm, (long)parts->algorithm.size_bytes);
    ASN1_BIT_STRING *string = d2i_ASN1_BIT_STRING(NULL, &bits, (long)parts->bits.size_bytes);

    bool is_valid = any != NULL && decoded != NULL && string != NULL &&
                    ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), decoded, string, any, key) == 1;
    ASN1_TYPE_free(any);
    X509_ALGOR_free(decoded);
    ASN1_BIT_STRING_free(string);
    ERR_clear_error();
    return is_valid;
}

/* The body, signed so; both borrowed until the next call. */
static struct pb_signed make_parts(struct fixture *fixture, struct pb_slice algorithm,
                                   struct pb_slice signature, char unused)
{
    pb_buffer_clear(&fixture->bits);
    append_header(&fixture->bits, 0x03, signature.size_bytes + 1);
    pb_buffer_append_byte(&fixture->bits, unused);
    pb_buffer_append(&fixture->bits, signature);
    return (struct pb_signed){PB_SLICE(BODY), algorithm, pb_buffer_slice(&fixture->bits),
                              algorithm};
}

/* Every answer is OpenSSL's: whether the key can be read, and whether it signed. The short way
 * never takes what OpenSSL would not. Returns whether the signature is valid. */
static bool expect_same(struct fixture *fixture, struct pb_slice der, const struct pb_signed *parts)
{
    const unsigned char *at = (const unsigned char *)der.data;
    EVP_PKEY *full = d2i_PUBKEY(NULL, &at, (long)der.size_bytes);
    struct pb_public_key *key;
    enum pb_signature outcome;
    bool is_valid = full != NULL && is_valid_to_openssl(full, parts);

    ERR_clear_error();
    assert_int_equal(pb_public_key_new(der, &key), PB_OK);
    assert_int_equal(key == NULL, full == NULL);
    bool is_plainly_valid = key != NULL && pb_public_key_verifies(key, parts);
    assert_true(is_valid || !is_plainly_valid);
    fixture->plain_count += is_plainly_valid;
    fixture->valid_count += is_valid;
    for (size_t again = 0; again < 2; again++) {
        assert_int_equal(pb_signature_verify(parts, key, &outcome), PB_OK);
        assert_int_equal(outcome == PB_SIGNATURE_VALID, is_valid);
        assert_int_equal(ERR_peek_error(), 0);
    }
    pb_public_key_free(key);
    EVP_PKEY_free(full);
    return is_valid;
}

/* The signature and what it becomes by small changes, most of which are none. */
static bool expect_same_when_changed(struct fixture *fixture, struct pb_slice key,
                                     struct pb_slice algorithm, struct pb_slice signature)
{
    static const char appended[] = {0, 1};
    struct pb_signed parts = make_parts(fixture, algorithm, signature, 0);
    bool is_valid = expect_same(fixture, key, &parts);

    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        parts = make_parts(fixture, algorithms[i].identifier, signature, 0);
        expect_same(fixture, key, &parts);
    }
    for (size_t i = 0; i < 4; i++) {
        parts = make_parts(fixture, algorithm, signature, 0);
        fixture->bits.data[fixture->bits.size_bytes - 1 - i * (signature.size_bytes - 1) / 3] ^=
            (char)(1 << i);
        expect_same(fixture, key, &parts);
    }
    parts = make_parts(fixture, algorithm, pb_slice_from(signature, 1), 0);
    expect_same(fixture, key, &parts);
    parts = make_parts(fixture, algorithm, pb_slice_first(signature, signature.size_bytes - 1), 0);
    expect_same(fixture, key, &parts);
    parts = make_parts(fixture, algorithm, PB_SLICE(""), 0);
    expect_same(fixture, key, &parts);
    parts = make_parts(fixture, algorithm, signature, 1);
    expect_same(fixture, key, &parts);
    for (size_t i = 0; i < sizeof appended; i++) {
        struct pb_buffer longer;
        pb_buffer_init(&longer, SIZE_MAX);
        pb_buffer_append_byte(&longer, appended[i]);
        pb_buffer_append(&longer, signature);
        parts = make_parts(fixture, algorithm, pb_buffer_slice(&longer), 0);
        expect_same(fixture, key, &parts);
        pb_buffer_release(&longer);
    }
    return is_valid;
}

static void raise(BIGNUM *power, const BIGNUM *base, unsigned exponent, BN_CTX *context)
{
    BIGNUM *number = BN_new();

    assert_true(number != NULL && BN_set_word(number, exponent));
    assert_int_equal(BN_exp(power, base, number, context), 1);
    BN_free(number);
}

/* A number whose power has that many bits and is hardly less than it could be. */
static BIGNUM *find_root(unsigned exponent, int bits, BN_CTX *context)
{
    BIGNUM *root = BN_new(), *power = BN_new();

    assert_true(root != NULL && power != NULL);
    int top = bits / (int)exponent;
    for (int bit = top; bit > top - 64 && bit >= 0; bit--) {
        BN_set_bit(root, bit);
        raise(power, root, exponent, context);
        if (BN_num_bits(power) > bits)
            BN_clear_bit(root, bit);
    }
    BN_free(power);
    return root;
}

/* A modulus n for which s to the e-th is the message: n = s^e - message, and odd. For e = 1 any
 * will do. */
static void make_small_key(struct fixture *fixture, unsigned e, int bits, BIGNUM *s, BIGNUM *n)
{
    BIGNUM *message = read_message(fixture);

    if (e == 1) {
        BN_copy(s, message);
        BN_zero(n);
        BN_set_bit(n, bits - 1);
        BN_set_bit(n, 0);
    } else {
        BIGNUM *root = find_root(e, bits, fixture->context);
        BN_copy(s, root);
        if (BN_is_odd(s) == BN_is_odd(message))
            BN_sub_word(s, 1);
        raise(n, s, e, fixture->context);
        BN_sub(n, n, message);
        BN_free(root);
    }
    assert_int_equal(BN_num_bits(n), bits);
    BN_free(message);
}

static void try_small_exponent(struct fixture *fixture, unsigned exponent, int bits)
{
    BIGNUM *s = BN_new(), *n = BN_new(), *e = BN_new();
    size_t size_bytes = (size_t)(bits + 7) / 8;

    assert_true(s != NULL && n != NULL && e != NULL && BN_set_word(e, exponent));
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        if (!encode_message(fixture, &algorithms[i], size_bytes))
            continue;
        make_small_key(fixture, exponent, bits, s, n);
        struct pb_slice key = make_key(fixture, n, e);
        struct pb_slice signature = spell_signature(fixture, s, size_bytes);
        expect_same_when_changed(fixture, key, algorithms[i].identifier, signature);
    }
    BN_free(s);
    BN_free(n);
    BN_free(e);
}

static void keys_of_every_size_verify_alike(void **state)
{
    static const int sizes[] = {496,  504,  505,  511,  512,  513,  520,  768,   1000, 1023,
                                1024, 1025, 2047, 2048, 3072, 3073, 4096, 16384, 16385};
    static const unsigned exponents[] = {1, 2, 3, 17};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t k = 0; k < sizeof exponents / sizeof exponents[0]; k++)
            try_small_exponent(fixture, exponents[k], sizes[i]);
    assert_in_range(fixture->plain_count, 400, fixture->valid_count);
}

/* A prime of Mersenne's for a modulus: then the inverse of e modulo n - 1 is the private key. */
static void try_large_exponent(struct fixture *fixture, int bits, const char *exponent)
{
    BIGNUM *n = BN_new(), *e = NULL, *d, *s = BN_new(), *order;
    size_t size_bytes = (size_t)(bits + 7) / 8;

    assert_true(n != NULL && s != NULL && BN_hex2bn(&e, exponent) > 0);
    BN_set_bit(n, bits);
    BN_sub_word(n, 1);
    order = BN_dup(n);
    assert_true(order != NULL && BN_sub_word(order, 1));
    d = BN_mod_inverse(NULL, e, order, fixture->context);
    ERR_clear_error();
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        if (!encode_message(fixture, &algorithms[i], size_bytes))
            continue;
        BIGNUM *message = read_message(fixture);
        assert_int_equal(BN_mod_exp(s, message, d != NULL ? d : e, n, fixture->context), 1);
        struct pb_slice key = make_key(fixture, n, e);
        struct pb_slice signature = spell_signature(fixture, s, size_bytes);
        expect_same_when_changed(fixture, key, algorithms[i].identifier, signature);
        BN_free(message);
    }
    BN_free(order);
    BN_free(d);
    BN_free(e);
    BN_free(n);
    BN_free(s);
}

static void keys_with_every_size_of_exponent_verify_alike(void **state)
{
    static const int sizes[] = {521, 607, 1279, 2203, 3217};
    static const char *const exponents[] = {
        "0",
        "6",
        "10000",
        "10001",
        "80000001",
        "100000001",
        "7FFFFFFFFFFFFFDB",
        "FFFFFFFFFFFFFFC5",
        "10000000000000001",
        "1000000000000000000000000000D",
        /* larger than the shortest moduli */
        "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "0"
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000001",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t k = 0; k < sizeof exponents / sizeof exponents[0]; k++)
            try_large_exponent(fixture, sizes[i], exponents[k]);
    assert_in_range(fixture->plain_count, 50, fixture->valid_count);
}

/* One way of spelling a key: what OpenSSL decodes, takes for another key, or refuses. */
struct spelling {
    struct pb_slice algorithm;
    size_t modulus_zeros, exponent_zeros;
    struct pb_slice after_numbers; /* in the sequence of them */
    struct pb_slice after_key;
    char unused_bits;
    bool is_even, is_modulus_negative, is_exponent_negative;
    bool is_valid, is_plain;
};

/* The first byte of an element's contents, which has a long length of two bytes or a short one. */
static char *contents_of(char *element)
{
    return element + ((unsigned char)element[1] == 0x82 ? 4 : 2);
}

static struct pb_slice spell_key(struct fixture *fixture, const struct spelling *spelling,
                                 const BIGNUM *n, const BIGNUM *e)
{
    struct pb_buffer *inner = &fixture->inner;

    pb_buffer_clear(inner);
    append_number(inner, n, spelling->modulus_zeros);
    if (spelling->is_modulus_negative)
        *contents_of(inner->data) = '\x80';
    size_t exponent = inner->size_bytes;
    append_number(inner, e, spelling->exponent_zeros);
    if (spelling->is_exponent_negative)
        *contents_of(inner->data + exponent) = '\xFF';
    pb_buffer_append(inner, spelling->after_numbers);
    finish_key(fixture, spelling->algorithm, spelling->unused_bits);
    pb_buffer_append(&fixture->key, spelling->after_key);
    return pb_buffer_slice(&fixture->key);
}

/* The exponent is 1, so that a message is its own signature under every modulus. */
static void try_spelling(struct fixture *fixture, const struct spelling *spelling)
{
    BIGNUM *n = BN_new(), *e = BN_new();
    size_t plain_count = fixture->plain_count;

    assert_true(n != NULL && e != NULL && BN_set_bit(n, 1023) && BN_one(e));
    if (!spelling->is_even)
        BN_set_bit(n, 0);
    assert_true(encode_message(fixture, &algorithms[1], 128));
    struct pb_slice key = spell_key(fixture, spelling, n, e);
    bool is_valid = expect_same_when_changed(fixture, key, algorithms[1].identifier,
                                             pb_buffer_slice(&fixture->message));
    assert_int_equal(is_valid, spelling->is_valid);
    assert_int_equal(fixture->plain_count > plain_count, spelling->is_plain);
    BN_free(n);
    BN_free(e);
}

static void keys_of_every_spelling_verify_alike(void **state)
{
#define WITHOUT_NULL "\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
#define WITH_INTEGER "\x30\x0E\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x02\x01\x00"
#define PSS "\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"
#define X509_RSA "\x30\x08\x06\x04\x55\x08\x01\x01\x05\x00"
#define LONG_LENGTH "\x30\x81\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00"
#define ED25519 "\x30\x05\x06\x03\x2B\x65\x70"
    static const struct spelling spellings[] = {
        {.algorithm = {RSA_ENCRYPTION, 15}, .is_valid = true, .is_plain = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .modulus_zeros = 1, .is_valid = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .modulus_zeros = 9, .is_valid = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .exponent_zeros = 1, .is_valid = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .is_even = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .is_modulus_negative = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .is_exponent_negative = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .after_numbers = {"\x05\x00", 2}},
        {.algorithm = {RSA_ENCRYPTION, 15}, .after_key = {"\x05\x00", 2}, .is_valid = true},
        {.algorithm = {RSA_ENCRYPTION, 15}, .unused_bits = 1},
        {.algorithm = {WITHOUT_NULL, 13}, .is_valid = true},
        {.algorithm = {WITH_INTEGER, 16}, .is_valid = true},
        {.algorithm = {PSS, 13}},
        {.algorithm = {X509_RSA, 10}, .is_valid = true},
        {.algorithm = {LONG_LENGTH, 16}, .is_valid = true},
        {.algorithm = {ED25519, 7}},
    };

    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        try_spelling(*state, &spellings[i]);
}

/* How a message is padded around the body's digest, to 128 bytes. */
struct padding {
    char type;
    size_t fill_bytes; /* 0: as many as there is room for */
    struct pb_slice prefix;
    struct pb_slice suffix;
    bool is_valid;
};

static void pad_message(struct fixture *fixture, const struct padding *padding)
{
    struct pb_buffer *message = &fixture->message;
    const struct algorithm algorithm = {.prefix = padding->prefix, .digest = "SHA256"};

    pb_buffer_clear(&fixture->inner);
    append_digest_info(&fixture->inner, &algorithm);
    pb_buffer_append(&fixture->inner, padding->suffix);
    size_t room = 128 - 3 - fixture->inner.size_bytes;
    size_t fill = padding->fill_bytes > 0 ? padding->fill_bytes : room;
    pb_buffer_clear(message);
    pb_buffer_append_byte(message, 0);
    pb_buffer_append_byte(message, padding->type);
    pb_buffer_append_repeated(message, '\xFF', fill);
    pb_buffer_append_byte(message, 0);
    pb_buffer_append(message, pb_buffer_slice(&fixture->inner));
    pb_buffer_append_repeated(message, 'A', room - fill);
}

/* The modulus is 2 to the 1023rd and 1, the exponent 1. */
static struct pb_slice make_key_of_one(struct fixture *fixture)
{
    BIGNUM *n = BN_new(), *e = BN_new();

    assert_true(n != NULL && e != NULL && BN_one(e) && BN_one(n) && BN_set_bit(n, 1023));
    struct pb_slice key = make_key(fixture, n, e);
    BN_free(n);
    BN_free(e);
    return key;
}

static void padding_of_every_kind_verifies_alike(void **state)
{
#define OF_SHA256 "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
    static const struct padding paddings[] = {
        {1, 0, {"\x30\x31\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 19}, {"", 0}, true},
        {0, 0, {"\x30\x31\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 19}, {"", 0}, false},
        {2, 0, {"\x30\x31\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 19}, {"", 0}, false},
        {1, 7, {"\x30\x31\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 19}, {"", 0}, false},
        {1, 8, {"\x30\x31\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 19}, {"", 0}, false},
        {1, 0, {"\x30\x31\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 19}, {"A", 1}, false},
        {1, 0, {"\x30\x33\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 19}, {"\x05", 2}, false},
        {1, 0, {"\x30\x2F\x30\x0B" OF_SHA256 "\x04\x20", 17}, {"", 0}, false},
        {1, 0, {"\x30\x32\x30\x0D" OF_SHA256 "\x05\x00\x04\x81\x20", 20}, {"", 0}, false},
        {1, 0, {"\x30\x81\x31\x30\x0D" OF_SHA256 "\x05\x00\x04\x20", 20}, {"", 0}, false},
        {1, 0, {"\x04\x20", 2}, {"", 0}, false},
        {1, 0, {"", 0}, {"", 0}, false},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof paddings / sizeof paddings[0]; i++) {
        struct pb_slice key = make_key_of_one(fixture);
        pad_message(fixture, &paddings[i]);
        bool is_valid = expect_same_when_changed(fixture, key, algorithms[1].identifier,
                                                 pb_buffer_slice(&fixture->message));
        assert_int_equal(is_valid, paddings[i].is_valid);
    }
    assert_int_equal(fixture->plain_count, 2); /* the first one, tried twice */
}

static void no_byte_of_a_message_can_be_another(void **state)
{
    struct fixture *fixture = *state;

    assert_true(encode_message(fixture, &algorithms[1], 128));
    struct pb_slice key = make_key_of_one(fixture);
    for (size_t i = 0; i < 128; i++) {
        fixture->message.data[i] ^= 1;
        struct pb_signed parts =
            make_parts(fixture, algorithms[1].identifier, pb_buffer_slice(&fixture->message), 0);
        assert_false(expect_same(fixture, key, &parts));
        fixture->message.data[i] ^= 1;
    }
}

/* Verifies with OpenSSL's allocation of that number failing; false where there were not so many.
 * What does not fail is right. */
static bool verify_failing_at(size_t number, struct pb_slice der, const struct pb_signed *parts,
                              enum pb_signature expected, size_t *failures)
{
    struct pb_public_key *key;
    enum pb_signature outcome = PB_SIGNATURE_UNDECIDED;

    until_failure = number;
    enum pb_status status = pb_public_key_new(der, &key);
    if (status == PB_OK)
        status = pb_signature_verify(parts, key, &outcome);
    bool has_failed = until_failure == 0;
    until_failure = 0;
    if (status == PB_OK)
        assert_int_equal(outcome, expected);
    else
        assert_int_equal(status, PB_FAILED_MEMORY);
    assert_true(status == PB_OK || has_failed);
    *failures += status != PB_OK;
    pb_public_key_free(key);
    return has_failed;
}

static void a_failed_allocation_gives_the_same_answer_or_none(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 2; i++) {
        size_t number = 1, failures = 0;
        assert_true(encode_message(fixture, &algorithms[1], 128));
        struct pb_slice key = make_key_of_one(fixture);
        struct pb_signed parts =
            make_parts(fixture, algorithms[1].identifier, pb_buffer_slice(&fixture->message), 0);
        fixture->bits.data[64] ^= (char)i;
        expect_same(fixture, key, &parts);
        while (verify_failing_at(number, key, &parts,
                                 i == 0 ? PB_SIGNATURE_VALID : PB_SIGNATURE_INVALID, &failures))
            number++;
        assert_true(failures > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_of_every_size_verify_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_with_every_size_of_exponent_verify_alike, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keys_of_every_spelling_verify_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(padding_of_every_kind_verifies_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_byte_of_a_message_can_be_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_allocation_gives_the_same_answer_or_none, set_up,
                                        tear_down),
    };

    make_openssl_fallible();
    if (pb_x509_prepare() != PB_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

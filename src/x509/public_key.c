/* SPDX-License-Identifier: MIT */
/* Most signatures are RSA with a plainly spelt key, which OpenSSL's low-level functions verify as
 * EVP has them do it: without its decoders and providers, a fifth of a short run. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "x509/public_key.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "x509/hash.h"
#include "x509/openssl.h"
#include "x509/plain_key.h"
#include "x509/strict_der.h"

#define LONGEST_DIGEST_BYTES 64

struct pb_public_key {
    RSA *plain;        /* owned; NULL where the key is not plain RSA */
    EVP_PKEY *decoded; /* owned; NULL for a plain key until it is asked for */
    size_t size_bytes;
    char der[]; /* the SubjectPublicKeyInfo */
};

/* The whole AlgorithmIdentifier in DER: RFC 8017, appendix C, with the NULL of RFC 4055, section 5.
 */
static const struct {
    struct pb_slice identifier;
    void (*hash)(struct pb_slice bytes, unsigned char *digest);
    unsigned digest_bytes;
    int nid;
} plain_algorithms[] = {
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00", 15},
     pb_hash_sha1,
     20,
     NID_sha1},
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00", 15},
     pb_hash_sha256,
     32,
     NID_sha256},
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00", 15},
     pb_hash_sha384,
     48,
     NID_sha384},
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00", 15},
     pb_hash_sha512,
     64,
     NID_sha512},
};

static BIGNUM *make_number(struct pb_slice magnitude)
{
    return BN_bin2bn((const unsigned char *)magnitude.data, (int)magnitude.size_bytes, NULL);
}

/* NULL for lack of memory. */
static RSA *make_plain(struct pb_slice modulus, struct pb_slice exponent)
{
    RSA *made = RSA_new();
    BIGNUM *n = make_number(modulus), *e = make_number(exponent);

    if (made != NULL && n != NULL && e != NULL && RSA_set0_key(made, n, e, NULL) == 1)
        return made;
    BN_free(e);
    BN_free(n);
    RSA_free(made);
    ERR_clear_error();
    return NULL;
}

/* OpenSSL does not always say that memory was missing: what fails is tried once more. */
static enum pb_status decode(struct pb_slice der, EVP_PKEY **key)
{
    enum pb_status status = PB_OK;

    *key = NULL;
    ERR_clear_error();
    for (int attempt = 0; attempt < 2 && *key == NULL && status == PB_OK; attempt++) {
        const unsigned char *at = (const unsigned char *)der.data;
        *key = d2i_PUBKEY(NULL, &at, (long)der.size_bytes);
        if (*key == NULL)
            status = pb_openssl_take_errors(NULL);
    }
    return status;
}

/* Gives the key one of its two forms; neither where OpenSSL cannot decode it. */
static enum pb_status understand(struct pb_public_key *key, struct pb_slice der)
{
    struct pb_slice modulus, exponent;

    if (!pb_plain_rsa_read(der, &modulus, &exponent))
        return decode(der, &key->decoded);
    key->plain = make_plain(modulus, exponent);
    return key->plain != NULL ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_public_key_new(struct pb_slice der, struct pb_public_key **key)
{
    *key = NULL;
    if (der.size_bytes == 0 || der.size_bytes > LONG_MAX - sizeof **key)
        return PB_OK;
    struct pb_public_key *made = calloc(1, sizeof *made + der.size_bytes);
    if (made == NULL)
        return PB_FAILED_MEMORY;
    memcpy(made->der, der.data, der.size_bytes);
    made->size_bytes = der.size_bytes;
    enum pb_status status = understand(made, der);
    if (made->plain == NULL && made->decoded == NULL) {
        pb_public_key_free(made);
        return status;
    }
    *key = made;
    return PB_OK;
}

void pb_public_key_free(struct pb_public_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->decoded);
    RSA_free(key->plain);
    free(key);
}

/* A plain key is never one that OpenSSL cannot decode: what fails then is memory. */
enum pb_status pb_public_key_decode(struct pb_public_key *key, EVP_PKEY **decoded)
{
    if (key->decoded == NULL) {
        (void)decode((struct pb_slice){key->der, key->size_bytes}, &key->decoded);
        ERR_clear_error();
    }
    *decoded = key->decoded;
    return *decoded != NULL ? PB_OK : PB_FAILED_MEMORY;
}

static bool verifies_as(const struct pb_public_key *key, size_t row, const struct pb_signed *parts)
{
    unsigned char digest[LONGEST_DIGEST_BYTES];
    struct pb_slice rest = parts->bits, bits;

    if (!pb_der_take_bits(&rest, &bits) || rest.size_bytes > 0 || bits.size_bytes > UINT_MAX)
        return false;
    plain_algorithms[row].hash(parts->body, digest);
    return RSA_verify(plain_algorithms[row].nid, digest, plain_algorithms[row].digest_bytes,
                      (const unsigned char *)bits.data, (unsigned)bits.size_bytes, key->plain) == 1;
}

bool pb_public_key_verifies(const struct pb_public_key *key, const struct pb_signed *parts)
{
    bool is_valid = false;

    if (key->plain == NULL)
        return false;
    for (size_t i = 0; i < sizeof plain_algorithms / sizeof plain_algorithms[0]; i++)
        if (pb_slice_equals(parts->algorithm, plain_algorithms[i].identifier))
            is_valid = verifies_as(key, i, parts);
    if (!is_valid)
        ERR_clear_error();
    return is_valid;
}

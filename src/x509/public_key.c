/* SPDX-License-Identifier: MIT */
/* ASN1_item_verify decodes the algorithm, fetches its digest and prepares the key for every
 * signature anew: a third of the whole. Most signatures need none of that but once. */
#include "x509/public_key.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "x509/openssl.h"
#include "x509/strict_der.h"

/* The whole AlgorithmIdentifier in DER: RFC 8017, appendix C, with the NULL of RFC 4055, section 5.
 */
static const struct {
    struct pb_slice identifier;
    const char *digest;
} plain_algorithms[PB_PLAIN_ALGORITHM_COUNT] = {
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00", 15}, "SHA1"},
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00", 15}, "SHA256"},
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00", 15}, "SHA384"},
    {{"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00", 15}, "SHA512"},
};

/* OpenSSL does not always say that memory was missing: what fails is tried once more. */
static enum pb_status decode(struct pb_slice der, EVP_PKEY **key)
{
    enum pb_status status = PB_OK;

    *key = NULL;
    for (int attempt = 0; attempt < 2 && *key == NULL && status == PB_OK; attempt++) {
        const unsigned char *at = (const unsigned char *)der.data;
        *key = d2i_PUBKEY(NULL, &at, (long)der.size_bytes);
        if (*key == NULL)
            status = pb_openssl_take_errors(NULL);
    }
    return status;
}

enum pb_status pb_public_key_new(struct pb_slice der, struct pb_public_key **key)
{
    EVP_PKEY *decoded;

    *key = NULL;
    if (der.size_bytes == 0 || der.size_bytes > LONG_MAX)
        return PB_OK;
    ERR_clear_error();
    enum pb_status status = decode(der, &decoded);
    if (decoded == NULL)
        return status;
    *key = calloc(1, sizeof **key);
    if (*key == NULL) {
        EVP_PKEY_free(decoded);
        return PB_FAILED_MEMORY;
    }
    (*key)->key = decoded;
    return PB_OK;
}

void pb_public_key_free(struct pb_public_key *key)
{
    if (key == NULL)
        return;
    for (size_t i = 0; i < PB_PLAIN_ALGORITHM_COUNT; i++) {
        EVP_PKEY_CTX_free(key->plain[i].context);
        EVP_MD_free(key->plain[i].digest);
    }
    EVP_PKEY_free(key->key);
    free(key);
}

static bool prepare(struct pb_public_key *key, size_t row)
{
    EVP_MD *digest = EVP_MD_fetch(NULL, plain_algorithms[row].digest, NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->key, NULL);

    if (digest != NULL && context != NULL && EVP_PKEY_verify_init(context) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_CTX_set_signature_md(context, digest) == 1) {
        key->plain[row].digest = digest;
        key->plain[row].context = context;
        return true;
    }
    EVP_PKEY_CTX_free(context);
    EVP_MD_free(digest);
    return false;
}

static bool verifies_as(struct pb_public_key *key, size_t row, const struct pb_signed *parts)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_size;
    struct pb_slice rest = parts->bits, bits;

    if (!pb_der_take_bits(&rest, &bits) || rest.size_bytes > 0)
        return false;
    if (key->plain[row].context == NULL && !prepare(key, row))
        return false;
    return EVP_Digest(parts->body.data, parts->body.size_bytes, digest, &digest_size,
                      key->plain[row].digest, NULL) == 1 &&
           EVP_PKEY_verify(key->plain[row].context, (const unsigned char *)bits.data,
                           bits.size_bytes, digest, digest_size) == 1;
}

bool pb_public_key_verifies(struct pb_public_key *key, const struct pb_signed *parts)
{
    bool is_valid = false;

    for (size_t i = 0; i < PB_PLAIN_ALGORITHM_COUNT; i++)
        if (pb_slice_equals(parts->algorithm, plain_algorithms[i].identifier))
            is_valid = EVP_PKEY_is_a(key->key, "RSA") && verifies_as(key, i, parts);
    if (!is_valid)
        ERR_clear_error();
    return is_valid;
}

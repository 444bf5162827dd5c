/* SPDX-License-Identifier: MIT */
/* Signatures, chains, and the cache of keys and of chains by their PEM text. */
#include "x509/der.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>

/* An exponent that cannot be read counts as one past its ceiling. */
static uint64_t cost_of(const EVP_PKEY *key)
{
    int type = EVP_PKEY_get_base_id(key), bits = INT_MAX;
    BIGNUM *exponent = NULL;
    bool is_slow =
        type == EVP_PKEY_DSA || /* OpenSSL 3.0 does not name the field of binary curves */
        (type == EVP_PKEY_EC && EVP_PKEY_get_field_type(key) != NID_X9_62_prime_field);

    if (type != EVP_PKEY_RSA && type != EVP_PKEY_RSA_PSS)
        return is_slow ? PB_COST_OF_SLOW_KEY : PB_COST_OF_RARE_KEY;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1)
        bits = BN_num_bits(exponent);
    BN_free(exponent);
    if (bits > PB_MOST_EXPONENT_BITS)
        return PB_COST_PAST_CEILING;
    return bits > 32 || EVP_PKEY_get_bits(key) > 4096 ? PB_COST_OF_SLOW_KEY : 1;
}

/* OpenSSL does not always say that memory was missing: what fails is tried once more. */
void pb_kept_key_decode(struct pb_kept_key *kept, struct pb_slice public_key)
{
    pb_openssl_take_errors(NULL);
    kept->cost = pb_key_may_be_slow(public_key) ? PB_COST_PAST_CEILING : 1;
    for (int i = 0; i < 2 && kept->key == NULL && kept->cost == 1 && !kept->has_failed; i++) {
        const unsigned char *at = (const unsigned char *)public_key.data;
        kept->key = d2i_PUBKEY(NULL, &at, (long)public_key.size_bytes);
        if (kept->key != NULL)
            kept->cost = cost_of(kept->key);
        pb_openssl_take_errors(&kept->has_failed);
    }
}

/* Borrowed from the cache until the next call. */
static struct pb_kept_key *find_key(struct pb_x509_cache *cache, const struct pb_chain_link *issuer)
{
    const unsigned char *spki_sha256 = issuer->facts->key.spki_sha256;
    struct pb_kept_key *kept = cache->keys;

    for (; kept < cache->keys + PB_KEPT_KEYS; kept++)
        if (kept->key != NULL && memcmp(kept->spki_sha256, spki_sha256, 32) == 0)
            return kept;
    kept = &cache->keys[cache->next_key++ % PB_KEPT_KEYS];
    pb_kept_key_release(kept);
    memcpy(kept->spki_sha256, spki_sha256, 32);
    pb_kept_key_decode(kept, pb_x509_public_key(issuer->der));
    return kept;
}

void pb_kept_key_release(struct pb_kept_key *kept)
{
    EVP_PKEY_CTX_free(kept->context);
    EVP_MD_free(kept->digest);
    EVP_PKEY_free(kept->key);
    *kept = (struct pb_kept_key){.key = NULL};
}

/* Whether the error names an algorithm or key that OpenSSL does not know. */
static bool is_unsupported(unsigned long code)
{
    int library = ERR_GET_LIB(code), reason = ERR_GET_REASON(code);

    return reason == ERR_R_UNSUPPORTED || reason == ERR_R_FETCH_FAILED ||
           (library == ERR_LIB_ASN1 && (reason == ASN1_R_UNKNOWN_SIGNATURE_ALGORITHM ||
                                        reason == ASN1_R_UNKNOWN_MESSAGE_DIGEST_ALGORITHM ||
                                        reason == ASN1_R_UNKNOWN_PUBLIC_KEY_TYPE ||
                                        reason == ASN1_R_DIGEST_AND_KEY_TYPE_NOT_SUPPORTED)) ||
           (library == ERR_LIB_EVP && (reason == EVP_R_UNSUPPORTED_ALGORITHM ||
                                       reason == EVP_R_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE));
}

/* RFC 5280, sections 4.1.1.2 and 5.1.1.2: both places name the same algorithm. The body is decoded
 * as of any type, which leaves its bytes as they are. */
static enum pb_signature try_once(const struct pb_signed *parts, struct pb_kept_key *kept)
{
    pb_openssl_take_errors(NULL);
    ASN1_TYPE *body = pb_der_decode(parts->body, ASN1_ITEM_rptr(ASN1_ANY));
    X509_ALGOR *algorithm = pb_der_decode(parts->algorithm, ASN1_ITEM_rptr(X509_ALGOR));
    X509_ALGOR *inner = pb_der_decode(parts->inner_algorithm, ASN1_ITEM_rptr(X509_ALGOR));
    ASN1_BIT_STRING *bits = pb_der_decode(parts->bits, ASN1_ITEM_rptr(ASN1_BIT_STRING));
    bool is_decoded = body != NULL && algorithm != NULL && inner != NULL && bits != NULL;
    bool is_valid =
        is_decoded && X509_ALGOR_cmp(algorithm, inner) == 0 &&
        ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), algorithm, bits, body, kept->key) == 1;
    ASN1_BIT_STRING_free(bits);
    X509_ALGOR_free(inner);
    X509_ALGOR_free(algorithm);
    ASN1_TYPE_free(body);
    bool is_undecided = !is_decoded || is_unsupported(ERR_peek_error());
    pb_openssl_take_errors(is_valid ? NULL : &kept->has_failed);
    return is_valid       ? PB_SIGNATURE_VALID
           : is_undecided ? PB_SIGNATURE_UNDECIDED
                          : PB_SIGNATURE_INVALID;
}

/* Whole AlgorithmIdentifiers (RFC 8017, appendix C, with the NULL of RFC 4055, section 5). */
static const struct {
    struct pb_slice identifier;
    int digest;
} rsa_algorithms[] = {
    {PB_BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00"), NID_sha1},
    {PB_BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"), NID_sha256},
    {PB_BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"), NID_sha384},
    {PB_BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"), NID_sha512},
};

static bool prepare_context(struct pb_kept_key *kept, int digest)
{
    if (kept->context != NULL && EVP_MD_get_type(kept->digest) == digest)
        return true;
    EVP_PKEY_CTX_free(kept->context);
    EVP_MD_free(kept->digest);
    kept->digest = EVP_MD_fetch(NULL, OBJ_nid2sn(digest), NULL);
    kept->context = kept->digest != NULL ? EVP_PKEY_CTX_new(kept->key, NULL) : NULL;
    if (kept->context != NULL && EVP_PKEY_verify_init(kept->context) == 1 &&
        EVP_PKEY_CTX_set_signature_md(kept->context, kept->digest) == 1)
        return true;
    EVP_PKEY_CTX_free(kept->context);
    kept->context = NULL;
    return false;
}

/* Nearly all signatures are of RSA in strict DER, and one key verifies many of them: with a context
 * that is kept this takes a fifth of the time. False decides nothing. */
static bool is_valid_rsa(const struct pb_signed *parts, struct pb_kept_key *kept)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct pb_slice rest = parts->bits, bits;
    unsigned size;
    size_t row = 0;

    while (row < 4 && !pb_slice_equals(parts->algorithm, rsa_algorithms[row].identifier))
        row++;
    if (row == 4 || !pb_slice_equals(parts->algorithm, parts->inner_algorithm) ||
        EVP_PKEY_get_base_id(kept->key) != EVP_PKEY_RSA ||
        !pb_der_take(&rest, V_ASN1_BIT_STRING, &bits) || bits.size_bytes < 1 || bits.data[0] != 0)
        return false;
    return prepare_context(kept, rsa_algorithms[row].digest) &&
           EVP_Digest(parts->body.data, parts->body.size_bytes, digest, &size, kept->digest,
                      NULL) == 1 &&
           EVP_PKEY_verify(kept->context, (const unsigned char *)bits.data + 1, bits.size_bytes - 1,
                           digest, size) == 1;
}

/* OpenSSL does not always say that memory was missing: what fails is tried once more. */
enum pb_signature pb_signature_verify(const struct pb_signed *parts, struct pb_kept_key *kept)
{
    enum pb_signature outcome = PB_SIGNATURE_UNDECIDED;

    if (kept->key == NULL || kept->cost == PB_COST_PAST_CEILING)
        return kept->cost == PB_COST_PAST_CEILING ? PB_SIGNATURE_NOT_TRIED : PB_SIGNATURE_UNDECIDED;
    if (is_valid_rsa(parts, kept))
        return PB_SIGNATURE_VALID;
    for (int i = 0; i < 2 && outcome != PB_SIGNATURE_VALID && !kept->has_failed; i++)
        outcome = try_once(parts, kept);
    return outcome;
}

enum pb_signature pb_signature_verify_with(struct pb_x509_cache *cache,
                                           const struct pb_signed *parts,
                                           const struct pb_chain_link *issuer)
{
    if (!pb_computation_allow(cache, 1))
        return PB_SIGNATURE_NOT_TRIED;
    struct pb_kept_key *kept = find_key(cache, issuer);
    enum pb_signature outcome = PB_SIGNATURE_NOT_TRIED;
    if (kept->cost < PB_COST_PAST_CEILING && pb_computation_allow(cache, kept->cost - 1))
        outcome = pb_signature_verify(parts, kept);
    cache->has_failed |= kept->has_failed;
    return outcome;
}

struct pb_slice pb_x509_public_key(struct pb_slice der)
{
    struct pb_certificate_parts parts;
    return pb_certificate_split(&der, &parts) ? parts.public_key : PB_SLICE_ABSENT;
}

enum pb_status pb_chain_check(struct pb_x509_cache *cache, const struct pb_chain_link *leaf,
                              const struct pb_chain_link *chain, size_t count,
                              enum pb_chain *outcome)
{
    struct pb_certificate_parts parts;
    struct pb_slice rest = leaf->der;
    size_t candidates = 0;

    *outcome = PB_CHAIN_NONE;
    if (count == 0 || !pb_certificate_split(&rest, &parts))
        return PB_OK;
    for (size_t i = 0; i < count && *outcome != PB_CHAIN_SIGNS; i++) {
        const struct pb_x509_facts *issuer = chain[i].facts;
        enum pb_signature signature = PB_SIGNATURE_INVALID;
        if (!leaf->facts->is_self_signed && memcmp(leaf->facts->sha256, issuer->sha256, 32) == 0)
            continue; /* the leaf once more shows no issuer, unless it is its own */
        if (pb_x509_is_same_name(issuer->subject, leaf->facts->issuer)) {
            signature = PB_SIGNATURE_NOT_TRIED;
            if (++candidates <= PB_MOST_ISSUERS)
                signature = pb_signature_verify_with(cache, &parts.outer, &chain[i]);
        }
        enum pb_chain answer = signature == PB_SIGNATURE_VALID     ? PB_CHAIN_SIGNS
                               : signature == PB_SIGNATURE_INVALID ? PB_CHAIN_UNRELATED
                                                                   : PB_CHAIN_UNDECIDED;
        *outcome = answer > *outcome ? answer : *outcome;
    }
    return cache->has_failed ? PB_FAILED_MEMORY : PB_OK;
}

/* IAM's own ceiling for a chain is 2 MB; a chain of four takes 8 KB. */
#define LARGEST_TEXT_BYTES 32768

enum pb_status pb_x509_cache_new(struct pb_x509_cache **cache)
{
    *cache = calloc(1, sizeof **cache);
    if (*cache == NULL)
        return PB_FAILED_MEMORY;
    pb_x509_cache_begin_item(*cache, UINT64_MAX);
    return PB_OK;
}

void pb_x509_cache_begin_item(struct pb_x509_cache *cache, uint64_t most_signatures)
{
    cache->computed = 0;
    cache->most_computed = most_signatures;
}

uint64_t pb_x509_cache_computed(const struct pb_x509_cache *cache)
{
    return cache->computed;
}

void pb_x509_cache_free(struct pb_x509_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < PB_KEPT_KEYS; i++)
        pb_kept_key_release(&cache->keys[i]);
    for (size_t i = 0; i < PB_CURVE_COUNT; i++)
        EC_GROUP_free(cache->curves[i]);
    for (size_t i = 0; i < PB_KEPT_CHAINS; i++)
        pb_arena_release(&cache->chains[i].arena);
    free(cache);
}

const struct pb_chain_link *pb_x509_cache_find_chain(struct pb_x509_cache *cache,
                                                     struct pb_slice text, size_t *count)
{
    static const struct pb_kept_chain none = {.count = 0};
    const struct pb_kept_chain *kept = &none;

    for (size_t i = 0; i < PB_KEPT_CHAINS && text.size_bytes > 0; i++)
        if (pb_slice_equals(cache->chains[i].text, text))
            kept = &cache->chains[i];
    if (cache->computed + kept->computed > cache->most_computed)
        kept = &none;
    cache->computed_before_chain = cache->computed;
    cache->computed += kept->computed;
    *count = kept->count;
    return kept->links;
}

enum pb_status pb_x509_cache_keep_chain(struct pb_x509_cache *cache, struct pb_slice text,
                                        const struct pb_chain_link *links, size_t count)
{
    if (text.size_bytes > LARGEST_TEXT_BYTES || count == 0 ||
        cache->computed > cache->most_computed)
        return PB_OK;
    struct pb_kept_chain *kept = &cache->chains[cache->next_chain++ % PB_KEPT_CHAINS];
    pb_arena_release(&kept->arena);
    *kept = (struct pb_kept_chain){.count = count,
                                   .computed = cache->computed - cache->computed_before_chain};
    struct pb_chain_link *copies = pb_arena_allocate_array(&kept->arena, count, sizeof *copies);
    for (size_t i = 0; i < count && copies != NULL; i++)
        copies[i] =
            (struct pb_chain_link){pb_arena_copy(&kept->arena, links[i].der), links[i].facts};
    kept->links = copies;
    kept->text = pb_arena_copy(&kept->arena, text);
    return kept->arena.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

/* SPDX-License-Identifier: MIT */
#include "x509/chain.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "x509/der.h"
#include "x509/openssl.h"
#include "x509/signature.h"

/* Decoding a key takes as long as six verifications: keys are few, and none may push out another
 * that comes as often. */
#define KEY_COUNT 32
/* A power of two, so that a part of a digest is the place. */
#define RESULT_COUNT 1024
/* More issuers of one name than that are no chain: verifying takes long, and chains are free. */
#define MOST_CANDIDATES 16

struct known_key {
    unsigned char spki_sha256[32];
    struct pb_public_key *key; /* owned; NULL: the place is free, or the key cannot be decoded */
};

struct known_result {
    unsigned char leaf_sha256[32], issuer_sha256[32];
    enum pb_signature outcome;
    bool is_known;
};

struct pb_chain_checker {
    struct known_key keys[KEY_COUNT];
    size_t oldest_key; /* the place of the next one, in turn */
    struct known_result results[RESULT_COUNT];
};

enum pb_status pb_chain_checker_new(struct pb_chain_checker **checker)
{
    *checker = calloc(1, sizeof **checker);
    return *checker != NULL ? PB_OK : PB_FAILED_MEMORY;
}

void pb_chain_checker_free(struct pb_chain_checker *checker)
{
    for (size_t i = 0; checker != NULL && i < KEY_COUNT; i++)
        pb_public_key_free(checker->keys[i].key);
    free(checker);
}

static struct known_result *find_result(struct pb_chain_checker *checker,
                                        const unsigned char *leaf_sha256)
{
    return &checker->results[((size_t)leaf_sha256[0] << 8 | leaf_sha256[1]) % RESULT_COUNT];
}

/* One leaf under the eye of its chain. */
struct trial {
    struct pb_chain_checker *checker;
    const struct pb_chain_link *leaf;
    size_t candidates;
    bool is_signed, is_undecided;
};

static enum pb_status find_key(struct pb_chain_checker *checker, const struct pb_chain_link *issuer,
                               struct pb_public_key **key)
{
    const unsigned char *digest = issuer->facts->key.spki_sha256;

    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct known_key *known = &checker->keys[i];
        *key = known->key;
        if (*key != NULL && memcmp(known->spki_sha256, digest, sizeof known->spki_sha256) == 0)
            return PB_OK;
    }
    struct known_key *place = &checker->keys[checker->oldest_key++ % KEY_COUNT];
    pb_public_key_free(place->key);
    enum pb_status status = pb_public_key_new(pb_der_find_public_key(issuer->der), &place->key);
    memcpy(place->spki_sha256, digest, sizeof place->spki_sha256);
    *key = place->key;
    return status;
}

static enum pb_status verify(const struct trial *trial, const struct pb_chain_link *issuer,
                             enum pb_signature *outcome)
{
    struct pb_signed parts;
    struct pb_public_key *key;

    *outcome = PB_SIGNATURE_UNDECIDED;
    if (!pb_signed_read(trial->leaf->der, &parts))
        return PB_OK;
    enum pb_status status = find_key(trial->checker, issuer, &key);
    return status == PB_OK ? pb_signature_verify(&parts, key, outcome) : status;
}

static enum pb_status try_candidate(struct trial *trial, const struct pb_chain_link *issuer)
{
    const unsigned char *leaf = trial->leaf->facts->sha256, *other = issuer->facts->sha256;
    struct known_result *known = find_result(trial->checker, leaf);
    enum pb_status status = PB_OK;

    if (++trial->candidates > MOST_CANDIDATES) {
        trial->is_undecided = true;
        return PB_OK;
    }
    if (!known->is_known || memcmp(known->leaf_sha256, leaf, sizeof known->leaf_sha256) != 0 ||
        memcmp(known->issuer_sha256, other, sizeof known->issuer_sha256) != 0) {
        known->is_known = false;
        status = verify(trial, issuer, &known->outcome);
        if (status != PB_OK)
            return status;
        memcpy(known->leaf_sha256, leaf, sizeof known->leaf_sha256);
        memcpy(known->issuer_sha256, other, sizeof known->issuer_sha256);
        known->is_known = true;
    }
    trial->is_signed |= known->outcome == PB_SIGNATURE_VALID;
    trial->is_undecided |= known->outcome == PB_SIGNATURE_UNDECIDED;
    return PB_OK;
}

static bool is_spelt_alike(const struct trial *trial, const struct pb_chain_link *issuer)
{
    return pb_slice_equals(issuer->facts->subject, trial->leaf->facts->issuer);
}

static enum pb_status try_same_spelling(struct trial *trial, const struct pb_chain_link *chain,
                                        size_t count)
{
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && !trial->is_signed && status == PB_OK; i++)
        if (is_spelt_alike(trial, &chain[i]))
            status = try_candidate(trial, &chain[i]);
    return status;
}

static enum pb_status decode(struct pb_slice der, X509 **certificate)
{
    const unsigned char *at = (const unsigned char *)der.data;

    ERR_clear_error();
    *certificate = d2i_X509(NULL, &at, (long)der.size_bytes);
    return *certificate != NULL ? PB_OK : pb_openssl_take_errors(NULL);
}

/* RFC 5280, section 7.1: case and repeated blanks do not matter, nor the type of the string. */
static enum pb_status compare_names(const X509 *leaf, const struct pb_chain_link *issuer,
                                    bool *is_same)
{
    X509 *certificate;
    enum pb_status status = decode(issuer->der, &certificate);

    *is_same = certificate != NULL &&
               X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(leaf)) == 0;
    X509_free(certificate);
    return status;
}

static size_t skip_filling(struct pb_slice text, size_t at)
{
    while (at < text.size_bytes && (text.data[at] == ' ' || text.data[at] == '\\'))
        at++;
    return at;
}

/* Names that RFC 5280, section 7.1, holds for one have the same text but for case, blanks and the
 * backslashes that escape them: most that are not one need no decoding to tell. */
static bool can_be_same(struct pb_slice a, struct pb_slice b)
{
    size_t i = skip_filling(a, 0), k = skip_filling(b, 0);

    while (i < a.size_bytes && k < b.size_bytes) {
        if (!pb_slice_equals_ignoring_case(pb_slice_first(pb_slice_from(a, i), 1),
                                           pb_slice_first(pb_slice_from(b, k), 1)))
            return false;
        i = skip_filling(a, i + 1);
        k = skip_filling(b, k + 1);
    }
    return i == a.size_bytes && k == b.size_bytes;
}

static bool is_worth_decoding(const struct trial *trial, const struct pb_chain_link *issuer)
{
    return !is_spelt_alike(trial, issuer) &&
           can_be_same(issuer->facts->subject, trial->leaf->facts->issuer);
}

static bool has_other_spellings(const struct trial *trial, const struct pb_chain_link *chain,
                                size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_worth_decoding(trial, &chain[i]))
            return true;
    return false;
}

static enum pb_status try_other_spellings(struct trial *trial, const struct pb_chain_link *chain,
                                          size_t count)
{
    X509 *leaf;

    if (!has_other_spellings(trial, chain, count))
        return PB_OK;
    enum pb_status status = decode(trial->leaf->der, &leaf);
    for (size_t i = 0; leaf != NULL && i < count && !trial->is_signed && status == PB_OK; i++) {
        bool is_same = false;
        if (!is_worth_decoding(trial, &chain[i]))
            continue;
        status = compare_names(leaf, &chain[i], &is_same);
        if (status == PB_OK && is_same)
            status = try_candidate(trial, &chain[i]);
    }
    X509_free(leaf);
    return status;
}

enum pb_status pb_chain_check(struct pb_chain_checker *checker, const struct pb_chain_link *leaf,
                              const struct pb_chain_link *chain, size_t count,
                              enum pb_chain *outcome)
{
    struct trial trial = {.checker = checker, .leaf = leaf};

    *outcome = PB_CHAIN_NONE;
    if (count == 0)
        return PB_OK;
    enum pb_status status = try_same_spelling(&trial, chain, count);
    if (status == PB_OK && !trial.is_signed)
        status = try_other_spellings(&trial, chain, count);
    *outcome = trial.is_signed      ? PB_CHAIN_SIGNS
               : trial.is_undecided ? PB_CHAIN_UNDECIDED
                                    : PB_CHAIN_STRANGE;
    return status;
}

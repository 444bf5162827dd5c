/* SPDX-License-Identifier: MIT */
#include "rules/crl_signer.h"

#include <stdlib.h>
#include <string.h>

/* Evidence may hold any number of certificates with a CA's name. Trying a key costs the bytes of
 * the CRL, and what as many more bytes would cost; a CRL's keys may cost so much together. */
#define KEY_BYTES (UINT64_C(256) << 10)
#define MOST_BYTES (UINT64_C(1) << 30)

static int compare_keys(const void *left, const void *right)
{
    const struct pb_issuer_key *a = left, *b = right;
    int order = pb_slice_compare(a->name, b->name);

    return order != 0 ? order : memcmp(a->spki_sha256, b->spki_sha256, 32);
}

void pb_crl_signers_sort(struct pb_vector *keys)
{
    if (keys->count > 0)
        qsort(keys->data, keys->count, keys->element_bytes, compare_keys);
}

/* The first under that name or behind it. */
static size_t find_first(const struct pb_vector *keys, struct pb_slice name)
{
    size_t low = 0, high = keys->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pb_slice_compare(PB_VECTOR_AT(const struct pb_issuer_key, keys, middle).name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_next_alike(const struct pb_vector *keys, size_t index)
{
    return index + 1 < keys->count &&
           compare_keys(&PB_VECTOR_AT(const struct pb_issuer_key, keys, index),
                        &PB_VECTOR_AT(const struct pb_issuer_key, keys, index + 1)) == 0;
}

static enum pb_status try_key(const struct pb_crl *crl, const struct pb_issuer_key *issuer,
                              struct pb_crl_signers *signers)
{
    struct pb_public_key *key;
    enum pb_signature outcome = PB_SIGNATURE_UNDECIDED;
    enum pb_status status = pb_public_key_new(issuer->public_key, &key);

    signers->tried_count++;
    if (status == PB_OK)
        status = pb_signature_verify(&crl->parts, key, &outcome);
    pb_public_key_free(key);
    if (outcome == PB_SIGNATURE_VALID && signers->count < PB_MOST_SIGNERS)
        signers->keys[signers->count++] = issuer->spki_sha256;
    return status;
}

enum pb_status pb_crl_signers_find(const struct pb_crl *crl, const struct pb_vector *keys,
                                   struct pb_crl_signers *signers)
{
    uint64_t most = MOST_BYTES / (crl->parts.body.size_bytes + KEY_BYTES) + 1;
    enum pb_status status = PB_OK;

    *signers = (struct pb_crl_signers){0};
    for (size_t i = find_first(keys, crl->issuer); i < keys->count && status == PB_OK; i++) {
        const struct pb_issuer_key *key = &PB_VECTOR_AT(const struct pb_issuer_key, keys, i);
        if (!pb_slice_equals(key->name, crl->issuer))
            break;
        if (is_next_alike(keys, i))
            continue;
        if (signers->key_count++ < most)
            status = try_key(crl, key, signers);
    }
    return status;
}

bool pb_crl_signers_has(const struct pb_crl_signers *signers, const unsigned char spki_sha256[32])
{
    for (size_t i = 0; i < signers->count; i++)
        if (memcmp(signers->keys[i], spki_sha256, 32) == 0)
            return true;
    return false;
}

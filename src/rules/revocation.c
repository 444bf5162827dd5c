/* SPDX-License-Identifier: MIT */
/* Revocation: what the CRLs of --crl say of each certificate. */
#include "rules/rules.h"

#include "inventory/sentences.inc"

/* To try a key takes as long as to digest the CRL and so many bytes more. */
#define KEY_BYTES (UINT64_C(256) << 10)

/* A CRL, and the keys that the evidence has under the name of its issuer. */
struct tested_crl {
    const struct pb_crl *crl;
    bool is_used;       /* some certificate is of its issuer */
    size_t key_count;   /* of different keys */
    size_t tried_count; /* fewer where PB_MOST_CRL_BYTES was reached */
    const unsigned char *signers[PB_MOST_CRL_SIGNERS]; /* SHA-256 of keys that verify it */
    size_t signer_count;
    bool is_undecided; /* with some key the signature cannot be checked */
};

static int compare_keys(const void *left, const void *right)
{
    const struct pb_issuer_key *a = left, *b = right;
    int order = pb_x509_name_compare(a->name, b->name);
    return order != 0 ? order : memcmp(a->spki_sha256, b->spki_sha256, 32);
}

/* keys: of struct pb_issuer_key, sorted. */
static void find_signers(struct tested_crl *tested, const struct pb_vector *keys, bool *has_failed)
{
    static const unsigned char least[32];
    const struct pb_issuer_key first = {.name = tested->crl->issuer, .spki_sha256 = least};
    uint64_t most = PB_MOST_CRL_BYTES / (tested->crl->der.size_bytes + KEY_BYTES) + 1;

    for (size_t i = pb_vector_lower_bound(keys, &first, compare_keys); i < keys->count; i++) {
        const struct pb_issuer_key *key = &PB_VECTOR_AT(const struct pb_issuer_key, keys, i);
        if (!pb_x509_is_same_name(key->name, tested->crl->issuer))
            break;
        if ((i + 1 < keys->count && compare_keys(key, key + 1) == 0) || tested->key_count++ >= most)
            continue; /* the same key once more, or one too many */
        enum pb_signature outcome = pb_crl_verify(tested->crl, key->public_key, has_failed);
        tested->tried_count++;
        if (outcome == PB_SIGNATURE_VALID && tested->signer_count < PB_MOST_CRL_SIGNERS)
            tested->signers[tested->signer_count++] = key->spki_sha256;
        tested->is_undecided |= outcome != PB_SIGNATURE_VALID && outcome != PB_SIGNATURE_INVALID;
    }
}

static bool is_refused(const struct tested_crl *tested)
{
    return tested->key_count > 0 && tested->signer_count == 0;
}

/* Whether the certificate's own chain holds its issuer. *has_signer_key: with a key that verifies
 * the CRL; without one the CRL is of another CA with the issuer's name. */
static bool shows_issuer(const struct tested_crl *tested, const struct pb_certificate *certificate,
                         bool *has_signer_key)
{
    bool has_issuer = false;

    *has_signer_key = false;
    for (size_t i = 0; i < certificate->chain_count; i++) {
        const struct pb_x509_facts *link = certificate->chain[i];
        if (!pb_x509_is_same_name(link->subject, certificate->body->issuer))
            continue;
        has_issuer = true;
        for (size_t k = 0; k < tested->signer_count; k++)
            *has_signer_key |= memcmp(tested->signers[k], link->key.spki_sha256, 32) == 0;
    }
    return has_issuer;
}

/* Why its absence from the CRL proves nothing; NULL where it does. */
static const char *find_limit(const struct pb_crl *crl, const struct pb_x509_facts *body)
{
    if ((body->unread & (PB_X509_SERIAL | PB_X509_NOT_BEFORE | PB_X509_NOT_AFTER)) != 0)
        return PB_SAY_CRL_OF_UNREAD_FIELDS;
    if (pb_instant_compare(crl->this_update, body->not_after) > 0)
        return PB_SAY_CRL_FROM_AFTER;
    if (pb_instant_compare(crl->this_update, body->not_before) < 0)
        return PB_SAY_CRL_FROM_BEFORE;
    if (crl->is_partial)
        return PB_SAY_CRL_OF_ONE_POINT;
    if (crl->contains_only_users && body->is_ca)
        return PB_SAY_CRL_WITHOUT_CAS;
    return NULL;
}

static struct pb_revocation look_up(const struct tested_crl *tested,
                                    const struct pb_certificate *certificate, bool *has_failed)
{
    const struct pb_crl *crl = tested->crl;
    struct pb_revocation answer = {.crl = crl->name, .this_update = crl->this_update};
    bool has_signer_key, has_issuer = shows_issuer(tested, certificate, &has_signer_key);

    if (is_refused(tested))
        answer.detail = tested->is_undecided ? PB_SAY_CRL_UNCHECKED : PB_SAY_CRL_UNSIGNED;
    else if (has_issuer && !has_signer_key)
        answer.detail = PB_SAY_CRL_OF_ANOTHER_KEY;
    if (answer.detail != NULL)
        return answer;
    bool is_listed = pb_crl_find(crl, certificate->body->serial, &answer.entry, has_failed);
    if (!is_listed)
        answer.detail = find_limit(crl, certificate->body);
    if (answer.detail != NULL)
        return answer;
    answer.status = is_listed ? PB_REVOCATION_REVOKED : PB_REVOCATION_NOT_REVOKED;
    if (tested->key_count == 0)
        answer.detail = PB_SAY_CRL_OF_NO_ISSUER;
    else if (tested->key_count > tested->signer_count && !has_issuer)
        answer.detail = PB_SAY_CRL_OF_SOME_ISSUER;
    return answer;
}

static int compare_tested(const void *left, const void *right)
{
    const struct pb_crl *a = ((const struct tested_crl *)left)->crl;
    const struct pb_crl *b = ((const struct tested_crl *)right)->crl;
    int order = pb_x509_name_compare(a->issuer, b->issuer);
    order = order != 0 ? order : pb_instant_compare(b->this_update, a->this_update);
    order = order != 0 ? order : pb_slice_compare(a->name, b->name);
    return order != 0 ? order : pb_place_compare(a, b);
}

static int compare_issuer_with_tested(const void *issuer, const void *tested)
{
    return pb_x509_name_compare(*(const struct pb_slice *)issuer,
                                ((const struct tested_crl *)tested)->crl->issuer);
}

/* The certificate's revocation stays NULL without a CRL of its issuer. */
static void judge(struct pb_vector *all_tested, struct pb_certificate *certificate,
                  struct pb_arena *arena)
{
    const struct pb_slice issuer = certificate->body->issuer;
    struct pb_revocation *kept = NULL;

    for (size_t i = pb_vector_lower_bound(all_tested, &issuer, compare_issuer_with_tested);
         i < all_tested->count; i++) {
        struct tested_crl *tested = &PB_VECTOR_AT(struct tested_crl, all_tested, i);
        if (!pb_x509_is_same_name(tested->crl->issuer, issuer))
            break;
        tested->is_used = true;
        if (kept != NULL && kept->status != PB_REVOCATION_UNKNOWN)
            continue;
        struct pb_revocation answer = look_up(tested, certificate, &arena->has_failed);
        if (kept != NULL && answer.status == PB_REVOCATION_UNKNOWN)
            continue; /* the reason of the newest is kept */
        if (kept == NULL)
            kept = pb_arena_allocate(arena, sizeof *kept);
        if (kept != NULL)
            *kept = answer;
    }
    certificate->revocation = kept;
}

static void diagnose(struct pb_diagnostics *diagnostics, const struct tested_crl *tested,
                     struct pb_instant as_of)
{
    const struct pb_crl *crl = tested->crl;

    if (tested->tried_count < tested->key_count)
        pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "crl-keys", PB_SAY_CRL_KEYS,
                           tested->key_count, PB_SLICE_ARGS(crl->issuer), tested->tried_count,
                           PB_SLICE_ARGS(crl->name));
    if (is_refused(tested) && tested->is_undecided)
        pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "crl-not-verified",
                           PB_SAY_CRL_NOT_VERIFIED, PB_SLICE_ARGS(crl->name),
                           PB_SLICE_ARGS(crl->issuer));
    else if (is_refused(tested))
        pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "crl-signature", PB_SAY_CRL_SIGNATURE,
                           PB_SLICE_ARGS(crl->name), PB_SLICE_ARGS(crl->issuer));
    if (crl->has_next_update && pb_instant_compare(crl->next_update, as_of) < 0)
        pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "crl-expired", PB_SAY_CRL_EXPIRED,
                           PB_SLICE_ARGS(crl->name), PB_SLICE_ARGS(crl->issuer),
                           pb_instant_text(crl->next_update).text);
    if (!tested->is_used)
        pb_diagnostics_add(diagnostics, PB_SEVERITY_NOTE, "crl-unused", PB_SAY_CRL_UNUSED,
                           PB_SLICE_ARGS(crl->issuer), PB_SLICE_ARGS(crl->name));
}

enum pb_status pb_revocation_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                                   struct pb_instant as_of)
{
    struct pb_diagnostics *diagnostics = &inventory->evidence.diagnostics;
    struct pb_vector *keys = &inventory->evidence.issuer_keys, all_tested = {0};
    struct pb_certificate *certificates = inventory->certificates.data;
    struct pb_arena *arena = &inventory->evidence.arena;

    if (crls->items.count == 0)
        return PB_OK;
    pb_vector_sort(keys, compare_keys);
    for (size_t i = 0; i < crls->items.count && !arena->has_failed; i++) {
        struct tested_crl tested = {.crl = &PB_VECTOR_AT(const struct pb_crl, &crls->items, i)};
        find_signers(&tested, keys, &arena->has_failed);
        arena->has_failed |= !pb_vector_append(&all_tested, &tested, sizeof tested);
    }
    pb_vector_sort(&all_tested, compare_tested);
    for (size_t i = 0; i < inventory->certificates.count && !arena->has_failed; i++)
        if (certificates[i].body != NULL)
            judge(&all_tested, &certificates[i], arena);
    diagnostics->entry = PB_NO_ENTRY;
    for (size_t i = 0; i < all_tested.count; i++)
        diagnose(diagnostics, &PB_VECTOR_AT(struct tested_crl, &all_tested, i), as_of);
    pb_vector_release(&all_tested);
    return arena->has_failed ? PB_FAILED_MEMORY : PB_OK;
}

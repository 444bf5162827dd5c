/* SPDX-License-Identifier: MIT */
#include "rules/revocation.h"

#include <stdlib.h>
#include <string.h>

#include "rules/sentence.h"

/* Which keys of the evidence verify a CRL. */
#define MOST_SIGNERS 16

struct crl_signers {
    size_t key_count;   /* different ones in the evidence under the name of the CRL's issuer */
    size_t tried_count; /* the same, unless the ceiling on work was met */
    const unsigned char *keys[MOST_SIGNERS]; /* the SHA-256 of those that verify it; one key has
                                                   few encodings, so that more are not kept */
    size_t count;
};

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

static void sort_keys(struct pb_vector *keys)
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
                              struct crl_signers *signers)
{
    enum pb_signature outcome;
    enum pb_status status = pb_crl_verify(crl, issuer->public_key, &outcome);

    signers->tried_count++;
    if (outcome == PB_SIGNATURE_VALID && signers->count < MOST_SIGNERS)
        signers->keys[signers->count++] = issuer->spki_sha256;
    return status;
}

static enum pb_status find_signers(const struct pb_crl *crl, const struct pb_vector *keys,
                                   struct crl_signers *signers)
{
    uint64_t most = MOST_BYTES / (crl->der.size_bytes + KEY_BYTES) + 1;
    enum pb_status status = PB_OK;

    *signers = (struct crl_signers){0};
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

static bool has_signer(const struct crl_signers *signers, const unsigned char spki_sha256[32])
{
    for (size_t i = 0; i < signers->count; i++)
        if (memcmp(signers->keys[i], spki_sha256, 32) == 0)
            return true;
    return false;
}

/* Whether it verifies with none of the keys that there are. */
static bool is_refused(const struct crl_signers *signers)
{
    return signers->key_count > 0 && signers->count == 0;
}

struct list {
    const struct pb_crl *crl;
    struct crl_signers signers;
    bool is_used; /* it is of some certificate's issuer */
};

struct hearing {
    struct pb_inventory *inventory;
    struct list *lists; /* by issuer, the newest first */
    size_t count;
};

const char *pb_revocation_name(enum pb_revocation_status status)
{
    static const char *const names[] = {
        [PB_REVOCATION_UNKNOWN] = "unknown",
        [PB_REVOCATION_REVOKED] = "revoked",
        [PB_REVOCATION_NOT_REVOKED] = "not-revoked",
    };

    return names[status];
}

static int compare_lists(const void *left, const void *right)
{
    const struct pb_crl *a = ((const struct list *)left)->crl;
    const struct pb_crl *b = ((const struct list *)right)->crl;
    int order = pb_slice_compare(a->issuer, b->issuer);

    if (order == 0)
        order = pb_instant_compare(b->this_update, a->this_update);
    if (order == 0)
        order = pb_slice_compare(a->name, b->name);
    return order != 0 ? order : (a > b) - (a < b);
}

static enum pb_status verify_all(struct hearing *hearing)
{
    struct pb_vector *keys = &hearing->inventory->evidence.issuer_keys;
    enum pb_status status = PB_OK;

    sort_keys(keys);
    for (size_t i = 0; i < hearing->count && status == PB_OK; i++)
        status = find_signers(hearing->lists[i].crl, keys, &hearing->lists[i].signers);
    return status;
}

/* Whether the certificate's own chain shows its issuer, and with other keys alone: then the CRL is
 * of another CA of that name. */
static bool is_of_other_key(const struct list *list, const struct pb_certificate *certificate)
{
    bool has_issuer = false;

    for (size_t i = 0; i < certificate->chain_count; i++) {
        const struct pb_x509_facts *link = certificate->chain[i];
        if (!pb_slice_equals(link->subject, certificate->body->issuer))
            continue;
        if (has_signer(&list->signers, link->key.spki_sha256))
            return false;
        has_issuer = true;
    }
    return has_issuer;
}

/* Why the CRL proves nothing of a certificate at all; NULL where it may. */
static const char *find_flaw(const struct list *list, const struct pb_certificate *certificate)
{
    if (is_refused(&list->signers))
        return "the CRL's signature does not verify with its issuer's key";
    if (is_of_other_key(list, certificate))
        return "the CRL is signed with another key than that of the issuer in its chain";
    return NULL;
}

/* Why its absence from the CRL proves nothing; NULL where it does. */
static const char *find_excuse(const struct pb_crl *crl, const struct pb_x509_facts *body)
{
    if (pb_instant_compare(crl->this_update, body->not_after) > 0)
        return "not listed, but the CRL is from after its NotAfter, and CAs drop expired "
               "certificates from their CRLs";
    if (pb_instant_compare(crl->this_update, body->not_before) < 0)
        return "not listed, but the CRL is from before its NotBefore";
    if (crl->is_partial)
        return "not listed, but the CRL speaks for one distribution point alone";
    if (crl->has_no_cas && body->is_ca)
        return "not listed, but the CRL leaves CA certificates out";
    return NULL;
}

static bool shows_issuer(const struct pb_certificate *certificate)
{
    for (size_t i = 0; i < certificate->chain_count; i++)
        if (pb_slice_equals(certificate->chain[i]->subject, certificate->body->issuer))
            return true;
    return false;
}

/* What is to be known beside an answer that the CRL gives; NULL for nothing. */
static const char *find_proviso(const struct list *list, const struct pb_certificate *certificate)
{
    if (list->signers.key_count == 0)
        return "the CRL's signature is not verified: its issuer's certificate is not in the "
               "evidence";
    if (list->signers.key_count > list->signers.count && !shows_issuer(certificate))
        return "the evidence has other keys under the issuer's name, and no chain tells which of "
               "them signed this certificate";
    return NULL;
}

static enum pb_status ask(const struct list *list, const struct pb_certificate *certificate,
                          struct pb_revocation *answer)
{
    const struct pb_crl *crl = list->crl;
    const char *detail = find_flaw(list, certificate);
    struct pb_crl_entry entry;
    bool is_listed = false;

    *answer = (struct pb_revocation){.crl = crl->name, .this_update = crl->this_update};
    if (detail == NULL) {
        enum pb_status status = pb_crl_find(crl, certificate->body->serial, &is_listed, &entry);
        if (status != PB_OK)
            return status;
        if (!is_listed)
            detail = find_excuse(crl, certificate->body);
        if (is_listed || detail == NULL)
            answer->status = is_listed ? PB_REVOCATION_REVOKED : PB_REVOCATION_NOT_REVOKED;
        if (detail == NULL)
            detail = find_proviso(list, certificate);
    }
    if (is_listed) {
        answer->has_date = entry.has_date;
        answer->date = entry.date;
        answer->reason = entry.reason;
    }
    answer->detail = pb_slice_from_string(detail);
    return PB_OK;
}

/* The newest CRL of the issuer, count where it has none. */
static size_t find_lists(const struct hearing *hearing, struct pb_slice issuer)
{
    size_t low = 0, high = hearing->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pb_slice_compare(hearing->lists[middle].crl->issuer, issuer) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* *revocation stays NULL without a CRL of the issuer. */
static enum pb_status judge(struct hearing *hearing, const struct pb_certificate *certificate,
                            const struct pb_revocation **revocation)
{
    struct pb_revocation first = {.status = PB_REVOCATION_UNKNOWN}, answer = first;
    size_t start = find_lists(hearing, certificate->body->issuer), i = start;

    for (; i < hearing->count; i++) {
        struct list *list = &hearing->lists[i];
        if (!pb_slice_equals(list->crl->issuer, certificate->body->issuer))
            break;
        list->is_used = true;
        if (answer.status != PB_REVOCATION_UNKNOWN)
            continue;
        enum pb_status status = ask(list, certificate, &answer);
        if (status != PB_OK)
            return status;
        if (i == start)
            first = answer;
    }
    if (i == start)
        return PB_OK;
    struct pb_revocation *kept =
        pb_arena_allocate(&hearing->inventory->evidence.arena, sizeof *kept);
    if (kept == NULL)
        return PB_FAILED_MEMORY;
    *kept = answer.status == PB_REVOCATION_UNKNOWN ? first : answer;
    *revocation = kept;
    return PB_OK;
}

static enum pb_status complain_of_signature(struct pb_diagnostics *diagnostics,
                                            const struct pb_crl *crl,
                                            const struct crl_signers *signers)
{
    enum pb_status status = PB_OK;

    if (signers->tried_count < signers->key_count)
        status = pb_diagnostics_add(
            diagnostics, PB_SEVERITY_WARNING, "crl-keys", NULL,
            "the evidence has %zu keys under the name of %.*s, of which only %zu were tried on the "
            "signature of the CRL %.*s",
            signers->key_count, PB_SLICE_ARGS(crl->issuer), signers->tried_count,
            PB_SLICE_ARGS(crl->name));
    if (status == PB_OK && is_refused(signers))
        status = pb_diagnostics_add(
            diagnostics, PB_SEVERITY_WARNING, "crl-signature", NULL,
            "the CRL %.*s proves nothing: its signature does not verify with the key of its issuer "
            "%.*s in the evidence",
            PB_SLICE_ARGS(crl->name), PB_SLICE_ARGS(crl->issuer));
    return status;
}

static enum pb_status complain(const struct hearing *hearing, const struct list *list,
                               struct pb_instant as_of)
{
    struct pb_diagnostics *diagnostics = &hearing->inventory->evidence.diagnostics;
    const struct pb_crl *crl = list->crl;
    enum pb_status status;

    diagnostics->entry = PB_NO_ENTRY;
    status = complain_of_signature(diagnostics, crl, &list->signers);
    if (status == PB_OK && crl->has_next_update && pb_instant_compare(crl->next_update, as_of) < 0)
        status = pb_diagnostics_add(
            diagnostics, PB_SEVERITY_WARNING, "crl-expired", NULL,
            "the CRL %.*s of %.*s was to be replaced by %s: what was revoked since is not in it",
            PB_SLICE_ARGS(crl->name), PB_SLICE_ARGS(crl->issuer),
            pb_instant_text(crl->next_update).text);
    if (status == PB_OK && !list->is_used)
        status = pb_diagnostics_add(
            diagnostics, PB_SEVERITY_NOTE, "crl-unused", NULL,
            "no certificate body in the evidence is issued by %.*s, whose CRL %.*s is",
            PB_SLICE_ARGS(crl->issuer), PB_SLICE_ARGS(crl->name));
    return status;
}

static enum pb_status judge_all(struct hearing *hearing, struct pb_instant as_of)
{
    struct pb_vector *certificates = &hearing->inventory->certificates;
    enum pb_status status = verify_all(hearing);

    for (size_t i = 0; i < certificates->count && status == PB_OK; i++) {
        struct pb_certificate *certificate = &PB_VECTOR_AT(struct pb_certificate, certificates, i);
        if (certificate->body != NULL)
            status = judge(hearing, certificate, &certificate->revocation);
    }
    for (size_t i = 0; i < hearing->count && status == PB_OK; i++)
        status = complain(hearing, &hearing->lists[i], as_of);
    return status == PB_OK ? pb_diagnostics_end_entry(&hearing->inventory->evidence.diagnostics)
                           : status;
}

enum pb_status pb_revocation_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                                   struct pb_instant as_of)
{
    struct hearing hearing = {.inventory = inventory, .count = crls->items.count};

    if (hearing.count == 0)
        return PB_OK;
    hearing.lists = calloc(hearing.count, sizeof *hearing.lists);
    if (hearing.lists == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < hearing.count; i++)
        hearing.lists[i].crl = &PB_VECTOR_AT(const struct pb_crl, &crls->items, i);
    qsort(hearing.lists, hearing.count, sizeof *hearing.lists, compare_lists);
    enum pb_status status = judge_all(&hearing, as_of);
    free(hearing.lists);
    return status;
}

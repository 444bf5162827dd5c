/* SPDX-License-Identifier: MIT */
/* The PEM texts of observations become X.509 facts: item.c calls it for each document. */
#include "audit/pipeline.h"
#include "x509/x509.h"

/* Shorter than any certificate, longer than a digest in hexadecimal and than a sentence. */
#define LEAST_BODY_BYTES 200

static const char body_member[] = "CertificateBody";

/* The certificates of one observation. */
struct bodies {
    struct pb_item_reader *reader;
    struct pb_batch *batch;
    struct pb_arena der; /* the certificates' bytes, needed until all are read */
    const struct pb_observation *observation;
    const char *member;     /* body_member or "CertificateChain" */
    struct pb_vector links; /* of struct pb_chain_link: the certificates so far */
    bool has_warned;        /* something in body or chain cannot be read */
    bool has_failed;        /* memory is missing */
};

/* Remembers a failure, which is one of memory. */
static void note(struct bodies *bodies, enum pb_status status)
{
    bodies->has_failed |= status != PB_OK;
}

/* "CertificateBody: WHAT: DETAIL", the latter unless it is absent. */
static void add_diagnostic(struct bodies *bodies, enum pb_severity severity, const char *code,
                           const char *what, struct pb_slice detail)
{
    struct pb_diagnostic *added = pb_diagnostics_add(
        &bodies->batch->diagnostics, severity, code, "%s: %s%s%.*s", bodies->member, what,
        detail.data != NULL ? ": " : "", PB_SLICE_ARGS(detail));
    added->line = bodies->observation->line;
    added->pointer = bodies->observation->pointer;
    bodies->has_warned |= severity != PB_SEVERITY_NOTE;
}

/* An unreadable block is an error where it would be the body itself, for its key was compared with
 * no other; elsewhere it is a warning. */
static enum pb_severity severity_of_unreadable(const struct bodies *bodies)
{
    bool is_body = bodies->links.count == 0 && bodies->member == body_member;
    return is_body ? PB_SEVERITY_ERROR : PB_SEVERITY_WARNING;
}

/* Adds a certificate to the links. One that OpenSSL would refuse, or of which fields are
 * unreadable, gets a diagnostic, and counts with what was read. */
static void read_certificate(struct bodies *bodies, struct pb_slice der)
{
    struct pb_arena *arena = &bodies->batch->bodies;
    struct pb_chain_link link = {.der = der};
    struct pb_slice reason = PB_SLICE_ABSENT, fields = PB_SLICE_ABSENT;

    note(bodies, pb_x509_facts_read(bodies->reader->cache, der, arena, &link.facts, &reason));
    if (!pb_slice_is_absent(reason))
        add_diagnostic(bodies, severity_of_unreadable(bodies), "certificate-unreadable",
                       "a certificate that cannot be parsed", reason);
    if (link.facts == NULL)
        return;
    if (link.facts->unread != 0) {
        note(bodies, pb_x509_unread_text(link.facts, &bodies->der, &fields));
        add_diagnostic(bodies, PB_SEVERITY_WARNING, "certificate-fields",
                       "what of the certificate cannot be read, or stands twice", fields);
    }
    bodies->has_failed |= !pb_vector_append(&bodies->links, &link, sizeof link);
    if (!pb_crls_has_issuer(&bodies->reader->audit->crls, link.facts->subject))
        return;
    /* A CRL may be signed with this key; some are collected more than once. */
    struct pb_issuer_key key = {.name = link.facts->subject,
                                .spki_sha256 = link.facts->key.spki_sha256};
    bodies->has_failed |= !pb_arena_copy(arena, pb_x509_public_key(der), &key.public_key) ||
                          !pb_vector_append(&bodies->batch->issuer_keys, &key, sizeof key);
}

static void read_pem(struct bodies *bodies, struct pb_slice text)
{
    struct pb_pem_reader pem = {.text = text};
    /* What is empty, or as long as a certificate, is no stand-in ("REDACTED"). */
    bool is_damaged = text.size_bytes == 0 || pb_slice_trim(text).size_bytes >= LEAST_BODY_BYTES;
    enum pb_severity severity = is_damaged ? severity_of_unreadable(bodies) : PB_SEVERITY_WARNING;

    for (bool is_first = true; text.data != NULL && !bodies->has_failed; is_first = false) {
        struct pb_pem_block block;
        note(bodies, pb_pem_next(&pem, &bodies->der, &block));
        bool is_end = pb_slice_is_absent(block.label);
        if (is_end && is_first)
            add_diagnostic(bodies, severity, "no-pem", "expected PEM text, found none",
                           PB_SLICE_ABSENT);
        if (is_end)
            return;
        if (block.reason != NULL)
            add_diagnostic(bodies, severity_of_unreadable(bodies), "pem-damaged",
                           "a damaged PEM block", pb_slice_from_string(block.reason));
        else if (!pb_pem_is_certificate(block.label))
            add_diagnostic(bodies, severity_of_unreadable(bodies), "pem-unexpected",
                           "a PEM block that is no certificate", block.label);
        else
            read_certificate(bodies, block.der);
    }
}

/* Few chains serve many bodies, so they are cached; issuers' keys are collected the first time. One
 * with a warning is not cached: each observation gets the warning. */
static void read_chain(struct bodies *bodies, struct pb_slice text)
{
    struct pb_x509_cache *cache = bodies->reader->cache;
    struct pb_vector *links = &bodies->links;
    size_t first = links->count, count;
    const struct pb_chain_link *known = pb_x509_cache_find_chain(cache, text, &count);

    if (known != NULL) {
        bodies->has_failed |= !pb_vector_append_all(links, known, count, sizeof *known);
        return;
    }
    read_pem(bodies, text);
    count = links->count - first;
    if (!bodies->has_failed && !bodies->has_warned && count > 0)
        note(bodies, pb_x509_cache_keep_chain(
                         cache, text, &PB_VECTOR_AT(struct pb_chain_link, links, first), count));
}

static void check_chain(struct bodies *bodies, struct pb_bodies *kept)
{
    const struct pb_chain_link *links = bodies->links.data;
    note(bodies, pb_chain_check(bodies->reader->cache, links, links + 1, bodies->links.count - 1,
                                &kept->chain_check));
    if (kept->chain_check == PB_CHAIN_UNRELATED && bodies->has_warned)
        kept->chain_check = PB_CHAIN_UNDECIDED; /* what cannot be read may be the issuer */
    if (kept->chain_check == PB_CHAIN_UNDECIDED)
        add_diagnostic(bodies, PB_SEVERITY_NOTE, "chain-not-verified",
                       "whether it signs the body cannot be verified", PB_SLICE_ABSENT);
}

/* The body's first certificate is the body; its further ones come before the chain's. */
static void read_observation(struct bodies *bodies, struct pb_observation *observation)
{
    struct pb_bodies *kept = observation->bodies;

    bodies->observation = observation;
    bodies->member = body_member;
    bodies->links.count = 0;
    bodies->has_warned = false;
    read_pem(bodies, kept->body_pem);
    bool has_body = bodies->links.count > 0;
    bodies->member = "CertificateChain";
    read_chain(bodies, kept->chain_pem);
    kept->body_pem = kept->chain_pem = PB_SLICE_ABSENT;
    const struct pb_chain_link *links = bodies->links.data;
    if (has_body) {
        observation->body = links->facts;
        if (bodies->reader->audit->checks_chains)
            check_chain(bodies, kept);
    }
    kept->chain_count = bodies->links.count - has_body;
    const struct pb_x509_facts **chain =
        pb_arena_allocate_array(&bodies->batch->bodies, kept->chain_count, sizeof *chain);
    for (size_t i = 0; chain != NULL && i < kept->chain_count; i++)
        chain[i] = links[has_body + i].facts;
    kept->chain = chain;
    bodies->has_failed |= chain == NULL;
    pb_arena_release(&bodies->der);
}

enum pb_status pb_bodies_read(struct pb_item_reader *reader, struct pb_batch *batch,
                              size_t first_observation)
{
    struct bodies bodies = {.reader = reader, .batch = batch};

    for (size_t i = first_observation; i < batch->observations.count && !bodies.has_failed; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        if (observation->bodies != NULL)
            read_observation(&bodies, observation);
    }
    pb_vector_release(&bodies.links);
    return bodies.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

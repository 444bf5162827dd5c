/* SPDX-License-Identifier: MIT */
#include "audit/bodies.h"

#include "x509/der.h"
#include "x509/pem.h"

/* The certificates of one text, and where complaints about them belong. */
struct reading {
    struct pb_body_reader *reader;
    struct pb_batch *batch;
    struct pb_arena der; /* the certificates' bytes, which nobody needs once all are read */
    const struct pb_observation *observation;
    const char *member;      /* "CertificateBody" or "CertificateChain" */
    struct pb_vector *links; /* of struct pb_chain_link: the certificates so far */
    bool has_warned;
};

enum pb_status pb_body_reader_init(struct pb_body_reader *reader, const struct pb_crls *crls,
                                   bool checks_chains)
{
    *reader = (struct pb_body_reader){.crls = crls};
    enum pb_status status = pb_x509_cache_new(&reader->facts);
    if (status == PB_OK)
        status = pb_known_chains_new(&reader->known);
    return status == PB_OK && checks_chains ? pb_chain_checker_new(&reader->chains) : status;
}

void pb_body_reader_release(struct pb_body_reader *reader)
{
    pb_x509_cache_free(reader->facts);
    pb_known_chains_free(reader->known);
    pb_chain_checker_free(reader->chains);
}

/* "CertificateBody: WHAT: DETAIL", the latter unless it is absent. */
static enum pb_status complain(const struct reading *reading, enum pb_severity severity,
                               const char *code, const char *what, struct pb_slice detail)
{
    struct pb_diagnostic *added;
    enum pb_status status = pb_diagnostics_add(
        &reading->batch->diagnostics, severity, code, &added, "%s: %s%s%.*s", reading->member, what,
        detail.data != NULL ? ": " : "", PB_SLICE_ARGS(detail));

    if (status == PB_OK) {
        added->line = reading->observation->line;
        added->pointer = reading->observation->pointer;
    }
    return status;
}

static enum pb_status warn(struct reading *reading, const char *code, const char *what,
                           struct pb_slice detail)
{
    reading->has_warned = true;
    return complain(reading, PB_SEVERITY_WARNING, code, what, detail);
}

/* A key is put down again once another has taken its place; that does no harm. */
static enum pb_status put_down_key(struct reading *reading, struct pb_slice der,
                                   const struct pb_x509_facts *facts)
{
    const struct pb_x509_facts **place =
        &reading->reader->issuers[facts->sha256[0] % PB_ISSUER_KEY_PLACES];

    if (*place == facts || !pb_crls_has_issuer(reading->reader->crls, facts->subject))
        return PB_OK;
    struct pb_issuer_key *key = pb_vector_push(&reading->batch->issuer_keys);
    if (key == NULL ||
        !pb_arena_copy(&reading->batch->bodies, pb_der_find_public_key(der), &key->public_key))
        return PB_FAILED_MEMORY;
    key->name = facts->subject;
    key->spki_sha256 = facts->key.spki_sha256;
    *place = facts;
    return PB_OK;
}

static enum pb_status read_certificate(struct reading *reading, struct pb_slice der)
{
    struct pb_chain_link link = {.der = der};
    struct pb_slice reason;
    enum pb_status status = pb_x509_facts_read_cached(
        reading->reader->facts, der, &reading->batch->bodies, &link.facts, &reason);

    if (status != PB_OK)
        return status;
    if (link.facts == NULL)
        return warn(reading, "certificate-unreadable", "a certificate that cannot be parsed",
                    reason);
    if (!pb_vector_append(reading->links, &link, 1))
        return PB_FAILED_MEMORY;
    return put_down_key(reading, der, link.facts);
}

static enum pb_status read_block(struct reading *reading, enum pb_pem_outcome outcome,
                                 const struct pb_pem_block *block)
{
    if (outcome == PB_PEM_DAMAGED)
        return warn(reading, "pem-damaged", "a damaged PEM block",
                    pb_slice_from_string(block->reason));
    if (!pb_pem_is_certificate(block->label))
        return warn(reading, "pem-unexpected", "a PEM block that is no certificate", block->label);
    return read_certificate(reading, block->der);
}

static enum pb_status read_pem(struct reading *reading, struct pb_slice text)
{
    struct pb_pem_reader pem = {.text = text};
    bool is_empty = true;

    while (text.size_bytes > 0) {
        enum pb_pem_outcome outcome;
        struct pb_pem_block block;
        enum pb_status status = pb_pem_next(&pem, &reading->der, &outcome, &block);
        if (status != PB_OK)
            return status;
        if (outcome == PB_PEM_END)
            break;
        is_empty = false;
        status = read_block(reading, outcome, &block);
        if (status != PB_OK)
            return status;
    }
    if (!is_empty || text.size_bytes == 0)
        return PB_OK;
    return warn(reading, "no-pem", "expected PEM text, found none", PB_SLICE_ABSENT);
}

/* The same few chains come again and again: their keys are put down by now. One with a warning is
 * read again, for it warns again. */
static enum pb_status read_chain(struct reading *reading, struct pb_slice text)
{
    struct pb_known_chains *chains = reading->reader->known;
    size_t first = reading->links->count, count;
    const struct pb_chain_link *known = pb_known_chains_find(chains, text, &count);

    if (known != NULL)
        return pb_vector_append(reading->links, known, count) ? PB_OK : PB_FAILED_MEMORY;
    reading->has_warned = false;
    enum pb_status status = read_pem(reading, text);
    count = reading->links->count - first;
    if (status != PB_OK || reading->has_warned || count == 0)
        return status;
    return pb_known_chains_keep(chains, text,
                                &PB_VECTOR_AT(struct pb_chain_link, reading->links, first), count);
}

/* The body, then the chain. */
static enum pb_status read_texts(struct reading *reading, bool *has_body)
{
    enum pb_status status = read_pem(reading, reading->observation->bodies->body_pem);

    *has_body = reading->links->count > 0;
    reading->member = "CertificateChain";
    return status == PB_OK ? read_chain(reading, reading->observation->bodies->chain_pem) : status;
}

static enum pb_status keep_chain(const struct reading *reading, const struct pb_chain_link *links,
                                 size_t count, struct pb_bodies *bodies)
{
    const struct pb_x509_facts **chain =
        pb_arena_allocate_array(&reading->batch->bodies, count, sizeof(struct pb_x509_facts *));

    if (chain == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count; i++)
        chain[i] = links[i].facts;
    bodies->chain = chain;
    bodies->chain_count = count;
    return PB_OK;
}

static enum pb_status check_chain(const struct reading *reading, const struct pb_chain_link *links,
                                  size_t count, struct pb_bodies *bodies)
{
    enum pb_status status =
        pb_chain_check(reading->reader->chains, links, links + 1, count - 1, &bodies->chain_check);

    if (status != PB_OK || bodies->chain_check != PB_CHAIN_UNDECIDED)
        return status;
    return complain(reading, PB_SEVERITY_NOTE, "chain-not-verified",
                    "whether it signs the body cannot be verified", PB_SLICE_ABSENT);
}

static enum pb_status read_observation(struct pb_body_reader *reader, struct pb_batch *batch,
                                       struct pb_observation *observation, struct pb_vector *links)
{
    struct reading reading = {.reader = reader,
                              .batch = batch,
                              .observation = observation,
                              .member = "CertificateBody",
                              .links = links};
    struct pb_bodies *bodies = observation->bodies;
    bool has_body = false;

    links->count = 0;
    enum pb_status status = read_texts(&reading, &has_body);
    bodies->body_pem = bodies->chain_pem = PB_SLICE_ABSENT;
    const struct pb_chain_link *first = links->data;
    if (status == PB_OK && has_body) {
        observation->body = first->facts;
        if (reader->chains != NULL)
            status = check_chain(&reading, first, links->count, bodies);
        first++;
    }
    if (status == PB_OK)
        status = keep_chain(&reading, first, links->count - has_body, bodies);
    pb_arena_release(&reading.der);
    return status;
}

enum pb_status pb_bodies_read(struct pb_body_reader *reader, struct pb_batch *batch,
                              size_t first_observation)
{
    struct pb_vector links;
    enum pb_status status = PB_OK;

    pb_vector_init(&links, sizeof(struct pb_chain_link));
    for (size_t i = first_observation; i < batch->observations.count && status == PB_OK; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        if (observation->bodies != NULL)
            status = read_observation(reader, batch, observation, &links);
    }
    pb_vector_release(&links);
    return status;
}

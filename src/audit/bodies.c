/* SPDX-License-Identifier: MIT */
#include "audit/bodies.h"

#include "x509/cache.h"
#include "x509/pem.h"

/* The certificates of one text, and where complaints about them belong. */
struct reading {
    struct pb_x509_cache *cache;
    struct pb_batch *batch;
    struct pb_arena der; /* the certificates' bytes, which nobody needs once they are read */
    const struct pb_observation *observation;
    const char *member;      /* "CertificateBody" or "CertificateChain" */
    struct pb_vector *facts; /* of const struct pb_x509_facts * */
};

/* "CertificateBody: WHAT: DETAIL", the latter unless it is absent. */
static enum pb_status complain(const struct reading *reading, const char *code, const char *what,
                               struct pb_slice detail)
{
    struct pb_diagnostic *added;
    enum pb_status status = pb_diagnostics_add(
        &reading->batch->diagnostics, PB_SEVERITY_WARNING, code, &added, "%s: %s%s%.*s",
        reading->member, what, detail.data != NULL ? ": " : "", PB_SLICE_ARGS(detail));

    if (status == PB_OK) {
        added->line = reading->observation->line;
        added->pointer = reading->observation->pointer;
    }
    return status;
}

static enum pb_status read_certificate(struct reading *reading, struct pb_slice der)
{
    const struct pb_x509_facts *facts;
    struct pb_slice reason;
    enum pb_status status =
        pb_x509_facts_read_cached(reading->cache, der, &reading->batch->arena, &facts, &reason);

    if (status != PB_OK)
        return status;
    if (facts == NULL)
        return complain(reading, "certificate-unreadable", "a certificate that cannot be parsed",
                        reason);
    return pb_vector_append(reading->facts, &facts, 1) ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status read_block(struct reading *reading, enum pb_pem_outcome outcome,
                                 const struct pb_pem_block *block)
{
    if (outcome == PB_PEM_DAMAGED)
        return complain(reading, "pem-damaged", "a damaged PEM block",
                        pb_slice_from_string(block->reason));
    if (!pb_pem_is_certificate(block->label))
        return complain(reading, "pem-unexpected", "a PEM block that is no certificate",
                        block->label);
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
    return complain(reading, "no-pem", "expected PEM text, found none", PB_SLICE_ABSENT);
}

static enum pb_status read_observation(struct pb_x509_cache *cache, struct pb_batch *batch,
                                       struct pb_observation *observation, struct pb_vector *facts)
{
    struct reading reading = {.cache = cache,
                              .batch = batch,
                              .observation = observation,
                              .member = "CertificateBody",
                              .facts = facts};

    facts->count = 0;
    enum pb_status status = read_pem(&reading, observation->body_pem);
    bool has_body = facts->count > 0;
    reading.member = "CertificateChain";
    if (status == PB_OK)
        status = read_pem(&reading, observation->chain_pem);
    pb_arena_release(&reading.der);
    if (status != PB_OK)
        return status;
    observation->body_pem = observation->chain_pem = PB_SLICE_ABSENT;
    size_t chain_count = facts->count - has_body;
    const struct pb_x509_facts **chain =
        pb_arena_allocate_array(&batch->arena, chain_count, sizeof(struct pb_x509_facts *));
    if (chain == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < chain_count; i++)
        chain[i] = PB_VECTOR_AT(const struct pb_x509_facts *, facts, i + has_body);
    observation->body = has_body ? PB_VECTOR_AT(const struct pb_x509_facts *, facts, 0) : NULL;
    observation->chain = chain;
    observation->chain_count = chain_count;
    return PB_OK;
}

enum pb_status pb_bodies_read(struct pb_x509_cache *cache, struct pb_batch *batch,
                              size_t first_observation)
{
    struct pb_vector facts;
    enum pb_status status = PB_OK;

    pb_vector_init(&facts, sizeof(const struct pb_x509_facts *));
    for (size_t i = first_observation; i < batch->observations.count && status == PB_OK; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        if (observation->body_pem.size_bytes > 0 || observation->chain_pem.size_bytes > 0)
            status = read_observation(cache, batch, observation, &facts);
    }
    pb_vector_release(&facts);
    return status;
}

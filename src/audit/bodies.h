/* SPDX-License-Identifier: MIT */
/* Certificate bodies: from the PEM text of observations to X.509 facts. */
#ifndef PB_AUDIT_BODIES_H
#define PB_AUDIT_BODIES_H

#include "base/status.h"
#include "inventory/batch.h"
#include "x509/cache.h"
#include "x509/chain.h"
#include "x509/crl.h"
#include "x509/known_chains.h"

#define PB_ISSUER_KEY_PLACES 64

/* What is kept from certificate to certificate; for one thread at a time. Every batch that it is
 * used with, or what that is merged into, must outlive it (x509/cache.h says why). */
struct pb_body_reader {
    struct pb_x509_cache *facts;     /* owned */
    struct pb_known_chains *known;   /* owned: chains that were read without a warning */
    struct pb_chain_checker *chains; /* owned; NULL: chains are not checked */
    const struct pb_crls *crls;      /* borrowed: whose issuers' keys are wanted */
    const struct pb_x509_facts *issuers[PB_ISSUER_KEY_PLACES]; /* whose keys were put down */
};

/* Fails only with PB_FAILED_MEMORY; release in any case. */
enum pb_status pb_body_reader_init(struct pb_body_reader *reader, const struct pb_crls *crls,
                                   bool checks_chains);
void pb_body_reader_release(struct pb_body_reader *reader);

/*
 * Reads body_pem and chain_pem of the batch's observations from the given one on, fills in body
 * and chain, and clears the texts. The body's first certificate is the body; its further ones come
 * before the chain's. Keys that can have signed one of the CRLs are put down in the batch, at least
 * once each. What cannot be read is a diagnostic and changes nothing else: the verdict by
 * UploadDate stands. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_bodies_read(struct pb_body_reader *reader, struct pb_batch *batch,
                              size_t first_observation);

#endif

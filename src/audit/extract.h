/* SPDX-License-Identifier: MIT */
/* The pure step: one evidence item becomes a ledger entry and what its documents say. */
#ifndef PB_AUDIT_EXTRACT_H
#define PB_AUDIT_EXTRACT_H

#include "audit/bodies.h"
#include "base/limits.h"
#include "base/status.h"
#include "evidence/digest.h"
#include "evidence/reader.h"
#include "inventory/batch.h"

/* What is asked of the step, the same for every item; everything is borrowed. */
struct pb_extraction {
    const struct pb_limits *limits;
    const struct pb_crls *crls; /* whose issuers' keys are put down */
    bool checks_chains;    /* whether each chain signs its leaf: much work for the one rule */
    bool reads_everything; /* nothing is passed over unparsed: slower, and the same result */
};

/* What one worker keeps from item to item: nothing that could change a result. Every batch that it
 * fills, or what that batch is merged into, must outlive it (x509/cache.h says why). */
struct pb_extractor {
    const struct pb_extraction *extraction; /* borrowed */
    struct pb_digest *digest;       /* owned */
    struct pb_body_reader bodies;
    struct pb_buffer text;          /* owned: decoded text that is not the item's own bytes */
};

/* Fails only with PB_FAILED_MEMORY; release in any case. */
enum pb_status pb_extractor_init(struct pb_extractor *extractor,
                                 const struct pb_extraction *extraction);
void pb_extractor_release(struct pb_extractor *extractor);

/*
 * Appends the item's entry and everything that it says to the batch. Nothing of the item is
 * borrowed afterwards. The same item always gives the same additions. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_extract(struct pb_extractor *extractor, const struct pb_item *item,
                          struct pb_batch *batch);

#endif

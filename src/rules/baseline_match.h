/* SPDX-License-Identifier: MIT */
/* Which certificate of the evidence a certificate of the baseline is, or was replaced by. */
#ifndef PB_RULES_BASELINE_MATCH_H
#define PB_RULES_BASELINE_MATCH_H

#include "rules/baseline.h"
#include "rules/directory.h"

struct pb_heirs {
    uint32_t same;      /* index of the same certificate; PB_NO_INDEX: none */
    uint32_t successor; /* index of another one under its name; PB_NO_INDEX: none */
};

/* Zero-initialise, then init; release in any case. Borrows baseline and inventory. */
struct pb_baseline_match {
    const struct pb_baseline *baseline;
    const struct pb_inventory *inventory;
    struct pb_heirs *heirs;                           /* owned: one a certificate of the baseline */
    struct pb_directory former_ids, ids, arns, names; /* the last three of the inventory */
    bool *is_taken; /* owned: one a certificate of the inventory */
};

/*
 * No certificate of the evidence is the same as two of the baseline. An id that several
 * certificates of one side have (mocks do that) tells nothing. Where the ids do not decide, an
 * UploadDate or a body that differs makes another certificate. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_baseline_match_init(struct pb_baseline_match *match,
                                      const struct pb_baseline *baseline,
                                      const struct pb_inventory *inventory);
void pb_baseline_match_release(struct pb_baseline_match *match);

/* None for NULL. */
const struct pb_heirs *pb_baseline_match_heirs(const struct pb_baseline_match *match,
                                               const struct pb_former_certificate *former);
/* Whether a certificate of the evidence has that ARN or id. */
bool pb_baseline_match_shows(const struct pb_baseline_match *match, struct pb_slice arn_or_id);

#endif

/* SPDX-License-Identifier: MIT */
/* Key lineage: keys that several certificates share, at least one of them exposed. */
#ifndef PB_RULES_FAMILY_H
#define PB_RULES_FAMILY_H

#include "rules/baseline.h"

/* One certificate with the key: of the evidence, of the baseline, or of both. */
struct pb_relative {
    uint32_t certificate; /* index; PB_NO_INDEX: the baseline alone knows it */
    bool is_exposed;      /* by this evidence or by the baseline */
    bool has_date;        /* date is its upload to IAM or its import into ACM */
    struct pb_instant
        date; /* else its NotBefore; without it, exposed ones come first, others last */
    const struct pb_former_certificate *former; /* borrowed from the baseline; NULL for none */
};

/* All with one key. */
struct pb_family {
    const struct pb_key_facts *key; /* borrowed from a certificate of the inventory */
    uint32_t first_certificate;     /* of the inventory */
    size_t first_relative, count, exposed_count;
};

/* Release in any case. */
struct pb_families {
    struct pb_vector items;     /* of struct pb_family, by their first certificate */
    struct pb_vector relatives; /* of struct pb_relative; those of one family stand together, by
                                   date, exposed ones first where it is the same */
    uint32_t *of_certificate;   /* owned: the family of each certificate of the inventory,
                                   PB_NO_INDEX for none; NULL where there are no families */
};

/*
 * A family has two relatives or more, one of which is in the evidence, and an exposed one, or one
 * that the baseline's key-reuse names. Borrows inventory and baseline, which may be NULL. Fails
 * only with PB_FAILED_MEMORY.
 */
enum pb_status pb_families_make(struct pb_families *families, const struct pb_inventory *inventory,
                                const struct pb_baseline *baseline);
void pb_families_release(struct pb_families *families);

/* The row of the certificate's family in items; PB_NO_INDEX for none. */
uint32_t pb_families_find(const struct pb_families *families, uint32_t certificate);
/* The first of the family's relatives, which count follow each other. */
const struct pb_relative *pb_families_relatives(const struct pb_families *families,
                                                const struct pb_family *family);

#endif

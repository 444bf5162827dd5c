/* SPDX-License-Identifier: MIT */
/* Certificates by their public key, over all accounts. */
#ifndef PB_INVENTORY_LINEAGE_H
#define PB_INVENTORY_LINEAGE_H

#include "inventory/types.h"

/* One certificate under the key of a body that it was seen with; more than one only where the
 * evidence contradicts itself. */
struct pb_kin {
    const struct pb_key_facts *key; /* borrowed from the body */
    uint64_t prefix; /* the digest's first bytes, in their order: most keys differ there */
    uint32_t certificate;
};

/* Fills kin (of struct pb_kin) with every certificate whose body is known, sorted by key, then
 * certificate. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_lineage_make(const struct pb_inventory *inventory, struct pb_vector *kin);

/* How many from the first on have its key; for going through kin from key to key. */
size_t pb_lineage_run(const struct pb_vector *kin, size_t first);

/* The first of those with the key; *count is 0 where there is none. Borrowed from kin. */
const struct pb_kin *pb_lineage_find(const struct pb_vector *kin,
                                     const unsigned char spki_sha256[32], size_t *count);

#endif

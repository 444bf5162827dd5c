/* SPDX-License-Identifier: MIT */
#include "inventory/lineage.h"

#include <stdlib.h>

#define DIGEST_BYTES 32

static int compare_kin(const void *left, const void *right)
{
    const struct pb_kin *a = left, *b = right;
    int order = memcmp(a->spki_sha256, b->spki_sha256, DIGEST_BYTES);

    return order != 0 ? order
                      : (a->certificate > b->certificate) - (a->certificate < b->certificate);
}

enum pb_status pb_lineage_make(const struct pb_inventory *inventory, struct pb_vector *kin)
{
    pb_vector_init(kin, sizeof(struct pb_kin));
    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        if (certificate->body == NULL)
            continue;
        struct pb_kin *one = pb_vector_push(kin);
        if (one == NULL)
            return PB_FAILED_MEMORY;
        *one = (struct pb_kin){certificate->body->key.spki_sha256, i};
    }
    if (kin->count > 0)
        qsort(kin->data, kin->count, kin->element_bytes, compare_kin);
    return PB_OK;
}

const struct pb_kin *pb_lineage_find(const struct pb_vector *kin,
                                     const unsigned char spki_sha256[32], size_t *count)
{
    const struct pb_kin *all = kin->data;
    size_t low = 0, high = kin->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(all[middle].spki_sha256, spki_sha256, DIGEST_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < kin->count &&
           memcmp(all[low + *count].spki_sha256, spki_sha256, DIGEST_BYTES) == 0)
        ++*count;
    return all + low;
}

/* SPDX-License-Identifier: MIT */
#include "inventory/lineage.h"

#include <stdlib.h>

#define DIGEST_BYTES 32

static int compare_kin(const void *left, const void *right)
{
    const struct pb_kin *a = left, *b = right;

    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int order = memcmp(a->key->spki_sha256, b->key->spki_sha256, DIGEST_BYTES);
    return order != 0 ? order
                      : (a->certificate > b->certificate) - (a->certificate < b->certificate);
}

static bool is_other_key(const struct pb_x509_facts *body, const struct pb_x509_facts *first)
{
    return body != NULL && body != first &&
           memcmp(body->key.spki_sha256, first->key.spki_sha256, DIGEST_BYTES) != 0;
}

static bool add(struct pb_vector *kin, const struct pb_x509_facts *body, uint32_t certificate)
{
    struct pb_kin one = {.key = &body->key, .certificate = certificate};

    for (size_t i = 0; i < sizeof one.prefix; i++)
        one.prefix = one.prefix << 8 | body->key.spki_sha256[i];
    return pb_vector_append(kin, &one, 1);
}

/* Where two bodies contradict each other, either key may be the one that leaked. */
static enum pb_status add_keys(const struct pb_inventory *inventory, uint32_t index,
                               struct pb_vector *kin)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, index);

    if (certificate->body == NULL)
        return PB_OK;
    if (!add(kin, certificate->body, index))
        return PB_FAILED_MEMORY;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_x509_facts *body =
            pb_inventory_observation(inventory, certificate->first_observation + i)->body;
        if (is_other_key(body, certificate->body) && !add(kin, body, index))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

static void drop_repetitions(struct pb_vector *kin)
{
    struct pb_kin *all = kin->data;
    size_t kept = 0;

    for (size_t i = 0; i < kin->count; i++)
        if (kept == 0 || compare_kin(&all[kept - 1], &all[i]) != 0)
            all[kept++] = all[i];
    kin->count = kept;
}

enum pb_status pb_lineage_make(const struct pb_inventory *inventory, struct pb_vector *kin)
{
    enum pb_status status = PB_OK;

    pb_vector_init(kin, sizeof(struct pb_kin));
    for (uint32_t i = 0; i < inventory->certificates.count && status == PB_OK; i++)
        status = add_keys(inventory, i, kin);
    if (status == PB_OK && kin->count > 0)
        qsort(kin->data, kin->count, kin->element_bytes, compare_kin);
    if (status == PB_OK)
        drop_repetitions(kin);
    return status;
}

static bool has_key_of(const struct pb_kin *a, const struct pb_kin *b)
{
    return a->prefix == b->prefix &&
           memcmp(a->key->spki_sha256, b->key->spki_sha256, DIGEST_BYTES) == 0;
}

size_t pb_lineage_run(const struct pb_vector *kin, size_t first)
{
    const struct pb_kin *all = kin->data;
    size_t end = first + 1;

    while (end < kin->count && has_key_of(&all[first], &all[end]))
        end++;
    return end - first;
}

const struct pb_kin *pb_lineage_find(const struct pb_vector *kin,
                                     const unsigned char spki_sha256[32], size_t *count)
{
    const struct pb_kin *all = kin->data;
    size_t low = 0, high = kin->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(all[middle].key->spki_sha256, spki_sha256, DIGEST_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < kin->count &&
           memcmp(all[low + *count].key->spki_sha256, spki_sha256, DIGEST_BYTES) == 0)
        ++*count;
    return all + low;
}

/* SPDX-License-Identifier: MIT */
#include "x509/cache.h"

#include <stdlib.h>

#include "x509/hash.h"
#include "x509/lean.h"

/* A power of two, so that a part of the digest is the place. Intermediates come back soon or often,
 * so the newest certificate takes the place of whatever stood there. */
#define PLACE_COUNT 4096

struct pb_x509_cache {
    struct pb_lean lean;
    const struct pb_x509_facts *places[PLACE_COUNT]; /* borrowed from arenas; NULL: free */
};

enum pb_status pb_x509_cache_new(struct pb_x509_cache **cache)
{
    *cache = calloc(1, sizeof **cache);
    return *cache != NULL ? PB_OK : PB_FAILED_MEMORY;
}

void pb_x509_cache_free(struct pb_x509_cache *cache)
{
    if (cache == NULL)
        return;
    pb_lean_release(&cache->lean);
    free(cache);
}

enum pb_status pb_x509_facts_read_cached(struct pb_x509_cache *cache, struct pb_slice der,
                                         struct pb_arena *arena, const struct pb_x509_facts **facts,
                                         struct pb_slice *reason)
{
    unsigned char sha256[32];

    *facts = NULL;
    *reason = PB_SLICE_ABSENT;
    pb_hash_sha256(der, sha256);
    const struct pb_x509_facts **place =
        &cache->places[((size_t)sha256[0] << 8 | sha256[1]) % PLACE_COUNT];
    if (*place != NULL && memcmp((*place)->sha256, sha256, sizeof sha256) == 0) {
        *facts = *place;
        return PB_OK;
    }
    enum pb_status status = pb_lean_read(&cache->lean, der, sha256, arena, facts);
    if (status == PB_OK && *facts == NULL)
        status = pb_x509_facts_read(der, arena, facts, reason);
    if (status == PB_OK && *facts != NULL)
        *place = *facts;
    return status;
}

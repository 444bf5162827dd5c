/* SPDX-License-Identifier: MIT */
/* Chains by their PEM text. verify.c looks up the keys of the same cache. */
#include "x509/der.h"

#include <stdlib.h>

/* IAM's own ceiling for a chain is 2 MB; a chain of four takes 8 KB. */
#define LARGEST_TEXT_BYTES 32768

enum pb_status pb_x509_cache_new(struct pb_x509_cache **cache)
{
    *cache = calloc(1, sizeof **cache);
    if (*cache == NULL)
        return PB_FAILED_MEMORY;
    pb_x509_cache_begin_item(*cache, UINT64_MAX);
    return PB_OK;
}

void pb_x509_cache_begin_item(struct pb_x509_cache *cache, uint64_t most_signatures)
{
    cache->computed = 0;
    cache->most_computed = most_signatures;
}

bool pb_x509_cache_is_exhausted(const struct pb_x509_cache *cache)
{
    return cache->computed > cache->most_computed;
}

void pb_x509_cache_free(struct pb_x509_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < PB_KEPT_KEYS; i++)
        pb_kept_key_release(&cache->keys[i]);
    for (size_t i = 0; i < PB_CURVE_COUNT; i++)
        EC_GROUP_free(cache->curves[i]);
    EVP_MD_free(cache->sha1);
    EVP_MD_free(cache->sha256);
    for (size_t i = 0; i < PB_KEPT_CHAINS; i++)
        pb_arena_release(&cache->chains[i].arena);
    free(cache);
}

const struct pb_chain_link *pb_x509_cache_find_chain(struct pb_x509_cache *cache,
                                                     struct pb_slice text, size_t *count)
{
    static const struct pb_kept_chain none = {.count = 0};
    const struct pb_kept_chain *kept = &none;

    for (size_t i = 0; i < PB_KEPT_CHAINS && text.size_bytes > 0; i++)
        if (pb_slice_equals(cache->chains[i].text, text))
            kept = &cache->chains[i];
    if (cache->computed + kept->computed > cache->most_computed)
        kept = &none;
    cache->computed_before_chain = cache->computed;
    cache->computed += kept->computed;
    *count = kept->count;
    return kept->links;
}

enum pb_status pb_x509_cache_keep_chain(struct pb_x509_cache *cache, struct pb_slice text,
                                        const struct pb_chain_link *links, size_t count)
{
    if (text.size_bytes > LARGEST_TEXT_BYTES || count == 0 || pb_x509_cache_is_exhausted(cache))
        return PB_OK;
    struct pb_kept_chain *kept = &cache->chains[cache->next_chain++ % PB_KEPT_CHAINS];
    pb_arena_release(&kept->arena);
    *kept = (struct pb_kept_chain){.count = count,
                                   .computed = cache->computed - cache->computed_before_chain};
    struct pb_chain_link *copies = pb_arena_allocate_array(&kept->arena, count, sizeof *copies);
    for (size_t i = 0; i < count && copies != NULL; i++)
        copies[i] =
            (struct pb_chain_link){pb_arena_copy(&kept->arena, links[i].der), links[i].facts};
    kept->links = copies;
    kept->text = pb_arena_copy(&kept->arena, text);
    return kept->arena.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

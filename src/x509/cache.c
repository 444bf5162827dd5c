/* SPDX-License-Identifier: MIT */
/* Chains by their PEM text. verify.c looks up the keys of the same cache. */
#include "x509/der.h"

#include <stdint.h>
#include <stdlib.h>

/* IAM's own ceiling for a chain is 2 MB; a chain of four takes 8 KB. */
#define LARGEST_TEXT_BYTES 32768
/* With this much kept, all chains are forgotten at once. */
#define MOST_KEPT_BYTES 2097152

/* A text has one place, which it takes from an older one: looking a text up costs one comparison,
 * however many were made to share a place. */
struct pb_kept_chain {
    struct pb_slice text;
    const struct pb_chain_link *links;
    size_t count;
    uint64_t computed; /* while it was read */
};

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
    pb_arena_release(&cache->arena);
    free(cache);
}

/* From a few bytes all over the text: certificates of one issuer differ in their serials, keys and
 * signatures. */
static size_t place_of(struct pb_slice text)
{
    uint64_t sum = text.size_bytes;

    for (size_t i = 1; i < 8; i++) {
        uint64_t word;
        memcpy(&word, text.data + (text.size_bytes - sizeof word) / 8 * i, sizeof word);
        sum = (sum ^ word) * 0x9E3779B97F4A7C15U; /* odd, and its bits are mixed: 2^64 / phi */
        sum ^= sum >> 32;
    }
    return sum % PB_KEPT_CHAINS;
}

static bool can_be_kept(struct pb_slice text)
{
    return text.size_bytes >= sizeof(uint64_t) && text.size_bytes <= LARGEST_TEXT_BYTES;
}

const struct pb_chain_link *pb_x509_cache_find_chain(struct pb_x509_cache *cache,
                                                     struct pb_slice text, size_t *count)
{
    const struct pb_kept_chain *kept = can_be_kept(text) ? cache->chains[place_of(text)] : NULL;
    bool is_found = kept != NULL && pb_slice_equals(kept->text, text) &&
                    cache->computed + kept->computed <= cache->most_computed;

    cache->computed_before_chain = cache->computed;
    cache->computed += is_found ? kept->computed : 0;
    *count = is_found ? kept->count : 0;
    return is_found ? kept->links : NULL;
}

/* DER is never longer than the text that it was read from. */
static void make_room(struct pb_x509_cache *cache, size_t text_bytes, size_t count)
{
    size_t needed =
        sizeof(struct pb_kept_chain) + 2 * text_bytes + count * sizeof(struct pb_chain_link);

    if (cache->kept_bytes + needed > MOST_KEPT_BYTES) {
        memset(cache->chains, 0, sizeof cache->chains);
        pb_arena_release(&cache->arena);
        cache->kept_bytes = 0;
    }
    cache->kept_bytes += needed;
}

enum pb_status pb_x509_cache_keep_chain(struct pb_x509_cache *cache, struct pb_slice text,
                                        const struct pb_chain_link *links, size_t count)
{
    if (!can_be_kept(text) || count == 0 || pb_x509_cache_is_exhausted(cache))
        return PB_OK;
    make_room(cache, text.size_bytes, count);
    struct pb_kept_chain *kept = pb_arena_allocate(&cache->arena, sizeof *kept);
    struct pb_chain_link *copies = pb_arena_allocate_array(&cache->arena, count, sizeof *copies);
    if (kept == NULL || copies == NULL || !pb_arena_copy(&cache->arena, text, &kept->text))
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count; i++) {
        copies[i].facts = links[i].facts;
        if (!pb_arena_copy(&cache->arena, links[i].der, &copies[i].der))
            return PB_FAILED_MEMORY;
    }
    kept->links = copies;
    kept->count = count;
    kept->computed = cache->computed - cache->computed_before_chain;
    cache->chains[place_of(text)] = kept;
    return PB_OK;
}

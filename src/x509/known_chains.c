/* SPDX-License-Identifier: MIT */
#include "x509/known_chains.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"

/* A power of two. A text has one place, and the newest text has it: to look for one never costs
 * more than one comparison, however many texts are made to share a place. */
#define PLACE_COUNT 1024
/* IAM's own ceiling for a chain is 2 MB; a chain of four takes 8 KB. */
#define LARGEST_TEXT_BYTES 32768
/* With this much kept, all is forgotten at once. */
#define MOST_KEPT_BYTES 2097152

struct known_chain {
    struct pb_slice text;
    const struct pb_chain_link *links;
    size_t count;
};

struct pb_known_chains {
    const struct known_chain *places[PLACE_COUNT]; /* in the arena; NULL: free */
    struct pb_arena arena;
    size_t kept_bytes;
};

enum pb_status pb_known_chains_new(struct pb_known_chains **chains)
{
    *chains = calloc(1, sizeof **chains);
    return *chains != NULL ? PB_OK : PB_FAILED_MEMORY;
}

void pb_known_chains_free(struct pb_known_chains *chains)
{
    if (chains != NULL)
        pb_arena_release(&chains->arena);
    free(chains);
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
    return sum % PLACE_COUNT;
}

static bool can_be_known(struct pb_slice text)
{
    return text.size_bytes >= sizeof(uint64_t) && text.size_bytes <= LARGEST_TEXT_BYTES;
}

const struct pb_chain_link *pb_known_chains_find(const struct pb_known_chains *chains,
                                                 struct pb_slice text, size_t *count)
{
    *count = 0;
    if (!can_be_known(text))
        return NULL;
    const struct known_chain *known = chains->places[place_of(text)];
    if (known == NULL || !pb_slice_equals(known->text, text))
        return NULL;
    *count = known->count;
    return known->links;
}

static bool copy_links(struct pb_arena *arena, const struct pb_chain_link *links, size_t count,
                       struct pb_chain_link *copies)
{
    for (size_t i = 0; i < count; i++) {
        copies[i].facts = links[i].facts;
        if (!pb_arena_copy(arena, links[i].der, &copies[i].der))
            return false;
    }
    return true;
}

/* DER is never longer than the text that it was read from. */
static void make_room(struct pb_known_chains *chains, size_t text_bytes, size_t count)
{
    size_t needed =
        sizeof(struct known_chain) + 2 * text_bytes + count * sizeof(struct pb_chain_link);

    if (chains->kept_bytes + needed > MOST_KEPT_BYTES) {
        memset(chains->places, 0, sizeof chains->places);
        pb_arena_release(&chains->arena);
        chains->kept_bytes = 0;
    }
    chains->kept_bytes += needed;
}

enum pb_status pb_known_chains_keep(struct pb_known_chains *chains, struct pb_slice text,
                                    const struct pb_chain_link *links, size_t count)
{
    if (!can_be_known(text) || count == 0)
        return PB_OK;
    make_room(chains, text.size_bytes, count);
    struct known_chain *known = pb_arena_allocate(&chains->arena, sizeof *known);
    struct pb_chain_link *copies = pb_arena_allocate_array(&chains->arena, count, sizeof *copies);
    if (known == NULL || copies == NULL || !pb_arena_copy(&chains->arena, text, &known->text) ||
        !copy_links(&chains->arena, links, count, copies))
        return PB_FAILED_MEMORY;
    known->links = copies;
    known->count = count;
    chains->places[place_of(text)] = known;
    return PB_OK;
}

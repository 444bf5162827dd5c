/* SPDX-License-Identifier: MIT */
/* What reading one certificate leaves for the next ones. */
#ifndef PB_X509_CACHE_H
#define PB_X509_CACHE_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

struct pb_chain_link;

/*
 * Decoded keys, and chains by their PEM text: the same few stand behind thousands of leaves.
 * Nothing that is read depends on what it holds. Bounded in bytes. For one thread at a time; every
 * thread has its own.
 */
struct pb_x509_cache;

/* *cache is freed by pb_x509_cache_free, which leaves all facts valid; NULL on failure. Fails only
 * with PB_FAILED_MEMORY. */
enum pb_status pb_x509_cache_new(struct pb_x509_cache **cache);
void pb_x509_cache_free(struct pb_x509_cache *cache);

/* The links that were kept for the same text, byte for byte, borrowed with their DER until the next
 * pb_x509_cache_keep_chain; NULL where none are remembered. */
const struct pb_chain_link *pb_x509_cache_find_chain(const struct pb_x509_cache *cache,
                                                     struct pb_slice text, size_t *count);

/*
 * Copies text, links and DER. Facts stay borrowed: the arenas that hold them must outlive the last
 * use of the cache; they may be adopted by others meanwhile (pb_arena_adopt), since their pieces do
 * not move. What is too long, or has no links, is not kept. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_x509_cache_keep_chain(struct pb_x509_cache *cache, struct pb_slice text,
                                        const struct pb_chain_link *links, size_t count);

#endif

/* SPDX-License-Identifier: MIT */
/* Certificate facts, read once for all certificates that are the same. */
#ifndef PB_X509_CACHE_H
#define PB_X509_CACHE_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "x509/facts.h"

/*
 * The facts of the last few thousand certificates by the SHA-256 of their DER, and what reading
 * them needs again and again. For one thread at a time; every thread has its own.
 *
 * Facts are handed out again from the arena that they were first read into: every arena that a
 * cache has been used with must outlive the last use of that cache and of all facts that came from
 * it. Arenas may be adopted by others meanwhile (pb_arena_adopt), since their pieces do not move.
 */
struct pb_x509_cache;

/* *cache is freed by pb_x509_cache_free, which leaves all facts valid; NULL on failure. Fails only
 * with PB_FAILED_MEMORY. */
enum pb_status pb_x509_cache_new(struct pb_x509_cache **cache);
void pb_x509_cache_free(struct pb_x509_cache *cache);

/*
 * Gives what pb_x509_facts_read gives, member for member, reason included: ordinary certificates
 * are read without OpenSSL's decoder, all others with it. Equal certificates have the same facts
 * while the cache remembers them.
 */
enum pb_status pb_x509_facts_read_cached(struct pb_x509_cache *cache, struct pb_slice der,
                                         struct pb_arena *arena, const struct pb_x509_facts **facts,
                                         struct pb_slice *reason);

#endif

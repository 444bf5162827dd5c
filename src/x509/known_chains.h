/* SPDX-License-Identifier: MIT */
/* Chains that were read before, by their PEM text: the same few stand behind thousands of leaves.
 */
#ifndef PB_X509_KNOWN_CHAINS_H
#define PB_X509_KNOWN_CHAINS_H

#include "base/slice.h"
#include "base/status.h"
#include "x509/chain.h"

/* For one thread at a time; every thread has its own. Bounded in bytes: when it is full, all is
 * forgotten, and a newer text may take an older one's place before. Facts are borrowed for as long
 * as it lives (x509/cache.h says what that takes). */
struct pb_known_chains;

/* *chains is freed by pb_known_chains_free. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_known_chains_new(struct pb_known_chains **chains);
void pb_known_chains_free(struct pb_known_chains *chains);

/* The links that were kept for the same text, byte for byte, borrowed with their DER until the next
 * pb_known_chains_keep; NULL where none are remembered. */
const struct pb_chain_link *pb_known_chains_find(const struct pb_known_chains *chains,
                                                 struct pb_slice text, size_t *count);

/* Copies text, links and DER; facts stay borrowed. What is too long, or has no links, is not kept.
 * Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_known_chains_keep(struct pb_known_chains *chains, struct pb_slice text,
                                    const struct pb_chain_link *links, size_t count);

#endif

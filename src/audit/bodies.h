/* SPDX-License-Identifier: MIT */
/* Certificate bodies: from the PEM text of observations to X.509 facts. */
#ifndef PB_AUDIT_BODIES_H
#define PB_AUDIT_BODIES_H

#include "base/status.h"
#include "inventory/batch.h"
#include "x509/cache.h"

/*
 * Reads body_pem and chain_pem of the batch's observations from the given one on, fills in body
 * and chain, and clears the texts. The body's first certificate is the body; its further ones come
 * before the chain's. What cannot be read is a diagnostic and changes nothing else: the verdict by
 * UploadDate stands. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_bodies_read(struct pb_x509_cache *cache, struct pb_batch *batch,
                              size_t first_observation);

#endif

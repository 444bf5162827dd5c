/* SPDX-License-Identifier: MIT */
/* Reads evidence with several threads. */
#ifndef PB_AUDIT_POOL_H
#define PB_AUDIT_POOL_H

#include "audit/extract.h"
#include "base/status.h"
#include "evidence/reader.h"
#include "inventory/batch.h"

/*
 * Appends all of the reader's evidence to the batch, with jobs threads (2 or more). Each takes the
 * reader's lock, loads a shipment, lets go and works on it, into a batch of its own; the batches
 * are merged at the end. The inventory sorts them, so who read what leaves no trace.
 * What is in flight is bounded: a shipment a thread. A thread that cannot be started is done
 * without. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_pool_read(struct pb_evidence_reader *reader,
                            const struct pb_extraction *extraction, unsigned jobs,
                            struct pb_batch *batch);

#endif

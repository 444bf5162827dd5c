/* SPDX-License-Identifier: MIT */
/* PEM private keys in evidence of any kind: where they stand, and never a byte of them. */
#ifndef PB_AUDIT_PRIVATE_KEYS_H
#define PB_AUDIT_PRIVATE_KEYS_H

#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"
#include "inventory/batch.h"

/* Whether the text is worth a search: never false where pb_private_keys_find finds one, and nearly
 * always where it finds none in evidence as the AWS CLI writes it. */
bool pb_private_keys_may_stand_in(struct pb_slice text);

/*
 * Appends a PB_RECORD_PRIVATE_KEY about the batch's last entry for each PEM block in the text
 * whose label ends with PRIVATE KEY, plain or as JSON spells it (\n, \/, \u002b), up to a hundred
 * of them; *has_key says whether there is any. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_private_keys_find(struct pb_slice text, struct pb_batch *batch, bool *has_key);

/*
 * Overwrites in the text the base64 of all such keys, so that nothing that quotes the evidence can
 * show it; sizes and lines stay as they are. The text moves to storage, which the caller releases,
 * unless it stands there. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_private_keys_cover(struct pb_slice *text, struct pb_buffer *storage);

#endif

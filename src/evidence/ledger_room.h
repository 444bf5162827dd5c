/* SPDX-License-Identifier: MIT */
/* What the evidence ledger will take for the items handed out: names of 4 KiB compress to nothing.
 */
#ifndef PB_EVIDENCE_LEDGER_ROOM_H
#define PB_EVIDENCE_LEDGER_ROOM_H

#include "base/buffer.h"
#include "evidence/budget.h"
#include "evidence/reader.h"

/* The last ones: items that have the same share them. Init, release. */
struct pb_ledger_room {
    struct pb_buffer folder, detail;
};

void pb_ledger_room_init(struct pb_ledger_room *room);
void pb_ledger_room_release(struct pb_ledger_room *room);

/* Adds the item's line to the budget's ledger_bytes. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_ledger_room_take(struct pb_ledger_room *room, struct pb_budget *budget,
                                   const struct pb_item *item);

/*
 * Up to where the members of an archive that begins now may fill the room: of what is left up to
 * outer_end_bytes, the end for what it lies in, all but a quarter, so that what follows the archive
 * can be read whatever it holds.
 */
uint64_t pb_ledger_room_share(const struct pb_budget *budget, uint64_t outer_end_bytes);

#endif

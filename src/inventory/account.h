/* SPDX-License-Identifier: MIT */
/* Which account each piece of evidence belongs to. */
#ifndef PB_INVENTORY_ACCOUNT_H
#define PB_INVENTORY_ACCOUNT_H

#include "inventory/types.h"

/* Account numbers, one an observation and one a record, in the evidence's order; PB_NO_INDEX for a
 * record that says nothing of an account, such as a private key. */
struct pb_account_map {
    uint32_t *of_observation; /* owned */
    uint32_t *of_record;      /* owned */
};

/*
 * Fills accounts (ids, partitions, folders and id_from; nothing else yet), sorted: unknown ones by
 * folder, then the known by id and partition. The evidence must be in order. The account of an
 * observation is that of its ARN; else the document's account field; else get-caller-identity in
 * the same or the nearest folder above it in the same bundle; else unknown. An account summary
 * without any of these is about the one account whose certificates stand in its folder or beneath.
 * Fails only with PB_FAILED_MEMORY; release the map in any case.
 */
enum pb_status pb_accounts_resolve(const struct pb_batch *evidence, struct pb_vector *accounts,
                                   struct pb_account_map *map);

/*
 * After certificates are made: a record follows the certificate that it showed first, which may
 * have joined a known account, and accounts that nothing belongs to any more are dropped and the
 * others renumbered. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_accounts_settle(struct pb_inventory *inventory, struct pb_account_map *map);
void pb_account_map_release(struct pb_account_map *map);

#endif

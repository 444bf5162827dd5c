/* SPDX-License-Identifier: MIT */
/* The passes of pb_inventory_build, and what they share. Internal to the inventory. */
#ifndef PB_INVENTORY_PASSES_H
#define PB_INVENTORY_PASSES_H

#include "inventory/types.h"

/* Where an element is to stand: in the order of keys, then of indices. */
struct pb_place_in_order {
    uint32_t key;
    uint32_t index; /* of the element as it stands now */
};

void pb_places_sort(struct pb_place_in_order *places, size_t count);
/* Element places[i].index becomes element i; one place an element, used up. */
void pb_places_apply(struct pb_place_in_order *places, struct pb_vector *elements);

/* What of the path stands before its last '/'; "" where there is none. */
struct pb_slice pb_path_folder(struct pb_slice path);
/* The folder of an entry: its path up to the last '/', without it. The root of an archive is
 * "bundle.tar.gz!". Borrowed from the batch. */
struct pb_slice pb_batch_folder(const struct pb_batch *batch, uint32_t entry);

/* Finds the account of each observation and record, and fills inventory->accounts but for what is
 * counted later, sorted: unknown ones by folder, then the known by id and partition. */
enum pb_status pb_accounts_resolve(struct pb_inventory *inventory);
/* After certificates are made: a record follows the certificate that it showed first, which may
 * have joined a known account; accounts that nothing belongs to any more are dropped. */
enum pb_status pb_accounts_renumber(struct pb_inventory *inventory);

#endif

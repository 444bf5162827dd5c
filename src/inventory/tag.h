/* SPDX-License-Identifier: MIT */
/* Tag lists, which name no certificate: their file's name does. */
#ifndef PB_INVENTORY_TAG_H
#define PB_INVENTORY_TAG_H

#include "inventory/types.h"

/*
 * Gives the tags of tag lists to the certificates of their account and name. A list for a
 * certificate that is not in the evidence becomes a gap of its account. Certificates must be made;
 * of_record is as pb_accounts_resolve made it. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_tags_resolve(struct pb_inventory *inventory);

#endif

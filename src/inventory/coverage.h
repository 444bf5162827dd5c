/* SPDX-License-Identifier: MIT */
/* What the evidence proves about having seen all certificates of an account. */
#ifndef PB_INVENTORY_COVERAGE_H
#define PB_INVENTORY_COVERAGE_H

#include "inventory/types.h"

/*
 * Fills coverage and reasons of every account, and inventory->gaps. of_record is as
 * pb_accounts_resolve made it; certificates must be made. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_coverage_judge(struct pb_inventory *inventory);

#endif

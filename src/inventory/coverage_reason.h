/* SPDX-License-Identifier: MIT */
/* The sentences of coverage, collected in any order and dealt out to their accounts. */
#ifndef PB_INVENTORY_COVERAGE_REASON_H
#define PB_INVENTORY_COVERAGE_REASON_H

#include "inventory/types.h"

/* For one inventory, whose gaps and accounts it fills in. Init, and release in any case. */
struct pb_coverage_reasons {
    struct pb_inventory *inventory; /* borrowed */
    struct pb_vector items;         /* private */
};

void pb_coverage_reasons_init(struct pb_coverage_reasons *reasons, struct pb_inventory *inventory);
void pb_coverage_reasons_release(struct pb_coverage_reasons *reasons);

/* A sentence for the account's coverage. All of these fail only with PB_FAILED_MEMORY. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum pb_status
pb_coverage_reason_add(struct pb_coverage_reasons *reasons, uint32_t account, const char *format,
                       ...);

/* Adds the gap to the inventory; its sentence becomes its message, and a reason too. Its account
 * is incomplete from now on. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum pb_status
pb_coverage_gap_add(struct pb_coverage_reasons *reasons, struct pb_gap about, const char *format,
                    ...);

/* Does the same for the gaps that the inventory has already, found while references were
 * resolved. */
enum pb_status pb_coverage_gaps_adopt(struct pb_coverage_reasons *reasons);

/* Gives each account its reasons, in the order in which they were added, and sorts the gaps. */
enum pb_status pb_coverage_reasons_deal_out(struct pb_coverage_reasons *reasons);

#endif

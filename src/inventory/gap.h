/* SPDX-License-Identifier: MIT */
/* Named gaps, as the stages of the inventory find them. */
#ifndef PB_INVENTORY_GAP_H
#define PB_INVENTORY_GAP_H

#include "inventory/types.h"

/* Appends the gap to inventory->gaps with its sentence, formatted and copied, control bytes
 * escaped; about's own message is ignored. Fails only with PB_FAILED_MEMORY. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum pb_status
pb_gap_add(struct pb_inventory *inventory, struct pb_gap about, const char *format, ...);

#endif

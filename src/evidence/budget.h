/* SPDX-License-Identifier: MIT */
/* What the ceilings have left, and the faults of reaching them: each names its option. */
#ifndef PB_EVIDENCE_BUDGET_H
#define PB_EVIDENCE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "evidence/fault.h"

/* One for a whole run; lent to everything that makes bytes out of bytes. */
struct pb_budget {
    struct pb_limits limits;
    uint64_t items;          /* handed out so far */
    uint64_t content_bytes;  /* of items, handed out so far */
    uint64_t expanded_bytes; /* that decompression made on the way, containers' included */
    uint64_t ledger_bytes;   /* of paths and details of items handed out so far */
    bool is_exhausted;       /* total_bytes was reached: nothing more is read */
};

enum pb_ceiling {
    PB_CEILING_ITEM_BYTES,
    PB_CEILING_TOTAL_BYTES,
    PB_CEILING_ITEMS,
    PB_CEILING_DEPTH,
    PB_CEILING_RATIO,
    PB_CEILING_LEDGER,
};

void pb_budget_init(struct pb_budget *budget, const struct pb_limits *limits);

/* Sets the fault of having reached the ceiling: SKIPPED, "limit-...". */
void pb_budget_set_fault(const struct pb_budget *budget, enum pb_ceiling ceiling,
                         struct pb_fault *fault);

/* Room for more bytes of an item that has_bytes so far; false, with the fault, without. */
bool pb_budget_take_content(struct pb_budget *budget, uint64_t has_bytes, uint64_t more_bytes,
                            struct pb_fault *fault);

/*
 * Room for more_bytes that a decompressor made, when it has made made_bytes (these included) from
 * used_bytes; false, with the fault, without. The total is more generous here than for items, since
 * a compressed archive's bytes are counted once here and once as items.
 */
bool pb_budget_take_expanded(struct pb_budget *budget, uint64_t used_bytes, uint64_t made_bytes,
                             uint64_t more_bytes, struct pb_fault *fault);

/* False, with the fault, where made_bytes are more than the ratio allows for used_bytes. */
bool pb_budget_check_ratio(const struct pb_budget *budget, uint64_t used_bytes, uint64_t made_bytes,
                           struct pb_fault *fault);

#endif

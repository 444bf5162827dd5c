/* SPDX-License-Identifier: MIT */
#include "evidence/budget.h"

#include <inttypes.h>

void pb_budget_init(struct pb_budget *budget, const struct pb_limits *limits)
{
    *budget = (struct pb_budget){.limits = *limits};
}

void pb_budget_set_fault(const struct pb_budget *budget, enum pb_ceiling ceiling,
                         struct pb_fault *fault)
{
    const struct pb_limits *limits = &budget->limits;
    const struct {
        const char *code, *what, *option;
        uint64_t value;
    } ceilings[] = {
        [PB_CEILING_ITEM_BYTES] = {"limit-item-bytes", "larger than one item may be",
                                   "--max-item-bytes", limits->item_bytes},
        [PB_CEILING_TOTAL_BYTES] = {"limit-total-bytes",
                                    "more bytes than all the evidence together may have",
                                    "--max-total-bytes", limits->total_bytes},
        [PB_CEILING_ITEMS] = {"limit-items", "more items than there may be; the rest was not read",
                              "--max-items", limits->items},
        [PB_CEILING_DEPTH] = {"limit-depth", "nested deeper than archives may be", "--max-depth",
                              limits->depth},
        [PB_CEILING_RATIO] = {"limit-ratio", "expands to more than it may for its size",
                              "--max-ratio", limits->ratio},
        [PB_CEILING_LEDGER] = {"limit-ledger",
                               "more names and digests than there is room for in the evidence "
                               "ledger; the rest was not read",
                               "--max-items", limits->items},
    };

    pb_fault_set(fault, PB_ENTRY_SKIPPED, ceilings[ceiling].code, "%s (%s %" PRIu64 ")",
                 ceilings[ceiling].what, ceilings[ceiling].option, ceilings[ceiling].value);
}

bool pb_budget_take_content(struct pb_budget *budget, uint64_t has_bytes, uint64_t more_bytes,
                            struct pb_fault *fault)
{
    if (has_bytes > budget->limits.item_bytes ||
        more_bytes > budget->limits.item_bytes - has_bytes) {
        pb_budget_set_fault(budget, PB_CEILING_ITEM_BYTES, fault);
        return false;
    }
    if (budget->is_exhausted || more_bytes > budget->limits.total_bytes - budget->content_bytes) {
        budget->is_exhausted = true;
        pb_budget_set_fault(budget, PB_CEILING_TOTAL_BYTES, fault);
        return false;
    }
    budget->content_bytes += more_bytes;
    return true;
}

bool pb_budget_check_ratio(const struct pb_budget *budget, uint64_t used_bytes, uint64_t made_bytes,
                           struct pb_fault *fault)
{
    uint64_t ratio = budget->limits.ratio > 0 ? budget->limits.ratio : 1;

    if (made_bytes <= budget->limits.ratio_free_bytes || made_bytes / ratio <= used_bytes)
        return true;
    pb_budget_set_fault(budget, PB_CEILING_RATIO, fault);
    return false;
}

static uint64_t most_expanded_bytes(const struct pb_limits *limits)
{
    uint64_t total = limits->total_bytes;

    if (total > UINT64_MAX / 2 || limits->ratio_free_bytes > UINT64_MAX - 2 * total)
        return UINT64_MAX;
    return 2 * total + limits->ratio_free_bytes;
}

bool pb_budget_take_expanded(struct pb_budget *budget, uint64_t used_bytes, uint64_t made_bytes,
                             uint64_t more_bytes, struct pb_fault *fault)
{
    if (!pb_budget_check_ratio(budget, used_bytes, made_bytes, fault))
        return false;
    if (more_bytes > most_expanded_bytes(&budget->limits) - budget->expanded_bytes) {
        pb_budget_set_fault(budget, PB_CEILING_TOTAL_BYTES, fault);
        return false;
    }
    budget->expanded_bytes += more_bytes;
    return true;
}

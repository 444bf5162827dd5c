/* SPDX-License-Identifier: MIT */
/* The count of each account summary beside what its dump shows. */
#ifndef PB_INVENTORY_SUMMARY_COUNT_H
#define PB_INVENTORY_SUMMARY_COUNT_H

#include "inventory/types.h"

struct pb_summary_count {
    uint32_t account;
    uint32_t entry;         /* of the summary */
    struct pb_slice folder; /* of the summary */
    uint64_t count;         /* SummaryMap.ServerCertificates */
    uint64_t seen; /* IAM certificates of list and get answers that belong to this summary */
    uint64_t gone; /* those of them that an event deletes, which may be before the summary was */
};

/*
 * Fills counts (of struct pb_summary_count), sorted by account, then folder. Where an account has
 * one summary, all that was seen of the account belongs to it; where dumps of several days each
 * have theirs, an answer belongs to the summary that stands nearest to it in the folders.
 * Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_summary_counts_make(const struct pb_inventory *inventory,
                                      struct pb_vector *counts);

/* The order in which they stand: <0, 0 or >0, as the summary goes before, belongs to or goes after
 * an account and folder. */
int pb_summary_count_compare(const struct pb_summary_count *summary, uint32_t account,
                             struct pb_slice folder);

#endif

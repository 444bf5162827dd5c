/* SPDX-License-Identifier: MIT */
/* In which order people act on certificates, and which call for nothing. */
#ifndef PB_REPORT_URGENCY_H
#define PB_REPORT_URGENCY_H

#include "inventory/types.h"
#include "rules/rule.h"

/* A walk through the certificates of one account. */
struct pb_urgency {
    const struct pb_inventory *inventory; /* borrowed */
    const struct pb_account *account;     /* borrowed */
    uint32_t step, next;                  /* private */
};

struct pb_urgency pb_urgency_begin(const struct pb_inventory *inventory,
                                   const struct pb_account *account);
/* Vulnerable ones, undetermined, clear, then those not judged; of each what is in use first, for
 * that is the first to replace. False at the end. */
bool pb_urgency_next(struct pb_urgency *walk, uint32_t *certificate);

/* Whether it calls for something: vulnerable, undetermined, or with a finding above low. */
bool pb_urgency_is_urgent(const struct pb_certificate *certificate,
                          const struct pb_finding *const *findings, size_t count);

/* How many certificates of the account have the verdict. */
size_t pb_urgency_count(const struct pb_inventory *inventory, const struct pb_account *account,
                        enum pb_verdict verdict);
/* How many are deleted from IAM, which the account summary does not count. */
size_t pb_urgency_count_deleted(const struct pb_inventory *inventory,
                                const struct pb_account *account);

#endif

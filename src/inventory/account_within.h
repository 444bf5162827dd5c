/* SPDX-License-Identifier: MIT */
/* The one account whose certificates stand in a folder or beneath it, if all are of one. Private
 * to the resolving of accounts. */
#ifndef PB_INVENTORY_ACCOUNT_WITHIN_H
#define PB_INVENTORY_ACCOUNT_WITHIN_H

#include "inventory/types.h"

/* What one piece of evidence says of its account. */
struct pb_account_claim {
    struct pb_slice id, partition, folder;
    enum pb_id_from id_from;
    uint32_t number; /* of the claim, then of its account */
};

/* Zero-initialise; release in any case. */
struct pb_accounts_within {
    const struct pb_batch *evidence; /* borrowed, in order of paths */
    const struct pb_vector *claims;  /* of struct pb_account_claim, borrowed */
    struct pb_vector runs;           /* private */
};

/* claims: those of the observations, numbers[i] that of observation i. Both are borrowed until
 * the release; more claims may be added to the vector. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_accounts_within_make(struct pb_accounts_within *within,
                                       const struct pb_batch *evidence,
                                       const struct pb_vector *claims, const uint32_t *numbers);
void pb_accounts_within_release(struct pb_accounts_within *within);

/*
 * An account summary names no account. People save it beside the list, often without
 * get-caller-identity; then it is about the account whose certificates stand there. *claim is the
 * last of their claims; unchanged where this is false, because none of them has a known account
 * or two of them have different ones. Takes time logarithmic in the size of the evidence.
 */
bool pb_accounts_find_only_within(const struct pb_accounts_within *within, struct pb_slice folder,
                                  struct pb_account_claim *claim);

#endif

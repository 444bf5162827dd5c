/* SPDX-License-Identifier: MIT */
#include "inventory/account_within.h"

#include "inventory/batch.h"

/* Neighbouring entries with certificates of one claim, each of which has some; others may have
 * their place in the same entry. */
struct run {
    uint32_t claim;
    uint32_t first_entry, last_entry;
    uint32_t end_of_account; /* the next run of another account */
};

static const struct pb_account_claim *claim_at(const struct pb_accounts_within *within,
                                               uint32_t number)
{
    return &PB_VECTOR_AT(const struct pb_account_claim, within->claims, number);
}

static const struct run *run_at(const struct pb_accounts_within *within, size_t index)
{
    return &PB_VECTOR_AT(const struct run, &within->runs, index);
}

static bool add(struct pb_accounts_within *within, uint32_t claim, uint32_t entry)
{
    struct run *last = within->runs.count == 0
                           ? NULL
                           : &PB_VECTOR_AT(struct run, &within->runs, within->runs.count - 1);

    if (last == NULL || last->claim != claim || entry > last->last_entry + 1) {
        last = pb_vector_push(&within->runs);
        if (last == NULL)
            return false;
        *last = (struct run){.claim = claim, .first_entry = entry};
    }
    last->last_entry = entry;
    return true;
}

static void find_ends(struct pb_accounts_within *within)
{
    struct run *all = within->runs.data;

    for (size_t i = within->runs.count; i > 0; i--) {
        bool is_same =
            i < within->runs.count && pb_slice_equals(claim_at(within, all[i - 1].claim)->id,
                                                      claim_at(within, all[i].claim)->id);
        all[i - 1].end_of_account = is_same ? all[i].end_of_account : (uint32_t)i;
    }
}

enum pb_status pb_accounts_within_make(struct pb_accounts_within *within,
                                       const struct pb_batch *evidence,
                                       const struct pb_vector *claims, const uint32_t *numbers)
{
    *within = (struct pb_accounts_within){.evidence = evidence, .claims = claims};
    pb_vector_init(&within->runs, sizeof(struct run));
    for (size_t i = 0; i < evidence->observations.count; i++) {
        uint32_t entry =
            PB_VECTOR_AT(const struct pb_observation, &evidence->observations, i).entry;
        if (claim_at(within, numbers[i])->id.data != NULL && !add(within, numbers[i], entry))
            return PB_FAILED_MEMORY;
    }
    find_ends(within);
    return PB_OK;
}

void pb_accounts_within_release(struct pb_accounts_within *within)
{
    pb_vector_release(&within->runs);
}

/* The first entry at or after (or only after) those beneath the folder, whose paths begin with its
 * name and a '/': '0' is the byte behind that one. */
static uint32_t find_entry(const struct pb_accounts_within *within, struct pb_slice folder,
                           bool is_after)
{
    const struct pb_ledger *ledger = &within->evidence->ledger;
    const struct pb_path bound = {folder, is_after ? PB_SLICE("0") : PB_SLICE("/")};

    if (folder.size_bytes == 0)
        return is_after ? (uint32_t)pb_ledger_count(ledger) : 0;
    return (uint32_t)pb_ledger_find(ledger, bound);
}

/* The first run that does not end before the entry. */
static size_t find_run(const struct pb_accounts_within *within, uint32_t entry)
{
    size_t low = 0, high = within->runs.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run_at(within, middle)->last_entry < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool pb_accounts_find_only_within(const struct pb_accounts_within *within, struct pb_slice folder,
                                  struct pb_account_claim *claim)
{
    uint32_t first_entry = find_entry(within, folder, false);
    uint32_t end_entry = find_entry(within, folder, true);
    size_t first = find_run(within, first_entry), end = find_run(within, end_entry);

    /* A run may reach past the folder, but begins before its end. */
    while (end < within->runs.count && run_at(within, end)->first_entry < end_entry)
        end++;
    if (first_entry == end_entry || first >= end || run_at(within, first)->end_of_account < end)
        return false;
    *claim = *claim_at(within, run_at(within, end - 1)->claim);
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Evidence of unknown account may have joined certificates of a known one: what it leaves behind
 * is no account. */
#include "inventory/account.h"

#include <stdlib.h>

static void follow_certificates(const struct pb_inventory *inventory, uint32_t *of_record)
{
    for (size_t i = inventory->certificates.count; i > 0; i--) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i - 1);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            uint32_t record =
                pb_inventory_observation(inventory, certificate->first_observation + k)->record;
            if (record != PB_NO_RECORD)
                of_record[record] = certificate->account;
        }
    }
}

/* number[account] becomes 1 where something belongs to the account. */
static void mark_used(const struct pb_inventory *inventory, const uint32_t *of_record,
                      uint32_t *number)
{
    for (size_t i = 0; i < inventory->certificates.count; i++)
        number[pb_inventory_certificate(inventory, i)->account] = 1;
    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        if (of_record[i] != PB_NO_INDEX)
            number[of_record[i]] = 1;
}

/* Closes the gaps, and number[account] becomes the new number. */
static void close_ranks(struct pb_vector *accounts, uint32_t *number)
{
    struct pb_account *all = accounts->data;
    uint32_t kept = 0;

    for (size_t i = 0; i < accounts->count; i++) {
        if (number[i] == 0)
            continue;
        all[kept] = all[i];
        number[i] = kept++;
    }
    accounts->count = kept;
}

enum pb_status pb_accounts_settle(struct pb_inventory *inventory, struct pb_account_map *map)
{
    uint32_t *number = calloc(inventory->accounts.count + 1, sizeof *number);

    if (number == NULL)
        return PB_FAILED_MEMORY;
    follow_certificates(inventory, map->of_record);
    mark_used(inventory, map->of_record, number);
    close_ranks(&inventory->accounts, number);
    for (size_t i = 0; i < inventory->certificates.count; i++) {
        struct pb_certificate *certificate =
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, i);
        certificate->account = number[certificate->account];
    }
    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        if (map->of_record[i] != PB_NO_INDEX)
            map->of_record[i] = number[map->of_record[i]];
    free(number);
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
/* Makes the inventory: runs every pass over the merged evidence, in the order of this file. The
 * audit's pipeline calls it when all items are read; the rules judge its certificates next. */
#include <stdlib.h>

#include "inventory/batch.h"
#include "inventory/passes.h"

static void count_certificates(struct pb_inventory *inventory)
{
    struct pb_account *accounts = inventory->accounts.data;

    for (size_t i = inventory->certificates.count; i > 0; i--) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i - 1);
        struct pb_account *account = &accounts[certificate->account];
        account->first_certificate = (uint32_t)(i - 1);
        account->all_certificate_count++;
        account->certificate_count += certificate->origin == PB_ORIGIN_IAM;
    }
}

static void count_evidence(struct pb_inventory *inventory)
{
    for (size_t i = 0; i < inventory->evidence.observations.count; i++)
        inventory->list_evidence_count +=
            pb_inventory_observation(inventory, i)->origin == PB_ORIGIN_IAM;
    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        inventory->list_evidence_count +=
            pb_record_is_of_certificates(pb_inventory_record(inventory, i));
}

static enum pb_status make_certificates(struct pb_inventory *inventory)
{
    uint32_t *group = calloc(inventory->evidence.observations.count + 1, sizeof *group);
    enum pb_status status = group == NULL ? PB_FAILED_MEMORY : pb_identity_group(inventory, group);

    if (status == PB_OK)
        status = pb_events_join(inventory, group);
    if (status == PB_OK)
        status = pb_certificates_make(inventory, group);
    free(group);
    return status;
}

enum pb_status pb_inventory_build(struct pb_inventory *inventory, struct pb_batch *batch)
{
    *inventory = (struct pb_inventory){0};
    pb_batch_init(&inventory->evidence);
    pb_vector_init(&inventory->accounts, sizeof(struct pb_account));
    pb_vector_init(&inventory->certificates, sizeof(struct pb_certificate));
    pb_vector_init(&inventory->gaps, sizeof(struct pb_gap));
    pb_vector_init(&inventory->reasons, sizeof(struct pb_reason));
    enum pb_status status = pb_batch_merge(&inventory->evidence, batch);
    inventory->evidence.diagnostics.has_no_ceiling = true;
    if (status == PB_OK)
        status = pb_batch_sort(&inventory->evidence);
    if (status == PB_OK)
        status = pb_batch_cut_diagnostics(&inventory->evidence, PB_MOST_DIAGNOSTICS);
    if (status == PB_OK)
        status = pb_candidates_settle(inventory);
    if (status == PB_OK)
        status = pb_accounts_resolve(inventory);
    if (status == PB_OK)
        status = make_certificates(inventory);
    if (status == PB_OK)
        status = pb_accounts_renumber(inventory);
    if (status != PB_OK)
        return status;
    count_certificates(inventory);
    count_evidence(inventory);
    status = pb_references_resolve(inventory);
    return status == PB_OK ? pb_coverage_judge(inventory) : status;
}

void pb_inventory_release(struct pb_inventory *inventory)
{
    pb_vector_release(&inventory->accounts);
    pb_vector_release(&inventory->certificates);
    pb_vector_release(&inventory->gaps);
    pb_vector_release(&inventory->reasons);
    pb_batch_release(&inventory->evidence);
}

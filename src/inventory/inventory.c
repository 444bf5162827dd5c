/* SPDX-License-Identifier: MIT */
#include "inventory/types.h"

#include <stdlib.h>

#include "inventory/certificate.h"
#include "inventory/coverage.h"
#include "inventory/batch.h"
#include "inventory/passes.h"
#include "inventory/reference.h"
#include "inventory/tag.h"

static void count_certificates(struct pb_inventory *inventory)
{
    for (size_t i = inventory->certificates.count; i > 0; i--) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i - 1);
        struct pb_account *account =
            &PB_VECTOR_AT(struct pb_account, &inventory->accounts, certificate->account);
        account->first_certificate = (uint32_t)(i - 1);
        account->all_certificate_count++;
        account->certificate_count += certificate->origin == PB_ORIGIN_IAM;
    }
}

static bool is_certificate_evidence(const struct pb_record *record)
{
    return record->kind == PB_RECORD_LIST || record->kind == PB_RECORD_GET ||
           record->kind == PB_RECORD_UPLOAD || record->kind == PB_RECORD_PROJECTION ||
           record->kind == PB_RECORD_NAMES || record->kind == PB_RECORD_INVENTORY ||
           record->kind == PB_RECORD_EVENT;
}

static void count_evidence(struct pb_inventory *inventory)
{
    const struct pb_vector *records = &inventory->evidence.records;

    inventory->list_evidence_count = 0;
    for (size_t i = 0; i < inventory->evidence.observations.count; i++)
        inventory->list_evidence_count +=
            pb_inventory_observation(inventory, i)->origin == PB_ORIGIN_IAM;
    for (size_t i = 0; i < records->count; i++)
        inventory->list_evidence_count +=
            is_certificate_evidence(&PB_VECTOR_AT(const struct pb_record, records, i));
}

enum pb_status pb_inventory_build(struct pb_inventory *inventory, struct pb_batch *batch)
{
    uint32_t *group = NULL;

    pb_batch_init(&inventory->evidence);
    pb_vector_init(&inventory->accounts, sizeof(struct pb_account));
    pb_vector_init(&inventory->certificates, sizeof(struct pb_certificate));
    pb_vector_init(&inventory->gaps, sizeof(struct pb_gap));
    enum pb_status status = pb_batch_merge(&inventory->evidence, batch);
    inventory->evidence.diagnostics.has_no_ceiling = true;
    if (status == PB_OK)
        status = pb_batch_sort(&inventory->evidence);
    if (status == PB_OK)
        status = pb_batch_cut_diagnostics(&inventory->evidence, PB_MOST_DIAGNOSTICS);
    if (status == PB_OK)
        status = pb_accounts_resolve(inventory);
    if (status != PB_OK)
        goto out;
    status = PB_FAILED_MEMORY;
    group = calloc(inventory->evidence.observations.count + 1, sizeof *group);
    if (group == NULL)
        goto out;
    status = pb_identity_group(inventory, group);
    if (status == PB_OK)
        status = pb_certificates_make(inventory, group);
    if (status == PB_OK)
        status = pb_accounts_renumber(inventory);
    if (status != PB_OK)
        goto out;
    count_certificates(inventory);
    count_evidence(inventory);
    status = pb_references_resolve(inventory);
    if (status == PB_OK)
        status = pb_tags_resolve(inventory);
    if (status == PB_OK)
        status = pb_coverage_judge(inventory);
out:
    free(group);
    return status;
}

void pb_inventory_release(struct pb_inventory *inventory)
{
    pb_vector_release(&inventory->accounts);
    pb_vector_release(&inventory->certificates);
    pb_vector_release(&inventory->gaps);
    pb_batch_release(&inventory->evidence);
}

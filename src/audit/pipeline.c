/* SPDX-License-Identifier: MIT */
/*
 * The whole audit in order: read this file first, then item.c. Before it, main.c turns the command
 * line into parameters and api.c adds the sources to the reader. Here items become observations
 * (workers.c, item.c), these become certificates with coverage (inventory/build.c), and these get
 * verdicts and findings (rules/engine.c). After it, api.c hands the outcome to report/.
 */
#include "audit/pipeline.h"

#include "inventory/batch.h"

/* observations -> certificates and coverage -> verdicts -> findings -> figures. */
static enum pb_status judge_evidence(const struct pb_pipeline *pipeline, struct pb_batch *batch,
                                     struct pb_outcome *outcome)
{
    enum pb_status status = pb_inventory_build(&outcome->inventory, batch);

    outcome->is_made = true;
    if (status == PB_OK && pipeline->manifest != NULL)
        status =
            pb_manifest_check(pipeline->manifest, pipeline->reader, &outcome->inventory.evidence);
    if (status != PB_OK)
        return status;
    status = pb_judge(&outcome->inventory, pipeline->settings.crls, pipeline->parameters,
                      &outcome->judgement);
    if (status != PB_OK)
        return status;
    pb_batch_sort_diagnostics(&outcome->inventory.evidence);
    outcome->is_judged = true;
    return PB_OK;
}

enum pb_status pb_pipeline_run(const struct pb_pipeline *pipeline, struct pb_outcome *outcome)
{
    struct pb_batch batch;

    pb_batch_init(&batch);
    enum pb_status status = pb_workers_read(pipeline->reader, &pipeline->settings, pipeline->jobs,
                                            pipeline->progress, &batch);
    if (status == PB_OK)
        status = judge_evidence(pipeline, &batch, outcome);
    pb_batch_release(&batch);
    return status;
}

void pb_outcome_release(struct pb_outcome *outcome)
{
    if (!outcome->is_made)
        return;
    pb_judgement_release(&outcome->judgement);
    pb_inventory_release(&outcome->inventory);
    *outcome = (struct pb_outcome){0};
}

/* SPDX-License-Identifier: MIT */
/* Where the stages meet: evidence in, inventory, verdicts and findings out. */
#ifndef PB_AUDIT_PIPELINE_H
#define PB_AUDIT_PIPELINE_H

#include "base/limits.h"
#include "base/status.h"
#include "evidence/reader.h"
#include "inventory/inventory.h"
#include "rules/rule.h"
#include "rules/summary.h"
#include "x509/crl.h"

/* What a run comes to. Zero-initialise; release in any case. */
struct pb_outcome {
    bool is_made; /* everything below is initialised */
    struct pb_inventory inventory;
    struct pb_findings findings;
    struct pb_summary summary;
};

/* Reads the evidence to its end and judges it, with jobs threads; 1 is the calling thread alone,
 * and more change no byte of the outcome. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_pipeline_run(struct pb_evidence_reader *reader, const struct pb_limits *limits,
                               const struct pb_crls *crls, unsigned jobs,
                               const struct pb_parameters *parameters,
                               struct pb_outcome *outcome);
void pb_outcome_release(struct pb_outcome *outcome);

#endif

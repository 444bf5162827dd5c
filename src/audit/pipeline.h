/* SPDX-License-Identifier: MIT */
/* Where the stages meet: evidence in, inventory, verdicts and findings out. */
#ifndef PB_AUDIT_PIPELINE_H
#define PB_AUDIT_PIPELINE_H

#include "audit/extract.h"
#include "audit/manifest.h"
#include "base/status.h"
#include "evidence/reader.h"
#include "inventory/types.h"
#include "rules/rule.h"
#include "rules/summary.h"

/* What a run comes to. Zero-initialise; release in any case. */
struct pb_outcome {
    bool is_made;   /* everything below is initialised, and is to be released */
    bool is_judged; /* the run came to its end: the rest may be read */
    struct pb_inventory inventory;
    struct pb_findings findings;
    struct pb_summary summary;
};

/* What a run is made from; everything is borrowed. */
struct pb_pipeline {
    struct pb_evidence_reader *reader;
    struct pb_extraction extraction;
    unsigned jobs; /* 1: the calling thread alone; more change no byte of the outcome */
    const struct pb_parameters *parameters;
    struct pb_baseline *baseline; /* the parameters' own, which learns what CRLs say; or NULL */
    const struct pb_manifest *manifest; /* that the evidence must match, or NULL */
};

/* Reads the evidence to its end and judges it. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_pipeline_run(const struct pb_pipeline *pipeline, struct pb_outcome *outcome);
void pb_outcome_release(struct pb_outcome *outcome);

#endif

/* SPDX-License-Identifier: MIT */
/* What stands behind the public handle. */
#ifndef PB_AUDIT_HANDLE_H
#define PB_AUDIT_HANDLE_H

#include "audit/pipeline.h"
#include "evidence/reader.h"
#include "prebleed.h"
#include "report/report.h"
#include "rules/baseline.h"
#include "rules/waiver.h"
#include "x509/crl.h"

struct prebleed_audit {
    struct pb_limits limits;
    unsigned jobs;
    struct pb_parameters parameters;   /* points to waivers and baseline once they are set */
    struct pb_waivers waivers;         /* owned */
    struct pb_baseline baseline;       /* owned */
    struct pb_evidence_reader *reader; /* owned */
    struct pb_crls crls;               /* owned */
    struct pb_manifest manifest;       /* owned; of no lines where none was given */
    bool has_run;                      /* whether or not it succeeded */
    struct pb_outcome outcome;         /* owned */
    struct pb_arena strings;           /* handed out by the walk; emptied by its next call */
};

/* Turns a status and its error into the public ones; a failure without words is out of memory. */
enum prebleed_status pb_report_error(struct prebleed_error *error, enum pb_status status,
                                     const struct pb_error *from);

#endif

/* SPDX-License-Identifier: MIT */
/* What an inventory comes to: verdicts, findings, figures. */
#ifndef PB_RULES_ENGINE_H
#define PB_RULES_ENGINE_H

#include "rules/key_groups.h"
#include "rules/summary.h"
#include "x509/crl.h"

/* Release in any case once pb_judge was called. */
struct pb_judgement {
    struct pb_findings findings;
    struct pb_key_groups key_groups;
    struct pb_summary summary;
};

/*
 * Fills in verdicts and revocations of the inventory's certificates, then the judgement: the rules'
 * findings against the parameters' baseline and waivers. Borrows all that it is given; adds
 * diagnostics to the inventory's and closes them. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                        const struct pb_parameters *parameters, struct pb_judgement *judgement);
void pb_judgement_release(struct pb_judgement *judgement);

#endif

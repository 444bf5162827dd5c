/* SPDX-License-Identifier: MIT */
/* What an inventory comes to: verdicts, findings, figures. */
#ifndef PB_RULES_ENGINE_H
#define PB_RULES_ENGINE_H

#include "rules/key_groups.h"
#include "rules/rule.h"
#include "rules/verdict.h"
#include "x509/crl.h"

enum pb_conclusion { PB_CONCLUSION_PASS, PB_CONCLUSION_FAIL, PB_CONCLUSION_INCONCLUSIVE };

/* "pass", "fail" or "inconclusive". */
const char *pb_conclusion_name(enum pb_conclusion conclusion);

struct pb_summary {
    enum pb_conclusion conclusion;
    int exit_status;                  /* 0, 1 or 3 */
    const char *inconclusive_because; /* one phrase, NULL unless the conclusion would be so;
                                         --new-only changes the exit status alone */
    size_t accounts, certificates, vulnerable, clear, undetermined, not_judged, waived;
    size_t findings[3]; /* that count, by enum pb_level: neither waived nor resolved */
    size_t new_findings, unchanged_findings, resolved_findings; /* against the baseline, waived ones
                                                                   included */
    size_t reasons[PB_REASON_COUNT]; /* of undetermined verdicts, by row of pb_verdict_reasons */
    size_t entries, entry_status[5]; /* the latter by enum pb_entry_status */
};

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

/* Pure: counts, and decides as the command line's contract says. */
void pb_summary_make(const struct pb_inventory *inventory, const struct pb_parameters *parameters,
                     const struct pb_findings *findings, struct pb_summary *summary);

#endif

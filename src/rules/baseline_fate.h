/* SPDX-License-Identifier: MIT */
/* What became of a finding that the baseline has and this evidence does not. */
#ifndef PB_RULES_BASELINE_FATE_H
#define PB_RULES_BASELINE_FATE_H

#include "rules/baseline_match.h"

/*
 * Fills in the finding as it is to be reported: resolved where the evidence shows how, else
 * unchanged, because silence proves nothing. Its message is made in the arena.
 * Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_baseline_fate(const struct pb_baseline_match *match,
                                const struct pb_parameters *parameters,
                                const struct pb_former_finding *former, struct pb_arena *arena,
                                struct pb_finding *finding);

#endif

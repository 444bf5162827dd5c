/* SPDX-License-Identifier: MIT */
#include "rules/catalogue.h"

/* In the order of --list-rules; a row's number is its bit in pb_parameters.rules. */
static const struct pb_rule *const rules[] = {
    &pb_rule_iam_033,
    &pb_rule_key_reuse,
    &pb_rule_pre_disclosure_key,
    &pb_rule_disclosure_window,
    &pb_rule_not_revoked,
    &pb_rule_conflicting_evidence,
    &pb_rule_undetermined,
    &pb_rule_coverage_gap,
    &pb_rule_private_key_in_evidence,
    &pb_rule_weak_key,
    &pb_rule_weak_signature,
    &pb_rule_expired,
    &pb_rule_expires_soon,
};

const struct pb_rule *const *pb_rules(size_t *count)
{
    *count = sizeof rules / sizeof rules[0];
    return rules;
}

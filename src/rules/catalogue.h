/* SPDX-License-Identifier: MIT */
/* The rules, one file each; catalogue.c lists them. */
#ifndef PB_RULES_CATALOGUE_H
#define PB_RULES_CATALOGUE_H

#include "rules/rule.h"

extern const struct pb_rule pb_rule_iam_033;
extern const struct pb_rule pb_rule_key_reuse;
extern const struct pb_rule pb_rule_pre_disclosure_key;
extern const struct pb_rule pb_rule_disclosure_window;
extern const struct pb_rule pb_rule_not_revoked;
extern const struct pb_rule pb_rule_conflicting_evidence;
extern const struct pb_rule pb_rule_undetermined;
extern const struct pb_rule pb_rule_coverage_gap;
extern const struct pb_rule pb_rule_private_key_in_evidence;
extern const struct pb_rule pb_rule_weak_key;
extern const struct pb_rule pb_rule_weak_signature;
extern const struct pb_rule pb_rule_expired;
extern const struct pb_rule pb_rule_expires_soon;

#endif

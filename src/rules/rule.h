/* SPDX-License-Identifier: MIT */
/* The catalogue of rules, and what a rule says. */
#ifndef PB_RULES_RULE_H
#define PB_RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/instant.h"
#include "base/status.h"
#include "base/vector.h"
#include "inventory/inventory.h"

enum pb_level { PB_LEVEL_LOW, PB_LEVEL_MEDIUM, PB_LEVEL_HIGH };

/* "low", "medium" or "high". */
const char *pb_level_name(enum pb_level level);

/* What the caller chose. */
struct pb_parameters {
    struct pb_instant cutoff;
    struct pb_instant as_of;
    bool has_fail_on; /* false: --fail-on never */
    enum pb_level fail_on;
    bool require_complete;
    uint64_t rules; /* bit i: the catalogue's row i is applied */
};

struct pb_rule;

/* One rule's statement about one certificate, account or evidence entry. */
struct pb_finding {
    const struct pb_rule *rule;
    uint32_t account;     /* index, PB_NO_INDEX for none */
    uint32_t certificate; /* index, PB_NO_INDEX for none */
    uint32_t entry;       /* index, PB_NO_INDEX for none */
    struct pb_slice message;
};

/* Findings and the memory of their messages. Zero-initialise, then init. */
struct pb_findings {
    struct pb_arena arena;
    struct pb_vector items; /* of struct pb_finding */
};

/* A rule looks at the whole inventory and appends its findings in the order of certificates. */
struct pb_rule {
    const char *name; /* "IAM-033" */
    enum pb_level level;
    const char *title;       /* one line */
    const char *explanation; /* what it means, why, sources, how to fix it: plain text */
    enum pb_status (*check)(const struct pb_rule *rule, const struct pb_inventory *inventory,
                            const struct pb_parameters *parameters, struct pb_findings *findings);
};

/* The catalogue in the order in which it is listed; *count is its number of rows, at most 64. */
const struct pb_rule *const *pb_rules(size_t *count);
/* By its exact name; NULL where there is none. *index is its row. */
const struct pb_rule *pb_rule_find(struct pb_slice name, size_t *index);

void pb_findings_init(struct pb_findings *findings);
void pb_findings_release(struct pb_findings *findings);

/* Appends a finding about a certificate (and its account); the message is formatted and copied,
 * control bytes escaped. Fails only with PB_FAILED_MEMORY. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
enum pb_status
pb_findings_add(struct pb_findings *findings, const struct pb_rule *rule,
                const struct pb_inventory *inventory, uint32_t certificate, const char *format,
                ...);

/* Applies the rules that parameters choose; findings come out by severity, then certificate. */
enum pb_status pb_rules_apply(const struct pb_inventory *inventory,
                              const struct pb_parameters *parameters, struct pb_findings *findings);

#endif

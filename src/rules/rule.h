/* SPDX-License-Identifier: MIT */
/* The catalogue of rules, and what a rule says. */
#ifndef PB_RULES_RULE_H
#define PB_RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "base/error.h"
#include "base/memory.h"
#include "inventory/types.h"
#include "rules/sentence.h"

enum pb_level { PB_LEVEL_LOW, PB_LEVEL_MEDIUM, PB_LEVEL_HIGH };

/* "low", "medium" or "high". */
const char *pb_level_name(enum pb_level level);

struct pb_waiver;
struct pb_waivers;
struct pb_baseline;
struct pb_former_finding;
struct pb_key_groups;

/* What the caller chose. */
struct pb_parameters {
    struct pb_instant cutoff;
    struct pb_instant as_of;
    bool has_fail_on; /* false: --fail-on never */
    enum pb_level fail_on;
    bool require_complete;
    uint64_t rules;                   /* bit i: the catalogue's row i is applied */
    bool is_new_only;                 /* findings that the baseline has too make no exit status */
    struct pb_baseline *baseline;     /* borrowed, matched when judging; NULL: none */
    const struct pb_waivers *waivers; /* borrowed; NULL: none */
};

struct pb_rule;

/* Against the baseline. */
enum pb_finding_state {
    PB_STATE_NONE, /* there is no baseline */
    PB_STATE_NEW,
    PB_STATE_UNCHANGED,
    PB_STATE_RESOLVED,
};

/* "new", "unchanged" or "resolved"; NULL for PB_STATE_NONE. */
const char *pb_finding_state_name(enum pb_finding_state state);

/* What cannot be derived from a finding's rule and certificate. Most findings have none, so it is
 * no part of struct pb_finding. */
struct pb_statement {
    struct pb_slice message; /* one sentence */
    struct pb_slice missing; /* ARN or id of a certificate that is not in the evidence; absent for
                                none */
    struct pb_slice key;     /* 32 bytes: SHA-256 of a public key that is no certificate's; or
                                absent */
    const struct pb_former_finding
        *former; /* the baseline's, where it is carried over or resolved; borrowed, else NULL */
};

/* One rule's statement about one certificate, account or evidence entry. */
struct pb_finding {
    const struct pb_rule *rule;
    uint32_t account;     /* index, PB_NO_INDEX for none */
    uint32_t certificate; /* index, PB_NO_INDEX for none */
    uint32_t entry;       /* index, PB_NO_INDEX for none */
    enum pb_finding_state state;
    const struct pb_waiver *waiver;       /* the one that holds; borrowed, NULL for none */
    const struct pb_statement *statement; /* NULL: the rule's say makes the message */
};

/* Whether it counts for summary and conclusion: neither waived nor resolved. */
static inline bool pb_finding_counts(const struct pb_finding *finding)
{
    return finding->waiver == NULL && finding->state != PB_STATE_RESOLVED;
}

/* Whether the exit status can follow from it: it counts, and is new where only new ones do. */
static inline bool pb_finding_makes_status(const struct pb_finding *finding, bool is_new_only)
{
    return pb_finding_counts(finding) && (!is_new_only || finding->state == PB_STATE_NEW);
}

/* The baseline's finding that it carries over or resolves; NULL for none. */
static inline const struct pb_former_finding *pb_finding_former(const struct pb_finding *finding)
{
    return finding->statement == NULL ? NULL : finding->statement->former;
}

/* Findings and the memory of their statements. Zero-initialise, then init. */
struct pb_findings {
    struct pb_arena arena;
    struct pb_vector items; /* of struct pb_finding: what is reported and counts, or is waived */
    struct pb_vector unreported; /* of struct pb_finding: undetermined and coverage-gap where their
                                rules are not applied; not reported, but status 3 follows them */
    struct pb_vector resolved;   /* of struct pb_finding: the baseline's that are resolved */
    bool has_failed;             /* without memory: some finding is missing */
};

/* What the evidence must show of a certificate before it proves something that the rule has no
 * finding about it. */
enum pb_need {
    PB_NEEDS_NOTHING,
    PB_NEEDS_VERDICT,    /* vulnerable or clear */
    PB_NEEDS_BODY,       /* an X.509 certificate */
    PB_NEEDS_VALIDITY,   /* when it ends */
    PB_NEEDS_REVOCATION, /* that it is revoked; that the account lacks it proves nothing */
};

/* A rule that is being applied, what it looks at, and where its findings go; all is borrowed. */
struct pb_check {
    const struct pb_rule *rule;
    const struct pb_inventory *inventory; /* with verdicts and revocations */
    const struct pb_parameters *parameters;
    const struct pb_key_groups *key_groups;
    struct pb_findings *findings;
};

/* Applied by exactly one of say, check and check_all. */
struct pb_rule {
    const char *name; /* "IAM-033" */
    enum pb_level level;
    const char *title;       /* one line */
    const char *explanation; /* what it means, why, sources, how to fix it: plain text */
    enum pb_need need;
    bool asks_chains; /* looks at chain_check of observations */
    /* Whether it has a finding about the certificate, and one only; room, unless it is NULL, gets
     * that finding's sentence, which holds no text of the evidence, in PB_SENTENCE_BYTES. */
    bool (*say)(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room);
    /* Appends what findings it has about the certificate, with statements. */
    void (*check)(const struct pb_check *check, uint32_t certificate);
    /* Likewise about the whole inventory. */
    void (*check_all)(const struct pb_check *check);
};

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

/* The finding's sentence, borrowed from its statement, or else made in room by its rule. */
struct pb_slice pb_finding_message(const struct pb_finding *finding,
                                   const struct pb_inventory *inventory,
                                   const struct pb_parameters *parameters,
                                   char room[PB_SENTENCE_BYTES]);

/* The catalogue in the order in which it is listed; *count is its number of rows, at most 64. */
const struct pb_rule *const *pb_rules(size_t *count);
/* By its exact name; NULL where there is none. *index is its row. */
const struct pb_rule *pb_rule_find(struct pb_slice name, size_t *index);

void pb_findings_init(struct pb_findings *findings);
void pb_findings_release(struct pb_findings *findings);

/* For a rule's checks: appends a finding about a certificate and its account; the message is
 * formatted and copied, control bytes escaped. */
PB_PRINTF(3, 4)
void pb_findings_add(const struct pb_check *check, uint32_t certificate, const char *format, ...);

/* For a finding about something else, and for one with more than a message: copies both, and sets
 * the rule. The message is in the findings' arena already, or lives as long. */
void pb_findings_add_stated(const struct pb_check *check, struct pb_finding finding,
                            struct pb_statement statement);

/* By severity, then certificate (none last), account, entry, rule, message. */
void pb_findings_sort(struct pb_vector *findings);

/* Whether the parameters choose the rule. */
bool pb_rule_is_chosen(const struct pb_rule *rule, const struct pb_parameters *parameters);
/* What the rule would have to see of the certificate before it proves something that it has no
 * finding about it: one phrase; NULL where it sees that. */
const char *pb_rule_find_lack(const struct pb_rule *rule, const struct pb_certificate *certificate);
/* Whether a rule that parameters choose asks for it that chains be verified. */
bool pb_rules_ask_chains(const struct pb_parameters *parameters);
/* Whether exit status 3 follows from the rule's findings, chosen or not. */
bool pb_rule_makes_inconclusive(const struct pb_rule *rule);
/* The exit status that follows from the finding by itself: 0, 1 or 3. */
int pb_finding_exit_status(const struct pb_finding *finding,
                           const struct pb_parameters *parameters);

#endif

/* SPDX-License-Identifier: MIT */
/* An earlier report, and what became of its findings. */
#ifndef PB_RULES_BASELINE_H
#define PB_RULES_BASELINE_H

#include "base/memory.h"
#include "base/error.h"
#include "rules/rule.h"

/* A certificate as the earlier report has it. */
struct pb_former_certificate {
    struct pb_certificate is; /* name, id, ARN, origin, upload_date (exact or absent), is_exposed
                                 (vulnerable, or deleted and uploaded before that report's cutoff)
                                 and of the body sha256, not_after and the key's digest; the rest is
                                 zero. Everything is borrowed from the baseline */
    struct pb_slice account;  /* absent: unknown */
    bool is_unjudged;         /* exposed by its date alone: it was deleted and got no verdict */
    bool has_exposed_key;     /* by a finding of key-reuse, whose ancestor it need not list */

    /* Set by pb_baseline_match: indices of certificates, PB_NO_INDEX for none. */
    uint32_t same;
    uint32_t replacement; /* another one under its name */
};

struct pb_former_finding {
    const struct pb_rule *rule;
    struct pb_slice account;                         /* absent: unknown, or none */
    uint32_t index;                                  /* private: of certificate; PB_NO_INDEX */
    const struct pb_former_certificate *certificate; /* NULL for none */
    struct pb_slice place;                           /* of its evidence; absent for none */
    struct pb_slice message;                         /* as it was when it was found */
    bool is_of_summary;                              /* its evidence is an account summary */
};

/* Zero-initialise, then init; release in any case. */
struct pb_baseline {
    struct pb_arena arena;
    struct pb_vector certificates; /* of struct pb_former_certificate */
    struct pb_vector findings;     /* of struct pb_former_finding, resolved ones left out */
    size_t unknown_rule_count;     /* findings left out because no rule has their name */
    struct pb_vector names;        /* private: what certificates of both sides are called */
};

void pb_baseline_init(struct pb_baseline *baseline);
void pb_baseline_release(struct pb_baseline *baseline);

/* Fills the initialised baseline from a json report in UTF-8; nothing of text is borrowed. What is
 * no report of prebleed, or one of another schema than prebleed-report/1, fails with
 * PB_FAILED_USAGE, naming line and column. */
enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice text,
                                struct pb_error *error);

/*
 * Finds the baseline's certificates in the inventory, which has its verdicts and must outlive the
 * baseline's use. One is the same if its id is; where one side knows none, its ARN; where one side
 * knows neither, its account and name; of nameless ones the body, else account and UploadDate. An
 * id that several certificates of one side have (mocks do that) tells nothing. Where the ids do not
 * decide, an UploadDate or a body that differs makes another certificate, and one that differs in
 * nothing is preferred. No certificate of the evidence is the same as two of the baseline. Fails
 * only with PB_FAILED_MEMORY.
 */
enum pb_status pb_baseline_match(struct pb_baseline *baseline,
                                 const struct pb_inventory *inventory);
/* Whether a certificate of IAM in the inventory that was matched has that ARN or id. */
bool pb_baseline_shows(const struct pb_baseline *baseline, struct pb_slice arn_or_id);

/*
 * Gives each finding its state and fills findings->resolved; the baseline was matched.
 *
 * Two findings are the same if rule and certificate are. What concerns no certificate is the same
 * if rule, account and message are, the evidence's own path and the figures beside it left out of
 * the message. Findings that are the same in all this are paired by their messages, then in their
 * order. One of the baseline that is not found again is resolved where the evidence shows that its
 * certificate changed, was replaced or deleted; else it is unchanged, because silence proves
 * nothing. Findings of rules that are not applied now are not compared; the note "baseline-rules"
 * says how many. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_baseline_compare(const struct pb_baseline *baseline,
                                   const struct pb_inventory *inventory,
                                   const struct pb_parameters *parameters,
                                   struct pb_findings *findings,
                                   struct pb_diagnostics *diagnostics);

#endif

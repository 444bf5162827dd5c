/* SPDX-License-Identifier: MIT */
/* An earlier report, and what became of its findings. */
#ifndef PB_RULES_BASELINE_H
#define PB_RULES_BASELINE_H

#include "base/arena.h"
#include "base/diagnostic.h"
#include "rules/rule.h"

/* A certificate as the earlier report lists it. Slices are borrowed from the baseline; an absent
 * one was null. */
struct pb_former_certificate {
    struct pb_slice account, name, id, arn;
    bool is_of_iam;       /* and not of ACM */
    bool is_exposed;      /* vulnerable, or deleted and uploaded before that report's cutoff */
    bool has_exposed_key; /* by a finding key-reuse, whose ancestor that report need not list */
    bool has_upload_date;
    bool has_body; /* the two digests below are known */
    struct pb_instant upload_date;
    unsigned char sha256[32], spki_sha256[32];
    const struct pb_x509_facts *body; /* as far as a CRL is asked by it: issuer, serial, validity,
                                         is_ca; NULL where the report does not tell */
    const struct pb_x509_facts *const *chain; /* subject and key of those with its issuer's name */
    size_t chain_count;
    const struct pb_revocation *revocation; /* by the CRLs of this run; NULL as for any other */
};

struct pb_former_finding {
    const struct pb_rule *rule;
    struct pb_slice account;                         /* absent: unknown, or none */
    const struct pb_former_certificate *certificate; /* NULL for none */
    struct pb_slice place;                           /* of its evidence; absent for none */
    struct pb_slice message;
};

/* Zero-initialise, then init; release in any case. */
struct pb_baseline {
    struct pb_arena arena;
    struct pb_former_certificate *certificates; /* in the report's order; in the arena, with room
                                                   for one more a finding */
    size_t certificate_count;
    struct pb_vector findings; /* of struct pb_former_finding, resolved ones left out */
    size_t unknown_rule_count; /* findings left out because no rule has their name */
    struct pb_vector exposed;  /* of pointers to exposed ones and heirs with a body, by key */
};

struct pb_baseline_match;

/* Its name, else its ARN, else its id, else "a certificate without a name". */
struct pb_slice pb_former_name(const struct pb_former_certificate *former);

void pb_baseline_init(struct pb_baseline *baseline);
void pb_baseline_release(struct pb_baseline *baseline);

/* Once everything is there: fills exposed, and gives findings that the report had carried over
 * from its own baseline their first message and the certificates named in it, which it does not
 * list. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_baseline_index(struct pb_baseline *baseline);

/*
 * Gives each finding its state, carries over those of the baseline that this evidence does not
 * cover (unchanged), and fills findings->resolved.
 *
 * Two findings are the same if rule and certificate are. A certificate is the same if its id is;
 * where one side knows none, its ARN; where one side knows neither, its account and name. What
 * concerns no certificate is the same if rule, account and message are, the evidence's own path
 * and the figures behind it left out of the message. Findings that are the same in all this are
 * paired by their messages, then in their order.
 * Findings of rules that are not applied now are not compared; the note "baseline-rules" says how
 * many. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_baseline_compare(const struct pb_baseline_match *match,
                                   const struct pb_parameters *parameters,
                                   struct pb_findings *findings,
                                   struct pb_diagnostics *diagnostics);

#endif

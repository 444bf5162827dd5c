/* SPDX-License-Identifier: MIT */
/* Rules, findings, verdicts, revocations, baselines, key groups, waivers and the judgement: what
 * other rooms use of this one, and what its files share. What returns a status fails only with
 * PB_FAILED_MEMORY if it says nothing else. */
#ifndef PB_RULES_RULES_H
#define PB_RULES_RULES_H

#include "inventory/types.h"

/* The last is for fail_on alone: no finding is so severe. */
enum pb_level { PB_LEVEL_LOW, PB_LEVEL_MEDIUM, PB_LEVEL_HIGH, PB_LEVEL_NEVER };

/* A finding's state, against the baseline. */
enum pb_finding_state {
    PB_STATE_NONE, /* there is no baseline */
    PB_STATE_NEW,
    PB_STATE_UNCHANGED,
    PB_STATE_RESOLVED,
};

/* What a waiver names a finding by, the most specific first. */
enum pb_waiver_subject {
    PB_WAIVER_ID,
    PB_WAIVER_ARN,
    PB_WAIVER_KEY,
    PB_WAIVER_ACCOUNT,
    PB_WAIVER_FOLDER, /* of the evidence: of an account whose id is not known */
    PB_WAIVER_SUBJECTS,
};

/* How reports and options spell each enum; NULL means none. The last are members of a waiver. */
extern const char *const pb_level_names[];
extern const char *const pb_finding_state_names[];
extern const char *const pb_conclusion_names[];
extern const char *const pb_coverage_names[];
extern const char *const pb_id_from_names[];
extern const char *const pb_presence_names[];
extern const char *const pb_verdict_names[];
extern const char *const pb_basis_names[];
extern const char *const pb_revocation_names[];
extern const char *const pb_waiver_subject_names[];

/* What the caller chose. */
struct pb_parameters {
    struct pb_instant cutoff, as_of;
    enum pb_level fail_on;
    bool require_complete;
    uint64_t rules;               /* bit i: the catalogue's row i is chosen */
    bool is_new_only;             /* findings that the baseline has too make no exit status */
    struct pb_baseline *baseline; /* borrowed, matched when judging; NULL: none */
    struct pb_waivers *waivers;   /* borrowed, sorted when judging; NULL: none */
};

/* A rule's statement about a certificate, account or entry. Borrows what outlives the findings. */
struct pb_finding {
    const struct pb_rule *rule;
    uint32_t account, certificate, entry; /* indices, PB_NO_INDEX for none */
    uint32_t line, column;                /* in the entry, 0 where not known */
    enum pb_finding_state state;
    bool is_unreported; /* only while judging: its rule is not chosen, but status 3 may follow */
    uint32_t next;      /* 1 + the index of its subject's next one, 0 for none */
    const struct pb_waiver *waiver; /* the one that holds; borrowed, NULL for none */
    struct pb_slice message;        /* one sentence; absent: pb_finding_message makes it */
    struct pb_slice missing; /* ARN or id of a certificate that the evidence lacks; or absent */
    struct pb_slice key;     /* SHA-256 of a public key that is no certificate's; or absent */
    const struct pb_former_finding *former; /* that it carries over or resolves, or NULL */
};

/* Room for any sentence and a NUL. */
#define PB_SENTENCE_BYTES 1024

/* The finding's sentence, borrowed, or made in room by its rule. */
struct pb_slice pb_finding_message(const struct pb_finding *finding,
                                   const struct pb_inventory *inventory,
                                   const struct pb_parameters *parameters,
                                   char room[PB_SENTENCE_BYTES]);

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

/* The exit status that follows from the finding by itself: 0, 1 or 3. */
int pb_finding_exit_status(const struct pb_finding *finding,
                           const struct pb_parameters *parameters);

/* Findings and the memory of their messages. If the arena has failed, some are missing. */
struct pb_findings {
    struct pb_arena arena;
    struct pb_vector items; /* of struct pb_finding; the baseline's that are resolved stand last */
    /* In the arena: 1 + the index of the first one that is not resolved, 0 for none, by
     * certificate, and of those about none by 1 + account, which is 0 for PB_NO_INDEX. */
    uint32_t *of_certificate, *of_account;
};

static inline struct pb_finding *pb_findings_at(const struct pb_findings *findings, size_t index)
{
    return &PB_VECTOR_AT(struct pb_finding, &findings->items, index);
}

/* Once they are in their order: fills in next of all findings, of_certificate and of_account. */
void pb_findings_link(struct pb_findings *findings, const struct pb_inventory *inventory);

/* What must be known of a certificate if a rule without a finding about it shall prove anything. */
enum pb_need {
    PB_NEEDS_NOTHING,
    PB_NEEDS_VERDICT,    /* vulnerable or clear */
    PB_NEEDS_BODY,       /* an X.509 certificate */
    PB_NEEDS_VALIDITY,   /* when it ends */
    PB_NEEDS_REVOCATION, /* what a CRL says: one that the account has no more may be trusted yet */
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
    const char *title; /* one line */
    enum pb_need need;
    /* Whether the rule has its only finding about the certificate. Writes that finding's sentence,
     * without text of the evidence, to PB_SENTENCE_BYTES of room, unless room is NULL. */
    bool (*say)(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room);
    /* Appends what findings it has about the certificate, with messages. */
    void (*check)(const struct pb_check *check, const struct pb_certificate *certificate);
    /* Likewise about the whole inventory. */
    void (*check_all)(const struct pb_check *check);
};

/* The catalogue, in the order in which it is listed: a rule's number is its row, and its bit in
 * pb_parameters.rules. Only conflicting-evidence reads the observations' chain_check. */
enum pb_rule_number {
    PB_RULE_IAM_033,
    PB_RULE_KEY_REUSE,
    PB_RULE_PRE_DISCLOSURE_KEY,
    PB_RULE_DISCLOSURE_WINDOW,
    PB_RULE_NOT_REVOKED,
    PB_RULE_CONFLICTING_EVIDENCE,
    PB_RULE_UNDETERMINED,
    PB_RULE_COVERAGE_GAP,
    PB_RULE_PRIVATE_KEY_IN_EVIDENCE,
    PB_RULE_WEAK_KEY,
    PB_RULE_WEAK_SIGNATURE,
    PB_RULE_EXPIRED,
    PB_RULE_EXPIRES_SOON,
    PB_RULE_COUNT
};
extern const struct pb_rule pb_rules[PB_RULE_COUNT];

/* The rule with exactly that name; NULL where there is none. */
const struct pb_rule *pb_rule_find(struct pb_slice name);
/* What it means, why, sources, how to fix it: plain text. */
const char *pb_rule_explanation(const struct pb_rule *rule);
bool pb_rule_is_chosen(const struct pb_rule *rule, const struct pb_parameters *parameters);
/* One phrase: why it proves nothing that the rule has no finding about the certificate; NULL where
 * it does prove something. A string literal. */
const char *pb_rule_find_missing(const struct pb_rule *rule,
                                 const struct pb_certificate *certificate);
/* Whether exit status 3 follows from the rule's findings, chosen or not. */
bool pb_rule_makes_inconclusive(const struct pb_rule *rule);

/* Appends a finding about a certificate and its account; its message is formatted and escaped. */
PB_PRINTF(3, 4)
void pb_findings_add(const struct pb_check *check, const struct pb_certificate *certificate,
                     const char *format, ...);
/* For a finding about something else, which has its message: appends it with the check's rule. */
void pb_findings_append(const struct pb_check *check, struct pb_finding finding);

/* Phrases that the rules' sentences share. */

/* The account's id, or "unknown". */
static inline struct pb_slice pb_or_unknown(struct pb_slice account)
{
    return pb_slice_is_absent(account) ? PB_SLICE("unknown") : account;
}

/* Text of fixed size for use in a printf argument list: pb_instant_text(...).text. */
struct pb_text {
    char text[72];
};

/* "2014-03-24T21:11:59Z", which printf's "%.10s" cuts to its date. */
struct pb_text pb_instant_text(struct pb_instant instant);
/* "1 day", "754 days"; the unit is given in the singular. */
struct pb_text pb_count_text(size_t count, const char *unit);
/* Lower-case hexadecimal; of at most 32 bytes. */
struct pb_text pb_hex_text(const unsigned char *bytes, size_t size_bytes);
/* Whole days between the two, whichever is first. */
int64_t pb_days_between(struct pb_instant a, struct pb_instant b);
/* The time between the two, whichever is first: "8 days", "1 day", "3 hours", "59 minutes",
 * "1 second", "less than a second"; whole units, rounded down. */
struct pb_text pb_duration_text(struct pb_instant a, struct pb_instant b);

/* Its name, else its ARN, else its id, else "(no name)". */
struct pb_slice pb_certificate_name(const struct pb_certificate *certificate);
/* "uploaded 2013-05-02T10:00:00Z", for one of ACM "imported into ACM 2016-02-10T16:20:00Z"; else
 * "upload date not known" or "in ACM", with ", issued 2013-05-01T00:00:00Z" where it has a body.
 * Without has_time it has the days alone. */
struct pb_text pb_arrival_text(const struct pb_certificate *certificate, bool has_time);

/* The observation that shows the certificate's date, else its body, else its first one. */
const struct pb_observation *pb_find_source(const struct pb_certificate *certificate);

/* NotAfter of its body, else the service's Expiration. False where neither is known, and for a
 * deleted certificate, whose expiry needs no action. */
bool pb_certificate_find_end(const struct pb_certificate *certificate, struct pb_instant *end);

/* For how many days a vulnerable OpenSSL can have exposed the key to Heartbleed: from the date of
 * the later of since and 14 March 2012 (OpenSSL 1.0.1) to that of the earlier of the certificate's
 * end, if that is known, and disclosure, 7 April 2014, whose hour is not known; 1 within a day. 0
 * where there is nothing between. */
uint32_t pb_exposure_days(const struct pb_certificate *certificate, struct pb_instant since);
/* The later of NotBefore and UploadDate, as far as they are known; else 14 March 2012. */
struct pb_instant pb_exposure_start(const struct pb_certificate *certificate);

/* 2014-04-01T00:00:00Z: the rule's own text. */
#define PB_CUTOFF_IAM_033 ((struct pb_instant){INT64_C(1396310400), 0})
/* Seconds: the ends of 7 April 2014, the day of disclosure (OpenSSL NEWS for 1.0.1g), and of the
 * next day, that of the AWS bulletin. */
#define PB_DISCLOSED_SECONDS INT64_C(1396915200)
#define PB_PATCHED_SECONDS INT64_C(1397001600)

/* An RFC 3339 instant, a date (midnight UTC), or the name of a cutoff. False for anything else. */
bool pb_cutoff_parse(struct pb_slice text, struct pb_instant *instant);

/* A date and the observation that shows it, borrowed; NULL for none. */
struct pb_dated {
    const struct pb_date *date;
    const struct pb_observation *seen;
};

/* Of several dates the one whose latest possible instant is the first, and the one whose earliest
 * is the last: if any two differ, these do. */
struct pb_date_range {
    struct pb_dated first, last;
};

/* The date must be known. */
void pb_date_range_add(struct pb_date_range *range, const struct pb_date *date,
                       const struct pb_observation *seen);
/* Whether there are both, and they differ. */
static inline bool pb_dates_differ(struct pb_dated a, struct pb_dated b)
{
    return a.date != NULL && b.date != NULL && pb_date_differs(a.date, b.date);
}

/* Fills in verdict, basis, reason and is_exposed of every certificate of IAM, against the cutoff,
 * and the verdicts of its account. An UploadDate before the cutoff (strictly) is vulnerable, else
 * clear. Where none decides, the validity does, because IAM refuses an upload outside it (AWS IAM
 * User Guide, "Managing server certificates in IAM"); else it is undetermined, with a reason.
 * Disagreement never clears. Deleted ones get no verdict; is_exposed says if one was vulnerable. */
void pb_verdict_judge(struct pb_inventory *inventory, struct pb_instant cutoff);

/* What an undetermined verdict's reason means, and what would settle it: one phrase each. */
struct pb_verdict_reason {
    const char *name, *meaning, *remedy;
};

#define PB_REASON_COUNT 8
extern const struct pb_verdict_reason pb_verdict_reasons[PB_REASON_COUNT];

/* The reason's row; NULL for a word that is none. */
const struct pb_verdict_reason *pb_verdict_reason_find(const char *name);

/* Fills in the revocation of every certificate whose body's issuer has a CRL; names are compared as
 * RFC 5280, section 7.1, says. The newest CRL that proves something decides. One proves nothing
 * whose signature does not verify with the issuer's key, where that is in the evidence, or that is
 * signed with another key than that of the issuer in the certificate's own chain. A certificate
 * that it does not list may be revoked if it is from before or after the validity (RFC 5280,
 * section 5: CAs may drop expired certificates), covers one distribution point alone, or leaves
 * CA certificates out and this is one. Adds the diagnostics crl-signature, crl-not-verified (its
 * algorithm or the key is not known), crl-keys (not all of them were tried), crl-expired
 * (nextUpdate before as_of; it is used all the same) and crl-unused. */
enum pb_status pb_revocation_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                                   struct pb_instant as_of);

/* A certificate as the baseline, an earlier report, has it. */
struct pb_former_certificate {
    /* name, id, ARN, origin, upload_date (exact or absent), is_exposed (vulnerable, or deleted and
     * uploaded before that report's cutoff), and of the body sha256, not_after and the key's
     * digest, with NotBefore as unread; the rest is zero. All is borrowed from the baseline. */
    struct pb_certificate seen;
    struct pb_slice account; /* absent: unknown */
    bool is_unjudged;        /* exposed by its date alone: it was deleted and got no verdict */
    bool has_exposed_key;    /* a finding of key-reuse is about it */
    uint32_t finding;        /* private: the one that shows it, where the report does not list it */

    /* Set by pb_baseline_match: of the inventory, NULL for none. */
    const struct pb_certificate *same, *replacement; /* the latter another one under its name */
};

struct pb_former_finding {
    const struct pb_rule *rule;
    struct pb_slice account;                         /* absent: unknown, or none */
    uint32_t index;                                  /* private: of certificate, or PB_NO_INDEX */
    const struct pb_former_certificate *certificate; /* NULL for none */
    struct pb_slice place;                           /* of its evidence; absent for none */
    struct pb_slice message;                         /* as it was when it was found */
    bool is_of_summary;                              /* its evidence is an account summary */
};

/* The id of the account that it is about, in this evidence or in the baseline; absent for none. */
static inline struct pb_slice pb_finding_account(const struct pb_finding *finding,
                                                 const struct pb_inventory *inventory)
{
    if (finding->account != PB_NO_INDEX)
        return pb_inventory_account(inventory, finding->account)->id;
    return finding->former != NULL ? finding->former->account : PB_SLICE_ABSENT;
}

/* Zero-initialise; release in any case. */
struct pb_baseline {
    struct pb_arena arena;
    struct pb_vector certificates; /* of struct pb_former_certificate */
    struct pb_vector findings;     /* of struct pb_former_finding, resolved ones left out */
    size_t unknown_rule_count;     /* findings left out because no rule has their name */
    struct pb_vector names;        /* private: ids, ARNs and names of certificates of both sides */
    bool *are_matched; /* private: by certificate of the evidence, in the arena: is one's same */
    struct pb_vector items; /* private: its evidence items */
};

void pb_baseline_release(struct pb_baseline *baseline);
/* Whether its evidence had an item with the entry's status and SHA-256, or path where the entry has
 * no SHA-256. False also without memory, and where baseline is NULL. */
bool pb_baseline_has_item(const struct pb_baseline *baseline, const struct pb_entry *entry);

/* Fills the baseline from a json report in UTF-8; nothing of text is borrowed. Text that is no
 * report of prebleed, a report of another schema than prebleed-report/1, and a redacted one fail
 * with PB_FAILED_USAGE, which names the place as pb_waivers_read does. */
enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice text,
                                struct prebleed_error *error);

/* Finds the baseline's certificates in the inventory, which has its verdicts and must outlive the
 * baseline's use. One is the same if its id is; where one side knows none, its ARN; where one side
 * knows neither, its account and name; of nameless ones the body, else account and UploadDate. An
 * id that several certificates of one side have (mocks do that) tells nothing. Another known
 * account, UploadDate or body makes another certificate, and one that differs in nothing is
 * preferred. No certificate of the evidence is the same as two of the baseline. */
enum pb_status pb_baseline_match(struct pb_baseline *baseline,
                                 const struct pb_inventory *inventory);

/* Gives each finding its state and appends those of the baseline that are not found again; it was
 * matched. Two findings are the same if rule and certificate are. What concerns no certificate is
 * the same if rule, account and message are, the evidence's own path and the figures beside it left
 * out of the message. Findings that are the same in all this are paired by their messages, then in
 * their order. One of the baseline that is not found again is resolved where the evidence shows
 * that its certificate changed, was replaced or deleted; else it is unchanged, because silence
 * proves nothing. Findings of rules that are not chosen now are not compared; the note
 * "baseline-rules" says how many. */
enum pb_status pb_baseline_compare(const struct pb_check *check,
                                   struct pb_diagnostics *diagnostics);

/* Appends what identifies the message of a finding about no certificate in later reports. If it has
 * the path of its evidence, place, that and all numbers (lines and counts) are left out. */
void pb_message_append_key(struct pb_buffer *key, struct pb_slice message, struct pb_slice place);

/* By SHA-256, none first. */
int pb_compare_bodies(const struct pb_x509_facts *a, const struct pb_x509_facts *b);

/* One certificate with the key: of the evidence, of the baseline, or of both. */
struct pb_key_member {
    const struct pb_certificate *certificate; /* of the evidence; NULL: only the baseline has it */
    bool is_exposed;                          /* by this evidence or by the baseline */
    bool has_date;                            /* date is its upload to IAM or its import into ACM */
    struct pb_instant date; /* else NotBefore; without it, exposed ones come first, others last */
    const struct pb_former_certificate *former; /* borrowed from the baseline; NULL for none */
};

/* A public key of several certificates, one of them exposed, or with key-reuse in the baseline. */
struct pb_key_group {
    const struct pb_key_facts *key;      /* borrowed from a certificate of the inventory */
    const struct pb_certificate *first;  /* the first one of the inventory */
    uint32_t number;                     /* its row in pb_key_groups.items */
    const struct pb_key_member *members; /* by date, exposed ones first where it is the same */
    size_t count;
};

/* Release in any case. */
struct pb_key_groups {
    struct pb_vector items; /* of struct pb_key_group, by their first certificate */
    struct pb_arena arena;  /* of their members */
    struct pb_vector keys;  /* private: of all certificates, sorted */
};

/* Once verdicts are there: makes the groups, and fills in the key_group of the inventory's
 * certificates; one with several keys is of the first group. Of a certificate whose bodies
 * contradict each other all keys count, because either may be the one that leaked. Borrows the
 * inventory and the baseline, which was matched; that is NULL where there is none. */
enum pb_status pb_key_groups_make(struct pb_key_groups *groups, struct pb_inventory *inventory,
                                  const struct pb_baseline *baseline);
void pb_key_groups_release(struct pb_key_groups *groups);
/* The rule key-reuse. */
void pb_key_groups_check(const struct pb_check *check);

/* The evidence's first certificate with a key of that identity, 32 bytes or absent; or NULL. */
const struct pb_certificate *pb_key_groups_find_owner(const struct pb_key_groups *groups,
                                                      struct pb_slice identity);

/* A finding that somebody accepts until a day. Slices are borrowed from the list's arena. */
struct pb_waiver {
    const struct pb_rule *rule;
    enum pb_waiver_subject covers;
    struct pb_slice subject; /* as it stands in the file; a key in lower-case hexadecimal */
    struct pb_slice reason, owner;
    struct pb_slice expires; /* "2027-03-31": the last day on which it holds, in UTC */
    struct pb_instant end;   /* the first instant after that day */
    uint32_t index;          /* in its file's list */
    bool is_matched;         /* set when judging: a finding has its rule and subject */
};

/* Zero-initialise; release in any case. */
struct pb_waivers {
    struct pb_arena arena;
    struct pb_vector items; /* of struct pb_waiver */
};

void pb_waivers_release(struct pb_waivers *waivers);

/* Fills the empty list from a file in UTF-8, whose form is fixed by
 * report/prebleed-waivers-1.schema.json; nothing of text is borrowed. Whatever is not as the schema
 * says fails with PB_FAILED_USAGE, naming line and column of what is no JSON, and any other value
 * like "waivers[0].expires". */
enum pb_status pb_waivers_read(struct pb_waivers *waivers, struct pb_slice text,
                               struct prebleed_error *error);

/* What a waiver can name the finding by, borrowed; absent what the finding has not. A gap is named
 * by the certificate that is missing, a private key by its public key. Of a key the 32 bytes. */
void pb_waiver_find_subjects(const struct pb_inventory *inventory, const struct pb_finding *finding,
                             struct pb_slice subjects[PB_WAIVER_SUBJECTS]);

struct pb_summary {
    enum prebleed_conclusion conclusion;
    int exit_status;                  /* 0, 1 or 3 */
    const char *inconclusive_because; /* one phrase, or NULL; is_new_only does not change it */
    size_t accounts, certificates, vulnerable, clear, undetermined, not_judged, waived;
    size_t in_acm;                   /* of those not judged; the others are deleted */
    size_t findings[3];              /* that count, by enum pb_level: neither waived nor resolved */
    size_t rules[PB_RULE_COUNT];     /* likewise, by rule */
    size_t states[4];                /* findings by enum pb_finding_state, waived ones included */
    size_t reasons[PB_REASON_COUNT]; /* of undetermined verdicts, by row of pb_verdict_reasons */
    size_t entries, entry_status[5]; /* the latter by enum pb_entry_status */
};

/* Release in any case once pb_judge was called. */
struct pb_judgement {
    struct pb_findings findings;
    struct pb_key_groups key_groups;
    struct pb_summary summary;
};

/* Fills in verdicts and revocations of the inventory's certificates, then the judgement: the rules'
 * findings against the parameters' baseline and waivers. Borrows all that it is given; adds
 * diagnostics to the inventory's and closes them. */
enum pb_status pb_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                        const struct pb_parameters *parameters, struct pb_judgement *judgement);
void pb_judgement_release(struct pb_judgement *judgement);

/* Counts, and decides conclusion and exit status; fills in *summary and nothing else. */
void pb_summary_make(const struct pb_inventory *inventory, const struct pb_parameters *parameters,
                     const struct pb_findings *findings, struct pb_summary *summary);

#endif

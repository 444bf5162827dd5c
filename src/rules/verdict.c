/* SPDX-License-Identifier: MIT */
/* The verdict of each certificate: which side of the cutoff its dates prove. */
#include "rules/rules.h"

#include "inventory/sentences.inc"

static const struct {
    const char *name;
    struct pb_instant instant;
} cutoffs[] = {
    {"iam-033", {INT64_C(1396310400), 0}}, /* Conformity's rule page: before April 1st 2014 */
    {"disclosure", {PB_DISCLOSED_SECONDS, 0}},
    {"aws-patched", {PB_PATCHED_SECONDS, 0}},
};

bool pb_cutoff_parse(struct pb_slice text, struct pb_instant *instant)
{
    for (size_t i = 0; i < sizeof cutoffs / sizeof cutoffs[0]; i++)
        if (pb_slice_equals(text, pb_slice_from_string(cutoffs[i].name))) {
            *instant = cutoffs[i].instant;
            return true;
        }
    return pb_instant_parse_rfc3339(text, instant) || pb_instant_parse_date(text, instant);
}

const struct pb_verdict_reason pb_verdict_reasons[PB_REASON_COUNT] = {
    {"config-has-no-upload-date", PB_SAY_CONFIG_HAS_NO_UPLOAD_DATE,
     PB_SAY_SETTLE_CONFIG_HAS_NO_UPLOAD_DATE},
    {"conflicting-dates", PB_SAY_CONFLICTING_DATES, PB_SAY_SETTLE_CONFLICTING_DATES},
    {"damaged-evidence", PB_SAY_DAMAGED_EVIDENCE, PB_SAY_SETTLE_DAMAGED_EVIDENCE},
    {"date-without-time", PB_SAY_DATE_WITHOUT_TIME, PB_SAY_SETTLE_DATE_WITHOUT_TIME},
    {"date-without-zone", PB_SAY_DATE_WITHOUT_ZONE, PB_SAY_SETTLE_DATE_WITHOUT_ZONE},
    {"names-only", PB_SAY_NAMES_ONLY, PB_SAY_SETTLE_NAMES_ONLY},
    {"no-upload-date", PB_SAY_NO_UPLOAD_DATE, PB_SAY_SETTLE_NO_UPLOAD_DATE},
    {"unparseable-date", PB_SAY_UNPARSEABLE_DATE, PB_SAY_SETTLE_UNPARSEABLE_DATE},
};

const struct pb_verdict_reason *pb_verdict_reason_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < PB_REASON_COUNT; i++)
        if (strcmp(pb_verdict_reasons[i].name, name) == 0)
            return &pb_verdict_reasons[i];
    return NULL;
}

/* What the observations of one certificate say, compared with the cutoff: one bit each. */
enum claim {
    UPLOADED_BEFORE = 1 << 0,
    UPLOADED_AFTER = 1 << 1,
    UNDECIDED = 1 << 2,         /* an UploadDate that can lie on either side */
    UNDECIDED_BY_TIME = 1 << 3, /* the first of those is a date without a time */
    UNDECIDED_DIFFERS = 1 << 4, /* one of those differs from an UploadDate after the cutoff */
    UNPARSEABLE = 1 << 5,
    UNDATED = 1 << 6,      /* of a shape that never has an UploadDate */
    NAMES_ONLY = 1 << 7,   /* nothing but its name in a names list is known */
    BEGAN_BEFORE = 1 << 8, /* NotBefore */
    BEGAN_AFTER = 1 << 9,
    ENDED_BEFORE = 1 << 10, /* NotAfter or Expiration */
    ENDED_AFTER = 1 << 11,
    DAMAGED = 1 << 12, /* an observation is of evidence that does not fit its checksum */
};

/* The first row whose claims are all made decides. */
static const struct {
    unsigned claims;
    enum pb_verdict verdict;
    enum pb_basis basis;
    const char *reason;
} decisions[] = {
    {UPLOADED_BEFORE | UPLOADED_AFTER, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "conflicting-dates"},
    {UPLOADED_BEFORE, PB_VERDICT_VULNERABLE, PB_BASIS_UPLOAD_DATE, NULL},
    {UPLOADED_AFTER | ENDED_BEFORE, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "conflicting-dates"},
    {UPLOADED_AFTER | UNDECIDED_DIFFERS, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE,
     "conflicting-dates"},
    {UPLOADED_AFTER | UNPARSEABLE, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "unparseable-date"},
    {UPLOADED_AFTER, PB_VERDICT_CLEAR, PB_BASIS_UPLOAD_DATE, NULL},
    {BEGAN_AFTER | ENDED_BEFORE, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "conflicting-dates"},
    {BEGAN_AFTER | BEGAN_BEFORE, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "conflicting-dates"},
    {ENDED_BEFORE | ENDED_AFTER, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "conflicting-dates"},
    {BEGAN_AFTER, PB_VERDICT_CLEAR, PB_BASIS_VALIDITY, NULL},
    {ENDED_BEFORE, PB_VERDICT_VULNERABLE, PB_BASIS_VALIDITY, NULL},
    {NAMES_ONLY, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "names-only"},
    {UNDECIDED_BY_TIME, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "date-without-time"},
    {UNDECIDED, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "date-without-zone"},
    {UNPARSEABLE, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "unparseable-date"},
    {UNDATED, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "config-has-no-upload-date"},
    {0, PB_VERDICT_UNDETERMINED, PB_BASIS_NONE, "no-upload-date"},
};

/* Of the three the one that holds of a known date; either: it can lie on both sides. */
static unsigned claim_of_date(const struct pb_date *date, struct pb_instant cutoff, unsigned before,
                              unsigned after, unsigned either)
{
    if (pb_instant_compare(pb_date_latest(date), cutoff) < 0)
        return before;
    return pb_instant_compare(pb_date_earliest(date), cutoff) >= 0 ? after : either;
}

void pb_date_range_add(struct pb_date_range *range, const struct pb_date *date,
                       const struct pb_observation *seen)
{
    const struct pb_dated dated = {date, seen};
    if (range->first.date == NULL ||
        pb_instant_compare(pb_date_latest(date), pb_date_latest(range->first.date)) < 0)
        range->first = dated;
    if (range->last.date == NULL ||
        pb_instant_compare(pb_date_earliest(date), pb_date_earliest(range->last.date)) > 0)
        range->last = dated;
}

static unsigned claim_of_validity(const struct pb_observation *observation,
                                  struct pb_instant cutoff)
{
    const struct pb_x509_facts *body = observation->body;
    unsigned claims = 0;

    if (body != NULL && !pb_observation_bodies(observation)->is_body_unproven) {
        if (pb_instant_compare(body->not_before, cutoff) >= 0)
            claims |= BEGAN_AFTER;
        else if ((body->unread & PB_X509_NOT_BEFORE) == 0)
            claims |= BEGAN_BEFORE;
        if (pb_instant_compare(body->not_after, cutoff) < 0)
            claims |= ENDED_BEFORE;
        else if ((body->unread & PB_X509_NOT_AFTER) == 0)
            claims |= ENDED_AFTER;
    }
    if (pb_date_is_known(&observation->expiration))
        claims |= claim_of_date(&observation->expiration, cutoff, ENDED_BEFORE, ENDED_AFTER, 0);
    return claims;
}

static unsigned collect(const struct pb_inventory *inventory,
                        const struct pb_certificate *certificate, struct pb_instant cutoff,
                        bool are_damaged_left_out)
{
    struct pb_date_range undecided = {0}, after = {0};
    unsigned claims = certificate->is_names_only ? NAMES_ONLY : 0;

    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *observation = &certificate->observations[i];
        const struct pb_date *date = &observation->upload_date;
        bool is_damaged = pb_batch_entry(&inventory->evidence, observation->entry)->is_damaged;
        if (is_damaged && are_damaged_left_out)
            continue;
        claims |= is_damaged ? DAMAGED : 0;
        if (pb_observation_particulars(observation)->undated_because != NULL)
            claims |= UNDATED;
        claims |= claim_of_validity(observation, cutoff);
        unsigned claim = date->state == PB_DATE_UNPARSEABLE ? UNPARSEABLE : 0;
        if (pb_date_is_known(date))
            claim = claim_of_date(date, cutoff, UPLOADED_BEFORE, UPLOADED_AFTER, UNDECIDED);
        if (claim == UPLOADED_AFTER || claim == UNDECIDED)
            pb_date_range_add(claim == UNDECIDED ? &undecided : &after, date, observation);
        claims |= claim;
    }
    if (undecided.first.date != NULL && undecided.first.date->state == PB_DATE_WITHOUT_TIME)
        claims |= UNDECIDED_BY_TIME;
    if (pb_dates_differ(undecided.first, after.last) ||
        pb_dates_differ(undecided.last, after.first) ||
        pb_dates_differ(undecided.first, after.first) ||
        pb_dates_differ(undecided.last, after.last))
        claims |= UNDECIDED_DIFFERS;
    return claims;
}

/* Damaged evidence can show that a certificate is vulnerable, but not that it is clear. */
static void judge(const struct pb_inventory *inventory, struct pb_certificate *certificate,
                  struct pb_instant cutoff, bool are_damaged_left_out)
{
    unsigned claims = collect(inventory, certificate, cutoff, are_damaged_left_out);
    size_t row = 0;

    while ((claims & decisions[row].claims) != decisions[row].claims)
        row++;
    certificate->verdict = decisions[row].verdict;
    certificate->basis = decisions[row].basis;
    certificate->reason = decisions[row].reason;
    if (certificate->verdict != PB_VERDICT_CLEAR || (claims & DAMAGED) == 0)
        return;
    judge(inventory, certificate, cutoff, true);
    if (certificate->verdict != PB_VERDICT_CLEAR) {
        certificate->verdict = PB_VERDICT_UNDETERMINED;
        certificate->basis = PB_BASIS_NONE;
        certificate->reason = "damaged-evidence";
    }
}

void pb_verdict_judge(struct pb_inventory *inventory, struct pb_instant cutoff)
{
    for (size_t i = 0; i < inventory->certificates.count; i++) {
        struct pb_certificate *certificate =
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, i);
        if (certificate->origin != PB_ORIGIN_IAM)
            continue;
        judge(inventory, certificate, cutoff, false);
        certificate->is_exposed = certificate->verdict == PB_VERDICT_VULNERABLE;
        if (certificate->presence == PB_PRESENCE_DELETED) {
            certificate->verdict = PB_VERDICT_NONE;
            certificate->basis = PB_BASIS_NONE;
            certificate->reason = NULL;
        }
        PB_VECTOR_AT(struct pb_account, &inventory->accounts, certificate->account)
            .verdicts[certificate->verdict]++;
    }
}

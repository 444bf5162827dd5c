/* SPDX-License-Identifier: MIT */
/* What each rule but key-reuse looks for, and the table of rules. inventory/sentences.txt has their
 * titles and what findings say; explanations.txt says what that means, and how to fix it. */
#include "rules/rules.h"

#include <stdio.h>

#include "inventory/sentences.inc"

static bool say_iam_033(const struct pb_certificate *certificate,
                        const struct pb_parameters *parameters, char *room)
{
    struct pb_instant cutoff = parameters->cutoff, date = certificate->upload_date.instant;
    const struct pb_x509_facts *body = certificate->body;

    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return false;
    if (room != NULL && certificate->basis == PB_BASIS_UPLOAD_DATE) {
        snprintf(room, PB_SENTENCE_BYTES, PB_SAY_IAM_033_BY_UPLOAD, pb_instant_text(date).text,
                 pb_duration_text(date, cutoff).text, pb_instant_text(cutoff).text);
    } else if (room != NULL) {
        bool is_by_body = body != NULL && pb_instant_compare(body->not_after, cutoff) < 0;
        date = is_by_body ? body->not_after : certificate->expiration.instant;
        snprintf(room, PB_SENTENCE_BYTES, PB_SAY_IAM_033_BY_EXPIRY, pb_instant_text(date).text,
                 pb_instant_text(cutoff).text);
    }
    return true;
}

static bool say_pre_disclosure_key(const struct pb_certificate *certificate,
                                   const struct pb_parameters *parameters, char *room)
{
    const struct pb_x509_facts *body = certificate->body;

    if (certificate->verdict != PB_VERDICT_CLEAR || certificate->basis != PB_BASIS_UPLOAD_DATE ||
        body == NULL || (body->unread & PB_X509_NOT_BEFORE) != 0 ||
        pb_instant_compare(body->not_before, parameters->cutoff) >= 0)
        return false;
    if (room != NULL) {
        uint32_t in_iam = pb_exposure_days(certificate, pb_exposure_start(certificate));
        snprintf(room, PB_SENTENCE_BYTES, PB_SAY_PRE_DISCLOSURE_KEY,
                 pb_instant_text(body->not_before).text,
                 pb_count_text(pb_exposure_days(certificate, body->not_before), "day").text,
                 in_iam > 0 ? pb_count_text(in_iam, "day").text : "none");
    }
    return true;
}

static bool say_disclosure_window(const struct pb_certificate *certificate,
                                  const struct pb_parameters *parameters, char *room)
{
    struct pb_instant uploaded = certificate->upload_date.instant;
    struct pb_instant window_end = {PB_PATCHED_SECONDS, 0};

    (void)parameters;
    if (certificate->verdict != PB_VERDICT_CLEAR || certificate->basis != PB_BASIS_UPLOAD_DATE ||
        pb_instant_compare(uploaded, window_end) >= 0)
        return false;
    if (room != NULL) {
        uint32_t days = pb_exposure_days(certificate, pb_exposure_start(certificate));
        snprintf(room, PB_SENTENCE_BYTES, PB_SAY_DISCLOSURE_WINDOW, pb_instant_text(uploaded).text,
                 pb_duration_text(uploaded, window_end).text, days > 0 ? "up to " : "no days",
                 days > 0 ? pb_count_text(days, "day").text : "");
    }
    return true;
}

static bool say_undetermined(const struct pb_certificate *certificate,
                             const struct pb_parameters *parameters, char *room)
{
    const struct pb_verdict_reason *reason = pb_verdict_reason_find(certificate->reason);
    (void)parameters;
    if (certificate->verdict != PB_VERDICT_UNDETERMINED)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, PB_SAY_UNDETERMINED, reason->meaning, reason->remedy);
    return true;
}

static void check_key(const struct pb_check *check, const struct pb_certificate *certificate)
{
    const struct pb_x509_facts *body = certificate->body;

    if (body == NULL)
        return;
    const struct pb_slice exponent = body->key.exponent; /* in decimal digits */
    uint32_t fewest_bits = pb_is_any(body->key.algorithm, "RSA|RSA-PSS|DSA") ? 2048
                           : pb_is_any(body->key.algorithm, "EC")            ? 224
                                                                             : 0;
    bool is_even =
        exponent.size_bytes > 0 && (exponent.data[exponent.size_bytes - 1] - '0') % 2 == 0;
    if (body->key.bits > 0 && body->key.bits < fewest_bits)
        pb_findings_add(check, certificate, PB_SAY_WEAK_KEY, PB_SLICE_ARGS(body->key.algorithm),
                        (unsigned)body->key.bits);
    if (is_even || pb_slice_equals(exponent, PB_SLICE("1")))
        pb_findings_add(check, certificate, PB_SAY_WEAK_EXPONENT,
                        PB_SLICE_ARGS(pb_slice_first(exponent, 40)));
}

/* OpenSSL's long names (md5WithRSAEncryption, ecdsa-with-SHA1, shaWithRSAEncryption), and OIDs in
 * the two arcs of the OIW, all of whose algorithms use MD2 to SHA-1. */
static bool names_weak_digest(struct pb_slice text)
{
    return text.size_bytes > 0 && !pb_contains_any(text, "sha256|sha384|sha512") && /* most have */
           (pb_contains_any(text, "md2|md4|md5|sha1|shawith") ||
            pb_slice_ends_with(text, PB_SLICE("WithSHA")) ||
            pb_slice_equals(text, PB_SLICE("SHA")) ||
            pb_slice_starts_with(text, PB_SLICE("1.3.14.3.2.")) ||
            pb_slice_starts_with(text, PB_SLICE("1.3.14.7.2.3.")));
}

static void check_signatures(const struct pb_check *check, const struct pb_certificate *certificate)
{
    for (size_t i = 0; i <= certificate->chain_count; i++) {
        const struct pb_x509_facts *facts = i == 0 ? certificate->body : certificate->chain[i - 1];
        if (facts == NULL || facts->is_self_signed ||
            (facts->unread & PB_X509_OWN_SIGNATURE) != 0 ||
            !(names_weak_digest(facts->signature_algorithm) ||
              names_weak_digest(facts->signature_digest)))
            continue;
        pb_findings_add(check, certificate, PB_SAY_WEAK_SIGNATURE,
                        PB_SLICE_ARGS(facts->signature_algorithm),
                        facts->signature_digest.size_bytes > 0 ? " and " : "",
                        PB_SLICE_ARGS(facts->signature_digest), PB_SLICE_ARGS(facts->subject));
        return;
    }
}

static bool say_expired(const struct pb_certificate *certificate,
                        const struct pb_parameters *parameters, char *room)
{
    struct pb_instant end, as_of = parameters->as_of;
    if (!pb_certificate_find_end(certificate, &end) || pb_instant_compare(end, as_of) >= 0)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, PB_SAY_EXPIRED, pb_instant_text(end).text,
                 pb_duration_text(end, as_of).text, pb_instant_text(as_of).text);
    return true;
}

#define SOON_SECONDS (45 * 86400)

static bool say_expires_soon(const struct pb_certificate *certificate,
                             const struct pb_parameters *parameters, char *room)
{
    struct pb_instant end, as_of = parameters->as_of;
    struct pb_instant soon = {as_of.seconds + SOON_SECONDS, as_of.nanoseconds};

    if (!pb_certificate_find_end(certificate, &end) || pb_instant_compare(end, as_of) < 0 ||
        pb_instant_compare(end, soon) > 0)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, PB_SAY_EXPIRES_SOON, pb_instant_text(end).text,
                 pb_duration_text(end, as_of).text, pb_instant_text(as_of).text);
    return true;
}

/* Why the certificate should be on the CRL; NULL where nothing says that it should. last: the one
 * of its name that was uploaded last, or NULL. */
static const char *find_cause(const struct pb_certificate *certificate,
                              const struct pb_certificate *last)
{
    if (certificate->is_exposed)
        return PB_SAY_CAUSE_UPLOADED;
    if (certificate->presence == PB_PRESENCE_DELETED)
        return PB_SAY_CAUSE_DELETED;
    bool is_replaced =
        last != NULL && certificate->name.size_bytes > 0 && certificate->origin == PB_ORIGIN_IAM &&
        pb_date_is_known(&certificate->upload_date) &&
        pb_date_differs(&last->upload_date, &certificate->upload_date) &&
        pb_instant_compare(last->upload_date.instant, certificate->upload_date.instant) > 0 &&
        (last->body == NULL || pb_compare_bodies(last->body, certificate->body) != 0);
    return is_replaced ? PB_SAY_CAUSE_REPLACED : NULL;
}

/* Certificates of one account and one name stand together. */
static void check_revocations(const struct pb_check *check)
{
    const struct pb_certificate *all = check->inventory->certificates.data;
    const uint32_t count = (uint32_t)check->inventory->certificates.count;

    for (uint32_t first = 0, end; first < count; first = end) {
        const struct pb_certificate *last = NULL;
        for (end = first; end < count && all[end].account == all[first].account &&
                          pb_slice_equals(all[end].name, all[first].name);
             end++)
            if (all[end].origin == PB_ORIGIN_IAM && pb_date_is_known(&all[end].upload_date) &&
                (last == NULL ||
                 pb_instant_compare(all[end].upload_date.instant, last->upload_date.instant) > 0))
                last = &all[end];
        for (uint32_t i = first; i < end; i++) {
            const struct pb_revocation *revocation = all[i].revocation;
            const char *cause = find_cause(&all[i], last);
            if (revocation == NULL || revocation->status != PB_REVOCATION_NOT_REVOKED ||
                cause == NULL)
                continue;
            pb_findings_add(check, &all[i], PB_SAY_NOT_REVOKED, cause,
                            PB_SLICE_ARGS(revocation->crl),
                            pb_instant_text(revocation->this_update).text,
                            pb_instant_text(all[i].body->not_after).text);
        }
    }
}

/* What the observations of one certificate say. */
struct claims {
    const struct pb_check *check;
    const struct pb_certificate *certificate;
    struct pb_date_range uploads, expirations;
    const struct pb_observation *body, *other_body;
    const struct pb_observation *unrelated_chain; /* the first whose chain does not sign its body */
};

/* Adds the statement and the places of its two sides; one place where one observation has both. */
PB_PRINTF(4, 5)
static void add(const struct claims *claims, const struct pb_observation *first,
                const struct pb_observation *second, const char *format, ...)
{
    const struct pb_inventory *inventory = claims->check->inventory;
    struct pb_slice first_path = pb_inventory_path(inventory, first->entry);
    struct pb_slice second_path = pb_inventory_path(inventory, second->entry);
    char statement[PB_SENTENCE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(statement, sizeof statement, format, arguments);
    va_end(arguments);
    if (first == second)
        pb_findings_add(claims->check, claims->certificate, PB_SAY_BOTH_AT, statement,
                        PB_SLICE_ARGS(first_path), (unsigned)first->line);
    else
        pb_findings_add(claims->check, claims->certificate,
                        "%s" PB_SAY_THE_ONE_AT " %.*s:%u" PB_SAY_THE_OTHER_AT " %.*s:%u", statement,
                        PB_SLICE_ARGS(first_path), (unsigned)first->line,
                        PB_SLICE_ARGS(second_path), (unsigned)second->line);
}

/* Adds "BEFORE FIRST BETWEEN SECOND AFTER", with the dates as the evidence spells them. */
static void add_dates(const struct claims *claims, const char *before, struct pb_dated first,
                      const char *between, struct pb_dated second, const char *after)
{
    char first_room[PB_INSTANT_BYTES], second_room[PB_INSTANT_BYTES];
    struct pb_slice first_text = pb_date_text(first.date, first_room);
    struct pb_slice second_text = pb_date_text(second.date, second_room);
    add(claims, first.seen, second.seen, "%s %.*s%s %.*s%s", before, PB_SLICE_ARGS(first_text),
        between, PB_SLICE_ARGS(second_text), after);
}

static void collect(struct claims *claims, const struct pb_observation *here)
{
    if (pb_date_is_known(&here->upload_date))
        pb_date_range_add(&claims->uploads, &here->upload_date, here);
    if (pb_date_is_known(&here->expiration))
        pb_date_range_add(&claims->expirations, &here->expiration, here);
    if (here->body == NULL)
        return;
    if (claims->unrelated_chain == NULL &&
        pb_observation_bodies(here)->chain_check == PB_CHAIN_UNRELATED)
        claims->unrelated_chain = here;
    if (claims->body == NULL)
        claims->body = here;
    else if (claims->other_body == NULL && pb_compare_bodies(here->body, claims->body->body) != 0)
        claims->other_body = here;
}

static bool is_after(struct pb_dated late, struct pb_dated early)
{
    return pb_dates_differ(late, early) &&
           pb_instant_compare(late.date->instant, early.date->instant) > 0;
}

/* RFC 5280, section 6.1.3 (a): the issuer's key signs, and the issuer's name is the subject's. */
static void compare_chain(const struct claims *claims)
{
    const struct pb_observation *here = claims->unrelated_chain;
    size_t link = 0, other = 0;

    if (here == NULL)
        return;
    const struct pb_bodies *bodies = pb_observation_bodies(here);
    struct pb_slice issuer = here->body->issuer;
    while (link < bodies->chain_count &&
           !pb_x509_is_same_name(bodies->chain[link]->subject, issuer))
        link++;
    while (other + 1 < bodies->chain_count && /* skips the body itself */
           pb_compare_bodies(bodies->chain[other], here->body) == 0)
        other++;
    if (link < bodies->chain_count)
        add(claims, here, here, PB_SAY_OTHER_ISSUER_KEY, PB_SLICE_ARGS(issuer));
    else
        add(claims, here, here, PB_SAY_OTHER_ISSUER, PB_SLICE_ARGS(issuer),
            PB_SLICE_ARGS(bodies->chain[other]->subject));
}

/* AWS IAM User Guide, "Managing server certificates in IAM": uploads lie in the validity. */
static void compare_with_body(const struct claims *claims)
{
    if (claims->body == NULL)
        return;
    const struct pb_x509_facts *body = claims->body->body;
    const struct pb_date not_before = {.state = PB_DATE_EXACT, .instant = body->not_before};
    const struct pb_date not_after = {.state = PB_DATE_EXACT, .instant = body->not_after};
    const struct pb_dated begin = {&not_before, claims->body}, end = {&not_after, claims->body};
    bool has_begin = (body->unread & PB_X509_NOT_BEFORE) == 0;
    bool has_end = (body->unread & PB_X509_NOT_AFTER) == 0;
    const struct pb_date_range *uploads = &claims->uploads, *expirations = &claims->expirations;
    bool is_early = is_after(begin, uploads->first), is_late = is_after(uploads->last, end);
    bool does_first_differ = pb_dates_differ(expirations->first, end);
    char between[120];

    if (has_begin && has_end && (is_early || is_late)) {
        snprintf(between, sizeof between, PB_SAY_LIES_OUTSIDE,
                 pb_instant_text(body->not_before).text);
        add_dates(claims, PB_SAY_UPLOAD_DATE, is_early ? uploads->first : uploads->last, between,
                  end, PB_SAY_WHERE_REFUSED);
    }
    if (has_end && (does_first_differ || pb_dates_differ(expirations->last, end)))
        add_dates(claims, PB_SAY_EXPIRATION,
                  does_first_differ ? expirations->first : expirations->last, PB_SAY_IS_NOT_ITS_END,
                  end, "");
}

static void check_observations(const struct pb_check *check,
                               const struct pb_certificate *certificate)
{
    struct claims claims = {.check = check, .certificate = certificate};

    for (uint32_t i = 0; i < certificate->observation_count; i++)
        collect(&claims, &certificate->observations[i]);
    const struct pb_date_range *uploads = &claims.uploads, *expirations = &claims.expirations;
    if (pb_dates_differ(uploads->first, uploads->last))
        add_dates(&claims, PB_SAY_UPLOAD_DATE_IS, uploads->first, PB_SAY_AND_IT_IS, uploads->last,
                  "");
    if (pb_dates_differ(expirations->first, expirations->last))
        add_dates(&claims, PB_SAY_EXPIRATION_IS, expirations->first, PB_SAY_AND_IT_IS,
                  expirations->last, "");
    if (claims.other_body != NULL) {
        const struct pb_x509_facts *body = claims.body->body, *other = claims.other_body->body;
        bool is_same = pb_slice_equals(body->serial, other->serial);
        add(&claims, claims.body, claims.other_body, PB_SAY_OTHER_BODY,
            is_same ? "the same" : "different", is_same ? "" : "s",
            pb_hex_text(body->sha256, 8).text, pb_hex_text(other->sha256, 8).text);
    }
    compare_chain(&claims);
    compare_with_body(&claims);
    if (is_after(uploads->last, expirations->first))
        add_dates(&claims, PB_SAY_UPLOAD_DATE, uploads->last, PB_SAY_IS_AFTER_EXPIRATION,
                  expirations->first, PB_SAY_WHEN_REFUSED);
}

static void check_gaps(const struct pb_check *check)
{
    const struct pb_vector *gaps = &check->inventory->gaps;

    for (size_t i = 0; i < gaps->count; i++) {
        const struct pb_gap *gap = &PB_VECTOR_AT(const struct pb_gap, gaps, i);
        struct pb_finding finding = {.account = gap->account,
                                     .certificate = gap->certificate,
                                     .entry = gap->entry,
                                     .line = gap->line,
                                     .column = gap->column,
                                     .message = gap->message};
        if (gap->certificate == PB_NO_INDEX)
            finding.missing = gap->missing;
        pb_findings_append(check, finding);
    }
}

static void check_private_keys(const struct pb_check *check)
{
    const struct pb_inventory *inventory = check->inventory;

    for (size_t i = 0; i < inventory->evidence.records.count; i++) {
        const struct pb_record *record = pb_inventory_record(inventory, i);
        struct pb_finding finding = {.account = PB_NO_INDEX,
                                     .certificate = PB_NO_INDEX,
                                     .entry = record->entry,
                                     .line = record->line,
                                     .column = record->column,
                                     .key = record->target};
        if (record->kind != PB_RECORD_PRIVATE_KEY)
            continue;
        const struct pb_certificate *owner =
            pb_key_groups_find_owner(check->key_groups, record->target);
        finding.certificate = pb_inventory_index(inventory, owner);
        if (owner != NULL)
            finding.account = owner->account;
        finding.message = pb_message_format(
            &check->findings->arena, PB_SAY_PRIVATE_KEY,
            PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)), (unsigned)record->line,
            owner != NULL ? PB_SAY_PRIVATE_KEY_OF_THIS : "");
        pb_findings_append(check, finding);
    }
}

/* In the order of enum pb_rule_number. */
const struct pb_rule pb_rules[PB_RULE_COUNT] = {
    {"IAM-033", PB_LEVEL_HIGH, PB_SAY_RULE_IAM_033, PB_NEEDS_VERDICT, .say = say_iam_033},
    {"key-reuse", PB_LEVEL_HIGH, PB_SAY_RULE_KEY_REUSE, PB_NEEDS_BODY,
     .check_all = pb_key_groups_check},
    {"pre-disclosure-key", PB_LEVEL_MEDIUM, PB_SAY_RULE_PRE_DISCLOSURE_KEY, PB_NEEDS_BODY,
     .say = say_pre_disclosure_key},
    {"disclosure-window", PB_LEVEL_MEDIUM, PB_SAY_RULE_DISCLOSURE_WINDOW, PB_NEEDS_VERDICT,
     .say = say_disclosure_window},
    {"not-revoked", PB_LEVEL_MEDIUM, PB_SAY_RULE_NOT_REVOKED, PB_NEEDS_REVOCATION,
     .check_all = check_revocations},
    {"conflicting-evidence", PB_LEVEL_MEDIUM, PB_SAY_RULE_CONFLICTING_EVIDENCE,
     .check = check_observations},
    {"undetermined", PB_LEVEL_MEDIUM, PB_SAY_RULE_UNDETERMINED, .say = say_undetermined},
    {"coverage-gap", PB_LEVEL_MEDIUM, PB_SAY_RULE_COVERAGE_GAP, .check_all = check_gaps},
    {"private-key-in-evidence", PB_LEVEL_HIGH, PB_SAY_RULE_PRIVATE_KEY_IN_EVIDENCE,
     .check_all = check_private_keys},
    {"weak-key", PB_LEVEL_MEDIUM, PB_SAY_RULE_WEAK_KEY, PB_NEEDS_BODY, .check = check_key},
    {"weak-signature", PB_LEVEL_LOW, PB_SAY_RULE_WEAK_SIGNATURE, PB_NEEDS_BODY,
     .check = check_signatures},
    {"expired", PB_LEVEL_LOW, PB_SAY_RULE_EXPIRED, PB_NEEDS_VALIDITY, .say = say_expired},
    {"expires-soon", PB_LEVEL_LOW, PB_SAY_RULE_EXPIRES_SOON, PB_NEEDS_VALIDITY,
     .say = say_expires_soon},
};

/* SPDX-License-Identifier: MIT */
/* Every word and sentence that reports for people share, whatever their form: model.c asks for them
 * and puts them under labels, renderers lay them out. */
#include "report/model.h"

#include <string.h>

#include "base/escape.h"
#include "rules/verdict.h"
#include "rules/sentence.h"

const char pb_words_iam_033_is_off[] = "IAM-033 is off: verdicts are counted, but are no findings";

void pb_words_text(struct pb_buffer *buffer, struct pb_slice text)
{
    pb_escape_append(buffer, text, PB_ESCAPE_CONTROLS);
}

static void append_words(struct pb_buffer *buffer, const char *words)
{
    pb_buffer_append_string(buffer, words);
}

void pb_words_count(struct pb_buffer *buffer, size_t count, const char *singular)
{
    pb_buffer_append_number(buffer, count);
    append_words(buffer, " ");
    append_words(buffer, singular);
    append_words(buffer, count == 1 ? "" : "s");
}

static void append_instant(struct pb_buffer *buffer, struct pb_instant instant)
{
    size_t start = buffer->size_bytes;

    pb_instant_append(buffer, instant);
    if (buffer->size_bytes > start + 10)
        buffer->data[start + 10] = ' '; /* RFC 3339 section 5.6 allows it for readability */
}

void pb_words_account(struct pb_buffer *buffer, const struct pb_account *account)
{
    append_words(buffer, "account ");
    if (pb_slice_is_absent(account->id)) {
        append_words(buffer, "unknown");
        return;
    }
    pb_words_text(buffer, account->id);
    if (pb_slice_is_absent(account->partition) ||
        pb_slice_equals(account->partition, PB_SLICE("aws")))
        return;
    append_words(buffer, " in ");
    pb_words_text(buffer, account->partition);
}

void pb_words_certificates(struct pb_buffer *buffer, const struct pb_account *account)
{
    size_t of_acm = (size_t)account->all_certificate_count - account->certificate_count;

    pb_words_count(buffer, account->certificate_count, "certificate");
    if (of_acm > 0)
        pb_buffer_append_format(buffer, " and %zu in ACM", of_acm);
}

void pb_words_name(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    if (certificate->name.size_bytes > 0) {
        pb_words_text(buffer, certificate->name);
        if (certificate->is_name_from_file)
            append_words(buffer, " (named after its file)");
    } else if (certificate->arn.size_bytes > 0) {
        size_t slash = pb_slice_find_last(certificate->arn, '/');
        pb_words_text(buffer, pb_slice_from(certificate->arn, slash == SIZE_MAX ? 0 : slash + 1));
        append_words(buffer, " (from its ARN)");
    } else if (certificate->id.size_bytes > 0) {
        pb_words_text(buffer, certificate->id);
        append_words(buffer, " (its id)");
    } else {
        append_words(buffer, "(no name)");
    }
}

static void append_distance(struct pb_buffer *buffer, struct pb_instant instant,
                            struct pb_instant cutoff)
{
    int order = pb_instant_compare(instant, cutoff);

    if (order == 0) {
        append_words(buffer, ", exactly at the cutoff");
        return;
    }
    append_words(buffer, ", ");
    append_words(buffer, pb_duration_text(instant, cutoff).text);
    append_words(buffer, order < 0 ? " before the cutoff" : " after the cutoff");
}

static void append_upload_date(struct pb_buffer *buffer, const struct pb_date *date,
                               struct pb_instant cutoff)
{
    char room[PB_INSTANT_BYTES];

    switch (date->state) {
    case PB_DATE_ABSENT: append_words(buffer, "not in the evidence"); break;
    case PB_DATE_UNPARSEABLE:
        append_words(buffer, "no date: ");
        pb_words_text(buffer, pb_date_text(date, room));
        break;
    case PB_DATE_WITHOUT_TIME:
        pb_instant_append_date(buffer, date->instant);
        append_words(buffer, ", without a time of day");
        break;
    case PB_DATE_WITHOUT_ZONE:
        append_instant(buffer, date->instant);
        append_words(buffer, " if in UTC: it names no time zone");
        break;
    case PB_DATE_EXACT:
        append_instant(buffer, date->instant);
        append_distance(buffer, date->instant, cutoff);
        break;
    }
}

const char *pb_words_upload_label(const struct pb_certificate *certificate)
{
    return certificate->origin == PB_ORIGIN_ACM ? "imported" : "uploaded";
}

void pb_words_upload(struct pb_buffer *buffer, const struct pb_certificate *certificate,
                     struct pb_instant cutoff)
{
    append_upload_date(buffer, pb_certificate_arrival(certificate), cutoff);
    if (certificate->basis == PB_BASIS_VALIDITY)
        append_words(buffer, "; its validity decides");
}

static void append_expiry(struct pb_buffer *buffer, struct pb_instant not_after,
                          struct pb_instant as_of)
{
    append_words(buffer, pb_instant_compare(not_after, as_of) < 0 ? "expired " : "expires ");
    pb_instant_append_date(buffer, not_after);
}

void pb_words_validity(struct pb_buffer *buffer, const struct pb_certificate *certificate,
                       struct pb_instant as_of)
{
    if (certificate->body != NULL) {
        append_words(buffer, "from ");
        pb_instant_append_date(buffer, certificate->body->not_before);
        append_words(buffer, ", ");
        append_expiry(buffer, certificate->body->not_after, as_of);
    } else if (pb_date_is_known(&certificate->expiration)) {
        append_expiry(buffer, certificate->expiration.instant, as_of);
        append_words(buffer, " by IAM's word; no certificate body in the evidence");
    }
}

void pb_words_exposure(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return;
    uint32_t days = pb_exposure_days(certificate, pb_exposure_start(certificate));
    if (days == 0) {
        append_words(buffer, "not between OpenSSL 1.0.1 (2012-03-14) and disclosure");
        return;
    }
    append_words(buffer, "at most ");
    append_words(buffer, pb_count_text(days, "day").text);
    append_words(buffer, ", if always served by a vulnerable OpenSSL");
}

void pb_words_key(struct pb_buffer *buffer, const struct pb_key_facts *key)
{
    pb_words_text(buffer, key->algorithm);
    if (!pb_slice_is_absent(key->curve)) {
        append_words(buffer, " ");
        pb_words_text(buffer, key->curve);
    } else if (key->bits > 0) {
        append_words(buffer, " ");
        pb_buffer_append_number(buffer, key->bits);
    }
}

void pb_words_revocation(struct pb_buffer *buffer, const struct pb_revocation *revocation)
{
    static const char *const words[] = {
        [PB_REVOCATION_UNKNOWN] = "not known by ",
        [PB_REVOCATION_REVOKED] = "yes, by ",
        [PB_REVOCATION_NOT_REVOKED] = "no, by ",
    };

    append_words(buffer, words[revocation->status]);
    pb_words_text(buffer, revocation->crl);
    append_words(buffer, " of ");
    pb_instant_append_date(buffer, revocation->this_update);
    if (revocation->has_date) {
        append_words(buffer, ": since ");
        append_instant(buffer, revocation->date);
    }
    if (revocation->reason != NULL) {
        append_words(buffer, ", ");
        append_words(buffer, revocation->reason);
    }
    if (!pb_slice_is_absent(revocation->detail)) {
        append_words(buffer, "; ");
        pb_words_text(buffer, revocation->detail);
    }
}

void pb_words_state(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    bool is_in_acm = certificate->origin == PB_ORIGIN_ACM;

    if (is_in_acm)
        append_words(buffer, "in ACM, not in IAM");
    if (certificate->presence == PB_PRESENCE_DELETED)
        append_words(buffer, is_in_acm ? "; deleted by its last event"
                                       : "deleted by its last event in the evidence");
}

void pb_words_waiver(struct pb_buffer *buffer, const struct pb_waiver *waiver)
{
    append_words(buffer, "waived by ");
    pb_words_text(buffer, waiver->owner);
    append_words(buffer, " until ");
    pb_words_text(buffer, waiver->expires);
    append_words(buffer, ": ");
    pb_words_text(buffer, waiver->reason);
}

struct pb_place pb_place_of_diagnostic(const struct pb_diagnostic *diagnostic)
{
    return (struct pb_place){
        .entry = diagnostic->entry,
        .line = diagnostic->line,
        .column = diagnostic->column,
        .pointer = diagnostic->pointer,
    };
}

void pb_words_inside(struct pb_buffer *buffer, struct pb_place place)
{
    if (place.line > 0) {
        pb_buffer_append_number(buffer, place.line);
        if (place.column > 0) {
            pb_buffer_append_byte(buffer, ':');
            pb_buffer_append_number(buffer, place.column);
        }
    } else if (!pb_slice_is_absent(place.pointer)) {
        pb_buffer_append_byte(buffer, '#');
        pb_escape_append(buffer, place.pointer, PB_ESCAPE_REVERSIBLE);
    }
}

void pb_place_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     struct pb_place place)
{
    if (place.entry == PB_NO_ENTRY)
        return;
    pb_escape_append(buffer, pb_inventory_path(inventory, place.entry), PB_ESCAPE_REVERSIBLE);
    if (place.line > 0)
        pb_buffer_append_byte(buffer, ':');
    pb_words_inside(buffer, place);
}

static void append_date(struct pb_buffer *buffer, struct pb_instant instant)
{
    pb_buffer_append_byte(buffer, ' ');
    pb_instant_append_date(buffer, instant);
}

static void append_relative_account(struct pb_buffer *buffer, struct pb_slice account)
{
    if (pb_slice_is_absent(account)) {
        append_words(buffer, " (account unknown");
        return;
    }
    append_words(buffer, " (account ");
    pb_words_text(buffer, account);
}

static bool is_rename_to(const struct pb_observation *observation, struct pb_slice name)
{
    return observation->particulars != NULL && observation->particulars->event == PB_EVENT_UPDATE &&
           pb_slice_equals(observation->particulars->new_name, name);
}

struct pb_slice pb_other_name(const struct pb_inventory *inventory,
                              const struct pb_certificate *certificate, bool *is_former)
{
    struct pb_slice other = PB_SLICE_ABSENT;

    *is_former = false;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *observation =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        if (other.data == NULL && observation->name.size_bytes > 0 &&
            !observation->is_name_from_file &&
            !pb_slice_equals(observation->name, certificate->name))
            other = observation->name;
        *is_former |= is_rename_to(observation, certificate->name);
    }
    return other;
}

static void append_relative_state(struct pb_buffer *buffer, const struct pb_key_member *relative,
                                  const struct pb_certificate *certificate)
{
    if (certificate->is_exposed)
        append_words(buffer, ", vulnerable");
    else if (relative->is_exposed)
        append_words(buffer, ", vulnerable in the baseline");
    else if (certificate->verdict == PB_VERDICT_UNDETERMINED)
        append_words(buffer, ", undetermined");
    if (certificate->presence == PB_PRESENCE_DELETED)
        append_words(buffer, ", deleted");
    else if (pb_certificate_extras(certificate)->in_use_by_count > 0)
        append_words(buffer, ", in use");
}

static void append_dates(struct pb_buffer *buffer, const struct pb_key_member *relative,
                         bool is_acm)
{
    if (relative->has_date) {
        append_words(buffer, is_acm ? ", imported into ACM" : ", uploaded");
        append_date(buffer, relative->date);
        return;
    }
    append_words(buffer, is_acm ? ", in ACM" : ", upload date not known");
    if (relative->certificate != PB_NO_INDEX) {
        append_words(buffer, ", issued");
        append_date(buffer, relative->date);
    }
}

static void append_present(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                           const struct pb_key_member *relative)
{
    const struct pb_certificate *certificate =
        pb_inventory_certificate(inventory, relative->certificate);
    bool is_former;
    struct pb_slice other_name = pb_other_name(inventory, certificate, &is_former);

    pb_words_text(buffer, pb_certificate_name(certificate));
    if (!pb_slice_is_absent(other_name)) {
        append_words(buffer, is_former ? ", formerly " : ", also called ");
        pb_words_text(buffer, other_name);
    }
    append_relative_account(buffer, pb_inventory_account(inventory, certificate->account)->id);
    append_dates(buffer, relative, certificate->origin == PB_ORIGIN_ACM);
    append_relative_state(buffer, relative, certificate);
    pb_buffer_append_byte(buffer, ')');
}

static void append_former(struct pb_buffer *buffer, const struct pb_key_member *relative)
{
    const struct pb_former_certificate *former = relative->former;

    pb_words_text(buffer, pb_former_name(former));
    append_relative_account(buffer, former->account);
    append_dates(buffer, relative, !former->is_of_iam);
    if (former->is_exposed)
        append_words(buffer, ", vulnerable");
    append_words(buffer, ", known from the baseline)");
}

void pb_words_relative(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                       const struct pb_key_member *relative)
{
    if (relative->certificate != PB_NO_INDEX)
        append_present(buffer, inventory, relative);
    else
        append_former(buffer, relative);
}

void pb_words_evidence(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    const size_t *counts = summary->entry_status;

    pb_words_count(buffer, summary->entries - counts[PB_ENTRY_CONTAINER], "item");
    pb_buffer_append_format(buffer, ": %zu used, %zu ignored, %zu unreadable",
                            counts[PB_ENTRY_USED], counts[PB_ENTRY_IGNORED],
                            counts[PB_ENTRY_UNREADABLE]);
    if (counts[PB_ENTRY_SKIPPED] > 0)
        pb_buffer_append_format(buffer, ", %zu skipped", counts[PB_ENTRY_SKIPPED]);
    if (counts[PB_ENTRY_CONTAINER] > 0) {
        append_words(buffer, "; ");
        pb_words_count(buffer, counts[PB_ENTRY_CONTAINER], "archive");
    }
}

void pb_words_judged(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    pb_words_count(buffer, summary->certificates, "certificate");
    append_words(buffer, " in ");
    pb_words_count(buffer, summary->accounts, "account");
    if (summary->certificates > 0)
        pb_buffer_append_format(buffer, ": %zu vulnerable, %zu clear, %zu undetermined",
                                summary->vulnerable, summary->clear, summary->undetermined);
    if (summary->not_judged > 0)
        pb_buffer_append_format(buffer, ", %zu not judged", summary->not_judged);
}

void pb_words_findings(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    pb_buffer_append_format(buffer, "%zu high, %zu medium, %zu low",
                            summary->findings[PB_LEVEL_HIGH], summary->findings[PB_LEVEL_MEDIUM],
                            summary->findings[PB_LEVEL_LOW]);
    if (summary->waived > 0)
        pb_buffer_append_format(buffer, ", %zu waived", summary->waived);
}

void pb_words_baseline(struct pb_buffer *buffer, const struct pb_result *result)
{
    const struct pb_summary *summary = result->summary;

    if (result->parameters->baseline == NULL)
        return;
    pb_buffer_append_format(buffer, "%zu new, %zu unchanged, %zu resolved", summary->new_findings,
                            summary->unchanged_findings, summary->resolved_findings);
    if (result->parameters->is_new_only)
        append_words(buffer, "; only new ones count for the exit status");
}

const char *pb_conclusion_word(enum pb_conclusion conclusion)
{
    static const char *const words[] = {
        [PB_CONCLUSION_PASS] = "PASS",
        [PB_CONCLUSION_FAIL] = "FAIL",
        [PB_CONCLUSION_INCONCLUSIVE] = "INCONCLUSIVE",
    };

    return words[conclusion];
}

bool pb_has_rule(const struct pb_result *result, const char *rule)
{
    size_t index;

    return pb_rule_find(pb_slice_from_string(rule), &index) != NULL &&
           (result->parameters->rules >> index & 1) != 0;
}

/* "2 of 5 certificates were", "1 of 1 certificate was", "none of 5 certificates was" */
static void append_vulnerable(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    if (summary->vulnerable == 0)
        append_words(buffer, "none");
    else
        pb_buffer_append_format(buffer, "%zu", summary->vulnerable);
    append_words(buffer, " of ");
    pb_words_count(buffer, summary->certificates, "certificate");
    append_words(buffer, summary->vulnerable > 1 ? " were" : " was");
    append_words(buffer, " uploaded before the cutoff");
}

static size_t count_unproven_accounts(const struct pb_inventory *inventory)
{
    size_t count = 0;

    for (size_t i = 0; i < inventory->accounts.count; i++)
        count += pb_inventory_account(inventory, i)->coverage != PB_COVERAGE_COMPLETE;
    return count;
}

static void append_pass(struct pb_buffer *buffer, const struct pb_result *result)
{
    const struct pb_summary *summary = result->summary;
    size_t unproven = count_unproven_accounts(result->inventory);

    if (summary->certificates == 0)
        append_words(buffer, "the evidence shows no server certificate");
    else
        append_vulnerable(buffer, summary);
    if (summary->vulnerable > 0)
        append_words(buffer, pb_has_rule(result, "IAM-033") ? ", as waivers accept"
                                                            : ", and rule IAM-033 is off");
    if (unproven == 0)
        return;
    pb_buffer_append_format(buffer, "; %zu of ", unproven);
    pb_words_count(buffer, summary->accounts, "account");
    append_words(buffer, " may have more than the evidence shows");
}

/* Vulnerable certificates of this evidence that nobody has accepted. */
static size_t count_open_uploads(const struct pb_vector *findings)
{
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct pb_finding *finding = &PB_VECTOR_AT(const struct pb_finding, findings, i);
        count += strcmp(finding->rule->name, "IAM-033") == 0 && pb_finding_counts(finding) &&
                 pb_finding_former(finding) == NULL;
    }
    return count;
}

static void append_uploads(struct pb_buffer *buffer, const struct pb_summary *summary,
                           size_t uploads)
{
    size_t waived = summary->vulnerable - uploads;

    append_vulnerable(buffer, summary);
    if (waived > 0)
        pb_buffer_append_format(buffer, ", %zu of them waived", waived);
    append_words(buffer, uploads == 1 ? ": replace it, with a new key, and have it revoked"
                                      : ": replace them, with new keys, and have them revoked");
}

static void append_fail(struct pb_buffer *buffer, const struct pb_result *result,
                        const char *direction)
{
    size_t uploads = count_open_uploads(&result->findings->items);
    size_t others = result->summary->findings[PB_LEVEL_HIGH] - uploads;

    if (uploads == 0) {
        pb_words_count(buffer, others, "high finding");
        pb_buffer_append_format(buffer, ", each named %s with what to do", direction);
        return;
    }
    append_uploads(buffer, result->summary, uploads);
    if (others == 0)
        return;
    append_words(buffer, "; and ");
    pb_words_count(buffer, others, "other high finding");
    pb_buffer_append_format(buffer, " %s", direction);
}

static void append_inconclusive(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    bool is_contrary = summary->certificates > 0 && summary->vulnerable == 0;

    if (summary->certificates == 0)
        append_words(buffer, "nothing was judged");
    else if (summary->vulnerable == 0)
        append_words(buffer, "no certificate is known to be uploaded before the cutoff");
    else
        append_vulnerable(buffer, summary);
    if (summary->inconclusive_because == NULL)
        return;
    append_words(buffer, is_contrary ? ", but " : "; ");
    append_words(buffer, summary->inconclusive_because);
}

void pb_words_conclusion(struct pb_buffer *buffer, const struct pb_result *result,
                         const char *direction)
{
    switch (result->summary->conclusion) {
    case PB_CONCLUSION_PASS: append_pass(buffer, result); break;
    case PB_CONCLUSION_FAIL: append_fail(buffer, result, direction); break;
    case PB_CONCLUSION_INCONCLUSIVE: append_inconclusive(buffer, result->summary); break;
    }
    pb_buffer_append_byte(buffer, '.');
}

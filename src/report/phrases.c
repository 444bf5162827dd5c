/* SPDX-License-Identifier: MIT */
#include "report/phrases.h"

#include "base/escape.h"
#include "inventory/types.h"
#include "rules/sentence.h"

static void append_text(struct pb_buffer *buffer, struct pb_slice text)
{
    pb_escape_append(buffer, text, PB_ESCAPE_CONTROLS);
}

static void append_words(struct pb_buffer *buffer, const char *words)
{
    pb_buffer_append_string(buffer, words);
}

void pb_phrase_append_count(struct pb_buffer *buffer, size_t count, const char *singular)
{
    pb_buffer_append_number(buffer, count);
    append_words(buffer, " ");
    append_words(buffer, singular);
    append_words(buffer, count == 1 ? "" : "s");
}

void pb_phrase_append_instant(struct pb_buffer *buffer, struct pb_instant instant)
{
    size_t start = buffer->size_bytes;

    pb_instant_append(buffer, instant);
    if (buffer->size_bytes > start + 10)
        buffer->data[start + 10] = ' '; /* RFC 3339 section 5.6 allows it for readability */
}

void pb_phrase_append_account(struct pb_buffer *buffer, const struct pb_account *account)
{
    append_words(buffer, "account ");
    if (pb_slice_is_absent(account->id)) {
        append_words(buffer, "unknown");
        return;
    }
    append_text(buffer, account->id);
    if (pb_slice_is_absent(account->partition) ||
        pb_slice_equals(account->partition, PB_SLICE("aws")))
        return;
    append_words(buffer, " in ");
    append_text(buffer, account->partition);
}

void pb_phrase_append_name(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    if (certificate->name.size_bytes > 0) {
        append_text(buffer, certificate->name);
        if (certificate->is_name_from_file)
            append_words(buffer, " (named after its file)");
    } else if (certificate->arn.size_bytes > 0) {
        size_t slash = pb_slice_find_last(certificate->arn, '/');
        append_text(buffer, pb_slice_from(certificate->arn, slash == SIZE_MAX ? 0 : slash + 1));
        append_words(buffer, " (from its ARN)");
    } else if (certificate->id.size_bytes > 0) {
        append_text(buffer, certificate->id);
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
        append_text(buffer, pb_date_text(date, room));
        break;
    case PB_DATE_WITHOUT_TIME:
        pb_instant_append_date(buffer, date->instant);
        append_words(buffer, ", without a time of day");
        break;
    case PB_DATE_WITHOUT_ZONE:
        pb_phrase_append_instant(buffer, date->instant);
        append_words(buffer, " if in UTC: it names no time zone");
        break;
    case PB_DATE_EXACT:
        pb_phrase_append_instant(buffer, date->instant);
        append_distance(buffer, date->instant, cutoff);
        break;
    }
}

const char *pb_phrase_upload_label(const struct pb_certificate *certificate)
{
    return certificate->origin == PB_ORIGIN_ACM ? "imported" : "uploaded";
}

void pb_phrase_append_upload(struct pb_buffer *buffer, const struct pb_certificate *certificate,
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

void pb_phrase_append_validity(struct pb_buffer *buffer, const struct pb_certificate *certificate,
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

void pb_phrase_append_exposure(struct pb_buffer *buffer, const struct pb_certificate *certificate)
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

void pb_phrase_append_key(struct pb_buffer *buffer, const struct pb_key_facts *key)
{
    append_text(buffer, key->algorithm);
    if (!pb_slice_is_absent(key->curve)) {
        append_words(buffer, " ");
        append_text(buffer, key->curve);
    } else if (key->bits > 0) {
        append_words(buffer, " ");
        pb_buffer_append_number(buffer, key->bits);
    }
}

void pb_phrase_append_revocation(struct pb_buffer *buffer, const struct pb_revocation *revocation)
{
    static const char *const words[] = {
        [PB_REVOCATION_UNKNOWN] = "not known by ",
        [PB_REVOCATION_REVOKED] = "yes, by ",
        [PB_REVOCATION_NOT_REVOKED] = "no, by ",
    };

    append_words(buffer, words[revocation->status]);
    append_text(buffer, revocation->crl);
    append_words(buffer, " of ");
    pb_instant_append_date(buffer, revocation->this_update);
    if (revocation->has_date) {
        append_words(buffer, ": since ");
        pb_phrase_append_instant(buffer, revocation->date);
    }
    if (revocation->reason != NULL) {
        append_words(buffer, ", ");
        append_words(buffer, revocation->reason);
    }
    if (!pb_slice_is_absent(revocation->detail)) {
        append_words(buffer, "; ");
        append_text(buffer, revocation->detail);
    }
}

void pb_phrase_append_state(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    bool is_in_acm = certificate->origin == PB_ORIGIN_ACM;

    if (is_in_acm)
        append_words(buffer, "in ACM, not in IAM");
    if (certificate->presence == PB_PRESENCE_DELETED)
        append_words(buffer, is_in_acm ? "; deleted by its last event"
                                       : "deleted by its last event in the evidence");
}

void pb_phrase_append_waiver(struct pb_buffer *buffer, const struct pb_waiver *waiver)
{
    append_words(buffer, "waived by ");
    append_text(buffer, waiver->owner);
    append_words(buffer, " until ");
    append_text(buffer, waiver->expires);
    append_words(buffer, ": ");
    append_text(buffer, waiver->reason);
}

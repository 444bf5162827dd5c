/* SPDX-License-Identifier: MIT */
/* The dates in the text report's block of one certificate: its upload, its validity, its exposure.
 */
#include "report/text_report.h"

#include "rules/exposure.h"
#include "rules/span.h"

static void append_distance(struct text_report *report, struct pb_instant instant)
{
    struct pb_instant cutoff = report->result->parameters->cutoff;
    int order = pb_instant_compare(instant, cutoff);

    if (order == 0) {
        text_append_words(report, ", exactly at the cutoff");
        return;
    }
    text_append_words(report, ", ");
    text_append_words(report, pb_span(instant, cutoff).text);
    text_append_words(report, order < 0 ? " before the cutoff" : " after the cutoff");
}

static void append_upload_date(struct text_report *report, const struct pb_date *date)
{
    switch (date->state) {
    case PB_DATE_ABSENT: text_append_words(report, "not in the evidence"); break;
    case PB_DATE_UNPARSEABLE:
        text_append_words(report, "no date: ");
        text_append(report, date->text);
        break;
    case PB_DATE_WITHOUT_TIME:
        text_append_date(report, date->instant);
        text_append_words(report, ", without a time of day");
        break;
    case PB_DATE_WITHOUT_ZONE:
        text_append_instant(report, date->instant);
        text_append_words(report, " if in UTC: it names no time zone");
        break;
    case PB_DATE_EXACT:
        text_append_instant(report, date->instant);
        append_distance(report, date->instant);
        break;
    }
}

static void write_upload_date(struct text_report *report, const struct pb_certificate *certificate)
{
    bool is_acm = certificate->origin == PB_ORIGIN_ACM;

    text_begin(report);
    append_upload_date(report, is_acm ? &certificate->imported_at : &certificate->upload_date);
    if (certificate->basis == PB_BASIS_VALIDITY)
        text_append_words(report, "; its validity decides");
    text_end_field(report, TEXT_DETAIL, is_acm ? "imported" : "uploaded");
}

/* For the others, those rules that doubt their keys say it. */
static void write_exposure(struct text_report *report, const struct pb_certificate *certificate)
{
    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return;
    uint32_t days = pb_exposure_days(certificate, pb_exposure_start(certificate));
    text_begin(report);
    if (days == 0) {
        text_append_words(report, "not between OpenSSL 1.0.1 (2012-03-14) and disclosure");
    } else {
        text_append_words(report, "at most ");
        text_append_words(report, pb_exposure_text(days).text);
        text_append_words(report, ", if always served by a vulnerable OpenSSL");
    }
    text_end_field(report, TEXT_DETAIL, "exposed");
}

static void append_expiry(struct text_report *report, struct pb_instant not_after)
{
    bool is_expired = pb_instant_compare(not_after, report->result->parameters->as_of) < 0;

    if (is_expired)
        text_append_words(report, "expired ");
    else
        text_append_words(report, "expires ");
    text_append_date(report, not_after);
}

static void write_validity(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_date *expiration = &certificate->expiration;

    text_begin(report);
    if (certificate->body != NULL) {
        text_append_words(report, "from ");
        text_append_date(report, certificate->body->not_before);
        text_append_words(report, ", ");
        append_expiry(report, certificate->body->not_after);
    } else if (expiration->state != PB_DATE_ABSENT && expiration->state != PB_DATE_UNPARSEABLE) {
        append_expiry(report, expiration->instant);
        text_append_words(report, " by IAM's word; no certificate body in the evidence");
    } else {
        return;
    }
    text_end_field(report, TEXT_DETAIL, "validity");
}

void text_write_dates(struct text_report *report, const struct pb_certificate *certificate)
{
    write_upload_date(report, certificate);
    write_validity(report, certificate);
    write_exposure(report, certificate);
}

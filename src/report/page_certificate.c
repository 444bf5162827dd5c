/* SPDX-License-Identifier: MIT */
/* The page's part about one certificate, which page.c calls for each, and what emits fields and
 * lists to the report's renderer. */
#include "report/report.h"

#include "inventory/sentences.inc"

void pb_append_string(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_slice *strings = items;
    pb_words_text(&report->value, strings[index]);
}

/* "2014-03-24 21:11:59Z": RFC 3339 section 5.6 allows the blank for readability. */
static struct pb_text spaced_text(struct pb_instant instant)
{
    struct pb_text spaced = pb_instant_text(instant);
    if (spaced.text[0] != '\0')
        spaced.text[10] = ' ';
    return spaced;
}

void pb_words_upload(struct pb_buffer *value, const struct pb_certificate *certificate,
                     struct pb_instant cutoff)
{
    const struct pb_date *date = pb_certificate_arrival(certificate);
    int order = pb_instant_compare(date->instant, cutoff);
    struct pb_text instant = spaced_text(date->instant);
    char room[PB_INSTANT_BYTES];

    switch (date->state) {
    case PB_DATE_REFUSED:
    case PB_DATE_ABSENT: pb_buffer_append_string(value, "not in the evidence"); break;
    case PB_DATE_UNPARSEABLE:
        pb_buffer_append_string(value, "no date: ");
        pb_words_text(value, pb_date_text(date, room));
        break;
    case PB_DATE_WITHOUT_TIME:
        pb_buffer_append_format(value, PB_SAY_NO_TIME_OF_DAY, instant.text);
        break;
    case PB_DATE_WITHOUT_ZONE:
        pb_buffer_append_format(value, PB_SAY_NO_TIME_ZONE, instant.text);
        break;
    case PB_DATE_EXACT:
        pb_buffer_append_format(value, "%s, %s %s the cutoff", instant.text,
                                order == 0 ? "exactly"
                                           : pb_duration_text(date->instant, cutoff).text,
                                order == 0  ? "at"
                                : order < 0 ? "before"
                                            : "after");
        break;
    }
    if (certificate->basis == PB_BASIS_VALIDITY)
        pb_buffer_append_string(value, "; its validity decides");
    if (certificate->is_date_unnamed)
        pb_buffer_append_string(value, "; taken for its UploadDate, which nothing says");
}

/* Appends from when to when it is valid; nothing if neither is known. */
static void append_validity(struct pb_buffer *value, const struct pb_certificate *certificate,
                            struct pb_instant as_of)
{
    const struct pb_x509_facts *body = certificate->body;
    bool has_begin = body != NULL && (body->unread & PB_X509_NOT_BEFORE) == 0;
    bool has_end = body != NULL && (body->unread & PB_X509_NOT_AFTER) == 0;
    struct pb_instant end = has_end ? body->not_after : certificate->expiration.instant;

    if (has_begin)
        pb_buffer_append_format(value, "from %.10s", pb_instant_text(body->not_before).text);
    if (!has_end && !pb_date_is_known(&certificate->expiration))
        return;
    pb_buffer_append_format(
        value, "%s%s %.10s%s", has_begin ? ", " : "",
        pb_instant_compare(end, as_of) < 0 ? "expired" : "expires", pb_instant_text(end).text,
        has_end        ? ""
        : body == NULL ? " (according to IAM; no certificate body in the evidence)"
                       : " (according to IAM; the body's end cannot be read)");
}

/* Nothing for one that is not vulnerable: a finding about its key says that itself. */
static void append_exposure(struct pb_buffer *value, const struct pb_certificate *certificate)
{
    struct pb_instant start = pb_exposure_start(certificate);
    uint32_t days = pb_exposure_days(certificate, start);

    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return;
    if (days > 0)
        pb_buffer_append_format(value, PB_SAY_EXPOSED, pb_count_text(days, "day").text,
                                pb_instant_text(start).text);
    else
        pb_buffer_append_string(value, PB_SAY_NOT_EXPOSED);
}

static void emit_revocation(struct pb_report *report, const struct pb_revocation *revocation)
{
    static const char *const words[] = {[PB_REVOCATION_UNKNOWN] = "not known by ",
                                        [PB_REVOCATION_REVOKED] = "yes, by ",
                                        [PB_REVOCATION_NOT_REVOKED] = "no, by "};
    struct pb_buffer *value = pb_begin_value(report);

    if (revocation == NULL)
        return;
    pb_buffer_append_string(value, words[revocation->status]);
    pb_words_text(value, revocation->crl);
    pb_buffer_append_format(value, " of %.10s", pb_instant_text(revocation->this_update).text);
    if (revocation->entry.has_date)
        pb_buffer_append_format(value, ": since %s", spaced_text(revocation->entry.date).text);
    if (revocation->entry.reason != NULL)
        pb_buffer_append_format(value, ", %s", revocation->entry.reason);
    if (revocation->detail != NULL)
        pb_buffer_append_string(value, "; ");
    pb_words_text(value, pb_slice_from_string(revocation->detail));
    report->renderer->field(report, "revoked");
}

static void append_tag(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_tag *tags = items;
    pb_words_text(&report->value, tags[index].key);
    pb_buffer_append_byte(&report->value, '=');
    pb_words_text(&report->value, tags[index].value);
}

static void append_seen(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_observation *observation = &((const struct pb_observation *)items)[index];
    char room[PB_INSTANT_BYTES];

    struct pb_place place = pb_place_of_observation(observation);
    place.column = 0; /* for people the line is enough */
    pb_place_append(&report->value, report->inventory, place);
    if (report->renderer->begin_details != NULL && observation->upload_date.spelling != NULL) {
        pb_buffer_append_string(&report->value, ", dated ");
        pb_words_text(&report->value, pb_date_text(&observation->upload_date, room));
    }
    pb_link_to(report, 'e', observation->entry);
}

static const struct pb_list uses = {"in use",         8,   100, "more deployment", "",
                                    pb_append_string, NULL};
static const struct pb_list tags = {"tags", SIZE_MAX, SIZE_MAX, "", "", append_tag, NULL};
static const struct pb_list names = {"names", SIZE_MAX, SIZE_MAX, "", "", pb_append_string, NULL};
static const struct pb_list places = {"seen", 3, 100, "more place", "", append_seen, NULL};

static void emit_instant(struct pb_report *report, const char *label, struct pb_instant instant,
                         bool is_known)
{
    pb_buffer_append_string(pb_begin_value(report), is_known ? spaced_text(instant).text : "");
    report->renderer->field(report, label);
}

static void emit_digest(struct pb_report *report, const char *label, const unsigned char *bytes,
                        size_t size_bytes)
{
    pb_buffer_append_hex(pb_begin_value(report), bytes, size_bytes);
    report->renderer->field(report, label);
}

static void emit_key_and_issuer(struct pb_report *report, const struct pb_x509_facts *facts)
{
    pb_emit_text(report, "issuer", facts->issuer);
    pb_words_key(pb_begin_value(report), &facts->key);
    report->renderer->field(report, "key");
}

static void emit_x509(struct pb_report *report, const struct pb_x509_facts *facts)
{
    pb_emit_text(report, "subject", facts->subject);
    report->renderer->list(report, &names, facts->alternative_names, facts->alternative_name_count);
    pb_emit_text(report, "serial", facts->serial);
    pb_emit_text(report, "signed", facts->signature_algorithm);
    if (report->renderer->begin_details == NULL)
        return; /* the json report has the others */
    emit_key_and_issuer(report, facts);
    emit_instant(report, "not before", facts->not_before, !(facts->unread & PB_X509_NOT_BEFORE));
    emit_instant(report, "not after", facts->not_after, !(facts->unread & PB_X509_NOT_AFTER));
    emit_digest(report, "SHA-256", facts->sha256, sizeof facts->sha256);
    emit_digest(report, "SHA-1", facts->sha1, sizeof facts->sha1);
    emit_digest(report, "SHA-256 of its key", facts->key.spki_sha256,
                sizeof facts->key.spki_sha256);
    pb_emit_text(report, "kind", facts->is_ca ? PB_SLICE("certificate of a CA") : PB_SLICE_ABSENT);
    pb_emit_text(report, "kind", facts->is_self_signed ? PB_SLICE("self-signed") : PB_SLICE_ABSENT);
}

static void emit_facts(struct pb_report *report, const struct pb_certificate *certificate)
{
    bool has_details = report->renderer->begin_details != NULL;

    pb_emit_text(report, "id", certificate->id);
    if (!has_details && !report->options.is_verbose)
        return;
    pb_emit_text(report, "ARN", certificate->arn);
    pb_emit_text(report, "path", certificate->path);
    report->renderer->list(report, &tags, certificate->tags, certificate->tag_count);
    if (certificate->body != NULL)
        emit_x509(report, certificate->body);
    if (!has_details)
        return;
    emit_instant(report, "expiration", certificate->expiration.instant,
                 pb_date_is_known(&certificate->expiration));
    for (size_t i = 0; i < certificate->chain_count; i++) {
        pb_buffer_append_format(pb_begin_value(report), "certificate %zu of %zu", i + 1,
                                certificate->chain_count);
        report->renderer->field(report, "chain");
        emit_x509(report, certificate->chain[i]);
    }
}

void pb_walk_certificate(struct pb_report *report, uint32_t index)
{
    static const char *const states[][2] = {{NULL, "deleted by its last event in the evidence"},
                                            {"in ACM, not in IAM", PB_SAY_DELETED_FROM_ACM}};
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_parameters *parameters = report->result->parameters;
    const struct pb_renderer *to = report->renderer;
    const struct pb_key_group *group = certificate->key_group;
    const struct pb_verdict_reason *reason = pb_verdict_reason_find(certificate->reason);
    bool is_former;
    struct pb_slice other_name = pb_other_name(certificate, &is_former);
    const struct pb_finding *finding = pb_first_finding(report, index, PB_NO_INDEX);

    to->begin_certificate(report, index);
    pb_emit_text(report, is_former ? "formerly" : "also", other_name);
    pb_words_upload(pb_begin_value(report), certificate, parameters->cutoff);
    report->renderer->field(report, pb_words_upload_label(certificate));
    append_validity(pb_begin_value(report), certificate, parameters->as_of);
    report->renderer->field(report, "validity");
    append_exposure(pb_begin_value(report), certificate);
    report->renderer->field(report, "exposed");
    if (certificate->body != NULL)
        emit_key_and_issuer(report, certificate->body);
    if (group != NULL) {
        pb_buffer_append_format(pb_begin_value(report), "key %u below: %s share it",
                                (unsigned)group->number + 1,
                                pb_count_text(group->count, "certificate").text);
        pb_link_to(report, 'k', group->number);
        to->field(report, "lineage");
    }
    emit_revocation(report, certificate->revocation);
    report->renderer->list(report, &uses, certificate->in_use_by, certificate->in_use_by_count);
    if (to->begin_details == NULL)
        emit_facts(report, certificate);
    pb_emit_text(report, "state",
                 pb_slice_from_string(states[certificate->origin == PB_ORIGIN_ACM]
                                            [certificate->presence == PB_PRESENCE_DELETED]));
    to->list(report, &places, certificate->observations, certificate->observation_count);
    if (certificate->verdict == PB_VERDICT_UNDETERMINED) {
        pb_buffer_append_format(pb_begin_value(report), "%s: %s", reason->name, reason->meaning);
        to->field(report, "reason");
        pb_emit_text(report, "to settle", pb_slice_from_string(reason->remedy));
    }
    for (; finding != NULL; finding = pb_next_finding(report, finding))
        to->finding(report, finding);
    if (to->begin_details == NULL)
        return;
    to->begin_details(report, index);
    emit_facts(report, certificate);
}

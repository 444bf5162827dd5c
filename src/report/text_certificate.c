/* SPDX-License-Identifier: MIT */
/* The text report's block of one certificate: what it is, why it stands here, where it was seen. */
#include "report/text_report.h"

#include <string.h>

#include "report/phrases.h"
#include "report/relative.h"
#include "rules/verdict.h"

/* So many places are printed; -v prints more, and the json report all of them. */
#define MOST_PLACES 3
#define MOST_USES 8
#define MOST_PLACES_VERBOSE 100

/* The first that is not waived, for they stand by severity; else the first. */
static const struct pb_finding *worst(const struct pb_finding *const *findings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (findings[i]->waiver == NULL)
            return findings[i];
    return findings[0];
}

static void write_headline(struct text_report *report, const struct pb_certificate *certificate,
                           const struct pb_finding *const *findings, size_t count)
{
    static const enum text_style styles[] = {
        [PB_VERDICT_NONE] = TEXT_PLAIN,
        [PB_VERDICT_VULNERABLE] = TEXT_BAD,
        [PB_VERDICT_CLEAR] = TEXT_GOOD,
        [PB_VERDICT_UNDETERMINED] = TEXT_DOUBTFUL,
    };
    const char *verdict = pb_verdict_name(certificate->verdict);

    pb_buffer_append_repeated(&report->sink->buffer, ' ', TEXT_INDENT);
    if (count > 0)
        text_write_level_of(report, worst(findings, count));
    else
        text_write_styled(report, TEXT_PLAIN, "-", TEXT_SEVERITY);
    text_write_styled(report, styles[certificate->verdict], verdict ? verdict : "not judged",
                      TEXT_NAME - TEXT_INDENT - TEXT_SEVERITY);
    text_begin(report);
    pb_phrase_append_name(&report->value, certificate);
    text_end_after(report, TEXT_NAME, TEXT_NAME);
}

/* Ends the value as a field; nothing where nothing was appended. */
static void end_phrase(struct text_report *report, const char *label)
{
    if (report->value.has_failed || report->value.size_bytes > 0)
        text_end_field(report, TEXT_DETAIL, label);
}

static void write_dates(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_parameters *parameters = report->result->parameters;

    pb_phrase_append_upload(text_begin(report), certificate, parameters->cutoff);
    end_phrase(report, pb_phrase_upload_label(certificate));
    pb_phrase_append_validity(text_begin(report), certificate, parameters->as_of);
    end_phrase(report, "validity");
    pb_phrase_append_exposure(text_begin(report), certificate);
    end_phrase(report, "exposed");
}

static void write_text(struct text_report *report, const char *label, struct pb_slice text)
{
    if (pb_slice_is_absent(text))
        return;
    text_begin(report);
    text_append(report, text);
    text_end_field(report, TEXT_DETAIL, label);
}

static void write_other_name(struct text_report *report, const struct pb_certificate *certificate)
{
    bool is_former;
    struct pb_slice name =
        pb_relative_other_name(report->result->inventory, certificate, &is_former);

    write_text(report, is_former ? "formerly" : "also", name);
}

static void write_uses(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    size_t most = report->options.is_verbose ? MOST_PLACES_VERBOSE : MOST_USES;

    for (size_t i = 0; i < extras->in_use_by_count && i < most; i++)
        write_text(report, i == 0 ? "in use" : "", extras->in_use_by[i]);
    if (extras->in_use_by_count <= most)
        return;
    text_begin(report);
    text_append_words(report, "and ");
    text_append_count(report, extras->in_use_by_count - most, "more deployment");
    text_end_field(report, TEXT_DETAIL, "");
}

static void write_more_facts(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    const struct pb_x509_facts *body = certificate->body;

    write_text(report, "ARN", certificate->arn);
    write_text(report, "path", certificate->path);
    for (size_t i = 0; i < extras->tag_count; i++) {
        text_begin(report);
        text_append(report, extras->tags[i].key);
        text_append_words(report, "=");
        text_append(report, extras->tags[i].value);
        text_end_field(report, TEXT_DETAIL, i == 0 ? "tags" : "");
    }
    if (body == NULL)
        return;
    write_text(report, "subject", body->subject);
    for (size_t i = 0; i < body->alternative_name_count; i++)
        write_text(report, i == 0 ? "names" : "", body->alternative_names[i]);
    write_text(report, "serial", body->serial);
    write_text(report, "signed", body->signature_algorithm);
}

/* In words, so that the finding that says the same need not be repeated. */
static void write_reason(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_verdict_reason *reason = pb_verdict_reason_find(certificate->reason);

    if (certificate->verdict != PB_VERDICT_UNDETERMINED || certificate->reason == NULL)
        return;
    text_begin(report);
    text_append_words(report, certificate->reason);
    if (reason != NULL) {
        text_append_words(report, ": ");
        text_append_words(report, reason->meaning);
    }
    text_end_field(report, TEXT_DETAIL, "reason");
    if (reason == NULL)
        return;
    text_begin(report);
    text_append_words(report, reason->remedy);
    text_end_field(report, TEXT_DETAIL, "to settle");
}

static void write_places(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_inventory *inventory = report->result->inventory;
    uint32_t most = report->options.is_verbose ? MOST_PLACES_VERBOSE : MOST_PLACES;
    uint32_t count = certificate->observation_count;

    for (uint32_t i = 0; i < count && i < most; i++) {
        const struct pb_observation *observation =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        pb_place_append(text_begin(report), inventory, pb_place_of_observation(observation));
        text_end_place(report, TEXT_DETAIL, i == 0 ? "seen" : "");
    }
    if (count <= most)
        return;
    text_begin(report);
    text_append_words(report, "and ");
    text_append_count(report, count - most, "more place");
    text_end_field(report, TEXT_DETAIL, "");
}

/* Said already, beside "uploaded", "validity" and "reason"; a gap stands under its account. */
static bool is_said(const struct pb_finding *finding)
{
    static const char *const rules[] = {"IAM-033", "undetermined", "coverage-gap", "expired",
                                        "expires-soon"};

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(finding->rule->name, rules[i]) == 0)
            return true;
    return false;
}

static void write_findings(struct text_report *report, const struct pb_finding *const *findings,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_said(findings[i]))
            text_write_finding(report, findings[i], TEXT_DETAIL);
        else
            text_write_standing(report, findings[i], TEXT_DETAIL);
}

void text_write_certificate(struct text_report *report, uint32_t index)
{
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->result->inventory, index);
    size_t count;
    const struct pb_finding *const *findings = text_findings(report, index, PB_NO_INDEX, &count);

    text_write_blank_line(report);
    write_headline(report, certificate, findings, count);
    write_other_name(report, certificate);
    write_dates(report, certificate);
    if (certificate->body != NULL) {
        write_text(report, "issuer", certificate->body->issuer);
        pb_phrase_append_key(text_begin(report), &certificate->body->key);
        end_phrase(report, "key");
    }
    text_write_kinship(report, index);
    if (certificate->revocation != NULL) {
        pb_phrase_append_revocation(text_begin(report), certificate->revocation);
        end_phrase(report, "revoked");
    }
    write_uses(report, certificate);
    write_text(report, "id", certificate->id);
    if (report->options.is_verbose)
        write_more_facts(report, certificate);
    pb_phrase_append_state(text_begin(report), certificate);
    end_phrase(report, "state");
    write_places(report, certificate);
    write_reason(report, certificate);
    write_findings(report, findings, count);
}

/* SPDX-License-Identifier: MIT */
/* The html report's article of one certificate: what it is, and why it stands here. */
#include "report/html_report.h"

#include <string.h>

#include "inventory/types.h"
#include "report/phrases.h"
#include "report/relative.h"
#include "report/remedy.h"
#include "rules/verdict.h"

/* So many are seen at once; the rest opens on demand, or stands in the table of observations. */
#define SHOWN_PLACES 3
#define SHOWN_USES 8

static void write_title(struct html_report *report, const struct pb_certificate *certificate)
{
    html_write_verdict(report, certificate->verdict);
    html_write(report, " <bdi>");
    pb_phrase_append_name(html_begin_value(report), certificate);
    html_end_value(report);
    html_write(report, "</bdi>");
    if (pb_certificate_extras(certificate)->in_use_by_count > 0)
        html_write(report, " <span class=\"badge plain\">in use</span>");
}

/* Enough to leave it folded: the findings of such a one are of severity low. */
static void write_fold(struct html_report *report, const struct pb_certificate *certificate,
                       size_t findings)
{
    const struct pb_date *date = pb_certificate_arrival(certificate);

    html_write(report, "<summary><span class=\"title\">");
    write_title(report, certificate);
    html_write(report, "</span>");
    if (pb_date_is_known(date)) {
        pb_buffer_append_format(&report->sink->buffer, " %s ", pb_phrase_upload_label(certificate));
        pb_instant_append_date(&report->sink->buffer, date->instant);
    }
    if (findings > 0) {
        html_write(report, ", ");
        html_write_count(report, findings, "low finding");
    }
    html_write(report, "</summary>\n");
}

static void write_value_field(struct html_report *report, const char *label)
{
    if (pb_buffer_slice(&report->value).size_bytes == 0)
        return;
    html_begin_field(report, label);
    html_end_value(report);
    html_end_field(report);
}

static void write_other_name(struct html_report *report, const struct pb_certificate *certificate)
{
    bool is_former;
    struct pb_slice name =
        pb_relative_other_name(report->result->inventory, certificate, &is_former);

    html_write_field(report, is_former ? "formerly" : "also", name);
}

static void write_dates(struct html_report *report, const struct pb_certificate *certificate)
{
    const struct pb_parameters *parameters = report->result->parameters;

    pb_phrase_append_upload(html_begin_value(report), certificate, parameters->cutoff);
    write_value_field(report, pb_phrase_upload_label(certificate));
    pb_phrase_append_validity(html_begin_value(report), certificate, parameters->as_of);
    write_value_field(report, "validity");
    pb_phrase_append_exposure(html_begin_value(report), certificate);
    write_value_field(report, "exposed");
}

static void write_uses(struct html_report *report, const struct pb_certificate *certificate)
{
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    size_t count = extras->in_use_by_count;
    struct html_list list;

    if (count == 0)
        return;
    html_begin_field(report, "in use by");
    html_begin_list(report, &list, count, SHOWN_USES);
    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        html_begin_element(report, &list);
        html_write_text(report, extras->in_use_by[i]);
        html_end_element(report);
    }
    html_end_list(report, &list);
    html_end_field(report);
}

static void write_places(struct html_report *report, const struct pb_certificate *certificate)
{
    const struct pb_inventory *inventory = report->result->inventory;
    uint32_t count = certificate->observation_count;
    uint32_t shown = count < SHOWN_PLACES ? count : SHOWN_PLACES;

    html_begin_field(report, "seen");
    for (uint32_t i = 0; i < shown; i++) {
        html_write(report, i > 0 ? "<br>\n" : "");
        html_write_place(report, pb_place_of_observation(pb_inventory_observation(
                                     inventory, certificate->first_observation + i)));
    }
    if (count > shown) {
        html_write(report, "<br>\nand ");
        html_write_count(report, count - shown, "more place");
        html_write(report, ", among the observations");
    }
    html_end_field(report);
}

static bool has_finding(const struct html_report *report, uint32_t index, const char *rule)
{
    size_t count;
    const struct pb_finding *const *findings = html_findings(report, index, PB_NO_INDEX, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i]->rule->name, rule) == 0)
            return true;
    return false;
}

/* The verdict's reason in words, and what would settle it, where no finding says so. */
static void write_reason(struct html_report *report, uint32_t index)
{
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->result->inventory, index);
    const struct pb_verdict_reason *reason = pb_verdict_reason_find(certificate->reason);

    if (certificate->verdict != PB_VERDICT_UNDETERMINED || certificate->reason == NULL ||
        has_finding(report, index, "undetermined"))
        return;
    html_begin_field(report, "reason");
    html_write_words(report, certificate->reason);
    if (reason != NULL) {
        html_write(report, ": ");
        html_write_words(report, reason->meaning);
    }
    html_end_field(report);
    if (reason != NULL)
        html_write_field(report, "to settle", pb_slice_from_string(reason->remedy));
}

static void write_findings(struct html_report *report, uint32_t index)
{
    size_t count;
    const struct pb_finding *const *findings = html_findings(report, index, PB_NO_INDEX, &count);

    if (count == 0)
        return;
    html_begin_field(report, "findings");
    html_write(report, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        html_write(report, "<li>");
        html_write_finding(report, findings[i]);
        html_end_element(report);
    }
    html_write(report, "</ul>");
    html_end_field(report);
}

static void write_remedy(struct html_report *report, const struct pb_certificate *certificate)
{
    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return;
    html_write(report, "<details>\n<summary>How to replace it</summary>\n<p>");
    html_write_words(report, pb_remedy_advice);
    html_write(report, "</p>\n<pre>");
    pb_remedy_append(html_begin_value(report), report->result->inventory, certificate);
    html_end_lines(report);
    html_write(report, "</pre>\n</details>\n");
}

static void write_main_facts(struct html_report *report, uint32_t index)
{
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->result->inventory, index);

    html_write(report, "<dl>\n");
    write_other_name(report, certificate);
    write_dates(report, certificate);
    if (certificate->body != NULL) {
        html_write_field(report, "issuer", certificate->body->issuer);
        pb_phrase_append_key(html_begin_value(report), &certificate->body->key);
        write_value_field(report, "key");
    }
    html_write_kinship(report, index);
    if (certificate->revocation != NULL) {
        pb_phrase_append_revocation(html_begin_value(report), certificate->revocation);
        write_value_field(report, "revoked");
    }
    write_uses(report, certificate);
    pb_phrase_append_state(html_begin_value(report), certificate);
    write_value_field(report, "state");
    write_places(report, certificate);
    write_reason(report, index);
    write_findings(report, index);
    html_write(report, "</dl>\n");
}

void html_write_certificate(struct html_report *report, uint32_t index, bool is_folded)
{
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->result->inventory, index);
    size_t count;

    html_write(report,
               is_folded ? "<details class=\"certificate\"" : "<article class=\"certificate\"");
    html_write_id(report, 'c', index);
    html_write(report, ">\n");
    html_findings(report, index, PB_NO_INDEX, &count);
    if (is_folded) {
        write_fold(report, certificate, count);
    } else {
        html_write(report, "<h3>");
        write_title(report, certificate);
        html_write(report, "</h3>\n");
    }
    write_main_facts(report, index);
    write_remedy(report, certificate);
    html_write_facts(report, certificate);
    html_write(report, is_folded ? "</details>\n" : "</article>\n");
    html_end_record(report);
}

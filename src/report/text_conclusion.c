/* SPDX-License-Identifier: MIT */
/* The end of the text report: the figures, and the one sentence to act on. */
#include "report/text_report.h"

#include <string.h>

static void append_figure(struct text_report *report, const char *separator, size_t count,
                          const char *words)
{
    if (count > 0)
        pb_buffer_append_format(&report->value, "%s%zu %s", separator, count, words);
}

static void write_evidence_figures(struct text_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    const size_t *counts = summary->entry_status;

    text_begin(report);
    text_append_count(report, summary->entries - counts[PB_ENTRY_CONTAINER], "item");
    pb_buffer_append_format(&report->value, ": %zu used, %zu ignored, %zu unreadable",
                            counts[PB_ENTRY_USED], counts[PB_ENTRY_IGNORED],
                            counts[PB_ENTRY_UNREADABLE]);
    append_figure(report, ", ", counts[PB_ENTRY_SKIPPED], "skipped");
    if (counts[PB_ENTRY_CONTAINER] > 0) {
        text_append_words(report, "; ");
        text_append_count(report, counts[PB_ENTRY_CONTAINER], "archive");
    }
    text_end_field(report, 0, "evidence");
}

static void write_baseline_figures(struct text_report *report)
{
    const struct pb_summary *summary = report->result->summary;

    if (report->result->parameters->baseline == NULL)
        return;
    text_begin(report);
    pb_buffer_append_format(&report->value, "%zu new, %zu unchanged, %zu resolved",
                            summary->new_findings, summary->unchanged_findings,
                            summary->resolved_findings);
    if (report->result->parameters->is_new_only)
        text_append_words(report, "; only new ones count for the exit status");
    text_end_field(report, 0, "baseline");
}

static void write_certificate_figures(struct text_report *report)
{
    const struct pb_summary *summary = report->result->summary;

    text_begin(report);
    text_append_count(report, summary->certificates, "certificate");
    text_append_words(report, " in ");
    text_append_count(report, summary->accounts, "account");
    if (summary->certificates > 0)
        pb_buffer_append_format(&report->value, ": %zu vulnerable, %zu clear, %zu undetermined",
                                summary->vulnerable, summary->clear, summary->undetermined);
    append_figure(report, ", ", summary->not_judged, "not judged");
    text_end_field(report, 0, "judged");
    text_begin(report);
    pb_buffer_append_format(&report->value, "%zu high, %zu medium, %zu low",
                            summary->findings[PB_LEVEL_HIGH], summary->findings[PB_LEVEL_MEDIUM],
                            summary->findings[PB_LEVEL_LOW]);
    append_figure(report, ", ", summary->waived, "waived");
    text_end_field(report, 0, "findings");
    write_baseline_figures(report);
}

/* "2 of 5 certificates were", "1 of 1 certificate was", "none of 5 certificates was" */
static void append_vulnerable(struct text_report *report)
{
    const struct pb_summary *summary = report->result->summary;

    if (summary->vulnerable == 0)
        text_append_words(report, "none");
    else
        pb_buffer_append_format(&report->value, "%zu", summary->vulnerable);
    text_append_words(report, " of ");
    text_append_count(report, summary->certificates, "certificate");
    text_append_words(report, summary->vulnerable > 1 ? " were" : " was");
    text_append_words(report, " uploaded before the cutoff");
}

static size_t count_unproven_accounts(const struct text_report *report)
{
    const struct pb_inventory *inventory = report->result->inventory;
    size_t count = 0;

    for (size_t i = 0; i < inventory->accounts.count; i++)
        count += pb_inventory_account(inventory, i)->coverage != PB_COVERAGE_COMPLETE;
    return count;
}

static void append_pass(struct text_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    size_t unproven = count_unproven_accounts(report);

    text_append_words(report, "PASS: ");
    if (summary->certificates == 0)
        text_append_words(report, "the evidence shows no server certificate");
    else
        append_vulnerable(report);
    if (summary->vulnerable > 0)
        text_append_words(report, text_is_rule_applied(report, "IAM-033")
                                      ? ", as waivers accept"
                                      : ", and rule IAM-033 is off");
    if (unproven > 0) {
        pb_buffer_append_format(&report->value, "; %zu of ", unproven);
        text_append_count(report, summary->accounts, "account");
        text_append_words(report, " may have more than the evidence shows");
    }
    text_append_words(report, ".");
}

/* Vulnerable certificates of this evidence that nobody has accepted. */
static size_t count_open_uploads(const struct text_report *report)
{
    const struct pb_vector *findings = &report->result->findings->items;
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct pb_finding *finding = &PB_VECTOR_AT(const struct pb_finding, findings, i);
        count += strcmp(finding->rule->name, "IAM-033") == 0 && pb_finding_counts(finding) &&
                 finding->former == NULL;
    }
    return count;
}

static void append_fail(struct text_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    size_t uploads = count_open_uploads(report);
    size_t others = summary->findings[PB_LEVEL_HIGH] - uploads;

    text_append_words(report, "FAIL: ");
    if (uploads > 0) {
        append_vulnerable(report);
        append_figure(report, ", ", summary->vulnerable - uploads, "of them waived");
        text_append_words(report, uploads == 1
                                      ? ": replace it, with a new key, and have it revoked"
                                      : ": replace them, with new keys, and have them revoked");
        if (others > 0) {
            text_append_words(report, "; and ");
            text_append_count(report, others, "other high finding");
            text_append_words(report, " above");
        }
    } else {
        text_append_count(report, others, "high finding");
        text_append_words(report, ", each named above with what to do");
    }
    text_append_words(report, ".");
}

static void append_inconclusive(struct text_report *report)
{
    const struct pb_summary *summary = report->result->summary;

    text_append_words(report, "INCONCLUSIVE: ");
    if (summary->certificates == 0)
        text_append_words(report, "nothing was judged");
    else if (summary->vulnerable == 0)
        text_append_words(report, "no certificate is known to be uploaded before the cutoff");
    else
        append_vulnerable(report);
    if (summary->inconclusive_because != NULL) {
        bool is_contrary = summary->certificates > 0 && summary->vulnerable == 0;
        text_append_words(report, is_contrary ? ", but " : "; ");
        text_append_words(report, summary->inconclusive_because);
    }
    text_append_words(report, ".");
}

void text_write_conclusion(struct text_report *report)
{
    static const struct {
        enum text_style style;
        void (*append)(struct text_report *report);
    } sentences[] = {
        [PB_CONCLUSION_PASS] = {TEXT_GOOD, append_pass},
        [PB_CONCLUSION_FAIL] = {TEXT_BAD, append_fail},
        [PB_CONCLUSION_INCONCLUSIVE] = {TEXT_DOUBTFUL, append_inconclusive},
    };
    const struct pb_summary *summary = report->result->summary;

    text_write_blank_line(report);
    write_evidence_figures(report);
    write_certificate_figures(report);
    if (summary->conclusion == PB_CONCLUSION_FAIL && summary->inconclusive_because != NULL) {
        text_begin(report);
        text_append_words(report, "inconclusive besides: ");
        text_append_words(report, summary->inconclusive_because);
        text_end_field(report, 0, "note");
    }
    text_write_blank_line(report);
    text_begin(report);
    sentences[summary->conclusion].append(report);
    text_end_line(report, 0, sentences[summary->conclusion].style);
}

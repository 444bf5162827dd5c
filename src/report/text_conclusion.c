/* SPDX-License-Identifier: MIT */
/* The end of the text report: the figures, and the one sentence to act on. */
#include "report/text_report.h"

#include "report/conclusion.h"

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

void text_write_conclusion(struct text_report *report)
{
    static const enum text_style styles[] = {
        [PB_CONCLUSION_PASS] = TEXT_GOOD,
        [PB_CONCLUSION_FAIL] = TEXT_BAD,
        [PB_CONCLUSION_INCONCLUSIVE] = TEXT_DOUBTFUL,
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
    struct pb_buffer *value = text_begin(report);
    pb_buffer_append_format(value, "%s: ", pb_conclusion_word(summary->conclusion));
    pb_conclusion_append(value, report->result, "above");
    text_end_line(report, 0, styles[summary->conclusion]);
}

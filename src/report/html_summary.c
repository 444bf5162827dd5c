/* SPDX-License-Identifier: MIT */
/* The start of the html report: the one sentence to act on, the figures, what they rest on. */
#include "report/html_report.h"

#include "report/conclusion.h"
#include "rules/verdict.h"

struct figure {
    const char *label;
    size_t count;
};

static void write_conclusion(struct html_report *report)
{
    static const char *const kinds[] = {
        [PB_CONCLUSION_PASS] = "good",
        [PB_CONCLUSION_FAIL] = "bad",
        [PB_CONCLUSION_INCONCLUSIVE] = "doubtful",
    };
    const struct pb_summary *summary = report->result->summary;

    html_write(report, "<section id=\"conclusion\" class=\"conclusion ");
    html_write(report, kinds[summary->conclusion]);
    html_write(report, "\">\n<h2>Conclusion: ");
    html_write(report, pb_conclusion_word(summary->conclusion));
    html_write(report, "</h2>\n<p>");
    pb_conclusion_append(html_begin_value(report), report->result, "below");
    html_end_value(report);
    html_write(report, "</p>\n");
    if (summary->conclusion == PB_CONCLUSION_FAIL && summary->inconclusive_because != NULL) {
        html_write(report, "<p>Inconclusive besides: ");
        html_write_words(report, summary->inconclusive_because);
        html_write(report, ".</p>\n");
    }
    html_write(report, "</section>\n");
}

static void write_figures(struct html_report *report, const char *caption,
                          const struct figure *figures, size_t count)
{
    html_write(report, "<table>\n<caption>");
    html_write(report, caption);
    html_write(report, "</caption>\n<tbody>\n");
    for (size_t i = 0; i < count; i++) {
        html_write(report, "<tr><th scope=\"row\">");
        html_write_words(report, figures[i].label);
        pb_buffer_append_format(&report->sink->buffer, "</th><td class=\"number\">%zu</td></tr>\n",
                                figures[i].count);
    }
    html_write(report, "</tbody>\n</table>\n");
    html_end_record(report);
}

static void write_judgement(struct html_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    const struct figure certificates[] = {
        {"vulnerable", summary->vulnerable}, {"undetermined", summary->undetermined},
        {"clear", summary->clear},           {"not judged", summary->not_judged},
        {"all", summary->certificates},
    };
    const struct figure findings[] = {
        {"high", summary->findings[PB_LEVEL_HIGH]},
        {"medium", summary->findings[PB_LEVEL_MEDIUM]},
        {"low", summary->findings[PB_LEVEL_LOW]},
        {"waived", summary->waived},
    };

    write_figures(report, "Certificates", certificates,
                  sizeof certificates / sizeof certificates[0]);
    write_figures(report, "Findings", findings, sizeof findings / sizeof findings[0]);
}

static void write_baseline(struct html_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    const struct figure states[] = {
        {"new", summary->new_findings},
        {"unchanged", summary->unchanged_findings},
        {"resolved", summary->resolved_findings},
    };

    if (report->result->parameters->baseline != NULL)
        write_figures(report, "Against the baseline", states, sizeof states / sizeof states[0]);
}

static void write_evidence(struct html_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    const size_t *counts = summary->entry_status;
    const struct figure items[] = {
        {"used", counts[PB_ENTRY_USED]},
        {"ignored", counts[PB_ENTRY_IGNORED]},
        {"unreadable", counts[PB_ENTRY_UNREADABLE]},
        {"skipped", counts[PB_ENTRY_SKIPPED]},
        {"all items", summary->entries - counts[PB_ENTRY_CONTAINER]},
        {"archives", counts[PB_ENTRY_CONTAINER]},
    };

    write_figures(report, "Evidence", items, sizeof items / sizeof items[0]);
}

static void write_reasons(struct html_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    struct figure reasons[PB_MOST_REASONS];

    for (size_t i = 0; i < summary->reason_count; i++)
        reasons[i] = (struct figure){summary->reasons[i].reason, summary->reasons[i].count};
    if (summary->reason_count > 0)
        write_figures(report, "Undetermined by reason", reasons, summary->reason_count);
}

static void write_rules(struct html_report *report)
{
    size_t count, applied = 0;
    const struct pb_rule *const *rules = pb_rules(&count);

    html_begin_field(report, "rules");
    for (size_t i = 0; i < count; i++)
        if (report->result->parameters->rules >> i & 1) {
            html_write(report, applied++ > 0 ? ", " : "");
            html_write_words(report, rules[i]->name);
        }
    if (applied == 0)
        html_write(report, "none");
    if (!pb_conclusion_has_rule(report->result, "IAM-033"))
        html_write(report, "<br>\nIAM-033 is off: verdicts are counted, but are no findings");
    html_end_field(report);
}

static void write_exit_status(struct html_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;

    html_begin_field(report, "exit status");
    pb_buffer_append_format(&report->sink->buffer, "%d; fails on ",
                            report->result->summary->exit_status);
    if (parameters->has_fail_on)
        html_write(report, pb_level_name(parameters->fail_on));
    else
        html_write(report, "nothing");
    html_write(report, parameters->has_fail_on && parameters->fail_on < PB_LEVEL_HIGH
                           ? " findings and worse"
                       : parameters->has_fail_on ? " findings"
                                                 : "");
    if (parameters->require_complete)
        html_write(report, "; coverage must be complete");
    if (parameters->baseline != NULL && parameters->is_new_only)
        html_write(report, "; only new findings count");
    html_end_field(report);
}

static void write_parameters(struct html_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;

    html_write(report, "<dl>\n");
    html_begin_field(report, "cutoff");
    html_write_instant(report, parameters->cutoff);
    html_write(report, ": what was uploaded before is vulnerable");
    html_end_field(report);
    html_begin_field(report, "as of");
    html_write_instant(report, parameters->as_of);
    html_write(report, ": expiry is judged against it");
    html_end_field(report);
    write_rules(report);
    write_exit_status(report);
    html_write(report, "</dl>\n");
}

void html_write_summary(struct html_report *report)
{
    write_conclusion(report);
    html_write(report, "<section id=\"figures\">\n<h2>Figures</h2>\n<div class=\"figures\">\n");
    write_judgement(report);
    write_reasons(report);
    write_baseline(report);
    write_evidence(report);
    html_write(report, "</div>\n");
    write_parameters(report);
    html_write(report, "</section>\n");
}

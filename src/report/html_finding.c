/* SPDX-License-Identifier: MIT */
/* The html report's findings: of a certificate, of the evidence itself, and of a baseline. */
#include "report/html_report.h"

#include "report/phrases.h"
#include "rules/baseline.h"

static void write_level(struct html_report *report, const struct pb_finding *finding)
{
    static const char *const kinds[] = {
        [PB_LEVEL_LOW] = "plain",
        [PB_LEVEL_MEDIUM] = "doubtful",
        [PB_LEVEL_HIGH] = "bad",
    };
    enum pb_level level = finding->rule->level;
    bool is_open = pb_finding_counts(finding);

    html_write_badge(report, is_open ? kinds[level] : "plain", pb_level_name(level));
    html_write(report, " ");
    if (finding->waiver != NULL)
        html_write(report, "<span class=\"badge plain\">waived</span> ");
    if (finding->state != PB_STATE_NONE) {
        html_write_badge(report, finding->state == PB_STATE_RESOLVED ? "good" : "plain",
                         pb_finding_state_name(finding->state));
        html_write(report, " ");
    }
}

void html_write_finding(struct html_report *report, const struct pb_finding *finding)
{
    char room[PB_SENTENCE_BYTES];

    write_level(report, finding);
    html_write(report, "<strong>");
    html_write_words(report, finding->rule->name);
    html_write(report, "</strong>: ");
    html_write_text(report, pb_finding_message(finding, report->result->inventory,
                                               report->result->parameters, room));
    if (finding->waiver != NULL) {
        pb_phrase_append_waiver(html_begin_value(report), finding->waiver);
        html_write(report, "<br>\n<span class=\"quiet\">");
        html_end_value(report);
        html_write(report, "</span>");
    }
    if (finding->entry != PB_NO_INDEX) {
        html_write(report, "<br>\n<span class=\"quiet\">in ");
        html_write_place(report, (struct pb_place){.entry = finding->entry});
        html_write(report, "</span>");
    }
}

const struct pb_finding *const *html_findings(const struct html_report *report,
                                              uint32_t certificate, uint32_t account, size_t *count)
{
    const struct pb_finding *const *findings = report->findings;
    size_t first = pb_report_find_findings(findings, report->result->findings->items.count,
                                           certificate, account, count);

    return findings + first;
}

/* One of the sections below on its way. */
struct section {
    const char *heading, *explanation;
    bool is_open;
};

static void open_section(struct html_report *report, struct section *section)
{
    if (section->is_open)
        return;
    html_write(report, "<section>\n<h2>");
    html_write_words(report, section->heading);
    html_write(report, "</h2>\n<p class=\"quiet\">");
    html_write_words(report, section->explanation);
    html_write(report, "</p>\n<ul class=\"findings\">\n");
    section->is_open = true;
}

static void write_element(struct html_report *report, struct section *section,
                          const struct pb_finding *finding)
{
    open_section(report, section);
    html_write(report, "<li>");
    html_write_finding(report, finding);
    html_end_element(report);
}

static void close_section(struct html_report *report, const struct section *section)
{
    if (section->is_open)
        html_write(report, "</ul>\n</section>\n");
}

static void write_evidence_findings(struct html_report *report)
{
    struct section section = {
        .heading = "Findings about the evidence itself",
        .explanation = "They concern no certificate that the evidence shows.",
    };
    size_t count;
    const struct pb_finding *const *findings =
        html_findings(report, PB_NO_INDEX, PB_NO_INDEX, &count);

    for (size_t i = 0; i < count && !report->sink->has_failed; i++)
        if (pb_finding_former(findings[i]) == NULL)
            write_element(report, &section, findings[i]);
    close_section(report, &section);
}

static void write_carried(struct html_report *report)
{
    const struct pb_vector *findings = &report->result->findings->items;
    struct section section = {
        .heading = "Unchanged, because this evidence does not cover them",
        .explanation = "Findings of the baseline that count on until evidence settles them.",
    };

    for (size_t i = 0; i < findings->count && !report->sink->has_failed; i++) {
        const struct pb_finding *finding = &PB_VECTOR_AT(const struct pb_finding, findings, i);
        if (pb_finding_former(finding) != NULL)
            write_element(report, &section, finding);
    }
    close_section(report, &section);
}

static void write_resolved(struct html_report *report)
{
    const struct pb_vector *findings = &report->result->findings->resolved;
    struct section section = {
        .heading = "Resolved since the baseline",
        .explanation = "Findings of the baseline that are over, and how.",
    };

    for (size_t i = 0; i < findings->count && !report->sink->has_failed; i++)
        write_element(report, &section, &PB_VECTOR_AT(const struct pb_finding, findings, i));
    close_section(report, &section);
}

void html_write_other_findings(struct html_report *report)
{
    write_evidence_findings(report);
    write_carried(report);
    write_resolved(report);
}

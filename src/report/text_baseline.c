/* SPDX-License-Identifier: MIT */
/* The text report's words for waivers and states, and what a baseline has besides. */
#include "report/text_report.h"

#include "report/phrases.h"

void text_append_state(struct text_report *report, const struct pb_finding *finding)
{
    if (finding->state != PB_STATE_NONE)
        pb_buffer_append_format(&report->value, " (%s)", pb_finding_state_name(finding->state));
}

void text_append_waiver(struct text_report *report, const struct pb_finding *finding)
{
    if (finding->waiver == NULL)
        return;
    text_append_words(report, " (");
    pb_phrase_append_waiver(&report->value, finding->waiver);
    text_append_words(report, ")");
}

void text_append_standing(struct text_report *report, const struct pb_finding *finding)
{
    if (finding->state == PB_STATE_NONE || finding->waiver == NULL) {
        text_append_state(report, finding);
        text_append_waiver(report, finding);
        return;
    }
    pb_buffer_append_format(&report->value, " (%s, ", pb_finding_state_name(finding->state));
    pb_phrase_append_waiver(&report->value, finding->waiver);
    text_append_words(report, ")");
}

static void write_heading(struct text_report *report, const char *words)
{
    text_write_blank_line(report);
    text_begin(report);
    text_append_words(report, words);
    text_end_line(report, 0, TEXT_STRONG);
}

static void write_former(struct text_report *report, const struct pb_finding *finding)
{
    pb_buffer_append_repeated(&report->sink->buffer, ' ', TEXT_INDENT);
    if (finding->state == PB_STATE_RESOLVED)
        text_write_styled(report, TEXT_GOOD, "-", TEXT_SEVERITY);
    else
        text_write_level_of(report, finding);
    struct pb_buffer *value = text_begin(report);
    pb_buffer_append_format(value, "%s: ", finding->rule->name);
    text_append_message(report, finding);
    text_append_waiver(report, finding);
    text_end_after(report, TEXT_DETAIL, TEXT_DETAIL);
}

static void write_carried(struct text_report *report)
{
    const struct pb_vector *findings = &report->result->findings->items;
    bool has_heading = false;

    for (size_t i = 0; i < findings->count && !report->sink->has_failed; i++) {
        const struct pb_finding *finding = &PB_VECTOR_AT(const struct pb_finding, findings, i);
        if (pb_finding_former(finding) == NULL)
            continue;
        if (!has_heading)
            write_heading(report, "unchanged, because this evidence does not cover them");
        has_heading = true;
        write_former(report, finding);
    }
}

static void write_resolved(struct text_report *report)
{
    const struct pb_vector *findings = &report->result->findings->resolved;

    if (findings->count > 0)
        write_heading(report, "resolved since the baseline");
    for (size_t i = 0; i < findings->count && !report->sink->has_failed; i++)
        write_former(report, &PB_VECTOR_AT(const struct pb_finding, findings, i));
}

void text_write_baseline(struct text_report *report)
{
    write_carried(report);
    write_resolved(report);
}

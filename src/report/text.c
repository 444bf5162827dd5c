/* SPDX-License-Identifier: MIT */
/* The text report: what people read, in the order in which they act on it. */
#include "report/writers.h"

#include <inttypes.h>
#include <stdlib.h>

#include "report/conclusion.h"
#include "report/text_report.h"

static enum text_style level_style(enum pb_level level)
{
    static const enum text_style styles[] = {
        [PB_LEVEL_LOW] = TEXT_PLAIN,
        [PB_LEVEL_MEDIUM] = TEXT_DOUBTFUL,
        [PB_LEVEL_HIGH] = TEXT_BAD,
    };

    return styles[level];
}

static const char *level_word(enum pb_level level)
{
    static const char *const words[] = {
        [PB_LEVEL_LOW] = "LOW",
        [PB_LEVEL_MEDIUM] = "MEDIUM",
        [PB_LEVEL_HIGH] = "HIGH",
    };

    return words[level];
}

void text_write_level(struct text_report *report, enum pb_level level)
{
    text_write_styled(report, level_style(level), level_word(level), TEXT_SEVERITY);
}

/* One that is accepted calls for nothing. */
void text_write_level_of(struct text_report *report, const struct pb_finding *finding)
{
    if (finding->waiver != NULL)
        text_write_styled(report, TEXT_PLAIN, "WAIVED", TEXT_SEVERITY);
    else
        text_write_level(report, finding->rule->level);
}

void text_append_message(struct text_report *report, const struct pb_finding *finding)
{
    char room[PB_SENTENCE_BYTES];

    text_append(report, pb_finding_message(finding, report->result->inventory,
                                           report->result->parameters, room));
}

void text_write_finding(struct text_report *report, const struct pb_finding *finding, size_t indent)
{
    struct pb_buffer *value = text_begin(report);

    pb_buffer_append_format(value, "%s %s", level_word(finding->rule->level), finding->rule->name);
    text_append_state(report, finding);
    text_append_words(report, ": ");
    text_append_message(report, finding);
    text_append_waiver(report, finding);
    text_end_field(report, indent, "finding");
}

void text_write_standing(struct text_report *report, const struct pb_finding *finding,
                         size_t indent)
{
    struct pb_buffer *value;

    if (finding->state == PB_STATE_NONE && finding->waiver == NULL)
        return;
    value = text_begin(report);
    pb_buffer_append_format(value, "%s %s", level_word(finding->rule->level), finding->rule->name);
    text_append_standing(report, finding);
    text_end_field(report, indent, "finding");
}

const struct pb_finding *const *text_findings(const struct text_report *report,
                                              uint32_t certificate, uint32_t account, size_t *count)
{
    const struct pb_finding *const *findings = report->findings;
    size_t first = pb_report_find_findings(findings, report->result->findings->items.count,
                                           certificate, account, count);

    return *count > 0 ? findings + first : NULL;
}

static void write_title(struct text_report *report)
{
    struct pb_slice title = PB_SLICE("IAM-033  Pre-Heartbleed server certificates");
    struct pb_slice tool = PB_SLICE("prebleed ");
    struct pb_buffer *out = &report->sink->buffer;
    struct pb_slice version = pb_slice_from_string(report->result->version);
    size_t used = title.size_bytes + tool.size_bytes + version.size_bytes;

    text_write_styled(report, TEXT_STRONG, title.data, 0);
    pb_buffer_append_repeated(out, ' ',
                              used + 2 <= PB_LAYOUT_COLUMNS ? PB_LAYOUT_COLUMNS - used : 2);
    pb_buffer_append(out, tool);
    pb_buffer_append(out, version);
    text_write_blank_line(report);
}

static void write_rules(struct text_report *report)
{
    size_t count, applied = 0;
    const struct pb_rule *const *rules = pb_rules(&count);
    struct pb_buffer *value = text_begin(report);

    for (size_t i = 0; i < count; i++)
        if (report->result->parameters->rules >> i & 1)
            pb_buffer_append_format(value, "%s%s", applied++ > 0 ? ", " : "", rules[i]->name);
    if (applied == count) {
        value = text_begin(report);
        pb_buffer_append_format(value, "all %zu", count);
    } else if (applied == 0) {
        text_append_words(report, "none");
    }
    text_end_field(report, 0, "rules");
    if (!pb_conclusion_has_rule(report->result, "IAM-033")) {
        text_begin(report);
        text_append_words(report, "IAM-033 is off: verdicts are counted, but are no findings");
        text_end_field(report, 0, "");
    }
}

void text_write_header(struct text_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;

    write_title(report);
    text_begin(report);
    pb_instant_append(&report->value, parameters->cutoff);
    text_append_words(report, ": what was uploaded before is vulnerable");
    text_end_field(report, 0, "cutoff");
    text_begin(report);
    pb_instant_append(&report->value, parameters->as_of);
    text_append_words(report, ": expiry is judged against it");
    text_end_field(report, 0, "as of");
    write_rules(report);
}

/* Those that are carried over from the baseline have a section of their own. */
static bool has_own(const struct pb_finding *const *findings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pb_finding_former(findings[i]) == NULL)
            return true;
    return false;
}

void text_write_evidence_findings(struct text_report *report)
{
    const struct pb_inventory *inventory = report->result->inventory;
    size_t count;
    const struct pb_finding *const *findings =
        text_findings(report, PB_NO_INDEX, PB_NO_INDEX, &count);

    if (!has_own(findings, count))
        return;
    text_write_blank_line(report);
    text_begin(report);
    text_append_words(report, "findings about the evidence itself");
    text_end_line(report, 0, TEXT_STRONG);
    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        if (pb_finding_former(findings[i]) != NULL)
            continue;
        pb_buffer_append_repeated(&report->sink->buffer, ' ', TEXT_INDENT);
        text_write_level_of(report, findings[i]);
        struct pb_buffer *value = text_begin(report);
        pb_buffer_append_string(value, findings[i]->rule->name);
        text_append_state(report, findings[i]);
        text_append_words(report, ": ");
        text_append_message(report, findings[i]);
        text_append_waiver(report, findings[i]);
        text_end_after(report, TEXT_DETAIL, TEXT_DETAIL);
        if (findings[i]->entry == PB_NO_INDEX)
            continue;
        value = text_begin(report);
        pb_place_append(value, inventory, (struct pb_place){.entry = findings[i]->entry});
        text_end_place(report, TEXT_DETAIL, "seen");
    }
}

static void write_accounts(struct text_report *report)
{
    size_t count = report->result->inventory->accounts.count;

    for (size_t i = 0; i < count && !report->sink->has_failed; i++)
        text_write_account(report, (uint32_t)i);
}

void pb_report_write_text(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    const struct pb_inventory *inventory = result->inventory;
    struct text_report report = {.result = result, .sink = sink};

    if (options != NULL)
        report.options = *options;
    pb_buffer_init(&report.value, SIZE_MAX);
    if (!pb_report_order_findings(result->findings, &report.findings) ||
        !pb_report_order_diagnostics(&inventory->evidence.diagnostics, &report.diagnostics)) {
        pb_sink_fail_memory(sink);
        goto out;
    }
    text_write_header(&report);
    write_accounts(&report);
    text_write_lineage(&report);
    text_write_evidence_findings(&report);
    text_write_baseline(&report);
    text_write_evidence(&report);
    text_write_plan(&report);
    text_write_conclusion(&report);
out:
    pb_buffer_release(&report.value);
    free(report.findings);
    free(report.diagnostics);
}

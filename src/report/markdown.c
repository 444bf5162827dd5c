/* SPDX-License-Identifier: MIT */
/* The markdown report: GitHub's flavour, for a pull request or a job summary, which are cut after
 * 64 KB. Each table ends before its share of that is used up, and says how many rows are left out.
 * Text of the evidence is in code spans, where markup has no effect. */
#include "report/report.h"

#include <inttypes.h>

#include "report/lines.inc"

/* Bytes of the whole report after which a table takes no further row. A row has at most 4,700. */
#define NEW_END 15000
#define CERTIFICATES_END 40000
#define MOST_CERTIFICATES 1000 /* more would not fit */
#define ACCOUNTS_END 49000
#define FINDINGS_END 52500
#define EVIDENCE_END 56000
/* Columns of a text of the evidence: at most ten bytes each. */
#define WIDEST 100
#define WIDEST_REASON 200
#define WIDEST_FINDING 450

/* Appends the report's value as a code span, in a table's cell behind another one. More backticks
 * than the text has together are around it, and a blank, which is no part of it; '|' is quoted, for
 * tables are parsed before code spans. */
static void append_cell(struct pb_report *report, size_t width)
{
    struct pb_slice text = pb_take_value(report);
    struct pb_buffer shortened = {0};
    size_t ticks = 0;

    pb_put(report, " | ");
    if (text.size_bytes == 0)
        return;
    pb_text_shorten(&shortened, text, width);
    if (shortened.has_failed)
        pb_report_fail(report);
    for (size_t i = 0; i < shortened.size_bytes; i++)
        ticks += shortened.data[i] == '`';
    pb_buffer_append_repeated(&report->out, '`', ticks + 1);
    pb_put(report, ticks > 0 ? " " : "");
    for (size_t i = 0; i < shortened.size_bytes; i++) {
        pb_put(report, shortened.data[i] == '|' ? "\\" : "");
        pb_buffer_append_byte(&report->out, shortened.data[i]);
    }
    pb_put(report, ticks > 0 ? " " : "");
    pb_buffer_append_repeated(&report->out, '`', ticks + 1);
    pb_buffer_release(&shortened);
}

static void append_account_cell(struct pb_report *report, uint32_t index)
{
    pb_words_account(pb_begin_value(report), "", pb_inventory_account(report->inventory, index));
    append_cell(report, WIDEST);
}

static void write_rest(struct pb_report *report, size_t count, size_t written, const char *what)
{
    if (count > written)
        pb_buffer_append_format(&report->out, "\n%zu more %s%s not shown.\n", count - written, what,
                                count - written == 1 ? " is" : "s are");
}

static void write_certificates(struct pb_report *report)
{
    uint32_t worst[MOST_CERTIFICATES];
    size_t count = pb_find_worst(report, worst, MOST_CERTIFICATES), i = 0;

    if (count > 0)
        pb_put(report, PB_LINES_MARKDOWN_CERTIFICATES);
    for (; i < count && i < MOST_CERTIFICATES && report->out.size_bytes < CERTIFICATES_END; i++) {
        const struct pb_certificate *certificate =
            pb_inventory_certificate(report->inventory, worst[i]);
        const struct pb_date *date = pb_certificate_arrival(certificate);
        pb_buffer_append_format(&report->out, "| %s", pb_badge_of(report, worst[i])->words);
        append_account_cell(report, certificate->account);
        pb_words_name(pb_begin_value(report), certificate);
        append_cell(report, WIDEST);
        pb_put(report, " | ");
        if (pb_date_is_known(date))
            pb_buffer_append_format(&report->out, "%.10s", pb_instant_text(date->instant).text);
        pb_words_first(pb_begin_value(report), certificate->in_use_by,
                       certificate->in_use_by_count);
        append_cell(report, WIDEST);
        pb_put(report, " | ");
        pb_words_rules(report, &report->out, worst[i], PB_RULES_MARKED);
        pb_put(report, " |\n");
    }
    write_rest(report, count, i, "certificate");
}

static void write_accounts(struct pb_report *report)
{
    size_t count = report->inventory->accounts.count;
    uint32_t i = 0;

    if (count > 0)
        pb_put(report, PB_LINES_MARKDOWN_ACCOUNTS);
    for (; i < count && report->out.size_bytes < ACCOUNTS_END; i++) {
        const struct pb_account *account = pb_inventory_account(report->inventory, i);
        pb_buffer_append_format(&report->out, "| %s", pb_coverage_names[account->coverage]);
        append_account_cell(report, i);
        pb_buffer_append_format(
            &report->out, " | %" PRIu32 " | %" PRIu32 " | %" PRIu32, account->certificate_count,
            account->verdicts[PB_VERDICT_VULNERABLE], account->verdicts[PB_VERDICT_UNDETERMINED]);
        pb_words_first(pb_begin_value(report), account->reasons.data, account->reasons.count);
        append_cell(report, WIDEST_REASON);
        pb_put(report, " |\n");
    }
    write_rest(report, count, i, "account");
}

/* New or resolved findings, or, of PB_STATE_NONE, others of no certificate and no account. */
static void write_findings(struct pb_report *report, const char *title, enum pb_finding_state state,
                           size_t end)
{
    size_t count = 0, written = 0;

    for (size_t i = 0; i < report->findings->items.count; i++) {
        const struct pb_finding *finding = pb_findings_at(report->findings, i);
        bool has_subject = finding->certificate != PB_NO_INDEX || finding->account != PB_NO_INDEX;
        bool has_table = finding->state == PB_STATE_NEW || finding->state == PB_STATE_RESOLVED;
        if (state == PB_STATE_NONE ? has_subject || has_table : finding->state != state)
            continue;
        if (count++ == 0)
            pb_buffer_append_format(&report->out, PB_LINES_MARKDOWN_FINDINGS, title);
        if (report->out.size_bytes >= end)
            continue;
        pb_buffer_append_format(&report->out, "| %s%s | %s", pb_level_names[finding->rule->level],
                                finding->waiver != NULL ? ", waived" : "", finding->rule->name);
        pb_words_finding(pb_begin_value(report), report->result, finding);
        append_cell(report, WIDEST_FINDING);
        pb_put(report, " |\n");
        written++;
    }
    write_rest(report, count, written, "finding");
}

static void write_evidence(struct pb_report *report)
{
    size_t count = 0, written = 0;

    for (uint32_t i = 0; i < report->inventory->evidence.entries.count; i++) {
        const struct pb_entry *entry = pb_batch_entry(&report->inventory->evidence, i);
        struct pb_slice reason = pb_find_reason(report, i);
        bool is_whole = entry->status != PB_ENTRY_USED || pb_slice_is_absent(reason);
        if (!pb_entry_is_unread(entry) && is_whole)
            continue;
        if (count++ == 0)
            pb_put(report, PB_LINES_MARKDOWN_EVIDENCE);
        if (report->out.size_bytes >= EVIDENCE_END)
            continue;
        pb_buffer_append_format(&report->out, "| %s", pb_entry_status_names[entry->status]);
        pb_place_append(pb_begin_value(report), report->inventory, (struct pb_place){.entry = i});
        append_cell(report, WIDEST);
        pb_words_text(pb_begin_value(report), reason);
        append_cell(report, WIDEST_REASON);
        pb_put(report, " |\n");
        written++;
    }
    write_rest(report, count, written, "item");
}

static void write_head(struct pb_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    const struct pb_parameters *parameters = report->result->parameters;

    pb_put(report, "## prebleed: ");
    pb_words_outcome(&report->out, report->result);
    pb_put(report, "\n\n");
    pb_words_conclusion(&report->out, report->result, "below");
    if (parameters->baseline != NULL) {
        pb_put(report, " Against the baseline: ");
        pb_words_baseline(&report->out, summary);
        pb_put(report, ".");
    }
    pb_buffer_append_format(&report->out, PB_LINES_MARKDOWN_HEAD, summary->certificates,
                            summary->vulnerable, summary->undetermined, summary->clear,
                            summary->not_judged, summary->findings[PB_LEVEL_HIGH],
                            summary->findings[PB_LEVEL_MEDIUM], summary->findings[PB_LEVEL_LOW],
                            summary->waived, pb_instant_text(parameters->cutoff).text,
                            pb_instant_text(parameters->as_of).text, report->result->version);
}

void pb_report_write_markdown(struct pb_report *report)
{
    write_head(report);
    write_findings(report, "New findings", PB_STATE_NEW, NEW_END);
    write_certificates(report);
    write_accounts(report);
    write_findings(report, "Findings about the evidence itself", PB_STATE_NONE, FINDINGS_END);
    write_findings(report, "Resolved since the baseline", PB_STATE_RESOLVED, FINDINGS_END);
    write_evidence(report);
}

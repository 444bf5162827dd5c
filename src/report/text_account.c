/* SPDX-License-Identifier: MIT */
/* The text report's block of one account: its coverage, then its certificates, worst first. */
#include "report/text_report.h"

#include <string.h>

#include "base/escape.h"
#include "report/names.h"
#include "report/phrases.h"
#include "report/urgency.h"

/* So many reasons and gaps are printed; the rest is counted, and stands in the json report. */
#define MOST_REASONS 20
#define MOST_GAPS 50

static const char coverage_gap[] = "coverage-gap";

/* Tells one unknown account from another. */
static void write_folder(struct text_report *report, const struct pb_account *account)
{
    if (!pb_slice_is_absent(account->id) || account->folder.size_bytes == 0)
        return;
    pb_escape_append(text_begin(report), account->folder, PB_ESCAPE_REVERSIBLE);
    text_end_field(report, TEXT_INDENT, "folder");
}

static void append_verdict_count(struct text_report *report, const struct pb_account *account,
                                 enum pb_verdict verdict, const char *words)
{
    size_t count = pb_urgency_count(report->result->inventory, account, verdict);

    if (count > 0)
        pb_buffer_append_format(&report->value, " · %zu %s", count, words);
}

static void append_deleted_count(struct text_report *report, const struct pb_account *account)
{
    size_t count = pb_urgency_count_deleted(report->result->inventory, account);

    if (count > 0)
        pb_buffer_append_format(&report->value, " · %zu deleted", count);
}

static void write_heading(struct text_report *report, const struct pb_account *account)
{
    text_begin(report);
    pb_phrase_append_account(&report->value, account);
    text_append_words(report, " · ");
    text_append_count(report, account->certificate_count, "certificate");
    if (account->all_certificate_count > account->certificate_count)
        pb_buffer_append_format(&report->value, " and %zu in ACM",
                                (size_t)account->all_certificate_count -
                                    account->certificate_count);
    append_verdict_count(report, account, PB_VERDICT_VULNERABLE, "vulnerable");
    append_verdict_count(report, account, PB_VERDICT_UNDETERMINED, "undetermined");
    append_deleted_count(report, account);
    text_end_line(report, 0, TEXT_STRONG);
}

static void write_more(struct text_report *report, size_t more, const char *singular)
{
    text_begin(report);
    text_append_words(report, "and ");
    text_append_count(report, more, singular);
    text_append_words(report, " more: the json report lists all");
    text_end_field(report, TEXT_INDENT, "");
}

static size_t shown_reasons(const struct pb_account *account)
{
    return account->reason_count < MOST_REASONS ? account->reason_count : MOST_REASONS;
}

static void write_coverage(struct text_report *report, const struct pb_account *account)
{
    size_t shown = shown_reasons(account);

    text_begin(report);
    text_append_words(report, pb_report_coverage_name(account->coverage));
    for (size_t i = 0; i < shown; i++) {
        if (i == 0)
            text_append_words(report, ": ");
        else
            text_begin(report);
        text_append(report, account->reasons[i]);
        text_end_field(report, TEXT_INDENT, i == 0 ? "coverage" : "");
    }
    if (shown == 0)
        text_end_field(report, TEXT_INDENT, "coverage");
    if (account->reason_count > shown)
        write_more(report, account->reason_count - shown, "reason");
}

static bool is_said(const struct pb_account *account, struct pb_slice message)
{
    for (size_t i = 0; i < shown_reasons(account); i++)
        if (pb_slice_equals(account->reasons[i], message))
            return true;
    return false;
}

/* The first gap of the account; gaps stand in the order of accounts. */
static size_t first_gap(const struct pb_vector *gaps, uint32_t account)
{
    size_t low = 0, high = gaps->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (PB_VECTOR_AT(const struct pb_gap, gaps, middle).account < account)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void write_gaps(struct text_report *report, const struct pb_account *account, uint32_t index)
{
    const struct pb_vector *gaps = &report->result->inventory->gaps;
    size_t shown = 0, more = 0;

    for (size_t i = first_gap(gaps, index); i < gaps->count; i++) {
        const struct pb_gap *gap = &PB_VECTOR_AT(const struct pb_gap, gaps, i);
        if (gap->account != index)
            break;
        if (is_said(account, gap->message))
            continue;
        if (shown == MOST_GAPS && !report->options.is_verbose) {
            more++;
            continue;
        }
        text_begin(report);
        text_append(report, gap->message);
        text_end_field(report, TEXT_INDENT, shown++ == 0 ? "gaps" : "");
    }
    if (more > 0)
        write_more(report, more, "gap");
}

/* Gaps are printed already, whether or not their rule was applied; what is said of them only by
 * waivers and a baseline is said here. */
static void write_account_findings(struct text_report *report, uint32_t index)
{
    size_t count;
    const struct pb_finding *const *findings = text_findings(report, PB_NO_INDEX, index, &count);

    for (size_t i = 0; i < count; i++)
        if (pb_finding_former(findings[i]) == NULL &&
            (strcmp(findings[i]->rule->name, coverage_gap) != 0 || findings[i]->waiver != NULL ||
             findings[i]->state != PB_STATE_NONE))
            text_write_finding(report, findings[i], TEXT_INDENT);
}

/* Certificates of one verdict that are only counted, because they call for nothing urgent. */
struct hidden {
    size_t count;
    size_t with_findings; /* those of them with findings, all of severity low */
};

static bool is_shown(const struct text_report *report, uint32_t index, struct hidden *hidden)
{
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->result->inventory, index);
    size_t count;
    const struct pb_finding *const *findings = text_findings(report, index, PB_NO_INDEX, &count);

    if (report->options.is_verbose || pb_urgency_is_urgent(certificate, findings, count))
        return true;
    hidden[certificate->verdict].count++;
    hidden[certificate->verdict].with_findings += count > 0;
    return false;
}

/* hidden has an element a verdict. */
static void write_certificates(struct text_report *report, const struct pb_account *account,
                               struct hidden *hidden)
{
    struct pb_urgency walk = pb_urgency_begin(report->result->inventory, account);
    uint32_t index;

    while (pb_urgency_next(&walk, &index) && !report->sink->has_failed)
        if (is_shown(report, index, hidden))
            text_write_certificate(report, index);
}

static void write_hidden(struct text_report *report, struct hidden clear, struct hidden not_judged)
{
    size_t with_findings = clear.with_findings + not_judged.with_findings;

    if (clear.count + not_judged.count == 0)
        return;
    text_write_blank_line(report);
    text_begin(report);
    text_append_words(report, "not shown: ");
    if (clear.count > 0)
        pb_buffer_append_format(&report->value, "%zu clear", clear.count);
    if (not_judged.count > 0)
        pb_buffer_append_format(&report->value, "%s%zu not judged", clear.count > 0 ? ", " : "",
                                not_judged.count);
    if (with_findings > 0)
        pb_buffer_append_format(&report->value, ", %zu of them with findings of severity low",
                                with_findings);
    text_append_words(report, " (listed by -v)");
    text_end_line(report, TEXT_INDENT, TEXT_PLAIN);
}

void text_write_account(struct text_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->result->inventory, index);
    struct hidden hidden[PB_VERDICT_UNDETERMINED + 1] = {0};

    text_write_blank_line(report);
    write_heading(report, account);
    write_folder(report, account);
    write_coverage(report, account);
    write_gaps(report, account, index);
    write_account_findings(report, index);
    write_certificates(report, account, hidden);
    write_hidden(report, hidden[PB_VERDICT_CLEAR], hidden[PB_VERDICT_NONE]);
}

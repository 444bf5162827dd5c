/* SPDX-License-Identifier: MIT */
/* The html report's accounts: a table of all, then for each its coverage and its certificates. */
#include "report/html_report.h"

#include <string.h>

#include "base/escape.h"
#include "report/names.h"
#include "report/phrases.h"
#include "report/urgency.h"

/* So many are seen at once; the rest opens on demand. */
#define SHOWN_REASONS 20
#define SHOWN_CALM 20

static const char coverage_gap[] = "coverage-gap";

static void write_identity(struct html_report *report, const struct pb_account *account)
{
    pb_phrase_append_account(html_begin_value(report), account);
    html_end_value(report);
}

/* Tells one unknown account from another. */
static bool has_folder(const struct pb_account *account)
{
    return pb_slice_is_absent(account->id) && account->folder.size_bytes > 0;
}

static void write_folder(struct html_report *report, const struct pb_account *account)
{
    pb_escape_append(html_begin_value(report), account->folder, PB_ESCAPE_REVERSIBLE);
    html_write(report, "<code>");
    html_end_value(report);
    html_write(report, "</code>");
}

static void write_number_cell(struct html_report *report, size_t count)
{
    pb_buffer_append_format(&report->sink->buffer, "<td class=\"number\">%zu</td>", count);
}

static void write_row(struct html_report *report, uint32_t index)
{
    const struct pb_inventory *inventory = report->result->inventory;
    const struct pb_account *account = pb_inventory_account(inventory, index);

    html_write(report, "<tr><th scope=\"row\">");
    html_write_link(report, 'a', index);
    write_identity(report, account);
    html_write(report, "</a>");
    if (has_folder(account)) {
        html_write(report, " ");
        write_folder(report, account);
    }
    html_write(report, "</th>");
    write_number_cell(report, account->all_certificate_count);
    write_number_cell(report, pb_urgency_count(inventory, account, PB_VERDICT_VULNERABLE));
    write_number_cell(report, pb_urgency_count(inventory, account, PB_VERDICT_UNDETERMINED));
    write_number_cell(report, pb_urgency_count(inventory, account, PB_VERDICT_CLEAR));
    html_write(report, "<td>");
    html_write_coverage(report, account->coverage);
    html_write(report, "</td></tr>\n");
    html_end_record(report);
}

void html_write_account_table(struct html_report *report)
{
    size_t count = report->result->inventory->accounts.count;

    html_write(report, "<section id=\"accounts\">\n<h2>Accounts</h2>\n");
    if (count == 0) {
        html_write(report, "<p>The evidence shows none.</p>\n</section>\n");
        return;
    }
    html_write(report, "<div class=\"wide\">\n<table>\n<thead><tr><th scope=\"col\">Account</th>"
                       "<th scope=\"col\" class=\"number\">Certificates</th><th scope=\"col\" "
                       "class=\"number\">Vulnerable</th>"
                       "<th scope=\"col\" class=\"number\">Undetermined</th><th scope=\"col\" "
                       "class=\"number\">Clear</th>"
                       "<th scope=\"col\">Coverage</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < count && !report->sink->has_failed; i++)
        write_row(report, i);
    html_write(report, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void write_coverage(struct html_report *report, const struct pb_account *account)
{
    struct html_list list;

    html_begin_field(report, "coverage");
    html_write_coverage(report, account->coverage);
    html_write(report, "\n");
    if (account->reason_count > 0) {
        html_begin_list(report, &list, account->reason_count, SHOWN_REASONS);
        for (uint32_t i = 0; i < account->reason_count && !report->sink->has_failed; i++) {
            html_begin_element(report, &list);
            html_write_text(report, account->reasons[i]);
            html_end_element(report);
        }
        html_end_list(report, &list);
    }
    html_end_field(report);
}

/* Gaps stand among the reasons already, whether or not their rule was applied; what only waivers
 * and a baseline say of them is said here. */
static bool is_news(const struct pb_finding *finding)
{
    return pb_finding_former(finding) == NULL &&
           (strcmp(finding->rule->name, coverage_gap) != 0 || finding->waiver != NULL ||
            finding->state != PB_STATE_NONE);
}

static void write_findings(struct html_report *report, uint32_t index)
{
    size_t count, written = 0;
    const struct pb_finding *const *findings = html_findings(report, PB_NO_INDEX, index, &count);

    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        if (!is_news(findings[i]))
            continue;
        if (written++ == 0) {
            html_begin_field(report, "findings");
            html_write(report, "<ul class=\"findings\">\n");
        }
        html_write(report, "<li>");
        html_write_finding(report, findings[i]);
        html_end_element(report);
    }
    if (written > 0) {
        html_write(report, "</ul>");
        html_end_field(report);
    }
}

static bool is_urgent(const struct html_report *report, uint32_t certificate)
{
    size_t count;
    const struct pb_finding *const *findings =
        html_findings(report, certificate, PB_NO_INDEX, &count);

    return pb_urgency_is_urgent(pb_inventory_certificate(report->result->inventory, certificate),
                                findings, count);
}

static size_t write_urgent(struct html_report *report, const struct pb_account *account)
{
    struct pb_urgency walk = pb_urgency_begin(report->result->inventory, account);
    size_t calm = 0;
    uint32_t certificate;

    while (pb_urgency_next(&walk, &certificate) && !report->sink->has_failed)
        if (is_urgent(report, certificate))
            html_write_certificate(report, certificate, false);
        else
            calm++;
    return calm;
}

static void write_calm(struct html_report *report, const struct pb_account *account, size_t count)
{
    struct pb_urgency walk = pb_urgency_begin(report->result->inventory, account);
    uint32_t certificate;

    if (count == 0)
        return;
    html_write(report, count <= SHOWN_CALM ? "<details class=\"calm\" open>\n"
                                           : "<details class=\"calm\">\n");
    html_write(report, "<summary>");
    html_write_count(report, count, "certificate");
    html_write(report, " without anything urgent</summary>\n");
    while (pb_urgency_next(&walk, &certificate) && !report->sink->has_failed)
        if (!is_urgent(report, certificate))
            html_write_certificate(report, certificate, true);
    html_write(report, "</details>\n");
}

static void write_account(struct html_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->result->inventory, index);
    size_t deleted = pb_urgency_count_deleted(report->result->inventory, account);
    const char *id_from = pb_report_id_from_name(account->id_from);

    html_write(report, "<section");
    html_write_id(report, 'a', index);
    html_write(report, ">\n<h2>");
    write_identity(report, account);
    html_write(report, "</h2>\n<dl>\n");
    html_begin_field(report, "certificates");
    html_write_count(report, account->certificate_count, "certificate");
    if (account->all_certificate_count > account->certificate_count)
        pb_buffer_append_format(&report->sink->buffer, " and %" PRIu32 " in ACM",
                                account->all_certificate_count - account->certificate_count);
    if (deleted > 0)
        pb_buffer_append_format(&report->sink->buffer, ", %zu of them deleted", deleted);
    html_end_field(report);
    html_write_field(report, "known from", pb_slice_from_string(id_from));
    if (has_folder(account)) {
        html_begin_field(report, "folder");
        write_folder(report, account);
        html_end_field(report);
    }
    write_coverage(report, account);
    write_findings(report, index);
    html_write(report, "</dl>\n");
    write_calm(report, account, write_urgent(report, account));
    html_write(report, "</section>\n");
}

void html_write_accounts(struct html_report *report)
{
    size_t count = report->result->inventory->accounts.count;

    for (size_t i = 0; i < count && !report->sink->has_failed; i++)
        write_account(report, (uint32_t)i);
}

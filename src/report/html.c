/* SPDX-License-Identifier: MIT */
/* The html report: one file for a browser, a printer and an archive. No script, nothing from
 * elsewhere; what it says stands in the order in which people act on it. */
#include "report/writers.h"

#include <stdint.h>
#include <stdlib.h>

#include "report/conclusion.h"
#include "report/html_report.h"

static void write_style(struct html_report *report)
{
    html_write(report, "<style>");
    for (const char *const *line = html_style_lines; *line != NULL; line++)
        html_write(report, *line);
    html_write(report, "</style>\n");
}

/* The policy forbids everything but the one style sheet, whatever else should get into the file
 * (Content Security Policy Level 3, section 2.3.1: a source by its hash). */
static void write_head(struct html_report *report)
{
    html_write(report, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "style-src '");
    html_write(report, html_style_hash);
    html_write(report, "'; base-uri 'none'; form-action 'none'\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<meta name=\"color-scheme\" content=\"light dark\">\n"
                       "<meta name=\"referrer\" content=\"no-referrer\">\n"
                       "<meta name=\"generator\" content=\"prebleed ");
    html_write_words(report, report->result->version);
    html_write(report, "\">\n<title>");
    html_write(report, pb_conclusion_word(report->result->summary->conclusion));
    html_write(report, ": pre-Heartbleed server certificates (IAM-033)</title>\n");
    write_style(report);
    html_write(report, "</head>\n<body>\n");
}

static void write_header(struct html_report *report)
{
    html_write(report, "<header>\n<h1>Pre-Heartbleed server certificates</h1>\n<p>Rule IAM-033, "
                       "judged by prebleed ");
    html_write_words(report, report->result->version);
    html_write(report, " from saved evidence</p>\n</header>\n");
}

static void write_contents(struct html_report *report)
{
    html_write(report, "<nav aria-label=\"Contents\">\n<ul>\n"
                       "<li><a href=\"#figures\">Figures</a></li>\n"
                       "<li><a href=\"#accounts\">Accounts</a></li>\n");
    if (report->result->key_groups->shared_count > 0)
        html_write(report, "<li><a href=\"#lineage\">Keys that lived on</a></li>\n");
    html_write(report, "<li><a href=\"#evidence\">Evidence</a></li>\n");
    if (report->result->inventory->evidence.diagnostics.items.count > 0)
        html_write(report, "<li><a href=\"#diagnostics\">Diagnostics</a></li>\n");
    html_write(report, "<li><a href=\"#rules\">Rules</a></li>\n</ul>\n</nav>\n");
}

static void write_footer(struct html_report *report)
{
    html_write(report,
               "<footer>\n<p>This file holds no script and asks for nothing from elsewhere. "
               "The numbers of accounts (a), certificates (c) and items of evidence (e) "
               "are the positions, from 0, in the json report of the same run.</p>\n"
               "</footer>\n</body>\n</html>\n");
}

static void write_body(struct html_report *report)
{
    static void (*const sections[])(struct html_report * report) = {
        html_write_summary,     html_write_account_table,  html_write_accounts,
        html_write_lineage,     html_write_other_findings, html_write_evidence,
        html_write_diagnostics, html_write_rules,
    };

    write_header(report);
    write_contents(report);
    html_write(report, "<main>\n");
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        sections[i](report);
    html_write(report, "</main>\n");
    write_footer(report);
}

void pb_report_write_html(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    struct html_report report = {.result = result, .sink = sink};

    (void)options; /* the report is the same for every reader */
    pb_buffer_init(&report.value, SIZE_MAX);
    if (!pb_report_order_findings(result->findings, &report.findings) ||
        !pb_report_order_diagnostics(&result->inventory->evidence.diagnostics,
                                     &report.diagnostics)) {
        pb_sink_fail_memory(sink);
        goto out;
    }
    write_head(&report);
    write_body(&report);
out:
    pb_buffer_release(&report.value);
    free(report.findings);
    free(report.diagnostics);
}

/* SPDX-License-Identifier: MIT */
/* How an html report begins: policy, style sheet and script, then what a reader sees first: the
 * conclusion, figures, the certificates that matter, the accounts. html.c writes the rest. */
#include "report/html.h"

#include "base/utf8.h"

/* So many certificates that matter are named at once. */
#define MOST_THAT_MATTER 20

/* The policy knows the style sheet and the script by their hashes. */
#define STYLE_HASH "sha256-TavVRREWFk/+aO9b6SF99As3ipp7Ts4IMcOrCZJxnmk="
#define SCRIPT_HASH "sha256-n/vpS36BxdgQqRTJuD1ABszVZkFqFPQz1WRaou45dZM="

/* The lines of each file, which the Makefile turns into string literals. */
static const char *const style[] = {
#include "report/report.css.inc"
    NULL};
static const char *const script[] = {
#include "report/report.js.inc"
    NULL};

static void write_lines(struct pb_report *report, const char *const *lines)
{
    for (; *lines != NULL; lines++)
        pb_html_write(report, *lines);
}

static void write_given(struct pb_report *report, const char *before, const char *text,
                        const char *after)
{
    pb_html_write(report, before);
    pb_html_text(report, pb_slice_from_string(text));
    pb_html_write(report, after);
}

/* The policy forbids everything but the one style sheet and the one script, whatever else should
 * get into the file (Content Security Policy Level 3, section 2.3.1: a source by its hash). */
static void write_head(struct pb_report *report, const char *title)
{
    pb_html_write(report,
                  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "script-src '" SCRIPT_HASH "'; style-src '" STYLE_HASH "'; base-uri 'none'; "
                  "form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n");
    write_given(report, "<title>", title, ": ");
    pb_html_write(report, pb_conclusion_word(report->result->summary->conclusion));
    pb_html_write(report, "</title>\n<style>");
    write_lines(report, style);
    pb_html_write(report, "</style>\n</head>\n<body>\n<header>\n");
}

/* Nothing is said of who, for whom and when that was not given. */
static void write_title(struct pb_report *report, const char *title)
{
    const struct pb_report_options *options = &report->options;
    const char *given[] = {options->organization, options->author, options->date};
    bool is_first = true;

    write_given(report, "<h1>", title, "</h1>\n");
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        if (given[i] == NULL)
            continue;
        write_given(report, is_first ? "<p class=\"given\">" : " · ", given[i], "");
        is_first = false;
    }
    pb_html_write(report, is_first ? "" : "</p>\n");
    pb_buffer_append_format(&report->sink->buffer,
                            "<p>Server certificates uploaded to AWS IAM before Heartbleed was "
                            "disclosed (rule IAM-033), judged by prebleed %s from saved "
                            "evidence</p>\n</header>\n",
                            report->result->version);
}

static void write_contents(struct pb_report *report)
{
    bool has_lineage = report->result->key_groups->items.count > 0;

    pb_buffer_append_format(
        &report->sink->buffer,
        "<nav aria-label=\"Contents\">\n<ul>\n<li><a href=\"#timeline\">Timeline</a></li>\n<li><a "
        "href=\"#accounts\">Accounts</a></li>\n"
        "<li><a href=\"#figures\">What was judged</a></li>\n%s"
        "<li><a href=\"#evidence\">Evidence</a></li>\n<li><a href=\"#rules\">Rules</a></li>\n"
        "</ul>\n</nav>\n<main>\n",
        has_lineage ? "<li><a href=\"#lineage\">Reused keys</a></li>\n" : "");
}

static void write_figure(struct pb_report *report, size_t number, const char *color,
                         const char *label)
{
    pb_buffer_append_format(&report->sink->buffer,
                            "<li class=\"%s\"><strong>%zu</strong> %s%s</li>\n",
                            number > 0 && color != NULL ? color : "plain", number, label,
                            number == 1 || color != NULL ? "" : "s");
}

static void write_figures(struct pb_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    size_t compromised = 0;

    for (uint32_t i = 0; i < summary->certificates; i++)
        compromised += pb_has_compromised_key(report, i);
    pb_html_write(report, "<ul class=\"figures\">\n");
    write_figure(report, summary->accounts, NULL, "account");
    write_figure(report, summary->certificates, NULL, "certificate");
    write_figure(report, summary->vulnerable, "bad", "vulnerable");
    write_figure(report, compromised, "bad", "with a compromised key");
    write_figure(report, summary->undetermined, "doubtful", "undetermined");
    write_figure(report, summary->clear, "good", "clear by date");
    write_figure(report, summary->not_judged, "plain", "not judged");
    pb_html_write(report, "</ul>\n");
}

static void write_conclusion(struct pb_report *report)
{
    static const char *const kinds[] = {
        [PB_CONCLUSION_PASS] = "good",
        [PB_CONCLUSION_FAIL] = "bad",
        [PB_CONCLUSION_INCONCLUSIVE] = "doubtful",
    };
    enum pb_conclusion conclusion = report->result->summary->conclusion;
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_buffer_append_format(&report->sink->buffer,
                            "<section id=\"conclusion\" class=\"conclusion %s\">\n"
                            "<h2>Conclusion: %s",
                            kinds[conclusion], pb_conclusion_word(conclusion));
    pb_words_uncounted(value, report->result);
    pb_html_value(report);
    pb_html_write(report, "</h2>\n<p>");
    pb_words_conclusion(pb_report_begin_value(report), report->result, "below");
    pb_html_value(report);
    pb_words_also(pb_report_begin_value(report), report->result->summary);
    pb_html_write(report, value->size_bytes > 0 ? " " : "");
    pb_html_value(report);
    pb_html_write(report, "</p>\n");
    write_figures(report);
    pb_html_write(report, "</section>\n");
}

static void write_one_that_matters(struct pb_report *report, uint32_t index)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    const struct pb_key_group *group = pb_key_group_of(report->result->key_groups, certificate);
    struct pb_slice account = pb_inventory_account(report->inventory, certificate->account)->id;

    pb_html_write(report, "<tr>");
    pb_html_word_cell(report, pb_words_badge(report, index));
    pb_words_name(pb_report_begin_value(report), certificate);
    pb_report_link_to(report, 'c', index);
    pb_html_cell(report);
    pb_words_text(pb_report_begin_value(report),
                  pb_slice_is_absent(account) ? PB_SLICE("unknown") : account);
    pb_report_link_to(report, 'a', certificate->account);
    pb_html_cell(report);
    pb_words_upload(pb_report_begin_value(report), certificate, report->result->parameters->cutoff);
    pb_html_cell(report);
    pb_report_begin_value(report);
    if (extras->in_use_by_count > 0)
        pb_words_text(&report->value, extras->in_use_by[0]);
    if (extras->in_use_by_count > 1)
        pb_buffer_append_format(&report->value, " and %zu more", extras->in_use_by_count - 1);
    pb_html_cell(report);
    pb_report_begin_value(report);
    if (group != NULL) {
        pb_words_count(&report->value, group->count, "certificate");
        pb_report_link_to(report, 'k', certificate->key_group - 1);
    }
    pb_html_cell(report);
    pb_html_end_row(report);
}

static void write_those_that_matter(struct pb_report *report)
{
    static const char *const headings[] = {"verdict",   "certificate", "account", "uploaded",
                                           "in use by", "same key",    NULL};
    uint32_t worst[MOST_THAT_MATTER];
    size_t count = pb_find_worst(report, worst, MOST_THAT_MATTER);

    if (count == 0)
        return;
    pb_html_write(report, "<section id=\"matter\">\n<h2>Certificates to act on</h2>\n");
    pb_html_begin_table(report, "certificates to act on", headings);
    for (size_t i = 0; i < count && i < MOST_THAT_MATTER; i++)
        write_one_that_matters(report, worst[i]);
    pb_html_end_table(report);
    if (count > MOST_THAT_MATTER)
        pb_buffer_append_format(&report->sink->buffer, "<p>and %zu more below</p>\n",
                                count - MOST_THAT_MATTER);
    pb_html_write(report, "</section>\n");
}

static void write_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    struct pb_counts counts = pb_count_certificates(report->inventory, account);
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_html_write(report, "<tr>");
    pb_words_text(value, pb_slice_is_absent(account->id) ? PB_SLICE("unknown") : account->id);
    pb_buffer_append_string(value, account->folder.size_bytes > 0 ? ": " : "");
    pb_escape_append(value, account->folder, PB_ESCAPE_REVERSIBLE);
    pb_report_link_to(report, 'a', index);
    pb_html_cell(report);
    pb_html_number_cell(report, account->all_certificate_count);
    pb_html_number_cell(report, counts.vulnerable);
    pb_html_number_cell(report, counts.undetermined);
    pb_html_number_cell(report, counts.clear);
    pb_html_word_cell(report, pb_coverage_name(account->coverage));
    pb_html_text_cell(report, account->reasons[0]);
    pb_html_end_row(report);
}

static void write_accounts(struct pb_report *report)
{
    static const char *const headings[] = {"account", "certificates", "vulnerable", "undetermined",
                                           "clear",   "coverage",     "because",    NULL};
    uint32_t count = (uint32_t)report->inventory->accounts.count;

    pb_html_write(report, "<section id=\"accounts\">\n<h2>Accounts</h2>\n");
    pb_html_begin_table(report, "accounts", headings);
    for (int pass = 0; pass < 2; pass++) /* those of unknown id come last */
        for (uint32_t i = 0; i < count; i++)
            if (pb_slice_is_absent(pb_inventory_account(report->inventory, i)->id) == (pass == 1))
                write_account(report, i);
    pb_html_end_table(report);
    pb_html_write(report, "</section>\n");
}

void pb_html_write_overview(struct pb_report *report)
{
    const char *title = report->options.title;

    if (title == NULL)
        title = "Pre-Heartbleed server certificates";
    write_head(report, title);
    write_title(report, title);
    write_contents(report);
    write_conclusion(report);
    write_those_that_matter(report);
    pb_html_write_timeline(report);
    write_accounts(report);
}

/* Filters and sorts; the page reads the same without it. */
void pb_html_write_script(struct pb_report *report)
{
    pb_html_write(report, "<script>");
    write_lines(report, script);
    pb_html_write(report, "</script>\n");
}

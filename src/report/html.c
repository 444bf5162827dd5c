/* SPDX-License-Identifier: MIT */
/* The html report: what page.c emits, with a table of certificates to act on before it and tables
 * of the evidence and the rules after it, in one file for a browser or a printer. It loads no other
 * file. */
#include "report/report.h"

#include <inttypes.h>

#include "inventory/sentences.inc"
#include "report/lines.inc"

#define MOST_TO_ACT_ON 20
#define CERTIFICATES_IN_PART 50

/* The lines of each file, which the Makefile turns into string literals. */
static const char *const head[] = {
#include "report/head.html.inc"
    NULL};
static const char *const style[] = {
#include "report/report.css.inc"
    NULL};
static const char *const script[] = {
#include "report/report.js.inc"
    NULL};

/* Elements that can be open, the outermost first. A browser lays out a part of an account's
 * certificates when it comes into view. */
enum element { SECTION, PART, CERTIFICATE, DETAILS, FACTS, FIELDS, ELEMENT_COUNT };

struct html {
    bool is_open[ELEMENT_COUNT];
    size_t certificates; /* so far */
};

/* Markup is in head.html and literals of this file alone; all other text is the report's value and
 * is escaped. An identifier or a link is made from a letter and an index: "a1" an account, "c1" a
 * certificate, "e1" an item of evidence, "k1" a key. The indices are those of the json report. */

static void append_lines(struct pb_report *report, const char *const *lines)
{
    for (; *lines != NULL; lines++)
        pb_put(report, *lines);
}

/* Appends text without the hidden folder where a path begins with it, in sentences too. */
static void append_text(struct pb_report *report, struct pb_slice text)
{
    struct pb_slice folder = report->result->hidden_folder;
    size_t at;

    while (folder.size_bytes > 0 && (at = pb_slice_find(text, folder, 0)) != SIZE_MAX) {
        bool is_begin = at == 0 || strchr(" '\"(", text.data[at - 1]) != NULL;
        size_t end = at + folder.size_bytes;
        pb_escape_append(&report->out, pb_slice_first(text, is_begin ? at : end), PB_ESCAPE_MARKUP);
        text = pb_slice_from(text, end);
    }
    pb_escape_append(&report->out, text, PB_ESCAPE_MARKUP);
}

/* Appends the report's value between markup, as a link to what it names. */
static void append_value(struct pb_report *report, const char *before, const char *after)
{
    bool is_link = report->link_letter != '\0';
    pb_put(report, before);
    if (is_link)
        pb_buffer_append_format(&report->out, "<a href=\"#%c%" PRIu32 "\">", report->link_letter,
                                report->link_index);
    append_text(report, pb_take_value(report));
    pb_put(report, is_link ? "</a>" : "");
    pb_put(report, after);
}

/* Appends text whose line feeds are kept. */
static void append_block(struct pb_report *report, struct pb_slice text)
{
    struct pb_slice line;
    pb_put(report, "<pre>");
    while (pb_next_line(&text, &line)) {
        append_text(report, line);
        pb_put(report, "\n");
    }
    pb_put(report, "</pre>\n");
}

/* Appends words of prebleed, the last of which is the class that gives them a colour. */
static void append_badge(struct pb_report *report, const char *before, const char *words,
                         const char *after)
{
    const char *last = strrchr(words, ' ');
    pb_buffer_append_format(&report->out, "%s<span class=\"badge %s\">%s</span>%s", before,
                            last != NULL ? last + 1 : words, words, after);
}

static void append_cell(struct pb_report *report)
{
    append_value(report, "<td>", report->value.size_bytes > 0 ? "</td>" : "–</td>");
}

static bool *open_elements(const struct pb_report *report)
{
    return ((struct html *)report->context)->is_open;
}

/* Ends the open element of the kind, if any, with all that is open in it, and marks the next one as
 * open, whose markup the caller appends. */
static void open(struct pb_report *report, enum element element)
{
    static const char *const ends[ELEMENT_COUNT] = {"</section>\n", "</div>\n", "</details>\n",
                                                    "</details>\n", "</pre>\n", "</dl>\n"};
    bool *is_open = open_elements(report);
    for (size_t i = ELEMENT_COUNT; i-- > element;) {
        pb_put(report, is_open[i] ? ends[i] : "");
        is_open[i] = i == element;
    }
    pb_report_flush(report);
}

static void begin_section(struct pb_report *report, const struct pb_section *section)
{
    open(report, SECTION);
    pb_buffer_append_format(&report->out, PB_LINES_HTML_SECTION, section->id, section->title);
    if (section->explanation != NULL)
        pb_buffer_append_format(&report->out, "<p class=\"quiet\">%s</p>\n", section->explanation);
}

/* Begins a section with a table of so many headings; each is a line. */
static void begin_table(struct pb_report *report, const struct pb_section *section,
                        struct pb_slice headings)
{
    struct pb_slice heading;

    begin_section(report, section);
    pb_buffer_append_format(&report->out, PB_LINES_HTML_TABLE "<thead><tr>", section->title);
    while (pb_next_line(&headings, &heading))
        pb_buffer_append_format(&report->out, "<th scope=\"col\">%.*s</th>",
                                PB_SLICE_ARGS(heading));
    pb_put(report, "</tr></thead>\n<tbody>\n");
}

static void begin_field(struct pb_report *report, const char *label)
{
    bool *is_open = open_elements(report);

    if (is_open[FACTS]) { /* lines of text, since elements take a browser's time */
        pb_buffer_append_format(&report->out, "%-18s ", label);
        return;
    }
    pb_put(report, is_open[FIELDS] ? "<dt>" : "<dl><dt>");
    is_open[FIELDS] = true;
    pb_put(report, label[0] != '\0' ? label : "note");
    pb_put(report, "</dt><dd>\n");
}

static void append_field(struct pb_report *report, const char *label)
{
    if (report->value.size_bytes == 0)
        return;
    begin_field(report, label);
    append_value(report, "", open_elements(report)[FACTS] ? "\n" : "</dd>");
}

/* The elements after list->shown are in a fold that the reader opens. */
static void append_list(struct pb_report *report, const struct pb_list *list, const void *items,
                        size_t count)
{
    /* A fold of one element is as long as the element. */
    size_t shown = count == list->shown + 1 ? count : list->shown;
    bool has_label = list->label != NULL, has_bullets = count > 1 || !has_label;
    bool is_facts = open_elements(report)[FACTS];

    for (size_t i = 0; is_facts && i < count; i++) {
        pb_begin_value(report);
        list->append(report, items, i);
        append_field(report, i == 0 && has_label ? list->label : "");
    }
    if (is_facts || count == 0)
        return;
    if (has_label)
        begin_field(report, list->label);
    if (list->lead != NULL)
        append_badge(report, "", list->lead, " ");
    pb_put(report, has_bullets ? "<ul>\n" : "");
    for (size_t i = 0; i < count; i++) {
        if (i == shown)
            pb_buffer_append_format(&report->out, PB_LINES_HTML_MORE, count - shown);
        pb_begin_value(report);
        list->append(report, items, i);
        append_value(report, has_bullets ? "<li>" : "", has_bullets ? "</li>\n" : "");
        pb_report_flush(report);
    }
    pb_put(report, count > shown ? "</ul>\n</details></li>\n" : "");
    pb_put(report, has_bullets ? "</ul>\n" : "");
    pb_put(report, has_label ? "</dd>" : "");
}

static void append_finding(struct pb_report *report, const struct pb_finding *finding)
{
    begin_field(report, "finding");
    if (finding->waiver != NULL)
        append_badge(report, "", "waived", " ");
    if (finding->state != PB_STATE_NONE)
        append_badge(report, "", pb_finding_state_names[finding->state], " ");
    append_badge(report, "", pb_level_names[finding->rule->level], " ");
    pb_buffer_append_format(&report->out, "<strong>%s</strong>: ", finding->rule->name);
    pb_words_message(pb_begin_value(report), report->result, finding);
    append_value(report, "", "");
    if (finding->waiver != NULL) {
        pb_words_waiver(pb_begin_value(report), finding->waiver);
        append_value(report, "<br>\n<span class=\"quiet\">", "</span>");
    }
    if (finding->entry != PB_NO_INDEX) {
        pb_place_append(pb_begin_value(report), report->inventory,
                        (struct pb_place){.entry = finding->entry});
        pb_link_to(report, 'e', finding->entry);
        append_value(report, "<br>\n<span class=\"quiet\">in ", "</span>");
    }
    pb_put(report, "</dd>");
}

static void append_heading(struct pb_report *report, const char *label)
{
    pb_buffer_append_format(&report->out, "<h3 id=\"%c%" PRIu32 "\">%s: ", report->link_letter,
                            report->link_index, label);
    report->link_letter = '\0'; /* the heading is the link's target */
    append_value(report, "", "</h3>\n");
}

static void append_line(struct pb_report *report, size_t depth)
{
    append_value(report, depth > 1 ? "<p class=\"quiet\">" : "<p>", "</p>\n");
    pb_report_flush(report);
}

static void begin_account(struct pb_report *report, uint32_t index)
{
    static const char *const sources[] = {[PB_ID_FROM_ARN] = "the ARNs of its certificates",
                                          [PB_ID_FROM_DOCUMENT] = "a field of the evidence",
                                          [PB_ID_FROM_CALLER_IDENTITY] = PB_SAY_ID_FROM_CALLER};
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    uint32_t deleted = account->verdicts[PB_VERDICT_NONE];
    struct pb_buffer *value = pb_begin_value(report);

    open(report, SECTION);
    pb_buffer_append_format(&report->out, "<section id=\"a%" PRIu32 "\">\n<h2>", index);
    pb_words_account(value, "account ", account);
    append_value(report, "", "</h2>\n");
    pb_words_certificates(pb_begin_value(report), account);
    if (deleted > 0)
        pb_buffer_append_format(value, ", %" PRIu32 " of them deleted", deleted);
    append_field(report, "certificates");
    pb_emit_text(report, "named by", pb_slice_from_string(sources[account->id_from]));
}

/* A fold, closed unless the certificate is to be replaced; the script filters by its data. */
static void begin_certificate(struct pb_report *report, uint32_t index)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const char *worst = pb_worst_severity(report, index);
    const struct pb_date *date = pb_certificate_arrival(certificate);
    struct html *html = report->context;

    if (html->certificates++ % CERTIFICATES_IN_PART == 0 || !html->is_open[PART]) {
        open(report, PART);
        pb_put(report, "<div class=\"part\">\n");
    }
    open(report, CERTIFICATE);
    pb_buffer_append_format(&report->out, PB_SAY_HTML_CERTIFICATE, index,
                            pb_badge_of(report, index)->words, worst != NULL ? worst : "none",
                            pb_is_to_replace(report, index) ? " open" : "");
    append_badge(report, "", pb_badge_of(report, index)->words, " ");
    pb_words_name(pb_begin_value(report), certificate);
    append_value(report, "<bdi>", "</bdi> ");
    if (certificate->in_use_by_count > 0)
        append_badge(report, "", "in use", " ");
    if (pb_date_is_known(date))
        pb_buffer_append_format(&report->out, "%s <time>%.10s</time>",
                                pb_words_upload_label(certificate),
                                pb_instant_text(date->instant).text);
    pb_put(report, "</summary>");
}

static void begin_details(struct pb_report *report, uint32_t index)
{
    if (pb_is_to_replace(report, index)) {
        open(report, DETAILS);
        pb_put(report, "<details>\n<summary>How to replace it, and all that it says</summary>\n");
        pb_remedy_append(pb_begin_value(report), report->result,
                         pb_inventory_certificate(report->inventory, index));
        append_block(report, pb_take_value(report));
    }
    open(report, FACTS);
    pb_put(report, "<pre class=\"facts\">");
}

/* The policy allows the one style sheet and the one script, and nothing else that might get into
 * the file (Content Security Policy Level 3, section 2.3.1: a source by its hash, which a test
 * compares). Organization, author and date are shown if the options have them. */
static void append_head(struct pb_report *report)
{
    const struct prebleed_report_options *options = &report->options;
    const char *given[] = {options->organization, options->author, options->date};
    const char *title = options->title != NULL ? options->title : PB_SAY_HTML_TITLE;
    bool has_keys = report->result->key_groups->items.count > 0;

    append_lines(report, head);
    pb_words_text(pb_begin_value(report), pb_slice_from_string(title));
    append_value(report, "<title>", ": ");
    pb_words_outcome(&report->out, report->result);
    pb_put(report, "</title>\n<style>");
    append_lines(report, style);
    append_value(report, "</style>\n</head>\n<body>\n<header>\n<h1>", "</h1>\n");
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        if (given[i] == NULL)
            continue;
        pb_words_text(pb_begin_value(report), pb_slice_from_string(given[i]));
        append_value(report, "<p class=\"given\">", "</p>\n");
    }
    pb_buffer_append_format(&report->out, "<p>" PB_SAY_HTML_SUBJECT "</p>\n" PB_LINES_HTML_CONTENTS,
                            report->result->version, has_keys ? PB_LINES_HTML_REUSED_KEYS : "");
}

static void append_conclusion(struct pb_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    size_t compromised = 0;

    open(report, SECTION);
    pb_buffer_append_format(&report->out, PB_LINES_HTML_CONCLUSION "<h2>Conclusion: ",
                            pb_conclusion_words[summary->conclusion]);
    pb_words_outcome(pb_begin_value(report), report->result);
    append_value(report, "", "</h2>\n<p>");
    pb_words_conclusion(pb_begin_value(report), report->result, "below");
    append_value(report, "", "</p>\n");
    for (uint32_t i = 0; i < summary->certificates; i++)
        compromised += report->standings[i].has_compromised_key;
    const struct {
        size_t number;
        const char *color, *label;
    } figures[] = {
        {summary->accounts, "plain", summary->accounts == 1 ? "account" : "accounts"},
        {summary->certificates, "plain",
         summary->certificates == 1 ? "certificate" : "certificates"},
        {summary->vulnerable, "bad", "vulnerable"},
        {compromised, "bad", "with a compromised key"},
        {summary->undetermined, "doubtful", "undetermined"},
        {summary->clear, "good", "clear by date"},
        {summary->not_judged, "plain", "not judged"},
    };
    pb_put(report, "<ul class=\"figures\">\n");
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        pb_buffer_append_format(&report->out, PB_LINES_HTML_FIGURE,
                                figures[i].number > 0 ? figures[i].color : "plain",
                                figures[i].number, figures[i].label);
    pb_put(report, "</ul>\n");
}

static void append_row_to_act_on(struct pb_report *report, uint32_t index)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_key_group *group = certificate->key_group;
    struct pb_slice account = pb_inventory_account(report->inventory, certificate->account)->id;

    pb_put(report, "<tr>");
    append_badge(report, "<td>", pb_badge_of(report, index)->words, "</td>");
    pb_words_name(pb_begin_value(report), certificate);
    pb_link_to(report, 'c', index);
    append_cell(report);
    pb_words_text(pb_begin_value(report), pb_or_unknown(account));
    pb_link_to(report, 'a', certificate->account);
    append_cell(report);
    pb_words_upload(pb_begin_value(report), certificate, report->result->parameters->cutoff);
    append_cell(report);
    pb_words_first(pb_begin_value(report), certificate->in_use_by, certificate->in_use_by_count);
    append_cell(report);
    pb_begin_value(report);
    if (group != NULL) {
        pb_buffer_append_string(&report->value, pb_count_text(group->count, "certificate").text);
        pb_link_to(report, 'k', group->number);
    }
    append_cell(report);
    pb_put(report, "</tr>\n");
}

static void append_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    const uint32_t *counts = account->verdicts;

    pb_put(report, "<tr>");
    pb_words_account(pb_begin_value(report), "", account);
    pb_link_to(report, 'a', index);
    append_cell(report);
    pb_buffer_append_format(
        &report->out, "<td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td>",
        (size_t)account->certificate_count, (size_t)counts[PB_VERDICT_VULNERABLE],
        (size_t)counts[PB_VERDICT_UNDETERMINED], (size_t)counts[PB_VERDICT_CLEAR]);
    append_badge(report, "<td>", pb_coverage_names[account->coverage], "</td>");
    pb_words_first(pb_begin_value(report), account->reasons.data, account->reasons.count);
    append_cell(report);
    pb_put(report, "</tr>\n");
    pb_report_flush(report);
}

static void begin(struct pb_report *report)
{
    uint32_t worst[MOST_TO_ACT_ON], accounts = (uint32_t)report->inventory->accounts.count;
    size_t count = pb_find_worst(report, worst, MOST_TO_ACT_ON);

    append_head(report);
    append_conclusion(report);
    if (count > 0) {
        bool is_any_to_replace =
            report->result->summary->vulnerable > 0 || pb_is_to_replace(report, worst[0]);
        begin_table(report,
                    &(struct pb_section){"matter", "Certificates to act on",
                                         is_any_to_replace ? PB_SAY_REMEDY_ADVICE : NULL},
                    PB_SLICE("verdict\ncertificate\naccount\nuploaded\nin use by\nsame key"));
        for (size_t i = 0; i < count && i < MOST_TO_ACT_ON; i++)
            append_row_to_act_on(report, worst[i]);
        pb_put(report, "</tbody>\n</table>\n</div>\n");
    }
    if (count > MOST_TO_ACT_ON)
        pb_buffer_append_format(&report->out, PB_LINES_HTML_BELOW, count - MOST_TO_ACT_ON);
    begin_section(report, &(struct pb_section){"timeline", "Timeline", NULL});
    pb_html_append_timeline(report);
    begin_table(
        report, &(struct pb_section){"accounts", "Accounts", NULL},
        PB_SLICE("account\ncertificates\nvulnerable\nundetermined\nclear\ncoverage\nbecause"));
    for (int pass = 0; pass < 2; pass++) /* those of unknown id come last */
        for (uint32_t i = 0; i < accounts; i++)
            if (pb_slice_is_absent(pb_inventory_account(report->inventory, i)->id) == (pass == 1))
                append_account(report, i);
    pb_put(report, "</tbody>\n</table>\n</div>\n");
    begin_section(report, &(struct pb_section){"figures", "What was judged, and how", NULL});
    pb_emit_figures(report);
}

static void end(struct pb_report *report)
{
    begin_table(report, &(struct pb_section){"evidence", "Evidence", PB_SAY_HTML_EVIDENCE},
                PB_SLICE("item\nread as\nform\nnote\nbytes\nSHA-256"));
    for (uint32_t i = 0; i < report->inventory->evidence.entries.count; i++) {
        const struct pb_entry *entry = pb_batch_entry(&report->inventory->evidence, i);
        pb_buffer_append_format(&report->out, "<tr id=\"e%" PRIu32 "\">", i);
        pb_place_append(pb_begin_value(report), report->inventory, (struct pb_place){.entry = i});
        append_cell(report);
        append_badge(report, "<td>", pb_entry_status_names[entry->status], "</td>");
        pb_words_text(pb_begin_value(report), pb_slice_from_string(entry->shape));
        append_cell(report);
        pb_words_text(pb_begin_value(report), pb_find_reason(report, i));
        append_cell(report);
        pb_buffer_append_format(&report->out, "<td>%" PRIu64 "</td>", entry->size_bytes);
        pb_buffer_append_hex(pb_begin_value(report), entry->sha256, entry->sha256 != NULL ? 32 : 0);
        append_cell(report);
        pb_put(report, "</tr>\n");
        pb_report_flush(report);
    }
    pb_put(report, "</tbody>\n</table>\n</div>\n");
    begin_section(report, &(struct pb_section){"rules", "Rules", NULL});
    for (const struct pb_rule *rule = pb_rules; rule < pb_rules + PB_RULE_COUNT; rule++) {
        bool is_found = false; /* is printed whole */
        if (!pb_rule_is_chosen(rule, report->result->parameters))
            continue;
        for (size_t i = 0; i < report->findings->items.count && !is_found; i++)
            is_found = pb_findings_at(report->findings, i)->rule == rule &&
                       pb_findings_at(report->findings, i)->state != PB_STATE_RESOLVED;
        pb_buffer_append_format(&report->out, "<details%s>\n<summary><strong>%s</strong>, %s: ",
                                is_found ? " class=\"found\"" : "", rule->name,
                                pb_level_names[rule->level]);
        append_text(report, pb_slice_from_string(rule->title));
        pb_put(report, "</summary>");
        append_block(report, pb_slice_from_string(pb_rule_explanation(rule)));
        pb_put(report, "</details>\n");
    }
    pb_put(report,
           "</section>\n</main>\n<footer>\n<p>" PB_SAY_HTML_END "</p>\n</footer>\n<script>");
    append_lines(report, script);
    pb_put(report, "</script>\n</body>\n</html>\n");
}

void pb_report_write_html(struct pb_report *report)
{
    static const struct pb_renderer renderer = {.begin_account = begin_account,
                                                .begin_certificate = begin_certificate,
                                                .begin_details = begin_details,
                                                .begin_section = begin_section,
                                                .field = append_field,
                                                .list = append_list,
                                                .finding = append_finding,
                                                .heading = append_heading,
                                                .line = append_line};
    struct html html = {0};

    report->renderer = &renderer;
    report->context = &html;
    report->options.is_verbose = false; /* the report is the same for every reader */
    begin(report);
    pb_walk_page(report);
    end(report);
}

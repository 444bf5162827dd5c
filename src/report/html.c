/* SPDX-License-Identifier: MIT */
/* The html report: what page.c emits, and tables of what it comes to, as one file for a browser, a
 * printer and an archive. Nothing is from elsewhere. */
#include "report/html.h"

#include <inttypes.h>

#include "base/utf8.h"

/* What can be open, from the outermost in. */
enum element { SECTION, CERTIFICATE, DETAILS, FIELDS, ELEMENT_COUNT };

struct context {
    bool is_open[ELEMENT_COUNT];
    uint32_t certificate; /* the one that is open */
};

/* Elements of which the first are seen and the others open on demand. */
static void write_elements(struct pb_report *report, const struct pb_list *list)
{
    /* A fold of one element saves no room. */
    size_t shown = list->count == list->shown + 1 ? list->count : list->shown;

    if (list->count == 1 && list->kind->label != NULL) { /* needs no bullet */
        pb_report_begin_value(report);
        list->kind->append(report, list->items, 0);
        pb_html_value(report);
        return;
    }
    pb_html_write(report, "<ul>\n");
    for (size_t i = 0; i < list->count; i++) {
        if (i == shown)
            pb_buffer_append_format(&report->sink->buffer,
                                    "<li><details><summary>and %zu more</summary>\n<ul>\n",
                                    list->count - shown);
        pb_html_write(report, "<li>");
        pb_report_begin_value(report);
        list->kind->append(report, list->items, i);
        pb_html_value(report);
        pb_html_write(report, "</li>\n");
        pb_sink_pass_on(report->sink);
    }
    pb_html_write(report, list->count > shown ? "</ul>\n</details></li>\n</ul>\n" : "</ul>\n");
}

static void close(struct pb_report *report, enum element outermost);

/* Ends what is open in the element. Returns whether its beginning is to be written. */
static bool open(struct pb_report *report, enum element element)
{
    struct context *context = report->context;
    bool was_open = context->is_open[element];

    close(report, element + 1);
    context->is_open[element] = true;
    return !was_open;
}

static void begin_field(struct pb_report *report, const char *label)
{
    if (open(report, FIELDS))
        pb_html_write(report, "<dl>");
    pb_html_write(report, "<dt>");
    pb_html_write(report, label[0] != '\0' ? label : "note");
    pb_html_write(report, "</dt><dd>\n");
}

/* Ends the element and what is open in it. */
static void close(struct pb_report *report, enum element outermost)
{
    static const char *const ends[] = {
        [SECTION] = "</section>\n",
        [CERTIFICATE] = "</details>\n",
        [DETAILS] = "</details>\n",
        [FIELDS] = "</dl>\n",
    };
    struct context *context = report->context;

    for (size_t i = ELEMENT_COUNT; i-- > outermost;) {
        if (context->is_open[i])
            pb_html_write(report, ends[i]);
        context->is_open[i] = false;
    }
    pb_sink_pass_on(report->sink);
}

/* What the page emits. */

static void write_field(struct pb_report *report, const char *label)
{
    begin_field(report, label);
    pb_html_value(report);
    pb_html_write(report, "</dd>");
}

static void write_list(struct pb_report *report, const struct pb_list *list)
{
    if (list->kind->label == NULL) {
        write_elements(report, list);
        return;
    }
    begin_field(report, list->kind->label);
    if (list->lead != NULL)
        pb_html_badge(report, list->lead, false);
    if (list->count > 0)
        write_elements(report, list);
    pb_html_write(report, "</dd>");
}

static void write_finding(struct pb_report *report, const struct pb_finding *finding,
                          enum pb_finding_of of)
{
    const struct pb_rule *rule = finding->rule;
    char room[PB_SENTENCE_BYTES];

    (void)of; /* the same everywhere */
    begin_field(report, "finding");
    pb_html_badge(report, pb_level_names[rule->level], !pb_finding_counts(finding));
    if (finding->waiver != NULL)
        pb_html_badge(report, "waived", true);
    if (finding->state != PB_STATE_NONE)
        pb_html_badge(report, pb_finding_state_names[finding->state], false);
    pb_buffer_append_format(&report->sink->buffer, "<strong>%s</strong>: ", rule->name);
    pb_html_text(report,
                 pb_finding_message(finding, report->inventory, report->result->parameters, room));
    if (finding->waiver != NULL) {
        pb_words_waiver(pb_report_begin_value(report), finding->waiver);
        pb_html_write(report, "<br>\n<span class=\"quiet\">");
        pb_html_value(report);
        pb_html_write(report, "</span>");
    }
    if (finding->entry != PB_NO_INDEX) {
        pb_html_write(report, "<br>\n<span class=\"quiet\">in ");
        pb_place_append(pb_report_begin_value(report), report->inventory,
                        (struct pb_place){.entry = finding->entry});
        pb_report_link_to(report, 'e', finding->entry);
        pb_html_value(report);
        pb_html_write(report, "</span>");
    }
    pb_html_write(report, "</dd>");
}

static void begin_section(struct pb_report *report, const struct pb_section *section)
{
    struct pb_buffer *out = &report->sink->buffer;

    close(report, SECTION);
    open(report, SECTION);
    pb_html_write(report, "<section");
    if (section->id != NULL)
        pb_buffer_append_format(out, " id=\"%s\"", section->id);
    pb_buffer_append_format(out, ">\n<h2>%s</h2>\n", section->title);
    if (section->explanation != NULL)
        pb_buffer_append_format(out, "<p class=\"quiet\">%s</p>\n", section->explanation);
}

static void write_heading(struct pb_report *report, const char *label)
{
    pb_buffer_append_format(&report->sink->buffer,
                            "<h3 id=\"%c%" PRIu32 "\">%s: ", report->link_letter,
                            report->link_index, label);
    pb_html_text(report, pb_report_take_value(report));
    pb_html_write(report, "</h3>\n");
}

static void write_line(struct pb_report *report, size_t depth)
{
    pb_html_write(report, depth > 1 ? "<p class=\"quiet\">" : "<p>");
    pb_html_value(report);
    pb_html_write(report, "</p>\n");
    pb_sink_pass_on(report->sink);
}

static void begin_account(struct pb_report *report, uint32_t index)
{
    static const char *const sources[] = {
        [PB_ID_FROM_ARN] = "the ARNs of its certificates",
        [PB_ID_FROM_DOCUMENT] = "a field of the evidence",
        [PB_ID_FROM_CALLER_IDENTITY] = "get-caller-identity in the same folder or above",
    };
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    size_t deleted = pb_count_certificates(report->inventory, account).deleted;
    struct pb_buffer *value = pb_report_begin_value(report);

    close(report, SECTION);
    open(report, SECTION);
    pb_buffer_append_format(&report->sink->buffer, "<section id=\"a%" PRIu32 "\">\n<h2>", index);
    pb_words_account(value, account);
    pb_buffer_append_string(value, account->folder.size_bytes > 0 ? ": " : "");
    pb_escape_append(value, account->folder, PB_ESCAPE_REVERSIBLE);
    pb_html_value(report);
    pb_html_write(report, "</h2>\n");
    pb_words_certificates(pb_report_begin_value(report), account);
    if (deleted > 0)
        pb_buffer_append_format(value, ", %zu of them deleted", deleted);
    write_field(report, "certificates");
    pb_emit_words(report, "named by", sources[account->id_from]);
}

/* A card, closed unless it is to be replaced; what filters and sorts reads its data. */
static void begin_certificate(struct pb_report *report, uint32_t index)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const char *verdict = pb_verdict_names[certificate->verdict];
    const char *worst = pb_report_worst(report, index);
    const struct pb_date *date = pb_certificate_arrival(certificate);
    struct pb_buffer *out = &report->sink->buffer;
    struct context *context = report->context;

    close(report, CERTIFICATE);
    open(report, CERTIFICATE);
    context->certificate = index;
    pb_buffer_append_format(out,
                            "<details class=\"certificate\" id=\"c%" PRIu32
                            "\" data-verdict=\"%s\" data-severity=\"%s\"%s>",
                            index, verdict != NULL ? verdict : "none",
                            worst != NULL ? worst : "none",
                            pb_is_to_replace(report, index) ? " open" : "");
    pb_html_write(report, "<summary>");
    pb_html_badge(report, pb_words_badge(report, index), false);
    pb_html_write(report, "<bdi>");
    pb_words_name(pb_report_begin_value(report), certificate);
    pb_html_value(report);
    pb_html_write(report, "</bdi> ");
    if (pb_certificate_extras(certificate)->in_use_by_count > 0)
        pb_html_badge(report, "in use", true);
    if (pb_date_is_known(date)) {
        pb_buffer_append_format(out, "%s <time>", pb_words_upload_label(certificate));
        pb_instant_append_date(out, date->instant);
        pb_html_write(report, "</time>");
    }
    pb_html_write(report, "</summary>");
}

static void begin_details(struct pb_report *report)
{
    struct context *context = report->context;
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->inventory, context->certificate);

    if (!pb_is_to_replace(report, context->certificate))
        return; /* its card is closed anyway */
    close(report, DETAILS);
    pb_html_write(report, "<details>\n<summary>How to replace it</summary>\n<p>");
    pb_html_write(report, pb_remedy_advice);
    pb_html_write(report, "</p>\n");
    pb_remedy_append(pb_report_begin_value(report), report->result, certificate);
    pb_html_block(report, pb_report_take_value(report));
    pb_html_write(report, "</details>\n");
    open(report, DETAILS);
    pb_html_write(report, "<details>\n<summary>All that it says</summary>\n");
}

static void begin(struct pb_report *report)
{
    pb_html_write_overview(report);
    begin_section(report,
                  &(struct pb_section){.id = "figures", .title = "What was judged, and how"});
    pb_emit_figures(report);
}

static void write_entry(struct pb_report *report, uint32_t index)
{
    const struct pb_entry *entry = pb_inventory_entry(report->inventory, index);

    pb_buffer_append_format(&report->sink->buffer, "<tr id=\"e%" PRIu32 "\">", index);
    pb_place_append(pb_report_begin_value(report), report->inventory,
                    (struct pb_place){.entry = index});
    pb_html_cell(report);
    pb_html_word_cell(report, pb_entry_status_name(entry->status));
    pb_html_word_cell(report, entry->shape);
    pb_html_text_cell(report, entry->detail);
    pb_html_number_cell(report, entry->size_bytes);
    pb_buffer_append_hex(pb_report_begin_value(report), entry->sha256,
                         entry->sha256 != NULL ? 32 : 0);
    pb_html_cell(report);
    pb_html_end_row(report);
}

static void write_evidence(struct pb_report *report)
{
    static const char *const headings[] = {"item",  "read as", "form", "note",
                                           "bytes", "SHA-256", NULL};

    begin_section(report,
                  &(struct pb_section){.id = "evidence",
                                       .title = "Evidence",
                                       .explanation = "Everything that was met, with the SHA-256 "
                                                      "of its bytes as they were found."});
    pb_html_begin_table(report, "evidence", headings);
    for (uint32_t i = 0; i < report->inventory->evidence.entries.count; i++)
        write_entry(report, i);
    pb_html_end_table(report);
}

/* Those that have findings are printed whole. */
static void write_rule(struct pb_report *report, const struct pb_rule *rule)
{
    const struct pb_findings *findings = report->result->findings;
    bool is_found = false;

    for (size_t i = 0; i < findings->items.count && !is_found; i++)
        is_found = pb_findings_at(findings, i)->rule == rule &&
                   pb_findings_at(findings, i)->state != PB_STATE_RESOLVED;
    pb_buffer_append_format(
        &report->sink->buffer,
        "<details%s>\n<summary><strong>%s</strong>, %s: ", is_found ? " class=\"found\"" : "",
        rule->name, pb_level_names[rule->level]);
    pb_html_text(report, pb_slice_from_string(rule->title));
    pb_html_write(report, "</summary>");
    pb_html_block(report, pb_slice_from_string(rule->explanation));
    pb_html_write(report, "</details>\n");
}

static void end(struct pb_report *report)
{
    write_evidence(report);
    begin_section(report, &(struct pb_section){.id = "rules", .title = "Rules"});
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        if (report->result->parameters->rules >> i & 1)
            write_rule(report, pb_rules[i]);
    close(report, SECTION);
    pb_html_write(
        report,
        "</main>\n<footer>\n<p>This file asks for nothing from elsewhere. The json report of the "
        "same run has every value for programs.</p>\n</footer>\n");
    pb_html_write_script(report);
    pb_html_write(report, "</body>\n</html>\n");
}

void pb_report_write_html(struct pb_report *report)
{
    static const struct pb_renderer renderer = {
        .begin = begin,
        .begin_account = begin_account,
        .begin_certificate = begin_certificate,
        .begin_details = begin_details,
        .begin_section = begin_section,
        .end = end,
        .field = write_field,
        .list = write_list,
        .finding = write_finding,
        .heading = write_heading,
        .line = write_line,
    };
    struct context context = {0};

    report->renderer = &renderer;
    report->context = &context;
    report->options.is_verbose = false; /* the report is the same for every reader */
    pb_walk_page(report);
}

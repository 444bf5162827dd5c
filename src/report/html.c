/* SPDX-License-Identifier: MIT */
/* The html report: what the walk of model.c emits, and all facts of fields.c, as one file for a
 * browser, a printer and an archive. No script, nothing from elsewhere. */
#include "report/model.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "rules/verdict.h"

/* Tables with more rows, and folds with more certificates, are closed at first. */
#define OPEN_ENTRIES 100
#define OPEN_DIAGNOSTICS 50
#define OPEN_CERTIFICATES 20
#define SHOWN_NAMES 20

/* What can be open, from the outermost in. */
enum element { SECTION, CALM, CERTIFICATE, FIELDS, FINDINGS, ELEMENT_COUNT };

/* How fields of records are shown. */
enum form { ROWS, FIGURES, CELLS };

struct context {
    bool is_open[ELEMENT_COUNT];
    enum form form;
    uint32_t certificate; /* the one that is open */
    bool is_calm;         /* it */
    bool are_apart;       /* the findings that are open */
};

/* Markup comes from literals of ours alone. Everything else goes through write_text. An identifier
 * or a link is made from a letter and an index: "a1" an account, "c1" a certificate, "e1" an item
 * of evidence, "k1" a key. The indices are those of the json report. */
static void write(struct pb_report *report, const char *markup)
{
    pb_buffer_append_string(&report->sink->buffer, markup);
}

static void write_text(struct pb_report *report, struct pb_slice text)
{
    pb_escape_append(&report->sink->buffer, text, PB_ESCAPE_MARKUP);
}

static void write_words(struct pb_report *report, const char *words)
{
    write_text(report, pb_slice_from_string(words));
}

static void write_id(struct pb_report *report, char letter, size_t index)
{
    pb_buffer_append_format(&report->sink->buffer, " id=\"%c%zu\"", letter, index);
}

static void write_lines(struct pb_report *report, struct pb_slice lines)
{
    for (size_t start = 0; start < lines.size_bytes;) {
        size_t end = pb_slice_find(lines, PB_SLICE("\n"), start);
        size_t stop = end == SIZE_MAX ? lines.size_bytes : end;
        write_text(report, pb_slice_first(pb_slice_from(lines, start), stop - start));
        write(report, "\n");
        start = stop + 1;
    }
}

/* The report's value, which is a link to a key, or before one to what it speaks of. */
static void write_value(struct pb_report *report)
{
    struct pb_slice value = pb_report_take_value(report);
    struct pb_buffer *out = &report->sink->buffer;
    char letter = report->link_letter;

    if (letter == 'k')
        pb_buffer_append_format(out, "<a href=\"#k%" PRIu32 "\">", report->link_index);
    write(report, letter == 'e' ? "<code>" : letter == 'c' ? "<bdi>" : "");
    write_text(report, value);
    write(report, letter == 'e'   ? "</code>"
                  : letter == 'c' ? "</bdi>"
                  : letter == 'k' ? "</a>"
                                  : "");
    if (letter == 'e' || letter == 'c')
        pb_buffer_append_format(out, " <a href=\"#%c%" PRIu32 "\">%c%" PRIu32 "</a>", letter,
                                report->link_index, letter, report->link_index);
}

/* The class of a word that is shown in a frame; NULL for any other. */
static const char *find_kind(struct pb_slice word)
{
    static const struct {
        const char *word, *kind;
    } kinds[] = {
        {"vulnerable", "bad"},   {"undetermined", "doubtful"},
        {"clear", "good"},       {"incomplete", "doubtful"},
        {"complete", "good"},    {"high", "bad"},
        {"medium", "doubtful"},  {"low", "plain"},
        {"error", "bad"},        {"warning", "doubtful"},
        {"note", "plain"},       {"unreadable", "doubtful"},
        {"skipped", "doubtful"}, {"used", "good"},
        {"ignored", "plain"},    {"container", "plain"},
        {"resolved", "good"},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (pb_slice_equals(word, pb_slice_from_string(kinds[i].word)))
            return kinds[i].kind;
    return NULL;
}

static void write_badge_of(struct pb_report *report, const char *kind, struct pb_slice word)
{
    write(report, "<span class=\"badge ");
    write(report, kind != NULL ? kind : "plain");
    write(report, "\">");
    write_text(report, word);
    write(report, "</span>");
}

static void write_badge(struct pb_report *report, const char *word)
{
    struct pb_slice text = pb_slice_from_string(word);

    write_badge_of(report, find_kind(text), text);
}

/* Lists of which the first elements are seen and the others open on demand. */

static void begin_element(struct pb_report *report, const struct pb_list *list, size_t index)
{
    if (index == list->shown)
        pb_buffer_append_format(&report->sink->buffer,
                                "<li><details><summary>and %zu more</summary>\n<ul>\n",
                                list->count - list->shown);
    write(report, "<li>");
}

static void end_element(struct pb_report *report)
{
    write(report, "</li>\n");
    pb_sink_pass_on(report->sink);
}

static void write_rest(struct pb_report *report, const struct pb_list *list)
{
    write(report, "<li>and ");
    pb_words_count(&report->sink->buffer, list->count - list->shown, list->singular);
    write(report, ", among the observations");
    end_element(report);
}

static void write_elements(struct pb_report *report, struct pb_list list)
{
    /* One more is no reason for somebody to open it. */
    if (list.count == list.shown + 1)
        list.shown = list.count;
    bool is_cut = list.is_elsewhere && list.count > list.shown;
    write(report, "<ul>\n");
    for (size_t i = 0; i < list.count && !(is_cut && i == list.shown); i++) {
        begin_element(report, &list, i);
        pb_report_begin_value(report);
        list.append(report, list.items, i);
        write_value(report);
        end_element(report);
    }
    if (is_cut)
        write_rest(report, &list);
    write(report, list.count > list.shown && !is_cut ? "</ul>\n</details></li>\n</ul>" : "</ul>");
}

/* Fields of records: rows of a list of facts, rows of figures, cells of a table. */

static void append_string(struct pb_report *report, void *items, size_t index)
{
    const struct pb_slice *const *strings = items;

    pb_words_text(&report->value, (*strings)[index]);
}

static void write_strings(struct pb_report *report, const struct pb_value *value)
{
    const struct pb_slice *items = value->strings.items;

    write_elements(report, (struct pb_list){.count = value->strings.count,
                                            .shown = SHOWN_NAMES,
                                            .append = append_string,
                                            .items = &items});
}

/* HTML Standard, section 4.5.14: machine and reader are given the same instant. */
static void write_instant(struct pb_report *report, struct pb_instant instant)
{
    struct pb_buffer *out = &report->sink->buffer;

    write(report, "<time datetime=\"");
    pb_instant_append(out, instant);
    write(report, "\">");
    pb_words_instant(out, instant);
    write(report, "</time>");
}

static void write_place(struct pb_report *report, struct pb_place place)
{
    if (place.entry == PB_NO_ENTRY) {
        write(report, "the evidence as a whole");
        return;
    }
    pb_place_append(pb_report_begin_value(report), report->inventory, place);
    report->link_letter = 'e';
    report->link_index = place.entry;
    write_value(report);
}

static void write_content(struct pb_report *report, const struct pb_value *value)
{
    const struct context *context = report->context;
    const char *kind = NULL;

    switch (value->kind) {
    case PB_VALUE_TEXT:
        if (context->form == CELLS)
            kind = find_kind(value->text);
        if (kind != NULL)
            write_badge_of(report, kind, value->text);
        else
            write_text(report, value->text);
        break;
    case PB_VALUE_CODE:
    case PB_VALUE_DIGITS:
        write(report, "<code>");
        write_text(report, value->text);
        write(report, "</code>");
        break;
    case PB_VALUE_DIGEST:
        write(report, "<code>");
        pb_buffer_append_hex(&report->sink->buffer, (const unsigned char *)value->text.data,
                             value->text.size_bytes);
        write(report, "</code>");
        break;
    case PB_VALUE_NULL: break;
    case PB_VALUE_NUMBER: pb_buffer_append_number(&report->sink->buffer, value->number); break;
    case PB_VALUE_BOOLEAN: write(report, value->number != 0 ? "yes" : "no"); break;
    case PB_VALUE_INSTANT: write_instant(report, value->instant); break;
    case PB_VALUE_PLACE: write_place(report, value->place); break;
    case PB_VALUE_STRINGS: write_strings(report, value); break;
    }
}

static bool is_empty(const struct pb_value *value)
{
    switch (value->kind) {
    case PB_VALUE_TEXT:
    case PB_VALUE_CODE:
    case PB_VALUE_DIGITS:
    case PB_VALUE_DIGEST: return value->text.size_bytes == 0;
    case PB_VALUE_STRINGS: return value->strings.count == 0;
    default: return value->kind == PB_VALUE_NULL;
    }
}

static void write_field_value(struct pb_report *report, const char *name, const char *label,
                              const struct pb_value *value)
{
    const struct context *context = report->context;

    (void)name;
    if (label == NULL || (context->form != CELLS && is_empty(value)))
        return;
    if (context->form == CELLS) {
        write(report, value->kind == PB_VALUE_NUMBER ? "<td class=\"number\">" : "<td>");
        if (is_empty(value))
            write(report, "–");
    } else {
        write(report, context->form == ROWS ? "<dt>" : "<tr><th scope=\"row\">");
        write_words(report, label);
        write(report, context->form == ROWS ? "</dt><dd>" : "</th><td class=\"number\">");
    }
    write_content(report, value);
    write(report, context->form == CELLS  ? "</td>"
                  : context->form == ROWS ? "</dd>\n"
                                          : "</td></tr>\n");
    pb_sink_pass_on(report->sink);
}

static void write_record(struct pb_report *report, const char *name, const char *label,
                         pb_emit *emit, const void *object)
{
    (void)name;
    if (label != NULL) {
        write(report, "<table>\n<caption>");
        write(report, label);
        write(report, "</caption>\n<tbody>\n");
    }
    emit(report, object, 0);
    write(report, label != NULL ? "</tbody>\n</table>\n" : "");
}

/* What they hold is shown in other words. */
static void pass_over_array(struct pb_report *report, const char *name, size_t count, pb_emit *emit,
                            const void *object)
{
    (void)report, (void)name, (void)count, (void)emit, (void)object;
}

static void write_fields(struct pb_report *report, pb_emit *emit, const void *object, size_t index,
                         enum form form)
{
    struct context *context = report->context;

    context->form = form;
    emit(report, object, index);
}

/* A table of records; columns are the labels of their fields, '#' before one of numbers. */
static void write_table(struct pb_report *report, const char *const *columns, size_t column_count,
                        size_t count, pb_emit *emit, const void *object, char letter)
{
    write(report, "<div class=\"wide\">\n<table>\n<thead><tr>");
    for (size_t i = 0; i < column_count; i++) {
        bool is_number = columns[i][0] == '#';
        write(report, is_number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">");
        write(report, columns[i] + is_number);
        write(report, "</th>");
    }
    write(report, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        write(report, "<tr");
        if (letter != '\0')
            write_id(report, letter, i);
        write(report, ">");
        write_fields(report, emit, object, i, CELLS);
        write(report, "</tr>\n");
    }
    write(report, "</tbody>\n</table>\n</div>\n");
}

/* All facts of a certificate, and how to replace it. */

static void write_facts(struct pb_report *report, const struct pb_certificate *certificate)
{
    static const char *const columns[] = {"Place", "#Document", "Shape", "Pointer",
                                          "UploadDate as it stood"};

    write(report, "<details>\n<summary>All facts and observations</summary>\n<dl>\n");
    write_fields(report, pb_emit_identity, certificate, 0, ROWS);
    write(report, "</dl>\n");
    for (size_t i = 0; i <= certificate->chain_count && !report->sink->has_failed; i++) {
        const struct pb_x509_facts *facts = i == 0 ? certificate->body : certificate->chain[i - 1];
        if (facts == NULL)
            continue;
        if (i == 0)
            write(report, "<p class=\"part\">X.509 certificate</p>\n<dl>\n");
        else
            pb_buffer_append_format(&report->sink->buffer,
                                    "<p class=\"part\">Chain, certificate %zu of %zu</p>\n<dl>\n",
                                    i, certificate->chain_count);
        write_fields(report, pb_emit_x509, facts, 0, ROWS);
        write(report, "</dl>\n");
    }
    write(report, "<p class=\"part\">Observations</p>\n");
    write_table(report, columns, sizeof columns / sizeof columns[0], certificate->observation_count,
                pb_emit_observation, certificate, '\0');
    write(report, "</details>\n");
}

static void write_remedy(struct pb_report *report, const struct pb_certificate *certificate)
{
    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return;
    write(report, "<details>\n<summary>How to replace it</summary>\n<p>");
    write_words(report, pb_remedy_advice);
    write(report, "</p>\n<pre>");
    pb_remedy_append(pb_report_begin_value(report), report->inventory, certificate);
    write_lines(report, pb_report_take_value(report));
    write(report, "</pre>\n</details>\n");
}

/* What is open. */

static void end_certificate(struct pb_report *report)
{
    const struct context *context = report->context;
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->inventory, context->certificate);

    write_remedy(report, certificate);
    write_facts(report, certificate);
    write(report, context->is_calm ? "</details>\n" : "</article>\n");
}

/* Ends the element and what is open in it. */
static void close(struct pb_report *report, enum element outermost)
{
    struct context *context = report->context;

    for (size_t i = ELEMENT_COUNT; i-- > outermost;) {
        if (!context->is_open[i])
            continue;
        context->is_open[i] = false;
        switch ((enum element)i) {
        case SECTION: write(report, "</section>\n"); break;
        case CALM: write(report, "</details>\n"); break;
        case CERTIFICATE: end_certificate(report); break;
        case FIELDS: write(report, "</dl>\n"); break;
        case FINDINGS: write(report, context->are_apart ? "</ul>\n" : "</ul></dd>\n"); break;
        case ELEMENT_COUNT: break;
        }
        pb_sink_pass_on(report->sink);
    }
}

/* Returns whether the element was not open, so that its beginning is to be written. */
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
        write(report, "<dl>\n");
    write(report, "<dt>");
    write_words(report, label);
    write(report, "</dt><dd>");
}

static void end_field(struct pb_report *report)
{
    write(report, "</dd>\n");
    pb_sink_pass_on(report->sink);
}

static void write_field(struct pb_report *report, const char *label)
{
    begin_field(report, label);
    write_value(report);
    end_field(report);
}

static void write_list(struct pb_report *report, const struct pb_list *list)
{
    if (list->label == NULL) {
        write(report, "<div class=\"lineage\">\n");
        write_elements(report, *list);
        write(report, "\n</div>\n");
        return;
    }
    begin_field(report, list->label);
    if (list->lead != NULL) {
        write_badge(report, list->lead);
        write(report, "\n");
    }
    if (list->count > 0)
        write_elements(report, *list);
    end_field(report);
}

static void write_level(struct pb_report *report, const struct pb_finding *finding)
{
    const char *level = pb_level_name(finding->rule->level);
    struct pb_slice word = pb_slice_from_string(level);

    write_badge_of(report, pb_finding_counts(finding) ? find_kind(word) : NULL, word);
    if (finding->waiver != NULL) {
        write(report, " ");
        write_badge(report, "waived");
    }
    if (finding->state != PB_STATE_NONE) {
        write(report, " ");
        write_badge(report, pb_finding_state_name(finding->state));
    }
}

static void write_finding(struct pb_report *report, const struct pb_finding *finding,
                          enum pb_finding_of of)
{
    struct context *context = report->context;
    char room[PB_SENTENCE_BYTES];

    if (!context->is_open[FINDINGS]) {
        if (of != PB_FINDING_APART)
            begin_field(report, "findings");
        context->are_apart = of == PB_FINDING_APART;
        open(report, FINDINGS);
        write(report, "<ul class=\"findings\">\n");
    }
    write(report, "<li>");
    write_level(report, finding);
    write(report, " <strong>");
    write_words(report, finding->rule->name);
    write(report, "</strong>: ");
    write_text(report,
               pb_finding_message(finding, report->inventory, report->result->parameters, room));
    if (finding->waiver != NULL) {
        pb_words_waiver(pb_report_begin_value(report), finding->waiver);
        write(report, "<br>\n<span class=\"quiet\">");
        write_value(report);
        write(report, "</span>");
    }
    if (finding->entry != PB_NO_INDEX) {
        write(report, "<br>\n<span class=\"quiet\">in ");
        write_place(report, (struct pb_place){.entry = finding->entry});
        write(report, "</span>");
    }
    end_element(report);
}

/* The page. */

static void begin_section(struct pb_report *report, const struct pb_section *section)
{
    close(report, SECTION);
    open(report, SECTION);
    write(report, "<section");
    if (section->id != NULL)
        pb_buffer_append_format(&report->sink->buffer, " id=\"%s\"", section->id);
    write(report, ">\n<h2>");
    write_words(report, section->title);
    write(report, "</h2>\n");
    if (section->explanation == NULL)
        return;
    write(report, "<p class=\"quiet\">");
    write_words(report, section->explanation);
    write(report, "</p>\n");
}

static void write_heading(struct pb_report *report, const char *label)
{
    write(report, "<h3");
    write_id(report, report->link_letter, report->link_index);
    write(report, ">");
    write_words(report, label);
    write(report, ": ");
    report->link_letter = '\0';
    write_value(report);
    write(report, "</h3>\n");
}

static void begin_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    size_t deleted = pb_count_deleted(report->inventory, account);
    struct pb_buffer *value = pb_report_begin_value(report);

    close(report, SECTION);
    open(report, SECTION);
    write(report, "<section");
    write_id(report, 'a', index);
    write(report, ">\n<h2>");
    pb_words_account(value, account);
    write_value(report);
    write(report, "</h2>\n");
    pb_words_certificates(pb_report_begin_value(report), account);
    if (deleted > 0)
        pb_buffer_append_format(value, ", %zu of them deleted", deleted);
    write_field(report, "certificates");
    if (account->id_from == PB_ID_UNKNOWN)
        return;
    pb_buffer_append_string(pb_report_begin_value(report), pb_id_from_name(account->id_from));
    write_field(report, "known from");
}

static bool begin_calm(struct pb_report *report, const struct pb_calm *calm)
{
    size_t count = calm->clear + calm->not_judged;

    open(report, CALM);
    write(report, "<details class=\"calm\"");
    write(report, count <= OPEN_CERTIFICATES ? " open>\n<summary>" : ">\n<summary>");
    pb_words_count(&report->sink->buffer, count, "certificate");
    write(report, " without anything urgent</summary>\n");
    return true;
}

static void write_title(struct pb_report *report, const struct pb_certificate *certificate)
{
    const char *verdict = pb_verdict_name(certificate->verdict);

    write_badge(report, verdict != NULL ? verdict : "not judged");
    write(report, " <bdi>");
    pb_words_name(pb_report_begin_value(report), certificate);
    write_value(report);
    write(report, "</bdi>");
    if (pb_certificate_extras(certificate)->in_use_by_count > 0) {
        write(report, " ");
        write_badge(report, "in use");
    }
}

/* Enough to leave it folded: the findings of such a one are of severity low. */
static void write_fold(struct pb_report *report, const struct pb_certificate *certificate,
                       uint32_t index)
{
    const struct pb_date *date = pb_certificate_arrival(certificate);
    size_t findings;

    pb_report_findings(report, index, PB_NO_INDEX, &findings);
    write(report, "<summary><span class=\"title\">");
    write_title(report, certificate);
    write(report, "</span>");
    if (pb_date_is_known(date)) {
        pb_buffer_append_format(&report->sink->buffer, " %s ", pb_words_upload_label(certificate));
        pb_instant_append_date(&report->sink->buffer, date->instant);
    }
    if (findings > 0) {
        write(report, ", ");
        pb_words_count(&report->sink->buffer, findings, "low finding");
    }
    write(report, "</summary>\n");
}

static void begin_certificate(struct pb_report *report, uint32_t index, bool is_calm)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    struct context *context = report->context;

    close(report, CERTIFICATE);
    open(report, CERTIFICATE);
    context->certificate = index;
    context->is_calm = is_calm;
    write(report, is_calm ? "<details class=\"certificate\"" : "<article class=\"certificate\"");
    write_id(report, 'c', index);
    write(report, ">\n");
    if (is_calm) {
        write_fold(report, certificate, index);
        return;
    }
    write(report, "<h3>");
    write_title(report, certificate);
    write(report, "</h3>\n");
}

/* The policy forbids everything but the one style sheet, whatever else should get into the file
 * (Content Security Policy Level 3, section 2.3.1: a source by its hash). */
static void write_head(struct pb_report *report)
{
    write(report, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src '");
    write(report, pb_html_style_hash);
    write(report, "'; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n"
                  "<meta name=\"generator\" content=\"prebleed ");
    write_words(report, report->result->version);
    write(report, "\">\n<title>");
    write(report, pb_conclusion_word(report->result->summary->conclusion));
    write(report, ": pre-Heartbleed server certificates (IAM-033)</title>\n<style>");
    for (const char *const *line = pb_html_style; *line != NULL; line++)
        write(report, *line);
    write(report, "</style>\n</head>\n<body>\n<header>\n"
                  "<h1>Pre-Heartbleed server certificates</h1>\n"
                  "<p>Rule IAM-033, judged by prebleed ");
    write_words(report, report->result->version);
    write(report, " from saved evidence</p>\n</header>\n");
}

static void write_contents(struct pb_report *report)
{
    write(report, "<nav aria-label=\"Contents\">\n<ul>\n"
                  "<li><a href=\"#figures\">Figures</a></li>\n"
                  "<li><a href=\"#accounts\">Accounts</a></li>\n");
    if (report->result->key_groups->shared_count > 0)
        write(report, "<li><a href=\"#lineage\">Keys that lived on</a></li>\n");
    write(report, "<li><a href=\"#evidence\">Evidence</a></li>\n");
    if (report->inventory->evidence.diagnostics.items.count > 0)
        write(report, "<li><a href=\"#diagnostics\">Diagnostics</a></li>\n");
    write(report, "<li><a href=\"#rules\">Rules</a></li>\n</ul>\n</nav>\n<main>\n");
}

static void write_conclusion(struct pb_report *report)
{
    static const char *const kinds[] = {
        [PB_CONCLUSION_PASS] = "good",
        [PB_CONCLUSION_FAIL] = "bad",
        [PB_CONCLUSION_INCONCLUSIVE] = "doubtful",
    };
    const struct pb_summary *summary = report->result->summary;

    pb_buffer_append_format(&report->sink->buffer,
                            "<section id=\"conclusion\" class=\"conclusion %s\">\n"
                            "<h2>Conclusion: %s</h2>\n<p>",
                            kinds[summary->conclusion], pb_conclusion_word(summary->conclusion));
    pb_words_conclusion(pb_report_begin_value(report), report->result, "below");
    write_value(report);
    write(report, "</p>\n");
    if (summary->conclusion == PB_CONCLUSION_FAIL && summary->inconclusive_because != NULL) {
        write(report, "<p>Inconclusive besides: ");
        write_words(report, summary->inconclusive_because);
        write(report, ".</p>\n");
    }
    write(report, "</section>\n");
}

static void write_exit_status(struct pb_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_buffer_append_format(value, "%d; fails on %s%s", report->result->summary->exit_status,
                            parameters->has_fail_on ? pb_level_name(parameters->fail_on)
                                                    : "nothing",
                            !parameters->has_fail_on               ? ""
                            : parameters->fail_on == PB_LEVEL_HIGH ? " findings"
                                                                   : " findings and worse");
    if (parameters->require_complete)
        pb_buffer_append_string(value, "; coverage must be complete");
    if (parameters->baseline != NULL && parameters->is_new_only)
        pb_buffer_append_string(value, "; only new findings count");
    write_field(report, "exit status");
}

static void write_figures(struct pb_report *report)
{
    static const struct pb_section section = {.id = "figures", .title = "Figures"};

    begin_section(report, &section);
    write(report, "<div class=\"figures\">\n");
    write_fields(report, pb_emit_summary, NULL, 0, FIGURES);
    write(report, "</div>\n");
    pb_walk_parameters(report);
    write_exit_status(report);
}

static void emit_account(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    const size_t counts[] = {
        account->all_certificate_count,
        pb_count_verdict(report->inventory, account, PB_VERDICT_VULNERABLE),
        pb_count_verdict(report->inventory, account, PB_VERDICT_UNDETERMINED),
        pb_count_verdict(report->inventory, account, PB_VERDICT_CLEAR),
    };

    (void)object;
    pb_buffer_append_format(&report->sink->buffer, "<th scope=\"row\"><a href=\"#a%zu\">", index);
    pb_words_account(pb_report_begin_value(report), account);
    write_value(report);
    write(report, "</a>");
    if (pb_slice_is_absent(account->id) && account->folder.size_bytes > 0) {
        write(report, " ");
        pb_escape_append(pb_report_begin_value(report), account->folder, PB_ESCAPE_REVERSIBLE);
        write_value(report);
    }
    write(report, "</th>");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        pb_buffer_append_format(&report->sink->buffer, "<td class=\"number\">%zu</td>", counts[i]);
    write(report, "<td>");
    write_badge(report, pb_coverage_name(account->coverage));
    write(report, "</td>");
    pb_sink_pass_on(report->sink);
}

static void write_accounts(struct pb_report *report)
{
    static const struct pb_section section = {.id = "accounts", .title = "Accounts"};
    static const char *const columns[] = {"Account",       "#Certificates", "#Vulnerable",
                                          "#Undetermined", "#Clear",        "Coverage"};
    size_t count = report->inventory->accounts.count;

    begin_section(report, &section);
    if (count == 0)
        write(report, "<p>The evidence shows none.</p>\n");
    else
        write_table(report, columns, sizeof columns / sizeof columns[0], count, emit_account, NULL,
                    '\0');
}

static void begin(struct pb_report *report)
{
    write_head(report);
    write_contents(report);
    write_conclusion(report);
    write_figures(report);
    write_accounts(report);
}

static void append_unread(struct pb_report *report, void *items, size_t index)
{
    uint32_t *next = items;
    const struct pb_entry *entry;

    (void)index;
    do
        entry = pb_inventory_entry(report->inventory, (*next)++);
    while (entry->status != PB_ENTRY_UNREADABLE && entry->status != PB_ENTRY_SKIPPED);
    pb_place_append(&report->value, report->inventory, (struct pb_place){.entry = *next - 1});
    report->link_letter = 'e';
    report->link_index = *next - 1;
}

static void write_evidence(struct pb_report *report)
{
    static const struct pb_section section = {.id = "evidence", .title = "Evidence"};
    static const char *const columns[] = {"Path",   "SHA-256",       "#Bytes",
                                          "Status", "Recognised as", "Detail"};
    const size_t *counts = report->result->summary->entry_status;
    size_t count = report->inventory->evidence.entries.count;
    size_t unread = counts[PB_ENTRY_UNREADABLE] + counts[PB_ENTRY_SKIPPED];
    uint32_t next = 0;

    begin_section(report, &section);
    if (unread > 0) {
        write(report, "<h3>Not read</h3>\n");
        write_elements(report,
                       (struct pb_list){
                           .count = unread, .shown = 50, .append = append_unread, .items = &next});
        write(report, "\n");
    }
    write(report, "<h3>Ledger</h3>\n<details");
    write(report, count <= OPEN_ENTRIES ? " open>\n<summary>" : ">\n<summary>");
    pb_words_count(&report->sink->buffer, count, "line");
    write(report, ": everything that was met, with the SHA-256 of its bytes as they stand in the "
                  "file or archive</summary>\n");
    write_table(report, columns, sizeof columns / sizeof columns[0], count, pb_emit_entry, NULL,
                'e');
    write(report, "</details>\n");
}

static void write_diagnostics(struct pb_report *report)
{
    static const struct pb_section section = {
        .id = "diagnostics",
        .title = "Diagnostics",
        .explanation = "What was odd, repaired or lost while the evidence was read.",
    };
    static const char *const columns[] = {"Severity", "Code", "Where", "Message"};
    size_t count = report->inventory->evidence.diagnostics.items.count;

    if (count == 0)
        return;
    begin_section(report, &section);
    write(report, count <= OPEN_DIAGNOSTICS ? "<details open>\n<summary>" : "<details>\n<summary>");
    pb_words_count(&report->sink->buffer, count, "diagnostic");
    write(report, "</summary>\n");
    write_table(report, columns, sizeof columns / sizeof columns[0], count, pb_emit_diagnostic,
                NULL, '\0');
    write(report, "</details>\n");
}

static void write_rule(struct pb_report *report, const struct pb_rule *rule)
{
    write(report, "<details>\n<summary><strong>");
    write_words(report, rule->name);
    write(report, "</strong>, ");
    write(report, pb_level_name(rule->level));
    write(report, ": ");
    write_words(report, rule->title);
    write(report, "</summary>\n<pre>");
    write_lines(report, pb_slice_from_string(rule->explanation));
    write(report, "</pre>\n</details>\n");
    pb_sink_pass_on(report->sink);
}

static void write_rules(struct pb_report *report)
{
    static const struct pb_section section = {
        .id = "rules",
        .title = "Rules",
        .explanation =
            "What was applied: what each rule means, how to fix what it finds, and where "
            "it comes from.",
    };
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    begin_section(report, &section);
    if (report->result->parameters->rules == 0)
        write(report, "<p>None.</p>\n");
    for (size_t i = 0; i < count; i++)
        if (report->result->parameters->rules >> i & 1)
            write_rule(report, rules[i]);
}

static void end(struct pb_report *report)
{
    write_evidence(report);
    write_diagnostics(report);
    write_rules(report);
    close(report, SECTION);
    write(report,
          "</main>\n<footer>\n<p>This file holds no script and asks for nothing from elsewhere. "
          "The numbers of accounts (a), certificates (c) and items of evidence (e) are the "
          "positions, from 0, in the json report of the same "
          "run.</p>\n</footer>\n</body>\n</html>\n");
}

void pb_report_write_html(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    static const struct pb_renderer renderer = {
        .is_for_people = true,
        .has_all_facts = true,
        .value = write_field_value,
        .record = write_record,
        .array = pass_over_array,
        .begin = begin,
        .begin_account = begin_account,
        .begin_certificate = begin_certificate,
        .begin_calm = begin_calm,
        .begin_section = begin_section,
        .end = end,
        .field = write_field,
        .list = write_list,
        .finding = write_finding,
        .heading = write_heading,
    };
    struct context context = {0};
    struct pb_report report = {
        .renderer = &renderer, .context = &context, .result = result, .sink = sink};

    (void)options; /* the report is the same for every reader */
    if (pb_report_open(&report))
        pb_walk_page(&report);
    pb_report_close(&report);
}

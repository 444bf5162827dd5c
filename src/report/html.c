/* SPDX-License-Identifier: MIT */
/* The html report: what page.c emits, and the records of model.c, as one file for a browser, a
 * printer and an archive. No script, nothing from elsewhere. */
#include "report/model.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "rules/verdict.h"

/* A fold of more certificates is closed at first. */
#define OPEN_CERTIFICATES 20
/* So many strings of a field are seen at once. */
#define SHOWN_STRINGS 20

/* What can be open, from the outermost in. */
enum element { SECTION, FOLD, CERTIFICATE, FIELDS, ELEMENT_COUNT };

/* How fields of records are shown: as a list of facts, as cells of a table, or as the headings of
 * those cells. */
enum form { FACTS, CELLS, HEADINGS };

struct context {
    bool is_open[ELEMENT_COUNT];
    enum form form;
    const char *prefix;   /* before names of fields: that of a record in a record; or NULL */
    uint32_t certificate; /* the one that is open */
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

static void write_link(struct pb_report *report, char letter, uint32_t index)
{
    pb_buffer_append_format(&report->sink->buffer, "<a href=\"#%c%" PRIu32 "\">%c%" PRIu32 "</a>",
                            letter, index, letter, index);
}

/* The report's value, with a link to what it speaks of. */
static void write_value(struct pb_report *report)
{
    struct pb_slice value = pb_report_take_value(report);
    char letter = report->link_letter;

    if (letter == '\0') {
        write_text(report, value);
        return;
    }
    write(report, letter == 'e' ? "<code>" : "<bdi>");
    write_text(report, value);
    write(report, letter == 'e' ? "</code> " : "</bdi> ");
    write_link(report, letter, report->link_index);
}

/* Text as it stands, which may have line feeds. */
static void write_block(struct pb_report *report, struct pb_slice text)
{
    struct pb_slice line;

    write(report, "<pre>");
    while (pb_take_line(&text, &line)) {
        write_text(report, line);
        write(report, "\n");
    }
    write(report, "</pre>\n");
}

/* The colour of a word that judges; NULL for any other word. */
static const char *find_color(struct pb_slice word)
{
    static const struct {
        const char *color, *words[8];
    } colors[] = {
        {"bad",
         {"vulnerable", "high", "error", "clear by date, key compromised",
          "undetermined, key compromised", "not judged, key compromised"}},
        {"doubtful", {"undetermined", "incomplete", "medium", "warning", "unreadable", "skipped"}},
        {"good", {"clear", "complete", "used", "resolved"}},
    };

    for (size_t i = 0; i < sizeof colors / sizeof colors[0]; i++)
        for (const char *const *known = colors[i].words; *known != NULL; known++)
            if (pb_slice_equals(word, pb_slice_from_string(*known)))
                return colors[i].color;
    return NULL;
}

static void write_badge(struct pb_report *report, const char *word, bool is_plain)
{
    const char *color = is_plain ? NULL : find_color(pb_slice_from_string(word));

    pb_buffer_append_format(&report->sink->buffer, "<span class=\"badge %s\">%s</span> ",
                            color != NULL ? color : "plain", word);
}

/* Elements of which the first are seen and the others open on demand. */
static void write_elements(struct pb_report *report, const struct pb_list *list)
{
    /* A fold of one element saves no room. */
    size_t shown = list->count == list->shown + 1 ? list->count : list->shown;

    write(report, "<ul>\n");
    for (size_t i = 0; i < list->count; i++) {
        if (i == shown)
            pb_buffer_append_format(&report->sink->buffer,
                                    "<li><details><summary>and %zu more</summary>\n<ul>\n",
                                    list->count - shown);
        write(report, "<li>");
        pb_report_begin_value(report);
        list->kind->append(report, list->items, i);
        write_value(report);
        write(report, "</li>\n");
        pb_sink_pass_on(report->sink);
    }
    write(report, list->count > shown ? "</ul>\n</details></li>\n</ul>\n" : "</ul>\n");
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
        write(report, "<dl>\n");
    write(report, "<dt>");
    write(report, label);
    write(report, "</dt><dd>");
}

static void end_field(struct pb_report *report)
{
    write(report, "</dd>\n");
    pb_sink_pass_on(report->sink);
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

static void write_content(struct pb_report *report, const char *name, const struct pb_value *value)
{
    const struct context *context = report->context;
    bool may_judge = context->form == CELLS && value->kind == PB_VALUE_TEXT;
    const char *color = may_judge ? find_color(value->text) : NULL;
    static const struct pb_list_kind kind = {.append = pb_append_string};
    struct pb_list list = {.kind = &kind, .shown = SHOWN_STRINGS};
    struct pb_buffer *out = &report->sink->buffer;

    switch (value->kind) {
    case PB_VALUE_TEXT:
        if (color != NULL)
            pb_buffer_append_format(out, "<span class=\"badge %s\">", color);
        write_text(report, value->text);
        write(report, color != NULL ? "</span>" : "");
        break;
    case PB_VALUE_DIGITS: write_text(report, value->text); break;
    case PB_VALUE_DIGEST:
        write(report, "<code>");
        pb_buffer_append_hex(out, (const unsigned char *)value->text.data, value->text.size_bytes);
        write(report, "</code>");
        break;
    case PB_VALUE_NULL: break;
    case PB_VALUE_NUMBER:
        if (strcmp(name, "evidence") == 0 || strcmp(name, "account") == 0)
            write_link(report, *name, (uint32_t)value->number);
        else
            pb_buffer_append_number(out, value->number);
        break;
    case PB_VALUE_BOOLEAN: write(report, value->number != 0 ? "yes" : "no"); break;
    case PB_VALUE_INSTANT: pb_instant_append(out, value->instant); break;
    case PB_VALUE_PLACE: write_place(report, value->place); break;
    case PB_VALUE_STRINGS:
        list.items = value->strings.items;
        list.count = value->strings.count;
        write_elements(report, &list);
        break;
    }
}

static bool is_empty(const struct pb_value *value)
{
    return value->kind == PB_VALUE_NULL ||
           (value->kind == PB_VALUE_STRINGS && value->strings.count == 0) ||
           (value->kind <= PB_VALUE_DIGEST && value->text.size_bytes == 0);
}

/* "not before" for "not_before" */
static void write_name(struct pb_report *report, const char *name)
{
    const struct context *context = report->context;

    if (context->prefix != NULL)
        pb_buffer_append_format(&report->sink->buffer, "%s ", context->prefix);
    for (; *name != '\0'; name++)
        pb_buffer_append_byte(&report->sink->buffer, *name == '_' ? ' ' : *name);
}

static void write_fact(struct pb_report *report, const char *name, const struct pb_value *value)
{
    const struct context *context = report->context;

    if (context->form == FACTS && is_empty(value))
        return;
    if (context->form == FACTS && open(report, FIELDS))
        write(report, "<dl>\n");
    if (context->form == CELLS) {
        write(report, "<td>");
    } else {
        write(report, context->form == FACTS ? "<dt>" : "<th scope=\"col\">");
        write_name(report, name);
        write(report, context->form == FACTS ? "</dt><dd>" : "</th>");
    }
    if (context->form == CELLS && is_empty(value))
        write(report, "–");
    else if (context->form != HEADINGS)
        write_content(report, name, value);
    if (context->form != HEADINGS)
        write(report, context->form == FACTS ? "</dd>\n" : "</td>");
    pb_sink_pass_on(report->sink);
}

static void write_part(struct pb_report *report, const char *name)
{
    open(report, CERTIFICATE);
    write(report, "<p class=\"part\">");
    write_name(report, name);
    write(report, "</p>\n");
}

static void write_record(struct pb_report *report, const char *name, pb_emit *emit,
                         const void *record)
{
    struct context *context = report->context;

    if (strcmp(name, "key") == 0)
        context->prefix = name;
    else
        write_part(report, name);
    emit(report, record);
    context->prefix = NULL;
}

/* letter: of the rows' identifiers, '\0' for none. */
static void write_table(struct pb_report *report, char letter, struct pb_records records)
{
    struct context *context = report->context;

    write(report, "<div class=\"wide\">\n<table>\n<thead><tr>");
    context->form = HEADINGS;
    if (records.count > 0)
        records.emit(report, records.items);
    write(report, "</tr></thead>\n<tbody>\n");
    context->form = CELLS;
    for (size_t i = 0; i < records.count && !report->sink->has_failed; i++) {
        write(report, "<tr");
        if (letter != '\0')
            pb_buffer_append_format(&report->sink->buffer, " id=\"%c%zu\"", letter, i);
        write(report, ">");
        records.emit(report, pb_record_at(&records, i));
        write(report, "</tr>\n");
    }
    write(report, "</tbody>\n</table>\n</div>\n");
    context->form = FACTS;
}

/* The certificates of a chain have too many fields for a table. */
static void write_array(struct pb_report *report, const char *name, struct pb_records records)
{
    bool is_chain = strcmp(name, "chain") == 0;

    for (size_t i = 0; is_chain && i < records.count && !report->sink->has_failed; i++) {
        write_part(report, name);
        records.emit(report, pb_record_at(&records, i));
    }
    if (is_chain || records.count == 0)
        return;
    write_part(report, name);
    write_table(report, '\0', records);
}

static void end_certificate(struct pb_report *report)
{
    struct context *context = report->context;
    const struct pb_certificate *certificate =
        pb_inventory_certificate(report->inventory, context->certificate);

    if (pb_is_to_replace(report, context->certificate)) {
        write(report, "<details>\n<summary>How to replace it</summary>\n<p>");
        write(report, pb_remedy_advice);
        write(report, "</p>\n");
        pb_remedy_append(pb_report_begin_value(report), report->result, certificate);
        write_block(report, pb_report_take_value(report));
        write(report, "</details>\n");
    }
    write(report, "<details>\n<summary>All facts and observations</summary>\n");
    pb_emit_certificate(report, certificate);
    close(report, FIELDS);
    write(report, "</details>\n</details>\n");
}

/* Ends the element and what is open in it. */
static void close(struct pb_report *report, enum element outermost)
{
    struct context *context = report->context;

    for (size_t i = ELEMENT_COUNT; i-- > outermost;) {
        if (!context->is_open[i])
            continue;
        if (i == CERTIFICATE)
            end_certificate(report);
        else
            write(report, i == SECTION ? "</section>\n" : i == FOLD ? "</details>\n" : "</dl>\n");
        context->is_open[i] = false;
        pb_sink_pass_on(report->sink);
    }
}

/* What the page emits. */

static void write_field(struct pb_report *report, const char *label)
{
    begin_field(report, label);
    write_value(report);
    end_field(report);
}

static void write_list(struct pb_report *report, const struct pb_list *list)
{
    if (list->kind->label == NULL) {
        write_elements(report, list);
        return;
    }
    begin_field(report, list->kind->label);
    if (list->lead != NULL)
        write_badge(report, list->lead, false);
    if (list->count > 0)
        write_elements(report, list);
    end_field(report);
}

static void write_finding(struct pb_report *report, const struct pb_finding *finding,
                          enum pb_finding_of of)
{
    const struct pb_rule *rule = finding->rule;
    char room[PB_SENTENCE_BYTES];

    (void)of; /* the same everywhere */
    begin_field(report, "finding");
    write_badge(report, pb_level_name(rule->level), !pb_finding_counts(finding));
    if (finding->waiver != NULL)
        write_badge(report, "waived", true);
    if (finding->state != PB_STATE_NONE)
        write_badge(report, pb_finding_state_name(finding->state), false);
    pb_buffer_append_format(&report->sink->buffer, "<strong>%s</strong>: ", rule->name);
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
    end_field(report);
}

static void begin_section(struct pb_report *report, const struct pb_section *section)
{
    struct pb_buffer *out = &report->sink->buffer;

    close(report, SECTION);
    open(report, SECTION);
    write(report, "<section");
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
    write_text(report, pb_report_take_value(report));
    write(report, "</h3>\n");
}

static void write_line(struct pb_report *report, size_t depth)
{
    write(report, depth > 1 ? "<p class=\"quiet\">" : "<p>");
    write_value(report);
    write(report, "</p>\n");
    pb_sink_pass_on(report->sink);
}

static void begin_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    size_t deleted = pb_count_certificates(report->inventory, account).deleted;
    struct pb_buffer *value = pb_report_begin_value(report);

    close(report, SECTION);
    open(report, SECTION);
    pb_buffer_append_format(&report->sink->buffer, "<section id=\"a%" PRIu32 "\">\n<h2>", index);
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

static bool begin_folded(struct pb_report *report, const struct pb_folded *folded)
{
    size_t count = folded->clear + folded->not_judged;

    open(report, FOLD);
    pb_buffer_append_format(&report->sink->buffer, "<details class=\"folded\"%s>\n<summary>",
                            count <= OPEN_CERTIFICATES ? " open" : "");
    pb_words_count(&report->sink->buffer, count, "certificate");
    write(report, " without anything urgent</summary>\n");
    return true;
}

static void begin_certificate(struct pb_report *report, uint32_t index, bool is_folded)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const char *badge = pb_words_badge(report, index);
    const struct pb_date *date = pb_certificate_arrival(certificate);
    struct pb_buffer *out = &report->sink->buffer;
    struct context *context = report->context;

    close(report, CERTIFICATE);
    open(report, CERTIFICATE);
    context->certificate = index;
    pb_buffer_append_format(out, "<details class=\"certificate\" id=\"c%" PRIu32 "\"%s>\n", index,
                            is_folded ? "" : " open");
    write(report, "<summary><span class=\"title\">");
    write_badge(report, badge, false);
    write(report, "<bdi>");
    pb_words_name(pb_report_begin_value(report), certificate);
    write_value(report);
    write(report, "</bdi></span> ");
    if (pb_certificate_extras(certificate)->in_use_by_count > 0)
        write_badge(report, "in use", true);
    if (pb_date_is_known(date)) {
        pb_buffer_append_format(out, "%s ", pb_words_upload_label(certificate));
        pb_instant_append_date(out, date->instant);
    }
    write(report, "</summary>\n");
}

static void write_figures(struct pb_report *report)
{
    begin_section(report, &(struct pb_section){.id = "figures", .title = "Figures"});
    pb_emit_figures(report);
    pb_emit_parameters(report, report->result->parameters);
    pb_buffer_append_string(pb_report_begin_value(report), pb_words_iam_033_is_off);
    if (!pb_has_rule(report->result, "IAM-033"))
        write_field(report, "note");
}

static void write_number(struct pb_report *report, const char *name, size_t number)
{
    write_fact(report, name, &(struct pb_value){.kind = PB_VALUE_NUMBER, .number = number});
}

static void write_account(struct pb_report *report, const void *record)
{
    const struct pb_account *account = record;
    struct pb_counts counts = pb_count_certificates(report->inventory, account);
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_words_account(value, account);
    pb_buffer_append_string(value, account->folder.size_bytes > 0 ? " " : "");
    pb_escape_append(value, account->folder, PB_ESCAPE_REVERSIBLE);
    write_number(report, "account", (size_t)(account - pb_inventory_account(report->inventory, 0)));
    write_fact(report, "id", &(struct pb_value){.text = pb_report_take_value(report)});
    write_number(report, "certificates", account->all_certificate_count);
    write_number(report, "vulnerable", counts.vulnerable);
    write_number(report, "undetermined", counts.undetermined);
    write_number(report, "clear", counts.clear);
    write_fact(
        report, "coverage",
        &(struct pb_value){.text = pb_slice_from_string(pb_coverage_name(account->coverage))});
}

static void begin(struct pb_report *report)
{
    pb_html_write_head(report);
    write_figures(report);
    begin_section(report, &(struct pb_section){.id = "accounts", .title = "Accounts"});
    write_table(report, '\0', pb_records_of(&report->inventory->accounts, write_account));
}

static void write_rule(struct pb_report *report, const struct pb_rule *rule)
{
    pb_buffer_append_format(&report->sink->buffer,
                            "<details>\n<summary><strong>%s</strong>, %s: ", rule->name,
                            pb_level_name(rule->level));
    write_text(report, pb_slice_from_string(rule->title));
    write(report, "</summary>\n");
    write_block(report, pb_slice_from_string(rule->explanation));
    write(report, "</details>\n");
}

static void end(struct pb_report *report)
{
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    begin_section(report,
                  &(struct pb_section){.id = "evidence",
                                       .title = "Evidence",
                                       .explanation = "Everything that was met, with the SHA-256 "
                                                      "of its bytes as they were found."});
    write_table(report, 'e', pb_entry_records(report));
    if (pb_diagnostic_records(report).count > 0) {
        begin_section(report, &(struct pb_section){.id = "diagnostics", .title = "Diagnostics"});
        write_table(report, '\0', pb_diagnostic_records(report));
    }
    begin_section(report, &(struct pb_section){.id = "rules", .title = "Rules"});
    for (size_t i = 0; i < count; i++)
        if (report->result->parameters->rules >> i & 1)
            write_rule(report, rules[i]);
    close(report, SECTION);
    write(report,
          "</main>\n<footer>\n<p>This file holds no script and asks for nothing from elsewhere. "
          "The numbers of accounts (a), certificates (c) and items of evidence (e) are the "
          "positions, from 0, in the json report of the same run.</p>\n</footer>\n</body>\n"
          "</html>\n");
}

void pb_report_write_html(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    static const struct pb_renderer renderer = {
        .has_all_facts = true,
        .value = write_fact,
        .record = write_record,
        .array = write_array,
        .begin = begin,
        .begin_account = begin_account,
        .begin_certificate = begin_certificate,
        .begin_folded = begin_folded,
        .begin_section = begin_section,
        .end = end,
        .field = write_field,
        .list = write_list,
        .finding = write_finding,
        .heading = write_heading,
        .line = write_line,
    };
    struct context context = {0};
    struct pb_report report = {
        .renderer = &renderer, .context = &context, .result = result, .sink = sink};

    (void)options; /* the report is the same for every reader */
    if (pb_report_open(&report))
        pb_walk_page(&report);
    pb_report_close(&report);
}

/* SPDX-License-Identifier: MIT */
/* The text report: what the walk of page.c emits, as lines of 80 columns for a terminal. */
#include "report/model.h"

#include <string.h>

#include "rules/verdict.h"

/* The columns of the report. */
enum {
    INDENT = 2,         /* of what belongs to an account or a section */
    DETAIL = 10,        /* of what belongs to a certificate */
    LABEL = 10,         /* width of a label before its value */
    NAME = 24,          /* where names start in a certificate's headline */
    SEVERITY = 8,       /* width of a severity word */
    LONGEST_PLACE = 160 /* of a place; -v prints it whole */
};

/* More columns than any honest value needs; a hostile one is shortened in its middle. */
#define LONGEST_VALUE 2000

enum style { PLAIN, STRONG, FAINT, BAD, DOUBTFUL, GOOD };

static void append(struct pb_report *report, const char *words)
{
    pb_buffer_append_string(&report->sink->buffer, words);
}

static void pad(struct pb_report *report, size_t columns)
{
    pb_buffer_append_repeated(&report->sink->buffer, ' ', columns);
}

static void end_line(struct pb_report *report)
{
    pb_buffer_append_byte(&report->sink->buffer, '\n');
    pb_sink_pass_on(report->sink);
}

/* Begins a style, which end_style ends. */
static void begin_style(struct pb_report *report, enum style style)
{
    static const char *const codes[] = {
        [STRONG] = "\033[1m",    [FAINT] = "\033[2m", [BAD] = "\033[1;31m",
        [DOUBTFUL] = "\033[33m", [GOOD] = "\033[32m",
    };

    if (report->options.has_color && style != PLAIN)
        append(report, codes[style]);
}

static void end_style(struct pb_report *report, enum style style)
{
    if (report->options.has_color && style != PLAIN)
        append(report, "\033[0m");
}

/* Writes words in a style, padded to width columns. */
static void write_styled(struct pb_report *report, enum style style, const char *words,
                         size_t width)
{
    size_t size_bytes = strlen(words);
    enum style used = size_bytes > 0 ? style : PLAIN;

    begin_style(report, used);
    append(report, words);
    end_style(report, used);
    pad(report, size_bytes < width ? width - size_bytes : 0);
}

/* Writes the value from column on, further lines from indent on, and leaves the middle of one that
 * is longer than most out. */
static void write_value(struct pb_report *report, size_t column, size_t indent, size_t most)
{
    struct pb_slice value = pb_report_take_value(report);
    struct pb_buffer shortened;

    pb_buffer_init(&shortened, SIZE_MAX);
    if (value.size_bytes > most && pb_text_width(value) > most) {
        pb_text_shorten(&shortened, value, most);
        if (shortened.has_failed)
            pb_sink_fail_memory(report->sink);
        value = pb_buffer_slice(&shortened);
    }
    pb_text_wrap(&report->sink->buffer, value, column, indent);
    pb_buffer_release(&shortened);
}

/* The value as a line of its own. */
static void write_line(struct pb_report *report, size_t indent, enum style style)
{
    pad(report, indent);
    begin_style(report, style);
    write_value(report, indent, indent + INDENT, LONGEST_VALUE);
    end_style(report, style);
    end_line(report);
}

/* The value behind what stands in the line already, which reaches to column. */
static void write_after(struct pb_report *report, size_t column)
{
    write_value(report, column, column, LONGEST_VALUE);
    end_line(report);
}

/* Label "" continues the one above. The end of a place tells it from others. */
static void write_field(struct pb_report *report, const char *label)
{
    const size_t *indent = report->context; /* that of where the page is */
    size_t column = *indent + LABEL;
    bool is_place = report->link_letter == 'e';

    pad(report, *indent);
    write_styled(report, FAINT, label, LABEL);
    write_value(report, column, is_place ? column + INDENT : column,
                is_place && !report->options.is_verbose ? LONGEST_PLACE : LONGEST_VALUE);
    end_line(report);
}

static void set_indent(struct pb_report *report, size_t columns)
{
    size_t *indent = report->context;

    *indent = columns;
}

static void write_more(struct pb_report *report, const struct pb_list *list)
{
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_buffer_append_string(value, list->kind->label == NULL ? "-> and " : "and ");
    pb_words_count(value, list->count - list->shown, list->kind->singular);
    pb_buffer_append_string(value, list->rest);
}

/* What follows from each other. */
static void write_sequence(struct pb_report *report, const struct pb_list *list)
{
    for (size_t i = 0; i < list->count && i < list->shown; i++) {
        pb_buffer_append_string(pb_report_begin_value(report), i > 0 ? "-> " : "");
        list->kind->append(report, list->items, i);
        write_line(report, DETAIL, PLAIN);
    }
    if (list->count <= list->shown)
        return;
    write_more(report, list);
    write_line(report, DETAIL, PLAIN);
}

static void write_list(struct pb_report *report, const struct pb_list *list)
{
    if (list->kind->label == NULL) {
        write_sequence(report, list);
        return;
    }
    for (size_t i = 0; i < list->count && i < list->shown; i++) {
        struct pb_buffer *value = pb_report_begin_value(report);
        if (i == 0 && list->lead != NULL)
            pb_buffer_append_format(value, "%s: ", list->lead);
        list->kind->append(report, list->items, i);
        write_field(report, i == 0 ? list->kind->label : "");
    }
    if (list->count == 0) {
        pb_buffer_append_string(pb_report_begin_value(report), list->lead);
        write_field(report, list->kind->label);
    } else if (list->count > list->shown) {
        write_more(report, list);
        write_field(report, "");
    }
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

/* One that is waived calls for nothing. */
static void write_level(struct pb_report *report, const struct pb_finding *finding)
{
    static const enum style styles[] = {
        [PB_LEVEL_LOW] = PLAIN,
        [PB_LEVEL_MEDIUM] = DOUBTFUL,
        [PB_LEVEL_HIGH] = BAD,
    };
    enum pb_level level = finding->rule->level;

    if (finding->state == PB_STATE_RESOLVED)
        write_styled(report, GOOD, "-", SEVERITY);
    else if (finding->waiver != NULL)
        write_styled(report, PLAIN, "WAIVED", SEVERITY);
    else
        write_styled(report, styles[level], level_word(level), SEVERITY);
}

static void append_state(struct pb_buffer *value, const struct pb_finding *finding)
{
    if (finding->state != PB_STATE_NONE)
        pb_buffer_append_format(value, " (%s)", pb_finding_state_name(finding->state));
}

static void append_waiver(struct pb_buffer *value, const struct pb_finding *finding)
{
    if (finding->waiver == NULL)
        return;
    pb_buffer_append_string(value, " (");
    pb_words_waiver(value, finding->waiver);
    pb_buffer_append_byte(value, ')');
}

/* ": " the sentence, and by whom it is waived. */
static void append_message(struct pb_report *report, const struct pb_finding *finding)
{
    char room[PB_SENTENCE_BYTES];

    pb_buffer_append_string(&report->value, ": ");
    pb_words_text(&report->value,
                  pb_finding_message(finding, report->inventory, report->result->parameters, room));
    append_waiver(&report->value, finding);
}

/* Whether "uploaded", "validity" or "reason" says it already; a gap stands under its account. */
static bool is_said(const struct pb_finding *finding)
{
    static const char *const rules[] = {"IAM-033", "undetermined", "coverage-gap", "expired",
                                        "expires-soon"};

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(finding->rule->name, rules[i]) == 0)
            return true;
    return false;
}

/* State and waiver in one pair of brackets; nothing without either. */
static void write_standing(struct pb_report *report, const struct pb_finding *finding)
{
    struct pb_buffer *value = &report->value;

    if (finding->state == PB_STATE_NONE && finding->waiver == NULL)
        return;
    if (finding->state != PB_STATE_NONE && finding->waiver != NULL) {
        pb_buffer_append_format(value, " (%s, ", pb_finding_state_name(finding->state));
        pb_words_waiver(value, finding->waiver);
        pb_buffer_append_byte(value, ')');
    } else {
        append_state(value, finding);
        append_waiver(value, finding);
    }
    write_field(report, "finding");
}

/* With a headline of its own. */
static void write_apart(struct pb_report *report, const struct pb_finding *finding)
{
    struct pb_buffer *value = pb_report_begin_value(report);

    pad(report, INDENT);
    write_level(report, finding);
    pb_buffer_append_string(value, finding->rule->name);
    if (pb_finding_former(finding) == NULL)
        append_state(value, finding);
    append_message(report, finding);
    write_after(report, DETAIL);
    if (pb_finding_former(finding) != NULL || finding->entry == PB_NO_INDEX)
        return;
    pb_place_append(pb_report_begin_value(report), report->inventory,
                    (struct pb_place){.entry = finding->entry});
    report->link_letter = 'e';
    set_indent(report, DETAIL);
    write_field(report, "seen");
}

static void write_finding(struct pb_report *report, const struct pb_finding *finding,
                          enum pb_finding_of of)
{
    if (of == PB_FINDING_APART) {
        write_apart(report, finding);
        return;
    }
    pb_buffer_append_format(pb_report_begin_value(report), "%s %s",
                            level_word(finding->rule->level), finding->rule->name);
    if (of == PB_FINDING_OF_CERTIFICATE && is_said(finding)) {
        write_standing(report, finding);
        return;
    }
    append_state(&report->value, finding);
    append_message(report, finding);
    write_field(report, "finding");
}

static void begin(struct pb_report *report)
{
    static const char title[] = "IAM-033  Pre-Heartbleed server certificates";
    struct pb_slice version = pb_slice_from_string(report->result->version);
    size_t used = sizeof title - 1 + strlen("prebleed ") + version.size_bytes;

    write_styled(report, STRONG, title, 0);
    pad(report, used + 2 <= PB_TEXT_COLUMNS ? PB_TEXT_COLUMNS - used : 2);
    append(report, "prebleed ");
    append(report, report->result->version);
    end_line(report);
}

static void begin_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    struct pb_counts counts = pb_count_certificates(report->inventory, account);
    struct pb_buffer *value = pb_report_begin_value(report);

    end_line(report);
    pb_words_account(value, account);
    pb_buffer_append_string(value, " · ");
    pb_words_certificates(value, account);
    if (counts.vulnerable > 0)
        pb_buffer_append_format(value, " · %zu vulnerable", counts.vulnerable);
    if (counts.undetermined > 0)
        pb_buffer_append_format(value, " · %zu undetermined", counts.undetermined);
    if (counts.deleted > 0)
        pb_buffer_append_format(value, " · %zu deleted", counts.deleted);
    write_line(report, 0, STRONG);
    set_indent(report, INDENT);
}

static void begin_certificate(struct pb_report *report, uint32_t index, bool is_folded)
{
    static const enum style styles[] = {
        [PB_VERDICT_NONE] = PLAIN,
        [PB_VERDICT_VULNERABLE] = BAD,
        [PB_VERDICT_CLEAR] = GOOD,
        [PB_VERDICT_UNDETERMINED] = DOUBTFUL,
    };
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const char *verdict = pb_verdict_name(certificate->verdict);
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, index, PB_NO_INDEX, &count);

    size_t worst = 0; /* the first that is not waived, for they stand by severity */

    (void)is_folded;
    end_line(report);
    pad(report, INDENT);
    while (worst < count && findings[worst]->waiver != NULL)
        worst++;
    if (count > 0)
        write_level(report, findings[worst < count ? worst : 0]);
    else
        write_styled(report, PLAIN, "-", SEVERITY);
    write_styled(report, styles[certificate->verdict], verdict != NULL ? verdict : "not judged",
                 NAME - INDENT - SEVERITY);
    pb_words_name(pb_report_begin_value(report), certificate);
    write_after(report, NAME);
    set_indent(report, DETAIL);
}

static bool begin_folded(struct pb_report *report, const struct pb_folded *folded)
{
    struct pb_buffer *value = pb_report_begin_value(report);

    end_line(report);
    pb_buffer_append_string(value, "not shown: ");
    if (folded->clear > 0)
        pb_buffer_append_format(value, "%zu clear", folded->clear);
    if (folded->not_judged > 0)
        pb_buffer_append_format(value, "%s%zu not judged", folded->clear > 0 ? ", " : "",
                                folded->not_judged);
    if (folded->with_findings > 0)
        pb_buffer_append_format(value, ", %zu of them with findings of severity low",
                                folded->with_findings);
    pb_buffer_append_string(value, " (listed by -v)");
    write_line(report, INDENT, PLAIN);
    return false;
}

static void begin_section(struct pb_report *report, const struct pb_section *section)
{
    end_line(report);
    pb_buffer_append_string(pb_report_begin_value(report), section->title);
    write_line(report, 0, STRONG);
    if (section->advice == NULL)
        return;
    pb_buffer_append_string(pb_report_begin_value(report), section->advice);
    pad(report, INDENT);
    write_after(report, INDENT);
}

static void write_heading(struct pb_report *report, const char *label)
{
    end_line(report);
    pad(report, INDENT);
    write_styled(report, PLAIN, label != NULL ? label : "", label != NULL ? SEVERITY : 0);
    write_after(report, label != NULL ? DETAIL : INDENT);
}

static void write_depth(struct pb_report *report, size_t depth)
{
    write_line(report, depth * INDENT, PLAIN);
}

static void write_commands(struct pb_report *report)
{
    struct pb_slice lines = pb_report_take_value(report), line;

    while (pb_take_line(&lines, &line)) {
        pad(report, 2 * INDENT);
        pb_buffer_append(&report->sink->buffer, line);
        end_line(report);
    }
}

static void end(struct pb_report *report)
{
    static const enum style styles[] = {
        [PB_CONCLUSION_PASS] = GOOD,
        [PB_CONCLUSION_FAIL] = BAD,
        [PB_CONCLUSION_INCONCLUSIVE] = DOUBTFUL,
    };
    enum pb_conclusion conclusion = report->result->summary->conclusion;

    end_line(report);
    set_indent(report, 0);
    pb_emit_figures(report);
    end_line(report);
    pb_buffer_append_format(pb_report_begin_value(report), "%s: ", pb_conclusion_word(conclusion));
    pb_words_conclusion(&report->value, report->result, "above");
    write_line(report, 0, styles[conclusion]);
}

void pb_report_write_text(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    static const struct pb_renderer renderer = {
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
        .line = write_depth,
        .commands = write_commands,
    };
    size_t indent = 0;
    struct pb_report report = {
        .renderer = &renderer, .context = &indent, .result = result, .sink = sink};

    if (options != NULL)
        report.options = *options;
    if (pb_report_open(&report))
        pb_walk_page(&report);
    pb_report_close(&report);
}

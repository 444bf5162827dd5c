/* SPDX-License-Identifier: MIT */
/* The text report: what page.c emits, as lines for a terminal, with the conclusion before and after
 * it and a table of the certificates to act on; and text in columns, which markdown.c has too. */
#include "report/report.h"

#include "inventory/sentences.inc"

/* Characters that do not take one column: Unicode's blocks of combining diacritical marks and the
 * variation selectors; W and F of its Standard Annex 11 (East Asian Width), small gaps closed. */
static const struct {
    uint32_t first, last;
    size_t columns;
} widths[] = {
    {0x0300, 0x036F, 0},   {0x0483, 0x0489, 0},   {0x1100, 0x115F, 2},   {0x1AB0, 0x1AFF, 0},
    {0x1DC0, 0x1DFF, 0},   {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},
    {0xA960, 0xA97F, 2},   {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},
    {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F64F, 2},
    {0x1F680, 0x1F6FF, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
};

/* So many marks on one character take no column; terminals differ in how they show more. */
#define MOST_MARKS 2

/* The columns of the character that starts the text, and its bytes; a stray byte is one column. */
static size_t measure(struct pb_slice text, size_t *size_bytes)
{
    uint32_t character;
    size_t size = pb_utf8_decode(text, &character);
    *size_bytes = size > 0 ? size : 1;
    for (size_t i = 0; i < sizeof widths / sizeof widths[0] && size > 1; i++)
        if (character >= widths[i].first && character <= widths[i].last)
            return widths[i].columns;
    return 1;
}

/* How many bytes from the start fit into so many columns, and how many of these they use. */
static size_t fit(struct pb_slice text, size_t columns, size_t *used)
{
    size_t bytes = 0, size, marks = 0;

    for (*used = 0; bytes < text.size_bytes; bytes += size) {
        size_t width = size = 1; /* nearly all is ASCII: no call */
        if ((unsigned char)text.data[bytes] >= 0x80)
            width = measure(pb_slice_from(text, bytes), &size);
        marks = width == 0 ? marks + 1 : 0;
        width += marks > MOST_MARKS;
        if (width > columns - *used)
            break;
        *used += width;
    }
    return bytes;
}

size_t pb_text_width(struct pb_slice text)
{
    size_t width;
    fit(text, SIZE_MAX, &width);
    return width;
}

void pb_text_wrap(struct pb_buffer *buffer, struct pb_slice text, size_t column, size_t indent,
                  size_t columns)
{
    for (;;) {
        size_t used, end = fit(text, column < columns ? columns - column : 0, &used);
        if (end == text.size_bytes) {
            pb_buffer_append(buffer, text);
            return;
        }
        while (end > 0 && text.data[end] != ' ')
            end--;
        if (end == 0 && column <= indent) /* a word that is to be copied whole */
            end = pb_slice_first(text, pb_slice_find(text, PB_SLICE(" "), 0)).size_bytes;
        pb_buffer_append(buffer, pb_slice_first(text, end));
        text = pb_slice_from(text, pb_skip(text, end, " "));
        if (text.size_bytes == 0)
            return;
        pb_buffer_append_byte(buffer, '\n');
        pb_buffer_append_repeated(buffer, ' ', indent);
        column = indent;
    }
}

void pb_text_shorten(struct pb_buffer *buffer, struct pb_slice text, size_t width)
{
    size_t whole = pb_text_width(text), head = width * 3 / 8, tail = width - head - 1, used, size;

    if (whole <= width) {
        pb_buffer_append(buffer, text);
        return;
    }
    pb_buffer_append(buffer, pb_slice_first(text, fit(text, head, &used)));
    pb_buffer_append_string(buffer, "…");
    size_t start = fit(text, whole - tail, &used);
    if (used < whole - tail) { /* the cut is inside a wide character: it is left out */
        measure(pb_slice_from(text, start), &size);
        start += size;
    }
    pb_buffer_append(buffer, pb_slice_from(text, start));
}

/* Widths and positions, in columns. */
enum {
    USUAL_COLUMNS = 80,
    FEWEST_COLUMNS = 60,
    MOST_COLUMNS = 1000,
    INDENT = 2,   /* of what belongs to an account or a section */
    DETAIL = 10,  /* of what belongs to a certificate */
    LABEL = 10,   /* width of a label before its value */
    NAME = 24,    /* where names start in a certificate's headline */
    SEVERITY = 8, /* width of a severity word */
};

/* No usual value has so many columns; the middle of a longer one is left out. */
#define LONGEST_VALUE 2000

/* Rows of the overview, and certificates whose details are shown without -v. */
#define MOST_CERTIFICATES 20
#define FEW_CERTIFICATES 10

/* Styles: parameters of ECMA-48's SGR; NULL is plain text. */
#define STRONG "1"
#define FAINT "2"
#define BAD "1;31"
#define DOUBTFUL "33"
#define GOOD "32"

static void pad(struct pb_report *report, size_t columns)
{
    pb_buffer_append_repeated(&report->out, ' ', columns);
}

static void end_line(struct pb_report *report)
{
    pb_buffer_append_byte(&report->out, '\n');
    pb_report_flush(report);
}

static void set_style(struct pb_report *report, const char *style, bool is_on)
{
    if (report->options.has_color && style != NULL)
        pb_buffer_append_format(&report->out, "\033[%sm", is_on ? style : "0");
}

static void write_styled(struct pb_report *report, const char *style, const char *words,
                         size_t width)
{
    size_t size_bytes = strlen(words);
    style = size_bytes > 0 ? style : NULL;
    set_style(report, style, true);
    pb_put(report, words);
    set_style(report, style, false);
    pad(report, size_bytes < width ? width - size_bytes : 0);
}

/* Writes the value from column on and its further lines from indent on; the middle of an overlong
 * one is left out. A place in the evidence stays on one line, to be copied. */
static void write_value(struct pb_report *report, size_t column, size_t indent)
{
    struct pb_buffer shortened = {0}, escaped = {0};

    pb_text_shorten(&shortened, pb_take_value(report), LONGEST_VALUE);
    pb_escape_append(&escaped, pb_buffer_slice(&shortened), PB_ESCAPE_LOG);
    if (shortened.has_failed || escaped.has_failed)
        pb_report_fail(report);
    pb_text_wrap(&report->out, pb_buffer_slice(&escaped), column, indent,
                 report->link_letter == 'e' ? SIZE_MAX : report->options.columns);
    pb_buffer_release(&shortened);
    pb_buffer_release(&escaped);
}

static void write_line(struct pb_report *report, size_t indent, const char *style)
{
    pad(report, indent);
    set_style(report, style, true);
    write_value(report, indent, indent + INDENT);
    set_style(report, style, false);
    end_line(report);
}

/* Writes the value, and ends the line, which is filled up to column. */
static void write_after(struct pb_report *report, size_t column)
{
    write_value(report, column, column);
    end_line(report);
}

/* Writes the value behind its label; "" continues the field above. A place has its own line. */
static void write_field(struct pb_report *report, const char *label)
{
    bool is_place = report->link_letter == 'e';

    if (report->value.size_bytes == 0)
        return;
    if (!is_place || label[0] != '\0') {
        pad(report, report->indent);
        write_styled(report, FAINT, label, is_place ? 0 : LABEL);
    }
    if (is_place && label[0] != '\0')
        end_line(report);
    if (is_place)
        write_line(report, report->indent + INDENT, NULL);
    else
        write_after(report, report->indent + LABEL);
}

static void write_list(struct pb_report *report, const struct pb_list *list, const void *items,
                       size_t count)
{
    size_t shown = report->options.is_verbose ? list->shown_verbose : list->shown;

    for (size_t i = 0; i < count && i <= shown; i++) {
        struct pb_buffer *value = pb_begin_value(report);
        pb_buffer_append_string(value, list->label == NULL && i > 0 ? "-> " : "");
        if (i == 0 && list->lead != NULL)
            pb_buffer_append_format(value, "%s: ", list->lead);
        if (i < shown)
            list->append(report, items, i);
        else
            pb_buffer_append_format(value, "and %s%s",
                                    pb_count_text(count - shown, list->singular).text, list->rest);
        if (list->label == NULL)
            write_line(report, DETAIL, NULL);
        else
            write_field(report, i == 0 ? list->label : "");
    }
}

/* The style of a level, a conclusion or a badge, which its last word tells. */
static const char *style_of(const char *words)
{
    const char *blank = strrchr(words, ' ');
    struct pb_slice last = pb_slice_from_string(blank != NULL ? blank + 1 : words);
    return pb_is_any(last, "HIGH|FAIL|vulnerable|compromised")   ? BAD
           : pb_is_any(last, "MEDIUM|INCONCLUSIVE|undetermined") ? DOUBTFUL
           : pb_is_any(last, "PASS|clear")                       ? GOOD
                                                                 : NULL;
}

static const char *const level_words[] = {"LOW", "MEDIUM", "HIGH"};

/* Writes the finding's level, or "WAIVED"; "-" for a resolved one and for NULL. */
static void write_level(struct pb_report *report, const struct pb_finding *finding)
{
    bool is_resolved = finding != NULL && finding->state == PB_STATE_RESOLVED;
    const char *word = finding == NULL || is_resolved ? "-"
                       : finding->waiver != NULL      ? "WAIVED"
                                                      : level_words[finding->rule->level];
    write_styled(report, is_resolved ? GOOD : style_of(word), word, SEVERITY);
}

/* " (new, waived by ...)", of which state and waiver may be NULL; nothing if both are. */
static void append_brackets(struct pb_buffer *value, const char *state,
                            const struct pb_waiver *waiver)
{
    if (state == NULL && waiver == NULL)
        return;
    pb_buffer_append_format(value, " (%s%s", state != NULL ? state : "",
                            state != NULL && waiver != NULL ? ", " : "");
    if (waiver != NULL)
        pb_words_waiver(value, waiver);
    pb_buffer_append_byte(value, ')');
}

/* Writes a finding outside accounts and certificates with its level in front. */
static void write_finding(struct pb_report *report, const struct pb_finding *finding)
{
    /* Fields of the certificate ("uploaded", "validity", "reason") say the same already. */
    static const unsigned said = 1U << PB_RULE_IAM_033 | 1U << PB_RULE_UNDETERMINED |
                                 1U << PB_RULE_COVERAGE_GAP | 1U << PB_RULE_EXPIRED |
                                 1U << PB_RULE_EXPIRES_SOON;
    bool is_former = finding->former != NULL, has_certificate = finding->certificate != PB_NO_INDEX;
    bool is_apart = is_former || (!has_certificate && finding->account == PB_NO_INDEX);
    bool is_short = has_certificate && (said >> (finding->rule - pb_rules) & 1) != 0;
    struct pb_buffer *value = pb_begin_value(report);

    if (!is_apart)
        pb_buffer_append_format(value, "%s ", level_words[finding->rule->level]);
    pb_buffer_append_string(value, finding->rule->name);
    append_brackets(value, is_former ? NULL : pb_finding_state_names[finding->state],
                    is_short ? finding->waiver : NULL);
    if (!is_short) {
        pb_buffer_append_string(value, ": ");
        pb_words_message(value, report->result, finding);
        append_brackets(value, NULL, finding->waiver);
    }
    if (!is_apart) {
        write_field(report, "finding");
        return;
    }
    pad(report, INDENT);
    write_level(report, finding);
    write_after(report, DETAIL);
    if (is_former || finding->entry == PB_NO_INDEX)
        return;
    pb_place_append(pb_begin_value(report), report->inventory,
                    (struct pb_place){.entry = finding->entry});
    pb_link_to(report, 'e', finding->entry);
    report->indent = DETAIL;
    write_field(report, "seen");
}

static void write_conclusion(struct pb_report *report, const char *where)
{
    end_line(report);
    pb_words_outcome(pb_begin_value(report), report->result);
    pb_buffer_append_string(&report->value, ": ");
    pb_words_conclusion(&report->value, report->result, where);
    write_line(report, 0, style_of(pb_conclusion_words[report->result->summary->conclusion]));
}

/* The table of the certificates to act on: the width of all its cells but the name, with the two
 * blanks before each cell. Names get what is left of USUAL_COLUMNS, and as much more as they need
 * and a wider terminal has. */
#define OTHER_COLUMNS 52

static void write_cell(struct pb_report *report, size_t width)
{
    struct pb_buffer *buffer = &report->out;
    pad(report, INDENT);
    size_t start = buffer->size_bytes;
    pb_text_shorten(buffer, pb_take_value(report), width);
    pad(report, width - pb_text_width(pb_slice_from(pb_buffer_slice(buffer), start)));
}

static void write_count(struct pb_report *report, bool is_known, size_t count)
{
    pb_buffer_append_format(&report->out, is_known ? "%8zu" : "       -", count);
}

static void write_row(struct pb_report *report, uint32_t index, size_t name_width)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    struct pb_slice account = pb_inventory_account(report->inventory, certificate->account)->id;
    const struct pb_date *date = pb_certificate_arrival(certificate);
    struct pb_instant cutoff = report->result->parameters->cutoff;
    const struct pb_key_group *group = certificate->key_group;
    bool is_dated = pb_date_is_known(date);

    pb_words_text(pb_begin_value(report), pb_or_unknown(account));
    write_cell(report, 12);
    pb_words_short_name(pb_begin_value(report), certificate);
    write_cell(report, name_width);
    bool is_before = is_dated && pb_instant_compare(date->instant, cutoff) <= 0;
    pb_buffer_append_format(&report->out, "  %-10.10s",
                            is_dated ? pb_instant_text(date->instant).text : "not known");
    write_count(report, is_before, (size_t)pb_days_between(date->instant, cutoff));
    write_count(report, certificate->in_use_by_count > 0, certificate->in_use_by_count);
    write_count(report, group != NULL, group == NULL ? 0 : group->count - 1);
    end_line(report);
}

static void begin_section(struct pb_report *report, const struct pb_section *section)
{
    end_line(report);
    pb_buffer_append_string(pb_begin_value(report), section->title);
    write_line(report, 0, STRONG);
}

/* Writes the table of so many certificates, of which the first are given. */
static void write_overview(struct pb_report *report, const uint32_t *worst, size_t count)
{
    size_t room = report->options.columns - OTHER_COLUMNS, shown = 0;
    size_t name_width = USUAL_COLUMNS - OTHER_COLUMNS;
    const char *group = "";

    if (count == 0)
        return;
    for (size_t i = 0; i < count && i < MOST_CERTIFICATES; i++) {
        pb_words_short_name(pb_begin_value(report),
                            pb_inventory_certificate(report->inventory, worst[i]));
        size_t width = pb_text_width(pb_take_value(report));
        name_width = width > name_width ? width : name_width;
    }
    name_width = name_width < room ? name_width : room;
    begin_section(report, &(struct pb_section){.title = "certificates to act on, worst first"});
    pb_put(report, "  account       name");
    pad(report, name_width - strlen("name"));
    pb_put(report, "  uploaded      days  in use  reused");
    end_line(report);
    for (; shown < count && shown < MOST_CERTIFICATES; shown++) {
        const char *badge = pb_badge_of(report, worst[shown])->words;
        if (strcmp(badge, group) != 0) {
            pb_buffer_append_string(pb_begin_value(report), badge);
            write_line(report, INDENT, style_of(badge));
        }
        group = badge;
        write_row(report, worst[shown], name_width);
    }
    pb_emit_more(report, 1, count - shown, "more certificate");
}

static void begin_account(struct pb_report *report, uint32_t index)
{
    static const char *const words[] = {"vulnerable", "undetermined", "deleted"};
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    const size_t counts[] = {account->verdicts[PB_VERDICT_VULNERABLE],
                             account->verdicts[PB_VERDICT_UNDETERMINED],
                             account->verdicts[PB_VERDICT_NONE]};
    struct pb_buffer *value = pb_begin_value(report);

    end_line(report);
    pb_words_account(value, "account ", account);
    pb_buffer_append_string(value, " · ");
    pb_words_certificates(value, account);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i] > 0)
            pb_buffer_append_format(value, " · %zu %s", counts[i], words[i]);
    write_line(report, 0, STRONG);
    report->indent = INDENT;
}

static void begin_certificate(struct pb_report *report, uint32_t index)
{
    const char *badge = pb_badge_of(report, index)->words;
    size_t column = INDENT + SEVERITY + strlen(badge) + 2;
    const struct pb_finding *worst = pb_first_finding(report, index, PB_NO_INDEX), *next = worst;

    for (; next != NULL && worst->waiver != NULL; next = pb_next_finding(report, next))
        worst = next; /* the first not waived, if any is: they are sorted by severity */
    end_line(report);
    pad(report, INDENT);
    write_level(report, worst);
    column = column > NAME ? column : NAME;
    write_styled(report, style_of(badge), badge, column - INDENT - SEVERITY);
    pb_words_name(pb_begin_value(report), pb_inventory_certificate(report->inventory, index));
    write_after(report, column);
    report->indent = DETAIL;
}

static void write_heading(struct pb_report *report, const char *label)
{
    end_line(report);
    pad(report, INDENT);
    write_styled(report, NULL, label != NULL ? label : "", label != NULL ? SEVERITY : 0);
    write_after(report, label != NULL ? DETAIL : INDENT);
}

static void write_depth(struct pb_report *report, size_t depth)
{
    write_line(report, depth * INDENT, NULL);
}

static void write_step(struct pb_report *report, uint32_t index, size_t number, size_t of)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    struct pb_slice account = pb_inventory_account(report->inventory, certificate->account)->id;
    size_t deployments = certificate->in_use_by_count;
    struct pb_buffer *value = pb_begin_value(report);
    struct pb_slice lines, line;

    pb_buffer_append_format(value, "%zu of %zu: ", number, of);
    pb_words_text(value, pb_certificate_name(certificate));
    pb_buffer_append_string(value, " of account ");
    pb_words_text(value, pb_or_unknown(account));
    if (deployments > 0)
        pb_buffer_append_format(value, ", in use by %s",
                                pb_count_text(deployments, "deployment").text);
    pb_buffer_append_string(value, report->standings[index].is_waived ? ", waived" : "");
    write_heading(report, NULL);
    pb_remedy_append(pb_begin_value(report), report->result, certificate);
    for (lines = pb_take_value(report); pb_next_line(&lines, &line); end_line(report)) {
        pad(report, 2 * INDENT);
        pb_buffer_append(&report->out, line);
    }
}

static void write_plan(struct pb_report *report)
{
    size_t all = report->inventory->certificates.count, count = 0, number = 0;

    for (uint32_t i = 0; i < all; i++)
        count += pb_is_to_replace(report, i);
    if (count == 0)
        return;
    begin_section(report, &(struct pb_section){.title = PB_SAY_REMEDY_TITLE});
    pb_buffer_append_string(pb_begin_value(report), PB_SAY_REMEDY_ADVICE);
    pad(report, INDENT);
    write_after(report, INDENT);
    for (size_t pass = 0; pass < 4; pass++) /* in use, the rest; then waived ones likewise */
        for (uint32_t i = 0; i < all && !report->has_failed; i++) {
            size_t uses = pb_inventory_certificate(report->inventory, i)->in_use_by_count;
            if ((report->standings[i].is_waived ? 2U : 0U) + (uses == 0) == pass &&
                pb_is_to_replace(report, i))
                write_step(report, i, ++number, count);
        }
}

void pb_report_write_text(struct pb_report *report)
{
    static const struct pb_renderer renderer = {.begin_account = begin_account,
                                                .begin_certificate = begin_certificate,
                                                .begin_section = begin_section,
                                                .field = write_field,
                                                .list = write_list,
                                                .finding = write_finding,
                                                .heading = write_heading,
                                                .line = write_depth};
    uint32_t worst[MOST_CERTIFICATES];

    report->renderer = &renderer;
    unsigned wanted = report->options.columns > 0 ? report->options.columns : USUAL_COLUMNS;
    report->options.columns = wanted < FEWEST_COLUMNS ? FEWEST_COLUMNS
                              : wanted > MOST_COLUMNS ? MOST_COLUMNS
                                                      : wanted;
    report->is_brief =
        !report->options.is_verbose && report->inventory->certificates.count > FEW_CERTIFICATES;
    write_styled(report, STRONG, "IAM-033  Pre-Heartbleed server certificates",
                 report->options.columns - strlen(report->result->version) - strlen("  prebleed "));
    pb_buffer_append_format(&report->out, "  prebleed %s", report->result->version);
    end_line(report);
    size_t count = pb_find_worst(report, worst, MOST_CERTIFICATES);
    bool is_cut = report->is_brief && count > MOST_CERTIFICATES;
    write_conclusion(report, is_cut ? "by -v" : "below");
    end_line(report);
    pb_emit_figures(report);
    write_overview(report, worst, count);
    pb_walk_page(report);
    if (report->options.is_verbose)
        write_plan(report);
    write_conclusion(report, is_cut ? "by -v" : "above");
}

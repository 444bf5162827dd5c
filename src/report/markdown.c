/* SPDX-License-Identifier: MIT */
/* The markdown report: GitHub's flavour, for a pull request or a job summary, which are cut after
 * 64 KB. Each table ends before its share of that is used up, and says how many rows are left out.
 * Text of the evidence is in code spans, where markup has no effect. */
#include "report/model.h"

/* Bytes of the whole report after which a table takes no further row. A row has at most 3,500. */
#define CERTIFICATES_END 40000
#define MOST_CERTIFICATES 1000 /* more would not fit */
#define ACCOUNTS_END 50000
#define EVIDENCE_END 56000
/* Columns of a text of the evidence: at most ten bytes each. */
#define WIDEST 100
#define WIDEST_REASON 200

static struct pb_buffer *out(struct pb_report *report)
{
    return &report->sink->buffer;
}

static void append(struct pb_report *report, const char *markdown)
{
    pb_buffer_append_string(out(report), markdown);
}

/* Appends the report's value as a code span in a table's cell. */
static void append_code(struct pb_report *report, size_t width)
{
    struct pb_slice text = pb_report_take_value(report);
    struct pb_buffer *to = out(report);
    size_t start;

    pb_buffer_append_byte(to, '`');
    start = to->size_bytes;
    pb_text_shorten(to, text, width);
    for (size_t i = start; i < to->size_bytes; i++)
        if (to->data[i] == '`' || to->data[i] == '|')
            to->data[i] = to->data[i] == '`' ? '\'' : '/';
    pb_buffer_append_string(to, to->size_bytes == start ? " `" : "`");
}

static void append_text_cell(struct pb_report *report, struct pb_slice text, size_t width)
{
    append(report, " | ");
    if (pb_slice_is_absent(text))
        return;
    pb_words_text(pb_report_begin_value(report), text);
    append_code(report, width);
}

static void write_certificate(struct pb_report *report, uint32_t index)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_extras *extras = pb_certificate_extras(certificate);

    pb_buffer_append_format(out(report), "| %s", pb_words_badge(report, index));
    append_text_cell(report, pb_inventory_account(report->inventory, certificate->account)->id,
                     WIDEST);
    append(report, " | ");
    pb_words_name(pb_report_begin_value(report), certificate);
    append_code(report, WIDEST);
    append(report, " | ");
    if (pb_date_is_known(&certificate->upload_date))
        pb_instant_append_date(out(report), certificate->upload_date.instant);
    append_text_cell(report, extras->in_use_by_count > 0 ? extras->in_use_by[0] : PB_SLICE_ABSENT,
                     WIDEST);
    if (extras->in_use_by_count > 1)
        pb_buffer_append_format(out(report), " and %zu more", extras->in_use_by_count - 1);
    append(report, " | ");
    pb_words_rules(report, out(report), index, PB_RULES_MARKED);
    append(report, " |\n");
}

/* Says how many of the rows are missing, if any are. */
static void write_rest(struct pb_report *report, size_t count, size_t written, const char *what)
{
    if (count > written)
        pb_buffer_append_format(out(report), "\n%zu more %s%s not shown.\n", count - written, what,
                                count - written == 1 ? " is" : "s are");
}

static void write_certificates(struct pb_report *report)
{
    uint32_t worst[MOST_CERTIFICATES];
    size_t count = pb_find_worst(report, worst, MOST_CERTIFICATES), i = 0;

    if (count > 0)
        append(report, "\n### Certificates to act on\n\n"
                       "| verdict | account | name | uploaded | in use by | rules |\n"
                       "| --- | --- | --- | --- | --- | --- |\n");
    for (; i < count && i < MOST_CERTIFICATES && out(report)->size_bytes < CERTIFICATES_END; i++)
        write_certificate(report, worst[i]);
    write_rest(report, count, i, "certificate");
}

static void write_accounts(struct pb_report *report)
{
    size_t count = report->inventory->accounts.count, i = 0;

    if (count > 0)
        append(report, "\n### Accounts\n\n| account | certificates | vulnerable | undetermined | "
                       "coverage |\n| --- | --- | --- | --- | --- |\n");
    for (; i < count && out(report)->size_bytes < ACCOUNTS_END; i++) {
        const struct pb_account *account = pb_inventory_account(report->inventory, i);
        struct pb_counts counts = pb_count_certificates(report->inventory, account);
        append(report, "| ");
        if (pb_slice_is_absent(account->id))
            append(report, "unknown");
        else {
            pb_words_text(pb_report_begin_value(report), account->id);
            append_code(report, WIDEST);
        }
        pb_buffer_append_format(out(report), " | %zu | %zu | %zu | %s |\n",
                                (size_t)account->certificate_count, counts.vulnerable,
                                counts.undetermined, pb_coverage_names[account->coverage]);
    }
    write_rest(report, count, i, "account");
}

static void write_evidence(struct pb_report *report)
{
    size_t count = 0, written = 0;

    for (uint32_t i = 0; i < report->inventory->evidence.entries.count; i++) {
        const struct pb_entry *entry = pb_inventory_entry(report->inventory, i);
        if (!pb_entry_is_unread(entry))
            continue;
        if (count++ == 0)
            append(report, "\n### Evidence that could not be read\n\n| item | reason |\n"
                           "| --- | --- |\n");
        if (out(report)->size_bytes >= EVIDENCE_END)
            continue;
        append(report, "| ");
        pb_place_append(pb_report_begin_value(report), report->inventory,
                        (struct pb_place){.entry = i});
        append_code(report, WIDEST);
        append_text_cell(report, pb_find_reason(report, i), WIDEST_REASON);
        append(report, " |\n");
        written++;
    }
    write_rest(report, count, written, "item");
}

static void write_head(struct pb_report *report)
{
    const struct pb_summary *summary = report->result->summary;

    pb_buffer_append_format(out(report), "## prebleed: %s",
                            pb_conclusion_words[summary->conclusion]);
    pb_words_uncounted(out(report), report->result);
    append(report, "\n\n");
    pb_words_conclusion(out(report), report->result, "below");
    if (report->result->parameters->baseline != NULL) {
        append(report, " Against the baseline: ");
        pb_words_baseline(out(report), summary);
        append(report, ".");
    }
    pb_buffer_append_format(out(report),
                            "\n\n| certificates | vulnerable | undetermined | clear | high | "
                            "medium | low | waived |\n"
                            "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
                            "| %zu | %zu | %zu | %zu | %zu | %zu | %zu | %zu |\n\n"
                            "Cutoff ",
                            summary->certificates, summary->vulnerable, summary->undetermined,
                            summary->clear, summary->findings[PB_LEVEL_HIGH],
                            summary->findings[PB_LEVEL_MEDIUM], summary->findings[PB_LEVEL_LOW],
                            summary->waived);
    pb_instant_append(out(report), report->result->parameters->cutoff);
    append(report, ", as of ");
    pb_instant_append(out(report), report->result->parameters->as_of);
    pb_buffer_append_format(out(report), ", prebleed %s.\n", report->result->version);
}

void pb_report_write_markdown(struct pb_report *report)
{
    write_head(report);
    write_certificates(report);
    write_accounts(report);
    write_evidence(report);
}

/* SPDX-License-Identifier: MIT */
/* The csv report (RFC 4180): a header, and a row a certificate. Every cell is quoted, lines end in
 * CR LF, control characters are escaped as in text. */
#include "report/model.h"

/* What a cell is made of. */
struct row {
    const struct pb_certificate *certificate;
    uint32_t index;
};

static void append_date(struct pb_buffer *value, const struct pb_date *date)
{
    if (pb_date_is_known(date))
        pb_instant_append(value, date->instant);
}

static void append_account(struct pb_report *report, const struct row *row)
{
    pb_words_text(&report->value,
                  pb_inventory_account(report->inventory, row->certificate->account)->id);
}

static void append_name(struct pb_report *report, const struct row *row)
{
    pb_words_text(&report->value, row->certificate->name);
}

static void append_arn(struct pb_report *report, const struct row *row)
{
    pb_words_text(&report->value, row->certificate->arn);
}

static void append_id(struct pb_report *report, const struct row *row)
{
    pb_words_text(&report->value, row->certificate->id);
}

static void append_verdict(struct pb_report *report, const struct row *row)
{
    pb_buffer_append_string(&report->value, pb_verdict_names[row->certificate->verdict]);
}

static void append_severity(struct pb_report *report, const struct row *row)
{
    const char *worst = pb_report_worst(report, row->index);

    pb_buffer_append_string(&report->value, worst == NULL ? "" : worst);
}

static void append_rules(struct pb_report *report, const struct row *row)
{
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, row->index, PB_NO_INDEX, &count);

    for (size_t i = 0; i < count; i++)
        if (i == 0 || findings[i]->rule != findings[i - 1]->rule)
            pb_buffer_append_format(&report->value, "%s%s", i == 0 ? "" : " ",
                                    findings[i]->rule->name);
}

static void append_uploaded(struct pb_report *report, const struct row *row)
{
    append_date(&report->value, &row->certificate->upload_date);
}

/* Whole days; negative for an upload after the cutoff. */
static void append_days(struct pb_report *report, const struct row *row)
{
    const struct pb_date *uploaded = &row->certificate->upload_date;

    if (pb_date_is_known(uploaded))
        pb_buffer_append_format(
            &report->value, "%lld",
            (long long)((report->result->parameters->cutoff.seconds - uploaded->instant.seconds) /
                        86400));
}

static void append_expiration(struct pb_report *report, const struct row *row)
{
    const struct pb_x509_facts *body = row->certificate->body;

    if (pb_date_is_known(&row->certificate->expiration))
        append_date(&report->value, &row->certificate->expiration);
    else if (body != NULL && (body->unread & PB_X509_NOT_AFTER) == 0)
        pb_instant_append(&report->value, body->not_after);
}

static void append_issuer(struct pb_report *report, const struct row *row)
{
    if (row->certificate->body != NULL)
        pb_words_text(&report->value, row->certificate->body->issuer);
}

static void append_subject(struct pb_report *report, const struct row *row)
{
    if (row->certificate->body != NULL)
        pb_words_text(&report->value, row->certificate->body->subject);
}

static void append_key(struct pb_report *report, const struct row *row)
{
    if (row->certificate->body != NULL)
        pb_words_key(&report->value, &row->certificate->body->key);
}

static void append_sha256(struct pb_report *report, const struct row *row)
{
    if (row->certificate->body != NULL)
        pb_buffer_append_hex(&report->value, row->certificate->body->sha256, 32);
}

static void append_spki(struct pb_report *report, const struct row *row)
{
    if (row->certificate->body != NULL)
        pb_buffer_append_hex(&report->value, row->certificate->body->key.spki_sha256, 32);
}

static void append_uses(struct pb_report *report, const struct row *row)
{
    const struct pb_extras *extras = pb_certificate_extras(row->certificate);

    for (size_t i = 0; i < extras->in_use_by_count; i++) {
        pb_buffer_append_string(&report->value, i == 0 ? "" : " ");
        pb_words_text(&report->value, extras->in_use_by[i]);
    }
}

static void append_coverage(struct pb_report *report, const struct row *row)
{
    pb_buffer_append_string(
        &report->value,
        pb_coverage_name(
            pb_inventory_account(report->inventory, row->certificate->account)->coverage));
}

static void append_evidence(struct pb_report *report, const struct row *row)
{
    pb_place_append(&report->value, report->inventory,
                    pb_place_of_observation(pb_first_dated(report->inventory, row->certificate)));
}

static const struct column {
    const char *name;
    void (*append)(struct pb_report *report, const struct row *row); /* to the report's value */
    bool is_ours; /* never a formula, though it may begin with a sign */
} columns[] = {
    {"account", append_account, false},
    {"name", append_name, false},
    {"verdict", append_verdict, true},
    {"severity", append_severity, true},
    {"rules", append_rules, true},
    {"upload_date", append_uploaded, true},
    {"days_before_cutoff", append_days, true},
    {"expiration", append_expiration, true},
    {"issuer", append_issuer, false},
    {"subject", append_subject, false},
    {"key", append_key, false},
    {"sha256", append_sha256, true},
    {"spki_sha256", append_spki, true},
    {"in_use_by", append_uses, false},
    {"coverage", append_coverage, true},
    {"id", append_id, false},
    {"arn", append_arn, false},
    {"first_evidence", append_evidence, false},
};

#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

/* Spreadsheets run a cell that begins with one of these as a formula (OWASP, "CSV Injection"), the
 * full-width forms included. */
static bool is_formula(struct pb_slice text)
{
    static const char *const starts[] = {"=",
                                         "+",
                                         "-",
                                         "@", /* and full-width: */
                                         "\xEF\xBC\x9D",
                                         "\xEF\xBC\x8B",
                                         "\xEF\xBC\x8D",
                                         "\xEF\xBC\xA0"};

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (pb_slice_starts_with(text, pb_slice_from_string(starts[i])))
            return true;
    return false;
}

/* A formula gets an apostrophe before it, which makes it text. */
static void write_cell(struct pb_buffer *out, struct pb_slice text, bool is_ours)
{
    pb_buffer_append_string(out, !is_ours && is_formula(text) ? "\"'" : "\"");
    for (size_t quote; (quote = pb_slice_find(text, PB_SLICE("\""), 0)) != SIZE_MAX;) {
        pb_buffer_append(out, pb_slice_first(text, quote + 1));
        pb_buffer_append_byte(out, '"');
        text = pb_slice_from(text, quote + 1);
    }
    pb_buffer_append(out, text);
    pb_buffer_append_byte(out, '"');
}

static void write_row(struct pb_report *report, const struct row *row)
{
    struct pb_buffer *out = &report->sink->buffer;

    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        pb_report_begin_value(report);
        if (row == NULL)
            pb_buffer_append_string(&report->value, columns[i].name);
        else
            columns[i].append(report, row);
        write_cell(out, pb_report_take_value(report), columns[i].is_ours);
        pb_buffer_append_string(out, i + 1 < COLUMN_COUNT ? "," : "\r\n");
    }
    pb_sink_pass_on(report->sink);
}

void pb_report_write_csv(struct pb_report *report)
{
    struct row row;

    write_row(report, NULL);
    for (row.index = 0;
         row.index < report->inventory->certificates.count && !report->sink->has_failed;
         row.index++) {
        row.certificate = pb_inventory_certificate(report->inventory, row.index);
        write_row(report, &row);
    }
}

void pb_report_write_map(struct pb_report *report)
{
    const struct pb_vector *stand_ins = report->result->stand_ins;
    struct pb_buffer *out = &report->sink->buffer;

    pb_buffer_append_string(out, "\"stand_in\",\"original\"\r\n");
    for (size_t i = 0; i < stand_ins->count; i++) {
        const struct pb_stand_in *row = &PB_VECTOR_AT(const struct pb_stand_in, stand_ins, i);
        pb_words_text(pb_report_begin_value(report), row->original);
        write_cell(out, row->text, true);
        pb_buffer_append_byte(out, ',');
        write_cell(out, pb_report_take_value(report), false);
        pb_buffer_append_string(out, "\r\n");
        pb_sink_pass_on(report->sink);
    }
}

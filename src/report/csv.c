/* SPDX-License-Identifier: MIT */
/* The csv report (RFC 4180): a header, and a row a certificate. Every cell is quoted, lines end in
 * CR LF, control characters are escaped as in text. */
#include "report/report.h"

#include <inttypes.h>

#include "report/lines.inc"

/* Writes the report's value as a cell, after a comma unless it is the row's first. Spreadsheets
 * take one that begins with a sign, also a full-width one, for a formula (OWASP, "CSV Injection"):
 * an apostrophe makes it text. One that begins with an apostrophe gets another, so that readers can
 * take the first away. */
static void write_cell(struct pb_report *report)
{
    static const char *const signs[] = {
        "=", "+", "-", "@", "'", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    struct pb_buffer *out = &report->out;
    struct pb_slice text = pb_take_value(report);
    bool is_first = out->size_bytes == 0 || out->data[out->size_bytes - 1] == '\n';

    pb_buffer_append_string(out, is_first ? "\"" : ",\"");
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (pb_slice_starts_with(text, pb_slice_from_string(signs[i])))
            pb_buffer_append_byte(out, '\'');
    for (size_t quote; (quote = pb_slice_find(text, PB_SLICE("\""), 0)) != SIZE_MAX;) {
        pb_buffer_append(out, pb_slice_first(text, quote + 1));
        pb_buffer_append_byte(out, '"');
        text = pb_slice_from(text, quote + 1);
    }
    pb_buffer_append(out, text);
    pb_buffer_append_byte(out, '"');
}

static void write_text(struct pb_report *report, struct pb_slice text)
{
    pb_words_text(pb_begin_value(report), text);
    write_cell(report);
}

/* NULL is an empty cell; so are an unknown instant and a missing digest. */
static void write_word(struct pb_report *report, const char *word)
{
    write_text(report, pb_slice_from_string(word));
}

static void write_instant(struct pb_report *report, struct pb_instant instant, bool is_known)
{
    write_word(report, is_known ? pb_instant_text(instant).text : NULL);
}

static void write_digest(struct pb_report *report, const unsigned char digest[32], bool is_known)
{
    pb_buffer_append_hex(pb_begin_value(report), digest, is_known ? 32 : 0);
    write_cell(report);
}

static void write_certificate(struct pb_report *report, uint32_t index)
{
    static const struct pb_x509_facts none = {0};
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_account *account =
        pb_inventory_account(report->inventory, certificate->account);
    const struct pb_date *uploaded = &certificate->upload_date, *end = &certificate->expiration;
    bool has_body = certificate->body != NULL;
    const struct pb_x509_facts *body = has_body ? certificate->body : &none;
    struct pb_instant cutoff = report->result->parameters->cutoff;

    write_text(report, account->id);
    write_text(report, certificate->name);
    write_word(report, pb_verdict_names[certificate->verdict]);
    write_word(report, pb_worst_severity(report, index));
    pb_words_rules(report, pb_begin_value(report), index, PB_RULES_ALL);
    write_cell(report);
    write_instant(report, uploaded->instant, pb_date_is_known(uploaded));
    pb_put(report, ",\"");
    int64_t days = pb_days_between(uploaded->instant, cutoff);
    if (pb_date_is_known(uploaded))
        pb_buffer_append_format(&report->out, "%" PRId64,
                                pb_instant_compare(uploaded->instant, cutoff) > 0 ? -days : days);
    pb_put(report, "\"");
    write_instant(report, pb_date_is_known(end) ? end->instant : body->not_after,
                  pb_date_is_known(end) || (has_body && !(body->unread & PB_X509_NOT_AFTER)));
    write_text(report, body->issuer);
    write_text(report, body->subject);
    pb_words_key(pb_begin_value(report), &body->key);
    write_cell(report);
    write_digest(report, body->sha256, has_body);
    write_digest(report, body->key.spki_sha256, has_body);
    struct pb_buffer *value = pb_begin_value(report);
    for (size_t i = 0; i < certificate->in_use_by_count; i++) {
        pb_buffer_append_string(value, i == 0 ? "" : " ");
        pb_words_text(value, certificate->in_use_by[i]);
    }
    write_cell(report);
    write_word(report, pb_coverage_names[account->coverage]);
    write_text(report, certificate->id);
    write_text(report, certificate->arn);
    pb_place_append(pb_begin_value(report), report->inventory,
                    pb_place_of_observation(pb_find_source(certificate)));
    write_cell(report);
    pb_words_rules(report, pb_begin_value(report), index, PB_RULES_WAIVED);
    write_cell(report);
    pb_words_rules(report, pb_begin_value(report), index, PB_RULES_NEW);
    write_cell(report);
    write_instant(report, certificate->imported_at.instant,
                  pb_date_is_known(&certificate->imported_at));
    pb_put(report, "\r\n");
    pb_report_flush(report);
}

void pb_report_write_csv(struct pb_report *report)
{
    struct pb_slice names = PB_SLICE(PB_LINES_CSV_COLUMNS), name;

    while (pb_next_line(&names, &name))
        write_text(report, name);
    pb_put(report, "\r\n");
    for (uint32_t i = 0; i < report->inventory->certificates.count && !report->has_failed; i++)
        write_certificate(report, i);
}

/* Writes the stand-ins of a redacted report and the originals. */
void pb_report_write_map(struct pb_report *report)
{
    const struct pb_vector *stand_ins = report->result->stand_ins;

    write_word(report, "stand_in");
    write_word(report, "original");
    pb_put(report, "\r\n");
    for (size_t i = 0; i < stand_ins->count; i++) {
        const struct pb_stand_in *row = &PB_VECTOR_AT(const struct pb_stand_in, stand_ins, i);
        write_text(report, row->text);
        write_text(report, row->original);
        pb_put(report, "\r\n");
        pb_report_flush(report);
    }
}

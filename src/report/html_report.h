/* SPDX-License-Identifier: MIT */
/* What the files that write the html report share. */
#ifndef PB_REPORT_HTML_REPORT_H
#define PB_REPORT_HTML_REPORT_H

#include <inttypes.h>

#include "base/buffer.h"
#include "report/order.h"
#include "report/place.h"
#include "report/report.h"
#include "rules/key_groups.h"

/* A report on its way. */
struct html_report {
    const struct pb_result *result;           /* borrowed */
    struct pb_sink *sink;                     /* borrowed */
    struct pb_buffer value;                   /* printable text that is put together */
    const struct pb_finding **findings;       /* as pb_report_order_findings made them */
    const struct pb_diagnostic **diagnostics; /* as pb_report_order_diagnostics made them */
};

/*
 * Markup comes from literals of ours alone and is written as it is; everything else goes through
 * html_write_text or html_end_value, which escape it. An identifier or a link is made from a letter
 * and an index, never from text: "a1" an account, "c1" a certificate, "e1" an item of evidence,
 * "k1" a key. The indices are those of the json report.
 */
void html_write(struct html_report *report, const char *markup);
void html_write_text(struct html_report *report, struct pb_slice text);
/* The same for words of ours. */
void html_write_words(struct html_report *report, const char *words);
/* Words of ours on several lines, for "<pre>". */
void html_write_lines(struct html_report *report, struct pb_slice lines);
void html_write_count(struct html_report *report, size_t count, const char *singular);
void html_write_instant(struct html_report *report, struct pb_instant instant);
void html_write_hex(struct html_report *report, const unsigned char *bytes, size_t size_bytes);
/* Starts a value; its pieces are appended to the buffer that is returned. */
struct pb_buffer *html_begin_value(struct html_report *report);
/* Writes it as text. */
void html_end_value(struct html_report *report);
/* Writes it as html_write_lines does. */
void html_end_lines(struct html_report *report);
/* Ends a record: hands on what was written. */
void html_end_record(struct html_report *report);

/* " id="c12"" */
void html_write_id(struct html_report *report, char letter, size_t index);
/* "<a href="#c12">", to be ended by "</a>" */
void html_write_link(struct html_report *report, char letter, size_t index);

/* A row of a list of descriptions, "<dl>": label, then what is written until its end. */
void html_begin_field(struct html_report *report, const char *label);
void html_end_field(struct html_report *report);
/* A whole row; nothing where the text is absent. */
void html_write_field(struct html_report *report, const char *label, struct pb_slice text);
void html_write_field_code(struct html_report *report, const char *label, struct pb_slice text);

/* A cell of text; "–" where it is absent. */
void html_write_cell(struct html_report *report, struct pb_slice text);

/* A word in a frame; kind is a class of the style: "bad", "doubtful", "good" or "plain". */
void html_write_badge(struct html_report *report, const char *kind, const char *word);
void html_write_verdict(struct html_report *report, enum pb_verdict verdict);
void html_write_coverage(struct html_report *report, enum pb_coverage coverage);

/* A list whose first elements are seen and whose others open on demand. */
struct html_list {
    size_t count, shown, written;
};

/* count elements will follow, of which shown are seen at once. */
void html_begin_list(struct html_report *report, struct html_list *list, size_t count,
                     size_t shown);
void html_begin_element(struct html_report *report, struct html_list *list);
void html_end_element(struct html_report *report);
void html_end_list(struct html_report *report, struct html_list *list);

/* The place with a link to its item in the ledger. */
void html_write_place(struct html_report *report, struct pb_place place);

/* Findings about a certificate, or, where it is PB_NO_INDEX, about an account. */
const struct pb_finding *const *html_findings(const struct html_report *report,
                                              uint32_t certificate, uint32_t account,
                                              size_t *count);
/* The list element of one finding. */
void html_write_finding(struct html_report *report, const struct pb_finding *finding);

/* The style sheet, a line a string, ending with NULL; and its hash as the policy names it. */
extern const char *const html_style_lines[];
extern const char html_style_hash[];

/* The sections, in their order. */
void html_write_summary(struct html_report *report);
void html_write_account_table(struct html_report *report);
void html_write_accounts(struct html_report *report);
/* As an article of its own, or folded into one line that opens. */
void html_write_certificate(struct html_report *report, uint32_t index, bool is_folded);
void html_write_facts(struct html_report *report, const struct pb_certificate *certificate);
/* The rows of one X.509 certificate. */
void html_write_x509(struct html_report *report, const struct pb_x509_facts *facts);
void html_write_lineage(struct html_report *report);
/* A field that refers to it; nothing for a key that did not live on. */
void html_write_kinship(struct html_report *report, uint32_t certificate);
void html_write_other_findings(struct html_report *report);
void html_write_evidence(struct html_report *report);
void html_write_diagnostics(struct html_report *report);
void html_write_rules(struct html_report *report);

#endif

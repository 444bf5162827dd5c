/* SPDX-License-Identifier: MIT */
/* What the files that write the text report share. */
#ifndef PB_REPORT_TEXT_REPORT_H
#define PB_REPORT_TEXT_REPORT_H

#include "base/buffer.h"
#include "report/layout.h"
#include "report/order.h"
#include "report/place.h"
#include "report/report.h"
#include "rules/key_groups.h"

/* The columns of the report. */
enum {
    TEXT_INDENT = 2,   /* of what belongs to an account or a section */
    TEXT_DETAIL = 10,  /* of what belongs to a certificate */
    TEXT_LABEL = 10,   /* width of a label before its value */
    TEXT_NAME = 24,    /* where names start in a certificate's headline */
    TEXT_SEVERITY = 8, /* width of a severity word */
};

/* A report on its way. */
struct text_report {
    const struct pb_result *result; /* borrowed */
    struct pb_report_options options;
    struct pb_sink *sink;                     /* borrowed */
    struct pb_buffer value;                   /* the text being put together, already escaped */
    const struct pb_finding **findings;       /* as pb_report_order_findings made them */
    const struct pb_diagnostic **diagnostics; /* as pb_report_order_diagnostics made them */
};

enum text_style { TEXT_PLAIN, TEXT_STRONG, TEXT_FAINT, TEXT_BAD, TEXT_DOUBTFUL, TEXT_GOOD };

/* Starts a value; its pieces are appended to the buffer that is returned. */
struct pb_buffer *text_begin(struct text_report *report);
/* Evidence's own bytes, without control characters. */
void text_append(struct text_report *report, struct pb_slice text);
/* "1 item", "2 items": plural is the singular with an s. */
void text_append_count(struct text_report *report, size_t count, const char *singular);
/* Text of ours. */
void text_append_words(struct text_report *report, const char *words);

/* Each of these ends the value and writes it as lines of at most PB_LAYOUT_COLUMNS. */
/* Behind a label; label "" continues the one above. */
void text_end_field(struct text_report *report, size_t indent, const char *label);
void text_end_line(struct text_report *report, size_t indent, enum text_style style);
/* From where the cursor stands. */
void text_end_after(struct text_report *report, size_t column, size_t indent);
/* The same for a place in the evidence, whose end tells it from others. */
void text_end_place(struct text_report *report, size_t indent, const char *label);
/* Lines as they are, whatever their width, each ended by a line feed: what is to be copied. */
void text_end_verbatim(struct text_report *report, size_t indent);

/* Writes words in a style, padded to width columns. */
void text_write_styled(struct text_report *report, enum text_style style, const char *words,
                       size_t width);
void text_write_blank_line(struct text_report *report);
/* "HIGH" in its colour, padded to TEXT_SEVERITY. */
void text_write_level(struct text_report *report, enum pb_level level);
/* The same, or "WAIVED". */
void text_write_level_of(struct text_report *report, const struct pb_finding *finding);
/* " (new)"; nothing without a baseline. */
void text_append_state(struct text_report *report, const struct pb_finding *finding);
/* " (waived by OWNER until DATE: REASON)"; nothing without a waiver. */
void text_append_waiver(struct text_report *report, const struct pb_finding *finding);
/* Both in one pair of brackets. */
void text_append_standing(struct text_report *report, const struct pb_finding *finding);
void text_append_message(struct text_report *report, const struct pb_finding *finding);
/* A finding as a field: severity, rule, message. */
void text_write_finding(struct text_report *report, const struct pb_finding *finding,
                        size_t indent);

/* The same without its message, which stands nearby; nothing without a state and a waiver. */
void text_write_standing(struct text_report *report, const struct pb_finding *finding,
                         size_t indent);

/* Findings about a certificate, or, where it is PB_NO_INDEX, about an account. */
const struct pb_finding *const *text_findings(const struct text_report *report,
                                              uint32_t certificate, uint32_t account,
                                              size_t *count);

/* The sections, in their order. */
void text_write_header(struct text_report *report);
void text_write_account(struct text_report *report, uint32_t index);
void text_write_certificate(struct text_report *report, uint32_t index);
/* A field that refers to text_write_lineage; nothing for a key that did not live on. */
void text_write_kinship(struct text_report *report, uint32_t certificate);
void text_write_lineage(struct text_report *report);
void text_write_evidence_findings(struct text_report *report);
void text_write_baseline(struct text_report *report);
void text_write_evidence(struct text_report *report);
void text_write_plan(struct text_report *report);
void text_write_conclusion(struct text_report *report);

#endif

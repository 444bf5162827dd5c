/* SPDX-License-Identifier: MIT */
/* What the files of the html report share. */
#ifndef PB_REPORT_HTML_H
#define PB_REPORT_HTML_H

#include "report/model.h"

/* Markup comes from literals of ours alone; everything else goes through pb_html_text. An
 * identifier or a link is made from a letter and an index: "a1" an account, "c1" a certificate,
 * "e1" an item of evidence, "k1" a key. The indices are those of the json report. */
void pb_html_write(struct pb_report *report, const char *markup);
/* Leaves the hidden folder out wherever a path begins with it, in sentences too. */
void pb_html_text(struct pb_report *report, struct pb_slice text);
/* The report's value, as a link to what it speaks of. */
void pb_html_value(struct pb_report *report);
/* Text as it stands, which may have line feeds. */
void pb_html_block(struct pb_report *report, struct pb_slice text);
/* A word of ours with the colour of what it says, unless is_plain. */
void pb_html_badge(struct pb_report *report, const char *word, bool is_plain);

/* Tables: begin_table, for each row "<tr>", its cells and end_row, end_table. The name is for those
 * who do not see the table; the headings end with NULL. */
void pb_html_begin_table(struct pb_report *report, const char *name, const char *const *headings);
void pb_html_end_row(struct pb_report *report);
void pb_html_end_table(struct pb_report *report);
/* The report's value as a cell. */
void pb_html_cell(struct pb_report *report);
/* The same of what is given; word may be NULL. */
void pb_html_word_cell(struct pb_report *report, const char *word);
void pb_html_text_cell(struct pb_report *report, struct pb_slice text);
void pb_html_number_cell(struct pb_report *report, uint64_t number);

/* All that stands before the figures: policy, contents, conclusion, the certificates that matter,
 * accounts. */
void pb_html_write_overview(struct pb_report *report);
/* A section: all uploads over time. */
void pb_html_write_timeline(struct pb_report *report);
/* What filters and sorts certificates. */
void pb_html_write_script(struct pb_report *report);

#endif

/* SPDX-License-Identifier: MIT */
/* What the files that write the json report share. Members stand in the order of the schema. */
#ifndef PB_REPORT_JSON_REPORT_H
#define PB_REPORT_JSON_REPORT_H

#include "base/buffer.h"
#include "json/writer.h"
#include "report/place.h"
#include "report/report.h"

/* A report on its way. Arrays of records are handed on record by record. */
struct json_report {
    const struct pb_result *result; /* borrowed */
    struct pb_sink *sink;           /* borrowed */
    struct pb_json_writer writer;   /* into the sink's buffer */
    struct pb_buffer scratch;       /* for values that are put together */
};

/* Ends a record: passes on, and carries the scratch buffer's failure to the sink. */
void json_report_end_record(struct json_report *report);
/* Writes an array of count records, of which write writes one; subject is what it is given. */
typedef void json_report_write_record(struct json_report *report, const void *subject,
                                      size_t index);
void json_report_write_records(struct json_report *report, size_t count,
                               json_report_write_record *write, const void *subject);

void json_report_write_instant(struct json_report *report, struct pb_instant instant);
/* Escaped so that it can be undone; null where there is no entry. */
void json_report_write_place(struct json_report *report, struct pb_place place);
/* Null for PB_NO_INDEX. */
void json_report_write_index(struct json_report *report, uint32_t index);
/* The account's id, null where it is unknown or there is no account. */
void json_report_write_account_id(struct json_report *report, uint32_t account);
/* Null for NULL. */
void json_report_write_name(struct json_report *report, const char *name);

/* The values of the members of the same names. */
void json_report_write_certificates(struct json_report *report);
void json_report_write_findings(struct json_report *report);
void json_report_write_evidence(struct json_report *report);
void json_report_write_diagnostics(struct json_report *report);
/* A certificate's "x509" and the elements of its "chain"; null for NULL. */
void json_report_write_x509(struct json_report *report, const struct pb_x509_facts *facts);

#endif

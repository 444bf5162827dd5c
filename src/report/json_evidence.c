/* SPDX-License-Identifier: MIT */
/* The json report's findings, evidence ledger and diagnostics, one a line. */
#include "report/json_report.h"

#include <stdlib.h>

#include "report/order.h"
#include "rules/baseline.h"
#include "rules/waiver.h"

static void write_member(struct pb_json_writer *writer, const char *key, struct pb_slice text)
{
    pb_json_write_key(writer, key);
    pb_json_write_string(writer, text);
}

static void write_waiver(struct pb_json_writer *writer, const struct pb_waiver *waiver)
{
    if (waiver == NULL) {
        pb_json_write_null(writer);
        return;
    }
    pb_json_write_begin_object(writer);
    write_member(writer, "rule", pb_slice_from_string(waiver->rule->name));
    write_member(writer, pb_waiver_subject_name(waiver->covers), waiver->subject);
    write_member(writer, "reason", waiver->reason);
    write_member(writer, "owner", waiver->owner);
    write_member(writer, "expires", waiver->expires);
    pb_json_write_end_object(writer);
}

/* Those that the baseline alone has stand last. */
static const struct pb_finding *finding_at(const struct pb_findings *findings, size_t index)
{
    return index < findings->items.count
               ? &PB_VECTOR_AT(const struct pb_finding, &findings->items, index)
               : &PB_VECTOR_AT(const struct pb_finding, &findings->resolved,
                               index - findings->items.count);
}

static void write_finding(struct json_report *report, const void *subject, size_t index)
{
    const struct pb_finding *finding = finding_at(report->result->findings, index);
    struct pb_json_writer *writer = &report->writer;
    char room[PB_SENTENCE_BYTES];

    (void)subject;
    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "rule");
    json_report_write_name(report, finding->rule->name);
    pb_json_write_key(writer, "severity");
    json_report_write_name(report, pb_level_name(finding->rule->level));
    pb_json_write_key(writer, "account");
    if (finding->account == PB_NO_INDEX && pb_finding_former(finding) != NULL)
        pb_json_write_string(writer, pb_finding_former(finding)->account);
    else
        json_report_write_account_id(report, finding->account);
    pb_json_write_key(writer, "certificate");
    json_report_write_index(report, finding->certificate);
    pb_json_write_key(writer, "evidence");
    json_report_write_index(report, finding->entry);
    pb_json_write_key(writer, "message");
    pb_json_write_string(writer, pb_finding_message(finding, report->result->inventory,
                                                    report->result->parameters, room));
    pb_json_write_key(writer, "state");
    json_report_write_name(report, pb_finding_state_name(finding->state));
    pb_json_write_key(writer, "waiver");
    write_waiver(writer, finding->waiver);
    pb_json_write_end_object(writer);
}

void json_report_write_findings(struct json_report *report)
{
    const struct pb_findings *findings = report->result->findings;

    json_report_write_records(report, findings->items.count + findings->resolved.count,
                              write_finding, NULL);
}

static void write_entry(struct json_report *report, const void *subject, size_t index)
{
    const struct pb_entry *entry = pb_inventory_entry(report->result->inventory, index);
    struct pb_json_writer *writer = &report->writer;

    (void)subject;
    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "path");
    json_report_write_place(report, (struct pb_place){.entry = (uint32_t)index});
    pb_json_write_key(writer, "sha256");
    if (entry->sha256 != NULL)
        pb_json_write_hex(writer, entry->sha256, 32);
    else
        pb_json_write_null(writer);
    pb_json_write_key(writer, "bytes");
    pb_json_write_integer(writer, (int64_t)entry->size_bytes);
    pb_json_write_key(writer, "status");
    json_report_write_name(report, pb_entry_status_name(entry->status));
    pb_json_write_key(writer, "shape");
    json_report_write_name(report, entry->shape);
    pb_json_write_key(writer, "detail");
    pb_json_write_string(writer, entry->detail);
    pb_json_write_end_object(writer);
}

void json_report_write_evidence(struct json_report *report)
{
    json_report_write_records(report, report->result->inventory->evidence.entries.count,
                              write_entry, NULL);
}

/* subject: the diagnostics as pb_report_order_diagnostics made them. */
static void write_diagnostic(struct json_report *report, const void *subject, size_t index)
{
    const struct pb_diagnostic *const *ordered = subject;
    const struct pb_diagnostic *diagnostic = ordered[index];
    struct pb_json_writer *writer = &report->writer;

    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "severity");
    json_report_write_name(report, pb_severity_name(diagnostic->severity));
    pb_json_write_key(writer, "code");
    json_report_write_name(report, diagnostic->code);
    pb_json_write_key(writer, "where");
    json_report_write_place(report, pb_place_of_diagnostic(diagnostic));
    pb_json_write_key(writer, "message");
    pb_json_write_string(writer, diagnostic->message);
    pb_json_write_end_object(writer);
}

void json_report_write_diagnostics(struct json_report *report)
{
    const struct pb_diagnostics *list = &report->result->inventory->evidence.diagnostics;
    const struct pb_diagnostic **ordered;

    if (!pb_report_order_diagnostics(list, &ordered))
        pb_sink_fail_memory(report->sink);
    json_report_write_records(report, list->items.count, write_diagnostic, ordered);
    free(ordered);
}

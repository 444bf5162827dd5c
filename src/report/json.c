/* SPDX-License-Identifier: MIT */
/* The json report: its frame, parameters, summary and accounts. The form is fixed by
 * prebleed-report-1.schema.json; every record stands on a line of its own. */
#include "report/writers.h"

#include <stdint.h>

#include "report/json_report.h"
#include "report/names.h"

/* The report and its arrays are spread over lines, records are not. */
#define INLINE_DEPTH 2

void json_report_end_record(struct json_report *report)
{
    if (report->scratch.has_failed)
        pb_sink_fail_memory(report->sink);
    pb_sink_pass_on(report->sink);
}

void json_report_write_records(struct json_report *report, size_t count,
                               json_report_write_record *write, const void *subject)
{
    pb_json_write_begin_array(&report->writer);
    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        write(report, subject, i);
        json_report_end_record(report);
    }
    pb_json_write_end_array(&report->writer);
}

void json_report_write_instant(struct json_report *report, struct pb_instant instant)
{
    pb_buffer_clear(&report->scratch);
    pb_instant_append(&report->scratch, instant);
    struct pb_slice text = pb_buffer_slice(&report->scratch);
    pb_json_write_string(&report->writer, text.size_bytes > 0 ? text : PB_SLICE_ABSENT);
    if (report->scratch.has_failed)
        pb_sink_fail_memory(report->sink);
}

void json_report_write_place(struct json_report *report, struct pb_place place)
{
    if (place.entry == PB_NO_ENTRY) {
        pb_json_write_null(&report->writer);
        return;
    }
    pb_buffer_clear(&report->scratch);
    pb_place_append(&report->scratch, report->result->inventory, place);
    pb_json_write_string(&report->writer, pb_buffer_slice(&report->scratch));
    if (report->scratch.has_failed)
        pb_sink_fail_memory(report->sink);
}

void json_report_write_index(struct json_report *report, uint32_t index)
{
    if (index == PB_NO_INDEX)
        pb_json_write_null(&report->writer);
    else
        pb_json_write_integer(&report->writer, index);
}

void json_report_write_account_id(struct json_report *report, uint32_t account)
{
    struct pb_slice id = PB_SLICE_ABSENT;

    if (account != PB_NO_INDEX)
        id = pb_inventory_account(report->result->inventory, account)->id;
    pb_json_write_string(&report->writer, id);
}

void json_report_write_name(struct json_report *report, const char *name)
{
    pb_json_write_string(&report->writer, pb_slice_from_string(name));
}

static void write_count(struct pb_json_writer *writer, const char *key, size_t count)
{
    pb_json_write_key(writer, key);
    pb_json_write_integer(writer, (int64_t)count);
}

static void write_tool(struct json_report *report)
{
    struct pb_json_writer *writer = &report->writer;

    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "name");
    json_report_write_name(report, "prebleed");
    pb_json_write_key(writer, "version");
    json_report_write_name(report, report->result->version);
    pb_json_write_end_object(writer);
}

static void write_rules(struct json_report *report)
{
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    pb_json_write_begin_array(&report->writer);
    for (size_t i = 0; i < count; i++)
        if (report->result->parameters->rules >> i & 1)
            json_report_write_name(report, rules[i]->name);
    pb_json_write_end_array(&report->writer);
}

static void write_parameters(struct json_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;
    struct pb_json_writer *writer = &report->writer;

    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "cutoff");
    json_report_write_instant(report, parameters->cutoff);
    pb_json_write_key(writer, "as_of");
    json_report_write_instant(report, parameters->as_of);
    pb_json_write_key(writer, "fail_on");
    json_report_write_name(report,
                           parameters->has_fail_on ? pb_level_name(parameters->fail_on) : "never");
    pb_json_write_key(writer, "require_complete");
    pb_json_write_boolean(writer, parameters->require_complete);
    pb_json_write_key(writer, "rules");
    write_rules(report);
    pb_json_write_end_object(writer);
}

static void write_reason_counts(struct json_report *report)
{
    const struct pb_summary *summary = report->result->summary;

    pb_json_write_begin_object(&report->writer);
    for (size_t i = 0; i < summary->reason_count; i++)
        write_count(&report->writer, summary->reasons[i].reason, summary->reasons[i].count);
    pb_json_write_end_object(&report->writer);
}

static void write_finding_counts(struct json_report *report)
{
    const size_t *findings = report->result->summary->findings;

    pb_json_write_begin_object(&report->writer);
    write_count(&report->writer, "high", findings[PB_LEVEL_HIGH]);
    write_count(&report->writer, "medium", findings[PB_LEVEL_MEDIUM]);
    write_count(&report->writer, "low", findings[PB_LEVEL_LOW]);
    pb_json_write_end_object(&report->writer);
}

/* Containers are no items: what is in them is. */
static void write_evidence_counts(struct json_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    const size_t *counts = summary->entry_status;
    struct pb_json_writer *writer = &report->writer;

    pb_json_write_begin_object(writer);
    write_count(writer, "items", summary->entries - counts[PB_ENTRY_CONTAINER]);
    write_count(writer, "used", counts[PB_ENTRY_USED]);
    write_count(writer, "ignored", counts[PB_ENTRY_IGNORED]);
    write_count(writer, "unreadable", counts[PB_ENTRY_UNREADABLE]);
    write_count(writer, "skipped", counts[PB_ENTRY_SKIPPED]);
    write_count(writer, "containers", counts[PB_ENTRY_CONTAINER]);
    pb_json_write_end_object(writer);
}

static void write_summary(struct json_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    struct pb_json_writer *writer = &report->writer;

    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "conclusion");
    json_report_write_name(report, pb_conclusion_name(summary->conclusion));
    pb_json_write_key(writer, "exit_status");
    pb_json_write_integer(writer, summary->exit_status);
    write_count(writer, "accounts", summary->accounts);
    write_count(writer, "certificates", summary->certificates);
    write_count(writer, "vulnerable", summary->vulnerable);
    write_count(writer, "clear", summary->clear);
    write_count(writer, "undetermined", summary->undetermined);
    write_count(writer, "not_judged", summary->not_judged);
    write_count(writer, "waived", summary->waived);
    pb_json_write_key(writer, "findings");
    write_finding_counts(report);
    pb_json_write_key(writer, "undetermined_reasons");
    write_reason_counts(report);
    pb_json_write_key(writer, "evidence");
    write_evidence_counts(report);
    pb_json_write_end_object(writer);
}

static void write_account(struct json_report *report, const void *subject, size_t index)
{
    const struct pb_account *account = pb_inventory_account(report->result->inventory, index);
    struct pb_json_writer *writer = &report->writer;

    (void)subject;
    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "id");
    pb_json_write_string(writer, account->id);
    pb_json_write_key(writer, "partition");
    pb_json_write_string(writer, account->partition);
    pb_json_write_key(writer, "id_from");
    json_report_write_name(report, pb_report_id_from_name(account->id_from));
    write_count(writer, "certificates", account->certificate_count);
    pb_json_write_key(writer, "coverage");
    json_report_write_name(report, pb_report_coverage_name(account->coverage));
    pb_json_write_key(writer, "reasons");
    pb_json_write_begin_array(writer);
    for (uint32_t i = 0; i < account->reason_count; i++)
        pb_json_write_string(writer, account->reasons[i]);
    pb_json_write_end_array(writer);
    pb_json_write_end_object(writer);
}

static void write_accounts(struct json_report *report)
{
    json_report_write_records(report, report->result->inventory->accounts.count, write_account,
                              NULL);
}

void pb_report_write_json(const struct pb_result *result, const struct pb_report_options *options,
                          struct pb_sink *sink)
{
    static const struct {
        const char *key;
        void (*write)(struct json_report *report);
    } members[] = {
        {"tool", write_tool},
        {"parameters", write_parameters},
        {"summary", write_summary},
        {"accounts", write_accounts},
        {"certificates", json_report_write_certificates},
        {"findings", json_report_write_findings},
        {"evidence", json_report_write_evidence},
        {"diagnostics", json_report_write_diagnostics},
    };
    struct json_report report = {.result = result, .sink = sink};

    (void)options; /* the report is the same for every reader */
    pb_buffer_init(&report.scratch, SIZE_MAX);
    pb_json_writer_init(&report.writer, &sink->buffer, INLINE_DEPTH);
    pb_json_write_begin_object(&report.writer);
    pb_json_write_key(&report.writer, "schema");
    json_report_write_name(&report, "prebleed-report/1");
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        pb_json_write_key(&report.writer, members[i].key);
        members[i].write(&report);
    }
    pb_json_write_end_object(&report.writer);
    pb_buffer_append_byte(&sink->buffer, '\n');
    pb_buffer_release(&report.scratch);
}

/* SPDX-License-Identifier: MIT */
/* The json and ndjson reports and the template of waivers: a writer of JSON that keeps no tree in
 * memory, which sarif.c uses too, and the records with their fields, each on one line, as
 * prebleed-report-1.schema.json has them. */
#include "report/report.h"

/* jansson's writer is not used: to build and write one certificate takes it eight times as long,
 * and it refuses text that is not UTF-8, which evidence can have. */

/* Readers of JSON lose digits of longer numbers, which are text therefore (RFC 7493, 2.2). */
#define MOST_DIGITS 15

static void begin_line(struct pb_report *report)
{
    pb_put(report, "\n");
    pb_buffer_append_repeated(&report->out, ' ', (size_t)report->json.depth * 2);
}

/* Appends what precedes a member or an element: a comma, a new line, and the name if it has one. */
static void begin_member(struct pb_report *report, const char *name)
{
    bool is_inline = report->json.depth > report->json.inline_depth;

    if (report->json.depth == 0)
        return;
    if (!report->json.is_empty)
        pb_put(report, is_inline ? ", " : ",");
    report->json.is_empty = false;
    if (!is_inline)
        begin_line(report);
    if (name == NULL)
        return;
    pb_put(report, "\"");
    pb_put(report, name);
    pb_put(report, "\": ");
}

void pb_json_begin(struct pb_report *report, const char *name, const char *brackets)
{
    for (; *brackets != '\0'; brackets++, name = NULL) {
        begin_member(report, name);
        pb_buffer_append_byte(&report->out, *brackets);
        report->json.depth++;
        report->json.is_empty = true;
    }
}

void pb_json_end(struct pb_report *report, const char *brackets)
{
    for (; *brackets != '\0'; brackets++) {
        report->json.depth--;
        if (!report->json.is_empty && report->json.depth < report->json.inline_depth)
            begin_line(report);
        report->json.is_empty = false;
        pb_buffer_append_byte(&report->out, *brackets);
    }
}

void pb_json_text(struct pb_report *report, const char *name, struct pb_slice text)
{
    begin_member(report, name);
    if (pb_slice_is_absent(text)) {
        pb_put(report, "null");
        return;
    }
    pb_buffer_append_byte(&report->out, '"');
    pb_escape_append(&report->out, text, PB_ESCAPE_JSON);
    pb_buffer_append_byte(&report->out, '"');
}

void pb_json_literal(struct pb_report *report, const char *name, const char *literal)
{
    begin_member(report, name);
    pb_put(report, literal);
}

void pb_json_number(struct pb_report *report, const char *name, uint64_t number)
{
    begin_member(report, name);
    pb_buffer_append_format(&report->out, "%llu", (unsigned long long)number);
}

static void write_number_unless(struct pb_report *report, const char *name, uint32_t number,
                                uint32_t none)
{
    if (number == none)
        pb_json_literal(report, name, "null");
    else
        pb_json_number(report, name, number);
}

static void write_digest(struct pb_report *report, const char *name, const unsigned char *bytes,
                         size_t size_bytes)
{
    pb_json_word(report, name, bytes == NULL ? NULL : pb_hex_text(bytes, size_bytes).text);
}

static void write_instant(struct pb_report *report, const char *name, struct pb_instant instant,
                          bool is_known)
{
    pb_json_word(report, name, is_known ? pb_instant_text(instant).text : NULL);
}

static void write_date(struct pb_report *report, const char *name, const struct pb_date *date)
{
    write_instant(report, name, date->instant, pb_date_is_known(date));
}

static void write_place(struct pb_report *report, const char *name, struct pb_place place)
{
    pb_place_append(pb_begin_value(report), report->inventory, place);
    pb_json_text(report, name,
                 place.entry == PB_NO_ENTRY ? PB_SLICE_ABSENT : pb_take_value(report));
}

static void write_strings(struct pb_report *report, const char *name, const struct pb_slice *items,
                          size_t count)
{
    pb_json_begin(report, name, "[");
    for (size_t i = 0; i < count; i++)
        pb_json_text(report, NULL, items[i]);
    pb_json_end(report, "]");
}

/* Writes the fields of one record, in the order of the schema. In ndjson, at depth 0, a record is a
 * line whose first member is its type. */
typedef void write_fields(struct pb_report *report, const void *record);

/* In ndjson, elements of "certificates" have the type "certificate". */
static void write_typed(struct pb_report *report, const char *name, struct pb_slice type,
                        write_fields *fields, const void *record)
{
    bool is_line = report->json.depth == 0;

    pb_json_begin(report, name, "{");
    if (is_line)
        pb_json_text(report, "type", type);
    fields(report, record);
    pb_json_end(report, "}");
    pb_put(report, is_line ? "\n" : "");
    pb_report_flush(report);
}

static void write_record(struct pb_report *report, const char *name, write_fields *fields,
                         const void *record)
{
    if (record == NULL)
        pb_json_literal(report, name, "null");
    else
        write_typed(report, name, pb_slice_from_string(name), fields, record);
}

static void write_array(struct pb_report *report, const char *name, write_fields *fields,
                        const void *items, size_t count, size_t item_bytes)
{
    struct pb_slice type = pb_slice_from_string(name);
    bool are_lines = report->json.depth == 0;

    type.size_bytes -= pb_slice_ends_with(type, PB_SLICE("s"));
    pb_json_begin(report, name, are_lines ? "" : "[");
    for (size_t i = 0; i < count && !report->has_failed; i++)
        write_typed(report, NULL, type, fields, (const char *)items + i * item_bytes);
    pb_json_end(report, are_lines ? "" : "]");
}

static void write_vector(struct pb_report *report, const char *name, write_fields *fields,
                         const struct pb_vector *vector)
{
    write_array(report, name, fields, vector->data, vector->count, vector->element_bytes);
}

static void write_tool(struct pb_report *report, const void *object)
{
    const struct pb_result *result = object;
    pb_json_word(report, "name", "prebleed");
    pb_json_word(report, "version", result->version);
    pb_json_word(report, "sandbox", report->options.sandbox);
}

static void write_parameters(struct pb_report *report, const void *object)
{
    const struct pb_parameters *parameters = object;
    write_instant(report, "cutoff", parameters->cutoff, true);
    write_instant(report, "as_of", parameters->as_of, true);
    pb_json_word(report, "fail_on", pb_level_names[parameters->fail_on]);
    pb_json_literal(report, "require_complete", parameters->require_complete ? "true" : "false");
    pb_json_begin(report, "rules", "[");
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        if (pb_rule_is_chosen(&pb_rules[i], parameters))
            pb_json_word(report, NULL, pb_rules[i].name);
    pb_json_end(report, "]");
    if (report->result->stand_ins->count > 0)
        pb_json_literal(report, "redacted", "true");
}

/* Containers (archives) do not count as items; their members do. */
static void write_summary(struct pb_report *report, const void *object)
{
    const struct pb_summary *summary = object;
    const size_t *counts = summary->entry_status;

    pb_json_word(report, "conclusion", pb_conclusion_names[summary->conclusion]);
    pb_json_number(report, "exit_status", (uint64_t)summary->exit_status);
    pb_json_number(report, "accounts", summary->accounts);
    pb_json_number(report, "certificates", summary->certificates);
    pb_json_number(report, "vulnerable", summary->vulnerable);
    pb_json_number(report, "clear", summary->clear);
    pb_json_number(report, "undetermined", summary->undetermined);
    pb_json_number(report, "not_judged", summary->not_judged);
    pb_json_number(report, "waived", summary->waived);
    pb_json_begin(report, "findings", "{");
    for (int level = PB_LEVEL_HIGH; level >= PB_LEVEL_LOW; level--)
        pb_json_number(report, pb_level_names[level], summary->findings[level]);
    pb_json_end(report, "}");
    pb_json_begin(report, "undetermined_reasons", "{");
    for (size_t i = 0; i < PB_REASON_COUNT; i++)
        if (summary->reasons[i] > 0)
            pb_json_number(report, pb_verdict_reasons[i].name, summary->reasons[i]);
    pb_json_end(report, "}");
    pb_json_begin(report, "evidence", "{");
    pb_json_number(report, "items", summary->entries - counts[PB_ENTRY_CONTAINER]);
    for (enum pb_entry_status i = PB_ENTRY_USED; i <= PB_ENTRY_SKIPPED; i++)
        pb_json_number(report, pb_entry_status_names[i], counts[i]);
    pb_json_number(report, "containers", counts[PB_ENTRY_CONTAINER]);
    pb_json_end(report, "}");
}

static void write_account(struct pb_report *report, const void *object)
{
    const struct pb_account *account = object;

    pb_json_text(report, "id", account->id);
    pb_json_text(report, "partition", account->partition);
    pb_json_text(report, "folder", account->folder);
    pb_json_word(report, "id_from", pb_id_from_names[account->id_from]);
    pb_json_number(report, "certificates", account->certificate_count);
    pb_json_word(report, "coverage", pb_coverage_names[account->coverage]);
    write_strings(report, "reasons", account->reasons.data, account->reasons.count);
}

static void write_x509(struct pb_report *report, const void *object)
{
    const struct pb_x509_facts *facts = object;
    const struct pb_key_facts *key = &facts->key;

    pb_json_text(report, "subject", facts->subject);
    pb_json_text(report, "issuer", facts->issuer);
    pb_json_text(report, "serial", facts->serial);
    write_instant(report, "not_before", facts->not_before, !(facts->unread & PB_X509_NOT_BEFORE));
    write_instant(report, "not_after", facts->not_after, !(facts->unread & PB_X509_NOT_AFTER));
    pb_json_begin(report, "key", "{");
    pb_json_text(report, "algorithm", key->algorithm);
    write_number_unless(report, "bits", key->bits, 0);
    pb_json_text(report, "curve", key->curve);
    if (key->exponent.size_bytes > 0 && key->exponent.size_bytes <= MOST_DIGITS) {
        pb_json_literal(report, "exponent", "");
        pb_buffer_append(&report->out, key->exponent);
    } else {
        pb_json_text(report, "exponent", key->exponent);
    }
    write_digest(report, "spki_sha256", key->spki_sha256, sizeof key->spki_sha256);
    pb_json_end(report, "}");
    pb_json_text(report, "signature_algorithm", facts->signature_algorithm);
    write_digest(report, "sha256", facts->sha256, sizeof facts->sha256);
    write_digest(report, "sha1", facts->sha1, sizeof facts->sha1);
    if ((facts->unread & PB_X509_ALTERNATIVE_NAMES) != 0)
        pb_json_literal(report, "subject_alternative_names", "null");
    else
        write_strings(report, "subject_alternative_names", facts->alternative_names,
                      facts->alternative_name_count);
    pb_json_literal(report, "is_ca",
                    facts->unread & PB_X509_CONSTRAINTS ? "null"
                    : facts->is_ca                      ? "true"
                                                        : "false");
    pb_json_literal(report, "is_self_signed", facts->is_self_signed ? "true" : "false");
}

static void write_revocation(struct pb_report *report, const void *object)
{
    const struct pb_revocation *revocation = object;
    pb_json_word(report, "status", pb_revocation_names[revocation->status]);
    write_instant(report, "date", revocation->entry.date, revocation->entry.has_date);
    pb_json_word(report, "reason", revocation->entry.reason);
    pb_json_text(report, "crl", revocation->crl);
    pb_json_word(report, "detail", revocation->detail);
}

static void write_observation(struct pb_report *report, const void *object)
{
    const struct pb_observation *observation = object;
    char room[PB_INSTANT_BYTES];
    pb_json_number(report, "evidence", observation->entry);
    pb_json_number(report, "document", observation->document);
    pb_json_word(report, "shape", observation->shape);
    pb_json_text(report, "pointer", observation->pointer);
    write_number_unless(report, "line", observation->line, 0);
    pb_json_text(report, "upload_date", pb_date_text(&observation->upload_date, room));
}

static void write_tag(struct pb_report *report, const void *object)
{
    const struct pb_tag *tag = object;
    pb_json_text(report, "key", tag->key);
    pb_json_text(report, "value", tag->value);
}

static void write_certificate(struct pb_report *report, const void *object)
{
    const struct pb_certificate *certificate = object;
    const struct pb_certificate *first = pb_inventory_certificate(report->inventory, 0);
    const char *name_from = certificate->is_name_from_file ? "file" : "evidence";
    const struct pb_account *account =
        pb_inventory_account(report->inventory, certificate->account);

    pb_json_text(report, "account", account->id);
    pb_json_text(report, "partition", account->partition);
    pb_json_text(report, "name", certificate->name);
    pb_json_word(report, "name_from", pb_slice_is_absent(certificate->name) ? NULL : name_from);
    pb_json_text(report, "path", certificate->path);
    pb_json_text(report, "id", certificate->id);
    pb_json_text(report, "arn", certificate->arn);
    if (certificate->tag_count == 0) /* not []: most documents omit tags, even if there are some */
        pb_json_literal(report, "tags", "null");
    else
        write_array(report, "tags", write_tag, certificate->tags, certificate->tag_count,
                    sizeof *certificate->tags);
    pb_json_word(report, "origin", certificate->origin == PB_ORIGIN_IAM ? "iam" : "acm");
    pb_json_word(report, "presence", pb_presence_names[certificate->presence]);
    write_date(report, "upload_date", &certificate->upload_date);
    write_date(report, "imported_at", &certificate->imported_at);
    write_date(report, "expiration", &certificate->expiration);
    pb_json_word(report, "verdict", pb_verdict_names[certificate->verdict]);
    pb_json_word(report, "basis", pb_basis_names[certificate->basis]);
    pb_json_word(report, "reason", certificate->reason);
    pb_json_word(report, "worst_severity",
                 pb_worst_severity(report, (uint32_t)(certificate - first)));
    write_record(report, "x509", write_x509, certificate->body);
    pb_json_begin(report, "chain", "[");
    for (size_t i = 0; i < certificate->chain_count; i++)
        write_record(report, NULL, write_x509, certificate->chain[i]);
    pb_json_end(report, "]");
    write_record(report, "revocation", write_revocation, certificate->revocation);
    write_strings(report, "in_use_by", certificate->in_use_by, certificate->in_use_by_count);
    write_array(report, "observations", write_observation, certificate->observations,
                certificate->observation_count, sizeof(struct pb_observation));
}

static void write_waiver(struct pb_report *report, const void *object)
{
    const struct pb_waiver *waiver = object;
    pb_json_word(report, "rule", waiver->rule->name);
    pb_json_text(report, pb_waiver_subject_names[waiver->covers], waiver->subject);
    pb_json_text(report, "reason", waiver->reason);
    pb_json_text(report, "owner", waiver->owner);
    pb_json_text(report, "expires", waiver->expires);
}

static void write_former_body(struct pb_report *report, const void *object)
{
    const struct pb_x509_facts *body = object;
    write_instant(report, "not_after", body->not_after, true);
    pb_json_begin(report, "key", "{");
    write_digest(report, "spki_sha256", body->key.spki_sha256, sizeof body->key.spki_sha256);
    pb_json_end(report, "}");
    write_digest(report, "sha256", body->sha256, sizeof body->sha256);
}

/* Members of the certificate as in "certificates". */
static void write_former_certificate(struct pb_report *report, const void *object)
{
    const struct pb_former_certificate *former = object;
    const struct pb_certificate *certificate = &former->seen;

    pb_json_text(report, "account", former->account);
    pb_json_text(report, "name", certificate->name);
    pb_json_text(report, "id", certificate->id);
    pb_json_text(report, "arn", certificate->arn);
    pb_json_word(report, "origin", certificate->origin == PB_ORIGIN_IAM ? "iam" : "acm");
    write_date(report, "upload_date", &certificate->upload_date);
    write_record(report, "x509", write_former_body, certificate->body);
}

/* What the baseline has of a finding: so this report can be the next baseline. */
static void write_former(struct pb_report *report, const void *object)
{
    const struct pb_former_finding *finding = object;
    pb_json_text(report, "message", finding->message);
    write_record(report, "certificate", write_former_certificate, finding->certificate);
}

static void write_finding(struct pb_report *report, const void *object)
{
    const struct pb_finding *finding = object;
    struct pb_place at = pb_finding_place(report, finding);
    char room[PB_SENTENCE_BYTES];

    pb_json_word(report, "rule", finding->rule->name);
    pb_json_word(report, "severity", pb_level_names[finding->rule->level]);
    pb_json_text(report, "account", pb_finding_account(finding, report->inventory));
    write_number_unless(report, "certificate", finding->certificate, PB_NO_INDEX);
    write_number_unless(report, "evidence", finding->entry, PB_NO_INDEX);
    write_place(report, "path", (struct pb_place){.entry = at.entry});
    write_number_unless(report, "line", at.line, 0);
    write_number_unless(report, "column", at.column, 0);
    pb_json_text(report, "message",
                 pb_finding_message(finding, report->inventory, report->result->parameters, room));
    pb_json_word(report, "state", pb_finding_state_names[finding->state]);
    write_record(report, "waiver", write_waiver, finding->waiver);
    if (report->result->parameters->baseline != NULL)
        write_record(report, "former", write_former, finding->former);
}

static void write_entry(struct pb_report *report, const void *object)
{
    const struct pb_entry *entry = object;
    ptrdiff_t index = entry - pb_batch_entry(&report->inventory->evidence, 0);
    write_place(report, "path", (struct pb_place){.entry = (uint32_t)index});
    write_digest(report, "sha256", entry->sha256, 32);
    pb_json_number(report, "bytes", entry->size_bytes);
    pb_json_word(report, "status", pb_entry_status_names[entry->status]);
    pb_json_word(report, "shape", entry->shape);
    pb_json_text(report, "detail", entry->detail);
}

static void write_diagnostic(struct pb_report *report, const void *object)
{
    const struct pb_diagnostic *diagnostic = object;
    pb_json_word(report, "severity", pb_severity_names[diagnostic->severity]);
    pb_json_word(report, "code", diagnostic->code);
    write_place(report, "where", pb_place_of_diagnostic(diagnostic));
    pb_json_text(report, "message", diagnostic->message);
}

static void write_all(struct pb_report *report)
{
    const struct pb_inventory *inventory = report->inventory;

    write_record(report, "tool", write_tool, report->result);
    write_record(report, "parameters", write_parameters, report->result->parameters);
    write_record(report, "summary", write_summary, report->result->summary);
    write_vector(report, "accounts", write_account, &inventory->accounts);
    write_vector(report, "certificates", write_certificate, &inventory->certificates);
    write_vector(report, "findings", write_finding, &report->findings->items);
    write_vector(report, "evidence", write_entry, &inventory->evidence.entries);
    write_vector(report, "diagnostics", write_diagnostic, &inventory->evidence.diagnostics.items);
}

static void write_schema(struct pb_report *report, const void *name)
{
    pb_json_word(report, "schema", name);
}

void pb_report_write_json(struct pb_report *report)
{
    report->json.inline_depth = 2;
    pb_json_begin(report, NULL, "{");
    write_schema(report, "prebleed-report/1");
    write_all(report);
    pb_json_end(report, "}");
    pb_put(report, "\n");
}

void pb_report_write_ndjson(struct pb_report *report)
{
    write_record(report, "report", write_schema, "prebleed-report/1");
    write_all(report);
}

/* A template for --waivers, which is refused until reason, owner and expires are filled in. */
void pb_report_write_waivers(struct pb_report *report)
{
    const struct pb_rule *rule = pb_rules; /* of the last entry, with its subject */
    struct pb_slice subject = PB_SLICE_ABSENT;

    report->json.inline_depth = 2;
    pb_json_begin(report, NULL, "{");
    pb_json_word(report, "schema", "prebleed-waivers/1");
    pb_json_begin(report, "waivers", "[");
    for (size_t i = 0; i < report->findings->items.count && !report->has_failed; i++) {
        const struct pb_finding *finding = pb_findings_at(report->findings, i);
        struct pb_slice subjects[PB_WAIVER_SUBJECTS];
        unsigned by = 0;
        pb_waiver_find_subjects(report->inventory, finding, subjects);
        subjects[PB_WAIVER_KEY] = PB_SLICE_ABSENT; /* would cover other findings too */
        while (by < PB_WAIVER_SUBJECTS && subjects[by].size_bytes == 0)
            by++;
        if (by == PB_WAIVER_SUBJECTS ||
            pb_finding_exit_status(finding, report->result->parameters) == 0 ||
            (rule == finding->rule && pb_slice_equals(subject, subjects[by])))
            continue;
        rule = finding->rule;
        subject = subjects[by];
        pb_json_begin(report, NULL, "{");
        pb_json_word(report, "rule", finding->rule->name);
        pb_json_text(report, pb_waiver_subject_names[by], subjects[by]);
        pb_json_word(report, "reason", "");
        pb_json_word(report, "owner", "");
        pb_json_word(report, "expires", "");
        pb_json_end(report, "}");
        pb_report_flush(report);
    }
    pb_json_end(report, "]}");
    pb_put(report, "\n");
}

/* SPDX-License-Identifier: MIT */
/* The records of a report and their fields, in the order of prebleed-report-1.schema.json. model.c
 * stands before it: it opens the report. A renderer comes after it: json writes every field by its
 * name, html tables and lists of facts by its label. */
#include "report/model.h"

#include "rules/baseline.h"
#include "rules/revocation.h"
#include "rules/verdict.h"

const char *pb_coverage_name(enum pb_coverage coverage)
{
    static const char *const names[] = {
        [PB_COVERAGE_UNKNOWN] = "unknown",
        [PB_COVERAGE_COMPLETE] = "complete",
        [PB_COVERAGE_INCOMPLETE] = "incomplete",
    };

    return names[coverage];
}

const char *pb_id_from_name(enum pb_id_from id_from)
{
    static const char *const names[] = {
        [PB_ID_UNKNOWN] = NULL,
        [PB_ID_FROM_ARN] = "arn",
        [PB_ID_FROM_DOCUMENT] = "document",
        [PB_ID_FROM_CALLER_IDENTITY] = "caller-identity",
    };

    return names[id_from];
}

static const char *presence_name(enum pb_presence presence)
{
    static const char *const names[] = {
        [PB_PRESENCE_UNKNOWN] = "unknown",
        [PB_PRESENCE_PRESENT] = "present",
        [PB_PRESENCE_DELETED] = "deleted",
    };

    return names[presence];
}

static void slice(struct pb_report *report, const char *name, const char *label,
                  enum pb_value_kind kind, struct pb_slice text)
{
    report->renderer->value(report, name, label, &(struct pb_value){.kind = kind, .text = text});
}

static void text(struct pb_report *report, const char *name, const char *label,
                 struct pb_slice value)
{
    slice(report, name, label, PB_VALUE_TEXT, value);
}

static void word(struct pb_report *report, const char *name, const char *label, const char *value)
{
    slice(report, name, label, PB_VALUE_TEXT, pb_slice_from_string(value));
}

static void digest(struct pb_report *report, const char *name, const char *label,
                   const unsigned char *bytes, size_t size_bytes)
{
    slice(report, name, label, PB_VALUE_DIGEST,
          (struct pb_slice){(const char *)bytes, bytes == NULL ? 0 : size_bytes});
}

static void null(struct pb_report *report, const char *name)
{
    report->renderer->value(report, name, NULL, &(struct pb_value){.kind = PB_VALUE_NULL});
}

static void number(struct pb_report *report, const char *name, const char *label, uint64_t value)
{
    report->renderer->value(report, name, label,
                            &(struct pb_value){.kind = PB_VALUE_NUMBER, .number = value});
}

static void number_or_null(struct pb_report *report, const char *name, uint32_t value,
                           uint32_t null_value)
{
    if (value == null_value)
        null(report, name);
    else
        number(report, name, NULL, value);
}

static void boolean(struct pb_report *report, const char *name, const char *label, bool value)
{
    report->renderer->value(report, name, label,
                            &(struct pb_value){.kind = PB_VALUE_BOOLEAN, .number = value});
}

static void instant(struct pb_report *report, const char *name, const char *label,
                    struct pb_instant value)
{
    report->renderer->value(report, name, label,
                            &(struct pb_value){.kind = PB_VALUE_INSTANT, .instant = value});
}

static void date(struct pb_report *report, const char *name, const char *label,
                 const struct pb_date *value)
{
    if (pb_date_is_known(value))
        instant(report, name, label, value->instant);
    else
        null(report, name);
}

static void place(struct pb_report *report, const char *name, const char *label,
                  struct pb_place value)
{
    report->renderer->value(report, name, label,
                            &(struct pb_value){.kind = PB_VALUE_PLACE, .place = value});
}

static void strings(struct pb_report *report, const char *name, const char *label,
                    const struct pb_slice *items, size_t count)
{
    report->renderer->value(
        report, name, label,
        &(struct pb_value){.kind = PB_VALUE_STRINGS, .strings = {items, count}});
}

static void record(struct pb_report *report, const char *name, const char *label, pb_emit *emit,
                   const void *object)
{
    report->renderer->record(report, name, label, emit, object);
}

/* Null for NULL. */
static void record_or_null(struct pb_report *report, const char *name, pb_emit *emit,
                           const void *object)
{
    if (object == NULL)
        null(report, name);
    else
        record(report, name, NULL, emit, object);
}

/* The account's id, null where it is unknown or there is no account. */
static void account_id(struct pb_report *report, uint32_t account)
{
    text(report, "account", NULL,
         account == PB_NO_INDEX ? PB_SLICE_ABSENT
                                : pb_inventory_account(report->inventory, account)->id);
}

static void emit_tool(struct pb_report *report, const void *object, size_t index)
{
    (void)object, (void)index;
    word(report, "name", NULL, "prebleed");
    word(report, "version", NULL, report->result->version);
}

static void emit_parameters(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_parameters *parameters = report->result->parameters;
    struct pb_slice names[64]; /* as many rules as parameters can choose */
    size_t count, chosen = 0;
    const struct pb_rule *const *rules = pb_rules(&count);

    (void)object, (void)index;
    for (size_t i = 0; i < count; i++)
        if (parameters->rules >> i & 1)
            names[chosen++] = pb_slice_from_string(rules[i]->name);
    instant(report, "cutoff", NULL, parameters->cutoff);
    instant(report, "as_of", NULL, parameters->as_of);
    word(report, "fail_on", NULL,
         parameters->has_fail_on ? pb_level_name(parameters->fail_on) : "never");
    boolean(report, "require_complete", NULL, parameters->require_complete);
    strings(report, "rules", NULL, names, chosen);
}

static void emit_finding_counts(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_summary *summary = object;

    (void)index;
    number(report, "high", "high", summary->findings[PB_LEVEL_HIGH]);
    number(report, "medium", "medium", summary->findings[PB_LEVEL_MEDIUM]);
    number(report, "low", "low", summary->findings[PB_LEVEL_LOW]);
    number(report, NULL, "waived", summary->waived);
}

static void emit_reason_counts(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_summary *summary = object;

    (void)index;
    for (size_t i = 0; i < summary->reason_count; i++)
        number(report, summary->reasons[i].reason, summary->reasons[i].reason,
               summary->reasons[i].count);
}

static void emit_baseline_counts(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_summary *summary = object;

    (void)index;
    number(report, NULL, "new", summary->new_findings);
    number(report, NULL, "unchanged", summary->unchanged_findings);
    number(report, NULL, "resolved", summary->resolved_findings);
}

/* Containers are no items: what is in them is. */
static void emit_evidence_counts(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_summary *summary = object;
    const size_t *counts = summary->entry_status;

    (void)index;
    number(report, "items", "items", summary->entries - counts[PB_ENTRY_CONTAINER]);
    number(report, "used", "used", counts[PB_ENTRY_USED]);
    number(report, "ignored", "ignored", counts[PB_ENTRY_IGNORED]);
    number(report, "unreadable", "unreadable", counts[PB_ENTRY_UNREADABLE]);
    number(report, "skipped", "skipped", counts[PB_ENTRY_SKIPPED]);
    number(report, "containers", "archives", counts[PB_ENTRY_CONTAINER]);
}

static void emit_certificate_counts(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_summary *summary = object;

    (void)index;
    number(report, "accounts", NULL, summary->accounts);
    number(report, "certificates", "all", summary->certificates);
    number(report, "vulnerable", "vulnerable", summary->vulnerable);
    number(report, "clear", "clear", summary->clear);
    number(report, "undetermined", "undetermined", summary->undetermined);
    number(report, "not_judged", "not judged", summary->not_judged);
    number(report, "waived", NULL, summary->waived);
}

void pb_emit_summary(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_summary *summary = report->result->summary;

    (void)object, (void)index;
    word(report, "conclusion", NULL, pb_conclusion_name(summary->conclusion));
    number(report, "exit_status", NULL, (uint64_t)summary->exit_status);
    record(report, NULL, "Certificates", emit_certificate_counts, summary);
    record(report, "findings", "Findings", emit_finding_counts, summary);
    record(report, "undetermined_reasons",
           summary->reason_count > 0 ? "Undetermined by reason" : NULL, emit_reason_counts,
           summary);
    if (report->result->parameters->baseline != NULL)
        record(report, NULL, "Against the baseline", emit_baseline_counts, summary);
    record(report, "evidence", "Evidence", emit_evidence_counts, summary);
}

static void emit_account(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);

    (void)object;
    text(report, "id", NULL, account->id);
    text(report, "partition", NULL, account->partition);
    word(report, "id_from", NULL, pb_id_from_name(account->id_from));
    number(report, "certificates", NULL, account->certificate_count);
    word(report, "coverage", NULL, pb_coverage_name(account->coverage));
    strings(report, "reasons", NULL, account->reasons, account->reason_count);
}

static void emit_tag(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_tag *tags = object;

    text(report, "key", NULL, tags[index].key);
    text(report, "value", NULL, tags[index].value);
}

void pb_emit_identity(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_certificate *certificate = object;
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    bool is_named = !pb_slice_is_absent(certificate->name);

    (void)index;
    account_id(report, certificate->account);
    text(report, "partition", NULL,
         pb_inventory_account(report->inventory, certificate->account)->partition);
    text(report, "name", NULL, certificate->name);
    word(report, "name_from", NULL,
         !is_named                        ? NULL
         : certificate->is_name_from_file ? "file"
                                          : "evidence");
    slice(report, "path", "path", PB_VALUE_CODE, certificate->path);
    slice(report, "id", "id", PB_VALUE_CODE, certificate->id);
    slice(report, "arn", "ARN", PB_VALUE_CODE, certificate->arn);
    /* Null where no document showed any: most have none, even where there are tags. */
    if (extras->tag_count == 0)
        null(report, "tags");
    else
        report->renderer->array(report, "tags", extras->tag_count, emit_tag, extras->tags);
    word(report, "origin", "origin", certificate->origin == PB_ORIGIN_IAM ? "iam" : "acm");
    word(report, "presence", "presence", presence_name(certificate->presence));
    date(report, "upload_date", NULL, &certificate->upload_date);
    date(report, "imported_at", "imported", &extras->imported_at);
    date(report, "expiration", "Expiration", &certificate->expiration);
    word(report, "verdict", NULL, pb_verdict_name(certificate->verdict));
    word(report, "basis", "judged by", pb_basis_name(certificate->basis));
    word(report, "reason", "reason", certificate->reason);
}

static void emit_key(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_key_facts *key = object;

    (void)index;
    if (report->renderer->is_for_people) {
        pb_words_key(pb_report_begin_value(report), key);
        text(report, NULL, "key", pb_report_take_value(report));
    }
    text(report, "algorithm", NULL, key->algorithm);
    number_or_null(report, "bits", key->bits, 0);
    text(report, "curve", NULL, key->curve);
    slice(report, "exponent", "exponent", PB_VALUE_DIGITS, key->exponent);
    digest(report, "spki_sha256", "SHA-256 of the public key", key->spki_sha256,
           sizeof key->spki_sha256);
}

void pb_emit_x509(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_x509_facts *facts = object;

    (void)index;
    text(report, "subject", "subject", facts->subject);
    text(report, "issuer", "issuer", facts->issuer);
    slice(report, "serial", "serial", PB_VALUE_CODE, facts->serial);
    instant(report, "not_before", "not before", facts->not_before);
    instant(report, "not_after", "not after", facts->not_after);
    record(report, "key", NULL, emit_key, &facts->key);
    text(report, "signature_algorithm", "signed by", facts->signature_algorithm);
    digest(report, "sha256", "SHA-256", facts->sha256, sizeof facts->sha256);
    digest(report, "sha1", "SHA-1", facts->sha1, sizeof facts->sha1);
    strings(report, "subject_alternative_names", "alternative names", facts->alternative_names,
            facts->alternative_name_count);
    boolean(report, "is_ca", "certification authority", facts->is_ca);
    boolean(report, "is_self_signed", "self-signed", facts->is_self_signed);
}

static void emit_chain(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_certificate *certificate = object;

    pb_emit_x509(report, certificate->chain[index], 0);
}

static void emit_revocation(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_revocation *revocation = object;

    (void)index;
    word(report, "status", NULL, pb_revocation_name(revocation->status));
    if (revocation->has_date)
        instant(report, "date", NULL, revocation->date);
    else
        null(report, "date");
    word(report, "reason", NULL, revocation->reason);
    text(report, "crl", NULL, revocation->crl);
    text(report, "detail", NULL, revocation->detail);
}

void pb_emit_observation(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_certificate *certificate = object;
    const struct pb_observation *observation =
        pb_inventory_observation(report->inventory, certificate->first_observation + index);
    char room[PB_INSTANT_BYTES];

    place(report, NULL, "Place",
          (struct pb_place){.entry = observation->entry, .line = observation->line});
    number(report, "evidence", NULL, observation->entry);
    number(report, "document", "Document", observation->document);
    word(report, "shape", "Shape", observation->shape);
    text(report, "pointer", "Pointer", observation->pointer);
    number_or_null(report, "line", observation->line, 0);
    text(report, "upload_date", "UploadDate as it stood",
         pb_date_text(&observation->upload_date, room));
}

static void emit_certificate(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_extras *extras = pb_certificate_extras(certificate);

    (void)object;
    pb_emit_identity(report, certificate, 0);
    record_or_null(report, "x509", pb_emit_x509, certificate->body);
    report->renderer->array(report, "chain", certificate->chain_count, emit_chain, certificate);
    record_or_null(report, "revocation", emit_revocation, certificate->revocation);
    strings(report, "in_use_by", NULL, extras->in_use_by, extras->in_use_by_count);
    report->renderer->array(report, "observations", certificate->observation_count,
                            pb_emit_observation, certificate);
}

static void emit_waiver(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_waiver *waiver = object;

    (void)index;
    word(report, "rule", NULL, waiver->rule->name);
    text(report, pb_waiver_subject_name(waiver->covers), NULL, waiver->subject);
    text(report, "reason", NULL, waiver->reason);
    text(report, "owner", NULL, waiver->owner);
    text(report, "expires", NULL, waiver->expires);
}

/* Those that the baseline alone has stand last. */
static void emit_finding(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_findings *all = report->result->findings;
    const struct pb_finding *finding =
        index < all->items.count
            ? &PB_VECTOR_AT(const struct pb_finding, &all->items, index)
            : &PB_VECTOR_AT(const struct pb_finding, &all->resolved, index - all->items.count);
    char room[PB_SENTENCE_BYTES];

    (void)object;
    word(report, "rule", NULL, finding->rule->name);
    word(report, "severity", NULL, pb_level_name(finding->rule->level));
    if (finding->account == PB_NO_INDEX && pb_finding_former(finding) != NULL)
        text(report, "account", NULL, pb_finding_former(finding)->account);
    else
        account_id(report, finding->account);
    number_or_null(report, "certificate", finding->certificate, PB_NO_INDEX);
    number_or_null(report, "evidence", finding->entry, PB_NO_INDEX);
    text(report, "message", NULL,
         pb_finding_message(finding, report->inventory, report->result->parameters, room));
    word(report, "state", NULL, pb_finding_state_name(finding->state));
    record_or_null(report, "waiver", emit_waiver, finding->waiver);
}

void pb_emit_entry(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_entry *entry = pb_inventory_entry(report->inventory, index);

    (void)object;
    place(report, "path", "Path", (struct pb_place){.entry = (uint32_t)index});
    digest(report, "sha256", "SHA-256", entry->sha256, 32);
    number(report, "bytes", "Bytes", entry->size_bytes);
    word(report, "status", "Status", pb_entry_status_name(entry->status));
    word(report, "shape", "Recognised as", entry->shape);
    text(report, "detail", "Detail", entry->detail);
}

void pb_emit_diagnostic(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_diagnostic *diagnostic = report->diagnostics[index];

    (void)object;
    word(report, "severity", "Severity", pb_severity_name(diagnostic->severity));
    word(report, "code", "Code", diagnostic->code);
    place(report, "where", "Where", pb_place_of_diagnostic(diagnostic));
    text(report, "message", "Message", diagnostic->message);
}

void pb_emit_report(struct pb_report *report, const void *object, size_t index)
{
    const struct pb_renderer *to = report->renderer;
    const struct pb_inventory *inventory = report->inventory;
    const struct pb_findings *findings = report->result->findings;

    (void)object, (void)index;
    word(report, "schema", NULL, "prebleed-report/1");
    record(report, "tool", NULL, emit_tool, NULL);
    record(report, "parameters", NULL, emit_parameters, NULL);
    record(report, "summary", NULL, pb_emit_summary, NULL);
    to->array(report, "accounts", inventory->accounts.count, emit_account, NULL);
    to->array(report, "certificates", inventory->certificates.count, emit_certificate, NULL);
    to->array(report, "findings", findings->items.count + findings->resolved.count, emit_finding,
              NULL);
    to->array(report, "evidence", inventory->evidence.entries.count, pb_emit_entry, NULL);
    to->array(report, "diagnostics", inventory->evidence.diagnostics.items.count,
              pb_emit_diagnostic, NULL);
}

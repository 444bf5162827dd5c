/* SPDX-License-Identifier: MIT */
/* The model of a report: the order of its findings and diagnostics, and the records and their
 * fields, as prebleed-report-1.schema.json has them. The audit calls the writers of formats with
 * its result; json.c writes every field by its name; page.c emits the same for people. */
#include "report/model.h"

#include <stdlib.h>
#include <string.h>

#include "rules/baseline.h"
#include "rules/verdict.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_diagnostics(const void *left, const void *right)
{
    const struct pb_diagnostic *a = *(const struct pb_diagnostic *const *)left;
    const struct pb_diagnostic *b = *(const struct pb_diagnostic *const *)right;
    /* "None" is the greatest index, and sorts first: one more wraps around to zero. */
    int order = compare_numbers((uint32_t)(a->entry + 1), (uint32_t)(b->entry + 1));

    if (order == 0)
        order = compare_numbers(a->offset_bytes, b->offset_bytes);
    if (order == 0)
        order = strcmp(a->code, b->code);
    if (order == 0)
        order = pb_slice_compare(a->pointer, b->pointer);
    if (order == 0)
        order = pb_slice_compare(a->message, b->message);
    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a > b) - (a < b);
}

/* As a number: none first, then accounts, then certificates. */
static uint64_t subject(const struct pb_finding *finding)
{
    uint32_t certificate = finding->certificate + 1;
    uint32_t account = certificate == 0 ? finding->account + 1 : 0;

    return (uint64_t)certificate << 32 | account;
}

static int compare_subjects(const void *left, const void *right)
{
    return compare_numbers(subject(*(const struct pb_finding *const *)left),
                           subject(*(const struct pb_finding *const *)right));
}

static int compare_findings(const void *left, const void *right)
{
    const struct pb_finding *a = *(const struct pb_finding *const *)left;
    const struct pb_finding *b = *(const struct pb_finding *const *)right;
    int order = compare_subjects(left, right);

    return order != 0 ? order : (a > b) - (a < b);
}

/* Pointers to the elements of both, to be freed by free(); NULL without memory. */
static void *point_to_elements(const struct pb_vector *first, const struct pb_vector *second)
{
    const void **pointers = calloc(first->count + second->count + 1, sizeof(const void *));

    for (size_t i = 0; pointers != NULL && i < first->count + second->count; i++) {
        const struct pb_vector *vector = i < first->count ? first : second;
        size_t index = i < first->count ? i : i - first->count;
        pointers[i] = (const char *)vector->data + index * vector->element_bytes;
    }
    return pointers;
}

static void note_worst(struct pb_report *report, const struct pb_finding *finding)
{
    unsigned char level = (unsigned char)(finding->rule->level + 1);

    if (finding->certificate != PB_NO_INDEX && pb_finding_counts(finding) &&
        report->worst[finding->certificate] < level)
        report->worst[finding->certificate] = level;
}

bool pb_report_open(struct pb_report *report)
{
    const struct pb_findings *findings = report->result->findings;
    static const struct pb_vector none = {0};

    report->inventory = report->result->inventory;
    const struct pb_vector *diagnostics = &report->inventory->evidence.diagnostics.items;
    pb_buffer_init(&report->value, SIZE_MAX);
    report->findings = point_to_elements(&findings->items, &findings->resolved);
    report->diagnostics = point_to_elements(diagnostics, &none);
    report->worst = calloc(report->inventory->certificates.count + 1, 1);
    if (report->findings == NULL || report->diagnostics == NULL || report->worst == NULL) {
        pb_sink_fail_memory(report->sink);
        return false;
    }
    qsort(report->diagnostics, diagnostics->count, sizeof(const void *), compare_diagnostics);
    if (report->renderer->begin != NULL || report->renderer->by_subject)
        qsort(report->findings, findings->items.count, sizeof(const void *), compare_findings);
    for (size_t i = 0; i < findings->items.count; i++) {
        note_worst(report, report->findings[i]);
        if (report->renderer->begin == NULL || pb_is_severe(report, report->findings[i]))
            report->findings[report->finding_count++] = report->findings[i];
    }
    return true;
}

bool pb_is_severe(const struct pb_report *report, const struct pb_finding *finding)
{
    return finding->rule->level >= report->options.severity;
}

const char *pb_report_worst(const struct pb_report *report, uint32_t certificate)
{
    unsigned char worst = report->worst[certificate];

    return worst == 0 ? NULL : pb_level_name((enum pb_level)(worst - 1));
}

struct pb_place pb_place_of_observation(const struct pb_observation *observation)
{
    return (struct pb_place){
        .entry = observation->entry, .line = observation->line, .pointer = observation->pointer};
}

const struct pb_observation *pb_first_dated(const struct pb_inventory *inventory,
                                            const struct pb_certificate *certificate)
{
    const struct pb_observation *first =
        pb_inventory_observation(inventory, certificate->first_observation);

    for (uint32_t i = 0; i < certificate->observation_count; i++)
        if (pb_date_is_known(&first[i].upload_date))
            return &first[i];
    return first;
}

struct pb_place pb_finding_place(const struct pb_report *report, const struct pb_finding *finding)
{
    if (finding->certificate == PB_NO_INDEX)
        return (struct pb_place){.entry = finding->entry};
    return pb_place_of_observation(pb_first_dated(
        report->inventory, pb_inventory_certificate(report->inventory, finding->certificate)));
}

void pb_report_close(struct pb_report *report)
{
    free(report->worst);
    pb_buffer_release(&report->value);
    free(report->findings);
    free(report->diagnostics);
}

const struct pb_finding *const *pb_report_findings(const struct pb_report *report,
                                                   uint32_t certificate, uint32_t account,
                                                   size_t *count)
{
    const struct pb_finding wanted = {.certificate = certificate, .account = account};
    const struct pb_finding *key = &wanted;
    size_t all = report->finding_count;
    size_t first = pb_lower_bound(&key, report->findings, all, sizeof key, compare_subjects);

    *count = 0;
    while (first + *count < all && subject(report->findings[first + *count]) == subject(key))
        ++*count;
    return report->findings + first;
}

bool pb_has_compromised_key(const struct pb_report *report, uint32_t certificate)
{
    size_t count = 0;
    const struct pb_finding *const *findings =
        report->worst[certificate] < 1 + PB_LEVEL_HIGH /* key-reuse is high */
            ? NULL
            : pb_report_findings(report, certificate, PB_NO_INDEX, &count);

    for (size_t i = 0; i < count; i++)
        if (findings[i]->rule == &pb_rule_key_reuse && findings[i]->waiver == NULL)
            return true;
    return false;
}

bool pb_is_to_replace(const struct pb_report *report, uint32_t certificate)
{
    const struct pb_certificate *one = pb_inventory_certificate(report->inventory, certificate);

    return one->presence != PB_PRESENCE_DELETED &&
           (one->verdict == PB_VERDICT_VULNERABLE || pb_has_compromised_key(report, certificate));
}

const char *pb_words_badge(const struct pb_report *report, uint32_t certificate)
{
    static const char *const words[][2] = {
        [PB_VERDICT_NONE] = {"not judged", "not judged, key compromised"},
        [PB_VERDICT_VULNERABLE] = {"vulnerable", "vulnerable"},
        [PB_VERDICT_CLEAR] = {"clear", "clear by date, key compromised"},
        [PB_VERDICT_UNDETERMINED] = {"undetermined", "undetermined, key compromised"},
    };

    return words[pb_inventory_certificate(report->inventory, certificate)->verdict]
                [pb_has_compromised_key(report, certificate)];
}

struct pb_buffer *pb_report_begin_value(struct pb_report *report)
{
    pb_buffer_clear(&report->value);
    report->link_letter = '\0';
    return &report->value;
}

struct pb_slice pb_report_take_value(struct pb_report *report)
{
    if (report->value.has_failed)
        pb_sink_fail_memory(report->sink);
    return pb_buffer_slice(&report->value);
}

struct pb_counts pb_count_certificates(const struct pb_inventory *inventory,
                                       const struct pb_account *account)
{
    struct pb_counts counts = {0};

    for (uint32_t i = 0; i < account->all_certificate_count; i++) {
        const struct pb_certificate *certificate =
            pb_inventory_certificate(inventory, account->first_certificate + i);
        counts.vulnerable += certificate->verdict == PB_VERDICT_VULNERABLE;
        counts.undetermined += certificate->verdict == PB_VERDICT_UNDETERMINED;
        counts.clear += certificate->verdict == PB_VERDICT_CLEAR;
        counts.deleted +=
            certificate->origin == PB_ORIGIN_IAM && certificate->presence == PB_PRESENCE_DELETED;
    }
    return counts;
}

const char *pb_coverage_name(enum pb_coverage coverage)
{
    static const char *const names[] = {[PB_COVERAGE_UNKNOWN] = "unknown",
                                        [PB_COVERAGE_COMPLETE] = "complete",
                                        [PB_COVERAGE_INCOMPLETE] = "incomplete"};

    return names[coverage];
}

static const char *id_from_name(enum pb_id_from id_from)
{
    static const char *const names[] = {[PB_ID_FROM_ARN] = "arn",
                                        [PB_ID_FROM_DOCUMENT] = "document",
                                        [PB_ID_FROM_CALLER_IDENTITY] = "caller-identity"};

    return names[id_from];
}

static const char *presence_name(enum pb_presence presence)
{
    static const char *const names[] = {[PB_PRESENCE_UNKNOWN] = "unknown",
                                        [PB_PRESENCE_PRESENT] = "present",
                                        [PB_PRESENCE_DELETED] = "deleted"};

    return names[presence];
}

static void value(struct pb_report *report, const char *name, struct pb_value value)
{
    report->renderer->value(report, name, &value);
}

static void text(struct pb_report *report, const char *name, struct pb_slice text)
{
    value(report, name, (struct pb_value){.kind = PB_VALUE_TEXT, .text = text});
}

static void word(struct pb_report *report, const char *name, const char *word)
{
    text(report, name, pb_slice_from_string(word));
}

static void digest(struct pb_report *report, const char *name, const unsigned char *bytes,
                   size_t size_bytes)
{
    struct pb_slice slice = {(const char *)bytes, bytes == NULL ? 0 : size_bytes};

    value(report, name, (struct pb_value){.kind = PB_VALUE_DIGEST, .text = slice});
}

static void null(struct pb_report *report, const char *name)
{
    value(report, name, (struct pb_value){.kind = PB_VALUE_NULL});
}

static void number(struct pb_report *report, const char *name, uint64_t number)
{
    value(report, name, (struct pb_value){.kind = PB_VALUE_NUMBER, .number = number});
}

static void number_unless(struct pb_report *report, const char *name, uint32_t number_or_none,
                          uint32_t none)
{
    if (number_or_none == none)
        null(report, name);
    else
        number(report, name, number_or_none);
}

static void boolean(struct pb_report *report, const char *name, bool is_true)
{
    value(report, name, (struct pb_value){.kind = PB_VALUE_BOOLEAN, .number = is_true});
}

static void instant(struct pb_report *report, const char *name, struct pb_instant instant)
{
    value(report, name, (struct pb_value){.kind = PB_VALUE_INSTANT, .instant = instant});
}

static void instant_unless(struct pb_report *report, const char *name, struct pb_instant time,
                           bool is_unknown)
{
    if (is_unknown)
        null(report, name);
    else
        instant(report, name, time);
}

static void date(struct pb_report *report, const char *name, const struct pb_date *date)
{
    instant_unless(report, name, date->instant, !pb_date_is_known(date));
}

static void place(struct pb_report *report, const char *name, struct pb_place place)
{
    value(report, name, (struct pb_value){.kind = PB_VALUE_PLACE, .place = place});
}

static void strings(struct pb_report *report, const char *name, const struct pb_slice *items,
                    size_t count)
{
    value(report, name, (struct pb_value){.kind = PB_VALUE_STRINGS, .strings = {items, count}});
}

/* Null for NULL. */
static void record(struct pb_report *report, const char *name, pb_emit *emit, const void *object)
{
    if (object == NULL)
        null(report, name);
    else
        report->renderer->record(report, name, emit, object);
}

static void array(struct pb_report *report, const char *name, pb_emit *emit, const void *items,
                  size_t count, size_t item_bytes)
{
    report->renderer->array(report, name, (struct pb_records){emit, items, count, item_bytes});
}

static struct pb_records records_of(const struct pb_vector *vector, pb_emit *emit)
{
    return (struct pb_records){emit, vector->data, vector->count, vector->element_bytes};
}

static struct pb_slice account_id(const struct pb_report *report, uint32_t account)
{
    return account == PB_NO_INDEX ? PB_SLICE_ABSENT
                                  : pb_inventory_account(report->inventory, account)->id;
}

static void emit_tool(struct pb_report *report, const void *object)
{
    const struct pb_result *result = object;

    word(report, "name", "prebleed");
    word(report, "version", result->version);
}

static void emit_parameters(struct pb_report *report, const void *object)
{
    const struct pb_parameters *parameters = object;
    struct pb_slice names[64]; /* as many rules as parameters can choose */
    size_t count, chosen = 0;
    const struct pb_rule *const *rules = pb_rules(&count);

    for (size_t i = 0; i < count; i++)
        if (parameters->rules >> i & 1)
            names[chosen++] = pb_slice_from_string(rules[i]->name);
    instant(report, "cutoff", parameters->cutoff);
    instant(report, "as_of", parameters->as_of);
    word(report, "fail_on", parameters->has_fail_on ? pb_level_name(parameters->fail_on) : "never");
    boolean(report, "require_complete", parameters->require_complete);
    strings(report, "rules", names, chosen);
}

static void emit_finding_counts(struct pb_report *report, const void *object)
{
    const struct pb_summary *summary = object;

    number(report, "high", summary->findings[PB_LEVEL_HIGH]);
    number(report, "medium", summary->findings[PB_LEVEL_MEDIUM]);
    number(report, "low", summary->findings[PB_LEVEL_LOW]);
}

static void emit_reason_counts(struct pb_report *report, const void *object)
{
    const struct pb_summary *summary = object;

    for (size_t i = 0; i < PB_REASON_COUNT; i++)
        if (summary->reasons[i] > 0)
            number(report, pb_verdict_reasons[i].name, summary->reasons[i]);
}

/* Containers are no items: what is in them is. */
static void emit_evidence_counts(struct pb_report *report, const void *object)
{
    const struct pb_summary *summary = object;
    const size_t *counts = summary->entry_status;

    number(report, "items", summary->entries - counts[PB_ENTRY_CONTAINER]);
    number(report, "used", counts[PB_ENTRY_USED]);
    number(report, "ignored", counts[PB_ENTRY_IGNORED]);
    number(report, "unreadable", counts[PB_ENTRY_UNREADABLE]);
    number(report, "skipped", counts[PB_ENTRY_SKIPPED]);
    number(report, "containers", counts[PB_ENTRY_CONTAINER]);
}

static void emit_summary(struct pb_report *report, const void *object)
{
    const struct pb_summary *summary = object;

    word(report, "conclusion", pb_conclusion_name(summary->conclusion));
    number(report, "exit_status", (uint64_t)summary->exit_status);
    number(report, "accounts", summary->accounts);
    number(report, "certificates", summary->certificates);
    number(report, "vulnerable", summary->vulnerable);
    number(report, "clear", summary->clear);
    number(report, "undetermined", summary->undetermined);
    number(report, "not_judged", summary->not_judged);
    number(report, "waived", summary->waived);
    record(report, "findings", emit_finding_counts, summary);
    record(report, "undetermined_reasons", emit_reason_counts, summary);
    record(report, "evidence", emit_evidence_counts, summary);
}

static void emit_account(struct pb_report *report, const void *object)
{
    const struct pb_account *account = object;

    text(report, "id", account->id);
    text(report, "partition", account->partition);
    word(report, "id_from", id_from_name(account->id_from));
    number(report, "certificates", account->certificate_count);
    word(report, "coverage", pb_coverage_name(account->coverage));
    strings(report, "reasons", account->reasons, account->reason_count);
}

static void emit_tag(struct pb_report *report, const void *object)
{
    const struct pb_tag *tag = object;

    text(report, "key", tag->key);
    text(report, "value", tag->value);
}

static void emit_key(struct pb_report *report, const void *object)
{
    const struct pb_key_facts *key = object;

    text(report, "algorithm", key->algorithm);
    number_unless(report, "bits", key->bits, 0);
    text(report, "curve", key->curve);
    value(report, "exponent", (struct pb_value){.kind = PB_VALUE_DIGITS, .text = key->exponent});
    digest(report, "spki_sha256", key->spki_sha256, sizeof key->spki_sha256);
}

static void emit_x509(struct pb_report *report, const void *object)
{
    const struct pb_x509_facts *facts = object;

    text(report, "subject", facts->subject);
    text(report, "issuer", facts->issuer);
    text(report, "serial", facts->serial);
    instant_unless(report, "not_before", facts->not_before,
                   (facts->unread & PB_X509_NOT_BEFORE) != 0);
    instant_unless(report, "not_after", facts->not_after, (facts->unread & PB_X509_NOT_AFTER) != 0);
    record(report, "key", emit_key, &facts->key);
    text(report, "signature_algorithm", facts->signature_algorithm);
    digest(report, "sha256", facts->sha256, sizeof facts->sha256);
    digest(report, "sha1", facts->sha1, sizeof facts->sha1);
    if ((facts->unread & PB_X509_ALTERNATIVE_NAMES) != 0)
        null(report, "subject_alternative_names");
    else
        strings(report, "subject_alternative_names", facts->alternative_names,
                facts->alternative_name_count);
    if ((facts->unread & PB_X509_CONSTRAINTS) != 0)
        null(report, "is_ca");
    else
        boolean(report, "is_ca", facts->is_ca);
    boolean(report, "is_self_signed", facts->is_self_signed);
}

static void emit_chain(struct pb_report *report, const void *object)
{
    emit_x509(report, *(const struct pb_x509_facts *const *)object);
}

static void emit_revocation(struct pb_report *report, const void *object)
{
    const struct pb_revocation *revocation = object;

    word(report, "status", pb_revocation_name(revocation->status));
    instant_unless(report, "date", revocation->date, !revocation->has_date);
    word(report, "reason", revocation->reason);
    text(report, "crl", revocation->crl);
    text(report, "detail", revocation->detail);
}

static void emit_observation(struct pb_report *report, const void *object)
{
    const struct pb_observation *observation = object;
    char room[PB_INSTANT_BYTES];

    number(report, "evidence", observation->entry);
    number(report, "document", observation->document);
    word(report, "shape", observation->shape);
    text(report, "pointer", observation->pointer);
    number_unless(report, "line", observation->line, 0);
    text(report, "upload_date", pb_date_text(&observation->upload_date, room));
}

static const struct pb_certificate *first_certificate(const struct pb_report *report)
{
    return pb_inventory_certificate(report->inventory, 0);
}

static void emit_certificate(struct pb_report *report, const void *object)
{
    const struct pb_certificate *certificate = object;
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    const char *name_from = certificate->is_name_from_file ? "file" : "evidence";

    text(report, "account", account_id(report, certificate->account));
    text(report, "partition",
         pb_inventory_account(report->inventory, certificate->account)->partition);
    text(report, "name", certificate->name);
    word(report, "name_from", pb_slice_is_absent(certificate->name) ? NULL : name_from);
    text(report, "path", certificate->path);
    text(report, "id", certificate->id);
    text(report, "arn", certificate->arn);
    if (extras->tag_count == 0) /* most documents have none, even where there are tags */
        null(report, "tags");
    else
        array(report, "tags", emit_tag, extras->tags, extras->tag_count, sizeof *extras->tags);
    word(report, "origin", certificate->origin == PB_ORIGIN_IAM ? "iam" : "acm");
    word(report, "presence", presence_name(certificate->presence));
    date(report, "upload_date", &certificate->upload_date);
    date(report, "imported_at", &extras->imported_at);
    date(report, "expiration", &certificate->expiration);
    word(report, "verdict", pb_verdict_name(certificate->verdict));
    word(report, "basis", pb_basis_name(certificate->basis));
    word(report, "reason", certificate->reason);
    word(report, "worst_severity",
         pb_report_worst(report, (uint32_t)(certificate - first_certificate(report))));
    record(report, "x509", emit_x509, certificate->body);
    array(report, "chain", emit_chain, certificate->chain, certificate->chain_count,
          sizeof *certificate->chain);
    record(report, "revocation", emit_revocation, certificate->revocation);
    strings(report, "in_use_by", extras->in_use_by, extras->in_use_by_count);
    array(report, "observations", emit_observation,
          pb_inventory_observation(report->inventory, certificate->first_observation),
          certificate->observation_count, sizeof(struct pb_observation));
}

static void emit_waiver(struct pb_report *report, const void *object)
{
    const struct pb_waiver *waiver = object;

    word(report, "rule", waiver->rule->name);
    text(report, pb_waiver_subject_name(waiver->covers), waiver->subject);
    text(report, "reason", waiver->reason);
    text(report, "owner", waiver->owner);
    text(report, "expires", waiver->expires);
}

static void emit_former_key(struct pb_report *report, const void *object)
{
    digest(report, "spki_sha256", object, 32);
}

static void emit_former_body(struct pb_report *report, const void *object)
{
    const struct pb_x509_facts *body = object;

    instant(report, "not_after", body->not_after);
    record(report, "key", emit_former_key, body->key.spki_sha256);
    digest(report, "sha256", body->sha256, sizeof body->sha256);
}

/* Members as in "certificates". */
static void emit_former_certificate(struct pb_report *report, const void *object)
{
    const struct pb_former_certificate *former = object;
    const struct pb_certificate *certificate = &former->is;

    text(report, "account", former->account);
    text(report, "name", certificate->name);
    text(report, "id", certificate->id);
    text(report, "arn", certificate->arn);
    word(report, "origin", certificate->origin == PB_ORIGIN_IAM ? "iam" : "acm");
    date(report, "upload_date", &certificate->upload_date);
    record(report, "x509", emit_former_body, certificate->body);
}

/* What the baseline said of a finding that is not found again: for a report that is a baseline
 * itself later. */
static void emit_former(struct pb_report *report, const void *object)
{
    const struct pb_former_finding *former = object;

    text(report, "message", former->message);
    record(report, "certificate", emit_former_certificate, former->certificate);
}

static void emit_finding(struct pb_report *report, const void *object)
{
    const struct pb_finding *finding = *(const struct pb_finding *const *)object;
    const struct pb_former_finding *former = pb_finding_former(finding);
    struct pb_place at = pb_finding_place(report, finding);
    char room[PB_SENTENCE_BYTES];

    word(report, "rule", finding->rule->name);
    word(report, "severity", pb_level_name(finding->rule->level));
    text(report, "account",
         finding->account == PB_NO_INDEX && former != NULL ? former->account
                                                           : account_id(report, finding->account));
    number_unless(report, "certificate", finding->certificate, PB_NO_INDEX);
    number_unless(report, "evidence", finding->entry, PB_NO_INDEX);
    place(report, "path", (struct pb_place){.entry = at.entry});
    number_unless(report, "line", at.line, 0);
    number_unless(report, "column", at.column, 0);
    text(report, "message",
         pb_finding_message(finding, report->inventory, report->result->parameters, room));
    word(report, "state", pb_finding_state_name(finding->state));
    record(report, "waiver", emit_waiver, finding->waiver);
    if (report->result->parameters->baseline != NULL)
        record(report, "former", emit_former, former);
}

static void emit_entry(struct pb_report *report, const void *object)
{
    const struct pb_entry *entry = object;
    ptrdiff_t index = entry - pb_inventory_entry(report->inventory, 0);

    place(report, "path", (struct pb_place){.entry = (uint32_t)index});
    digest(report, "sha256", entry->sha256, 32);
    number(report, "bytes", entry->size_bytes);
    word(report, "status", pb_entry_status_name(entry->status));
    word(report, "shape", entry->shape);
    text(report, "detail", entry->detail);
}

static void emit_diagnostic(struct pb_report *report, const void *object)
{
    const struct pb_diagnostic *diagnostic = *(const struct pb_diagnostic *const *)object;

    word(report, "severity", pb_severity_name(diagnostic->severity));
    word(report, "code", diagnostic->code);
    place(report, "where", pb_place_of_diagnostic(diagnostic));
    text(report, "message", diagnostic->message);
}

void pb_emit_report(struct pb_report *report)
{
    const struct pb_renderer *to = report->renderer;
    const struct pb_inventory *inventory = report->inventory;
    const struct pb_findings *findings = report->result->findings;

    word(report, "schema", "prebleed-report/1");
    record(report, "tool", emit_tool, report->result);
    record(report, "parameters", emit_parameters, report->result->parameters);
    record(report, "summary", emit_summary, report->result->summary);
    to->array(report, "accounts", records_of(&inventory->accounts, emit_account));
    to->array(report, "certificates", records_of(&inventory->certificates, emit_certificate));
    array(report, "findings", emit_finding, report->findings,
          findings->items.count + findings->resolved.count, sizeof *report->findings);
    to->array(report, "evidence", records_of(&inventory->evidence.entries, emit_entry));
    array(report, "diagnostics", emit_diagnostic, report->diagnostics,
          inventory->evidence.diagnostics.items.count, sizeof *report->diagnostics);
}

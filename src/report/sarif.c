/* SPDX-License-Identifier: MIT */
/* The sarif report (SARIF 2.1.0, OASIS): rules, evidence items as artifacts, findings as results,
 * diagnostics as notifications. */
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The folder in which prebleed was started, by the name that code scanning has for it; and "/". */
#define START_ID "%SRCROOT%"
#define ROOT_ID "ROOT"

/* What code scanning asks of rules besides their texts: a number of 0 to 10, and tags. */
static const char *const severities[] = {"3.0", "5.0", "7.5"}; /* 7.5: CVE-2014-0160 by CVSS 3.1 */
static const char *const levels[] = {"note", "warning", "error"};

static const char *const rule_tags[PB_RULE_COUNT][8] = {
    [PB_RULE_IAM_033] = {"CVE-2014-0160", "external/cwe/cwe-126", "PCI", "APRA", "MAS", "NIST4"},
    [PB_RULE_KEY_REUSE] = {"CVE-2014-0160", "external/cwe/cwe-323"},
    [PB_RULE_PRE_DISCLOSURE_KEY] = {"CVE-2014-0160"},
    [PB_RULE_DISCLOSURE_WINDOW] = {"CVE-2014-0160"},
    [PB_RULE_NOT_REVOKED] = {"external/cwe/cwe-299"},
    [PB_RULE_PRIVATE_KEY_IN_EVIDENCE] = {"external/cwe/cwe-312"},
    [PB_RULE_WEAK_KEY] = {"external/cwe/cwe-326"},
    [PB_RULE_WEAK_SIGNATURE] = {"external/cwe/cwe-328"},
    [PB_RULE_EXPIRED] = {"external/cwe/cwe-298"},
    [PB_RULE_EXPIRES_SOON] = {"external/cwe/cwe-298"},
};

/* An object of one member: with "text", SARIF's message and multiformatMessageString. */
static void write_object(struct pb_report *report, const char *name, const char *member,
                         struct pb_slice text)
{
    pb_json_begin(report, name, "{");
    pb_json_text(report, member, text);
    pb_json_end(report, "}");
}

static void write_rule(struct pb_report *report, const struct pb_rule *rule)
{
    struct pb_slice title = pb_slice_from_string(rule->title);

    pb_json_begin(report, NULL, "{");
    pb_json_word(report, "id", rule->name);
    write_object(report, "shortDescription", "text", title);
    write_object(report, "fullDescription", "text", title);
    write_object(report, "help", "text", pb_slice_from_string(pb_rule_explanation(rule)));
    write_object(report, "defaultConfiguration", "level",
                 pb_slice_from_string(levels[rule->level]));
    pb_json_begin(report, "properties", "{");
    pb_json_word(report, "precision", "high");
    pb_json_word(report, "security-severity", severities[rule->level]);
    pb_json_begin(report, "tags", "[");
    pb_json_word(report, NULL, "security");
    for (const char *const *tag = rule_tags[rule - pb_rules]; *tag != NULL; tag++)
        pb_json_word(report, NULL, *tag);
    pb_json_end(report, "]}}");
}

/* The URI of a member is relative to its archive. */
static void write_artifact_location(struct pb_report *report, const char *name, uint32_t index)
{
    const struct pb_entry *entry = pb_batch_entry(&report->inventory->evidence, index);
    bool is_member = entry->container != PB_NO_ENTRY;
    struct pb_slice folder = pb_slice_from_string(report->options.working_folder);
    bool is_below = folder.size_bytes > 0 && pb_slice_starts_with(entry->path, folder);
    bool is_absolute = !is_below && pb_slice_starts_with(entry->path, PB_SLICE("/"));
    struct pb_buffer *value = pb_begin_value(report);
    size_t begin = is_below ? pb_skip(entry->path, folder.size_bytes, "/")
                   : pb_slice_starts_with(entry->path, PB_SLICE("./")) ? strlen("./")
                                                                       : is_absolute;

    if (is_member)
        begin = pb_inventory_path(report->inventory, entry->container).size_bytes + strlen("!/");
    for (size_t i = begin; i < entry->path.size_bytes; i++) {
        char byte = entry->path.data[i];
        /* RFC 3986, section 2: unreserved characters and '/' stand as they are. */
        if (pb_is_alphanumeric(byte) || (byte != '\0' && strchr("-._~/", byte) != NULL))
            pb_buffer_append_byte(value, byte);
        else
            pb_buffer_append_format(value, "%%%02X", (unsigned)(unsigned char)byte);
    }
    pb_json_begin(report, name, "{");
    pb_json_text(report, "uri", pb_take_value(report));
    if (!is_member)
        pb_json_word(report, "uriBaseId", is_absolute ? ROOT_ID : START_ID);
    pb_json_number(report, "index", index);
    pb_json_end(report, "}");
}

/* Writes an array, without an element for a place in no item; is_needed: the first item then, or
 * the folder of the run, for code scanning refuses results without a location. */
static void write_locations(struct pb_report *report, struct pb_place place, bool is_needed)
{
    if (is_needed && place.entry == PB_NO_ENTRY && report->inventory->evidence.entries.count > 0)
        place.entry = 0;
    bool is_known = place.entry != PB_NO_ENTRY;
    pb_json_begin(report, "locations", is_known ? "[{" : "[");
    if (is_known) {
        pb_json_begin(report, "physicalLocation", "{");
        write_artifact_location(report, "artifactLocation", place.entry);
        if (place.line > 0) {
            pb_json_begin(report, "region", "{");
            pb_json_number(report, "startLine", place.line);
            if (place.column > 0)
                pb_json_number(report, "startColumn", place.column);
            pb_json_end(report, "}");
        }
        pb_json_end(report, "}");
        pb_place_append(pb_begin_value(report), report->inventory, place);
        write_object(report, "message", "text", pb_take_value(report));
    } else if (is_needed) {
        pb_json_literal(report, NULL,
                        "{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \".\", "
                        "\"uriBaseId\": \"" START_ID "\"}}}");
    }
    pb_json_end(report, is_known ? "}]" : "]");
}

static void write_artifact(struct pb_report *report, uint32_t index)
{
    const struct pb_entry *entry = pb_batch_entry(&report->inventory->evidence, index);

    pb_json_begin(report, NULL, "{");
    write_artifact_location(report, "location", index);
    if (entry->container != PB_NO_ENTRY)
        pb_json_number(report, "parentIndex", entry->container);
    pb_json_number(report, "length", entry->size_bytes);
    if (entry->sha256 != NULL) {
        pb_buffer_append_hex(pb_begin_value(report), entry->sha256, 32);
        write_object(report, "hashes", "sha-256", pb_take_value(report));
    }
    pb_json_begin(report, "properties", "{");
    pb_json_word(report, "status", pb_entry_status_names[entry->status]);
    pb_json_text(report, "detail", entry->detail);
    pb_json_end(report, "}}");
    pb_report_flush(report);
}

/* The writer's context is a table of these, by the digest's remainder and linear probing. */
struct print {
    uint64_t digest; /* the first bytes of it */
    uint32_t count;  /* of results that have it */
};

/* More than there are results. */
static size_t find_room(const struct pb_report *report)
{
    return 2 * report->result->findings->items.count + 1;
}

/* Appends the certificate's id, else its ARN, its name, or the digest of its body. Where a rule has
 * several findings about it, the message follows as far as it says the kind: without figures and
 * places. */
static void append_certificate(struct pb_buffer *value, const struct pb_certificate *certificate,
                               const struct pb_rule *rule, struct pb_slice message)
{
    struct pb_slice known = certificate->id.size_bytes > 0    ? certificate->id
                            : certificate->arn.size_bytes > 0 ? certificate->arn
                                                              : certificate->name;

    pb_buffer_append(value, known);
    if (known.size_bytes == 0 && certificate->body != NULL)
        pb_buffer_append_hex(value, certificate->body->sha256, sizeof certificate->body->sha256);
    message = pb_slice_first(message, pb_slice_find(message, PB_SLICE(": both at "), 0));
    message = pb_slice_first(message, pb_slice_find(message, PB_SLICE(": the one at "), 0));
    for (size_t i = 0; i < message.size_bytes && rule->check != NULL; i++)
        if (!pb_is_digit(message.data[i]))
            pb_buffer_append_byte(value, message.data[i]);
}

/* Writes a digest of what identifies the finding in other reports too, even if only the baseline
 * has it, and which of the results with that digest this one is. Code scanning heeds no other name
 * than the first. */
static void write_fingerprint(struct pb_report *report, const struct pb_finding *finding,
                              struct pb_slice account, const struct pb_certificate *certificate)
{
    struct print *prints = report->context;
    const struct pb_former_finding *former = finding->former;
    uint64_t number;
    struct pb_slice message, place = PB_SLICE_ABSENT;
    struct pb_buffer *value = pb_begin_value(report);
    char room[PB_SENTENCE_BYTES];
    unsigned char digest[32] = {0};

    if (former != NULL) {
        account = former->account;
        certificate = former->certificate == NULL ? NULL : &former->certificate->seen;
        message = former->message;
        place = former->place;
    } else {
        message = pb_finding_message(finding, report->inventory, report->result->parameters, room);
        if (finding->entry != PB_NO_INDEX)
            place = pb_inventory_path(report->inventory, finding->entry);
    }
    pb_buffer_append_format(value, "%s %.*s ", finding->rule->name, PB_SLICE_ARGS(account));
    if (certificate == NULL)
        pb_message_append_key(value, message, place);
    else
        append_certificate(value, certificate, finding->rule, message);
    if (!pb_sha256(pb_take_value(report), digest))
        pb_report_fail(report);
    memcpy(&number, digest, sizeof number);
    size_t at = number % find_room(report);
    while (prints[at].count > 0 && prints[at].digest != number)
        at = (at + 1) % find_room(report);
    prints[at].digest = number;
    pb_buffer_append_hex(pb_begin_value(report), digest, sizeof number);
    pb_buffer_append_format(value, ":%" PRIu32, ++prints[at].count);
    pb_json_begin(report, "partialFingerprints", "{");
    pb_json_text(report, "primaryLocationLineHash", pb_take_value(report));
    pb_json_text(report, "prebleedFinding/v1", pb_take_value(report));
    pb_json_end(report, "}");
}

static void write_result(struct pb_report *report, const struct pb_finding *finding)
{
    const struct pb_certificate *certificate =
        finding->certificate == PB_NO_INDEX
            ? NULL
            : pb_inventory_certificate(report->inventory, finding->certificate);
    const struct pb_account *account =
        finding->account == PB_NO_INDEX ? NULL
                                        : pb_inventory_account(report->inventory, finding->account);
    bool is_resolved = finding->state == PB_STATE_RESOLVED;
    struct pb_buffer *value = pb_begin_value(report);

    pb_json_begin(report, NULL, "{");
    pb_json_word(report, "ruleId", finding->rule->name);
    pb_json_number(report, "ruleIndex", (uint64_t)(finding->rule - pb_rules));
    pb_json_word(report, "level", levels[finding->rule->level]);
    if (account != NULL) /* a result is read by itself */
        pb_words_account(value, account);
    pb_buffer_append_string(value, account != NULL ? ": " : "");
    if (certificate != NULL)
        pb_words_name(value, certificate);
    pb_buffer_append_string(value, certificate != NULL ? ": " : "");
    pb_words_message(value, report->result, finding);
    write_object(report, "message", "text", pb_take_value(report));
    write_locations(report, pb_finding_place(report, finding), true);
    write_fingerprint(report, finding, account == NULL ? PB_SLICE_ABSENT : account->id,
                      certificate);
    if (finding->state != PB_STATE_NONE)
        pb_json_word(report, "baselineState",
                     is_resolved ? "absent" : pb_finding_state_names[finding->state]);
    pb_json_begin(report, "suppressions", finding->waiver != NULL ? "[{" : "[");
    if (finding->waiver != NULL) {
        pb_json_word(report, "kind", "external");
        pb_json_word(report, "status", "accepted");
        pb_words_waiver(pb_begin_value(report), finding->waiver);
        pb_json_text(report, "justification", pb_take_value(report));
    }
    pb_json_end(report, finding->waiver != NULL ? "}]" : "]");
    pb_json_begin(report, "properties", "{");
    if (account != NULL)
        pb_json_text(report, "account", account->id);
    if (certificate != NULL) {
        pb_json_text(report, "name", certificate->name);
        pb_json_text(report, "id", certificate->id);
        pb_json_text(report, "arn", certificate->arn);
    }
    pb_json_end(report, "}}");
    pb_report_flush(report);
}

static void write_run(struct pb_report *report)
{
    const struct pb_batch *evidence = &report->inventory->evidence;
    const struct pb_result *result = report->result;

    report->context = calloc(find_room(report), sizeof(struct print));
    if (report->context == NULL)
        pb_report_fail(report);
    pb_json_begin(report, "tool", "{");
    pb_json_begin(report, "driver", "{");
    pb_json_word(report, "name", "prebleed");
    pb_json_word(report, "version", result->version);
    pb_json_word(report, "semanticVersion", result->version);
    pb_json_begin(report, "rules", "[");
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        write_rule(report, &pb_rules[i]);
    pb_json_end(report, "]}}");
    pb_json_begin(report, "originalUriBaseIds", "{");
    pb_json_literal(report, START_ID,
                    "{\"description\": {\"text\": \"The folder in which prebleed was started.\"}}");
    pb_json_literal(report, ROOT_ID, "{\"uri\": \"file:///\"}");
    pb_json_end(report, "}");
    pb_json_begin(report, "invocations", "[{");
    pb_json_literal(report, "executionSuccessful", "true");
    pb_json_number(report, "exitCode", (uint64_t)result->summary->exit_status);
    pb_json_begin(report, "toolExecutionNotifications", "[");
    for (size_t i = 0; i < evidence->diagnostics.items.count; i++) {
        const struct pb_diagnostic *diagnostic =
            &PB_VECTOR_AT(const struct pb_diagnostic, &evidence->diagnostics.items, i);
        pb_json_begin(report, NULL, "{");
        write_object(report, "descriptor", "id", pb_slice_from_string(diagnostic->code));
        pb_json_word(report, "level", pb_severity_names[diagnostic->severity]);
        write_object(report, "message", "text", diagnostic->message);
        write_locations(report, pb_place_of_diagnostic(diagnostic), false);
        pb_json_end(report, "}");
        pb_report_flush(report);
    }
    pb_json_end(report, "]}]");
    pb_json_begin(report, "artifacts", "[");
    for (uint32_t i = 0; i < evidence->entries.count; i++)
        write_artifact(report, i);
    pb_json_end(report, "]");
    pb_json_begin(report, "results", "[");
    for (size_t i = 0; i < result->findings->items.count && report->context != NULL; i++)
        write_result(report, pb_findings_at(result->findings, i));
    pb_json_end(report, "]");
    free(report->context);
}

void pb_report_write_sarif(struct pb_report *report)
{
    report->json.inline_depth = 4;
    pb_json_begin(report, NULL, "{");
    pb_json_word(report, "$schema",
                 "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                 "sarif-schema-2.1.0.json");
    pb_json_word(report, "version", "2.1.0");
    pb_json_begin(report, "runs", "[{");
    write_run(report);
    pb_json_end(report, "}]}");
    pb_buffer_append_byte(&report->out, '\n');
}

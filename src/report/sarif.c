/* SPDX-License-Identifier: MIT */
/* The sarif report (SARIF 2.1.0, OASIS): rules, evidence items as artifacts, findings as results,
 * diagnostics as notifications. Nothing is kept but what the report holds anyway. */
#include "report/model.h"

#include <string.h>

#include "base/utf8.h"

#define BASE_ID "EVIDENCE"

/* What code scanning asks of rules besides their texts: a number of 0 to 10, and tags. */
static const char *const severities[] = {"3.0", "5.0", "7.5"}; /* 7.5: CVE-2014-0160 by CVSS 3.1 */
static const char *const levels[] = {"note", "warning", "error"};

static const struct rule_tags {
    const struct pb_rule *rule;
    const char *tags[8];
} rule_tags[] = {
    {&pb_rule_iam_033, {"CVE-2014-0160", "external/cwe/cwe-126", "PCI", "APRA", "MAS", "NIST4"}},
    {&pb_rule_key_reuse, {"CVE-2014-0160", "external/cwe/cwe-323"}},
    {&pb_rule_pre_disclosure_key, {"CVE-2014-0160"}},
    {&pb_rule_disclosure_window, {"CVE-2014-0160"}},
    {&pb_rule_not_revoked, {"external/cwe/cwe-299"}},
    {&pb_rule_private_key_in_evidence, {"external/cwe/cwe-312"}},
    {&pb_rule_weak_key, {"external/cwe/cwe-326"}},
    {&pb_rule_weak_signature, {"external/cwe/cwe-328"}},
    {&pb_rule_expired, {"external/cwe/cwe-298"}},
    {&pb_rule_expires_soon, {"external/cwe/cwe-298"}},
};

/* The end of an element of one of the long arrays. */
static void end_element(struct pb_report *report)
{
    pb_json_end(report, '}');
    pb_sink_pass_on(report->sink);
}

/* { "text": ... }, SARIF's message and multiformatMessageString. */
static void write_message(struct pb_report *report, const char *name, struct pb_slice message)
{
    pb_json_begin(report, name, '{');
    pb_json_text(report, "text", message);
    pb_json_end(report, '}');
}

static void write_tags(struct pb_report *report, const struct pb_rule *rule)
{
    pb_json_begin(report, "tags", '[');
    pb_json_word(report, NULL, "security");
    for (size_t i = 0; i < sizeof rule_tags / sizeof rule_tags[0]; i++)
        for (size_t k = 0; rule_tags[i].rule == rule && rule_tags[i].tags[k] != NULL; k++)
            pb_json_word(report, NULL, rule_tags[i].tags[k]);
    pb_json_end(report, ']');
}

static void write_rule(struct pb_report *report, const struct pb_rule *rule)
{
    pb_json_begin(report, NULL, '{');
    pb_json_word(report, "id", rule->name);
    write_message(report, "shortDescription", pb_slice_from_string(rule->title));
    write_message(report, "fullDescription", pb_slice_from_string(rule->title));
    write_message(report, "help", pb_slice_from_string(rule->explanation));
    pb_json_begin(report, "defaultConfiguration", '{');
    pb_json_word(report, "level", levels[rule->level]);
    pb_json_end(report, '}');
    pb_json_begin(report, "properties", '{');
    pb_json_word(report, "precision", "high");
    pb_json_word(report, "security-severity", severities[rule->level]);
    write_tags(report, rule);
    pb_json_end(report, '}');
    end_element(report);
}

static void write_tool(struct pb_report *report)
{
    pb_json_begin(report, "tool", '{');
    pb_json_begin(report, "driver", '{');
    pb_json_word(report, "name", "prebleed");
    pb_json_word(report, "version", report->result->version);
    pb_json_word(report, "semanticVersion", report->result->version);
    pb_json_begin(report, "rules", '[');
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        write_rule(report, pb_rules[i]);
    pb_json_end(report, ']');
    pb_json_end(report, '}');
    pb_json_end(report, '}');
}

/* Places. */

/* RFC 3986, section 2: unreserved characters and '/' stand as they are. */
static void append_encoded(struct pb_buffer *value, struct pb_slice path)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < path.size_bytes; i++) {
        unsigned char byte = (unsigned char)path.data[i];
        if (memchr(plain, byte, sizeof plain - 1) != NULL) {
            pb_buffer_append_byte(value, (char)byte);
            continue;
        }
        pb_buffer_append_byte(value, '%');
        pb_buffer_append_byte(value, digits[byte >> 4]);
        pb_buffer_append_byte(value, digits[byte & 15]);
    }
}

/* What the item is called in the archive that holds it; the whole path where none does. */
static struct pb_slice member_of(const struct pb_report *report, const struct pb_entry *entry)
{
    return entry->container == PB_NO_ENTRY
               ? entry->path
               : pb_slice_from(entry->path,
                               pb_inventory_path(report->inventory, entry->container).size_bytes +
                                   strlen("!/"));
}

/* Members' URIs begin at the root of their archive; absolute paths are files'. */
static void write_artifact_location(struct pb_report *report, const char *name, uint32_t entry)
{
    const struct pb_entry *of = pb_inventory_entry(report->inventory, entry);
    struct pb_slice member = member_of(report, of);
    bool is_member = of->container != PB_NO_ENTRY;
    bool is_absolute = !is_member && pb_slice_starts_with(member, PB_SLICE("/"));

    pb_buffer_append_string(pb_report_begin_value(report), is_absolute ? "file://" : "");
    append_encoded(&report->value, member);
    pb_json_begin(report, name, '{');
    pb_json_text(report, "uri", pb_report_take_value(report));
    if (!is_member && !is_absolute)
        pb_json_word(report, "uriBaseId", BASE_ID);
    pb_json_number(report, "index", entry);
    pb_json_end(report, '}');
}

static void write_region(struct pb_report *report, struct pb_place place)
{
    if (place.line == 0)
        return;
    pb_json_begin(report, "region", '{');
    pb_json_number(report, "startLine", place.line);
    pb_json_number(report, "startColumn", place.column > 0 ? place.column : 1);
    pb_json_end(report, '}');
}

/* No element where the place is of no entry. */
static void write_location(struct pb_report *report, struct pb_place place)
{
    if (place.entry == PB_NO_ENTRY)
        return;
    pb_json_begin(report, NULL, '{');
    pb_json_begin(report, "physicalLocation", '{');
    write_artifact_location(report, "artifactLocation", place.entry);
    write_region(report, place);
    pb_json_end(report, '}');
    pb_place_append(pb_report_begin_value(report), report->inventory, place);
    write_message(report, "message", pb_report_take_value(report));
    pb_json_end(report, '}');
}

static void write_artifact(struct pb_report *report, uint32_t index)
{
    const struct pb_entry *entry = pb_inventory_entry(report->inventory, index);

    pb_json_begin(report, NULL, '{');
    write_artifact_location(report, "location", index);
    if (entry->container != PB_NO_ENTRY)
        pb_json_number(report, "parentIndex", entry->container);
    pb_json_number(report, "length", entry->size_bytes);
    if (entry->sha256 != NULL) {
        pb_json_begin(report, "hashes", '{');
        pb_buffer_append_hex(pb_report_begin_value(report), entry->sha256, 32);
        pb_json_text(report, "sha-256", pb_report_take_value(report));
        pb_json_end(report, '}');
    }
    pb_json_begin(report, "properties", '{');
    pb_json_word(report, "status", pb_entry_status_name(entry->status));
    pb_json_text(report, "detail", entry->detail);
    pb_json_end(report, '}');
    end_element(report);
}

/* Results. */

static const struct pb_certificate *certificate_of(const struct pb_report *report,
                                                   const struct pb_finding *finding)
{
    return finding->certificate == PB_NO_INDEX
               ? NULL
               : pb_inventory_certificate(report->inventory, finding->certificate);
}

static void append_part(struct pb_buffer *value, struct pb_slice part)
{
    pb_buffer_append_byte(value, '/');
    pb_escape_append(value, part, PB_ESCAPE_REVERSIBLE);
}

/* What tells the finding from every other, and stays the same in a later run: the rule, the
 * account, and the certificate's id, else ARN, else name, or what else it is about. */
static void write_fingerprint(struct pb_report *report, const struct pb_finding *finding)
{
    const struct pb_certificate *certificate = certificate_of(report, finding);
    const struct pb_former_finding *former = pb_finding_former(finding);
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_buffer_append_string(value, finding->rule->name);
    if (finding->account != PB_NO_INDEX)
        append_part(value, pb_inventory_account(report->inventory, finding->account)->id);
    if (certificate != NULL)
        append_part(value, certificate->id.size_bytes > 0    ? certificate->id
                           : certificate->arn.size_bytes > 0 ? certificate->arn
                                                             : certificate->name);
    else if (former != NULL)
        append_part(value, former->message);
    else if (finding->statement != NULL && finding->statement->missing.size_bytes > 0)
        append_part(value, finding->statement->missing);
    else if (finding->entry != PB_NO_INDEX)
        append_part(value, pb_inventory_path(report->inventory, finding->entry));
    pb_json_begin(report, "partialFingerprints", '{');
    pb_json_text(report, "prebleedFinding/v1", pb_report_take_value(report));
    pb_json_end(report, '}');
}

static void write_suppression(struct pb_report *report, const struct pb_waiver *waiver)
{
    pb_json_begin(report, "suppressions", '[');
    if (waiver != NULL) {
        pb_json_begin(report, NULL, '{');
        pb_json_word(report, "kind", "external");
        pb_json_word(report, "status", "accepted");
        pb_words_waiver(pb_report_begin_value(report), waiver);
        pb_json_text(report, "justification", pb_report_take_value(report));
        pb_json_end(report, '}');
    }
    pb_json_end(report, ']');
}

static void write_properties(struct pb_report *report, const struct pb_finding *finding)
{
    const struct pb_certificate *certificate = certificate_of(report, finding);

    pb_json_begin(report, "properties", '{');
    if (finding->account != PB_NO_INDEX)
        pb_json_text(report, "account",
                     pb_inventory_account(report->inventory, finding->account)->id);
    if (certificate != NULL) {
        pb_json_text(report, "name", certificate->name);
        pb_json_text(report, "id", certificate->id);
        pb_json_text(report, "arn", certificate->arn);
    }
    pb_json_end(report, '}');
}

static const char *baseline_state(const struct pb_finding *finding)
{
    return finding->state == PB_STATE_RESOLVED ? "absent" : pb_finding_state_names[finding->state];
}

/* The message begins with whom it is about, for a result is read by itself. */
static void write_result_message(struct pb_report *report, const struct pb_finding *finding)
{
    const struct pb_certificate *certificate = certificate_of(report, finding);
    struct pb_buffer *value = pb_report_begin_value(report);
    char room[PB_SENTENCE_BYTES];

    if (finding->account != PB_NO_INDEX) {
        pb_words_account(value, pb_inventory_account(report->inventory, finding->account));
        pb_buffer_append_string(value, ": ");
    }
    if (certificate != NULL) {
        pb_words_name(value, certificate);
        pb_buffer_append_string(value, ": ");
    }
    pb_words_text(value,
                  pb_finding_message(finding, report->inventory, report->result->parameters, room));
    write_message(report, "message", pb_report_take_value(report));
}

static void write_result(struct pb_report *report, const struct pb_finding *finding)
{
    size_t rule_index = pb_rule_find(pb_slice_from_string(finding->rule->name));

    pb_json_begin(report, NULL, '{');
    pb_json_word(report, "ruleId", finding->rule->name);
    pb_json_number(report, "ruleIndex", rule_index);
    pb_json_word(report, "level", levels[finding->rule->level]);
    write_result_message(report, finding);
    pb_json_begin(report, "locations", '[');
    write_location(report, pb_finding_place(report, finding));
    pb_json_end(report, ']');
    write_fingerprint(report, finding);
    if (finding->state != PB_STATE_NONE)
        pb_json_word(report, "baselineState", baseline_state(finding));
    write_suppression(report, finding->waiver);
    write_properties(report, finding);
    end_element(report);
}

static void write_notification(struct pb_report *report, const struct pb_diagnostic *diagnostic)
{
    pb_json_begin(report, NULL, '{');
    pb_json_begin(report, "descriptor", '{');
    pb_json_word(report, "id", diagnostic->code);
    pb_json_end(report, '}');
    pb_json_word(report, "level", pb_severity_name(diagnostic->severity));
    write_message(report, "message", diagnostic->message);
    pb_json_begin(report, "locations", '[');
    write_location(report, pb_place_of_diagnostic(diagnostic));
    pb_json_end(report, ']');
    end_element(report);
}

static void write_invocation(struct pb_report *report)
{
    pb_json_begin(report, "invocations", '[');
    pb_json_begin(report, NULL, '{');
    pb_json_literal(report, "executionSuccessful", "true");
    pb_json_number(report, "exitCode", (uint64_t)report->result->summary->exit_status);
    pb_json_begin(report, "toolExecutionNotifications", '[');
    for (size_t i = 0; i < report->inventory->evidence.diagnostics.items.count; i++)
        write_notification(report, report->diagnostics[i]);
    pb_json_end(report, ']');
    pb_json_end(report, '}');
    pb_json_end(report, ']');
}

static void write_run(struct pb_report *report)
{
    pb_json_begin(report, NULL, '{');
    write_tool(report);
    pb_json_begin(report, "originalUriBaseIds", '{');
    pb_json_begin(report, BASE_ID, '{');
    write_message(report, "description", PB_SLICE("The folder in which prebleed was started."));
    pb_json_end(report, '}');
    pb_json_end(report, '}');
    write_invocation(report);
    pb_json_begin(report, "artifacts", '[');
    for (uint32_t i = 0; i < report->inventory->evidence.entries.count; i++)
        write_artifact(report, i);
    pb_json_end(report, ']');
    pb_json_begin(report, "results", '[');
    for (size_t i = 0; i < report->result->findings->items.count; i++)
        write_result(report, report->findings[i]);
    pb_json_end(report, ']');
    pb_json_end(report, '}');
}

void pb_report_write_sarif(struct pb_report *report)
{
    report->json.inline_depth = 4;
    pb_json_begin(report, NULL, '{');
    pb_json_word(report, "$schema",
                 "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                 "sarif-schema-2.1.0.json");
    pb_json_word(report, "version", "2.1.0");
    pb_json_begin(report, "runs", '[');
    write_run(report);
    pb_json_end(report, ']');
    pb_json_end(report, '}');
    pb_buffer_append_byte(&report->sink->buffer, '\n');
}

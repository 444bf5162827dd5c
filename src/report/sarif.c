/* SPDX-License-Identifier: MIT */
/* The sarif report (SARIF 2.1.0, OASIS): rules, evidence items as artifacts, findings as results,
 * diagnostics as notifications. */
#include "report/report.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>

#include "inventory/sentences.inc"

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
    pb_json_begin(report, NULL, "{");
    pb_json_word(report, "id", rule->name);
    write_object(report, "shortDescription", "text", pb_slice_from_string(rule->title));
    write_object(report, "fullDescription", "text", pb_slice_from_string(rule->title));
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
    size_t begin =
        is_member ? pb_inventory_path(report->inventory, entry->container).size_bytes + strlen("!/")
        : is_below ? pb_skip(entry->path, folder.size_bytes, "/")
        : pb_slice_starts_with(entry->path, PB_SLICE("./")) ? strlen("./")
                                                            : is_absolute;

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

/* An array of one location: file is the item that is shown, and the message names the place. */
static void write_location(struct pb_report *report, const char *name, uint32_t file,
                           struct pb_place place)
{
    pb_json_begin(report, name, "[{");
    pb_json_begin(report, "physicalLocation", "{");
    write_artifact_location(report, "artifactLocation", file);
    if (place.line > 0 && file == place.entry) {
        pb_json_begin(report, "region", "{");
        pb_json_number(report, "startLine", place.line);
        if (place.column > 0)
            pb_json_number(report, "startColumn", place.column);
        pb_json_end(report, "}");
    }
    pb_json_end(report, "}");
    pb_place_append(pb_begin_value(report), report->inventory, place);
    write_object(report, "message", "text", pb_take_value(report));
    pb_json_end(report, "}]");
}

/* Code scanning refuses a result without a location, and shows the first one, which it looks for
 * among the repository's files. So a member of an archive is a related location, and the archive
 * the first one; what stands in no item is in the first item, or in the folder of the run. */
static void write_result_locations(struct pb_report *report, struct pb_place place)
{
    const struct pb_batch *evidence = &report->inventory->evidence;
    uint32_t file = place.entry;

    if (file == PB_NO_ENTRY && evidence->entries.count > 0)
        file = place.entry = 0;
    while (file != PB_NO_ENTRY && pb_batch_entry(evidence, file)->container < file)
        file = pb_batch_entry(evidence, file)->container; /* which precedes its members */
    if (file == PB_NO_ENTRY)
        pb_json_literal(report, "locations", PB_SAY_SARIF_NO_ITEM);
    else
        write_location(report, "locations", file, place);
    if (file != place.entry)
        write_location(report, "relatedLocations", place.entry, place);
}

static void write_artifact(struct pb_report *report, uint32_t index)
{
    const struct pb_entry *entry = pb_batch_entry(&report->inventory->evidence, index);

    pb_json_begin(report, NULL, "{");
    write_artifact_location(report, "location", index);
    if (entry->container != PB_NO_ENTRY)
        pb_json_number(report, "parentIndex", entry->container);
    pb_json_number(report, "length", entry->size_bytes);
    if (entry->sha256 != NULL)
        write_object(report, "hashes", "sha-256",
                     pb_slice_from_string(pb_hex_text(entry->sha256, 32).text));
    pb_json_begin(report, "properties", "{");
    pb_json_word(report, "status", pb_entry_status_names[entry->status]);
    pb_json_text(report, "detail", entry->detail);
    pb_json_end(report, "}}");
    pb_report_flush(report);
}

/* A digest that identifies results, and how many have it. */
struct tally {
    unsigned char digest[8];
    uint32_t count;
};

/* Different ones, the most severe results' first, more than code scanning takes of a run (25,000).
 * For further results the place is part of what identifies them, so that memory has an end. */
struct tallies {
    struct tally all[65536];
    size_t count;
    void *tree; /* tsearch's */
};

static int compare_tallies(const void *a, const void *b)
{
    return memcmp(a, b, sizeof((const struct tally *)a)->digest);
}

/* Writes a digest of what identifies the finding in other reports too, even if only the baseline
 * has it, and which of the results with that digest this one is. That is the certificate, by its
 * id, else its name, its ARN, or the digest of its body; and the message where the rule can have
 * several findings about one. Code scanning heeds no other name than the first. */
static void write_fingerprint(struct pb_report *report, const struct pb_finding *finding,
                              const struct pb_certificate *certificate)
{
    struct tallies *tallies = report->context;
    uint32_t entry = pb_finding_place(report, finding).entry;
    char room[PB_SENTENCE_BYTES];
    const struct pb_former_finding now = {
        .account = pb_finding_account(finding, report->inventory),
        .message = pb_finding_message(finding, report->inventory, report->result->parameters, room),
        .place =
            entry == PB_NO_ENTRY ? PB_SLICE_ABSENT : pb_inventory_path(report->inventory, entry)};
    const struct pb_former_finding *it = finding->former != NULL ? finding->former : &now;
    struct pb_buffer *value = pb_begin_value(report);
    unsigned char digest[32] = {0};
    bool is_full = tallies->count == sizeof tallies->all / sizeof tallies->all[0];
    struct tally other = {0}, *tally = is_full ? &other : &tallies->all[tallies->count];
    size_t places = pb_slice_find(it->message, PB_SLICE(PB_SAY_THE_ONE_AT), 0); /* its end */

    if (it->certificate != NULL)
        certificate = &it->certificate->seen;
    pb_buffer_append_format(value, "%s %.*s ", finding->rule->name, PB_SLICE_ARGS(it->account));
    if (certificate != NULL) {
        bool has_id = certificate->id.size_bytes > 0;
        pb_buffer_append(value, has_id ? certificate->id : pb_certificate_name(certificate));
        if (!has_id && certificate->name.size_bytes == 0 && certificate->body != NULL)
            pb_buffer_append_hex(value, certificate->body->sha256, 32);
    }
    if (certificate == NULL || finding->rule->check != NULL)
        pb_message_append_key(value, pb_slice_first(it->message, places), it->place);
    if (is_full)
        pb_place_append(value, report->inventory, pb_finding_place(report, finding));
    pb_sha256(pb_take_value(report), digest);
    memcpy(tally->digest, digest, sizeof tally->digest);
    if (!is_full) {
        struct tally **first = tsearch(tally, &tallies->tree, compare_tallies);
        tallies->count += first != NULL && *first == tally;
        tally = first != NULL ? *first : tally;
        if (first == NULL)
            pb_report_fail(report);
    }
    pb_buffer_append_format(pb_begin_value(report), "%s:%" PRIu32,
                            pb_hex_text(digest, sizeof tally->digest).text, ++tally->count);
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

    pb_json_begin(report, NULL, "{");
    pb_json_word(report, "ruleId", finding->rule->name);
    pb_json_number(report, "ruleIndex", (uint64_t)(finding->rule - pb_rules));
    pb_json_word(report, "level", levels[finding->rule->level]);
    pb_words_finding(pb_begin_value(report), report->result, finding);
    write_object(report, "message", "text", pb_take_value(report));
    write_result_locations(report, pb_finding_place(report, finding));
    write_fingerprint(report, finding, certificate);
    if (finding->state != PB_STATE_NONE)
        pb_json_word(report, "baselineState", pb_finding_state_names[finding->state]);
    pb_json_begin(report, "suppressions", finding->waiver != NULL ? "[{" : "[");
    if (finding->waiver != NULL) {
        pb_json_word(report, "kind", "external");
        pb_json_word(report, "status", "accepted");
        pb_words_waiver(pb_begin_value(report), finding->waiver);
        pb_json_text(report, "justification", pb_take_value(report));
    }
    pb_json_end(report, finding->waiver != NULL ? "}]" : "]");
    pb_json_begin(report, "properties", "{");
    if (finding->account != PB_NO_INDEX)
        pb_json_text(report, "account", pb_finding_account(finding, report->inventory));
    if (certificate != NULL) {
        pb_json_text(report, "name", certificate->name);
        pb_json_text(report, "id", certificate->id);
        pb_json_text(report, "arn", certificate->arn);
    }
    pb_json_end(report, "}}");
    pb_report_flush(report);
}

/* Without resolved findings: code scanning would show those of the state "absent" as open. */
static void write_results(struct pb_report *report)
{
    struct tallies *tallies = calloc(1, sizeof *tallies);

    if (tallies == NULL) {
        pb_report_fail(report);
        return;
    }
    report->context = tallies;
    pb_json_begin(report, "results", "[");
    for (size_t i = 0; i < report->findings->items.count && !report->has_failed; i++)
        if (pb_findings_at(report->findings, i)->state != PB_STATE_RESOLVED)
            write_result(report, pb_findings_at(report->findings, i));
    pb_json_end(report, "]");
    while (tallies->tree != NULL)
        tdelete(*(void **)tallies->tree, &tallies->tree, compare_tallies);
    free(tallies);
}

static void write_notification(struct pb_report *report, const char *code, const char *level,
                               struct pb_slice message, struct pb_place place)
{
    pb_json_begin(report, NULL, "{");
    write_object(report, "descriptor", "id", pb_slice_from_string(code));
    pb_json_word(report, "level", level);
    write_object(report, "message", "text", message);
    if (place.entry != PB_NO_ENTRY)
        write_location(report, "locations", place.entry, place);
    pb_json_end(report, "}");
    pb_report_flush(report);
}

/* The diagnostics, behind what makes exit status 3. */
static void write_notifications(struct pb_report *report)
{
    const struct pb_vector *all = &report->inventory->evidence.diagnostics.items;

    pb_json_begin(report, "toolExecutionNotifications", "[");
    if (report->result->summary->exit_status == 3) {
        pb_words_conclusion(pb_begin_value(report), report->result, "in this report");
        write_notification(report, "inconclusive", "error", pb_take_value(report),
                           (struct pb_place){.entry = PB_NO_ENTRY});
    }
    for (size_t i = 0; i < all->count; i++) {
        const struct pb_diagnostic *one = &PB_VECTOR_AT(const struct pb_diagnostic, all, i);
        write_notification(report, one->code, pb_severity_names[one->severity], one->message,
                           pb_place_of_diagnostic(one));
    }
    pb_json_end(report, "]");
}

static void write_run(struct pb_report *report)
{
    const struct pb_result *result = report->result;

    pb_json_begin(report, "tool", "{");
    pb_json_begin(report, "driver", "{");
    pb_json_word(report, "name", "prebleed");
    pb_json_word(report, "version", result->version);
    pb_json_word(report, "semanticVersion", result->version);
    pb_json_begin(report, "rules", "[");
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        write_rule(report, &pb_rules[i]);
    pb_json_end(report, "]}}");
    pb_json_word(report, "columnKind", "unicodeCodePoints");
    pb_json_begin(report, "originalUriBaseIds", "{");
    pb_json_literal(report, START_ID, PB_SAY_SARIF_START);
    pb_json_literal(report, ROOT_ID, "{\"uri\": \"file:///\"}");
    pb_json_end(report, "}");
    pb_json_begin(report, "invocations", "[{");
    pb_json_literal(report, "executionSuccessful", "true");
    pb_json_number(report, "exitCode", (uint64_t)result->summary->exit_status);
    write_notifications(report);
    pb_json_end(report, "}]");
    pb_json_begin(report, "artifacts", "[");
    for (uint32_t i = 0; i < report->inventory->evidence.entries.count; i++)
        write_artifact(report, i);
    pb_json_end(report, "]");
    write_results(report);
}

void pb_report_write_sarif(struct pb_report *report)
{
    report->json.inline_depth = 4;
    pb_json_begin(report, NULL, "{");
    pb_json_word(report, "$schema", PB_SAY_SARIF_SCHEMA);
    pb_json_word(report, "version", "2.1.0");
    pb_json_begin(report, "runs", "[{");
    write_run(report);
    pb_json_end(report, "}]}");
    pb_buffer_append_byte(&report->out, '\n');
}

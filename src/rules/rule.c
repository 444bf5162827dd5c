/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <stdarg.h>

#include "base/error.h"

/* In the order of --list-rules; a row's number is its bit in pb_parameters.rules. */
const struct pb_rule *const pb_rules[PB_RULE_COUNT] = {
    &pb_rule_iam_033,           &pb_rule_key_reuse,      &pb_rule_pre_disclosure_key,
    &pb_rule_disclosure_window, &pb_rule_not_revoked,    &pb_rule_conflicting_evidence,
    &pb_rule_undetermined,      &pb_rule_coverage_gap,   &pb_rule_private_key_in_evidence,
    &pb_rule_weak_key,          &pb_rule_weak_signature, &pb_rule_expired,
    &pb_rule_expires_soon,
};

const char *const pb_level_names[] = {
    [PB_LEVEL_LOW] = "low", [PB_LEVEL_MEDIUM] = "medium", [PB_LEVEL_HIGH] = "high"};
const char *const pb_finding_state_names[] = {
    [PB_STATE_NEW] = "new", [PB_STATE_UNCHANGED] = "unchanged", [PB_STATE_RESOLVED] = "resolved"};
const char *const pb_conclusion_names[] = {[PB_CONCLUSION_PASS] = "pass",
                                           [PB_CONCLUSION_FAIL] = "fail",
                                           [PB_CONCLUSION_INCONCLUSIVE] = "inconclusive"};
const char *const pb_verdict_names[] = {[PB_VERDICT_VULNERABLE] = "vulnerable",
                                        [PB_VERDICT_CLEAR] = "clear",
                                        [PB_VERDICT_UNDETERMINED] = "undetermined"};
const char *const pb_basis_names[] = {
    [PB_BASIS_UPLOAD_DATE] = "upload-date", [PB_BASIS_VALIDITY] = "validity"};
const char *const pb_revocation_names[] = {[PB_REVOCATION_UNKNOWN] = "unknown",
                                           [PB_REVOCATION_REVOKED] = "revoked",
                                           [PB_REVOCATION_NOT_REVOKED] = "not-revoked"};
const char *const pb_waiver_subject_names[] = {
    [PB_WAIVER_ID] = "id",           [PB_WAIVER_ARN] = "arn",       [PB_WAIVER_KEY] = "key_sha256",
    [PB_WAIVER_ACCOUNT] = "account", [PB_WAIVER_FOLDER] = "folder",
};

size_t pb_rule_find(struct pb_slice name)
{
    size_t row = 0;

    while (row < PB_RULE_COUNT && !pb_slice_equals(pb_slice_from_string(pb_rules[row]->name), name))
        row++;
    return row;
}

bool pb_rule_is_chosen(const struct pb_rule *rule, const struct pb_parameters *parameters)
{
    size_t i = 0;

    while (i < PB_RULE_COUNT && pb_rules[i] != rule)
        i++;
    return (parameters->rules >> i & 1) != 0;
}

bool pb_rule_makes_inconclusive(const struct pb_rule *rule)
{
    return rule == &pb_rule_undetermined || rule == &pb_rule_coverage_gap;
}

int pb_finding_exit_status(const struct pb_finding *finding, const struct pb_parameters *parameters)
{
    if (!pb_finding_makes_status(finding, parameters->is_new_only))
        return 0;
    if (parameters->has_fail_on && finding->rule->level >= parameters->fail_on)
        return 1;
    return pb_rule_makes_inconclusive(finding->rule) ? 3 : 0;
}

const char *pb_rule_find_lack(const struct pb_rule *rule, const struct pb_certificate *certificate)
{
    struct pb_instant end;

    if (rule->need == PB_NEEDS_VERDICT && certificate->verdict == PB_VERDICT_NONE)
        return "not judged: in ACM, or deleted";
    if (rule->need == PB_NEEDS_VERDICT && certificate->verdict == PB_VERDICT_UNDETERMINED)
        return "undetermined";
    if (rule->need == PB_NEEDS_BODY && certificate->body == NULL)
        return "the evidence has no certificate body";
    if (rule->need == PB_NEEDS_VALIDITY && !pb_certificate_find_end(certificate, &end))
        return "the evidence does not say when it ends";
    if (rule->need == PB_NEEDS_REVOCATION && certificate->revocation == NULL)
        return "no revocation list of its issuer is given";
    return NULL;
}

bool pb_rules_ask_chains(const struct pb_parameters *parameters)
{
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        if (pb_rules[i]->asks_chains && pb_rule_is_chosen(pb_rules[i], parameters))
            return true;
    return false;
}

void pb_findings_init(struct pb_findings *findings)
{
    findings->arena = (struct pb_arena){0};
    pb_vector_init(&findings->items, sizeof(struct pb_finding));
}

void pb_findings_release(struct pb_findings *findings)
{
    pb_vector_release(&findings->items);
    pb_arena_release(&findings->arena);
}

struct pb_slice pb_finding_message(const struct pb_finding *finding,
                                   const struct pb_inventory *inventory,
                                   const struct pb_parameters *parameters,
                                   char room[PB_SENTENCE_BYTES])
{
    if (finding->statement != NULL)
        return finding->statement->message;
    finding->rule->say(pb_inventory_certificate(inventory, finding->certificate), parameters, room);
    return pb_slice_from_string(room);
}

void pb_findings_add_stated(const struct pb_check *check, struct pb_finding finding,
                            struct pb_statement statement)
{
    struct pb_findings *findings = check->findings;
    struct pb_statement *kept = pb_arena_allocate(&findings->arena, sizeof *kept);

    if (kept != NULL)
        *kept = statement;
    finding.rule = check->rule;
    finding.statement = kept;
    findings->has_failed |= kept == NULL || !pb_vector_append(&findings->items, &finding, 1);
}

void pb_findings_add(const struct pb_check *check, uint32_t certificate, const char *format, ...)
{
    struct pb_findings *findings = check->findings;
    struct pb_finding finding = {
        .account = pb_inventory_certificate(check->inventory, certificate)->account,
        .certificate = certificate,
        .entry = PB_NO_INDEX,
    };
    struct pb_statement statement = {0};
    va_list arguments;

    va_start(arguments, format);
    findings->has_failed |=
        !pb_message_format_list(&findings->arena, &statement.message, format, arguments);
    va_end(arguments);
    pb_findings_add_stated(check, finding, statement);
}

/* A rule without statements has one finding a certificate. */
static struct pb_slice stated_message(const struct pb_finding *finding)
{
    return finding->statement == NULL ? PB_SLICE_ABSENT : finding->statement->message;
}

static int compare_findings(const void *left, const void *right)
{
    const struct pb_finding *a = left, *b = right;
    bool is_a_resolved = a->state == PB_STATE_RESOLVED,
         is_b_resolved = b->state == PB_STATE_RESOLVED;

    if (a->is_unreported != b->is_unreported)
        return a->is_unreported ? 1 : -1;
    if (is_a_resolved != is_b_resolved)
        return is_a_resolved ? 1 : -1;
    if (a->rule->level != b->rule->level)
        return a->rule->level > b->rule->level ? -1 : 1;
    if (a->certificate != b->certificate)
        return a->certificate < b->certificate ? -1 : 1;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    int order = strcmp(a->rule->name, b->rule->name);
    return order != 0 ? order : pb_slice_compare(stated_message(a), stated_message(b));
}

void pb_findings_sort(struct pb_findings *findings)
{
    pb_vector_sort(&findings->items, compare_findings);
}

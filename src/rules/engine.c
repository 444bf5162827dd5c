/* SPDX-License-Identifier: MIT */
/* All judging, stage by stage: pb_judge at the end of this file calls them in their order. Before
 * it, inventory/build.c puts the evidence together; after it, report/ writes what came out. */
#include "rules/engine.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/message.h"
#include "rules/verdict.h"
#include "rules/waivers.h"

/* In the order of --list-rules; a row's number is its bit in pb_parameters.rules. */
static const struct pb_rule *const rules[] = {
    &pb_rule_iam_033,           &pb_rule_key_reuse,      &pb_rule_pre_disclosure_key,
    &pb_rule_disclosure_window, &pb_rule_not_revoked,    &pb_rule_conflicting_evidence,
    &pb_rule_undetermined,      &pb_rule_coverage_gap,   &pb_rule_private_key_in_evidence,
    &pb_rule_weak_key,          &pb_rule_weak_signature, &pb_rule_expired,
    &pb_rule_expires_soon,
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])

const struct pb_rule *const *pb_rules(size_t *count)
{
    *count = RULE_COUNT;
    return rules;
}

const char *pb_level_name(enum pb_level level)
{
    static const char *const names[] = {
        [PB_LEVEL_LOW] = "low",
        [PB_LEVEL_MEDIUM] = "medium",
        [PB_LEVEL_HIGH] = "high",
    };

    return names[level];
}

const char *pb_finding_state_name(enum pb_finding_state state)
{
    static const char *const names[] = {
        [PB_STATE_NONE] = NULL,
        [PB_STATE_NEW] = "new",
        [PB_STATE_UNCHANGED] = "unchanged",
        [PB_STATE_RESOLVED] = "resolved",
    };

    return names[state];
}

const struct pb_rule *pb_rule_find(struct pb_slice name, size_t *index)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (pb_slice_equals(pb_slice_from_string(rules[i]->name), name)) {
            *index = i;
            return rules[i];
        }
    return NULL;
}

bool pb_rule_is_chosen(const struct pb_rule *rule, const struct pb_parameters *parameters)
{
    size_t i = 0;

    while (i < RULE_COUNT && rules[i] != rule)
        i++;
    return (parameters->rules >> i & 1) != 0;
}

bool pb_rule_is_always_asked(const struct pb_rule *rule)
{
    return rule == &pb_rule_undetermined || rule == &pb_rule_coverage_gap;
}

bool pb_rules_ask_chains(const struct pb_parameters *parameters)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (rules[i]->asks_chains && pb_rule_is_chosen(rules[i], parameters))
            return true;
    return false;
}

void pb_findings_init(struct pb_findings *findings)
{
    findings->arena = (struct pb_arena){0};
    pb_vector_init(&findings->items, sizeof(struct pb_finding));
    pb_vector_init(&findings->silent, sizeof(struct pb_finding));
    pb_vector_init(&findings->resolved, sizeof(struct pb_finding));
}

void pb_findings_release(struct pb_findings *findings)
{
    pb_vector_release(&findings->items);
    pb_vector_release(&findings->silent);
    pb_vector_release(&findings->resolved);
    pb_arena_release(&findings->arena);
}

struct pb_slice pb_finding_message(const struct pb_finding *finding,
                                   const struct pb_inventory *inventory,
                                   const struct pb_parameters *parameters,
                                   char room[PB_SENTENCE_BYTES])
{
    if (finding->statement != NULL)
        return finding->statement->message;
    return finding->rule->say(pb_inventory_certificate(inventory, finding->certificate), parameters,
                              room);
}

static struct pb_finding finding_about(const struct pb_rule *rule,
                                       const struct pb_inventory *inventory, uint32_t certificate)
{
    return (struct pb_finding){
        .rule = rule,
        .account = pb_inventory_certificate(inventory, certificate)->account,
        .certificate = certificate,
        .entry = PB_NO_INDEX,
    };
}

enum pb_status pb_findings_add_stated(struct pb_findings *findings, struct pb_finding finding,
                                      struct pb_statement statement)
{
    struct pb_statement *kept = pb_arena_allocate(&findings->arena, sizeof *kept);

    if (kept == NULL)
        return PB_FAILED_MEMORY;
    *kept = statement;
    finding.statement = kept;
    return pb_vector_append(&findings->items, &finding, 1) ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_findings_add(struct pb_findings *findings, const struct pb_rule *rule,
                               const struct pb_inventory *inventory, uint32_t certificate,
                               const char *format, ...)
{
    struct pb_statement statement = {0};
    va_list arguments;

    va_start(arguments, format);
    bool is_copied =
        pb_message_format_list(&findings->arena, &statement.message, format, arguments);
    va_end(arguments);
    return is_copied ? pb_findings_add_stated(findings, finding_about(rule, inventory, certificate),
                                              statement)
                     : PB_FAILED_MEMORY;
}

/* A rule without statements has one finding a certificate. */
static struct pb_slice stated_message(const struct pb_finding *finding)
{
    return finding->statement == NULL ? PB_SLICE_ABSENT : finding->statement->message;
}

static int compare_findings(const void *left, const void *right)
{
    const struct pb_finding *a = left, *b = right;

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

void pb_findings_sort(struct pb_vector *findings)
{
    if (findings->count > 0)
        qsort(findings->data, findings->count, findings->element_bytes, compare_findings);
}

static enum pb_status check_certificates(const struct pb_rule *rule,
                                         const struct pb_rule_input *input,
                                         struct pb_findings *findings)
{
    const struct pb_inventory *inventory = input->inventory;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_finding finding = finding_about(rule, inventory, i);
        if (rule->applies(pb_inventory_certificate(inventory, i), input->parameters) &&
            !pb_vector_append(&findings->items, &finding, 1))
            status = PB_FAILED_MEMORY;
    }
    return status;
}

/* What was found from first on is kept, but not reported. */
static enum pb_status silence(struct pb_findings *findings, size_t first)
{
    size_t count = findings->items.count - first;

    if (count > 0 &&
        !pb_vector_append(&findings->silent,
                          &PB_VECTOR_AT(struct pb_finding, &findings->items, first), count))
        return PB_FAILED_MEMORY;
    findings->items.count = first;
    return PB_OK;
}

/* Applies the rules that parameters choose; findings come out sorted. */
static enum pb_status apply_rules(const struct pb_rule_input *input, struct pb_findings *findings)
{
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < RULE_COUNT && status == PB_OK; i++) {
        bool is_chosen = pb_rule_is_chosen(rules[i], input->parameters);
        size_t first = findings->items.count;
        if (!is_chosen && !pb_rule_is_always_asked(rules[i]))
            continue;
        status = (rules[i]->check != NULL ? rules[i]->check : check_certificates)(rules[i], input,
                                                                                  findings);
        if (status == PB_OK && !is_chosen)
            status = silence(findings, first);
    }
    pb_findings_sort(&findings->items);
    pb_findings_sort(&findings->silent);
    return status;
}

static enum pb_status find(struct pb_inventory *inventory, const struct pb_parameters *parameters,
                           const struct pb_baseline_match *match, struct pb_judgement *judgement)
{
    const struct pb_rule_input input = {inventory, parameters, &judgement->key_groups};
    struct pb_diagnostics *diagnostics = &inventory->evidence.diagnostics;
    enum pb_status status = pb_key_groups_make(&judgement->key_groups, inventory, match);

    if (status == PB_OK)
        status = apply_rules(&input, &judgement->findings);
    if (status == PB_OK && match != NULL)
        status = pb_baseline_compare(match, parameters, &judgement->findings, diagnostics);
    if (status == PB_OK && parameters->waivers != NULL)
        status = pb_waivers_apply(parameters->waivers, inventory, parameters, &judgement->findings,
                                  diagnostics);
    return status;
}

enum pb_status pb_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                        const struct pb_parameters *parameters, struct pb_judgement *judgement)
{
    struct pb_baseline_match match = {0};

    *judgement = (struct pb_judgement){0};
    pb_findings_init(&judgement->findings);
    pb_verdict_judge(inventory, parameters->cutoff);
    enum pb_status status = pb_revocation_judge(inventory, crls, parameters->as_of);
    if (status == PB_OK && parameters->baseline != NULL)
        status = pb_baseline_match_init(&match, parameters->baseline, inventory);
    if (status == PB_OK)
        status =
            find(inventory, parameters, parameters->baseline != NULL ? &match : NULL, judgement);
    if (status == PB_OK)
        status = pb_diagnostics_close(&inventory->evidence.diagnostics);
    if (status == PB_OK)
        pb_summary_make(inventory, parameters, &judgement->findings, &judgement->summary);
    pb_baseline_match_release(&match);
    return status;
}

void pb_judgement_release(struct pb_judgement *judgement)
{
    pb_findings_release(&judgement->findings);
    pb_key_groups_release(&judgement->key_groups);
}

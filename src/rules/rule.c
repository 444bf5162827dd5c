/* SPDX-License-Identifier: MIT */
#include "rules/rule.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/message.h"
#include "base/sort.h"
#include "rules/catalogue.h"

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
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    for (size_t i = 0; i < count; i++)
        if (pb_slice_equals(pb_slice_from_string(rules[i]->name), name)) {
            *index = i;
            return rules[i];
        }
    return NULL;
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

struct pb_slice pb_sentence_format(char room[PB_SENTENCE_BYTES], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int size = vsnprintf(room, PB_SENTENCE_BYTES, format, arguments);
    va_end(arguments);
    struct pb_slice whole = {room, size < 0 ? 0 : (size_t)size};
    return pb_slice_first(whole, PB_SENTENCE_BYTES - 1);
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

enum pb_status pb_findings_add_said(struct pb_findings *findings, const struct pb_rule *rule,
                                    const struct pb_inventory *inventory, uint32_t certificate)
{
    struct pb_finding *finding = pb_vector_push(&findings->items);

    if (finding == NULL)
        return PB_FAILED_MEMORY;
    *finding = (struct pb_finding){
        .rule = rule,
        .account = pb_inventory_certificate(inventory, certificate)->account,
        .certificate = certificate,
        .entry = PB_NO_INDEX,
    };
    return PB_OK;
}

enum pb_status pb_findings_add(struct pb_findings *findings, const struct pb_rule *rule,
                               const struct pb_inventory *inventory, uint32_t certificate,
                               const char *format, ...)
{
    struct pb_statement *statement = pb_arena_allocate(&findings->arena, sizeof *statement);

    if (statement == NULL)
        return PB_FAILED_MEMORY;
    va_list arguments;
    va_start(arguments, format);
    bool is_copied =
        pb_message_format_list(&findings->arena, &statement->message, format, arguments);
    va_end(arguments);
    if (!is_copied || pb_findings_add_said(findings, rule, inventory, certificate) != PB_OK)
        return PB_FAILED_MEMORY;
    PB_VECTOR_AT(struct pb_finding, &findings->items, findings->items.count - 1).statement =
        statement;
    return PB_OK;
}

/* Rules that say their findings themselves have one a certificate. */
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

enum pb_status pb_findings_sort(struct pb_vector *findings)
{
    return pb_sort_elements(findings->data, findings->count, findings->element_bytes,
                            compare_findings)
               ? PB_OK
               : PB_FAILED_MEMORY;
}

bool pb_rule_is_always_asked(const struct pb_rule *rule)
{
    return rule == &pb_rule_undetermined || rule == &pb_rule_coverage_gap;
}

bool pb_rules_ask_chains(const struct pb_parameters *parameters)
{
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    for (size_t i = 0; i < count; i++)
        if ((parameters->rules >> i & 1) != 0 && rules[i]->asks_chains)
            return true;
    return false;
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

enum pb_status pb_rules_apply(const struct pb_inventory *inventory,
                              const struct pb_parameters *parameters, struct pb_findings *findings)
{
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    for (size_t i = 0; i < count; i++) {
        bool is_chosen = parameters->rules >> i & 1;
        size_t first = findings->items.count;
        if (!is_chosen && !pb_rule_is_always_asked(rules[i]))
            continue;
        enum pb_status status = rules[i]->check(rules[i], inventory, parameters, findings);
        if (status == PB_OK && !is_chosen)
            status = silence(findings, first);
        if (status != PB_OK)
            return status;
    }
    enum pb_status status = pb_findings_sort(&findings->items);
    return status == PB_OK ? pb_findings_sort(&findings->silent) : status;
}

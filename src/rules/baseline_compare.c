/* SPDX-License-Identifier: MIT */
/* Which findings are new, and which of the baseline's are still there. */
#include <stdlib.h>

#include "base/escape.h"
#include "rules/baseline_fate.h"
#include "rules/baseline_wording.h"

/* A finding of either side under what makes it the same as one of the other. */
struct keyed {
    const char *rule;
    uint32_t certificate; /* of this evidence; PB_NO_INDEX: none */
    struct pb_slice account, gist;
    struct pb_slice message;
    size_t index; /* keeps the order of the findings */
    bool is_lost; /* its certificate is not in this evidence, so nothing can be the same */
    bool is_paired;
};

/* One comparison. */
struct comparison {
    const struct pb_inventory *inventory;
    const struct pb_parameters *parameters;
    const struct pb_baseline *baseline;
    struct pb_findings *findings;
    const struct pb_baseline_match *match;
    struct pb_arena scratch;
    struct pb_vector now, then; /* of struct keyed */
    size_t left_out;            /* findings of the baseline whose rules are not applied */
};

static int compare_keys(const struct keyed *a, const struct keyed *b)
{
    int order = (a->is_lost > b->is_lost) - (a->is_lost < b->is_lost);

    if (order == 0)
        order = strcmp(a->rule, b->rule);
    if (order == 0)
        order = (a->certificate > b->certificate) - (a->certificate < b->certificate);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->gist, b->gist);
}

static int compare_keyed(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = compare_keys(a, b);

    if (order == 0)
        order = pb_slice_compare(a->message, b->message);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* Findings are listed as they stand: first the reported ones, then the silent ones. */
static struct pb_finding *finding_at(struct pb_findings *findings, size_t index)
{
    if (index < findings->items.count)
        return &PB_VECTOR_AT(struct pb_finding, &findings->items, index);
    return &PB_VECTOR_AT(struct pb_finding, &findings->silent, index - findings->items.count);
}

/* The path of the evidence, escaped as messages are. */
static enum pb_status find_place(struct comparison *comparison, uint32_t entry,
                                 struct pb_slice *place)
{
    struct pb_buffer escaped;

    *place = PB_SLICE_ABSENT;
    if (entry == PB_NO_INDEX)
        return PB_OK;
    pb_buffer_init(&escaped, SIZE_MAX);
    pb_escape_append(&escaped, pb_inventory_path(comparison->inventory, entry), PB_ESCAPE_CONTROLS);
    bool is_copied = !escaped.has_failed &&
                     pb_arena_copy(&comparison->scratch, pb_buffer_slice(&escaped), place);
    pb_buffer_release(&escaped);
    return is_copied ? PB_OK : PB_FAILED_MEMORY;
}

/* Findings are told apart by their sentences: here all have a statement. */
static bool state(const struct comparison *comparison, struct pb_finding *finding)
{
    struct pb_arena *arena = &comparison->findings->arena;
    char room[PB_SENTENCE_BYTES];

    if (finding->statement != NULL)
        return true;
    struct pb_slice said =
        pb_finding_message(finding, comparison->inventory, comparison->parameters, room);
    struct pb_statement *statement = pb_arena_allocate(arena, sizeof *statement);
    finding->statement = statement;
    return statement != NULL && pb_arena_copy(arena, said, &statement->message);
}

static enum pb_status key_finding(struct comparison *comparison, size_t index)
{
    struct pb_finding *finding = finding_at(comparison->findings, index);
    struct keyed *keyed = pb_vector_push(&comparison->now);
    struct pb_slice place;

    if (keyed == NULL || !state(comparison, finding))
        return PB_FAILED_MEMORY;
    finding->state = PB_STATE_NEW;
    *keyed = (struct keyed){.rule = finding->rule->name,
                            .certificate = finding->certificate,
                            .message = finding->statement->message,
                            .index = index};
    if (finding->certificate != PB_NO_INDEX)
        return PB_OK;
    if (finding->account != PB_NO_INDEX)
        keyed->account = pb_inventory_account(comparison->inventory, finding->account)->id;
    enum pb_status status = find_place(comparison, finding->entry, &place);
    if (status != PB_OK)
        return status;
    return pb_baseline_gist(&comparison->scratch, finding->statement->message, place, &keyed->gist)
               ? PB_OK
               : PB_FAILED_MEMORY;
}

static const struct pb_former_finding *former_at(const struct comparison *comparison, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_former_finding, &comparison->baseline->findings, index);
}

/* What became of it, where no finding is the same. */
static enum pb_status settle(struct comparison *comparison, const struct pb_former_finding *former)
{
    struct pb_findings *findings = comparison->findings;
    struct pb_finding finding;
    enum pb_status status = pb_baseline_fate(comparison->match, comparison->parameters, former,
                                             &findings->arena, &finding);
    struct pb_vector *list = &findings->items;

    if (!pb_rule_is_chosen(former->rule, comparison->parameters))
        list = &findings->silent;
    else if (finding.state == PB_STATE_RESOLVED)
        list = &findings->resolved;
    if (status == PB_OK && list == &findings->silent && finding.state == PB_STATE_RESOLVED)
        return PB_OK;
    return status == PB_OK && !pb_vector_append(list, &finding, 1) ? PB_FAILED_MEMORY : status;
}

static bool is_compared(const struct comparison *comparison, const struct pb_rule *rule)
{
    return pb_rule_is_chosen(rule, comparison->parameters) || pb_rule_is_always_asked(rule);
}

static enum pb_status key_former(struct comparison *comparison, size_t index)
{
    const struct pb_former_finding *former = former_at(comparison, index);
    struct keyed *keyed;

    if (!is_compared(comparison, former->rule)) {
        comparison->left_out++;
        return PB_OK;
    }
    keyed = pb_vector_push(&comparison->then);
    if (keyed == NULL)
        return PB_FAILED_MEMORY;
    *keyed = (struct keyed){
        .rule = former->rule->name,
        .certificate = pb_baseline_match_heirs(comparison->match, former->certificate)->same,
        .message = former->message,
        .index = index};
    keyed->is_lost = former->certificate != NULL && keyed->certificate == PB_NO_INDEX;
    if (former->certificate != NULL)
        return PB_OK;
    keyed->account = former->account;
    return pb_baseline_gist(&comparison->scratch, former->message, former->place, &keyed->gist)
               ? PB_OK
               : PB_FAILED_MEMORY;
}

static void pair(struct comparison *comparison, struct keyed *now, struct keyed *then)
{
    now->is_paired = then->is_paired = true;
    finding_at(comparison->findings, now->index)->state = PB_STATE_UNCHANGED;
}

/* Both runs are of one key, sorted by message: equal messages first, then whatever is left. */
static void pair_runs(struct comparison *comparison, struct keyed *now, size_t now_count,
                      struct keyed *then, size_t then_count)
{
    for (size_t i = 0, k = 0; i < now_count && k < then_count;) {
        int order = pb_slice_compare(now[i].message, then[k].message);
        if (order == 0)
            pair(comparison, &now[i++], &then[k++]);
        else if (order < 0)
            i++;
        else
            k++;
    }
    for (size_t i = 0, k = 0; i < now_count && k < then_count;) {
        if (now[i].is_paired)
            i++;
        else if (then[k].is_paired)
            k++;
        else
            pair(comparison, &now[i++], &then[k++]);
    }
}

static size_t run_length(const struct keyed *first, const struct keyed *end)
{
    size_t count = 1;

    while (first + count < end && compare_keys(first, first + count) == 0)
        count++;
    return count;
}

static void pair_all(struct comparison *comparison)
{
    struct keyed *now = comparison->now.data, *then = comparison->then.data;
    struct keyed *now_end = now + comparison->now.count, *then_end = then + comparison->then.count;

    while (now < now_end && then < then_end) {
        int order = compare_keys(now, then);
        size_t now_count = order <= 0 ? run_length(now, now_end) : 0;
        size_t then_count = order >= 0 ? run_length(then, then_end) : 0;
        if (order == 0)
            pair_runs(comparison, now, now_count, then, then_count);
        now += now_count;
        then += then_count;
    }
}

static int compare_indices(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;

    return (a->index > b->index) - (a->index < b->index);
}

static void sort(struct pb_vector *keyed, int (*compare)(const void *, const void *))
{
    if (keyed->count > 0)
        qsort(keyed->data, keyed->count, keyed->element_bytes, compare);
}

static enum pb_status compare_findings(struct comparison *comparison)
{
    size_t count = comparison->findings->items.count + comparison->findings->silent.count;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK; i++)
        status = key_finding(comparison, i);
    for (size_t i = 0; i < comparison->baseline->findings.count && status == PB_OK; i++)
        status = key_former(comparison, i);
    if (status != PB_OK)
        return status;
    sort(&comparison->now, compare_keyed);
    sort(&comparison->then, compare_keyed);
    pair_all(comparison);
    sort(&comparison->then, compare_indices);
    for (size_t i = 0; i < comparison->then.count && status == PB_OK; i++) {
        const struct keyed *keyed = &PB_VECTOR_AT(const struct keyed, &comparison->then, i);
        if (!keyed->is_paired)
            status = settle(comparison, former_at(comparison, keyed->index));
    }
    return status;
}

static enum pb_status note_rules(const struct comparison *comparison,
                                 struct pb_diagnostics *diagnostics)
{
    size_t count = comparison->left_out + comparison->baseline->unknown_rule_count;

    diagnostics->entry = PB_NO_ENTRY;
    if (count == 0)
        return PB_OK;
    return pb_diagnostics_add(diagnostics, PB_SEVERITY_NOTE, "baseline-rules", NULL,
                              "%zu finding%s of the baseline %s not compared, because %s is not "
                              "applied now",
                              count, count == 1 ? "" : "s", count == 1 ? "is" : "are",
                              count == 1 ? "its rule" : "their rule");
}

enum pb_status pb_baseline_compare(const struct pb_baseline_match *match,
                                   const struct pb_parameters *parameters,
                                   struct pb_findings *findings, struct pb_diagnostics *diagnostics)
{
    struct comparison comparison = {.inventory = match->inventory,
                                    .parameters = parameters,
                                    .baseline = match->baseline,
                                    .match = match,
                                    .findings = findings};

    pb_vector_init(&comparison.now, sizeof(struct keyed));
    pb_vector_init(&comparison.then, sizeof(struct keyed));
    enum pb_status status = compare_findings(&comparison);
    if (status == PB_OK)
        status = note_rules(&comparison, diagnostics);
    pb_findings_sort(&findings->items);
    pb_findings_sort(&findings->silent);
    pb_findings_sort(&findings->resolved);
    pb_vector_release(&comparison.now);
    pb_vector_release(&comparison.then);
    pb_arena_release(&comparison.scratch);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* Judging: pb_judge, at the end of this file, calls its stages in their order. It gets the
 * inventory that inventory/build.c made, and report/ writes its findings and summary. */
#include "rules/rules.h"

#include <stdio.h>

/* By severity; resolved findings come behind all others, unreported ones behind those. */
static int rank(const struct pb_finding *finding)
{
    return finding->is_unreported * 8 + (finding->state == PB_STATE_RESOLVED) * 4 -
           (int)finding->rule->level;
}

static int compare_findings(const void *left, const void *right)
{
    const struct pb_finding *a = left, *b = right;
    int order = rank(a) - rank(b);
    order = order != 0 ? order : pb_number_compare(a->certificate, b->certificate);
    order = order != 0 ? order : pb_number_compare(a->account, b->account);
    order = order != 0 ? order : pb_number_compare(a->entry, b->entry);
    order = order != 0 ? order : strcmp(a->rule->name, b->rule->name);
    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

/* Applies the rules that parameters choose, and those from which exit status 3 follows. */
static bool apply_rules(struct pb_check *check)
{
    struct pb_findings *findings = check->findings;

    (void)pb_vector_reserve(&findings->items, check->inventory->certificates.count,
                            sizeof(struct pb_finding));
    for (size_t i = 0; i < PB_RULE_COUNT; i++) {
        const struct pb_rule *rule = &pb_rules[i];
        bool is_chosen = pb_rule_is_chosen(rule, check->parameters);
        size_t first = findings->items.count;
        if (!is_chosen && !pb_rule_makes_inconclusive(rule))
            continue;
        check->rule = rule;
        if (rule->check_all != NULL)
            rule->check_all(check);
        for (uint32_t k = 0; k < check->inventory->certificates.count && rule->check_all == NULL;
             k++) {
            const struct pb_certificate *one = pb_inventory_certificate(check->inventory, k);
            if (rule->check != NULL)
                rule->check(check, one);
            else if (rule->say(one, check->parameters, NULL))
                pb_findings_append(check, (struct pb_finding){.account = one->account,
                                                              .certificate = k,
                                                              .entry = PB_NO_INDEX});
        }
        for (size_t k = first; k < findings->items.count; k++)
            pb_findings_at(findings, k)->is_unreported = !is_chosen;
    }
    return !findings->arena.has_failed;
}

void pb_findings_link(struct pb_findings *findings, const struct pb_inventory *inventory)
{
    findings->of_certificate =
        pb_arena_allocate_array(&findings->arena, inventory->certificates.count, sizeof(uint32_t));
    findings->of_account =
        pb_arena_allocate_array(&findings->arena, inventory->accounts.count + 1, sizeof(uint32_t));
    for (size_t i = findings->items.count; !findings->arena.has_failed && i > 0; i--) {
        struct pb_finding *one = pb_findings_at(findings, i - 1);
        uint32_t *first = one->certificate != PB_NO_INDEX
                              ? &findings->of_certificate[one->certificate]
                              : &findings->of_account[one->account + 1];
        one->next = *first;
        if (one->state != PB_STATE_RESOLVED)
            *first = (uint32_t)i;
    }
}

static int compare_coverage(const void *left, const void *right)
{
    const struct pb_waiver *a = left, *b = right;
    int order = strcmp(a->rule->name, b->rule->name);
    order = order != 0 ? order : pb_number_compare(a->covers, b->covers);
    return order != 0 ? order : pb_slice_compare(a->subject, b->subject);
}

/* Of those that cover the same, the one that holds longest comes first. */
static int compare_waivers(const void *left, const void *right)
{
    const struct pb_waiver *a = left, *b = right;
    int order = compare_coverage(a, b);
    order = order != 0 ? order : pb_instant_compare(b->end, a->end);
    return order != 0 ? order : pb_number_compare(a->index, b->index);
}

void pb_waiver_find_subjects(const struct pb_inventory *inventory, const struct pb_finding *finding,
                             struct pb_slice subjects[PB_WAIVER_SUBJECTS])
{
    const struct pb_former_finding *carried = finding->former;
    const struct pb_certificate *one = NULL;

    memset(subjects, 0, PB_WAIVER_SUBJECTS * sizeof *subjects); /* absent */
    if (finding->certificate != PB_NO_INDEX)
        one = pb_inventory_certificate(inventory, finding->certificate);
    else if (carried != NULL && carried->certificate != NULL)
        one = &carried->certificate->seen;
    if (one != NULL) {
        subjects[PB_WAIVER_ID] = one->id;
        subjects[PB_WAIVER_ARN] = one->arn;
        if (one->body != NULL)
            subjects[PB_WAIVER_KEY] =
                (struct pb_slice){(const char *)one->body->key.spki_sha256, 32};
    } else {
        bool is_arn = pb_slice_starts_with(finding->missing, PB_SLICE("arn:"));
        subjects[is_arn ? PB_WAIVER_ARN : PB_WAIVER_ID] = finding->missing;
        subjects[PB_WAIVER_KEY] = finding->key;
    }
    subjects[PB_WAIVER_ACCOUNT] = pb_finding_account(finding, inventory);
    if (finding->account != PB_NO_INDEX)
        subjects[PB_WAIVER_FOLDER] = pb_inventory_account(inventory, finding->account)->folder;
}

/* Sets the finding's waiver: of those that cover it and have not expired, the one with the most
 * specific subject. Marks waivers of its subjects as matched, expired ones too. */
static void set_waiver(const struct pb_check *check, struct pb_finding *finding)
{
    const struct pb_vector *waivers = &check->parameters->waivers->items;
    struct pb_slice subjects[PB_WAIVER_SUBJECTS];

    pb_waiver_find_subjects(check->inventory, finding, subjects);
    struct pb_slice *key = &subjects[PB_WAIVER_KEY];
    struct pb_text digits = pb_hex_text((const unsigned char *)key->data, key->size_bytes);
    *key = pb_slice_from_string(digits.text);
    for (unsigned covers = 0; covers < PB_WAIVER_SUBJECTS; covers++) {
        const struct pb_waiver sought = {.rule = finding->rule,
                                         .covers = (enum pb_waiver_subject)covers,
                                         .subject = subjects[covers]};
        size_t place = pb_vector_lower_bound(waivers, &sought, compare_coverage);
        struct pb_waiver *found = (struct pb_waiver *)waivers->data + place;
        if (sought.subject.size_bytes == 0 || place == waivers->count ||
            compare_coverage(&sought, found) != 0)
            continue;
        found->is_matched = true;
        if (finding->waiver == NULL && pb_instant_compare(check->parameters->as_of, found->end) < 0)
            finding->waiver = found;
    }
}

static void add_warning(struct pb_diagnostics *diagnostics, const char *code,
                        const struct pb_waiver *waiver, const char *problem)
{
    pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, code,
                       "waivers[%u] (%s, %s %.*s, by %.*s) %s", (unsigned)waiver->index,
                       waiver->rule->name, pb_waiver_subject_names[waiver->covers],
                       PB_SLICE_ARGS(waiver->subject), PB_SLICE_ARGS(waiver->owner), problem);
}

/* Sets each finding's waiver. Adds the diagnostics "waiver-expired" (as_of is after its last day)
 * and "waiver-unmatched" (it covers no finding, though its rule is chosen). */
static void apply_waivers(const struct pb_check *check, struct pb_diagnostics *diagnostics)
{
    struct pb_vector *waivers = &check->parameters->waivers->items;
    struct pb_waiver *all = waivers->data;

    pb_vector_sort(waivers, compare_waivers);
    for (size_t i = 0; i < check->findings->items.count; i++)
        if (pb_findings_at(check->findings, i)->state != PB_STATE_RESOLVED)
            set_waiver(check, pb_findings_at(check->findings, i));
    diagnostics->entry = PB_NO_ENTRY;
    for (size_t i = 0; i < waivers->count; i++) {
        char expired[80];
        all[i].is_matched |=
            i > 0 && all[i - 1].is_matched && compare_coverage(&all[i - 1], &all[i]) == 0;
        snprintf(expired, sizeof expired, "expired on %.*s: it covers nothing any more",
                 PB_SLICE_ARGS(all[i].expires));
        if (pb_instant_compare(check->parameters->as_of, all[i].end) >= 0)
            add_warning(diagnostics, "waiver-expired", &all[i], expired);
        if (!all[i].is_matched && pb_rule_is_chosen(all[i].rule, check->parameters))
            add_warning(diagnostics, "waiver-unmatched", &all[i],
                        "names no finding of this evidence");
    }
}

/* Why the result is inconclusive, whether or not the rules that it follows from are chosen; NULL
 * where it is not. A waived gap does not count, but leaves the coverage unproven. */
static const char *find_inconclusive(const struct pb_inventory *inventory,
                                     const struct pb_parameters *parameters,
                                     const struct pb_findings *findings, bool is_new_only)
{
    const struct pb_baseline *baseline = is_new_only ? parameters->baseline : NULL;
    const struct pb_vector *diagnostics = &inventory->evidence.diagnostics.items;
    const char *found = NULL;
    uint64_t rules = 0; /* those with a finding that counts for the exit status */

    if (!inventory->has_list_evidence)
        return "no server-certificate evidence was found";
    for (uint32_t i = 0; i < inventory->evidence.entries.count; i++)
        if (pb_entry_is_unread(pb_batch_entry(&inventory->evidence, i)) &&
            !pb_baseline_has_item(baseline, pb_batch_entry(&inventory->evidence, i)))
            return "evidence could not be read";
    for (size_t i = 0; i < findings->items.count; i++)
        if (pb_finding_makes_status(pb_findings_at(findings, i), is_new_only))
            rules |= UINT64_C(1) << (pb_findings_at(findings, i)->rule - pb_rules);
    if ((rules >> PB_RULE_UNDETERMINED & 1) != 0)
        return "certificates are undetermined";
    if ((rules >> PB_RULE_COVERAGE_GAP & 1) != 0)
        return "the evidence has known gaps";
    for (size_t i = 0; parameters->require_complete && i < inventory->accounts.count; i++)
        if (pb_inventory_account(inventory, i)->coverage != PB_COVERAGE_COMPLETE)
            return "the evidence does not prove that it is complete, as --require-complete demands";
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct pb_diagnostic *diagnostic =
            &PB_VECTOR_AT(const struct pb_diagnostic, diagnostics, i);
        if (diagnostic->severity != PB_SEVERITY_ERROR ||
            (diagnostic->entry != PB_NO_ENTRY &&
             pb_baseline_has_item(baseline,
                                  pb_batch_entry(&inventory->evidence, diagnostic->entry))))
            continue;
        if (strncmp(diagnostic->code, "manifest-", strlen("manifest-")) != 0)
            return "parts of the evidence could not be read";
        found = "the evidence is not what its manifest lists";
    }
    return found;
}

void pb_summary_make(const struct pb_inventory *inventory, const struct pb_parameters *parameters,
                     const struct pb_findings *findings, struct pb_summary *summary)
{
    size_t *const counts[] = {&summary->not_judged, &summary->vulnerable, &summary->clear,
                              &summary->undetermined}; /* in the order of enum pb_verdict */

    *summary = (struct pb_summary){.accounts = inventory->accounts.count,
                                   .certificates = inventory->certificates.count,
                                   .entries = inventory->evidence.entries.count};
    for (size_t i = 0; i < summary->certificates; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        ++*counts[certificate->verdict];
        summary->in_acm += certificate->origin == PB_ORIGIN_ACM;
        if (certificate->verdict == PB_VERDICT_UNDETERMINED)
            summary->reasons[pb_verdict_reason_find(certificate->reason) - pb_verdict_reasons]++;
    }
    for (size_t i = 0; i < findings->items.count; i++) {
        const struct pb_finding *finding = pb_findings_at(findings, i);
        if (finding->is_unreported)
            continue;
        summary->states[finding->state]++;
        summary->waived += finding->waiver != NULL;
        summary->findings[finding->rule->level] += pb_finding_counts(finding);
        summary->rules[finding->rule - pb_rules] += pb_finding_counts(finding);
        if (pb_finding_exit_status(finding, parameters) == 1)
            summary->exit_status = 1;
    }
    for (size_t i = 0; i < summary->entries; i++)
        summary->entry_status[pb_batch_entry(&inventory->evidence, i)->status]++;
    summary->inconclusive_because = find_inconclusive(inventory, parameters, findings, false);
    if (summary->exit_status == 0 &&
        find_inconclusive(inventory, parameters, findings, parameters->is_new_only) != NULL)
        summary->exit_status = 3;
    summary->conclusion = summary->findings[PB_LEVEL_HIGH] > 0    ? PREBLEED_FAIL
                          : summary->inconclusive_because != NULL ? PREBLEED_INCONCLUSIVE
                                                                  : PREBLEED_PASS;
}

enum pb_status pb_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                        const struct pb_parameters *parameters, struct pb_judgement *judgement)
{
    struct pb_check check = {.inventory = inventory,
                             .parameters = parameters,
                             .key_groups = &judgement->key_groups,
                             .findings = &judgement->findings};
    struct pb_diagnostics *diagnostics = &inventory->evidence.diagnostics;
    struct pb_vector *findings = &judgement->findings.items;
    struct pb_baseline *baseline = parameters->baseline;

    *judgement = (struct pb_judgement){0};
    pb_verdict_judge(inventory, parameters->cutoff);
    if (pb_revocation_judge(inventory, crls, parameters->as_of) != PB_OK ||
        (baseline != NULL && pb_baseline_match(baseline, inventory) != PB_OK) ||
        pb_key_groups_make(&judgement->key_groups, inventory, baseline) != PB_OK ||
        !apply_rules(&check) ||
        (baseline != NULL && pb_baseline_compare(&check, diagnostics) != PB_OK))
        return PB_FAILED_MEMORY;
    pb_vector_sort(findings, compare_findings);
    if (parameters->waivers != NULL)
        apply_waivers(&check, diagnostics);
    pb_diagnostics_close(diagnostics);
    if (!diagnostics->has_failed)
        pb_summary_make(inventory, parameters, &judgement->findings, &judgement->summary);
    while (findings->count > 0 && /* they stand last */
           pb_findings_at(&judgement->findings, findings->count - 1)->is_unreported)
        findings->count--;
    pb_findings_link(&judgement->findings, inventory);
    bool has_failed = diagnostics->has_failed || judgement->findings.arena.has_failed;
    return has_failed ? PB_FAILED_MEMORY : PB_OK;
}

void pb_judgement_release(struct pb_judgement *judgement)
{
    pb_vector_release(&judgement->findings.items);
    pb_arena_release(&judgement->findings.arena);
    pb_key_groups_release(&judgement->key_groups);
}

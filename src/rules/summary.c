/* SPDX-License-Identifier: MIT */
#include "rules/summary.h"

#include <stdlib.h>

const char *pb_conclusion_name(enum pb_conclusion conclusion)
{
    static const char *const names[] = {
        [PB_CONCLUSION_PASS] = "pass",
        [PB_CONCLUSION_FAIL] = "fail",
        [PB_CONCLUSION_INCONCLUSIVE] = "inconclusive",
    };

    return names[conclusion];
}

static void count_reason(struct pb_summary *summary, const char *reason)
{
    size_t place = 0;

    while (place < summary->reason_count && strcmp(summary->reasons[place].reason, reason) < 0)
        place++;
    if (place == summary->reason_count || strcmp(summary->reasons[place].reason, reason) != 0) {
        if (summary->reason_count == PB_MOST_REASONS)
            return;
        memmove(&summary->reasons[place + 1], &summary->reasons[place],
                (summary->reason_count - place) * sizeof summary->reasons[0]);
        summary->reasons[place] = (struct pb_reason_count){.reason = reason};
        summary->reason_count++;
    }
    summary->reasons[place].count++;
}

static void count_certificates(const struct pb_inventory *inventory, struct pb_summary *summary)
{
    summary->certificates = inventory->certificates.count;
    for (size_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        switch (certificate->verdict) {
        case PB_VERDICT_NONE: summary->not_judged++; break;
        case PB_VERDICT_VULNERABLE: summary->vulnerable++; break;
        case PB_VERDICT_CLEAR: summary->clear++; break;
        case PB_VERDICT_UNDETERMINED:
            summary->undetermined++;
            count_reason(summary, certificate->reason);
            break;
        }
    }
}

static size_t count_errors(const struct pb_inventory *inventory)
{
    const struct pb_vector *diagnostics = &inventory->evidence.diagnostics.items;
    size_t errors = 0;

    for (size_t i = 0; i < diagnostics->count; i++)
        errors +=
            PB_VECTOR_AT(const struct pb_diagnostic, diagnostics, i).severity == PB_SEVERITY_ERROR;
    return errors;
}

static bool is_coverage_short(const struct pb_inventory *inventory, bool require_complete)
{
    for (size_t i = 0; i < inventory->accounts.count; i++) {
        enum pb_coverage coverage = pb_inventory_account(inventory, i)->coverage;
        if (coverage == PB_COVERAGE_INCOMPLETE ||
            (require_complete && coverage != PB_COVERAGE_COMPLETE))
            return true;
    }
    return false;
}

/* Follows verdicts, coverage and the ledger, whether or not their rules were chosen. */
static const char *find_inconclusive(const struct pb_inventory *inventory,
                                     const struct pb_parameters *parameters,
                                     const struct pb_summary *summary)
{
    if (inventory->list_evidence_count == 0)
        return "no server-certificate evidence was found";
    if (summary->entry_status[PB_ENTRY_UNREADABLE] + summary->entry_status[PB_ENTRY_SKIPPED] > 0)
        return "evidence could not be read";
    if (summary->undetermined > 0)
        return "certificates are undetermined";
    if (is_coverage_short(inventory, false))
        return "the evidence has known gaps";
    if (is_coverage_short(inventory, parameters->require_complete))
        return "the evidence does not prove that it is complete, as --require-complete demands";
    return count_errors(inventory) > 0 ? "parts of the evidence could not be read" : NULL;
}

static void conclude(const struct pb_parameters *parameters, struct pb_summary *summary)
{
    bool is_failed = false;

    for (size_t level = parameters->fail_on; parameters->has_fail_on && level <= PB_LEVEL_HIGH;
         level++)
        is_failed |= summary->findings[level] > 0;
    bool is_inconclusive = summary->inconclusive_because != NULL;
    summary->exit_status = is_failed ? 1 : is_inconclusive ? 3 : 0;
    summary->conclusion = summary->findings[PB_LEVEL_HIGH] > 0 ? PB_CONCLUSION_FAIL
                          : is_inconclusive                    ? PB_CONCLUSION_INCONCLUSIVE
                                                               : PB_CONCLUSION_PASS;
}

void pb_summary_make(const struct pb_inventory *inventory, const struct pb_parameters *parameters,
                     const struct pb_findings *findings, struct pb_summary *summary)
{
    *summary = (struct pb_summary){.accounts = inventory->accounts.count};
    count_certificates(inventory, summary);
    for (size_t i = 0; i < findings->items.count; i++)
        summary->findings[PB_VECTOR_AT(const struct pb_finding, &findings->items, i).rule->level]++;
    summary->entries = inventory->evidence.entries.count;
    for (size_t i = 0; i < summary->entries; i++)
        summary->entry_status[pb_inventory_entry(inventory, i)->status]++;
    summary->inconclusive_because = find_inconclusive(inventory, parameters, summary);
    conclude(parameters, summary);
}

/* SPDX-License-Identifier: MIT */
/* What every report has: where its bytes go, its findings and diagnostics in order, and what they
 * come to. The audit calls formats.c with its result; from it json.c writes every field by name,
 * and page.c emits the page that people read. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

/* Small enough to stay in the cache, large enough that system calls cost little. */
#define FLUSH_BYTES 65536

/* Text that is incomplete, because memory was missing, is not written. */
static void give_out(struct pb_report *report)
{
    struct pb_slice text = pb_buffer_slice(&report->out);
    report->has_failed |= report->out.has_failed;
    if (!report->has_failed && text.size_bytes > 0)
        report->has_failed = !report->write(report->write_context, text.data, text.size_bytes);
    if (!report->out.has_failed)
        pb_buffer_clear(&report->out);
}

void pb_report_flush(struct pb_report *report)
{
    if (report->has_failed || report->out.has_failed || report->out.size_bytes >= FLUSH_BYTES)
        give_out(report);
}

/* PB_NO_ENTRY is the greatest index and sorts first: adding one wraps it around to zero. */
static int compare_entry_with_diagnostic(const void *entry, const void *diagnostic)
{
    return pb_number_compare(*(const uint32_t *)entry + 1,
                             ((const struct pb_diagnostic *)diagnostic)->entry + 1);
}

/* What the finding is about, to sort by: nothing, then accounts, then certificates. */
static uint64_t subject(const struct pb_finding *finding)
{
    uint32_t certificate = finding->certificate + 1;
    uint32_t account = certificate == 0 ? finding->account + 1 : 0;
    return certificate * (UINT64_C(1) << 32) + account;
}

static int compare_subjects(const void *left, const void *right)
{
    return pb_number_compare(subject(*(const struct pb_finding *const *)left),
                             subject(*(const struct pb_finding *const *)right));
}

static int compare_findings(const void *left, const void *right)
{
    const struct pb_finding *a = *(const struct pb_finding *const *)left;
    const struct pb_finding *b = *(const struct pb_finding *const *)right;
    int order = compare_subjects(left, right);
    return order != 0 ? order : (a > b) - (a < b);
}

/* Fills in inventory, findings and standings. False without memory: the report has failed. */
static bool prepare(struct pb_report *report)
{
    const struct pb_findings *findings = report->result->findings;
    size_t certificates = report->result->inventory->certificates.count;

    report->inventory = report->result->inventory;
    report->findings = calloc(findings->items.count + 1, sizeof(const void *));
    report->standings = calloc(certificates + 1, sizeof *report->standings);
    if (report->findings == NULL || report->standings == NULL) {
        pb_report_fail(report);
        return false;
    }
    for (size_t i = 0; i < findings->items.count; i++) {
        const struct pb_finding *finding = pb_findings_at(findings, i);
        const struct pb_rule *rule = finding->rule;
        if (finding->state != PB_STATE_RESOLVED)
            report->findings[report->finding_count++] = finding;
        if (finding->certificate == PB_NO_INDEX)
            continue;
        struct pb_standing *standing = &report->standings[finding->certificate];
        enum pb_verdict verdict =
            pb_inventory_certificate(report->inventory, finding->certificate)->verdict;
        unsigned char level = 1 + (unsigned char)rule->level;
        if (finding->waiver != NULL) {
            standing->is_waived |=
                (verdict == PB_VERDICT_VULNERABLE && rule == &pb_rules[PB_RULE_IAM_033]) ||
                (verdict == PB_VERDICT_UNDETERMINED && rule == &pb_rules[PB_RULE_UNDETERMINED]);
            continue;
        }
        standing->worst = level > standing->worst ? level : standing->worst;
        standing->has_compromised_key |= rule == &pb_rules[PB_RULE_KEY_REUSE] ||
                                         rule == &pb_rules[PB_RULE_PRIVATE_KEY_IN_EVIDENCE];
    }
    for (size_t i = 0; i < certificates; i++)
        report->standings[i].is_waived &= report->standings[i].worst < 1 + PB_LEVEL_HIGH;
    qsort(report->findings, report->finding_count, sizeof(const void *), compare_findings);
    return true;
}

const char *pb_worst_severity(const struct pb_report *report, uint32_t certificate)
{
    unsigned char worst = report->standings[certificate].worst;
    return worst == 0 ? NULL : pb_level_names[worst - 1];
}

struct pb_place pb_finding_place(const struct pb_report *report, const struct pb_finding *finding)
{
    if (finding->entry == PB_NO_INDEX && finding->certificate != PB_NO_INDEX)
        return pb_place_of_observation(
            pb_find_source(pb_inventory_certificate(report->inventory, finding->certificate)));
    return (struct pb_place){finding->entry, finding->line, finding->column, PB_SLICE_ABSENT};
}

enum pb_status pb_report_write(const struct pb_report_format *format,
                               const struct pb_result *result,
                               const struct prebleed_report_options *options, pb_write *write,
                               void *context)
{
    struct pb_report report = {.result = result, .write = write, .write_context = context};

    if (format->is_for_people) /* what programs read depends on no other option */
        report.options = *options;
    report.options.sandbox = options->sandbox;
    report.options.working_folder = options->working_folder;
    if (prepare(&report))
        format->write(&report);
    give_out(&report);
    free(report.standings);
    free(report.findings);
    pb_buffer_release(&report.value);
    bool is_out_of_memory = report.out.has_failed;
    pb_buffer_release(&report.out);
    return is_out_of_memory ? PB_FAILED_MEMORY : report.has_failed ? PB_FAILED_OUTPUT : PB_OK;
}

struct pb_found pb_find_findings(const struct pb_report *report, uint32_t certificate,
                                 uint32_t account)
{
    const struct pb_finding wanted = {.certificate = certificate, .account = account};
    const struct pb_finding *key = &wanted;
    size_t first =
        pb_lower_bound(&key, report->findings, report->finding_count, sizeof key, compare_subjects);
    struct pb_found found = {report->findings + first, 0};

    while (first + found.count < report->finding_count &&
           subject(found.all[found.count]) == subject(key) &&
           pb_is_severe_enough(report, found.all[found.count]))
        found.count++;
    return found;
}

void pb_words_rules(const struct pb_report *report, struct pb_buffer *buffer, uint32_t certificate,
                    enum pb_rules_of of)
{
    const struct pb_found found = pb_find_findings(report, certificate, PB_NO_INDEX);
    const struct pb_rule *last = NULL;

    for (size_t i = 0; i < found.count; i++) {
        const struct pb_finding *finding = found.all[i];
        bool is_waived = finding->waiver != NULL, is_new = finding->state == PB_STATE_NEW;
        if (finding->rule == last || (of == PB_RULES_WAIVED && !is_waived) ||
            (of == PB_RULES_NEW && !is_new))
            continue;
        if (last != NULL)
            pb_buffer_append_string(buffer, of == PB_RULES_MARKED ? ", " : " ");
        last = finding->rule;
        pb_buffer_append_string(buffer, last->name);
        if (of == PB_RULES_MARKED)
            pb_buffer_append_string(buffer, is_waived ? " (waived)" : is_new ? " (new)" : "");
    }
}

struct pb_slice pb_find_reason(const struct pb_report *report, uint32_t index)
{
    const struct pb_entry *entry = pb_batch_entry(&report->inventory->evidence, index);
    const struct pb_vector *all = &report->inventory->evidence.diagnostics.items;
    const struct pb_diagnostic *one = all->data;

    if (!pb_slice_is_absent(entry->detail))
        return entry->detail;
    for (size_t i = pb_vector_lower_bound(all, &index, compare_entry_with_diagnostic);
         i < all->count && one[i].entry == index; i++)
        if (one[i].severity == PB_SEVERITY_ERROR)
            return one[i].message;
    return PB_SLICE_ABSENT;
}

bool pb_is_to_replace(const struct pb_report *report, uint32_t certificate)
{
    const struct pb_certificate *one = pb_inventory_certificate(report->inventory, certificate);
    return one->presence != PB_PRESENCE_DELETED &&
           (one->verdict == PB_VERDICT_VULNERABLE ||
            report->standings[certificate].has_compromised_key);
}

const struct pb_badge *pb_badge_of(const struct pb_report *report, uint32_t certificate)
{
    static const struct pb_badge badges[][3] = {
        /* the second: its key is compromised */
        [PB_VERDICT_NONE] = {{"not judged", PB_RANK_NOT_JUDGED},
                             {"not judged, key compromised", 2}},
        [PB_VERDICT_VULNERABLE] = {{"vulnerable", 0}, {"vulnerable", 0}, {"vulnerable, waived", 6}},
        [PB_VERDICT_CLEAR] = {{"clear", PB_RANK_CLEAR}, {"clear by date, key compromised", 2}},
        [PB_VERDICT_UNDETERMINED] = {{"undetermined", 4},
                                     {"undetermined, key compromised", 2},
                                     {"undetermined, waived", 6}},
    };
    const struct pb_standing *standing = &report->standings[certificate];

    return &badges[pb_inventory_certificate(report->inventory, certificate)->verdict]
                  [standing->is_waived ? 2 : standing->has_compromised_key];
}

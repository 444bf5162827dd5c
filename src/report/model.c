/* SPDX-License-Identifier: MIT */
/* What every report has: where its bytes go, its findings and diagnostics in order, and what they
 * come to. The audit calls formats.c with its result; from it json.c writes every field by name,
 * and page.c emits the page that people read. */
#include "report/report.h"

#include <stdlib.h>

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

static void set_standings(struct pb_report *report)
{
    for (size_t i = 0; i < report->findings->items.count; i++) {
        const struct pb_finding *finding = pb_findings_at(report->findings, i);
        const struct pb_rule *rule = finding->rule;
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
    for (size_t i = 0; i < report->inventory->certificates.count; i++)
        report->standings[i].is_waived &= report->standings[i].worst < 1 + PB_LEVEL_HIGH;
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
    size_t certificates = result->inventory->certificates.count;
    struct pb_report report = {.result = result,
                               .inventory = result->inventory,
                               .findings = result->findings,
                               .standings = calloc(certificates + 1, sizeof *report.standings),
                               .write = write,
                               .write_context = context};

    if (format->is_for_people) /* what programs read depends on no other option */
        report.options = *options;
    report.options.sandbox = options->sandbox;
    report.options.working_folder = options->working_folder;
    if (report.standings == NULL) {
        pb_report_fail(&report);
    } else {
        set_standings(&report);
        format->write(&report);
    }
    give_out(&report);
    free(report.standings);
    pb_buffer_release(&report.value);
    bool is_out_of_memory = report.out.has_failed;
    pb_buffer_release(&report.out);
    return is_out_of_memory ? PB_FAILED_MEMORY : report.has_failed ? PB_FAILED_OUTPUT : PB_OK;
}

/* number: 1 + the finding's index, or 0. */
static const struct pb_finding *find_finding(const struct pb_report *report, uint32_t number)
{
    const struct pb_finding *finding =
        number == 0 ? NULL : pb_findings_at(report->findings, number - 1);
    return finding != NULL && pb_is_severe_enough(report, finding) ? finding : NULL;
}

const struct pb_finding *pb_first_finding(const struct pb_report *report, uint32_t certificate,
                                          uint32_t account)
{
    return find_finding(report, certificate != PB_NO_INDEX
                                    ? report->findings->of_certificate[certificate]
                                    : report->findings->of_account[account + 1]);
}

const struct pb_finding *pb_next_finding(const struct pb_report *report,
                                         const struct pb_finding *finding)
{
    return find_finding(report, finding->next);
}

void pb_words_rules(const struct pb_report *report, struct pb_buffer *buffer, uint32_t certificate,
                    enum pb_rules_of of)
{
    const struct pb_finding *finding = pb_first_finding(report, certificate, PB_NO_INDEX);
    const struct pb_rule *last = NULL;

    for (; finding != NULL; finding = pb_next_finding(report, finding)) {
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

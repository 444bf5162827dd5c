/* SPDX-License-Identifier: MIT */
/* The page that the text and html reports show: emits its parts, in the order in which people act
 * on them, to the report's renderer, which text.c or html.c has. */
#include "report/report.h"

#include <stdio.h>

#include "inventory/sentences.inc"

/* Whether notes and certificates without anything to act on are shown too. */
static bool shows_all(const struct pb_report *report)
{
    return report->options.is_verbose || report->renderer->begin_details != NULL;
}

/* How many are shown at most: in a brief report, and usually. */
static size_t find_most(const struct pb_report *report, size_t brief, size_t usual)
{
    return shows_all(report) ? SIZE_MAX : report->is_brief ? brief : usual;
}

static void emit_parameters(struct pb_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;
    size_t applied = 0;
    struct pb_buffer *value = pb_begin_value(report);

    pb_buffer_append_format(value, PB_SAY_CUTOFF, pb_instant_text(parameters->cutoff).text);
    report->renderer->field(report, "cutoff");
    pb_buffer_append_format(pb_begin_value(report), "%s: expiry is judged against it",
                            pb_instant_text(parameters->as_of).text);
    report->renderer->field(report, "as of");
    pb_begin_value(report);
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        if (parameters->rules >> i & 1)
            pb_buffer_append_format(value, "%s%s", applied++ > 0 ? ", " : "", pb_rules[i].name);
    if (applied == PB_RULE_COUNT)
        pb_buffer_append_format(pb_begin_value(report), "all %d", PB_RULE_COUNT);
    report->renderer->field(report, "rules");
    if (!pb_rule_is_chosen(&pb_rules[PB_RULE_IAM_033], parameters))
        pb_emit_text(report, "", PB_SLICE(PB_SAY_IAM_033_IS_OFF));
}

static void emit_verdict_counts(struct pb_report *report, const struct pb_summary *summary)
{
    struct pb_buffer *value = pb_begin_value(report);
    size_t deleted = summary->not_judged - summary->in_acm;

    pb_buffer_append_format(
        value, "%s in %s",
        pb_count_text(summary->certificates - summary->not_judged, "certificate").text,
        pb_count_text(summary->accounts, "account").text);
    if (summary->certificates > 0)
        pb_buffer_append_format(value, ": %zu vulnerable, %zu clear, %zu undetermined",
                                summary->vulnerable, summary->clear, summary->undetermined);
    if (summary->in_acm > 0)
        pb_buffer_append_format(value, "; %zu in ACM", summary->in_acm);
    if (deleted > 0)
        pb_buffer_append_format(value, "%s %zu deleted", summary->in_acm > 0 ? "," : ";", deleted);
    if (summary->not_judged > 0)
        pb_buffer_append_string(value, ", not judged by IAM-033");
    report->renderer->field(report, "judged");
}

/* Emits what each new finding is of: its rule, and what that is about. */
static void emit_new(struct pb_report *report)
{
    size_t count = 0, most = find_most(report, 10, 10);

    for (size_t i = 0; i < report->findings->items.count; i++) {
        const struct pb_finding *it = pb_findings_at(report->findings, i);
        if (!pb_finding_makes_status(it, true) || !pb_is_severe_enough(report, it) ||
            count++ >= most)
            continue;
        pb_buffer_append_format(pb_begin_value(report), "%s (%s): ", it->rule->name,
                                pb_level_names[it->rule->level]);
        if (it->certificate != PB_NO_INDEX) {
            pb_words_name(&report->value,
                          pb_inventory_certificate(report->inventory, it->certificate));
            pb_buffer_append_string(&report->value, " of ");
            pb_link_to(report, 'c', it->certificate);
        }
        if (it->account != PB_NO_INDEX)
            pb_words_account(&report->value, "account ",
                             pb_inventory_account(report->inventory, it->account));
        else
            pb_place_append(&report->value, report->inventory, pb_finding_place(report, it));
        report->renderer->field(report, count == 1 ? "new" : "");
    }
    pb_emit_more(report, 1, count > most ? count - most : 0, "more new finding");
}

void pb_emit_figures(struct pb_report *report)
{
    const struct pb_summary *summary = report->result->summary;
    const struct pb_parameters *parameters = report->result->parameters;
    const size_t *counts = summary->findings, *items = summary->entry_status;
    size_t archives = items[PB_ENTRY_CONTAINER];
    struct pb_buffer *value = pb_begin_value(report);

    pb_buffer_append_format(
        value, PB_SAY_ITEMS_READ, pb_count_text(summary->entries - archives, "item").text,
        items[PB_ENTRY_USED], items[PB_ENTRY_IGNORED], items[PB_ENTRY_UNREADABLE]);
    if (items[PB_ENTRY_SKIPPED] > 0)
        pb_buffer_append_format(value, ", %zu skipped", items[PB_ENTRY_SKIPPED]);
    if (archives > 0)
        pb_buffer_append_format(value, "; %s", pb_count_text(archives, "archive").text);
    report->renderer->field(report, "evidence");
    emit_verdict_counts(report, summary);
    pb_buffer_append_format(pb_begin_value(report), "%zu high, %zu medium, %zu low",
                            counts[PB_LEVEL_HIGH], counts[PB_LEVEL_MEDIUM], counts[PB_LEVEL_LOW]);
    if (summary->waived > 0)
        pb_buffer_append_format(value, ", %zu waived", summary->waived);
    if (report->options.severity > PREBLEED_SEVERITY_LOW)
        pb_buffer_append_format(value, PB_SAY_BELOW_SEVERITY,
                                pb_level_names[report->options.severity]);
    report->renderer->field(report, "findings");
    if (parameters->baseline != NULL) {
        pb_words_baseline(pb_begin_value(report), summary);
        if (parameters->is_new_only)
            pb_buffer_append_string(value, "; only new ones count for the exit status");
        report->renderer->field(report, "baseline");
    }
    if (parameters->is_new_only)
        emit_new(report);
    pb_begin_value(report);
    for (size_t i = 0; report->is_brief && i < PB_RULE_COUNT; i++)
        if (summary->rules[i] > 0 && pb_rules[i].level >= (enum pb_level)report->options.severity)
            pb_buffer_append_format(value, "%s%zu %s", value->size_bytes > 0 ? ", " : "",
                                    summary->rules[i], pb_rules[i].name);
    report->renderer->field(report, "by rule");
    emit_parameters(report);
}

struct ranked {
    unsigned rank; /* of its badge; 1 more if nothing uses it */
    uint32_t index;
    int64_t seconds; /* of its arrival */
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    return a->rank != b->rank         ? (a->rank > b->rank) - (a->rank < b->rank)
           : a->seconds != b->seconds ? (a->seconds > b->seconds) - (a->seconds < b->seconds)
                                      : (a->index > b->index) - (a->index < b->index);
}

/* Fills the vector with so many certificates by rank, then by date or else by index. */
static void rank(struct pb_report *report, uint32_t first, size_t count, bool is_by_date,
                 struct pb_vector *ranked)
{
    for (uint32_t i = first; i < first + count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, i);
        const struct pb_date *date = pb_certificate_arrival(certificate);
        bool is_unused = certificate->in_use_by_count == 0;
        const struct ranked one = {pb_badge_of(report, i)->rank + is_unused, i,
                                   !is_by_date              ? 0
                                   : pb_date_is_known(date) ? date->instant.seconds
                                                            : INT64_MAX};
        if (!pb_vector_append(ranked, &one, sizeof one))
            pb_report_fail(report);
    }
    pb_vector_sort(ranked, compare_ranked);
}

size_t pb_find_worst(struct pb_report *report, uint32_t *indices, size_t most)
{
    struct pb_vector all = {0};
    size_t found = 0;

    rank(report, 0, report->inventory->certificates.count, true, &all);
    for (const struct ranked *one = all.data; found < all.count; one++, found++) {
        if (one->rank >= PB_RANK_CLEAR)
            break;
        if (found < most)
            indices[found] = one->index;
    }
    pb_vector_release(&all);
    return found;
}

static void append_member(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_key_member *member = &((const struct pb_key_member *)items)[index];
    pb_words_member(&report->value, report->inventory, member);
    if (member->certificate != NULL)
        pb_link_to(report, 'c', pb_inventory_index(report->inventory, member->certificate));
}

void pb_emit_more(struct pb_report *report, size_t depth, size_t more, const char *singular)
{
    pb_buffer_append_format(pb_begin_value(report), "and %s%s", pb_count_text(more, singular).text,
                            report->options.is_verbose ? PB_SAY_JSON_LISTS_ALL : ": -v shows more");
    if (more > 0)
        report->renderer->line(report, depth);
}

/* By rank. What needs no action and has no finding is counted, unless everything is shown. */
static void emit_certificates(struct pb_report *report, const struct pb_account *account)
{
    struct pb_vector all = {0};
    size_t hidden = 0;

    rank(report, account->first_certificate, account->all_certificate_count, false, &all);
    for (size_t i = 0; i < all.count && !report->has_failed; i++) {
        const struct ranked *one = &PB_VECTOR_AT(const struct ranked, &all, i);
        if (shows_all(report) || one->rank < PB_RANK_CLEAR ||
            pb_first_finding(report, one->index, PB_NO_INDEX) != NULL)
            pb_walk_certificate(report, one->index);
        else
            hidden++;
    }
    pb_vector_release(&all);
    pb_buffer_append_format(pb_begin_value(report), PB_SAY_NOT_SHOWN,
                            pb_count_text(hidden, "certificate").text);
    if (hidden > 0)
        report->renderer->heading(report, NULL);
}

/* The reasons say what a gap is: it is counted unless it has a waiver or a state. */
static bool is_counted_gap(const struct pb_finding *finding)
{
    return finding->rule == &pb_rules[PB_RULE_COVERAGE_GAP] && finding->waiver == NULL &&
           finding->state == PB_STATE_NONE;
}

static void emit_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    const char *word = pb_coverage_names[account->coverage];
    size_t shown = report->is_brief ? 1 : 50;
    const struct pb_list coverage = {
        "coverage", shown, SIZE_MAX, "reason", PB_SAY_COVERAGE_REST, pb_append_string, word};
    const struct pb_finding *const first = pb_first_finding(report, PB_NO_INDEX, index), *it;
    size_t gaps = 0, places = 0, most = find_most(report, 1, 3);
    size_t others = 0, most_others = find_most(report, 5, 50);

    report->renderer->begin_account(report, index);
    report->renderer->list(report, &coverage, account->reasons.data, account->reasons.count);
    for (it = first; it != NULL; it = pb_next_finding(report, it)) {
        bool is_counted = is_counted_gap(it);
        gaps += is_counted;
        if (!is_counted && it->former == NULL && others++ < most_others)
            report->renderer->finding(report, it);
    }
    pb_emit_more(report, 1, others > most_others ? others - most_others : 0, "more finding");
    pb_buffer_append_format(pb_begin_value(report), "MEDIUM coverage-gap: %s",
                            pb_count_text(gaps, "gap").text);
    if (gaps > 0)
        report->renderer->field(report, "finding");
    for (it = first; it != NULL && places < most; it = pb_next_finding(report, it)) {
        struct pb_place place = pb_finding_place(report, it);
        place.column = 0; /* for people the line is enough */
        pb_place_append(pb_begin_value(report), report->inventory, place);
        pb_link_to(report, 'e', place.entry);
        if (is_counted_gap(it) && place.line > 0)
            report->renderer->field(report, places++ == 0 ? "seen" : "");
    }
    if (!report->is_brief)
        emit_certificates(report, account);
}

/* Those of unknown id come last; in a brief report those of incomplete coverage come first. */
static void emit_accounts(struct pb_report *report)
{
    static const size_t order[] = {
        [PB_COVERAGE_INCOMPLETE] = 0, [PB_COVERAGE_UNKNOWN] = 2, [PB_COVERAGE_COMPLETE] = 4};
    size_t count = report->inventory->accounts.count, emitted = 0;
    size_t most = report->is_brief ? 10 : SIZE_MAX;

    for (size_t pass = 0; pass < 6; pass++)
        for (uint32_t i = 0; i < count && emitted < most && !report->has_failed; i++) {
            const struct pb_account *account = pb_inventory_account(report->inventory, i);
            size_t place = report->is_brief ? order[account->coverage] : 0;
            if (place + pb_slice_is_absent(account->id) != pass)
                continue;
            emit_account(report, i);
            emitted++;
        }
    pb_emit_more(report, 0, count - emitted, "more account");
}

static void emit_lineage(struct pb_report *report)
{
    static const struct pb_section section = {"lineage", PB_SAY_REUSED_KEYS, PB_SAY_REUSE_EXPOSES};
    const struct pb_key_groups *groups = report->result->key_groups;

    for (uint32_t row = 0; row < groups->items.count && !report->has_failed; row++) {
        const struct pb_key_group *group =
            &PB_VECTOR_AT(const struct pb_key_group, &groups->items, row);
        char label[32], rest[64] = "";
        const struct pb_list list = {NULL, 12, 100, "more certificate", rest, append_member, NULL};
        size_t exposed = 0;
        if (row == 0)
            report->renderer->begin_section(report, &section);
        struct pb_buffer *value = pb_begin_value(report);
        pb_words_key(value, group->key);
        pb_buffer_append_string(value, ", SHA-256 of its public key ");
        pb_buffer_append_hex(value, group->key->spki_sha256, sizeof group->key->spki_sha256);
        snprintf(label, sizeof label, "key %zu", (size_t)row + 1);
        pb_link_to(report, 'k', row);
        report->renderer->heading(report, label);
        for (size_t i = report->options.is_verbose ? list.shown_verbose : list.shown;
             i < group->count; i++)
            exposed += group->members[i].is_exposed;
        if (exposed > 0)
            snprintf(rest, sizeof rest, ", %zu of them vulnerable", exposed);
        report->renderer->list(report, &list, group->members, group->count);
    }
}

/* Emits findings of no certificate and no account, and those that only the baseline has. */
static void emit_other_findings(struct pb_report *report)
{
    static const struct pb_section sections[] = {
        {"findings", PB_SAY_OTHER_FINDINGS, PB_SAY_OTHER_CONCERN},
        {"unchanged", PB_SAY_UNCHANGED_FINDINGS, PB_SAY_UNCHANGED_COUNT},
        {"resolved", PB_SAY_RESOLVED_FINDINGS, PB_SAY_RESOLVED_ARE_OVER},
    };
    size_t most = find_most(report, 5, 50);

    for (size_t kind = 0; kind < 3; kind++) {
        size_t emitted = 0;
        for (size_t i = 0; i < report->findings->items.count && !report->has_failed; i++) {
            const struct pb_finding *finding = pb_findings_at(report->findings, i);
            size_t is_former = finding->former != NULL;
            if (is_former + (finding->state == PB_STATE_RESOLVED) != kind ||
                !pb_is_severe_enough(report, finding) ||
                (kind == 0 &&
                 (finding->certificate != PB_NO_INDEX || finding->account != PB_NO_INDEX)))
                continue;
            if (emitted++ == 0)
                report->renderer->begin_section(report, &sections[kind]);
            if (emitted <= most)
                report->renderer->finding(report, finding);
        }
        pb_emit_more(report, 1, emitted > most ? emitted - most : 0, "more finding");
    }
}

/* The evidence: items that were not read; other items with diagnostics that are shown, and "no
 * item" with those of none; then items that were ignored. */
enum evidence { EVIDENCE_UNREAD, EVIDENCE_ODD, EVIDENCE_IGNORED, EVIDENCE_REST };

static bool is_shown(const struct pb_report *report, const struct pb_diagnostic *diagnostic)
{
    return shows_all(report) || diagnostic->severity != PB_SEVERITY_NOTE;
}

/* Emits one item and its diagnostics, from first to before end, that are shown. */
static void emit_item(struct pb_report *report, enum evidence kind, uint32_t entry, size_t first,
                      size_t end)
{
    const struct pb_diagnostic *diagnostics = report->inventory->evidence.diagnostics.items.data;
    struct pb_buffer *value = pb_begin_value(report);
    size_t emitted = 0, most = find_most(report, 2, 10);

    pb_place_append(value, report->inventory, (struct pb_place){.entry = entry});
    if (entry == PB_NO_ENTRY)
        pb_buffer_append_string(value, "the evidence as a whole");
    else
        pb_link_to(report, 'e', entry);
    report->renderer->line(report, 1);
    if (kind != EVIDENCE_ODD) {
        const struct pb_entry *item = pb_batch_entry(&report->inventory->evidence, entry);
        pb_buffer_append_string(pb_begin_value(report), pb_entry_status_names[item->status]);
        pb_buffer_append_string(value, pb_slice_is_absent(item->detail) ? "" : ": ");
        pb_words_text(value, item->detail);
        report->renderer->line(report, 2);
    }
    for (size_t i = first; i < end; i++) {
        struct pb_place place = pb_place_of_diagnostic(&diagnostics[i]);
        if (!is_shown(report, &diagnostics[i]) || emitted++ >= most)
            continue;
        pb_buffer_append_string(pb_begin_value(report), pb_severity_names[diagnostics[i].severity]);
        if (place.line > 0 || place.pointer.size_bytes > 0) {
            pb_buffer_append_string(value, place.line > 0 ? " at line " : " at ");
            pb_words_inside(value, place);
        }
        pb_buffer_append_format(value, ", %s: ", diagnostics[i].code);
        pb_words_text(value, diagnostics[i].message);
        report->renderer->line(report, 2);
    }
    pb_emit_more(report, 2, emitted > most ? emitted - most : 0, "more diagnostic");
}

/* Emits one section. Items and diagnostics are in the same order, PB_NO_ENTRY first. */
static void emit_evidence(struct pb_report *report, enum evidence kind)
{
    static const struct pb_section sections[] = {
        [EVIDENCE_UNREAD] = {.title = "evidence that was not read", .id = "unread"},
        [EVIDENCE_ODD] = {.title = "evidence to look at", .id = "odd"},
        [EVIDENCE_IGNORED] = {.title = "evidence that was ignored", .id = "ignored"},
    };
    const struct pb_batch *batch = &report->inventory->evidence;
    const struct pb_diagnostic *diagnostics = batch->diagnostics.items.data;
    size_t first = 0, count = batch->entries.count, emitted = 0;
    size_t most = find_most(report, 5, 50);

    for (size_t step = 0; step <= count && !report->has_failed; step++) {
        uint32_t entry = (uint32_t)step - 1; /* PB_NO_ENTRY first */
        size_t end = first;
        bool has_shown = false;
        for (; end < batch->diagnostics.items.count && diagnostics[end].entry == entry; end++)
            has_shown |= is_shown(report, &diagnostics[end]);
        enum pb_entry_status status =
            entry == PB_NO_ENTRY ? PB_ENTRY_USED : pb_batch_entry(batch, entry)->status;
        enum evidence found = status == PB_ENTRY_UNREADABLE || status == PB_ENTRY_SKIPPED
                                  ? EVIDENCE_UNREAD
                              : has_shown                  ? EVIDENCE_ODD
                              : status == PB_ENTRY_IGNORED ? EVIDENCE_IGNORED
                                                           : EVIDENCE_REST;
        if (found == kind) {
            if (emitted == 0)
                report->renderer->begin_section(report, &sections[kind]);
            if (emitted++ < most)
                emit_item(report, kind, entry, first, end);
        }
        first = end;
    }
    pb_emit_more(report, 1, emitted > most ? emitted - most : 0, "more item");
}

void pb_walk_page(struct pb_report *report)
{
    emit_accounts(report);
    if (!report->is_brief)
        emit_lineage(report);
    emit_other_findings(report);
    emit_evidence(report, EVIDENCE_UNREAD);
    emit_evidence(report, EVIDENCE_ODD);
    if (report->options.is_verbose)
        emit_evidence(report, EVIDENCE_IGNORED);
}

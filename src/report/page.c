/* SPDX-License-Identifier: MIT */
/* The walk through everything that people read, in the order in which they act on it. model.c
 * stands before it; a renderer comes after it, which writes what the walk emits: text.c, html.c. */
#include "report/model.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "rules/sentence.h"
#include "rules/verdict.h"

/* So much is seen at once; -v has more, and the json report has all. */
#define SHOWN_REASONS 20
#define SHOWN_ENTRIES 50
#define SHOWN_DIAGNOSTICS 10

/* Emits the value as a field; nothing where it is empty. */
static void end_field(struct pb_report *report, const char *label)
{
    if (pb_report_take_value(report).size_bytes > 0)
        report->renderer->field(report, label);
}

static void emit_text(struct pb_report *report, const char *label, struct pb_slice text)
{
    pb_words_text(pb_report_begin_value(report), text);
    if (!pb_slice_is_absent(text))
        report->renderer->field(report, label);
}

static void emit_words(struct pb_report *report, const char *label, const char *words)
{
    emit_text(report, label, pb_slice_from_string(words));
}

/* Says what the value speaks of. */
static void link_to(struct pb_report *report, char letter, uint32_t index)
{
    report->link_letter = letter;
    report->link_index = index;
}

void pb_append_string(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_slice *strings = items;

    pb_words_text(&report->value, strings[index]);
}

static void emit_parameters(struct pb_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;
    size_t count, applied = 0;
    const struct pb_rule *const *rules = pb_rules(&count);
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_instant_append(value, parameters->cutoff);
    pb_buffer_append_string(value, ": what was uploaded before is vulnerable");
    report->renderer->field(report, "cutoff");
    pb_instant_append(pb_report_begin_value(report), parameters->as_of);
    pb_buffer_append_string(value, ": expiry is judged against it");
    report->renderer->field(report, "as of");
    pb_report_begin_value(report);
    for (size_t i = 0; i < count; i++)
        if (parameters->rules >> i & 1)
            pb_buffer_append_format(value, "%s%s", applied++ > 0 ? ", " : "", rules[i]->name);
    if (applied == count)
        pb_buffer_append_format(pb_report_begin_value(report), "all %zu", count);
    else if (applied == 0)
        pb_buffer_append_string(value, "none");
    report->renderer->field(report, "rules");
    if (!pb_has_rule(report->result, "IAM-033"))
        emit_words(report, "", pb_words_iam_033_is_off);
}

void pb_emit_figures(struct pb_report *report)
{
    const struct pb_summary *summary = report->result->summary;

    pb_words_evidence(pb_report_begin_value(report), summary);
    report->renderer->field(report, "evidence");
    pb_words_judged(pb_report_begin_value(report), summary);
    report->renderer->field(report, "judged");
    pb_words_findings(pb_report_begin_value(report), summary);
    report->renderer->field(report, "findings");
    pb_words_baseline(pb_report_begin_value(report), report->result);
    end_field(report, "baseline");
    if (summary->conclusion != PB_CONCLUSION_FAIL || summary->inconclusive_because == NULL)
        return;
    pb_buffer_append_format(pb_report_begin_value(report), "inconclusive besides: %s",
                            summary->inconclusive_because);
    report->renderer->field(report, "note");
}

static bool is_in_use(const struct pb_certificate *certificate)
{
    return pb_certificate_extras(certificate)->in_use_by_count > 0;
}

/* Certificates: what each is, why it stands here, where it was seen. */

static void emit_lineage_of(struct pb_report *report, uint32_t certificate)
{
    const struct pb_key_groups *groups = report->result->key_groups;
    uint32_t row = pb_key_groups_find(groups, certificate);
    struct pb_buffer *value = pb_report_begin_value(report);

    if (row == PB_NO_INDEX)
        return;
    pb_buffer_append_format(value, "key %zu below: ", (size_t)row + 1);
    pb_words_count(value, PB_VECTOR_AT(const struct pb_key_group, &groups->items, row).count,
                   "certificate");
    pb_buffer_append_string(value, " share it");
    link_to(report, 'k', row);
    end_field(report, "lineage");
}

static void append_tag(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_tag *tags = items;

    pb_words_text(&report->value, tags[index].key);
    pb_buffer_append_byte(&report->value, '=');
    pb_words_text(&report->value, tags[index].value);
}

static void append_seen(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_observation *observation = &((const struct pb_observation *)items)[index];

    pb_place_append(&report->value, report->inventory,
                    (struct pb_place){.entry = observation->entry,
                                      .line = observation->line,
                                      .pointer = observation->pointer});
    link_to(report, 'e', observation->entry);
}

/* Gaps of an account that its reasons do not name. */
struct gaps {
    const struct pb_account *account;
    const struct pb_gap *next, *end; /* of the inventory's */
};

/* NULL at the end. */
static const struct pb_gap *next_gap(struct gaps *gaps)
{
    for (; gaps->next < gaps->end; gaps->next++) {
        bool is_said = false;
        for (size_t i = 0; i < gaps->account->reason_count && i < SHOWN_REASONS; i++)
            is_said |= pb_slice_equals(gaps->account->reasons[i], gaps->next->message);
        if (!is_said)
            return gaps->next++;
    }
    return NULL;
}

/* Called once for each, in their order. */
static void append_gap(struct pb_report *report, const void *items, size_t index)
{
    struct gaps *const *gaps = items;

    (void)index;
    pb_words_text(&report->value, next_gap(*gaps)->message);
}

static void append_member(struct pb_report *report, const void *items, size_t index)
{
    const struct pb_key_member *member = &((const struct pb_key_member *)items)[index];

    pb_words_member(&report->value, report->inventory, member);
    if (member->certificate != PB_NO_INDEX)
        link_to(report, 'c', member->certificate);
}

/* What is said of reasons and gaps that are left out. */
#define LISTED " more: the json report lists all"

static const struct pb_list_kind reasons = {"coverage", SHOWN_REASONS, SHOWN_REASONS,
                                            "reason",   LISTED,        pb_append_string};
static const struct pb_list_kind other_gaps = {"gaps", 50, SIZE_MAX, "gap", LISTED, append_gap};
static const struct pb_list_kind uses = {"in use", 8, 100, "more deployment", "", pb_append_string};
static const struct pb_list_kind tags = {"tags", SIZE_MAX, SIZE_MAX, "", "", append_tag};
static const struct pb_list_kind names = {"names", SIZE_MAX, SIZE_MAX, "", "", pb_append_string};
static const struct pb_list_kind places = {"seen", 3, 100, "more place", "", append_seen};
static const struct pb_list_kind members = {NULL, 12, 100, "more certificate", "", append_member};

static size_t most_shown(const struct pb_report *report, const struct pb_list_kind *kind)
{
    return report->options.is_verbose ? kind->shown_verbose : kind->shown;
}

static void emit_list(struct pb_report *report, const struct pb_list_kind *kind, const void *items,
                      size_t count)
{
    struct pb_list list = {.kind = kind,
                           .shown = most_shown(report, kind),
                           .rest = kind->rest,
                           .items = items,
                           .count = count};

    if (count > 0)
        report->renderer->list(report, &list);
}

/* What a renderer that shows all facts shows among them. */
static void emit_facts(struct pb_report *report, const struct pb_certificate *certificate)
{
    const struct pb_x509_facts *body = certificate->body;
    const struct pb_extras *extras = pb_certificate_extras(certificate);

    emit_text(report, "id", certificate->id);
    if (!report->options.is_verbose)
        return;
    emit_text(report, "ARN", certificate->arn);
    emit_text(report, "path", certificate->path);
    emit_list(report, &tags, extras->tags, extras->tag_count);
    if (body == NULL)
        return;
    emit_text(report, "subject", body->subject);
    emit_list(report, &names, body->alternative_names, body->alternative_name_count);
    emit_text(report, "serial", body->serial);
    emit_text(report, "signed", body->signature_algorithm);
}

static const struct pb_finding *find_rule(const struct pb_finding *const *findings, size_t count,
                                          const char *rule)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i]->rule->name, rule) == 0)
            return findings[i];
    return NULL;
}

/* The verdict's reason in words, and what would settle it. */
static void emit_reason(struct pb_report *report, const struct pb_certificate *certificate)
{
    const struct pb_verdict_reason *reason = pb_verdict_reason_find(certificate->reason);
    struct pb_buffer *value = pb_report_begin_value(report);

    if (certificate->verdict != PB_VERDICT_UNDETERMINED || certificate->reason == NULL)
        return;
    pb_buffer_append_format(value, "%s%s%s", certificate->reason, reason != NULL ? ": " : "",
                            reason != NULL ? reason->meaning : "");
    end_field(report, "reason");
    if (reason != NULL)
        emit_words(report, "to settle", reason->remedy);
}

static void emit_certificate(struct pb_report *report, uint32_t index, bool is_folded)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_parameters *parameters = report->result->parameters;
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    const struct pb_renderer *to = report->renderer;
    bool is_former;
    struct pb_slice other_name = pb_other_name(report->inventory, certificate, &is_former);
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, index, PB_NO_INDEX, &count);

    to->begin_certificate(report, index, is_folded);
    emit_text(report, is_former ? "formerly" : "also", other_name);
    pb_words_upload(pb_report_begin_value(report), certificate, parameters->cutoff);
    end_field(report, pb_words_upload_label(certificate));
    pb_words_validity(pb_report_begin_value(report), certificate, parameters->as_of);
    end_field(report, "validity");
    pb_words_exposure(pb_report_begin_value(report), certificate);
    end_field(report, "exposed");
    if (certificate->body != NULL) {
        emit_text(report, "issuer", certificate->body->issuer);
        pb_words_key(pb_report_begin_value(report), &certificate->body->key);
        end_field(report, "key");
    }
    emit_lineage_of(report, index);
    if (certificate->revocation != NULL) {
        pb_words_revocation(pb_report_begin_value(report), certificate->revocation);
        end_field(report, "revoked");
    }
    emit_list(report, &uses, extras->in_use_by, extras->in_use_by_count);
    if (!to->has_all_facts)
        emit_facts(report, certificate);
    pb_words_state(pb_report_begin_value(report), certificate);
    end_field(report, "state");
    emit_list(report, &places,
              pb_inventory_observation(report->inventory, certificate->first_observation),
              certificate->observation_count);
    if (!to->has_all_facts || find_rule(findings, count, "undetermined") == NULL)
        emit_reason(report, certificate);
    for (size_t i = 0; i < count; i++)
        to->finding(report, findings[i], PB_FINDING_OF_CERTIFICATE);
}

/* Accounts: their coverage, then their certificates, the worst first. */

static void emit_coverage(struct pb_report *report, const struct pb_account *account,
                          uint32_t index)
{
    const struct pb_vector *all = &report->inventory->gaps;
    struct pb_list list = {.kind = &reasons,
                           .lead = pb_coverage_name(account->coverage),
                           .shown = SHOWN_REASONS,
                           .rest = LISTED,
                           .items = account->reasons,
                           .count = account->reason_count};
    size_t count = 0, first = report->next_gap;

    report->renderer->list(report, &list);
    while (report->next_gap < all->count &&
           PB_VECTOR_AT(const struct pb_gap, all, report->next_gap).account == index)
        report->next_gap++;
    if (report->next_gap == first)
        return;
    const struct pb_gap *gap = &PB_VECTOR_AT(const struct pb_gap, all, first);
    struct gaps gaps = {account, gap, gap + (report->next_gap - first)}, *items = &gaps;
    for (struct gaps counted = gaps; next_gap(&counted) != NULL;)
        count++;
    emit_list(report, &other_gaps, &items, count);
}

/* Gaps are emitted whether or not their rule was applied; here stands what only waivers and a
 * baseline say of them. */
static bool is_told_here(const struct pb_finding *finding)
{
    return pb_finding_former(finding) == NULL &&
           (strcmp(finding->rule->name, "coverage-gap") != 0 || finding->waiver != NULL ||
            finding->state != PB_STATE_NONE);
}

/* Counts it where it belongs to the folded ones: neither vulnerable nor undetermined, and without a
 * finding above low. */
static bool is_folded(const struct pb_report *report, uint32_t index, struct pb_folded *folded)
{
    enum pb_verdict verdict = pb_inventory_certificate(report->inventory, index)->verdict;
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, index, PB_NO_INDEX, &count);

    if (verdict == PB_VERDICT_VULNERABLE || verdict == PB_VERDICT_UNDETERMINED)
        return false;
    for (size_t i = 0; i < count; i++)
        if (findings[i]->rule->level > PB_LEVEL_LOW)
            return false;
    folded->clear += verdict == PB_VERDICT_CLEAR;
    folded->not_judged += verdict == PB_VERDICT_NONE;
    folded->with_findings += count > 0;
    return true;
}

/* In the order in which people act on them: by verdict, of each what is in use first. */
static void emit_certificates(struct pb_report *report, const struct pb_account *account,
                              bool are_folded, struct pb_folded *folded)
{
    static const enum pb_verdict order[] = {PB_VERDICT_VULNERABLE, PB_VERDICT_UNDETERMINED,
                                            PB_VERDICT_CLEAR, PB_VERDICT_NONE};

    for (size_t step = 0; step < 8; step++)
        for (uint32_t i = 0; i < account->all_certificate_count && !report->sink->has_failed; i++) {
            uint32_t index = account->first_certificate + i;
            const struct pb_certificate *certificate =
                pb_inventory_certificate(report->inventory, index);
            if (certificate->verdict == order[step / 2] &&
                is_in_use(certificate) == (step % 2 == 0) &&
                (report->options.is_verbose || is_folded(report, index, folded) == are_folded))
                emit_certificate(report, index, are_folded);
        }
}

static void emit_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    struct pb_folded folded = {0}, again = {0};
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, PB_NO_INDEX, index, &count);

    report->renderer->begin_account(report, index);
    if (pb_slice_is_absent(account->id)) { /* tells one unknown account from another */
        pb_escape_append(pb_report_begin_value(report), account->folder, PB_ESCAPE_REVERSIBLE);
        end_field(report, "folder");
    }
    emit_coverage(report, account, index);
    for (size_t i = 0; i < count; i++)
        if (is_told_here(findings[i]))
            report->renderer->finding(report, findings[i], PB_FINDING_OF_ACCOUNT);
    emit_certificates(report, account, false, &folded);
    if (folded.clear + folded.not_judged > 0 && report->renderer->begin_folded(report, &folded))
        emit_certificates(report, account, true, &again);
}

/* Keys that outlived a vulnerable certificate. */

static void emit_key(struct pb_report *report, uint32_t row)
{
    const struct pb_key_groups *groups = report->result->key_groups;
    const struct pb_key_group *group =
        &PB_VECTOR_AT(const struct pb_key_group, &groups->items, row);
    const struct pb_key_member *first = pb_key_group_members(groups, group);
    struct pb_list list = {.kind = &members,
                           .shown = most_shown(report, &members),
                           .items = first,
                           .count = group->count};
    struct pb_buffer *value = pb_report_begin_value(report);
    size_t exposed = 0;
    char label[32], rest[64] = "";

    pb_words_key(value, group->key);
    pb_buffer_append_string(value, ", SHA-256 of its public key ");
    pb_buffer_append_hex(value, group->key->spki_sha256, sizeof group->key->spki_sha256);
    snprintf(label, sizeof label, "key %zu", (size_t)row + 1);
    link_to(report, 'k', row);
    report->renderer->heading(report, label);
    for (size_t i = list.shown; i < list.count; i++)
        exposed += first[i].is_exposed;
    if (exposed > 0)
        snprintf(rest, sizeof rest, ", %zu of them vulnerable", exposed);
    list.rest = rest;
    report->renderer->list(report, &list);
}

static void emit_lineage(struct pb_report *report)
{
    static const struct pb_section section = {
        .id = "lineage",
        .title = "keys that lived on, each from its first certificate to its last",
        .explanation = "A new certificate with an exposed key is exposed too.",
    };
    size_t count = report->result->key_groups->shared_count;

    if (count == 0)
        return;
    report->renderer->begin_section(report, &section);
    for (uint32_t row = 0; row < count && !report->sink->has_failed; row++)
        emit_key(report, row);
}

/* Findings of no certificate and no account, and those that only the baseline has. */

static bool is_about_evidence(const struct pb_finding *finding)
{
    return finding->certificate == PB_NO_INDEX && finding->account == PB_NO_INDEX &&
           pb_finding_former(finding) == NULL;
}

static bool is_former(const struct pb_finding *finding)
{
    return pb_finding_former(finding) != NULL;
}

static void emit_findings(struct pb_report *report, const struct pb_vector *findings,
                          bool (*is_wanted)(const struct pb_finding *finding),
                          const struct pb_section *section)
{
    size_t emitted = 0;

    for (size_t i = 0; i < findings->count && !report->sink->has_failed; i++) {
        const struct pb_finding *finding = &PB_VECTOR_AT(const struct pb_finding, findings, i);
        if (!is_wanted(finding))
            continue;
        if (emitted++ == 0)
            report->renderer->begin_section(report, section);
        report->renderer->finding(report, finding, PB_FINDING_APART);
    }
}

static void emit_other_findings(struct pb_report *report)
{
    static const struct pb_section of_evidence = {
        .title = "findings about the evidence itself",
        .explanation = "They concern no certificate that the evidence shows.",
    };
    static const struct pb_section carried = {
        .title = "unchanged, because this evidence does not cover them",
        .explanation = "Findings of the baseline that count on until evidence settles them.",
    };
    static const struct pb_section resolved = {
        .title = "resolved since the baseline",
        .explanation = "Findings of the baseline that are over, and how.",
    };
    const struct pb_findings *findings = report->result->findings;

    emit_findings(report, &findings->items, is_about_evidence, &of_evidence);
    emit_findings(report, &findings->items, is_former, &carried);
    emit_findings(report, &findings->resolved, is_former, &resolved);
}

/* The evidence: what was not read, and what was odd. */

/* One of the two sections on its way. */
struct evidence {
    struct pb_section section;
    bool is_about_unread; /* else about what was read, ignored, or no evidence at all */
    size_t shown, more;
};

static bool is_unread(const struct pb_report *report, uint32_t entry)
{
    enum pb_entry_status status;

    if (entry == PB_NO_ENTRY)
        return false;
    status = pb_inventory_entry(report->inventory, entry)->status;
    return status == PB_ENTRY_UNREADABLE || status == PB_ENTRY_SKIPPED;
}

static bool is_shown(const struct pb_report *report, const struct pb_diagnostic *diagnostic)
{
    return report->options.is_verbose || diagnostic->severity != PB_SEVERITY_NOTE;
}

static void emit_more(struct pb_report *report, size_t depth, size_t more, const char *singular)
{
    struct pb_buffer *value = pb_report_begin_value(report);

    if (more == 0)
        return;
    pb_buffer_append_string(value, "and ");
    pb_words_count(value, more, singular);
    pb_buffer_append_string(value, ": the json report lists all");
    report->renderer->line(report, depth);
}

static void emit_diagnostic(struct pb_report *report, const struct pb_diagnostic *diagnostic)
{
    struct pb_place place = pb_place_of_diagnostic(diagnostic);
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_buffer_append_string(value, pb_severity_name(diagnostic->severity));
    if (place.line > 0 || place.pointer.size_bytes > 0) {
        pb_buffer_append_string(value, " at ");
        pb_words_inside(value, place);
    }
    pb_buffer_append_format(value, ", %s: ", diagnostic->code);
    pb_words_text(value, diagnostic->message);
    report->renderer->line(report, 2);
}

/* One item and those of its diagnostics, from first to end, that are shown. */
static void emit_group(struct pb_report *report, struct evidence *evidence, uint32_t entry,
                       size_t first, size_t end)
{
    struct pb_buffer *value = &report->value;
    size_t emitted = 0, more = 0;

    if (evidence->shown == SHOWN_ENTRIES && !report->options.is_verbose) {
        evidence->more++;
        return;
    }
    if (evidence->shown++ == 0)
        report->renderer->begin_section(report, &evidence->section);
    pb_place_append(pb_report_begin_value(report), report->inventory,
                    (struct pb_place){.entry = entry});
    if (entry == PB_NO_ENTRY)
        pb_buffer_append_string(value, "the evidence as a whole");
    else
        link_to(report, 'e', entry);
    report->renderer->line(report, 1);
    if (evidence->is_about_unread) {
        const struct pb_entry *unread = pb_inventory_entry(report->inventory, entry);
        pb_buffer_append_string(pb_report_begin_value(report),
                                pb_entry_status_name(unread->status));
        pb_buffer_append_string(value, pb_slice_is_absent(unread->detail) ? "" : ": ");
        pb_words_text(value, unread->detail);
        report->renderer->line(report, 2);
    }
    for (size_t i = first; i < end; i++) {
        if (!is_shown(report, report->diagnostics[i]))
            continue;
        if (emitted++ < SHOWN_DIAGNOSTICS || report->options.is_verbose)
            emit_diagnostic(report, report->diagnostics[i]);
        else
            more++;
    }
    emit_more(report, 2, more, "more diagnostic");
}

/* Items and diagnostics stand in the same order, "none" first: walks both once. */
static void emit_evidence(struct pb_report *report, struct evidence *evidence)
{
    const struct pb_batch *batch = &report->inventory->evidence;
    size_t first = 0, count = batch->entries.count;
    uint32_t entry = PB_NO_ENTRY;

    for (size_t step = 0; step <= count && !report->sink->has_failed; step++) {
        size_t end = first;
        bool has_shown = false;
        for (; end < batch->diagnostics.items.count && report->diagnostics[end]->entry == entry;
             end++)
            has_shown |= is_shown(report, report->diagnostics[end]);
        if (is_unread(report, entry) == evidence->is_about_unread &&
            (evidence->is_about_unread || has_shown))
            emit_group(report, evidence, entry, first, end);
        first = end;
        entry++; /* from "none" to the first */
    }
    emit_more(report, 1, evidence->more, "more item");
}

/* How to replace what is vulnerable. */

static void emit_step(struct pb_report *report, uint32_t index, size_t number, size_t of)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    struct pb_slice account = pb_inventory_account(report->inventory, certificate->account)->id;
    size_t deployments = pb_certificate_extras(certificate)->in_use_by_count, count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, index, PB_NO_INDEX, &count);
    const struct pb_finding *finding = find_rule(findings, count, "IAM-033");
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_buffer_append_format(value, "%zu of %zu: ", number, of);
    pb_words_text(value, pb_certificate_name(certificate));
    pb_buffer_append_string(value, " of account ");
    pb_words_text(value, pb_slice_is_absent(account) ? PB_SLICE("unknown") : account);
    if (deployments > 0) {
        pb_buffer_append_string(value, ", in use by ");
        pb_words_count(value, deployments, "deployment");
    }
    if (finding != NULL && finding->waiver != NULL)
        pb_buffer_append_string(value, ", waived");
    report->renderer->heading(report, NULL);
    pb_remedy_append(pb_report_begin_value(report), report->inventory, certificate);
    report->renderer->commands(report);
}

static void emit_plan(struct pb_report *report)
{
    static const struct pb_section section = {
        .title = "how to replace what is vulnerable, in the order of its use",
        .advice = pb_remedy_advice,
    };
    size_t count = report->result->summary->vulnerable, number = 0;

    if (count == 0)
        return;
    report->renderer->begin_section(report, &section);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < report->inventory->certificates.count && !report->sink->has_failed;
             i++) {
            const struct pb_certificate *one = pb_inventory_certificate(report->inventory, i);
            if (one->verdict == PB_VERDICT_VULNERABLE && is_in_use(one) == (pass == 0))
                emit_step(report, i, ++number, count);
        }
}

void pb_walk_page(struct pb_report *report)
{
    struct evidence unread = {.section.title = "evidence that was not read",
                              .is_about_unread = true};
    struct evidence odd = {.section.title = "evidence to look at"};

    report->renderer->begin(report);
    if (!report->renderer->has_all_facts)
        emit_parameters(report);
    for (uint32_t i = 0; i < report->inventory->accounts.count && !report->sink->has_failed; i++)
        emit_account(report, i);
    emit_lineage(report);
    emit_other_findings(report);
    emit_evidence(report, &unread);
    if (!report->renderer->has_all_facts)
        emit_evidence(report, &odd);
    if (report->options.is_verbose)
        emit_plan(report);
    report->renderer->end(report);
}

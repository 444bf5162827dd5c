/* SPDX-License-Identifier: MIT */
/* The walk through everything that people read, in the order in which they act on it. The audit
 * stands before it, whose result it is given; a renderer comes after it, which writes what the walk
 * emits: text.c, html.c. The fields of records, which machines read, are emitted by fields.c. */
#include "report/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "rules/verdict.h"
#include "rules/sentence.h"

/* So many are seen at once; more are by -v, or open on demand. The json report has all. */
#define SHOWN_REASONS 20
#define SHOWN_GAPS 50
#define SHOWN_USES 8
#define SHOWN_PLACES 3
#define SHOWN_RELATIVES 12
#define SHOWN_VERBOSE 100
#define SHOWN_ENTRIES 50
#define SHOWN_DIAGNOSTICS 10

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* "None" is the greatest index, and sorts first: one more wraps around to zero. */
static uint32_t none_first(uint32_t index)
{
    return index + 1;
}

static int compare_diagnostics(const void *left, const void *right)
{
    const struct pb_diagnostic *a = *(const struct pb_diagnostic *const *)left;
    const struct pb_diagnostic *b = *(const struct pb_diagnostic *const *)right;
    int order = compare_numbers(none_first(a->entry), none_first(b->entry));

    if (order == 0)
        order = compare_numbers(a->offset_bytes, b->offset_bytes);
    if (order == 0)
        order = strcmp(a->code, b->code);
    if (order == 0)
        order = pb_slice_compare(a->pointer, b->pointer);
    if (order == 0)
        order = pb_slice_compare(a->message, b->message);
    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a > b) - (a < b);
}

static uint64_t subject(const struct pb_finding *finding)
{
    uint32_t account = finding->certificate == PB_NO_INDEX ? none_first(finding->account) : 0;

    return (uint64_t)none_first(finding->certificate) << 32 | account;
}

static int compare_subjects(const void *left, const void *right)
{
    return compare_numbers(subject(*(const struct pb_finding *const *)left),
                           subject(*(const struct pb_finding *const *)right));
}

static int compare_findings(const void *left, const void *right)
{
    const struct pb_finding *a = *(const struct pb_finding *const *)left;
    const struct pb_finding *b = *(const struct pb_finding *const *)right;
    int order = compare_subjects(left, right);

    return order != 0 ? order : (a > b) - (a < b);
}

/* Pointers to the elements in order, to be freed by free(); false without memory. */
static bool order_elements(const struct pb_vector *vector,
                           int (*compare)(const void *, const void *), void *ordered)
{
    const char *element = vector->data;
    const void **pointers = calloc(vector->count + 1, sizeof(const void *));

    memcpy(ordered, &pointers, sizeof pointers);
    if (pointers == NULL)
        return false;
    for (size_t i = 0; i < vector->count; i++)
        pointers[i] = element + i * vector->element_bytes;
    qsort(pointers, vector->count, sizeof(const void *), compare);
    return true;
}

bool pb_report_open(struct pb_report *report)
{
    const struct pb_result *result = report->result;

    report->inventory = result->inventory;
    pb_buffer_init(&report->value, SIZE_MAX);
    if (order_elements(&report->inventory->evidence.diagnostics.items, compare_diagnostics,
                       &report->diagnostics) &&
        (!report->renderer->is_for_people ||
         order_elements(&result->findings->items, compare_findings, &report->findings)))
        return true;
    pb_sink_fail_memory(report->sink);
    return false;
}

void pb_report_close(struct pb_report *report)
{
    pb_buffer_release(&report->value);
    free(report->findings);
    free(report->diagnostics);
}

const struct pb_finding *const *pb_report_findings(const struct pb_report *report,
                                                   uint32_t certificate, uint32_t account,
                                                   size_t *count)
{
    const struct pb_finding wanted = {.certificate = certificate, .account = account};
    const struct pb_finding *key = &wanted;
    size_t all = report->result->findings->items.count;
    size_t first = pb_lower_bound(&key, report->findings, all, sizeof key, compare_subjects);

    *count = 0;
    while (first + *count < all && subject(report->findings[first + *count]) == subject(key))
        ++*count;
    return report->findings + first;
}

struct pb_buffer *pb_report_begin_value(struct pb_report *report)
{
    pb_buffer_clear(&report->value);
    report->link_letter = '\0';
    return &report->value;
}

struct pb_slice pb_report_take_value(struct pb_report *report)
{
    if (report->value.has_failed)
        pb_sink_fail_memory(report->sink);
    return pb_buffer_slice(&report->value);
}

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

/* The place is what the value says. */
static void append_place(struct pb_report *report, struct pb_place place)
{
    pb_place_append(&report->value, report->inventory, place);
    report->link_letter = 'e';
    report->link_index = place.entry;
}

static void append_string(struct pb_report *report, void *items, size_t index)
{
    const struct pb_slice *const *strings = items;

    pb_words_text(&report->value, (*strings)[index]);
}

void pb_walk_parameters(struct pb_report *report)
{
    const struct pb_parameters *parameters = report->result->parameters;
    size_t count, applied = 0;
    const struct pb_rule *const *rules = pb_rules(&count);
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_instant_append(value, parameters->cutoff);
    pb_buffer_append_string(value, ": what was uploaded before is vulnerable");
    end_field(report, "cutoff");
    pb_instant_append(pb_report_begin_value(report), parameters->as_of);
    pb_buffer_append_string(value, ": expiry is judged against it");
    end_field(report, "as of");
    pb_report_begin_value(report);
    for (size_t i = 0; i < count; i++)
        if (parameters->rules >> i & 1)
            pb_buffer_append_format(value, "%s%s", applied++ > 0 ? ", " : "", rules[i]->name);
    if (applied == count)
        pb_buffer_append_format(pb_report_begin_value(report), "all %zu", count);
    else if (applied == 0)
        pb_buffer_append_string(value, "none");
    end_field(report, "rules");
    if (!pb_has_rule(report->result, "IAM-033"))
        emit_words(report, "", "IAM-033 is off: verdicts are counted, but are no findings");
}

size_t pb_count_verdict(const struct pb_inventory *inventory, const struct pb_account *account,
                        enum pb_verdict verdict)
{
    size_t count = 0;

    for (uint32_t i = 0; i < account->all_certificate_count; i++)
        count +=
            pb_inventory_certificate(inventory, account->first_certificate + i)->verdict == verdict;
    return count;
}

size_t pb_count_deleted(const struct pb_inventory *inventory, const struct pb_account *account)
{
    size_t count = 0;

    for (uint32_t i = 0; i < account->all_certificate_count; i++) {
        const struct pb_certificate *certificate =
            pb_inventory_certificate(inventory, account->first_certificate + i);
        count +=
            certificate->origin == PB_ORIGIN_IAM && certificate->presence == PB_PRESENCE_DELETED;
    }
    return count;
}

static bool is_in_use(const struct pb_certificate *certificate)
{
    return pb_certificate_extras(certificate)->in_use_by_count > 0;
}

/* Certificates: what each is, why it stands here, where it was seen. */

static void emit_dates(struct pb_report *report, const struct pb_certificate *certificate)
{
    const struct pb_parameters *parameters = report->result->parameters;

    pb_words_upload(pb_report_begin_value(report), certificate, parameters->cutoff);
    end_field(report, pb_words_upload_label(certificate));
    pb_words_validity(pb_report_begin_value(report), certificate, parameters->as_of);
    end_field(report, "validity");
    pb_words_exposure(pb_report_begin_value(report), certificate);
    end_field(report, "exposed");
}

static void emit_lineage_of(struct pb_report *report, uint32_t certificate)
{
    uint32_t row = pb_key_groups_find(report->result->key_groups, certificate);

    if (row == PB_NO_INDEX)
        return;
    struct pb_buffer *value = pb_report_begin_value(report);
    pb_buffer_append_format(value, "key %zu below: ", (size_t)row + 1);
    pb_words_count(
        value,
        PB_VECTOR_AT(const struct pb_key_group, &report->result->key_groups->items, row).count,
        "certificate");
    pb_buffer_append_string(value, " share it");
    report->link_letter = 'k';
    report->link_index = row;
    end_field(report, "lineage");
}

static void append_tag(struct pb_report *report, void *items, size_t index)
{
    const struct pb_tag *const *tags = items;

    pb_words_text(&report->value, (*tags)[index].key);
    pb_buffer_append_byte(&report->value, '=');
    pb_words_text(&report->value, (*tags)[index].value);
}

static void append_seen(struct pb_report *report, void *items, size_t index)
{
    const uint32_t *first = items;
    const struct pb_observation *observation =
        pb_inventory_observation(report->inventory, *first + index);

    append_place(report, (struct pb_place){.entry = observation->entry,
                                           .line = observation->line,
                                           .pointer = observation->pointer});
}

static void emit_list(struct pb_report *report, struct pb_list list)
{
    if (list.count > 0 || list.lead != NULL)
        report->renderer->list(report, &list);
}

static void emit_strings(struct pb_report *report, const char *label,
                         const struct pb_slice *strings, size_t count)
{
    emit_list(report, (struct pb_list){.label = label,
                                       .count = count,
                                       .shown = SIZE_MAX,
                                       .append = append_string,
                                       .items = &strings});
}

static void emit_uses(struct pb_report *report, const struct pb_extras *extras)
{
    const struct pb_slice *uses = extras->in_use_by;

    emit_list(report,
              (struct pb_list){.label = "in use",
                               .count = extras->in_use_by_count,
                               .shown = report->options.is_verbose ? SHOWN_VERBOSE : SHOWN_USES,
                               .singular = "more deployment",
                               .append = append_string,
                               .items = &uses});
}

static void emit_tags(struct pb_report *report, const struct pb_extras *extras)
{
    const struct pb_tag *tags = extras->tags;

    emit_list(report, (struct pb_list){.label = "tags",
                                       .count = extras->tag_count,
                                       .shown = SIZE_MAX,
                                       .append = append_tag,
                                       .items = &tags});
}

/* What a renderer that shows all facts shows among them. */
static void emit_facts(struct pb_report *report, const struct pb_certificate *certificate)
{
    const struct pb_x509_facts *body = certificate->body;

    emit_text(report, "id", certificate->id);
    if (!report->options.is_verbose)
        return;
    emit_text(report, "ARN", certificate->arn);
    emit_text(report, "path", certificate->path);
    emit_tags(report, pb_certificate_extras(certificate));
    if (body == NULL)
        return;
    emit_text(report, "subject", body->subject);
    emit_strings(report, "names", body->alternative_names, body->alternative_name_count);
    emit_text(report, "serial", body->serial);
    emit_text(report, "signed", body->signature_algorithm);
}

static void emit_places(struct pb_report *report, const struct pb_certificate *certificate)
{
    uint32_t first = certificate->first_observation;

    emit_list(report,
              (struct pb_list){.label = "seen",
                               .count = certificate->observation_count,
                               .shown = report->options.is_verbose ? SHOWN_VERBOSE : SHOWN_PLACES,
                               .is_elsewhere = true,
                               .singular = "more place",
                               .append = append_seen,
                               .items = &first});
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

static void emit_certificate(struct pb_report *report, uint32_t index, bool is_calm)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(report->inventory, index);
    const struct pb_renderer *to = report->renderer;
    bool is_former;
    struct pb_slice other_name = pb_other_name(report->inventory, certificate, &is_former);
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, index, PB_NO_INDEX, &count);

    to->begin_certificate(report, index, is_calm);
    emit_text(report, is_former ? "formerly" : "also", other_name);
    emit_dates(report, certificate);
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
    emit_uses(report, pb_certificate_extras(certificate));
    if (to->has_all_facts)
        emit_tags(report, pb_certificate_extras(certificate));
    else
        emit_facts(report, certificate);
    pb_words_state(pb_report_begin_value(report), certificate);
    end_field(report, "state");
    emit_places(report, certificate);
    if (!to->has_all_facts || find_rule(findings, count, "undetermined") == NULL)
        emit_reason(report, certificate);
    for (size_t i = 0; i < count; i++)
        to->finding(report, findings[i], PB_FINDING_OF_CERTIFICATE);
}

/* Accounts: their coverage, then their certificates, the worst first. */

static void emit_coverage(struct pb_report *report, const struct pb_account *account)
{
    const struct pb_slice *reasons = account->reasons;

    emit_list(report, (struct pb_list){.label = "coverage",
                                       .lead = pb_coverage_name(account->coverage),
                                       .count = account->reason_count,
                                       .shown = SHOWN_REASONS,
                                       .singular = "reason",
                                       .rest = " more: the json report lists all",
                                       .append = append_string,
                                       .items = &reasons});
}

static bool is_shown_reason(const struct pb_account *account, struct pb_slice message)
{
    for (uint32_t i = 0; i < account->reason_count && i < SHOWN_REASONS; i++)
        if (pb_slice_equals(account->reasons[i], message))
            return true;
    return false;
}

/* Gaps of an account that its reasons do not name. */
struct gaps {
    const struct pb_account *account;
    size_t next, end; /* of the inventory's */
};

static const struct pb_gap *next_gap(const struct pb_report *report, struct gaps *gaps)
{
    while (gaps->next < gaps->end) {
        const struct pb_gap *gap =
            &PB_VECTOR_AT(const struct pb_gap, &report->inventory->gaps, gaps->next++);
        if (!is_shown_reason(gaps->account, gap->message))
            return gap;
    }
    return NULL;
}

static void append_gap(struct pb_report *report, void *items, size_t index)
{
    (void)index;
    pb_words_text(&report->value, next_gap(report, items)->message);
}

static void emit_gaps(struct pb_report *report, const struct pb_account *account, uint32_t index)
{
    const struct pb_vector *all = &report->inventory->gaps;
    struct gaps gaps = {account, report->next_gap, report->next_gap};
    size_t count = 0;

    while (gaps.end < all->count &&
           PB_VECTOR_AT(const struct pb_gap, all, gaps.end).account == index)
        gaps.end++;
    report->next_gap = gaps.end;
    for (struct gaps counted = gaps; next_gap(report, &counted) != NULL;)
        count++;
    emit_list(report, (struct pb_list){.label = "gaps",
                                       .count = count,
                                       .shown = report->options.is_verbose ? SIZE_MAX : SHOWN_GAPS,
                                       .singular = "gap",
                                       .rest = " more: the json report lists all",
                                       .append = append_gap,
                                       .items = &gaps});
}

/* Gaps are emitted whether or not their rule was applied; here stands what only waivers and a
 * baseline say of them. */
static bool is_news(const struct pb_finding *finding)
{
    return pb_finding_former(finding) == NULL &&
           (strcmp(finding->rule->name, "coverage-gap") != 0 || finding->waiver != NULL ||
            finding->state != PB_STATE_NONE);
}

static void emit_account_findings(struct pb_report *report, uint32_t index)
{
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, PB_NO_INDEX, index, &count);

    for (size_t i = 0; i < count; i++)
        if (is_news(findings[i]))
            report->renderer->finding(report, findings[i], PB_FINDING_OF_ACCOUNT);
}

/* The order in which people act on certificates: by verdict, of each what is in use first. */
static const struct {
    enum pb_verdict verdict;
    bool is_in_use;
} severity_order[] = {
    {PB_VERDICT_VULNERABLE, true},   {PB_VERDICT_VULNERABLE, false},
    {PB_VERDICT_UNDETERMINED, true}, {PB_VERDICT_UNDETERMINED, false},
    {PB_VERDICT_CLEAR, true},        {PB_VERDICT_CLEAR, false},
    {PB_VERDICT_NONE, true},         {PB_VERDICT_NONE, false},
};

/* Counts it where it is calm: neither vulnerable nor undetermined, and without a finding above
 * low. */
static bool is_calm(const struct pb_report *report, uint32_t index, struct pb_calm *calm)
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
    calm->clear += verdict == PB_VERDICT_CLEAR;
    calm->not_judged += verdict == PB_VERDICT_NONE;
    calm->with_findings += count > 0;
    return true;
}

static void emit_certificates(struct pb_report *report, const struct pb_account *account,
                              bool are_calm, struct pb_calm *calm)
{
    for (size_t step = 0; step < sizeof severity_order / sizeof severity_order[0]; step++)
        for (uint32_t i = 0; i < account->all_certificate_count && !report->sink->has_failed; i++) {
            uint32_t index = account->first_certificate + i;
            const struct pb_certificate *certificate =
                pb_inventory_certificate(report->inventory, index);
            if (certificate->verdict == severity_order[step].verdict &&
                is_in_use(certificate) == severity_order[step].is_in_use &&
                (report->options.is_verbose || is_calm(report, index, calm) == are_calm))
                emit_certificate(report, index, are_calm);
        }
}

static void emit_account(struct pb_report *report, uint32_t index)
{
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    struct pb_calm calm = {0}, again = {0};

    report->renderer->begin_account(report, index);
    if (pb_slice_is_absent(account->id)) { /* tells one unknown account from another */
        pb_escape_append(pb_report_begin_value(report), account->folder, PB_ESCAPE_REVERSIBLE);
        end_field(report, "folder");
    }
    emit_coverage(report, account);
    emit_gaps(report, account, index);
    emit_account_findings(report, index);
    emit_certificates(report, account, false, &calm);
    if (calm.clear + calm.not_judged > 0 && report->renderer->begin_calm(report, &calm))
        emit_certificates(report, account, true, &again);
}

/* Keys that outlived a vulnerable certificate. */

static void append_relative(struct pb_report *report, void *items, size_t index)
{
    const struct pb_key_member *const *relatives = items;
    const struct pb_key_member *relative = &(*relatives)[index];

    pb_words_relative(&report->value, report->inventory, relative);
    if (relative->certificate != PB_NO_INDEX) {
        report->link_letter = 'c';
        report->link_index = relative->certificate;
    }
}

static void emit_key(struct pb_report *report, uint32_t row)
{
    const struct pb_key_groups *groups = report->result->key_groups;
    const struct pb_key_group *family =
        &PB_VECTOR_AT(const struct pb_key_group, &groups->items, row);
    const struct pb_key_member *relatives = pb_key_group_members(groups, family);
    size_t shown = report->options.is_verbose ? SHOWN_VERBOSE : SHOWN_RELATIVES, exposed = 0;
    struct pb_buffer *value = pb_report_begin_value(report);
    char label[32], rest[64] = "";

    pb_words_key(value, family->key);
    pb_buffer_append_string(value, ", SHA-256 of its public key ");
    pb_buffer_append_hex(value, family->key->spki_sha256, sizeof family->key->spki_sha256);
    snprintf(label, sizeof label, "key %zu", (size_t)row + 1);
    report->link_letter = 'k';
    report->link_index = row;
    report->renderer->heading(report, label);
    for (size_t i = shown; i < family->count; i++)
        exposed += relatives[i].is_exposed;
    if (exposed > 0)
        snprintf(rest, sizeof rest, ", %zu of them vulnerable", exposed);
    emit_list(report, (struct pb_list){.count = family->count,
                                       .shown = shown,
                                       .singular = "more certificate",
                                       .rest = rest,
                                       .append = append_relative,
                                       .items = &relatives});
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

static void emit_entry(struct pb_report *report, uint32_t index)
{
    struct pb_buffer *value = pb_report_begin_value(report);

    if (index == PB_NO_ENTRY)
        pb_buffer_append_string(value, "the evidence as a whole");
    else
        append_place(report, (struct pb_place){.entry = index});
    report->renderer->line(report, 1);
    if (!is_unread(report, index))
        return;
    const struct pb_entry *entry = pb_inventory_entry(report->inventory, index);
    pb_buffer_append_string(pb_report_begin_value(report), pb_entry_status_name(entry->status));
    if (!pb_slice_is_absent(entry->detail)) {
        pb_buffer_append_string(value, ": ");
        pb_words_text(value, entry->detail);
    }
    report->renderer->line(report, 2);
}

/* One item and those of its diagnostics, from first to end, that are shown. */
static void emit_group(struct pb_report *report, struct evidence *evidence, uint32_t entry,
                       size_t first, size_t end)
{
    size_t emitted = 0, more = 0;

    if (evidence->shown == SHOWN_ENTRIES && !report->options.is_verbose) {
        evidence->more++;
        return;
    }
    if (evidence->shown++ == 0)
        report->renderer->begin_section(report, &evidence->section);
    emit_entry(report, entry);
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
    size_t uses = pb_certificate_extras(certificate)->in_use_by_count, count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, index, PB_NO_INDEX, &count);
    const struct pb_finding *finding = find_rule(findings, count, "IAM-033");
    struct pb_buffer *value = pb_report_begin_value(report);

    pb_buffer_append_format(value, "%zu of %zu: ", number, of);
    pb_words_text(value, pb_certificate_name(certificate));
    pb_buffer_append_string(value, " of account ");
    pb_words_text(value, pb_slice_is_absent(account) ? PB_SLICE("unknown") : account);
    if (uses > 0) {
        pb_buffer_append_string(value, ", in use by ");
        pb_words_count(value, uses, "deployment");
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
    for (uint32_t i = 0; i < report->inventory->accounts.count && !report->sink->has_failed; i++)
        emit_account(report, i);
    emit_lineage(report);
    emit_other_findings(report);
    if (!report->renderer->has_all_facts) {
        emit_evidence(report, &unread);
        emit_evidence(report, &odd);
        if (report->options.is_verbose)
            emit_plan(report);
    }
    report->renderer->end(report);
}

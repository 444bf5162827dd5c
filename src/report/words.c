/* SPDX-License-Identifier: MIT */
/* Words and sentences that several formats share. page.c puts them under labels; the writers of the
 * formats lay them out. */
#include "report/report.h"

#include "inventory/sentences.inc"

static void append(struct pb_buffer *buffer, const char *words)
{
    pb_buffer_append_string(buffer, words);
}

static void append_between(struct pb_buffer *buffer, const char *before, struct pb_slice text,
                           const char *after)
{
    append(buffer, before);
    pb_words_text(buffer, text);
    append(buffer, after);
}

void pb_words_account(struct pb_buffer *buffer, const char *before,
                      const struct pb_account *account)
{
    bool is_known = !pb_slice_is_absent(account->id);
    struct pb_slice where = is_known ? account->partition : account->folder;

    append_between(buffer, pb_slice_starts_with(account->id, PB_SLICE("account-")) ? "" : before,
                   pb_or_unknown(account->id), "");
    if (where.size_bytes == 0 || (is_known && pb_slice_equals(where, PB_SLICE("aws"))))
        return;
    append(buffer, is_known ? " in " : " in folder ");
    pb_escape_append(buffer, where, PB_ESCAPE_REVERSIBLE);
}

void pb_words_certificates(struct pb_buffer *buffer, const struct pb_account *account)
{
    uint32_t of_acm = account->all_certificate_count - account->certificate_count;
    append(buffer, pb_count_text(account->certificate_count, "certificate").text);
    if (of_acm > 0)
        pb_buffer_append_format(buffer, " and %zu in ACM", (size_t)of_acm);
}

void pb_words_first(struct pb_buffer *buffer, const struct pb_slice *items, size_t count)
{
    pb_words_text(buffer, count > 0 ? items[0] : PB_SLICE_ABSENT);
    if (count > 1)
        pb_buffer_append_format(buffer, " and %zu more", count - 1);
}

const char *pb_words_short_name(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    struct pb_slice name = pb_certificate_name(certificate);
    bool is_named = certificate->name.size_bytes > 0;
    bool is_arn = !is_named && certificate->arn.size_bytes > 0;
    pb_words_text(buffer, pb_slice_from(name, is_arn ? pb_slice_find_last(name, '/') + 1 : 0));
    if (is_named)
        return certificate->is_name_from_file ? " (named after its file)" : "";
    return is_arn ? " (from its ARN)" : certificate->id.size_bytes > 0 ? " (its id)" : "";
}

struct pb_slice pb_other_name(const struct pb_certificate *certificate, bool *is_former)
{
    struct pb_slice other = PB_SLICE_ABSENT;

    *is_former = false;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *observation = &certificate->observations[i];
        const struct pb_particulars *particulars = pb_observation_particulars(observation);
        if (other.data == NULL && observation->name.size_bytes > 0 &&
            !observation->is_name_from_file &&
            !pb_slice_equals(observation->name, certificate->name))
            other = observation->name;
        *is_former |= particulars->event == PB_EVENT_UPDATE &&
                      pb_slice_equals(particulars->new_name, certificate->name);
    }
    return other;
}

void pb_words_key(struct pb_buffer *buffer, const struct pb_key_facts *key)
{
    pb_words_text(buffer, key->algorithm);
    if (!pb_slice_is_absent(key->curve))
        append_between(buffer, " ", key->curve, "");
    else if (key->bits > 0)
        pb_buffer_append_format(buffer, " %zu", (size_t)key->bits);
}

void pb_words_member(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     const struct pb_key_member *member)
{
    bool is_former, is_present = member->certificate != NULL;
    const struct pb_certificate *certificate =
        is_present ? member->certificate : &member->former->seen;
    struct pb_slice other_name = pb_other_name(certificate, &is_former);
    struct pb_slice account = is_present ? pb_inventory_account(inventory, certificate->account)->id
                                         : member->former->account;

    pb_words_text(buffer, pb_certificate_name(certificate));
    if (!pb_slice_is_absent(other_name))
        append_between(buffer, is_former ? ", formerly " : ", also called ", other_name, "");
    append_between(buffer, " (account ", pb_or_unknown(account), ", ");
    append(buffer, pb_arrival_text(certificate, false).text);
    if (certificate->is_exposed)
        append(buffer, ", vulnerable");
    else if (member->is_exposed)
        append(buffer, ", vulnerable in the baseline");
    else if (certificate->verdict == PB_VERDICT_UNDETERMINED)
        append(buffer, ", undetermined");
    if (certificate->presence == PB_PRESENCE_DELETED)
        append(buffer, ", deleted");
    else if (certificate->in_use_by_count > 0)
        append(buffer, ", in use");
    append(buffer, is_present ? ")" : ", known from the baseline)");
}

void pb_words_message(struct pb_buffer *buffer, const struct pb_result *result,
                      const struct pb_finding *finding)
{
    char room[PB_SENTENCE_BYTES];
    pb_words_text(buffer, pb_finding_message(finding, result->inventory, result->parameters, room));
}

void pb_words_finding(struct pb_buffer *buffer, const struct pb_result *result,
                      const struct pb_finding *finding)
{
    const struct pb_inventory *inventory = result->inventory;
    const struct pb_former_finding *former = finding->former;

    if (finding->account != PB_NO_INDEX && (former == NULL || former->certificate == NULL)) {
        pb_words_account(buffer, "account ", pb_inventory_account(inventory, finding->account));
        append(buffer, ": ");
    }
    if (finding->certificate != PB_NO_INDEX) {
        pb_words_name(buffer, pb_inventory_certificate(inventory, finding->certificate));
        append(buffer, ": ");
    }
    pb_words_message(buffer, result, finding);
}

void pb_words_waiver(struct pb_buffer *buffer, const struct pb_waiver *waiver)
{
    append_between(buffer, "waived by ", waiver->owner, " until ");
    append_between(buffer, "", waiver->expires, ": ");
    pb_words_text(buffer, waiver->reason);
}

void pb_words_inside(struct pb_buffer *buffer, struct pb_place place)
{
    if (place.line > 0 && place.column > 0) {
        pb_buffer_append_format(buffer, "%zu:%zu", (size_t)place.line, (size_t)place.column);
    } else if (place.line > 0) {
        pb_buffer_append_format(buffer, "%zu", (size_t)place.line);
    } else if (!pb_slice_is_absent(place.pointer)) {
        append(buffer, "#");
        pb_escape_append(buffer, place.pointer, PB_ESCAPE_REVERSIBLE);
    }
}

void pb_place_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     struct pb_place place)
{
    if (place.entry == PB_NO_ENTRY)
        return;
    pb_escape_append(buffer, pb_inventory_path(inventory, place.entry), PB_ESCAPE_REVERSIBLE);
    if (place.line > 0)
        append(buffer, ":");
    pb_words_inside(buffer, place);
}

const char *const pb_conclusion_words[] = {
    [PREBLEED_PASS] = "PASS", [PREBLEED_FAIL] = "FAIL", [PREBLEED_INCONCLUSIVE] = "INCONCLUSIVE"};

void pb_words_outcome(struct pb_buffer *buffer, const struct pb_result *result)
{
    enum prebleed_conclusion conclusion = result->summary->conclusion;
    int status = result->summary->exit_status;

    append(buffer, pb_conclusion_words[conclusion]);
    if (conclusion != PREBLEED_FAIL && status == 1)
        pb_buffer_append_format(buffer, PB_SAY_BUT_FAILS,
                                pb_level_names[result->parameters->fail_on]);
    else if (conclusion == PREBLEED_FAIL && status != 1 &&
             result->parameters->fail_on == PB_LEVEL_NEVER)
        append(buffer, " (not counted: --fail-on never)");
    else if ((conclusion == PREBLEED_FAIL && status != 1) ||
             (conclusion == PREBLEED_INCONCLUSIVE && status == 0))
        append(buffer, " (not counted: not new, --new-only)");
}

void pb_words_baseline(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    pb_buffer_append_format(buffer, "%zu new, %zu unchanged, %zu resolved",
                            summary->states[PB_STATE_NEW], summary->states[PB_STATE_UNCHANGED],
                            summary->states[PB_STATE_RESOLVED]);
}

/* Appends why the result is inconclusive, and returns how many files could not be read. */
static size_t append_cause(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    size_t unread =
        summary->entry_status[PB_ENTRY_UNREADABLE] + summary->entry_status[PB_ENTRY_SKIPPED];
    size_t undetermined = summary->rules[PB_RULE_UNDETERMINED];
    size_t gaps = summary->rules[PB_RULE_COVERAGE_GAP];

    if (unread > 0)
        pb_buffer_append_format(buffer, "%s could not be read", pb_count_text(unread, "file").text);
    else if (undetermined > 0)
        pb_buffer_append_format(buffer, "%s %s undetermined",
                                pb_count_text(undetermined, "certificate").text,
                                undetermined == 1 ? "is" : "are");
    else if (gaps > 0 && summary->certificates > 0)
        pb_buffer_append_format(buffer, PB_SAY_HAS_GAPS, pb_count_text(gaps, "known gap").text);
    else
        append(buffer, summary->inconclusive_because);
    return unread;
}

static size_t count_judged(const struct pb_summary *summary)
{
    return summary->certificates - summary->not_judged;
}

/* What tells certificates that are judged from those that are not: deleted, or in ACM. */
static const char *name_judged(const struct pb_summary *summary)
{
    return summary->not_judged > 0 ? " in IAM" : "";
}

/* "2 of 5 certificates were", "1 of 1 certificate was", "none of 5 certificates in IAM was" */
static void append_vulnerable(struct pb_buffer *buffer, const struct pb_result *result)
{
    const struct pb_summary *summary = result->summary;
    pb_buffer_append_format(buffer, summary->vulnerable == 0 ? "none" : "%zu", summary->vulnerable);
    pb_buffer_append_format(buffer, " of %s%s %s uploaded before the cutoff",
                            pb_count_text(count_judged(summary), "certificate").text,
                            name_judged(summary), summary->vulnerable > 1 ? "were" : "was");
    if (summary->vulnerable > 0 && summary->rules[PB_RULE_IAM_033] == 0)
        append(buffer, pb_rule_is_chosen(&pb_rules[PB_RULE_IAM_033], result->parameters)
                           ? ", as waivers accept"
                           : ", and rule IAM-033 is off");
}

static void append_pass(struct pb_buffer *buffer, const struct pb_result *result)
{
    const struct pb_summary *summary = result->summary;
    const struct pb_certificate *only = result->inventory->certificates.data;
    size_t unproven = 0, judged = count_judged(summary);

    for (size_t i = 0; i < result->inventory->accounts.count; i++)
        unproven += pb_inventory_account(result->inventory, i)->coverage != PB_COVERAGE_COMPLETE;
    while (judged == 1 && only->verdict == PB_VERDICT_NONE)
        only++;
    if (judged == 0)
        pb_buffer_append_format(buffer, PB_SAY_NONE_SHOWN, name_judged(summary));
    else if (judged == 1 && summary->clear == 1)
        pb_buffer_append_format(
            buffer, "the only certificate%s was %s the cutoff", name_judged(summary),
            pb_instant_compare(only->upload_date.instant, result->parameters->cutoff) == 0
                ? "not uploaded before"
                : "uploaded after");
    else
        append_vulnerable(buffer, result);
    if (unproven == 0)
        return;
    if (summary->accounts == 1)
        append(buffer, judged == 1 ? ". Its account" : ". The account");
    else
        pb_buffer_append_format(buffer, ". %zu of %s", unproven,
                                pb_count_text(summary->accounts, "account").text);
    append(buffer, judged == 0 ? " may hold some" : " may hold others");
}

static void append_fail(struct pb_buffer *buffer, const struct pb_result *result, const char *where)
{
    static const char *const sentences[][2] = {
        {PB_SAY_OR_REPLACE_IT, PB_SAY_OR_REPLACE_THEM},
        {PB_SAY_AND_REVOKE_IT, PB_SAY_AND_REVOKE_THEM},
    };
    static const char *const objects[][2] = {{"it", "them"}, {"the other", "the others"}};
    const struct pb_summary *summary = result->summary;
    size_t uploads = 0, over = 0; /* findings of IAM-033 that count; to be deleted only */

    for (size_t i = 0; i < result->findings->items.count; i++) {
        const struct pb_finding *finding = pb_findings_at(result->findings, i);
        if (finding->rule != &pb_rules[PB_RULE_IAM_033] || !pb_finding_counts(finding) ||
            finding->former != NULL)
            continue;
        uploads++;
        over +=
            pb_remedy_is_deletion(pb_inventory_certificate(result->inventory, finding->certificate),
                                  result->parameters->as_of);
    }
    size_t others = summary->findings[PB_LEVEL_HIGH] - uploads;
    if (uploads == 0) {
        pb_buffer_append_format(buffer, "%s, named %s", pb_count_text(others, "high finding").text,
                                where);
        return;
    }
    append_vulnerable(buffer, result);
    if (summary->vulnerable > uploads)
        pb_buffer_append_format(buffer, ", %zu of them waived", summary->vulnerable - uploads);
    append(buffer, ": delete ");
    append(buffer, objects[summary->vulnerable > uploads][uploads > 1]);
    append(buffer, sentences[over == uploads][uploads > 1]);
    if (others > 0)
        pb_buffer_append_format(buffer, "; and %s, named %s",
                                pb_count_text(others, "other high finding").text, where);
}

static void append_inconclusive(struct pb_buffer *buffer, const struct pb_result *result,
                                const char *where)
{
    const struct pb_summary *summary = result->summary;
    if (summary->vulnerable > 0)
        append_vulnerable(buffer, result);
    else if (count_judged(summary) > 0)
        pb_buffer_append_format(buffer, PB_SAY_NONE_KNOWN, name_judged(summary));
    else
        append(buffer, "nothing was judged");
    append(buffer, summary->vulnerable == 0 && count_judged(summary) > 0 ? ", but " : "; ");
    if (append_cause(buffer, summary) == 0 && summary->accounts == 0)
        append(buffer, ". Add the output of aws iam list-server-certificates");
    else
        pb_buffer_append_format(buffer, ". Add or export again what is named %s", where);
}

void pb_words_conclusion(struct pb_buffer *buffer, const struct pb_result *result,
                         const char *where)
{
    const struct pb_summary *summary = result->summary;
    size_t start = buffer->size_bytes;

    switch (summary->conclusion) {
    case PREBLEED_PASS: append_pass(buffer, result); break;
    case PREBLEED_FAIL: append_fail(buffer, result, where); break;
    case PREBLEED_INCONCLUSIVE: append_inconclusive(buffer, result, where); break;
    }
    append(buffer, ".");
    bool is_line = start == 0 || buffer->data[start - 1] == '\n';
    if (is_line && start < buffer->size_bytes && buffer->data[start] >= 'a') /* no digit */
        buffer->data[start] = (char)(buffer->data[start] - 'a' + 'A');
    if (summary->conclusion != PREBLEED_FAIL || summary->inconclusive_because == NULL)
        return;
    append(buffer, " Also: ");
    append(buffer, append_cause(buffer, summary) > 0 ? ", so more may be missing." : ".");
}

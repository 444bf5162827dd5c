/* SPDX-License-Identifier: MIT */
/* Tells which findings are new, which the baseline has too, and what became of its others. */
#include "rules/baseline.h"

#include <stdarg.h>

#include "base/utf8.h"
#include "base/error.h"

/* A finding of the baseline that is not found again, and what is to be reported of it. */
struct leftover {
    const struct pb_baseline_match *match;
    const struct pb_parameters *parameters;
    const struct pb_former_finding *former;
    const struct pb_account *account; /* in this evidence; NULL: not there */
    struct pb_arena *arena;
    struct pb_finding *finding;
    struct pb_statement *statement; /* the finding's */
};

static struct pb_slice or_not_known(struct pb_slice text)
{
    return text.size_bytes > 0 ? text : PB_SLICE("not known");
}

/* "NAME (id ID, ARN ARN, account ACCOUNT)", "account ACCOUNT", or "the evidence" */
static bool describe_subject(struct pb_arena *arena, const struct pb_former_finding *former,
                             struct pb_slice *subject)
{
    const struct pb_former_certificate *one = former->certificate;

    if (one != NULL)
        return pb_message_format(
            arena, subject, "%.*s (id %.*s, ARN %.*s, account %.*s)",
            PB_SLICE_ARGS(pb_former_name(one)), PB_SLICE_ARGS(or_not_known(one->id)),
            PB_SLICE_ARGS(or_not_known(one->arn)), PB_SLICE_ARGS(or_not_known(former->account)));
    *subject = PB_SLICE("the evidence");
    return former->account.size_bytes == 0 ||
           pb_message_format(arena, subject, "account %.*s", PB_SLICE_ARGS(former->account));
}

/* "SUBJECT: STATE; it was: MESSAGE" */
PB_PRINTF(3, 4)
static enum pb_status state(struct leftover *leftover, enum pb_finding_state state,
                            const char *format, ...)
{
    struct pb_slice subject, words;
    va_list arguments;

    leftover->finding->state = state;
    va_start(arguments, format);
    bool is_told = pb_message_format_list(leftover->arena, &words, format, arguments);
    va_end(arguments);
    return is_told && describe_subject(leftover->arena, leftover->former, &subject) &&
                   pb_message_format(leftover->arena, &leftover->statement->message,
                                     "%.*s: %.*s; it was: %.*s", PB_SLICE_ARGS(subject),
                                     PB_SLICE_ARGS(words), PB_SLICE_ARGS(leftover->former->message))
               ? PB_OK
               : PB_FAILED_MEMORY;
}

static enum pb_status not_covered(struct leftover *leftover, const char *why)
{
    return state(leftover, PB_STATE_UNCHANGED, "no longer covered (%s)", why);
}

/* A deletion before the certificate was uploaded is of another one of its name. */
static bool is_deleted(const struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_former_certificate *then = leftover->former->certificate;
    bool is_dated = false;

    for (uint32_t i = 0; then->has_upload_date && i < now->observation_count; i++) {
        const struct pb_particulars *particulars = pb_observation_particulars(
            pb_inventory_observation(leftover->match->inventory, now->first_observation + i));
        if (particulars->event != PB_EVENT_DELETE || particulars->event_time.state != PB_DATE_EXACT)
            continue;
        is_dated = true;
        if (pb_instant_compare(particulars->event_time.instant, then->upload_date) >= 0)
            return true;
    }
    return !is_dated;
}

/* NULL where the evidence shows what the rule needs to find nothing. */
static const char *find_shortage(const struct pb_rule *rule, const struct pb_certificate *now)
{
    struct pb_instant end;

    if (rule->need == PB_NEEDS_VERDICT && now->verdict != PB_VERDICT_VULNERABLE &&
        now->verdict != PB_VERDICT_CLEAR)
        return "it is not known when this certificate was uploaded";
    if (rule->need == PB_NEEDS_BODY && now->body == NULL)
        return "this certificate's body is not in the evidence";
    if (rule->need == PB_NEEDS_VALIDITY && !pb_certificate_find_end(now, &end))
        return "it is not known when this certificate expires";
    return NULL;
}

static enum pb_status state_same(struct leftover *leftover, const struct pb_certificate *now)
{
    const char *shortage = find_shortage(leftover->former->rule, now);

    if (now->presence == PB_PRESENCE_DELETED && is_deleted(leftover, now))
        return state(leftover, PB_STATE_RESOLVED, "deleted, as an event in the evidence says");
    if (now->presence == PB_PRESENCE_DELETED)
        return not_covered(leftover, "the deletion in the evidence is from before its upload");
    if (shortage != NULL)
        return not_covered(leftover, shortage);
    return state(leftover, PB_STATE_RESOLVED, "the same certificate, and no longer so (%s)",
                 pb_arrival_text(now).text);
}

static enum pb_status state_replaced(struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_former_certificate *then = leftover->former->certificate;
    const char *key = "replaced, and whether with a new key is not known without both bodies, by";

    if (then->has_body && now->body != NULL)
        key =
            memcmp(then->spki_sha256, now->body->key.spki_sha256, sizeof then->spki_sha256) == 0 ||
                    memcmp(then->spki_sha256, now->body->key.identity, sizeof then->spki_sha256) ==
                        0
                ? "replaced with the SAME key by"
                : "replaced with a new key by";
    return state(leftover, PB_STATE_RESOLVED, "%s %.*s (%s)", key,
                 PB_SLICE_ARGS(now->id.size_bytes > 0 ? now->id : pb_certificate_name(now)),
                 pb_arrival_text(now).text);
}

/* The certificate is not there: only a complete account proves that it is gone. */
static enum pb_status state_missing(struct leftover *leftover)
{
    static const char *const reasons[] = {
        [PB_COVERAGE_INCOMPLETE] = "the coverage of its account is incomplete",
        [PB_COVERAGE_UNKNOWN] =
            "the coverage of its account is unknown; get-account-summary would settle it",
    };

    if (!leftover->former->certificate->is_of_iam)
        return not_covered(leftover, "nothing here would prove a deletion in ACM");
    if (leftover->account == NULL)
        return not_covered(leftover, "its account is not in the evidence");
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return state(leftover, PB_STATE_RESOLVED,
                     "deleted, for the coverage of its account is complete without it");
    return not_covered(leftover, reasons[leftover->account->coverage]);
}

/* What is gone from the account is trusted all the same until it is revoked or expires. */
static enum pb_status state_revocation(struct leftover *leftover, uint32_t same)
{
    const struct pb_former_certificate *then = leftover->former->certificate;
    const struct pb_revocation *revocation =
        same == PB_NO_INDEX
            ? NULL
            : pb_inventory_certificate(leftover->match->inventory, same)->revocation;

    if (revocation != NULL && revocation->status == PB_REVOCATION_REVOKED)
        return state(leftover, PB_STATE_RESOLVED, "revoked, as the CRL %.*s says",
                     PB_SLICE_ARGS(revocation->crl));
    if (then->has_body && pb_instant_compare(then->not_after, leftover->parameters->as_of) < 0)
        return state(leftover, PB_STATE_RESOLVED, "expired %s",
                     pb_instant_text(then->not_after).text);
    return not_covered(leftover, "no CRL says that this certificate was revoked since");
}

static enum pb_status state_certificate(struct leftover *leftover)
{
    const struct pb_inventory *inventory = leftover->match->inventory;
    struct pb_former_match match =
        pb_baseline_match_find(leftover->match, leftover->former->certificate);

    leftover->finding->certificate = match.same;
    if (leftover->former->rule->need == PB_NEEDS_REVOCATION)
        return state_revocation(leftover, match.same);
    if (match.same != PB_NO_INDEX)
        return state_same(leftover, pb_inventory_certificate(inventory, match.same));
    if (match.replacement != PB_NO_INDEX)
        return state_replaced(leftover, pb_inventory_certificate(inventory, match.replacement));
    return state_missing(leftover);
}

/* Counts the ARNs and ids among the message's words, and those that a certificate has now. */
static size_t count_named(const struct leftover *leftover, size_t *shown)
{
    struct pb_slice rest = leftover->former->message;
    size_t count = 0;

    *shown = 0;
    while (rest.size_bytes > 0) {
        size_t end = pb_slice_find(rest, PB_SLICE(" "), 0);
        struct pb_slice word = pb_slice_first(rest, end == SIZE_MAX ? rest.size_bytes : end);
        rest = pb_slice_from(rest, word.size_bytes + 1);
        if (word.size_bytes > 0 && word.data[word.size_bytes - 1] == ',')
            word.size_bytes--;
        if (!pb_slice_starts_with(word, PB_SLICE("arn:")) &&
            !pb_slice_starts_with(word, PB_SLICE("ASC")))
            continue;
        count++;
        *shown += pb_baseline_match_shows(leftover->match, word);
    }
    return count;
}

static enum pb_status state_gap(struct leftover *leftover)
{
    size_t shown, named = count_named(leftover, &shown);

    if (leftover->account == NULL)
        return not_covered(leftover, "its account is not in the evidence");
    if (named > 0 && shown == named)
        return state(leftover, PB_STATE_RESOLVED, "what was missing is in the evidence now");
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return state(leftover, PB_STATE_RESOLVED, "the coverage of the account is complete now");
    if (named > 0 || leftover->former->is_of_summary || !leftover->account->has_list)
        return not_covered(leftover, "nothing here shows what was missing");
    return state(leftover, PB_STATE_RESOLVED, "the account's list shows no such gap any more");
}

static int compare_id_with_account(const void *id, const void *account)
{
    return pb_slice_compare(*(const struct pb_slice *)id, ((const struct pb_account *)account)->id);
}

/* The account with that id; the only unknown one for an absent id. PB_NO_INDEX: none. */
static uint32_t find_account(const struct pb_inventory *inventory, struct pb_slice id)
{
    size_t count = inventory->accounts.count;
    size_t place = pb_vector_lower_bound(&inventory->accounts, &id, compare_id_with_account);

    if (place == count || !pb_slice_equals(pb_inventory_account(inventory, place)->id, id))
        return PB_NO_INDEX;
    /* Unknown ones come first. */
    if (pb_slice_is_absent(id) && place + 1 < count &&
        pb_slice_is_absent(pb_inventory_account(inventory, place + 1)->id))
        return PB_NO_INDEX;
    return (uint32_t)place;
}

/* Fills in the finding that is reported in the former one's place. */
static enum pb_status state_leftover(const struct pb_baseline_match *match,
                                     const struct pb_parameters *parameters,
                                     const struct pb_former_finding *former, struct pb_arena *arena,
                                     struct pb_finding *finding)
{
    struct leftover leftover = {
        .match = match,
        .parameters = parameters,
        .former = former,
        .arena = arena,
        .finding = finding,
        .statement = pb_arena_allocate(arena, sizeof(struct pb_statement)),
    };

    if (leftover.statement == NULL)
        return PB_FAILED_MEMORY;
    leftover.statement->former = former;
    *finding = (struct pb_finding){
        .rule = former->rule,
        .account = PB_NO_INDEX,
        .certificate = PB_NO_INDEX,
        .entry = PB_NO_INDEX,
        .statement = leftover.statement,
    };
    if (former->rule == &pb_rule_private_key_in_evidence && former->certificate == NULL)
        return state(&leftover, PB_STATE_RESOLVED, "nothing in this evidence shows it any more");
    finding->account = find_account(match->inventory, former->account);
    if (finding->account != PB_NO_INDEX)
        leftover.account = pb_inventory_account(match->inventory, finding->account);
    if (former->certificate != NULL)
        return state_certificate(&leftover);
    if (former->rule == &pb_rule_coverage_gap)
        return state_gap(&leftover);
    return not_covered(&leftover, "the baseline does not say which certificate it was");
}

/* A finding of either side under what makes it the same as one of the other. */
struct keyed {
    const char *rule;
    uint32_t certificate; /* of this evidence; PB_NO_INDEX: none */
    struct pb_slice account, stripped;
    struct pb_slice message;
    size_t index;
    bool is_gone; /* its certificate is not in this evidence, so nothing can be the same */
    bool is_paired;
};

struct comparison {
    const struct pb_baseline_match *match;
    const struct pb_parameters *parameters;
    struct pb_findings *findings;
    struct pb_arena scratch;
    struct pb_vector now, then; /* of struct keyed */
    size_t left_out;            /* findings of the baseline whose rules are not applied */
};

static int compare_keys(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = (a->is_gone > b->is_gone) - (a->is_gone < b->is_gone);

    if (order == 0)
        order = strcmp(a->rule, b->rule);
    if (order == 0)
        order = (a->certificate > b->certificate) - (a->certificate < b->certificate);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->stripped, b->stripped);
}

static int compare_messages(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = compare_keys(a, b);

    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

static int compare_keyed(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = compare_messages(a, b);

    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* The message without the evidence's own path and, where that stood in it, without digits, which
 * are lines and counts then. */
static bool strip_place(struct pb_arena *arena, struct pb_slice message, struct pb_slice place,
                        struct pb_slice *stripped)
{
    size_t start = place.size_bytes > 0 ? pb_slice_find(message, place, 0) : SIZE_MAX;
    size_t kept = 0;

    *stripped = message;
    if (start == SIZE_MAX)
        return true;
    char *text = pb_arena_allocate(arena, message.size_bytes);
    if (text == NULL)
        return false;
    for (size_t i = 0; i < message.size_bytes; i++) {
        if (i == start)
            i += place.size_bytes;
        if (i < message.size_bytes && (message.data[i] < '0' || message.data[i] > '9'))
            text[kept++] = message.data[i];
    }
    *stripped = (struct pb_slice){text, kept};
    return true;
}

/* Findings are numbered as they stand: first the reported ones, then the others. */
static struct pb_finding *finding_at(struct pb_findings *findings, size_t index)
{
    if (index < findings->items.count)
        return &PB_VECTOR_AT(struct pb_finding, &findings->items, index);
    return &PB_VECTOR_AT(struct pb_finding, &findings->unreported, index - findings->items.count);
}

/* The path of the evidence as the json report has it. Where a message spells it otherwise, because
 * a byte of it is escaped, nothing is left out of the messages of either side. */
static bool find_place(struct comparison *comparison, uint32_t entry, struct pb_slice *place)
{
    struct pb_buffer escaped;

    *place = PB_SLICE_ABSENT;
    if (entry == PB_NO_INDEX)
        return true;
    pb_buffer_init(&escaped, SIZE_MAX);
    pb_escape_append(&escaped, pb_inventory_path(comparison->match->inventory, entry),
                     PB_ESCAPE_REVERSIBLE);
    bool is_copied = !escaped.has_failed &&
                     pb_arena_copy(&comparison->scratch, pb_buffer_slice(&escaped), place);
    pb_buffer_release(&escaped);
    return is_copied;
}

static bool key_finding(struct comparison *comparison, size_t index)
{
    const struct pb_inventory *inventory = comparison->match->inventory;
    struct pb_finding *finding = finding_at(comparison->findings, index);
    struct keyed *keyed = pb_vector_push(&comparison->now);
    char room[PB_SENTENCE_BYTES];
    struct pb_slice place;

    if (keyed == NULL)
        return false;
    struct pb_slice message = pb_finding_message(finding, inventory, comparison->parameters, room);
    *keyed = (struct keyed){
        .rule = finding->rule->name, .certificate = finding->certificate, .index = index};
    finding->state = PB_STATE_NEW;
    if (!pb_arena_copy(&comparison->scratch, message, &keyed->message))
        return false;
    if (finding->certificate != PB_NO_INDEX)
        return true;
    if (finding->account != PB_NO_INDEX)
        keyed->account = pb_inventory_account(inventory, finding->account)->id;
    return find_place(comparison, finding->entry, &place) &&
           strip_place(&comparison->scratch, keyed->message, place, &keyed->stripped);
}

static const struct pb_former_finding *former_at(const struct comparison *comparison, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_former_finding, &comparison->match->baseline->findings,
                         index);
}

static bool key_former(struct comparison *comparison, size_t index)
{
    const struct pb_former_finding *former = former_at(comparison, index);

    if (!pb_rule_is_chosen(former->rule, comparison->parameters) &&
        !pb_rule_makes_inconclusive(former->rule)) {
        comparison->left_out++;
        return true;
    }
    struct keyed *keyed = pb_vector_push(&comparison->then);
    if (keyed == NULL)
        return false;
    *keyed = (struct keyed){
        .rule = former->rule->name,
        .certificate = pb_baseline_match_find(comparison->match, former->certificate).same,
        .message = former->message,
        .index = index,
    };
    keyed->is_gone = former->certificate != NULL && keyed->certificate == PB_NO_INDEX;
    if (former->certificate != NULL)
        return true;
    keyed->account = former->account;
    return strip_place(&comparison->scratch, former->message, former->place, &keyed->stripped);
}

/* Pairs what compares equal and has no partner yet; both sides are sorted by compare_keyed. */
static void pair(struct comparison *comparison, pb_compare *compare)
{
    struct keyed *now = comparison->now.data, *then = comparison->then.data;

    for (size_t i = 0, k = 0; i < comparison->now.count && k < comparison->then.count;) {
        int order = compare(&now[i], &then[k]);
        if (now[i].is_paired || (!then[k].is_paired && order < 0)) {
            i++;
        } else if (then[k].is_paired || order > 0) {
            k++;
        } else {
            now[i].is_paired = then[k].is_paired = true;
            finding_at(comparison->findings, now[i].index)->state = PB_STATE_UNCHANGED;
        }
    }
}

/* A rule that is not applied has no finding to report, but exit status 3 may follow from it. */
static enum pb_status add_leftover(struct comparison *comparison,
                                   const struct pb_former_finding *former)
{
    struct pb_findings *findings = comparison->findings;
    struct pb_finding finding = {0};
    enum pb_status status = state_leftover(comparison->match, comparison->parameters, former,
                                           &findings->arena, &finding);
    bool is_chosen = pb_rule_is_chosen(former->rule, comparison->parameters);
    bool is_resolved = finding.state == PB_STATE_RESOLVED;

    if (status != PB_OK || (is_resolved && !is_chosen))
        return status;
    struct pb_vector *list = !is_chosen    ? &findings->unreported
                             : is_resolved ? &findings->resolved
                                           : &findings->items;
    if (is_resolved)
        finding.certificate = PB_NO_INDEX;
    return pb_vector_append(list, &finding, 1) ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status compare_findings(struct comparison *comparison)
{
    size_t count = comparison->findings->items.count + comparison->findings->unreported.count;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count; i++)
        if (!key_finding(comparison, i))
            return PB_FAILED_MEMORY;
    for (size_t i = 0; i < comparison->match->baseline->findings.count; i++)
        if (!key_former(comparison, i))
            return PB_FAILED_MEMORY;
    pb_vector_sort(&comparison->now, compare_keyed);
    pb_vector_sort(&comparison->then, compare_keyed);
    pair(comparison, compare_messages);
    pair(comparison, compare_keys);
    for (size_t i = 0; i < comparison->then.count && status == PB_OK; i++) {
        const struct keyed *keyed = &PB_VECTOR_AT(const struct keyed, &comparison->then, i);
        if (!keyed->is_paired)
            status = add_leftover(comparison, former_at(comparison, keyed->index));
    }
    return status;
}

static enum pb_status note_rules(const struct comparison *comparison,
                                 struct pb_diagnostics *diagnostics)
{
    size_t count = comparison->left_out + comparison->match->baseline->unknown_rule_count;

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
    struct comparison comparison = {.match = match, .parameters = parameters, .findings = findings};

    pb_vector_init(&comparison.now, sizeof(struct keyed));
    pb_vector_init(&comparison.then, sizeof(struct keyed));
    enum pb_status status = compare_findings(&comparison);
    if (status == PB_OK)
        status = note_rules(&comparison, diagnostics);
    pb_findings_sort(&findings->items);
    pb_findings_sort(&findings->unreported);
    pb_findings_sort(&findings->resolved);
    pb_vector_release(&comparison.now);
    pb_vector_release(&comparison.then);
    pb_arena_release(&comparison.scratch);
    return status;
}

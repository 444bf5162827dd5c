/* SPDX-License-Identifier: MIT */
/* Tells which findings are new, which the baseline has too, and what became of its others. */
#include "rules/rules.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"

/* A finding of either side. */
struct keyed {
    struct pb_slice key; /* what makes it the same as one of the other side */
    struct pb_slice message;
    struct pb_finding *finding;             /* NULL on the baseline's side */
    const struct pb_former_finding *former; /* on the other side once it is paired, and on the
                                               baseline's until then */
};

struct comparison {
    const struct pb_baseline *baseline;
    const struct pb_inventory *inventory;
    const struct pb_parameters *parameters;
    struct pb_findings *findings;
    struct pb_arena scratch;
    struct pb_buffer key;   /* of the finding that is listed */
    struct pb_vector keyed; /* of struct keyed, of both sides */
    size_t left_out;        /* findings of the baseline whose rules are not applied */
};

/* A finding of the baseline that is not found again. What it is now is decided below by functions
 * that put the reason into words and return whether the finding is resolved. */
struct leftover {
    const struct comparison *comparison;
    const struct pb_former_finding *former;
    const struct pb_former_certificate *then; /* its certificate; NULL for none */
    const struct pb_account *account;         /* in this evidence; NULL: not there */
    char words[PB_SENTENCE_BYTES];
};

PB_PRINTF(2, 3)
static bool resolved(struct leftover *leftover, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(leftover->words, sizeof leftover->words, format, arguments);
    va_end(arguments);
    return true;
}

static bool not_covered(struct leftover *leftover, const char *why)
{
    snprintf(leftover->words, sizeof leftover->words, "no longer covered (%s)", why);
    return false;
}

/* A deletion before the certificate was uploaded is of another one of its name. */
static bool is_deleted(const struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_date *upload = &leftover->then->is.upload_date;
    const struct pb_inventory *inventory = leftover->comparison->inventory;
    bool is_dated = false;

    for (uint32_t i = 0; pb_date_is_known(upload) && i < now->observation_count; i++) {
        const struct pb_particulars *particulars = pb_observation_particulars(
            pb_inventory_observation(inventory, now->first_observation + i));
        if (particulars->event != PB_EVENT_DELETE || particulars->event_time.state != PB_DATE_EXACT)
            continue;
        is_dated = true;
        if (pb_instant_compare(particulars->event_time.instant, upload->instant) >= 0)
            return true;
    }
    return !is_dated;
}

static bool has_same_key(const struct pb_former_certificate *then, const struct pb_certificate *now)
{
    if (then->is.body == NULL || now->body == NULL)
        return false;
    const unsigned char *digest = then->is.body->key.spki_sha256;
    return memcmp(digest, now->body->key.spki_sha256, 32) == 0 ||
           memcmp(digest, now->body->key.identity, 32) == 0;
}

static bool decide_same(struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_rule *rule = leftover->former->rule;
    const char *lack = pb_rule_find_lack(rule, now);

    if (now->presence == PB_PRESENCE_DELETED && is_deleted(leftover, now))
        return resolved(leftover, "deleted, as an event in the evidence says");
    if (now->presence == PB_PRESENCE_DELETED)
        return not_covered(leftover, "the deletion in the evidence is from before its upload");
    if (lack != NULL)
        return not_covered(leftover, lack);
    if (rule == &pb_rule_key_reuse && has_same_key(leftover->then, now))
        return not_covered(leftover, "it has the same key still, and nothing here shows which "
                                     "certificate had it first");
    return resolved(leftover, "the same certificate, and no longer so (%s)",
                    pb_arrival_text(now).text);
}

static bool decide_replaced(struct leftover *leftover, const struct pb_certificate *now)
{
    const char *how =
        leftover->then->is.body == NULL || now->body == NULL
            ? "replaced, and whether with a new key is not known without both bodies, by"
        : has_same_key(leftover->then, now) ? "replaced with the SAME key by"
                                            : "replaced with a new key by";

    return resolved(leftover, "%s %.*s (%s)", how,
                    PB_SLICE_ARGS(now->id.size_bytes > 0 ? now->id : pb_certificate_name(now)),
                    pb_arrival_text(now).text);
}

/* The certificate is not there: only a complete account proves that it is gone. */
static bool decide_missing(struct leftover *leftover)
{
    if (leftover->then->is.origin != PB_ORIGIN_IAM)
        return not_covered(leftover, "nothing here would prove a deletion in ACM");
    if (leftover->account == NULL)
        return not_covered(leftover, "its account is not in the evidence");
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return resolved(leftover,
                        "deleted, for the coverage of its account is complete without it");
    return not_covered(leftover, leftover->account->coverage == PB_COVERAGE_INCOMPLETE
                                     ? "the coverage of its account is incomplete"
                                     : "the coverage of its account is unknown; "
                                       "get-account-summary would settle it");
}

/* What is gone from the account is trusted all the same until it is revoked or expires. */
static bool decide_revocation(struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_x509_facts *body = leftover->then->is.body;
    const struct pb_revocation *revocation = now == NULL ? NULL : now->revocation;

    if (revocation != NULL && revocation->status == PB_REVOCATION_REVOKED)
        return resolved(leftover, "revoked, as the CRL %.*s says", PB_SLICE_ARGS(revocation->crl));
    if (body != NULL &&
        pb_instant_compare(body->not_after, leftover->comparison->parameters->as_of) < 0)
        return resolved(leftover, "expired %s", pb_instant_text(body->not_after).text);
    return not_covered(leftover, "no CRL says that this certificate was revoked since");
}

static const struct pb_certificate *certificate_at(const struct leftover *leftover, uint32_t index)
{
    return index == PB_NO_INDEX ? NULL
                                : pb_inventory_certificate(leftover->comparison->inventory, index);
}

static bool decide_certificate(struct leftover *leftover)
{
    const struct pb_certificate *same = certificate_at(leftover, leftover->then->same);
    const struct pb_certificate *other = certificate_at(leftover, leftover->then->replacement);

    if (leftover->former->rule->need == PB_NEEDS_REVOCATION)
        return decide_revocation(leftover, same);
    if (same != NULL)
        return decide_same(leftover, same);
    return other != NULL ? decide_replaced(leftover, other) : decide_missing(leftover);
}

/* Counts the ARNs and ids among the message's words, and those that a certificate has now. */
static size_t count_named(const struct leftover *leftover, size_t *shown)
{
    struct pb_slice rest = leftover->former->message;
    size_t count = 0;

    *shown = 0;
    while (rest.size_bytes > 0) {
        size_t end = pb_slice_find(rest, PB_SLICE(" "), 0);
        struct pb_slice word = pb_slice_first(rest, end);
        rest = pb_slice_from(rest, word.size_bytes + 1);
        if (word.size_bytes > 0 && word.data[word.size_bytes - 1] == ',')
            word.size_bytes--;
        if (pb_slice_starts_with(word, PB_SLICE("arn:")) ||
            pb_slice_starts_with(word, PB_SLICE("ASC"))) {
            count++;
            *shown += pb_baseline_shows(leftover->comparison->baseline, word);
        }
    }
    return count;
}

static bool decide_gap(struct leftover *leftover)
{
    size_t shown, named = count_named(leftover, &shown);

    if (leftover->account == NULL)
        return not_covered(leftover, "its account is not in the evidence");
    if (named > 0 && shown == named)
        return resolved(leftover, "what was missing is in the evidence now");
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return resolved(leftover, "the coverage of the account is complete now");
    if (named > 0 || leftover->former->is_of_summary || !leftover->account->has_list)
        return not_covered(leftover, "nothing here shows what was missing");
    return resolved(leftover, "the account's list shows no such gap any more");
}

static bool decide(struct leftover *leftover)
{
    const struct pb_former_finding *former = leftover->former;

    if (leftover->then != NULL)
        return decide_certificate(leftover);
    if (former->rule == &pb_rule_private_key_in_evidence)
        return resolved(leftover, "nothing in this evidence shows it any more");
    if (former->rule == &pb_rule_coverage_gap)
        return decide_gap(leftover);
    return not_covered(leftover, "the baseline does not say which certificate it was");
}

static struct pb_slice or_not_known(struct pb_slice text)
{
    return text.size_bytes > 0 ? text : PB_SLICE("not known");
}

/* "NAME (id ID, ARN ARN, account ACCOUNT)", "account ACCOUNT", or "the evidence" */
static void describe_subject(const struct pb_former_finding *former, char room[PB_SENTENCE_BYTES])
{
    const struct pb_certificate *one =
        former->certificate == NULL ? NULL : &former->certificate->is;

    if (one != NULL)
        snprintf(room, PB_SENTENCE_BYTES, "%.*s (id %.*s, ARN %.*s, account %.*s)",
                 PB_SLICE_ARGS(pb_certificate_name(one)), PB_SLICE_ARGS(or_not_known(one->id)),
                 PB_SLICE_ARGS(or_not_known(one->arn)),
                 PB_SLICE_ARGS(or_not_known(former->account)));
    else
        snprintf(room, PB_SENTENCE_BYTES,
                 former->account.size_bytes > 0 ? "account %.*s" : "the evidence%.*s",
                 PB_SLICE_ARGS(former->account));
}

/* "SUBJECT: WHAT IT IS NOW; it was: MESSAGE"; NULL without memory. */
static const struct pb_statement *make_statement(const struct leftover *leftover,
                                                 struct pb_arena *arena)
{
    struct pb_statement *statement = pb_arena_allocate(arena, sizeof *statement);
    char subject[PB_SENTENCE_BYTES];

    describe_subject(leftover->former, subject);
    if (statement == NULL ||
        !pb_message_format(arena, &statement->message, "%s: %s; it was: %.*s", subject,
                           leftover->words, PB_SLICE_ARGS(leftover->former->message)))
        return NULL;
    statement->former = leftover->former;
    return statement;
}

static int compare_id_with_account(const void *id, const void *account)
{
    return pb_slice_compare(*(const struct pb_slice *)id, ((const struct pb_account *)account)->id);
}

/* The account with the finding's id; the only unknown one without an id. PB_NO_INDEX: none. */
static uint32_t find_account(const struct pb_inventory *inventory,
                             const struct pb_former_finding *former)
{
    const struct pb_slice id = former->account;
    size_t count = inventory->accounts.count;
    size_t place = pb_vector_lower_bound(&inventory->accounts, &id, compare_id_with_account);

    if (former->rule == &pb_rule_private_key_in_evidence && former->certificate == NULL)
        return PB_NO_INDEX;
    if (place == count || !pb_slice_equals(pb_inventory_account(inventory, place)->id, id))
        return PB_NO_INDEX;
    /* Unknown ones come first. */
    if (pb_slice_is_absent(id) && place + 1 < count &&
        pb_slice_is_absent(pb_inventory_account(inventory, place + 1)->id))
        return PB_NO_INDEX;
    return (uint32_t)place;
}

static int compare_keys(const struct keyed *a, const struct keyed *b)
{
    return pb_slice_compare(a->key, b->key);
}

static int compare_messages(const struct keyed *a, const struct keyed *b)
{
    int order = compare_keys(a, b);

    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

/* The last comparisons are between elements of one array each. */
static int compare_keyed(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = compare_messages(a, b);

    if (order == 0)
        order = (a->finding > b->finding) - (a->finding < b->finding);
    return order != 0 ? order : (a->former > b->former) - (a->former < b->former);
}

/* Without the evidence's own path and, where that stands in the message, without digits, which are
 * lines and counts then. */
static void append_stripped(struct pb_buffer *key, struct pb_slice message, struct pb_slice place)
{
    size_t start = place.size_bytes > 0 ? pb_slice_find(message, place, 0) : SIZE_MAX;

    for (size_t i = 0; i < message.size_bytes; i++) {
        bool is_digit = message.data[i] >= '0' && message.data[i] <= '9';
        bool is_of_place = i >= start && i - start < place.size_bytes;
        if (start == SIZE_MAX || (!is_digit && !is_of_place))
            pb_buffer_append_byte(key, message.data[i]);
    }
}

/* Under the rule, and under its certificate in this evidence, else under account and message. */
static bool add_keyed(struct comparison *comparison, struct keyed keyed, const struct pb_rule *rule,
                      uint32_t certificate, struct pb_slice account, struct pb_slice place)
{
    struct pb_buffer *key = &comparison->key;

    pb_buffer_clear(key);
    pb_buffer_append_format(key, "%s %zu ", rule->name, (size_t)certificate);
    if (keyed.former != NULL && keyed.former->certificate != NULL && certificate == PB_NO_INDEX) {
        pb_buffer_append_string(key, "gone");
    } else if (certificate == PB_NO_INDEX) {
        pb_buffer_append(key, account);
        pb_buffer_append_byte(key, '\n');
        append_stripped(key, keyed.message, place);
    }
    return !key->has_failed &&
           pb_arena_copy(&comparison->scratch, pb_buffer_slice(key), &keyed.key) &&
           pb_vector_append(&comparison->keyed, &keyed, 1);
}

/* The path as messages spell it; absent where the json report spells it otherwise. */
static bool find_place(const struct pb_inventory *inventory, uint32_t entry, struct pb_arena *arena,
                       struct pb_slice *place)
{
    *place = entry == PB_NO_INDEX ? PB_SLICE_ABSENT : pb_inventory_path(inventory, entry);
    if (pb_slice_find_last(*place, '\\') != SIZE_MAX)
        *place = PB_SLICE_ABSENT;
    return pb_message_format(arena, place, "%.*s", PB_SLICE_ARGS(*place));
}

static bool add_finding(struct comparison *comparison, struct pb_finding *finding)
{
    const struct pb_inventory *inventory = comparison->inventory;
    struct pb_arena *scratch = &comparison->scratch;
    struct pb_slice place = PB_SLICE_ABSENT, account = PB_SLICE_ABSENT;
    struct keyed keyed = {.finding = finding};
    char room[PB_SENTENCE_BYTES];

    finding->state = PB_STATE_NEW;
    if (finding->account != PB_NO_INDEX)
        account = pb_inventory_account(inventory, finding->account)->id;
    return pb_arena_copy(scratch,
                         pb_finding_message(finding, inventory, comparison->parameters, room),
                         &keyed.message) &&
           find_place(inventory, finding->entry, scratch, &place) &&
           add_keyed(comparison, keyed, finding->rule, finding->certificate, account, place);
}

/* Pairs those of either side that compare equal and have no partner yet, in their order. */
static void pair(struct pb_vector *vector,
                 int (*compare)(const struct keyed *, const struct keyed *))
{
    struct keyed *all = vector->data;

    for (size_t first = 0, end; first < vector->count; first = end) {
        size_t now = first, then = first;
        for (end = first; end < vector->count && compare(&all[first], &all[end]) == 0; end++) {
        }
        while (true) {
            while (now < end && (all[now].finding == NULL || all[now].former != NULL))
                now++;
            while (then < end && (all[then].finding != NULL || all[then].former == NULL))
                then++;
            if (now == end || then == end)
                break;
            all[now].finding->state = PB_STATE_UNCHANGED;
            all[now].former = all[then].former;
            all[then].former = NULL;
        }
    }
}

/* A rule that is not applied has no finding to report, but exit status 3 may follow from it. */
static bool add_leftover(struct comparison *comparison, const struct pb_former_finding *former)
{
    const struct pb_inventory *inventory = comparison->inventory;
    struct pb_findings *findings = comparison->findings;
    struct pb_finding finding = {.rule = former->rule,
                                 .account = find_account(inventory, former),
                                 .certificate = PB_NO_INDEX,
                                 .entry = PB_NO_INDEX,
                                 .state = PB_STATE_RESOLVED,
                                 .is_unreported =
                                     !pb_rule_is_chosen(former->rule, comparison->parameters)};
    struct leftover leftover = {
        .comparison = comparison, .former = former, .then = former->certificate};

    if (finding.account != PB_NO_INDEX)
        leftover.account = pb_inventory_account(inventory, finding.account);
    if (!decide(&leftover)) {
        finding.state = PB_STATE_UNCHANGED;
        finding.certificate = leftover.then == NULL ? PB_NO_INDEX : leftover.then->same;
    } else if (finding.is_unreported) {
        return true;
    }
    finding.statement = make_statement(&leftover, &findings->arena);
    return finding.statement != NULL && pb_vector_append(&findings->items, &finding, 1);
}

static bool add_former(struct comparison *comparison, const struct pb_former_finding *former)
{
    const struct pb_former_certificate *then = former->certificate;
    const struct keyed keyed = {.message = former->message, .former = former};

    if (pb_rule_is_chosen(former->rule, comparison->parameters) ||
        pb_rule_makes_inconclusive(former->rule))
        return add_keyed(comparison, keyed, former->rule, then == NULL ? PB_NO_INDEX : then->same,
                         former->account, former->place);
    comparison->left_out++;
    return true;
}

static bool compare_findings(struct comparison *comparison)
{
    struct pb_findings *findings = comparison->findings;
    const struct pb_vector *formers = &comparison->baseline->findings;
    struct pb_vector *keyed = &comparison->keyed;

    for (size_t i = 0; i < findings->items.count; i++)
        if (!add_finding(comparison, pb_findings_at(findings, i)))
            return false;
    for (size_t i = 0; i < formers->count; i++)
        if (!add_former(comparison, &PB_VECTOR_AT(const struct pb_former_finding, formers, i)))
            return false;
    pb_vector_sort(keyed, compare_keyed);
    pair(keyed, compare_messages);
    pair(keyed, compare_keys);
    for (size_t i = 0; i < keyed->count; i++) {
        const struct keyed *one = &PB_VECTOR_AT(const struct keyed, keyed, i);
        if (one->finding == NULL && one->former != NULL && !add_leftover(comparison, one->former))
            return false;
    }
    return true;
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

enum pb_status pb_baseline_compare(const struct pb_baseline *baseline,
                                   const struct pb_inventory *inventory,
                                   const struct pb_parameters *parameters,
                                   struct pb_findings *findings, struct pb_diagnostics *diagnostics)
{
    struct comparison comparison = {.baseline = baseline,
                                    .inventory = inventory,
                                    .parameters = parameters,
                                    .findings = findings};

    pb_vector_init(&comparison.keyed, sizeof(struct keyed));
    enum pb_status status = compare_findings(&comparison) ? PB_OK : PB_FAILED_MEMORY;
    if (status == PB_OK)
        status = note_rules(&comparison, diagnostics);
    pb_findings_sort(findings);
    pb_buffer_release(&comparison.key);
    pb_vector_release(&comparison.keyed);
    pb_arena_release(&comparison.scratch);
    return status;
}

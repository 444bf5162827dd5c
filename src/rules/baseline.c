/* SPDX-License-Identifier: MIT */
/* The earlier report that --baseline names: finds its certificates in the evidence, tells which
 * findings are new and which it has too, and what became of its others. */
#include "rules/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Certificates of one name are few; of more than these the others are not looked at where what is
 * known of them differs. */
#define MOST_OF_ONE_NAME 16

enum name_kind { NAME_ID, NAME_ARN, NAME_NAME };

/* One certificate of either side under one of its names. */
struct name {
    enum name_kind kind;
    bool is_former;
    uint32_t index;
    const struct pb_certificate *one;
    struct pb_slice account; /* of NAME_NAME; absent for one without a name that has a body */
    struct pb_slice text;    /* absent for NAME_NAME of a certificate without a name */
};

int pb_compare_bodies(const struct pb_x509_facts *a, const struct pb_x509_facts *b)
{
    return a == NULL || b == NULL ? (a != NULL) - (b != NULL) : memcmp(a->sha256, b->sha256, 32);
}

static int compare_texts(const struct name *a, const struct name *b)
{
    int order = (a->kind > b->kind) - (a->kind < b->kind);

    if (order == 0)
        order = (a->one->origin > b->one->origin) - (a->one->origin < b->one->origin);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->text, b->text);
}

/* Of its upload; 0 where it is not known, and where a body says enough of one without a name. */
static int64_t date_of(const struct name *name)
{
    bool has_date = pb_date_is_known(&name->one->upload_date);

    return has_date && (name->text.size_bytes > 0 || name->one->body == NULL)
               ? name->one->upload_date.instant.seconds
               : 0;
}

/* By what is known of two certificates of one name. */
static int compare_facts(const struct name *a, const struct name *b)
{
    int order = (date_of(a) > date_of(b)) - (date_of(a) < date_of(b));

    return order != 0 ? order : pb_compare_bodies(a->one->body, b->one->body);
}

/* Those of one name stand together, the ones of the evidence first. */
static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare_texts(a, b);

    if (order == 0)
        order = (a->is_former > b->is_former) - (a->is_former < b->is_former);
    if (order == 0)
        order = compare_facts(a, b);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static bool add_names(struct pb_vector *names, const struct pb_certificate *one,
                      struct pb_slice account, bool is_former, uint32_t index)
{
    const struct name id = {
        .kind = NAME_ID, .is_former = is_former, .index = index, .one = one, .text = one->id};
    struct name arn = id, name = id;

    arn.kind = NAME_ARN;
    arn.text = one->arn;
    name.kind = NAME_NAME;
    name.text = one->name.size_bytes > 0 ? one->name : PB_SLICE_ABSENT;
    if (name.text.size_bytes > 0 || one->body == NULL)
        name.account = account;
    return (id.text.size_bytes == 0 || pb_vector_append(names, &id, 1)) &&
           (arn.text.size_bytes == 0 || pb_vector_append(names, &arn, 1)) &&
           pb_vector_append(names, &name, 1);
}

static bool list_names(struct pb_baseline *baseline, const struct pb_inventory *inventory)
{
    pb_vector_init(&baseline->names, sizeof(struct name));
    for (uint32_t i = 0; i < baseline->certificates.count; i++) {
        struct pb_former_certificate *former =
            &PB_VECTOR_AT(struct pb_former_certificate, &baseline->certificates, i);
        former->same = former->replacement = PB_NO_INDEX;
        if (!add_names(&baseline->names, &former->is, former->account, true, i))
            return false;
    }
    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *one = pb_inventory_certificate(inventory, i);
        struct pb_slice account = pb_inventory_account(inventory, one->account)->id;
        if (!add_names(&baseline->names, one, account, false, i))
            return false;
    }
    pb_vector_sort(&baseline->names, compare_names);
    return true;
}

/* Certificates while they are matched. */
struct matching {
    struct pb_former_certificate *formers;
    const struct pb_inventory *inventory;
    bool *are_taken; /* by certificate: it is the same as a former one */
};

static void take(struct matching *matching, uint32_t now, uint32_t former)
{
    matching->formers[former].same = now;
    matching->are_taken[now] = true;
}

/* Those of which the same is known. names: of the evidence, up to middle, then of the baseline. */
static void match_twins(struct matching *matching, const struct name *names, size_t middle,
                        size_t count)
{
    for (size_t i = 0, k = middle; i < middle && k < count;) {
        bool is_taken = matching->are_taken[names[i].index];
        bool is_found = matching->formers[names[k].index].same != PB_NO_INDEX;
        int order = compare_facts(&names[i], &names[k]);
        if (order == 0 && !is_taken && !is_found)
            take(matching, names[i].index, names[k].index);
        i += is_taken || order <= 0;
        k += is_found || order >= 0;
    }
}

static bool is_deleted(const struct pb_certificate *one)
{
    return one->presence == PB_PRESENCE_DELETED;
}

/* Under a name that both have: the same, unless something says that it is another one. Of others
 * the first is the replacement, but one that is deleted gives way. Evidence that is older than the
 * baseline shows what was there before, and not what followed. */
static void match_pair(struct matching *matching, uint32_t now, uint32_t former)
{
    struct pb_former_certificate *then = &matching->formers[former];
    const struct pb_certificate *one = pb_inventory_certificate(matching->inventory, now);
    const struct pb_date *upload = &one->upload_date, *then_upload = &then->is.upload_date;
    bool are_dated = upload->state == PB_DATE_EXACT && then_upload->state == PB_DATE_EXACT;
    bool is_another = (then->is.id.size_bytes > 0 && one->id.size_bytes > 0 &&
                       !pb_slice_equals(then->is.id, one->id)) ||
                      (are_dated && pb_date_differs(then_upload, upload)) ||
                      (then->is.body != NULL && one->body != NULL &&
                       pb_compare_bodies(then->is.body, one->body) != 0);

    if (!is_another && !matching->are_taken[now])
        take(matching, now, former);
    if (!is_another || (are_dated && pb_instant_compare(upload->instant, then_upload->instant) < 0))
        return;
    if (then->replacement == PB_NO_INDEX ||
        (!is_deleted(one) &&
         is_deleted(pb_inventory_certificate(matching->inventory, then->replacement))))
        then->replacement = now;
}

static void match_others(struct matching *matching, const struct name *names, size_t middle,
                         size_t count)
{
    size_t most = middle < MOST_OF_ONE_NAME ? middle : MOST_OF_ONE_NAME;

    for (size_t k = middle; k < count; k++) {
        const struct pb_former_certificate *then = &matching->formers[names[k].index];
        bool is_replaced = then->replacement != PB_NO_INDEX; /* under its ARN */
        for (size_t i = 0; i < most && then->same == PB_NO_INDEX && !is_replaced; i++)
            match_pair(matching, names[i].index, names[k].index);
    }
}

/* Ids come first, then ARNs, then names. */
static void match_all(struct matching *matching, const struct pb_vector *names)
{
    const struct name *all = names->data;

    for (size_t first = 0, middle, end; first < names->count; first = end) {
        for (end = first; end < names->count && compare_texts(&all[first], &all[end]) == 0; end++) {
        }
        for (middle = first; middle < end && !all[middle].is_former; middle++) {
        }
        if (all[first].kind == NAME_ID) {
            if (middle == first + 1 && end == first + 2) /* else it tells nothing */
                take(matching, all[first].index, all[middle].index);
            continue;
        }
        match_twins(matching, all + first, middle - first, end - first);
        if (all[first].text.size_bytes > 0)
            match_others(matching, all + first, middle - first, end - first);
    }
}

enum pb_status pb_baseline_match(struct pb_baseline *baseline, const struct pb_inventory *inventory)
{
    struct matching matching = {.formers = baseline->certificates.data, .inventory = inventory};

    matching.are_taken = calloc(inventory->certificates.count + 1, sizeof *matching.are_taken);
    bool has_memory = matching.are_taken != NULL && list_names(baseline, inventory);
    if (has_memory)
        match_all(&matching, &baseline->names);
    for (size_t i = 0; has_memory && i < baseline->certificates.count; i++) {
        struct pb_former_certificate *then = &matching.formers[i];
        const struct pb_certificate *now = inventory->certificates.data;
        if (then->is_unjudged && then->same != PB_NO_INDEX &&
            pb_date_is_known(&now[then->same].upload_date)) /* it knows more than a report */
            then->is.is_exposed = now[then->same].is_exposed;
    }
    free(matching.are_taken);
    return has_memory ? PB_OK : PB_FAILED_MEMORY;
}

/* Whether a certificate of IAM in the evidence has that ARN or id. */
static bool is_shown(const struct pb_baseline *baseline, struct pb_slice arn_or_id)
{
    static const struct pb_certificate of_iam = {
        .upload_date = {.state = PB_DATE_EXACT, .instant = {INT64_MIN, 0}}};
    const struct name *all = baseline->names.data;

    for (unsigned kind = NAME_ID; kind <= NAME_ARN; kind++) {
        const struct name wanted = {
            .kind = (enum name_kind)kind, .one = &of_iam, .text = arn_or_id};
        size_t place = pb_vector_lower_bound(&baseline->names, &wanted, compare_names);
        if (place < baseline->names.count && !all[place].is_former &&
            compare_texts(&all[place], &wanted) == 0)
            return true;
    }
    return false;
}

/* A finding of the baseline that is not found again. What it is now is decided below by functions
 * that put the reason into words and return whether the finding is resolved. */
struct leftover {
    const struct pb_check *check;
    const struct pb_former_finding *former;
    const struct pb_account *account; /* in this evidence; NULL: not there */
    char words[PB_SENTENCE_BYTES];
};

PB_PRINTF(3, 4)
static bool say(struct leftover *leftover, bool is_resolved, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(leftover->words, sizeof leftover->words, format, arguments);
    va_end(arguments);
    return is_resolved;
}

/* A deletion before the certificate was uploaded is of another one of its name. */
static bool is_deleted_since(const struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_date *upload = &leftover->former->certificate->is.upload_date;
    bool is_dated = false, is_since = false;

    for (uint32_t i = 0; pb_date_is_known(upload) && i < now->observation_count; i++) {
        const struct pb_particulars *particulars = pb_observation_particulars(
            pb_inventory_observation(leftover->check->inventory, now->first_observation + i));
        const struct pb_date *time = &particulars->event_time;
        if (particulars->event != PB_EVENT_DELETE || time->state != PB_DATE_EXACT)
            continue;
        is_dated = true;
        is_since |= pb_instant_compare(time->instant, upload->instant) >= 0;
    }
    return is_since || !is_dated;
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

    if (is_deleted(now) && is_deleted_since(leftover, now))
        return say(leftover, true, "deleted, as an event in the evidence says");
    if (is_deleted(now))
        return say(leftover, false, "the deletion in the evidence is from before its upload");
    if (lack != NULL)
        return say(leftover, false, "%s", lack);
    if (rule == &pb_rule_key_reuse && has_same_key(leftover->former->certificate, now))
        return say(leftover, false,
                   "it has the same key still, and nothing here shows which "
                   "certificate had it first");
    return say(leftover, true, "the same certificate, and no longer so (%s)",
               pb_arrival_text(now).text);
}

/* What is gone from the account is trusted all the same until it is revoked or expires. */
static bool decide_revocation(struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_x509_facts *body = leftover->former->certificate->is.body;
    const struct pb_revocation *revocation = now == NULL ? NULL : now->revocation;
    struct pb_instant as_of = leftover->check->parameters->as_of;

    if (revocation != NULL && revocation->status == PB_REVOCATION_REVOKED)
        return say(leftover, true, "revoked, as the CRL %.*s says", PB_SLICE_ARGS(revocation->crl));
    if (body != NULL && pb_instant_compare(body->not_after, as_of) < 0)
        return say(leftover, true, "expired %s", pb_instant_text(body->not_after).text);
    return say(leftover, false, "no CRL says that this certificate was revoked since");
}

/* Where the certificate is not there, only a complete account proves that it is gone. */
static bool decide_certificate(struct leftover *leftover)
{
    const struct pb_former_certificate *then = leftover->former->certificate;
    const struct pb_certificate *all = leftover->check->inventory->certificates.data;
    const struct pb_certificate *same = then->same == PB_NO_INDEX ? NULL : &all[then->same];

    if (leftover->former->rule->need == PB_NEEDS_REVOCATION)
        return decide_revocation(leftover, same);
    if (same != NULL)
        return decide_same(leftover, same);
    if (then->replacement != PB_NO_INDEX) {
        const struct pb_certificate *now = &all[then->replacement];
        const char *key = then->is.body == NULL || now->body == NULL
                              ? ", and whether with a new key is not known without both bodies,"
                          : has_same_key(then, now) ? " with the SAME key"
                                                    : " with a new key";
        return say(leftover, true, "replaced%s by %.*s (%s)", key,
                   PB_SLICE_ARGS(now->id.size_bytes > 0 ? now->id : pb_certificate_name(now)),
                   pb_arrival_text(now).text);
    }
    if (then->is.origin != PB_ORIGIN_IAM)
        return say(leftover, false, "nothing here would prove a deletion in ACM");
    if (leftover->account == NULL)
        return say(leftover, false, "its account is not in the evidence");
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return say(leftover, true,
                   "deleted, for the coverage of its account is complete without it");
    return say(leftover, false,
               leftover->account->coverage == PB_COVERAGE_INCOMPLETE
                   ? "the coverage of its account is incomplete"
                   : "the coverage of its account is unknown; "
                     "get-account-summary would settle it");
}

/* Counts the ARNs and ids among the message's words, and those that a certificate has now. */
static size_t count_named(const struct leftover *leftover, size_t *shown)
{
    struct pb_slice rest = leftover->former->message;
    size_t count = 0;

    *shown = 0;
    while (rest.size_bytes > 0) {
        struct pb_slice word = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE(" "), 0));
        rest = pb_slice_from(rest, word.size_bytes + 1);
        if (pb_slice_ends_with(word, PB_SLICE(",")))
            word.size_bytes--;
        if (pb_slice_starts_with(word, PB_SLICE("arn:")) ||
            pb_slice_starts_with(word, PB_SLICE("ASC"))) {
            count++;
            *shown += is_shown(leftover->check->parameters->baseline, word);
        }
    }
    return count;
}

static bool decide_gap(struct leftover *leftover)
{
    size_t shown, named = count_named(leftover, &shown);

    if (leftover->account == NULL)
        return say(leftover, false, "its account is not in the evidence");
    if (named > 0 && shown == named)
        return say(leftover, true, "what was missing is in the evidence now");
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return say(leftover, true, "the coverage of the account is complete now");
    if (named > 0 || leftover->former->is_of_summary || !leftover->account->has_list)
        return say(leftover, false, "nothing here shows what was missing");
    return say(leftover, true, "the account's list shows no such gap any more");
}

static bool decide(struct leftover *leftover)
{
    const struct pb_rule *rule = leftover->former->rule;

    if (leftover->former->certificate != NULL)
        return decide_certificate(leftover);
    if (rule == &pb_rule_coverage_gap)
        return decide_gap(leftover);
    if (rule == &pb_rule_private_key_in_evidence)
        return say(leftover, true, "nothing in this evidence shows it any more");
    return say(leftover, false, "the baseline does not say which certificate it was");
}

static struct pb_slice or_not_known(struct pb_slice text)
{
    return text.size_bytes > 0 ? text : PB_SLICE("not known");
}

/* "SUBJECT: WHAT IT IS NOW; it was: MESSAGE", where the subject is "NAME (id ID, ARN ARN, account
 * ACCOUNT)", "account ACCOUNT", or "the evidence"; NULL without memory. */
static const struct pb_statement *make_statement(const struct leftover *leftover, bool is_resolved)
{
    const struct pb_former_finding *former = leftover->former;
    struct pb_arena *arena = &leftover->check->findings->arena;
    struct pb_statement *statement = pb_arena_allocate(arena, sizeof *statement);
    struct pb_slice account = or_not_known(former->account);
    char subject[PB_SENTENCE_BYTES] = "the evidence";

    if (former->certificate != NULL) {
        const struct pb_certificate *one = &former->certificate->is;
        snprintf(subject, sizeof subject, "%.*s (id %.*s, ARN %.*s, account %.*s)",
                 PB_SLICE_ARGS(pb_certificate_name(one)), PB_SLICE_ARGS(or_not_known(one->id)),
                 PB_SLICE_ARGS(or_not_known(one->arn)), PB_SLICE_ARGS(account));
    } else if (former->account.size_bytes > 0) {
        snprintf(subject, sizeof subject, "account %.*s", PB_SLICE_ARGS(account));
    }
    if (statement == NULL ||
        !pb_message_format(arena, &statement->message,
                           is_resolved ? "%s: %s; it was: %.*s"
                                       : "%s: no longer covered (%s); it was: %.*s",
                           subject, leftover->words, PB_SLICE_ARGS(former->message)))
        return NULL;
    statement->former = former;
    return statement;
}

static int compare_id_with_account(const void *id, const void *account)
{
    return pb_slice_compare(*(const struct pb_slice *)id, ((const struct pb_account *)account)->id);
}

/* The account with the finding's id; the only unknown one without an id. PB_NO_INDEX: none. */
static uint32_t find_account(const struct pb_vector *accounts,
                             const struct pb_former_finding *former)
{
    const struct pb_account *all = accounts->data;
    size_t place = pb_vector_lower_bound(accounts, &former->account, compare_id_with_account);
    bool is_of_evidence =
        former->certificate == NULL && former->rule == &pb_rule_private_key_in_evidence;
    bool are_several = /* unknown ones, which come first */
        pb_slice_is_absent(former->account) && place + 1 < accounts->count &&
        pb_slice_equals(all[place].id, all[place + 1].id);

    return is_of_evidence || place == accounts->count || are_several ||
                   !pb_slice_equals(all[place].id, former->account)
               ? PB_NO_INDEX
               : (uint32_t)place;
}

/* A rule that is not applied has no finding to report, but exit status 3 may follow from it. */
static bool add_leftover(const struct pb_check *check, const struct pb_former_finding *former)
{
    struct pb_finding finding = {.rule = former->rule,
                                 .account = find_account(&check->inventory->accounts, former),
                                 .certificate = PB_NO_INDEX,
                                 .entry = PB_NO_INDEX,
                                 .state = PB_STATE_RESOLVED,
                                 .is_unreported =
                                     !pb_rule_is_chosen(former->rule, check->parameters)};
    struct leftover leftover = {.check = check, .former = former};

    if (finding.account != PB_NO_INDEX)
        leftover.account = pb_inventory_account(check->inventory, finding.account);
    bool is_resolved = decide(&leftover);
    if (is_resolved && finding.is_unreported)
        return true;
    if (!is_resolved) {
        finding.state = PB_STATE_UNCHANGED;
        finding.certificate = former->certificate == NULL ? PB_NO_INDEX : former->certificate->same;
    }
    finding.statement = make_statement(&leftover, is_resolved);
    return finding.statement != NULL && pb_vector_append(&check->findings->items, &finding, 1);
}

/* A finding of either side; what the first members say makes it the same as one of the other. */
struct keyed {
    const struct pb_rule *rule;
    uint32_t certificate;    /* index, PB_NO_INDEX for none in this evidence */
    bool is_gone;            /* it has one, but of the baseline alone */
    struct pb_slice account; /* here and below: absent where it has a certificate */
    struct pb_slice text;    /* of the message, without places and the figures beside them */
    struct pb_slice message;
    struct pb_finding *finding;             /* NULL on the baseline's side */
    const struct pb_former_finding *former; /* on the other side once it is paired, and on the
                                               baseline's until then */
};

static int compare_keys(const struct keyed *a, const struct keyed *b)
{
    int order = strcmp(a->rule->name, b->rule->name);

    if (order == 0)
        order = (a->certificate > b->certificate) - (a->certificate < b->certificate);
    if (order == 0)
        order = (a->is_gone > b->is_gone) - (a->is_gone < b->is_gone);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->text, b->text);
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

/* Findings of both sides, and the memory of their texts. */
struct sides {
    struct pb_arena arena;
    struct pb_vector keyed; /* of struct keyed */
};

/* Under its certificate in this evidence, else under account and message: that without the
 * evidence's own path and, where that stands in it, without digits, which are lines and counts. */
static bool add_keyed(struct sides *sides, struct keyed keyed, struct pb_slice account,
                      struct pb_slice place)
{
    struct pb_slice message = keyed.message;
    size_t start = place.size_bytes > 0 ? pb_slice_find(message, place, 0) : SIZE_MAX;
    struct pb_buffer text = {0};

    if (keyed.certificate == PB_NO_INDEX && !keyed.is_gone) {
        keyed.account = account;
        for (size_t i = 0; i < message.size_bytes; i++) {
            bool is_of_place = i >= start && i - start < place.size_bytes;
            if (start == SIZE_MAX || (!pb_is_digit(message.data[i]) && !is_of_place))
                pb_buffer_append_byte(&text, message.data[i]);
        }
    }
    bool is_added = !text.has_failed &&
                    pb_arena_copy(&sides->arena, pb_buffer_slice(&text), &keyed.text) &&
                    pb_vector_append(&sides->keyed, &keyed, 1);
    pb_buffer_release(&text);
    return is_added;
}

static bool add_finding(const struct pb_check *check, struct sides *sides,
                        struct pb_finding *finding)
{
    const struct pb_inventory *inventory = check->inventory;
    struct pb_slice place = PB_SLICE_ABSENT, account = PB_SLICE_ABSENT;
    struct keyed keyed = {
        .rule = finding->rule, .certificate = finding->certificate, .finding = finding};
    char room[PB_SENTENCE_BYTES];

    finding->state = PB_STATE_NEW;
    if (finding->account != PB_NO_INDEX)
        account = pb_inventory_account(inventory, finding->account)->id;
    if (finding->entry != PB_NO_INDEX)
        place = pb_inventory_path(inventory, finding->entry);
    if (pb_slice_find_last(place, '\\') != SIZE_MAX)
        place = PB_SLICE_ABSENT; /* the json report spells it otherwise than messages do */
    struct pb_slice message = pb_finding_message(finding, inventory, check->parameters, room);
    return pb_message_format(&sides->arena, &place, "%.*s", PB_SLICE_ARGS(place)) &&
           pb_arena_copy(&sides->arena, message, &keyed.message) &&
           add_keyed(sides, keyed, account, place);
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

/* left_out: findings of the baseline whose rules are not applied. False without memory. */
static bool compare_findings(const struct pb_check *check, struct sides *sides, size_t *left_out)
{
    const struct pb_vector *formers = &check->parameters->baseline->findings;

    for (size_t i = 0; i < check->findings->items.count; i++)
        if (!add_finding(check, sides, pb_findings_at(check->findings, i)))
            return false;
    for (size_t i = 0; i < formers->count; i++) {
        const struct pb_former_finding *former =
            &PB_VECTOR_AT(const struct pb_former_finding, formers, i);
        uint32_t same = former->certificate == NULL ? PB_NO_INDEX : former->certificate->same;
        const struct keyed keyed = {.rule = former->rule,
                                    .certificate = same,
                                    .is_gone = former->certificate != NULL && same == PB_NO_INDEX,
                                    .message = former->message,
                                    .former = former};
        if (!pb_rule_is_chosen(former->rule, check->parameters) &&
            !pb_rule_makes_inconclusive(former->rule))
            ++*left_out;
        else if (!add_keyed(sides, keyed, former->account, former->place))
            return false;
    }
    pb_vector_sort(&sides->keyed, compare_keyed);
    pair(&sides->keyed, compare_messages);
    pair(&sides->keyed, compare_keys);
    for (size_t i = 0; i < sides->keyed.count; i++) {
        const struct keyed *one = &PB_VECTOR_AT(const struct keyed, &sides->keyed, i);
        if (one->finding == NULL && one->former != NULL && !add_leftover(check, one->former))
            return false;
    }
    return true;
}

enum pb_status pb_baseline_compare(const struct pb_check *check, struct pb_diagnostics *diagnostics)
{
    size_t count = check->parameters->baseline->unknown_rule_count;
    struct sides sides = {0};

    pb_vector_init(&sides.keyed, sizeof(struct keyed));
    enum pb_status status = compare_findings(check, &sides, &count) ? PB_OK : PB_FAILED_MEMORY;
    diagnostics->entry = PB_NO_ENTRY;
    if (status == PB_OK && count > 0)
        status = pb_diagnostics_add(
            diagnostics, PB_SEVERITY_NOTE, "baseline-rules", NULL,
            "%zu finding%s of the baseline %s not compared, because %s is not applied now", count,
            count == 1 ? "" : "s", count == 1 ? "is" : "are",
            count == 1 ? "its rule" : "their rule");
    pb_findings_sort(check->findings);
    pb_vector_release(&sides.keyed);
    pb_arena_release(&sides.arena);
    return status;
}

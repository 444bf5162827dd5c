/* SPDX-License-Identifier: MIT */
/* The earlier report that --baseline names: its certificates, found in the evidence, and which
 * findings are new, which it has too, and which of its findings are resolved. */
#include "rules/rules.h"

#include <stdio.h>

#include "inventory/sentences.inc"

enum name_kind { NAME_ID, NAME_ARN, NAME_NAME };

/* One certificate of either side under one of its names. */
struct name {
    enum name_kind kind;
    uint32_t index; /* in its vector */
    const struct pb_certificate *one;
    struct pb_former_certificate *former; /* that is one; NULL for one of the evidence */
    struct pb_slice account; /* of NAME_NAME; absent for one without a name that has a body */
    struct pb_slice text;    /* absent for NAME_NAME of a certificate without a name */
};

int pb_compare_bodies(const struct pb_x509_facts *a, const struct pb_x509_facts *b)
{
    return a == NULL || b == NULL ? (a != NULL) - (b != NULL) : memcmp(a->sha256, b->sha256, 32);
}

static bool are_dated(const struct pb_certificate *a, const struct pb_certificate *b)
{
    return a->upload_date.state == PB_DATE_EXACT && b->upload_date.state == PB_DATE_EXACT;
}

static int compare_texts(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = pb_number_compare(a->kind, b->kind);
    order = order != 0 ? order : pb_number_compare(a->one->origin, b->one->origin);
    order = order != 0 ? order : pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->text, b->text);
}

/* In seconds; 0 where it is not known, or where the body tells nameless certificates apart. */
static int64_t upload_of(const struct name *name)
{
    bool has_date = pb_date_is_known(&name->one->upload_date);
    return has_date && (name->text.size_bytes > 0 || name->one->body == NULL)
               ? name->one->upload_date.instant.seconds
               : 0;
}

/* By what is known of two certificates of one name. */
static int compare_facts(const struct name *a, const struct name *b)
{
    int order = (upload_of(a) > upload_of(b)) - (upload_of(a) < upload_of(b));
    return order != 0 ? order : pb_compare_bodies(a->one->body, b->one->body);
}

/* Certificates of one name stand together, those of the evidence first. */
static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare_texts(a, b);
    order = order != 0 ? order : pb_number_compare(a->former != NULL, b->former != NULL);
    order = order != 0 ? order : compare_facts(a, b);
    return order != 0 ? order : pb_number_compare(a->index, b->index);
}

static bool add_names(struct pb_vector *names, struct name name, struct pb_slice account)
{
    const struct pb_slice texts[] = {
        [NAME_ID] = name.one->id, [NAME_ARN] = name.one->arn, [NAME_NAME] = name.one->name};

    for (unsigned kind = NAME_ID; kind <= NAME_NAME; kind++) {
        bool has_text = texts[kind].size_bytes > 0;
        name.kind = (enum name_kind)kind;
        name.text = has_text ? texts[kind] : PB_SLICE_ABSENT;
        if (kind == NAME_NAME && (has_text || name.one->body == NULL))
            name.account = account;
        if ((kind == NAME_NAME || has_text) && !pb_vector_append(names, &name, sizeof name))
            return false;
    }
    return true;
}

static void match(struct pb_baseline *baseline, const struct name *now, const struct name *then)
{
    then->former->same = now->one;
    baseline->are_matched[now->index] = true;
    if (then->former->is_unjudged &&
        pb_date_is_known(&now->one->upload_date)) /* by all its dates */
        then->former->seen.is_exposed = now->one->is_exposed;
}

/* Matches those with the same facts. names: of the evidence, up to middle, then of the baseline. */
static void match_equals(struct pb_baseline *baseline, const struct name *names, size_t middle,
                         size_t count)
{
    for (size_t i = 0, k = middle; i < middle && k < count;) {
        bool is_matched = baseline->are_matched[names[i].index];
        bool is_found = names[k].former->same != NULL;
        int order = compare_facts(&names[i], &names[k]);
        if (order == 0 && !is_matched && !is_found)
            match(baseline, &names[i], &names[k]);
        i += is_matched || order <= 0;
        k += is_found || order >= 0;
    }
}

static bool differ(struct pb_slice a, struct pb_slice b)
{
    return a.size_bytes > 0 && b.size_bytes > 0 && !pb_slice_equals(a, b);
}

/* Whether two certificates of one id, ARN or name differ in id, upload date or body. */
static bool is_another(const struct pb_certificate *then, const struct pb_certificate *now)
{
    return differ(then->id, now->id) ||
           (are_dated(then, now) && pb_date_differs(&then->upload_date, &now->upload_date)) ||
           (then->body != NULL && now->body != NULL &&
            pb_compare_bodies(then->body, now->body) != 0);
}

/* Matches each with the first of the evidence that does not differ. Without one, its replacement is
 * the first that is not deleted, else the first, of those that were not uploaded before it. */
static void match_others(struct pb_baseline *baseline, const struct name *names, size_t middle,
                         size_t count)
{
    size_t most = middle < PB_MOST_OF_ONE_NAME ? middle : PB_MOST_OF_ONE_NAME;
    for (size_t k = middle; k < count; k++) {
        struct pb_former_certificate *former = names[k].former;
        const struct pb_certificate *then = &former->seen, *best = NULL;
        if (former->replacement != NULL)
            continue; /* it was found under its ARN */
        for (size_t i = 0; i < most && former->same == NULL; i++) {
            const struct pb_certificate *now = names[i].one;
            bool is_older =
                are_dated(then, now) &&
                pb_instant_compare(now->upload_date.instant, then->upload_date.instant) < 0;
            if (!is_another(then, now)) {
                if (!baseline->are_matched[names[i].index])
                    match(baseline, &names[i], &names[k]);
            } else if (!is_older && (best == NULL || (best->presence == PB_PRESENCE_DELETED &&
                                                      now->presence != PB_PRESENCE_DELETED))) {
                best = now;
                former->replacement = now;
            }
        }
    }
}

/* Ids come first, then ARNs, then names. */
enum pb_status pb_baseline_match(struct pb_baseline *baseline, const struct pb_inventory *inventory)
{
    struct pb_former_certificate *formers = baseline->certificates.data;
    struct pb_vector *names = &baseline->names;

    baseline->are_matched =
        pb_arena_allocate_array(&baseline->arena, inventory->certificates.count, sizeof(bool));
    bool is_listed = baseline->are_matched != NULL;
    for (uint32_t i = 0; i < baseline->certificates.count && is_listed; i++) {
        const struct name name = {.index = i, .one = &formers[i].seen, .former = &formers[i]};
        is_listed = add_names(names, name, formers[i].account);
    }
    for (uint32_t i = 0; i < inventory->certificates.count && is_listed; i++) {
        const struct name name = {.index = i, .one = pb_inventory_certificate(inventory, i)};
        is_listed = add_names(names, name, pb_inventory_account(inventory, name.one->account)->id);
    }
    if (!is_listed)
        return PB_FAILED_MEMORY;
    pb_vector_sort(names, compare_names);
    for (size_t first = 0, middle, end; first < names->count; first = end) {
        const struct name *all = names->data;
        for (end = first; end < names->count && compare_texts(&all[first], &all[end]) == 0; end++) {
        }
        for (middle = first; middle < end && all[middle].former == NULL; middle++) {
        }
        if (all[first].kind != NAME_ID)
            match_equals(baseline, all + first, middle - first, end - first);
        else if (middle == first + 1 && end == first + 2 && /* one of each side has the id */
                 !differ(all[middle].former->account,
                         pb_inventory_account(inventory, all[first].one->account)->id) &&
                 !is_another(all[middle].one, all[first].one))
            match(baseline, &all[first], &all[middle]);
        if (all[first].kind != NAME_ID && all[first].text.size_bytes > 0)
            match_others(baseline, all + first, middle - first, end - first);
    }
    return PB_OK;
}

/* Whether a certificate of IAM in the inventory that was matched has that ARN or id. */
static bool shows(const struct pb_baseline *baseline, struct pb_slice arn_or_id)
{
    static const struct pb_certificate of_iam = {.origin = PB_ORIGIN_IAM};
    bool is_arn = pb_slice_starts_with(arn_or_id, PB_SLICE("arn:"));
    const struct name wanted = {
        .kind = is_arn ? NAME_ARN : NAME_ID, .one = &of_iam, .text = arn_or_id};
    const struct name *all = baseline->names.data;
    size_t place = pb_vector_lower_bound(&baseline->names, &wanted, compare_texts);
    return place < baseline->names.count && all[place].former == NULL &&
           compare_texts(&all[place], &wanted) == 0;
}

/* A finding of the baseline that is not found again. The functions decide_* return whether it is
 * resolved and write the reason into words, by say, which returns its second argument. */
struct leftover {
    const struct pb_check *check;
    const struct pb_former_finding *former;
    const struct pb_account *account; /* in this evidence; NULL where it has none */
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

/* Whether an event deleted it: not one from before its upload, which is of another certificate. */
static bool is_deleted_since(const struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_date *upload = &leftover->former->certificate->seen.upload_date;
    bool is_dated = false, is_since = false;

    for (uint32_t i = 0; pb_date_is_known(upload) && i < now->observation_count; i++) {
        const struct pb_particulars *particulars =
            pb_observation_particulars(&now->observations[i]);
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
    if (then->seen.body == NULL || now->body == NULL)
        return false;
    const unsigned char *digest = then->seen.body->key.spki_sha256;
    return memcmp(digest, now->body->key.spki_sha256, 32) == 0 ||
           memcmp(digest, now->body->key.identity, 32) == 0;
}

static bool decide_same(struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_rule *rule = leftover->former->rule;
    const char *missing = pb_rule_find_missing(rule, now);

    if (now->presence == PB_PRESENCE_DELETED)
        return is_deleted_since(leftover, now) ? say(leftover, true, PB_SAY_NOW_DELETED_BY_EVENT)
                                               : say(leftover, false, PB_SAY_NOW_DELETED_BEFORE);
    if (missing != NULL)
        return say(leftover, false, "%s", missing);
    if (rule == &pb_rules[PB_RULE_KEY_REUSE] && has_same_key(leftover->former->certificate, now))
        return say(leftover, false, PB_SAY_NOW_SAME_KEY);
    return say(leftover, true, PB_SAY_NOW_NOT_SO, pb_arrival_text(now, true).text);
}

/* A certificate that the account no longer has is trusted until it is revoked or expires. */
static bool decide_revocation(struct leftover *leftover, const struct pb_certificate *now)
{
    const struct pb_x509_facts *body = leftover->former->certificate->seen.body;
    const struct pb_revocation *revocation = now == NULL ? NULL : now->revocation;

    if (revocation != NULL && revocation->status == PB_REVOCATION_REVOKED)
        return say(leftover, true, PB_SAY_NOW_REVOKED, PB_SLICE_ARGS(revocation->crl));
    if (body != NULL && pb_instant_compare(body->not_after, leftover->check->parameters->as_of) < 0)
        return say(leftover, true, PB_SAY_NOW_EXPIRED, pb_instant_text(body->not_after).text);
    return say(leftover, false, PB_SAY_NOW_NOT_REVOKED);
}

/* Where the evidence lacks the certificate, only complete coverage proves that it was deleted. */
static bool decide_certificate(struct leftover *leftover)
{
    const struct pb_former_certificate *then = leftover->former->certificate;
    const struct pb_certificate *now = then->replacement;

    if (leftover->former->rule->need == PB_NEEDS_REVOCATION)
        return decide_revocation(leftover, then->same);
    if (then->same != NULL)
        return decide_same(leftover, then->same);
    if (now != NULL) {
        const char *key = then->seen.body == NULL || now->body == NULL ? PB_SAY_WITH_A_KEY_NOT_KNOWN
                          : has_same_key(then, now)                    ? PB_SAY_WITH_THE_SAME_KEY
                                                                       : PB_SAY_WITH_A_NEW_KEY;
        return say(leftover, true, PB_SAY_NOW_REPLACED, key,
                   PB_SLICE_ARGS(now->id.size_bytes > 0 ? now->id : pb_certificate_name(now)),
                   pb_arrival_text(now, true).text);
    }
    if (then->seen.origin != PB_ORIGIN_IAM)
        return say(leftover, false, PB_SAY_NOW_IN_ACM);
    if (leftover->account == NULL)
        return say(leftover, false, PB_SAY_NOW_NO_ACCOUNT);
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return say(leftover, true, PB_SAY_NOW_DELETED);
    return say(leftover, false,
               leftover->account->coverage == PB_COVERAGE_INCOMPLETE ? PB_SAY_NOW_INCOMPLETE
                                                                     : PB_SAY_NOW_UNKNOWN);
}

/* A gap's message names what is missing by its ARN or id. */
static bool decide_gap(struct leftover *leftover)
{
    struct pb_slice rest = leftover->former->message;
    size_t named = 0, shown = 0;

    while (rest.size_bytes > 0) {
        struct pb_slice word = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE(" "), 0));
        rest = pb_slice_from(rest, word.size_bytes + 1);
        if (pb_slice_ends_with(word, PB_SLICE(",")))
            word.size_bytes--;
        if (!pb_slice_starts_with(word, PB_SLICE("arn:")) &&
            !pb_slice_starts_with(word, PB_SLICE("ASC")))
            continue;
        named++;
        shown += shows(leftover->check->parameters->baseline, word);
    }
    if (leftover->account == NULL)
        return say(leftover, false, PB_SAY_NOW_NO_ACCOUNT);
    if (named > 0 && shown == named)
        return say(leftover, true, PB_SAY_NOW_GAP_FILLED);
    if (leftover->account->coverage == PB_COVERAGE_COMPLETE)
        return say(leftover, true, PB_SAY_NOW_GAP_COMPLETE);
    if (named > 0 || leftover->former->is_of_summary || !leftover->account->has_list)
        return say(leftover, false, PB_SAY_NOW_GAP_NOT_SHOWN);
    return say(leftover, true, PB_SAY_NOW_GAP_LISTED);
}

static struct pb_slice or_not_known(struct pb_slice text)
{
    return text.size_bytes > 0 ? text : PB_SLICE("not known");
}

/* "SUBJECT: WHAT IT IS NOW; it was: MESSAGE", where the subject is "NAME (id ID, ARN ARN, account
 * ACCOUNT)", "account ACCOUNT", or "the evidence". */
static struct pb_slice make_message(const struct leftover *leftover, bool is_resolved)
{
    const struct pb_former_finding *former = leftover->former;
    struct pb_slice account = or_not_known(former->account);
    char subject[PB_SENTENCE_BYTES] = "the evidence";

    if (former->certificate != NULL) {
        const struct pb_certificate *one = &former->certificate->seen;
        snprintf(subject, sizeof subject, PB_SAY_FORMER_CERTIFICATE,
                 PB_SLICE_ARGS(pb_certificate_name(one)), PB_SLICE_ARGS(or_not_known(one->id)),
                 PB_SLICE_ARGS(or_not_known(one->arn)), PB_SLICE_ARGS(account));
    } else if (former->account.size_bytes > 0) {
        snprintf(subject, sizeof subject, "account %.*s", PB_SLICE_ARGS(account));
    }
    return pb_message_format(&leftover->check->findings->arena,
                             is_resolved ? PB_SAY_FORMER_RESOLVED : PB_SAY_FORMER_NOT_COVERED,
                             subject, leftover->words, PB_SLICE_ARGS(former->message));
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
        former->certificate == NULL && former->rule == &pb_rules[PB_RULE_PRIVATE_KEY_IN_EVIDENCE];
    bool are_several = /* unknown ones, which come first */
        pb_slice_is_absent(former->account) && place + 1 < accounts->count &&
        pb_slice_equals(all[place].id, all[place + 1].id);

    return is_of_evidence || place == accounts->count || are_several ||
                   !pb_slice_equals(all[place].id, former->account)
               ? PB_NO_INDEX
               : (uint32_t)place;
}

/* Of a rule that is not chosen only what is not resolved: exit status 3 may follow from it. */
static void add_leftover(const struct pb_check *check, const struct pb_former_finding *former)
{
    struct pb_finding finding = {.rule = former->rule,
                                 .account = find_account(&check->inventory->accounts, former),
                                 .certificate = PB_NO_INDEX,
                                 .entry = PB_NO_INDEX,
                                 .state = PB_STATE_RESOLVED,
                                 .former = former,
                                 .is_unreported =
                                     !pb_rule_is_chosen(former->rule, check->parameters)};
    struct leftover leftover = {.check = check, .former = former};

    if (finding.account != PB_NO_INDEX)
        leftover.account = pb_inventory_account(check->inventory, finding.account);
    bool is_resolved = former->certificate != NULL ? decide_certificate(&leftover)
                       : former->rule == &pb_rules[PB_RULE_COVERAGE_GAP] ? decide_gap(&leftover)
                       : former->rule == &pb_rules[PB_RULE_PRIVATE_KEY_IN_EVIDENCE]
                           ? say(&leftover, true, PB_SAY_NOW_KEY_GONE)
                           : say(&leftover, false, PB_SAY_NOW_NOT_KNOWN);
    if (is_resolved && finding.is_unreported)
        return;
    if (!is_resolved) {
        finding.state = PB_STATE_UNCHANGED;
        if (former->certificate != NULL)
            finding.certificate = pb_inventory_index(check->inventory, former->certificate->same);
    }
    finding.message = make_message(&leftover, is_resolved);
    check->findings->arena.has_failed |=
        !pb_vector_append(&check->findings->items, &finding, sizeof finding);
}

/* A finding of this evidence or of the baseline. Two with one key are the same. */
struct keyed {
    struct pb_slice key; /* the rule and its certificate's index; without a certificate the account
                            and the message too, without places and the figures beside them */
    struct pb_slice message;
    struct pb_finding *finding;             /* NULL on the baseline's side */
    const struct pb_former_finding *former; /* NULL on the other side */
    bool is_paired;
};

static int compare_keys(const struct keyed *a, const struct keyed *b)
{
    return pb_slice_compare(a->key, b->key);
}

static int compare_messages(const struct keyed *a, const struct keyed *b)
{
    int order = compare_keys(a, b);
    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

static int compare_keyed(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = compare_messages(a, b);
    order = order != 0 ? order : pb_place_compare(a->finding, b->finding);
    return order != 0 ? order : pb_place_compare(a->former, b->former);
}

/* Findings of both sides, and the memory of their texts. */
struct sides {
    struct pb_arena arena;
    struct pb_buffer key;   /* while it is made */
    struct pb_vector keyed; /* of struct keyed */
};

void pb_message_append_key(struct pb_buffer *key, struct pb_slice message, struct pb_slice place)
{
    size_t start = place.size_bytes > 0 ? pb_slice_find(message, place, 0) : SIZE_MAX;
    for (size_t i = 0, end; i < message.size_bytes; i = end) {
        end = pb_skip(message, i, PB_DIGITS);
        bool is_left_out = /* the place or a number, not digits of a name */
            i == start ||
            (start != SIZE_MAX && end > i && i > 0 && strchr(" :", message.data[i - 1]) != NULL &&
             (end == message.size_bytes || strchr(" ,:", message.data[end]) != NULL));
        end = i == start ? i + place.size_bytes : is_left_out ? end : i + 1;
        if (!is_left_out)
            pb_buffer_append_byte(key, message.data[i]);
    }
}

static void add_keyed(struct sides *sides, struct keyed keyed, const struct pb_rule *rule,
                      uint32_t certificate, struct pb_slice account, struct pb_slice place)
{
    struct pb_buffer *key = &sides->key;
    pb_buffer_clear(key);
    pb_buffer_append_format(key, "%s %zu", rule->name, (size_t)certificate);
    if (certificate == PB_NO_INDEX) {
        pb_buffer_append_byte(key, ' ');
        pb_buffer_append(key, account);
        pb_buffer_append_byte(key, ' ');
        pb_message_append_key(key, keyed.message, place);
    }
    keyed.key = pb_arena_copy_buffer(&sides->arena, key);
    sides->arena.has_failed |= !pb_vector_append(&sides->keyed, &keyed, sizeof keyed);
}

static void add_finding(const struct pb_check *check, struct sides *sides,
                        struct pb_finding *finding)
{
    const struct pb_inventory *inventory = check->inventory;
    struct pb_slice place = PB_SLICE_ABSENT;
    struct keyed keyed = {.finding = finding};
    char room[PB_SENTENCE_BYTES];

    finding->state = PB_STATE_NEW;
    if (finding->entry != PB_NO_INDEX)
        place = pb_inventory_path(inventory, finding->entry);
    if (pb_slice_find_last(place, '\\') != SIZE_MAX)
        place = PB_SLICE_ABSENT; /* the json report spells it otherwise than messages do */
    struct pb_slice message = pb_finding_message(finding, inventory, check->parameters, room);
    place = pb_message_format(&sides->arena, "%.*s", PB_SLICE_ARGS(place));
    keyed.message = pb_arena_copy(&sides->arena, message);
    add_keyed(sides, keyed, finding->rule, finding->certificate,
              pb_finding_account(finding, inventory), place);
}

/* Pairs findings of the two sides that compare equal and are not paired yet, in their order. */
static void pair(struct pb_vector *vector,
                 int (*compare)(const struct keyed *, const struct keyed *))
{
    struct keyed *all = vector->data;
    for (size_t first = 0, end; first < vector->count; first = end) {
        size_t now = first, then = first;
        for (end = first; end < vector->count && compare(&all[first], &all[end]) == 0; end++) {
        }
        while (true) {
            while (now < end && (all[now].finding == NULL || all[now].is_paired))
                now++;
            while (then < end && (all[then].former == NULL || all[then].is_paired))
                then++;
            if (now == end || then == end)
                break;
            all[now].finding->state = PB_STATE_UNCHANGED;
            all[now].is_paired = all[then].is_paired = true;
        }
    }
}

enum pb_status pb_baseline_compare(const struct pb_check *check, struct pb_diagnostics *diagnostics)
{
    const struct pb_vector *formers = &check->parameters->baseline->findings;
    size_t count = check->parameters->baseline->unknown_rule_count; /* of those left out */
    size_t found = check->findings->items.count;
    struct sides sides = {0};

    for (size_t i = 0; i < formers->count; i++) {
        const struct pb_former_finding *former =
            &PB_VECTOR_AT(const struct pb_former_finding, formers, i);
        const struct pb_former_certificate *then = former->certificate;
        const struct keyed keyed = {.message = former->message, .former = former};
        if (!pb_rule_is_chosen(former->rule, check->parameters) &&
            !pb_rule_makes_inconclusive(former->rule))
            count++;
        else if (then != NULL && then->same == NULL)
            add_leftover(check, former);
        else
            add_keyed(&sides, keyed, former->rule,
                      pb_inventory_index(check->inventory, then != NULL ? then->same : NULL),
                      former->account, former->place);
    }
    for (size_t i = 0; i < found; i++)
        add_finding(check, &sides, pb_findings_at(check->findings, i));
    pb_vector_sort(&sides.keyed, compare_keyed);
    pair(&sides.keyed, compare_messages);
    pair(&sides.keyed, compare_keys);
    for (size_t i = 0; i < sides.keyed.count; i++) {
        const struct keyed *one = &PB_VECTOR_AT(const struct keyed, &sides.keyed, i);
        if (one->former != NULL && !one->is_paired)
            add_leftover(check, one->former);
    }
    diagnostics->entry = PB_NO_ENTRY;
    if (count > 0)
        pb_diagnostics_add(diagnostics, PB_SEVERITY_NOTE, "baseline-rules", PB_SAY_BASELINE_RULES,
                           count, count == 1 ? "" : "s", count == 1 ? "is" : "are",
                           count == 1 ? "its" : "their");
    bool has_failed = sides.arena.has_failed || check->findings->arena.has_failed;
    pb_vector_release(&sides.keyed);
    pb_buffer_release(&sides.key);
    pb_arena_release(&sides.arena);
    return has_failed ? PB_FAILED_MEMORY : PB_OK;
}

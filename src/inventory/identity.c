/* SPDX-License-Identifier: MIT */
/* Finds the observations that are one certificate, by passes that each compare one text, ids first,
 * then by CloudTrail's renames and deletions. Runs when the accounts are known. */
#include <stdlib.h>

#include "inventory/passes.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

/* "***" and "xxx" are placeholders; shorter ones may be names. */
#define FEWEST_PLACEHOLDER_BYTES 3

/* One observation with the text by which a pass compares it. */
struct key {
    struct pb_term term; /* the first member: text, where it counts, observation's number */
    const struct pb_observation *seen;
    struct pb_slice name;
    bool is_account_known;
};

/* A group is a tree: an observation's group is another member of it, or itself for the lowest. */
struct grouping {
    struct pb_inventory *inventory;
    struct key *keys; /* room for one an observation */

    /* The keys that are compared now: two or more with the same text. */
    const struct pass *pass;
    struct key *run;
    size_t count;
};

struct pass {
    enum { BY_ID, BY_ARN, BY_NAME, BY_SERIAL } by;
    /* What it compares: all of the run, of an account or of a folder; names listed in a folder with
     * files called after them below it; both below a folder. */
    enum { IN_RUN, IN_ACCOUNT, IN_FOLDER, BELOW, BESIDE } where;
    /* If all keys that lead are one certificate, those that may join are united with it. */
    bool (*leads)(const struct key *key);
    bool (*may_join)(const struct key *key, const struct key *leader);
    /* Called if they are several, or none, and first is NULL then; NULL: unites nothing. */
    void (*divide)(const struct grouping *grouping, const struct key *first);
};

/* The lowest member of the term's group. Shortens the way to it for the next call. */
static uint32_t find_lowest(const struct grouping *grouping, const struct pb_term *term)
{
    struct pb_observation *all = grouping->inventory->evidence.observations.data;
    uint32_t member = term->number;
    while (all[member].group != member)
        member = all[member].group = all[all[member].group].group;
    return member;
}

static bool is_united(const struct grouping *grouping, const struct pb_term *a,
                      const struct pb_term *b)
{
    return find_lowest(grouping, a) == find_lowest(grouping, b);
}

static void unite(const struct grouping *grouping, const struct pb_term *a, const struct pb_term *b)
{
    struct pb_observation *all = grouping->inventory->evidence.observations.data;
    uint32_t one = find_lowest(grouping, a), other = find_lowest(grouping, b);
    all[one < other ? other : one].group = one < other ? one : other;
}

/* A rename or a deletion. */
static bool is_event(const struct pb_observation *seen)
{
    return pb_observation_particulars(seen)->event >= PB_EVENT_UPDATE;
}

/* Its own name, else its ARN's; absent where it has neither. */
static struct pb_slice name_of(const struct pb_observation *seen)
{
    struct pb_certificate_arn arn;
    if (seen->name.size_bytes > 0)
        return seen->name;
    return pb_certificate_arn_parse(seen->arn, &arn) ? arn.name : PB_SLICE_ABSENT;
}

static bool has_id(const struct key *key)
{
    return key->seen->id.size_bytes > 0;
}

static bool is_identified(const struct key *key)
{
    return has_id(key) || key->seen->arn.size_bytes > 0;
}

static bool is_name_only(const struct key *key)
{
    return !is_identified(key) && key->seen->upload_date.state == PB_DATE_ABSENT &&
           key->seen->expiration.state == PB_DATE_ABSENT && key->seen->body == NULL;
}

static bool is_known_by_service(const struct key *key)
{
    return !key->seen->is_name_from_file;
}

static bool is_of_known_account(const struct key *key)
{
    return key->is_account_known && is_known_by_service(key);
}

static bool has_upload(const struct key *key)
{
    return pb_date_is_known(&key->seen->upload_date);
}

/* Whether both give an UploadDate, and not the same one. */
static bool is_upload_different(const struct key *a, const struct key *b)
{
    return has_upload(a) && has_upload(b) &&
           pb_date_differs(&a->seen->upload_date, &b->seen->upload_date);
}

static bool is_upload_same(const struct key *a, const struct key *b)
{
    return has_upload(a) && has_upload(b) && !is_upload_different(a, b);
}

/* Whether one certificate can have had all names of the run, one after the other: no body and no
 * UploadDate differs from the first, and no item has two of the names. */
static bool can_be_one(const struct key *run, size_t count)
{
    const struct key *body = run, *upload = run, *named = NULL;
    bool is_renamed = false, is_apart = false;

    for (size_t i = 0; i < count; i++) {
        const struct key *here = &run[i];
        body = body->seen->body == NULL ? here : body;
        upload = has_upload(upload) ? upload : here;
        if (here->seen->body != NULL)
            is_apart |= memcmp(body->seen->body->sha256, here->seen->body->sha256, 32) != 0;
        is_apart |= is_upload_different(upload, here);
        if (here->name.size_bytes == 0)
            continue;
        if (named != NULL && !pb_slice_equals(named->name, here->name)) {
            is_renamed = true;
            is_apart |= named->seen->entry == here->seen->entry;
        }
        named = here;
    }
    return !is_renamed || !is_apart;
}

/* Certificates that have one id in spite of being several are united by name. */
static void divide_by_name(const struct grouping *grouping, const struct key *first)
{
    struct key *run = grouping->run;
    bool is_one = can_be_one(run, grouping->count);

    for (size_t i = 0; i < grouping->count; i++)
        run[i].term.text = run[i].name;
    if (!is_one)
        qsort(run, grouping->count, sizeof *run, pb_term_compare);
    for (size_t i = 1; i < grouping->count; i++) {
        if (is_one || pb_slice_equals(run[i].name, run[i - 1].name))
            unite(grouping, &run[i].term, &run[i - 1].term);
        if (first == NULL && run[i - 1].name.size_bytes > 0)
            first = &run[i - 1];
    }
    if (is_one || first == NULL)
        return;
    pb_diagnostic_at(pb_diagnostics_add(&grouping->inventory->evidence.diagnostics,
                                        PB_SEVERITY_NOTE, "id-shared", PB_SAY_ID_SHARED,
                                        PB_SLICE_ARGS(first->seen->id)),
                     first->seen);
}

/* Unites the key with the only certificate of the run that states the same UploadDate to the
 * second; leaves it alone where there is none or more than one. */
static void unite_by_upload(const struct grouping *grouping, const struct key *one)
{
    const struct key *run = grouping->run, *match = NULL;

    for (size_t i = 0; i < grouping->count && i < PB_MOST_COMPARED; i++) {
        if (&run[i] == one || !is_upload_same(one, &run[i]))
            continue;
        if (match != NULL && !is_united(grouping, &match->term, &run[i].term))
            return;
        match = &run[i];
    }
    if (match != NULL)
        unite(grouping, &one->term, &match->term);
}

/* Where several certificates have the ARN or the name (used again after a deletion) the date
 * decides; a name alone is united with the first. Where none leads, all are one; but without an
 * account, two dated rows of one name may be of two accounts: they are one if their dates agree. */
static void divide_by_date(const struct grouping *grouping, const struct key *first)
{
    const struct key *run = grouping->run, *dated = run;

    for (size_t i = grouping->count; i > 0; i--)
        if (!is_name_only(&run[i - 1]))
            dated = &run[i - 1];
    for (size_t i = 0; i < grouping->count; i++) {
        const struct key *here = &run[i];
        bool is_one =
            is_name_only(here) || (first == NULL && (run->is_account_known || is_identified(here) ||
                                                     is_upload_same(here, dated)));
        if (is_one)
            unite(grouping, &here->term, first == NULL ? &dated->term : &first->term);
        else if (first != NULL && !grouping->pass->leads(here))
            unite_by_upload(grouping, here);
    }
}

/* A name without anything else is united with the first of several of one account that had it. */
static void divide_names_only(const struct grouping *grouping, const struct key *first)
{
    const struct key *run = grouping->run;

    for (size_t i = 0; i < grouping->count; i++)
        if (first == NULL || (is_of_known_account(&run[i]) &&
                              run[i].seen->account_index != first->seen->account_index))
            return;
    for (size_t i = 0; i < grouping->count; i++)
        if (!run[i].is_account_known && is_name_only(&run[i]))
            unite(grouping, &run[i].term, &first->term);
}

/* What has no known account is united with the folder's only certificate of its id, or of its name
 * unless the UploadDate differs: a folder may have evidence of two accounts. */
static bool may_join_in_folder(const struct key *key, const struct key *leader)
{
    return pb_slice_equals(key->term.text, key->seen->id) ||
           (!is_identified(key) && !is_upload_different(key, leader));
}

/* Never across two known accounts. */
static bool is_same_or_unknown(const struct key *a, const struct key *b)
{
    return a->seen->account_index == b->seen->account_index || !a->is_account_known ||
           !b->is_account_known;
}

/* A walk's list of names, and the files that are called after them, in two folders: unites them,
 * in the list's account. If several folders have the name, or dates or bodies of it, they may be of
 * several accounts. */
static void unite_walk(const struct grouping *grouping, const struct key *first)
{
    struct pb_batch *evidence = &grouping->inventory->evidence;
    struct pb_observation *all = evidence->observations.data;
    const struct key *run = grouping->run, *parts[3] = {first}; /* a name, a date, a body */

    for (size_t i = 0; i < grouping->count; i++) {
        int part = is_known_by_service(&run[i]) ? 0 : run[i].seen->body == NULL ? 1 : 2;
        parts[part] = parts[part] == NULL ? &run[i] : parts[part];
        if (!pb_slice_equals(pb_batch_folder(evidence, parts[part]->seen->entry),
                             pb_batch_folder(evidence, run[i].seen->entry)))
            return;
    }
    for (size_t i = 0; i < grouping->count && parts[0] != NULL; i++) {
        if (!is_same_or_unknown(&run[i], parts[0]))
            continue;
        unite(grouping, &run[i].term, &parts[0]->term);
        if (!run[i].is_account_known)
            all[run[i].term.number].account_index = parts[0]->seen->account_index;
    }
}

static void unite_run(const struct grouping *grouping)
{
    const struct pass *pass = grouping->pass;
    const struct key *run = grouping->run, *first = NULL, *leader = NULL;
    bool is_one = true;

    for (size_t i = 0; i < grouping->count && pass->leads != NULL; i++) {
        if (!pass->leads(&run[i]))
            continue;
        if (first == NULL)
            first = leader = &run[i];
        is_one &= is_united(grouping, &first->term, &run[i].term);
        if (has_upload(&run[i]))
            leader = &run[i];
    }
    if (!is_one || first == NULL) {
        if (pass->divide != NULL)
            pass->divide(grouping, first);
        return;
    }
    for (size_t i = 0; i < grouping->count; i++)
        if (pass->may_join == NULL || pass->may_join(&run[i], leader))
            unite(grouping, &run[i].term, &leader->term);
}

/* The text that the pass compares; absent or empty: the pass leaves the observation out. */
static struct pb_slice text_of(const struct pass *pass, const struct key *key)
{
    const struct pb_observation *seen = key->seen;
    /* ACM certificates have no names, and events find theirs by time. */
    bool is_found = seen->origin == PB_ORIGIN_IAM && !is_event(seen) &&
                    (pass->where < BELOW || !is_known_by_service(key) || is_name_only(key));
    struct pb_slice serial = pb_observation_particulars(seen)->serial;

    switch (pass->by) {
    case BY_ID: return is_found || pass->where == IN_ACCOUNT ? seen->id : PB_SLICE_ABSENT;
    case BY_ARN: return seen->arn;
    case BY_NAME: /* a name from a file's name is not IAM's: it is compared in its folder only */
        is_found &= pass->where > IN_ACCOUNT || is_known_by_service(key);
        return is_found ? key->name : PB_SLICE_ABSENT;
    default:
        if (serial.data == NULL && seen->body != NULL)
            serial = seen->body->serial;
        while (serial.size_bytes > 1 && serial.data[0] == '0')
            serial = pb_slice_from(serial, 1);
        return seen->origin == PB_ORIGIN_ACM ? serial : PB_SLICE_ABSENT;
    }
}

bool pb_is_placeholder(struct pb_slice text)
{
    char only = '\0';

    if (pb_contains_any(text, PB_WORDS_HIDING))
        return true;
    if (pb_slice_starts_with(text, PB_SLICE("ASCA")))
        text = pb_slice_from(text, 4);
    for (size_t i = 0; i < text.size_bytes; i++) {
        char byte = pb_byte_lower(text.data[i]);
        if (!pb_is_alphanumeric(byte))
            continue;
        if (only != '\0' && byte != only)
            return false;
        only = byte;
    }
    return text.size_bytes >= FEWEST_PLACEHOLDER_BYTES;
}

/* Whether the text that two observations share is a stand-in. An answer has each certificate once,
 * so rows of one with equal ids and other dates are as many. Answers of one kind in several files
 * count as one, where the text has a word for hiding. */
static bool is_stand_in(const struct key *a, const struct key *b, bool is_placeholder)
{
    if (!is_placeholder)
        return a->seen->record != PB_NO_RECORD && a->seen->record == b->seen->record &&
               pb_slice_equals(a->seen->id, b->seen->id) && is_upload_different(a, b);
    return a->seen->shape == b->seen->shape &&
           (a->seen->entry == b->seen->entry || pb_contains_any(a->term.text, PB_WORDS_HIDING));
}

/* Removes one answer's rows with the same stand-in from the run; returns how many are left. */
static size_t leave_out_stand_ins(struct key *run, size_t count)
{
    struct key last = run[0];
    size_t kept = 0;
    bool is_placeholder = pb_is_placeholder(run->term.text);

    if (run->seen->origin != PB_ORIGIN_IAM)
        return count;
    for (size_t i = 0; i < count; i++) {
        const struct key here = run[i];
        bool is_repeated = (i > 0 && is_stand_in(&last, &here, is_placeholder)) ||
                           (i + 1 < count && is_stand_in(&here, &run[i + 1], is_placeholder));
        if (!is_repeated)
            run[kept++] = here;
        last = here;
    }
    return kept;
}

/* The folder becomes the one around it, if its name says what is in it, and not whose that is. */
static bool leave_folder_of_parts(struct pb_slice *folder)
{
    struct pb_slice inner = *folder;
    return pb_folder_parent(inner, folder) &&
           pb_contains_any(pb_slice_from(inner, folder->size_bytes), PB_WORDS_FOLDERS_OF_PARTS);
}

static void make_pass(struct grouping *grouping, const struct pass *pass)
{
    const struct pb_inventory *inventory = grouping->inventory;
    const struct pb_observation *all = inventory->evidence.observations.data;
    struct key *keys = grouping->keys;
    size_t count = 0;

    grouping->pass = pass;
    for (uint32_t i = 0; i < inventory->evidence.observations.count; i++) {
        const struct pb_observation *here = &all[i];
        struct key key = {.seen = here, .name = name_of(here), .term.number = i};
        key.is_account_known =
            pb_inventory_account(inventory, here->account_index)->id.data != NULL;
        key.term.text = text_of(pass, &key);
        if (key.term.text.size_bytes == 0)
            continue;
        if (pass->where > IN_ACCOUNT)
            key.term.scope = pb_batch_folder(&inventory->evidence, here->entry);
        else if (pass->where == IN_ACCOUNT)
            key.term.account = here->account_index;
        else
            key.term.scope = key.name;
        if ((pass->where == BESIDE || (pass->where == BELOW && !is_known_by_service(&key))) &&
            !leave_folder_of_parts(&key.term.scope))
            continue;
        if (pass->where == IN_ACCOUNT && here->origin == PB_ORIGIN_ACM)
            key.term.scope = PB_SLICE("acm"); /* whose ids and ARNs are never IAM's */
        keys[count++] = key;
    }
    pb_vector_sort(&(struct pb_vector){keys, count, count, sizeof *keys}, pb_term_compare);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && pb_term_is_alike(&keys[first].term, &keys[end].term);)
            end++;
        grouping->run = keys + first;
        grouping->count = end - first > 1 ? leave_out_stand_ins(keys + first, end - first) : 0;
        if (grouping->count > 1)
            unite_run(grouping);
    }
}

/* Renames and deletions have the name that the certificate had at their time. */

static struct pb_instant time_of(const struct pb_observation *event)
{
    const struct pb_date *time = &event->particulars->event_time;
    return pb_date_is_known(time) ? time->instant : (struct pb_instant){INT64_MAX, 0};
}

/* Collects which observation has which name from when on: by upload, and by each rename. */
static void collect_periods(struct pb_inventory *inventory, struct pb_vector *periods)
{
    const struct pb_observation *all = inventory->evidence.observations.data;

    for (uint32_t i = 0; i < inventory->evidence.observations.count; i++) {
        const struct pb_observation *seen = &all[i];
        struct pb_term period = {.account = seen->account_index, .number = i};
        if (is_event(seen)) {
            period.text = seen->particulars->new_name;
            period.since = time_of(seen);
        } else {
            bool is_dated = pb_date_is_known(&seen->upload_date);
            period.text = name_of(seen);
            period.since = is_dated ? seen->upload_date.instant : (struct pb_instant){INT64_MIN, 0};
        }
        if (seen->origin == PB_ORIGIN_IAM && period.text.size_bytes > 0)
            pb_terms_add(inventory, periods, period);
    }
    pb_vector_sort(periods, pb_term_compare);
}

/* The observation that had the name at that time: of the last period that does not begin later.
 * NULL where that is only wanted itself, or where periods of two certificates begin at once. */
static const struct pb_term *find_holder(const struct grouping *grouping,
                                         const struct pb_vector *periods, struct pb_term wanted)
{
    const struct pb_term *all = periods->data, *holder = NULL;
    uint32_t self = wanted.number;

    wanted.number = UINT32_MAX; /* behind all that begin at its instant */
    size_t end = pb_vector_lower_bound(periods, &wanted, pb_term_compare);
    for (size_t i = end; i > 0 && end - i < PB_MOST_COMPARED; i--) {
        const struct pb_term *here = &all[i - 1];
        if (here->number == self)
            continue;
        if (!pb_term_is_alike(here, &wanted) ||
            (holder != NULL && pb_instant_compare(here->since, holder->since) != 0))
            break;
        if (holder != NULL && !is_united(grouping, here, holder))
            return NULL;
        holder = holder == NULL ? here : holder;
    }
    return holder;
}

/* In the order of time: each rename decides which certificate the next event is about. */
static void join_events(const struct grouping *grouping)
{
    struct pb_inventory *inventory = grouping->inventory;
    const struct pb_observation *all = inventory->evidence.observations.data;
    struct pb_vector events = {0}, periods = {0}; /* of struct pb_term */

    for (uint32_t i = 0; i < inventory->evidence.observations.count; i++) {
        if (is_event(&all[i]))
            pb_terms_add(inventory, &events,
                         (struct pb_term){.since = time_of(&all[i]), .number = i});
    }
    pb_vector_sort(&events, pb_term_compare);
    if (events.count > 0)
        collect_periods(inventory, &periods);
    for (size_t i = 0; i < events.count; i++) {
        struct pb_term event = PB_VECTOR_AT(struct pb_term, &events, i);
        const struct pb_observation *seen = &all[event.number];
        event.account = seen->account_index;
        event.text = name_of(seen);
        const struct pb_term *holder = find_holder(grouping, &periods, event);
        if (holder == NULL) { /* an export made after the rename knows only the new name */
            event.text = seen->particulars->new_name;
            holder = find_holder(grouping, &periods, event);
        }
        if (holder != NULL)
            unite(grouping, &event, holder);
    }
    pb_vector_release(&events);
    pb_vector_release(&periods);
}

void pb_identity_group(struct pb_inventory *inventory)
{
    static const struct pass passes[] = {
        {BY_ID, IN_ACCOUNT, NULL, NULL, divide_by_name},
        {BY_ARN, IN_ACCOUNT, has_id, NULL, divide_by_date},
        {BY_NAME, IN_ACCOUNT, is_identified, NULL, divide_by_date},
        {BY_ID, IN_FOLDER, is_of_known_account, may_join_in_folder, divide_names_only},
        {BY_NAME, IN_FOLDER, is_of_known_account, may_join_in_folder, divide_names_only},
        /* A name from a file's name is that of the folder's certificate with the name. */
        {BY_NAME, IN_FOLDER, is_known_by_service, is_same_or_unknown, NULL},
        {BY_NAME, BELOW, NULL, NULL, unite_walk},
        {BY_NAME, BESIDE, NULL, NULL, unite_walk},
        {BY_ID, IN_RUN, is_of_known_account, may_join_in_folder, NULL},
        /* An ACM body joins the one description with its serial, which has an ARN. */
        {BY_SERIAL, IN_FOLDER, is_identified, NULL, NULL},
    };
    size_t count = inventory->evidence.observations.count;
    struct pb_observation *all = inventory->evidence.observations.data;
    bool is_any_guessed = false;
    struct grouping grouping = {.inventory = inventory,
                                .keys = calloc(count + 1, sizeof *grouping.keys)};

    for (uint32_t i = 0; i < count; i++) {
        all[i].group = all[i].number = i;
        is_any_guessed |= all[i].is_name_from_file ||
                          pb_inventory_account(inventory, all[i].account_index)->id.data == NULL;
    }
    if (grouping.keys == NULL) {
        inventory->has_failed = true;
        return;
    }
    for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++)
        if (is_any_guessed || passes[i].where == IN_ACCOUNT || passes[i].by == BY_SERIAL)
            make_pass(&grouping, &passes[i]);
    join_events(&grouping);
    for (uint32_t i = 0; i < count; i++) /* its own group is a lower one's, which is done */
        all[i].group = all[all[i].group].group;
    free(grouping.keys);
}

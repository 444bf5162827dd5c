/* SPDX-License-Identifier: MIT */
/* Which observations are one certificate: passes that each compare one text, ids first. Comes after
 * the accounts are known; pb_certificates_make makes a certificate of each group. */
#include <stdlib.h>

#include "inventory/arn.h"
#include "inventory/passes.h"

/* A name with more candidates than that is no evidence, and must not cost the square of them. */
#define MOST_COMPARED 512
/* Of "***" and "xxx"; shorter ones may be names. */
#define FEWEST_STAND_IN_BYTES 3

/* One observation under the text by which a pass compares it. */
struct key {
    const struct pb_observation *observation;
    struct pb_slice text; /* the id, ARN, name or serial */
    struct pb_slice name;
    struct pb_slice scope; /* the folder where accounts must not be trusted; else absent */
    uint32_t account;
    uint32_t number; /* of the observation */
    bool is_account_known;
};

struct grouping {
    struct pb_inventory *inventory;
    uint32_t *group;  /* see pb_set_find */
    struct key *keys; /* room for one an observation */
};

typedef bool is_such(const struct key *key);

struct pb_slice pb_observation_name(const struct pb_observation *observation)
{
    struct pb_certificate_arn arn;

    if (observation->name.size_bytes > 0)
        return observation->name;
    return pb_certificate_arn_parse(observation->arn, &arn) ? arn.name : PB_SLICE_ABSENT;
}

static bool is_united(const struct grouping *grouping, const struct key *a, const struct key *b)
{
    return pb_set_find(grouping->group, a->number) == pb_set_find(grouping->group, b->number);
}

static void unite(struct grouping *grouping, const struct key *a, const struct key *b)
{
    pb_set_unite(grouping->group, a->number, b->number);
}

/* Whether both give an UploadDate, and not the same one. */
static bool is_upload_different(const struct pb_observation *a, const struct pb_observation *b)
{
    return pb_date_is_known(&a->upload_date) && pb_date_is_known(&b->upload_date) &&
           pb_date_differs(&a->upload_date, &b->upload_date);
}

static bool is_upload_same(const struct pb_observation *a, const struct pb_observation *b)
{
    return pb_date_is_known(&a->upload_date) && pb_date_is_known(&b->upload_date) &&
           !pb_date_differs(&a->upload_date, &b->upload_date);
}

/* Unites the key with the only certificate of the run that states the same UploadDate to the
 * second; leaves it alone where there is none or more than one. */
static void unite_by_upload(struct grouping *grouping, const struct key *one, const struct key *run,
                            size_t count)
{
    const struct key *match = NULL;

    for (size_t i = 0; i < count && i < MOST_COMPARED; i++) {
        if (run[i].number == one->number || !is_upload_same(one->observation, run[i].observation))
            continue;
        if (match != NULL && !is_united(grouping, match, &run[i]))
            return;
        match = &run[i];
    }
    if (match != NULL)
        unite(grouping, one, match);
}

/* Whether all such keys of the run are one certificate already; *first is the first of them, NULL
 * where there is none. */
static bool are_one(const struct grouping *grouping, const struct key *run, size_t count,
                    is_such *is, const struct key **first)
{
    *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!is(&run[i]))
            continue;
        if (*first == NULL)
            *first = &run[i];
        else if (!is_united(grouping, *first, &run[i]))
            return false;
    }
    return true;
}

static bool has_id(const struct key *key)
{
    return key->observation->id.size_bytes > 0;
}

static bool has_arn(const struct key *key)
{
    return key->observation->arn.size_bytes > 0;
}

static bool is_identified(const struct key *key)
{
    return has_id(key) || has_arn(key);
}

static bool is_known_by_service(const struct key *key)
{
    return !key->observation->is_name_from_file;
}

static bool is_of_known_account(const struct key *key)
{
    return key->is_account_known && is_known_by_service(key);
}

/* The passes by id. What tells apart two certificates to which one id was given is their name. */

static int compare_names(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    int order = pb_slice_compare(a->name, b->name);

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static int compare_entries(const void *left, const void *right)
{
    const struct key *a = left, *b = right;

    if (a->observation->entry != b->observation->entry)
        return a->observation->entry < b->observation->entry ? -1 : 1;
    return compare_names(left, right);
}

/* Whether two names stand in one item; leaves the run sorted by entry. */
static bool is_side_by_side(struct key *run, size_t count)
{
    qsort(run, count, sizeof *run, compare_entries);
    for (size_t i = 1; i < count; i++)
        if (run[i].observation->entry == run[i - 1].observation->entry &&
            run[i - 1].name.size_bytes > 0 && !pb_slice_equals(run[i].name, run[i - 1].name))
            return true;
    return false;
}

static bool is_body_different(const struct pb_observation *a, const struct pb_observation *b)
{
    return a->body != NULL && b->body != NULL &&
           memcmp(a->body->sha256, b->body->sha256, sizeof a->body->sha256) != 0;
}

/* Whether one certificate can have had all the names, one after the other: each observation is
 * compared with the first that has a body and the first that has a date. */
static bool is_rename(const struct key *run, size_t count)
{
    const struct pb_observation *body = run->observation, *upload = body;

    for (size_t i = 0; i < count; i++) {
        const struct pb_observation *here = run[i].observation;
        body = body->body == NULL ? here : body;
        upload = pb_date_is_known(&upload->upload_date) ? upload : here;
        if (is_body_different(body, here) || is_upload_different(upload, here))
            return false;
    }
    return true;
}

static bool note_shared_id(struct grouping *grouping, const struct key *first)
{
    struct pb_diagnostics *diagnostics = &grouping->inventory->evidence.diagnostics;
    struct pb_diagnostic *added;

    diagnostics->entry = first->observation->entry;
    if (pb_diagnostics_add(
            diagnostics, PB_SEVERITY_NOTE, "id-shared", &added,
            "certificates with different names have the one ServerCertificateId %.*s, as mocks of "
            "AWS "
            "print it; they are judged apart, where IAM would give each an id of its own",
            PB_SLICE_ARGS(first->text)) != PB_OK)
        return false;
    added->line = first->observation->line;
    added->pointer = first->observation->pointer;
    return true;
}

static bool unite_same_id(struct grouping *grouping, struct key *run, size_t count)
{
    size_t named = 0;

    qsort(run, count, sizeof *run, compare_names);
    while (named < count && run[named].name.size_bytes == 0)
        named++;
    const struct key first = run[named < count ? named : 0];
    bool is_one = named == count || pb_slice_equals(first.name, run[count - 1].name) ||
                  (is_rename(run, count) && !is_side_by_side(run, count));
    if (!is_one)
        qsort(run, count, sizeof *run, compare_names);
    for (size_t i = 1; i < count; i++)
        if (is_one || pb_slice_equals(run[i].name, run[i - 1].name))
            unite(grouping, &run[i], &run[i - 1]);
    return is_one || note_shared_id(grouping, &first);
}

static bool unite_same_arn(struct grouping *grouping, struct key *run, size_t count)
{
    const struct key *identified;
    bool is_one = are_one(grouping, run, count, has_id, &identified);

    for (size_t i = 0; i < count; i++) {
        if (is_one)
            unite(grouping, &run[i], run);
        else if (!has_id(&run[i]))
            unite_by_upload(grouping, &run[i], run, count);
    }
    return true;
}

/* The passes by name. */

static bool is_name_only(const struct key *key)
{
    const struct pb_observation *seen = key->observation;

    return !is_identified(key) && seen->upload_date.state == PB_DATE_ABSENT &&
           seen->expiration.state == PB_DATE_ABSENT && seen->body == NULL;
}

/*
 * Observations that give a name and neither id nor ARN join the certificate of that name. Where
 * several have it (a name can be used again after a deletion) the date decides; a bare name says
 * nothing that would make a certificate of its own, and stays with the first. False where none is
 * identified.
 */
static bool join_identified(struct grouping *grouping, const struct key *run, size_t count)
{
    const struct key *first;
    bool is_one = are_one(grouping, run, count, is_identified, &first);

    for (size_t i = 0; i < count && first != NULL; i++) {
        if (is_identified(&run[i]))
            continue;
        if (is_one || is_name_only(&run[i]))
            unite(grouping, &run[i], first);
        else
            unite_by_upload(grouping, &run[i], run, count);
    }
    return first != NULL;
}

/* Without an account, two dated rows of one name may be of two accounts: they are one certificate
 * only where their dates agree. */
static void unite_same_dates(struct grouping *grouping, const struct key *run, size_t count)
{
    const struct key *dated = run;

    for (size_t i = count; i > 0; i--)
        if (!is_name_only(&run[i - 1]))
            dated = &run[i - 1];
    for (size_t i = 0; i < count; i++)
        if (is_name_only(&run[i]) || is_upload_same(run[i].observation, dated->observation))
            unite(grouping, &run[i], dated);
}

static bool unite_same_name(struct grouping *grouping, struct key *run, size_t count)
{
    if (join_identified(grouping, run, count))
        return true;
    if (!run->is_account_known)
        unite_same_dates(grouping, run, count);
    for (size_t i = 1; i < count && run->is_account_known; i++)
        unite(grouping, &run[i], run);
    return true;
}

/* The passes by folder. */

/* Whether the observation can be the known certificate of its folder: the same id, or only a name
 * and no other UploadDate. */
static bool can_join(const struct key *key, const struct pb_observation *known)
{
    return pb_slice_equals(key->text, key->observation->id) ||
           (!is_identified(key) && !is_upload_different(key->observation, known));
}

/* A bare name stays with the first of several that had the name in one account. */
static void join_names_only(struct grouping *grouping, const struct key *run, size_t count,
                            const struct key *known)
{
    for (size_t i = 0; i < count; i++)
        if (is_of_known_account(&run[i]) &&
            run[i].observation->account_index != known->observation->account_index)
            return;
    for (size_t i = 0; i < count; i++)
        if (!run[i].is_account_known && is_name_only(&run[i]))
            unite(grouping, &run[i], known);
}

/* Only a lone certificate of a folder takes in what the folder says of its name or id without an
 * account: two accounts' evidence may stand in one folder. */
static bool join_in_folder(struct grouping *grouping, struct key *run, size_t count)
{
    const struct key *known;

    if (!are_one(grouping, run, count, is_of_known_account, &known)) {
        join_names_only(grouping, run, count, known);
        return true;
    }
    if (known == NULL)
        return true;
    for (size_t i = 0; i < count; i++)
        if (is_of_known_account(&run[i]) && pb_date_is_known(&run[i].observation->upload_date))
            known = &run[i];
    for (size_t i = 0; i < count; i++)
        if (can_join(&run[i], known->observation))
            unite(grouping, &run[i], known);
    return true;
}

/* Never across two known accounts. */
static bool is_same_or_unknown(const struct key *a, const struct key *b)
{
    return a->observation->account_index == b->observation->account_index || !a->is_account_known ||
           !b->is_account_known;
}

/* A name that was taken from a file's name is of the certificate that the folder's other evidence
 * calls so. */
static bool join_files_in_folder(struct grouping *grouping, struct key *run, size_t count)
{
    const struct key *named;

    if (!are_one(grouping, run, count, is_known_by_service, &named) || named == NULL)
        return true;
    for (size_t i = 0; i < count; i++)
        named = is_known_by_service(&run[i]) ? &run[i] : named;
    for (size_t i = 0; i < count; i++)
        if (is_same_or_unknown(&run[i], named))
            unite(grouping, &run[i], named);
    return true;
}

/* An ACM body joins the one description with its serial; two descriptions stay two certificates. */
static bool unite_same_serial(struct grouping *grouping, struct key *run, size_t count)
{
    const struct key *described;

    if (are_one(grouping, run, count, has_arn, &described) && described != NULL)
        for (size_t i = 0; i < count; i++)
            unite(grouping, &run[i], described);
    return true;
}

/* What each pass compares. What has no such text is left out. */

static struct pb_slice id_of(const struct key *key)
{
    return key->observation->id;
}

static struct pb_slice arn_of(const struct key *key)
{
    return key->observation->arn;
}

/* ACM certificates have no names, and events find theirs by time. */
static bool can_be_found_by_name(const struct key *key)
{
    return key->observation->origin == PB_ORIGIN_IAM && !pb_observation_is_event(key->observation);
}

/* A name taken from a file is no word of the service: it is looked for in its folder only. */
static struct pb_slice name_of(const struct key *key)
{
    return can_be_found_by_name(key) && is_known_by_service(key) ? key->name : PB_SLICE_ABSENT;
}

static struct pb_slice id_in_folder(const struct key *key)
{
    return can_be_found_by_name(key) ? key->observation->id : PB_SLICE_ABSENT;
}

static struct pb_slice name_in_folder(const struct key *key)
{
    return can_be_found_by_name(key) ? key->name : PB_SLICE_ABSENT;
}

static struct pb_slice serial_of(const struct key *key)
{
    const struct pb_observation *seen = key->observation;
    struct pb_slice serial = pb_observation_particulars(seen)->serial;

    if (serial.data == NULL && seen->body != NULL)
        serial = seen->body->serial;
    while (serial.size_bytes > 1 && serial.data[0] == '0')
        serial = pb_slice_from(serial, 1);
    return seen->origin == PB_ORIGIN_ACM ? serial : PB_SLICE_ABSENT;
}

struct pass {
    struct pb_slice (*text)(const struct key *key);
    /* Unites what is one certificate in a run of two keys or more that have all in common. */
    bool (*unite_run)(struct grouping *grouping, struct key *run, size_t count);
    bool is_in_folder;   /* compares within a folder, else within an account */
    bool is_for_guessed; /* does nothing where all accounts and names are the service's own */
};

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    int order = pb_slice_compare(a->scope, b->scope);
    if (order == 0)
        order = pb_slice_compare(a->text, b->text);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static bool is_one_run(const struct key *a, const struct key *b)
{
    return a->account == b->account && pb_slice_equals(a->scope, b->scope) &&
           pb_slice_equals(a->text, b->text);
}

static bool has_hiding_word(struct pb_slice text)
{
    static const char *const words[] = {"redact", "mask",  "hidden", "remov", "censor",
                                        "anonym", "sanit", "scrub",  "omit",  "n/a"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (pb_slice_contains_ignoring_case(text, pb_slice_from_string(words[i])))
            return true;
    return false;
}

bool pb_is_stand_in(struct pb_slice text)
{
    char only = '\0';

    if (has_hiding_word(text))
        return true;
    if (pb_slice_starts_with(text, PB_SLICE("ASCA")))
        text = pb_slice_from(text, 4);
    for (size_t i = 0; i < text.size_bytes; i++) {
        char byte = pb_byte_lower(text.data[i]);
        if ((byte < 'a' || byte > 'z') && (byte < '0' || byte > '9'))
            continue;
        if (only != '\0' && byte != only)
            return false;
        only = byte;
    }
    return text.size_bytes >= FEWEST_STAND_IN_BYTES;
}

/* Answers of one kind in several files count as one, where a word says that something is hidden. */
static bool is_one_answer(const struct key *a, const struct key *b)
{
    return a->observation->shape == b->observation->shape &&
           (a->observation->entry == b->observation->entry || has_hiding_word(a->text));
}

/* Rows of one answer under which a stand-in stands are as many certificates as rows: leaves them
 * out of the run. Returns how many keys are left. */
static size_t leave_out_stand_ins(struct key *run, size_t count)
{
    struct key last = run[0];
    size_t kept = 0;

    if (run->observation->origin != PB_ORIGIN_IAM || !pb_is_stand_in(run->text))
        return count;
    for (size_t i = 0; i < count; i++) {
        const struct key here = run[i];
        bool is_repeated = (i > 0 && is_one_answer(&last, &here)) ||
                           (i + 1 < count && is_one_answer(&here, &run[i + 1]));
        if (!is_repeated)
            run[kept++] = here;
        last = here;
    }
    return kept;
}

static bool make_pass(struct grouping *grouping, const struct pass *pass)
{
    const struct pb_inventory *inventory = grouping->inventory;
    const struct pb_batch *evidence = &inventory->evidence;
    struct key *keys = grouping->keys;
    size_t count = 0;

    for (uint32_t i = 0; i < evidence->observations.count; i++) {
        const struct pb_observation *here = pb_inventory_observation(inventory, i);
        struct key key = {.observation = here,
                          .name = pb_observation_name(here),
                          .account = here->account_index,
                          .number = i};
        key.is_account_known = pb_inventory_account(inventory, key.account)->id.data != NULL;
        key.text = pass->text(&key);
        if (key.text.size_bytes == 0)
            continue;
        if (pass->is_in_folder) {
            key.account = 0;
            key.scope = pb_batch_folder(evidence, here->entry);
        } else if (here->origin == PB_ORIGIN_ACM) {
            key.scope = PB_SLICE("acm"); /* whose ids and ARNs are never IAM's */
        }
        keys[count++] = key;
    }
    if (count > 0)
        qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && is_one_run(&keys[first], &keys[end]);)
            end++;
        size_t left = end - first > 1 ? leave_out_stand_ins(keys + first, end - first) : 0;
        if (left > 1 && !pass->unite_run(grouping, keys + first, left))
            return false;
    }
    return true;
}

static bool has_guessed(const struct pb_inventory *inventory)
{
    const struct pb_observation *all = inventory->evidence.observations.data;

    for (size_t i = 0; i < inventory->evidence.observations.count; i++)
        if (all[i].is_name_from_file ||
            pb_inventory_account(inventory, all[i].account_index)->id.data == NULL)
            return true;
    return false;
}

static bool make_passes(struct grouping *grouping)
{
    static const struct pass passes[] = {
        {id_of, unite_same_id, false, false},
        {arn_of, unite_same_arn, false, false},
        {name_of, unite_same_name, false, false},
        {id_in_folder, join_in_folder, true, true},
        {name_in_folder, join_in_folder, true, true},
        {name_in_folder, join_files_in_folder, true, true},
        {serial_of, unite_same_serial, true, false},
    };
    bool is_any_guessed = has_guessed(grouping->inventory);

    for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++)
        if ((is_any_guessed || !passes[i].is_for_guessed) && !make_pass(grouping, &passes[i]))
            return false;
    return true;
}

bool pb_identity_group(struct pb_inventory *inventory, uint32_t *group)
{
    size_t count = inventory->evidence.observations.count;
    struct grouping grouping = {
        .inventory = inventory, .group = group, .keys = calloc(count + 1, sizeof *grouping.keys)};

    for (size_t i = 0; i < count; i++)
        group[i] = (uint32_t)i;
    bool is_grouped = grouping.keys != NULL && make_passes(&grouping);
    free(grouping.keys);
    return is_grouped;
}

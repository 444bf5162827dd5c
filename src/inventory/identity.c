/* SPDX-License-Identifier: MIT */
#include "inventory/identity.h"

#include <stdlib.h>

#include "inventory/arn.h"
#include "inventory/date.h"
#include "inventory/disjoint_sets.h"
#include "inventory/folder.h"

/* One observation under the text by which it is compared. */
struct key {
    const struct pb_observation *observation;
    struct pb_slice text;  /* the id, ARN or name */
    struct pb_slice scope; /* the folder where accounts must not be trusted; else absent */
    uint32_t account;
    uint32_t number; /* of the observation */
};

struct grouping {
    struct pb_batch *evidence;
    const struct pb_vector *accounts;
    const struct pb_account_map *map;
    uint32_t *group;
    struct key *keys; /* room for one an observation */
    size_t key_count;
};

/* A run of keys of one account (or folder) and one text. */
typedef enum pb_status unite_run(struct grouping *grouping, const struct key *run, size_t count);

static const struct pb_observation *observation_at(const struct grouping *grouping, size_t number)
{
    return &PB_VECTOR_AT(const struct pb_observation, &grouping->evidence->observations, number);
}

static bool has_id(const struct pb_observation *observation)
{
    return observation->id.size_bytes > 0;
}

static bool has_arn(const struct pb_observation *observation)
{
    return observation->arn.size_bytes > 0;
}

static struct pb_slice name_of(const struct pb_observation *observation)
{
    struct pb_arn arn;

    if (observation->name.size_bytes > 0)
        return observation->name;
    return pb_arn_parse(observation->arn, &arn) ? arn.name : PB_SLICE_ABSENT;
}

static struct pb_slice folder_at(const struct grouping *grouping,
                                 const struct pb_observation *observation)
{
    return pb_folder_of(
        PB_VECTOR_AT(const struct pb_entry, &grouping->evidence->entries, observation->entry).path);
}

static bool is_account_known(const struct grouping *grouping, uint32_t account)
{
    return PB_VECTOR_AT(const struct pb_account, grouping->accounts, account).id.data != NULL;
}

static void unite(struct grouping *grouping, uint32_t a, uint32_t b)
{
    pb_set_unite(grouping->group, a, b);
}

static bool is_united(struct grouping *grouping, uint32_t a, uint32_t b)
{
    return pb_set_find(grouping->group, a) == pb_set_find(grouping->group, b);
}

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

static void add_key(struct grouping *grouping, uint32_t number, uint32_t account,
                    struct pb_slice scope, struct pb_slice text)
{
    if (text.size_bytes == 0)
        return;
    grouping->keys[grouping->key_count++] = (struct key){
        .observation = observation_at(grouping, number),
        .text = text,
        .scope = scope,
        .account = account,
        .number = number,
    };
}

static enum pb_status for_each_run(struct grouping *grouping, unite_run *unite_one_run)
{
    struct key *keys = grouping->keys;
    size_t count = grouping->key_count;
    enum pb_status status = PB_OK;

    if (count > 0)
        qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t first = 0, end; first < count && status == PB_OK; first = end) {
        for (end = first + 1; end < count && keys[end].account == keys[first].account &&
                              pb_slice_equals(keys[end].scope, keys[first].scope) &&
                              pb_slice_equals(keys[end].text, keys[first].text);)
            end++;
        status = unite_one_run(grouping, keys + first, end - first);
    }
    grouping->key_count = 0;
    return status;
}

/* What tells apart two certificates to which one id was given. */
static struct pb_slice label_of(const struct pb_observation *observation)
{
    return has_arn(observation) ? observation->arn : observation->name;
}

static int compare_labels(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    int order = pb_slice_compare(label_of(a->observation), label_of(b->observation));

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static bool is_body_different(const struct pb_observation *a, const struct pb_observation *b)
{
    return a->body != NULL && b->body != NULL &&
           memcmp(a->body->sha256, b->body->sha256, sizeof a->body->sha256) != 0;
}

static bool is_upload_different(const struct pb_observation *a, const struct pb_observation *b)
{
    return pb_date_is_known(&a->upload_date) && pb_date_is_known(&b->upload_date) &&
           pb_date_differs(&a->upload_date, &b->upload_date);
}

/* Whether one certificate can have had both labels, one after the other. run is sorted by label;
 * each observation is held against the first with a body and the first with a date. */
static bool is_rename(const struct key *run, size_t count)
{
    const struct pb_observation *body = NULL, *upload = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct pb_observation *here = run[i].observation;
        body = body == NULL && here->body != NULL ? here : body;
        upload = upload == NULL && pb_date_is_known(&here->upload_date) ? here : upload;
        if ((body != NULL && is_body_different(body, here)) ||
            (upload != NULL && is_upload_different(upload, here)))
            return false;
    }
    return true;
}

static int compare_entries(const void *left, const void *right)
{
    const struct key *a = left, *b = right;

    if (a->observation->entry != b->observation->entry)
        return a->observation->entry < b->observation->entry ? -1 : 1;
    return compare_labels(left, right);
}

/* Whether two labels stand in one item; leaves run sorted by entry. */
static bool is_side_by_side(struct key *run, size_t count)
{
    qsort(run, count, sizeof *run, compare_entries);
    for (size_t i = 1; i < count; i++)
        if (run[i].observation->entry == run[i - 1].observation->entry &&
            label_of(run[i - 1].observation).size_bytes > 0 &&
            !pb_slice_equals(label_of(run[i].observation), label_of(run[i - 1].observation)))
            return true;
    return false;
}

static enum pb_status note_shared_id(struct grouping *grouping, const struct key *first)
{
    struct pb_diagnostics *diagnostics = &grouping->evidence->diagnostics;
    struct pb_diagnostic *added;

    diagnostics->entry = first->observation->entry;
    enum pb_status status = pb_diagnostics_add(
        diagnostics, PB_SEVERITY_NOTE, "id-shared", &added,
        "certificates with different names have the one ServerCertificateId %.*s, as mocks of AWS "
        "print it; they are judged apart, where IAM would give each an id of its own",
        PB_SLICE_ARGS(first->text));
    if (status == PB_OK) {
        added->line = first->observation->line;
        added->pointer = first->observation->pointer;
    }
    return status;
}

static enum pb_status unite_same_id(struct grouping *grouping, const struct key *run, size_t count)
{
    struct key *sorted = grouping->keys + (run - grouping->keys);

    qsort(sorted, count, sizeof *sorted, compare_labels);
    bool is_one_label =
        pb_slice_equals(label_of(sorted[0].observation), label_of(sorted[count - 1].observation));
    size_t unlabelled = 0;
    while (unlabelled < count && label_of(sorted[unlabelled].observation).size_bytes == 0)
        unlabelled++;
    is_one_label |= unlabelled == count || pb_slice_equals(label_of(sorted[unlabelled].observation),
                                                           label_of(sorted[count - 1].observation));
    bool is_one = is_one_label || (is_rename(sorted, count) && !is_side_by_side(sorted, count));
    if (!is_one)
        qsort(sorted, count, sizeof *sorted, compare_labels);
    for (size_t i = 1; i < count; i++)
        if (is_one ||
            pb_slice_equals(label_of(sorted[i].observation), label_of(sorted[i - 1].observation)))
            unite(grouping, sorted[i].number, sorted[i - 1].number);
    return is_one ? PB_OK : note_shared_id(grouping, &sorted[unlabelled < count ? unlabelled : 0]);
}

/* Unites the observation with the only certificate among candidates that states the same
 * UploadDate to the second; leaves it alone where there is none or more than one. */
static void unite_by_upload(struct grouping *grouping, const struct key *one,
                            const struct key *candidates, size_t count)
{
    const struct key *match = NULL;

    if (!pb_date_is_known(&one->observation->upload_date))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct key *other = &candidates[i];
        if (other->number == one->number || !pb_date_is_known(&other->observation->upload_date) ||
            pb_date_differs(&one->observation->upload_date, &other->observation->upload_date))
            continue;
        if (match != NULL && !is_united(grouping, match->number, other->number))
            return;
        match = other;
    }
    if (match != NULL)
        unite(grouping, one->number, match->number);
}

/* Among the first few hundred only: a name with more certificates than that is no evidence, and
 * must not cost the square of its number. */
#define MOST_COMPARED 512

static enum pb_status unite_same_arn(struct grouping *grouping, const struct key *run, size_t count)
{
    const struct key *identified = NULL;
    bool is_one = true;

    for (size_t i = 0; i < count; i++) {
        if (!has_id(run[i].observation))
            continue;
        is_one &= identified == NULL || is_united(grouping, identified->number, run[i].number);
        identified = identified == NULL ? &run[i] : identified;
    }
    size_t compared = count < MOST_COMPARED ? count : MOST_COMPARED;
    for (size_t i = 0; i < count; i++) {
        if (is_one)
            unite(grouping, run[i].number, run[0].number);
        else if (!has_id(run[i].observation))
            unite_by_upload(grouping, &run[i], run, compared);
    }
    return PB_OK;
}

static bool is_anonymous(const struct pb_observation *observation)
{
    return !has_id(observation) && !has_arn(observation);
}

static bool is_name_only(const struct pb_observation *observation)
{
    return is_anonymous(observation) && observation->upload_date.state == PB_DATE_ABSENT &&
           observation->expiration.state == PB_DATE_ABSENT && observation->body == NULL;
}

/*
 * Observations that give a name and neither id nor ARN join the certificate of that name. Where
 * several have it (a name can be used again after a deletion) the date decides; a bare name says
 * nothing that would make a certificate of its own, and stays with the first.
 */
static void join_named(struct grouping *grouping, const struct key *run, size_t count)
{
    const struct key *identified = NULL;
    bool is_one = true;
    size_t compared = count < MOST_COMPARED ? count : MOST_COMPARED;

    for (size_t i = 0; i < count; i++) {
        if (is_anonymous(run[i].observation))
            continue;
        is_one &= identified == NULL || is_united(grouping, identified->number, run[i].number);
        identified = identified == NULL ? &run[i] : identified;
    }
    for (size_t i = 0; i < count && identified != NULL; i++) {
        if (!is_anonymous(run[i].observation))
            continue;
        if (is_one || is_name_only(run[i].observation))
            unite(grouping, run[i].number, identified->number);
        else
            unite_by_upload(grouping, &run[i], run, compared);
    }
}

static bool has_identified(const struct key *run, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_anonymous(run[i].observation))
            return true;
    return false;
}

static enum pb_status unite_same_name(struct grouping *grouping, const struct key *run,
                                      size_t count)
{
    if (has_identified(run, count)) {
        join_named(grouping, run, count);
        return PB_OK;
    }
    for (size_t i = 1; i < count; i++)
        unite(grouping, run[i].number, run[0].number);
    return PB_OK;
}

/*
 * In a folder whose account is not known, two dated rows of one name may be of two accounts:
 * they are one certificate only where their dates agree.
 */
static enum pb_status unite_same_name_in_folder(struct grouping *grouping, const struct key *run,
                                                size_t count)
{
    const struct key *dated = NULL;

    if (has_identified(run, count)) {
        join_named(grouping, run, count);
        return PB_OK;
    }
    for (size_t i = 0; i < count; i++)
        if (dated == NULL && !is_name_only(run[i].observation))
            dated = &run[i];
    if (dated == NULL)
        dated = run;
    for (size_t i = 0; i < count; i++)
        if (is_name_only(run[i].observation) ||
            (pb_date_is_known(&run[i].observation->upload_date) &&
             pb_date_is_known(&dated->observation->upload_date) &&
             !is_upload_different(run[i].observation, dated->observation)))
            unite(grouping, run[i].number, dated->number);
    return PB_OK;
}

static enum pb_status group_by_id(struct grouping *grouping)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++)
        add_key(grouping, (uint32_t)i, grouping->map->of_observation[i], PB_SLICE_ABSENT,
                observation_at(grouping, i)->id);
    return for_each_run(grouping, unite_same_id);
}

static enum pb_status group_by_arn(struct grouping *grouping)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++)
        add_key(grouping, (uint32_t)i, grouping->map->of_observation[i], PB_SLICE_ABSENT,
                observation_at(grouping, i)->arn);
    return for_each_run(grouping, unite_same_arn);
}

/* A name taken from a file is no word of the service: it is looked for in its folder only. */
static enum pb_status group_by_name(struct grouping *grouping, bool is_known,
                                    unite_run *unite_one_run)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++) {
        const struct pb_observation *observation = observation_at(grouping, i);
        uint32_t account = grouping->map->of_observation[i];
        if (is_account_known(grouping, account) == is_known && !observation->is_name_from_file)
            add_key(grouping, (uint32_t)i, account, PB_SLICE_ABSENT, name_of(observation));
    }
    return for_each_run(grouping, unite_one_run);
}

/* Whether the observation can be the known certificate of its folder: the same id, or only a name
 * and no other UploadDate. */
static bool can_join(const struct key *one, const struct pb_observation *known)
{
    if (pb_slice_equals(one->text, one->observation->id))
        return true;
    return is_anonymous(one->observation) && !is_upload_different(one->observation, known);
}

/* Only a lone certificate of a folder takes in what the folder says of its name or id without an
 * account: two accounts' evidence may stand in one folder. */
static enum pb_status join_in_folder(struct grouping *grouping, const struct key *run, size_t count)
{
    const struct key *known = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct pb_observation *observation = run[i].observation;
        if (!is_account_known(grouping, grouping->map->of_observation[run[i].number]) ||
            observation->is_name_from_file)
            continue;
        if (known != NULL && !is_united(grouping, known->number, run[i].number))
            return PB_OK;
        if (known == NULL || pb_date_is_known(&observation->upload_date))
            known = &run[i];
    }
    for (size_t i = 0; i < count && known != NULL; i++)
        if (can_join(&run[i], known->observation))
            unite(grouping, run[i].number, known->number);
    return PB_OK;
}

static enum pb_status join_files_in_folder(struct grouping *grouping, const struct key *run,
                                           size_t count)
{
    const struct key *named = NULL;

    for (size_t i = 0; i < count; i++) {
        if (run[i].observation->is_name_from_file)
            continue;
        if (named != NULL && !is_united(grouping, named->number, run[i].number))
            return PB_OK;
        named = &run[i];
    }
    for (size_t i = 0; i < count && named != NULL; i++)
        unite(grouping, run[i].number, named->number);
    return PB_OK;
}

static enum pb_status group_in_folders(struct grouping *grouping,
                                       struct pb_slice (*text)(const struct pb_observation *),
                                       unite_run *unite_one_run)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++) {
        const struct pb_observation *observation = observation_at(grouping, i);
        add_key(grouping, (uint32_t)i, 0, folder_at(grouping, observation), text(observation));
    }
    return for_each_run(grouping, unite_one_run);
}

static struct pb_slice id_of(const struct pb_observation *observation)
{
    return observation->id;
}

static bool needs_folders(const struct grouping *grouping)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++)
        if (!is_account_known(grouping, grouping->map->of_observation[i]) ||
            observation_at(grouping, i)->is_name_from_file)
            return true;
    return false;
}

enum pb_status pb_identity_group(struct pb_batch *evidence, const struct pb_vector *accounts,
                                 const struct pb_account_map *map, uint32_t *group)
{
    size_t count = evidence->observations.count;
    struct grouping grouping = {
        .evidence = evidence, .accounts = accounts, .map = map, .group = group};

    for (size_t i = 0; i < count; i++)
        group[i] = (uint32_t)i;
    grouping.keys = calloc(count + 1, sizeof *grouping.keys);
    if (grouping.keys == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status = group_by_id(&grouping);
    if (status == PB_OK)
        status = group_by_arn(&grouping);
    if (status == PB_OK)
        status = group_by_name(&grouping, true, unite_same_name);
    if (status == PB_OK && needs_folders(&grouping)) {
        status = group_by_name(&grouping, false, unite_same_name_in_folder);
        if (status == PB_OK)
            status = group_in_folders(&grouping, id_of, join_in_folder);
        if (status == PB_OK)
            status = group_in_folders(&grouping, name_of, join_in_folder);
        if (status == PB_OK)
            status = group_in_folders(&grouping, name_of, join_files_in_folder);
    }
    free(grouping.keys);
    for (size_t i = 0; i < count; i++)
        group[i] = pb_set_find(group, (uint32_t)i);
    return status;
}

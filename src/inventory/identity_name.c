/* SPDX-License-Identifier: MIT */
/* The same name: in a known account, or in one folder without an account. */
#include "inventory/identity_key.h"

#include "inventory/types.h"
#include "inventory/passes.h"

static bool has_arn(const struct pb_observation *observation)
{
    return observation->arn.size_bytes > 0;
}

static bool is_anonymous(const struct pb_observation *observation)
{
    return !pb_identity_has_id(observation) && !has_arn(observation);
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
static void join_named(struct pb_identity_grouping *grouping, const struct pb_identity_key *run,
                       size_t count)
{
    const struct pb_identity_key *identified = NULL;
    bool is_one = true;

    for (size_t i = 0; i < count; i++) {
        if (is_anonymous(run[i].observation))
            continue;
        is_one &= identified == NULL ||
                  pb_identity_is_united(grouping, identified->number, run[i].number);
        identified = identified == NULL ? &run[i] : identified;
    }
    for (size_t i = 0; i < count && identified != NULL; i++) {
        if (!is_anonymous(run[i].observation))
            continue;
        if (is_one || is_name_only(run[i].observation))
            pb_identity_unite(grouping, run[i].number, identified->number);
        else
            pb_identity_unite_by_upload(grouping, &run[i], run, count);
    }
}

static bool has_identified(const struct pb_identity_key *run, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_anonymous(run[i].observation))
            return true;
    return false;
}

static enum pb_status unite_same_name(struct pb_identity_grouping *grouping,
                                      struct pb_identity_key *run, size_t count)
{
    if (has_identified(run, count)) {
        join_named(grouping, run, count);
        return PB_OK;
    }
    for (size_t i = 1; i < count; i++)
        pb_identity_unite(grouping, run[i].number, run[0].number);
    return PB_OK;
}

/*
 * In a folder whose account is not known, two dated rows of one name may be of two accounts:
 * they are one certificate only where their dates agree.
 */
static enum pb_status unite_same_name_in_folder(struct pb_identity_grouping *grouping,
                                                struct pb_identity_key *run, size_t count)
{
    const struct pb_identity_key *dated = NULL;

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
             !pb_identity_is_upload_different(run[i].observation, dated->observation)))
            pb_identity_unite(grouping, run[i].number, dated->number);
    return PB_OK;
}

/* ACM certificates have no names, and events find theirs by time. */
static bool is_known_by_name(const struct pb_observation *observation)
{
    return observation->origin == PB_ORIGIN_IAM && !pb_identity_is_event(observation);
}

/* A name taken from a file is no word of the service: it is looked for in its folder only. */
static enum pb_status group_by_name(struct pb_identity_grouping *grouping, bool is_known,
                                    pb_identity_unite_run *unite_run)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++) {
        const struct pb_observation *observation = pb_identity_observation(grouping, i);
        uint32_t account = pb_identity_observation(grouping, i)->account_index;
        if (pb_identity_is_account_known(grouping, account) == is_known &&
            is_known_by_name(observation) && !observation->is_name_from_file)
            pb_identity_add_key(grouping, (uint32_t)i, account, PB_SLICE_ABSENT,
                                pb_identity_name(observation));
    }
    return pb_identity_for_each_run(grouping, unite_run);
}

static struct pb_slice folder_at(const struct pb_identity_grouping *grouping,
                                 const struct pb_observation *observation)
{
    return pb_batch_folder(grouping->evidence, observation->entry);
}

/* Whether the observation can be the known certificate of its folder: the same id, or only a name
 * and no other UploadDate. */
static bool can_join(const struct pb_identity_key *one, const struct pb_observation *known)
{
    if (pb_slice_equals(one->text, one->observation->id))
        return true;
    return is_anonymous(one->observation) &&
           !pb_identity_is_upload_different(one->observation, known);
}

/* Only a lone certificate of a folder takes in what the folder says of its name or id without an
 * account: two accounts' evidence may stand in one folder. */
static enum pb_status join_in_folder(struct pb_identity_grouping *grouping,
                                     struct pb_identity_key *run, size_t count)
{
    const struct pb_identity_key *known = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct pb_observation *observation = run[i].observation;
        if (!pb_identity_is_account_known(grouping, observation->account_index) ||
            observation->is_name_from_file)
            continue;
        if (known != NULL && !pb_identity_is_united(grouping, known->number, run[i].number))
            return PB_OK;
        if (known == NULL || pb_date_is_known(&observation->upload_date))
            known = &run[i];
    }
    for (size_t i = 0; i < count && known != NULL; i++)
        if (can_join(&run[i], known->observation))
            pb_identity_unite(grouping, run[i].number, known->number);
    return PB_OK;
}

/* Never across two known accounts. */
static bool is_same_or_unknown(const struct pb_identity_grouping *grouping, uint32_t a, uint32_t b)
{
    uint32_t account = pb_identity_observation(grouping, a)->account_index,
             other = pb_identity_observation(grouping, b)->account_index;

    return account == other || !pb_identity_is_account_known(grouping, account) ||
           !pb_identity_is_account_known(grouping, other);
}

static enum pb_status join_files_in_folder(struct pb_identity_grouping *grouping,
                                           struct pb_identity_key *run, size_t count)
{
    const struct pb_identity_key *named = NULL;

    for (size_t i = 0; i < count; i++) {
        if (run[i].observation->is_name_from_file)
            continue;
        if (named != NULL && !pb_identity_is_united(grouping, named->number, run[i].number))
            return PB_OK;
        named = &run[i];
    }
    for (size_t i = 0; i < count && named != NULL; i++)
        if (is_same_or_unknown(grouping, run[i].number, named->number))
            pb_identity_unite(grouping, run[i].number, named->number);
    return PB_OK;
}

static enum pb_status group_in_folders(struct pb_identity_grouping *grouping,
                                       struct pb_slice (*text)(const struct pb_observation *),
                                       pb_identity_unite_run *unite_run)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++) {
        const struct pb_observation *observation = pb_identity_observation(grouping, i);
        if (is_known_by_name(observation))
            pb_identity_add_key(grouping, (uint32_t)i, 0, folder_at(grouping, observation),
                                text(observation));
    }
    return pb_identity_for_each_run(grouping, unite_run);
}

enum pb_status pb_identity_group_by_name(struct pb_identity_grouping *grouping)
{
    enum pb_status status = group_by_name(grouping, true, unite_same_name);

    return status == PB_OK ? group_by_name(grouping, false, unite_same_name_in_folder) : status;
}

static struct pb_slice id_of(const struct pb_observation *observation)
{
    return observation->id;
}

static bool needs_folders(const struct pb_identity_grouping *grouping)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++)
        if (!pb_identity_is_account_known(grouping,
                                          pb_identity_observation(grouping, i)->account_index) ||
            pb_identity_observation(grouping, i)->is_name_from_file)
            return true;
    return false;
}

enum pb_status pb_identity_group_in_folders(struct pb_identity_grouping *grouping)
{
    if (!needs_folders(grouping))
        return PB_OK;
    enum pb_status status = group_in_folders(grouping, id_of, join_in_folder);
    if (status == PB_OK)
        status = group_in_folders(grouping, pb_identity_name, join_in_folder);
    if (status == PB_OK)
        status = group_in_folders(grouping, pb_identity_name, join_files_in_folder);
    return status;
}

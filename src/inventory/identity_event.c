/* SPDX-License-Identifier: MIT */
/* CloudTrail renames and deletions: they name a certificate as it was called at their time. */
#include "inventory/identity_key.h"

#include <stdlib.h>

#include "inventory/types.h"

/* That an observation's certificate was called so from an instant on, as far as is known. */
struct holding {
    uint32_t account;
    struct pb_slice name;
    struct pb_instant since; /* its upload or rename; the beginning of time where not known */
    uint32_t number;         /* of the observation */
    uint32_t united;         /* of the last of those that begin at once: how many of them, from it
                                downwards, are known to be one certificate */
};

#define BEGINNING ((struct pb_instant){INT64_MIN, 0})
#define END ((struct pb_instant){INT64_MAX, 0})

static struct pb_instant time_of(const struct pb_observation *event)
{
    const struct pb_date *time = &event->particulars->event_time;

    return pb_date_is_known(time) ? time->instant : END;
}

static int compare_holdings(const void *left, const void *right)
{
    const struct holding *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    int order = pb_slice_compare(a->name, b->name);
    if (order == 0)
        order = pb_instant_compare(a->since, b->since);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static bool add_holding(struct pb_vector *holdings, uint32_t account, struct pb_slice name,
                        struct pb_instant since, uint32_t number)
{
    if (name.size_bytes == 0)
        return true;
    struct holding *holding = pb_vector_push(holdings);
    if (holding == NULL)
        return false;
    *holding = (struct holding){.account = account, .name = name, .since = since, .number = number};
    return true;
}

/* Who held which name from when: by upload, and by each rename. */
static enum pb_status collect_holdings(const struct pb_identity_grouping *grouping,
                                       struct pb_vector *holdings)
{
    for (uint32_t i = 0; i < grouping->evidence->observations.count; i++) {
        const struct pb_observation *observation = pb_identity_observation(grouping, i);
        bool is_event = pb_identity_is_event(observation);
        struct pb_slice name =
            is_event ? observation->particulars->new_name : pb_identity_name(observation);
        struct pb_instant since = is_event ? time_of(observation)
                                  : pb_date_is_known(&observation->upload_date)
                                      ? observation->upload_date.instant
                                      : BEGINNING;
        if (observation->origin == PB_ORIGIN_IAM &&
            !add_holding(holdings, pb_identity_observation(grouping, i)->account_index, name, since,
                         i))
            return PB_FAILED_MEMORY;
    }
    if (holdings->count > 0)
        qsort(holdings->data, holdings->count, holdings->element_bytes, compare_holdings);
    return PB_OK;
}

/* The index after the last holding that does not begin after the instant. */
static size_t find_end(const struct pb_vector *holdings, uint32_t account, struct pb_slice name,
                       struct pb_instant at)
{
    const struct holding key = {
        .account = account, .name = name, .since = at, .number = UINT32_MAX};
    size_t low = 0, high = holdings->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_holdings(&PB_VECTOR_AT(struct holding, holdings, middle), &key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_of_name(const struct holding *holding, uint32_t account, struct pb_slice name)
{
    return holding->account == account && pb_slice_equals(holding->name, name);
}

static bool begin_at_once(const struct holding *a, const struct holding *b)
{
    return is_of_name(a, b->account, b->name) && pb_instant_compare(a->since, b->since) == 0;
}

/*
 * Whether all that begin with the last one at once, self left out, are one certificate. What was
 * united stays so: the search goes on where an earlier one stopped, so that a name which thousands
 * held from one instant on costs no square of their number.
 */
static bool are_one(struct pb_identity_grouping *grouping, struct holding *last, size_t index,
                    uint32_t self)
{
    size_t count = last->united > 0 ? last->united : 1;
    size_t skipped = 0;

    while (count + skipped <= index) {
        const struct holding *next = last - count - skipped;
        if (!begin_at_once(next, last))
            break;
        if (pb_identity_is_united(grouping, last->number, next->number))
            count++;
        else if (next->number == self && skipped == 0)
            skipped = 1;
        else
            return false;
        if (skipped == 0)
            last->united = (uint32_t)count;
    }
    return true;
}

/* The holder of the name at that time: the last holding that does not begin after the instant.
 * NULL where there is none but the observation itself, or where two certificates began at once. */
static const struct holding *find_holder(struct pb_identity_grouping *grouping,
                                         const struct pb_vector *holdings, uint32_t account,
                                         struct pb_slice name, struct pb_instant at, uint32_t self)
{
    struct holding *all = holdings->data;
    size_t end = find_end(holdings, account, name, at);

    if (end > 0 && all[end - 1].number == self)
        end--;
    if (end == 0 || !is_of_name(&all[end - 1], account, name))
        return NULL;
    return are_one(grouping, &all[end - 1], end - 1, self) ? &all[end - 1] : NULL;
}

static void join_event(struct pb_identity_grouping *grouping, const struct pb_vector *holdings,
                       uint32_t number)
{
    const struct pb_observation *event = pb_identity_observation(grouping, number);
    uint32_t account = pb_identity_observation(grouping, number)->account_index;
    const struct holding *holder =
        find_holder(grouping, holdings, account, pb_identity_name(event), time_of(event), number);

    /* An export made after the rename knows only the new name. */
    if (holder == NULL && event->particulars->new_name.size_bytes > 0)
        holder = find_holder(grouping, holdings, account, event->particulars->new_name,
                             time_of(event), number);
    if (holder != NULL)
        pb_identity_unite(grouping, number, holder->number);
}

static int compare_events(const void *left, const void *right)
{
    const struct holding *a = left, *b = right;
    int order = pb_instant_compare(a->since, b->since);

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* In the order of time: each rename decides whom the next event is about. */
static enum pb_status collect_events(const struct pb_identity_grouping *grouping,
                                     struct pb_vector *events)
{
    for (uint32_t i = 0; i < grouping->evidence->observations.count; i++) {
        const struct pb_observation *observation = pb_identity_observation(grouping, i);
        if (!pb_identity_is_event(observation))
            continue;
        struct holding *event = pb_vector_push(events);
        if (event == NULL)
            return PB_FAILED_MEMORY;
        *event = (struct holding){.since = time_of(observation), .number = i};
    }
    if (events->count > 0)
        qsort(events->data, events->count, events->element_bytes, compare_events);
    return PB_OK;
}

enum pb_status pb_identity_group_events(struct pb_identity_grouping *grouping)
{
    struct pb_vector events, holdings;

    pb_vector_init(&events, sizeof(struct holding));
    pb_vector_init(&holdings, sizeof(struct holding));
    enum pb_status status = collect_events(grouping, &events);
    if (status == PB_OK && events.count > 0)
        status = collect_holdings(grouping, &holdings);
    for (size_t i = 0; i < events.count && status == PB_OK; i++)
        join_event(grouping, &holdings, PB_VECTOR_AT(struct holding, &events, i).number);
    pb_vector_release(&events);
    pb_vector_release(&holdings);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* CloudTrail renames and deletions: they name a certificate as it was called at their time. Comes
 * after pb_identity_group, which compared ids, ARNs, names and folders. */
#include <stdlib.h>

#include "inventory/passes.h"

#define BEGINNING ((struct pb_instant){INT64_MIN, 0})
#define END ((struct pb_instant){INT64_MAX, 0})

/* That an observation's certificate was called so from an instant on, as far as is known. */
struct holding {
    struct pb_slice name;
    struct pb_instant since; /* its upload or rename; the beginning of time where not known */
    uint32_t account;
    uint32_t number; /* of the observation */
    uint32_t united; /* how many holdings before this one are known to begin at the same instant and
                        to be the same certificate */
};

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

static struct holding holding_of(const struct pb_observation *seen, uint32_t number)
{
    struct holding holding = {.account = seen->account_index, .number = number, .since = BEGINNING};

    if (pb_observation_is_event(seen)) {
        holding.name = seen->particulars->new_name;
        holding.since = time_of(seen);
        return holding;
    }
    holding.name = pb_observation_name(seen);
    if (pb_date_is_known(&seen->upload_date))
        holding.since = seen->upload_date.instant;
    return holding;
}

/* Who held which name from when: by upload, and by each rename. */
static bool collect_holdings(const struct pb_inventory *inventory, struct pb_vector *holdings)
{
    for (uint32_t i = 0; i < inventory->evidence.observations.count; i++) {
        const struct pb_observation *seen = pb_inventory_observation(inventory, i);
        struct holding holding = holding_of(seen, i);
        if (seen->origin == PB_ORIGIN_IAM && holding.name.size_bytes > 0 &&
            !pb_vector_append(holdings, &holding, 1))
            return false;
    }
    pb_vector_sort(holdings, compare_holdings);
    return true;
}

static bool is_of_same_name(const struct holding *a, const struct holding *b)
{
    return a->account == b->account && pb_slice_equals(a->name, b->name);
}

/*
 * Whether all that begin with the last of the holdings at one instant, self left out, are one
 * certificate. What was united stays so: the search goes on where an earlier one stopped, so that
 * a name which thousands held from one instant on costs no square of their number.
 */
static bool are_one(uint32_t *group, struct holding *last, size_t index, uint32_t self)
{
    for (uint32_t i = last->united + 1; i <= index; i++) {
        const struct holding *other = last - i;
        if (!is_of_same_name(other, last) || pb_instant_compare(other->since, last->since) != 0)
            break;
        if (pb_set_find(group, last->number) == pb_set_find(group, other->number))
            last->united += i == last->united + 1;
        else if (other->number != self)
            return false;
    }
    return true;
}

/* The holder of the name at that time: the last holding that does not begin after the instant.
 * NULL where there is none but the observation itself, or where two certificates began at once. */
static const struct holding *find_holder(const struct pb_vector *holdings, uint32_t *group,
                                         struct holding wanted)
{
    struct holding *all = holdings->data;
    uint32_t self = wanted.number;

    wanted.number = UINT32_MAX; /* behind all that begin at its instant */
    size_t end = pb_vector_lower_bound(holdings, &wanted, compare_holdings);
    if (end > 0 && all[end - 1].number == self)
        end--;
    if (end == 0 || !is_of_same_name(&all[end - 1], &wanted))
        return NULL;
    return are_one(group, &all[end - 1], end - 1, self) ? &all[end - 1] : NULL;
}

static void join_event(const struct pb_observation *event, struct holding wanted,
                       const struct pb_vector *holdings, uint32_t *group)
{
    const struct holding *holder = find_holder(holdings, group, wanted);

    /* An export made after the rename knows only the new name. */
    wanted.name = event->particulars->new_name;
    if (holder == NULL && wanted.name.size_bytes > 0)
        holder = find_holder(holdings, group, wanted);
    if (holder != NULL)
        pb_set_unite(group, wanted.number, holder->number);
}

static int compare_times(const void *left, const void *right)
{
    const struct holding *a = left, *b = right;
    int order = pb_instant_compare(a->since, b->since);

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* What each event says of a name and a time, in the order of time: each rename decides which
 * certificate the next event is about. */
static bool collect_events(const struct pb_inventory *inventory, struct pb_vector *events)
{
    for (uint32_t i = 0; i < inventory->evidence.observations.count; i++) {
        const struct pb_observation *seen = pb_inventory_observation(inventory, i);
        if (!pb_observation_is_event(seen))
            continue;
        const struct holding event = {.name = pb_observation_name(seen),
                                      .since = time_of(seen),
                                      .account = seen->account_index,
                                      .number = i};
        if (!pb_vector_append(events, &event, 1))
            return false;
    }
    pb_vector_sort(events, compare_times);
    return true;
}

bool pb_events_join(const struct pb_inventory *inventory, uint32_t *group)
{
    struct pb_vector events, holdings;

    pb_vector_init(&events, sizeof(struct holding));
    pb_vector_init(&holdings, sizeof(struct holding));
    bool is_collected = collect_events(inventory, &events) &&
                        (events.count == 0 || collect_holdings(inventory, &holdings));
    for (size_t i = 0; i < events.count && is_collected; i++) {
        const struct holding *event = &PB_VECTOR_AT(const struct holding, &events, i);
        join_event(pb_inventory_observation(inventory, event->number), *event, &holdings, group);
    }
    pb_vector_release(&events);
    pb_vector_release(&holdings);
    return is_collected;
}

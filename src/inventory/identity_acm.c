/* SPDX-License-Identifier: MIT */
/* ACM: get-certificate prints a body without an ARN, describe-certificate an ARN and a serial. */
#include "inventory/identity_key.h"

#include "inventory/passes.h"

/* OpenSSL's upper-case serial as the other side spells it: lower case, no leading zeros. */
static bool normalise_serial(struct pb_arena *arena, struct pb_slice *serial)
{
    char *digits = pb_arena_allocate(arena, serial->size_bytes);

    if (digits == NULL)
        return false;
    for (size_t i = 0; i < serial->size_bytes; i++)
        digits[i] = serial->data[i] >= 'A' && serial->data[i] <= 'F'
                        ? (char)(serial->data[i] - 'A' + 'a')
                        : serial->data[i];
    *serial = (struct pb_slice){digits, serial->size_bytes};
    while (serial->size_bytes > 1 && serial->data[0] == '0')
        *serial = pb_slice_from(*serial, 1);
    return true;
}

static bool find_serial(struct pb_arena *arena, const struct pb_observation *observation,
                        struct pb_slice *serial)
{
    *serial = PB_SLICE_ABSENT;
    if (observation->particulars != NULL)
        *serial = observation->particulars->serial;
    if (serial->data != NULL || observation->body == NULL)
        return true;
    *serial = observation->body->serial;
    return normalise_serial(arena, serial);
}

/* A body joins the one description with its serial; two descriptions stay two certificates. */
static enum pb_status unite_same_serial(struct pb_identity_grouping *grouping,
                                        struct pb_identity_key *run, size_t count)
{
    const struct pb_identity_key *described = NULL;

    for (size_t i = 0; i < count; i++) {
        if (run[i].observation->arn.size_bytes == 0)
            continue;
        if (described != NULL && !pb_identity_is_united(grouping, described->number, run[i].number))
            return PB_OK;
        described = &run[i];
    }
    for (size_t i = 0; i < count && described != NULL; i++)
        pb_identity_unite(grouping, run[i].number, described->number);
    return PB_OK;
}

enum pb_status pb_identity_group_acm(struct pb_identity_grouping *grouping)
{
    struct pb_batch *evidence = grouping->evidence;

    for (uint32_t i = 0; i < evidence->observations.count; i++) {
        const struct pb_observation *observation = pb_identity_observation(grouping, i);
        struct pb_slice serial;
        if (observation->origin != PB_ORIGIN_ACM)
            continue;
        if (!find_serial(&evidence->arena, observation, &serial))
            return PB_FAILED_MEMORY;
        pb_identity_add_key(grouping, i, 0, pb_batch_folder(evidence, observation->entry), serial);
    }
    return pb_identity_for_each_run(grouping, unite_same_serial);
}

/* SPDX-License-Identifier: MIT */
#include "inventory/identity.h"

#include <stdlib.h>

#include "inventory/disjoint_sets.h"
#include "inventory/identity_key.h"

enum pb_status pb_identity_group(struct pb_batch *evidence, const struct pb_vector *accounts,
                                 uint32_t *group)
{
    size_t count = evidence->observations.count;
    struct pb_identity_grouping grouping = {
        .evidence = evidence, .accounts = accounts, .group = group};

    for (size_t i = 0; i < count; i++)
        group[i] = (uint32_t)i;
    grouping.keys = calloc(count + 1, sizeof *grouping.keys);
    if (grouping.keys == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status = pb_identity_group_by_id(&grouping);
    if (status == PB_OK)
        status = pb_identity_group_by_arn(&grouping);
    if (status == PB_OK)
        status = pb_identity_group_by_name(&grouping);
    if (status == PB_OK)
        status = pb_identity_group_in_folders(&grouping);
    if (status == PB_OK)
        status = pb_identity_group_events(&grouping);
    if (status == PB_OK)
        status = pb_identity_group_acm(&grouping);
    free(grouping.keys);
    for (size_t i = 0; i < count; i++)
        group[i] = pb_set_find(group, (uint32_t)i);
    return status;
}

/* SPDX-License-Identifier: MIT */
#include "inventory/identity_key.h"

#include "base/sort.h"
#include "inventory/arn.h"
#include "inventory/types.h"
#include "inventory/disjoint_sets.h"

#define MOST_COMPARED 512

const struct pb_observation *pb_identity_observation(const struct pb_identity_grouping *grouping,
                                                     size_t number)
{
    return &PB_VECTOR_AT(const struct pb_observation, &grouping->evidence->observations, number);
}

struct pb_slice pb_identity_name(const struct pb_observation *observation)
{
    struct pb_certificate_arn arn;

    if (observation->name.size_bytes > 0)
        return observation->name;
    return pb_certificate_arn_parse(observation->arn, &arn) ? arn.name : PB_SLICE_ABSENT;
}

bool pb_identity_is_account_known(const struct pb_identity_grouping *grouping, uint32_t account)
{
    return PB_VECTOR_AT(const struct pb_account, grouping->accounts, account).id.data != NULL;
}

void pb_identity_unite(struct pb_identity_grouping *grouping, uint32_t a, uint32_t b)
{
    pb_set_unite(grouping->group, a, b);
}

bool pb_identity_is_united(struct pb_identity_grouping *grouping, uint32_t a, uint32_t b)
{
    return pb_set_find(grouping->group, a) == pb_set_find(grouping->group, b);
}

bool pb_identity_is_upload_different(const struct pb_observation *a, const struct pb_observation *b)
{
    return pb_date_is_known(&a->upload_date) && pb_date_is_known(&b->upload_date) &&
           pb_date_differs(&a->upload_date, &b->upload_date);
}

void pb_identity_unite_by_upload(struct pb_identity_grouping *grouping,
                                 const struct pb_identity_key *one,
                                 const struct pb_identity_key *candidates, size_t count)
{
    const struct pb_identity_key *match = NULL;

    if (!pb_date_is_known(&one->observation->upload_date))
        return;
    for (size_t i = 0; i < count && i < MOST_COMPARED; i++) {
        const struct pb_identity_key *other = &candidates[i];
        if (other->number == one->number || !pb_date_is_known(&other->observation->upload_date) ||
            pb_date_differs(&one->observation->upload_date, &other->observation->upload_date))
            continue;
        if (match != NULL && !pb_identity_is_united(grouping, match->number, other->number))
            return;
        match = other;
    }
    if (match != NULL)
        pb_identity_unite(grouping, one->number, match->number);
}

static int compare_keys(const void *left, const void *right)
{
    const struct pb_identity_key *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    int order = pb_slice_compare(a->scope, b->scope);
    if (order == 0)
        order = pb_slice_compare(a->text, b->text);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

void pb_identity_add_key(struct pb_identity_grouping *grouping, uint32_t number, uint32_t account,
                         struct pb_slice scope, struct pb_slice text)
{
    if (text.size_bytes == 0)
        return;
    grouping->keys[grouping->key_count++] = (struct pb_identity_key){
        .observation = pb_identity_observation(grouping, number),
        .text = text,
        .scope = scope,
        .account = account,
        .number = number,
    };
}

enum pb_status pb_identity_for_each_run(struct pb_identity_grouping *grouping,
                                        pb_identity_unite_run *unite_run)
{
    struct pb_identity_key *keys = grouping->keys;
    size_t count = grouping->key_count;
    enum pb_status status = PB_OK;

    if (!pb_sort_elements(keys, count, sizeof *keys, compare_keys))
        return PB_FAILED_MEMORY;
    for (size_t first = 0, end; first < count && status == PB_OK; first = end) {
        for (end = first + 1; end < count && keys[end].account == keys[first].account &&
                              pb_slice_equals(keys[end].scope, keys[first].scope) &&
                              pb_slice_equals(keys[end].text, keys[first].text);)
            end++;
        if (end - first > 1)
            status = unite_run(grouping, keys + first, end - first);
    }
    grouping->key_count = 0;
    return status;
}

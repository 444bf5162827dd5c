/* SPDX-License-Identifier: MIT */
#include "rules/baseline_match.h"

#include <stdlib.h>

#include "inventory/types.h"

static struct pb_slice account_of(const struct pb_inventory *inventory,
                                  const struct pb_certificate *certificate)
{
    return pb_inventory_account(inventory, certificate->account)->id;
}

static enum pb_status list_names(struct pb_baseline_match *match)
{
    const struct pb_inventory *inventory = match->inventory;
    size_t count = inventory->certificates.count;

    if (!pb_directory_init(&match->former_ids, match->baseline->certificate_count) ||
        !pb_directory_init(&match->ids, count) || !pb_directory_init(&match->arns, count) ||
        !pb_directory_init(&match->names, count))
        return PB_FAILED_MEMORY;
    for (uint32_t i = 0; i < match->baseline->certificate_count; i++)
        pb_directory_add(&match->former_ids, PB_SLICE_ABSENT, match->baseline->certificates[i].id,
                         i);
    for (uint32_t i = 0; i < count; i++) {
        const struct pb_certificate *one = pb_inventory_certificate(inventory, i);
        pb_directory_add(&match->ids, PB_SLICE_ABSENT, one->id, i);
        pb_directory_add(&match->arns, PB_SLICE_ABSENT, one->arn, i);
        pb_directory_add(&match->names, account_of(inventory, one), one->name, i);
    }
    pb_directory_sort(&match->former_ids);
    pb_directory_sort(&match->ids);
    pb_directory_sort(&match->arns);
    pb_directory_sort(&match->names);
    return PB_OK;
}

/* False for no id, and for one that several certificates share. */
static bool is_telling(const struct pb_directory *ids, struct pb_slice id)
{
    size_t count;

    pb_directory_find(ids, PB_SLICE_ABSENT, id, &count);
    return count == 1;
}

static void match_by_id(struct pb_baseline_match *match)
{
    for (uint32_t i = 0; i < match->baseline->certificate_count; i++) {
        struct pb_slice id = match->baseline->certificates[i].id;
        size_t count;
        const struct pb_handle *found = pb_directory_find(&match->ids, PB_SLICE_ABSENT, id, &count);
        match->heirs[i] = (struct pb_heirs){PB_NO_INDEX, PB_NO_INDEX};
        if (count != 1 || !is_telling(&match->former_ids, id))
            continue;
        match->heirs[i].same = found->certificate;
        match->is_taken[found->certificate] = true;
    }
}

static bool is_exact(const struct pb_date *date)
{
    return date->state == PB_DATE_EXACT;
}

static bool is_another(const struct pb_baseline_match *match,
                       const struct pb_former_certificate *former, const struct pb_certificate *now)
{
    const struct pb_date then = {.state = PB_DATE_EXACT, .instant = former->upload_date};

    if (is_telling(&match->former_ids, former->id) && is_telling(&match->ids, now->id))
        return true; /* equal ones were met before */
    if (former->has_upload_date && is_exact(&now->upload_date) &&
        pb_date_differs(&then, &now->upload_date))
        return true;
    return former->has_body && now->body != NULL &&
           memcmp(former->sha256, now->body->sha256, sizeof former->sha256) != 0;
}

/* Evidence that is older than the baseline shows what was there before, and not what followed. */
static bool can_follow(const struct pb_former_certificate *former, const struct pb_certificate *now)
{
    return !former->has_upload_date || !is_exact(&now->upload_date) ||
           pb_instant_compare(now->upload_date.instant, former->upload_date) >= 0;
}

static bool is_better(const struct pb_baseline_match *match, uint32_t candidate, uint32_t successor)
{
    return successor == PB_NO_INDEX ||
           (pb_inventory_certificate(match->inventory, successor)->presence ==
                PB_PRESENCE_DELETED &&
            pb_inventory_certificate(match->inventory, candidate)->presence != PB_PRESENCE_DELETED);
}

static void match_by_name(struct pb_baseline_match *match, uint32_t index)
{
    const struct pb_former_certificate *former = &match->baseline->certificates[index];
    struct pb_heirs *heirs = &match->heirs[index];
    size_t count;
    const struct pb_handle *found =
        pb_directory_find(&match->arns, PB_SLICE_ABSENT, former->arn, &count);

    if (count == 0)
        found = pb_directory_find(&match->names, former->account, former->name, &count);
    for (size_t i = 0; i < count && heirs->same == PB_NO_INDEX; i++) {
        uint32_t candidate = found[i].certificate;
        const struct pb_certificate *now = pb_inventory_certificate(match->inventory, candidate);
        if ((now->origin == PB_ORIGIN_IAM) != former->is_of_iam)
            continue;
        if (is_another(match, former, now)) {
            if (can_follow(former, now) && is_better(match, candidate, heirs->successor))
                heirs->successor = candidate;
        } else if (!match->is_taken[candidate]) {
            heirs->same = candidate;
            match->is_taken[candidate] = true;
        }
    }
}

enum pb_status pb_baseline_match_init(struct pb_baseline_match *match,
                                      const struct pb_baseline *baseline,
                                      const struct pb_inventory *inventory)
{
    *match = (struct pb_baseline_match){.baseline = baseline, .inventory = inventory};
    match->heirs = calloc(baseline->certificate_count + 1, sizeof *match->heirs);
    match->is_taken = calloc(inventory->certificates.count + 1, sizeof *match->is_taken);
    if (match->heirs == NULL || match->is_taken == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status = list_names(match);
    if (status != PB_OK)
        return status;
    match_by_id(match);
    for (uint32_t i = 0; i < baseline->certificate_count; i++)
        if (match->heirs[i].same == PB_NO_INDEX)
            match_by_name(match, i);
    return PB_OK;
}

void pb_baseline_match_release(struct pb_baseline_match *match)
{
    free(match->heirs);
    free(match->is_taken);
    pb_directory_release(&match->former_ids);
    pb_directory_release(&match->ids);
    pb_directory_release(&match->arns);
    pb_directory_release(&match->names);
}

const struct pb_heirs *pb_baseline_match_heirs(const struct pb_baseline_match *match,
                                               const struct pb_former_certificate *former)
{
    static const struct pb_heirs none = {PB_NO_INDEX, PB_NO_INDEX};
    const struct pb_former_certificate *first = match->baseline->certificates;

    return former == NULL ? &none : &match->heirs[former - first];
}

bool pb_baseline_match_shows(const struct pb_baseline_match *match, struct pb_slice arn_or_id)
{
    size_t arns, ids;

    pb_directory_find(&match->arns, PB_SLICE_ABSENT, arn_or_id, &arns);
    pb_directory_find(&match->ids, PB_SLICE_ABSENT, arn_or_id, &ids);
    return arns + ids > 0;
}

/* SPDX-License-Identifier: MIT */
/* Finds the baseline's certificates in the evidence. */
#include <stdlib.h>

#include "rules/baseline.h"

/* Certificates of one name are few; more than these are not looked at. */
#define MOST_OF_ONE_NAME 16

/* NAME_OLD_ID is of a certificate of the baseline, the others are of the evidence. */
enum name_kind { NAME_OLD_ID, NAME_ID, NAME_ARN, NAME_NAME, NAME_BODY, NAME_DATE };

/* One certificate under one of its names. Slices are borrowed. */
struct name {
    enum name_kind kind;
    struct pb_slice account; /* of NAME_NAME and NAME_DATE */
    struct pb_slice text;
    uint32_t certificate;
};

static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = (a->kind > b->kind) - (a->kind < b->kind);

    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->text, b->text);
}

static int compare_entries(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare_names(a, b);

    return order != 0 ? order
                      : (a->certificate > b->certificate) - (a->certificate < b->certificate);
}

static bool add_name(struct pb_vector *names, const struct name *name)
{
    return name->text.size_bytes == 0 || pb_vector_append(names, name, 1);
}

/* The first certificate of that name; *count is 0 where there is none, and at most
 * MOST_OF_ONE_NAME. */
static const struct name *find_names(const struct pb_vector *names, const struct name *wanted,
                                     size_t *count)
{
    size_t first = pb_vector_lower_bound(names, wanted, compare_names);
    const struct name *all = names->data;

    *count = 0;
    while (wanted->text.size_bytes > 0 && first + *count < names->count &&
           *count < MOST_OF_ONE_NAME && compare_names(&all[first + *count], wanted) == 0)
        ++*count;
    return *count == 0 ? NULL : all + first;
}

static size_t count_names(const struct pb_baseline_match *match, enum name_kind kind,
                          struct pb_slice text)
{
    size_t count;

    find_names(&match->names, &(struct name){.kind = kind, .text = text}, &count);
    return count;
}

static struct pb_slice account_of(const struct pb_inventory *inventory,
                                  const struct pb_certificate *certificate)
{
    return pb_inventory_account(inventory, certificate->account)->id;
}

/* What tells a certificate without id, ARN and name from others. */
static struct name nameless(struct pb_slice account, const unsigned char *sha256,
                            const struct pb_instant *upload_date)
{
    if (sha256 != NULL)
        return (struct name){.kind = NAME_BODY, .text = {(const char *)sha256, 32}};
    return (struct name){
        .kind = NAME_DATE,
        .account = account,
        .text = {(const char *)&upload_date->seconds, sizeof upload_date->seconds},
    };
}

static bool add_names(struct pb_baseline_match *match, uint32_t index)
{
    const struct pb_certificate *one = pb_inventory_certificate(match->inventory, index);
    struct pb_slice account = account_of(match->inventory, one);
    struct name last = {NAME_NAME, account, one->name, index};

    if (one->name.size_bytes == 0)
        last = nameless(account, one->body == NULL ? NULL : one->body->sha256,
                        &one->upload_date.instant);
    last.certificate = index;
    return add_name(&match->names, &(struct name){NAME_ID, PB_SLICE_ABSENT, one->id, index}) &&
           add_name(&match->names, &(struct name){NAME_ARN, PB_SLICE_ABSENT, one->arn, index}) &&
           add_name(&match->names, &last);
}

static bool list_names(struct pb_baseline_match *match)
{
    pb_vector_init(&match->names, sizeof(struct name));
    for (uint32_t i = 0; i < match->baseline->certificate_count; i++) {
        const struct name id = {NAME_OLD_ID, PB_SLICE_ABSENT, match->baseline->certificates[i].id,
                                i};
        if (!add_name(&match->names, &id))
            return false;
    }
    for (uint32_t i = 0; i < match->inventory->certificates.count; i++)
        if (!add_names(match, i))
            return false;
    pb_vector_sort(&match->names, compare_entries);
    return true;
}

static void match_by_id(struct pb_baseline_match *match, uint32_t index)
{
    const struct name id = {.kind = NAME_ID, .text = match->baseline->certificates[index].id};
    size_t count;
    const struct name *found = find_names(&match->names, &id, &count);

    match->matches[index] = (struct pb_former_match){PB_NO_INDEX, PB_NO_INDEX};
    if (count != 1 || count_names(match, NAME_OLD_ID, id.text) != 1)
        return;
    match->matches[index].same = found->certificate;
    match->is_taken[found->certificate] = true;
}

static bool is_another(const struct pb_baseline_match *match,
                       const struct pb_former_certificate *former, const struct pb_certificate *now)
{
    const struct pb_date then = {.state = PB_DATE_EXACT, .instant = former->upload_date};

    if (count_names(match, NAME_OLD_ID, former->id) == 1 &&
        count_names(match, NAME_ID, now->id) == 1)
        return true; /* equal ids were matched before */
    if (former->has_upload_date && now->upload_date.state == PB_DATE_EXACT &&
        pb_date_differs(&then, &now->upload_date))
        return true;
    return former->has_body && now->body != NULL &&
           memcmp(former->sha256, now->body->sha256, sizeof former->sha256) != 0;
}

/* Evidence that is older than the baseline shows what was there before, and not what followed. */
static bool can_follow(const struct pb_former_certificate *former, const struct pb_certificate *now)
{
    return !former->has_upload_date || now->upload_date.state != PB_DATE_EXACT ||
           pb_instant_compare(now->upload_date.instant, former->upload_date) >= 0;
}

static bool is_better(const struct pb_baseline_match *match, uint32_t candidate, uint32_t present)
{
    return present == PB_NO_INDEX ||
           (pb_inventory_certificate(match->inventory, present)->presence == PB_PRESENCE_DELETED &&
            pb_inventory_certificate(match->inventory, candidate)->presence != PB_PRESENCE_DELETED);
}

static void match_by_name(struct pb_baseline_match *match, uint32_t index)
{
    const struct pb_former_certificate *former = &match->baseline->certificates[index];
    struct pb_former_match *result = &match->matches[index];
    struct name wanted = {.kind = NAME_ARN, .text = former->arn};
    size_t count;
    const struct name *found = find_names(&match->names, &wanted, &count);

    if (count == 0) {
        wanted = former->name.size_bytes > 0
                     ? (struct name){NAME_NAME, former->account, former->name, 0}
                     : nameless(former->account, former->has_body ? former->sha256 : NULL,
                                &former->upload_date);
        found = find_names(&match->names, &wanted, &count);
    }
    for (size_t i = 0; i < count && result->same == PB_NO_INDEX; i++) {
        uint32_t candidate = found[i].certificate;
        const struct pb_certificate *now = pb_inventory_certificate(match->inventory, candidate);
        if ((now->origin == PB_ORIGIN_IAM) != former->is_of_iam)
            continue;
        if (is_another(match, former, now)) {
            if (can_follow(former, now) && is_better(match, candidate, result->replacement))
                result->replacement = candidate;
        } else if (!match->is_taken[candidate]) {
            result->same = candidate;
            match->is_taken[candidate] = true;
        }
    }
}

enum pb_status pb_baseline_match_init(struct pb_baseline_match *match,
                                      const struct pb_baseline *baseline,
                                      const struct pb_inventory *inventory)
{
    *match = (struct pb_baseline_match){.baseline = baseline, .inventory = inventory};
    match->matches = calloc(baseline->certificate_count + 1, sizeof *match->matches);
    match->is_taken = calloc(inventory->certificates.count + 1, sizeof *match->is_taken);
    if (match->matches == NULL || match->is_taken == NULL || !list_names(match))
        return PB_FAILED_MEMORY;
    for (uint32_t i = 0; i < baseline->certificate_count; i++)
        match_by_id(match, i);
    for (uint32_t i = 0; i < baseline->certificate_count; i++)
        if (match->matches[i].same == PB_NO_INDEX)
            match_by_name(match, i);
    return PB_OK;
}

void pb_baseline_match_release(struct pb_baseline_match *match)
{
    free(match->matches);
    free(match->is_taken);
    pb_vector_release(&match->names);
}

struct pb_former_match pb_baseline_match_find(const struct pb_baseline_match *match,
                                              const struct pb_former_certificate *former)
{
    const struct pb_former_match none = {PB_NO_INDEX, PB_NO_INDEX};

    return former == NULL ? none : match->matches[former - match->baseline->certificates];
}

bool pb_baseline_match_shows(const struct pb_baseline_match *match, struct pb_slice arn_or_id)
{
    return count_names(match, NAME_ARN, arn_or_id) + count_names(match, NAME_ID, arn_or_id) > 0;
}

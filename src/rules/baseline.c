/* SPDX-License-Identifier: MIT */
/* The certificates of the earlier report that --baseline names, found in the evidence. */
#include "rules/rules.h"

/* Certificates of one name are few. Of those that differ from the baseline's, only so many are
 * compared. */
#define MOST_OF_ONE_NAME 16

enum name_kind { NAME_ID, NAME_ARN, NAME_NAME };

/* One certificate of either side under one of its names. */
struct name {
    enum name_kind kind;
    uint32_t index; /* in its vector */
    const struct pb_certificate *one;
    struct pb_former_certificate *former; /* that is one; NULL for one of the evidence */
    struct pb_slice account; /* of NAME_NAME; absent for one without a name that has a body */
    struct pb_slice text;    /* absent for NAME_NAME of a certificate without a name */
};

int pb_compare_bodies(const struct pb_x509_facts *a, const struct pb_x509_facts *b)
{
    return a == NULL || b == NULL ? (a != NULL) - (b != NULL) : memcmp(a->sha256, b->sha256, 32);
}

static bool are_dated(const struct pb_certificate *a, const struct pb_certificate *b)
{
    return a->upload_date.state == PB_DATE_EXACT && b->upload_date.state == PB_DATE_EXACT;
}

static int compare_texts(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = (a->kind > b->kind) - (a->kind < b->kind);

    if (order == 0)
        order = (a->one->origin > b->one->origin) - (a->one->origin < b->one->origin);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->text, b->text);
}

/* In seconds; 0 where it is not known, or where the body tells nameless certificates apart. */
static int64_t upload_of(const struct name *name)
{
    bool has_date = pb_date_is_known(&name->one->upload_date);

    return has_date && (name->text.size_bytes > 0 || name->one->body == NULL)
               ? name->one->upload_date.instant.seconds
               : 0;
}

/* By what is known of two certificates of one name. */
static int compare_facts(const struct name *a, const struct name *b)
{
    int order = (upload_of(a) > upload_of(b)) - (upload_of(a) < upload_of(b));

    return order != 0 ? order : pb_compare_bodies(a->one->body, b->one->body);
}

/* Certificates of one name stand together, those of the evidence first. */
static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare_texts(a, b);

    if (order == 0)
        order = (a->former != NULL) - (b->former != NULL);
    if (order == 0)
        order = compare_facts(a, b);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static bool add_names(struct pb_vector *names, struct name name, struct pb_slice account)
{
    const struct pb_slice texts[] = {
        [NAME_ID] = name.one->id, [NAME_ARN] = name.one->arn, [NAME_NAME] = name.one->name};

    for (unsigned kind = NAME_ID; kind <= NAME_NAME; kind++) {
        bool has_text = texts[kind].size_bytes > 0;
        name.kind = (enum name_kind)kind;
        name.text = has_text ? texts[kind] : PB_SLICE_ABSENT;
        if (kind == NAME_NAME && (has_text || name.one->body == NULL))
            name.account = account;
        if ((kind == NAME_NAME || has_text) && !pb_vector_append(names, &name, sizeof name))
            return false;
    }
    return true;
}

static void match(struct pb_baseline *baseline, const struct name *now, const struct name *then)
{
    then->former->same = now->index;
    baseline->are_matched[now->index] = true;
    if (then->former->is_unjudged &&
        pb_date_is_known(&now->one->upload_date)) /* by all its dates */
        then->former->seen.is_exposed = now->one->is_exposed;
}

/* Matches those with the same facts. names: of the evidence, up to middle, then of the baseline. */
static void match_equals(struct pb_baseline *baseline, const struct name *names, size_t middle,
                         size_t count)
{
    for (size_t i = 0, k = middle; i < middle && k < count;) {
        bool is_matched = baseline->are_matched[names[i].index];
        bool is_found = names[k].former->same != PB_NO_INDEX;
        int order = compare_facts(&names[i], &names[k]);
        if (order == 0 && !is_matched && !is_found)
            match(baseline, &names[i], &names[k]);
        i += is_matched || order <= 0;
        k += is_found || order >= 0;
    }
}

/* Whether two certificates of one name or ARN differ in id, upload date or body. */
static bool is_another(const struct pb_certificate *then, const struct pb_certificate *now)
{
    bool have_ids = then->id.size_bytes > 0 && now->id.size_bytes > 0;

    return (have_ids && !pb_slice_equals(then->id, now->id)) ||
           (are_dated(then, now) && pb_date_differs(&then->upload_date, &now->upload_date)) ||
           (then->body != NULL && now->body != NULL &&
            pb_compare_bodies(then->body, now->body) != 0);
}

/* Matches each with the first of the evidence that does not differ. Without one, its replacement is
 * the first that is not deleted, else the first, of those that were not uploaded before it. */
static void match_others(struct pb_baseline *baseline, const struct name *names, size_t middle,
                         size_t count)
{
    size_t most = middle < MOST_OF_ONE_NAME ? middle : MOST_OF_ONE_NAME;

    for (size_t k = middle; k < count; k++) {
        struct pb_former_certificate *former = names[k].former;
        const struct pb_certificate *then = &former->seen, *best = NULL;
        if (former->replacement != PB_NO_INDEX)
            continue; /* it was found under its ARN */
        for (size_t i = 0; i < most && former->same == PB_NO_INDEX; i++) {
            const struct pb_certificate *now = names[i].one;
            bool is_older =
                are_dated(then, now) &&
                pb_instant_compare(now->upload_date.instant, then->upload_date.instant) < 0;
            if (!is_another(then, now)) {
                if (!baseline->are_matched[names[i].index])
                    match(baseline, &names[i], &names[k]);
            } else if (!is_older && (best == NULL || (best->presence == PB_PRESENCE_DELETED &&
                                                      now->presence != PB_PRESENCE_DELETED))) {
                best = now;
                former->replacement = names[i].index;
            }
        }
    }
}

/* Ids come first, then ARNs, then names. */
enum pb_status pb_baseline_match(struct pb_baseline *baseline, const struct pb_inventory *inventory)
{
    struct pb_former_certificate *formers = baseline->certificates.data;
    struct pb_vector *names = &baseline->names;

    baseline->are_matched =
        pb_arena_allocate_array(&baseline->arena, inventory->certificates.count, sizeof(bool));
    bool is_listed = baseline->are_matched != NULL;
    for (uint32_t i = 0; i < baseline->certificates.count && is_listed; i++) {
        const struct name name = {.index = i, .one = &formers[i].seen, .former = &formers[i]};
        formers[i].same = formers[i].replacement = PB_NO_INDEX;
        is_listed = add_names(names, name, formers[i].account);
    }
    for (uint32_t i = 0; i < inventory->certificates.count && is_listed; i++) {
        const struct name name = {.index = i, .one = pb_inventory_certificate(inventory, i)};
        is_listed = add_names(names, name, pb_inventory_account(inventory, name.one->account)->id);
    }
    if (!is_listed)
        return PB_FAILED_MEMORY;
    pb_vector_sort(names, compare_names);
    for (size_t first = 0, middle, end; first < names->count; first = end) {
        const struct name *all = names->data;
        for (end = first; end < names->count && compare_texts(&all[first], &all[end]) == 0; end++) {
        }
        for (middle = first; middle < end && all[middle].former == NULL; middle++) {
        }
        if (all[first].kind != NAME_ID)
            match_equals(baseline, all + first, middle - first, end - first);
        else if (middle == first + 1 && end == first + 2) /* one of each side has the id */
            match(baseline, &all[first], &all[middle]);
        if (all[first].kind != NAME_ID && all[first].text.size_bytes > 0)
            match_others(baseline, all + first, middle - first, end - first);
    }
    return PB_OK;
}

bool pb_baseline_shows(const struct pb_baseline *baseline, struct pb_slice arn_or_id)
{
    static const struct pb_certificate of_iam = {.origin = PB_ORIGIN_IAM};
    const struct name *all = baseline->names.data;

    for (unsigned kind = NAME_ID; kind <= NAME_ARN; kind++) {
        const struct name wanted = {
            .kind = (enum name_kind)kind, .one = &of_iam, .text = arn_or_id};
        size_t place = pb_vector_lower_bound(&baseline->names, &wanted, compare_texts);
        if (place < baseline->names.count && all[place].former == NULL &&
            compare_texts(&all[place], &wanted) == 0)
            return true;
    }
    return false;
}

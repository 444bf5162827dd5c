/* SPDX-License-Identifier: MIT */
#include "rules/key_groups.h"

#include <stdlib.h>

#define DIGEST_BYTES 32

/* One certificate under the key of a body that it was seen with; several where its bodies
 * contradict each other. */
struct owner {
    uint64_t prefix; /* the digest's first bytes, in their order: most keys differ there */
    const unsigned char *digest;    /* borrowed: the key's identity */
    const struct pb_key_facts *key; /* borrowed from the body; NULL for one of the baseline */
    uint32_t certificate;           /* PB_NO_INDEX for one that the baseline alone has */
    const struct pb_former_certificate *former; /* of the baseline, else NULL */
};

/* A key of the evidence that is not spelt as usual: the baseline knows it by its spelling. */
struct spelling {
    const unsigned char *sha256, *identity; /* borrowed from the body */
};

/* Groups while they are made, and what they are made of. */
struct building {
    struct pb_key_groups *groups;
    struct pb_vector spellings; /* of struct spelling, by sha256 */
    const struct pb_inventory *inventory;
    const struct pb_baseline *baseline; /* NULL: none */
};

/* Certificates of the evidence first. */
static int compare_owners(const void *left, const void *right)
{
    const struct owner *a = left, *b = right;

    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int order = memcmp(a->digest, b->digest, DIGEST_BYTES);
    if (order == 0)
        order = (a->former != NULL) - (b->former != NULL);
    if (order == 0)
        order = (a->certificate > b->certificate) - (a->certificate < b->certificate);
    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a->former > b->former) - (a->former < b->former);
}

static int compare_digest_with_owner(const void *digest, const void *owner)
{
    return memcmp(digest, ((const struct owner *)owner)->digest, DIGEST_BYTES);
}

static bool add_owner(struct pb_vector *keys, struct owner owner)
{
    for (size_t i = 0; i < sizeof owner.prefix; i++)
        owner.prefix = owner.prefix << 8 | owner.digest[i];
    return pb_vector_append(keys, &owner, 1);
}

static int compare_spellings(const void *left, const void *right)
{
    return memcmp(((const struct spelling *)left)->sha256, ((const struct spelling *)right)->sha256,
                  DIGEST_BYTES);
}

static bool add_body(struct building *building, const struct pb_key_facts *key,
                     uint32_t certificate)
{
    const struct spelling spelling = {key->spki_sha256, key->identity};

    if (memcmp(key->spki_sha256, key->identity, DIGEST_BYTES) != 0 &&
        !pb_vector_append(&building->spellings, &spelling, 1))
        return false;
    return add_owner(
        &building->groups->keys,
        (struct owner){.digest = key->identity, .key = key, .certificate = certificate});
}

static bool add_keys(struct building *building, uint32_t index)
{
    const struct pb_inventory *inventory = building->inventory;
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, index);

    if (certificate->body == NULL)
        return true;
    const struct pb_key_facts *key = &certificate->body->key;
    if (!add_body(building, key, index))
        return false;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_x509_facts *body =
            pb_inventory_observation(inventory, certificate->first_observation + i)->body;
        if (body != NULL && body != certificate->body &&
            memcmp(body->key.spki_sha256, key->spki_sha256, DIGEST_BYTES) != 0 &&
            !add_body(building, &body->key, index))
            return false;
    }
    return true;
}

/* Those of the baseline whose key is exposed. */
static bool add_formers(struct building *building)
{
    const struct pb_baseline *baseline = building->baseline;
    const struct pb_vector *spellings = &building->spellings;

    for (size_t i = 0; i < baseline->certificates.count; i++) {
        const struct pb_former_certificate *one =
            &PB_VECTOR_AT(struct pb_former_certificate, &baseline->certificates, i);
        if (one->is.body == NULL || (!one->is.is_exposed && !one->has_exposed_key))
            continue;
        struct owner owner = {
            .digest = one->is.body->key.spki_sha256, .certificate = one->same, .former = one};
        const struct spelling wanted = {.sha256 = owner.digest};
        size_t place = pb_vector_lower_bound(spellings, &wanted, compare_spellings);
        const struct spelling *found = place < spellings->count
                                           ? &PB_VECTOR_AT(const struct spelling, spellings, place)
                                           : NULL;
        if (found != NULL && compare_spellings(&wanted, found) == 0)
            owner.digest = found->identity;
        if (!add_owner(&building->groups->keys, owner))
            return false;
    }
    return true;
}

static enum pb_status list_keys(struct building *building)
{
    struct pb_vector *keys = &building->groups->keys;

    for (uint32_t i = 0; i < building->inventory->certificates.count; i++)
        if (!add_keys(building, i))
            return PB_FAILED_MEMORY;
    pb_vector_sort(&building->spellings, compare_spellings);
    if (building->baseline != NULL && !add_formers(building))
        return PB_FAILED_MEMORY;
    pb_vector_sort(keys, compare_owners);
    return PB_OK;
}

static struct pb_key_member member_of(const struct pb_inventory *inventory,
                                      const struct owner *owner)
{
    const struct pb_former_certificate *former = owner->former;
    const struct pb_certificate *one =
        former != NULL ? &former->is : pb_inventory_certificate(inventory, owner->certificate);
    const struct pb_date *date = pb_certificate_arrival(one);
    struct pb_key_member member = {
        .certificate = former != NULL ? PB_NO_INDEX : owner->certificate,
        .has_date = pb_date_is_known(date),
        .date = one->body->not_before,
        .is_exposed = one->is_exposed,
        .former = former,
    };

    if (former != NULL)
        member.date.seconds = former->is.is_exposed ? INT64_MIN : INT64_MAX;
    if (member.has_date)
        member.date = date->instant;
    return member;
}

static int compare_members(const void *left, const void *right)
{
    const struct pb_key_member *a = left, *b = right;
    int order = pb_instant_compare(a->date, b->date);

    if (order == 0)
        order = (a->is_exposed < b->is_exposed) - (a->is_exposed > b->is_exposed);
    if (order == 0)
        order = (a->certificate > b->certificate) - (a->certificate < b->certificate);
    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a->former > b->former) - (a->former < b->former);
}

static int compare_groups(const void *left, const void *right)
{
    const struct pb_key_group *a = left, *b = right;

    return (a->first_certificate > b->first_certificate) -
           (a->first_certificate < b->first_certificate);
}

/* owners are all certificates with one key. A certificate of the baseline that is in the evidence
 * too is one member, not two. */
static bool add_group(struct building *building, const struct owner *owners, size_t count)
{
    struct pb_key_groups *groups = building->groups;
    struct pb_vector *members = &groups->members;
    struct pb_key_group group = {.key = owners[0].key,
                                 .first_certificate = owners[0].certificate,
                                 .first_member = members->count};
    size_t place = members->count; /* of the next member that can be the same */

    if (group.key == NULL)
        return true;
    for (size_t i = 0; i < count; i++) {
        const struct pb_former_certificate *former = owners[i].former;
        uint32_t certificate = owners[i].certificate;
        if (former == NULL && i > 0 && certificate == owners[i - 1].certificate)
            continue; /* two of its bodies have the key */
        struct pb_key_member *all = members->data;
        while (former != NULL && place < members->count && all[place].certificate < certificate)
            place++;
        bool is_same = former != NULL && place < members->count &&
                       all[place].certificate == certificate && certificate != PB_NO_INDEX;
        if (is_same) {
            all[place].former = former;
            all[place].is_exposed |= former->is.is_exposed;
            continue;
        }
        struct pb_key_member member = member_of(building->inventory, &owners[i]);
        if (!pb_vector_append(members, &member, 1))
            return false;
    }
    group.count = members->count - group.first_member;
    struct pb_key_member *first = &PB_VECTOR_AT(struct pb_key_member, members, group.first_member);
    for (size_t i = 0; i < group.count; i++)
        group.exposed_count += first[i].is_exposed;
    if (group.count < 2 || (group.exposed_count == 0 && owners[count - 1].former == NULL)) {
        members->count = group.first_member;
        return true;
    }
    qsort(first, group.count, sizeof *first, compare_members);
    return pb_vector_append(&groups->items, &group, 1);
}

static enum pb_status add_groups(struct building *building)
{
    const struct pb_vector *keys = &building->groups->keys;
    const struct owner *all = keys->data;

    for (size_t first = 0, end; first < keys->count; first = end) {
        for (end = first + 1; end < keys->count && all[end].prefix == all[first].prefix &&
                              compare_digest_with_owner(all[first].digest, &all[end]) == 0;
             end++) {
        }
        if (!add_group(building, all + first, end - first))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

static void number_certificates(struct pb_key_groups *groups, struct pb_inventory *inventory)
{
    pb_vector_sort(&groups->items, compare_groups);
    for (uint32_t i = 0; i < groups->items.count; i++) {
        const struct pb_key_group *group = &PB_VECTOR_AT(struct pb_key_group, &groups->items, i);
        const struct pb_key_member *members = pb_key_group_members(groups, group);
        for (size_t k = 0; k < group->count; k++) {
            struct pb_certificate *one = inventory->certificates.data;
            if (members[k].certificate == PB_NO_INDEX)
                continue;
            one += members[k].certificate;
            if (one->key_group == 0)
                one->key_group = i + 1;
        }
    }
}

enum pb_status pb_key_groups_make(struct pb_key_groups *groups, struct pb_inventory *inventory,
                                  const struct pb_baseline *baseline)
{
    struct building building = {.groups = groups, .inventory = inventory, .baseline = baseline};

    *groups = (struct pb_key_groups){0};
    pb_vector_init(&groups->items, sizeof(struct pb_key_group));
    pb_vector_init(&groups->members, sizeof(struct pb_key_member));
    pb_vector_init(&groups->keys, sizeof(struct owner));
    pb_vector_init(&building.spellings, sizeof(struct spelling));
    enum pb_status status = list_keys(&building);
    pb_vector_release(&building.spellings);
    if (status == PB_OK)
        status = add_groups(&building);
    if (status == PB_OK)
        number_certificates(groups, inventory);
    return status;
}

void pb_key_groups_release(struct pb_key_groups *groups)
{
    pb_vector_release(&groups->items);
    pb_vector_release(&groups->members);
    pb_vector_release(&groups->keys);
}

uint32_t pb_key_groups_find_owner(const struct pb_key_groups *groups,
                                  const unsigned char identity[32])
{
    size_t place = pb_vector_lower_bound(&groups->keys, identity, compare_digest_with_owner);

    if (place == groups->keys.count)
        return PB_NO_INDEX;
    const struct owner *owner = &PB_VECTOR_AT(const struct owner, &groups->keys, place);
    return owner->former == NULL && compare_digest_with_owner(identity, owner) == 0
               ? owner->certificate
               : PB_NO_INDEX;
}

/* SPDX-License-Identifier: MIT */
/* Certificates with the same public key, over all accounts and the baseline, and key-reuse: not
 * vulnerable by itself, but with the key of a certificate that is. */
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "inventory/sentences.inc"

#define DIGEST_BYTES 32

/* A certificate and the key of one of its bodies. A certificate has several where its bodies
 * contradict each other. */
struct owner {
    const unsigned char *digest;    /* borrowed: the key's identity; of an alias, its spki_sha256 */
    const unsigned char *alias_of;  /* the identity of the key with that spki_sha256; else NULL */
    const struct pb_key_facts *key; /* borrowed from the body; NULL for an alias and the baseline */
    const struct pb_certificate *certificate;   /* NULL for one that the baseline alone has */
    const struct pb_former_certificate *former; /* of the baseline, else NULL */
};

static int compare_digest_with_owner(const void *digest, const void *owner)
{
    return memcmp(digest, ((const struct owner *)owner)->digest, DIGEST_BYTES);
}

/* By key, then certificate, that of the evidence before the same of the baseline. */
static int compare_owners(const void *left, const void *right)
{
    const struct owner *a = left, *b = right;
    int order = compare_digest_with_owner(a->digest, b);
    order = order != 0 ? order : pb_place_compare(a->certificate, b->certificate);
    return order != 0 ? order : pb_place_compare(a->former, b->former);
}

static void add_owner(struct pb_key_groups *groups, struct owner owner)
{
    groups->arena.has_failed |= !pb_vector_append(&groups->keys, &owner, sizeof owner);
}

static void add_body(struct pb_key_groups *groups, const struct pb_x509_facts *body,
                     const struct pb_certificate *certificate)
{
    const unsigned char *identity = body->key.identity, *spki = body->key.spki_sha256;
    if (memcmp(spki, identity, DIGEST_BYTES) != 0)
        add_owner(groups, (struct owner){.digest = spki, .alias_of = identity});
    add_owner(groups,
              (struct owner){.digest = identity, .key = &body->key, .certificate = certificate});
}

static void add_bodies(struct pb_key_groups *groups, const struct pb_certificate *certificate)
{
    if (certificate->body != NULL)
        add_body(groups, certificate->body, certificate);
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_x509_facts *body = certificate->observations[i].body;
        if (body != NULL && body != certificate->body)
            add_body(groups, body, certificate);
    }
}

/* Adds certificates of the baseline whose key is exposed. keys are sorted, before and after. */
static void add_formers(struct pb_key_groups *groups, const struct pb_baseline *baseline)
{
    const struct pb_former_certificate *all = baseline->certificates.data;
    const size_t count = groups->keys.count;

    for (size_t i = 0; i < baseline->certificates.count; i++) {
        if (all[i].seen.body == NULL || (!all[i].seen.is_exposed && !all[i].has_exposed_key))
            continue;
        struct owner owner = {.digest = all[i].seen.body->key.spki_sha256,
                              .certificate = all[i].same,
                              .former = &all[i]};
        const struct owner *keys = groups->keys.data;
        size_t place =
            pb_lower_bound(owner.digest, keys, count, sizeof owner, compare_digest_with_owner);
        if (place < count && keys[place].alias_of != NULL &&
            compare_digest_with_owner(owner.digest, &keys[place]) == 0)
            owner.digest = keys[place].alias_of;
        add_owner(groups, owner);
    }
    pb_vector_sort(&groups->keys, compare_owners);
}

static struct pb_key_member member_of(const struct owner *owner)
{
    const struct pb_former_certificate *former = owner->former;
    const struct pb_certificate *one = former != NULL ? &former->seen : owner->certificate;
    const struct pb_date *date = pb_certificate_arrival(one);
    struct pb_key_member member = {
        .certificate = former != NULL ? NULL : owner->certificate,
        .has_date = pb_date_is_known(date),
        .date = one->body->not_before,
        .is_exposed = one->is_exposed,
        .former = former,
    };

    if ((one->body->unread & PB_X509_NOT_BEFORE) != 0) /* a report never has it */
        member.date.seconds = one->is_exposed ? INT64_MIN : INT64_MAX;
    if (member.has_date)
        member.date = date->instant;
    return member;
}

static int compare_members(const void *left, const void *right)
{
    const struct pb_key_member *a = left, *b = right;
    int order = pb_instant_compare(a->date, b->date);
    order = order != 0 ? order : pb_number_compare(b->is_exposed, a->is_exposed);
    order = order != 0 ? order : pb_number_compare(a->certificate == NULL, b->certificate == NULL);
    order = order != 0 ? order : pb_place_compare(a->certificate, b->certificate);
    return order != 0 ? order : pb_place_compare(a->former, b->former);
}

static int compare_groups(const void *left, const void *right)
{
    const struct pb_key_group *a = left, *b = right;
    return pb_place_compare(a->first, b->first);
}

/* owners: all certificates with one key. One that has it in two bodies, or that both the baseline
 * and the evidence have, is one member. */
static void add_group(struct pb_key_groups *groups, const struct owner *owners, size_t count)
{
    struct pb_key_member *members = pb_arena_allocate_array(&groups->arena, count, sizeof *members);
    struct pb_key_group group = {.members = members};
    bool is_exposed = false;

    for (size_t i = 0; i < count && members != NULL; i++) {
        const struct owner *owner = &owners[i];
        struct pb_key_member *here = &members[group.count];
        *here = member_of(owner);
        is_exposed |= owner->former != NULL || here->is_exposed;
        if (owner->key != NULL && group.key == NULL) {
            group.key = owner->key;
            group.first = owner->certificate;
        }
        bool is_again = group.count > 0 && owner->certificate != NULL &&
                        here[-1].certificate == owner->certificate;
        if (is_again && owner->former != NULL) {
            here[-1].former = owner->former;
            here[-1].is_exposed |= here->is_exposed;
        }
        group.count += !is_again;
    }
    if (group.key == NULL || group.count < 2 || !is_exposed)
        return;
    qsort(members, group.count, sizeof *members, compare_members);
    groups->arena.has_failed |= !pb_vector_append(&groups->items, &group, sizeof group);
}

enum pb_status pb_key_groups_make(struct pb_key_groups *groups, struct pb_inventory *inventory,
                                  const struct pb_baseline *baseline)
{
    struct pb_certificate *certificates = inventory->certificates.data;

    *groups = (struct pb_key_groups){0};
    for (uint32_t i = 0; i < inventory->certificates.count; i++)
        add_bodies(groups, &certificates[i]);
    pb_vector_sort(&groups->keys, compare_owners);
    if (baseline != NULL)
        add_formers(groups, baseline);
    for (size_t first = 0, end; first < groups->keys.count; first = end) {
        const struct owner *all = groups->keys.data;
        for (end = first + 1; end < groups->keys.count &&
                              compare_digest_with_owner(all[first].digest, &all[end]) == 0;)
            end++;
        if (all[first].alias_of == NULL && end - first > 1)
            add_group(groups, all + first, end - first);
    }
    pb_vector_sort(&groups->items, compare_groups);
    for (uint32_t i = 0; i < groups->items.count; i++) {
        struct pb_key_group *group = &PB_VECTOR_AT(struct pb_key_group, &groups->items, i);
        group->number = i;
        for (size_t k = 0; k < group->count; k++) {
            uint32_t index = pb_inventory_index(inventory, group->members[k].certificate);
            if (index != PB_NO_INDEX && certificates[index].key_group == NULL)
                certificates[index].key_group = group;
        }
    }
    return groups->arena.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

void pb_key_groups_release(struct pb_key_groups *groups)
{
    pb_vector_release(&groups->items);
    pb_arena_release(&groups->arena);
    pb_vector_release(&groups->keys);
}

const struct pb_certificate *pb_key_groups_find_owner(const struct pb_key_groups *groups,
                                                      struct pb_slice identity)
{
    const struct owner *owners = groups->keys.data;

    if (identity.size_bytes != DIGEST_BYTES)
        return NULL;
    size_t place = pb_vector_lower_bound(&groups->keys, identity.data, compare_digest_with_owner);
    while (place < groups->keys.count && owners[place].key == NULL)
        place++;
    return place < groups->keys.count &&
                   compare_digest_with_owner(identity.data, &owners[place]) == 0
               ? owners[place].certificate
               : NULL;
}

/* "folder/list.json:12", in room. */
static struct pb_slice place_of(const struct pb_inventory *inventory,
                                const struct pb_certificate *certificate,
                                char room[PB_SENTENCE_BYTES])
{
    const struct pb_observation *source = pb_find_source(certificate);
    struct pb_slice path = pb_inventory_path(inventory, source->entry);
    snprintf(room, PB_SENTENCE_BYTES, source->line == 0 ? "%.*s" : "%.*s:%u", PB_SLICE_ARGS(path),
             (unsigned)source->line);
    return pb_slice_from_string(room);
}

static bool is_exposed_now(const struct pb_key_member *member)
{
    return member->certificate != NULL && member->certificate->is_exposed;
}

/* The member to name, besides one, as the one that exposed the key: the first that is exposed in
 * the evidence, else in the baseline, else has a finding of key-reuse there; NULL for none. */
static const struct pb_key_member *find_origin(const struct pb_key_group *group,
                                               const struct pb_key_member *besides)
{
    const struct pb_key_member *found = NULL;
    int best = 3;

    for (size_t i = 0; i < group->count; i++) {
        const struct pb_key_member *here = &group->members[i];
        int rank = here == besides                 ? 3
                   : is_exposed_now(here)          ? 0
                   : here->former == NULL          ? 3
                   : here->former->seen.is_exposed ? 1
                                                   : 2;
        found = rank < best ? here : found;
        best = rank < best ? rank : best;
    }
    return found;
}

/* "shop of account 111122223333 (uploaded ..., list.json:12), which is vulnerable" */
static void describe(const struct pb_inventory *inventory, const struct pb_key_member *member,
                     char text[PB_SENTENCE_BYTES])
{
    bool is_now = is_exposed_now(member);
    const struct pb_certificate *one = is_now ? member->certificate : &member->former->seen;
    struct pb_slice account =
        is_now ? pb_inventory_account(inventory, one->account)->id : member->former->account;
    char room[PB_SENTENCE_BYTES];
    struct pb_slice place = is_now ? place_of(inventory, one, room) : PB_SLICE("in the baseline");

    snprintf(text, PB_SENTENCE_BYTES, PB_SAY_KEY_ORIGIN, PB_SLICE_ARGS(pb_certificate_name(one)),
             PB_SLICE_ARGS(pb_or_unknown(account)), pb_arrival_text(one, true).text,
             PB_SLICE_ARGS(place),
             one->is_exposed ? PB_SAY_ORIGIN_IS_VULNERABLE : PB_SAY_ORIGIN_HAS_ITS_KEY);
}

void pb_key_groups_check(const struct pb_check *check)
{
    const struct pb_inventory *inventory = check->inventory;
    const struct pb_vector *groups = &check->key_groups->items;
    char origin[PB_SENTENCE_BYTES], room[PB_SENTENCE_BYTES];

    for (size_t row = 0; row < groups->count; row++) {
        const struct pb_key_group *group = &PB_VECTOR_AT(struct pb_key_group, groups, row);
        const struct pb_key_member *first = find_origin(group, NULL);
        const struct pb_key_member *second = find_origin(group, first);
        for (size_t i = 0; i < group->count; i++) {
            const struct pb_key_member *here = &group->members[i];
            const struct pb_key_member *other = here == first ? second : first;
            if (other == NULL || here->certificate == NULL || is_exposed_now(here))
                continue;
            struct pb_slice place = place_of(inventory, here->certificate, room);
            describe(inventory, other, origin);
            pb_findings_add(check, here->certificate, PB_SAY_KEY_REUSE,
                            pb_arrival_text(here->certificate, true).text, PB_SLICE_ARGS(place),
                            origin);
        }
    }
}

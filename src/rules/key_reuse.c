/* SPDX-License-Identifier: MIT */
/* Certificates with the same public key, over all accounts and the baseline, and key-reuse: not
 * vulnerable by itself, but with the key of a certificate that is. */
#include "rules/rules.h"

#include <stdio.h>
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

static bool shows_date(const struct pb_observation *observation,
                       const struct pb_certificate *certificate)
{
    const struct pb_date *kept = pb_certificate_arrival(certificate),
                         *date = &observation->upload_date;

    if (certificate->origin == PB_ORIGIN_ACM)
        date = &pb_observation_particulars(observation)->imported_at;
    return pb_date_is_known(kept) && pb_date_is_known(date) &&
           pb_instant_compare(kept->instant, date->instant) == 0;
}

/* The observation that shows the certificate's date, else its body, else the first. */
static const struct pb_observation *find_source(const struct pb_inventory *inventory,
                                                const struct pb_certificate *certificate)
{
    const struct pb_observation *first =
        pb_inventory_observation(inventory, certificate->first_observation);
    const struct pb_observation *with_body = NULL;

    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        if (shows_date(&first[i], certificate))
            return &first[i];
        if (with_body == NULL && first[i].body != NULL)
            with_body = &first[i];
    }
    return with_body != NULL ? with_body : first;
}

/* "folder/list.json:12" */
static void write_place(const struct pb_inventory *inventory,
                        const struct pb_certificate *certificate, char place[PB_SENTENCE_BYTES])
{
    const struct pb_observation *source = find_source(inventory, certificate);
    struct pb_slice path = pb_inventory_path(inventory, source->entry);

    snprintf(place, PB_SENTENCE_BYTES, source->line == 0 ? "%.*s" : "%.*s:%u", PB_SLICE_ARGS(path),
             (unsigned)source->line);
}

static bool is_exposed_now(const struct pb_inventory *inventory, const struct pb_key_member *member)
{
    return member->certificate != PB_NO_INDEX &&
           pb_inventory_certificate(inventory, member->certificate)->is_exposed;
}

/* The member whose key it first was, but the given one, because deleting a certificate does not
 * change its key: one that is exposed in the evidence, else in the baseline, else one that the
 * baseline's key-reuse named; of several the first. NULL for none. */
static const struct pb_key_member *find_origin(const struct pb_check *check,
                                               const struct pb_key_group *group,
                                               const struct pb_key_member *except)
{
    const struct pb_key_member *members = pb_key_group_members(check->key_groups, group);
    const struct pb_key_member *found[3] = {NULL, NULL, NULL};

    for (size_t i = 0; i < group->count; i++) {
        const struct pb_key_member *here = &members[i];
        size_t rank = here->former == NULL ? 3 : here->former->is.is_exposed ? 1 : 2;
        if (is_exposed_now(check->inventory, here))
            rank = 0;
        if (rank < 3 && found[rank] == NULL && here != except)
            found[rank] = here;
    }
    return found[0] != NULL ? found[0] : found[1] != NULL ? found[1] : found[2];
}

/* The certificate that had the key first, as the sentence calls it. */
struct origin {
    const struct pb_certificate *certificate;
    struct pb_slice account;
    char place[PB_SENTENCE_BYTES];
};

static void describe(const struct pb_inventory *inventory, const struct pb_key_member *member,
                     struct origin *origin)
{
    if (is_exposed_now(inventory, member)) {
        origin->certificate = pb_inventory_certificate(inventory, member->certificate);
        origin->account = pb_inventory_account(inventory, origin->certificate->account)->id;
        write_place(inventory, origin->certificate, origin->place);
        return;
    }
    origin->certificate = &member->former->is;
    origin->account = member->former->account;
    snprintf(origin->place, sizeof origin->place, "in the baseline");
}

static void add_reuse(const struct pb_check *check, uint32_t number, const struct origin *old)
{
    const struct pb_certificate *new = pb_inventory_certificate(check->inventory, number);
    char place[PB_SENTENCE_BYTES];

    write_place(check->inventory, new, place);
    pb_findings_add(
        check, number,
        "%s (%s) with the same public key as %.*s of account %.*s (%s, %s), %s: replacing the "
        "certificate did not replace the key",
        pb_arrival_text(new).text, place, PB_SLICE_ARGS(pb_certificate_name(old->certificate)),
        PB_SLICE_ARGS(pb_slice_is_absent(old->account) ? PB_SLICE("unknown") : old->account),
        pb_arrival_text(old->certificate).text, old->place,
        old->certificate->is_exposed ? "which is vulnerable"
                                     : "which has a vulnerable certificate's key");
}

static void check_group(const struct pb_check *check, const struct pb_key_group *group)
{
    const struct pb_inventory *inventory = check->inventory;
    const struct pb_key_member *members = pb_key_group_members(check->key_groups, group);
    const struct pb_key_member *first = find_origin(check, group, NULL);
    struct origin origin;

    if (first != NULL)
        describe(inventory, first, &origin);
    for (size_t i = 0; i < group->count && first != NULL; i++) {
        const struct pb_key_member *here = &members[i], *other = NULL;
        if (here->certificate == PB_NO_INDEX || is_exposed_now(inventory, here))
            continue;
        if (here != first) {
            add_reuse(check, here->certificate, &origin);
        } else if ((other = find_origin(check, group, here)) != NULL) {
            struct origin second;
            describe(inventory, other, &second);
            add_reuse(check, here->certificate, &second);
        }
    }
}

static void check_groups(const struct pb_check *check)
{
    const struct pb_vector *groups = &check->key_groups->items;

    for (size_t i = 0; i < groups->count; i++)
        check_group(check, &PB_VECTOR_AT(struct pb_key_group, groups, i));
}

const struct pb_rule pb_rule_key_reuse = {
    .name = "key-reuse",
    .level = PB_LEVEL_HIGH,
    .title = "the same public key as a vulnerable certificate",
    .explanation =
        "The certificate is not vulnerable by its own UploadDate, but its public key is\n"
        "that of a certificate that was uploaded before the cutoff, in any account of\n"
        "the evidence, ACM imports and deleted certificates included, or in the report\n"
        "that --baseline names. Whoever read the old private key has the new one: the\n"
        "reissue changed nothing. Keys are compared by their numbers, however\n"
        "SubjectPublicKeyInfo spells them: names, issuers, dates do not count.\n"
        "\n"
        "By 9 May 2014, over 30,000 certificates had been revoked and reissued with an\n"
        "unchanged key (Netcraft).\n"
        "\n"
        "How to fix it: have the certificate reissued for a NEW key pair, put it into\n"
        "service, delete this one, and have both old certificates revoked.\n"
        "\n"
        "Sources: Netcraft, 9 May 2014; Zhang et al., \"Analysis of SSL certificate\n"
        "reissues and revocations in the wake of Heartbleed\", IMC 2014.\n",
    .need = PB_NEEDS_BODY,
    .check_all = check_groups,
};

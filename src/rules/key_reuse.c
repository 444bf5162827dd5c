/* SPDX-License-Identifier: MIT */
/* key-reuse: not vulnerable by itself, but with the key of a certificate that is. */
#include <stdio.h>

#include "rules/key_groups.h"
#include "rules/rule.h"

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

static void add(const struct pb_check *check, uint32_t number, const struct origin *old)
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
            add(check, here->certificate, &origin);
        } else if ((other = find_origin(check, group, here)) != NULL) {
            struct origin second;
            describe(inventory, other, &second);
            add(check, here->certificate, &second);
        }
    }
}

static void check_all(const struct pb_check *check)
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
    .check_all = check_all,
};

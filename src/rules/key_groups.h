/* SPDX-License-Identifier: MIT */
/* Certificates with the same public key, over all accounts and the baseline. */
#ifndef PB_RULES_KEY_GROUPS_H
#define PB_RULES_KEY_GROUPS_H

#include "rules/baseline.h"

/* One certificate with the key: of the evidence, of the baseline, or of both. */
struct pb_key_member {
    uint32_t certificate; /* index; PB_NO_INDEX: only the baseline has it */
    bool is_exposed;      /* by this evidence or by the baseline */
    bool has_date;        /* date is its upload to IAM or its import into ACM */
    struct pb_instant
        date; /* else its NotBefore; without it, exposed ones come first, others last */
    const struct pb_former_certificate *former; /* borrowed from the baseline; NULL for none */
};

/* A key of several certificates that an exposed one has, or one that the baseline's key-reuse
 * names. */
struct pb_key_group {
    const struct pb_key_facts *key; /* borrowed from a certificate of the inventory */
    uint32_t first_certificate;     /* of the inventory */
    size_t first_member, count, exposed_count;
};

/* Release in any case. */
struct pb_key_groups {
    struct pb_vector items;   /* of struct pb_key_group, by their first certificate */
    struct pb_vector members; /* of struct pb_key_member; those of one group stand together, by
                                 date, exposed ones first where it is the same */
    struct pb_vector keys;    /* private: of all certificates, sorted */
};

/*
 * Once verdicts are there: makes the groups, and fills in the key_group of the inventory's
 * certificates, 1 + the row in items; one with several keys is of the first. Of a certificate whose
 * bodies contradict each other all keys count, because either may be the one that leaked. Borrows
 * the inventory and the baseline, which was matched; that is NULL where there is none. Fails only
 * with PB_FAILED_MEMORY.
 */
enum pb_status pb_key_groups_make(struct pb_key_groups *groups, struct pb_inventory *inventory,
                                  const struct pb_baseline *baseline);
void pb_key_groups_release(struct pb_key_groups *groups);

/* The first certificate of the evidence with the key of that identity; PB_NO_INDEX for none. */
uint32_t pb_key_groups_find_owner(const struct pb_key_groups *groups,
                                  const unsigned char identity[32]);

/* The first of the group's members, which count follow each other. */
static inline const struct pb_key_member *pb_key_group_members(const struct pb_key_groups *groups,
                                                               const struct pb_key_group *group)
{
    return &PB_VECTOR_AT(const struct pb_key_member, &groups->members, group->first_member);
}

/* The group of the certificate's key; NULL for none. */
static inline const struct pb_key_group *pb_key_group_of(const struct pb_key_groups *groups,
                                                         const struct pb_certificate *certificate)
{
    uint32_t number = certificate->key_group;

    return number == 0 ? NULL
                       : &PB_VECTOR_AT(const struct pb_key_group, &groups->items, number - 1);
}

#endif

/* SPDX-License-Identifier: MIT */
/* Observations under the texts by which they are compared. Private to the grouping by identity. */
#ifndef PB_INVENTORY_IDENTITY_KEY_H
#define PB_INVENTORY_IDENTITY_KEY_H

#include "inventory/batch.h"

/* One observation under the text by which it is compared. */
struct pb_identity_key {
    const struct pb_observation *observation;
    struct pb_slice text;  /* the id, ARN or name */
    struct pb_slice scope; /* the folder where accounts must not be trusted; else absent */
    uint32_t account;
    uint32_t number; /* of the observation */
};

struct pb_identity_grouping {
    struct pb_batch *evidence;
    const struct pb_vector *accounts;
    uint32_t *group;
    struct pb_identity_key *keys; /* room for one an observation */
    size_t key_count;
};

/* Unites what is one certificate in a run of keys of one account (or folder) and one text. */
typedef enum pb_status pb_identity_unite_run(struct pb_identity_grouping *grouping,
                                             struct pb_identity_key *run, size_t count);

/* Adds observation number under a text; an empty text adds nothing. */
void pb_identity_add_key(struct pb_identity_grouping *grouping, uint32_t number, uint32_t account,
                         struct pb_slice scope, struct pb_slice text);
/* Calls unite_run for each run of two equal keys or more, in order, and forgets the keys. */
enum pb_status pb_identity_for_each_run(struct pb_identity_grouping *grouping,
                                        pb_identity_unite_run *unite_run);

const struct pb_observation *pb_identity_observation(const struct pb_identity_grouping *grouping,
                                                     size_t number);
/* The observation's name, else its ARN's; absent where it has neither. */
struct pb_slice pb_identity_name(const struct pb_observation *observation);
bool pb_identity_is_account_known(const struct pb_identity_grouping *grouping, uint32_t account);

void pb_identity_unite(struct pb_identity_grouping *grouping, uint32_t a, uint32_t b);
bool pb_identity_is_united(struct pb_identity_grouping *grouping, uint32_t a, uint32_t b);

/* Whether both give an UploadDate, and not the same one. */
bool pb_identity_is_upload_different(const struct pb_observation *a,
                                     const struct pb_observation *b);
/* Unites the observation with the only certificate among candidates that states the same
 * UploadDate to the second; leaves it alone where there is none or more than one. Candidates
 * beyond the first few hundred are not looked at: a name with more certificates than that is no
 * evidence, and must not cost the square of its number. */
void pb_identity_unite_by_upload(struct pb_identity_grouping *grouping,
                                 const struct pb_identity_key *one,
                                 const struct pb_identity_key *candidates, size_t count);

static inline bool pb_identity_has_id(const struct pb_observation *observation)
{
    return observation->id.size_bytes > 0;
}

/* Whether the observation is a CloudTrail rename or deletion, which names a certificate that may by
 * now have another name, or share it with a later one. */
static inline bool pb_identity_is_event(const struct pb_observation *observation)
{
    enum pb_event event = pb_observation_particulars(observation)->event;

    return event == PB_EVENT_UPDATE || event == PB_EVENT_DELETE;
}

/* The passes, in the order in which they are made. */
enum pb_status pb_identity_group_by_id(struct pb_identity_grouping *grouping);
enum pb_status pb_identity_group_by_arn(struct pb_identity_grouping *grouping);
enum pb_status pb_identity_group_by_name(struct pb_identity_grouping *grouping);
enum pb_status pb_identity_group_in_folders(struct pb_identity_grouping *grouping);
enum pb_status pb_identity_group_events(struct pb_identity_grouping *grouping);
enum pb_status pb_identity_group_acm(struct pb_identity_grouping *grouping);

#endif

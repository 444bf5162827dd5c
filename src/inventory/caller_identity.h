/* SPDX-License-Identifier: MIT */
/* get-caller-identity answers by folder: they say whose evidence stands around them. */
#ifndef PB_INVENTORY_CALLER_IDENTITY_H
#define PB_INVENTORY_CALLER_IDENTITY_H

#include "base/vector.h"
#include "inventory/batch.h"

struct pb_caller_identity {
    struct pb_slice folder; /* whose evidence it speaks for */
    struct pb_slice account, partition;
    bool is_contradicted; /* another answer in this folder names another account */
};

/* Fills identities (of struct pb_caller_identity), sorted by folder, one a folder. A folder named
 * "sts" holds one service's answers, and its identity stands for the folder above. */
enum pb_status pb_caller_identities_collect(const struct pb_batch *evidence,
                                            struct pb_vector *identities);

/* The answer in the folder or in the nearest one above it in the same bundle; NULL for none. */
const struct pb_caller_identity *pb_caller_identity_find(const struct pb_vector *identities,
                                                         struct pb_slice folder);

#endif

/* SPDX-License-Identifier: MIT */
/* Fields of server certificates of which no shape made anything. */
#ifndef PB_AWS_LOOSE_H
#define PB_AWS_LOOSE_H

#include "aws/reading.h"
#include "aws/walk.h"

/* Zero-initialise. */
struct pb_loose {
    struct pb_slice pointer; /* of the first, in the batch's arena */
    enum pb_json_type type;
    size_t count;
};

/* Notes the node, which no shape claims, where it is a loose end. is_expected: named by the caller,
 * or at a path that speaks of server certificates. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_loose_meet(struct pb_loose *loose, struct pb_reading *reading,
                             const struct pb_node *node, bool is_expected);

/* Refuses the first, in a document of which other values were read. */
enum pb_status pb_loose_refuse(const struct pb_loose *loose, struct pb_reading *reading);

#endif

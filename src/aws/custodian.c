/* SPDX-License-Identifier: MIT */
/* Cloud Custodian's resources.json: what a policy's filters let through. */
#include "aws/marked.h"

enum pb_claim pb_custodian_claim(const struct pb_node *node)
{
    return pb_mark_of(node) == PB_MARK_CUSTODIAN ? PB_CLAIM_MARKED : PB_CLAIM_NONE;
}

enum pb_status pb_custodian_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name)
{
    return pb_marked_read(reading, node, NULL, name);
}

/* SPDX-License-Identifier: MIT */
/* CloudQuery's table aws_iam_server_certificates, one row or many. */
#include "aws/marked.h"

static const struct pb_alias aliases[] = {
    {"id", PB_FIELD_ID},
    {NULL, PB_FIELD_NONE},
};

enum pb_claim pb_cloudquery_claim(const struct pb_node *node)
{
    return pb_mark_of(node) == PB_MARK_CLOUDQUERY ? PB_CLAIM_MARKED : PB_CLAIM_NONE;
}

enum pb_status pb_cloudquery_read(struct pb_reading *reading, const struct pb_node *node,
                                  const char *name)
{
    return pb_marked_read(reading, node, aliases, name);
}

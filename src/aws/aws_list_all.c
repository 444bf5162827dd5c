/* SPDX-License-Identifier: MIT */
/* aws_list_all: one call of each operation, so a truncated list has no further pages. */
#include "aws/answer.h"

enum pb_claim pb_aws_list_all_claim(const struct pb_node *node)
{
    struct pb_slice text;
    bool is_listing = pb_slice_equals(node->key_text, PB_SLICE("response")) &&
                      pb_json_string(pb_json_find(node->parent, "service"), &text) &&
                      pb_json_string(pb_json_find(node->parent, "operation"), &text) &&
                      pb_answer_is(node->fields);

    return is_listing ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
}

enum pb_status pb_aws_list_all_read(struct pb_reading *reading, const struct pb_node *node,
                                    const char *name)
{
    return pb_answer_read(reading, node, name);
}

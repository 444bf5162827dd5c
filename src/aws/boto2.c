/* SPDX-License-Identifier: MIT */
/* boto 2: the XML answer as nested objects, booleans as text. */
#include "aws/answer.h"

enum pb_claim pb_boto2_claim(const struct pb_node *node)
{
    static const char *const keys[] = {"list_server_certificates_result",
                                       "get_server_certificate_result",
                                       "upload_server_certificate_result"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (pb_slice_equals(node->key_text, pb_slice_from_string(keys[i])))
            return pb_answer_is(node->fields) ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
    return PB_CLAIM_NONE;
}

enum pb_status pb_boto2_read(struct pb_reading *reading, const struct pb_node *node,
                             const char *name)
{
    return pb_answer_read(reading, node, name);
}

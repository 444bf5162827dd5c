/* SPDX-License-Identifier: MIT */
/* Steampipe's table aws_iam_server_certificate: {columns, rows}, before 0.24 the bare rows. */
#include "aws/marked.h"

static const struct pb_alias aliases[] = {
    {"name", PB_FIELD_NAME},
    {"tags_src", PB_FIELD_TAGS},
    {NULL, PB_FIELD_NONE},
};

/* Nothing names the table, but no other of its tables has an upload_date. */
static bool has_chosen_columns(const struct pb_json *row)
{
    return pb_json_find(row, "name") != NULL && pb_json_find(row, "upload_date") != NULL;
}

enum pb_claim pb_steampipe_claim(const struct pb_node *node)
{
    bool are_rows = node->type == PB_JSON_ARRAY &&
                    pb_slice_equals(node->key_text, PB_SLICE("rows")) &&
                    pb_json_type(pb_json_find(node->parent, "columns")) == PB_JSON_ARRAY;

    if (are_rows && (node->telling != NULL || has_chosen_columns(pb_json_element(node->value, 0))))
        return PB_CLAIM_ENVELOPE;
    return pb_mark_of(node) == PB_MARK_STEAMPIPE ? PB_CLAIM_MARKED : PB_CLAIM_NONE;
}

enum pb_status pb_steampipe_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name)
{
    return pb_marked_read(reading, node, aliases, name);
}

/* SPDX-License-Identifier: MIT */
#include "aws/answer.h"

#include "json/tree.h"

bool pb_answer_is(const struct pb_fields *fields)
{
    return pb_json_type(fields->values[PB_FIELD_LIST]) > PB_JSON_NULL ||
           pb_json_type(fields->values[PB_FIELD_CERTIFICATE]) == PB_JSON_OBJECT ||
           pb_json_type(fields->values[PB_FIELD_METADATA]) == PB_JSON_OBJECT;
}

static enum pb_status read_member(struct pb_reading *reading, const struct pb_node *answer,
                                  const struct pb_json_member *member, const char *name)
{
    struct pb_fields fields;
    struct pb_node node = {
        .value = member->value,
        .type = pb_json_type(member->value),
        .fields = &fields,
        .key_text = member->key,
        .key = pb_field_of(member->key),
        .parent = answer->value,
        .parent_fields = answer->fields,
        .depth = answer->depth + 1,
        .is_cut = answer->is_cut || pb_fields_has_text(answer->parent_fields, PB_FIELD_NEXT_TOKEN),
    };

    pb_fields_read(member->value, &fields);
    size_t here = pb_pointer_push_key(&reading->pointer, member->key);
    enum pb_status status = node.key == PB_FIELD_LIST ? pb_list_read(reading, &node, name)
                                                      : pb_get_read(reading, &node, name);
    pb_pointer_cut(&reading->pointer, here);
    return status;
}

enum pb_status pb_answer_read(struct pb_reading *reading, const struct pb_node *node,
                              const char *name)
{
    struct pb_json_member member = {0};
    enum pb_status status = PB_OK;

    if (pb_json_type(node->fields->values[PB_FIELD_METADATA]) == PB_JSON_OBJECT)
        status = pb_get_read(reading, node, name);
    while (status == PB_OK && pb_json_next_member(node->value, &member)) {
        enum pb_field field = pb_field_of(member.key);
        if (field == PB_FIELD_LIST || field == PB_FIELD_CERTIFICATE)
            status = read_member(reading, node, &member, name);
    }
    return status;
}

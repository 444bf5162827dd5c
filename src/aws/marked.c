/* SPDX-License-Identifier: MIT */
#include "aws/marked.h"

#include "json/tree.h"

static bool has_prefix(struct pb_slice key, const char *prefix)
{
    return pb_slice_starts_with(key, pb_slice_from_string(prefix));
}

static bool is_steampipe(const struct pb_json *object)
{
    return pb_json_find(object, "tags_src") != NULL ||
           (pb_json_find(object, "name") != NULL &&
            pb_json_find(object, "server_certificate_id") != NULL);
}

static enum pb_mark mark_of_object(const struct pb_json *object)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(object, &member)) {
        if (has_prefix(member.key, "c7n:"))
            return PB_MARK_CUSTODIAN;
        if (has_prefix(member.key, "_cq_") || pb_slice_equals(member.key, PB_SLICE("cq_id")))
            return PB_MARK_CLOUDQUERY;
    }
    return is_steampipe(object) ? PB_MARK_STEAMPIPE : PB_MARK_NONE;
}

enum pb_mark pb_mark_of(const struct pb_node *node)
{
    if (node->telling != NULL)
        return mark_of_object(node->telling);
    return pb_fields_are_metadata(node->fields) ? mark_of_object(node->value) : PB_MARK_NONE;
}

static enum pb_status add_rows(struct pb_reading *reading, const struct pb_json *array,
                               const struct pb_alias *aliases, uint32_t record)
{
    size_t count = pb_json_count(array);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK && !reading->is_overfull; i++) {
        const struct pb_json *row = pb_json_element(array, i);
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        if (pb_json_type(row) == PB_JSON_OBJECT && pb_json_count(row) > 0)
            status = pb_certificate_add_as(reading, row, aliases, record);
        else
            status = pb_reading_remark(reading, PB_REMARK_UNKNOWN_ELEMENT,
                                       "this is no certificate as those beside it are");
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

enum pb_status pb_marked_read(struct pb_reading *reading, const struct pb_node *node,
                              const struct pb_alias *aliases, const char *name)
{
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_INVENTORY, name, &index);

    if (status != PB_OK)
        return status;
    status = node->type == PB_JSON_ARRAY
                 ? add_rows(reading, node->value, aliases, index)
                 : pb_certificate_add_as(reading, node->value, aliases, index);
    if (status == PB_OK)
        pb_reading_drop_if_empty(reading, index);
    return status;
}

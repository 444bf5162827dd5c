/* SPDX-License-Identifier: MIT */
#include "aws/loose.h"

#include "aws/certificate.h"
#include "json/tree.h"

/* Containers inside are met on their own, and are what then counts; tags are nobody's content. */
static bool holds_containers(const struct pb_json *object)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(object, &member)) {
        enum pb_json_type type = pb_json_type(member.value);
        bool is_filled = type == PB_JSON_OBJECT || type == PB_JSON_ARRAY;
        if (is_filled && pb_json_count(member.value) > 0 &&
            pb_field_of(member.key) != PB_FIELD_TAGS)
            return true;
    }
    return false;
}

static bool is_barren_answer(const struct pb_node *node)
{
    if (node->type == PB_JSON_ARRAY)
        return pb_json_count(node->value) == 0;
    return node->type != PB_JSON_OBJECT || !holds_containers(node->value);
}

static bool is_loose(const struct pb_node *node, bool is_expected)
{
    enum pb_json_type metadata = pb_json_type(node->fields->values[PB_FIELD_METADATA]);

    if (node->key == PB_FIELD_LIST)
        return true;
    if (node->key == PB_FIELD_CERTIFICATE)
        return is_barren_answer(node);
    if (metadata != PB_JSON_ABSENT && metadata != PB_JSON_OBJECT && metadata != PB_JSON_ARRAY)
        return true;
    return is_expected && !pb_certificate_is_owned(node->value) &&
           (pb_fields_has(node->fields, PB_FIELD_UPLOAD_DATE) ||
            pb_fields_has(node->fields, PB_FIELD_BODY));
}

enum pb_status pb_loose_meet(struct pb_loose *loose, struct pb_reading *reading,
                             const struct pb_node *node, bool is_expected)
{
    if (!is_loose(node, is_expected) || loose->count++ > 0)
        return PB_OK;
    loose->type = node->type;
    if (reading->pointer.has_failed)
        return PB_FAILED_MEMORY;
    return pb_arena_copy(&reading->batch->arena, pb_buffer_slice(&reading->pointer),
                         &loose->pointer)
               ? PB_OK
               : PB_FAILED_MEMORY;
}

enum pb_status pb_loose_refuse(const struct pb_loose *loose, struct pb_reading *reading)
{
    size_t here = reading->pointer.size_bytes;
    enum pb_status status;

    pb_buffer_append(&reading->pointer, loose->pointer);
    if (loose->type == PB_JSON_OBJECT)
        status = pb_reading_refuse(reading, "unrecognised",
                                   "a key speaks of server certificates, but the object is no form "
                                   "that is known (%zu such in the document)",
                                   loose->count);
    else
        status = pb_reading_refuse(reading, "wrong-type",
                                   "this is %s where an answer about server certificates was to "
                                   "stand (%zu such in the document)",
                                   pb_json_type_name(loose->type), loose->count);
    pb_pointer_cut(&reading->pointer, here);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* Ansible's iam_server_certificate_info: a map by name, of the first hundred at most. */
#include "aws/certificate.h"
#include "aws/producers.h"
#include "json/tree.h"

/* A registered variable and ad hoc output rename the module's own "results". */
static bool is_result_key(struct pb_slice key)
{
    return pb_slice_equals(key, PB_SLICE("ansible_module_results")) ||
           pb_slice_equals(key, PB_SLICE("results"));
}

static bool is_certificate(const struct pb_json *value)
{
    struct pb_fields fields;

    pb_fields_read(value, &fields);
    return pb_fields_are_metadata(&fields);
}

static bool holds_certificate(const struct pb_json *map)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(map, &member))
        if (is_certificate(member.value))
            return true;
    return false;
}

/* An empty map of another module is nobody's business, so something must speak of certificates. */
static bool is_empty_result(const struct pb_node *node)
{
    return node->is_suggested && node->depth == 1 && pb_json_count(node->value) == 0;
}

enum pb_claim pb_ansible_claim(const struct pb_node *node)
{
    if (node->type != PB_JSON_OBJECT || !is_result_key(node->key_text))
        return PB_CLAIM_NONE;
    return holds_certificate(node->value) || is_empty_result(node) ? PB_CLAIM_ENVELOPE
                                                                   : PB_CLAIM_NONE;
}

static enum pb_status add_member(struct pb_reading *reading, const struct pb_json_member *member,
                                 uint32_t record)
{
    size_t here = pb_pointer_push_key(&reading->pointer, member->key);
    enum pb_status status = is_certificate(member->value)
                                ? pb_certificate_add(reading, member->value, record)
                                : pb_reading_remark(reading, PB_REMARK_UNKNOWN_ELEMENT,
                                                    "this is no certificate as those beside it "
                                                    "are");

    pb_pointer_cut(&reading->pointer, here);
    return status;
}

enum pb_status pb_ansible_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name)
{
    struct pb_json_member member = {0};
    uint32_t index;

    if (pb_json_count(node->value) == 0)
        return pb_reading_refuse(reading, "ansible-empty",
                                 "the module leaves an empty map behind when a call is refused as "
                                 "well as for an account without certificates; export with aws "
                                 "iam list-server-certificates");
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_INVENTORY, name, &index);
    while (status == PB_OK && pb_json_next_member(node->value, &member))
        status = add_member(reading, &member, index);
    if (status == PB_OK)
        pb_reading_drop_if_empty(reading, index);
    return status;
}

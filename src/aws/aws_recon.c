/* SPDX-License-Identifier: MIT */
/* aws-recon: one object a resource, whose account stands beside it. */
#include "aws/certificate.h"
#include "aws/producers.h"
#include "json/tree.h"

static bool says_server_certificate(const struct pb_json *value)
{
    struct pb_slice type;

    return pb_json_string(value, &type) && pb_slice_equals(type, PB_SLICE("server_certificate"));
}

/* The custom format wraps the resource once more, and repeats its type outside. */
static const struct pb_json *find_resource(const struct pb_node *node)
{
    const struct pb_json *data = pb_json_find(node->value, "data");

    return pb_json_type(data) == PB_JSON_OBJECT ? data : node->value;
}

enum pb_claim pb_aws_recon_claim(const struct pb_node *node)
{
    if (!pb_slice_equals(node->key_text, PB_SLICE("resource")) || node->type != PB_JSON_OBJECT)
        return PB_CLAIM_NONE;
    bool is_certificate = says_server_certificate(pb_json_find(find_resource(node), "type")) ||
                          says_server_certificate(pb_json_find(node->parent, "asset_type"));
    return is_certificate ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
}

enum pb_status pb_aws_recon_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name)
{
    const struct pb_json *resource = find_resource(node);
    struct pb_draft draft = {0};
    size_t here = reading->pointer.size_bytes;
    uint32_t index;

    if (resource != node->value)
        pb_pointer_push_key(&reading->pointer, PB_SLICE("data"));
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_INVENTORY, name, &index);
    if (status == PB_OK)
        status = pb_certificate_read(reading, resource, &draft);
    if (status == PB_OK && pb_slice_is_absent(draft.particulars.account))
        status = pb_certificate_read_account(reading, node->parent_fields->values[PB_FIELD_ACCOUNT],
                                             &draft.particulars.account);
    if (status == PB_OK)
        status = pb_certificate_keep(reading, &draft, index);
    if (status == PB_OK)
        pb_reading_drop_if_empty(reading, index);
    pb_pointer_cut(&reading->pointer, here);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* Findings of scanners that keep to OCSF, Prowler's above all: the resource that they are about. */
#include "aws/certificate.h"
#include "aws/producers.h"
#include "inventory/arn.h"
#include "json/tree.h"

static const struct pb_alias aliases[] = {
    {"id", PB_FIELD_ID},
    {"name", PB_FIELD_NAME},
    {NULL, PB_FIELD_NONE},
};

enum pb_claim pb_ocsf_claim(const struct pb_node *node)
{
    struct pb_certificate_arn arn;
    struct pb_slice uid;

    return pb_json_string(node->fields->values[PB_FIELD_UID], &uid) &&
                   pb_certificate_arn_parse(pb_slice_trim(uid), &arn)
               ? PB_CLAIM_RESOURCE
               : PB_CLAIM_NONE;
}

/* The resource's own "name" is the id in Prowler; what the service said stands in data.metadata. */
static enum pb_status read_resource(struct pb_reading *reading, const struct pb_node *node,
                                    struct pb_draft *draft)
{
    const struct pb_json *metadata = pb_json_find(pb_json_find(node->value, "data"), "metadata");
    size_t here = pb_pointer_push_key(&reading->pointer, PB_SLICE("data"));
    enum pb_status status = PB_OK;

    pb_pointer_push_key(&reading->pointer, PB_SLICE("metadata"));
    if (pb_json_type(metadata) == PB_JSON_OBJECT)
        status = pb_certificate_read_as(reading, metadata, aliases, draft);
    pb_pointer_cut(&reading->pointer, here);
    if (status == PB_OK)
        status =
            pb_certificate_read_text(reading, node->fields->values[PB_FIELD_UID], &draft->seen.arn);
    return status;
}

enum pb_status pb_ocsf_read(struct pb_reading *reading, const struct pb_node *node,
                            const char *name)
{
    struct pb_draft draft = {0};
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_INVENTORY, name, &index);

    if (status == PB_OK)
        status = read_resource(reading, node, &draft);
    if (status == PB_OK)
        status = pb_certificate_keep(reading, &draft, index);
    if (status == PB_OK)
        pb_reading_drop_if_empty(reading, index);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* AWS Config's items: snapshots, histories, batch-get and select results. */
#include "aws/context.h"

static bool is_item(const struct pb_json *object)
{
    struct pb_fields fields;

    pb_fields_read(object, &fields);
    return pb_is_config_item(object, &fields);
}

static bool matches_config(const struct pb_node *node)
{
    return node->telling != NULL ? is_item(node->telling)
                                 : pb_is_config_item(node->value, node->fields);
}

/* The service's schema of the configuration has only Arn, Path and ServerCertificateName. */
static void read_configuration(struct pb_writer *out, const struct pb_json *object, void *context)
{
    struct pb_draft *draft = context, inner = {0};

    pb_certificate_read(out, object, &inner);
    draft->seen = inner.seen;
    draft->bodies = inner.bodies;
}

/* What the configuration has not said: its words are IAM's. */
static void read_member(struct pb_writer *out, const struct pb_child *member,
                        struct pb_draft *draft)
{
    struct pb_observation *seen = &draft->seen;
    struct pb_slice text = PB_SLICE_ABSENT;
    struct pb_certificate_arn arn;

    pb_json_string(member->value, &text);
    text = pb_slice_trim(text);
    if (member->field == PB_FIELD_ACCOUNT)
        pb_read_field(out, PB_FIELD_ACCOUNT, member->value, draft);
    /* What Config takes for the id of a resource is another thing for each type. */
    if (member->field == PB_FIELD_RESOURCE_ID && pb_has_id_prefix(text))
        pb_read_field(out, PB_FIELD_ID, member->value, draft);
    if (member->field == PB_FIELD_RESOURCE_NAME && pb_slice_is_absent(seen->name))
        pb_read_field(out, PB_FIELD_NAME, member->value, draft);
    /* Another ARN than a certificate's is of the item's own, as snapshots have. */
    if (member->field == PB_FIELD_ARN && pb_slice_is_absent(seen->arn) &&
        pb_certificate_arn_parse(text, &arn))
        pb_read_field(out, PB_FIELD_ARN, member->value, draft);
}

static void add_item(struct pb_writer *out, const struct pb_json *item)
{
    struct pb_draft draft = {0};
    struct pb_fields fields;
    struct pb_slice status = PB_SLICE_ABSENT;

    pb_writer_take(out, item);
    /* get-resource-config-history prints the configuration as a string. */
    for (struct pb_child member = pb_children(out, item); pb_next_child(&member);)
        if (member.field == PB_FIELD_CONFIGURATION)
            pb_read_inside(out, member.value, read_configuration, &draft);
    for (struct pb_child member = pb_children(out, item); pb_next_child(&member);)
        read_member(out, &member, &draft);
    pb_fields_read(item, &fields);
    pb_json_string(fields.values[PB_FIELD_ITEM_STATUS], &status);
    /* "ResourceDeleted" and "ResourceDeletedNotRecorded": the service saw it go. */
    if (pb_slice_starts_with(status, PB_SLICE("ResourceDeleted"))) {
        draft.particulars.event = PB_EVENT_DELETE;
        pb_read_date(out, fields.values[PB_FIELD_CAPTURE_TIME], &draft.particulars.event_time);
    }
    pb_compare_arn(out, &draft.seen);
    if (draft.seen.upload_date.state == PB_DATE_ABSENT)
        draft.particulars.undated_because = "config-has-no-upload-date";
    pb_writer_add(out, &draft);
}

/* Items of other types stand between them in a snapshot. */
static void read_config(struct pb_writer *out, const struct pb_node *node)
{
    pb_writer_add_record(out, PB_RECORD_INVENTORY);
    for (struct pb_child row = pb_rows(out, node->value); pb_next_child(&row);)
        if (is_item(row.value))
            add_item(out, row.value);
}

const struct pb_shape pb_config_shapes[] = {
    {"config.item", "AWS Config's snapshots, histories, batch-get and select results",
     "that certificates exist or were deleted; nothing of their UploadDate", PB_CLAIM_TYPED,
     .matches = matches_config, .read = read_config},
    {.name = NULL},
};

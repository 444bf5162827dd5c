/* SPDX-License-Identifier: MIT */
/* AWS Config's items: snapshots, histories, batch-get and select results. */
#include "aws/certificate.h"
#include "aws/embedded.h"
#include "aws/guess.h"
#include "aws/producers.h"
#include "inventory/arn.h"
#include "json/tree.h"

static bool is_of_type(const struct pb_json *type)
{
    struct pb_slice text;

    return pb_json_string(type, &text) &&
           pb_slice_equals_ignoring_case(text, PB_SLICE("AWS::IAM::ServerCertificate"));
}

static bool has_certificate_id(const struct pb_fields *fields)
{
    struct pb_slice id;

    return pb_json_string(fields->values[PB_FIELD_RESOURCE_ID], &id) &&
           pb_guess_text(id) == PB_GUESS_ID;
}

/* A select may leave the type out; lookup-events gives a type and a name, which is no item. */
bool pb_fields_are_config_item(const struct pb_fields *fields)
{
    const struct pb_json *type = fields->values[PB_FIELD_RESOURCE_TYPE];

    if (type == NULL)
        return has_certificate_id(fields);
    return is_of_type(type) && (pb_fields_has(fields, PB_FIELD_RESOURCE_ID) ||
                                pb_fields_has(fields, PB_FIELD_CONFIGURATION));
}

enum pb_claim pb_config_claim(const struct pb_node *node)
{
    struct pb_fields telling = *node->fields;

    if (node->telling != NULL)
        pb_fields_read(node->telling, &telling);
    return pb_fields_are_config_item(&telling) ? PB_CLAIM_TYPED : PB_CLAIM_NONE;
}

/* The service's schema of the configuration has only Arn, Path and ServerCertificateName. */
static enum pb_status read_configuration_object(struct pb_reading *reading,
                                                const struct pb_json *object, void *context)
{
    struct pb_draft *draft = context;
    struct pb_observation *seen = &draft->seen;
    struct pb_draft inner = {0};
    enum pb_status status = pb_certificate_read(reading, object, &inner);

    seen->name = inner.seen.name;
    seen->path = inner.seen.path;
    seen->arn = inner.seen.arn;
    seen->id = inner.seen.id;
    seen->upload_date = inner.seen.upload_date;
    seen->expiration = inner.seen.expiration;
    draft->bodies.body_pem = inner.bodies.body_pem;
    draft->bodies.chain_pem = inner.bodies.chain_pem;
    return status;
}

/* get-resource-config-history prints it as a string. */
static enum pb_status read_configuration(struct pb_reading *reading, const struct pb_json *value,
                                         struct pb_draft *draft)
{
    if (pb_json_type(value) == PB_JSON_OBJECT)
        return read_configuration_object(reading, value, draft);
    if (pb_embedded_is_likely(value) && !reading->is_embedded)
        return pb_embedded_read(reading, value, 1, read_configuration_object, draft);
    return PB_OK;
}

static enum pb_status read_resource_id(struct pb_reading *reading, const struct pb_json *value,
                                       struct pb_observation *seen)
{
    struct pb_slice text;

    /* What Config takes for the id of a resource is another thing for each type. */
    if (!pb_json_string(value, &text) || !pb_guess_has_id_prefix(pb_slice_trim(text)))
        return PB_OK;
    return pb_certificate_read_id(reading, value, &seen->id);
}

static enum pb_status read_resource_name(struct pb_reading *reading, const struct pb_json *value,
                                         struct pb_observation *seen)
{
    return pb_slice_is_absent(seen->name) ? pb_certificate_read_name(reading, value, &seen->name)
                                          : PB_OK;
}

/* Another ARN than a certificate's is of the item's own, as snapshots have. */
static enum pb_status read_arn(struct pb_reading *reading, const struct pb_json *value,
                               struct pb_observation *seen)
{
    struct pb_certificate_arn arn;
    struct pb_slice text;

    if (!pb_slice_is_absent(seen->arn) || !pb_json_string(value, &text) ||
        !pb_certificate_arn_parse(pb_slice_trim(text), &arn))
        return PB_OK;
    return pb_certificate_read_text(reading, value, &seen->arn);
}

static const struct pb_json *find_either(const struct pb_json *object, const char *camel,
                                         const char *pascal)
{
    const struct pb_json *value = pb_json_find(object, camel);

    return value != NULL ? value : pb_json_find(object, pascal);
}

/* "ResourceDeleted" and "ResourceDeletedNotRecorded": the service saw it go. */
static enum pb_status read_deletion(struct pb_reading *reading, const struct pb_json *item,
                                    struct pb_particulars *particulars)
{
    struct pb_slice text;
    const struct pb_json *status =
        find_either(item, "configurationItemStatus", "ConfigurationItemStatus");

    if (!pb_json_string(status, &text) || !pb_slice_starts_with(text, PB_SLICE("ResourceDeleted")))
        return PB_OK;
    particulars->event = PB_EVENT_DELETE;
    return pb_certificate_read_date(
        reading, find_either(item, "configurationItemCaptureTime", "ConfigurationItemCaptureTime"),
        &particulars->event_time);
}

/* Under each key its own reader; a remark then stands where the value does. */
static enum pb_status read_member(struct pb_reading *reading, const struct pb_json_member *member,
                                  struct pb_draft *draft)
{
    struct pb_observation *seen = &draft->seen;

    switch (pb_field_of(member->key)) {
    case PB_FIELD_ACCOUNT:
        return pb_certificate_read_account(reading, member->value, &draft->particulars.account);
    case PB_FIELD_RESOURCE_ID: return read_resource_id(reading, member->value, seen);
    case PB_FIELD_RESOURCE_NAME: return read_resource_name(reading, member->value, seen);
    case PB_FIELD_ARN: return read_arn(reading, member->value, seen);
    default: return PB_OK;
    }
}

static enum pb_status read_members(struct pb_reading *reading, const struct pb_json *item,
                                   bool is_configuration, struct pb_draft *draft)
{
    struct pb_json_member member = {0};
    enum pb_status status = PB_OK;

    while (status == PB_OK && pb_json_next_member(item, &member)) {
        size_t here = pb_pointer_push_key(&reading->pointer, member.key);
        if (pb_field_of(member.key) != PB_FIELD_CONFIGURATION)
            status = is_configuration ? PB_OK : read_member(reading, &member, draft);
        else if (is_configuration)
            status = read_configuration(reading, member.value, draft);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

static enum pb_status add_item(struct pb_reading *reading, const struct pb_json *item,
                               uint32_t record)
{
    struct pb_draft draft = {0};
    /* The configuration goes first: its words are IAM's. */
    enum pb_status status = read_members(reading, item, true, &draft);

    if (status == PB_OK)
        status = read_members(reading, item, false, &draft);
    if (status == PB_OK)
        status = read_deletion(reading, item, &draft.particulars);
    if (status == PB_OK)
        status = pb_certificate_compare_arn(reading, &draft.seen);
    if (draft.seen.upload_date.state == PB_DATE_ABSENT)
        draft.particulars.undated_because = "config-has-no-upload-date";
    return status == PB_OK ? pb_reading_add_observation(reading, record, &draft) : status;
}

/* Items of other types stand between them in a snapshot. */
static enum pb_status add_items(struct pb_reading *reading, const struct pb_json *array,
                                uint32_t record)
{
    size_t count = pb_json_count(array);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK; i++) {
        struct pb_fields fields;
        pb_fields_read(pb_json_element(array, i), &fields);
        if (!pb_fields_are_config_item(&fields))
            continue;
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = add_item(reading, pb_json_element(array, i), record);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

enum pb_status pb_config_read(struct pb_reading *reading, const struct pb_node *node,
                              const char *name)
{
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_INVENTORY, name, &index);

    if (status != PB_OK)
        return status;
    return node->type == PB_JSON_ARRAY ? add_items(reading, node->value, index)
                                       : add_item(reading, node->value, index);
}

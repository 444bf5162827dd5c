/* SPDX-License-Identifier: MIT */
/* Terraform's state, version 3 and 4, and what `terraform show -json` makes of it. */
#include "aws/certificate.h"
#include "aws/producers.h"
#include "json/tree.h"

#define SHA1_DIGITS 40

/* private_key stands there too, in clear text: what has no row here is never copied. */
static const struct pb_alias aliases[] = {
    {"id", PB_FIELD_ID},
    {"name", PB_FIELD_NAME},
    {"expiration_date", PB_FIELD_EXPIRATION}, /* of the data source */
    {NULL, PB_FIELD_NONE},
};

static bool is_key(const struct pb_node *node, const char *key)
{
    return pb_slice_equals(node->key_text, pb_slice_from_string(key));
}

/* The members of a resource that hold what is there: "instances" in version 4, "primary" and
 * "deposed" in 3, "values" in show's output. Planned changes have other names. */
enum pb_claim pb_terraform_claim(const struct pb_node *node)
{
    struct pb_slice type;
    bool is_state = is_key(node, "instances") || is_key(node, "primary") ||
                    is_key(node, "deposed") || is_key(node, "values");

    if (!is_state || !pb_json_string(pb_json_find(node->parent, "type"), &type) ||
        !pb_slice_equals(type, PB_SLICE("aws_iam_server_certificate")))
        return PB_CLAIM_NONE;
    return PB_CLAIM_ENVELOPE;
}

/* Versions of the provider before 3.0 kept the PEM text's SHA-1 in its place. */
static bool is_sha1(struct pb_slice text)
{
    text = pb_slice_trim(text);
    if (text.size_bytes != SHA1_DIGITS)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (strchr("0123456789abcdefABCDEF", text.data[i]) == NULL || text.data[i] == '\0')
            return false;
    return true;
}

static void drop_digests(struct pb_bodies *bodies)
{
    if (is_sha1(bodies->body_pem))
        bodies->body_pem = PB_SLICE_ABSENT;
    if (is_sha1(bodies->chain_pem))
        bodies->chain_pem = PB_SLICE_ABSENT;
}

/* "tags.Owner" in a map of texts, beside "tags.%", their number; false where it is another key. */
static bool read_flat_tag(const struct pb_json_member *member, struct pb_tag *tag)
{
    const struct pb_slice prefix = PB_SLICE("tags.");

    if (!pb_slice_starts_with(member->key, prefix) || !pb_json_string(member->value, &tag->value))
        return false;
    tag->key = pb_slice_from(member->key, prefix.size_bytes);
    return !pb_slice_equals(tag->key, PB_SLICE("%"));
}

/* Version 3's attributes are flat: what was a map has a key a member. */
static enum pb_status read_flat_tags(struct pb_reading *reading, const struct pb_json *attributes,
                                     struct pb_particulars *particulars)
{
    struct pb_arena *arena = &reading->batch->arena;
    struct pb_json_member member = {0};
    struct pb_tag tag;
    size_t count = 0;

    while (pb_json_next_member(attributes, &member))
        count += read_flat_tag(&member, &tag);
    if (count == 0)
        return PB_OK;
    struct pb_tag *tags = pb_arena_allocate_array(arena, count, sizeof *tags);
    if (tags == NULL)
        return PB_FAILED_MEMORY;
    count = 0;
    member = (struct pb_json_member){0};
    while (pb_json_next_member(attributes, &member)) {
        if (!read_flat_tag(&member, &tag))
            continue;
        if (!pb_arena_copy(arena, tag.key, &tags[count].key) ||
            !pb_arena_copy(arena, tag.value, &tags[count].value))
            return PB_FAILED_MEMORY;
        count++;
    }
    particulars->tags = tags;
    particulars->tag_count = count;
    return PB_OK;
}

/* The resource that the attributes are of, and the record that they come with. */
struct resource {
    uint32_t record;
    bool is_data_source; /* read from the service, body and all */
};

static enum pb_status add_attributes(struct pb_reading *reading, const struct pb_json *attributes,
                                     const struct resource *resource)
{
    struct pb_draft draft = {0};
    enum pb_status status = pb_certificate_read_as(reading, attributes, aliases, &draft);

    if (status == PB_OK && draft.particulars.tag_count == 0)
        status = read_flat_tags(reading, attributes, &draft.particulars);
    if (status != PB_OK)
        return status;
    if (pb_slice_is_absent(draft.seen.id) && pb_slice_is_absent(draft.seen.arn)) {
        reading->is_recognised = true;
        return pb_reading_remark(reading, PB_REMARK_PASSED_OVER,
                                 "a certificate without id and ARN is planned and not yet there");
    }
    /* An argument is what the user wants the service to hold. */
    draft.bodies.is_body_unproven = !resource->is_data_source;
    drop_digests(&draft.bodies);
    return pb_certificate_keep(reading, &draft, resource->record);
}

/* {attributes: {...}}, or attributes_flat after an upgrade from version 3. */
static enum pb_status add_instance(struct pb_reading *reading, const struct pb_json *instance,
                                   const struct resource *resource)
{
    static const char *const keys[] = {"attributes", "attributes_flat"};
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && status == PB_OK; i++) {
        const struct pb_json *attributes = pb_json_find(instance, keys[i]);
        if (pb_json_type(attributes) != PB_JSON_OBJECT)
            continue;
        size_t here = pb_pointer_push_key(&reading->pointer, pb_slice_from_string(keys[i]));
        status = add_attributes(reading, attributes, resource);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

static enum pb_status add_instances(struct pb_reading *reading, const struct pb_json *instances,
                                    const struct resource *resource)
{
    size_t count = pb_json_count(instances);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK; i++) {
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = add_instance(reading, pb_json_element(instances, i), resource);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

enum pb_status pb_terraform_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name)
{
    struct resource resource = {0};
    struct pb_slice mode = PB_SLICE_ABSENT;
    enum pb_status status =
        pb_reading_add_record(reading, PB_RECORD_INVENTORY, name, &resource.record);

    if (status != PB_OK)
        return status;
    pb_json_string(pb_json_find(node->parent, "mode"), &mode);
    resource.is_data_source = pb_slice_equals(mode, PB_SLICE("data"));
    if (is_key(node, "values"))
        status = add_attributes(reading, node->value, &resource);
    else if (node->type == PB_JSON_ARRAY)
        status = add_instances(reading, node->value, &resource);
    else
        status = add_instance(reading, node->value, &resource);
    if (status == PB_OK)
        pb_reading_drop_if_empty(reading, resource.record);
    return status;
}

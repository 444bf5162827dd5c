/* SPDX-License-Identifier: MIT */
#include "aws/certificate.h"
#include "aws/marked.h"
#include "aws/producers.h"
#include "json/pointer.h"

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

/* aws-recon: one object a resource, whose account stands beside it. */

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

/* Cloud Custodian's resources.json: what a policy's filters let through. */

enum pb_claim pb_custodian_claim(const struct pb_node *node)
{
    return pb_mark_of(node) == PB_MARK_CUSTODIAN ? PB_CLAIM_MARKED : PB_CLAIM_NONE;
}

enum pb_status pb_custodian_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name)
{
    return pb_marked_read(reading, node, NULL, name);
}

/* Steampipe's table aws_iam_server_certificate: {columns, rows}, before 0.24 the bare rows. */

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

/* CloudQuery's table aws_iam_server_certificates, one row or many. */

static const struct pb_alias cloudquery_aliases[] = {
    {"id", PB_FIELD_ID},
    {NULL, PB_FIELD_NONE},
};

enum pb_claim pb_cloudquery_claim(const struct pb_node *node)
{
    return pb_mark_of(node) == PB_MARK_CLOUDQUERY ? PB_CLAIM_MARKED : PB_CLAIM_NONE;
}

enum pb_status pb_cloudquery_read(struct pb_reading *reading, const struct pb_node *node,
                                  const char *name)
{
    return pb_marked_read(reading, node, cloudquery_aliases, name);
}

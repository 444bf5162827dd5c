/* SPDX-License-Identifier: MIT */
/* Tables and inventories of other tools, recognised by members that only one tool adds; Terraform's
 * state (version 3 and 4, or from `terraform show -json`); Ansible's registered results. */
#include "aws/context.h"
#include "inventory/sentences.inc"

#define SHA1_DIGITS 40

static void add_rows(struct pb_writer *out, struct pb_child row)
{
    pb_writer_add_record(out, PB_RECORD_INVENTORY);
    while (pb_next_child(&row))
        if (pb_json_type(row.value) == PB_JSON_OBJECT && pb_json_count(row.value) > 0)
            pb_certificate_add(out, row.value);
        else
            pb_writer_remark(out, PB_SEVERITY_ERROR, "unrecognised-element", PB_SAY_ROW_NONE);
}

static void read_table(struct pb_writer *out, const struct pb_node *node)
{
    add_rows(out, pb_rows(out, node->value));
}

/* The custom format wraps the resource once more, and repeats its type outside. */
static bool matches_aws_recon(const struct pb_node *node)
{
    const struct pb_json *data = pb_json_find(node->value, "data");
    return pb_is_key(pb_find_text(node->value, "type"), "server_certificate") ||
           pb_is_key(pb_find_text(data, "type"), "server_certificate") ||
           pb_is_key(pb_find_text(node->parent, "asset_type"), "server_certificate");
}

static void read_aws_recon(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *data = pb_json_find(node->value, "data");
    bool is_wrapped = pb_json_type(data) == PB_JSON_OBJECT;
    struct pb_child row = is_wrapped ? pb_children(out, node->value) : pb_rows(out, node->value);

    pb_writer_add_record(out, PB_RECORD_INVENTORY);
    while (pb_next_child(&row))
        if (!is_wrapped || row.value == data)
            pb_certificate_add(out, row.value);
}

/* {columns, rows}: the table has no name there, but no other table has an upload_date. Before 0.24
 * it printed the rows alone, with "name" beside server_certificate_id, or "tags_src". */
static bool matches_steampipe(const struct pb_node *node)
{
    const struct pb_json *object = node->certificate, *first = pb_json_element(node->value, 0);

    if (pb_is_key(node->key_text, "rows") &&
        pb_json_type(pb_json_find(node->parent, "columns")) == PB_JSON_ARRAY &&
        (node->certificate != NULL ||
         (pb_json_find(first, "name") != NULL && pb_json_find(first, "upload_date") != NULL)))
        return true;
    return pb_json_find(object, "tags_src") != NULL ||
           (pb_json_find(object, "name") != NULL &&
            pb_json_find(object, "server_certificate_id") != NULL);
}

/* An object with an ARN under any key beside a date or a body. OCSF has its own row. */
static bool matches_record(const struct pb_node *node)
{
    const struct pb_fields *fields = node->fields;
    struct pb_json_member member = {0};
    bool has_content = pb_fields_has(fields, PB_FIELD_UPLOAD_DATE) ||
                       pb_fields_has(fields, PB_FIELD_EXPIRATION) ||
                       pb_fields_has(fields, PB_FIELD_BODY);

    if (has_content && !pb_fields_has(fields, PB_FIELD_UID) && !pb_fields_are_metadata(fields))
        while (pb_json_next_member(node->value, &member))
            if (pb_field_of_value(member.value) == PB_FIELD_ARN)
                return true;
    return false;
}

static bool matches_terraform(const struct pb_node *node)
{
    return pb_is_key(pb_find_text(node->parent, "type"), "aws_iam_server_certificate");
}

/* The provider before 3.0 stored the SHA-1 of the PEM text in its place: makes that absent, and an
 * argument that is empty. */
static void drop_digest(struct pb_slice *pem)
{
    struct pb_slice text = pb_slice_trim(*pem);
    if ((text.size_bytes == SHA1_DIGITS || text.size_bytes == 0) &&
        pb_skip(text, 0, PB_DIGITS "abcdefABCDEF") == text.size_bytes)
        *pem = PB_SLICE_ABSENT;
}

static void add_attributes(struct pb_writer *out, const struct pb_node *node,
                           const struct pb_json *attributes)
{
    struct pb_draft draft = {0};

    pb_certificate_read(out, attributes, &draft);
    /* Version 3's attributes are flat: what was a map has a key a member, and "tags.%" for all. */
    if (draft.particulars.tag_count == 0)
        pb_read_tags(out, attributes, PB_SLICE("tags."), &draft.particulars.tags,
                     &draft.particulars.tag_count);
    if (pb_find_text(attributes, "id").size_bytes == 0 && draft.seen.arn.data == NULL &&
        draft.seen.upload_date.state == PB_DATE_ABSENT) {
        out->is_recognised = true;
        pb_writer_remark(out, PB_SEVERITY_NOTE, "passed-over-element", PB_SAY_CERTIFICATE_PLANNED);
        return;
    }
    /* An argument is what the user wants the service to hold; a data source is read from it. */
    draft.bodies.is_body_unproven = !pb_is_key(pb_find_text(node->parent, "mode"), "data");
    drop_digest(&draft.bodies.body_pem);
    drop_digest(&draft.bodies.chain_pem);
    pb_writer_add(out, &draft);
}

/* An instance is {attributes: {...}}, or attributes_flat after an upgrade from version 3. */
static void read_terraform(struct pb_writer *out, const struct pb_node *node)
{
    pb_writer_add_record(out, PB_RECORD_INVENTORY);
    if (pb_is_key(node->key_text, "values")) {
        add_attributes(out, node, node->value);
        return;
    }
    for (struct pb_child row = pb_rows(out, node->value); pb_next_child(&row);)
        for (struct pb_child member = pb_children(out, row.value); pb_next_child(&member);)
            if (pb_json_type(member.value) == PB_JSON_OBJECT &&
                pb_is_any(member.key, "attributes|attributes_flat"))
                add_attributes(out, node, member.value);
}

/* "results" of the module, or of ad hoc output. Other modules have empty maps too, so for one the
 * path or the caller must name certificates. */
static bool matches_ansible(const struct pb_node *node)
{
    struct pb_json_member member = {0};
    struct pb_fields fields;

    if (node->type != PB_JSON_OBJECT)
        return false;
    if (node->is_suggested && node->depth == 1 && pb_json_count(node->value) == 0)
        return true;
    while (pb_json_next_member(node->value, &member)) {
        pb_fields_read(member.value, &fields);
        if (pb_fields_are_metadata(&fields))
            return true;
    }
    return false;
}

static void read_ansible(struct pb_writer *out, const struct pb_node *node)
{
    if (pb_json_count(node->value) == 0) {
        pb_writer_refuse(out, "ansible-empty", PB_SAY_ANSIBLE_EMPTY);
        return;
    }
    add_rows(out, pb_children(out, node->value));
}

const struct pb_shape pb_tool_shapes[] = {
    {"aws-recon.resource", PB_CLAIM_ENVELOPE, .keys = "resource", .matches = matches_aws_recon,
     .read = read_aws_recon},
    {"custodian.resources", PB_CLAIM_MARKED, .members = "c7n:MatchedFilters", .read = read_table},
    {"steampipe.rows", PB_CLAIM_MARKED, .matches = matches_steampipe, .read = read_table},
    {"cloudquery.row", PB_CLAIM_MARKED, .members = "_cq_sync_time|_cq_id|_cq_source_name|cq_id",
     .read = read_table},
    {"resource.record", PB_CLAIM_RESOURCE, .matches = matches_record, .read = read_table},
    {"terraform.state", PB_CLAIM_ENVELOPE,
     /* In version 4, in 3, in show's output; planned changes have other keys. */
     .keys = "instances|primary|deposed|values", .matches = matches_terraform,
     .read = read_terraform,
     /* There is a private_key in clear text too: it is no field, so it is never copied. */},
    {"ansible.server-certificate-info", PB_CLAIM_ENVELOPE, .keys = "ansible_module_results|results",
     .matches = matches_ansible, .read = read_ansible},
    {.name = NULL},
};

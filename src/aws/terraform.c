/* SPDX-License-Identifier: MIT */
/* Terraform's state, version 3 and 4, what `terraform show -json` makes of it, and what Ansible's
 * iam_server_certificate_info registers. */
#include "aws/context.h"

#define SHA1_DIGITS 40

/* private_key stands there too, in clear text: what has no row here is never copied. */
static const struct pb_alias aliases[] = {
    {"id", PB_FIELD_ID},
    {"name", PB_FIELD_NAME},
    {"expiration_date", PB_FIELD_EXPIRATION}, /* of the data source */
    {NULL, PB_FIELD_NONE},
};

/* The members of a resource that hold what is there: "instances" in version 4, "primary" and
 * "deposed" in 3, "values" in show's output. Planned changes have other names. */
static bool matches_terraform(const struct pb_node *node)
{
    bool is_state = pb_is_key(node->key_text, "instances") ||
                    pb_is_key(node->key_text, "primary") || pb_is_key(node->key_text, "deposed") ||
                    pb_is_key(node->key_text, "values");

    return is_state && pb_is_key(pb_find_text(node->parent, "type"), "aws_iam_server_certificate");
}

/* Versions of the provider before 3.0 kept the PEM text's SHA-1 in its place. */
static void drop_digest(struct pb_slice *pem)
{
    struct pb_slice text = pb_slice_trim(*pem);
    size_t digits = 0;

    while (digits < text.size_bytes && pb_hex_value(text.data[digits]) >= 0)
        digits++;
    if (digits == text.size_bytes && digits == SHA1_DIGITS)
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
    if (pb_slice_is_absent(draft.seen.id) && pb_slice_is_absent(draft.seen.arn)) {
        out->is_recognised = true;
        pb_writer_remark(out, PB_SEVERITY_NOTE, "passed-over-element",
                         "a certificate without id and ARN is planned and not yet there");
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

static bool is_certificate(const struct pb_json *value)
{
    struct pb_fields fields;

    pb_fields_read(value, &fields);
    return pb_fields_are_metadata(&fields);
}

/* A registered variable and ad hoc output rename the module's own "results". An empty map of
 * another module is unrelated, so the path or the caller must name certificates. */
static bool matches_ansible(const struct pb_node *node)
{
    struct pb_json_member member = {0};

    if (node->type != PB_JSON_OBJECT ||
        !pb_is_any(node->key_text, "ansible_module_results|results"))
        return false;
    if (node->is_suggested && node->depth == 1 && pb_json_count(node->value) == 0)
        return true;
    while (pb_json_next_member(node->value, &member))
        if (is_certificate(member.value))
            return true;
    return false;
}

static void read_ansible(struct pb_writer *out, const struct pb_node *node)
{
    if (pb_json_count(node->value) == 0) {
        pb_writer_refuse(out, "ansible-empty",
                         "the module leaves an empty map behind when a call is refused as "
                         "well as for an account without certificates; export with aws "
                         "iam list-server-certificates");
        return;
    }
    pb_writer_add_record(out, PB_RECORD_INVENTORY);
    for (struct pb_child member = pb_children(out, node->value); pb_next_child(&member);)
        if (is_certificate(member.value))
            pb_certificate_add(out, member.value);
        else
            pb_writer_remark(out, PB_SEVERITY_ERROR, "unrecognised-element",
                             "this is no certificate as those beside it are");
}

const struct pb_shape pb_terraform_shapes[] = {
    {"terraform.state", "Terraform states of version 3 and 4, terraform show -json",
     "the certificates that Terraform manages; bodies are its arguments", PB_CLAIM_ENVELOPE,
     .matches = matches_terraform, .read = read_terraform, .aliases = aliases},
    {"ansible.server-certificate-info", "Ansible's iam_server_certificate_info",
     "the first hundred certificates at most, or none for an error", PB_CLAIM_ENVELOPE,
     .matches = matches_ansible, .read = read_ansible},
    {.name = NULL},
};

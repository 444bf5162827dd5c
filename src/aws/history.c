/* SPDX-License-Identifier: MIT */
/* AWS Config's items, CloudTrail's records of calls about server certificates, and findings of
 * scanners in the OCSF schema, such as Prowler's. */
#include "aws/context.h"
#include "inventory/sentences.inc"

static bool matches_config(const struct pb_node *node)
{
    struct pb_fields fields;
    if (node->type != PB_JSON_ARRAY)
        return pb_is_config_item(node->value, node->fields);
    pb_fields_read(node->certificate, &fields);
    return pb_is_config_item(node->certificate, &fields);
}

static void add_item(struct pb_writer *out, const struct pb_json *item)
{
    struct pb_draft draft = {0};
    struct pb_certificate_arn arn;
    struct pb_fields fields;

    pb_fields_read(item, &fields);
    if (!pb_is_config_item(item, &fields))
        return;
    const struct pb_json *const *values = fields.values;
    pb_writer_take(out, item);
    /* get-resource-config-history prints the configuration as a string. */
    for (struct pb_child member = pb_children(out, item); pb_next_child(&member);)
        if (member.field == PB_FIELD_CONFIGURATION)
            pb_read_inside(out, member.value, pb_certificate_read, &draft);
    /* The rest is of the item, for what the configuration, which is IAM's own, has not. */
    pb_read_field(out, PB_FIELD_ACCOUNT, values[PB_FIELD_ACCOUNT], &draft);
    /* A resource's id is an ARN or a name for other types. */
    if (pb_begins(pb_slice_trim(pb_fields_text(&fields, PB_FIELD_RESOURCE_ID)), PB_ID_PREFIX))
        pb_read_field(out, PB_FIELD_ID, values[PB_FIELD_RESOURCE_ID], &draft);
    if (draft.seen.name.data == NULL)
        pb_read_field(out, PB_FIELD_NAME, values[PB_FIELD_RESOURCE_NAME], &draft);
    /* Snapshots give the item an ARN of its own. */
    if (draft.seen.arn.data == NULL &&
        pb_certificate_arn_parse(pb_slice_trim(pb_fields_text(&fields, PB_FIELD_ARN)), &arn))
        pb_read_field(out, PB_FIELD_ARN, values[PB_FIELD_ARN], &draft);
    /* "ResourceDeleted" or "ResourceDeletedNotRecorded" */
    if (pb_begins(pb_fields_text(&fields, PB_FIELD_ITEM_STATUS), "ResourceDeleted")) {
        draft.particulars.event = PB_EVENT_DELETE;
        pb_read_date(out, values[PB_FIELD_CAPTURE_TIME], &draft.particulars.event_time);
    }
    if (draft.seen.upload_date.state == PB_DATE_ABSENT)
        draft.particulars.undated_because = "config-has-no-upload-date";
    pb_writer_add(out, &draft);
}

static void read_config(struct pb_writer *out, const struct pb_node *node)
{
    pb_writer_add_record(out, PB_RECORD_INVENTORY);
    for (struct pb_child row = pb_rows(out, node->value); pb_next_child(&row);)
        add_item(out, row.value);
}

/* A call that only reads certificates proves nothing of them; its refusal is a coverage gap. */
static const struct call {
    const char *name;
    enum pb_event event; /* NONE: it only reads */
} calls[] = {
    {"UploadServerCertificate", PB_EVENT_UPLOAD}, {"UpdateServerCertificate", PB_EVENT_UPDATE},
    {"DeleteServerCertificate", PB_EVENT_DELETE}, {"TagServerCertificate", PB_EVENT_UPDATE},
    {"UntagServerCertificate", PB_EVENT_UPDATE},  {"GetServerCertificate", PB_EVENT_NONE},
    {"ListServerCertificates", PB_EVENT_NONE},
};

static const struct call *find_call(const struct pb_fields *fields)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (pb_begins(pb_fields_text(fields, PB_FIELD_EVENT_SOURCE), "iam.") &&
            pb_is_key(pb_fields_text(fields, PB_FIELD_EVENT_NAME), calls[i].name))
            return &calls[i];
    return NULL;
}

/* Claims the records of all calls, so that no other row reads a request's parameters as a
 * certificate. In lookup-events the record is the string beside such members. */
static bool matches_cloudtrail(const struct pb_node *node)
{
    const struct pb_fields *fields = node->fields;
    return pb_fields_has(fields, PB_FIELD_EVENT_NAME) &&
           pb_fields_has(fields, PB_FIELD_EVENT_SOURCE) &&
           (pb_fields_has(fields, PB_FIELD_EVENT_TIME) ||
            pb_fields_has(fields, PB_FIELD_ERROR_CODE)) &&
           !pb_fields_has(fields, PB_FIELD_CLOUDTRAIL_EVENT);
}

/* CloudTrail's times are UTC, without a zone in an uploadDate ("May 2, 2013 10:00:00 AM"). */
static void take_as_utc(struct pb_date *date)
{
    if (date->state == PB_DATE_WITHOUT_ZONE)
        date->state = PB_DATE_EXACT;
}

static void read_response(struct pb_writer *out, const struct pb_json *response,
                          struct pb_draft *draft)
{
    pb_certificate_read(out, response, draft);
    take_as_utc(&draft->seen.upload_date);
    take_as_utc(&draft->seen.expiration);
}

/* After read_response: the request has the body, and the old and new name of a renaming. */
static void read_request(struct pb_writer *out, const struct pb_json *request,
                         struct pb_draft *draft)
{
    struct pb_draft asked = {0};
    struct pb_particulars *more = &draft->particulars;

    pb_certificate_read(out, request, &asked);
    if (more->event == PB_EVENT_UPDATE)
        pb_read_name(out, pb_json_find(request, "newServerCertificateName"), &more->new_name);
    if (draft->seen.name.data == NULL)
        draft->seen.name = asked.seen.name;
    if (draft->seen.path.data == NULL)
        draft->seen.path = asked.seen.path;
    if (draft->bodies.body_pem.data == NULL)
        draft->bodies = asked.bodies;
}

/* Reads the record's members of the field; Athena's tables have them as strings of JSON. */
static void read_part(struct pb_writer *out, const struct pb_json *record, enum pb_field field,
                      pb_embedded_reader *read, struct pb_draft *draft)
{
    for (struct pb_child part = pb_children(out, record); pb_next_child(&part);)
        if (part.field == field && !pb_read_inside(out, part.value, read, draft) &&
            pb_aws_has_field_names(pb_text_of(part.value)))
            pb_writer_remark(out, PB_SEVERITY_ERROR, "json-invalid", PB_SAY_STRING_NO_JSON);
}

static void read_cloudtrail(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *const *values = node->fields->values;
    const struct call *call = find_call(node->fields);
    struct pb_slice error = pb_fields_text(node->fields, PB_FIELD_ERROR_CODE);
    struct pb_slice account = pb_fields_text(node->fields, PB_FIELD_RECIPIENT);
    struct pb_failed_call failed;
    struct pb_draft draft = {0};
    struct pb_fields identity;

    /* That the account does not have what was asked for is no gap. */
    if (call == NULL || (call->event == PB_EVENT_NONE &&
                         (error.size_bytes == 0 || pb_begins(error, "NoSuchEntity"))))
        return;
    if (call->event == PB_EVENT_NONE && pb_failed_call_read(PB_SLICE("ListServerCertificates"),
                                                            values[PB_FIELD_ERROR_CODE], &failed)) {
        failed.operation = pb_slice_from_string(call->name);
        pb_failed_call_add(out, failed, account);
        return;
    }
    if (error.size_bytes > 0) {
        out->is_recognised = true;
        pb_writer_remark(out, PB_SEVERITY_NOTE, "refused-call", PB_SAY_CALL_REFUSED,
                         PB_SLICE_ARGS(pb_slice_first(error, 200)));
        if (!pb_contains_any(error, pb_proving_codes))
            return;
    }
    draft.particulars.event = error.size_bytes > 0 ? PB_EVENT_NONE : call->event;
    read_part(out, node->value, PB_FIELD_RESPONSE, read_response, &draft);
    read_part(out, node->value, PB_FIELD_REQUEST, read_request, &draft);
    pb_writer_add_record(out, PB_RECORD_EVENT); /* the last, for it may be dropped again */
    pb_fields_read(values[PB_FIELD_USER_IDENTITY], &identity);
    pb_read_field(out, PB_FIELD_ACCOUNT,
                  account.size_bytes > 0 ? values[PB_FIELD_RECIPIENT]
                                         : identity.values[PB_FIELD_ACCOUNT],
                  &draft);
    pb_read_date(out, values[PB_FIELD_EVENT_TIME], &draft.particulars.event_time);
    take_as_utc(&draft.particulars.event_time);
    if (error.size_bytes > 0) { /* nothing was changed */
        draft.particulars.event = PB_EVENT_UPDATE;
        draft.bodies = (struct pb_bodies){0};
    }
    if (draft.seen.name.data != NULL || draft.seen.id.data != NULL || draft.seen.arn.data != NULL) {
        pb_writer_add(out, &draft);
        return;
    }
    out->is_recognised = true;
    pb_writer_remark(out, call->event == PB_EVENT_UPLOAD ? PB_SEVERITY_ERROR : PB_SEVERITY_NOTE,
                     "passed-over-element", PB_SAY_RECORD_NAMELESS);
}

static bool matches_ocsf(const struct pb_node *node)
{
    return pb_field_of_value(node->fields->values[PB_FIELD_UID]) == PB_FIELD_ARN;
}

/* In Prowler the metadata's "name" is the certificate's name; the resource's "name" is its id. */
static void read_ocsf(struct pb_writer *out, const struct pb_node *node)
{
    struct pb_draft draft = {0};

    pb_writer_add_record(out, PB_RECORD_INVENTORY);
    for (struct pb_child data = pb_children(out, node->value); pb_next_child(&data);)
        if (pb_is_key(data.key, "data"))
            for (struct pb_child member = pb_children(out, data.value); pb_next_child(&member);)
                if (pb_is_key(member.key, "metadata"))
                    pb_certificate_read(out, member.value, &draft);
    pb_read_field(out, PB_FIELD_ARN, node->fields->values[PB_FIELD_UID], &draft);
    pb_writer_add(out, &draft);
}

const struct pb_shape pb_history_shapes[] = {
    {"config.item", PB_CLAIM_TYPED, .matches = matches_config, .read = read_config},
    {"cloudtrail.record", PB_CLAIM_EVENT, .matches = matches_cloudtrail, .read = read_cloudtrail},
    {"ocsf.resource", PB_CLAIM_RESOURCE, .matches = matches_ocsf, .read = read_ocsf},
    {.name = NULL},
};

/* SPDX-License-Identifier: MIT */
/* CloudTrail: the records of what was done to server certificates, and when. */
#include "aws/certificate.h"
#include "aws/embedded.h"
#include "aws/producers.h"
#include "json/tree.h"

/* The three that change something. A call that only asks for a certificate proves nothing of it. */
static enum pb_event event_of(const struct pb_fields *fields)
{
    static const struct {
        const char *name;
        enum pb_event event;
    } events[] = {
        {"UploadServerCertificate", PB_EVENT_UPLOAD},
        {"UpdateServerCertificate", PB_EVENT_UPDATE},
        {"DeleteServerCertificate", PB_EVENT_DELETE},
    };
    struct pb_slice name, source;

    if (!pb_json_string(fields->values[PB_FIELD_EVENT_NAME], &name) ||
        !pb_json_string(fields->values[PB_FIELD_EVENT_SOURCE], &source) ||
        !pb_slice_starts_with(source, PB_SLICE("iam.")))
        return PB_EVENT_NONE;
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (pb_slice_equals(name, pb_slice_from_string(events[i].name)))
            return events[i].event;
    return PB_EVENT_NONE;
}

/* All records are claimed, so that no other shape takes a request's parameters for a certificate.
 * In lookup-events the record is the string that stands beside such members. */
enum pb_claim pb_cloudtrail_claim(const struct pb_node *node)
{
    const struct pb_fields *fields = node->fields;
    bool is_record = pb_fields_has(fields, PB_FIELD_EVENT_NAME) &&
                     pb_fields_has(fields, PB_FIELD_EVENT_SOURCE) &&
                     pb_fields_has(fields, PB_FIELD_EVENT_TIME) &&
                     !pb_fields_has(fields, PB_FIELD_CLOUDTRAIL_EVENT);

    return is_record ? PB_CLAIM_EVENT : PB_CLAIM_NONE;
}

/* The service spells its own uploadDate as a Java program of the early 2010s prints a Date, and
 * names no zone. CloudTrail's times are UTC, so nothing is left to guess: the date is exact. */
static void take_as_utc(struct pb_date *date)
{
    if (date->state == PB_DATE_WITHOUT_ZONE)
        date->state = PB_DATE_EXACT;
}

/* The draft is as answered, and then completed by what was asked for. */
static enum pb_status read_answer(struct pb_reading *reading, const struct pb_json *answer,
                                  void *context)
{
    struct pb_draft *draft = context;
    struct pb_observation *seen = &draft->seen;
    enum pb_status status = pb_certificate_read(reading, answer, draft);

    take_as_utc(&seen->upload_date);
    take_as_utc(&seen->expiration);
    return status;
}

static enum pb_status read_renaming(struct pb_reading *reading, const struct pb_json *request,
                                    struct pb_particulars *particulars)
{
    enum pb_status status = pb_certificate_read_name(
        reading, pb_json_find(request, "newServerCertificateName"), &particulars->new_name);

    return status == PB_OK ? pb_certificate_read_text(reading, pb_json_find(request, "newPath"),
                                                      &particulars->new_path)
                           : status;
}

/* What was asked for completes what was answered: the body, and the old name of a renaming. */
static enum pb_status read_request(struct pb_reading *reading, const struct pb_json *request,
                                   void *context)
{
    struct pb_draft *draft = context;
    struct pb_observation *seen = &draft->seen;
    struct pb_draft asked = {0};
    enum pb_status status = pb_certificate_read(reading, request, &asked);

    if (status == PB_OK && draft->particulars.event == PB_EVENT_UPDATE)
        status = read_renaming(reading, request, &draft->particulars);
    if (pb_slice_is_absent(seen->name))
        seen->name = asked.seen.name;
    if (pb_slice_is_absent(seen->path))
        seen->path = asked.seen.path;
    if (pb_slice_is_absent(draft->bodies.body_pem)) {
        draft->bodies.body_pem = asked.bodies.body_pem;
        draft->bodies.chain_pem = asked.bodies.chain_pem;
    }
    return status;
}

/* Athena's tables keep both parts as strings of JSON. */
static enum pb_status read_value(struct pb_reading *reading, const struct pb_json *value,
                                 pb_embedded_reader *read, struct pb_draft *draft)
{
    struct pb_slice text;

    if (pb_json_type(value) == PB_JSON_OBJECT)
        return read(reading, value, draft);
    if (pb_embedded_is_likely(value) && !reading->is_embedded)
        return pb_embedded_read(reading, value, 1, read, draft);
    if (!pb_json_string(value, &text) || !pb_aws_has_field_names(text))
        return PB_OK;
    return pb_reading_remark(reading, PB_REMARK_EMBEDDED_DAMAGED,
                             "this string speaks of server certificates and is no JSON; export the "
                             "record as CloudTrail wrote it");
}

/* The part of the record under the key that means the field, however it is cased. */
static enum pb_status read_part(struct pb_reading *reading, const struct pb_json *record,
                                enum pb_field field, pb_embedded_reader *read,
                                struct pb_draft *draft)
{
    struct pb_json_member member = {0};
    enum pb_status status = PB_OK;

    while (status == PB_OK && pb_json_next_member(record, &member)) {
        if (pb_field_of(member.key) != field)
            continue;
        size_t here = pb_pointer_push_key(&reading->pointer, member.key);
        status = read_value(reading, member.value, read, draft);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

static enum pb_status read_account(struct pb_reading *reading, const struct pb_fields *fields,
                                   struct pb_slice *account)
{
    const struct pb_json *value = fields->values[PB_FIELD_RECIPIENT];
    struct pb_fields identity;

    pb_fields_read(fields->values[PB_FIELD_USER_IDENTITY], &identity);
    if (!pb_fields_has_text(fields, PB_FIELD_RECIPIENT))
        value = identity.values[PB_FIELD_ACCOUNT];
    return pb_certificate_read_account(reading, value, account);
}

static bool names_certificate(const struct pb_observation *seen)
{
    return !pb_slice_is_absent(seen->name) || !pb_slice_is_absent(seen->id) ||
           !pb_slice_is_absent(seen->arn);
}

static enum pb_status read_call(struct pb_reading *reading, const struct pb_node *node,
                                struct pb_draft *draft)
{
    enum pb_status status = read_part(reading, node->value, PB_FIELD_RESPONSE, read_answer, draft);

    if (status == PB_OK)
        status = read_part(reading, node->value, PB_FIELD_REQUEST, read_request, draft);
    if (status == PB_OK)
        status = read_account(reading, node->fields, &draft->particulars.account);
    if (status == PB_OK)
        status = pb_certificate_read_date(reading, node->fields->values[PB_FIELD_EVENT_TIME],
                                          &draft->particulars.event_time);
    take_as_utc(&draft->particulars.event_time);
    return status;
}

static enum pb_status add_event(struct pb_reading *reading, const struct pb_node *node,
                                enum pb_event event, uint32_t record)
{
    struct pb_draft draft = {.particulars = {.event = event}};
    enum pb_status status = read_call(reading, node, &draft);

    if (status != PB_OK)
        return status;
    if (names_certificate(&draft.seen))
        return pb_certificate_keep(reading, &draft, record);
    reading->is_recognised = true;
    return pb_reading_remark(reading, PB_REMARK_PASSED_OVER,
                             "this record does not say which certificate it is about");
}

enum pb_status pb_cloudtrail_read(struct pb_reading *reading, const struct pb_node *node,
                                  const char *name)
{
    enum pb_event event = event_of(node->fields);
    struct pb_slice error;
    uint32_t index;

    if (event == PB_EVENT_NONE)
        return PB_OK;
    if (pb_json_string(node->fields->values[PB_FIELD_ERROR_CODE], &error) && error.size_bytes > 0) {
        reading->is_recognised = true;
        return pb_reading_remark(reading, PB_REMARK_REFUSED_CALL,
                                 "this call was refused with \"%.*s\": it changed nothing",
                                 PB_SLICE_ARGS(pb_slice_first(error, 200)));
    }
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_EVENT, name, &index);
    if (status == PB_OK)
        status = add_event(reading, node, event, index);
    if (status == PB_OK)
        pb_reading_drop_if_empty(reading, index);
    return status;
}

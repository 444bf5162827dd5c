/* SPDX-License-Identifier: MIT */
#include "aws/certificate.h"

#include "inventory/arn.h"
#include "aws/guess.h"
#include "aws/tags.h"
#include "aws/walk.h"
#include "json/tree.h"

bool pb_fields_are_metadata(const struct pb_fields *fields)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    struct pb_certificate_arn arn;

    return pb_fields_has(fields, PB_FIELD_NAME) || pb_fields_has(fields, PB_FIELD_ID) ||
           (pb_json_string(fields->values[PB_FIELD_ARN], &text) &&
            pb_certificate_arn_parse(pb_slice_trim(text), &arn));
}

static enum pb_status read_field(struct pb_reading *reading, enum pb_field field,
                                 const struct pb_json *value, struct pb_draft *draft)
{
    struct pb_observation *seen = &draft->seen;
    struct pb_particulars *more = &draft->particulars;

    switch (field) {
    case PB_FIELD_NAME: return pb_certificate_read_name(reading, value, &seen->name);
    case PB_FIELD_ID: return pb_certificate_read_id(reading, value, &seen->id);
    case PB_FIELD_ARN: return pb_certificate_read_text(reading, value, &seen->arn);
    case PB_FIELD_PATH: return pb_certificate_read_text(reading, value, &seen->path);
    case PB_FIELD_ACCOUNT: return pb_certificate_read_account(reading, value, &more->account);
    case PB_FIELD_UPLOAD_DATE: return pb_certificate_read_date(reading, value, &seen->upload_date);
    case PB_FIELD_EXPIRATION: return pb_certificate_read_date(reading, value, &seen->expiration);
    case PB_FIELD_BODY: return pb_certificate_read_pem(reading, value, &draft->bodies.body_pem);
    case PB_FIELD_CHAIN: return pb_certificate_read_pem(reading, value, &draft->bodies.chain_pem);
    case PB_FIELD_TAGS: return pb_tags_read(reading, value, &more->tags, &more->tag_count);
    default: return PB_OK;
    }
}

/* Security Monkey's keys for body and chain are anybody's: what they hold must say it. */
static enum pb_field field_of_pem(struct pb_slice key, const struct pb_json *value)
{
    struct pb_slice text;

    if (!pb_json_string(value, &text) ||
        !pb_slice_starts_with(pb_slice_trim(text), PB_SLICE("-----BEGIN CERTIFICATE-----")))
        return PB_FIELD_NONE;
    if (pb_slice_equals(key, PB_SLICE("body")))
        return PB_FIELD_BODY;
    return pb_slice_equals(key, PB_SLICE("chain")) ? PB_FIELD_CHAIN : PB_FIELD_NONE;
}

/* Which keys of an object that has the service's names people may have renamed: asked for once a
 * key is met that is no field's. */
struct renamed {
    bool is_known, is_name, is_upload_date;
};

/* A server certificate's ARN, id or name stands here, and under no key of the service its name or
 * its date. */
static struct renamed find_renamed(const struct pb_json *object)
{
    struct pb_fields fields;

    pb_fields_read(object, &fields);
    if (pb_fields_has(&fields, PB_FIELD_METADATA) || !pb_fields_are_metadata(&fields))
        return (struct renamed){.is_known = true};
    return (struct renamed){.is_known = true,
                            .is_name = !pb_fields_has(&fields, PB_FIELD_NAME),
                            .is_upload_date = !pb_fields_has(&fields, PB_FIELD_UPLOAD_DATE)};
}

static bool begins_with_upload(struct pb_slice key)
{
    const struct pb_slice word = PB_SLICE("upload");

    return pb_slice_equals_ignoring_case(pb_slice_first(key, word.size_bytes), word);
}

/* Name, and Uploaded, UploadedAt, UploadTime: what stands there must look like one too. */
static enum pb_field field_of_renamed(const struct pb_json *object,
                                      const struct pb_json_member *member, struct renamed *renamed)
{
    struct pb_slice text;

    if (!pb_json_string(member->value, &text))
        return PB_FIELD_NONE;
    if (!renamed->is_known)
        *renamed = find_renamed(object);
    if (renamed->is_name && pb_slice_equals_ignoring_case(member->key, PB_SLICE("name")) &&
        pb_guess_is_name(pb_slice_trim(text)))
        return PB_FIELD_NAME;
    if (renamed->is_upload_date && begins_with_upload(member->key) &&
        pb_guess_text(text) == PB_GUESS_DATE)
        return PB_FIELD_UPLOAD_DATE;
    return PB_FIELD_NONE;
}

static enum pb_field field_of(const struct pb_json *object, const struct pb_json_member *member,
                              const struct pb_alias *aliases, struct renamed *renamed)
{
    for (; aliases != NULL && aliases->key != NULL; aliases++)
        if (pb_slice_equals(member->key, pb_slice_from_string(aliases->key)))
            return aliases->field;
    enum pb_field field = pb_field_of(member->key);
    if (field == PB_FIELD_NONE)
        field = field_of_renamed(object, member, renamed);
    return field != PB_FIELD_NONE ? field : field_of_pem(member->key, member->value);
}

/* Members are read in the document's order, so that remarks stand in it too. */
static enum pb_status read_flat(struct pb_reading *reading, const struct pb_json *object,
                                const struct pb_alias *aliases, struct pb_draft *draft)
{
    struct pb_json_member member = {0};
    struct renamed renamed = {.is_known = false};
    enum pb_status status = PB_OK;

    while (status == PB_OK && pb_json_next_member(object, &member)) {
        enum pb_field field = field_of(object, &member, aliases, &renamed);
        if (field == PB_FIELD_NONE)
            continue;
        size_t here = pb_pointer_push_key(&reading->pointer, member.key);
        status = read_field(reading, field, member.value, draft);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

/* What stands in the member ServerCertificateMetadata. */
static enum pb_status read_metadata(struct pb_reading *reading, const struct pb_json *value,
                                    struct pb_draft *draft)
{
    if (pb_json_type(value) == PB_JSON_OBJECT)
        return read_flat(reading, value, NULL, draft);
    if (pb_json_type(value) == PB_JSON_NULL)
        return PB_OK;
    return pb_reading_remark(reading, PB_REMARK_WRONG_TYPE, "this is %s; expected an object",
                             pb_json_type_name(pb_json_type(value)));
}

/* The object and, in its member ServerCertificateMetadata, the metadata. */
static enum pb_status read_with_metadata(struct pb_reading *reading, const struct pb_json *object,
                                         const struct pb_alias *aliases, struct pb_draft *draft)
{
    struct pb_json_member member = {0};
    struct renamed renamed = {.is_known = false};
    enum pb_status status = PB_OK;

    while (status == PB_OK && pb_json_next_member(object, &member)) {
        enum pb_field field = field_of(object, &member, aliases, &renamed);
        if (field == PB_FIELD_NONE)
            continue;
        size_t here = pb_pointer_push_key(&reading->pointer, member.key);
        status = field == PB_FIELD_METADATA ? read_metadata(reading, member.value, draft)
                                            : read_field(reading, field, member.value, draft);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

/* The service never names a certificate after a field; botocore's output skeleton always does. */
static bool is_skeleton(const struct pb_observation *seen)
{
    return pb_slice_equals(seen->name, PB_SLICE("ServerCertificateName")) ||
           pb_slice_equals(seen->id, PB_SLICE("ServerCertificateId")) ||
           pb_slice_equals(seen->arn, PB_SLICE("Arn"));
}

enum pb_status pb_certificate_read_as(struct pb_reading *reading, const struct pb_json *object,
                                      const struct pb_alias *aliases, struct pb_draft *draft)
{
    enum pb_status status = read_with_metadata(reading, object, aliases, draft);

    if (status == PB_OK)
        status = pb_certificate_compare_arn(reading, &draft->seen);
    draft->is_skeleton = is_skeleton(&draft->seen);
    return status;
}

enum pb_status pb_certificate_read(struct pb_reading *reading, const struct pb_json *object,
                                   struct pb_draft *draft)
{
    return pb_certificate_read_as(reading, object, NULL, draft);
}

enum pb_status pb_certificate_keep(struct pb_reading *reading, const struct pb_draft *draft,
                                   uint32_t record)
{
    if (!draft->is_skeleton)
        return pb_reading_add_observation(reading, record, draft);
    reading->is_refused = true;
    return pb_reading_remark(reading, PB_REMARK_SKELETON_OUTPUT,
                             "the values are the names of their fields: this was printed by "
                             "--generate-cli-skeleton output and shows no account; run the command "
                             "without it");
}

enum pb_status pb_certificate_add_as(struct pb_reading *reading, const struct pb_json *object,
                                     const struct pb_alias *aliases, uint32_t record)
{
    struct pb_draft draft = {0};
    enum pb_status status = pb_certificate_read_as(reading, object, aliases, &draft);

    return status == PB_OK ? pb_certificate_keep(reading, &draft, record) : status;
}

enum pb_status pb_certificate_add(struct pb_reading *reading, const struct pb_json *object,
                                  uint32_t record)
{
    return pb_certificate_add_as(reading, object, NULL, record);
}

bool pb_certificate_is_owned(const struct pb_json *object)
{
    return pb_json_find(object, "UserName") != NULL || pb_json_find(object, "userName") != NULL ||
           pb_json_find(object, "user_name") != NULL;
}

/* The object inside a get answer's envelope, else the element itself; the pointer goes along. */
static const struct pb_json *unwrap(struct pb_reading *reading, const struct pb_json *element)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(element, &member)) {
        if (pb_field_of(member.key) == PB_FIELD_CERTIFICATE &&
            pb_json_type(member.value) == PB_JSON_OBJECT) {
            pb_pointer_push_key(&reading->pointer, member.key);
            return member.value;
        }
    }
    return element;
}

/* Its ARN, or the user that it belongs to, says that it is some other thing. */
static bool is_foreign(const struct pb_json *element)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    struct pb_fields fields;
    struct pb_arn arn;

    pb_fields_read(element, &fields);
    return pb_certificate_is_owned(element) ||
           (pb_json_string(fields.values[PB_FIELD_ARN], &text) &&
            pb_arn_parse(pb_slice_trim(text), &arn));
}

/* In a list any field will do; elsewhere other things with an ARN and a path may stand beside. */
static bool is_element(const struct pb_json *element, enum pb_strictness strictness)
{
    struct pb_fields fields;

    pb_fields_read(element, &fields);
    if (pb_fields_are_metadata(&fields) || pb_fields_has(&fields, PB_FIELD_METADATA))
        return true;
    if (strictness == PB_EXPECT_OTHER_THINGS_AS_WELL)
        return pb_fields_has(&fields, PB_FIELD_UPLOAD_DATE) && !is_foreign(element);
    return (pb_fields_has(&fields, PB_FIELD_ARN) || pb_fields_has(&fields, PB_FIELD_PATH) ||
            pb_fields_has(&fields, PB_FIELD_UPLOAD_DATE) ||
            pb_fields_has(&fields, PB_FIELD_EXPIRATION) || pb_fields_has(&fields, PB_FIELD_BODY));
}

static enum pb_status add_element(struct pb_reading *reading, const struct pb_json *whole,
                                  enum pb_strictness strictness, uint32_t record)
{
    size_t here = reading->pointer.size_bytes;
    const struct pb_json *element = unwrap(reading, whole);
    enum pb_status status = PB_OK;

    if (element != whole && is_element(whole, strictness)) {
        status = pb_certificate_add(reading, element, record);
        pb_pointer_cut(&reading->pointer, here);
        element = whole;
    }
    if (status != PB_OK)
        return status;
    if (is_element(element, strictness))
        return pb_certificate_add(reading, element, record);
    if (strictness == PB_EXPECT_OTHER_THINGS_AS_WELL && is_foreign(element))
        return pb_reading_remark(reading, PB_REMARK_PASSED_OVER,
                                 "this element of an array of certificates is none");
    if (pb_json_type(element) == PB_JSON_OBJECT)
        return pb_reading_remark(reading, PB_REMARK_UNKNOWN_ELEMENT,
                                 "this object has no field of a server certificate");
    return pb_reading_remark(reading, PB_REMARK_WRONG_TYPE,
                             "this is %s; expected a certificate's metadata, an object",
                             pb_json_type_name(pb_json_type(element)));
}

enum pb_status pb_certificates_add(struct pb_reading *reading, const struct pb_json *array,
                                   enum pb_strictness strictness, uint32_t record)
{
    size_t count = pb_json_count(array);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK && !reading->is_overfull; i++) {
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = add_element(reading, pb_json_element(array, i), strictness, record);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

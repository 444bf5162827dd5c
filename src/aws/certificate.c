/* SPDX-License-Identifier: MIT */
/* The one reader of a certificate object, in any casing and with or without its wrappers. */
#include "aws/context.h"
#include "inventory/arn.h"

/* Keys that people and tools have beside the service's names, in any casing; what stands there must
 * look like the field. Name and date only where the object is a certificate's without them. */
static const struct {
    struct pb_slice key;
    enum pb_field field, look;
    bool is_prefix;
} synonyms[] = {
    {{"name", 4}, PB_FIELD_NAME, PB_FIELD_NAME, false},
    {{"upload", 6}, PB_FIELD_UPLOAD_DATE, PB_FIELD_UPLOAD_DATE, true}, /* Uploaded, UploadTime */
    {{"body", 4}, PB_FIELD_BODY, PB_FIELD_BODY, false},                /* Security Monkey's */
    {{"chain", 5}, PB_FIELD_CHAIN, PB_FIELD_BODY, false},
};

static bool has_look(struct pb_slice text, enum pb_field look)
{
    return look == PB_FIELD_NAME ? pb_is_certificate_name(pb_slice_trim(text))
                                 : pb_field_of_text(text) == look;
}

/* A server certificate's ARN, id or name stands here, and not the field under the service's key. */
static bool lacks(const struct pb_json *object, enum pb_field field)
{
    struct pb_fields fields;

    if (field == PB_FIELD_BODY || field == PB_FIELD_CHAIN)
        return true;
    pb_fields_read(object, &fields);
    return !pb_fields_has(&fields, PB_FIELD_METADATA) && pb_fields_are_metadata(&fields) &&
           !pb_fields_has(&fields, field);
}

static enum pb_field field_of_synonym(const struct pb_json *object, const struct pb_child *member)
{
    struct pb_slice text;

    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
        struct pb_slice key = synonyms[i].key;
        bool is_meant =
            (synonyms[i].is_prefix || member->key.size_bytes == key.size_bytes) &&
            pb_slice_equals_ignoring_case(pb_slice_first(member->key, key.size_bytes), key);
        if (is_meant && pb_json_string(member->value, &text) && has_look(text, synonyms[i].look) &&
            lacks(object, synonyms[i].field))
            return synonyms[i].field;
    }
    return PB_FIELD_NONE;
}

static enum pb_field field_of(const struct pb_json *object, const struct pb_child *member,
                              const struct pb_alias *aliases)
{
    for (; aliases != NULL && aliases->key != NULL; aliases++)
        if (pb_is_key(member->key, aliases->key))
            return aliases->field;
    return member->field != PB_FIELD_NONE ? member->field : field_of_synonym(object, member);
}

static void read_metadata(struct pb_writer *out, const struct pb_json *metadata,
                          struct pb_draft *draft)
{
    if (pb_json_type(metadata) > PB_JSON_NULL && pb_json_type(metadata) != PB_JSON_OBJECT)
        pb_writer_remark(out, PB_REMARK_WRONG_TYPE, "this is %s; expected an object",
                         pb_json_type_name(pb_json_type(metadata)));
    else
        for (struct pb_child member = pb_children(out, metadata); pb_next_child(&member);)
            pb_read_field(out, field_of(metadata, &member, NULL), member.value, draft);
}

void pb_certificate_read(struct pb_writer *out, const struct pb_json *object,
                         struct pb_draft *draft)
{
    for (struct pb_child member = pb_children(out, object); pb_next_child(&member);) {
        enum pb_field field = field_of(object, &member, out->row->aliases);
        if (field == PB_FIELD_METADATA)
            read_metadata(out, member.value, draft);
        else
            pb_read_field(out, field, member.value, draft);
    }
    pb_compare_arn(out, &draft->seen);
}

/* The service never names a certificate after a field; botocore's output skeleton always does. */
static bool is_skeleton(const struct pb_observation *seen)
{
    return pb_is_key(seen->name, "ServerCertificateName") ||
           pb_is_key(seen->id, "ServerCertificateId") || pb_is_key(seen->arn, "Arn");
}

void pb_certificate_keep(struct pb_writer *out, const struct pb_draft *draft)
{
    if (!is_skeleton(&draft->seen)) {
        pb_writer_add(out, draft);
        return;
    }
    out->is_refused = true;
    pb_writer_remark(out, PB_REMARK_SKELETON_OUTPUT,
                     "the values are the names of their fields: this was printed by "
                     "--generate-cli-skeleton output and shows no account; run the command "
                     "without it");
}

void pb_certificate_add(struct pb_writer *out, const struct pb_json *object)
{
    struct pb_draft draft = {0};

    pb_certificate_read(out, object, &draft);
    pb_certificate_keep(out, &draft);
}

bool pb_certificate_is_owned(const struct pb_json *object)
{
    static const char *const keys[] = {"UserName", "userName", "user_name", NULL};

    return pb_find_any(object, keys) != NULL;
}

/* Its ARN, or the user that it belongs to, says that it is some other thing. */
static bool is_foreign(const struct pb_json *element, const struct pb_fields *fields)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    struct pb_arn arn;

    return pb_certificate_is_owned(element) ||
           (pb_json_string(fields->values[PB_FIELD_ARN], &text) &&
            pb_arn_parse(pb_slice_trim(text), &arn));
}

/* In a list any field will do; elsewhere other things with an ARN and a path may stand beside. */
static bool is_certificate(const struct pb_json *element, const struct pb_fields *fields,
                           bool is_only_certificates)
{
    if (pb_fields_are_metadata(fields) || pb_fields_has(fields, PB_FIELD_METADATA))
        return true;
    if (!is_only_certificates)
        return pb_fields_has(fields, PB_FIELD_UPLOAD_DATE) && !is_foreign(element, fields);
    return pb_fields_has(fields, PB_FIELD_ARN) || pb_fields_has(fields, PB_FIELD_PATH) ||
           pb_fields_has(fields, PB_FIELD_UPLOAD_DATE) ||
           pb_fields_has(fields, PB_FIELD_EXPIRATION) || pb_fields_has(fields, PB_FIELD_BODY);
}

static void add_bare(struct pb_writer *out, const struct pb_json *element,
                     bool is_only_certificates)
{
    struct pb_fields fields;

    pb_fields_read(element, &fields);
    if (is_certificate(element, &fields, is_only_certificates))
        pb_certificate_add(out, element);
    else if (!is_only_certificates && is_foreign(element, &fields))
        pb_writer_remark(out, PB_REMARK_PASSED_OVER,
                         "this element of an array of certificates is none");
    else if (pb_json_type(element) == PB_JSON_OBJECT)
        pb_writer_remark(out, PB_REMARK_UNKNOWN_ELEMENT,
                         "this object has no field of a server certificate");
    else
        pb_writer_remark(out, PB_REMARK_WRONG_TYPE,
                         "this is %s; expected a certificate's metadata, an object",
                         pb_json_type_name(pb_json_type(element)));
}

/* A get answer's envelope is opened; fields beside it may be another certificate's. */
static void add_element(struct pb_writer *out, const struct pb_json *element,
                        bool is_only_certificates)
{
    struct pb_fields fields;

    pb_fields_read(element, &fields);
    const struct pb_json *inner = fields.values[PB_FIELD_CERTIFICATE];
    if (pb_json_type(inner) != PB_JSON_OBJECT) {
        add_bare(out, element, is_only_certificates);
        return;
    }
    for (struct pb_child member = pb_children(out, element); pb_next_child(&member);)
        if (member.value == inner)
            add_bare(out, inner, is_only_certificates);
    if (is_certificate(element, &fields, is_only_certificates))
        add_bare(out, element, is_only_certificates);
}

void pb_certificates_add(struct pb_writer *out, const struct pb_json *array,
                         bool is_only_certificates)
{
    for (struct pb_child element = pb_children(out, array); pb_next_child(&element);)
        add_element(out, element.value, is_only_certificates);
}

/* SPDX-License-Identifier: MIT */
/* Finds the field that a key names, or that a value without a known key looks like. */
#include "aws/context.h"

#define MOST_NAMES_A_LETTER 9

struct name {
    struct pb_slice text;
    enum pb_field field;
};

#define NAME(text, field)                                                                          \
    {                                                                                              \
        {(text), sizeof(text) - 1}, (field)                                                        \
    }

/* Grouped by their first letters, since every key of a document is looked up. */
static const struct name names['z' - 'a' + 1][MOST_NAMES_A_LETTER] = {
    ['a' - 'a'] = {NAME("Account", PB_FIELD_ACCOUNT), NAME("AccountId", PB_FIELD_ACCOUNT),
                   NAME("Arn", PB_FIELD_ARN)},
    ['c' - 'a'] = {NAME("CertificateBody", PB_FIELD_BODY), NAME("CertificateChain", PB_FIELD_CHAIN),
                   NAME("CloudTrailEvent", PB_FIELD_CLOUDTRAIL_EVENT),
                   NAME("Configuration", PB_FIELD_CONFIGURATION),
                   NAME("ConfigurationItemStatus", PB_FIELD_ITEM_STATUS),
                   NAME("ConfigurationItemCaptureTime", PB_FIELD_CAPTURE_TIME)},
    ['e' - 'a'] = {NAME("ErrorCode", PB_FIELD_ERROR_CODE), NAME("EventName", PB_FIELD_EVENT_NAME),
                   NAME("EventSource", PB_FIELD_EVENT_SOURCE),
                   NAME("EventTime", PB_FIELD_EVENT_TIME), NAME("Expiration", PB_FIELD_EXPIRATION),
                   NAME("ExpirationDate", PB_FIELD_EXPIRATION)},
    ['i' - 'a'] = {NAME("IsTruncated", PB_FIELD_IS_TRUNCATED)},
    ['m' - 'a'] = {NAME("Marker", PB_FIELD_MARKER)},
    ['n' - 'a'] = {NAME("NextToken", PB_FIELD_NEXT_TOKEN)},
    ['p' - 'a'] = {NAME("Path", PB_FIELD_PATH)},
    ['r' - 'a'] = {NAME("RecipientAccountId", PB_FIELD_RECIPIENT),
                   NAME("RequestParameters", PB_FIELD_REQUEST),
                   NAME("ResourceId", PB_FIELD_RESOURCE_ID),
                   NAME("ResourceName", PB_FIELD_RESOURCE_NAME),
                   NAME("ResourceType", PB_FIELD_RESOURCE_TYPE),
                   NAME("ResponseElements", PB_FIELD_RESPONSE)},
    ['s' - 'a'] = {NAME("ServerCertificate", PB_FIELD_CERTIFICATE),
                   NAME("ServerCertificateId", PB_FIELD_ID),
                   NAME("ServerCertificateMetadata", PB_FIELD_METADATA),
                   NAME("ServerCertificateMetadataList", PB_FIELD_LIST),
                   NAME("ServerCertificateCount", PB_FIELD_COUNT_OF_CERTIFICATES),
                   NAME("ServerCertificateName", PB_FIELD_NAME),
                   NAME("ServerCertificates", PB_FIELD_COUNT_OF_CERTIFICATES),
                   NAME("ServerCertificatesCount", PB_FIELD_COUNT_OF_CERTIFICATES),
                   NAME("ServerCertificatesQuota", PB_FIELD_QUOTA_OF_CERTIFICATES)},
    ['t' - 'a'] = {NAME("Tags", PB_FIELD_TAGS), NAME("TagsSrc", PB_FIELD_TAGS)},
    ['u' - 'a'] = {NAME("Uid", PB_FIELD_UID), NAME("UploadDate", PB_FIELD_UPLOAD_DATE),
                   NAME("UserId", PB_FIELD_USER_ID), NAME("UserIdentity", PB_FIELD_USER_IDENTITY)},
};

/* The letters are the same but for their case; each word may have one separator before it. */
static bool is_spelling(struct pb_slice key, struct pb_slice name)
{
    size_t at = 0;

    for (size_t i = 0; i < key.size_bytes; i++, at++) {
        bool is_between = i > 0 && at < name.size_bytes && name.data[at] <= 'Z'; /* a capital */
        if (is_between && (key.data[i] == '_' || key.data[i] == '-'))
            i++;
        if (i == key.size_bytes || at == name.size_bytes ||
            pb_byte_lower(key.data[i]) != pb_byte_lower(name.data[at]))
            return false;
    }
    return at == name.size_bytes;
}

enum pb_field pb_field_of(struct pb_slice key)
{
    char first = key.size_bytes > 0 ? pb_byte_lower(key.data[0]) : '\0';

    if (first < 'a' || first > 'z')
        return PB_FIELD_NONE;
    /* Most names of one first letter differ in the last. */
    char last = pb_byte_lower(key.data[key.size_bytes - 1]);
    const struct name *name = names[first - 'a'];
    for (size_t i = 0; i < MOST_NAMES_A_LETTER && name[i].field != PB_FIELD_NONE; i++)
        if (name[i].text.data[name[i].text.size_bytes - 1] == last &&
            key.size_bytes - name[i].text.size_bytes <= 3 && /* separators, and no fewer bytes */
            (pb_slice_equals(key, name[i].text) || is_spelling(key, name[i].text)))
            return name[i].field;
    return PB_FIELD_NONE;
}

void pb_fields_read(const struct pb_json *object, struct pb_fields *fields)
{
    struct pb_json_member member = {0};

    *fields = (struct pb_fields){{NULL}};
    while (pb_json_type(object) == PB_JSON_OBJECT && pb_json_next_member(object, &member)) {
        enum pb_field field = pb_field_of(member.key);
        if (field == PB_FIELD_NONE)
            continue;
        if ((pb_is_own_field(field) || field == PB_FIELD_ARN) &&
            pb_json_type(pb_json_find(member.value, "type|$ref|shape")) == PB_JSON_STRING)
            continue; /* a schema's */
        const struct pb_json *known = fields->values[field];
        if (known == NULL || pb_json_type(known) == PB_JSON_NULL)
            fields->values[field] = member.value;
    }
}

struct pb_slice pb_account_at(struct pb_slice key, const struct pb_fields *fields,
                              struct pb_slice known)
{
    struct pb_slice found = pb_fields_text(fields, PB_FIELD_ACCOUNT);
    return pb_is_account(key) ? key : found.size_bytes > 0 ? found : known;
}

bool pb_is_function(const struct pb_json *value)
{
    struct pb_json_member only = {0};
    return pb_json_count(value) == 1 && pb_json_next_member(value, &only) &&
           (pb_is_key(only.key, "Ref") || pb_begins(only.key, "Fn::"));
}

bool pb_fields_are_metadata(const struct pb_fields *fields)
{
    if (pb_is_function(fields->values[PB_FIELD_NAME]))
        return false;
    return pb_fields_has(fields, PB_FIELD_NAME) || pb_fields_has(fields, PB_FIELD_ID) ||
           pb_field_of_value(fields->values[PB_FIELD_ARN]) == PB_FIELD_ARN;
}

/* A select may leave the type out. A type and a name alone, as in lookup-events, are no item. The
 * findings of checks have neither an id nor a configuration, and spell resourceName otherwise. */
bool pb_is_config_item(const struct pb_json *object, const struct pb_fields *fields)
{
    const struct pb_json *type = fields->values[PB_FIELD_RESOURCE_TYPE];
    bool has_id = pb_field_of_value(fields->values[PB_FIELD_RESOURCE_ID]) == PB_FIELD_ID;

    if (pb_fields_has(fields, PB_FIELD_UPLOAD_DATE)) /* which Config does not have */
        return false;
    if (type == NULL)
        return has_id;
    return pb_is_word(pb_text_of(type), "AWS::IAM::ServerCertificate") &&
           pb_json_find(object, "ConfigRuleName|configRuleName") == NULL &&
           (has_id || pb_fields_has(fields, PB_FIELD_CONFIGURATION) ||
            (pb_fields_has(fields, PB_FIELD_RESOURCE_ID) &&
             pb_json_find(object, "resourceName|ResourceName|resourcename") != NULL));
}

bool pb_is_certificate_name(struct pb_slice text)
{
    return text.size_bytes > 0 && text.size_bytes <= PB_LONGEST_NAME_BYTES &&
           pb_skip(text, 0, PB_LETTERS PB_DIGITS "_+=,.@-") == text.size_bytes;
}

bool pb_is_stand_in(struct pb_slice name)
{
    return pb_is_any(name, "str|string|String|text|Name|name|Value|null|no|none|None|true|True|yes|"
                           "required|NAME|CERT_NAME|CERTIFICATE_NAME");
}

enum pb_field pb_field_of_text(struct pb_slice text)
{
    struct pb_certificate_arn arn;

    text = pb_slice_trim(text);
    if (text.size_bytes == 0)
        return PB_FIELD_NONE;
    if (pb_begins(text, "-----BEGIN ") &&
        pb_text_has(pb_slice_first(text, 35), " CERTIFICATE-----"))
        return PB_FIELD_BODY; /* TRUSTED or X509, too, and not ATTRIBUTE */
    if (pb_certificate_arn_parse(text, &arn))
        return PB_FIELD_ARN;
    if (pb_date_from_text(text).state != PB_DATE_UNPARSEABLE)
        return PB_FIELD_UPLOAD_DATE;
    if (text.data[0] == '/' && text.data[text.size_bytes - 1] == '/')
        return PB_FIELD_PATH;
    if (pb_begins(text, PB_ID_PREFIX) && text.size_bytes >= PB_SHORTEST_ID_BYTES &&
        text.size_bytes <= PB_LONGEST_ID_BYTES &&
        pb_skip(text, 0, PB_CAPITALS PB_DIGITS) == text.size_bytes)
        return PB_FIELD_ID;
    return pb_is_certificate_name(text) ? PB_FIELD_NAME : PB_FIELD_NONE;
}

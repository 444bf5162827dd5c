/* SPDX-License-Identifier: MIT */
#include "aws/field.h"

/* A field's name as the service spells it, and with its words apart. */
struct name {
    struct pb_slice pascal, snake;
    enum pb_field field;
};

#define NAME(pascal, snake, field)                                                                 \
    {                                                                                              \
        {(pascal), sizeof(pascal) - 1}, {(snake), sizeof(snake) - 1}, (field)                      \
    }
#define NAMES(...)                                                                                 \
    {                                                                                              \
        (const struct name[]){__VA_ARGS__},                                                        \
            sizeof((const struct name[]){__VA_ARGS__}) / sizeof(struct name)                       \
    }

/* By their first letters: keys are looked up by the million. */
static const struct {
    const struct name *names;
    size_t count;
} letters['z' - 'a' + 1] = {
    ['a' - 'a'] =
        NAMES(NAME("Account", "account", PB_FIELD_ACCOUNT),
              NAME("AccountId", "account_id", PB_FIELD_ACCOUNT), NAME("Arn", "arn", PB_FIELD_ARN)),
    ['c' - 'a'] = NAMES(NAME("CertificateArn", "certificate_arn", PB_FIELD_CERTIFICATE_ARN),
                        NAME("CertificateBody", "certificate_body", PB_FIELD_BODY),
                        NAME("CertificateChain", "certificate_chain", PB_FIELD_CHAIN),
                        NAME("CloudTrailEvent", "cloud_trail_event", PB_FIELD_CLOUDTRAIL_EVENT),
                        NAME("Configuration", "configuration", PB_FIELD_CONFIGURATION)),
    ['e' - 'a'] = NAMES(NAME("ErrorCode", "error_code", PB_FIELD_ERROR_CODE),
                        NAME("EventName", "event_name", PB_FIELD_EVENT_NAME),
                        NAME("EventSource", "event_source", PB_FIELD_EVENT_SOURCE),
                        NAME("EventTime", "event_time", PB_FIELD_EVENT_TIME),
                        NAME("Expiration", "expiration", PB_FIELD_EXPIRATION)),
    ['i' - 'a'] = NAMES(NAME("IsTruncated", "is_truncated", PB_FIELD_IS_TRUNCATED)),
    ['m' - 'a'] = NAMES(NAME("Marker", "marker", PB_FIELD_MARKER),
                        NAME("MaxItems", "max_items", PB_FIELD_MAX_ITEMS)),
    ['n' - 'a'] = NAMES(NAME("NextToken", "next_token", PB_FIELD_NEXT_TOKEN)),
    ['p' - 'a'] = NAMES(NAME("Path", "path", PB_FIELD_PATH),
                        NAME("PathPrefix", "path_prefix", PB_FIELD_PATH_PREFIX)),
    ['r' - 'a'] = NAMES(NAME("RecipientAccountId", "recipient_account_id", PB_FIELD_RECIPIENT),
                        NAME("RequestParameters", "request_parameters", PB_FIELD_REQUEST),
                        NAME("ResourceId", "resource_id", PB_FIELD_RESOURCE_ID),
                        NAME("ResourceName", "resource_name", PB_FIELD_RESOURCE_NAME),
                        NAME("ResourceType", "resource_type", PB_FIELD_RESOURCE_TYPE),
                        NAME("ResponseElements", "response_elements", PB_FIELD_RESPONSE)),
    ['s' - 'a'] = NAMES(
        NAME("ServerCertificate", "server_certificate", PB_FIELD_CERTIFICATE),
        NAME("ServerCertificateId", "server_certificate_id", PB_FIELD_ID),
        NAME("ServerCertificateMetadata", "server_certificate_metadata", PB_FIELD_METADATA),
        NAME("ServerCertificateMetadataList", "server_certificate_metadata_list", PB_FIELD_LIST),
        NAME("ServerCertificateName", "server_certificate_name", PB_FIELD_NAME),
        NAME("ServerCertificates", "server_certificates", PB_FIELD_COUNT_OF_CERTIFICATES),
        NAME("ServerCertificatesQuota", "server_certificates_quota",
             PB_FIELD_QUOTA_OF_CERTIFICATES)),
    ['t' - 'a'] = NAMES(NAME("Tags", "tags", PB_FIELD_TAGS)),
    ['u' - 'a'] = NAMES(NAME("Uid", "uid", PB_FIELD_UID),
                        NAME("UploadDate", "upload_date", PB_FIELD_UPLOAD_DATE),
                        NAME("UserId", "user_id", PB_FIELD_USER_ID),
                        NAME("UserIdentity", "user_identity", PB_FIELD_USER_IDENTITY)),
};

static bool is_separator(char byte)
{
    return byte == '_' || byte == '-';
}

/* The letters agree but for their case; separators stand only between words, one each. */
static bool is_spelling(struct pb_slice key, struct pb_slice snake)
{
    size_t at = 0;

    for (size_t i = 0; i < key.size_bytes; i++) {
        bool is_between = at < snake.size_bytes && snake.data[at] == '_';
        if (is_separator(key.data[i])) {
            if (!is_between)
                return false;
            at++;
            continue;
        }
        at += is_between;
        if (at == snake.size_bytes || pb_byte_lower(key.data[i]) != snake.data[at++])
            return false;
    }
    return at == snake.size_bytes;
}

/* Length and last letter tell most names apart. */
static bool is_name(struct pb_slice key, const struct name *name)
{
    if (key.size_bytes < name->pascal.size_bytes || key.size_bytes > name->snake.size_bytes ||
        pb_byte_lower(key.data[key.size_bytes - 1]) != name->snake.data[name->snake.size_bytes - 1])
        return false;
    return pb_slice_equals(key, name->pascal) || is_spelling(key, name->snake);
}

enum pb_field pb_field_of(struct pb_slice key)
{
    char first = key.size_bytes > 0 ? pb_byte_lower(key.data[0]) : '\0';

    if (first < 'a' || first > 'z')
        return PB_FIELD_NONE;
    for (size_t i = 0; i < letters[first - 'a'].count; i++)
        if (is_name(key, &letters[first - 'a'].names[i]))
            return letters[first - 'a'].names[i].field;
    return PB_FIELD_NONE;
}

void pb_fields_read(const struct pb_json *object, struct pb_fields *fields)
{
    struct pb_json_member member = {0};

    *fields = (struct pb_fields){{NULL}};
    while (pb_json_next_member(object, &member)) {
        enum pb_field field = pb_field_of(member.key);
        if (field == PB_FIELD_NONE)
            continue;
        const struct pb_json *known = fields->values[field];
        if (known == NULL || pb_json_type(known) == PB_JSON_NULL)
            fields->values[field] = member.value;
    }
}

bool pb_fields_has(const struct pb_fields *fields, enum pb_field field)
{
    return fields->values[field] != NULL;
}

bool pb_fields_has_text(const struct pb_fields *fields, enum pb_field field)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    return pb_json_string(fields->values[field], &text) && text.size_bytes > 0;
}

/* SPDX-License-Identifier: MIT */
#include "aws/field.h"

#define NAME(snake, field)                                                                         \
    {                                                                                              \
        {(snake), sizeof(snake) - 1}, (field)                                                      \
    }

/* Sorted by their first letters. */
static const struct {
    struct pb_slice snake;
    enum pb_field field;
} names[] = {
    NAME("account", PB_FIELD_ACCOUNT),
    NAME("account_id", PB_FIELD_ACCOUNT),
    NAME("arn", PB_FIELD_ARN),
    NAME("certificate_arn", PB_FIELD_CERTIFICATE_ARN),
    NAME("certificate_body", PB_FIELD_BODY),
    NAME("certificate_chain", PB_FIELD_CHAIN),
    NAME("cloud_trail_event", PB_FIELD_CLOUDTRAIL_EVENT),
    NAME("configuration", PB_FIELD_CONFIGURATION),
    NAME("error_code", PB_FIELD_ERROR_CODE),
    NAME("event_name", PB_FIELD_EVENT_NAME),
    NAME("event_source", PB_FIELD_EVENT_SOURCE),
    NAME("event_time", PB_FIELD_EVENT_TIME),
    NAME("expiration", PB_FIELD_EXPIRATION),
    NAME("is_truncated", PB_FIELD_IS_TRUNCATED),
    NAME("marker", PB_FIELD_MARKER),
    NAME("max_items", PB_FIELD_MAX_ITEMS),
    NAME("next_token", PB_FIELD_NEXT_TOKEN),
    NAME("path", PB_FIELD_PATH),
    NAME("path_prefix", PB_FIELD_PATH_PREFIX),
    NAME("recipient_account_id", PB_FIELD_RECIPIENT),
    NAME("request_parameters", PB_FIELD_REQUEST),
    NAME("resource_id", PB_FIELD_RESOURCE_ID),
    NAME("resource_name", PB_FIELD_RESOURCE_NAME),
    NAME("resource_type", PB_FIELD_RESOURCE_TYPE),
    NAME("response_elements", PB_FIELD_RESPONSE),
    NAME("server_certificate", PB_FIELD_CERTIFICATE),
    NAME("server_certificate_id", PB_FIELD_ID),
    NAME("server_certificate_metadata", PB_FIELD_METADATA),
    NAME("server_certificate_metadata_list", PB_FIELD_LIST),
    NAME("server_certificate_name", PB_FIELD_NAME),
    NAME("server_certificates", PB_FIELD_COUNT_OF_CERTIFICATES),
    NAME("server_certificates_quota", PB_FIELD_QUOTA_OF_CERTIFICATES),
    NAME("tags", PB_FIELD_TAGS),
    NAME("uid", PB_FIELD_UID),
    NAME("upload_date", PB_FIELD_UPLOAD_DATE),
    NAME("user_id", PB_FIELD_USER_ID),
    NAME("user_identity", PB_FIELD_USER_IDENTITY),
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

/* Keys are looked up by the million: first and last letter together tell most names apart. */
enum pb_field pb_field_of(struct pb_slice key)
{
    if (key.size_bytes == 0)
        return PB_FIELD_NONE;
    char first = pb_byte_lower(key.data[0]), last = pb_byte_lower(key.data[key.size_bytes - 1]);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct pb_slice snake = names[i].snake;
        if (snake.data[0] > first)
            break;
        if (snake.data[0] == first && snake.data[snake.size_bytes - 1] == last &&
            is_spelling(key, snake))
            return names[i].field;
    }
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

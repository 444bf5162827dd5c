/* SPDX-License-Identifier: MIT */
#include "aws/field.h"

#define LONGEST_NAME_BYTES 29

struct name {
    const char *snake;
    enum pb_field field;
};

/* Sorted by name, '_' left out. */
static const struct name names[] = {
    {"account", PB_FIELD_ACCOUNT},
    {"account_id", PB_FIELD_ACCOUNT},
    {"arn", PB_FIELD_ARN},
    {"certificate_arn", PB_FIELD_CERTIFICATE_ARN},
    {"certificate_body", PB_FIELD_BODY},
    {"certificate_chain", PB_FIELD_CHAIN},
    {"cloud_trail_event", PB_FIELD_CLOUDTRAIL_EVENT},
    {"configuration", PB_FIELD_CONFIGURATION},
    {"event_name", PB_FIELD_EVENT_NAME},
    {"event_source", PB_FIELD_EVENT_SOURCE},
    {"event_time", PB_FIELD_EVENT_TIME},
    {"expiration", PB_FIELD_EXPIRATION},
    {"is_truncated", PB_FIELD_IS_TRUNCATED},
    {"marker", PB_FIELD_MARKER},
    {"max_items", PB_FIELD_MAX_ITEMS},
    {"next_token", PB_FIELD_NEXT_TOKEN},
    {"path", PB_FIELD_PATH},
    {"path_prefix", PB_FIELD_PATH_PREFIX},
    {"resource_id", PB_FIELD_RESOURCE_ID},
    {"resource_name", PB_FIELD_RESOURCE_NAME},
    {"resource_type", PB_FIELD_RESOURCE_TYPE},
    {"server_certificate", PB_FIELD_CERTIFICATE},
    {"server_certificate_id", PB_FIELD_ID},
    {"server_certificate_metadata", PB_FIELD_METADATA},
    {"server_certificate_metadata_list", PB_FIELD_LIST},
    {"server_certificate_name", PB_FIELD_NAME},
    {"server_certificates", PB_FIELD_COUNT_OF_CERTIFICATES},
    {"server_certificates_quota", PB_FIELD_QUOTA_OF_CERTIFICATES},
    {"tags", PB_FIELD_TAGS},
    {"uid", PB_FIELD_UID},
    {"upload_date", PB_FIELD_UPLOAD_DATE},
    {"user_id", PB_FIELD_USER_ID},
};

static bool is_separator(char byte)
{
    return byte == '_' || byte == '-';
}

static char to_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* The key in lower case without separators; false where it is longer than any name. */
static bool fold(struct pb_slice key, char *folded, size_t *size)
{
    *size = 0;
    for (size_t i = 0; i < key.size_bytes; i++) {
        if (is_separator(key.data[i]))
            continue;
        if (*size == LONGEST_NAME_BYTES)
            return false;
        folded[(*size)++] = to_lower(key.data[i]);
    }
    return true;
}

static int compare_folded(const char *folded, size_t size, const char *snake)
{
    for (size_t i = 0; i < size; i++, snake++) {
        snake += *snake == '_';
        /* A key may hold U+0000, which ends no name. */
        if (*snake == '\0')
            return 1;
        if (folded[i] != *snake)
            return (unsigned char)folded[i] < (unsigned char)*snake ? -1 : 1;
    }
    return *snake == '\0' ? 0 : -1;
}

/* The letters agree: separators may stand only between words, one each. */
static bool has_separators_of(struct pb_slice key, const char *snake)
{
    for (size_t i = 0; i < key.size_bytes; i++) {
        if (is_separator(key.data[i])) {
            if (*snake++ != '_')
                return false;
            continue;
        }
        snake += *snake == '_';
        snake++;
    }
    return true;
}

enum pb_field pb_field_of(struct pb_slice key)
{
    char folded[LONGEST_NAME_BYTES];
    size_t size;
    size_t low = 0, high = sizeof names / sizeof names[0];

    if (!fold(key, folded, &size))
        return PB_FIELD_NONE;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_folded(folded, size, names[middle].snake);
        if (order == 0)
            return has_separators_of(key, names[middle].snake) ? names[middle].field
                                                               : PB_FIELD_NONE;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
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

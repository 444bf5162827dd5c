/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "aws/certificate.h"
#include "aws/date.h"
#include "aws/field.h"
#include "aws/guess.h"
#include "inventory/arn.h"
#include "inventory/types.h"

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

#define LONGEST_NAME_BYTES 128
#define FEWEST_ID_BYTES 16

static bool is_capital_or_digit(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static bool is_name_byte(char byte)
{
    return is_capital_or_digit(byte) || (byte >= 'a' && byte <= 'z') ||
           (byte != '\0' && strchr("_+=,.@-", byte) != NULL);
}

bool pb_guess_is_name(struct pb_slice text)
{
    if (text.size_bytes == 0 || text.size_bytes > LONGEST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (!is_name_byte(text.data[i]))
            return false;
    return true;
}

bool pb_guess_has_id_prefix(struct pb_slice id)
{
    return pb_slice_starts_with(id, PB_SLICE("ASCA"));
}

static bool is_id(struct pb_slice text)
{
    if (!pb_guess_has_id_prefix(text) || text.size_bytes < FEWEST_ID_BYTES ||
        text.size_bytes > LONGEST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (!is_capital_or_digit(text.data[i]))
            return false;
    return true;
}

static bool is_path(struct pb_slice text)
{
    return pb_slice_starts_with(text, PB_SLICE("/")) && pb_slice_ends_with(text, PB_SLICE("/"));
}

enum pb_guess pb_guess_text(struct pb_slice text)
{
    struct pb_certificate_arn arn;

    text = pb_slice_trim(text);
    if (text.size_bytes == 0)
        return PB_GUESS_NOTHING;
    if (pb_slice_starts_with(text, PB_SLICE("-----BEGIN CERTIFICATE-----")) ||
        pb_slice_starts_with(text, PB_SLICE("-----BEGIN TRUSTED CERTIFICATE-----")) ||
        pb_slice_starts_with(text, PB_SLICE("-----BEGIN X509 CERTIFICATE-----")))
        return PB_GUESS_PEM;
    if (pb_certificate_arn_parse(text, &arn))
        return PB_GUESS_ARN;
    if (pb_date_from_text(text).state != PB_DATE_UNPARSEABLE)
        return PB_GUESS_DATE;
    if (is_path(text))
        return PB_GUESS_PATH;
    if (is_id(text))
        return PB_GUESS_ID;
    return pb_guess_is_name(text) ? PB_GUESS_NAME : PB_GUESS_NOTHING;
}

/* Single fields of a certificate: trimmed, copied into the batch, and remarked on where odd. */

static enum pb_status remark_type(struct pb_reading *reading, const struct pb_json *value,
                                  const char *expected)
{
    return pb_reading_remark(reading, PB_REMARK_WRONG_TYPE, "this is %s; expected %s",
                             pb_json_type_name(pb_json_type(value)), expected);
}

static bool is_nothing(const struct pb_json *value)
{
    return pb_json_type(value) <= PB_JSON_NULL;
}

/* The text stands in the document. *is_new unless it is the one that was there before. */
static enum pb_status find_text(struct pb_reading *reading, const struct pb_json *value,
                                struct pb_slice *text, bool *is_new)
{
    struct pb_slice whole, trimmed;
    enum pb_status status = PB_OK;

    *is_new = false;
    if (is_nothing(value))
        return PB_OK;
    if (!pb_json_string(value, &whole))
        return remark_type(reading, value, "a string");
    trimmed = pb_slice_trim(whole);
    if (trimmed.size_bytes == 0)
        return PB_OK;
    if (trimmed.size_bytes != whole.size_bytes)
        status = pb_reading_remark(reading, PB_REMARK_OUTER_WHITESPACE,
                                   "white space stands around \"%.*s\"", PB_SLICE_ARGS(trimmed));
    if (status != PB_OK)
        return status;
    if (!pb_slice_is_absent(*text)) {
        if (pb_slice_equals(*text, trimmed))
            return PB_OK;
        return pb_reading_remark(reading, PB_REMARK_REPEATED_FIELD,
                                 "\"%.*s\" stands here, but \"%.*s\" for the same field before",
                                 PB_SLICE_ARGS(trimmed), PB_SLICE_ARGS(*text));
    }
    *text = trimmed;
    *is_new = true;
    return PB_OK;
}

enum pb_status pb_certificate_read_text(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_slice *text)
{
    bool is_new;
    enum pb_status status = find_text(reading, value, text, &is_new);

    if (status != PB_OK || !is_new)
        return status;
    return pb_arena_copy(&reading->batch->arena, *text, text) ? PB_OK : PB_FAILED_MEMORY;
}

static bool is_control(char byte)
{
    return (unsigned char)byte < 0x20 || byte == 0x7f;
}

static bool has_control(struct pb_slice text)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (is_control(text.data[i]))
            return true;
    return false;
}

/* printf would stop at a NUL, and so make another name of it. */
static enum pb_status remark_control(struct pb_reading *reading, struct pb_slice name)
{
    struct pb_buffer shown;
    enum pb_status status = PB_FAILED_MEMORY;

    pb_buffer_init(&shown, SIZE_MAX);
    name = pb_slice_first(name, 200);
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (is_control(name.data[i]))
            pb_buffer_append_format(&shown, "\\x%02x", (unsigned)(unsigned char)name.data[i]);
        else
            pb_buffer_append_byte(&shown, name.data[i]);
    }
    if (!shown.has_failed)
        status = pb_reading_remark(reading, PB_REMARK_CONTROL_IN_NAME,
                                   "a control character stands in this name, and IAM accepts none "
                                   "(ServerCertificateName): \"%.*s\"",
                                   PB_SLICE_ARGS(pb_buffer_slice(&shown)));
    pb_buffer_release(&shown);
    return status;
}

enum pb_status pb_certificate_read_name(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_slice *name)
{
    bool is_new;
    enum pb_status status = find_text(reading, value, name, &is_new);

    /* What is read out of a string is gone when the draft is kept. */
    if (status == PB_OK && is_new && reading->is_embedded &&
        !pb_arena_copy(&reading->batch->arena, *name, name))
        return PB_FAILED_MEMORY;
    if (status != PB_OK || pb_slice_is_absent(*name) || pb_guess_is_name(*name))
        return status;
    if (has_control(*name))
        return remark_control(reading, *name);
    return pb_reading_remark(
        reading, PB_REMARK_ODD_NAME,
        "IAM accepts no such name (ServerCertificateName: 1 to 128 of letters, "
        "digits and _+=,.@-): \"%.*s\"",
        PB_SLICE_ARGS(*name));
}

enum pb_status pb_certificate_read_id(struct pb_reading *reading, const struct pb_json *value,
                                      struct pb_slice *id)
{
    enum pb_status status = pb_certificate_read_text(reading, value, id);

    if (status != PB_OK || pb_slice_is_absent(*id) || pb_guess_has_id_prefix(*id))
        return status;
    return pb_reading_remark(reading, PB_REMARK_ODD_ID_PREFIX,
                             "ids of server certificates begin with ASCA, \"%.*s\" does not",
                             PB_SLICE_ARGS(*id));
}

static enum pb_status remark_date(struct pb_reading *reading, const struct pb_json *value,
                                  const struct pb_date *date, enum pb_date_fault fault)
{
    char room[PB_INSTANT_BYTES];
    struct pb_slice text = pb_date_text(date, room);

    switch (fault) {
    case PB_DATE_FINE: break;
    case PB_DATE_UNREADABLE:
        return pb_reading_remark(reading, PB_REMARK_UNPARSEABLE_DATE,
                                 "\"%.*s\" is no date; expected one like 2014-04-01T00:00:00Z",
                                 PB_SLICE_ARGS(text));
    case PB_DATE_IMPLAUSIBLE:
        return pb_reading_remark(reading, PB_REMARK_ODD_DATE,
                                 "%.*s is no count of seconds or milliseconds from 2006, when AWS "
                                 "began, to 9999; expected a date like 2014-04-01T00:00:00Z",
                                 PB_SLICE_ARGS(text));
    case PB_DATE_NO_DATE: return remark_type(reading, value, "a date");
    }
    return PB_OK;
}

/* Two different answers are none. */
static enum pb_status merge_date(struct pb_reading *reading, struct pb_date *date,
                                 const struct pb_date *next)
{
    char room[PB_INSTANT_BYTES], next_room[PB_INSTANT_BYTES];
    struct pb_slice text = pb_date_text(date, room), next_text = pb_date_text(next, next_room);

    if (pb_slice_equals(text, next_text)) {
        *date = *next;
        return PB_OK;
    }
    if (!pb_arena_copy(&reading->batch->arena, text, &text))
        return PB_FAILED_MEMORY;
    date->state = PB_DATE_UNPARSEABLE;
    pb_date_spell(date, text);
    return pb_reading_remark(reading, PB_REMARK_REPEATED_FIELD,
                             "%.*s stands here, but %.*s for the same date before: neither counts",
                             PB_SLICE_ARGS(next_text), PB_SLICE_ARGS(text));
}

enum pb_status pb_certificate_read_date(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_date *date)
{
    struct pb_date next;
    enum pb_date_fault fault;
    enum pb_status status = pb_date_from_json(value, &reading->batch->arena, &next, &fault);

    if (status == PB_OK && fault != PB_DATE_FINE)
        status = remark_date(reading, value, &next, fault);
    if (status != PB_OK || next.state == PB_DATE_ABSENT)
        return status;
    if (date->state != PB_DATE_ABSENT)
        return merge_date(reading, date, &next);
    *date = next;
    return PB_OK;
}

enum pb_status pb_certificate_read_pem(struct pb_reading *reading, const struct pb_json *value,
                                       struct pb_slice *pem)
{
    struct pb_slice text;

    if (is_nothing(value))
        return PB_OK;
    if (!pb_json_string(value, &text))
        return remark_type(reading, value, "a string in PEM");
    if (pb_slice_trim(text).size_bytes == 0)
        return PB_OK;
    if (!pb_slice_is_absent(*pem)) {
        if (pb_slice_equals(*pem, text))
            return PB_OK;
        return pb_reading_remark(reading, PB_REMARK_REPEATED_FIELD,
                                 "another PEM text stands in the same field before");
    }
    *pem = text;
    /* What is read out of a string is gone when the next stage comes to it. */
    if (reading->is_embedded && !pb_arena_copy(&reading->batch->arena, text, pem))
        return PB_FAILED_MEMORY;
    return PB_OK;
}

/* Some exports print the account as a number, which loses its leading zeros. */
enum pb_status pb_certificate_read_account(struct pb_reading *reading, const struct pb_json *value,
                                           struct pb_slice *account)
{
    int64_t number;
    char digits[32];

    if (!pb_json_integer(value, &number) || number < 0)
        return pb_certificate_read_text(reading, value, account);
    int size = snprintf(digits, sizeof digits, "%012lld", (long long)number);
    struct pb_slice text = {digits, (size_t)size};
    return pb_arena_copy(&reading->batch->arena, text, account) ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_certificate_compare_arn(struct pb_reading *reading,
                                          const struct pb_observation *seen)
{
    struct pb_certificate_arn arn;
    enum pb_status status = PB_OK;

    if (!pb_certificate_arn_parse(seen->arn, &arn))
        return PB_OK;
    if (!pb_slice_is_absent(seen->path) && !pb_slice_equals(seen->path, arn.path))
        status = pb_reading_remark(reading, PB_REMARK_PATH_DIFFERS,
                                   "the path is \"%.*s\", but \"%.*s\" in the ARN",
                                   PB_SLICE_ARGS(seen->path), PB_SLICE_ARGS(arn.path));
    if (status == PB_OK && !pb_slice_is_absent(seen->name) &&
        !pb_slice_equals(seen->name, arn.name))
        status = pb_reading_remark(reading, PB_REMARK_NAME_DIFFERS,
                                   "the name is \"%.*s\", but \"%.*s\" in the ARN",
                                   PB_SLICE_ARGS(seen->name), PB_SLICE_ARGS(arn.name));
    return status;
}

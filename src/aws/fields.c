/* SPDX-License-Identifier: MIT */
/* Fields by their keys and by the look of their values, and the readers of single values: trimmed,
 * copied into the batch, and remarked on where odd. certificate.c and the producers call them. */
#include <stdio.h>

#include "aws/context.h"
#include "base/utf8.h"
#include "inventory/arn.h"

#define MOST_NAMES_A_LETTER 8
#define LONGEST_NAME_BYTES 128
#define FEWEST_ID_BYTES 16

/* As the service spells it, which is most frequent, and with its words apart. */
struct name {
    struct pb_slice pascal, snake;
    enum pb_field field;
};

#define NAME(pascal, snake, field)                                                                 \
    {                                                                                              \
        {(pascal), sizeof(pascal) - 1}, {(snake), sizeof(snake) - 1}, (field)                      \
    }

/* Grouped by their first letters, since every key of a document is looked up. */
static const struct name names['z' - 'a' + 1][MOST_NAMES_A_LETTER] = {
    ['a' - 'a'] = {NAME("Account", "account", PB_FIELD_ACCOUNT),
                   NAME("AccountId", "account_id", PB_FIELD_ACCOUNT),
                   NAME("Arn", "arn", PB_FIELD_ARN)},
    ['c' - 'a'] = {NAME("CertificateBody", "certificate_body", PB_FIELD_BODY),
                   NAME("CertificateChain", "certificate_chain", PB_FIELD_CHAIN),
                   NAME("CloudTrailEvent", "cloud_trail_event", PB_FIELD_CLOUDTRAIL_EVENT),
                   NAME("Configuration", "configuration", PB_FIELD_CONFIGURATION)},
    ['e' - 'a'] = {NAME("ErrorCode", "error_code", PB_FIELD_ERROR_CODE),
                   NAME("EventName", "event_name", PB_FIELD_EVENT_NAME),
                   NAME("EventSource", "event_source", PB_FIELD_EVENT_SOURCE),
                   NAME("EventTime", "event_time", PB_FIELD_EVENT_TIME),
                   NAME("Expiration", "expiration", PB_FIELD_EXPIRATION)},
    ['i' - 'a'] = {NAME("IsTruncated", "is_truncated", PB_FIELD_IS_TRUNCATED)},
    ['m' - 'a'] = {NAME("Marker", "marker", PB_FIELD_MARKER),
                   NAME("MaxItems", "max_items", PB_FIELD_MAX_ITEMS)},
    ['n' - 'a'] = {NAME("NextToken", "next_token", PB_FIELD_NEXT_TOKEN)},
    ['p' - 'a'] = {NAME("Path", "path", PB_FIELD_PATH)},
    ['r' - 'a'] = {NAME("RecipientAccountId", "recipient_account_id", PB_FIELD_RECIPIENT),
                   NAME("RequestParameters", "request_parameters", PB_FIELD_REQUEST),
                   NAME("ResourceId", "resource_id", PB_FIELD_RESOURCE_ID),
                   NAME("ResourceName", "resource_name", PB_FIELD_RESOURCE_NAME),
                   NAME("ResourceType", "resource_type", PB_FIELD_RESOURCE_TYPE),
                   NAME("ResponseElements", "response_elements", PB_FIELD_RESPONSE)},
    ['s' -
        'a'] = {NAME("ServerCertificate", "server_certificate", PB_FIELD_CERTIFICATE),
                NAME("ServerCertificateId", "server_certificate_id", PB_FIELD_ID),
                NAME("ServerCertificateMetadata", "server_certificate_metadata", PB_FIELD_METADATA),
                NAME("ServerCertificateMetadataList", "server_certificate_metadata_list",
                     PB_FIELD_LIST),
                NAME("ServerCertificateName", "server_certificate_name", PB_FIELD_NAME),
                NAME("ServerCertificates", "server_certificates", PB_FIELD_COUNT_OF_CERTIFICATES),
                NAME("ServerCertificatesQuota", "server_certificates_quota",
                     PB_FIELD_QUOTA_OF_CERTIFICATES)},
    ['t' - 'a'] = {NAME("Tags", "tags", PB_FIELD_TAGS)},
    ['u' - 'a'] = {NAME("Uid", "uid", PB_FIELD_UID),
                   NAME("UploadDate", "upload_date", PB_FIELD_UPLOAD_DATE),
                   NAME("UserId", "user_id", PB_FIELD_USER_ID),
                   NAME("UserIdentity", "user_identity", PB_FIELD_USER_IDENTITY)},
};

/* The letters agree but for their case; separators stand only between words, one each. */
static bool is_spelling(struct pb_slice key, struct pb_slice snake)
{
    size_t at = 0;

    for (size_t i = 0; i < key.size_bytes; i++) {
        bool is_between = at < snake.size_bytes && snake.data[at] == '_';
        if (key.data[i] == '_' || key.data[i] == '-') {
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

enum pb_field pb_field_of(struct pb_slice key)
{
    char first = key.size_bytes > 0 ? pb_byte_lower(key.data[0]) : '\0';

    if (first < 'a' || first > 'z')
        return PB_FIELD_NONE;
    /* The last letter tells most names apart. */
    char last = pb_byte_lower(key.data[key.size_bytes - 1]);
    const struct name *name = names[first - 'a'];
    for (size_t i = 0; i < MOST_NAMES_A_LETTER && name[i].field != PB_FIELD_NONE; i++)
        if (key.size_bytes >= name[i].pascal.size_bytes &&
            key.size_bytes <= name[i].snake.size_bytes &&
            name[i].snake.data[name[i].snake.size_bytes - 1] == last &&
            (pb_slice_equals(key, name[i].pascal) || is_spelling(key, name[i].snake)))
            return name[i].field;
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

bool pb_fields_are_metadata(const struct pb_fields *fields)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    struct pb_certificate_arn arn;

    return pb_fields_has(fields, PB_FIELD_NAME) || pb_fields_has(fields, PB_FIELD_ID) ||
           (pb_json_string(fields->values[PB_FIELD_ARN], &text) &&
            pb_certificate_arn_parse(pb_slice_trim(text), &arn));
}

const struct pb_json *pb_find_any(const struct pb_json *object, const char *const *keys)
{
    const struct pb_json *value = NULL;

    for (; *keys != NULL && value == NULL; keys++)
        value = pb_json_find(object, *keys);
    return value;
}

struct pb_slice pb_find_text(const struct pb_json *object, const char *key)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    pb_json_string(pb_json_find(object, key), &text);
    return text;
}

static bool is_capital_or_digit(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static bool is_name_byte(char byte)
{
    return is_capital_or_digit(byte) || (byte >= 'a' && byte <= 'z') ||
           (byte != '\0' && strchr("_+=,.@-", byte) != NULL);
}

bool pb_is_certificate_name(struct pb_slice text)
{
    if (text.size_bytes == 0 || text.size_bytes > LONGEST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (!is_name_byte(text.data[i]))
            return false;
    return true;
}

bool pb_has_id_prefix(struct pb_slice id)
{
    return pb_slice_starts_with(id, PB_SLICE("ASCA"));
}

static bool is_id(struct pb_slice text)
{
    if (!pb_has_id_prefix(text) || text.size_bytes < FEWEST_ID_BYTES ||
        text.size_bytes > LONGEST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (!is_capital_or_digit(text.data[i]))
            return false;
    return true;
}

enum pb_field pb_field_of_text(struct pb_slice text)
{
    struct pb_certificate_arn arn;

    text = pb_slice_trim(text);
    if (text.size_bytes == 0)
        return PB_FIELD_NONE;
    if (pb_slice_starts_with(text, PB_SLICE("-----BEGIN CERTIFICATE-----")) ||
        pb_slice_starts_with(text, PB_SLICE("-----BEGIN TRUSTED CERTIFICATE-----")) ||
        pb_slice_starts_with(text, PB_SLICE("-----BEGIN X509 CERTIFICATE-----")))
        return PB_FIELD_BODY;
    if (pb_certificate_arn_parse(text, &arn))
        return PB_FIELD_ARN;
    if (pb_date_from_text(text).state != PB_DATE_UNPARSEABLE)
        return PB_FIELD_UPLOAD_DATE;
    if (text.data[0] == '/' && text.data[text.size_bytes - 1] == '/')
        return PB_FIELD_PATH;
    if (is_id(text))
        return PB_FIELD_ID;
    return pb_is_certificate_name(text) ? PB_FIELD_NAME : PB_FIELD_NONE;
}

enum pb_field pb_field_of_value(const struct pb_json *value)
{
    struct pb_slice text;

    return pb_json_string(value, &text) ? pb_field_of_text(text) : PB_FIELD_NONE;
}

static void remark_type(struct pb_writer *out, const struct pb_json *value, const char *expected)
{
    pb_writer_remark(out, PB_REMARK_WRONG_TYPE, "this is %s; expected %s",
                     pb_json_type_name(pb_json_type(value)), expected);
}

/* The text stands in the document. Returns true unless there is none, or one was there before. */
static bool find_text(struct pb_writer *out, const struct pb_json *value, struct pb_slice *text)
{
    struct pb_slice whole, trimmed;

    if (pb_json_type(value) <= PB_JSON_NULL)
        return false;
    if (!pb_json_string(value, &whole)) {
        remark_type(out, value, "a string");
        return false;
    }
    trimmed = pb_slice_trim(whole);
    if (trimmed.size_bytes == 0)
        return false;
    if (trimmed.size_bytes != whole.size_bytes)
        pb_writer_remark(out, PB_REMARK_OUTER_WHITESPACE, "white space stands around \"%.*s\"",
                         PB_SLICE_ARGS(trimmed));
    if (pb_slice_is_absent(*text)) {
        *text = trimmed;
        return true;
    }
    if (!pb_slice_equals(*text, trimmed))
        pb_writer_remark(out, PB_REMARK_REPEATED_FIELD,
                         "\"%.*s\" stands here, but \"%.*s\" for the same field before",
                         PB_SLICE_ARGS(trimmed), PB_SLICE_ARGS(*text));
    return false;
}

void pb_read_text(struct pb_writer *out, const struct pb_json *value, struct pb_slice *text)
{
    if (find_text(out, value, text))
        *text = pb_writer_copy(out, *text);
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
static void check_name(struct pb_writer *out, struct pb_slice name)
{
    struct pb_buffer shown;

    if (pb_is_certificate_name(name))
        return;
    pb_buffer_init(&shown, SIZE_MAX);
    pb_escape_append(&shown, pb_slice_first(name, 200), PB_ESCAPE_CONTROLS);
    if (has_control(name))
        pb_writer_remark(out, PB_REMARK_CONTROL_IN_NAME,
                         "a control character stands in this name, and IAM accepts none "
                         "(ServerCertificateName): \"%.*s\"",
                         PB_SLICE_ARGS(pb_buffer_slice(&shown)));
    else
        pb_writer_remark(out, PB_REMARK_ODD_NAME,
                         "IAM accepts no such name (ServerCertificateName: 1 to 128 of letters, "
                         "digits and _+=,.@-): \"%.*s\"",
                         PB_SLICE_ARGS(name));
    out->has_failed |= shown.has_failed;
    pb_buffer_release(&shown);
}

void pb_read_name(struct pb_writer *out, const struct pb_json *value, struct pb_slice *name)
{
    /* What is read out of a string is gone when the draft is kept. */
    if (find_text(out, value, name) && out->is_embedded)
        *name = pb_writer_copy(out, *name);
    if (!pb_slice_is_absent(*name))
        check_name(out, *name);
}

static void read_id(struct pb_writer *out, const struct pb_json *value, struct pb_slice *id)
{
    pb_read_text(out, value, id);
    if (!pb_slice_is_absent(*id) && !pb_has_id_prefix(*id))
        pb_writer_remark(out, PB_REMARK_ODD_ID_PREFIX,
                         "ids of server certificates begin with ASCA, \"%.*s\" does not",
                         PB_SLICE_ARGS(*id));
}

static void remark_date(struct pb_writer *out, const struct pb_json *value,
                        const struct pb_date *date, enum pb_date_fault fault)
{
    char room[PB_INSTANT_BYTES];
    struct pb_slice text = pb_date_text(date, room);

    switch (fault) {
    case PB_DATE_FINE: break;
    case PB_DATE_UNREADABLE:
        pb_writer_remark(out, PB_REMARK_UNPARSEABLE_DATE,
                         "\"%.*s\" is no date; expected one like 2014-04-01T00:00:00Z",
                         PB_SLICE_ARGS(text));
        break;
    case PB_DATE_IMPLAUSIBLE:
        pb_writer_remark(out, PB_REMARK_ODD_DATE,
                         "%.*s is no count of seconds or milliseconds from 2006, when AWS "
                         "began, to 9999; expected a date like 2014-04-01T00:00:00Z",
                         PB_SLICE_ARGS(text));
        break;
    case PB_DATE_NO_DATE: remark_type(out, value, "a date"); break;
    }
}

/* Two different answers are none. */
static void merge_date(struct pb_writer *out, struct pb_date *date, const struct pb_date *next)
{
    char room[PB_INSTANT_BYTES], next_room[PB_INSTANT_BYTES];
    struct pb_slice text = pb_date_text(date, room), next_text = pb_date_text(next, next_room);

    if (pb_slice_equals(text, next_text)) {
        *date = *next;
        return;
    }
    text = pb_writer_copy(out, text);
    date->state = PB_DATE_UNPARSEABLE;
    pb_date_spell(date, text);
    pb_writer_remark(out, PB_REMARK_REPEATED_FIELD,
                     "%.*s stands here, but %.*s for the same date before: neither counts",
                     PB_SLICE_ARGS(next_text), PB_SLICE_ARGS(text));
}

void pb_read_date(struct pb_writer *out, const struct pb_json *value, struct pb_date *date)
{
    struct pb_date next;
    enum pb_date_fault fault;

    if (pb_date_from_json(value, &out->batch->arena, &next, &fault) != PB_OK) {
        out->has_failed = true;
        return;
    }
    remark_date(out, value, &next, fault);
    if (date->state == PB_DATE_ABSENT)
        *date = next;
    else if (next.state != PB_DATE_ABSENT)
        merge_date(out, date, &next);
}

void pb_read_pem(struct pb_writer *out, const struct pb_json *value, struct pb_slice *pem)
{
    struct pb_slice text;

    if (pb_json_type(value) <= PB_JSON_NULL)
        return;
    if (!pb_json_string(value, &text)) {
        remark_type(out, value, "a string in PEM");
        return;
    }
    if (pb_slice_trim(text).size_bytes == 0)
        return;
    /* What is read out of a string is gone when the next stage comes to it. */
    if (pb_slice_is_absent(*pem))
        *pem = out->is_embedded ? pb_writer_copy(out, text) : text;
    else if (!pb_slice_equals(*pem, text))
        pb_writer_remark(out, PB_REMARK_REPEATED_FIELD,
                         "another PEM text stands in the same field before");
}

/* Some exports print the account as a number, which loses its leading zeros. */
void pb_read_account(struct pb_writer *out, const struct pb_json *value, struct pb_slice *account)
{
    int64_t number;
    char digits[32];

    if (!pb_json_integer(value, &number) || number < 0) {
        pb_read_text(out, value, account);
        return;
    }
    int size = snprintf(digits, sizeof digits, "%012lld", (long long)number);
    *account = pb_writer_copy(out, (struct pb_slice){digits, (size_t)size});
}

static struct pb_tag copy_tag(struct pb_writer *out, struct pb_slice key,
                              const struct pb_json *value)
{
    struct pb_slice text = PB_SLICE("");

    pb_json_string(value, &text);
    return (struct pb_tag){pb_writer_copy(out, key), pb_writer_copy(out, text)};
}

void pb_read_tags(struct pb_writer *out, const struct pb_json *value, const struct pb_tag **tags,
                  size_t *count)
{
    static const char *const keys[] = {"Key", "key", NULL}, *const values[] = {"Value", "value",
                                                                               NULL};
    enum pb_json_type type = pb_json_type(value);
    size_t size = pb_json_count(value);
    struct pb_json_member member = {0};

    if (type <= PB_JSON_NULL || (*tags != NULL && (*count > 0 || size == 0)))
        return;
    if (!pb_is_container(value)) {
        pb_writer_remark(out, PB_REMARK_ODD_TAGS, "tags are %s; expected an array of {Key, Value}",
                         pb_json_type_name(type));
        return;
    }
    struct pb_tag *read = pb_arena_allocate_array(&out->batch->arena, size, sizeof *read);
    if (read == NULL) {
        out->has_failed = true;
        return;
    }
    /* The service prints pairs; Terraform, Steampipe and Ansible a map. */
    for (size_t i = 0; type == PB_JSON_ARRAY && i < size; i++) {
        const struct pb_json *pair = pb_json_element(value, i);
        struct pb_slice key = PB_SLICE("");
        pb_json_string(pb_find_any(pair, keys), &key);
        read[i] = copy_tag(out, key, pb_find_any(pair, values));
    }
    for (size_t i = 0; type == PB_JSON_OBJECT && pb_json_next_member(value, &member); i++)
        read[i] = copy_tag(out, member.key, member.value);
    *tags = read;
    *count = size;
}

void pb_read_field(struct pb_writer *out, enum pb_field field, const struct pb_json *value,
                   struct pb_draft *draft)
{
    struct pb_observation *seen = &draft->seen;
    struct pb_particulars *more = &draft->particulars;

    switch (field) {
    case PB_FIELD_NAME: pb_read_name(out, value, &seen->name); break;
    case PB_FIELD_ID: read_id(out, value, &seen->id); break;
    case PB_FIELD_ARN: pb_read_text(out, value, &seen->arn); break;
    case PB_FIELD_PATH: pb_read_text(out, value, &seen->path); break;
    case PB_FIELD_ACCOUNT: pb_read_account(out, value, &more->account); break;
    case PB_FIELD_UPLOAD_DATE: pb_read_date(out, value, &seen->upload_date); break;
    case PB_FIELD_EXPIRATION: pb_read_date(out, value, &seen->expiration); break;
    case PB_FIELD_BODY: pb_read_pem(out, value, &draft->bodies.body_pem); break;
    case PB_FIELD_CHAIN: pb_read_pem(out, value, &draft->bodies.chain_pem); break;
    case PB_FIELD_TAGS: pb_read_tags(out, value, &more->tags, &more->tag_count); break;
    default: break;
    }
}

void pb_compare_arn(struct pb_writer *out, const struct pb_observation *seen)
{
    struct pb_certificate_arn arn;

    if (!pb_certificate_arn_parse(seen->arn, &arn))
        return;
    if (!pb_slice_is_absent(seen->path) && !pb_slice_equals(seen->path, arn.path))
        pb_writer_remark(out, PB_REMARK_PATH_DIFFERS,
                         "the path is \"%.*s\", but \"%.*s\" in the ARN", PB_SLICE_ARGS(seen->path),
                         PB_SLICE_ARGS(arn.path));
    if (!pb_slice_is_absent(seen->name) && !pb_slice_equals(seen->name, arn.name))
        pb_writer_remark(out, PB_REMARK_NAME_DIFFERS,
                         "the name is \"%.*s\", but \"%.*s\" in the ARN", PB_SLICE_ARGS(seen->name),
                         PB_SLICE_ARGS(arn.name));
}

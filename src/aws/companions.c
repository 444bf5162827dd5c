/* SPDX-License-Identifier: MIT */
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/producers.h"
#include "aws/query.h"
#include "aws/tags.h"
#include "inventory/arn.h"

/* Answers of other operations that say how many certificates to expect, and whose they are. */

#define DEEPEST_IDENTITY 2
#define MOST_MEMBERS_OF_IDENTITY 4 /* UserId, Account, Arn and a client's ResponseMetadata */
#define ACCOUNT_BYTES 12

/* boto2 and other XML readers print numbers as text. */
static bool read_count(const struct pb_json *value, uint64_t *count)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    int64_t number;

    if (pb_json_integer(value, &number)) {
        *count = (uint64_t)number;
        return number >= 0;
    }
    if (!pb_json_string(value, &text) || text.size_bytes == 0 || text.size_bytes > 9)
        return false;
    *count = 0;
    for (size_t i = 0; i < text.size_bytes; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *count = *count * 10 + (uint64_t)(text.data[i] - '0');
    }
    return true;
}

/* The map itself, for boto2 leaves out its envelope SummaryMap, or what somebody cut it down to. */
enum pb_claim pb_summary_claim(const struct pb_node *node)
{
    const struct pb_json *value = node->fields->values[PB_FIELD_COUNT_OF_CERTIFICATES];
    uint64_t count;
    bool is_map = pb_fields_has(node->fields, PB_FIELD_QUOTA_OF_CERTIFICATES) ||
                  pb_slice_equals_ignoring_case(node->key_text, PB_SLICE("SummaryMap")) ||
                  pb_slice_equals_ignoring_case(node->key_text, PB_SLICE("summary_map"));
    bool is_summary =
        value != NULL &&
        (is_map || (node->depth == 0 && node->is_suggested && read_count(value, &count)));

    return is_summary ? PB_CLAIM_COMPANION : PB_CLAIM_NONE;
}

enum pb_status pb_summary_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name)
{
    const struct pb_json *value = node->fields->values[PB_FIELD_COUNT_OF_CERTIFICATES];
    uint64_t count;
    uint32_t index;

    if (!read_count(value, &count)) {
        reading->is_recognised = true;
        return pb_reading_remark(reading, PB_REMARK_WRONG_TYPE,
                                 "its ServerCertificates is %s that counts nothing; expected how "
                                 "many the account has",
                                 pb_json_type_name(pb_json_type(value)));
    }
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_ACCOUNT_SUMMARY, name, &index);
    if (status == PB_OK)
        pb_reading_record(reading, index)->count = count;
    return status;
}

static bool read_identity_arn(const struct pb_fields *fields, struct pb_arn *arn)
{
    struct pb_slice text;

    return pb_json_string(fields->values[PB_FIELD_ARN], &text) &&
           pb_arn_parse(pb_slice_trim(text), arn) &&
           (pb_slice_equals(arn->service, PB_SLICE("sts")) ||
            pb_slice_equals(arn->service, PB_SLICE("iam")));
}

enum pb_claim pb_identity_claim(const struct pb_node *node)
{
    const struct pb_json *account = node->fields->values[PB_FIELD_ACCOUNT];
    struct pb_slice text;
    struct pb_arn arn;
    /* Users with an account of another tool's beside them are no identities. */
    bool has_account = pb_json_type(account) == PB_JSON_STRING ||
                       (pb_json_type(account) > PB_JSON_NULL &&
                        pb_json_count(node->value) <= MOST_MEMBERS_OF_IDENTITY);
    bool is_identity = node->depth <= DEEPEST_IDENTITY &&
                       pb_json_string(node->fields->values[PB_FIELD_USER_ID], &text) &&
                       has_account && read_identity_arn(node->fields, &arn) &&
                       !pb_fields_are_metadata(node->fields);

    return is_identity ? PB_CLAIM_FIELDS : PB_CLAIM_NONE;
}

/* Redacted accounts are of letters or stars. */
static bool is_odd_account(struct pb_slice account)
{
    for (size_t i = 0; i < account.size_bytes; i++)
        if ((account.data[i] < '0' || account.data[i] > '9') && account.data[i] != '-')
            return false;
    return account.size_bytes != ACCOUNT_BYTES;
}

static enum pb_status check_account(struct pb_reading *reading, struct pb_slice account)
{
    if (!is_odd_account(account))
        return PB_OK;
    return pb_reading_remark(reading, PB_REMARK_ODD_ACCOUNT,
                             "accounts have twelve digits, \"%.*s\" has not",
                             PB_SLICE_ARGS(pb_slice_first(account, 200)));
}

static enum pb_status remark_account(struct pb_reading *reading, const struct pb_json *account)
{
    reading->is_recognised = true;
    return pb_reading_remark(reading, PB_REMARK_WRONG_TYPE,
                             "its Account is %s; expected a string of twelve digits",
                             pb_json_type_name(pb_json_type(account)));
}

enum pb_status pb_identity_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name)
{
    struct pb_slice account = PB_SLICE_ABSENT;
    struct pb_arn arn;
    uint32_t index;

    if (!pb_json_string(node->fields->values[PB_FIELD_ACCOUNT], &account))
        return remark_account(reading, node->fields->values[PB_FIELD_ACCOUNT]);
    account = pb_slice_trim(account);
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_CALLER_IDENTITY, name, &index);
    if (status == PB_OK)
        status = check_account(reading, account);
    if (status != PB_OK || !read_identity_arn(node->fields, &arn))
        return status;
    struct pb_record *record = pb_reading_record(reading, index);
    bool is_copied = pb_arena_copy(&reading->batch->arena, account, &record->account) &&
                     pb_arena_copy(&reading->batch->arena, arn.partition, &record->partition);
    return is_copied ? PB_OK : PB_FAILED_MEMORY;
}

/* list-server-certificate-tags, whose answer names no certificate: the file's name has to. */

/* Roles, users and policies have the same answer, so the path must speak of certificates; read
 * asks for more than claim can. */
enum pb_claim pb_tag_list_claim(const struct pb_node *node)
{
    bool is_answer = node->is_suggested && node->depth == 0 && node->type == PB_JSON_OBJECT &&
                     pb_json_type(node->fields->values[PB_FIELD_TAGS]) == PB_JSON_ARRAY &&
                     !pb_fields_has(node->fields, PB_FIELD_ARN) &&
                     !pb_fields_has(node->fields, PB_FIELD_PATH);

    return is_answer ? PB_CLAIM_LOOK : PB_CLAIM_NONE;
}

static int digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* CloudMapper quotes names as in a URL (RFC 3986 section 2.1). */
static bool unquote(struct pb_arena *arena, struct pb_slice quoted, struct pb_slice *name)
{
    char *text = pb_arena_allocate(arena, quoted.size_bytes);
    size_t size = 0;

    if (text == NULL)
        return false;
    for (size_t i = 0; i < quoted.size_bytes; i++) {
        bool has_digits = quoted.data[i] == '%' && i + 2 < quoted.size_bytes &&
                          digit_of(quoted.data[i + 1]) >= 0 && digit_of(quoted.data[i + 2]) >= 0;
        text[size++] =
            has_digits ? (char)(digit_of(quoted.data[i + 1]) * 16 + digit_of(quoted.data[i + 2]))
                       : quoted.data[i];
        i += has_digits ? 2 : 0;
    }
    *name = (struct pb_slice){text, size};
    return true;
}

static struct pb_slice skip_word(struct pb_slice name, const char *word)
{
    struct pb_slice prefix = pb_slice_from_string(word);

    if (!pb_slice_equals_ignoring_case(pb_slice_first(name, prefix.size_bytes), prefix))
        return name;
    name = pb_slice_from(name, prefix.size_bytes);
    while (name.size_bytes > 0 && strchr("-_.", name.data[0]) != NULL && name.data[0] != '\0')
        name = pb_slice_from(name, 1);
    return name;
}

/* The operation's name, which people put before the certificate's. */
static struct pb_slice skip_operation(struct pb_slice name)
{
    static const char *const operations[] = {
        "list-server-certificate-tags", "list_server_certificate_tags", "ListServerCertificateTags",
        "server-certificate-tags",      "server_certificate_tags",      "tags"};

    name = skip_word(name, "aws-iam");
    name = skip_word(name, "iam");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        struct pb_slice rest = skip_word(name, operations[i]);
        if (rest.size_bytes != name.size_bytes)
            return rest;
    }
    return name;
}

/* "shop.tags", "shop-tags". */
static void cut_ending(struct pb_slice *name)
{
    const struct pb_slice word = PB_SLICE("tags");
    size_t size = name->size_bytes;

    if (size > word.size_bytes + 1 && pb_slice_ends_with(*name, word) &&
        strchr("-_.", name->data[size - word.size_bytes - 1]) != NULL)
        name->size_bytes -= word.size_bytes + 1;
}

enum pb_status pb_tag_list_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name)
{
    struct pb_arena *arena = &reading->batch->arena;
    struct pb_slice stem;
    uint32_t index;

    if (!pb_aws_is_expected_path(reading->context->path) ||
        !pb_slice_contains_ignoring_case(reading->context->path, PB_SLICE("tag")))
        return PB_OK;
    stem = skip_operation(pb_query_file_name(reading->context->path));
    cut_ending(&stem);
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_TAGS, name, &index);
    if (status != PB_OK)
        return status;
    struct pb_record *record = pb_reading_record(reading, index);
    if (!unquote(arena, stem, &stem))
        return PB_FAILED_MEMORY;
    if (pb_guess_is_name(stem))
        record->name = stem;
    return pb_tags_read(reading, node->fields->values[PB_FIELD_TAGS], &record->tags,
                        &record->tag_count);
}

/* SPDX-License-Identifier: MIT */
/* Answers of other operations that say how many certificates to expect, and whose they are. */
#include "inventory/arn.h"
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/producers.h"

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

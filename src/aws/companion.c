/* SPDX-License-Identifier: MIT */
/* Answers of other operations that say how many certificates to expect, and whose they are. */
#include "inventory/arn.h"
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/producers.h"

#define DEEPEST_IDENTITY 2

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

/* The map itself and not its envelope SummaryMap: boto2 leaves that out. */
enum pb_claim pb_summary_claim(const struct pb_node *node)
{
    uint64_t count;
    bool is_summary = pb_fields_has(node->fields, PB_FIELD_QUOTA_OF_CERTIFICATES) &&
                      read_count(node->fields->values[PB_FIELD_COUNT_OF_CERTIFICATES], &count);

    return is_summary ? PB_CLAIM_COMPANION : PB_CLAIM_NONE;
}

enum pb_status pb_summary_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name)
{
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_ACCOUNT_SUMMARY, name, &index);

    if (status == PB_OK)
        read_count(node->fields->values[PB_FIELD_COUNT_OF_CERTIFICATES],
                   &pb_reading_record(reading, index)->count);
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
    struct pb_slice text;
    struct pb_arn arn;
    bool is_identity = node->depth <= DEEPEST_IDENTITY &&
                       pb_json_string(node->fields->values[PB_FIELD_USER_ID], &text) &&
                       pb_json_string(node->fields->values[PB_FIELD_ACCOUNT], &text) &&
                       read_identity_arn(node->fields, &arn) &&
                       !pb_fields_are_metadata(node->fields);

    return is_identity ? PB_CLAIM_FIELDS : PB_CLAIM_NONE;
}

enum pb_status pb_identity_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name)
{
    struct pb_slice account = PB_SLICE_ABSENT;
    struct pb_arn arn;
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_CALLER_IDENTITY, name, &index);

    if (status != PB_OK || !read_identity_arn(node->fields, &arn))
        return status;
    struct pb_record *record = pb_reading_record(reading, index);
    pb_json_string(node->fields->values[PB_FIELD_ACCOUNT], &account);
    bool is_copied =
        pb_arena_copy(&reading->batch->arena, pb_slice_trim(account), &record->account) &&
        pb_arena_copy(&reading->batch->arena, arn.partition, &record->partition);
    return is_copied ? PB_OK : PB_FAILED_MEMORY;
}

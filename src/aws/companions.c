/* SPDX-License-Identifier: MIT */
/* Answers of other operations: the number of certificates, whose account it is, and tags. */
#include "aws/context.h"

#define DEEPEST_IDENTITY 2
#define MOST_MEMBERS_OF_IDENTITY 4 /* UserId, Account, Arn and a client's ResponseMetadata */

/* boto2 and other XML readers print numbers as text. */
static bool read_count(const struct pb_json *value, uint64_t *count)
{
    struct pb_slice text = pb_text_of(value);
    int64_t number = -1;
    int digits;

    if (!pb_json_integer(value, &number) && pb_take_number(&text, 1, 9, &digits) &&
        text.size_bytes == 0)
        number = digits;
    *count = (uint64_t)number;
    return number >= 0;
}

/* The object inside SummaryMap, which boto2 leaves out, or a part of it. */
static bool matches_summary(const struct pb_node *node)
{
    const struct pb_json *value = node->fields->values[PB_FIELD_COUNT_OF_CERTIFICATES];
    uint64_t count;

    return value != NULL &&
           (pb_fields_has(node->fields, PB_FIELD_QUOTA_OF_CERTIFICATES) ||
            pb_is_word(node->key_text, "SummaryMap") || pb_is_word(node->key_text, "summary_map") ||
            (node->depth == 0 && node->is_suggested && read_count(value, &count)));
}

static void read_summary(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *value = node->fields->values[PB_FIELD_COUNT_OF_CERTIFICATES];
    uint64_t count;

    if (!read_count(value, &count)) {
        out->is_recognised = true;
        pb_writer_remark(out, PB_SEVERITY_ERROR, "wrong-type",
                         "its ServerCertificates is %s that counts nothing; expected how "
                         "many the account has",
                         pb_json_type_name(pb_json_type(value)));
        return;
    }
    pb_writer_add_record(out, PB_RECORD_ACCOUNT_SUMMARY)->count = count;
}

static bool read_identity_arn(const struct pb_fields *fields, struct pb_arn *arn)
{
    return pb_arn_parse(pb_slice_trim(pb_fields_text(fields, PB_FIELD_ARN)), arn) &&
           (pb_is_key(arn->service, "sts") || pb_is_key(arn->service, "iam"));
}

static bool matches_identity(const struct pb_node *node)
{
    const struct pb_json *account = node->fields->values[PB_FIELD_ACCOUNT];
    struct pb_arn arn;
    /* Other tools add an account to users, which are no caller identity. */
    bool has_account = pb_json_type(account) == PB_JSON_STRING ||
                       (pb_json_type(account) > PB_JSON_NULL &&
                        pb_json_count(node->value) <= MOST_MEMBERS_OF_IDENTITY);
    return node->depth <= DEEPEST_IDENTITY &&
           pb_fields_text(node->fields, PB_FIELD_USER_ID).data != NULL && has_account &&
           read_identity_arn(node->fields, &arn) && !pb_fields_are_metadata(node->fields);
}

static void read_identity(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *value = node->fields->values[PB_FIELD_ACCOUNT];
    struct pb_slice account;
    struct pb_arn arn;

    if (!pb_json_string(value, &account)) {
        out->is_recognised = true;
        pb_writer_remark(out, PB_SEVERITY_ERROR, "wrong-type",
                         "its Account is %s; expected a string of twelve digits",
                         pb_json_type_name(pb_json_type(value)));
        return;
    }
    account = pb_slice_trim(account);
    size_t digits = pb_skip(account, 0, PB_DIGITS "-");
    struct pb_record *record = pb_writer_add_record(out, PB_RECORD_CALLER_IDENTITY);
    /* A redacted account has letters or stars. */
    if (digits == account.size_bytes && digits != PB_ACCOUNT_BYTES)
        pb_writer_remark(out, PB_SEVERITY_NOTE, "odd-account",
                         "accounts have twelve digits, \"%.*s\" has not",
                         PB_SLICE_ARGS(pb_slice_first(account, 200)));
    if (!read_identity_arn(node->fields, &arn))
        return;
    record->account = pb_writer_copy(out, account);
    record->partition = pb_writer_copy(out, arn.partition);
}

const struct pb_shape pb_account_shapes[] = {
    {"iam.get-account-summary", "aws iam get-account-summary",
     "how many server certificates the account has", PB_CLAIM_COMPANION, .matches = matches_summary,
     .read = read_summary, .visits_inside = true},
    {"sts.get-caller-identity", "aws sts get-caller-identity",
     "which account and partition the evidence beside it belongs to", PB_CLAIM_FIELDS,
     .matches = matches_identity, .read = read_identity, .visits_inside = true},
    {.name = NULL},
};

/* Roles, users and policies have the same answer as list-server-certificate-tags, so the path must
 * name certificates; read_tags tests the rest of the path. */
static bool matches_tags(const struct pb_node *node)
{
    return node->is_suggested && node->depth == 0 && node->type == PB_JSON_OBJECT &&
           pb_json_type(node->fields->values[PB_FIELD_TAGS]) == PB_JSON_ARRAY &&
           !pb_fields_has(node->fields, PB_FIELD_ARN) &&
           !pb_fields_has(node->fields, PB_FIELD_PATH);
}

/* The certificate's name in the file's: behind "certificate-tags", or before "tags" at the end. */
static struct pb_slice certificate_of(struct pb_slice name)
{
    const struct pb_slice word = PB_SLICE("ags"); /* of Tags or tags */
    size_t rest = name.size_bytes - word.size_bytes - 2, at = pb_slice_find(name, word, 0);

    if (pb_aws_is_expected_path(pb_slice_first(name, at)) && at != SIZE_MAX)
        return pb_slice_from(name, at + word.size_bytes + 1);
    bool is_ending = pb_slice_ends_with(name, word) && rest < name.size_bytes && rest > 0 &&
                     !pb_is_alphanumeric(name.data[rest]);
    return is_ending ? pb_slice_first(name, rest) : name;
}

static void read_tags(struct pb_writer *out, const struct pb_node *node)
{
    struct pb_slice path = out->context->path;

    if (!pb_aws_is_expected_path(path) || !pb_contains_any(path, "tag"))
        return;
    struct pb_record *record = pb_writer_add_record(out, PB_RECORD_TAGS);
    /* CloudMapper quotes names as in a URL. */
    struct pb_slice quoted = certificate_of(pb_stem_of(path)), name = PB_SLICE_ABSENT;
    char *text = pb_arena_allocate(&out->batch->arena, quoted.size_bytes);
    out->has_failed |= text == NULL;
    for (size_t at = 0; text != NULL && at < quoted.size_bytes;) {
        text[name.size_bytes++] = pb_unquote_byte(quoted, &at);
        name.data = text;
    }
    if (pb_is_certificate_name(name))
        record->target = name;
    pb_read_tags(out, node->fields->values[PB_FIELD_TAGS], PB_SLICE(""), &record->tags,
                 &record->tag_count);
}

const struct pb_shape pb_tag_shapes[] = {
    {"iam.list-server-certificate-tags", "aws iam list-server-certificate-tags",
     "tags of the certificate that the file is named after", PB_CLAIM_LOOK, .matches = matches_tags,
     .read = read_tags},
    {.name = NULL},
};

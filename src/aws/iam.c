/* SPDX-License-Identifier: MIT */
/* Answers of ListServerCertificates, GetServerCertificate and UploadServerCertificate: as clients
 * print them, metadata alone, and in the envelopes of three producers; the number of certificates
 * in an account, and whose account it is. */
#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

#define DEEPEST_IDENTITY 2

/* Go's SDK prints null for an empty list beside other members; a misspelt --query null alone. */
static bool matches_list(const struct pb_node *node)
{
    return node->key == PB_FIELD_LIST &&
           (node->type != PB_JSON_NULL ||
            pb_json_find(node->parent, "ResultMetadata|ResponseMetadata|$metadata") != NULL ||
            pb_fields_has(node->parent_fields, PB_FIELD_IS_TRUNCATED) ||
            pb_fields_has(node->parent_fields, PB_FIELD_MARKER));
}

static void read_list(struct pb_writer *out, const struct pb_node *node)
{
    size_t before = out->batch->observations.count;

    pb_writer_take(out, node->value);
    struct pb_record *record = pb_writer_add_page(out, PB_RECORD_LIST, node);
    if (node->type == PB_JSON_ARRAY || node->type == PB_JSON_NULL) {
        pb_certificates_add(out, node->value, true);
        if (pb_json_count(node->value) == 0)
            return;
    } else {
        pb_writer_remark_type(out, node->value, "an array of certificates");
        /* PowerShell unpacks arrays of one certificate. */
        if (pb_fields_are_metadata(node->fields))
            pb_certificate_add(out, node->value);
    }
    /* A list without any usable certificate is not an empty one: its record will be dropped. */
    if (out->batch->observations.count == before) {
        record->kind = PB_RECORD_INVENTORY;
        out->is_refused = true;
    }
}

static bool holds_metadata(const struct pb_node *node)
{
    return pb_json_type(node->fields->values[PB_FIELD_METADATA]) == PB_JSON_OBJECT;
}

/* Only a get answer has a body, and only its envelope is called ServerCertificate. */
static bool is_get(const struct pb_node *node)
{
    return node->key == PB_FIELD_CERTIFICATE || pb_fields_has(node->fields, PB_FIELD_BODY) ||
           pb_fields_has(node->fields, PB_FIELD_CHAIN);
}

/* A body without metadata still shows an undated certificate. */
static bool matches_get(const struct pb_node *node)
{
    bool is_body = node->key == PB_FIELD_CERTIFICATE && !pb_fields_are_metadata(node->fields) &&
                   pb_field_of_value(node->fields->values[PB_FIELD_BODY]) == PB_FIELD_BODY;
    return is_body || (holds_metadata(node) && is_get(node));
}

static void read_get(struct pb_writer *out, const struct pb_node *node)
{
    pb_writer_add_record(out, is_get(node) ? PB_RECORD_GET : PB_RECORD_UPLOAD);
    pb_certificate_add(out, node->value);
}

static bool matches_metadata(const struct pb_node *node)
{
    return pb_fields_are_metadata(node->fields);
}

static bool matches_metadata_array(const struct pb_node *node)
{
    return node->type == PB_JSON_ARRAY && node->certificate != NULL;
}

static void read_metadata(struct pb_writer *out, const struct pb_node *node)
{
    bool is_array = node->type == PB_JSON_ARRAY;
    /* Deeper than --query prints it, but for arrays by profiles, it is another tool's. */
    bool is_query = pb_is_query_result(node) || (is_array && node->depth == 1);
    pb_writer_add_page(out, is_query ? PB_RECORD_PROJECTION : PB_RECORD_INVENTORY, node);
    if (is_array)
        pb_certificates_add(out, node->value, false);
    else
        pb_certificate_add(out, node->value);
}

/* -1 for what is no count. boto2 and other XML readers print numbers as text. */
static int64_t count_of(const struct pb_json *value)
{
    struct pb_slice text = pb_text_of(value);
    int64_t number = -1;
    int digits;
    if (!pb_json_integer(value, &number) && pb_take_number(&text, 1, 9, &digits) &&
        text.size_bytes == 0)
        number = digits;
    return number;
}

/* AWS Config counts each type of resource in an object. */
static const struct pb_json *find_count(const struct pb_node *node)
{
    struct pb_slice type = pb_fields_text(node->fields, PB_FIELD_RESOURCE_TYPE);
    return pb_is_word(type, "AWS::IAM::ServerCertificate")
               ? pb_json_find(node->value, "count")
               : node->fields->values[PB_FIELD_COUNT_OF_CERTIFICATES];
}

/* The object inside SummaryMap, which boto2 leaves out, a part of it, or AWS Config's. */
static bool matches_summary(const struct pb_node *node)
{
    const struct pb_json *value = find_count(node);
    return value != NULL &&
           (pb_fields_has(node->fields, PB_FIELD_QUOTA_OF_CERTIFICATES) ||
            pb_contains_any(node->key_text, "summarymap|summary_map") ||
            (count_of(value) >= 0 && !pb_contains_any(node->key_text, "quota|limit|max")));
}

static void read_summary(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *value = find_count(node);
    int64_t count = count_of(value);

    if (count < 0) {
        out->is_recognised = true;
        pb_writer_remark(out, PB_SEVERITY_ERROR, "wrong-type", PB_SAY_COUNT_WRONG,
                         pb_json_type_name(pb_json_type(value)));
        return;
    }
    pb_writer_add_record(out, PB_RECORD_ACCOUNT_SUMMARY)->count = (uint64_t)count;
}

static bool read_identity_arn(const struct pb_fields *fields, struct pb_arn *arn)
{
    return pb_arn_parse(pb_slice_trim(pb_fields_text(fields, PB_FIELD_ARN)), arn) &&
           (pb_is_key(arn->service, "sts") || pb_is_key(arn->service, "iam"));
}

/* Whole, or cut by --query or jq to the account, alone or beside its ARN. */
static bool matches_identity(const struct pb_node *node)
{
    const struct pb_json *account = node->fields->values[PB_FIELD_ACCOUNT];
    bool has_arn = pb_fields_has(node->fields, PB_FIELD_ARN);
    bool is_cut =
        node->depth == 0 && pb_json_count(node->value) == (size_t)(account != NULL) + has_arn;
    int64_t number = 0;
    struct pb_arn arn;

    if (is_cut && pb_json_integer(node->value, &number))
        return number > 99999999999 && number <= 999999999999;
    if (is_cut && !pb_is_account(pb_text_of(account != NULL ? account : node->value)))
        return false;
    bool is_whole = node->depth <= DEEPEST_IDENTITY && pb_json_type(account) > PB_JSON_BOOLEAN &&
                    pb_fields_text(node->fields, PB_FIELD_USER_ID).data != NULL;
    return (is_cut && !has_arn) || ((is_whole || is_cut) && read_identity_arn(node->fields, &arn) &&
                                    !pb_fields_are_metadata(node->fields));
}

static void read_identity(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *value = node->fields->values[PB_FIELD_ACCOUNT];
    struct pb_draft draft = {0};
    struct pb_arn arn;

    if (value == NULL &&
        !pb_contains_any(pb_stem_of(out->context->path), "account|identity|caller"))
        return;
    pb_read_field(out, PB_FIELD_ACCOUNT, value != NULL ? value : node->value, &draft);
    const struct pb_slice account = draft.particulars.account;
    out->is_recognised |= account.data == NULL;
    if (account.data == NULL)
        return;
    struct pb_record *record = pb_writer_add_record(out, PB_RECORD_CALLER_IDENTITY);
    record->account = account;
    /* A redacted account has letters or stars. */
    if (pb_skip(account, 0, PB_DIGITS "-") == account.size_bytes && !pb_is_account(account))
        pb_writer_remark(out, PB_SEVERITY_NOTE, "odd-account", PB_SAY_ACCOUNT_ODD,
                         PB_SLICE_ARGS(pb_slice_first(account, 200)));
    if (read_identity_arn(node->fields, &arn))
        record->partition = pb_writer_copy(out, arn.partition);
}

/* Reads metadata; other answers inside are read by their own rows under this row's name. */
static void read_answer(struct pb_writer *out, const struct pb_node *node)
{
    if (holds_metadata(node))
        read_get(out, node);
}

static bool matches_answer(const struct pb_node *node)
{
    const struct pb_json *const *values = node->fields->values;
    return holds_metadata(node) || pb_json_type(values[PB_FIELD_LIST]) > PB_JSON_NULL ||
           pb_json_type(values[PB_FIELD_CERTIFICATE]) == PB_JSON_OBJECT;
}

const struct pb_shape pb_iam_shapes[] = {
    {"iam.list-server-certificates", PB_CLAIM_LIST, .matches = matches_list, .read = read_list},
    {"iam.get-server-certificate", PB_CLAIM_METADATA, .matches = matches_get, .read = read_get,
     .visits_inside = true},
    {"iam.upload-server-certificate", PB_CLAIM_METADATA, .matches = holds_metadata, /* and no get */
     .read = read_get, .visits_inside = true},
    {"iam.server-certificate-metadata", PB_CLAIM_FIELDS, .matches = matches_metadata,
     .read = read_metadata, .visits_inside = true},
    {"iam.server-certificate-metadata-array", PB_CLAIM_FIELDS, .matches = matches_metadata_array,
     .read = read_metadata},
    {"iam.get-account-summary", PB_CLAIM_COMPANION, .matches = matches_summary,
     .read = read_summary, .visits_inside = true},
    {"sts.get-caller-identity", PB_CLAIM_FIELDS, .matches = matches_identity, .read = read_identity,
     .visits_inside = true},
    {"boto2.response", PB_CLAIM_ENVELOPE, .keys = PB_WORDS_BOTO2_RESULTS, .matches = matches_answer,
     .read = read_answer, .visits_inside = true, .is_envelope = true},
    {"placebo.recording", PB_CLAIM_ENVELOPE, .keys = "data", .beside = "status_code",
     .matches = matches_answer, .read = read_answer, .visits_inside = true, .is_envelope = true},
    {"aws-list-all.response", PB_CLAIM_ENVELOPE, .keys = "response", .beside = "operation",
     .matches = matches_answer, .read = read_answer, .visits_inside = true, .is_envelope = true},
    {.name = NULL},
};

/* SPDX-License-Identifier: MIT */
#include "aws/answer.h"
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/producers.h"
#include "aws/query.h"
#include "json/pointer.h"

/* ListServerCertificates: the answer of every client, merged or page by page. */

static bool stands_in_answer(const struct pb_node *node)
{
    static const char *const siblings[] = {"ResultMetadata", "ResponseMetadata", "$metadata"};

    for (size_t i = 0; i < sizeof siblings / sizeof siblings[0]; i++)
        if (pb_json_find(node->parent, siblings[i]) != NULL)
            return true;
    return pb_fields_has(node->parent_fields, PB_FIELD_IS_TRUNCATED) ||
           pb_fields_has(node->parent_fields, PB_FIELD_MARKER);
}

/* Go's SDK prints null for the list of an empty account, with the answer's other members beside
 * it; a null alone is what a misspelt --query leaves. */
enum pb_claim pb_list_claim(const struct pb_node *node)
{
    if (node->key != PB_FIELD_LIST)
        return PB_CLAIM_NONE;
    bool is_claimed = node->type != PB_JSON_NULL || stands_in_answer(node);
    return is_claimed ? PB_CLAIM_LIST : PB_CLAIM_NONE;
}

/* A single certificate may stand where the list was to be: PowerShell unpacks such arrays. */
static enum pb_status read_other_type(struct pb_reading *reading, const struct pb_node *node,
                                      uint32_t record)
{
    enum pb_status status = pb_reading_remark(reading, PB_REMARK_WRONG_TYPE,
                                              "this is %s; expected an array of certificates",
                                              pb_json_type_name(node->type));

    if (status != PB_OK || !pb_fields_are_metadata(node->fields))
        return status;
    return pb_certificate_add(reading, node->value, record);
}

enum pb_status pb_list_read(struct pb_reading *reading, const struct pb_node *node,
                            const char *name)
{
    enum pb_page page;
    uint32_t index;
    enum pb_status status = pb_reading_page(reading, node, &page);

    if (status == PB_OK)
        status = pb_reading_add_record(reading, PB_RECORD_LIST, name, &index);
    if (status != PB_OK)
        return status;
    pb_reading_record(reading, index)->page = page;
    bool is_array = node->type == PB_JSON_ARRAY || node->type == PB_JSON_NULL;
    if (is_array)
        status = pb_certificates_add(reading, node->value, PB_EXPECT_ONLY_CERTIFICATES, index);
    else
        status = read_other_type(reading, node, index);
    /* A list of which nothing could be used is not the list of an empty account. */
    if (status == PB_OK && (!is_array || pb_json_count(node->value) > 0) &&
        pb_reading_record(reading, index)->observation_count == 0) {
        pb_reading_drop_record(reading);
        reading->is_refused = true;
    }
    return status;
}

/* GetServerCertificate and UploadServerCertificate: one certificate, with or without its body. */

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

/* A body without metadata is undated, and it is there. */
static bool holds_body(const struct pb_node *node)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    pb_json_string(node->fields->values[PB_FIELD_BODY], &text);
    return node->key == PB_FIELD_CERTIFICATE && !pb_fields_are_metadata(node->fields) &&
           pb_guess_text(text) == PB_GUESS_PEM;
}

enum pb_claim pb_get_claim(const struct pb_node *node)
{
    bool is_claimed = holds_body(node) || (holds_metadata(node) && is_get(node));

    return is_claimed ? PB_CLAIM_METADATA : PB_CLAIM_NONE;
}

enum pb_claim pb_upload_claim(const struct pb_node *node)
{
    return holds_metadata(node) && !is_get(node) ? PB_CLAIM_METADATA : PB_CLAIM_NONE;
}

enum pb_status pb_get_read(struct pb_reading *reading, const struct pb_node *node, const char *name)
{
    uint32_t index;
    enum pb_record_kind kind = is_get(node) ? PB_RECORD_GET : PB_RECORD_UPLOAD;
    enum pb_status status = pb_reading_add_record(reading, kind, name, &index);

    if (status == PB_OK)
        status = pb_certificate_add(reading, node->value, index);
    if (status == PB_OK && pb_reading_record(reading, index)->observation_count == 0)
        pb_reading_drop_record(reading);
    return status;
}

/* A certificate's metadata without an envelope: --query, jq, exports that keep the names. */

enum pb_claim pb_metadata_claim(const struct pb_node *node)
{
    return pb_fields_are_metadata(node->fields) ? PB_CLAIM_FIELDS : PB_CLAIM_NONE;
}

enum pb_claim pb_metadata_array_claim(const struct pb_node *node)
{
    return node->telling != NULL ? PB_CLAIM_FIELDS : PB_CLAIM_NONE;
}

/* Deeper than a --query puts it, another tool did. */
static enum pb_record_kind kind_of(const struct pb_node *node)
{
    return pb_query_is_result(node) ? PB_RECORD_PROJECTION : PB_RECORD_INVENTORY;
}

enum pb_status pb_metadata_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name)
{
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, kind_of(node), name, &index);

    if (status == PB_OK)
        status = pb_certificate_add(reading, node->value, index);
    if (status == PB_OK && pb_reading_record(reading, index)->observation_count == 0)
        pb_reading_drop_record(reading);
    return status;
}

enum pb_status pb_metadata_array_read(struct pb_reading *reading, const struct pb_node *node,
                                      const char *name)
{
    enum pb_page page;
    uint32_t index;
    enum pb_status status = pb_reading_page(reading, node, &page);

    if (status == PB_OK)
        status = pb_reading_add_record(reading, kind_of(node), name, &index);
    if (status != PB_OK)
        return status;
    pb_reading_record(reading, index)->page = page;
    status = pb_certificates_add(reading, node->value, PB_EXPECT_OTHER_THINGS_AS_WELL, index);
    if (status == PB_OK && pb_reading_record(reading, index)->observation_count == 0)
        pb_reading_drop_record(reading);
    return status;
}

bool pb_answer_is(const struct pb_fields *fields)
{
    return pb_json_type(fields->values[PB_FIELD_LIST]) > PB_JSON_NULL ||
           pb_json_type(fields->values[PB_FIELD_CERTIFICATE]) == PB_JSON_OBJECT ||
           pb_json_type(fields->values[PB_FIELD_METADATA]) == PB_JSON_OBJECT;
}

static enum pb_status read_member(struct pb_reading *reading, const struct pb_node *answer,
                                  const struct pb_json_member *member, const char *name)
{
    struct pb_fields fields;
    struct pb_node node = {
        .value = member->value,
        .type = pb_json_type(member->value),
        .fields = &fields,
        .key_text = member->key,
        .key = pb_field_of(member->key),
        .parent = answer->value,
        .parent_fields = answer->fields,
        .depth = answer->depth + 1,
        .is_cut = answer->is_cut || pb_fields_has_text(answer->parent_fields, PB_FIELD_NEXT_TOKEN),
    };

    pb_fields_read(member->value, &fields);
    size_t here = pb_pointer_push_key(&reading->pointer, member->key);
    enum pb_status status = node.key == PB_FIELD_LIST ? pb_list_read(reading, &node, name)
                                                      : pb_get_read(reading, &node, name);
    pb_pointer_cut(&reading->pointer, here);
    return status;
}

enum pb_status pb_answer_read(struct pb_reading *reading, const struct pb_node *node,
                              const char *name)
{
    struct pb_json_member member = {0};
    enum pb_status status = PB_OK;

    if (pb_json_type(node->fields->values[PB_FIELD_METADATA]) == PB_JSON_OBJECT)
        status = pb_get_read(reading, node, name);
    while (status == PB_OK && pb_json_next_member(node->value, &member)) {
        enum pb_field field = pb_field_of(member.key);
        if (field == PB_FIELD_LIST || field == PB_FIELD_CERTIFICATE)
            status = read_member(reading, node, &member, name);
    }
    return status;
}

/* boto 2: the XML answer as nested objects, booleans as text. */

enum pb_claim pb_boto2_claim(const struct pb_node *node)
{
    static const char *const keys[] = {"list_server_certificates_result",
                                       "get_server_certificate_result",
                                       "upload_server_certificate_result"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (pb_slice_equals(node->key_text, pb_slice_from_string(keys[i])))
            return pb_answer_is(node->fields) ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
    return PB_CLAIM_NONE;
}

enum pb_status pb_boto2_read(struct pb_reading *reading, const struct pb_node *node,
                             const char *name)
{
    return pb_answer_read(reading, node, name);
}

/* placebo: recordings of boto3's answers, refusals among them. */

#define FIRST_ERROR_STATUS 400

/* {status_code, data} and nothing else. */
static bool is_recording(const struct pb_node *node, int64_t *status_code)
{
    return pb_slice_equals(node->key_text, PB_SLICE("data")) && node->type == PB_JSON_OBJECT &&
           pb_json_count(node->parent) == 2 &&
           pb_json_integer(pb_json_find(node->parent, "status_code"), status_code);
}

static bool is_error(const struct pb_node *node, int64_t status_code)
{
    return status_code >= FIRST_ERROR_STATUS || pb_json_find(node->value, "Error") != NULL;
}

/* Errors of other services are nobody's business, so the path must speak of certificates. */
enum pb_claim pb_placebo_claim(const struct pb_node *node)
{
    int64_t status_code;

    if (!is_recording(node, &status_code))
        return PB_CLAIM_NONE;
    bool is_ours =
        pb_answer_is(node->fields) || (node->is_suggested && is_error(node, status_code));
    return is_ours ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
}

enum pb_status pb_placebo_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name)
{
    struct pb_slice code = PB_SLICE("no code");
    int64_t status_code = 0;

    is_recording(node, &status_code);
    if (!is_error(node, status_code))
        return pb_answer_read(reading, node, name);
    pb_json_string(pb_json_find(pb_json_find(node->value, "Error"), "Code"), &code);
    return pb_reading_refuse(reading, "error-response",
                             "the recorded request failed with status %lld and \"%.*s\": this "
                             "shows no certificates, and not that there are none",
                             (long long)status_code, PB_SLICE_ARGS(pb_slice_first(code, 200)));
}

/* aws_list_all: one call of each operation, so a truncated list has no further pages. */

enum pb_claim pb_aws_list_all_claim(const struct pb_node *node)
{
    struct pb_slice text;
    bool is_listing = pb_slice_equals(node->key_text, PB_SLICE("response")) &&
                      pb_json_string(pb_json_find(node->parent, "service"), &text) &&
                      pb_json_string(pb_json_find(node->parent, "operation"), &text) &&
                      pb_answer_is(node->fields);

    return is_listing ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
}

enum pb_status pb_aws_list_all_read(struct pb_reading *reading, const struct pb_node *node,
                                    const char *name)
{
    return pb_answer_read(reading, node, name);
}

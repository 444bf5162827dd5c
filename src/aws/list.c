/* SPDX-License-Identifier: MIT */
/* ListServerCertificates: the answer of every client, merged or page by page. */
#include "aws/certificate.h"
#include "aws/producers.h"

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

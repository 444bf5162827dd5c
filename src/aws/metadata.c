/* SPDX-License-Identifier: MIT */
/* A certificate's metadata without an envelope: --query, jq, exports that keep the names. */
#include "aws/certificate.h"
#include "aws/query.h"

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

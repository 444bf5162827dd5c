/* SPDX-License-Identifier: MIT */
/* GetServerCertificate and UploadServerCertificate: one certificate, with or without its body. */
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/producers.h"

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

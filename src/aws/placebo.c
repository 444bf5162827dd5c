/* SPDX-License-Identifier: MIT */
/* placebo: recordings of boto3's answers, refusals among them. */
#include "aws/answer.h"

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

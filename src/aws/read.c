/* SPDX-License-Identifier: MIT */
#include "aws/read.h"

#include "aws/embedded.h"
#include "aws/guess.h"
#include "aws/loose.h"
#include "aws/reading.h"
#include "aws/refusal.h"
#include "aws/shape.h"
#include "aws/walk.h"

static bool contains_cert(struct pb_slice path)
{
    return pb_slice_contains_ignoring_case(path, PB_SLICE("cert"));
}

/* A key that only server certificates have. */
static bool has_own_field(const struct pb_fields *fields)
{
    return pb_fields_has(fields, PB_FIELD_LIST) || pb_fields_has(fields, PB_FIELD_METADATA) ||
           pb_fields_has(fields, PB_FIELD_CERTIFICATE) || pb_fields_has(fields, PB_FIELD_NAME) ||
           pb_fields_has(fields, PB_FIELD_ID);
}

/* A map from certificates' ARNs or ids to anything. */
static bool has_certificate_keys(const struct pb_node *node)
{
    struct pb_json_member member = {0};

    while (node->type == PB_JSON_OBJECT && pb_json_next_member(node->value, &member)) {
        bool is_likely = pb_slice_starts_with(member.key, PB_SLICE("arn:")) ||
                         pb_guess_has_id_prefix(member.key);
        enum pb_guess guess = is_likely ? pb_guess_text(member.key) : PB_GUESS_NOTHING;
        if (guess == PB_GUESS_ARN || guess == PB_GUESS_ID)
            return true;
    }
    return false;
}

static size_t count_added(const struct pb_reading *reading)
{
    return reading->batch->observations.count + reading->batch->records.count;
}

static enum pb_status read_value(struct pb_reading *reading, struct pb_aws_walk *walk,
                                 const struct pb_node *node, bool *is_claimed)
{
    size_t before = count_added(reading);
    bool was_recognised = reading->is_recognised;
    size_t rivals;
    const struct pb_shape *shape = pb_shape_find(node, &rivals);

    *is_claimed = shape != NULL;
    reading->is_claimed |= shape != NULL;
    if (shape == NULL)
        return PB_OK;
    if (shape->is_whole)
        pb_aws_walk_pass(walk);
    enum pb_status status = shape->read(reading, node, shape->name);
    bool is_met = count_added(reading) > before || reading->is_recognised > was_recognised;
    if (reading->shape == NULL && is_met)
        reading->shape = shape->name;
    return status;
}

/* A string in a document that stands in a string itself is not opened. */
static enum pb_status remark_deeper(struct pb_reading *reading, const struct pb_node *node)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    if (!pb_json_string(node->value, &text) || !pb_aws_has_metadata_names(text))
        return PB_OK;
    reading->is_refused = true;
    return pb_reading_remark(reading, PB_REMARK_EMBEDDED_DEEPER,
                             "this string speaks of server certificates, but stands in a document "
                             "that is a string itself, and only one level is opened");
}

static enum pb_status read_inner_values(struct pb_reading *reading, struct pb_aws_walk *walk,
                                        struct pb_loose *loose)
{
    const struct pb_node *node;
    bool is_claimed;

    for (;;) {
        enum pb_status status = pb_aws_walk_next(walk, &node);
        if (status != PB_OK || node == NULL)
            return status;
        status = read_value(reading, walk, node, &is_claimed);
        if (status == PB_OK && !is_claimed)
            status = pb_loose_meet(loose, reading, node, reading->is_expected);
        if (status == PB_OK && !is_claimed)
            status = remark_deeper(reading, node);
        if (status != PB_OK)
            return status;
    }
}

/* The string in which documents stand, and what nobody claimed in them. */
struct string_place {
    const struct pb_node *node;
    struct pb_loose *loose;
};

static enum pb_status read_inner_document(struct pb_reading *reading, const struct pb_json *root,
                                          void *context)
{
    const struct string_place *place = context;
    struct pb_aws_walk walk;

    pb_aws_walk_init_inner(&walk, root, &reading->pointer, place->node);
    enum pb_status status = read_inner_values(reading, &walk, place->loose);
    pb_aws_walk_release(&walk);
    return status;
}

/* The documents inside a string, whose own strings are left alone. */
static enum pb_status read_string(struct pb_reading *reading, const struct pb_node *node,
                                  struct pb_loose *loose)
{
    struct string_place place = {node, loose};
    struct pb_slice text = PB_SLICE_ABSENT;

    pb_json_string(node->value, &text);
    if (!pb_aws_may_be_evidence(text))
        return PB_OK;
    return pb_embedded_read(reading, node->value, SIZE_MAX, read_inner_document, &place);
}

static enum pb_status read_values(struct pb_reading *reading, struct pb_aws_walk *walk,
                                  struct pb_loose *loose, bool *has_field_name)
{
    const struct pb_node *node;
    bool is_claimed;

    for (;;) {
        enum pb_status status = pb_aws_walk_next(walk, &node);
        if (status != PB_OK || node == NULL)
            return status;
        *has_field_name |= has_own_field(node->fields) || has_certificate_keys(node);
        status = pb_refuse_failed_call(reading, node);
        if (status == PB_OK)
            status = read_value(reading, walk, node, &is_claimed);
        if (status == PB_OK && !is_claimed && pb_embedded_is_likely(node->value))
            status = read_string(reading, node, loose);
        else if (status == PB_OK && !is_claimed)
            status = pb_loose_meet(loose, reading, node, reading->is_expected);
        if (status != PB_OK)
            return status;
    }
}

static bool has_added(const struct pb_reading *reading)
{
    return reading->is_recognised ||
           reading->batch->observations.count > reading->first_observation ||
           reading->batch->records.count > reading->first_record;
}

/* Tables that name their columns apart from their rows, and logs that quote an answer, have no key
 * of a certificate and speak of one. */
static bool names_fields(const struct pb_reading *reading)
{
    return pb_aws_has_metadata_names(reading->document->text);
}

static enum pb_status read_document(struct pb_reading *reading)
{
    const struct pb_aws_context *context = reading->context;
    struct pb_loose loose = {0};
    bool has_field_name = false;
    struct pb_aws_walk walk;

    if (pb_is_input_skeleton(reading->document->root, reading->is_expected))
        return pb_refuse_input_skeleton(reading);
    pb_aws_walk_init(&walk, reading->document->root, &reading->pointer,
                     context->is_named || contains_cert(context->path));
    enum pb_status status = read_values(reading, &walk, &loose, &has_field_name);
    pb_aws_walk_release(&walk);
    if (status != PB_OK)
        return status;
    if (has_added(reading) && loose.count > 0)
        status = pb_loose_refuse(&loose, reading);
    else if (!has_added(reading) && !reading->is_refused)
        status = pb_refuse_unclaimed(reading, has_field_name || loose.count > 0 ||
                                                  (!reading->is_claimed && names_fields(reading)));
    return status;
}

static enum pb_aws_outcome conclude(const struct pb_reading *reading, const char **shape)
{
    const struct pb_slice text = reading->document->text;
    /* Among unrelated files a refusal is forgotten, and this one must not be. */
    bool is_incomplete =
        reading->is_overfull && (reading->is_expected || pb_aws_has_field_names(text));

    *shape = reading->shape;
    if (has_added(reading) && !is_incomplete)
        return PB_AWS_RECOGNISED;
    *shape = NULL;
    return reading->is_refused ? PB_AWS_REFUSED : PB_AWS_UNRELATED;
}

enum pb_status pb_aws_read(const struct pb_json_document *document,
                           const struct pb_aws_context *context, struct pb_batch *batch,
                           enum pb_aws_outcome *outcome, const char **shape)
{
    struct pb_reading reading;

    pb_reading_init(&reading, document, context, batch);
    enum pb_status status = read_document(&reading);
    if (status == PB_OK)
        status = pb_reading_close(&reading);
    if (status == PB_OK)
        *outcome = conclude(&reading, shape);
    pb_reading_release(&reading);
    return status;
}

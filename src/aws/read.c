/* SPDX-License-Identifier: MIT */
#include "aws/read.h"

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
           pb_fields_has(fields, PB_FIELD_NAME) || pb_fields_has(fields, PB_FIELD_ID);
}

static enum pb_status read_values(struct pb_reading *reading, struct pb_aws_walk *walk,
                                  bool *has_field_name)
{
    const struct pb_node *node;
    size_t rivals;

    for (;;) {
        enum pb_status status = pb_aws_walk_next(walk, &node);
        if (status != PB_OK || node == NULL)
            return status;
        *has_field_name |= has_own_field(node->fields);
        const struct pb_shape *shape = pb_shape_find(node, &rivals);
        if (shape == NULL)
            continue;
        if (shape->is_whole)
            pb_aws_walk_pass(walk);
        status = shape->read(reading, node, shape->name);
        if (status != PB_OK)
            return status;
    }
}

static bool has_added(const struct pb_reading *reading)
{
    return reading->batch->observations.count > reading->first_observation ||
           reading->batch->records.count > reading->first_record;
}

static enum pb_status read_document(struct pb_reading *reading)
{
    const struct pb_aws_context *context = reading->context;
    bool is_expected = context->is_named || pb_aws_is_expected_path(context->path);
    bool has_field_name = false;
    struct pb_aws_walk walk;

    if (pb_is_input_skeleton(reading->document->root, is_expected))
        return pb_refuse_input_skeleton(reading);
    pb_aws_walk_init(&walk, reading->document->root, &reading->pointer,
                     context->is_named || contains_cert(context->path));
    enum pb_status status = read_values(reading, &walk, &has_field_name);
    pb_aws_walk_release(&walk);
    if (status == PB_OK && !has_added(reading) && !reading->is_refused)
        status = pb_refuse_unclaimed(reading, has_field_name);
    return status;
}

static enum pb_aws_outcome conclude(const struct pb_reading *reading, const char **shape)
{
    *shape = NULL;
    if (!has_added(reading))
        return reading->is_refused ? PB_AWS_REFUSED : PB_AWS_UNRELATED;
    *shape = pb_reading_record(reading, (uint32_t)reading->first_record)->shape;
    return PB_AWS_RECOGNISED;
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

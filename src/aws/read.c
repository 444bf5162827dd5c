/* SPDX-License-Identifier: MIT */
/* One document: each of its values is shown to the rows of shapes, the row that claims it most
 * strongly reads it (iam.c and the other producers), and marks.c says what was left behind. */
#include "aws/context.h"

static const struct pb_shape *const families[] = {
    pb_iam_shapes,  pb_query_shapes,     pb_account_shapes,    pb_answer_shapes,
    pb_tool_shapes, pb_terraform_shapes, pb_config_shapes,     pb_cloudtrail_shapes,
    pb_tag_shapes,  pb_acm_shapes,       pb_deployment_shapes,
};

#define FAMILY_COUNT (sizeof families / sizeof families[0])

const struct pb_shape *pb_shape_at(size_t index)
{
    for (size_t i = 0; i < FAMILY_COUNT; i++)
        for (const struct pb_shape *row = families[i]; row->name != NULL; row++)
            if (index-- == 0)
                return row;
    return NULL;
}

const struct pb_shape *pb_shape_find(const struct pb_node *node, size_t *rivals)
{
    const struct pb_shape *found = NULL;
    enum pb_claim strongest = PB_CLAIM_NONE;

    *rivals = 0;
    for (size_t i = 0; i < FAMILY_COUNT; i++)
        for (const struct pb_shape *row = families[i]; row->name != NULL; row++) {
            if (row->claim < strongest || !row->matches(node))
                continue;
            *rivals = row->claim > strongest ? 1 : *rivals + 1;
            if (row->claim > strongest)
                found = row;
            strongest = row->claim;
        }
    return found;
}

static size_t count_added(const struct pb_writer *out)
{
    return out->batch->observations.count + out->batch->records.count;
}

/* The row reads the node, at the writer's place. */
static void read_by(struct pb_writer *out, const struct pb_shape *row, const struct pb_node *node)
{
    size_t before = count_added(out);
    bool was_recognised = out->is_recognised;

    out->row = row;
    pb_writer_take(out, node->value);
    row->read(out, node);
    pb_writer_drop_empty(out);
    if (out->recognised == NULL &&
        (count_added(out) > before || (out->is_recognised && !was_recognised)))
        out->recognised = row;
}

/* Returns whether a row claims the node. */
static bool read_claimed(struct pb_writer *out, struct pb_aws_walk *walk,
                         const struct pb_node *node)
{
    size_t rivals;
    const struct pb_shape *row = pb_shape_find(node, &rivals);

    if (row == NULL)
        return false;
    out->is_claimed = true;
    walk->is_passed = !row->is_open;
    read_by(out, row, node);
    return true;
}

static void read_inner_document(struct pb_writer *out, const struct pb_json *root, void *context);

/* Strings in a document that stands in a string itself are left alone. */
static void read_unclaimed(struct pb_writer *out, const struct pb_node *node)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    uint32_t depth = node->depth;

    if (!out->is_embedded && pb_is_embedded(node->value) && pb_json_string(node->value, &text) &&
        pb_aws_may_be_evidence(text))
        pb_read_embedded(out, node->value, SIZE_MAX, read_inner_document, &depth);
}

static void read_values(struct pb_writer *out, const struct pb_json *root, uint32_t depth,
                        bool is_suggested)
{
    const struct pb_node *node;
    struct pb_aws_walk walk;

    pb_aws_walk_init(&walk, out, root, depth, is_suggested);
    while ((node = pb_aws_walk_next(&walk)) != NULL)
        if (!read_claimed(out, &walk, node))
            read_unclaimed(out, node);
    pb_aws_walk_release(&walk);
}

/* context: the depth of the string that holds the document. */
static void read_inner_document(struct pb_writer *out, const struct pb_json *root, void *context)
{
    read_values(out, root, *(const uint32_t *)context, false);
}

/* For marks: what stands inside of a value that was read whole. null is claimed or not, and was
 * read before. */
static bool show_again(struct pb_writer *out, const struct pb_node *node)
{
    size_t rivals;
    const struct pb_shape *row = pb_shape_find(node, &rivals);

    if (row != NULL && node->type > PB_JSON_NULL)
        read_by(out, row, node);
    return row != NULL;
}

static void open_text(struct pb_writer *out, struct pb_slice text, uint32_t depth)
{
    pb_read_embedded_text(out, text, SIZE_MAX, read_inner_document, &depth);
}

static void account_for_marks(struct pb_writer *out, const struct pb_json *root, size_t first_taken)
{
    static const struct pb_mark_readers readers = {.show = show_again, .open = open_text};

    pb_marks_account(out, root, first_taken, &readers);
}

static void read_document(struct pb_writer *out)
{
    const struct pb_aws_context *context = out->context;
    bool is_suggested =
        context->is_named || pb_slice_contains_ignoring_case(context->path, PB_SLICE("cert"));

    if (pb_refuse_input_skeleton(out))
        return;
    out->account = account_for_marks;
    read_values(out, out->document->root, 0, is_suggested);
    if (!out->has_failed)
        account_for_marks(out, out->document->root, 0);
    if (!out->has_failed)
        pb_marks_refuse(out);
}

static enum pb_aws_outcome conclude(const struct pb_writer *out, const char **shape)
{
    /* Among unrelated files a refusal is forgotten, and this one must not be. */
    bool is_incomplete =
        out->is_overfull && (out->is_expected || pb_aws_has_field_names(out->document->text));
    bool is_recognised = pb_writer_has_added(out) && !is_incomplete;

    if (out->left_over.count > 0 && (is_recognised || out->left_over.is_told)) {
        *shape = out->recognised != NULL ? out->recognised->name : NULL;
        return PB_AWS_LEFT_OVER;
    }
    *shape = is_recognised && out->recognised != NULL ? out->recognised->name : NULL;
    if (is_recognised)
        return PB_AWS_RECOGNISED;
    if (out->is_missed)
        return PB_AWS_MISSED;
    return out->is_refused ? PB_AWS_REFUSED : PB_AWS_UNRELATED;
}

enum pb_status pb_aws_read(const struct pb_json_document *document,
                           const struct pb_aws_context *context, struct pb_batch *batch,
                           enum pb_aws_outcome *outcome, const char **shape, const char **excuse)
{
    struct pb_writer out;

    pb_writer_init(&out, document, context, batch);
    read_document(&out);
    enum pb_status status = pb_writer_close(&out);
    *excuse = out.excuse;
    if (status == PB_OK)
        *outcome = conclude(&out, shape);
    pb_writer_release(&out);
    return status;
}

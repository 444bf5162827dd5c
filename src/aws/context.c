/* SPDX-License-Identifier: MIT */
/* Meets a document's values one by one, parents first, with what stands around each, and opens
 * documents that stand inside strings. read.c asks the rows of shapes about each of them. */
#include "aws/context.h"

#include "json/document.h"

/* A container whose values are being met. */
struct frame {
    struct pb_child child;
    struct pb_fields fields;
    bool is_cut; /* an object around it has a NextToken */
};

static const struct pb_fields no_fields;

void pb_aws_walk_init(struct pb_aws_walk *walk, struct pb_writer *out, const struct pb_json *root,
                      uint32_t depth, bool is_suggested)
{
    *walk = (struct pb_aws_walk){
        .out = out, .root = root, .base_depth = depth, .is_suggested = is_suggested};
    pb_vector_init(&walk->frames, sizeof(struct frame));
}

void pb_aws_walk_release(struct pb_aws_walk *walk)
{
    pb_vector_release(&walk->frames);
}

static struct frame *top(const struct pb_aws_walk *walk)
{
    if (walk->frames.count == 0)
        return NULL;
    return &PB_VECTOR_AT(struct frame, &walk->frames, walk->frames.count - 1);
}

/* What is inside the current node comes next. */
static void push(struct pb_aws_walk *walk)
{
    const struct frame frame = {
        .child = pb_children(walk->out, walk->node.value),
        .fields = walk->fields,
        .is_cut =
            walk->node.is_cut || pb_fields_has_text(walk->node.parent_fields, PB_FIELD_NEXT_TOKEN),
    };

    walk->out->has_failed |= !pb_vector_append(&walk->frames, &frame, 1);
}

/* An array's first certificate, found once for all rows of shapes. */
static const struct pb_json *find_telling(const struct pb_json *value)
{
    size_t count = pb_json_type(value) == PB_JSON_ARRAY ? pb_json_count(value) : 0;

    for (size_t i = 0; i < count; i++) {
        const struct pb_json *element = pb_json_element(value, i);
        struct pb_fields fields;
        pb_fields_read(element, &fields);
        if (pb_fields_are_metadata(&fields) || pb_is_config_item(element, &fields))
            return element;
    }
    return NULL;
}

static const struct pb_node *meet(struct pb_aws_walk *walk, const struct pb_json *value)
{
    const struct frame *parent = top(walk);

    pb_fields_read(value, &walk->fields);
    walk->node = (struct pb_node){
        .value = value,
        .type = pb_json_type(value),
        .fields = &walk->fields,
        .telling = find_telling(value),
        .parent_fields = &no_fields,
        .depth = walk->base_depth + (uint32_t)walk->frames.count,
        .is_suggested = walk->is_suggested,
    };
    if (parent != NULL) {
        walk->node.key_text = parent->child.key;
        walk->node.key = parent->child.field;
        walk->node.parent = parent->child.container;
        walk->node.parent_fields = &parent->fields;
        walk->node.is_cut = parent->is_cut;
    }
    walk->is_passed = false;
    return &walk->node;
}

static bool is_to_be_met(const struct frame *frame)
{
    const struct pb_child *child = &frame->child;

    if (child->field == PB_FIELD_LIST || child->field == PB_FIELD_CERTIFICATE)
        return true;
    /* Metadata is read by every shape that claims the object around it. */
    if (child->field == PB_FIELD_METADATA && pb_json_type(child->value) == PB_JSON_OBJECT &&
        pb_json_type(frame->fields.values[PB_FIELD_METADATA]) == PB_JSON_OBJECT)
        return false;
    return pb_is_container(child->value) || pb_is_embedded(child->value);
}

const struct pb_node *pb_aws_walk_next(struct pb_aws_walk *walk)
{
    if (!walk->is_started) {
        walk->is_started = true;
        return meet(walk, walk->root);
    }
    if (!walk->is_passed && pb_is_container(walk->node.value))
        push(walk);
    walk->is_passed = true;
    for (struct frame *frame = top(walk); frame != NULL; frame = top(walk)) {
        while (pb_next_child(&frame->child))
            if (is_to_be_met(frame))
                return meet(walk, frame->child.value);
        walk->frames.count--;
    }
    return NULL;
}

/* Templates begin with a brace too, but no key follows it. */
bool pb_begins_like_json(struct pb_slice text)
{
    text = pb_slice_trim(text);
    if (text.size_bytes < 2 || (text.data[0] != '{' && text.data[0] != '['))
        return false;
    bool is_array = text.data[0] == '[';
    text = pb_slice_trim(pb_slice_from(text, 1));
    char next = text.size_bytes > 0 ? text.data[0] : '\0';
    return next == '"' || (is_array && (next == '{' || next == '['));
}

bool pb_is_embedded(const struct pb_json *value)
{
    struct pb_slice text;

    return pb_json_string(value, &text) && pb_begins_like_json(text);
}

/* Texts of any other kind may begin like JSON: a damaged one counts only if it has a field's name.
 */
static void remark_embedded(struct pb_writer *out, const struct pb_json_reader *reader,
                            enum pb_json_outcome outcome, const struct pb_json_document *document)
{
    if (outcome == PB_JSON_TOO_LARGE)
        pb_writer_remark(out, PB_REMARK_EMBEDDED_TOO_LARGE,
                         "this string holds JSON of more than %llu values",
                         (unsigned long long)reader->limits->values);
    if (outcome == PB_JSON_INVALID &&
        pb_aws_has_field_names(pb_slice_from(reader->text, reader->position.offset_bytes)))
        pb_writer_remark(out, PB_REMARK_EMBEDDED_DAMAGED,
                         "this string speaks of server certificates and begins like JSON, but "
                         "is damaged or cut");
    if (outcome == PB_JSON_DOCUMENT && document->is_repaired)
        pb_writer_remark(out, PB_REMARK_EMBEDDED_REPAIRED,
                         "the JSON inside this string was repaired to be read");
}

static void hand_over(struct pb_writer *out, const struct pb_json *root, pb_embedded_reader *read,
                      void *context)
{
    size_t here = out->pointer.size_bytes;

    pb_buffer_append_byte(&out->pointer, '#');
    out->is_embedded = true;
    size_t taken = out->taken.count;
    read(out, root, context);
    if (out->account != NULL)
        out->account(out, root, taken);
    out->taken.count = taken; /* their values are released with the document */
    out->is_embedded = false;
    out->pointer.size_bytes = here;
}

void pb_read_embedded(struct pb_writer *out, const struct pb_json *string, size_t most,
                      pb_embedded_reader *read, void *context)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    pb_writer_take(out, string);
    if (pb_json_string(string, &text))
        pb_read_embedded_text(out, text, most, read, context);
}

void pb_read_embedded_text(struct pb_writer *out, struct pb_slice text, size_t most,
                           pb_embedded_reader *read, void *context)
{
    struct pb_json_reader reader = {.limits = out->context->limits, .text = text};
    struct pb_diagnostics diagnostics; /* dropped: their places are inside the string */
    struct pb_arena arena = {0};
    enum pb_json_outcome outcome = PB_JSON_DOCUMENT;

    pb_diagnostics_init(&diagnostics, &arena);
    for (size_t i = 0; i < most && outcome == PB_JSON_DOCUMENT && !out->has_failed; i++) {
        struct pb_json_document document = {0};
        if (pb_json_next(&reader, &diagnostics, &outcome, &document) != PB_OK) {
            out->has_failed = true;
            break;
        }
        remark_embedded(out, &reader, outcome, &document);
        if (outcome == PB_JSON_DOCUMENT)
            hand_over(out, document.root, read, context);
        pb_json_document_release(&document);
    }
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&arena);
}

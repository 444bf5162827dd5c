/* SPDX-License-Identifier: MIT */
#include "aws/walk.h"

#include "aws/certificate.h"
#include "aws/embedded.h"
#include "json/tree.h"

/* A container whose values are being met. */
struct frame {
    const struct pb_json *value;
    struct pb_fields fields;
    struct pb_json_member member;
    size_t index;
    size_t count;
    size_t pointer_bytes;
    bool is_object;
    bool is_cut; /* an object around it has a NextToken */
};

static const struct pb_fields no_fields;

void pb_aws_walk_init(struct pb_aws_walk *walk, const struct pb_json *root,
                      struct pb_buffer *pointer, bool is_suggested)
{
    *walk = (struct pb_aws_walk){.root = root, .pointer = pointer, .is_suggested = is_suggested};
    pb_vector_init(&walk->frames, sizeof(struct frame));
}

void pb_aws_walk_release(struct pb_aws_walk *walk)
{
    pb_vector_release(&walk->frames);
}

void pb_aws_walk_pass(struct pb_aws_walk *walk)
{
    walk->is_passed = true;
}

void pb_aws_walk_init_inner(struct pb_aws_walk *walk, const struct pb_json *root,
                            struct pb_buffer *pointer, const struct pb_node *node)
{
    pb_aws_walk_init(walk, root, pointer, false);
    walk->base_depth = node->depth;
}

static struct frame *top(const struct pb_aws_walk *walk)
{
    if (walk->frames.count == 0)
        return NULL;
    return &PB_VECTOR_AT(struct frame, &walk->frames, walk->frames.count - 1);
}

static bool push(struct pb_aws_walk *walk)
{
    bool is_cut =
        walk->node.is_cut || pb_fields_has_text(walk->node.parent_fields, PB_FIELD_NEXT_TOKEN);
    struct frame *frame = pb_vector_push(&walk->frames);

    if (frame == NULL)
        return false;
    frame->value = walk->node.value;
    frame->fields = walk->fields;
    frame->count = pb_json_count(walk->node.value);
    frame->pointer_bytes = walk->pointer->size_bytes;
    frame->is_object = walk->node.type == PB_JSON_OBJECT;
    frame->is_cut = is_cut;
    return true;
}

/* Asked here once, because several shapes want to know. */
static const struct pb_json *find_telling(const struct pb_json *value)
{
    size_t count = pb_json_type(value) == PB_JSON_ARRAY ? pb_json_count(value) : 0;

    for (size_t i = 0; i < count; i++) {
        const struct pb_json *element = pb_json_element(value, i);
        struct pb_fields fields;
        pb_fields_read(element, &fields);
        if (pb_fields_are_metadata(&fields) || pb_fields_are_config_item(&fields))
            return element;
    }
    return NULL;
}

static const struct pb_node *meet(struct pb_aws_walk *walk, const struct pb_json *value,
                                  struct pb_slice key)
{
    const struct frame *parent = top(walk);

    pb_fields_read(value, &walk->fields);
    walk->node = (struct pb_node){
        .value = value,
        .type = pb_json_type(value),
        .fields = &walk->fields,
        .key_text = key,
        .key = pb_field_of(key),
        .telling = find_telling(value),
        .parent = parent != NULL ? parent->value : NULL,
        .parent_fields = parent != NULL ? &parent->fields : &no_fields,
        .depth = walk->base_depth + (uint32_t)walk->frames.count,
        .is_suggested = walk->is_suggested,
        .is_cut = parent != NULL && parent->is_cut,
    };
    walk->is_passed = false;
    return &walk->node;
}

static bool is_container(const struct pb_json *value)
{
    enum pb_json_type type = pb_json_type(value);

    return type == PB_JSON_OBJECT || type == PB_JSON_ARRAY;
}

static const struct pb_node *next_element(struct pb_aws_walk *walk, struct frame *frame)
{
    while (frame->index < frame->count) {
        size_t index = frame->index++;
        const struct pb_json *value = pb_json_element(frame->value, index);
        if (is_container(value) || pb_embedded_is_likely(value)) {
            pb_pointer_push_index(walk->pointer, index);
            return meet(walk, value, PB_SLICE_ABSENT);
        }
    }
    return NULL;
}

/* What every shape reads that claims the object around it. */
static bool is_metadata_of(const struct frame *frame, const struct pb_json_member *member)
{
    return pb_json_type(member->value) == PB_JSON_OBJECT &&
           pb_field_of(member->key) == PB_FIELD_METADATA &&
           pb_json_type(frame->fields.values[PB_FIELD_METADATA]) == PB_JSON_OBJECT;
}

static bool is_to_be_met(const struct frame *frame, const struct pb_json_member *member)
{
    enum pb_field field = pb_field_of(member->key);

    if (field == PB_FIELD_LIST || field == PB_FIELD_CERTIFICATE)
        return true;
    return (is_container(member->value) || pb_embedded_is_likely(member->value)) &&
           !is_metadata_of(frame, member);
}

static const struct pb_node *next_member(struct pb_aws_walk *walk, struct frame *frame)
{
    while (pb_json_next_member(frame->value, &frame->member)) {
        const struct pb_json_member *member = &frame->member;
        if (is_to_be_met(frame, member)) {
            pb_pointer_push_key(walk->pointer, member->key);
            return meet(walk, member->value, member->key);
        }
    }
    return NULL;
}

enum pb_status pb_aws_walk_next(struct pb_aws_walk *walk, const struct pb_node **node)
{
    struct frame *frame;

    *node = NULL;
    if (!walk->is_started) {
        walk->is_started = true;
        *node = meet(walk, walk->root, PB_SLICE_ABSENT);
        return PB_OK;
    }
    if (!walk->is_passed && is_container(walk->node.value) && !push(walk))
        return PB_FAILED_MEMORY;
    walk->is_passed = true;
    while ((frame = top(walk)) != NULL) {
        pb_pointer_cut(walk->pointer, frame->pointer_bytes);
        *node = frame->is_object ? next_member(walk, frame) : next_element(walk, frame);
        if (*node != NULL)
            break;
        walk->frames.count--;
    }
    return walk->pointer->has_failed ? PB_FAILED_MEMORY : PB_OK;
}

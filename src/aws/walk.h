/* SPDX-License-Identifier: MIT */
/* Meets a document's values one by one, parents first, and always knows where it stands. */
#ifndef PB_AWS_WALK_H
#define PB_AWS_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/field.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/vector.h"
#include "json/tree.h"

/* A value and what stands around it. Pointers are borrowed until the next step of the walk. */
struct pb_node {
    const struct pb_json *value;
    enum pb_json_type type;
    const struct pb_fields *fields;        /* the value's own, all absent unless it is an object */
    struct pb_slice key_text;              /* its key in the parent; absent in arrays */
    enum pb_field key;                     /* the field that the key names */
    const struct pb_json *telling;         /* an array's first certificate; NULL: it has none */
    const struct pb_json *parent;          /* NULL at the root */
    const struct pb_fields *parent_fields; /* all absent unless the parent is an object */
    uint32_t depth;                        /* 0 at the root */
    bool is_suggested; /* the caller's or the path's word is that this is about certificates */
    bool is_cut;       /* an object farther out than the parent has a NextToken */
};

/* Zero-initialise, then pb_aws_walk_init. */
struct pb_aws_walk {
    struct pb_buffer *pointer; /* borrowed; that of the current node */
    struct pb_vector frames;   /* private from here on */
    const struct pb_json *root;
    struct pb_fields fields;
    struct pb_node node;
    uint32_t base_depth;
    bool is_suggested, is_started, is_passed;
};

/* pointer and root must outlive the walk; the pointer is the root's. */
void pb_aws_walk_init(struct pb_aws_walk *walk, const struct pb_json *root,
                      struct pb_buffer *pointer, bool is_suggested);

/* The same for a document inside a string that was met as node: it stands as deep as the string,
 * and nothing vouches for it. */
void pb_aws_walk_init_inner(struct pb_aws_walk *walk, const struct pb_json *root,
                            struct pb_buffer *pointer, const struct pb_node *node);
void pb_aws_walk_release(struct pb_aws_walk *walk);

/*
 * *node is the next value: the root, then every object and array, every string that looks like
 * one of these, and whatever stands in the place of a list or of a get answer; not the metadata of
 * an object that holds such, for they are its own. NULL after the last one. Takes time
 * linear in the document's size and memory linear in its depth. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_aws_walk_next(struct pb_aws_walk *walk, const struct pb_node **node);

/* Leaves out what is inside the current node. */
void pb_aws_walk_pass(struct pb_aws_walk *walk);

#endif

/* SPDX-License-Identifier: MIT */
/* A stream with its compression taken off, layer by layer, down to what it holds. */
#ifndef PB_EVIDENCE_LAYERS_H
#define PB_EVIDENCE_LAYERS_H

#include "evidence/budget.h"
#include "evidence/stream.h"

/* Zero-initialised: nothing. */
struct pb_layers {
    struct pb_stream *content;  /* what is under the last layer; owns everything below it */
    struct pb_stream *meter;    /* the bytes as they stand; NULL: content is plain and is these */
    struct pb_recognition what; /* of content: never a compression, unless there is a fault */
    bool is_compressed;
    struct pb_fault fault; /* too many layers */
};

/* source is taken, also on failure; budget is borrowed until the layers are
 * released. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_layers_open(struct pb_stream *source, struct pb_budget *budget,
                              struct pb_layers *layers);
void pb_layers_release(struct pb_layers *layers);

#endif

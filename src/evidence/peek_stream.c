/* SPDX-License-Identifier: MIT */
#include "evidence/stream.h"

#include <stdlib.h>

#include "base/buffer.h"

struct peek_stream {
    struct pb_stream base;
    struct pb_stream *source;
    struct pb_buffer held;   /* first blocks that were too small to look at one by one */
    struct pb_slice pending; /* looked at, not yet taken: in held, or the source's own block */
};

static enum pb_status peek_next(struct pb_stream *base, struct pb_slice *block)
{
    struct peek_stream *peek = (struct peek_stream *)base;

    if (peek->pending.size_bytes == 0)
        return pb_stream_pull(base, peek->source, block);
    *block = peek->pending;
    peek->pending = PB_SLICE_ABSENT;
    return PB_OK;
}

static void peek_free(struct pb_stream *base)
{
    struct peek_stream *peek = (struct peek_stream *)base;

    pb_stream_free(peek->source);
    pb_buffer_release(&peek->held);
    free(peek);
}

enum pb_status pb_peek_stream_look(struct pb_stream *base, size_t wanted_bytes,
                                   struct pb_slice *prefix)
{
    struct peek_stream *peek = (struct peek_stream *)base;

    while (peek->pending.size_bytes < wanted_bytes) {
        struct pb_slice block;
        enum pb_status status = pb_stream_next(peek->source, &block);
        if (status != PB_OK)
            return status;
        if (block.size_bytes == 0)
            break;
        if (peek->held.size_bytes == 0 &&
            (block.size_bytes >= wanted_bytes || peek->source->has_given_all)) {
            peek->pending = block;
            break;
        }
        pb_buffer_append(&peek->held, block);
        if (peek->held.has_failed)
            return PB_FAILED_MEMORY;
        peek->pending = pb_buffer_slice(&peek->held);
    }
    *prefix = pb_slice_first(peek->pending, wanted_bytes);
    return PB_OK;
}

enum pb_status pb_peek_stream_new(struct pb_stream *source, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {peek_next, peek_free};
    struct peek_stream *peek = calloc(1, sizeof *peek);

    *stream = NULL;
    if (peek == NULL) {
        pb_stream_free(source);
        return PB_FAILED_MEMORY;
    }
    peek->base.type = &type;
    peek->source = source;
    pb_buffer_init(&peek->held, SIZE_MAX);
    *stream = &peek->base;
    return PB_OK;
}

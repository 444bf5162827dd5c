/* SPDX-License-Identifier: MIT */
#include "evidence/stream.h"

#include <stdlib.h>

/* In blocks, so that what has been used for an expansion is known closely enough for its ratio. */
#define BLOCK_BYTES 65536

struct memory_stream {
    struct pb_stream base;
    struct pb_slice rest;
};

static enum pb_status memory_next(struct pb_stream *base, struct pb_slice *block)
{
    struct memory_stream *memory = (struct memory_stream *)base;

    *block = pb_slice_first(memory->rest, BLOCK_BYTES);
    memory->rest = pb_slice_from(memory->rest, BLOCK_BYTES);
    return PB_OK;
}

static void memory_free(struct pb_stream *base)
{
    free(base);
}

enum pb_status pb_memory_stream_new(struct pb_slice bytes, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {memory_next, memory_free};
    struct memory_stream *memory = calloc(1, sizeof *memory);

    *stream = NULL;
    if (memory == NULL)
        return PB_FAILED_MEMORY;
    memory->base.type = &type;
    memory->rest = bytes;
    *stream = &memory->base;
    return PB_OK;
}

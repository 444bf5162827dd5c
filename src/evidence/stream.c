/* SPDX-License-Identifier: MIT */
#include "evidence/stream.h"

enum pb_status pb_stream_next(struct pb_stream *stream, struct pb_slice *block)
{
    *block = PB_SLICE("");
    if (stream->has_ended)
        return PB_OK;
    enum pb_status status = stream->type->next(stream, block);
    if (status != PB_OK || block->size_bytes == 0) {
        *block = PB_SLICE("");
        stream->has_ended = true;
    }
    return status;
}

enum pb_status pb_stream_drain(struct pb_stream *stream)
{
    struct pb_slice block;
    enum pb_status status;

    do {
        status = pb_stream_next(stream, &block);
    } while (status == PB_OK && block.size_bytes > 0);
    return status;
}

void pb_stream_free(struct pb_stream *stream)
{
    if (stream != NULL)
        stream->type->free(stream);
}

enum pb_status pb_stream_pull(struct pb_stream *stream, struct pb_stream *source,
                              struct pb_slice *block)
{
    enum pb_status status = pb_stream_next(source, block);

    if (block->size_bytes == 0 && pb_fault_is_set(&source->fault) &&
        !pb_fault_is_set(&stream->fault))
        stream->fault = source->fault;
    return status;
}

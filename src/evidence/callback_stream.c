/* SPDX-License-Identifier: MIT */
#include "evidence/stream.h"

#include <stdlib.h>

struct callback_stream {
    struct pb_stream base;
    int64_t (*read)(void *context, void *buffer, size_t size_bytes);
    void *context;
    char *buffer;
    size_t buffer_bytes;
};

static enum pb_status callback_next(struct pb_stream *base, struct pb_slice *block)
{
    struct callback_stream *callback = (struct callback_stream *)base;
    int64_t size = callback->read(callback->context, callback->buffer, callback->buffer_bytes);

    if (size < 0 || (uint64_t)size > callback->buffer_bytes) {
        pb_fault_set(&base->fault, PB_ENTRY_UNREADABLE, "unreadable",
                     "could not be read: the stream's reader failed");
        return PB_OK;
    }
    *block = (struct pb_slice){callback->buffer, (size_t)size};
    return PB_OK;
}

static void callback_free(struct pb_stream *base)
{
    free(base);
}

enum pb_status
pb_callback_stream_new(int64_t (*read)(void *context, void *buffer, size_t size_bytes),
                       void *context, char *buffer, size_t buffer_bytes, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {callback_next, callback_free};
    struct callback_stream *callback = calloc(1, sizeof *callback);

    *stream = NULL;
    if (callback == NULL)
        return PB_FAILED_MEMORY;
    callback->base.type = &type;
    callback->read = read;
    callback->context = context;
    callback->buffer = buffer;
    callback->buffer_bytes = buffer_bytes;
    *stream = &callback->base;
    return PB_OK;
}

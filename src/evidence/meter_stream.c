/* SPDX-License-Identifier: MIT */
#include "evidence/stream.h"

#include <stdlib.h>

#include "evidence/digest.h"

struct meter_stream {
    struct pb_stream base;
    struct pb_stream *source;
    struct pb_digest *digest;
    uint64_t size_bytes;
};

static enum pb_status meter_next(struct pb_stream *base, struct pb_slice *block)
{
    struct meter_stream *meter = (struct meter_stream *)base;
    enum pb_status status = pb_stream_pull(base, meter->source, block);

    pb_digest_update(meter->digest, *block);
    meter->size_bytes += block->size_bytes;
    return status;
}

static void meter_free(struct pb_stream *base)
{
    struct meter_stream *meter = (struct meter_stream *)base;

    pb_stream_free(meter->source);
    pb_digest_free(meter->digest);
    free(meter);
}

uint64_t pb_meter_stream_size(const struct pb_stream *stream)
{
    return ((const struct meter_stream *)stream)->size_bytes;
}

void pb_meter_stream_digest(struct pb_stream *stream, unsigned char sha256[32])
{
    pb_digest_finish(((struct meter_stream *)stream)->digest, sha256);
}

enum pb_status pb_meter_stream_new(struct pb_stream *source, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {meter_next, meter_free};
    struct meter_stream *meter = calloc(1, sizeof *meter);

    *stream = NULL;
    if (meter == NULL) {
        pb_stream_free(source);
        return PB_FAILED_MEMORY;
    }
    meter->base.type = &type;
    meter->source = source;
    enum pb_status status = pb_digest_new(&meter->digest);
    if (status != PB_OK) {
        meter_free(&meter->base);
        return status;
    }
    *stream = &meter->base;
    return PB_OK;
}

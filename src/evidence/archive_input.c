/* SPDX-License-Identifier: MIT */
/* How libarchive gets its bytes: by callbacks, from a stream or from anywhere in a file. */
#include "evidence/archive_handle.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES 65536

enum pb_status pb_archive_pull(struct pb_archive *archive, struct pb_slice *block)
{
    enum pb_status status = pb_stream_next(archive->source, block);

    pb_tail_add(&archive->input, *block);
    return status;
}

static la_ssize_t read_stream(struct archive *handle, void *context, const void **data)
{
    struct pb_archive *archive = context;
    struct pb_slice block;

    (void)handle;
    archive->status = pb_archive_pull(archive, &block);
    if (archive->status != PB_OK)
        return ARCHIVE_FATAL;
    archive->has_seen_end = block.size_bytes == 0;
    *data = block.data;
    return (la_ssize_t)block.size_bytes;
}

static la_ssize_t read_bytes(struct archive *handle, void *context, const void **data)
{
    struct pb_archive *archive = context;
    size_t size = pb_random_access_read(archive->bytes, archive->offset_bytes, archive->buffer,
                                        BLOCK_BYTES, &archive->fault);

    (void)handle;
    archive->has_seen_end = size == 0;
    archive->offset_bytes += size;
    archive->input.size_bytes += size;
    *data = archive->buffer;
    return (la_ssize_t)size;
}

static la_int64_t seek_bytes(struct archive *handle, void *context, la_int64_t offset, int whence)
{
    struct pb_archive *archive = context;
    uint64_t base = whence == SEEK_SET   ? 0
                    : whence == SEEK_CUR ? archive->offset_bytes
                                         : archive->bytes->size_bytes;

    (void)handle;
    bool is_before_start = offset < 0 && (uint64_t) - (offset + 1) >= base;
    bool is_past_end = offset > 0 && (base > archive->bytes->size_bytes ||
                                      (uint64_t)offset > archive->bytes->size_bytes - base);
    if (is_before_start || is_past_end)
        return ARCHIVE_FATAL;
    archive->offset_bytes = base + (uint64_t)offset;
    return (la_int64_t)archive->offset_bytes;
}

bool pb_archive_set_callbacks(struct pb_archive *archive)
{
    struct archive *handle = archive->handle;

    if (archive_read_set_callback_data(handle, archive) != ARCHIVE_OK)
        return false;
    if (archive->kind == PB_KIND_TAR || archive->kind == PB_KIND_CPIO)
        return archive_read_set_read_callback(handle, read_stream) == ARCHIVE_OK;
    archive->buffer = malloc(BLOCK_BYTES);
    return archive->buffer != NULL &&
           archive_read_set_read_callback(handle, read_bytes) == ARCHIVE_OK &&
           archive_read_set_seek_callback(handle, seek_bytes) == ARCHIVE_OK;
}

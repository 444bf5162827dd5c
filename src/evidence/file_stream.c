/* SPDX-License-Identifier: MIT */
#include "evidence/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct file_stream {
    struct pb_stream base;
    int fd;
    uint64_t expected_bytes;
    uint64_t read_bytes;
    char *buffer;
    size_t buffer_bytes;
    bool is_at_end;
};

static enum pb_status file_next(struct pb_stream *base, struct pb_slice *block)
{
    struct file_stream *file = (struct file_stream *)base;

    if (file->is_at_end)
        return PB_OK;
    ssize_t size;
    do {
        size = read(file->fd, file->buffer, file->buffer_bytes);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        pb_fault_set_errno(&base->fault, errno);
        return PB_OK;
    }
    file->read_bytes += (size_t)size;
    file->is_at_end = (size_t)size < file->buffer_bytes && file->expected_bytes > 0 &&
                      file->read_bytes == file->expected_bytes;
    *block = (struct pb_slice){file->buffer, (size_t)size};
    return PB_OK;
}

static void file_free(struct pb_stream *base)
{
    struct file_stream *file = (struct file_stream *)base;

    close(file->fd);
    free(file);
}

enum pb_status pb_file_stream_new(int fd, uint64_t expected_bytes, char *buffer,
                                  size_t buffer_bytes, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {file_next, file_free};
    struct file_stream *file = calloc(1, sizeof *file);

    *stream = NULL;
    if (file == NULL) {
        close(fd);
        return PB_FAILED_MEMORY;
    }
    file->base.type = &type;
    file->fd = fd;
    file->expected_bytes = expected_bytes;
    file->buffer = buffer;
    file->buffer_bytes = buffer_bytes;
    *stream = &file->base;
    return PB_OK;
}

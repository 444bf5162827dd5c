/* SPDX-License-Identifier: MIT */
/* Bytes from outside, pulled block by block or read at any place; what any stream can do. */
#include "evidence/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Blocks of memory are small, so that it is known closely enough how much an expansion has used. */
#define MEMORY_BLOCK_BYTES 65536

static struct pb_slice next_of_type(struct pb_stream *stream)
{
    struct pb_slice block = stream->has_ended ? PB_SLICE("") : stream->type->next(stream);

    stream->has_ended = block.size_bytes == 0;
    return block;
}

struct pb_slice pb_stream_next(struct pb_stream *stream)
{
    struct pb_slice block = stream->pending;

    stream->pending = PB_SLICE_ABSENT;
    if (block.size_bytes == 0)
        block = next_of_type(stream);
    if (stream->is_measured) {
        pb_digest_update(&stream->digest, block);
        stream->size_bytes += block.size_bytes;
    }
    return block;
}

bool pb_stream_look(struct pb_stream *stream, struct pb_slice *prefix)
{
    pb_buffer_init(&stream->held, SIZE_MAX);
    while (stream->pending.size_bytes < PB_SNIFF_BYTES && !stream->held.has_failed) {
        struct pb_slice block = next_of_type(stream);
        if (block.size_bytes == 0)
            break;
        if (stream->held.size_bytes == 0 && block.size_bytes >= PB_SNIFF_BYTES) {
            stream->pending = block;
            break;
        }
        pb_buffer_append(&stream->held, block);
        stream->pending = pb_buffer_slice(&stream->held);
    }
    *prefix = pb_slice_first(stream->pending, PB_SNIFF_BYTES);
    return !stream->held.has_failed;
}

void pb_stream_drain(struct pb_stream *stream)
{
    while (pb_stream_next(stream).size_bytes > 0)
        ;
}

void pb_stream_free(struct pb_stream *stream)
{
    if (stream == NULL)
        return;
    pb_buffer_release(&stream->held);
    stream->type->free(stream);
}

struct input_stream {
    struct pb_stream base;
    struct pb_input input;
    uint64_t read_bytes;
    bool is_at_end;
};

static struct pb_slice read_descriptor(struct input_stream *stream)
{
    const struct pb_input *input = &stream->input;
    ssize_t size;

    if (stream->is_at_end)
        return PB_SLICE("");
    do {
        size = read(input->fd, input->buffer, input->buffer_bytes);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        pb_fault_set_errno(&stream->base.fault, errno);
        return PB_SLICE("");
    }
    stream->read_bytes += (size_t)size;
    if (size == 0 && stream->read_bytes < input->size_bytes)
        pb_fault_set(&stream->base.fault, PB_ENTRY_UNREADABLE, "file-shrank",
                     "the file became shorter while it was read");
    stream->is_at_end = (size_t)size < input->buffer_bytes && input->size_bytes > 0 &&
                        stream->read_bytes == input->size_bytes;
    return (struct pb_slice){input->buffer, (size_t)size};
}

static struct pb_slice read_callback(struct input_stream *stream)
{
    const struct pb_input *input = &stream->input;
    int64_t size = input->read(input->context, input->buffer, input->buffer_bytes);

    if (size >= 0 && (uint64_t)size <= input->buffer_bytes)
        return (struct pb_slice){input->buffer, (size_t)size};
    pb_fault_set(&stream->base.fault, PB_ENTRY_UNREADABLE, "unreadable",
                 "could not be read: the stream's reader failed");
    return PB_SLICE("");
}

static struct pb_slice input_next(struct pb_stream *base)
{
    struct input_stream *stream = (struct input_stream *)base;
    struct pb_input *input = &stream->input;

    struct pb_slice block = input->fd >= 0 ? read_descriptor(stream)
                            : input->read != NULL
                                ? read_callback(stream)
                                : pb_slice_first(input->memory, MEMORY_BLOCK_BYTES);
    input->memory = pb_slice_from(input->memory, MEMORY_BLOCK_BYTES);
    if (input->taken_bytes != NULL)
        *input->taken_bytes += block.size_bytes;
    return block;
}

static void input_free(struct pb_stream *base)
{
    struct input_stream *stream = (struct input_stream *)base;

    if (stream->input.fd >= 0)
        close(stream->input.fd);
    free(stream);
}

struct pb_stream *pb_input_stream_new(const struct pb_input *input)
{
    static const struct pb_stream_type type = {input_next, input_free};
    struct input_stream *made = calloc(1, sizeof *made);

    if (made == NULL) {
        if (input->fd >= 0)
            close(input->fd);
        return NULL;
    }
    made->base.type = &type;
    made->input = *input;
    return &made->base;
}

static size_t read_file(int fd, uint64_t offset_bytes, char *buffer, size_t wanted_bytes,
                        struct pb_fault *fault)
{
    size_t done = 0;

    while (done < wanted_bytes) {
        ssize_t size = pread(fd, buffer + done, wanted_bytes - done, (off_t)(offset_bytes + done));
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            pb_fault_set_errno(fault, errno);
        if (size <= 0)
            break;
        done += (size_t)size;
    }
    return done;
}

size_t pb_input_read(const struct pb_input *input, uint64_t offset_bytes, char *buffer,
                     size_t wanted_bytes, struct pb_fault *fault)
{
    if (offset_bytes >= input->size_bytes)
        return 0;
    if (wanted_bytes > input->size_bytes - offset_bytes)
        wanted_bytes = (size_t)(input->size_bytes - offset_bytes);
    if (input->taken_bytes != NULL)
        *input->taken_bytes += wanted_bytes;
    if (input->fd >= 0)
        return read_file(input->fd, offset_bytes, buffer, wanted_bytes, fault);
    memcpy(buffer, input->memory.data + offset_bytes, wanted_bytes);
    return wanted_bytes;
}

void pb_tail_add(struct pb_tail *tail, struct pb_slice bytes)
{
    size_t zeros = 0;

    while (zeros < bytes.size_bytes && bytes.data[bytes.size_bytes - 1 - zeros] == 0)
        zeros++;
    tail->size_bytes += bytes.size_bytes;
    tail->zero_bytes = zeros == bytes.size_bytes ? tail->zero_bytes + zeros : zeros;
}

bool pb_tail_is_zero_from(const struct pb_tail *tail, uint64_t offset_bytes)
{
    return offset_bytes >= tail->size_bytes || tail->zero_bytes >= tail->size_bytes - offset_bytes;
}

la_ssize_t pb_source_read(struct archive *archive, void *context, const void **data)
{
    struct pb_source *source = context;
    struct pb_slice block = pb_stream_next(source->stream);

    (void)archive;
    pb_tail_add(&source->tail, block);
    source->has_seen_end |= block.size_bytes == 0;
    if (block.size_bytes == 0) {
        block = source->appended;
        source->appended = PB_SLICE_ABSENT;
    }
    *data = block.data;
    return (la_ssize_t)block.size_bytes;
}

/* SPDX-License-Identifier: MIT */
/* Streams: bytes from outside, and what is left when compression is taken off. bzip2, xz, zstd and
 * lz4 go through libarchive: its raw format with the one filter and nothing else. */
#include "evidence/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

/* Blocks of memory are small, so that it is known closely enough how much an expansion has used. */
#define MEMORY_BLOCK_BYTES 65536

/* The .xz file format, version 1.1.0. */
#define XZ_STREAM_HEADER_BYTES 12
#define XZ_FILTER_LZMA2 0x21
/* Section 5.3.1: 64 MiB, what `xz -9` asks for. */
#define XZ_LARGEST_DICTIONARY 0x1C

static enum pb_status next_of_type(struct pb_stream *stream, struct pb_slice *block)
{
    enum pb_status status = PB_OK;

    *block = PB_SLICE("");
    if (!stream->has_ended)
        status = stream->type->next(stream, block);
    if (status != PB_OK)
        *block = PB_SLICE("");
    stream->has_ended = block->size_bytes == 0;
    return status;
}

enum pb_status pb_stream_next(struct pb_stream *stream, struct pb_slice *block)
{
    enum pb_status status = PB_OK;

    *block = stream->pending;
    stream->pending = PB_SLICE_ABSENT;
    if (block->size_bytes == 0)
        status = next_of_type(stream, block);
    if (stream->is_measured) {
        pb_digest_update(&stream->digest, *block);
        stream->size_bytes += block->size_bytes;
    }
    return status;
}

enum pb_status pb_stream_pull(struct pb_stream *stream, struct pb_stream *source,
                              struct pb_slice *block)
{
    enum pb_status status = pb_stream_next(source, block);

    if (block->size_bytes == 0 && !pb_fault_is_set(&stream->fault))
        stream->fault = source->fault;
    return status;
}

enum pb_status pb_stream_look(struct pb_stream *stream, struct pb_slice *prefix)
{
    pb_buffer_init(&stream->held, SIZE_MAX);
    while (stream->pending.size_bytes < PB_SNIFF_BYTES) {
        struct pb_slice block;
        enum pb_status status = next_of_type(stream, &block);
        if (status != PB_OK)
            return status;
        if (block.size_bytes == 0)
            break;
        if (stream->held.size_bytes == 0 &&
            (block.size_bytes >= PB_SNIFF_BYTES || stream->has_given_all)) {
            stream->pending = block;
            break;
        }
        pb_buffer_append(&stream->held, block);
        if (stream->held.has_failed)
            return PB_FAILED_MEMORY;
        stream->pending = pb_buffer_slice(&stream->held);
    }
    *prefix = pb_slice_first(stream->pending, PB_SNIFF_BYTES);
    return PB_OK;
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

static void read_descriptor(struct input_stream *stream, struct pb_slice *block)
{
    const struct pb_input *input = &stream->input;
    ssize_t size;

    if (stream->is_at_end)
        return;
    do {
        size = read(input->fd, input->buffer, input->buffer_bytes);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        pb_fault_set_errno(&stream->base.fault, errno);
        return;
    }
    stream->read_bytes += (size_t)size;
    stream->is_at_end = (size_t)size < input->buffer_bytes && input->size_bytes > 0 &&
                        stream->read_bytes == input->size_bytes;
    *block = (struct pb_slice){input->buffer, (size_t)size};
}

static void read_callback(struct input_stream *stream, struct pb_slice *block)
{
    const struct pb_input *input = &stream->input;
    int64_t size = input->read(input->context, input->buffer, input->buffer_bytes);

    if (size < 0 || (uint64_t)size > input->buffer_bytes)
        pb_fault_set(&stream->base.fault, PB_ENTRY_UNREADABLE, "unreadable",
                     "could not be read: the stream's reader failed");
    else
        *block = (struct pb_slice){input->buffer, (size_t)size};
}

static enum pb_status input_next(struct pb_stream *base, struct pb_slice *block)
{
    struct input_stream *stream = (struct input_stream *)base;
    struct pb_input *input = &stream->input;

    if (input->fd >= 0) {
        read_descriptor(stream, block);
    } else if (input->read != NULL) {
        read_callback(stream, block);
    } else {
        *block = pb_slice_first(input->memory, MEMORY_BLOCK_BYTES);
        input->memory = pb_slice_from(input->memory, MEMORY_BLOCK_BYTES);
    }
    return PB_OK;
}

static void input_free(struct pb_stream *base)
{
    struct input_stream *stream = (struct input_stream *)base;

    if (stream->input.fd >= 0)
        close(stream->input.fd);
    free(stream);
}

enum pb_status pb_input_stream_new(const struct pb_input *input, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {input_next, input_free};
    struct input_stream *made = calloc(1, sizeof *made);

    *stream = NULL;
    if (made == NULL) {
        if (input->fd >= 0)
            close(input->fd);
        return PB_FAILED_MEMORY;
    }
    made->base.type = &type;
    made->input = *input;
    *stream = &made->base;
    return PB_OK;
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

struct filter_stream {
    struct pb_stream base;
    struct pb_stream *source;
    struct pb_budget *budget;
    struct archive *archive;
    const char *name;
    int code; /* libarchive's, of the filter */
    struct pb_tail input;
    uint64_t made_bytes;
    enum pb_status status; /* of the source, which libarchive cannot pass on */
    bool is_open;
    bool has_seen_end; /* libarchive asked for more input than there is */
};

static la_ssize_t read_input(struct archive *archive, void *context, const void **data)
{
    struct filter_stream *filter = context;
    struct pb_slice block;

    (void)archive;
    filter->status = pb_stream_pull(&filter->base, filter->source, &block);
    if (filter->status != PB_OK)
        return ARCHIVE_FATAL;
    pb_tail_add(&filter->input, block);
    filter->has_seen_end = block.size_bytes == 0;
    *data = block.data;
    return (la_ssize_t)block.size_bytes;
}

static void fail(struct filter_stream *filter)
{
    if (archive_errno(filter->archive) == ENOMEM)
        pb_fault_set_memory(&filter->base.fault);
    else if (filter->has_seen_end)
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "truncated",
                     "cut: the %s data end too early", filter->name);
    else
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "compressed-damaged",
                     "damaged: the %s data cannot be decompressed", filter->name);
}

/* Some of libarchive's filters stop at the first bytes that are not theirs. */
static enum pb_status check_rest(struct filter_stream *filter)
{
    int64_t used = archive_filter_bytes(filter->archive, -1);
    const void *data;

    while (read_input(filter->archive, filter, &data) > 0)
        ;
    if (used >= 0 && !pb_tail_is_zero_from(&filter->input, (uint64_t)used))
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "data-after-stream",
                     "other data follow the end of the %s data", filter->name);
    return filter->status;
}

/* libarchive calls data from which nothing comes empty, whether or not they are damaged, and gives
 * bytes that it takes for no data of the filter's as they are. */
static enum pb_status open_filter(struct filter_stream *filter, bool *has_data)
{
    struct archive_entry *entry;

    filter->is_open = true;
    int result = archive_read_open1(filter->archive);
    if (result >= ARCHIVE_WARN)
        result = archive_read_next_header(filter->archive, &entry);
    bool is_filtered = archive_filter_code(filter->archive, 0) == filter->code;
    *has_data = is_filtered && (result == ARCHIVE_OK || result == ARCHIVE_WARN);
    if (filter->status != PB_OK || *has_data)
        return filter->status;
    if (is_filtered && result == ARCHIVE_EOF && archive_errno(filter->archive) == 0)
        return check_rest(filter);
    fail(filter);
    return PB_OK;
}

static enum pb_status filter_next(struct pb_stream *base, struct pb_slice *block)
{
    struct filter_stream *filter = (struct filter_stream *)base;
    const void *data;
    size_t size;
    la_int64_t offset;

    if (!filter->is_open) {
        bool has_data;
        enum pb_status status = open_filter(filter, &has_data);
        if (status != PB_OK || !has_data)
            return status;
    }
    int result = archive_read_data_block(filter->archive, &data, &size, &offset);
    if (filter->status != PB_OK)
        return filter->status;
    if (result == ARCHIVE_EOF)
        return check_rest(filter);
    if (result != ARCHIVE_OK) {
        fail(filter);
        return PB_OK;
    }
    filter->made_bytes += size;
    if (pb_budget_take_expanded(filter->budget, filter->input.size_bytes, filter->made_bytes, size,
                                &base->fault))
        *block = (struct pb_slice){data, size};
    return PB_OK;
}

static void filter_free(struct pb_stream *base)
{
    struct filter_stream *filter = (struct filter_stream *)base;

    archive_read_free(filter->archive);
    pb_stream_free(filter->source);
    free(filter);
}

static bool enable_filter(struct filter_stream *filter, enum pb_kind kind)
{
    static const struct {
        int (*enable)(struct archive *);
        int code;
        const char *name;
    } filters[] = {
        [PB_KIND_BZIP2] = {archive_read_support_filter_bzip2, ARCHIVE_FILTER_BZIP2, "bzip2"},
        [PB_KIND_XZ] = {archive_read_support_filter_xz, ARCHIVE_FILTER_XZ, "xz"},
        [PB_KIND_ZSTD] = {archive_read_support_filter_zstd, ARCHIVE_FILTER_ZSTD, "zstd"},
        [PB_KIND_LZ4] = {archive_read_support_filter_lz4, ARCHIVE_FILTER_LZ4, "lz4"},
    };
    struct archive *archive = filter->archive = archive_read_new();

    filter->code = filters[kind].code;
    filter->name = filters[kind].name;
    return archive != NULL && filters[kind].enable(archive) == ARCHIVE_OK &&
           archive_read_support_format_raw(archive) == ARCHIVE_OK &&
           archive_read_support_format_empty(archive) == ARCHIVE_OK &&
           archive_read_set_read_callback(archive, read_input) == ARCHIVE_OK &&
           archive_read_set_callback_data(archive, filter) == ARCHIVE_OK;
}

static enum pb_status filter_stream_new(struct pb_stream *source, enum pb_kind kind,
                                        struct pb_budget *budget, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {filter_next, filter_free};
    struct filter_stream *filter = calloc(1, sizeof *filter);

    *stream = NULL;
    if (filter == NULL) {
        pb_stream_free(source);
        return PB_FAILED_MEMORY;
    }
    filter->base.type = &type;
    filter->source = source;
    filter->budget = budget;
    if (!enable_filter(filter, kind)) {
        filter_free(&filter->base);
        return PB_FAILED_MEMORY;
    }
    *stream = &filter->base;
    return PB_OK;
}

/* The byte for the dictionary of the first block (section 3.1): LZMA2 is the last of its filters,
 * and zeros and a CRC32 follow. 0 if there is none. libarchive itself holds later blocks to 1 GiB,
 * and does not let that be set. */
static unsigned xz_dictionary(struct pb_slice prefix)
{
    const unsigned char *bytes = (const unsigned char *)prefix.data;
    size_t end = XZ_STREAM_HEADER_BYTES;

    if (prefix.size_bytes > end)
        end += bytes[end] * (size_t)4;
    if (prefix.size_bytes <= end)
        return 0;
    while (end > XZ_STREAM_HEADER_BYTES && bytes[end - 1] == 0)
        end--;
    bool is_lzma2 = bytes[end - 3] == XZ_FILTER_LZMA2 && bytes[end - 2] == 1;
    return is_lzma2 ? bytes[end - 1] & 0x3F : 0;
}

static enum pb_status look(struct pb_layers *layers)
{
    struct pb_slice prefix;
    enum pb_status status = pb_stream_look(layers->content, &prefix);

    if (status != PB_OK)
        return status;
    layers->what = pb_sniff(prefix);
    /* liblzma takes the whole dictionary at once, and a few hundred bytes may ask for 4 GiB. */
    if (layers->what.kind == PB_KIND_XZ && xz_dictionary(prefix) > XZ_LARGEST_DICTIONARY)
        pb_fault_set(&layers->fault, PB_ENTRY_SKIPPED, "limit-dictionary",
                     "its xz data ask for a larger dictionary than 64 MiB");
    return PB_OK;
}

static enum pb_status take_off(struct pb_layers *layers, struct pb_budget *budget)
{
    struct pb_stream *source = layers->content;
    enum pb_status status =
        layers->what.kind == PB_KIND_GZIP
            ? pb_gzip_stream_new(source, budget, &layers->content)
            : filter_stream_new(source, layers->what.kind, budget, &layers->content);

    return status == PB_OK ? look(layers) : status;
}

static enum pb_status open_layers(struct pb_layers *layers, struct pb_budget *budget)
{
    enum pb_status status = look(layers);

    if (status == PB_OK && layers->what.kind != PB_KIND_PLAIN) {
        pb_digest_init(&layers->source->digest);
        layers->source->is_measured = true;
    }
    for (uint32_t depth = 0; status == PB_OK && !pb_fault_is_set(&layers->fault); depth++) {
        if (layers->what.kind < PB_KIND_GZIP || layers->what.kind > PB_KIND_LZ4)
            break;
        if (depth == budget->limits.depth)
            pb_budget_set_fault(budget, PB_CEILING_DEPTH, &layers->fault);
        else
            status = take_off(layers, budget);
    }
    return status;
}

enum pb_status pb_layers_open(struct pb_stream *source, struct pb_budget *budget,
                              struct pb_layers *layers)
{
    *layers = (struct pb_layers){.content = source, .source = source};
    enum pb_status status = open_layers(layers, budget);
    if (status != PB_OK)
        pb_layers_release(layers);
    return status;
}

void pb_layers_release(struct pb_layers *layers)
{
    pb_stream_free(layers->content);
    *layers = (struct pb_layers){0};
}

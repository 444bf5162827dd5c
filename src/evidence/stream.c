/* SPDX-License-Identifier: MIT */
/* Streams of bytes, why they end, and what a run may use; what the file system, callers and memory
 * give: streams, and the entries of directories, in bytewise order of their names. */
#include "base/sentences.inc"
#include "evidence/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Memory is given in small blocks, so that the input of an expansion is counted finely enough. */
#define MEMORY_BLOCK_BYTES 65536

void pb_fault_set(struct pb_fault *fault, const char *code, const char *format, ...)
{
    bool is_ceiling = pb_slice_starts_with(pb_slice_from_string(code), PB_SLICE("limit-"));

    if (fault->code != NULL)
        return;
    fault->code = code;
    fault->status = is_ceiling ? PB_ENTRY_SKIPPED : PB_ENTRY_UNREADABLE;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
}

const char *pb_errno_text(int number, char text[PB_ERRNO_BYTES])
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    if (plain == (locale_t)0)
        return "out of memory";
    snprintf(text, PB_ERRNO_BYTES, "%s", strerror_l(number, plain));
    text[0] = pb_byte_lower(text[0]);
    freelocale(plain);
    return text;
}

void pb_fault_set_errno(struct pb_fault *fault, int number)
{
    char text[PB_ERRNO_BYTES];
    pb_fault_set(fault, "unreadable", "could not be read: %s", pb_errno_text(number, text));
}

void pb_fault_set_memory(struct pb_fault *fault)
{
    pb_fault_set(fault, "archive-memory", PB_SAY_FAULT_MEMORY);
}

void pb_budget_set_fault(const struct pb_budget *budget, enum pb_ceiling ceiling,
                         struct pb_fault *fault)
{
    const struct pb_limits *limits = &budget->limits;
    const struct {
        const char *code, *what;
        uint64_t value;
    } ceilings[] = {
        [PB_CEILING_ITEM_BYTES] = {"limit-item-bytes", PB_SAY_LIMIT_ITEM, limits->item_bytes},
        [PB_CEILING_TOTAL_BYTES] = {"limit-total-bytes", PB_SAY_LIMIT_TOTAL, limits->total_bytes},
        [PB_CEILING_ITEMS] = {"limit-items", PB_SAY_LIMIT_ITEMS, limits->items},
        [PB_CEILING_DEPTH] = {"limit-depth", PB_SAY_LIMIT_DEPTH, limits->depth},
        [PB_CEILING_RATIO] = {"limit-ratio", PB_SAY_LIMIT_RATIO, limits->ratio},
        [PB_CEILING_ENTRIES] = {"limit-ledger", PB_SAY_LIMIT_LEDGER, limits->items},
    };
    const char *code = ceilings[ceiling].code;

    pb_fault_set(fault, code, "%s (--max-%s %" PRIu64 ")", ceilings[ceiling].what,
                 ceiling == PB_CEILING_ENTRIES ? "items" : code + strlen("limit-"),
                 ceilings[ceiling].value);
}

static struct pb_slice read_next(struct pb_stream *stream)
{
    struct pb_slice block = stream->has_ended ? PB_SLICE("") : stream->next(stream);
    stream->made_bytes += block.size_bytes;
    stream->has_ended = block.size_bytes == 0;
    if (stream->has_ended && stream->source != NULL && stream->source->fault.code != NULL)
        stream->fault = stream->source->fault;
    return block;
}

struct pb_slice pb_stream_next(struct pb_stream *stream)
{
    struct pb_slice block = stream->pending;
    size_t zeros = 0;

    stream->pending = PB_SLICE_ABSENT;
    if (block.size_bytes == 0)
        block = read_next(stream);
    if (stream->is_measured)
        pb_stream_measure(stream, block);
    while (zeros < block.size_bytes && block.data[block.size_bytes - 1 - zeros] == 0)
        zeros++;
    stream->zero_bytes = zeros == block.size_bytes ? stream->zero_bytes + zeros : zeros;
    stream->size_bytes += block.size_bytes;
    return block;
}

bool pb_stream_look(struct pb_stream *stream, struct pb_slice *prefix)
{
    uint64_t stored = stream->stored_bytes;
    size_t wanted = stored > 0 && stored < PB_SNIFF_BYTES ? (size_t)stored : PB_SNIFF_BYTES;

    while (stream->pending.size_bytes < wanted && !stream->held.has_failed) {
        struct pb_slice block = read_next(stream);
        if (block.size_bytes == 0)
            break;
        bool is_enough = stream->held.size_bytes == 0 && block.size_bytes >= wanted;
        if (!is_enough)
            pb_buffer_append(&stream->held, block);
        stream->pending = is_enough ? block : pb_buffer_slice(&stream->held);
    }
    *prefix = pb_slice_first(stream->pending, PB_SNIFF_BYTES);
    return !stream->held.has_failed;
}

void pb_stream_measure(struct pb_stream *stream, struct pb_slice taken)
{
    if (!stream->is_measured)
        (void)SHA256_Init(&stream->digest);
    stream->is_measured = true;
    (void)SHA256_Update(&stream->digest, taken.data, taken.size_bytes);
}

void pb_stream_drain(struct pb_stream *stream)
{
    while (pb_stream_next(stream).size_bytes > 0)
        ;
}

bool pb_stream_is_zero_from(const struct pb_stream *stream, uint64_t offset_bytes)
{
    return offset_bytes >= stream->size_bytes ||
           stream->zero_bytes >= stream->size_bytes - offset_bytes;
}

struct pb_slice pb_stream_expand(struct pb_stream *stream, uint64_t used_bytes,
                                 struct pb_slice block)
{
    struct pb_budget *budget = stream->budget;
    const struct pb_limits *limits = &budget->limits;
    uint64_t ratio = limits->ratio > 0 ? limits->ratio : 1;
    uint64_t made_bytes = stream->made_bytes + block.size_bytes;
    uint64_t expanded_bytes = budget->expanded_bytes + block.size_bytes;
    uint64_t free_bytes = limits->ratio_free_bytes;
    uint64_t counted_bytes = expanded_bytes > free_bytes ? expanded_bytes - free_bytes : 0;

    if ((made_bytes > free_bytes && made_bytes / ratio > used_bytes) ||
        counted_bytes / ratio > budget->taken_bytes)
        pb_budget_set_fault(budget, PB_CEILING_RATIO, &stream->fault);
    else if (counted_bytes / 2 > limits->total_bytes)
        pb_budget_set_fault(budget, PB_CEILING_TOTAL_BYTES, &stream->fault);
    else {
        budget->expanded_bytes = expanded_bytes;
        return block;
    }
    return PB_SLICE("");
}

void pb_stream_free(struct pb_stream *stream)
{
    if (stream == NULL)
        return;
    struct pb_stream *source = stream->source;
    pb_buffer_release(&stream->held);
    if (stream->free != NULL)
        stream->free(stream);
    pb_stream_free(source);
}

struct input_stream {
    struct pb_stream base;
    struct pb_input input;
};

size_t pb_input_read(const struct pb_input *input, uint64_t offset_bytes, char *buffer,
                     size_t wanted_bytes, struct pb_fault *fault)
{
    bool has_places = input->size_bytes > 0 || input->fd < 0;
    uint64_t rest = offset_bytes < input->size_bytes ? input->size_bytes - offset_bytes : 0;
    size_t done = 0;
    ssize_t size = 1;

    if (has_places && wanted_bytes > rest)
        wanted_bytes = (size_t)rest;
    if (input->fd < 0 && wanted_bytes > 0)
        memcpy(buffer, input->memory.data + offset_bytes, done = wanted_bytes);
    while (done < wanted_bytes && size != 0) {
        size = has_places ? pread(input->fd, buffer + done, wanted_bytes - done,
                                  (off_t)(offset_bytes + done))
                          : read(input->fd, buffer + done, wanted_bytes - done);
        if (size < 0 && errno != EINTR) {
            pb_fault_set_errno(fault, errno);
            break;
        }
        done += size > 0 ? (size_t)size : 0;
    }
    if (input->taken_bytes != NULL)
        *input->taken_bytes += done;
    return done;
}

static struct pb_slice input_next(struct pb_stream *base)
{
    const struct pb_input *input = &((struct input_stream *)base)->input;
    struct pb_slice block = {input->buffer, 0};

    if (input->fd >= 0) {
        block.size_bytes =
            pb_input_read(input, base->made_bytes, input->buffer, PB_BLOCK_BYTES, &base->fault);
        if (block.size_bytes == 0 && base->made_bytes < input->size_bytes)
            pb_fault_set(&base->fault, "file-shrank", "the file became shorter while it was read");
        return block;
    }
    if (input->read == NULL) {
        block = pb_slice_first(pb_slice_from(input->memory, base->made_bytes), MEMORY_BLOCK_BYTES);
    } else {
        int64_t size = input->read(input->context, input->buffer, PB_BLOCK_BYTES);
        if (size < 0 || size > PB_BLOCK_BYTES)
            pb_fault_set(&base->fault, "unreadable", PB_SAY_FAULT_CALLER);
        else
            block.size_bytes = (size_t)size;
    }
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
    struct input_stream *made = calloc(1, sizeof *made);

    if (made == NULL) {
        if (input->fd >= 0)
            close(input->fd);
        return NULL;
    }
    *made = (struct input_stream){
        .base = {.next = input_next,
                 .free = input_free,
                 .item = &made->base,
                 .in_place = input->size_bytes > 0 ? &made->input : NULL},
        .input = *input,
    };
    return &made->base;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct pb_directory *pb_directory_new(int fd, int *number)
{
    struct pb_directory *made = calloc(1, sizeof *made);
    struct dirent *entry;

    if (made == NULL || (made->stream = fdopendir(fd)) == NULL) {
        *number = errno;
        free(made);
        close(fd);
        return NULL;
    }
    *number = ENOMEM; /* where a name cannot be kept */
    while (errno = 0, (entry = readdir(made->stream)) != NULL) {
        struct pb_slice name = {entry->d_name, strlen(entry->d_name) + 1};
        if (strcmp(name.data, ".") == 0 || strcmp(name.data, "..") == 0)
            continue;
        const char *kept = pb_arena_copy(&made->texts, name).data;
        if (kept == NULL || !pb_vector_append(&made->names, &kept, sizeof kept))
            return pb_directory_close(made);
    }
    *number = errno;
    pb_vector_sort(&made->names, compare_names);
    return made;
}

struct pb_directory *pb_directory_close(struct pb_directory *directory)
{
    struct pb_directory *outer = directory->outer;
    closedir(directory->stream);
    pb_arena_release(&directory->texts);
    pb_vector_release(&directory->names);
    free(directory);
    return outer;
}

int pb_directory_next(struct pb_directory *directory, struct pb_buffer *path, bool *is_directory,
                      bool *is_link, const char **reason)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC, parent = dirfd(directory->stream);
    const char *name = PB_VECTOR_AT(const char *, &directory->names, directory->next++);
    struct stat status;

    path->size_bytes = directory->path_bytes;
    pb_buffer_append_byte(path, '/');
    pb_buffer_append_string(path, name);
    /* Where this fails, openat() below says why. */
    bool is_found = fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    mode_t mode = is_found ? status.st_mode : S_IFREG;
    *is_directory = S_ISDIR(mode);
    *is_link = S_ISLNK(mode);
    if (*is_directory)
        return openat(parent, name, flags | O_DIRECTORY);
    *reason = *is_link         ? "symbolic link to what is read by itself"
              : S_ISFIFO(mode) ? "FIFO, not read"
              : S_ISSOCK(mode) ? "socket, not read"
              : !S_ISREG(mode) ? "device, not read"
                               : NULL;
    /* O_NONBLOCK: if a FIFO has replaced the file, open() does not wait for a writer. */
    return *reason != NULL ? -1 : openat(parent, name, flags | O_NONBLOCK | O_NOCTTY);
}

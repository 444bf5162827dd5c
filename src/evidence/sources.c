/* SPDX-License-Identifier: MIT */
/* What the reader is given to read: named now, opened when its turn comes. */
#include "evidence/reader_state.h"

#include <errno.h>
#include <sys/stat.h>

/* name's copy has its NUL behind it, for open. */
static enum pb_status add_source(struct pb_evidence_reader *reader, const char *name,
                                 struct pb_source source, struct pb_error *error)
{
    struct pb_slice with_nul = {name, strlen(name) + 1};

    if (!pb_arena_copy(&reader->names, with_nul, &source.name))
        return pb_error_memory(error);
    source.name.size_bytes--;
    struct pb_source *place = pb_vector_push(&reader->sources);
    if (place == NULL)
        return pb_error_memory(error);
    *place = source;
    return PB_OK;
}

static bool is_readable_type(mode_t mode)
{
    return S_ISREG(mode) || S_ISDIR(mode) || S_ISFIFO(mode);
}

enum pb_status pb_evidence_add_path(struct pb_evidence_reader *reader, const char *path,
                                    struct pb_error *error)
{
    struct stat found;

    if (strcmp(path, "-") == 0)
        return add_source(reader, path, (struct pb_source){.kind = PB_SOURCE_STANDARD_INPUT},
                          error);
    if (stat(path, &found) == 0) {
        if (!is_readable_type(found.st_mode))
            return pb_error_set(error, PB_FAILED_INPUT,
                                "%s: a device or socket; a file, directory, archive or FIFO was "
                                "expected",
                                path);
    } else if (errno == ENOMEM) {
        return pb_error_memory(error);
    } else if (errno != EACCES && errno != EIO && errno != EOVERFLOW) {
        return pb_error_set(error, PB_FAILED_INPUT, "%s: %s", path, pb_errno_text(errno));
    }
    return add_source(reader, path, (struct pb_source){.kind = PB_SOURCE_PATH}, error);
}

enum pb_status pb_evidence_add_buffer(struct pb_evidence_reader *reader, const char *name,
                                      struct pb_slice bytes, struct pb_error *error)
{
    struct pb_slice present = bytes.data == NULL ? PB_SLICE("") : bytes;

    return add_source(reader, name, (struct pb_source){.kind = PB_SOURCE_BUFFER, .bytes = present},
                      error);
}

enum pb_status pb_evidence_add_stream(struct pb_evidence_reader *reader, const char *name,
                                      int64_t (*read)(void *context, void *buffer,
                                                      size_t size_bytes),
                                      void *context, struct pb_error *error)
{
    return add_source(
        reader, name,
        (struct pb_source){.kind = PB_SOURCE_STREAM, .read = read, .context = context}, error);
}

struct pb_slice pb_evidence_source(const struct pb_evidence_reader *reader, size_t index)
{
    return index < reader->sources.count
               ? PB_VECTOR_AT(const struct pb_source, &reader->sources, index).name
               : PB_SLICE_ABSENT;
}

/* SPDX-License-Identifier: MIT */
/* What the reader is given to read: named now, opened when its turn comes. */
#include "evidence/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void pb_passphrase_free(char *passphrase)
{
    /* volatile: a store to memory that is about to be freed would be optimised away. */
    for (volatile char *byte = passphrase; byte != NULL && *byte != '\0'; byte++)
        *byte = '\0';
    free(passphrase);
}

/* name's copy has its NUL behind it, for open. */
static enum pb_status add_source(struct pb_evidence_reader *reader, const char *name,
                                 struct pb_source source, struct pb_error *error)
{
    struct pb_slice with_nul = {name, strlen(name) + 1};

    if (!pb_arena_copy(&reader->names, with_nul, &source.name))
        return pb_error_memory(error);
    source.name.size_bytes--;
    return pb_vector_append(&reader->sources, &source, 1) ? PB_OK : pb_error_memory(error);
}

enum pb_status pb_evidence_add_path(struct pb_evidence_reader *reader, const char *path,
                                    struct pb_error *error)
{
    struct stat found;

    if (strcmp(path, "-") == 0)
        return add_source(reader, path, (struct pb_source){.kind = PB_SOURCE_STANDARD_INPUT},
                          error);
    if (stat(path, &found) == 0) {
        if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode) && !S_ISFIFO(found.st_mode))
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

enum pb_status pb_evidence_set_passphrase(struct pb_evidence_reader *reader,
                                          struct pb_slice passphrase, struct pb_error *error)
{
    if (passphrase.size_bytes == 0)
        return pb_error_set(error, PB_FAILED_USAGE, "the passphrase is empty");
    if (passphrase.size_bytes > PB_LONGEST_PASSPHRASE_BYTES)
        return pb_error_set(error, PB_FAILED_USAGE, "the passphrase is longer than %d bytes",
                            PB_LONGEST_PASSPHRASE_BYTES);
    if (memchr(passphrase.data, '\0', passphrase.size_bytes) != NULL)
        return pb_error_set(error, PB_FAILED_USAGE, "the passphrase has a NUL byte");
    char *copy = malloc(passphrase.size_bytes + 1);
    if (copy == NULL)
        return pb_error_memory(error);
    memcpy(copy, passphrase.data, passphrase.size_bytes);
    copy[passphrase.size_bytes] = '\0';
    pb_passphrase_free(reader->passphrase);
    reader->passphrase = copy;
    return PB_OK;
}

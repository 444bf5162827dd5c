/* SPDX-License-Identifier: MIT */
#include "cli/input_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/complain.h"

#define LARGEST_BYTES ((size_t)64 << 20)
#define FIRST_BYTES ((size_t)64 << 10)

/* Doubles the room; false where there is none, or where the ceiling is reached. */
static bool make_room(struct pb_input_file *file, size_t *capacity)
{
    size_t wanted = *capacity == 0 ? FIRST_BYTES : *capacity * 2;
    char *grown = wanted > LARGEST_BYTES * 2 ? NULL : realloc(file->bytes, wanted);

    if (grown == NULL)
        return false;
    file->bytes = grown;
    *capacity = wanted;
    return true;
}

static enum prebleed_status read_all(FILE *stream, struct pb_input_file *file)
{
    size_t capacity = 0;

    while (!feof(stream)) {
        if (file->size_bytes == capacity && !make_room(file, &capacity))
            return PREBLEED_FAILED_MEMORY;
        file->size_bytes +=
            fread(file->bytes + file->size_bytes, 1, capacity - file->size_bytes, stream);
        if (ferror(stream) || file->size_bytes > LARGEST_BYTES)
            return PREBLEED_FAILED_INPUT;
    }
    return PREBLEED_OK;
}

enum prebleed_status pb_input_file_read(const char *option, const char *path,
                                        struct pb_input_file *file, struct prebleed_error *error)
{
    FILE *stream = fopen(path, "rb");

    if (stream == NULL)
        return pb_refuse(error, PREBLEED_FAILED_INPUT, "--%s %.200s: %s", option, path,
                         strerror(errno));
    setvbuf(stream, NULL, _IONBF, 0); /* a passphrase leaves no copy in a buffer of stdio's */
    enum prebleed_status status = read_all(stream, file);
    fclose(stream);
    if (status == PREBLEED_FAILED_MEMORY)
        return pb_refuse(error, status, "out of memory");
    if (status != PREBLEED_OK)
        return pb_refuse(error, status, "--%s %.200s: cannot be read, or has more than 64 MiB",
                         option, path);
    return PREBLEED_OK;
}

void pb_input_file_release(struct pb_input_file *file)
{
    free(file->bytes);
    *file = (struct pb_input_file){0};
}

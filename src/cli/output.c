/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/complain.h"

/* Names that other runs of the same process number left behind are passed over. */
enum { TEMPORARY_NAMES = 100 };

static enum prebleed_status refuse(const struct pb_output *output, int error_number,
                                   struct prebleed_error *error)
{
    if (!output->file)
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, "cannot write to standard output: %s",
                         strerror(error_number));
    return pb_refuse(error, PREBLEED_FAILED_OUTPUT, "cannot write '%.300s': %s", output->file,
                     strerror(error_number));
}

static void forget(struct pb_output *output)
{
    free(output->target);
    free(output->temporary);
    *output = (struct pb_output){.descriptor = -1};
}

/* Creates a file of a new name in the folder of output->target. */
static int create_temporary(struct pb_output *output, mode_t mode)
{
    const char *slash = strrchr(output->target, '/');
    int folder_size = slash ? (int)(slash - output->target) + 1 : 0;
    size_t room = (size_t)folder_size + 64;

    output->temporary = malloc(room);
    if (!output->temporary)
        return -1;
    for (int i = 0; i < TEMPORARY_NAMES; i++) {
        snprintf(output->temporary, room, "%.*s.prebleed-%ld-%d.tmp", folder_size, output->target,
                 (long)getpid(), i);
        int descriptor =
            open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (descriptor != -1 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

static int open_file(struct pb_output *output)
{
    struct stat found;
    bool is_there = stat(output->file, &found) == 0;

    if (is_there && !S_ISREG(found.st_mode))
        return open(output->file, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    /* What a link points to is replaced, not the link. */
    output->target = is_there ? realpath(output->file, NULL) : strdup(output->file);
    if (!output->target)
        return -1;
    return create_temporary(output, is_there ? found.st_mode & 0777 : 0666);
}

enum prebleed_status pb_output_open(const char *file, struct pb_output *output,
                                    struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;

    *output = (struct pb_output){.file = file, .descriptor = STDOUT_FILENO};
    if (file)
        output->descriptor = open_file(output);
    if (output->descriptor == -1) {
        status = refuse(output, errno, error);
        forget(output);
    }
    return status;
}

bool pb_output_write(void *context, const char *bytes, size_t size_bytes)
{
    struct pb_output *output = context;

    while (size_bytes > 0 && output->error_number == 0) {
        ssize_t written = write(output->descriptor, bytes, size_bytes);
        if (written >= 0) {
            bytes += written;
            size_bytes -= (size_t)written;
        } else if (errno != EINTR) {
            output->error_number = errno;
        }
    }
    return output->error_number == 0;
}

static void note_failure(struct pb_output *output, int result)
{
    if (result != 0 && output->error_number == 0)
        output->error_number = errno;
}

enum prebleed_status pb_output_close(struct pb_output *output, bool is_whole,
                                     struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;

    if (output->temporary && is_whole && output->error_number == 0)
        note_failure(output, fsync(output->descriptor));
    if (output->file)
        note_failure(output, close(output->descriptor));
    if (output->temporary && is_whole && output->error_number == 0)
        note_failure(output, rename(output->temporary, output->target));
    if (output->temporary && (!is_whole || output->error_number != 0))
        unlink(output->temporary);
    if (output->error_number != 0)
        status = refuse(output, output->error_number, error);
    forget(output);
    return status;
}

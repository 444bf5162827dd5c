/* SPDX-License-Identifier: MIT */
/* The entries of a directory, in bytewise order of their names. */
#include "evidence/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct pb_directory *pb_directory_new(int fd, int *number)
{
    struct pb_directory *made = calloc(1, sizeof *made);
    struct dirent *entry;

    *number = ENOMEM;
    if (made == NULL || (made->stream = fdopendir(fd)) == NULL) {
        if (made != NULL)
            *number = errno;
        free(made);
        close(fd);
        return NULL;
    }
    while (errno = 0, (entry = readdir(made->stream)) != NULL) {
        struct pb_slice name = {entry->d_name, strlen(entry->d_name) + 1};
        if (strcmp(name.data, ".") == 0 || strcmp(name.data, "..") == 0)
            continue;
        if (!pb_arena_copy(&made->texts, name, &name) ||
            !pb_vector_append(&made->names, &name.data, sizeof name.data))
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

bool pb_directory_next(struct pb_directory *directory, struct pb_buffer *path,
                       struct pb_found *found)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC, parent = dirfd(directory->stream);
    struct stat status;

    if (directory->next == directory->names.count)
        return false;
    const char *name = PB_VECTOR_AT(const char *, &directory->names, directory->next++);
    path->size_bytes = directory->path_bytes;
    pb_buffer_append_byte(path, '/');
    pb_buffer_append_string(path, name);
    /* Where this fails, openat() below says why. */
    mode_t mode =
        fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_mode : S_IFREG;
    *found = (struct pb_found){.fd = -1, .is_directory = S_ISDIR(mode)};
    if (found->is_directory) {
        found->fd = openat(parent, name, flags | O_DIRECTORY);
    } else if (!S_ISREG(mode)) {
        found->reason = S_ISLNK(mode)    ? "symbolic link, not followed"
                        : S_ISFIFO(mode) ? "FIFO, not read"
                        : S_ISSOCK(mode) ? "socket, not read"
                                         : "device, not read";
    } else if (pb_is_macos_metadata(
                   pb_slice_from(pb_buffer_slice(path), directory->root_bytes + 1))) {
        found->reason = PB_MACOS_METADATA;
    } else {
        /* O_NONBLOCK: if a FIFO has replaced the file, open() does not wait for a writer. */
        found->fd = openat(parent, name, flags | O_NONBLOCK | O_NOCTTY);
    }
    return true;
}

bool pb_is_macos_metadata(struct pb_slice path)
{
    for (size_t end = 0; end != SIZE_MAX; path = pb_slice_from(path, end + 1)) {
        end = pb_slice_find(path, PB_SLICE("/"), 0);
        if (pb_slice_equals(pb_slice_first(path, end), PB_SLICE("__MACOSX")) ||
            (end == SIZE_MAX && (pb_slice_starts_with(path, PB_SLICE("._")) ||
                                 pb_slice_equals(path, PB_SLICE(".DS_Store")))))
            return true;
    }
    return false;
}

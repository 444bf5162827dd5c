/* SPDX-License-Identifier: MIT */
/* A directory's files, its subdirectories' included, in bytewise order of their names. */
#include "evidence/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory that is open; each is within the one before. */
struct level {
    DIR *stream;
    struct pb_arena texts;
    struct pb_vector names; /* of struct pb_slice, each with its NUL, in order */
    size_t next;
    size_t path_bytes; /* of its own path, without '/' at its end */
    int list_errno;    /* why listing ended too early; 0 if it did not */
};

struct pb_directory {
    const char *given; /* the path, until it is opened */
    struct pb_buffer path;
    struct pb_vector levels; /* of struct level, innermost last */
    size_t root_bytes;       /* of path: the part that was given, without '/' at its end */
};

struct pb_directory *pb_directory_new(struct pb_slice path)
{
    struct pb_directory *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->given = path.data;
    while (path.size_bytes > 0 && path.data[path.size_bytes - 1] == '/')
        path.size_bytes--;
    made->root_bytes = path.size_bytes;
    pb_buffer_append(&made->path, path);
    return made;
}

static struct level *innermost(const struct pb_directory *directory)
{
    return &PB_VECTOR_AT(struct level, &directory->levels, directory->levels.count - 1);
}

static void close_level(struct pb_directory *directory)
{
    struct level *level = innermost(directory);

    closedir(level->stream);
    pb_arena_release(&level->texts);
    pb_vector_release(&level->names);
    directory->levels.count--;
}

void pb_directory_free(struct pb_directory *directory)
{
    if (directory == NULL)
        return;
    while (directory->levels.count > 0)
        close_level(directory);
    pb_vector_release(&directory->levels);
    pb_buffer_release(&directory->path);
    free(directory);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct pb_slice *)a)->data, ((const struct pb_slice *)b)->data);
}

static void report_directory(struct pb_directory *directory, int number, struct pb_found *found)
{
    bool is_root = directory->path.size_bytes == 0;

    found->path = is_root ? PB_SLICE("/") : pb_buffer_slice(&directory->path);
    pb_fault_set(&found->fault, "unreadable-directory", "the directory could not be listed: %s",
                 pb_errno_text(number));
}

/* Takes fd, of the directory at directory->path, or -1 with errno. Sets *found only where it cannot
 * be listed. False without memory. */
static bool open_level(struct pb_directory *directory, int fd, struct pb_found *found)
{
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (stream == NULL) {
        int number = errno;
        if (fd >= 0)
            close(fd);
        report_directory(directory, number, found);
        return number != ENOMEM;
    }
    struct level *level = pb_vector_push(&directory->levels, sizeof *level);
    if (level == NULL) {
        closedir(stream);
        return false;
    }
    level->stream = stream;
    level->path_bytes = directory->path.size_bytes;
    while (errno = 0, (entry = readdir(stream)) != NULL) {
        const struct pb_slice text = {entry->d_name, strlen(entry->d_name) + 1};
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct pb_slice *name = pb_vector_push(&level->names, sizeof *name);
        if (name == NULL || !pb_arena_copy(&level->texts, text, name))
            return false;
    }
    level->list_errno = errno;
    pb_vector_sort(&level->names, compare_names);
    return true;
}

/* Opens a directory as the innermost level, or makes a file what is found. False without memory. */
static bool open_entry(struct pb_directory *directory, int parent, const char *name,
                       struct pb_found *found)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
    struct stat status;

    /* Where this fails, openat() below says why. */
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        status.st_mode = S_IFREG;
    if (S_ISDIR(status.st_mode))
        return open_level(directory, openat(parent, name, flags | O_DIRECTORY), found);
    found->path = pb_buffer_slice(&directory->path);
    if (!S_ISREG(status.st_mode))
        found->reason = S_ISLNK(status.st_mode)    ? "symbolic link, not followed"
                        : S_ISFIFO(status.st_mode) ? "FIFO, not read"
                        : S_ISSOCK(status.st_mode) ? "socket, not read"
                                                   : "device, not read";
    else if (pb_is_macos_metadata(pb_slice_from(found->path, directory->root_bytes + 1)))
        found->reason = "macOS metadata";
    if (found->reason != NULL)
        return true;
    /* O_NONBLOCK: if a FIFO has replaced the file meanwhile, open() does not wait for a writer. */
    found->fd = openat(parent, name, flags | O_NONBLOCK | O_NOCTTY);
    if (found->fd < 0)
        pb_fault_set_errno(&found->fault, errno);
    return true;
}

bool pb_directory_next(struct pb_directory *directory, struct pb_found *found)
{
    const char *given = directory->given;
    bool has_memory = !directory->path.has_failed;

    *found = (struct pb_found){.fd = -1};
    directory->given = NULL;
    if (has_memory && given != NULL)
        has_memory = open_level(directory, open(given, O_RDONLY | O_DIRECTORY | O_CLOEXEC), found);
    while (has_memory && found->path.data == NULL && directory->levels.count > 0) {
        struct level *level = innermost(directory);
        directory->path.size_bytes = level->path_bytes;
        if (level->next < level->names.count) {
            const char *name = PB_VECTOR_AT(struct pb_slice, &level->names, level->next++).data;
            pb_buffer_append_byte(&directory->path, '/');
            pb_buffer_append_string(&directory->path, name);
            has_memory = !directory->path.has_failed &&
                         open_entry(directory, dirfd(level->stream), name, found);
        } else {
            if (level->list_errno != 0)
                report_directory(directory, level->list_errno, found);
            close_level(directory);
        }
    }
    return has_memory;
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

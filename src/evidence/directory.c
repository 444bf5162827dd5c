/* SPDX-License-Identifier: MIT */
/* A directory's files, its subdirectories' included, in bytewise order of their names. */
#include "evidence/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One of the directories that are open, each within the one before. */
struct level {
    DIR *stream;
    struct pb_arena texts;
    struct pb_vector names; /* of struct pb_slice, each with its NUL, in order */
    size_t next;
    size_t path_bytes; /* of the path, up to and without the '/' before a name */
    int list_errno;    /* why listing ended too early; 0 if it did not */
};

struct pb_directory {
    struct pb_buffer path;
    struct pb_vector levels; /* of struct level, innermost last */
    size_t root_bytes;       /* of path: the part that the caller gave */
    int open_errno;          /* of the directory at path; 0 once it is reported */
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct pb_slice *)a)->data, ((const struct pb_slice *)b)->data);
}

static bool add_name(struct level *level, const struct dirent *found)
{
    const struct pb_slice text = {found->d_name, strlen(found->d_name) + 1};

    if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
        return true;
    struct pb_slice *name = pb_vector_push(&level->names);
    return name != NULL && pb_arena_copy(&level->texts, text, name);
}

static bool list(struct level *level)
{
    struct dirent *found;

    while (errno = 0, (found = readdir(level->stream)) != NULL)
        if (!add_name(level, found))
            return false;
    level->list_errno = errno;
    pb_vector_sort(&level->names, compare_names);
    return true;
}

static void close_level(struct pb_directory *directory)
{
    struct level *level =
        &PB_VECTOR_AT(struct level, &directory->levels, directory->levels.count - 1);

    closedir(level->stream);
    pb_arena_release(&level->texts);
    pb_vector_release(&level->names);
    directory->levels.count--;
}

/* Takes fd. *number is errno where fd is no directory that can be listed. */
static bool open_level(struct pb_directory *directory, int fd, int *number)
{
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);

    *number = stream == NULL ? errno : 0;
    if (stream == NULL && fd >= 0)
        close(fd);
    if (stream == NULL)
        return *number != ENOMEM;
    struct level *level = pb_vector_push(&directory->levels);
    if (level == NULL) {
        closedir(stream);
        return false;
    }
    level->stream = stream;
    level->path_bytes = directory->path.size_bytes;
    pb_vector_init(&level->names, sizeof(struct pb_slice));
    return list(level);
}

struct pb_directory *pb_directory_new(struct pb_slice path)
{
    struct pb_directory *made = calloc(1, sizeof *made);
    bool is_open = false;

    if (made == NULL)
        return NULL;
    pb_buffer_init(&made->path, SIZE_MAX);
    pb_vector_init(&made->levels, sizeof(struct level));
    pb_buffer_append(&made->path, path);
    pb_buffer_append_byte(&made->path, '\0');
    if (!made->path.has_failed) {
        int fd = open(made->path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        while (path.size_bytes > 0 && path.data[path.size_bytes - 1] == '/')
            path.size_bytes--;
        made->path.size_bytes = made->root_bytes = path.size_bytes;
        is_open = open_level(made, fd, &made->open_errno);
    }
    if (is_open)
        return made;
    pb_directory_free(made);
    return NULL;
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

static void report_directory(struct pb_directory *directory, int number, struct pb_found *found)
{
    bool is_root = directory->path.size_bytes == 0;

    found->path = is_root ? PB_SLICE("/") : pb_buffer_slice(&directory->path);
    pb_fault_set(&found->fault, "unreadable-directory", "the directory could not be listed: %s",
                 pb_errno_text(number));
}

/* Why what is no file and no directory is not read; NULL for a file, and where opening it will say
 * what is wrong. */
static const char *reason_of(mode_t mode)
{
    return S_ISLNK(mode)    ? "symbolic link, not followed"
           : S_ISFIFO(mode) ? "FIFO, not read"
           : S_ISSOCK(mode) ? "socket, not read"
           : S_ISREG(mode)  ? NULL
                            : "device, not read";
}

/* O_NONBLOCK: should a FIFO have taken the file's place meanwhile, nobody waits for its writer. */
static void open_file(int parent, const char *name, struct pb_found *found)
{
    found->fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (found->fd < 0)
        pb_fault_set_errno(&found->fault, errno);
}

/* Descends into a subdirectory, which is found only if it cannot be listed. */
static bool descend(struct pb_directory *directory, int parent, const char *name,
                    struct pb_found *found)
{
    int number;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (!open_level(directory, fd, &number))
        return false;
    if (number != 0)
        report_directory(directory, number, found);
    return true;
}

static bool visit(struct pb_directory *directory, int parent, const char *name,
                  struct pb_found *found)
{
    struct stat status;

    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        status.st_mode = S_IFREG;
    if (S_ISDIR(status.st_mode))
        return descend(directory, parent, name, found);
    found->path = pb_buffer_slice(&directory->path);
    found->reason = reason_of(status.st_mode);
    if (found->reason == NULL &&
        pb_is_macos_metadata(pb_slice_from(found->path, directory->root_bytes + 1)))
        found->reason = "macOS metadata";
    if (found->reason == NULL)
        open_file(parent, name, found);
    return true;
}

static bool step(struct pb_directory *directory, struct pb_found *found)
{
    struct level *level =
        &PB_VECTOR_AT(struct level, &directory->levels, directory->levels.count - 1);

    directory->path.size_bytes = level->path_bytes;
    if (level->next < level->names.count) {
        const char *name = PB_VECTOR_AT(struct pb_slice, &level->names, level->next++).data;
        pb_buffer_append_byte(&directory->path, '/');
        pb_buffer_append_string(&directory->path, name);
        return !directory->path.has_failed && visit(directory, dirfd(level->stream), name, found);
    }
    if (level->list_errno != 0)
        report_directory(directory, level->list_errno, found);
    close_level(directory);
    return true;
}

bool pb_directory_next(struct pb_directory *directory, struct pb_found *found)
{
    bool has_memory = true;

    *found = (struct pb_found){.fd = -1};
    if (directory->open_errno != 0)
        report_directory(directory, directory->open_errno, found);
    directory->open_errno = 0;
    while (has_memory && found->path.data == NULL && directory->levels.count > 0)
        has_memory = step(directory, found);
    return has_memory;
}

bool pb_is_macos_metadata(struct pb_slice path)
{
    static const struct pb_slice folder = {"__MACOSX", 8};

    for (;;) {
        size_t end = pb_slice_find(path, PB_SLICE("/"), 0);
        if (pb_slice_equals(pb_slice_first(path, end), folder))
            return true;
        if (end == SIZE_MAX)
            return pb_slice_starts_with(path, PB_SLICE("._")) ||
                   pb_slice_equals(path, PB_SLICE(".DS_Store"));
        path = pb_slice_from(path, end + 1);
    }
}

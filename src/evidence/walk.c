/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* d_type, which saves a call of fstatat for each file */
#include "evidence/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/vector.h"

struct name {
    size_t offset; /* in the level's names, while they are read */
    const char *text;
    unsigned char type; /* DT_... */
};

/* A directory that is being walked. */
struct level {
    DIR *directory;
    struct pb_buffer names; /* each with its NUL */
    struct pb_vector order; /* of struct name */
    size_t next;
    size_t path_bytes; /* of the walk's path, up to and without the '/' before a name */
    int list_errno;    /* why listing ended too early; 0 if it did not */
};

struct pb_walk {
    struct pb_buffer path;
    struct pb_vector levels; /* of struct level, innermost last */
    size_t root_bytes;       /* of path: the part that the caller gave */
    int open_errno;          /* of the directory at path; 0 once it is reported */
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static enum pb_status add_name(struct level *level, const struct dirent *found)
{
    if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
        return PB_OK;
    struct name *name = pb_vector_push(&level->order);
    if (name == NULL)
        return PB_FAILED_MEMORY;
    name->offset = level->names.size_bytes;
    name->type = found->d_type;
    pb_buffer_append(&level->names, (struct pb_slice){found->d_name, strlen(found->d_name) + 1});
    return level->names.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

static enum pb_status list(struct level *level)
{
    struct dirent *found;

    while (errno = 0, (found = readdir(level->directory)) != NULL) {
        enum pb_status status = add_name(level, found);
        if (status != PB_OK)
            return status;
    }
    level->list_errno = errno;
    for (size_t i = 0; i < level->order.count; i++) {
        struct name *name = &PB_VECTOR_AT(struct name, &level->order, i);
        name->text = level->names.data + name->offset;
    }
    if (level->order.count > 1)
        qsort(level->order.data, level->order.count, sizeof(struct name), compare_names);
    return PB_OK;
}

static void close_level(struct pb_walk *walk)
{
    struct level *level = &PB_VECTOR_AT(struct level, &walk->levels, walk->levels.count - 1);

    if (level->directory != NULL)
        closedir(level->directory);
    pb_buffer_release(&level->names);
    pb_vector_release(&level->order);
    walk->levels.count--;
}

/* Takes fd. *number is errno where fd is no directory that can be listed. */
static enum pb_status open_level(struct pb_walk *walk, int fd, int *number)
{
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);

    *number = directory == NULL ? errno : 0;
    if (directory == NULL) {
        if (fd >= 0)
            close(fd);
        return *number == ENOMEM ? PB_FAILED_MEMORY : PB_OK;
    }
    struct level *level = pb_vector_push(&walk->levels);
    if (level == NULL) {
        closedir(directory);
        return PB_FAILED_MEMORY;
    }
    level->directory = directory;
    level->path_bytes = walk->path.size_bytes;
    pb_buffer_init(&level->names, SIZE_MAX);
    pb_vector_init(&level->order, sizeof(struct name));
    return list(level);
}

enum pb_status pb_walk_new(struct pb_slice path, struct pb_walk **walk)
{
    struct pb_walk *made = calloc(1, sizeof *made);

    *walk = NULL;
    if (made == NULL)
        return PB_FAILED_MEMORY;
    pb_buffer_init(&made->path, SIZE_MAX);
    pb_vector_init(&made->levels, sizeof(struct level));
    pb_buffer_append(&made->path, path);
    pb_buffer_append_byte(&made->path, '\0');
    if (made->path.has_failed) {
        pb_walk_free(made);
        return PB_FAILED_MEMORY;
    }
    int fd = open(made->path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (path.size_bytes > 0 && path.data[path.size_bytes - 1] == '/')
        path.size_bytes--;
    made->path.size_bytes = made->root_bytes = path.size_bytes;
    enum pb_status status = open_level(made, fd, &made->open_errno);
    if (status != PB_OK) {
        pb_walk_free(made);
        return status;
    }
    *walk = made;
    return PB_OK;
}

void pb_walk_free(struct pb_walk *walk)
{
    if (walk == NULL)
        return;
    while (walk->levels.count > 0)
        close_level(walk);
    pb_vector_release(&walk->levels);
    pb_buffer_release(&walk->path);
    free(walk);
}

static void report_directory(struct pb_walk *walk, int number, struct pb_walk_entry *entry)
{
    bool is_root = walk->path.size_bytes == 0;

    entry->kind = PB_WALK_FAILED;
    entry->path = is_root ? PB_SLICE("/") : pb_buffer_slice(&walk->path);
    pb_fault_set(&entry->fault, PB_ENTRY_UNREADABLE, "unreadable-directory",
                 "the directory could not be listed: %s", pb_errno_text(number));
}

static unsigned char type_of(int directory, const struct name *name)
{
    struct stat found;

    if (name->type != DT_UNKNOWN)
        return name->type;
    if (fstatat(directory, name->text, &found, AT_SYMLINK_NOFOLLOW) != 0)
        return DT_REG;
    return S_ISDIR(found.st_mode)    ? DT_DIR
           : S_ISLNK(found.st_mode)  ? DT_LNK
           : S_ISFIFO(found.st_mode) ? DT_FIFO
           : S_ISSOCK(found.st_mode) ? DT_SOCK
           : S_ISREG(found.st_mode)  ? DT_REG
                                     : DT_CHR;
}

/* O_NONBLOCK: should a FIFO have taken the file's place meanwhile, nobody waits for its writer. */
static void open_file(int directory, const char *name, struct pb_walk_entry *entry)
{
    entry->kind = PB_WALK_FILE;
    entry->fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (entry->fd < 0) {
        entry->kind = PB_WALK_FAILED;
        pb_fault_set_errno(&entry->fault, errno);
    }
}

static struct pb_slice path_below_root(const struct pb_walk *walk)
{
    return pb_slice_from(pb_buffer_slice(&walk->path), walk->root_bytes + 1);
}

/* Descends into a subdirectory, which is an entry only if it cannot be listed. */
static enum pb_status descend(struct pb_walk *walk, int directory, const char *name,
                              struct pb_walk_entry *entry, bool *has_entry)
{
    int number;
    int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    enum pb_status status = open_level(walk, fd, &number);

    *has_entry = status == PB_OK && number != 0;
    if (*has_entry)
        report_directory(walk, number, entry);
    return status;
}

static enum pb_status visit(struct pb_walk *walk, const struct level *level,
                            const struct name *name, struct pb_walk_entry *entry, bool *has_entry)
{
    static const char *const reasons[] = {
        [DT_LNK] = "symbolic link, not followed",
        [DT_FIFO] = "FIFO, not read",
        [DT_SOCK] = "socket, not read",
        [DT_CHR] = "device, not read",
        [DT_BLK] = "device, not read",
    };
    int directory = dirfd(level->directory);
    unsigned char type = type_of(directory, name);

    if (type == DT_DIR)
        return descend(walk, directory, name->text, entry, has_entry);
    *has_entry = true;
    entry->path = pb_buffer_slice(&walk->path);
    entry->kind = PB_WALK_IGNORED;
    if (type < sizeof reasons / sizeof *reasons)
        entry->reason = reasons[type];
    if (entry->reason == NULL && pb_is_macos_metadata(path_below_root(walk)))
        entry->reason = "macOS metadata";
    if (entry->reason == NULL)
        open_file(directory, name->text, entry);
    return PB_OK;
}

static enum pb_status step(struct pb_walk *walk, struct pb_walk_entry *entry, bool *has_entry)
{
    struct level *level = &PB_VECTOR_AT(struct level, &walk->levels, walk->levels.count - 1);

    walk->path.size_bytes = level->path_bytes;
    if (level->next < level->order.count) {
        struct name name = PB_VECTOR_AT(struct name, &level->order, level->next++);
        pb_buffer_append_byte(&walk->path, '/');
        pb_buffer_append_string(&walk->path, name.text);
        if (walk->path.has_failed)
            return PB_FAILED_MEMORY;
        return visit(walk, level, &name, entry, has_entry);
    }
    if (level->list_errno != 0) {
        report_directory(walk, level->list_errno, entry);
        *has_entry = true;
    }
    close_level(walk);
    return PB_OK;
}

enum pb_status pb_walk_next(struct pb_walk *walk, struct pb_walk_entry *entry, bool *has_entry)
{
    enum pb_status status = PB_OK;

    *has_entry = false;
    *entry = (struct pb_walk_entry){.fd = -1};
    if (walk->open_errno != 0) {
        report_directory(walk, walk->open_errno, entry);
        walk->open_errno = 0;
        *has_entry = true;
    }
    while (status == PB_OK && !*has_entry && walk->levels.count > 0)
        status = step(walk, entry, has_entry);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* How evidence is opened: sources one by one, in them directories, in them files, in them archives.
 * Each step makes an item, or opens or closes something that holds items. What comes out of here
 * goes to audit/item.c, which reads the items' documents. */
#include "evidence/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "evidence/internal.h"

#define BLOCK_BYTES 131072
#define LINE_BYTES 128       /* of the ledger: an entry and its digest */
#define STAT_BLOCK_BYTES 512 /* of st_blocks */

struct source {
    struct pb_slice name; /* with a NUL behind it, which is not counted */
    bool is_path;
    struct pb_input input; /* of a buffer or a stream */
};

/* A file that was met. */
struct file_identity {
    dev_t device;
    ino_t inode;
    struct pb_slice path; /* under which it was met first */
};

enum pb_status pb_evidence_reader_new(const struct pb_limits *limits,
                                      struct pb_evidence_reader **reader)
{
    struct pb_evidence_reader *made = calloc(1, sizeof *made);

    *reader = NULL;
    if (made == NULL)
        return PB_FAILED_MEMORY;
    made->budget.limits = *limits;
    pb_vector_init(&made->sources, sizeof(struct source));
    pb_vector_init(&made->containers, sizeof(struct pb_container));
    pb_buffer_init(&made->path, SIZE_MAX);
    pb_buffer_init(&made->own_content, SIZE_MAX);
    made->content = &made->own_content;
    pb_buffer_init(&made->detail, SIZE_MAX);
    made->block = malloc(BLOCK_BYTES);
    if (made->block == NULL) {
        pb_evidence_reader_free(made);
        return PB_FAILED_MEMORY;
    }
    *reader = made;
    return PB_OK;
}

static void free_passphrase(char *passphrase)
{
    /* volatile: a store to memory that is about to be freed would be optimised away. */
    for (volatile char *byte = passphrase; byte != NULL && *byte != '\0'; byte++)
        *byte = '\0';
    free(passphrase);
}

static int compare_files(const void *a, const void *b)
{
    const struct file_identity *first = a, *second = b;

    if (first->inode != second->inode)
        return first->inode < second->inode ? -1 : 1;
    return (first->device > second->device) - (first->device < second->device);
}

static void close_container(struct pb_container *container)
{
    pb_archive_free(container->archive);
    pb_buffer_release(&container->path);
}

void pb_evidence_reader_free(struct pb_evidence_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = reader->containers.count; i > 0; i--)
        close_container(pb_container_at(reader, i - 1));
    pb_vector_release(&reader->containers);
    pb_directory_free(reader->directory);
    pb_vector_release(&reader->sources);
    free_passphrase(reader->passphrase);
    while (reader->files != NULL)
        tdelete(*(void **)reader->files, &reader->files, compare_files);
    pb_arena_release(&reader->names);
    pb_buffer_release(&reader->path);
    pb_buffer_release(&reader->own_content);
    pb_buffer_release(&reader->detail);
    free(reader->block);
    free(reader);
}

void pb_evidence_append_to(struct pb_evidence_reader *reader, struct pb_buffer *contents)
{
    reader->content = contents == NULL ? &reader->own_content : contents;
}

/* name's copy has its NUL behind it, for open. */
static enum pb_status add_source(struct pb_evidence_reader *reader, const char *name,
                                 struct source source, struct pb_error *error)
{
    struct pb_slice with_nul = {name, strlen(name) + 1};

    if (!pb_arena_copy(&reader->names, with_nul, &source.name))
        return pb_error_memory(error);
    source.name.size_bytes--;
    return pb_vector_append(&reader->sources, &source, 1) ? PB_OK : pb_error_memory(error);
}

uint64_t pb_evidence_taken_bytes(const struct pb_evidence_reader *reader)
{
    return reader->taken_bytes;
}

enum pb_status pb_evidence_add_path(struct pb_evidence_reader *reader, const char *path,
                                    struct pb_error *error)
{
    struct stat found;

    if (strcmp(path, "-") == 0)
        return add_source(reader, path, (struct source){.is_path = true}, error);
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
    return add_source(reader, path, (struct source){.is_path = true}, error);
}

enum pb_status pb_evidence_add_buffer(struct pb_evidence_reader *reader, const char *name,
                                      struct pb_slice bytes, struct pb_error *error)
{
    const struct pb_input input = {.fd = -1, .size_bytes = bytes.size_bytes, .memory = bytes};

    return add_source(reader, name, (struct source){.input = input}, error);
}

enum pb_status pb_evidence_add_stream(struct pb_evidence_reader *reader, const char *name,
                                      int64_t (*read)(void *context, void *buffer,
                                                      size_t size_bytes),
                                      void *context, struct pb_error *error)
{
    const struct pb_input input = {.fd = -1, .read = read, .context = context};

    return add_source(reader, name, (struct source){.input = input}, error);
}

struct pb_slice pb_evidence_source(const struct pb_evidence_reader *reader, size_t index)
{
    return index < reader->sources.count
               ? PB_VECTOR_AT(const struct source, &reader->sources, index).name
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
    free_passphrase(reader->passphrase);
    reader->passphrase = copy;
    return PB_OK;
}

/* *first is the path under which the file was read before, or absent. A file has other paths only
 * if it has other links, or if sources overlap. */
static bool find_first_path(struct pb_evidence_reader *reader, const struct stat *found,
                            struct pb_slice *first)
{
    *first = PB_SLICE_ABSENT;
    if (!S_ISREG(found->st_mode) || (found->st_nlink < 2 && reader->sources.count < 2))
        return true;
    struct file_identity *met = pb_arena_allocate(&reader->names, sizeof *met);
    if (met == NULL)
        return false;
    met->device = found->st_dev;
    met->inode = found->st_ino;
    struct file_identity **node = tsearch(met, &reader->files, compare_files);
    if (node != NULL && *node != met)
        *first = (*node)->path;
    return node != NULL &&
           (*node != met || pb_arena_copy(&reader->names, reader->item->path, &met->path));
}

/* Takes fd. can_seek: its bytes may be read in place, from the first one on. */
static bool open_descriptor(struct pb_evidence_reader *reader, int fd, bool can_seek)
{
    struct stat found;
    struct pb_fault fault = {0};
    struct pb_slice first = PB_SLICE_ABSENT;
    int number = fstat(fd, &found) != 0 ? errno : 0;
    bool has_memory = number != 0 || find_first_path(reader, &found, &first);

    if (number != 0 || !has_memory || first.data != NULL) {
        close(fd);
        return number != 0
                   ? pb_item_fail_errno(reader, number)
                   : has_memory && pb_item_end(reader, PB_ENTRY_IGNORED, PB_SAME_FILE, first, "");
    }
    uint64_t size = S_ISREG(found.st_mode) && found.st_size > 0 ? (uint64_t)found.st_size : 0;
    if (!pb_budget_allows_file(&reader->budget, size, (uint64_t)found.st_blocks * STAT_BLOCK_BYTES,
                               &fault)) {
        close(fd);
        reader->item->size_bytes = size;
        return pb_item_fail(reader, &fault);
    }
    const struct pb_input input = {.fd = fd,
                                   .size_bytes = can_seek ? size : 0,
                                   .taken_bytes = &reader->taken_bytes,
                                   .buffer = reader->block,
                                   .buffer_bytes = BLOCK_BYTES};
    return pb_item_open(reader, pb_input_stream_new(&input),
                        can_seek && S_ISREG(found.st_mode) ? &input : NULL, size);
}

static bool next_in_directory(struct pb_evidence_reader *reader)
{
    struct pb_found found;

    if (!pb_directory_next(reader->directory, &found))
        return false;
    if (found.path.data == NULL) {
        pb_directory_free(reader->directory);
        reader->directory = NULL;
        return true;
    }
    if (!pb_item_begin(reader, found.path, false)) {
        if (found.fd >= 0)
            close(found.fd);
        return false;
    }
    if (found.fd >= 0)
        return open_descriptor(reader, found.fd, true);
    return found.reason != NULL ? pb_item_ignore(reader, found.reason)
                                : pb_item_fail(reader, &found.fault);
}

/* The member's path is the container's, "!/", and its name. */
static bool begin_member(struct pb_evidence_reader *reader, const struct pb_member *member)
{
    struct pb_buffer *path = &reader->path;

    pb_item_begin(reader, pb_buffer_slice(&pb_container_innermost(reader)->path), false);
    pb_buffer_append_string(path, "!/");
    pb_buffer_append(path, member->name);
    if (member->name.data == NULL)
        pb_buffer_append_format(path, "(member %llu)", (unsigned long long)member->number);
    reader->item->path = pb_buffer_slice(path);
    return !path->has_failed &&
           (member->name.data != NULL ||
            pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_WARNING, "unnamed-member", NULL,
                               "the archive gives no name that can be read for this member") ==
                PB_OK);
}

static bool open_member(struct pb_evidence_reader *reader, const struct pb_member *member)
{
    reader->item->size_bytes = member->size_bytes;
    if (member->content == NULL)
        return pb_item_end(reader, PB_ENTRY_IGNORED, member->reason, member->target, member->rest);
    if (member->name.data != NULL && pb_is_macos_metadata(member->name))
        return pb_item_ignore(reader, "macOS metadata");
    return pb_item_open(reader, member->content, NULL, member->size_bytes);
}

static bool end_container(struct pb_evidence_reader *reader, const struct pb_archive *archive)
{
    const struct pb_fault *faults[] = {&archive->fault, &archive->directory_fault};
    bool is_first_set = pb_fault_is_set(faults[0]), is_second_set = pb_fault_is_set(faults[1]);

    if (!is_first_set && !is_second_set) {
        reader->item->status = PB_ENTRY_CONTAINER;
        reader->has_item = true;
        return true;
    }
    return pb_item_fail(reader, faults[!is_first_set]) &&
           (!is_first_set || !is_second_set ||
            pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, faults[1]->code, NULL, "%s",
                               faults[1]->text) == PB_OK);
}

/* The innermost archive has no more members: becomes the item. */
static bool leave_container(struct pb_evidence_reader *reader)
{
    struct pb_container *container = pb_container_innermost(reader);
    struct pb_archive *archive = container->archive;
    bool has_memory = pb_item_begin(reader, pb_buffer_slice(&container->path), container->is_named);

    if (has_memory && !reader->is_over) {
        pb_archive_finish(archive);
        pb_item_measure(reader->item, archive->layers.source);
    }
    has_memory = has_memory && end_container(reader, archive);
    close_container(container);
    reader->containers.count--;
    return has_memory;
}

static bool next_in_container(struct pb_evidence_reader *reader)
{
    struct pb_archive *archive = pb_container_innermost(reader)->archive;
    struct pb_member member;

    if (reader->budget.is_exhausted)
        pb_archive_stop_at(archive, PB_CEILING_TOTAL_BYTES);
    if (!pb_archive_next(archive, &member))
        return leave_container(reader);
    return begin_member(reader, &member) && open_member(reader, &member);
}

/* "-" is standard input, which cannot be read in place. */
static bool open_path(struct pb_evidence_reader *reader, struct pb_slice path)
{
    bool is_file = strcmp(path.data, "-") != 0;
    struct stat found;
    int fd;

    if (is_file && stat(path.data, &found) == 0 && S_ISDIR(found.st_mode)) {
        reader->directory = pb_directory_new(path);
        return reader->directory != NULL;
    }
    do {
        fd = is_file ? open(path.data, O_RDONLY | O_NOCTTY | O_CLOEXEC) : dup(STDIN_FILENO);
    } while (fd < 0 && errno == EINTR);
    return fd < 0 ? pb_item_fail_errno(reader, errno) : open_descriptor(reader, fd, is_file);
}

static bool open_source(struct pb_evidence_reader *reader, const struct source *source)
{
    struct pb_input input = source->input;

    if (!pb_item_begin(reader, source->name, true))
        return false;
    if (source->is_path)
        return open_path(reader, source->name);
    input.taken_bytes = &reader->taken_bytes;
    input.buffer = reader->block;
    input.buffer_bytes = BLOCK_BYTES;
    return pb_item_open(reader, pb_input_stream_new(&input), input.read == NULL ? &input : NULL,
                        input.size_bytes);
}

/* The last item that there may be says so, and so do the archives that are left open. An archive
 * that has filled its share of the ledger ends there; what follows it is read. */
static bool count_item(struct pb_evidence_reader *reader)
{
    struct pb_budget *budget = &reader->budget;
    struct pb_item *item = reader->item;
    struct pb_fault fault = {0};

    budget->ledger_bytes += LINE_BYTES + item->path.size_bytes + item->detail.size_bytes;
    enum pb_ceiling ceiling =
        budget->items++ < budget->limits.items ? PB_CEILING_LEDGER : PB_CEILING_ITEMS;
    reader->is_over =
        ceiling == PB_CEILING_ITEMS || budget->ledger_bytes > pb_budget_most_ledger_bytes(budget);
    for (size_t i = 0; i < reader->containers.count; i++) {
        struct pb_container *container = pb_container_at(reader, i);
        if (reader->is_over || budget->ledger_bytes > container->ledger_end_bytes)
            pb_archive_stop_at(container->archive, ceiling);
    }
    if (!reader->is_over)
        return true;
    pb_budget_set_fault(budget, ceiling, &fault);
    *item = (struct pb_item){
        .path = item->path, .size_bytes = item->size_bytes, .is_named = item->is_named};
    return pb_item_fail(reader, &fault);
}

static bool step(struct pb_evidence_reader *reader, bool *is_at_end)
{
    if (reader->containers.count > 0)
        return reader->is_over ? leave_container(reader) : next_in_container(reader);
    if (reader->directory != NULL && !reader->is_over)
        return next_in_directory(reader);
    if (reader->next_source < reader->sources.count && !reader->is_over)
        return open_source(reader,
                           &PB_VECTOR_AT(struct source, &reader->sources, reader->next_source++));
    *is_at_end = true;
    return true;
}

enum pb_status pb_evidence_next(struct pb_evidence_reader *reader,
                                struct pb_diagnostics *diagnostics, struct pb_item *item,
                                bool *has_item)
{
    bool is_at_end = false, has_memory = true;

    reader->item = item;
    reader->diagnostics = diagnostics;
    reader->has_item = false;
    while (has_memory && !reader->has_item && !is_at_end)
        has_memory = step(reader, &is_at_end);
    *has_item = has_memory && reader->has_item;
    if (*has_item && !reader->is_over)
        has_memory = count_item(reader);
    return has_memory ? PB_OK : PB_FAILED_MEMORY;
}

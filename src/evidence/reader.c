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

#include "base/arena.h"
#include "base/vector.h"
#include "evidence/internal.h"

#define BLOCK_BYTES 131072

enum source_kind { SOURCE_PATH, SOURCE_STANDARD_INPUT, SOURCE_BUFFER, SOURCE_STREAM };

struct source {
    enum source_kind kind;
    struct pb_slice name;  /* with a NUL behind it, which is not counted */
    struct pb_slice bytes; /* of a buffer */
    int64_t (*read)(void *context, void *buffer, size_t size_bytes); /* of a stream */
    void *context;
};

/* An archive that is being read. */
struct container {
    struct pb_archive *archive;
    struct pb_buffer path;
    bool is_named;
    uint64_t ledger_end_bytes; /* up to where its members may fill the ledger */
};

/* A file that was met. */
struct file_identity {
    dev_t device;
    ino_t inode;
    struct pb_slice path; /* under which it was met first */
};

struct pb_evidence_reader {
    struct pb_budget budget;
    struct pb_arena names;    /* of sources; files and their paths */
    struct pb_vector sources; /* of struct source */
    size_t next_source;
    char *passphrase;               /* of encrypted archives, NUL-terminated, or NULL */
    struct pb_directory *directory; /* the one that is being read, or NULL */
    struct pb_vector containers;    /* of struct container, innermost last */
    void *files;                    /* tsearch's tree of struct file_identity */
    char *block;                    /* where the file or stream at the bottom is read to */

    /* The item that is being made; what it borrows stays until the next one. */
    struct pb_item *item;
    struct pb_diagnostics *diagnostics;
    bool has_item;
    struct pb_buffer path, own_content, detail;
    struct pb_buffer *content; /* what contents are appended to: own_content or a caller's */
    size_t content_from_bytes; /* where the item's begins */
    bool is_over;              /* the ceiling of items, or of the ledger, was reached */
};

static struct container *container_at(const struct pb_evidence_reader *reader, size_t index)
{
    return &PB_VECTOR_AT(struct container, &reader->containers, index);
}

static struct container *innermost(const struct pb_evidence_reader *reader)
{
    return container_at(reader, reader->containers.count - 1);
}

enum pb_status pb_evidence_reader_new(const struct pb_limits *limits,
                                      struct pb_evidence_reader **reader)
{
    struct pb_evidence_reader *made = calloc(1, sizeof *made);

    *reader = NULL;
    if (made == NULL)
        return PB_FAILED_MEMORY;
    made->budget.limits = *limits;
    pb_vector_init(&made->sources, sizeof(struct source));
    pb_vector_init(&made->containers, sizeof(struct container));
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

static void close_container(struct container *container)
{
    pb_archive_free(container->archive);
    pb_buffer_release(&container->path);
}

void pb_evidence_reader_free(struct pb_evidence_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = reader->containers.count; i > 0; i--)
        close_container(container_at(reader, i - 1));
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

enum pb_status pb_evidence_add_path(struct pb_evidence_reader *reader, const char *path,
                                    struct pb_error *error)
{
    struct stat found;

    if (strcmp(path, "-") == 0)
        return add_source(reader, path, (struct source){.kind = SOURCE_STANDARD_INPUT}, error);
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
    return add_source(reader, path, (struct source){.kind = SOURCE_PATH}, error);
}

enum pb_status pb_evidence_add_buffer(struct pb_evidence_reader *reader, const char *name,
                                      struct pb_slice bytes, struct pb_error *error)
{
    struct pb_slice present = bytes.data == NULL ? PB_SLICE("") : bytes;

    return add_source(reader, name, (struct source){.kind = SOURCE_BUFFER, .bytes = present},
                      error);
}

enum pb_status pb_evidence_add_stream(struct pb_evidence_reader *reader, const char *name,
                                      int64_t (*read)(void *context, void *buffer,
                                                      size_t size_bytes),
                                      void *context, struct pb_error *error)
{
    return add_source(reader, name,
                      (struct source){.kind = SOURCE_STREAM, .read = read, .context = context},
                      error);
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

/* Starts the next item, whose path is the reader's. */
static enum pb_status begin_item(struct pb_evidence_reader *reader, bool is_named)
{
    *reader->item = (struct pb_item){.path = pb_buffer_slice(&reader->path), .is_named = is_named};
    return reader->path.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

static enum pb_status begin_item_at(struct pb_evidence_reader *reader, struct pb_slice path,
                                    bool is_named)
{
    pb_buffer_clear(&reader->path);
    pb_buffer_append(&reader->path, path);
    return begin_item(reader, is_named);
}

/* Ends the item that was begun: with its status and a detail in three parts. */
static enum pb_status end_item(struct pb_evidence_reader *reader, enum pb_entry_status status,
                               const char *reason, struct pb_slice subject, const char *rest)
{
    pb_buffer_clear(&reader->detail);
    pb_buffer_append_string(&reader->detail, reason);
    pb_buffer_append(&reader->detail, subject);
    pb_buffer_append_string(&reader->detail, rest);
    reader->item->status = status;
    reader->item->detail = pb_buffer_slice(&reader->detail);
    reader->has_item = true;
    return reader->detail.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

static enum pb_status ignore(struct pb_evidence_reader *reader, const char *reason)
{
    return end_item(reader, PB_ENTRY_IGNORED, reason, PB_SLICE_ABSENT, "");
}

static enum pb_status report(struct pb_evidence_reader *reader, const struct pb_fault *fault)
{
    enum pb_status status = end_item(reader, fault->status, fault->text, PB_SLICE_ABSENT, "");

    if (status != PB_OK)
        return status;
    return pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, fault->code, NULL, "%s",
                              fault->text);
}

static enum pb_status report_errno(struct pb_evidence_reader *reader, int number)
{
    struct pb_fault fault = {0};

    if (number == ENOMEM)
        return PB_FAILED_MEMORY;
    pb_fault_set_errno(&fault, number);
    return report(reader, &fault);
}

/* The size and digest of the bytes as they stand, which are read to their end for it. */
static enum pb_status measure(struct pb_item *item, struct pb_stream *source)
{
    enum pb_status status = pb_stream_drain(source);

    if (status != PB_OK)
        return status;
    item->has_sha256 = !pb_fault_is_set(&source->fault);
    if (item->has_sha256) {
        item->size_bytes = source->size_bytes;
        pb_digest_finish(&source->digest, item->sha256);
    }
    return PB_OK;
}

/* What was read of the item's content so far. */
static struct pb_slice collected(const struct pb_evidence_reader *reader)
{
    return pb_slice_from(pb_buffer_slice(reader->content), reader->content_from_bytes);
}

/* A plain item that is too large to keep has a digest all the same, as long as the total allows:
 * of what was kept, of the block that had no room, and of the rest. */
static enum pb_status measure_oversized(struct pb_evidence_reader *reader, struct pb_stream *source,
                                        struct pb_slice block)
{
    uint64_t allowed = reader->budget.limits.total_bytes - reader->budget.content_bytes;
    enum pb_status status = PB_OK;

    pb_digest_init(&source->digest);
    pb_digest_update(&source->digest, collected(reader));
    pb_digest_update(&source->digest, block);
    source->size_bytes = (uint64_t)collected(reader).size_bytes + block.size_bytes;
    source->is_measured = true;
    while (status == PB_OK && block.size_bytes > 0 && source->size_bytes <= allowed)
        status = pb_stream_next(source, &block);
    return status == PB_OK && block.size_bytes == 0 ? measure(reader->item, source) : status;
}

/* Reads content up to its end or a ceiling; *unread is the block that had no room. */
static enum pb_status collect(struct pb_evidence_reader *reader, struct pb_stream *content,
                              struct pb_fault *fault, struct pb_slice *unread)
{
    if (reader->content == &reader->own_content)
        pb_buffer_clear(reader->content);
    reader->content_from_bytes = reader->content->size_bytes;
    for (;;) {
        enum pb_status status = pb_stream_next(content, unread);
        if (status != PB_OK)
            return status;
        if (unread->size_bytes == 0)
            break;
        if (!pb_budget_take_content(&reader->budget, collected(reader).size_bytes,
                                    unread->size_bytes, fault))
            return PB_OK;
        pb_buffer_append(reader->content, *unread);
        if (reader->content->has_failed)
            return PB_FAILED_MEMORY;
    }
    *fault = content->fault;
    return PB_OK;
}

/* Damage leaves what was read before it to be judged; a ceiling leaves nothing. */
static enum pb_status end_content(struct pb_evidence_reader *reader, const struct pb_fault *fault)
{
    struct pb_slice content = collected(reader);

    if (pb_fault_is_set(fault) && fault->status == PB_ENTRY_SKIPPED) {
        reader->budget.content_bytes -= content.size_bytes;
        reader->content->size_bytes = reader->content_from_bytes;
    } else if (!pb_fault_is_set(fault) || content.size_bytes > 0) {
        reader->item->content = content;
    }
    if (pb_fault_is_set(fault))
        return report(reader, fault);
    reader->item->status = PB_ENTRY_USED;
    reader->has_item = true;
    return PB_OK;
}

static enum pb_status read_plain(struct pb_evidence_reader *reader, struct pb_stream *content)
{
    struct pb_fault fault = {0};
    struct pb_slice unread;
    enum pb_status status = collect(reader, content, &fault, &unread);

    if (status == PB_OK && unread.size_bytes > 0 && !reader->budget.is_exhausted)
        status = measure_oversized(reader, content, unread);
    if (status != PB_OK)
        return status;
    if (!pb_fault_is_set(&fault)) {
        reader->item->is_digest_of_content = true;
        reader->item->size_bytes = collected(reader).size_bytes;
    }
    return end_content(reader, &fault);
}

/* What a wrong passphrase makes of bytes may look compressed, or like an archive: that it is noise
 * shows at its end, and is what is wrong with it. */
static enum pb_status measure_source(struct pb_evidence_reader *reader, struct pb_stream *source,
                                     struct pb_fault *fault)
{
    enum pb_status status = measure(reader->item, source);

    if (pb_fault_is_encryption(&source->fault))
        *fault = source->fault;
    return status;
}

static enum pb_status read_compressed(struct pb_evidence_reader *reader, struct pb_layers *layers)
{
    struct pb_fault fault = {0};
    struct pb_slice unread;
    enum pb_status status = collect(reader, layers->content, &fault, &unread);

    if (status == PB_OK)
        status = measure_source(reader, layers->source, &fault);
    return status == PB_OK ? end_content(reader, &fault) : status;
}

/* Of the room that is left up to the end for what it lies in, an archive's members may fill all but
 * a quarter, so that what follows the archive can be read whatever it holds. */
static uint64_t ledger_share(const struct pb_evidence_reader *reader)
{
    uint64_t used = reader->budget.ledger_bytes;
    uint64_t end = reader->containers.count > 0 ? innermost(reader)->ledger_end_bytes
                                                : pb_budget_most_ledger_bytes(&reader->budget);

    return end > used ? used + (end - used) / 4 * 3 : used;
}

static enum pb_status open_container(struct pb_evidence_reader *reader, struct pb_layers *layers,
                                     const struct pb_random_access *bytes)
{
    uint64_t ledger_end_bytes = ledger_share(reader);
    struct container *container = pb_vector_push(&reader->containers);

    if (container == NULL)
        return PB_FAILED_MEMORY;
    container->is_named = reader->item->is_named;
    container->ledger_end_bytes = ledger_end_bytes;
    pb_buffer_init(&container->path, SIZE_MAX);
    pb_buffer_append(&container->path, reader->item->path);
    return container->path.has_failed ? PB_FAILED_MEMORY
                                      : pb_archive_new(layers, bytes, reader->passphrase,
                                                       &reader->budget, &container->archive);
}

static enum pb_status open_layers(struct pb_evidence_reader *reader, struct pb_layers *layers,
                                  const struct pb_random_access *bytes)
{
    enum pb_kind kind = layers->what.kind;
    struct pb_fault fault = layers->fault;

    if (kind == PB_KIND_UNSUPPORTED)
        pb_fault_set(&fault, PB_ENTRY_UNREADABLE, "unsupported-container",
                     "%s is not supported: unpack it and give the files, or a tar or zip of them",
                     layers->what.name);
    else if (kind != PB_KIND_PLAIN && reader->containers.count >= reader->budget.limits.depth)
        pb_budget_set_fault(&reader->budget, PB_CEILING_DEPTH, &fault);
    if (pb_fault_is_set(&fault)) {
        enum pb_status status = measure_source(reader, layers->source, &fault);
        return status == PB_OK ? report(reader, &fault) : status;
    }
    if (kind != PB_KIND_PLAIN)
        return open_container(reader, layers, bytes);
    return layers->source->is_measured ? read_compressed(reader, layers)
                                       : read_plain(reader, layers->content);
}

/*
 * Makes the item that was begun out of a stream, or opens the archive that the stream turns out to
 * be. stream is taken, also on failure. bytes, which may be NULL, are the same ones for reading in
 * place; declared_bytes is the size to be shown where nothing better is known.
 */
static enum pb_status open_stream(struct pb_evidence_reader *reader, struct pb_stream *stream,
                                  const struct pb_random_access *bytes, uint64_t declared_bytes)
{
    struct pb_layers layers;
    enum pb_status status = pb_layers_open(stream, &reader->budget, &layers);

    if (status != PB_OK)
        return status;
    reader->item->size_bytes = declared_bytes;
    status = open_layers(reader, &layers, bytes);
    pb_layers_release(&layers);
    return status;
}

/* *first is the path under which the file was read before, or absent. A file has other paths only
 * if it has other links, or if sources overlap. */
static enum pb_status find_first_path(struct pb_evidence_reader *reader, const struct stat *found,
                                      struct pb_slice *first)
{
    struct file_identity *met;

    *first = PB_SLICE_ABSENT;
    if (!S_ISREG(found->st_mode) || (found->st_nlink < 2 && reader->sources.count < 2))
        return PB_OK;
    met = pb_arena_allocate(&reader->names, sizeof *met);
    if (met == NULL)
        return PB_FAILED_MEMORY;
    met->device = found->st_dev;
    met->inode = found->st_ino;
    struct file_identity **node = tsearch(met, &reader->files, compare_files);
    if (node == NULL)
        return PB_FAILED_MEMORY;
    if (*node != met) {
        *first = (*node)->path;
        return PB_OK;
    }
    return pb_arena_copy(&reader->names, reader->item->path, &met->path) ? PB_OK : PB_FAILED_MEMORY;
}

/* Takes fd. can_seek: its bytes may be read in place, from the first one on. */
static enum pb_status open_descriptor(struct pb_evidence_reader *reader, int fd, bool can_seek)
{
    struct stat found;
    struct pb_slice first;
    struct pb_stream *stream;

    if (fstat(fd, &found) != 0) {
        int number = errno;
        close(fd);
        return report_errno(reader, number);
    }
    enum pb_status status = find_first_path(reader, &found, &first);
    if (status != PB_OK || first.data != NULL) {
        close(fd);
        return status != PB_OK ? status
                               : end_item(reader, PB_ENTRY_IGNORED, PB_SAME_FILE, first, "");
    }
    uint64_t size = S_ISREG(found.st_mode) && found.st_size > 0 ? (uint64_t)found.st_size : 0;
    const struct pb_input input = {.fd = fd,
                                   .expected_bytes = can_seek ? size : 0,
                                   .buffer = reader->block,
                                   .buffer_bytes = BLOCK_BYTES};
    status = pb_input_stream_new(&input, &stream);
    if (status != PB_OK)
        return status;
    const struct pb_random_access bytes = {.size_bytes = size, .fd = fd};
    return open_stream(reader, stream, can_seek && S_ISREG(found.st_mode) ? &bytes : NULL, size);
}

static enum pb_status next_in_directory(struct pb_evidence_reader *reader)
{
    struct pb_found found;
    bool has_found;
    enum pb_status status = pb_directory_next(reader->directory, &found, &has_found);

    if (status == PB_OK && !has_found) {
        pb_directory_free(reader->directory);
        reader->directory = NULL;
        return PB_OK;
    }
    if (status == PB_OK)
        status = begin_item_at(reader, found.path, false);
    if (status != PB_OK) {
        if (found.fd >= 0)
            close(found.fd);
        return status;
    }
    switch (found.kind) {
    case PB_FOUND_FILE: return open_descriptor(reader, found.fd, true);
    case PB_FOUND_IGNORED: return ignore(reader, found.reason);
    default: return report(reader, &found.fault);
    }
}

static enum pb_status begin_member(struct pb_evidence_reader *reader,
                                   const struct pb_member *member)
{
    struct pb_buffer *path = &reader->path;

    pb_buffer_clear(path);
    pb_buffer_append(path, pb_buffer_slice(&innermost(reader)->path));
    pb_buffer_append_string(path, "!/");
    if (member->name.data != NULL)
        pb_buffer_append(path, member->name);
    else
        pb_buffer_append_format(path, "(member %llu)", (unsigned long long)member->number);
    enum pb_status status = begin_item(reader, false);
    reader->item->size_bytes = member->size_bytes;
    if (status == PB_OK && member->name.data == NULL)
        status =
            pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_WARNING, "unnamed-member", NULL,
                               "the archive gives no name that can be read for this member");
    return status;
}

/* A zip keeps a link's target as its content, so what is called a link may be a document. */
static bool is_path(struct pb_slice target)
{
    bool is_like_json =
        target.size_bytes > 0 && strchr("{[\"", target.data[0]) != NULL && target.data[0] != '\0';

    for (size_t i = 0; i < target.size_bytes; i++)
        if ((unsigned char)target.data[i] < ' ')
            return false;
    return !is_like_json && pb_slice_find(target, PB_SLICE("-----BEGIN"), 0) == SIZE_MAX;
}

static enum pb_status open_symbolic_link(struct pb_evidence_reader *reader, struct pb_slice target)
{
    struct pb_fault fault = {0};

    if (is_path(target))
        return end_item(reader, PB_ENTRY_IGNORED, "symbolic link to ", target, ", not followed");
    pb_fault_set(&fault, PB_ENTRY_UNREADABLE, "archive-member-damaged",
                 "damaged: it is called a symbolic link, and what it holds is no path");
    return report(reader, &fault);
}

static enum pb_status open_hard_link(struct pb_evidence_reader *reader, struct pb_slice target)
{
    return end_item(reader, PB_ENTRY_IGNORED, "hard link to ",
                    target.data != NULL ? target : PB_SLICE("another member"),
                    ", which has the data");
}

static enum pb_status open_member(struct pb_evidence_reader *reader, const struct pb_member *member)
{
    switch (member->kind) {
    case PB_MEMBER_SYMBOLIC_LINK: return open_symbolic_link(reader, member->target);
    case PB_MEMBER_HARD_LINK: return open_hard_link(reader, member->target);
    case PB_MEMBER_DEVICE: return ignore(reader, "device, FIFO or socket");
    default: break;
    }
    if (member->name.data != NULL && pb_is_macos_metadata(member->name))
        return ignore(reader, "macOS metadata");
    return open_stream(reader, member->content, NULL, member->size_bytes);
}

static enum pb_status end_container(struct pb_evidence_reader *reader,
                                    const struct pb_archive *archive)
{
    const struct pb_fault *fault = pb_archive_fault(archive);
    const struct pb_fault *second = pb_archive_directory_fault(archive);

    if (!pb_fault_is_set(fault) && !pb_fault_is_set(second)) {
        reader->item->status = PB_ENTRY_CONTAINER;
        reader->has_item = true;
        return PB_OK;
    }
    if (!pb_fault_is_set(fault))
        return report(reader, second);
    enum pb_status status = report(reader, fault);
    if (status == PB_OK && pb_fault_is_set(second))
        status = pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, second->code, NULL,
                                    "%s", second->text);
    return status;
}

/* The innermost archive has no more members: becomes the item. */
static enum pb_status leave_container(struct pb_evidence_reader *reader)
{
    struct container *container = innermost(reader);
    enum pb_status status =
        begin_item_at(reader, pb_buffer_slice(&container->path), container->is_named);

    if (status == PB_OK && !reader->is_over)
        status = pb_archive_finish(container->archive);
    if (status == PB_OK && !reader->is_over)
        status = measure(reader->item, pb_archive_source(container->archive));
    if (status == PB_OK)
        status = end_container(reader, container->archive);
    close_container(container);
    reader->containers.count--;
    return status;
}

static enum pb_status next_in_container(struct pb_evidence_reader *reader)
{
    struct pb_archive *archive = innermost(reader)->archive;
    struct pb_member member;
    bool has_member;

    if (reader->budget.is_exhausted) {
        struct pb_fault fault = {0};
        pb_budget_set_fault(&reader->budget, PB_CEILING_TOTAL_BYTES, &fault);
        pb_archive_stop(archive, &fault);
    }
    enum pb_status status = pb_archive_next(archive, &member, &has_member);
    if (status == PB_OK && !has_member)
        return leave_container(reader);
    if (status == PB_OK)
        status = begin_member(reader, &member);
    return status == PB_OK ? open_member(reader, &member) : status;
}

static enum pb_status open_path(struct pb_evidence_reader *reader, const struct source *source)
{
    struct stat found;
    int fd;

    if (stat(source->name.data, &found) == 0 && S_ISDIR(found.st_mode))
        return pb_directory_new(source->name, &reader->directory);
    do {
        fd = open(source->name.data, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    return fd < 0 ? report_errno(reader, errno) : open_descriptor(reader, fd, true);
}

static enum pb_status open_standard_input(struct pb_evidence_reader *reader)
{
    int fd = dup(STDIN_FILENO);

    return fd < 0 ? report_errno(reader, errno) : open_descriptor(reader, fd, false);
}

static enum pb_status open_source(struct pb_evidence_reader *reader, const struct source *source)
{
    const struct pb_input input = {.fd = -1,
                                   .read = source->read,
                                   .context = source->context,
                                   .memory = source->bytes,
                                   .buffer = reader->block,
                                   .buffer_bytes = BLOCK_BYTES};
    const struct pb_random_access bytes = {source->bytes.size_bytes, source->bytes, -1};
    struct pb_stream *stream;
    enum pb_status status = begin_item_at(reader, source->name, true);

    if (status != PB_OK)
        return status;
    if (source->kind == SOURCE_PATH)
        return open_path(reader, source);
    if (source->kind == SOURCE_STANDARD_INPUT)
        return open_standard_input(reader);
    status = pb_input_stream_new(&input, &stream);
    if (status != PB_OK)
        return status;
    return open_stream(reader, stream, source->kind == SOURCE_BUFFER ? &bytes : NULL,
                       bytes.size_bytes);
}

/* The last item that there may be says so, and so do the archives that are left open. */
static enum pb_status stop_at_ceiling(struct pb_evidence_reader *reader, enum pb_ceiling ceiling)
{
    struct pb_item *item = reader->item;
    struct pb_fault fault = {0};

    reader->is_over = true;
    pb_budget_set_fault(&reader->budget, ceiling, &fault);
    for (size_t i = 0; i < reader->containers.count; i++)
        pb_archive_stop(container_at(reader, i)->archive, &fault);
    *item = (struct pb_item){
        .path = item->path, .size_bytes = item->size_bytes, .is_named = item->is_named};
    return report(reader, &fault);
}

/* An archive that has filled its share of the ledger ends there; what follows it is read. */
static void stop_at_shares(struct pb_evidence_reader *reader)
{
    for (size_t i = 0; i < reader->containers.count; i++) {
        struct container *container = container_at(reader, i);
        struct pb_fault fault = {0};
        if (reader->budget.ledger_bytes <= container->ledger_end_bytes)
            continue;
        pb_budget_set_fault(&reader->budget, PB_CEILING_LEDGER, &fault);
        pb_archive_stop(container->archive, &fault);
    }
}

static enum pb_status count_item(struct pb_evidence_reader *reader)
{
    struct pb_budget *budget = &reader->budget;

    pb_budget_take_line(budget, reader->item->path, reader->item->detail);
    if (budget->items++ >= budget->limits.items)
        return stop_at_ceiling(reader, PB_CEILING_ITEMS);
    if (budget->ledger_bytes > pb_budget_most_ledger_bytes(budget))
        return stop_at_ceiling(reader, PB_CEILING_LEDGER);
    stop_at_shares(reader);
    return PB_OK;
}

static enum pb_status step(struct pb_evidence_reader *reader, bool *is_at_end)
{
    if (reader->containers.count > 0)
        return reader->is_over ? leave_container(reader) : next_in_container(reader);
    if (reader->directory != NULL && !reader->is_over)
        return next_in_directory(reader);
    if (reader->next_source < reader->sources.count && !reader->is_over)
        return open_source(reader,
                           &PB_VECTOR_AT(struct source, &reader->sources, reader->next_source++));
    *is_at_end = true;
    return PB_OK;
}

enum pb_status pb_evidence_next(struct pb_evidence_reader *reader,
                                struct pb_diagnostics *diagnostics, struct pb_item *item,
                                bool *has_item)
{
    bool is_at_end = false;
    enum pb_status status = PB_OK;

    reader->item = item;
    reader->diagnostics = diagnostics;
    reader->has_item = false;
    while (status == PB_OK && !reader->has_item && !is_at_end)
        status = step(reader, &is_at_end);
    *has_item = status == PB_OK && reader->has_item;
    return *has_item && !reader->is_over ? count_item(reader) : status;
}

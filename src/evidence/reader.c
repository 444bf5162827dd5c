/* SPDX-License-Identifier: MIT */
/* The story of how evidence is opened: sources one by one, in them directories, in them files, in
 * them archives. Each step makes an item or opens or closes something that holds items. */
#include "evidence/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/reader_state.h"

enum pb_status pb_evidence_reader_new(const struct pb_limits *limits,
                                      struct pb_evidence_reader **reader)
{
    struct pb_evidence_reader *made = calloc(1, sizeof *made);

    *reader = NULL;
    if (made == NULL)
        return PB_FAILED_MEMORY;
    pb_budget_init(&made->budget, limits);
    pb_vector_init(&made->sources, sizeof(struct pb_source));
    pb_vector_init(&made->containers, sizeof(struct pb_container *));
    pb_buffer_init(&made->path, SIZE_MAX);
    pb_buffer_init(&made->own_content, SIZE_MAX);
    made->content = &made->own_content;
    pb_buffer_init(&made->detail, SIZE_MAX);
    pb_ledger_room_init(&made->ledger_room);
    made->block = malloc(PB_READER_BLOCK_BYTES);
    if (made->block == NULL || pb_digest_new(&made->digest) != PB_OK) {
        pb_evidence_reader_free(made);
        return PB_FAILED_MEMORY;
    }
    *reader = made;
    return PB_OK;
}

void pb_evidence_reader_free(struct pb_evidence_reader *reader)
{
    if (reader == NULL)
        return;
    while (reader->containers.count > 0)
        pb_container_free(
            PB_VECTOR_AT(struct pb_container *, &reader->containers, --reader->containers.count));
    pb_vector_release(&reader->containers);
    pb_walk_free(reader->walk);
    pb_vector_release(&reader->sources);
    pb_passphrase_free(reader->passphrase);
    pb_arena_release(&reader->names);
    pb_ledger_room_release(&reader->ledger_room);
    pb_identities_release(&reader->identities);
    pb_digest_free(reader->digest);
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

/* A file has other paths only if it has other links, or if sources overlap. */
static enum pb_status find_first_path(struct pb_evidence_reader *reader, const struct stat *found,
                                      struct pb_slice *first)
{
    *first = PB_SLICE_ABSENT;
    if (!S_ISREG(found->st_mode) || (found->st_nlink < 2 && reader->sources.count < 2))
        return PB_OK;
    return pb_identities_meet(&reader->identities, (uint64_t)found->st_dev, (uint64_t)found->st_ino,
                              reader->item->path, first);
}

static enum pb_status settle_errno(struct pb_evidence_reader *reader, int number)
{
    struct pb_fault fault = {0};

    if (number == ENOMEM)
        return PB_FAILED_MEMORY;
    pb_fault_set_errno(&fault, number);
    return pb_reader_settle(reader, &fault);
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
        return settle_errno(reader, number);
    }
    enum pb_status status = find_first_path(reader, &found, &first);
    if (status != PB_OK || first.data != NULL) {
        close(fd);
        return status != PB_OK ? status : pb_reader_ignore(reader, PB_SAME_FILE, first, "");
    }
    uint64_t size = S_ISREG(found.st_mode) && found.st_size > 0 ? (uint64_t)found.st_size : 0;
    status =
        pb_file_stream_new(fd, can_seek ? size : 0, reader->block, PB_READER_BLOCK_BYTES, &stream);
    if (status != PB_OK)
        return status;
    struct pb_random_access bytes = pb_random_access_from_file(fd, size);
    return pb_reader_open(reader, stream, can_seek && S_ISREG(found.st_mode) ? &bytes : NULL, size);
}

static enum pb_status next_in_directory(struct pb_evidence_reader *reader)
{
    struct pb_walk_entry entry;
    bool has_entry;
    enum pb_status status = pb_walk_next(reader->walk, &entry, &has_entry);

    if (status == PB_OK && !has_entry) {
        pb_walk_free(reader->walk);
        reader->walk = NULL;
        return PB_OK;
    }
    if (status == PB_OK)
        status = pb_reader_begin_item(reader, entry.path, false);
    if (status != PB_OK) {
        if (entry.fd >= 0)
            close(entry.fd);
        return status;
    }
    switch (entry.kind) {
    case PB_WALK_FILE: return open_descriptor(reader, entry.fd, true);
    case PB_WALK_IGNORED: return pb_reader_ignore(reader, entry.reason, PB_SLICE_ABSENT, "");
    default: return pb_reader_settle(reader, &entry.fault);
    }
}

static enum pb_status name_member(struct pb_evidence_reader *reader,
                                  const struct pb_container *container,
                                  const struct pb_member *member)
{
    struct pb_buffer *path = &reader->path;

    pb_buffer_clear(path);
    pb_buffer_append(path, pb_buffer_slice(&container->path));
    pb_buffer_append_string(path, "!/");
    if (member->name.data != NULL)
        pb_buffer_append(path, member->name);
    else
        pb_buffer_append_format(path, "(member %llu)", (unsigned long long)member->number);
    if (path->has_failed)
        return PB_FAILED_MEMORY;
    enum pb_status status = pb_reader_begin_item(reader, pb_buffer_slice(path), false);
    if (status == PB_OK && member->name.data == NULL)
        status =
            pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_WARNING, "unnamed-member", NULL,
                               "the archive gives no name that can be read for this "
                               "member");
    reader->item->size_bytes = member->size_bytes;
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

static enum pb_status open_symbolic_link(struct pb_evidence_reader *reader,
                                         const struct pb_member *member)
{
    struct pb_fault fault = {0};

    if (is_path(member->target))
        return pb_reader_ignore(reader, "symbolic link to ", member->target, ", not followed");
    pb_fault_set(&fault, PB_ENTRY_UNREADABLE, "archive-member-damaged",
                 "damaged: it is called a symbolic link, and what it holds is no path");
    return pb_reader_settle(reader, &fault);
}

static enum pb_status open_member(struct pb_evidence_reader *reader,
                                  const struct pb_container *container,
                                  const struct pb_member *member)
{
    struct pb_fault fault = {0};

    switch (member->kind) {
    case PB_MEMBER_SYMBOLIC_LINK: return open_symbolic_link(reader, member);
    case PB_MEMBER_HARD_LINK:
        return pb_reader_ignore(reader, "hard link to ",
                                member->target.data != NULL ? member->target
                                                            : PB_SLICE("another member"),
                                ", which has the data");
    case PB_MEMBER_DEVICE:
        return pb_reader_ignore(reader, "device, FIFO or socket", PB_SLICE_ABSENT, "");
    default: break;
    }
    if (member->name.data != NULL && pb_is_macos_metadata(member->name))
        return pb_reader_ignore(reader, "macOS metadata", PB_SLICE_ABSENT, "");
    if (member->kind == PB_MEMBER_ENCRYPTED) {
        pb_archive_explain_encryption(container->archive, &fault);
        return pb_reader_settle(reader, &fault);
    }
    return pb_reader_open(reader, member->content, NULL, member->size_bytes);
}

static enum pb_status next_in_container(struct pb_evidence_reader *reader)
{
    struct pb_container *container =
        PB_VECTOR_AT(struct pb_container *, &reader->containers, reader->containers.count - 1);
    struct pb_member member;
    bool has_member = false;
    enum pb_status status = PB_OK;

    if (reader->budget.is_exhausted) {
        struct pb_fault fault = {0};
        pb_budget_set_fault(&reader->budget, PB_CEILING_TOTAL_BYTES, &fault);
        pb_container_stop(container, &fault);
    } else {
        status = pb_container_next(container, &member, &has_member);
    }
    if (status != PB_OK)
        return status;
    if (!has_member)
        return pb_reader_close_container(reader);
    status = name_member(reader, container, &member);
    return status == PB_OK ? open_member(reader, container, &member) : status;
}

static enum pb_status open_path(struct pb_evidence_reader *reader, const struct pb_source *source)
{
    struct stat found;
    int fd;

    if (stat(source->name.data, &found) == 0 && S_ISDIR(found.st_mode))
        return pb_walk_new(source->name, &reader->walk);
    do {
        fd = open(source->name.data, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    return fd < 0 ? settle_errno(reader, errno) : open_descriptor(reader, fd, true);
}

static enum pb_status open_standard_input(struct pb_evidence_reader *reader)
{
    int fd = dup(STDIN_FILENO);

    return fd < 0 ? settle_errno(reader, errno) : open_descriptor(reader, fd, false);
}

static enum pb_status open_source(struct pb_evidence_reader *reader, const struct pb_source *source)
{
    struct pb_stream *stream;
    enum pb_status status = pb_reader_begin_item(reader, source->name, true);

    if (status != PB_OK)
        return status;
    if (source->kind == PB_SOURCE_PATH)
        return open_path(reader, source);
    if (source->kind == PB_SOURCE_STANDARD_INPUT)
        return open_standard_input(reader);
    if (source->kind == PB_SOURCE_BUFFER) {
        struct pb_random_access bytes = pb_random_access_from_memory(source->bytes);
        status = pb_memory_stream_new(source->bytes, &stream);
        return status == PB_OK ? pb_reader_open(reader, stream, &bytes, bytes.size_bytes) : status;
    }
    status = pb_callback_stream_new(source->read, source->context, reader->block,
                                    PB_READER_BLOCK_BYTES, &stream);
    return status == PB_OK ? pb_reader_open(reader, stream, NULL, 0) : status;
}

/* The last item that there may be says so, and so do the containers that are left open. */
static enum pb_status stop_at_ceiling(struct pb_evidence_reader *reader, enum pb_ceiling ceiling)
{
    struct pb_fault fault = {0};

    reader->is_over = true;
    pb_budget_set_fault(&reader->budget, ceiling, &fault);
    for (size_t i = 0; i < reader->containers.count; i++)
        pb_container_stop(PB_VECTOR_AT(struct pb_container *, &reader->containers, i), &fault);
    struct pb_item *item = reader->item;
    *item = (struct pb_item){
        .path = item->path, .size_bytes = item->size_bytes, .is_named = item->is_named};
    return pb_reader_settle(reader, &fault);
}

/* An archive that has filled its share of the ledger ends there; what follows it is read. */
static void stop_at_shares(struct pb_evidence_reader *reader)
{
    for (size_t i = 0; i < reader->containers.count; i++) {
        struct pb_container *container =
            PB_VECTOR_AT(struct pb_container *, &reader->containers, i);
        struct pb_fault fault = {0};
        if (reader->budget.ledger_bytes <= container->ledger_end_bytes)
            continue;
        pb_budget_set_fault(&reader->budget, PB_CEILING_LEDGER, &fault);
        pb_container_stop(container, &fault);
    }
}

static enum pb_status count_item(struct pb_evidence_reader *reader)
{
    struct pb_budget *budget = &reader->budget;
    enum pb_status status = pb_ledger_room_take(&reader->ledger_room, budget, reader->item);

    if (status != PB_OK)
        return status;
    if (budget->items++ >= budget->limits.items)
        return stop_at_ceiling(reader, PB_CEILING_ITEMS);
    if (budget->ledger_bytes > budget->limits.ledger_bytes)
        return stop_at_ceiling(reader, PB_CEILING_LEDGER);
    stop_at_shares(reader);
    return PB_OK;
}

static enum pb_status step(struct pb_evidence_reader *reader, bool *is_at_end)
{
    if (reader->containers.count > 0)
        return reader->is_over ? pb_reader_close_container(reader) : next_in_container(reader);
    if (reader->walk != NULL && !reader->is_over)
        return next_in_directory(reader);
    if (reader->next_source < reader->sources.count && !reader->is_over)
        return open_source(
            reader, &PB_VECTOR_AT(struct pb_source, &reader->sources, reader->next_source++));
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

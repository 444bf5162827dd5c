/* SPDX-License-Identifier: MIT */
/* The members of an archive through libarchive, and how the archive ends, which libarchive does not
 * look at: a tar that is cut at a member's boundary ends without an error, and what follows an
 * archive's end is never read. */
#include "evidence/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#define BLOCK_BYTES 65536
/* POSIX.1-2008, pax, "ustar Interchange Format": two blocks of zeros end an archive. */
#define TAR_END_BYTES 1024
/* 7zFormat.txt, "SignatureHeader". */
#define SEVEN_ZIP_HEADER_BYTES 32
#define NAMES_BYTES (16 << 20)
/* libarchive takes 176 bytes for each member of a zip before it gives the first one. */
#define ZIP_MEMBERS 5000000

static la_ssize_t read_bytes(struct archive *handle, void *context, const void **data)
{
    struct pb_archive *archive = context;
    size_t size = pb_input_read(&archive->bytes, archive->offset_bytes, archive->buffer,
                                BLOCK_BYTES, &archive->fault);

    (void)handle;
    archive->source.has_seen_end = size == 0;
    archive->offset_bytes += size;
    archive->source.tail.size_bytes += size;
    *data = archive->buffer;
    return (la_ssize_t)size;
}

static la_int64_t seek_bytes(struct archive *handle, void *context, la_int64_t offset, int whence)
{
    struct pb_archive *archive = context;
    uint64_t size = archive->bytes.size_bytes;
    uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? archive->offset_bytes : size;

    (void)handle;
    bool is_before_start = offset < 0 && (uint64_t) - (offset + 1) >= base;
    bool is_past_end = offset > 0 && (base > size || (uint64_t)offset > size - base);
    if (is_before_start || is_past_end)
        return ARCHIVE_FATAL;
    archive->offset_bytes = base + (uint64_t)offset;
    return (la_int64_t)archive->offset_bytes;
}

static bool set_callbacks(struct pb_archive *archive)
{
    struct archive *handle = archive->handle;

    if (archive_read_set_callback_data(handle, archive) != ARCHIVE_OK)
        return false;
    if (pb_archive_is_streamed(archive))
        return archive_read_set_read_callback(handle, pb_source_read) == ARCHIVE_OK;
    archive->buffer = malloc(BLOCK_BYTES);
    return archive->buffer != NULL &&
           archive_read_set_read_callback(handle, read_bytes) == ARCHIVE_OK &&
           archive_read_set_seek_callback(handle, seek_bytes) == ARCHIVE_OK;
}

/* One format and no filter: nothing else of what libarchive can read is ever reached. */
static bool enable_format(struct pb_archive *archive)
{
    struct archive *handle = archive->handle;

    switch (archive->kind) {
    case PB_KIND_TAR:
        return archive_read_support_format_tar(handle) == ARCHIVE_OK &&
               archive_read_set_format_option(handle, "tar", "read_concatenated_archives", "1") ==
                   ARCHIVE_OK;
    case PB_KIND_CPIO: return archive_read_support_format_cpio(handle) == ARCHIVE_OK;
    case PB_KIND_ZIP: return archive_read_support_format_zip_seekable(handle) == ARCHIVE_OK;
    default: return archive_read_support_format_7zip(handle) == ARCHIVE_OK;
    }
}

/* libarchive 3.6 follows a wild pointer when it is asked this of an archive that did not open. */
static bool has_encrypted_directory(const struct pb_archive *archive)
{
    return archive->is_open && archive_read_has_encrypted_entries(archive->handle) > 0;
}

static void fail(struct pb_archive *archive)
{
    archive->has_ended = true;
    if (pb_archive_fail_below(archive, &archive->fault))
        return;
    if (has_encrypted_directory(archive))
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted with its table of contents, which libarchive cannot read even with "
                     "--passphrase-file: decrypt it and give what it holds");
    else if (archive->source.has_seen_end)
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "truncated",
                     "cut: the archive ends too early");
    else
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "archive-damaged",
                     "damaged: the archive cannot be read on: %s", pb_archive_error_text(archive));
}

/* Asked for another passphrase, libarchive has found that the one it has does not fit. */
static const char *note_wrong_passphrase(struct archive *handle, void *context)
{
    struct pb_archive *archive = context;

    (void)handle;
    archive->is_passphrase_wrong = true;
    return NULL;
}

/* libarchive copies the passphrase, and overwrites its copy before freeing it. */
static bool set_passphrase(struct pb_archive *archive, const char *passphrase)
{
    if (archive->kind != PB_KIND_ZIP || passphrase == NULL)
        return true;
    archive->has_passphrase = true;
    return archive_read_add_passphrase(archive->handle, passphrase) == ARCHIVE_OK &&
           archive_read_set_passphrase_callback(archive->handle, archive, note_wrong_passphrase) ==
               ARCHIVE_OK;
}

static bool open_handle(struct pb_archive *archive, const char *passphrase)
{
    archive->handle = archive_read_new();
    archive->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (archive->handle == NULL || !enable_format(archive) || !set_callbacks(archive) ||
        !set_passphrase(archive, passphrase))
        return false;
    locale_t before = uselocale(archive->utf8);
    archive->is_open = archive_read_open1(archive->handle) >= ARCHIVE_WARN;
    if (!archive->is_open)
        fail(archive);
    uselocale(before);
    return true;
}

/* Gives no more members, for a reason that becomes the fault. */
static void stop(struct pb_archive *archive, const struct pb_fault *fault)
{
    if (!archive->is_stopped)
        archive->fault = *fault;
    archive->is_stopped = true;
    archive->has_ended = true;
}

/* As bytes come, not as sizes are declared. */
static void store(struct pb_archive *archive)
{
    uint64_t most = archive->budget->limits.item_bytes;
    struct pb_slice block;

    while (block = pb_stream_next(archive->layers.content),
           block.size_bytes > 0 && !archive->storage.has_failed) {
        if (block.size_bytes > most || archive->storage.size_bytes > most - block.size_bytes) {
            pb_archive_stop_at(archive, PB_CEILING_ITEM_BYTES);
            return;
        }
        pb_buffer_append(&archive->storage, block);
    }
}

/* Makes the bytes of a zip or 7-Zip readable anywhere, in place or stored. */
static bool find_bytes(struct pb_archive *archive)
{
    if (archive->layers.in_place != NULL) {
        archive->bytes = *archive->layers.in_place;
        return true;
    }
    store(archive);
    struct pb_slice stored = pb_buffer_slice(&archive->storage);
    archive->bytes = (struct pb_input){.fd = -1, .size_bytes = stored.size_bytes, .memory = stored};
    return !archive->storage.has_failed;
}

static void set_data_after(struct pb_fault *fault)
{
    pb_fault_set(fault, PB_ENTRY_UNREADABLE, "data-after-archive",
                 "other data follow the end of the archive");
}

/* Documents are one item: what their members hold is no export. */
static bool check_zip(struct pb_archive *archive, struct pb_fault *refusal)
{
    uint64_t items = archive->budget->limits.items;
    uint64_t most = items > ZIP_MEMBERS ? items : ZIP_MEMBERS, count;
    const char *document;
    bool has_overlap;

    if (!pb_zip_check_directory(&archive->bytes, most, &archive->directory_fault, &count, &document,
                                &has_overlap))
        return false;
    if (count > most)
        pb_budget_set_fault(archive->budget, PB_CEILING_ITEMS, refusal);
    else if (document != NULL)
        pb_fault_set(refusal, PB_ENTRY_UNREADABLE, "zip-document",
                     "%s, not read: export as JSON what it holds", document);
    else if (has_overlap)
        pb_fault_set(refusal, PB_ENTRY_UNREADABLE, "zip-overlap",
                     "members of the zip share bytes, so none of them is unpacked");
    /* libarchive does not take a zip without entries for one. */
    archive->has_ended = count == 0 && !pb_fault_is_set(&archive->directory_fault);
    return true;
}

/* What libarchive takes for a header that is small only the process's own limit bounds. */
static void check_seven_zip(struct pb_archive *archive, struct pb_fault *refusal)
{
    char header[SEVEN_ZIP_HEADER_BYTES];
    struct pb_fault *fault = &archive->directory_fault;

    if (pb_input_read(&archive->bytes, 0, header, sizeof header, fault) != sizeof header)
        return;
    uint64_t offset = pb_read_little_endian(header + 12, 8);
    uint64_t size = pb_read_little_endian(header + 20, 8);
    uint64_t rest = archive->bytes.size_bytes - sizeof header;
    if (size > archive->budget->limits.item_bytes)
        pb_budget_set_fault(archive->budget, PB_CEILING_ITEM_BYTES, refusal);
    if (crc32(0, (const unsigned char *)header + 12, 20) != pb_read_little_endian(header + 8, 4))
        pb_fault_set(fault, PB_ENTRY_UNREADABLE, "archive",
                     "damaged: the checksum of the 7-Zip's start header is wrong");
    if (offset <= rest && size < rest - offset)
        set_data_after(fault);
}

static bool open_archive(struct pb_archive *archive, const char *passphrase)
{
    struct pb_fault refusal = {0};

    if (!pb_archive_is_streamed(archive) && !find_bytes(archive))
        return false;
    if (!archive->is_stopped && archive->kind == PB_KIND_ZIP && !check_zip(archive, &refusal))
        return false;
    if (!archive->is_stopped && archive->kind == PB_KIND_SEVEN_ZIP)
        check_seven_zip(archive, &refusal);
    if (pb_fault_is_set(&refusal))
        stop(archive, &refusal);
    return archive->has_ended || open_handle(archive, passphrase);
}

struct pb_archive *pb_archive_new(struct pb_layers *layers, const char *passphrase,
                                  struct pb_budget *budget)
{
    struct pb_archive *made = calloc(1, sizeof *made);

    if (made == NULL) {
        pb_layers_release(layers);
        return NULL;
    }
    made->kind = layers->what.kind;
    made->layers = *layers;
    *layers = (struct pb_layers){0};
    made->source.stream = made->layers.content;
    made->budget = budget;
    pb_buffer_init(&made->storage, SIZE_MAX);
    if (open_archive(made, passphrase))
        return made;
    pb_archive_free(made);
    return NULL;
}

void pb_archive_free(struct pb_archive *archive)
{
    if (archive == NULL)
        return;
    archive_read_free(archive->handle);
    if (archive->utf8 != (locale_t)0)
        freelocale(archive->utf8);
    pb_layers_release(&archive->layers);
    pb_buffer_release(&archive->storage);
    free(archive->buffer);
    free(archive);
}

/* The data of a hard link may come with any of its names: in a cpio with the last one. */
static bool is_hard_link(const struct pb_archive *archive)
{
    struct archive_entry *entry = archive->entry;

    return archive_entry_size(entry) <= 0 &&
           (archive_entry_hardlink(entry) != NULL ||
            (archive->kind == PB_KIND_CPIO && archive_entry_nlink(entry) > 1));
}

/* One with data is none: nothing that has content is passed over unseen. */
static bool is_device(struct archive_entry *entry)
{
    unsigned type = archive_entry_filetype(entry);

    return archive_entry_size(entry) <= 0 &&
           (type == AE_IFCHR || type == AE_IFBLK || type == AE_IFIFO || type == AE_IFSOCK);
}

/* A directory with data is none either. */
static bool is_directory(struct archive_entry *entry)
{
    return archive_entry_filetype(entry) == AE_IFDIR && archive_entry_size(entry) <= 0;
}

static struct pb_slice member_name(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);

    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    return name == NULL || *name == '\0' ? PB_SLICE_ABSENT : pb_slice_from_string(name);
}

/* A zip keeps a link's target as its content, so what is called a link may be a document. */
static bool is_path(struct pb_slice target)
{
    bool is_like_json = target.size_bytes > 0 && memchr("{[\"", target.data[0], 3) != NULL;

    for (size_t i = 0; i < target.size_bytes; i++)
        if ((unsigned char)target.data[i] < ' ')
            return false;
    return !is_like_json && pb_slice_find(target, PB_SLICE("-----BEGIN"), 0) == SIZE_MAX;
}

static void describe_symbolic_link(struct pb_archive *archive, struct pb_member *member)
{
    member->reason = "symbolic link to ";
    member->target = pb_slice_from_string(archive_entry_symlink(archive->entry));
    member->rest = ", not followed";
    if (is_path(member->target))
        return;
    pb_archive_start_content(archive);
    archive->content.is_at_end = true;
    pb_fault_set(&archive->content.base.fault, PB_ENTRY_UNREADABLE, "archive-member-damaged",
                 "damaged: it is called a symbolic link, and what it holds is no path");
    member->content = &archive->content.base;
}

static void describe(struct pb_archive *archive, struct pb_member *member)
{
    struct archive_entry *entry = archive->entry;
    const char *target = archive_entry_hardlink(entry);

    *member = (struct pb_member){
        .name = member_name(entry),
        .number = archive->member_count,
        .size_bytes = archive_entry_size(entry) > 0 ? (uint64_t)archive_entry_size(entry) : 0,
        .rest = "",
    };
    if (is_hard_link(archive)) {
        member->reason = "hard link to ";
        member->target = pb_slice_from_string(target != NULL ? target : "another member");
        member->rest = ", which has the data";
    } else if (archive_entry_filetype(entry) == AE_IFLNK) {
        describe_symbolic_link(archive, member);
    } else if (is_device(entry)) {
        member->reason = "device, FIFO or socket";
    } else {
        pb_archive_start_content(archive);
        member->content = &archive->content.base;
    }
}

/* libarchive decompresses a 7-Zip's members to pass over them, without a ceiling: read them. */
static void drain_member(struct pb_archive *archive)
{
    struct pb_stream *content = &archive->content.base;

    if (content->type == NULL)
        return;
    pb_stream_drain(content);
    if (pb_fault_is_set(&content->fault) && content->fault.status == PB_ENTRY_SKIPPED) {
        archive->fault = content->fault;
        archive->has_ended = true;
    }
}

static uint64_t libarchive_position(const struct pb_archive *archive)
{
    int64_t used = archive_filter_bytes(archive->handle, -1);

    return used > 0 ? (uint64_t)used : 0;
}

/* Passes over what is left of the last member, so that its end in the source is known. */
static void leave_member(struct pb_archive *archive)
{
    if (archive->kind == PB_KIND_SEVEN_ZIP)
        drain_member(archive);
    if (!pb_archive_is_streamed(archive) || archive->member_count == 0)
        return;
    if (archive_read_data_skip(archive->handle) < ARCHIVE_WARN) {
        fail(archive);
        return;
    }
    archive->members_end_bytes = libarchive_position(archive);
}

/* libarchive looks for a cpio's next header where the last member ends, and beyond, and passes over
 * pax records that are none; it says so only in words. Its other warnings are about names that it
 * cannot convert. */
static void note_warning(struct pb_archive *archive)
{
    struct pb_slice text = pb_slice_from_string(pb_archive_error_text(archive));
    unsigned long long member = archive->member_count + 1;

    if (pb_slice_starts_with(text, PB_SLICE("Skipped ")))
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "archive-damaged",
                     "damaged: a member's header is missing before member %llu: %s", member,
                     text.data);
    else if (pb_slice_find(text, PB_SLICE(" pax "), 0) != SIZE_MAX)
        pb_fault_set(&archive->directory_fault, PB_ENTRY_UNREADABLE, "archive-damaged",
                     "damaged: the pax records of member %llu, which may be its name: %s", member,
                     text.data);
}

/* libarchive ends the process where it has no memory for a name, which it may come to when the
 * table of contents has taken nearly all that there is. */
static bool has_memory_for_names(void)
{
    void *volatile room = malloc(NAMES_BYTES);
    bool has_memory = room != NULL;

    free(room);
    return has_memory;
}

static void read_header(struct pb_archive *archive)
{
    leave_member(archive);
    if (archive->has_ended)
        return;
    int result = archive_read_next_header(archive->handle, &archive->entry);
    if (result == ARCHIVE_EOF)
        archive->has_ended = true;
    else if (result == ARCHIVE_WARN)
        note_warning(archive);
    else if (result != ARCHIVE_OK)
        fail(archive);
    if (!pb_archive_is_streamed(archive) && archive->member_count == 0 && !has_memory_for_names()) {
        pb_fault_set_memory(&archive->fault);
        archive->has_ended = true;
    }
    archive->member_count += !archive->has_ended;
}

bool pb_archive_next(struct pb_archive *archive, struct pb_member *member)
{
    locale_t before = uselocale(archive->utf8);

    do {
        if (!archive->has_ended)
            read_header(archive);
    } while (!archive->has_ended && is_directory(archive->entry));
    if (!archive->has_ended)
        describe(archive, member);
    uselocale(before);
    return !archive->has_ended;
}

void pb_archive_stop_at(struct pb_archive *archive, enum pb_ceiling ceiling)
{
    struct pb_fault fault = {0};

    pb_budget_set_fault(archive->budget, ceiling, &fault);
    stop(archive, &fault);
}

/* What a cpio's last header, named TRAILER!!!, takes at the most: 110 bytes (116 of AFIO's), the
 * name with its NUL, and padding. A member takes more beside it, but for the binary formats' (26
 * bytes).
 */
static uint64_t largest_cpio_trailer(const struct pb_archive *archive)
{
    switch (archive_format(archive->handle)) {
    case ARCHIVE_FORMAT_CPIO_BIN_LE:
    case ARCHIVE_FORMAT_CPIO_BIN_BE: return 26 + 12 + 1;
    case ARCHIVE_FORMAT_CPIO_POSIX: return 76 + 11;
    default: return 116 + 12;
    }
}

/* position: up to where libarchive read. It takes back its warning about skipped bytes where the
 * trailer is what it found. */
static void judge_cpio_end(struct pb_archive *archive, uint64_t position)
{
    if (position > archive->members_end_bytes + largest_cpio_trailer(archive))
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "archive-damaged",
                     "damaged: between the last member and the end stands what is no member");
    else if (!pb_tail_is_zero_from(&archive->source.tail, position))
        set_data_after(&archive->fault);
}

/* libarchive reads on behind zero blocks, where another tar may follow: a fault that it finds there
 * is none of the archive's. */
static void judge_tar_end(struct pb_archive *archive, uint64_t position)
{
    uint64_t end = archive->members_end_bytes + TAR_END_BYTES;
    bool is_zero = pb_tail_is_zero_from(&archive->source.tail, archive->members_end_bytes);

    if (is_zero || position >= end)
        archive->fault = (struct pb_fault){0};
    if (is_zero && archive->source.tail.size_bytes < end)
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "tar-end-missing",
                     "cut between two members: the two zero blocks that end a tar are missing");
    else if (!is_zero && position >= end)
        set_data_after(&archive->fault);
}

static void finish_stream(struct pb_archive *archive)
{
    uint64_t position = libarchive_position(archive);
    const void *data;

    while (pb_source_read(archive->handle, &archive->source, &data) > 0)
        ;
    if (pb_fault_is_set(&archive->layers.content->fault))
        return;
    if (archive->kind == PB_KIND_TAR)
        judge_tar_end(archive, position);
    else
        judge_cpio_end(archive, position);
}

/* What was taken off the archive may be damaged behind its last block. */
void pb_archive_finish(struct pb_archive *archive)
{
    if (pb_archive_is_streamed(archive) && !archive->is_stopped)
        finish_stream(archive);
    pb_stream_drain(archive->layers.source);
    if (!archive->is_stopped && pb_fault_is_set(&archive->layers.content->fault))
        archive->fault = archive->layers.content->fault;
}

const char *pb_evidence_library_version(void)
{
    return archive_version_details() + sizeof "libarchive";
}

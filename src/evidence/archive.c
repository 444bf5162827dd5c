/* SPDX-License-Identifier: MIT */
#include "evidence/archive.h"

#include <errno.h>
#include <stdlib.h>

#include "evidence/archive_handle.h"

locale_t pb_archive_enter_locale(const struct pb_archive *archive)
{
    return archive->utf8 == (locale_t)0 ? (locale_t)0 : uselocale(archive->utf8);
}

void pb_archive_leave_locale(locale_t before)
{
    if (before != (locale_t)0)
        uselocale(before);
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

/* No failure of the run: it is the archive that declares what it takes to read it. */
void pb_archive_set_memory_fault(struct pb_fault *fault)
{
    pb_fault_set(fault, PB_ENTRY_UNREADABLE, "archive-memory",
                 "it takes more memory to read it than there is");
}

static void fail(struct pb_archive *archive)
{
    archive->has_ended = true;
    if (archive->source != NULL && pb_fault_is_set(&archive->source->fault))
        archive->fault = archive->source->fault;
    else if (archive_errno(archive->handle) == ENOMEM)
        pb_archive_set_memory_fault(&archive->fault);
    else if (has_encrypted_directory(archive))
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted with its table of contents, which libarchive cannot read even with "
                     "--passphrase-file: decrypt it and give what it holds");
    else if (archive->has_seen_end)
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "truncated",
                     "cut: the archive ends too early");
    else
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "archive-damaged",
                     "damaged: the archive cannot be read on: %s", pb_archive_error_text(archive));
}

void pb_archive_explain_encryption(const struct pb_archive *archive, struct pb_fault *fault)
{
    if (archive->kind == PB_KIND_ZIP)
        pb_fault_set(fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted: give the passphrase with --passphrase-file");
    else
        pb_fault_set(fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted: libarchive cannot decrypt a 7-Zip, even with --passphrase-file: "
                     "decrypt it and give what it holds");
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

enum pb_status pb_archive_new(enum pb_kind kind, struct pb_stream *source,
                              const struct pb_random_access *bytes, const char *passphrase,
                              struct pb_budget *budget, struct pb_archive **archive)
{
    struct pb_archive *made = calloc(1, sizeof *made);

    *archive = NULL;
    if (made == NULL)
        return PB_FAILED_MEMORY;
    bool is_streamed = kind == PB_KIND_TAR || kind == PB_KIND_CPIO;
    made->kind = kind;
    made->source = is_streamed ? source : NULL;
    made->bytes = is_streamed ? NULL : bytes;
    made->budget = budget;
    made->handle = archive_read_new();
    made->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (made->handle == NULL || !enable_format(made) || !pb_archive_set_callbacks(made) ||
        !set_passphrase(made, passphrase)) {
        pb_archive_free(made);
        return PB_FAILED_MEMORY;
    }
    locale_t before = pb_archive_enter_locale(made);
    made->is_open = archive_read_open1(made->handle) >= ARCHIVE_WARN;
    if (!made->is_open)
        fail(made);
    pb_archive_leave_locale(before);
    *archive = made;
    return made->status;
}

void pb_archive_free(struct pb_archive *archive)
{
    if (archive == NULL)
        return;
    archive_read_free(archive->handle);
    if (archive->utf8 != (locale_t)0)
        freelocale(archive->utf8);
    free(archive->buffer);
    free(archive);
}

const struct pb_fault *pb_archive_fault(const struct pb_archive *archive)
{
    return &archive->fault;
}

/* The data of a hard link may come with any of its names: in a cpio with the last one. */
static bool is_hard_link(const struct pb_archive *archive)
{
    struct archive_entry *entry = archive->entry;

    if (archive_entry_size(entry) > 0)
        return false;
    return archive_entry_hardlink(entry) != NULL ||
           (archive->kind == PB_KIND_CPIO && archive_entry_nlink(entry) > 1);
}

/* One with data is none: what has content is not passed over. */
static bool is_device(struct archive_entry *entry)
{
    switch (archive_entry_filetype(entry)) {
    case AE_IFCHR:
    case AE_IFBLK:
    case AE_IFIFO:
    case AE_IFSOCK: return archive_entry_size(entry) <= 0;
    default: return false;
    }
}

static enum pb_member_kind member_kind(const struct pb_archive *archive)
{
    struct archive_entry *entry = archive->entry;

    if (is_hard_link(archive))
        return PB_MEMBER_HARD_LINK;
    if (archive_entry_filetype(entry) == AE_IFLNK)
        return PB_MEMBER_SYMBOLIC_LINK;
    if (is_device(entry))
        return PB_MEMBER_DEVICE;
    return archive_entry_is_data_encrypted(entry) ? PB_MEMBER_ENCRYPTED : PB_MEMBER_FILE;
}

static struct pb_slice member_name(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);

    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    return name == NULL || *name == '\0' ? PB_SLICE_ABSENT : pb_slice_from_string(name);
}

static void describe(struct pb_archive *archive, struct pb_member *member)
{
    struct archive_entry *entry = archive->entry;

    *member = (struct pb_member){
        .kind = member_kind(archive),
        .name = member_name(entry),
        .number = archive->member_count,
        .size_bytes = archive_entry_size(entry) > 0 ? (uint64_t)archive_entry_size(entry) : 0,
    };
    if (member->kind == PB_MEMBER_SYMBOLIC_LINK)
        member->target = pb_slice_from_string(archive_entry_symlink(entry));
    if (member->kind == PB_MEMBER_HARD_LINK)
        member->target = pb_slice_from_string(archive_entry_hardlink(entry));
    if (member->kind == PB_MEMBER_ENCRYPTED && archive->has_passphrase)
        member->kind = PB_MEMBER_FILE;
    if (member->kind == PB_MEMBER_FILE) {
        pb_member_stream_start(archive);
        member->content = &archive->content.base;
    }
}

/* libarchive decompresses a 7-Zip's members to pass over them, without a ceiling: read them. */
static void drain_member(struct pb_archive *archive)
{
    struct pb_stream *content = &archive->content.base;

    if (archive->content.archive == NULL)
        return;
    archive->status = pb_stream_drain(content);
    if (archive->status == PB_OK && pb_fault_is_set(&content->fault) &&
        content->fault.status == PB_ENTRY_SKIPPED) {
        archive->fault = content->fault;
        archive->has_ended = true;
    }
}

/* Passes over what is left of the last member, so that its end in the source is known. */
static void leave_member(struct pb_archive *archive)
{
    if (archive->kind == PB_KIND_SEVEN_ZIP)
        drain_member(archive);
    if (archive->source == NULL || archive->member_count == 0)
        return;
    if (archive_read_data_skip(archive->handle) < ARCHIVE_WARN) {
        fail(archive);
        return;
    }
    int64_t used = archive_filter_bytes(archive->handle, -1);
    archive->members_end_bytes = used > 0 ? (uint64_t)used : 0;
    pb_tail_watch(&archive->input, archive->members_end_bytes);
}

/* A directory with data is none: nothing that has content is passed over unseen. */
static bool is_directory(struct archive_entry *entry)
{
    return archive_entry_filetype(entry) == AE_IFDIR && archive_entry_size(entry) <= 0;
}

/* libarchive looks for a cpio's next header where the last member ends, and beyond, and says only
 * in words that it found it farther on. Its other warnings are about names that it cannot convert.
 */
static void note_skipped_bytes(struct pb_archive *archive)
{
    struct pb_slice text = pb_slice_from_string(pb_archive_error_text(archive));

    if (pb_slice_starts_with(text, PB_SLICE("Skipped ")))
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "archive-damaged",
                     "damaged: a member's header is missing before member %llu: %s",
                     (unsigned long long)archive->member_count + 1, text.data);
}

static void read_header(struct pb_archive *archive)
{
    leave_member(archive);
    if (archive->has_ended || archive->status != PB_OK)
        return;
    int result = archive_read_next_header(archive->handle, &archive->entry);
    if (result == ARCHIVE_EOF)
        archive->has_ended = true;
    else if (result == ARCHIVE_WARN)
        note_skipped_bytes(archive);
    else if (result != ARCHIVE_OK)
        fail(archive);
    if (archive->has_ended)
        return;
    archive->member_count++;
    pb_tail_unwatch(&archive->input);
}

enum pb_status pb_archive_next(struct pb_archive *archive, struct pb_member *member,
                               bool *has_member)
{
    locale_t before = pb_archive_enter_locale(archive);

    do {
        if (!archive->has_ended)
            read_header(archive);
    } while (!archive->has_ended && archive->status == PB_OK && is_directory(archive->entry));
    *has_member = !archive->has_ended && archive->status == PB_OK;
    if (*has_member)
        describe(archive, member);
    pb_archive_leave_locale(before);
    return archive->status;
}

/* SPDX-License-Identifier: MIT */
/* A member's content as a stream: libarchive's blocks, with the holes of sparse files filled. */
#include "evidence/archive_handle.h"

#include <errno.h>

#define ZERO_BYTES 16384
/* libarchive holds that much of its input at hand: the most that a member uses unseen. */
#define READ_AHEAD_BYTES 65536

static const char zeros[ZERO_BYTES];

const char *pb_archive_error_text(const struct pb_archive *archive)
{
    const char *text = archive_error_string(archive->handle);

    return text != NULL && *text != '\0' ? text : "the data are not as they should be";
}

/* A wrong passphrase may pass the check byte of ZipCrypto (APPNOTE.TXT 6.1.6), one in 256, and make
 * noise that fails later. */
static void explain_decryption(struct pb_member_stream *member)
{
    struct pb_archive *archive = member->archive;

    if (archive->is_passphrase_wrong)
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "encrypted-wrong-passphrase",
                     "encrypted: the passphrase of --passphrase-file is not the right one");
    else
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted: damaged, or the passphrase of --passphrase-file is not the right "
                     "one: %s",
                     pb_archive_error_text(archive));
}

/* After ARCHIVE_FATAL libarchive reads nothing more of the archive either. */
static void fail(struct pb_member_stream *member, bool is_fatal)
{
    struct pb_archive *archive = member->archive;

    member->is_at_end = true;
    if (archive->source != NULL && pb_fault_is_set(&archive->source->fault))
        member->base.fault = archive->source->fault;
    else if (archive_errno(archive->handle) == ENOMEM)
        pb_archive_set_memory_fault(&member->base.fault);
    else if (member->is_encrypted)
        explain_decryption(member);
    else if (archive->source != NULL && archive->has_seen_end)
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "truncated",
                     "cut: the archive ends within a member");
    else
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "archive-member-damaged",
                     "damaged or of an unsupported kind: %s", pb_archive_error_text(archive));
    if (is_fatal) {
        archive->has_ended = true;
        archive->fault = member->base.fault;
    }
}

/* Holes are declared and cost the archive nothing, like what a good compressor makes of zeros. What
 * a tar or cpio holds as it stands was counted when it came out of its own compression. */
static bool may_expand(struct pb_member_stream *member, size_t more_bytes)
{
    const struct pb_archive *archive = member->archive;
    bool is_hole = member->position_bytes < member->hole_end_bytes;

    if (archive->source != NULL && !is_hole)
        return true;
    return pb_budget_take_expanded(
        archive->budget, archive->input.size_bytes - member->first_used_bytes,
        member->position_bytes + more_bytes, more_bytes, &member->base.fault);
}

/* At the end of a sparse file there may be a hole with nothing behind it. In a zip libarchive gives
 * no data of what the directory calls a device, a folder or nothing known, whatever it holds. */
static void end_member(struct pb_member_stream *member)
{
    const struct pb_archive *archive = member->archive;
    bool has_size =
        archive_entry_size_is_set(archive->entry) && archive_entry_size(archive->entry) > 0;

    member->is_at_end = true;
    if (!has_size)
        return;
    if (archive->kind == PB_KIND_TAR)
        member->hole_end_bytes = (uint64_t)archive_entry_size(archive->entry);
    else if (member->position_bytes == 0)
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "archive-member-damaged",
                     "damaged or of an unsupported kind: it has a size, and no data can be had");
}

static enum pb_status read_block(struct pb_member_stream *member)
{
    const void *data = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    locale_t before = pb_archive_enter_locale(member->archive);
    int result = archive_read_data_block(member->archive->handle, &data, &size, &offset);

    pb_archive_leave_locale(before);
    if (member->archive->status != PB_OK)
        return member->archive->status;
    if (result == ARCHIVE_EOF) {
        end_member(member);
    } else if (result != ARCHIVE_OK || offset < 0 || (uint64_t)offset < member->position_bytes) {
        fail(member, result == ARCHIVE_FATAL);
    } else {
        member->pending = (struct pb_slice){data, data == NULL ? 0 : size};
        member->hole_end_bytes = (uint64_t)offset;
    }
    return PB_OK;
}

static struct pb_slice take_zeros(struct pb_member_stream *member)
{
    uint64_t missing = member->hole_end_bytes - member->position_bytes;

    return (struct pb_slice){zeros, missing < ZERO_BYTES ? (size_t)missing : ZERO_BYTES};
}

/* Of a tar's member that is no sparse file nothing follows what its size says. */
static bool is_complete(const struct pb_member_stream *member)
{
    struct archive_entry *entry = member->archive->entry;

    return member->archive->kind == PB_KIND_TAR &&
           (int64_t)member->position_bytes == archive_entry_size(entry) &&
           archive_entry_sparse_count(entry) == 0;
}

static enum pb_status member_next(struct pb_stream *base, struct pb_slice *block)
{
    struct pb_member_stream *member = (struct pb_member_stream *)base;

    while (member->pending.size_bytes == 0 && member->position_bytes >= member->hole_end_bytes &&
           !member->is_at_end) {
        enum pb_status status = read_block(member);
        if (status != PB_OK)
            return status;
    }
    bool is_hole = member->position_bytes < member->hole_end_bytes;
    struct pb_slice next = is_hole ? take_zeros(member) : member->pending;
    if (!may_expand(member, next.size_bytes))
        return PB_OK;
    if (!is_hole)
        member->pending = PB_SLICE_ABSENT;
    member->position_bytes += next.size_bytes;
    base->has_given_all = is_complete(member);
    *block = next;
    return PB_OK;
}

static void member_free(struct pb_stream *base)
{
    (void)base;
}

void pb_member_stream_start(struct pb_archive *archive)
{
    static const struct pb_stream_type type = {member_next, member_free};

    uint64_t used = archive->input.size_bytes;
    archive->is_passphrase_wrong = false;
    archive->content = (struct pb_member_stream){
        .base = {.type = &type},
        .archive = archive,
        .is_encrypted = archive_entry_is_data_encrypted(archive->entry) != 0,
        .first_used_bytes = used < READ_AHEAD_BYTES ? 0 : used - READ_AHEAD_BYTES,
    };
}

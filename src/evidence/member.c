/* SPDX-License-Identifier: MIT */
/* The content of an archive's member as a stream: libarchive's blocks, with the holes of sparse
 * files filled. */
#include "evidence/internal.h"

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

bool pb_archive_fail_below(struct pb_archive *archive, struct pb_fault *fault)
{
    if (pb_archive_is_streamed(archive) && pb_fault_is_set(&archive->layers.content->fault))
        *fault = archive->layers.content->fault;
    else if (archive_errno(archive->handle) == ENOMEM)
        pb_fault_set_memory(fault);
    else
        return false;
    return true;
}

/* A wrong passphrase may pass the check byte of ZipCrypto (APPNOTE.TXT 6.1.6), one in 256, and make
 * noise that fails later. */
static void explain_decryption(struct pb_member_stream *member)
{
    if (member->archive->is_passphrase_wrong)
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "encrypted-wrong-passphrase",
                     "encrypted: the passphrase of --passphrase-file is not the right one");
    else
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted: damaged, or the passphrase of --passphrase-file is not the right "
                     "one: %s",
                     pb_archive_error_text(member->archive));
}

/* After ARCHIVE_FATAL libarchive reads nothing more of the archive either. */
static void fail_member(struct pb_member_stream *member, bool is_fatal)
{
    struct pb_archive *archive = member->archive;
    struct pb_fault *fault = &member->base.fault;

    member->is_at_end = true;
    if (pb_archive_fail_below(archive, fault))
        ;
    else if (member->is_encrypted)
        explain_decryption(member);
    else if (pb_archive_is_streamed(archive) && archive->source.has_seen_end)
        pb_fault_set(fault, PB_ENTRY_UNREADABLE, "truncated",
                     "cut: the archive ends within a member");
    else
        pb_fault_set(fault, PB_ENTRY_UNREADABLE, "archive-member-damaged",
                     "damaged or of an unsupported kind: %s", pb_archive_error_text(archive));
    if (is_fatal) {
        archive->has_ended = true;
        archive->fault = *fault;
    }
}

/* Holes are declared and cost the archive nothing, like what a good compressor makes of zeros. What
 * a tar or cpio holds as it stands was counted when it came out of its own compression. */
static bool may_expand(struct pb_member_stream *member, size_t more_bytes)
{
    const struct pb_archive *archive = member->archive;
    bool is_hole = member->position_bytes < member->hole_end_bytes;

    if (pb_archive_is_streamed(archive) && !is_hole)
        return true;
    return pb_budget_take_expanded(
        archive->budget, archive->source.tail.size_bytes - member->first_used_bytes,
        member->position_bytes + more_bytes, more_bytes, &member->base.fault);
}

/* At the end of a sparse file there may be a hole with nothing behind it. In a zip libarchive gives
 * no data of what the directory calls a device, a folder or nothing known, whatever it holds. */
static void end_member(struct pb_member_stream *member)
{
    const struct pb_archive *archive = member->archive;
    int64_t size = archive_entry_size(archive->entry);

    member->is_at_end = true;
    if (!archive_entry_size_is_set(archive->entry) || size <= 0)
        return;
    if (archive->kind == PB_KIND_TAR)
        member->hole_end_bytes = (uint64_t)size;
    else if (member->position_bytes == 0)
        pb_fault_set(&member->base.fault, PB_ENTRY_UNREADABLE, "archive-member-damaged",
                     "damaged or of an unsupported kind: it has a size, and no data can be had");
}

static void read_block(struct pb_member_stream *member)
{
    const void *data = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    locale_t before = uselocale(member->archive->utf8);
    int result = archive_read_data_block(member->archive->handle, &data, &size, &offset);

    uselocale(before);
    if (result == ARCHIVE_EOF) {
        end_member(member);
    } else if (result != ARCHIVE_OK || offset < 0 || (uint64_t)offset < member->position_bytes) {
        fail_member(member, result == ARCHIVE_FATAL);
    } else {
        member->pending = (struct pb_slice){data, data == NULL ? 0 : size};
        member->hole_end_bytes = (uint64_t)offset;
    }
}

/* libarchive's blocks, with the holes of sparse files filled. */
static struct pb_slice member_next(struct pb_stream *base)
{
    struct pb_member_stream *member = (struct pb_member_stream *)base;

    while (member->pending.size_bytes == 0 && member->position_bytes >= member->hole_end_bytes &&
           !member->is_at_end)
        read_block(member);
    bool is_hole = member->position_bytes < member->hole_end_bytes;
    uint64_t hole_bytes = is_hole ? member->hole_end_bytes - member->position_bytes : 0;
    struct pb_slice next = member->pending;
    if (is_hole)
        next = (struct pb_slice){zeros, hole_bytes < ZERO_BYTES ? (size_t)hole_bytes : ZERO_BYTES};
    if (!may_expand(member, next.size_bytes))
        return PB_SLICE("");
    if (!is_hole)
        member->pending = PB_SLICE_ABSENT;
    member->position_bytes += next.size_bytes;
    return next;
}

static void member_free(struct pb_stream *base)
{
    (void)base;
}

void pb_archive_start_content(struct pb_archive *archive)
{
    static const struct pb_stream_type type = {member_next, member_free};
    uint64_t used = archive->source.tail.size_bytes;

    archive->is_passphrase_wrong = false;
    archive->content = (struct pb_member_stream){
        .base = {.type = &type},
        .archive = archive,
        .is_encrypted = archive_entry_is_data_encrypted(archive->entry) != 0,
        .first_used_bytes = used < READ_AHEAD_BYTES ? 0 : used - READ_AHEAD_BYTES,
    };
    if (!archive->content.is_encrypted || archive->has_passphrase)
        return;
    archive->content.is_at_end = true;
    if (archive->kind == PB_KIND_ZIP)
        pb_fault_set(&archive->content.base.fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted: give the passphrase with --passphrase-file");
    else
        pb_fault_set(&archive->content.base.fault, PB_ENTRY_UNREADABLE, "encrypted",
                     "encrypted: libarchive cannot decrypt a 7-Zip, even with --passphrase-file: "
                     "decrypt it and give what it holds");
}

/* SPDX-License-Identifier: MIT */
/* How archives end, which libarchive does not look at: cut at a member's boundary, a tar ends
 * without an error, and what follows an archive's end is never read. */
#include "evidence/archive_end.h"

#include "evidence/archive_handle.h"
#include "evidence/little_endian.h"

/* POSIX.1-2008, pax, "ustar Interchange Format": two blocks of zeros end an archive. */
#define TAR_END_BYTES 1024
/* 7zFormat.txt, "SignatureHeader". */
#define SEVEN_ZIP_HEADER_BYTES 32

static void set_data_after(struct pb_fault *fault)
{
    pb_fault_set(fault, PB_ENTRY_UNREADABLE, "data-after-archive",
                 "other data follow the end of the archive");
}

/* What the last header, named TRAILER!!!, takes at the most: 110 bytes (116 of AFIO's), the name
 * with its NUL, and padding. A member takes more beside it, but for the binary formats' (26 bytes).
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

/* libarchive takes back its warning about skipped bytes where the trailer is what it found. */
static void judge_cpio_end(struct pb_archive *archive, uint64_t position)
{
    if (!pb_fault_is_set(&archive->fault) &&
        position > archive->members_end_bytes + largest_cpio_trailer(archive))
        pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "archive-damaged",
                     "damaged: between the last member and the end stands what is no member");
}

static uint64_t libarchive_position(const struct pb_archive *archive)
{
    int64_t used = archive_filter_bytes(archive->handle, -1);

    return used > 0 ? (uint64_t)used : 0;
}

/* The end that libarchive came to, if it has a fault, may be right behind the archive's own. */
static void judge_tar_end(struct pb_archive *archive)
{
    const struct pb_tail *input = &archive->input;
    uint64_t members_end = archive->members_end_bytes;

    if (pb_tail_is_zero_from(input, members_end)) {
        archive->fault = (struct pb_fault){0};
        if (input->size_bytes < members_end || input->size_bytes - members_end < TAR_END_BYTES)
            pb_fault_set(&archive->fault, PB_ENTRY_UNREADABLE, "tar-end-missing",
                         "cut between two members: the two zero blocks that end a tar are missing");
    } else if (input->watched_zero_bytes >= TAR_END_BYTES) {
        archive->fault = (struct pb_fault){0};
        set_data_after(&archive->fault);
    }
}

enum pb_status pb_archive_finish(struct pb_archive *archive)
{
    if (archive->source == NULL)
        return PB_OK;
    uint64_t position = libarchive_position(archive);
    struct pb_slice block;
    do {
        enum pb_status status = pb_archive_pull(archive, &block);
        if (status != PB_OK)
            return status;
    } while (block.size_bytes > 0);
    if (pb_fault_is_set(&archive->source->fault)) {
        archive->fault = archive->source->fault;
        return PB_OK;
    }
    if (archive->kind == PB_KIND_TAR) {
        judge_tar_end(archive);
        return PB_OK;
    }
    judge_cpio_end(archive, position);
    if (!pb_fault_is_set(&archive->fault) && !pb_tail_is_zero_from(&archive->input, position))
        set_data_after(&archive->fault);
    return PB_OK;
}

uint64_t pb_seven_zip_check_end(const struct pb_random_access *bytes, struct pb_fault *fault)
{
    char header[SEVEN_ZIP_HEADER_BYTES];

    if (pb_random_access_read(bytes, 0, header, sizeof header, fault) != sizeof header)
        return 0;
    uint64_t offset = pb_read_u64le(header + 12);
    uint64_t size = pb_read_u64le(header + 20);
    uint64_t rest = bytes->size_bytes - sizeof header;
    if (offset <= rest && size < rest - offset)
        set_data_after(fault);
    return size;
}

/* SPDX-License-Identifier: MIT */
/* Reads the members of an archive by libarchive, and checks its end, which libarchive does not: a
 * tar that is cut between two members is no error to it, and what follows an end is not read. */
#include "base/sentences.inc"
#include "evidence/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#define BLOCK_BYTES 65536
#define ZERO_BYTES 16384
/* libarchive reads so much of its input in advance: a member may begin so far before it. */
#define READ_AHEAD_BYTES 65536
/* POSIX.1-2008, pax, "ustar Interchange Format". Two blocks of zeros end an archive. */
#define TAR_SIZE_OFFSET 124
#define TAR_SIZE_BYTES 12
#define TAR_TYPE_OFFSET 156
/* The last header of a cpio is no longer, with its name "TRAILER!!!" and padding. */
#define CPIO_TRAILER_BYTES 128
/* 7zFormat.txt, "SignatureHeader". */
#define SEVEN_ZIP_HEADER_BYTES 32

/* A tar or cpio is read from its stream, a zip or 7-Zip from bytes at any place. */
static bool is_streamed(const struct pb_archive *archive)
{
    return archive->kind == PB_KIND_TAR || archive->kind == PB_KIND_CPIO;
}

/* Takes a whole block of headers: zeros, an extension of the next header, a member's own header, or
 * a block of its sparse map, of numbers alone, so that it is no part of a file. Sizes are octal, or
 * big-endian behind a bit that is 1. */
static void take_header(struct pb_tar *tar, const char *block)
{
    char digits[TAR_SIZE_BYTES + 1] = "";
    char type = block[TAR_TYPE_OFFSET] != '\0' ? block[TAR_TYPE_OFFSET] : '0';
    bool is_zero = block[0] == '\0' && memcmp(block, block + 1, PB_TAR_BLOCK_BYTES - 1) == 0;

    memcpy(digits, block + TAR_SIZE_OFFSET, TAR_SIZE_BYTES);
    uint64_t size = strtoull(digits, NULL, 8);
    for (size_t i = 1; i < TAR_SIZE_BYTES && (digits[0] & 0x80) != 0; i++)
        size = size << 8 | (unsigned char)digits[i];
    tar->next_bytes += PB_TAR_BLOCK_BYTES;
    if (tar->type != '\0') {
        tar->data_bytes -= tar->type == 'S' ? 0 : PB_TAR_BLOCK_BYTES;
        for (size_t i = 0; i < PB_TAR_BLOCK_BYTES; i++)
            tar->is_odd |= (unsigned char)block[i] > '9';
    } else if (strchr("KLXgx", type) != NULL) {
        tar->next_bytes += (size + PB_TAR_BLOCK_BYTES - 1) & ~(uint64_t)(PB_TAR_BLOCK_BYTES - 1);
    } else if (!is_zero && type != 'V') {
        tar->type = type;
        tar->data_bytes = size;
    }
}

/* Takes the headers from the last block that libarchive was given, which reads them up to end. */
static void take_headers(struct pb_archive *archive, uint64_t end)
{
    struct pb_tar *tar = &archive->tar;
    uint64_t start = archive->used_bytes - archive->block.size_bytes, at;

    while (at = tar->next_bytes + tar->size_bytes, at >= start && at < end) {
        size_t room = PB_TAR_BLOCK_BYTES - tar->size_bytes;
        struct pb_slice taken = pb_slice_from(archive->block, at - start);
        taken = pb_slice_first(pb_slice_first(taken, end - at), room);
        memcpy(archive->tar_block + tar->size_bytes, taken.data, taken.size_bytes);
        tar->size_bytes = (tar->size_bytes + taken.size_bytes) % PB_TAR_BLOCK_BYTES;
        if (tar->size_bytes == 0)
            take_header(tar, archive->tar_block);
    }
}

static la_ssize_t read_input(struct archive *handle, void *context, const void **data)
{
    struct pb_archive *archive = context;
    const struct pb_input *bytes = &archive->bytes;
    struct pb_slice block;

    (void)handle;
    if (archive->kind == PB_KIND_TAR)
        take_headers(archive, archive->used_bytes);
    if (is_streamed(archive))
        block = archive->block = pb_stream_next(archive->input);
    else if (bytes->fd < 0)
        block = pb_slice_first(pb_slice_from(bytes->memory, archive->offset_bytes), BLOCK_BYTES);
    else
        block = (struct pb_slice){bytes->buffer,
                                  pb_input_read(bytes, archive->offset_bytes, bytes->buffer,
                                                BLOCK_BYTES, &archive->fault)};
    archive->has_seen_end = block.size_bytes == 0;
    archive->offset_bytes += block.size_bytes;
    archive->used_bytes += block.size_bytes;
    *data = block.data;
    return (la_ssize_t)block.size_bytes;
}

/* Offsets are at most the size, which is that of a file or of memory. */
static la_int64_t seek_bytes(struct archive *handle, void *context, la_int64_t offset, int whence)
{
    struct pb_archive *archive = context;
    int64_t size = (int64_t)archive->bytes.size_bytes, base = whence == SEEK_SET ? 0 : size;

    (void)handle;
    if (whence == SEEK_CUR)
        base = (int64_t)archive->offset_bytes;
    if (offset < -base || offset > size - base)
        return ARCHIVE_FATAL;
    archive->offset_bytes = (uint64_t)(base + offset);
    return base + offset;
}

/* libarchive's words for what went wrong last, or others. */
static const char *error_text(const struct pb_archive *archive)
{
    const char *text = archive_error_string(archive->handle);
    return text != NULL && *text != '\0' ? text : "the data are not as they should be";
}

/* Sets the archive's or its member's fault to why libarchive cannot read on; errno, 0 before, tells
 * of memory that it does not speak of. One wrong passphrase in 256 passes ZipCrypto's check byte
 * (APPNOTE.TXT 6.1.6), and what it decrypts fails later. */
static void set_fault(const struct pb_archive *archive, struct pb_fault *fault)
{
    bool is_member = fault == &archive->content.fault;

    if (is_streamed(archive) && archive->input->fault.code != NULL)
        *fault = archive->input->fault;
    else if (archive_errno(archive->handle) == ENOMEM || errno == ENOMEM)
        pb_fault_set_memory(fault);
    else if (is_member && strcmp(error_text(archive), "Incorrect passphrase") == 0)
        pb_fault_set(fault, "encrypted-wrong-passphrase", PB_SAY_ENCRYPTED_WRONGLY);
    else if (is_member && archive_entry_is_data_encrypted(archive->entry) != 0)
        pb_fault_set(fault, "encrypted", PB_SAY_ENCRYPTED_DAMAGED, error_text(archive));
    /* libarchive 3.6 reads an invalid pointer when this is asked of an archive that is not open. */
    else if (!is_member && archive->entry != NULL &&
             archive_read_has_encrypted_entries(archive->handle) > 0)
        pb_fault_set(fault, "encrypted", PB_SAY_ENCRYPTED_CONTENTS);
    else if (archive->has_seen_end && (!is_member || is_streamed(archive)))
        pb_fault_set(fault, "truncated", is_member ? PB_SAY_CUT_MEMBER : PB_SAY_CUT_ARCHIVE);
    else if (is_member)
        pb_fault_set(fault, "archive-member-damaged", PB_SAY_DAMAGED_MEMBER, error_text(archive));
    else
        pb_fault_set(fault, "archive-damaged", PB_SAY_DAMAGED_ARCHIVE, error_text(archive));
}

static void fail(struct pb_archive *archive)
{
    archive->has_ended = true;
    set_fault(archive, &archive->fault);
}

static uint64_t libarchive_position(const struct pb_archive *archive)
{
    int64_t used = archive_filter_bytes(archive->handle, -1);
    return used > 0 ? (uint64_t)used : 0;
}

static void read_block(struct pb_archive *archive)
{
    struct pb_member *member = &archive->member;
    struct pb_stream *content = &archive->content;
    const void *data = NULL;
    size_t size = 0;
    la_int64_t offset = 0;

    errno = 0;
    int result = archive_read_data_block(archive->handle, &data, &size, &offset);
    bool has_place = offset >= 0 && (uint64_t)offset >= content->made_bytes;
    if (has_place && (result == ARCHIVE_OK || result == ARCHIVE_WARN)) {
        member->next = (struct pb_slice){data, data == NULL ? 0 : size};
        archive->tar.given_bytes += size;
        member->hole_end_bytes = (uint64_t)offset;
        if (result == ARCHIVE_OK)
            return;
    }
    member->is_at_end = true;
    if (result != ARCHIVE_EOF) {
        set_fault(archive, &content->fault);
        if (result == ARCHIVE_FATAL) { /* libarchive reads no other member */
            archive->has_ended = true;
            archive->fault = content->fault;
        }
        return;
    }
    /* At the end of a sparse file there may be a hole with nothing behind it. In a zip libarchive
     * gives no data of what the directory calls a device, a folder or nothing known. */
    int64_t declared = archive_entry_size(archive->entry);
    if (!archive_entry_size_is_set(archive->entry) || declared <= 0)
        return;
    if (archive->kind == PB_KIND_TAR)
        member->hole_end_bytes = (uint64_t)declared;
    else if (content->made_bytes == 0)
        pb_fault_set(&content->fault, "archive-member-damaged", PB_SAY_MEMBER_NO_DATA);
}

/* libarchive's blocks, with zeros for the holes of sparse files, which take no bytes of the archive
 * and so count as expansion. The data of a tar or cpio are not compressed in it: they were counted
 * when the archive itself was decompressed. */
static struct pb_slice member_next(struct pb_stream *content)
{
    static const char zeros[ZERO_BYTES];
    struct pb_archive *archive = (struct pb_archive *)content;
    struct pb_member *member = &archive->member;

    while (member->next.size_bytes == 0 && content->made_bytes >= member->hole_end_bytes &&
           !member->is_at_end)
        read_block(archive);
    struct pb_slice next = member->next;
    if (content->made_bytes < member->hole_end_bytes) {
        uint64_t hole_bytes = member->hole_end_bytes - content->made_bytes;
        next = (struct pb_slice){zeros, hole_bytes < ZERO_BYTES ? (size_t)hole_bytes : ZERO_BYTES};
    } else {
        member->next = PB_SLICE_ABSENT;
        if (is_streamed(archive))
            return next;
    }
    return pb_stream_expand(content, archive->used_bytes - member->first_used_bytes, next);
}

/* Enables one format and no filter, so that no other code of libarchive reads the input. libarchive
 * copies the passphrase, and overwrites its copy before freeing it. */
static bool open_handle(struct pb_archive *archive, const char *passphrase)
{
    static int (*const enable_format[])(struct archive *) = {
        [PB_KIND_TAR] = archive_read_support_format_tar,
        [PB_KIND_CPIO] = archive_read_support_format_cpio,
        [PB_KIND_ZIP] = archive_read_support_format_zip_seekable,
        [PB_KIND_SEVEN_ZIP] = archive_read_support_format_7zip,
    };
    struct archive *handle = archive->handle = archive_read_new();

    archive->has_passphrase = archive->kind == PB_KIND_ZIP && *passphrase != '\0';
    if (handle == NULL || enable_format[archive->kind](handle) != ARCHIVE_OK ||
        (archive->kind == PB_KIND_TAR &&
         archive_read_set_format_option(handle, "tar", "read_concatenated_archives", "1") !=
             ARCHIVE_OK) ||
        archive_read_set_callback_data(handle, archive) != ARCHIVE_OK ||
        (archive->has_passphrase && archive_read_add_passphrase(handle, passphrase) != ARCHIVE_OK))
        return false;
    /* These only store the functions and cannot fail. */
    archive_read_set_read_callback(handle, read_input);
    archive_read_set_seek_callback(handle, is_streamed(archive) ? NULL : seek_bytes);
    errno = 0;
    if (archive_read_open1(handle) < ARCHIVE_WARN)
        fail(archive);
    return true;
}

void pb_archive_stop_at(struct pb_archive *archive, enum pb_ceiling ceiling)
{
    if (!archive->is_stopped)
        archive->fault = (struct pb_fault){0};
    pb_budget_set_fault(archive->budget, ceiling, &archive->fault);
    archive->is_stopped = true;
    archive->has_ended = true;
}

/* Makes the bytes of a zip or 7-Zip readable at any place: where they are, or from memory, into
 * which they are read block by block, whatever size is declared. */
static bool open_bytes(struct pb_archive *archive)
{
    struct pb_buffer *storage = &archive->storage;
    struct pb_slice block;

    if (archive->input->in_place != NULL) {
        archive->bytes = *archive->input->in_place;
        return true;
    }
    while (!archive->is_stopped && !storage->has_failed &&
           (block = pb_stream_next(archive->input)).size_bytes > 0) {
        if (block.size_bytes > archive->budget->limits.item_bytes - storage->size_bytes)
            pb_archive_stop_at(archive, PB_CEILING_ITEM_BYTES);
        else
            pb_buffer_append(storage, block);
    }
    archive->bytes = (struct pb_input){
        .fd = -1, .size_bytes = storage->size_bytes, .memory = pb_buffer_slice(storage)};
    return !storage->has_failed;
}

/* Bounds the header's size. What libarchive makes of a small one only --max-memory bounds. */
static void check_seven_zip(struct pb_archive *archive)
{
    char header[SEVEN_ZIP_HEADER_BYTES];
    struct pb_fault *fault = &archive->directory_fault;

    if (pb_input_read(&archive->bytes, 0, header, sizeof header, fault) != sizeof header)
        return;
    uint64_t offset = pb_read_little_endian(header + 12, 8);
    uint64_t size = pb_read_little_endian(header + 20, 8);
    uint64_t rest = archive->bytes.size_bytes - sizeof header;
    if (size > archive->budget->limits.item_bytes)
        pb_budget_set_fault(archive->budget, PB_CEILING_ITEM_BYTES, &archive->fault);
    if (crc32(0, (const unsigned char *)header + 12, 20) != pb_read_little_endian(header + 8, 4))
        pb_fault_set(fault, "archive-damaged", PB_SAY_HEADER_CHECKSUM);
    if (offset <= rest && size < rest - offset)
        pb_fault_set(fault, "data-after-archive", PB_SAY_DATA_AFTER_ARCHIVE);
}

struct pb_archive *pb_archive_new(struct pb_stream *input, enum pb_kind kind,
                                  const char *passphrase, struct pb_budget *budget)
{
    struct pb_archive *made = calloc(1, sizeof *made);

    if (made == NULL) {
        pb_stream_free(input);
        return NULL;
    }
    made->kind = kind;
    made->input = input;
    made->budget = budget;
    bool has_memory = is_streamed(made) || open_bytes(made);
    if (has_memory && !made->is_stopped && made->kind == PB_KIND_ZIP)
        has_memory = pb_zip_check(made);
    else if (has_memory && !made->is_stopped && made->kind == PB_KIND_SEVEN_ZIP)
        check_seven_zip(made);
    made->is_stopped |= made->fault.code != NULL;
    made->has_ended |= made->is_stopped;
    if (has_memory && (made->has_ended || open_handle(made, passphrase)))
        return made;
    return pb_archive_close(made);
}

struct pb_archive *pb_archive_close(struct pb_archive *archive)
{
    struct pb_archive *outer = archive->outer;
    archive_read_free(archive->handle);
    pb_stream_free(archive->input);
    pb_buffer_release(&archive->storage);
    free(archive);
    return outer;
}

/* Whether a symbolic link's target is a path: in a zip it is the content, maybe of a document. */
static bool is_path(struct pb_slice target)
{
    bool is_like_json = target.size_bytes > 0 && strchr("{[\"", target.data[0]) != NULL;
    for (size_t i = 0; i < target.size_bytes; i++)
        if ((unsigned char)target.data[i] < ' ')
            return false;
    return !is_like_json && pb_slice_find(target, PB_SLICE("-----BEGIN"), 0) == SIZE_MAX;
}

/* Appends why the member has no content, if it has none. A hard link's data may be with any of its
 * names, in a cpio with the last one. A member with data is never a hard link or device here, so
 * that no content is left unread. */
static void explain_no_content(const struct pb_archive *archive, struct pb_buffer *reason)
{
    struct archive_entry *entry = archive->entry;
    const char *target = archive_entry_hardlink(entry);
    unsigned type = archive_entry_filetype(entry);
    bool has_data = archive_entry_size(entry) > 0;

    if (!has_data &&
        (target != NULL || (archive->kind == PB_KIND_CPIO && archive_entry_nlink(entry) > 1))) {
        pb_buffer_append_format(reason, "hard link to %s, which has the data",
                                target != NULL ? target : "another member");
        return;
    }
    target = archive_entry_symlink(entry);
    if (type == AE_IFLNK && is_path(pb_slice_from_string(target)))
        pb_buffer_append_format(reason, PB_SAY_LINK_TO, target != NULL ? target : "");
    else if (!has_data &&
             (type == AE_IFCHR || type == AE_IFBLK || type == AE_IFIFO || type == AE_IFSOCK))
        pb_buffer_append_string(reason, "device, FIFO or socket");
}

/* Takes name and size of the member whose header was just read, and makes its content a stream. */
static void describe(struct pb_archive *archive, struct pb_buffer *reason)
{
    struct archive_entry *entry = archive->entry;
    const char *name = archive_entry_pathname(entry);
    int64_t declared = archive_entry_size(entry);
    uint64_t used = archive->used_bytes, size = declared > 0 ? (uint64_t)declared : 0;
    struct pb_fault *fault = &archive->content.fault;

    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    bool has_name =
        name != NULL && *name != '\0' && archive->path_bytes + strlen(name) <= PB_MOST_NAME_BYTES;
    archive->name = has_name ? pb_slice_from_string(name) : PB_SLICE_ABSENT;
    archive->member_bytes = size;
    explain_no_content(archive, reason);
    archive->content = (struct pb_stream){.next = member_next,
                                          .item = &archive->content,
                                          .budget = archive->budget,
                                          .stored_bytes = archive->kind == PB_KIND_TAR ? size : 0};
    archive->member = (struct pb_member){.first_used_bytes =
                                             used < READ_AHEAD_BYTES ? 0 : used - READ_AHEAD_BYTES};
    if (archive_entry_is_data_encrypted(entry) != 0 && !archive->has_passphrase)
        pb_fault_set(fault, "encrypted",
                     archive->kind == PB_KIND_ZIP ? PB_SAY_ENCRYPTED_ZIP : PB_SAY_ENCRYPTED_7ZIP);
    else if (archive_entry_filetype(entry) == AE_IFLNK)
        pb_fault_set(fault, "archive-member-damaged", PB_SAY_LINK_NO_PATH);
    archive->member.is_at_end = fault->code != NULL;
}

/* Skips the rest of the last member, so that its end in the source is known. To skip a 7-Zip's
 * member libarchive decompresses it without a ceiling, so it is read here instead. */
static void skip_member(struct pb_archive *archive)
{
    struct pb_stream *content = &archive->content;
    struct pb_tar *tar = &archive->tar;

    if (archive->kind == PB_KIND_SEVEN_ZIP && content->next != NULL) {
        pb_stream_drain(content);
        if (content->fault.status == PB_ENTRY_SKIPPED) {
            archive->fault = content->fault;
            archive->has_ended = true;
        }
    }
    if (!is_streamed(archive) || archive->member_count == 0)
        return;
    if (archive_read_data_skip(archive->handle) < ARCHIVE_WARN) {
        fail(archive);
        return;
    }
    archive->members_end_bytes = libarchive_position(archive);
    if (archive->kind != PB_KIND_TAR)
        return;
    int64_t offset, length, size = archive_entry_size(archive->entry);
    bool is_whole = archive->member.is_at_end || size <= 0;
    bool has_data = tar->type < '1' || tar->type > '6';
    /* To count the parts of a map frees one that is the whole member. */
    int64_t mapped = archive_entry_sparse_count(archive->entry) > 0 ? 0 : size;
    (void)archive_entry_sparse_reset(archive->entry);
    while (archive_entry_sparse_next(archive->entry, &offset, &length) == ARCHIVE_OK)
        mapped += length;
    if (tar->is_odd ||
        (is_whole && has_data &&
         (tar->given_bytes != tar->data_bytes || tar->given_bytes != (uint64_t)mapped)))
        pb_fault_set(&archive->directory_fault, "tar-hidden-bytes", PB_SAY_TAR_HIDDEN_BYTES,
                     (unsigned long long)archive->member_count);
    *tar = (struct pb_tar){.next_bytes = archive->members_end_bytes};
}

/* libarchive searches for a cpio's next header behind the last member, and skips invalid pax
 * records: only the words of its warning say so. Others are about names that it cannot convert. */
static void note_warning(struct pb_archive *archive)
{
    const char *text = error_text(archive);
    unsigned long long member = archive->member_count + 1;

    if (pb_slice_starts_with(pb_slice_from_string(text), PB_SLICE("Skipped ")))
        pb_fault_set(&archive->fault, "archive-damaged", PB_SAY_HEADER_MISSING, member, text);
    else if (strstr(text, " pax ") != NULL)
        pb_fault_set(&archive->directory_fault, "archive-damaged", PB_SAY_PAX_DAMAGED, member,
                     text);
}

static void read_header(struct pb_archive *archive)
{
    errno = 0;
    skip_member(archive);
    if (archive->has_ended)
        return;
    int result = archive_read_next_header(archive->handle, &archive->entry);
    if (result == ARCHIVE_EOF)
        archive->has_ended = true;
    else if (result == ARCHIVE_WARN)
        note_warning(archive);
    else if (result != ARCHIVE_OK)
        fail(archive);
    else if (archive_format(archive->handle) == ARCHIVE_FORMAT_CPIO_SVR4_CRC) {
        pb_fault_set(&archive->fault, "unsupported-container", PB_SAY_CPIO_CHECKSUMS,
                     (unsigned long long)archive->member_count + 1);
        archive->is_stopped = archive->has_ended = true;
    }
    archive->member_count += !archive->has_ended;
    if (archive->has_ended || archive->kind != PB_KIND_TAR)
        return;
    uint64_t end = libarchive_position(archive);
    take_headers(archive, end);
    archive->tar.is_odd |= archive->tar.next_bytes != end || archive->tar.type == '\0';
    archive->tar.next_bytes = UINT64_MAX;
}

/* A directory with data is returned as a member. */
bool pb_archive_next(struct pb_archive *archive, struct pb_buffer *reason)
{
    do {
        if (archive->has_ended)
            return false;
        read_header(archive);
    } while (archive->has_ended || (archive_entry_filetype(archive->entry) == AE_IFDIR &&
                                    archive_entry_size(archive->entry) <= 0));
    describe(archive, reason);
    return true;
}

/* libarchive looks for another tar behind zero blocks: what is wrong there is not the archive. */
static void check_tar_end(struct pb_archive *archive, uint64_t position)
{
    const struct pb_stream *content = archive->input;
    uint64_t end = archive->members_end_bytes + 2 * PB_TAR_BLOCK_BYTES;
    bool is_zero = pb_stream_is_zero_from(content, archive->members_end_bytes);

    if (is_zero || position >= end)
        archive->fault = (struct pb_fault){0};
    if (is_zero && content->size_bytes < end)
        pb_fault_set(&archive->fault, "tar-end-missing", PB_SAY_TAR_END_MISSING);
    else if (!is_zero && position >= end)
        pb_fault_set(&archive->fault, "data-after-archive", PB_SAY_DATA_AFTER_ARCHIVE);
}

/* libarchive gives no warning about bytes that it skipped up to the trailer. */
static void check_cpio_end(struct pb_archive *archive, uint64_t position)
{
    if (position > archive->members_end_bytes + CPIO_TRAILER_BYTES)
        pb_fault_set(&archive->fault, "archive-damaged", PB_SAY_CPIO_END);
    else if (!pb_stream_is_zero_from(archive->input, position))
        pb_fault_set(&archive->fault, "data-after-archive", PB_SAY_DATA_AFTER_ARCHIVE);
}

/* The compression may be damaged behind the archive's last block. */
void pb_archive_finish(struct pb_archive *archive)
{
    const struct pb_fault *below = &archive->input->fault;

    if (is_streamed(archive) && !archive->is_stopped) {
        uint64_t position = libarchive_position(archive); /* up to where it read */
        pb_stream_drain(archive->input);
        if (below->code == NULL && archive->kind == PB_KIND_TAR)
            check_tar_end(archive, position);
        else if (below->code == NULL)
            check_cpio_end(archive, position);
    }
    pb_stream_drain(archive->input->item);
    if (!archive->is_stopped && below->code != NULL)
        archive->fault = *below;
}

const char *pb_evidence_library_version(void)
{
    return archive_version_details() + sizeof "libarchive";
}

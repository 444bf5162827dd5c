/* SPDX-License-Identifier: MIT */
/* What the files that make up the archive reader share; included by no others. */
#ifndef PB_EVIDENCE_ARCHIVE_HANDLE_H
#define PB_EVIDENCE_ARCHIVE_HANDLE_H

#include <locale.h>

#include <archive.h>
#include <archive_entry.h>

#include "evidence/archive.h"
#include "evidence/tail.h"

/* The content of the member that was read last. */
struct pb_member_stream {
    struct pb_stream base;
    struct pb_archive *archive;
    struct pb_slice pending;   /* data that stand behind a hole */
    uint64_t position_bytes;   /* of content given so far */
    uint64_t hole_end_bytes;   /* zeros up to here come before pending */
    uint64_t first_used_bytes; /* of the archive's input, when the member began */
    bool is_encrypted;
    bool is_at_end;
};

struct pb_archive {
    struct archive *handle;
    struct archive_entry *entry; /* libarchive's */
    enum pb_kind kind;
    struct pb_stream *source;             /* of a tar or cpio */
    const struct pb_random_access *bytes; /* of a zip or 7-Zip */
    struct pb_budget *budget;
    struct pb_member_stream content;
    struct pb_fault fault;
    locale_t utf8;
    enum pb_status status;      /* of the source, which libarchive cannot pass on */
    struct pb_tail input;       /* what libarchive was given */
    uint64_t offset_bytes;      /* where bytes are read next */
    uint64_t members_end_bytes; /* where the last complete member ends in source */
    uint64_t member_count;
    bool is_open;
    bool has_seen_end; /* libarchive asked for more input than there is */
    bool has_ended;
    bool has_passphrase;
    bool is_passphrase_wrong; /* for the member that was read last */
    char *buffer;             /* for bytes */
};

/* libarchive turns names into the locale's characters: whatever the process's locale is, names are
 * UTF-8 here. Every call of libarchive that may touch a name stands between these two. */
locale_t pb_archive_enter_locale(const struct pb_archive *archive);
void pb_archive_leave_locale(locale_t before);

/* Connects handle with source or bytes. False without memory. */
bool pb_archive_set_callbacks(struct pb_archive *archive);
/* The next block of source, counted. */
enum pb_status pb_archive_pull(struct pb_archive *archive, struct pb_slice *block);

/* Makes content the stream of the member whose header was just read. */
void pb_member_stream_start(struct pb_archive *archive);

/* libarchive had no memory for the archive or member. */
void pb_archive_set_memory_fault(struct pb_fault *fault);

/* libarchive's words for what went wrong last, or others. */
const char *pb_archive_error_text(const struct pb_archive *archive);

#endif

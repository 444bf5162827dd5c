/* SPDX-License-Identifier: MIT */
/* The members of one tar, cpio, zip or 7-Zip archive, through libarchive. */
#ifndef PB_EVIDENCE_ARCHIVE_H
#define PB_EVIDENCE_ARCHIVE_H

#include "evidence/budget.h"
#include "evidence/random_access.h"
#include "evidence/sniff.h"
#include "evidence/stream.h"

enum pb_member_kind {
    PB_MEMBER_FILE,
    PB_MEMBER_ENCRYPTED, /* a file that cannot be read as it is: content is NULL */
    PB_MEMBER_SYMBOLIC_LINK,
    PB_MEMBER_HARD_LINK, /* its data stand with another name */
    PB_MEMBER_DEVICE,    /* or FIFO or socket */
};

/* Borrowed until the next call about the archive. Directories are no members. */
struct pb_member {
    enum pb_member_kind kind;
    struct pb_slice name;      /* bytes; absent where the archive's name cannot be had */
    struct pb_slice target;    /* of a link; may be absent */
    uint64_t number;           /* from 1, directories included */
    uint64_t size_bytes;       /* as declared: to be shown, never to be relied on */
    struct pb_stream *content; /* of a file, decrypted; the archive's: not to be freed */
};

struct pb_archive;

/*
 * A tar or cpio is read from source, a zip or 7-Zip from bytes; the other one is not used. Both,
 * and budget, are borrowed until the archive is freed. passphrase, NUL-terminated and borrowed for
 * the call, opens a zip's encrypted members; NULL for none. Fails only with PB_FAILED_MEMORY; an
 * archive that cannot be opened has no members and a fault.
 */
enum pb_status pb_archive_new(enum pb_kind kind, struct pb_stream *source,
                              const struct pb_random_access *bytes, const char *passphrase,
                              struct pb_budget *budget, struct pb_archive **archive);
void pb_archive_free(struct pb_archive *archive);

/* Why a PB_MEMBER_ENCRYPTED of this archive is not read, and what to do. */
void pb_archive_explain_encryption(const struct pb_archive *archive, struct pb_fault *fault);

/* The next member, whether or not the last one's content was read; false at the end. */
enum pb_status pb_archive_next(struct pb_archive *archive, struct pb_member *member,
                               bool *has_member);

/* After the last member: reads what is left of source and judges how the archive ends. */
enum pb_status pb_archive_finish(struct pb_archive *archive);
/* The first thing that is wrong with the archive as a whole. */
const struct pb_fault *pb_archive_fault(const struct pb_archive *archive);

#endif

/* SPDX-License-Identifier: MIT */
/* What the files of src/evidence share; no other folder includes it. Functions that return bool and
 * can fail return false only for want of memory; those that return a pointer to be freed return
 * NULL then. What a function takes it takes also on failure. */
#ifndef PB_EVIDENCE_INTERNAL_H
#define PB_EVIDENCE_INTERNAL_H

#define OPENSSL_SUPPRESS_DEPRECATED /* see pb_sha256 */

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "evidence/reader.h"

/* Why a stream, an archive or an item could not be read. Zero-initialised: nothing is wrong. */
struct pb_fault {
    const char *code;            /* of the diagnostic: a string literal; NULL for no fault */
    enum pb_entry_status status; /* SKIPPED for a ceiling ("limit-..."), UNREADABLE for damage */
    char text[256];              /* NUL-terminated; serves as message and as the item's detail */
};

/* Changes nothing where a fault is set: the first one is the cause of the later ones. */
PB_PRINTF(3, 4)
void pb_fault_set(struct pb_fault *fault, const char *code, const char *format, ...);
/* "unreadable", with what pb_errno_text says. */
void pb_fault_set_errno(struct pb_fault *fault, int number);
/* "archive-memory": the data ask for too much memory, and the run goes on. */
void pb_fault_set_memory(struct pb_fault *fault);

/* Puts strerror's words for errno into text, in lower case and always English; returns them. */
#define PB_ERRNO_BYTES 100
const char *pb_errno_text(int number, char text[PB_ERRNO_BYTES]);

/* What a whole run has used of its ceilings; shared by all streams that decompress or decrypt. */
struct pb_budget {
    struct pb_limits limits;
    uint64_t most_entry_bytes; /* with names of usual length the ceiling of items comes first */
    uint64_t items;            /* returned so far */
    uint64_t content_bytes;    /* of the items returned so far */
    uint64_t taken_bytes;      /* of all sources so far */
    uint64_t expanded_bytes;   /* that decompression made, containers' included: at most twice
                                  total_bytes, since they count once more as items' */
    uint64_t entry_bytes;      /* approximate memory for the items' entries in the report */
    bool is_exhausted;         /* total_bytes was reached: nothing more is read */
};

enum pb_ceiling {
    PB_CEILING_ITEM_BYTES,
    PB_CEILING_TOTAL_BYTES,
    PB_CEILING_ITEMS,
    PB_CEILING_DEPTH,
    PB_CEILING_RATIO,
    PB_CEILING_ENTRIES,
};

/* Sets the fault that the ceiling was reached: SKIPPED, "limit-...", with its option. */
void pb_budget_set_fault(const struct pb_budget *budget, enum pb_ceiling ceiling,
                         struct pb_fault *fault);

/* File formats, recognised by the first bytes: decompress.c. */
enum pb_kind {
    PB_KIND_PLAIN, /* none of the others: an item */
    PB_KIND_GZIP,
    PB_KIND_BZIP2,
    PB_KIND_XZ,
    PB_KIND_ZSTD,
    PB_KIND_LZ4,
    PB_KIND_TAR,
    PB_KIND_CPIO,
    PB_KIND_ZIP,
    PB_KIND_SEVEN_ZIP,
    PB_KIND_UNSUPPORTED, /* a container, compression or encryption that prebleed does not read */
};

struct pb_recognition {
    enum pb_kind kind;
    const char *name; /* a string literal for messages: "gzip", "RAR", "plain" */
};

/* Enough for every signature: that of ISO 9660 ends here. */
#define PB_SNIFF_BYTES 32774

/* prefix: the first PB_SNIFF_BYTES, or all there are. */
struct pb_recognition pb_sniff(struct pb_slice prefix);

/* Bytes that are pulled block by block, by one thread: stream.c. Each kind of stream begins so. */
struct pb_stream {
    /* The next block, of less than 4 GiB; empty at the end and after a fault. */
    struct pb_slice (*next)(struct pb_stream *stream);
    void (*free)(struct pb_stream *stream); /* NULL for one that is part of something else */
    struct pb_stream *source; /* from which it makes its bytes, owned; or NULL. Its fault is the
                                 cause of the stream's own */
    struct pb_stream *item;   /* the source of all below it, or itself: an item's own bytes */
    const struct pb_input *in_place; /* its bytes at any place; NULL if they cannot be had so */
    struct pb_budget *budget;        /* of a stream that makes bytes out of others */
    uint64_t made_bytes;             /* by next() so far */
    uint64_t size_bytes;             /* given by pb_stream_next so far */
    uint64_t stored_bytes;           /* all there are, by the archive's word; 0: not known */
    uint64_t zero_bytes;             /* how many of the last of them are zero */
    SHA256_CTX digest;               /* if is_measured: of those bytes; not finished */
    struct pb_fault fault;           /* why it ended too early; of value once it has ended */
    struct pb_buffer held;   /* private: what pb_stream_look has copied, and what of it or */
    struct pb_slice pending; /* of one block it has read and pb_stream_next has not given */
    bool is_measured;
    bool has_ended;
};

/* The next block, borrowed until the next call; an empty one at the end and ever after. A stream
 * that fails gives what it has before it ends, with its fault set. */
struct pb_slice pb_stream_next(struct pb_stream *stream);
/* The first PB_SNIFF_BYTES or all there are, before the first block; borrowed like a block. */
bool pb_stream_look(struct pb_stream *stream, struct pb_slice *prefix);
/* Adds bytes to the digest, to which pb_stream_next adds its blocks from now on. */
void pb_stream_measure(struct pb_stream *stream, struct pb_slice taken);
/* Reads to the end and drops what it reads. */
void pb_stream_drain(struct pb_stream *stream);
/* Of a drained stream: whether all bytes from the offset on are zero, as padding is behind an
 * archive's own end; true at the end itself. */
bool pb_stream_is_zero_from(const struct pb_stream *stream, uint64_t offset_bytes);
/* Counts and returns a block that the stream made of the used_bytes read so far; empty, with the
 * fault, past a ceiling. The ratio holds for each stream and, since many are small, for the run. */
struct pb_slice pb_stream_expand(struct pb_stream *stream, uint64_t used_bytes,
                                 struct pb_slice block);
/* Frees the stream and those below it. */
void pb_stream_free(struct pb_stream *stream);

#define PB_BLOCK_BYTES 131072

/* A file, a stream of the caller's or bytes in memory. Borrows all but fd, which is taken. */
struct pb_input {
    int fd;              /* -1: from read, or from memory */
    uint64_t size_bytes; /* of memory or a regular file, to be read at any place; else 0 */
    int64_t (*read)(void *context, void *buffer, size_t size_bytes); /* NULL: from memory */
    void *context;
    struct pb_slice memory;
    uint64_t *taken_bytes; /* increased by what is read, for progress; or NULL */
    char *buffer;          /* of PB_BLOCK_BYTES, where fd and read put their blocks */
};

struct pb_stream *pb_input_stream_new(const struct pb_input *input);
/* Copies bytes of fd or memory at an offset, or the next ones of an fd without places. Returns how
 * many: fewer than wanted_bytes only at the end and on a failure, which sets the fault. */
size_t pb_input_read(const struct pb_input *input, uint64_t offset_bytes, char *buffer,
                     size_t wanted_bytes, struct pb_fault *fault);

/* The stream of what the source's bytes, which are measured unless they are plain, are compressed
 * from: decompress.c. source is taken; budget is borrowed until the stream is freed. *what is never
 * a compression unless the fault is set: too many layers, or one that needs too much memory. */
struct pb_stream *pb_decompress(struct pb_stream *source, struct pb_budget *budget,
                                struct pb_recognition *what, struct pb_fault *fault);

#define PB_TAR_BLOCK_BYTES 512

/* One tar, cpio, zip or 7-Zip: archive.c. */
struct pb_archive {
    struct pb_stream content; /* decompressed and decrypted, of the member that was read last */
    /* Set and used by reader.c: */
    struct pb_archive *outer;  /* in which it is a member, or NULL */
    uint32_t depth;            /* 1 for one without outer */
    size_t path_bytes;         /* of the path before the "!/" of its members */
    uint64_t most_entry_bytes; /* its members may raise entry_bytes up to here */
    bool is_named;

    struct archive *handle;      /* NULL if there are no members */
    struct archive_entry *entry; /* libarchive's; NULL before the first header is read */
    enum pb_kind kind;
    struct pb_stream *input;  /* decompressed; owned */
    struct pb_input bytes;    /* of a zip or 7-Zip */
    struct pb_buffer storage; /* of a zip or 7-Zip that cannot be read where it is */
    uint64_t offset_bytes;    /* where bytes are read next */
    uint64_t used_bytes;      /* that libarchive was given */
    struct pb_slice block;    /* of a tar or cpio: the last of that */
    bool has_seen_end;        /* it asked for more than there are */
    struct pb_budget *budget;

    /* Of the member that was read last: */
    struct pb_slice name;  /* absent where it cannot be read; borrowed until the next member */
    uint64_t member_bytes; /* as declared: may be wrong */
    struct pb_member {
        struct pb_slice next;      /* data that follow a hole */
        uint64_t hole_end_bytes;   /* zeros up to here come before them */
        uint64_t first_used_bytes; /* of the archive's input, when the member began */
        bool is_at_end;
    } member;

    struct pb_tar {
        uint64_t next_bytes;  /* where its next header begins; UINT64_MAX: it has no other */
        uint64_t data_bytes;  /* by its own header, without its sparse map */
        uint64_t given_bytes; /* by libarchive, as its content */
        size_t size_bytes;    /* of tar_block, which is being put together */
        char type;            /* by its own header; NUL before that is taken */
        bool is_odd;          /* its headers do not account for themselves, or for its map */
    } tar;
    char tar_block[PB_TAR_BLOCK_BYTES]; /* of headers */

    struct pb_fault fault;
    struct pb_fault directory_fault; /* of a zip's or 7-Zip's table of contents, or pax records */
    uint64_t members_end_bytes;      /* where the last complete member ends in a tar or cpio */
    uint64_t member_count;           /* directories included */
    uint64_t front_bytes;            /* of a zip: what precedes its first member, */
    uint64_t comment_bytes;          /* and what follows its end record */
    bool has_ended;
    bool is_stopped; /* by a ceiling or a refusal */
    bool has_passphrase;
};

/* input is taken. A zip or 7-Zip that cannot be read in place is read into memory. passphrase,
 * NUL-terminated and borrowed for the call, opens a zip's encrypted members; "" for none. budget is
 * borrowed until the archive is freed. One that cannot be opened has no members and a fault. */
struct pb_archive *pb_archive_new(struct pb_stream *input, enum pb_kind kind,
                                  const char *passphrase, struct pb_budget *budget);
/* Frees it and returns its outer one. */
struct pb_archive *pb_archive_close(struct pb_archive *archive);
/* The next member, whether or not the last one's content was read; false at the end. Directories
 * are no members. Why a link or device is ignored, which has no content, is appended to reason. */
bool pb_archive_next(struct pb_archive *archive, struct pb_buffer *reason);
/* Ends the archive before its next member, with the fault that the ceiling was reached. */
void pb_archive_stop_at(struct pb_archive *archive, enum pb_ceiling ceiling);
/* After the last member: reads the archive to its end, so that faults and digest are known. */
void pb_archive_finish(struct pb_archive *archive);

/* zip_directory.c. Sets front_bytes, comment_bytes, and directory_fault where bytes belong to no
 * entry of the directory: they may hide members that other programs unpack. Sets fault where the
 * members are not to be read: they are too many, they share bytes, or the zip is a document, whose
 * members are no exports. Ends a zip without entry and fault, which libarchive cannot open. */
bool pb_zip_check(struct pb_archive *archive);
/* Whether a zip's end record ends the bytes, or leads back to a directory in them. */
bool pb_zip_is_end(struct pb_slice bytes);

static inline uint64_t pb_read_little_endian(const char *bytes, size_t size_bytes)
{
    uint64_t value = 0;
    for (size_t i = size_bytes; i > 0; i--)
        value = value << 8 | (unsigned char)bytes[i - 1];
    return value;
}

/* A directory that is open, and its names: stream.c. reader.c sets the first two. */
struct pb_directory {
    struct pb_directory *outer; /* in which it is, or NULL */
    size_t path_bytes;          /* of its path, without '/' at the end */
    DIR *stream;
    struct pb_arena texts;
    struct pb_vector names; /* of const char *, in bytewise order */
    size_t next;
};

/* Takes fd. *number is errno, not 0 where names are missing; NULL where none can be had. */
struct pb_directory *pb_directory_new(int fd, int *number);
/* Frees it and returns its outer one. */
struct pb_directory *pb_directory_close(struct pb_directory *directory);
/* Opens the next entry, of which there must be one, without following links, and makes *path, which
 * holds the directory's, its path. Returns its fd, which is the caller's to close; -1, with errno,
 * on failure, or with why it is not opened, a literal: a link, device, FIFO. */
int pb_directory_next(struct pb_directory *directory, struct pb_buffer *path, bool *is_directory,
                      bool *is_link, const char **reason);

#endif

/* SPDX-License-Identifier: MIT */
/* What the files of this room share; no other room includes it. What returns bool and can fail
 * returns false without memory, its only failure; what returns a pointer that is to be freed
 * returns NULL then. What is taken is taken also on failure. */
#ifndef PB_EVIDENCE_INTERNAL_H
#define PB_EVIDENCE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <locale.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "evidence/digest.h"
#include "evidence/reader.h"

/* Faults and ceilings: limits.c. */

/* Why a stream, an archive or an item could not be read. Zero-initialised: nothing is wrong. */
struct pb_fault {
    const char *code;            /* of the diagnostic: a string literal; NULL for no fault */
    enum pb_entry_status status; /* UNREADABLE for damage, SKIPPED for a ceiling */
    char text[256];              /* NUL-terminated; serves as message and as the ledger's detail */
};

static inline bool pb_fault_is_set(const struct pb_fault *fault)
{
    return fault->code != NULL;
}

/* Whether what was read was not, or wrongly, decrypted. */
bool pb_fault_is_encryption(const struct pb_fault *fault);

/* Whether bytes that were given before the fault may be other ones than were once packed. */
bool pb_fault_is_damage(const struct pb_fault *fault);

/* The first fault is the cause of the later ones, so a fault that is set stays as it is. */
PB_PRINTF(4, 5)
void pb_fault_set(struct pb_fault *fault, enum pb_entry_status status, const char *code,
                  const char *format, ...);
/* UNREADABLE, "unreadable", with what pb_errno_text says. */
void pb_fault_set_errno(struct pb_fault *fault, int number);
/* UNREADABLE, "archive-memory". No failure of the run: the data declare what they need. */
void pb_fault_set_memory(struct pb_fault *fault);

/* Words for a value of errno: strerror's follow the locale. */
const char *pb_errno_text(int number);

/* What a whole run has used of its ceilings; lent to everything that makes bytes out of bytes. */
struct pb_budget {
    struct pb_limits limits;
    uint64_t items;          /* handed out so far */
    uint64_t content_bytes;  /* of items, handed out so far */
    uint64_t expanded_bytes; /* that decompression made on the way, containers' included */
    uint64_t ledger_bytes;   /* memory for the items' lines in the ledger, about */
    bool is_exhausted;       /* total_bytes was reached: nothing more is read */
};

enum pb_ceiling {
    PB_CEILING_ITEM_BYTES,
    PB_CEILING_TOTAL_BYTES,
    PB_CEILING_ITEMS,
    PB_CEILING_DEPTH,
    PB_CEILING_RATIO,
    PB_CEILING_LEDGER,
};

/* Sets the fault of having reached the ceiling: SKIPPED, "limit-...", with its option. */
void pb_budget_set_fault(const struct pb_budget *budget, enum pb_ceiling ceiling,
                         struct pb_fault *fault);

/* The following are false, with the fault, where there is no room. */

/* Room for more_bytes of an item that has_bytes so far. */
bool pb_budget_take_content(struct pb_budget *budget, uint64_t has_bytes, uint64_t more_bytes,
                            struct pb_fault *fault);
/*
 * Room for more_bytes that a decompressor made, when it has made made_bytes (these included) from
 * used_bytes. The total is more generous here than for items, since a compressed archive's bytes
 * are counted once here and once as items.
 */
bool pb_budget_take_expanded(struct pb_budget *budget, uint64_t used_bytes, uint64_t made_bytes,
                             uint64_t more_bytes, struct pb_fault *fault);

/* Whether to read a file at all: not if it is mostly holes, which cost nothing to make, and its
 * size is beyond all that may be expanded. */
bool pb_budget_allows_file(const struct pb_budget *budget, uint64_t size_bytes,
                           uint64_t stored_bytes, struct pb_fault *fault);

/* What the lines of all items together may take: for usual names no limit but that of items. */
uint64_t pb_budget_most_ledger_bytes(const struct pb_budget *budget);

/* What bytes are, told by how they begin: sniff.c. */

enum pb_kind {
    PB_KIND_PLAIN, /* nothing known: an item */
    PB_KIND_GZIP,
    PB_KIND_BZIP2,
    PB_KIND_XZ,
    PB_KIND_ZSTD,
    PB_KIND_LZ4,
    PB_KIND_TAR,
    PB_KIND_CPIO,
    PB_KIND_ZIP,
    PB_KIND_SEVEN_ZIP,
    PB_KIND_UNSUPPORTED, /* a container or a cipher that is not read */
};

struct pb_recognition {
    enum pb_kind kind;
    const char *name; /* as people write it: "gzip", "RAR"; "plain" */
};

/* As many bytes as any of the signatures needs, the farthest being ISO 9660's. */
#define PB_SNIFF_BYTES 32774

/* prefix: the first PB_SNIFF_BYTES, or all there are. */
struct pb_recognition pb_sniff(struct pb_slice prefix);

/* Streams, bytes that are pulled block by block: stream.c. */

struct pb_stream;

struct pb_stream_type {
    /* The next block, of less than 4 GiB; empty at the end and after a fault. */
    struct pb_slice (*next)(struct pb_stream *stream);
    void (*free)(struct pb_stream *stream);
};

/* The first member of each kind of stream. One thread at a time. */
struct pb_stream {
    const struct pb_stream_type *type;
    struct pb_fault fault;   /* why it ended too early; of value once it has ended */
    struct pb_buffer held;   /* private: first blocks that were too small to look at alone */
    struct pb_slice pending; /* private: looked at, not yet taken */
    struct pb_digest digest; /* if is_measured: of size_bytes taken so far */
    uint64_t size_bytes;
    bool is_measured; /* to be set before the first block is taken, with digest initialised */
    bool has_ended;
};

/*
 * The next block, borrowed until the next call; an empty one at the end and ever after. A stream
 * that fails gives what it has before it ends, with its fault set.
 */
struct pb_slice pb_stream_next(struct pb_stream *stream);
/* The first PB_SNIFF_BYTES or all there are, before any is taken; borrowed like a block. */
bool pb_stream_look(struct pb_stream *stream, struct pb_slice *prefix);
/* Reads to the end and forgets. */
void pb_stream_drain(struct pb_stream *stream);
/* Frees the stream and those below it. */
void pb_stream_free(struct pb_stream *stream);

/* Bytes from outside. Borrows all but fd, which is taken. */
struct pb_input {
    int fd;              /* -1: from read, or from memory */
    uint64_t size_bytes; /* of memory or of a regular file, whose end it is; 0 if unknown */
    int64_t (*read)(void *context, void *buffer, size_t size_bytes); /* NULL: from memory */
    void *context;
    struct pb_slice memory;
    uint64_t *taken_bytes; /* counts what is taken of it, for progress; or NULL */
    char *buffer;          /* where fd and read put their blocks */
    size_t buffer_bytes;
};

struct pb_stream *pb_input_stream_new(const struct pb_input *input);
/*
 * Bytes of fd or memory at any place; how many were put into buffer: fewer than wanted_bytes only
 * at the end and on a failure, which sets the fault.
 */
size_t pb_input_read(const struct pb_input *input, uint64_t offset_bytes, char *buffer,
                     size_t wanted_bytes, struct pb_fault *fault);

/* How a run of bytes ends: what follows an archive's own end may be padding, or something else.
 * Zero-initialised: of no bytes. */
struct pb_tail {
    uint64_t size_bytes; /* of all bytes so far */
    uint64_t zero_bytes; /* how many of the last ones are zero */
};

void pb_tail_add(struct pb_tail *tail, struct pb_slice bytes);
/* Whether everything from offset on is zero; true at the end itself. */
bool pb_tail_is_zero_from(const struct pb_tail *tail, uint64_t offset_bytes);

/* What libarchive reads of a stream. */
struct pb_source {
    struct pb_stream *stream;
    struct pb_tail tail;      /* of what it was given */
    struct pb_slice appended; /* what it is to find behind the end */
    bool has_seen_end;        /* it asked for more input than there is */
};

/* An archive_read_callback; the context begins with a struct pb_source. */
la_ssize_t pb_source_read(struct archive *archive, void *context, const void **data);

/* decompress.c. An item's stream and what it is compressed with. Zero-initialised: nothing. */
struct pb_layers {
    struct pb_stream *content;       /* what is under the last layer; owns everything below it */
    struct pb_stream *source;        /* the bytes as they stand; measured unless they are plain */
    const struct pb_input *in_place; /* content's bytes at any place, borrowed; NULL if they cannot
                                        be had so */
    struct pb_recognition what;      /* of content: never a compression, unless there is a fault */
    struct pb_fault fault;           /* too many layers, or one that asks for too much memory */
};

/* source, of the bytes of in_place, is taken; budget is borrowed until the layers are released. */
bool pb_layers_open(struct pb_stream *source, const struct pb_input *in_place,
                    struct pb_budget *budget, struct pb_layers *layers);
void pb_layers_release(struct pb_layers *layers);

/* The members of one tar, cpio, zip or 7-Zip archive: archive.c. */

/* Borrowed until the next call about the archive. Directories are no members. */
struct pb_member {
    struct pb_slice name;      /* bytes; absent where the archive's name cannot be had */
    uint64_t number;           /* from 1, directories included */
    uint64_t size_bytes;       /* as declared: to be shown, never to be relied on */
    struct pb_stream *content; /* decrypted; the archive's, freeing it does nothing; NULL for links
                                  and devices, which are ignored */
    const char *reason, *rest; /* why it is ignored: text before and behind target */
    struct pb_slice target;    /* of a link */
};

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
    struct pb_source source;     /* of a tar or cpio; the tail's size_bytes of any archive */
    struct archive *handle;      /* NULL if there are no members */
    struct archive_entry *entry; /* libarchive's */
    enum pb_kind kind;
    struct pb_layers layers;
    struct pb_input bytes;    /* of a zip or 7-Zip */
    struct pb_buffer storage; /* of a zip or 7-Zip that cannot be read where it is */
    char *buffer;             /* where bytes are read to */
    uint64_t offset_bytes;    /* where bytes are read next */
    struct pb_budget *budget;
    struct pb_member_stream content;
    struct pb_fault fault;
    struct pb_fault
        directory_fault; /* of a zip's or 7-Zip's table of contents, or in pax records */
    /* libarchive turns names into the locale's characters: whatever the process's locale is, names
     * are UTF-8 here. Calls of libarchive that may touch a name stand between uselocale(utf8) and
     * uselocale(before). 0 where there is no such locale, which changes none. */
    locale_t utf8;
    uint64_t members_end_bytes; /* where the last complete member ends in a tar or cpio */
    uint64_t member_count;
    bool is_open;
    bool has_ended;
    bool is_stopped; /* by a ceiling or a refusal */
    bool has_passphrase;
    bool is_passphrase_wrong; /* for the member that was read last */
};

/* member.c, for archive.c. */

/* A tar or cpio is read from its stream, a zip or 7-Zip from bytes at any place. */
static inline bool pb_archive_is_streamed(const struct pb_archive *archive)
{
    return archive->kind == PB_KIND_TAR || archive->kind == PB_KIND_CPIO;
}

/* libarchive's words for what went wrong last, or others. */
const char *pb_archive_error_text(const struct pb_archive *archive);
/* Whether the archive's source or the memory is what went wrong last: sets the fault. */
bool pb_archive_fail_below(struct pb_archive *archive, struct pb_fault *fault);
/* Makes archive->content the stream of the member whose header was just read. */
void pb_archive_start_content(struct pb_archive *archive);

/* archive.c. */

/*
 * layers hold an archive and are taken. A zip or 7-Zip that cannot be read in place is read into
 * memory. passphrase, NUL-terminated and borrowed for the call, opens a zip's encrypted members;
 * NULL for none. budget is borrowed until the archive is freed. An archive that cannot be opened
 * has no members and a fault.
 */
struct pb_archive *pb_archive_new(struct pb_layers *layers, const char *passphrase,
                                  struct pb_budget *budget);
void pb_archive_free(struct pb_archive *archive);

/* The next member, whether or not the last one's content was read; false at the end. */
bool pb_archive_next(struct pb_archive *archive, struct pb_member *member);
/* Gives no more members: that the ceiling was reached becomes the fault. */
void pb_archive_stop_at(struct pb_archive *archive, enum pb_ceiling ceiling);
/* After the last member: reads the archive to its end, so that faults and digest are known. */
void pb_archive_finish(struct pb_archive *archive);

/*
 * zip_directory.c. Bytes of a zip that no entry of its directory covers may hide entries that some
 * readers see and others do not. *count: of entries; one more than most where there are too many,
 * which are not looked at then. *document: what the zip is, as "Spreadsheet", where its members are
 * no exports; or NULL. *has_overlap: members share bytes. What is found is in *fault.
 */
bool pb_zip_check_directory(const struct pb_input *bytes, uint64_t most, struct pb_fault *fault,
                            uint64_t *count, const char **document, bool *has_overlap);

/* Whether the bytes end with a zip's end record, whatever they begin with. */
bool pb_zip_is_end(struct pb_slice bytes);

static inline uint64_t pb_read_little_endian(const char *bytes, size_t size_bytes)
{
    uint64_t value = 0;

    for (size_t i = size_bytes; i > 0; i--)
        value = value << 8 | (unsigned char)bytes[i - 1];
    return value;
}

/* A directory's files, its subdirectories' included, in bytewise order of names: directory.c. */

struct pb_found {
    struct pb_slice path;  /* borrowed until the next call about the directory; absent at the end */
    const char *reason;    /* why it is never opened: a link, device, FIFO or socket, or metadata of
                              macOS; a string literal, else NULL */
    int fd;                /* open for reading, and the caller's to close; else -1 */
    struct pb_fault fault; /* of a file or directory that could not be opened or listed */
};

struct pb_directory;

/*
 * Begins with the directory at path, following links up to it but none within it. path is copied.
 * A directory that cannot be opened is the first thing found.
 */
struct pb_directory *pb_directory_new(struct pb_slice path);
void pb_directory_free(struct pb_directory *directory);
bool pb_directory_next(struct pb_directory *directory, struct pb_found *found);

/* Whether a path below an evidence root or in an archive is one of macOS's companions. */
bool pb_is_macos_metadata(struct pb_slice path);

/* The reader: contents.c, reader.c. */

/* An archive that is being read. */
struct pb_container {
    struct pb_archive *archive;
    struct pb_buffer path;
    bool is_named;
    uint64_t ledger_end_bytes; /* up to where its members may fill the ledger */
};

struct pb_evidence_reader {
    struct pb_budget budget;
    struct pb_arena names;    /* of sources; files and their paths */
    struct pb_vector sources; /* of struct source, private to reader.c */
    size_t next_source;
    uint64_t taken_bytes;           /* of all sources so far */
    char *passphrase;               /* of encrypted archives, NUL-terminated, or NULL */
    struct pb_directory *directory; /* the one that is being read, or NULL */
    struct pb_vector containers;    /* of struct pb_container, innermost last */
    void *files;                    /* tsearch's tree of struct file_identity */
    char *block;                    /* where the file or stream at the bottom is read to */

    /* The item that is being made; what it borrows stays until the next one. */
    struct pb_item *item;
    struct pb_diagnostics *diagnostics;
    bool has_item;
    struct pb_buffer path, own_content, detail;
    struct pb_buffer *content; /* what contents are appended to: own_content or a caller's */
    size_t content_from_bytes; /* where the item's begins */
    bool is_over;              /* the ceiling of items, or of the ledger, was reached */
};

static inline struct pb_container *pb_container_at(const struct pb_evidence_reader *reader,
                                                   size_t index)
{
    return &PB_VECTOR_AT(struct pb_container, &reader->containers, index);
}

static inline struct pb_container *pb_container_innermost(const struct pb_evidence_reader *reader)
{
    return pb_container_at(reader, reader->containers.count - 1);
}

/* contents.c. Starts the next item, under a copy of path. */
bool pb_item_begin(struct pb_evidence_reader *reader, struct pb_slice path, bool is_named);

/* These end the item that was begun: with its status and a detail in three parts, with a reason for
 * not reading it, or with a fault. */
bool pb_item_end(struct pb_evidence_reader *reader, enum pb_entry_status status, const char *reason,
                 struct pb_slice subject, const char *rest);
bool pb_item_ignore(struct pb_evidence_reader *reader, const char *reason);
bool pb_item_fail(struct pb_evidence_reader *reader, const struct pb_fault *fault);
bool pb_item_fail_errno(struct pb_evidence_reader *reader, int number);

/*
 * Makes the item that was begun out of a stream, or opens the archive that the stream turns out to
 * be. stream is taken, NULL without memory for it. in_place, which may be NULL, are the same bytes
 * at any place; declared_bytes is the size to be shown where nothing better is known.
 */
bool pb_item_open(struct pb_evidence_reader *reader, struct pb_stream *stream,
                  const struct pb_input *in_place, uint64_t declared_bytes);
/* The size and digest of the bytes as they stand, which are read to their end for it. */
void pb_item_measure(struct pb_item *item, struct pb_stream *source);

#endif

/* SPDX-License-Identifier: MIT */
/* Evidence items, one after the other: files, directories in sorted order, archives, streams. */
#ifndef PB_EVIDENCE_READER_H
#define PB_EVIDENCE_READER_H

#include "base/error.h"

/* One item. Slices are borrowed until the next call of pb_evidence_next. PB_ENTRY_USED means that
 * content is the whole item, whose documents are to be read; any other status is final. An item
 * that is UNREADABLE for damage may still have content, what was read before or in spite of it, and
 * a zip what precedes its members: what is recognised there counts, and the status stays. */
struct pb_item {
    struct pb_slice path;    /* evidence path, raw bytes */
    struct pb_slice content; /* the item's bytes, decompressed; never absent if USED */
    struct pb_slice detail;  /* for its entry; absent where there is nothing to say */
    uint64_t size_bytes;     /* in the file or archive, before decompression */
    size_t container_bytes;  /* of the path, which its archive's is; 0: it is in none */
    enum pb_entry_status status;
    bool is_named;   /* given on the command line itself */
    bool is_damaged; /* its bytes, or those of a container's members, do not fit their checksum */
    bool has_sha256;
    unsigned char sha256[32]; /* of a USED item without, the content's is meant */
};

/* How the detail of a file that is not read again begins; the path of the first time follows. */
#define PB_SAME_FILE "the same file as "

struct pb_evidence_reader;

/* Freed by pb_evidence_reader_free, which allows NULL; NULL without memory. limits is copied. */
struct pb_evidence_reader *pb_evidence_reader_new(const struct pb_limits *limits);
void pb_evidence_reader_free(struct pb_evidence_reader *reader);

/* Adds a source; sources are read in the order in which they were added. A path may name a file, a
 * directory, an archive, a FIFO or "-" for standard input (named "-" in evidence paths).
 * PB_FAILED_INPUT where the path does not exist or is a device; nothing is read yet. */
enum pb_status pb_evidence_add_path(struct pb_evidence_reader *reader, const char *path,
                                    struct prebleed_error *error);
/* Bytes in memory under a name of the caller's, borrowed until the reader is freed; or a stream, of
 * which read returns how many bytes it put into buffer, 0 at the end, -1 on failure. */
enum pb_status pb_evidence_add(struct pb_evidence_reader *reader, const char *name,
                               struct pb_slice bytes,
                               int64_t (*read)(void *context, void *buffer, size_t size_bytes),
                               void *context);
/* A source's name as it was given, borrowed until the reader is freed; absent past the last. */
struct pb_slice pb_evidence_source(const struct pb_evidence_reader *reader, size_t index);

/* Opens what is encrypted in zips; copied, and overwritten when the reader is freed or another is
 * set. PB_FAILED_USAGE if it is empty, has a NUL or more than PB_LONGEST_PASSPHRASE_BYTES. */
enum pb_status pb_evidence_set_passphrase(struct pb_evidence_reader *reader,
                                          struct pb_slice passphrase, struct prebleed_error *error);
#define PB_LONGEST_PASSPHRASE_BYTES 4096

/* The next item; *has_item is false after the last one. Its content is appended to contents, whose
 * memory may move when the next item's content is; what turns out not to be content is removed.
 * What is wrong with the item itself (a permission, a wrong checksum, a ceiling) is appended to
 * diagnostics, whose entry the caller has set to the number that this item will have. Containers
 * come after their members. Fails only with PB_FAILED_MEMORY. One thread at a time. */
enum pb_status pb_evidence_next(struct pb_evidence_reader *reader,
                                struct pb_diagnostics *diagnostics, struct pb_buffer *contents,
                                struct pb_item *item, bool *has_item);
/* How many bytes of the sources were read so far; some of zips and 7-Zips are read twice. */
uint64_t pb_evidence_taken_bytes(const struct pb_evidence_reader *reader);

/* The versions of libarchive and of the libraries by which it decompresses. */
const char *pb_evidence_library_version(void);

#endif

/* SPDX-License-Identifier: MIT */
/* The evidence reader from the inside; included only by the files that it is made of. */
#ifndef PB_EVIDENCE_READER_STATE_H
#define PB_EVIDENCE_READER_STATE_H

#include "base/buffer.h"
#include "evidence/container.h"
#include "evidence/digest.h"
#include "evidence/identity.h"
#include "evidence/ledger_room.h"
#include "evidence/passphrase.h"
#include "evidence/reader.h"
#include "evidence/walk.h"

enum pb_source_kind {
    PB_SOURCE_PATH,
    PB_SOURCE_STANDARD_INPUT,
    PB_SOURCE_BUFFER,
    PB_SOURCE_STREAM
};

struct pb_source {
    enum pb_source_kind kind;
    struct pb_slice name;  /* with a NUL behind it, which is not counted */
    struct pb_slice bytes; /* of a buffer */
    int64_t (*read)(void *context, void *buffer, size_t size_bytes); /* of a stream */
    void *context;
};

struct pb_evidence_reader {
    struct pb_budget budget;
    struct pb_arena names;
    struct pb_vector sources; /* of struct pb_source */
    size_t next_source;
    char *passphrase;            /* of encrypted archives, NUL-terminated, or NULL */
    struct pb_walk *walk;        /* the directory that is being read, or NULL */
    struct pb_vector containers; /* of struct pb_container *, innermost last */
    struct pb_ledger_room ledger_room;
    struct pb_identities identities;
    struct pb_digest *digest; /* of what is not kept */
    char *block;              /* where the file or stream at the bottom is read to */

    /* The item that is being made; what it borrows stays until the next one. */
    struct pb_item *item;
    struct pb_diagnostics *diagnostics;
    bool has_item;
    struct pb_buffer path, own_content, detail;
    struct pb_buffer *content; /* what contents are appended to: own_content or a caller's */
    size_t content_from_bytes; /* where the item's begins */
    bool is_over;              /* the ceiling of items, or of the ledger, was reached */
};

#define PB_READER_BLOCK_BYTES 131072

/* Starts the next item: its path is that of the caller's. */
enum pb_status pb_reader_begin_item(struct pb_evidence_reader *reader, struct pb_slice path,
                                    bool is_named);

/* Settle the item that was begun: with a reason for not reading it, or with a fault. */
enum pb_status pb_reader_ignore(struct pb_evidence_reader *reader, const char *reason,
                                struct pb_slice subject, const char *rest);
enum pb_status pb_reader_settle(struct pb_evidence_reader *reader, const struct pb_fault *fault);

/*
 * Makes the item that was begun out of a stream, or opens the container that the stream turns out
 * to be. stream is taken, also on failure. bytes, which may be NULL, are the same ones for reading
 * in place; declared_bytes is the size to be shown where nothing better is known.
 */
enum pb_status pb_reader_open(struct pb_evidence_reader *reader, struct pb_stream *stream,
                              const struct pb_random_access *bytes, uint64_t declared_bytes);

/* The innermost container has no more members: closes it and makes it the item. */
enum pb_status pb_reader_close_container(struct pb_evidence_reader *reader);

#endif

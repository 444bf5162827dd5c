/* SPDX-License-Identifier: MIT */
/* The evidence ledger: a line for every item, of which hostile evidence may have millions. */
#ifndef PB_INVENTORY_LEDGER_H
#define PB_INVENTORY_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/entry_status.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"
#include "inventory/path.h"

/* One line of the ledger. */
struct pb_entry {
    struct pb_path path;
    struct pb_slice detail; /* one phrase that explains the status; absent where there is none */
    const char *shape;      /* name of the first recognised shape, a string literal; or NULL */
    uint64_t size_bytes;    /* as they stand in the file or archive */
    const unsigned char *sha256; /* 32 bytes, over the bytes as they stand in the file or archive;
                                    NULL for links, devices and what was not read to its end */
    enum pb_entry_status status;
    bool is_named;       /* given on the command line itself */
    bool is_list_missed; /* its path says that a list should stand there, and it was not read */
};

/*
 * Lines are packed into chunks that never move, and share folders and details with the line before.
 * Of an empty file in the folder of the one before it a line takes its name and some 11 bytes.
 * One thread at a time. Zero-initialising is not enough: init.
 */
struct pb_ledger {
    struct pb_vector chunks; /* of struct chunk, private */
    struct pb_vector places; /* of uint32_t: where each line is packed, in the ledger's order */
    uint32_t end;            /* the place behind what was packed last */
    size_t room_bytes;       /* from there to the end of its chunk */
    uint32_t folder, detail; /* the places of the last ones */
};

void pb_ledger_init(struct pb_ledger *ledger);
void pb_ledger_release(struct pb_ledger *ledger);

static inline size_t pb_ledger_count(const struct pb_ledger *ledger)
{
    return ledger->places.count;
}

/* Appends a copy of the line. Fails only with PB_FAILED_MEMORY, and then appends nothing. */
enum pb_status pb_ledger_add(struct pb_ledger *ledger, const struct pb_entry *entry);

/* Line index, below the count; what it points to is the ledger's and never moves. */
struct pb_entry pb_ledger_entry(const struct pb_ledger *ledger, size_t index);
/* Only that part of it, for less work. */
struct pb_path pb_ledger_path(const struct pb_ledger *ledger, size_t index);
enum pb_entry_status pb_ledger_status(const struct pb_ledger *ledger, size_t index);

/* The first line of a sorted ledger whose path is not before the given one. */
size_t pb_ledger_find(const struct pb_ledger *ledger, struct pb_path path);

/* Appends from's lines and takes its chunks as they are; from is empty afterwards. On
 * PB_FAILED_MEMORY both are as they were. */
enum pb_status pb_ledger_merge(struct pb_ledger *ledger, struct pb_ledger *from);

/* By path, then digest, then size, then all else that a report says of a line: a total order but
 * for lines that are the same. */
int pb_ledger_compare(const struct pb_ledger *ledger, uint32_t a, uint32_t b);

/* Sorts by pb_ledger_compare. (*rank)[old number] = new number, to be freed by free(). Fails only
 * with PB_FAILED_MEMORY. */
enum pb_status pb_ledger_sort(struct pb_ledger *ledger, uint32_t **rank);

#endif

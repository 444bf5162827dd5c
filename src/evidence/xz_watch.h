/* SPDX-License-Identifier: MIT */
/* Looks at xz data on their way to libarchive, which gives each block the dictionary that it asks
 * for, up to 1 GiB: a few hundred bytes may ask for that. */
#ifndef PB_EVIDENCE_XZ_WATCH_H
#define PB_EVIDENCE_XZ_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* What `xz -9` asks for. */
#define PB_XZ_MOST_DICTIONARY_BYTES (UINT32_C(64) << 20)

/* The place in the data. Zero-initialise: they begin with a stream. All members are private. */
struct pb_xz_watch {
    unsigned part;     /* what held is to become */
    uint64_t skip;     /* bytes until it begins */
    uint64_t measured; /* bytes of the block or of the index so far, which padding follows */
    uint64_t numbers;  /* of the index, still to come; or the first of them so far */
    unsigned shift;    /* of that number's next bits */
    unsigned check_bytes;
    uint32_t wanted, held_bytes;
    unsigned char held[1024]; /* a block's header, which can be no longer */
};

/* Goes on with the next bytes; false where a block among them asks for a larger dictionary than
 * PB_XZ_MOST_DICTIONARY_BYTES. Damaged data are libarchive's to refuse, and end the watch. */
bool pb_xz_watch_see(struct pb_xz_watch *watch, struct pb_slice bytes);

#endif

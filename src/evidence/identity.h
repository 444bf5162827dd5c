/* SPDX-License-Identifier: MIT */
/* Which files were read already, by device and inode: none is read twice. */
#ifndef PB_EVIDENCE_IDENTITY_H
#define PB_EVIDENCE_IDENTITY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

struct pb_identity {
    uint64_t device, inode;
    struct pb_slice path; /* under which it was met first; absent in a free place */
};

/* Zero-initialised: empty. A hash table with open addressing. */
struct pb_identities {
    struct pb_identity *places;
    size_t place_count; /* a power of two, or 0 */
    size_t used_count;
    struct pb_arena paths;
};

void pb_identities_release(struct pb_identities *identities);

/* *first is the path under which the file was met before, borrowed until release, or absent if this
 * is the first time, and then path is copied. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_identities_meet(struct pb_identities *identities, uint64_t device, uint64_t inode,
                                  struct pb_slice path, struct pb_slice *first);

#endif

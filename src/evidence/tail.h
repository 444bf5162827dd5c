/* SPDX-License-Identifier: MIT */
/* How a run of bytes ends: what follows an archive's own end may be padding, or something else. */
#ifndef PB_EVIDENCE_TAIL_H
#define PB_EVIDENCE_TAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Zero-initialised: of no bytes. */
struct pb_tail {
    uint64_t size_bytes;         /* of all bytes so far */
    uint64_t zero_bytes;         /* how many of the last ones are zero */
    uint64_t watched_zero_bytes; /* how many are zero from the watched place on, without a break */
    bool is_watching;
    struct pb_slice last; /* borrowed: the bytes added last */
};

void pb_tail_add(struct pb_tail *tail, struct pb_slice bytes);

/* Counts zeros from offset on, which must not lie before the bytes added last; these must still be
 * valid. pb_tail_unwatch forgets the count. */
void pb_tail_watch(struct pb_tail *tail, uint64_t offset_bytes);
void pb_tail_unwatch(struct pb_tail *tail);

/* Whether everything from offset on is zero; true at the end itself. */
bool pb_tail_is_zero_from(const struct pb_tail *tail, uint64_t offset_bytes);

#endif

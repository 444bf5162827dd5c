/* SPDX-License-Identifier: MIT */
/* What a 7-Zip's header makes libarchive take of memory, found out before libarchive sees it. */
#ifndef PB_EVIDENCE_SEVEN_ZIP_HEADER_H
#define PB_EVIDENCE_SEVEN_ZIP_HEADER_H

#include "base/status.h"
#include "evidence/budget.h"
#include "evidence/random_access.h"

struct pb_seven_zip_cost {
    uint64_t bytes; /* while the archive is open, its members' decoders included */
    uint64_t members;
    bool is_too_large; /* more than most_bytes, or what cannot be bounded; the rest is 0 then */
};

/*
 * Where the header is damaged, what libarchive takes until it sees that is counted. most_bytes is
 * also what is spent here at the most. A fault is one of reading or of the budget, which pays for
 * the decoding. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_seven_zip_measure(const struct pb_random_access *bytes, uint64_t most_bytes,
                                    struct pb_budget *budget, struct pb_fault *fault,
                                    struct pb_seven_zip_cost *cost);

#endif

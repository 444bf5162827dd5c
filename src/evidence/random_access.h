/* SPDX-License-Identifier: MIT */
/* Bytes that can be read anywhere, as zip and 7-Zip need them: a regular file's or memory's. */
#ifndef PB_EVIDENCE_RANDOM_ACCESS_H
#define PB_EVIDENCE_RANDOM_ACCESS_H

#include <stdint.h>

#include "base/slice.h"
#include "evidence/fault.h"

/* Borrows the descriptor or the bytes. */
struct pb_random_access {
    uint64_t size_bytes;
    struct pb_slice memory; /* absent: the bytes are the descriptor's */
    int fd;
};

struct pb_random_access pb_random_access_from_memory(struct pb_slice bytes);
struct pb_random_access pb_random_access_from_file(int fd, uint64_t size_bytes);

/* How many bytes were put into buffer: fewer than wanted_bytes only at the end and on a failure,
 * which sets the fault. */
size_t pb_random_access_read(const struct pb_random_access *bytes, uint64_t offset_bytes,
                             char *buffer, size_t wanted_bytes, struct pb_fault *fault);

#endif

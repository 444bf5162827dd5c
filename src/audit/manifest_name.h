/* SPDX-License-Identifier: MIT */
/* How evidence paths and the names of a manifest become comparable. */
#ifndef PB_AUDIT_MANIFEST_NAME_H
#define PB_AUDIT_MANIFEST_NAME_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"
#include "evidence/reader.h"

/* How a name of the manifest stands for an evidence path: pb_manifest_check explains them. */
enum pb_manifest_way {
    PB_WAY_PATH,
    PB_WAY_BESIDE_SOURCE,
    PB_WAY_IN_SOURCE,
    PB_WAY_IN_ARCHIVE, /* and one more for each archive within it */
};
#define PB_NO_WAY UINT32_MAX

/* Appends the path to the buffer without "." components and repeated slashes. */
void pb_manifest_simplify(struct pb_slice path, struct pb_buffer *simplified);

/* The sources of the evidence, and the folders in which they stand. Zero-initialise; release in any
 * case. */
struct pb_manifest_bases {
    struct pb_arena arena;
    struct pb_vector places; /* private */
};

/* Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_manifest_bases_make(const struct pb_evidence_reader *sources,
                                      struct pb_manifest_bases *bases);
void pb_manifest_bases_release(struct pb_manifest_bases *bases);

/* The way of names that are relative to the folder, which is simplified and ends with '/';
 * PB_NO_WAY if that is no base. */
uint32_t pb_manifest_bases_find(const struct pb_manifest_bases *bases, struct pb_slice folder);

#endif

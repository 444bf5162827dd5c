/* SPDX-License-Identifier: MIT */
/* A list of SHA-256 digests, as sha256sum and shasum write it, that the evidence must match. */
#ifndef PB_AUDIT_MANIFEST_H
#define PB_AUDIT_MANIFEST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"
#include "evidence/reader.h"
#include "inventory/batch.h"

struct pb_manifest_line {
    struct pb_slice name; /* simplified by pb_manifest_simplify */
    size_t number;        /* from 1 */
    unsigned char sha256[32];
};

/* Zero-initialised: of no lines. Release in any case. */
struct pb_manifest {
    struct pb_arena arena;    /* owns the names */
    struct pb_vector lines;   /* of struct pb_manifest_line, sorted by name, then number */
    unsigned char sha256[32]; /* of the manifest itself */
};

/*
 * GNU style ("HASH  NAME", "HASH *NAME", a backslash before a line whose name is escaped) and BSD
 * style ("SHA256 (NAME) = HASH"), line by line; empty lines and those that begin with '#' are
 * passed over. Nothing of bytes is borrowed afterwards. PB_FAILED_USAGE for a line that is neither,
 * naming line and column, and for a manifest that lists nothing.
 */
enum pb_status pb_manifest_read(struct pb_slice bytes, struct pb_manifest *manifest,
                                struct pb_error *error);
void pb_manifest_release(struct pb_manifest *manifest);

/*
 * Holds the evidence's ledger, which is sorted, against the manifest, and appends what differs to
 * its diagnostics: manifest-mismatch, -missing and -unverified (errors), -unlisted (warning, of
 * which PB_MOST_DIAGNOSTICS are listed and others left out).
 *
 * A name of the manifest may stand for an evidence path in these ways, strongest first:
 *   0. it is the evidence path;
 *   1. it is relative to the folder in which a source (a PATH) stands;
 *   2. it is relative to a source that is a folder;
 *   3. it is relative to the outermost archive, 4. to the one in it, and so on.
 * Among them all, only those of the strongest way count, and each of these is checked: the name is
 * missing where there is none. What an archive holds is listed with the archive, if that one
 * matches; so is the manifest itself, if it is among the evidence. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_manifest_check(const struct pb_manifest *manifest,
                                 const struct pb_evidence_reader *sources,
                                 struct pb_batch *evidence);

#endif

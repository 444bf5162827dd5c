/* SPDX-License-Identifier: MIT */
/* A directory's files, its subdirectories' included, in bytewise order of their names. */
#ifndef PB_EVIDENCE_WALK_H
#define PB_EVIDENCE_WALK_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/status.h"
#include "evidence/fault.h"

enum pb_walk_kind {
    PB_WALK_FILE,    /* fd is open for reading, and the caller's to close */
    PB_WALK_IGNORED, /* a link, device, FIFO or socket, or metadata of macOS: never opened */
    PB_WALK_FAILED,  /* a file or directory that could not be opened or listed: see fault */
};

struct pb_walk_entry {
    enum pb_walk_kind kind;
    struct pb_slice path; /* borrowed until the next call about the walk */
    const char *reason;   /* of PB_WALK_IGNORED: a string literal */
    int fd;
    struct pb_fault fault;
};

struct pb_walk;

/*
 * Begins with the directory at path, following links up to it but none within it. path is copied.
 * A directory that cannot be opened is the walk's first entry. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_walk_new(struct pb_slice path, struct pb_walk **walk);
void pb_walk_free(struct pb_walk *walk);

/* The next entry; false at the end. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_walk_next(struct pb_walk *walk, struct pb_walk_entry *entry, bool *has_entry);

/* Whether a path below an evidence root or in an archive is one of macOS's companions. */
bool pb_is_macos_metadata(struct pb_slice path);

#endif

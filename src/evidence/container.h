/* SPDX-License-Identifier: MIT */
/* An archive that is being read: its bytes, its members, and what is wrong with it as a whole. */
#ifndef PB_EVIDENCE_CONTAINER_H
#define PB_EVIDENCE_CONTAINER_H

#include "base/buffer.h"
#include "evidence/archive.h"
#include "evidence/layers.h"

struct pb_container {
    struct pb_layers layers;
    struct pb_archive *archive;    /* NULL if there are none, or no bytes */
    struct pb_random_access bytes; /* of a zip or 7-Zip */
    struct pb_buffer storage;      /* of a zip or 7-Zip that cannot be read where it is */
    struct pb_buffer path;
    bool is_named;
    uint64_t ledger_end_bytes; /* up to where its members may fill the ledger */
    struct pb_budget *budget;
    struct pb_fault fault;           /* of the whole; says all once the container is closed */
    struct pb_fault directory_fault; /* of a zip's or 7-Zip's table of contents */
};

/*
 * layers hold an archive and are taken, also on failure. bytes, which may be NULL, are where a zip
 * or 7-Zip that is not compressed can be read in place; other ones are read into memory. path is
 * copied, passphrase (or NULL) borrowed for the call, budget until the container is freed. Fails
 * only with PB_FAILED_MEMORY.
 */
enum pb_status pb_container_new(struct pb_layers *layers, const struct pb_random_access *bytes,
                                struct pb_slice path, const char *passphrase,
                                struct pb_budget *budget, struct pb_container **container);
void pb_container_free(struct pb_container *container);

enum pb_status pb_container_next(struct pb_container *container, struct pb_member *member,
                                 bool *has_member);

/* Ends the members before their time, for the ceiling that was reached. */
void pb_container_stop(struct pb_container *container, const struct pb_fault *fault);

/* After the last member: reads the archive to its end, so that faults and digest are known. */
enum pb_status pb_container_close(struct pb_container *container);

#endif

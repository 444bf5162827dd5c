/* SPDX-License-Identifier: MIT */
/* W1 taken apart, so that each stage can be given what it works on. */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/vector.h"

/* Everything is owned by the arena and the vectors; all of them have one element an item. */
struct workload {
    const char *path; /* borrowed */
    struct pb_limits limits;
    struct pb_arena arena;
    struct pb_slice archive;  /* the file's bytes */
    struct pb_slice tar;      /* without gzip */
    struct pb_vector items;   /* of struct pb_slice: contents */
    struct pb_vector paths;   /* of struct pb_slice */
    struct pb_vector bodies;  /* of struct pb_slice: CertificateBody as PEM */
    struct pb_vector chains;  /* of struct pb_slice: CertificateChain as PEM */
    struct pb_vector leaves;  /* of struct pb_slice: DER */
    struct pb_vector issuers; /* of struct pb_slice: DER of the chain's first */
};

/* Ends the program, saying what failed, unless the condition holds. */
void expect(bool condition, const char *what);

/* path names a tar.gz of get-server-certificate answers with chains. Released at exit. */
void workload_load(struct workload *workload, const char *path);

struct pb_slice workload_read_file(struct pb_arena *arena, const char *path);

#endif

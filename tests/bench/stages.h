/* SPDX-License-Identifier: MIT */
/* The stages that the benchmark's floor is made of, each alone. */
#ifndef BENCH_STAGES_H
#define BENCH_STAGES_H

#include <stddef.h>
#include <stdint.h>

#include "workload.h"

/* What a round went through. */
struct amount {
    size_t items;
    uint64_t bytes;
};

struct stage {
    const char *name;
    struct amount (*run)(const struct workload *workload);
};

/* In the order in which data goes through them. */
extern const struct stage stages[];
extern const size_t stage_count;

#endif

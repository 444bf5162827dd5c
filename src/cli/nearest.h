/* SPDX-License-Identifier: MIT */
/* Which known name somebody may have meant. */
#ifndef PB_CLI_NEAREST_H
#define PB_CLI_NEAREST_H

#include <stddef.h>

/* All strings are borrowed. */
struct pb_nearest {
    const char *wanted;
    const char *best; /* NULL while nothing offered is near enough to be a slip of the hand */
    size_t distance;
};

void pb_nearest_init(struct pb_nearest *nearest, const char *wanted);
/* Of equally near candidates the first stays. */
void pb_nearest_offer(struct pb_nearest *nearest, const char *candidate);
/* Offers all names of one of the library's tables, and returns the best. */
const char *pb_nearest_in_table(const char *table, const char *wanted);

#endif

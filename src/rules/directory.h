/* SPDX-License-Identifier: MIT */
/* Certificates by what they are called. */
#ifndef PB_RULES_DIRECTORY_H
#define PB_RULES_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* One certificate under one of its names: an id or an ARN, or an account and a name. */
struct pb_handle {
    struct pb_slice first, second; /* borrowed */
    uint32_t certificate;
};

/* Handles in order. Zero-initialise; release in any case. */
struct pb_directory {
    struct pb_handle *handles; /* owned */
    size_t count;
};

/* Certificates of one name are few; a lookup shows no more of them than this. */
#define PB_MOST_HANDLES 16

/* Makes room for most handles; false without memory. */
bool pb_directory_init(struct pb_directory *directory, size_t most);
void pb_directory_release(struct pb_directory *directory);
/* Does nothing where the second name is absent or empty. */
void pb_directory_add(struct pb_directory *directory, struct pb_slice first, struct pb_slice second,
                      uint32_t certificate);
/* After the last handle, before the first lookup. */
void pb_directory_sort(struct pb_directory *directory);

/* The handles of that name, by certificate; *count is 0 where there is none, and at most
 * PB_MOST_HANDLES. */
const struct pb_handle *pb_directory_find(const struct pb_directory *directory,
                                          struct pb_slice first, struct pb_slice second,
                                          size_t *count);

#endif

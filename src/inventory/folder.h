/* SPDX-License-Identifier: MIT */
/* Where evidence stands: folders of evidence paths (inventory/path.h), and which is above which. */
#ifndef PB_INVENTORY_FOLDER_H
#define PB_INVENTORY_FOLDER_H

#include <stdbool.h>

#include "base/slice.h"

/* Like pb_slice_compare, but '/' is lower than any other byte: a folder stands right before what
 * lies beneath it, and what has most in common with it stands next to it. */
int pb_folder_compare(struct pb_slice a, struct pb_slice b);

/* How many whole components two folders have in common. */
size_t pb_folder_common(struct pb_slice a, struct pb_slice b);

#endif

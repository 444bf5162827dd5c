/* SPDX-License-Identifier: MIT */
/* How every report spells a place in the evidence. */
#ifndef PB_REPORT_PLACE_H
#define PB_REPORT_PLACE_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/diagnostic.h"
#include "inventory/types.h"

/* A place: an evidence entry, and what is known of where in it. */
struct pb_place {
    uint32_t entry;          /* index; PB_NO_ENTRY appends nothing at all */
    uint32_t line, column;   /* from 1, 0 where not known */
    struct pb_slice pointer; /* absent where not known; "" is the whole document */
};

struct pb_place pb_place_of_diagnostic(const struct pb_diagnostic *diagnostic);
struct pb_place pb_place_of_observation(const struct pb_observation *observation);

/* The evidence path, escaped so that it can be undone (PB_ESCAPE_REVERSIBLE), then ":line:column"
 * or ":line" where known, else "#pointer" where known. */
void pb_place_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     struct pb_place place);

/* The same without the path: "12:3", "12", "#/a/b", or nothing. */
void pb_place_append_inside(struct pb_buffer *buffer, struct pb_place place);

#endif

/* SPDX-License-Identifier: MIT */
/* The commands that replace one vulnerable certificate, for a POSIX shell. */
#ifndef PB_REPORT_REMEDY_H
#define PB_REPORT_REMEDY_H

#include "base/buffer.h"
#include "inventory/types.h"

/* What each replacement needs, and why: one line of printable text. */
extern const char pb_remedy_advice[];

/* Appends every command that replaces the certificate, or a comment that says why there is none:
 * lines of printable text, each ended by a line feed, that are to be copied as they are, whole,
 * however wide. */
void pb_remedy_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                      const struct pb_certificate *certificate);

#endif

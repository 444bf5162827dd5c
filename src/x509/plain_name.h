/* SPDX-License-Identifier: MIT */
/* Distinguished names of the ordinary kind as text, without decoding them. Private to the room. */
#ifndef PB_X509_PLAIN_NAME_H
#define PB_X509_PLAIN_NAME_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/*
 * The text that pb_name_text gives for the name, whose DER is given with its header. Absent where
 * the name is not plain: where an attribute is not of the usual types, where a value is neither
 * ASCII nor UTF-8 or has control characters or blanks at an end, where a set holds two attributes,
 * or where something is not strict DER. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_plain_name_text(struct pb_slice name, struct pb_arena *arena,
                                  struct pb_slice *text);

#endif

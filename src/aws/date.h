/* SPDX-License-Identifier: MIT */
/* The spellings of a date that AWS clients print. */
#ifndef PB_AWS_DATE_H
#define PB_AWS_DATE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "inventory/types.h"
#include "json/tree.h"

/*
 * Reads a date's text, whatever stands around it of white space: RFC 3339 with a blank for the T,
 * without a colon in the offset, without a zone or a time, " UTC", CloudTrail's
 * "Mar 24, 2014 9:11:59 PM" and .NET's "/Date(1367488800000)/". An empty text and .NET's
 * 0001-01-01T00:00:00 are absent. A spelling is borrowed from the text.
 */
struct pb_date pb_date_from_text(struct pb_slice text);

/* What a value that was to be a date turned out to be. */
enum pb_date_fault {
    PB_DATE_FINE,
    PB_DATE_UNREADABLE,  /* a text that is no date */
    PB_DATE_IMPLAUSIBLE, /* a number outside 2006, when AWS began, to 9999: no count of seconds */
    PB_DATE_NO_DATE,     /* neither text nor number */
};

/*
 * Reads a JSON value: a text as above; a number of seconds since 1970, or of milliseconds from
 * 1e11 on; PowerShell's {"value": "/Date(...)/"}; placebo's {"__class__": "datetime", ...}. With
 * any fault the date is unparseable. A spelling is copied into the arena. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_date_from_json(const struct pb_json *value, struct pb_arena *arena,
                                 struct pb_date *date, enum pb_date_fault *fault);

#endif

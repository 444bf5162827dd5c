/* SPDX-License-Identifier: MIT */
/* Instants and the time between them, as sentences say them. */
#ifndef PB_RULES_SPAN_H
#define PB_RULES_SPAN_H

#include "base/instant.h"

/* Text of fixed size for use in a printf argument list: pb_span(...).text. */
struct pb_text {
    char text[64];
};

/* "2014-03-24T21:11:59Z" */
struct pb_text pb_instant_text(struct pb_instant instant);
/* "1 day", "754 days": the unit is its singular. */
struct pb_text pb_count_text(int64_t count, const char *unit);
/* How far apart, whichever is first: "8 days", "1 day", "3 hours", "59 minutes", "1 second",
 * "less than a second"; whole units, rounded down. */
struct pb_text pb_span(struct pb_instant a, struct pb_instant b);

#endif

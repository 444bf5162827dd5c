/* SPDX-License-Identifier: MIT */
/* Instants in UTC, the proleptic Gregorian calendar, and their one canonical spelling. */
#ifndef PB_BASE_TIME_H
#define PB_BASE_TIME_H

#include "base/bytes.h"

struct pb_instant {
    int64_t seconds;     /* since 1970-01-01T00:00:00Z, negative before it */
    int32_t nanoseconds; /* 0 to 999,999,999, always forward in time */
};

/* The fields of a civil date and time, not yet checked. */
struct pb_civil {
    int year, month, day, hour, minute; /* the year is 1 to 9999 */
    int second;                         /* 60 is none: a leap second is refused */
};

/* False for a date or time that does not exist (31 February, hour 25, year 0). */
bool pb_instant_from_civil(const struct pb_civil *civil, struct pb_instant *instant);
/* False where the instant's year is outside 1 to 9999. */
bool pb_instant_to_civil(struct pb_instant instant, struct pb_civil *civil);
/* <0, 0 or >0. */
int pb_instant_compare(struct pb_instant a, struct pb_instant b);
/* The instant that many seconds later; false where that leaves the years 1 to 9999. */
bool pb_instant_add_seconds(struct pb_instant instant, int64_t seconds, struct pb_instant *sum);

/* RFC 3339, section 5.6: a full date, 'T', 't' or a blank, a full time, an optional fraction and
 * 'Z', 'z' or an offset. Nothing may precede or follow it. Digits of the fraction past the ninth
 * are dropped, which moves no instant across a cutoff given in nanoseconds or coarser. */
bool pb_instant_parse_rfc3339(struct pb_slice text, struct pb_instant *instant);
/* RFC 3339's full-date alone, as midnight UTC. */
bool pb_instant_parse_date(struct pb_slice text, struct pb_instant *instant);

/* Each moves the start of *text behind what it takes. */
/* Takes up to most (below 10) decimal digits; false if there are fewer than fewest. */
bool pb_take_number(struct pb_slice *text, size_t fewest, size_t most, int *value);
/* Takes one byte that is among the choices; false, and takes nothing, if it is not. */
bool pb_take_byte(struct pb_slice *text, const char *choices);
/* Takes all digits of a fraction, of which nine count. Returns how many there are. */
size_t pb_take_fraction(struct pb_slice *text, int32_t *nanoseconds);
/* Takes "10:00:00" and a fraction, if there is one; fewest: digits of the hour. */
bool pb_take_clock(struct pb_slice *text, size_t fewest, struct pb_civil *civil,
                   int32_t *nanoseconds, size_t *fraction_digits);
/* Takes "+02:00", "+0200" and, at the end of the text, "+02". */
bool pb_take_offset(struct pb_slice *text, int *offset_seconds);

/* Room for any instant and a NUL. */
#define PB_INSTANT_BYTES sizeof "2014-04-01T00:00:00.123456789Z"

/* "2014-04-01T00:00:00Z", with a fraction only where there is one, without trailing zeros; "" for
 * an instant outside the years 1 to 9999. Returns its size without the NUL. */
size_t pb_instant_spell(struct pb_instant instant, char spelling[PB_INSTANT_BYTES]);

#endif

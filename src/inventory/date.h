/* SPDX-License-Identifier: MIT */
/* How precise a date is, and whether two spellings can be the same instant. */
#ifndef PB_INVENTORY_DATE_H
#define PB_INVENTORY_DATE_H

#include <stdbool.h>

#include "inventory/observation.h"

/* Whether there is an instant at all. */
static inline bool pb_date_is_known(const struct pb_date *date)
{
    return date->state != PB_DATE_ABSENT && date->state != PB_DATE_UNPARSEABLE;
}

/*
 * The text as it stood: the spelling, else that of an exact date's instant, which is put into the
 * room; absent where there was none.
 */
struct pb_slice pb_date_text(const struct pb_date *date, char room[PB_INSTANT_BYTES]);
/* Makes the text the date's, borrowed, unless pb_date_text returns it anyway. What is longer than
 * 4 GiB is cut. Returns whether it is to be kept. */
bool pb_date_spell(struct pb_date *date, struct pb_slice text);

/* The earliest and the latest instant that the text can mean: the same one for an exact date, 14
 * hours to either side without a zone (the widest offset in use), and the whole day besides
 * without a time. The date must be known. */
struct pb_instant pb_date_earliest(const struct pb_date *date);
struct pb_instant pb_date_latest(const struct pb_date *date);

/* Whether the two differ by more than a second after truncation to the coarser of their
 * precisions. Producers drop fractions, so a dropped one is no difference. Both must be known. */
bool pb_date_differs(const struct pb_date *a, const struct pb_date *b);

/* Whether a says the same as b or less: the one to keep of two that agree is the more precise. */
bool pb_date_is_coarser(const struct pb_date *a, const struct pb_date *b);

#endif

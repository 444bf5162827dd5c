/* SPDX-License-Identifier: MIT */
#include "inventory/types.h"

#define WIDEST_OFFSET_SECONDS (14 * 3600)
#define DAY_SECONDS (24 * 3600)

struct pb_slice pb_date_text(const struct pb_date *date, char room[PB_INSTANT_BYTES])
{
    if (date->spelling != NULL)
        return (struct pb_slice){date->spelling, date->spelling_bytes};
    if (date->state != PB_DATE_EXACT)
        return PB_SLICE_ABSENT;
    return (struct pb_slice){room, pb_instant_spell(date->instant, room)};
}

bool pb_date_spell(struct pb_date *date, struct pb_slice text)
{
    char room[PB_INSTANT_BYTES];

    date->spelling = NULL;
    if (pb_slice_equals(pb_date_text(date, room), text))
        return false;
    date->spelling = text.data;
    date->spelling_bytes = (uint32_t)pb_slice_first(text, UINT32_MAX).size_bytes;
    return true;
}

struct pb_instant pb_date_earliest(const struct pb_date *date)
{
    struct pb_instant instant = date->instant;

    if (date->state != PB_DATE_EXACT)
        instant.seconds -= WIDEST_OFFSET_SECONDS;
    return instant;
}

struct pb_instant pb_date_latest(const struct pb_date *date)
{
    struct pb_instant instant = date->instant;

    if (date->state != PB_DATE_EXACT)
        instant.seconds += WIDEST_OFFSET_SECONDS;
    if (date->state == PB_DATE_WITHOUT_TIME)
        instant.seconds += DAY_SECONDS;
    return instant;
}

static struct pb_instant truncated(struct pb_instant instant, int digits)
{
    int32_t unit = 1000000000;

    for (; digits > 0; digits--)
        unit /= 10;
    instant.nanoseconds -= instant.nanoseconds % unit;
    return instant;
}

static bool is_over_a_second_later(struct pb_instant late, struct pb_instant early)
{
    early.seconds += 1;
    return pb_instant_compare(late, early) > 0;
}

bool pb_date_differs(const struct pb_date *a, const struct pb_date *b)
{
    int digits = a->fraction_digits < b->fraction_digits ? a->fraction_digits : b->fraction_digits;

    return is_over_a_second_later(truncated(pb_date_earliest(a), digits),
                                  truncated(pb_date_latest(b), digits)) ||
           is_over_a_second_later(truncated(pb_date_earliest(b), digits),
                                  truncated(pb_date_latest(a), digits));
}

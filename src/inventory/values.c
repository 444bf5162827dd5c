/* SPDX-License-Identifier: MIT */
/* Dates and Amazon resource names of documents. */
#include "inventory/types.h"

#define WIDEST_OFFSET_SECONDS (14 * 3600)
#define DAY_SECONDS (24 * 3600)

struct pb_slice pb_date_text(const struct pb_date *date, char room[PB_INSTANT_BYTES])
{
    if (date->spelling != NULL)
        return (struct pb_slice){date->spelling, date->spelling_bytes};
    if (date->state != PB_DATE_EXACT && date->state != PB_DATE_REFUSED)
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

/* Both are truncated to multiples of so many nanoseconds. */
static bool is_over_a_second_later(struct pb_instant late, struct pb_instant early, int32_t unit)
{
    late.nanoseconds -= late.nanoseconds % unit;
    early.nanoseconds -= early.nanoseconds % unit;
    early.seconds += 1;
    return pb_instant_compare(late, early) > 0;
}

bool pb_date_differs(const struct pb_date *a, const struct pb_date *b)
{
    int32_t unit = 1000000000;

    for (int i = 0; i < a->fraction_digits && i < b->fraction_digits; i++)
        unit /= 10;
    return is_over_a_second_later(pb_date_earliest(a), pb_date_latest(b), unit) ||
           is_over_a_second_later(pb_date_earliest(b), pb_date_latest(a), unit);
}

bool pb_arn_parse(struct pb_slice text, struct pb_arn *arn)
{
    struct pb_slice *const parts[] = {&arn->partition, &arn->service, &arn->region, &arn->account};

    if (!pb_slice_starts_with(text, PB_SLICE("arn:")))
        return false;
    text = pb_slice_from(text, 4);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *colon = text.size_bytes > 0 ? memchr(text.data, ':', text.size_bytes) : NULL;
        if (colon == NULL)
            return false;
        *parts[i] = pb_slice_first(text, (size_t)(colon - text.data));
        text = pb_slice_from(text, parts[i]->size_bytes + 1);
    }
    arn->resource = text;
    return true;
}

bool pb_certificate_arn_parse(struct pb_slice text, struct pb_certificate_arn *arn)
{
    const struct pb_slice kind = PB_SLICE("server-certificate/");
    struct pb_arn parts;

    if (!pb_arn_parse(text, &parts) || !pb_slice_equals(parts.service, PB_SLICE("iam")) ||
        !pb_slice_starts_with(parts.resource, kind))
        return false;
    struct pb_slice rest = pb_slice_from(parts.resource, kind.size_bytes - 1);
    size_t slash = pb_slice_find_last(rest, '/');
    arn->partition = parts.partition;
    arn->account = parts.account;
    arn->path = pb_slice_first(rest, slash + 1);
    arn->name = pb_slice_from(rest, slash + 1);
    /* Templates have variables. */
    return arn->name.size_bytes > 0 && pb_slice_find(text, PB_SLICE("${"), 0) == SIZE_MAX;
}

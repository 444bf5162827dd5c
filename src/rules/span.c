/* SPDX-License-Identifier: MIT */
#include "rules/span.h"

#include <inttypes.h>
#include <stdio.h>

/* Without memory, for what takes part in a sentence must not go missing from it. */
struct pb_text pb_instant_text(struct pb_instant instant)
{
    struct pb_text result;

    pb_instant_spell(instant, result.text);
    return result;
}

struct pb_text pb_count_text(int64_t count, const char *unit)
{
    struct pb_text result;

    snprintf(result.text, sizeof result.text, "%" PRId64 " %s%s", count, unit,
             count == 1 ? "" : "s");
    return result;
}

struct pb_text pb_span(struct pb_instant a, struct pb_instant b)
{
    bool is_forward = pb_instant_compare(a, b) <= 0;
    struct pb_instant early = is_forward ? a : b, late = is_forward ? b : a;
    int64_t seconds = late.seconds - early.seconds - (late.nanoseconds < early.nanoseconds);

    if (seconds >= 86400)
        return pb_count_text(seconds / 86400, "day");
    if (seconds >= 3600)
        return pb_count_text(seconds / 3600, "hour");
    if (seconds >= 60)
        return pb_count_text(seconds / 60, "minute");
    if (seconds >= 1)
        return pb_count_text(seconds, "second");
    struct pb_text result = {"less than a second"};
    return result;
}

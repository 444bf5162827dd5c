/* SPDX-License-Identifier: MIT */
#include "rules/exposure.h"

/* OpenSSL NEWS: 1.0.1 of 14 March 2012 introduced the heartbeat extension, 1.0.1g of 7 April 2014
 * fixed it. */
static const struct pb_instant introduced = {INT64_C(1331683200), 0};
static const struct pb_instant disclosed = {INT64_C(1396828800), 0};

struct pb_text pb_exposure_text(struct pb_instant since, struct pb_instant end)
{
    struct pb_text nothing = {"0 days"};

    if (pb_instant_compare(since, introduced) < 0)
        since = introduced;
    if (pb_instant_compare(end, disclosed) > 0)
        end = disclosed;
    return pb_instant_compare(since, end) < 0 ? pb_span(since, end) : nothing;
}

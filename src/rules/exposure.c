/* SPDX-License-Identifier: MIT */
#include "rules/exposure.h"

#include "inventory/types.h"

#define DAY_SECONDS 86400

/* OpenSSL NEWS: 1.0.1 of 14 March 2012 introduced the heartbeat extension, 1.0.1g of 7 April 2014
 * fixed it. */
static const struct pb_instant introduced = {INT64_C(1331683200), 0};
static const struct pb_instant disclosed = {INT64_C(1396915200), 0};

/* Where the body and the service disagree, the later end: the bound is an upper one. */
static struct pb_instant end_of(const struct pb_certificate *certificate)
{
    const struct pb_date *expiration = &certificate->expiration;
    bool has_expiration = pb_date_is_known(expiration);

    if (certificate->body == NULL)
        return has_expiration ? pb_date_latest(expiration) : disclosed;
    struct pb_instant end = certificate->body->not_after;
    if (has_expiration && pb_instant_compare(pb_date_latest(expiration), end) > 0)
        end = pb_date_latest(expiration);
    return end;
}

uint32_t pb_exposure_days(const struct pb_certificate *certificate, struct pb_instant since)
{
    struct pb_instant end = end_of(certificate);

    if (pb_instant_compare(since, introduced) < 0)
        since = introduced;
    if (pb_instant_compare(end, disclosed) > 0)
        end = disclosed;
    if (pb_instant_compare(since, end) >= 0)
        return 0;
    int64_t seconds = end.seconds - since.seconds + (end.nanoseconds > since.nanoseconds);
    return (uint32_t)((seconds + DAY_SECONDS - 1) / DAY_SECONDS);
}

struct pb_instant pb_exposure_start(const struct pb_certificate *certificate)
{
    struct pb_instant start = introduced;

    if (certificate->body != NULL && pb_instant_compare(certificate->body->not_before, start) > 0)
        start = certificate->body->not_before;
    if (pb_date_is_known(&certificate->upload_date) &&
        pb_instant_compare(pb_date_earliest(&certificate->upload_date), start) > 0)
        start = pb_date_earliest(&certificate->upload_date);
    return start;
}

struct pb_text pb_exposure_text(uint32_t days)
{
    return pb_count_text(days, "day");
}

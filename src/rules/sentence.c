/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <inttypes.h>
#include <stdio.h>

#define DAY_SECONDS 86400

struct pb_text pb_instant_text(struct pb_instant instant)
{
    struct pb_text result = {.text = ""};

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

struct pb_text pb_duration_text(struct pb_instant a, struct pb_instant b)
{
    bool is_forward = pb_instant_compare(a, b) <= 0;
    struct pb_instant early = is_forward ? a : b, late = is_forward ? b : a;
    int64_t seconds = late.seconds - early.seconds - (late.nanoseconds < early.nanoseconds);

    if (seconds >= DAY_SECONDS)
        return pb_count_text(seconds / DAY_SECONDS, "day");
    if (seconds >= 3600)
        return pb_count_text(seconds / 3600, "hour");
    if (seconds >= 60)
        return pb_count_text(seconds / 60, "minute");
    if (seconds >= 1)
        return pb_count_text(seconds, "second");
    return (struct pb_text){"less than a second"};
}

struct pb_slice pb_certificate_name(const struct pb_certificate *certificate)
{
    if (certificate->name.size_bytes > 0)
        return certificate->name;
    if (certificate->arn.size_bytes > 0)
        return certificate->arn;
    return certificate->id.size_bytes > 0 ? certificate->id
                                          : PB_SLICE("a certificate without a name");
}

struct pb_text pb_arrival_text(const struct pb_certificate *certificate)
{
    bool is_acm = certificate->origin == PB_ORIGIN_ACM;
    const struct pb_date *date = pb_certificate_arrival(certificate);
    const struct pb_x509_facts *body = certificate->body;
    bool has_begin = body != NULL && (body->unread & PB_X509_NOT_BEFORE) == 0;
    struct pb_text text;

    if (pb_date_is_known(date))
        snprintf(text.text, sizeof text.text, "%s %.30s", is_acm ? "imported into ACM" : "uploaded",
                 pb_instant_text(date->instant).text);
    else
        snprintf(text.text, sizeof text.text, "%s%s%.30s",
                 is_acm ? "in ACM" : "upload date not known", has_begin ? ", issued " : "",
                 has_begin ? pb_instant_text(body->not_before).text : "");
    return text;
}

static bool has_end(const struct pb_x509_facts *body)
{
    return body != NULL && (body->unread & PB_X509_NOT_AFTER) == 0;
}

bool pb_certificate_find_end(const struct pb_certificate *certificate, struct pb_instant *end)
{
    bool has_body_end = has_end(certificate->body);

    if (certificate->presence == PB_PRESENCE_DELETED ||
        (!has_body_end && !pb_date_is_known(&certificate->expiration)))
        return false;
    *end = has_body_end ? certificate->body->not_after : certificate->expiration.instant;
    return true;
}

/* OpenSSL NEWS: 1.0.1 of 14 March 2012 introduced the heartbeat extension, 1.0.1g of 7 April 2014
 * fixed it. */
static const struct pb_instant introduced = {INT64_C(1331683200), 0};
static const struct pb_instant disclosed = {INT64_C(1396915200), 0};

static struct pb_instant later(struct pb_instant a, struct pb_instant b)
{
    return pb_instant_compare(a, b) > 0 ? a : b;
}

/* The later end where the body and the service disagree, because the bound is an upper one. */
static struct pb_instant exposure_end(const struct pb_certificate *certificate)
{
    const struct pb_date *expiration = &certificate->expiration;
    struct pb_instant end = {INT64_MIN, 0};

    if (!has_end(certificate->body) && !pb_date_is_known(expiration))
        return disclosed;
    if (has_end(certificate->body))
        end = certificate->body->not_after;
    if (pb_date_is_known(expiration))
        end = later(end, pb_date_latest(expiration));
    return pb_instant_compare(end, disclosed) < 0 ? end : disclosed;
}

uint32_t pb_exposure_days(const struct pb_certificate *certificate, struct pb_instant since)
{
    struct pb_instant start = later(since, introduced), end = exposure_end(certificate);

    if (pb_instant_compare(start, end) >= 0)
        return 0;
    int64_t seconds = end.seconds - start.seconds + (end.nanoseconds > start.nanoseconds);
    return (uint32_t)((seconds + DAY_SECONDS - 1) / DAY_SECONDS);
}

struct pb_instant pb_exposure_start(const struct pb_certificate *certificate)
{
    struct pb_instant start = introduced;

    if (certificate->body != NULL)
        start = later(start, certificate->body->not_before);
    if (pb_date_is_known(&certificate->upload_date))
        start = later(start, pb_date_earliest(&certificate->upload_date));
    return start;
}

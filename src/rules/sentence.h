/* SPDX-License-Identifier: MIT */
/* Phrases that the rules' sentences share: instants, durations, how a certificate is called. */
#ifndef PB_RULES_SENTENCE_H
#define PB_RULES_SENTENCE_H

#include "base/time.h"
#include "inventory/types.h"

/* Room for any sentence and a NUL. */
#define PB_SENTENCE_BYTES 1024

/* Text of fixed size for use in a printf argument list: pb_instant_text(...).text. */
struct pb_text {
    char text[64];
};

/* "2014-03-24T21:11:59Z" */
struct pb_text pb_instant_text(struct pb_instant instant);
/* "1 day", "754 days": the unit is its singular. */
struct pb_text pb_count_text(int64_t count, const char *unit);
/* The time between the two, whichever is first: "8 days", "1 day", "3 hours", "59 minutes",
 * "1 second", "less than a second"; whole units, rounded down. */
struct pb_text pb_duration_text(struct pb_instant a, struct pb_instant b);

/* Its name, else its ARN, else its id, else "a certificate without a name". */
struct pb_slice pb_certificate_name(const struct pb_certificate *certificate);
/* "uploaded 2013-05-02T10:00:00Z", for one of ACM "imported into ACM 2016-02-10T16:20:00Z"; else
 * "upload date not known" or "in ACM", with ", issued 2013-05-01T00:00:00Z" where it has a body. */
struct pb_text pb_arrival_text(const struct pb_certificate *certificate);

/* NotAfter of its body, else the service's Expiration. False where neither is known, and for a
 * deleted certificate, whose expiry needs no action. */
bool pb_certificate_find_end(const struct pb_certificate *certificate, struct pb_instant *end);

/*
 * For how many days a vulnerable OpenSSL can have exposed the key to Heartbleed: whole days,
 * rounded up, from the later of since and 14 March 2012 (OpenSSL 1.0.1) to the earlier of the
 * certificate's end, if that is known, and disclosure, which is the end of 7 April 2014, because
 * its hour is not known. 0 where there is nothing between. An upper bound: it assumes that a
 * vulnerable OpenSSL served the key all that time.
 */
uint32_t pb_exposure_days(const struct pb_certificate *certificate, struct pb_instant since);
/* The later of NotBefore and UploadDate, as far as they are known; else 14 March 2012. */
struct pb_instant pb_exposure_start(const struct pb_certificate *certificate);

#endif

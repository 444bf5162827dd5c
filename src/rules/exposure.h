/* SPDX-License-Identifier: MIT */
/* For how long a key can have been exposed to Heartbleed before the world knew of it. */
#ifndef PB_RULES_EXPOSURE_H
#define PB_RULES_EXPOSURE_H

#include <stdint.h>

#include "inventory/types.h"
#include "rules/span.h"

/*
 * Whole days, rounded up, from the later of since and 14 March 2012 (OpenSSL 1.0.1) to the earlier
 * of the certificate's end, if that is known, and disclosure, which is the end of 7 April 2014,
 * for its hour is not known. 0 where there is nothing between. An upper bound, on the assumption
 * that a vulnerable OpenSSL served the key all that time.
 */
uint32_t pb_exposure_days(const struct pb_certificate *certificate, struct pb_instant since);

/* The later of NotBefore and UploadDate, as far as they are known; else 14 March 2012. */
struct pb_instant pb_exposure_start(const struct pb_certificate *certificate);

/* "1 day", "754 days" */
struct pb_text pb_exposure_text(uint32_t days);

#endif

/* SPDX-License-Identifier: MIT */
/* For how long a key can have been exposed to Heartbleed. */
#ifndef PB_RULES_EXPOSURE_H
#define PB_RULES_EXPOSURE_H

#include "rules/span.h"

/* "754 days": from the later of since and 14 March 2012 (OpenSSL 1.0.1) to the earlier of end and
 * 7 April 2014 (disclosure); "0 days" where that is nothing. An upper bound, on the assumption
 * that the key was served by a vulnerable OpenSSL all that time. */
struct pb_text pb_exposure_text(struct pb_instant since, struct pb_instant end);

#endif

/* SPDX-License-Identifier: MIT */
/* The named cutoffs, and the spellings of an instant on the command line. */
#ifndef PB_RULES_CUTOFF_H
#define PB_RULES_CUTOFF_H

#include "base/instant.h"

/* 2014-04-01T00:00:00Z: the rule's own text. */
#define PB_CUTOFF_IAM_033 ((struct pb_instant){INT64_C(1396310400), 0})

/* An RFC 3339 instant, a date (midnight UTC), or the name of a cutoff. False for anything else. */
bool pb_cutoff_parse(struct pb_slice text, struct pb_instant *instant);

#endif

/* SPDX-License-Identifier: MIT */
/* What the program takes from outside its command line: clock, processors, three variables. */
#ifndef PB_CLI_ENVIRONMENT_H
#define PB_CLI_ENVIRONMENT_H

#include <stdbool.h>

#include "prebleed.h"

/* SOURCE_DATE_EPOCH where it is set, else now, to the second. Fails with PREBLEED_FAILED_USAGE
 * where the variable is no number of seconds. */
enum prebleed_status pb_environment_as_of(struct prebleed_instant *as_of,
                                          struct prebleed_error *error);

/* The number of processors that are online, at least 1 and at most 256. */
unsigned pb_environment_processors(void);

/* Whether standard output is a terminal that shows colours and whose owner wants them
 * (NO_COLOR, TERM). */
bool pb_environment_has_color(void);

/*
 * Makes sure that descriptors 0 to 2 are open, so that no file of ours becomes standard output by
 * accident, and that a reader who went away or a file that may not grow is an error, not a signal.
 */
void pb_environment_prepare(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Threads that work together, and the one lock that they share: the only file that has any. */
#ifndef PB_BASE_CREW_H
#define PB_BASE_CREW_H

#include "base/status.h"

struct pb_crew;

/* What every member does, once; numbers count from 0, which is the thread that called. */
typedef void pb_crew_work(void *context, struct pb_crew *crew, unsigned member);

/*
 * Has the calling thread work, and when it asks for them up to members - 1 others; returns when all
 * are done. Fails only with PB_FAILED_MEMORY, and then nobody has worked.
 */
enum pb_status pb_crew_run(unsigned members, pb_crew_work *work, void *context);

/* Once, by member 0. One that cannot be started is done without. */
void pb_crew_start_others(struct pb_crew *crew);

void pb_crew_lock(struct pb_crew *crew);
void pb_crew_unlock(struct pb_crew *crew);
/* Under the lock: gives it away until another member calls, and has it again when it returns. What
 * was waited for may still not be so. */
void pb_crew_wait(struct pb_crew *crew);
/* Under the lock: wakes all that wait. */
void pb_crew_call(struct pb_crew *crew);

#endif

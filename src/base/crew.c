/* SPDX-License-Identifier: MIT */
#include "base/crew.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct member {
    struct pb_crew *crew;
    pthread_t thread;
    unsigned number;
    bool is_started;
};

struct pb_crew {
    pthread_mutex_t lock;
    pthread_cond_t has_changed;
    pb_crew_work *work;
    void *context;
    struct member *members; /* all but the first, which is the calling thread */
    unsigned count;         /* of those */
};

enum pb_status pb_crew_run(unsigned members, pb_crew_work *work, void *context)
{
    struct pb_crew crew = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .has_changed = PTHREAD_COND_INITIALIZER,
        .work = work,
        .context = context,
        .members = calloc(members, sizeof(struct member)),
        .count = members > 0 ? members - 1 : 0,
    };

    if (crew.members == NULL)
        return PB_FAILED_MEMORY;
    work(context, &crew, 0);
    for (unsigned i = 0; i < crew.count; i++)
        if (crew.members[i].is_started)
            pthread_join(crew.members[i].thread, NULL);
    free(crew.members);
    pthread_cond_destroy(&crew.has_changed);
    pthread_mutex_destroy(&crew.lock);
    return PB_OK;
}

static void *run(void *context)
{
    const struct member *member = context;

    member->crew->work(member->crew->context, member->crew, member->number);
    return NULL;
}

void pb_crew_start_others(struct pb_crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++) {
        struct member *member = &crew->members[i];
        member->crew = crew;
        member->number = i + 1;
        member->is_started = pthread_create(&member->thread, NULL, run, member) == 0;
    }
}

void pb_crew_lock(struct pb_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
}

void pb_crew_unlock(struct pb_crew *crew)
{
    pthread_mutex_unlock(&crew->lock);
}

void pb_crew_wait(struct pb_crew *crew)
{
    pthread_cond_wait(&crew->has_changed, &crew->lock);
}

void pb_crew_call(struct pb_crew *crew)
{
    pthread_cond_broadcast(&crew->has_changed);
}

/* SPDX-License-Identifier: MIT */
#include "audit/pool.h"

#include <stdlib.h>

#include "audit/shipment.h"
#include "base/crew.h"
#include "inventory/batch.h"

/* One thread's own. */
struct worker {
    struct pb_batch batch;
    enum pb_status status;
};

/* Shared by the workers. */
struct pool {
    struct pb_evidence_reader *reader; /* used under the lock */
    bool is_over; /* under the lock: the reader has no more, or a worker has failed */
    const struct pb_extraction *extraction;
    struct worker *workers; /* one a member of the crew */
};

static enum pb_status load(struct pool *pool, struct pb_crew *crew, struct worker *worker,
                           struct pb_shipment *shipment, bool *is_over)
{
    enum pb_status status = PB_OK;
    bool is_empty = true;

    pb_crew_lock(crew);
    if (!pool->is_over)
        status = pb_shipment_load(shipment, pool->reader, &worker->batch, &is_empty);
    pool->is_over |= is_empty || status != PB_OK;
    *is_over = is_empty;
    pb_crew_unlock(crew);
    return status;
}

static void give_up(struct pool *pool, struct pb_crew *crew)
{
    pb_crew_lock(crew);
    pool->is_over = true;
    pb_crew_unlock(crew);
}

/* The others are called when there is more evidence than one thread has in hand. */
static void work(void *context, struct pb_crew *crew, unsigned member)
{
    struct pool *pool = context;
    struct worker *worker = &pool->workers[member];
    struct pb_extractor extractor;
    struct pb_shipment shipment;
    bool is_over = false, is_alone = member == 0;
    enum pb_status status = pb_extractor_init(&extractor, pool->extraction);

    pb_shipment_init(&shipment);
    while (status == PB_OK) {
        status = load(pool, crew, worker, &shipment, &is_over);
        if (status != PB_OK || is_over)
            break;
        if (is_alone && pb_shipment_is_full(&shipment)) {
            is_alone = false;
            pb_crew_start_others(crew);
        }
        status = pb_shipment_extract(&shipment, &extractor, &worker->batch);
        if (status == PB_OK)
            status = pb_diagnostics_bound(&worker->batch, PB_MOST_DIAGNOSTICS);
    }
    if (status != PB_OK)
        give_up(pool, crew);
    worker->status = status;
    pb_shipment_release(&shipment);
    pb_extractor_release(&extractor);
}

static enum pb_status merge(struct worker *workers, unsigned jobs, struct pb_batch *batch)
{
    enum pb_status status = PB_OK;

    for (unsigned i = 0; i < jobs; i++) {
        if (status == PB_OK)
            status = workers[i].status;
        if (status == PB_OK)
            status = pb_batch_merge(batch, &workers[i].batch);
        pb_batch_release(&workers[i].batch);
    }
    return status;
}

enum pb_status pb_pool_read(struct pb_evidence_reader *reader,
                            const struct pb_extraction *extraction, unsigned jobs,
                            struct pb_batch *batch)
{
    struct worker *workers = calloc(jobs, sizeof *workers);
    struct pool pool = {.reader = reader, .extraction = extraction, .workers = workers};

    if (workers == NULL)
        return PB_FAILED_MEMORY;
    for (unsigned i = 0; i < jobs; i++)
        pb_batch_init(&workers[i].batch);
    pb_evidence_checksums(reader)->is_shared = true;
    enum pb_status status = pb_crew_run(jobs, work, &pool);
    if (status == PB_OK)
        status = merge(workers, jobs, batch);
    free(workers);
    return status;
}

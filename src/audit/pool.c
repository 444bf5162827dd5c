/* SPDX-License-Identifier: MIT */
#include "audit/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "audit/shipment.h"
#include "inventory/diagnostic_ceiling.h"

struct worker;

/* Shared by the workers. */
struct pool {
    pthread_mutex_t lock;
    struct pb_evidence_reader *reader; /* used under the lock */
    bool is_over; /* under the lock: the reader has no more, or a worker has failed */
    const struct pb_extraction *extraction;
    struct worker *workers; /* the first is the calling thread, so that one is always there */
    unsigned jobs;
};

/* One thread's own. */
struct worker {
    struct pool *pool;
    pthread_t thread;
    bool is_started;
    struct pb_batch batch;
    enum pb_status status;
};

static enum pb_status load(struct worker *worker, struct pb_shipment *shipment, bool *is_over)
{
    struct pool *pool = worker->pool;
    enum pb_status status = PB_OK;
    bool is_empty = true;

    pthread_mutex_lock(&pool->lock);
    if (!pool->is_over)
        status = pb_shipment_load(shipment, pool->reader, &worker->batch, &is_empty);
    pool->is_over |= is_empty || status != PB_OK;
    *is_over = is_empty;
    pthread_mutex_unlock(&pool->lock);
    return status;
}

static void give_up(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->is_over = true;
    pthread_mutex_unlock(&pool->lock);
}

static void *run_worker(void *context);

/* Once, by the first worker, when there is more evidence than one thread has in hand. */
static void start_others(struct pool *pool)
{
    for (unsigned i = 1; i < pool->jobs; i++)
        pool->workers[i].is_started =
            pthread_create(&pool->workers[i].thread, NULL, run_worker, &pool->workers[i]) == 0;
}

static enum pb_status work(struct worker *worker)
{
    struct pb_extractor extractor;
    struct pb_shipment shipment;
    bool is_over = false, is_alone = worker == worker->pool->workers;
    enum pb_status status = pb_extractor_init(&extractor, worker->pool->extraction);

    pb_shipment_init(&shipment);
    while (status == PB_OK) {
        status = load(worker, &shipment, &is_over);
        if (status != PB_OK || is_over)
            break;
        if (is_alone && pb_shipment_is_full(&shipment)) {
            is_alone = false;
            start_others(worker->pool);
        }
        status = pb_shipment_extract(&shipment, &extractor, &worker->batch);
        if (status == PB_OK)
            status = pb_diagnostics_bound(&worker->batch, PB_MOST_DIAGNOSTICS);
    }
    if (status != PB_OK)
        give_up(worker->pool);
    pb_shipment_release(&shipment);
    pb_extractor_release(&extractor);
    return status;
}

static void *run_worker(void *context)
{
    struct worker *worker = context;

    worker->status = work(worker);
    return NULL;
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
    struct pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .reader = reader,
                        .extraction = extraction,
                        .workers = workers,
                        .jobs = jobs};

    if (workers == NULL)
        return PB_FAILED_MEMORY;
    for (unsigned i = 0; i < jobs; i++) {
        workers[i].pool = &pool;
        pb_batch_init(&workers[i].batch);
    }
    pb_evidence_checksums(reader)->is_shared = true;
    run_worker(&workers[0]);
    for (unsigned i = 1; i < jobs; i++)
        if (workers[i].is_started)
            pthread_join(workers[i].thread, NULL);
    enum pb_status status = merge(workers, jobs, batch);
    pthread_mutex_destroy(&pool.lock);
    free(workers);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* Threads that read evidence. Each takes the lock, has the reader append its next items to the
 * thread's work, releases the lock and reads them. The only file with threads. */
#include <pthread.h>
#include <stdlib.h>

#include "audit/pipeline.h"

/* Large enough that taking the lock costs nothing, small enough that all threads end together. */
#define FULL_BYTES (256 * 1024)
#define FULL_ITEMS 256
/* A buffer that one large item has made larger than this is not kept for small ones. */
#define KEPT_BYTES (16 * FULL_BYTES)

/* The reader's next items, with their own texts and contents. */
struct work {
    struct pb_vector items;    /* of struct pb_item, whose slices are in the members below */
    struct pb_arena texts;     /* paths and details */
    struct pb_buffer contents; /* in the items' order */
};

struct pool {
    struct prebleed_audit *audit; /* its reader is used under the lock */
    pthread_mutex_t lock;         /* of the next four */
    bool is_over;                 /* no more items, too many signatures, or a worker has failed */
    uint64_t bytes_in_flight;     /* of the contents that workers have */
    uint64_t signatures;          /* of the items that have been read */
    struct prebleed_progress now;
    pthread_cond_t has_changed; /* is_over or bytes_in_flight */
    struct worker *workers;
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    bool is_started;
    struct work work;
    struct pb_item_reader reader;
    struct pb_batch own, *batch; /* it appends to batch: the caller's, or own after the first */
    size_t shown_items, shown_observations; /* of the batch */
    enum pb_status status;
};

static bool is_full(const struct work *work)
{
    return work->contents.size_bytes >= FULL_BYTES || work->items.count >= FULL_ITEMS;
}

/* Replaces the work by the reader's next items, none after the last. The lock is held. */
static enum pb_status load(struct work *work, struct pb_evidence_reader *reader,
                           struct pb_batch *batch)
{
    struct pb_item item;
    enum pb_status status = PB_OK;
    bool has_item = true;

    work->items.count = 0;
    pb_arena_release(&work->texts);
    pb_buffer_clear(&work->contents);
    if (work->contents.capacity_bytes > KEPT_BYTES)
        pb_buffer_release(&work->contents);
    while (status == PB_OK && !is_full(work)) {
        /* Diagnostics are numbered as the entries that the items will become in the batch. */
        batch->diagnostics.entry = (uint32_t)(batch->entries.count + work->items.count);
        status = pb_evidence_next(reader, &batch->diagnostics, &work->contents, &item, &has_item);
        if (status != PB_OK || !has_item)
            break;
        item.path = pb_arena_copy(&work->texts, item.path);
        item.detail = pb_arena_copy(&work->texts, item.detail);
        if (work->texts.has_failed || !pb_vector_append(&work->items, &item, sizeof item))
            status = PB_FAILED_MEMORY;
    }
    struct pb_slice rest = pb_buffer_slice(&work->contents); /* which moved while it grew */
    for (size_t i = 0; i < work->items.count; i++) {
        struct pb_slice *content = &PB_VECTOR_AT(struct pb_item, &work->items, i).content;
        if (content->data == NULL)
            continue;
        *content = pb_slice_first(rest, content->size_bytes);
        rest = pb_slice_from(rest, content->size_bytes);
    }
    return status;
}

/* Calls audit->show with what the worker's batch has gained since. The lock is held. */
static void show_progress(struct worker *worker)
{
    const struct prebleed_audit *audit = worker->pool->audit;
    struct prebleed_progress *now = &worker->pool->now;
    const struct pb_batch *batch = worker->batch;

    if (audit->given.show == NULL)
        return;
    now->items += batch->entries.count - worker->shown_items;
    now->certificates += batch->observations.count - worker->shown_observations;
    worker->shown_items = batch->entries.count;
    for (; worker->shown_observations < batch->observations.count; worker->shown_observations++) {
        const struct pb_observation *observation = &PB_VECTOR_AT(
            const struct pb_observation, &batch->observations, worker->shown_observations);
        now->vulnerable +=
            pb_date_is_known(&observation->upload_date) &&
            pb_instant_compare(observation->upload_date.instant, audit->parameters.cutoff) < 0;
    }
    now->read_bytes = pb_evidence_taken_bytes(audit->reader);
    audit->given.show(audit->given.show_context, now);
}

/* Gives the last work back and takes the next, once the others have less than the ceiling. False
 * where there are no more items, or where a worker, maybe this one, has failed. */
static bool take_work(struct worker *worker)
{
    struct pool *pool = worker->pool;
    struct work *work = &worker->work;

    pthread_mutex_lock(&pool->lock);
    pool->bytes_in_flight -= work->contents.size_bytes;
    pool->signatures += worker->reader.signatures;
    worker->reader.signatures = 0;
    pool->is_over |=
        worker->status != PB_OK || pool->signatures > pool->audit->limits.signatures_of_run;
    show_progress(worker);
    pthread_cond_broadcast(&pool->has_changed);
    while (!pool->is_over && pool->bytes_in_flight > 0 &&
           pool->bytes_in_flight >= pool->audit->limits.bytes_in_flight)
        pthread_cond_wait(&pool->has_changed, &pool->lock);
    if (!pool->is_over) {
        worker->status = load(work, pool->audit->reader, worker->batch);
        pool->is_over = worker->status != PB_OK || work->items.count == 0;
        pool->bytes_in_flight += work->contents.size_bytes;
    }
    bool has_work = !pool->is_over;
    show_progress(worker);
    pthread_mutex_unlock(&pool->lock);
    return has_work;
}

static void read_work(struct worker *worker)
{
    const struct pb_vector *items = &worker->work.items;
    for (size_t i = 0; worker->status == PB_OK && i < items->count; i++)
        worker->status =
            pb_item_read(&worker->reader, &PB_VECTOR_AT(struct pb_item, items, i), worker->batch);
    if (worker->status == PB_OK &&
        worker->batch->diagnostics.items.count >= 2 * PB_MOST_DIAGNOSTICS)
        worker->status = pb_batch_sort_diagnostics(worker->batch, PB_MOST_DIAGNOSTICS);
}

/* A thread's function: reads the worker's work, if it has any yet, and what it can take. */
static void *run(void *context)
{
    do {
        read_work(context);
    } while (take_work(context));
    return NULL;
}

enum pb_status pb_workers_read(struct prebleed_audit *audit, struct pb_batch *batch,
                               struct prebleed_error *error)
{
    struct pool pool = {.audit = audit,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .has_changed = PTHREAD_COND_INITIALIZER,
                        .workers = calloc(audit->given.jobs, sizeof(struct worker))};

    if (pool.workers == NULL)
        return PB_FAILED_MEMORY;
    for (unsigned i = 0; i < audit->given.jobs; i++) {
        struct worker *worker = &pool.workers[i];
        worker->pool = &pool;
        worker->batch = i == 0 ? batch : &worker->own;
        worker->status = pb_item_reader_init(&worker->reader, audit);
    }
    /* A thread with work keeps its processor, and a new one may wait for it: so all are new. */
    bool has_work = take_work(&pool.workers[0]);
    for (; has_work && pool.bytes_in_flight >= audit->limits.bytes_in_flight;
         has_work = take_work(&pool.workers[0]))
        read_work(&pool.workers[0]); /* while others would wait */
    if (has_work && is_full(&pool.workers[0].work) && audit->given.jobs > 1) {
        pb_x509_prepare_threads();
        for (unsigned i = 0; i < audit->given.jobs; i++)
            pool.workers[i].is_started =
                pthread_create(&pool.workers[i].thread, NULL, run, &pool.workers[i]) == 0;
    }
    if (has_work && !pool.workers[0].is_started)
        run(&pool.workers[0]);
    enum pb_status status = PB_OK;
    for (unsigned i = 0; i < audit->given.jobs; i++) {
        struct worker *worker = &pool.workers[i];
        if (worker->is_started)
            pthread_join(worker->thread, NULL);
        if (status == PB_OK)
            status = worker->status;
        if (status == PB_OK)
            status = pb_batch_merge(batch, &worker->own);
        pb_batch_release(&worker->own);
        pb_vector_release(&worker->work.items);
        pb_arena_release(&worker->work.texts);
        pb_buffer_release(&worker->work.contents);
        pb_item_reader_release(&worker->reader);
    }
    if (status == PB_OK && pool.signatures > audit->limits.signatures_of_run)
        status = pb_error_set(error, PB_FAILED_INPUT,
                              "the evidence asks for too many signatures: give it in parts");
    free(pool.workers);
    pthread_cond_destroy(&pool.has_changed);
    pthread_mutex_destroy(&pool.lock);
    return status;
}

/* SPDX-License-Identifier: MIT */
#include "report/shares.h"

#include "base/crew.h"

/* Of a share, before its thread waits for its turn to hand on what it has. */
#define MOST_BYTES ((size_t)1024 * 1024)

/* Shared by the crew; what is not const only under the lock, and the sink by whose turn it is. */
struct relay {
    const struct pb_shares *const shares;
    struct pb_sink *const sink;
    size_t next;  /* the share that is taken next */
    size_t turn;  /* the share that is handed on now; those before it are */
    bool is_over; /* the sink has failed: no more is wanted */
};

struct runner {
    struct relay *relay;
    struct pb_crew *crew;
    size_t share;
};

static bool take_share(struct runner *runner)
{
    struct relay *relay = runner->relay;
    const struct pb_shares *shares = relay->shares;

    pb_crew_lock(runner->crew);
    runner->share = relay->next;
    bool is_one =
        !relay->is_over && runner->share < (shares->count + shares->each - 1) / shares->each;
    relay->next += is_one;
    pb_crew_unlock(runner->crew);
    return is_one;
}

/* Shares are taken in their order, so that the one whose turn it is always has its thread. */
static void await_turn(const struct runner *runner)
{
    pb_crew_lock(runner->crew);
    while (runner->relay->turn != runner->share)
        pb_crew_wait(runner->crew);
    pb_crew_unlock(runner->crew);
}

static void end_turn(const struct runner *runner)
{
    struct relay *relay = runner->relay;

    pb_crew_lock(runner->crew);
    relay->is_over = relay->sink->has_failed;
    relay->turn++;
    pb_crew_call(runner->crew);
    pb_crew_unlock(runner->crew);
}

static bool hand_on(void *context, const char *bytes, size_t size_bytes)
{
    const struct runner *runner = context;

    await_turn(runner);
    return pb_sink_write(runner->relay->sink, (struct pb_slice){bytes, size_bytes});
}

static void write_share(struct runner *runner)
{
    const struct pb_shares *shares = runner->relay->shares;
    size_t first = runner->share * shares->each, rest = shares->count - first;
    struct pb_sink sink;

    pb_sink_init(&sink, hand_on, runner);
    sink.worth_a_call_bytes = MOST_BYTES;
    shares->write(shares->report, first, first + (rest < shares->each ? rest : shares->each),
                  &sink);
    await_turn(runner);
    if (pb_sink_finish(&sink) == PB_FAILED_MEMORY)
        pb_sink_fail_memory(runner->relay->sink);
    end_turn(runner);
    pb_sink_release(&sink);
}

static void work(void *context, struct pb_crew *crew, unsigned member)
{
    struct runner runner = {.relay = context, .crew = crew};

    if (member == 0)
        pb_crew_start_others(crew);
    while (take_share(&runner))
        write_share(&runner);
}

void pb_shares_write(const struct pb_shares *shares, struct pb_sink *sink)
{
    struct relay relay = {.shares = shares, .sink = sink, .is_over = sink->has_failed};

    if (shares->jobs < 2 || shares->count <= shares->each ||
        pb_crew_run(shares->jobs, work, &relay) != PB_OK)
        shares->write(shares->report, 0, shares->count, sink);
}

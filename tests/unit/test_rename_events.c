/* SPDX-License-Identifier: MIT */
/* Whom renames and deletions are about: the search that remembers against one that does not. */
#include "evidence_builder.h"

#include "inventory/passes.h"

#define MOST_OBSERVATIONS 12
#define ROUNDS 50000

#define BEGINNING ((struct pb_instant){INT64_MIN, 0})
#define END ((struct pb_instant){INT64_MAX, 0})

/* The same numbers on every machine. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return *state >> 16;
}

static struct pb_instant time_of(const struct pb_observation *event)
{
    const struct pb_date *time = &event->particulars->event_time;

    return pb_date_is_known(time) ? time->instant : END;
}

/* The name that the observation gives its certificate, and from when on. */
static struct pb_slice holding_of(const struct pb_observation *seen, struct pb_instant *since)
{
    if (pb_observation_is_event(seen)) {
        *since = time_of(seen);
        return seen->particulars->new_name;
    }
    *since = pb_date_is_known(&seen->upload_date) ? seen->upload_date.instant : BEGINNING;
    return seen->name;
}

/* Of all other holders of the name the latest, if those that begin with it are one certificate;
 * UINT32_MAX for none. */
static uint32_t find_slowly(const struct pb_inventory *inventory, uint32_t *group,
                            struct pb_slice name, struct pb_instant at, uint32_t self)
{
    struct pb_instant latest = BEGINNING, since;
    uint32_t found = UINT32_MAX;
    size_t count = inventory->evidence.observations.count;

    for (uint32_t i = 0; i < count; i++) {
        struct pb_slice held = holding_of(pb_inventory_observation(inventory, i), &since);
        bool is_holder = i != self && name.size_bytes > 0 && pb_slice_equals(held, name) &&
                         pb_instant_compare(since, at) <= 0;
        if (is_holder && (found == UINT32_MAX || pb_instant_compare(since, latest) >= 0)) {
            found = i;
            latest = since;
        }
    }
    for (uint32_t i = 0; i < count && found != UINT32_MAX; i++) {
        struct pb_slice held = holding_of(pb_inventory_observation(inventory, i), &since);
        if (i != self && pb_slice_equals(held, name) && pb_instant_compare(since, latest) == 0 &&
            pb_set_find(group, found) != pb_set_find(group, i))
            return UINT32_MAX;
    }
    return found;
}

static void join_slowly(const struct pb_inventory *inventory, uint32_t *group, uint32_t number)
{
    const struct pb_observation *event = pb_inventory_observation(inventory, number);
    uint32_t holder = find_slowly(inventory, group, event->name, time_of(event), number);

    if (holder == UINT32_MAX)
        holder =
            find_slowly(inventory, group, event->particulars->new_name, time_of(event), number);
    if (holder != UINT32_MAX)
        pb_set_unite(group, number, holder);
}

static void group_slowly(const struct pb_inventory *inventory, uint32_t *group)
{
    size_t count = inventory->evidence.observations.count;
    bool is_done[MOST_OBSERVATIONS] = {false};

    for (;;) {
        uint32_t first = UINT32_MAX;
        for (uint32_t i = 0; i < count; i++) {
            const struct pb_observation *here = pb_inventory_observation(inventory, i);
            if (is_done[i] || !pb_observation_is_event(here))
                continue;
            if (first == UINT32_MAX ||
                pb_instant_compare(time_of(here),
                                   time_of(pb_inventory_observation(inventory, first))) < 0)
                first = i;
        }
        if (first == UINT32_MAX)
            return;
        is_done[first] = true;
        join_slowly(inventory, group, first);
    }
}

static void add_random(struct pb_batch *batch, uint32_t *random)
{
    /* Nobody holds z at first, so that who is asked for next is the holder of the new name. */
    static const char *const names[] = {"x", "y", NULL, "z"};
    static const char *const dates[] = {NULL, "2015-01-01T00:00:00Z", "2016-01-01T00:00:00Z"};
    const struct row row = {.path = "a.json",
                            .name = names[next_random(random) % 2],
                            .upload = dates[next_random(random) % 3]};

    add_rows(batch, &row, 1);
    struct pb_observation *seen =
        &PB_VECTOR_AT(struct pb_observation, &batch->observations, batch->observations.count - 1);
    if (next_random(random) % 5 == 0)
        return;
    struct pb_particulars *particulars = pb_arena_allocate(&batch->arena, sizeof *particulars);
    assert_non_null(particulars);
    bool is_renaming = next_random(random) % 4 > 0;
    particulars->event = is_renaming ? PB_EVENT_UPDATE : PB_EVENT_DELETE;
    particulars->event_time = date_of(dates[next_random(random) % 3]);
    particulars->new_name = text_or_absent(is_renaming ? names[next_random(random) % 3] : NULL);
    seen->particulars = particulars;
    if (next_random(random) % 2 == 0)
        seen->name = text_or_absent(names[3]);
}

static void the_search_that_remembers_finds_what_the_other_does(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (size_t round = 0; round < ROUNDS; round++) {
        uint32_t fast[MOST_OBSERVATIONS], slow[MOST_OBSERVATIONS];
        uint32_t count = 1 + next_random(&random) % MOST_OBSERVATIONS;
        struct pb_batch batch;
        pb_batch_init(&batch);
        for (uint32_t i = 0; i < count; i++) {
            add_random(&batch, &random);
            fast[i] = i;
        }
        for (uint32_t i = next_random(&random) % 6; i > 0; i--)
            pb_set_unite(fast, next_random(&random) % count, next_random(&random) % count);
        memcpy(slow, fast, sizeof slow);
        const struct pb_inventory inventory = {.evidence = batch};
        assert_true(pb_events_join(&inventory, fast));
        group_slowly(&inventory, slow);
        for (uint32_t i = 0; i < count; i++)
            assert_int_equal(pb_set_find(fast, i), pb_set_find(slow, i));
        pb_batch_release(&batch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_that_remembers_finds_what_the_other_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

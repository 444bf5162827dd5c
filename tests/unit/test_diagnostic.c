/* SPDX-License-Identifier: MIT */
/* Diagnostics: what a message may hold, and where its place is added. */
#include "unit.h"
#include "base/error.h"

struct listing {
    struct pb_diagnostics list;
};

static void begin(struct listing *listing)
{
    *listing = (struct listing){0};
}

static void end(struct listing *listing)
{
    pb_diagnostics_release(&listing->list);
}

static void a_message_is_cut_and_its_bytes_are_escaped(void **state)
{
    struct listing listing;
    struct pb_diagnostic *added;
    char text[5000];

    (void)state;
    begin(&listing);
    added = pb_diagnostics_add(&listing.list, PB_SEVERITY_NOTE, "a-code", "%s", "\x1B[2J\xFF\n");
    assert_true(pb_slice_equals(added->message, PB_SLICE("\\x1b[2J\\xff\\x0a")));
    memset(text, 'x', sizeof text);
    added = pb_diagnostics_add(&listing.list, PB_SEVERITY_NOTE, "a-code", "%.*s", (int)sizeof text,
                               text);
    assert_in_range(added->message.size_bytes, 1000, 1024);
    end(&listing);
}

static void diagnostics_keep_their_order_and_their_entry(void **state)
{
    struct listing listing;

    (void)state;
    begin(&listing);
    for (uint32_t i = 0; i < 100; i++) {
        listing.list.entry = i;
        pb_diagnostics_add(&listing.list, PB_SEVERITY_WARNING, "a-code", "number %u", (unsigned)i);
    }
    assert_int_equal(listing.list.items.count, 100);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(PB_VECTOR_AT(struct pb_diagnostic, &listing.list.items, i).entry, i);
    assert_true(pb_slice_equals(PB_VECTOR_AT(struct pb_diagnostic, &listing.list.items, 42).message,
                                PB_SLICE("number 42")));
    end(&listing);
}

static void what_is_taken_back_gives_its_memory_back(void **state)
{
    struct listing listing;

    (void)state;
    begin(&listing);
    pb_diagnostics_add(&listing.list, PB_SEVERITY_NOTE, "kept", "before");
    const void *first = pb_arena_mark(&listing.list.arena).newest;
    for (uint32_t i = 0; i < 100000; i++) {
        pb_diagnostics_begin_entry(&listing.list, i);
        pb_diagnostics_add(&listing.list, PB_SEVERITY_ERROR, "a-code", "number %u", i);
        pb_diagnostics_keep_first(&listing.list, 1);
    }
    assert_ptr_equal(pb_arena_mark(&listing.list.arena).newest,
                     first); /* one chunk is enough for all */
    assert_true(pb_slice_equals(PB_VECTOR_AT(struct pb_diagnostic, &listing.list.items, 0).message,
                                PB_SLICE("before")));
    end(&listing);
}

static void what_is_taken_back_does_not_make_later_problems_severer(void **state)
{
    struct listing listing;

    (void)state;
    begin(&listing);
    pb_diagnostics_begin_entry(&listing.list, 0);
    for (int i = 0; i < 2 * (PB_MOST_DIAGNOSTICS_AN_ENTRY + 1); i++) {
        bool is_first = i <= PB_MOST_DIAGNOSTICS_AN_ENTRY;
        if (i == PB_MOST_DIAGNOSTICS_AN_ENTRY + 1)
            pb_diagnostics_keep_first(&listing.list, 0);
        pb_diagnostics_add(&listing.list, is_first ? PB_SEVERITY_ERROR : PB_SEVERITY_NOTE, "a-code",
                           "number %d", i);
    }
    pb_diagnostics_end_entry(&listing.list);
    assert_int_equal(
        PB_VECTOR_AT(struct pb_diagnostic, &listing.list.items, PB_MOST_DIAGNOSTICS_AN_ENTRY)
            .severity,
        PB_SEVERITY_NOTE);
    end(&listing);
}

static void the_ceiling_of_an_entry_holds_when_some_are_taken_back(void **state)
{
    struct listing listing;

    (void)state;
    begin(&listing);
    pb_diagnostics_begin_entry(&listing.list, 0);
    for (int i = 0; i < 2 * PB_MOST_DIAGNOSTICS_AN_ENTRY; i++) {
        if (i == PB_MOST_DIAGNOSTICS_AN_ENTRY)
            pb_diagnostics_keep_first(&listing.list, PB_MOST_DIAGNOSTICS_AN_ENTRY - 1);
        pb_diagnostics_add(&listing.list, PB_SEVERITY_NOTE, "a-code", "number %d", i);
    }
    assert_int_equal(listing.list.items.count, PB_MOST_DIAGNOSTICS_AN_ENTRY);
    end(&listing);
}

static void what_was_left_out_is_counted_by_the_last_one_and_as_severe_as_the_worst(void **state)
{
    struct listing listing;

    (void)state;
    begin(&listing);
    pb_diagnostics_close(&listing.list);
    assert_int_equal(listing.list.items.count, 0);
    listing.list.left_out_of_all[PB_SEVERITY_WARNING] = 2;
    listing.list.left_out_of_all[PB_SEVERITY_NOTE] = 7;
    listing.list.entry = 5;
    pb_diagnostics_close(&listing.list);
    const struct pb_diagnostic *last = &PB_VECTOR_AT(struct pb_diagnostic, &listing.list.items, 0);
    assert_int_equal(last->severity, PB_SEVERITY_WARNING);
    assert_int_equal(last->entry, PB_NO_ENTRY);
    assert_string_equal(last->code, "and-more");
    assert_true(pb_slice_equals(
        last->message, PB_SLICE("the problems of the first files by path are listed; left out were "
                                "0 errors, 2 warnings and 7 notes of others")));
    end(&listing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_cut_and_its_bytes_are_escaped),
        cmocka_unit_test(diagnostics_keep_their_order_and_their_entry),
        cmocka_unit_test(the_ceiling_of_an_entry_holds_when_some_are_taken_back),
        cmocka_unit_test(what_is_taken_back_does_not_make_later_problems_severer),
        cmocka_unit_test(what_is_taken_back_gives_its_memory_back),
        cmocka_unit_test(what_was_left_out_is_counted_by_the_last_one_and_as_severe_as_the_worst),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

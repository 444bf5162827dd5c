/* SPDX-License-Identifier: MIT */
/* Arenas: pieces are zeroed, aligned, apart from each other, and never move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdalign.h>

#include "base/arena.h"

static void sizes_that_cannot_be_had_give_nothing(void **state)
{
    struct pb_arena arena = {0};
    struct pb_slice copy = PB_SLICE("kept?");

    (void)state;
    assert_null(pb_arena_allocate(&arena, SIZE_MAX));
    assert_null(pb_arena_allocate_array(&arena, SIZE_MAX / 2, 3));
    assert_false(pb_arena_copy(&arena, (struct pb_slice){"", SIZE_MAX}, &copy));
    assert_true(pb_slice_is_absent(copy));
    pb_arena_release(&arena);
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    enum { count = 300 };
    struct pb_arena arena = {0};
    unsigned char *pieces[count];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t size = i * 37 % 5000;
        pieces[i] = pb_arena_allocate(&arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(pieces[i][j], 0);
        if (size > 0)
            memset(pieces[i], (int)(i % 255 + 1), size);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i * 37 % 5000; j++)
            assert_int_equal(pieces[i][j], i % 255 + 1);
    pb_arena_release(&arena);
}

static void alignment_survives_copies_of_odd_sizes(void **state)
{
    struct pb_arena arena = {0};
    struct pb_slice copy;

    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_true(pb_arena_copy(&arena, PB_SLICE("odd"), &copy));
        void *piece = pb_arena_allocate_array(&arena, 2, sizeof(void *));
        assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
    }
    pb_arena_release(&arena);
}

static void copies_are_absent_or_empty_like_their_slice(void **state)
{
    struct pb_arena arena = {0};
    struct pb_slice copy = PB_SLICE("x");

    (void)state;
    assert_true(pb_arena_copy(&arena, PB_SLICE_ABSENT, &copy));
    assert_true(pb_slice_is_absent(copy));
    assert_true(pb_arena_copy(&arena, PB_SLICE(""), &copy));
    assert_false(pb_slice_is_absent(copy));
    assert_int_equal(copy.size_bytes, 0);
    pb_arena_release(&arena);
}

static void a_slice_can_be_replaced_by_its_copy(void **state)
{
    struct pb_arena arena = {0};
    char text[] = "a\0b";
    struct pb_slice slice = {text, 3};

    (void)state;
    assert_true(pb_arena_copy(&arena, slice, &slice));
    memset(text, 'x', sizeof text);
    assert_true(pb_slice_equals(slice, PB_SLICE("a\0b")));
    pb_arena_release(&arena);
}

static void adopted_pieces_live_on(void **state)
{
    struct pb_arena arena = {0}, other = {0}, empty = {0};
    struct pb_slice mine, theirs;

    (void)state;
    assert_true(pb_arena_copy(&arena, PB_SLICE("mine"), &mine));
    assert_true(pb_arena_copy(&other, PB_SLICE("theirs"), &theirs));
    assert_non_null(pb_arena_allocate(&other, 100000));
    pb_arena_adopt(&arena, &other);
    pb_arena_adopt(&arena, &empty);
    assert_null(other.chunks);
    pb_arena_release(&other);
    assert_non_null(pb_arena_allocate(&arena, 10));
    assert_true(pb_slice_equals(mine, PB_SLICE("mine")));
    assert_true(pb_slice_equals(theirs, PB_SLICE("theirs")));
    pb_arena_release(&arena);
}

/* Small pieces in many chunks, and pieces that are too large for one. */
static void what_came_after_a_mark_can_be_freed(void **state)
{
    struct pb_arena arena = {0};
    struct pb_slice kept;

    (void)state;
    struct pb_arena_mark mark = pb_arena_mark(&arena);
    assert_non_null(pb_arena_allocate(&arena, 100000));
    pb_arena_rewind(&arena, mark);
    assert_null(arena.chunks);
    assert_true(pb_arena_copy(&arena, PB_SLICE("kept"), &kept));
    assert_non_null(pb_arena_allocate(&arena, 100000));
    mark = pb_arena_mark(&arena);
    const struct pb_arena_chunk *newest = arena.chunks;
    for (size_t round = 0; round < 3; round++) {
        const void *first = pb_arena_allocate(&arena, 40);
        for (size_t i = 0; i < 1000; i++)
            assert_non_null(pb_arena_allocate(&arena, i % 100 == 0 ? 100000 : 1000));
        pb_arena_rewind(&arena, mark);
        assert_ptr_equal(arena.chunks, newest);
        assert_ptr_equal(pb_arena_allocate(&arena, 40), first);
        pb_arena_rewind(&arena, mark);
    }
    assert_true(pb_slice_equals(kept, PB_SLICE("kept")));
    pb_arena_release(&arena);
}

static void a_released_arena_is_ready_again(void **state)
{
    struct pb_arena arena = {0};

    (void)state;
    assert_non_null(pb_arena_allocate(&arena, 0));
    pb_arena_release(&arena);
    pb_arena_release(&arena);
    assert_non_null(pb_arena_allocate(&arena, 1));
    pb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_cannot_be_had_give_nothing),
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(alignment_survives_copies_of_odd_sizes),
        cmocka_unit_test(copies_are_absent_or_empty_like_their_slice),
        cmocka_unit_test(a_slice_can_be_replaced_by_its_copy),
        cmocka_unit_test(adopted_pieces_live_on),
        cmocka_unit_test(what_came_after_a_mark_can_be_freed),
        cmocka_unit_test(a_released_arena_is_ready_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

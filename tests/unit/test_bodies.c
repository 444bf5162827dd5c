/* SPDX-License-Identifier: MIT */
/* Chains that come again are read as at first, warnings included (run from the repository's top).
 */
#include "audit/bodies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST_TEXTS 64
#define LARGEST_TEXT_BYTES 32768

static const char *const files[] = {
    "alone",          "both",  "good",       "impostor", "md5",         "none",
    "other-spelling", "P-256", "root-alone", "shuffled", "with-itself", "wrong-kind",
};

/* What is made of each of the files' text. */
enum spelling {
    AS_IT_IS,
    WITH_CRLF,
    ONE_LETTER_CHANGED, /* which damages a certificate */
    ONE_CHARACTER_LOST, /* which damages the base64 */
    WITH_A_KEY_BEHIND,
    SPELLING_COUNT,
};

struct fixture {
    struct pb_arena arena;
    struct pb_crls crls;
    struct pb_slice body;
    struct pb_slice texts[MOST_TEXTS];
    size_t count;
};

static struct pb_slice load(struct pb_arena *arena, const char *name)
{
    char path[128], text[LARGEST_TEXT_BYTES];
    struct pb_slice copy;

    snprintf(path, sizeof path, "testdata/chains/chain-%s.pem", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct pb_slice bytes = {text, fread(text, 1, sizeof text, file)};
    fclose(file);
    assert_true(pb_arena_copy(arena, bytes, &copy));
    return copy;
}

static struct pb_slice spell(struct pb_arena *arena, struct pb_slice text, enum spelling spelling)
{
    struct pb_buffer buffer;
    struct pb_slice copy;

    pb_buffer_init(&buffer, SIZE_MAX);
    for (size_t i = 0; i < text.size_bytes; i++) {
        char byte = text.data[i];
        if (spelling == WITH_CRLF && byte == '\n')
            pb_buffer_append_byte(&buffer, '\r');
        if (spelling == ONE_LETTER_CHANGED && i == 200)
            byte = byte == 'A' ? 'B' : 'A';
        if (spelling != ONE_CHARACTER_LOST || i != 200)
            pb_buffer_append_byte(&buffer, byte);
    }
    if (spelling == WITH_A_KEY_BEHIND)
        pb_buffer_append_string(&buffer, "-----BEGIN KEY-----\nMAA=\n-----END KEY-----\n");
    assert_true(pb_arena_copy(arena, pb_buffer_slice(&buffer), &copy));
    pb_buffer_release(&buffer);
    return copy;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->texts[fixture->count++] = PB_SLICE_ABSENT;
    fixture->texts[fixture->count++] = PB_SLICE("no PEM at all, but long enough for one");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct pb_slice text = load(&fixture->arena, files[i]);
        for (enum spelling spelling = AS_IT_IS; spelling < SPELLING_COUNT; spelling++) {
            assert_true(fixture->count < MOST_TEXTS);
            fixture->texts[fixture->count++] = spell(&fixture->arena, text, spelling);
        }
    }
    struct pb_slice good = load(&fixture->arena, "good");
    size_t second = pb_slice_find(good, PB_SLICE("-----BEGIN"), 1);
    assert_true(second != SIZE_MAX); /* the leaf comes first, then what signs it */
    fixture->body = pb_slice_first(good, second);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    pb_arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

/* The batch's last observation is one of the body and this chain. */
static void read_chain(struct pb_body_reader *reader, struct pb_batch *batch, struct pb_slice body,
                       struct pb_slice chain)
{
    size_t index = batch->observations.count;
    struct pb_observation *observation = pb_vector_push(&batch->observations);

    struct pb_bodies *bodies = pb_arena_allocate(&batch->arena, sizeof *bodies);

    assert_non_null(observation);
    assert_non_null(bodies);
    *bodies = (struct pb_bodies){.body_pem = body, .chain_pem = chain};
    *observation = (struct pb_observation){.bodies = bodies};
    assert_int_equal(pb_bodies_read(reader, batch, index), PB_OK);
}

static const struct pb_bodies *last_of(const struct pb_batch *batch)
{
    return PB_VECTOR_AT(const struct pb_observation, &batch->observations,
                        batch->observations.count - 1)
        .bodies;
}

static void expect_same_chain(const struct pb_bodies *one, const struct pb_bodies *other)
{
    assert_int_equal(one->chain_check, other->chain_check);
    assert_int_equal(one->chain_count, other->chain_count);
    for (size_t i = 0; i < one->chain_count; i++) {
        assert_memory_equal(one->chain[i]->sha256, other->chain[i]->sha256, 32);
        assert_true(pb_slice_equals(one->chain[i]->subject, other->chain[i]->subject));
    }
}

/* The last diagnostics of one against all of the other's. */
static void expect_same_warnings(const struct pb_vector *one, size_t first,
                                 const struct pb_vector *other)
{
    assert_int_equal(one->count - first, other->count);
    for (size_t i = 0; i < other->count; i++) {
        const struct pb_diagnostic *a = &PB_VECTOR_AT(const struct pb_diagnostic, one, first + i);
        const struct pb_diagnostic *b = &PB_VECTOR_AT(const struct pb_diagnostic, other, i);
        assert_string_equal(a->code, b->code);
        assert_true(pb_slice_equals(a->message, b->message));
    }
}

/* Against a reader that has seen nothing yet. */
static void expect_as_at_first(struct fixture *fixture, struct pb_body_reader *reader,
                               struct pb_batch *batch, struct pb_slice chain)
{
    struct pb_body_reader fresh;
    struct pb_batch alone;
    size_t first = batch->diagnostics.items.count;

    pb_batch_init(&alone);
    assert_int_equal(pb_body_reader_init(&fresh, &fixture->crls, true), PB_OK);
    read_chain(reader, batch, fixture->body, chain);
    read_chain(&fresh, &alone, fixture->body, chain);
    expect_same_chain(last_of(batch), last_of(&alone));
    expect_same_warnings(&batch->diagnostics.items, first, &alone.diagnostics.items);
    pb_body_reader_release(&fresh);
    pb_batch_release(&alone);
}

static void a_chain_is_read_every_time_as_at_first(void **state)
{
    struct fixture *fixture = *state;
    struct pb_body_reader reader;
    struct pb_batch batch;

    pb_batch_init(&batch);
    assert_int_equal(pb_body_reader_init(&reader, &fixture->crls, true), PB_OK);
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < fixture->count; i++)
            expect_as_at_first(fixture, &reader, &batch, fixture->texts[i]);
    pb_body_reader_release(&reader);
    pb_batch_release(&batch);
}

/* Which tells that it was not read again. */
static void a_chain_that_comes_again_has_the_same_facts(void **state)
{
    struct fixture *fixture = *state;
    struct pb_body_reader reader;
    struct pb_batch batch;

    pb_batch_init(&batch);
    assert_int_equal(pb_body_reader_init(&reader, &fixture->crls, false), PB_OK);
    struct pb_slice chain = load(&fixture->arena, "good");
    read_chain(&reader, &batch, fixture->body, chain);
    pb_x509_cache_free(reader.facts);
    assert_int_equal(pb_x509_cache_new(&reader.facts), PB_OK);
    const struct pb_x509_facts *facts = last_of(&batch)->chain[0];
    read_chain(&reader, &batch, fixture->body, chain);
    assert_ptr_equal(last_of(&batch)->chain[0], facts);
    pb_body_reader_release(&reader);
    pb_batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_chain_is_read_every_time_as_at_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_chain_that_comes_again_has_the_same_facts, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests_name("bodies", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Shares of a report by several threads, against one thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/shares.h"

/* Where reports go, and how many bytes are taken before writing fails. */
struct output {
    struct pb_buffer text;
    size_t most_bytes, largest_call_bytes;
};

static bool take(void *context, const char *bytes, size_t size_bytes)
{
    struct output *output = context;

    if (output->text.size_bytes + size_bytes > output->most_bytes)
        return false;
    if (size_bytes > output->largest_call_bytes)
        output->largest_call_bytes = size_bytes;
    pb_buffer_append(&output->text, (struct pb_slice){bytes, size_bytes});
    return true;
}

/* Records of very different sizes, so that shares are not done in their order. */
static void write_numbers(const void *report, size_t first, size_t end, struct pb_sink *sink)
{
    const size_t *longest = report;

    for (size_t i = first; i < end && !sink->has_failed; i++) {
        pb_buffer_append_format(&sink->buffer, "%zu ", i);
        pb_buffer_append_repeated(&sink->buffer, '.', i * 7919 % *longest);
        pb_sink_pass_on(sink);
    }
}

static void fail_at_a_record(const void *report, size_t first, size_t end, struct pb_sink *sink)
{
    const size_t *failing = report;

    for (size_t i = first; i < end; i++)
        if (i == *failing)
            pb_sink_fail_memory(sink);
}

static enum pb_status write_all(const struct pb_shares *shares, struct output *output)
{
    struct pb_sink sink;

    pb_buffer_init(&output->text, SIZE_MAX);
    pb_sink_init(&sink, take, output);
    pb_buffer_append_string(&sink.buffer, "begin ");
    pb_shares_write(shares, &sink);
    if (!sink.has_failed)
        pb_buffer_append_string(&sink.buffer, "end");
    enum pb_status status = pb_sink_finish(&sink);
    pb_sink_release(&sink);
    return status;
}

static void any_number_of_threads_writes_the_same_bytes(void **state)
{
    static const size_t longest[] = {1, 300, 70000};
    static const size_t counts[] = {0, 1, 2, 63, 200};

    (void)state;
    for (size_t k = 0; k < 15; k++) {
        struct pb_shares shares = {
            .count = counts[k / 3], .each = 2, .write = write_numbers, .report = &longest[k % 3]};
        struct output alone = {.most_bytes = SIZE_MAX};
        shares.jobs = 1;
        assert_int_equal(write_all(&shares, &alone), PB_OK);
        for (shares.jobs = 2; shares.jobs < 9; shares.jobs++) {
            struct output together = {.most_bytes = SIZE_MAX};
            assert_int_equal(write_all(&shares, &together), PB_OK);
            assert_int_equal(together.text.size_bytes, alone.text.size_bytes);
            assert_memory_equal(together.text.data, alone.text.data, alone.text.size_bytes);
            pb_buffer_release(&together.text);
        }
        pb_buffer_release(&alone.text);
    }
}

static void a_large_share_is_handed_on_in_pieces(void **state)
{
    static const size_t longest = 70000;
    struct pb_shares shares = {
        .count = 400, .each = 200, .jobs = 2, .write = write_numbers, .report = &longest};
    struct output output = {.most_bytes = SIZE_MAX};

    (void)state;
    assert_int_equal(write_all(&shares, &output), PB_OK);
    assert_true(output.text.size_bytes > 10 * 1024 * 1024);
    assert_true(output.largest_call_bytes < 2 * 1024 * 1024);
    pb_buffer_release(&output.text);
}

static void nothing_follows_what_could_not_be_written(void **state)
{
    static const size_t longest = 300;
    struct pb_shares shares = {
        .count = 200, .each = 2, .jobs = 1, .write = write_numbers, .report = &longest};
    struct output whole = {.most_bytes = SIZE_MAX};

    (void)state;
    assert_int_equal(write_all(&shares, &whole), PB_OK);
    for (shares.jobs = 2; shares.jobs < 5; shares.jobs++) {
        struct output part = {.most_bytes = whole.text.size_bytes / 2};
        assert_int_equal(write_all(&shares, &part), PB_FAILED_OUTPUT);
        assert_memory_equal(part.text.data, whole.text.data, part.text.size_bytes);
        pb_buffer_release(&part.text);
    }
    pb_buffer_release(&whole.text);
}

static void missing_memory_of_one_share_fails_the_report(void **state)
{
    static const size_t failing[] = {0, 3, 199};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (unsigned jobs = 1; jobs < 4; jobs++) {
            struct pb_shares shares = {.count = 200,
                                       .each = 2,
                                       .jobs = jobs,
                                       .write = fail_at_a_record,
                                       .report = &failing[i]};
            struct output output = {.most_bytes = SIZE_MAX};
            assert_int_equal(write_all(&shares, &output), PB_FAILED_MEMORY);
            pb_buffer_release(&output.text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_writes_the_same_bytes),
        cmocka_unit_test(a_large_share_is_handed_on_in_pieces),
        cmocka_unit_test(nothing_follows_what_could_not_be_written),
        cmocka_unit_test(missing_memory_of_one_share_fails_the_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* The table of formats, and sinks that fail at every point. */
#include "test_report_sample.h"

/* Refuses its nth call, from 1; 0 refuses none. */
struct refusal {
    size_t calls, nth, bytes;
    bool has_refused;
};

static bool refuse_nth(void *context, const char *bytes, size_t size_bytes)
{
    struct refusal *refusal = context;

    assert_non_null(bytes);
    assert_false(refusal->has_refused);
    refusal->bytes += size_bytes;
    refusal->has_refused = ++refusal->calls == refusal->nth;
    return !refusal->has_refused;
}

static enum pb_status write_refused(struct sample *sample, const struct pb_report_format *format,
                                    struct refusal *refusal)
{
    struct pb_report_options options = {.is_verbose = true};
    struct pb_sink sink;

    pb_sink_init(&sink, refuse_nth, refusal);
    format->write(&sample->result, &options, &sink);
    enum pb_status status = pb_sink_finish(&sink);
    pb_sink_release(&sink);
    return status;
}

static void an_unknown_format_is_not_found(void **state)
{
    (void)state;
    assert_null(pb_report_format_find("yaml"));
    assert_null(pb_report_format_find(""));
    assert_null(pb_report_format_find("JSON"));
    assert_null(pb_report_format_find("json "));
}

static void every_format_is_found_by_its_name(void **state)
{
    size_t count;
    const struct pb_report_format *formats = pb_report_formats(&count);

    (void)state;
    assert_true(count >= 2);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(pb_report_format_find(formats[i].name), &formats[i]);
}

static void a_sink_that_refuses_any_call_is_reported_and_not_called_again(void **state)
{
    size_t count;
    const struct pb_report_format *formats = pb_report_formats(&count);
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    for (uint32_t i = 0; i < 400; i++)
        sample_judge(
            sample_certificate(&sample, S("one of many certificates, for several calls"), 100 + i),
            PB_VERDICT_VULNERABLE, "2013-01-01T00:00:00Z");
    sample_sum_up(&sample);
    for (size_t i = 0; i < count; i++) {
        struct refusal all = {0};
        assert_int_equal(write_refused(&sample, &formats[i], &all), PB_OK);
        assert_true(all.calls >= 2);
        for (size_t nth = 1; nth <= all.calls; nth++) {
            struct refusal refusal = {.nth = nth};
            assert_int_equal(write_refused(&sample, &formats[i], &refusal), PB_FAILED_OUTPUT);
            assert_int_equal(refusal.calls, nth);
        }
    }
    sample_release(&sample);
}

static void missing_memory_goes_before_a_refusal(void **state)
{
    struct refusal refusal = {.nth = 1};
    struct pb_sink sink;

    (void)state;
    pb_sink_init(&sink, refuse_nth, &refusal);
    sink.buffer.ceiling_bytes = 10;
    pb_buffer_append(&sink.buffer, S("more than ten bytes"));
    assert_int_equal(pb_sink_finish(&sink), PB_FAILED_MEMORY);
    assert_int_equal(refusal.calls, 0);
    pb_sink_release(&sink);

    pb_sink_init(&sink, refuse_nth, &refusal);
    pb_sink_fail_memory(&sink);
    assert_int_equal(pb_sink_finish(&sink), PB_FAILED_MEMORY);
    assert_int_equal(refusal.calls, 0);
    pb_sink_release(&sink);
}

static void little_text_is_kept_back_and_much_is_passed_on(void **state)
{
    struct refusal counted = {0};
    struct pb_sink sink;

    (void)state;
    pb_sink_init(&sink, refuse_nth, &counted);
    pb_buffer_append(&sink.buffer, S("little"));
    pb_sink_pass_on(&sink);
    assert_int_equal(counted.calls, 0);
    pb_buffer_append_repeated(&sink.buffer, 'x', 1 << 20);
    pb_sink_pass_on(&sink);
    assert_int_equal(counted.calls, 1);
    assert_int_equal(sink.buffer.size_bytes, 0);
    assert_int_equal(pb_sink_finish(&sink), PB_OK);
    assert_int_equal(counted.calls, 1);
    assert_int_equal(counted.bytes, 6 + (1 << 20));
    pb_sink_release(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_format_is_not_found),
        cmocka_unit_test(a_sink_that_refuses_any_call_is_reported_and_not_called_again),
        cmocka_unit_test(missing_memory_goes_before_a_refusal),
        cmocka_unit_test(every_format_is_found_by_its_name),
        cmocka_unit_test(little_text_is_kept_back_and_much_is_passed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What the report formats share: text in columns, places, orders, and writes that fail at every
 * point. */
#include "test_report_sample.h"

#include <jansson.h>

#include "report/report.h"

static void expect_text(struct pb_buffer *buffer, const char *expected)
{
    pb_buffer_append_byte(buffer, '\0');
    assert_false(buffer->has_failed);
    assert_string_equal(buffer->data, expected);
    pb_buffer_release(buffer);
}

static void width_counts_columns_and_not_bytes(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"M\u00FCnchen", 7},
        {"\u2026", 1},
        {"\u6771\u4EAC", 4},
        {"e\u0301", 1},
        {"\U0001F512", 2},
        {"\xFF", 1},
        {"sixteen columns, M\u00FCnchen, and sixteen more, \u6771", 46},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(pb_text_width(pb_slice_from_string(cases[i].text)), cases[i].width);
}

static void wrap_breaks_at_blanks_alone(void **state)
{
    static const struct {
        const char *text, *expected;
        size_t column, indent;
    } cases[] = {
        {"fits", "fits", 70, 70},
        {"ten bytes!", "ten bytes!", 70, 70},
        {"two words here", "two words\n%here", 70, 70},
        {"see a/long/path/here now", "see\n%a/long/path/here\n%now", 70, 70},
        {"withoutanybreakatall", "withoutanybreakatall", 70, 70},
        {"wordofmany", "\n%wordofmany", 75, 70},
        {"nine col  next", "nine col \n%next", 70, 70},
        {"late", "\n%late", 90, 70},
        {"", "", 70, 70},
        {"more than sixteen columns, M\u00FCnchen and then some",
         "more than sixteen columns, M\u00FCnchen\n%and then some", 43, 43},
        {"\u6771\u6771\u6771\u6771\u6771\u6771", "\u6771\u6771\u6771\u6771\u6771\u6771", 70, 70},
    };
    struct pb_buffer out = {0}, expected = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (const char *byte = cases[i].expected; *byte != '\0'; byte++)
            if (*byte == '%')
                pb_buffer_append_repeated(&expected, ' ', cases[i].indent);
            else
                pb_buffer_append_byte(&expected, *byte);
        pb_buffer_append_byte(&expected, '\0');
        pb_text_wrap(&out, pb_slice_from_string(cases[i].text), cases[i].column, cases[i].indent,
                     80);
        expect_text(&out, expected.data);
        pb_buffer_release(&expected);
    }
}

static void shorten_keeps_the_end_and_the_width(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"twenty columns here!", "twenty columns here!"},
        {"bundle.tar.gz!/dump/list.json", "bundle.…mp/list.json"},
        {"\u6771\u6771\u6771\u6771\u6771\u6771\u6771\u6771\u6771\u6771\u6771",
         "\u6771\u6771\u6771…\u6771\u6771\u6771\u6771\u6771\u6771"},
    };
    struct pb_buffer out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pb_text_shorten(&out, pb_slice_from_string(cases[i].text), 20);
        assert_true(pb_text_width(pb_buffer_slice(&out)) <= 20);
        expect_text(&out, cases[i].expected);
    }
}

static void a_place_says_line_and_column_or_else_the_pointer(void **state)
{
    struct pb_inventory inventory = {0};
    struct pb_buffer out = {0};
    const struct {
        struct pb_place place;
        const char *expected;
    } cases[] = {
        {{.entry = PB_NO_ENTRY, .line = 3}, ""},
        {{.entry = 0}, "a\\\\b\\x0a"},
        {{.entry = 0, .line = 3}, "a\\\\b\\x0a:3"},
        {{.entry = 0, .line = 3, .column = 9}, "a\\\\b\\x0a:3:9"},
        {{.entry = 0, .line = 3, .column = 9, .pointer = PB_SLICE("/x")}, "a\\\\b\\x0a:3:9"},
        {{.entry = 0, .pointer = PB_SLICE("/x\n")}, "a\\\\b\\x0a#/x\\x0a"},
    };

    (void)state;
    assert_int_equal(
        pb_batch_add_entry(&inventory.evidence, &(struct pb_entry){.path = PB_SLICE("a\\b\n")}),
        PB_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pb_place_append(&out, &inventory, cases[i].place);
        expect_text(&out, cases[i].expected);
    }
    pb_batch_release(&inventory.evidence);
}

static void diagnostics_go_by_entry_then_offset_then_code(void **state)
{
    static const struct {
        uint32_t entry;
        uint64_t offset_bytes;
        const char *code;
    } given[] = {{1, 0, "a"}, {0, 9, "a"}, {0, 5, "b"}, {0, 5, "a"}, {PB_NO_ENTRY, 7, "z"}};
    static const size_t expected[] = {4, 3, 2, 1, 0}; /* of those given */
    struct sample sample;
    struct pb_diagnostics *list = &sample.inventory.evidence.diagnostics;
    struct pb_diagnostic *added;

    (void)state;
    sample_init(&sample);
    sample_entry(&sample, PB_SLICE("a"), PB_ENTRY_USED);
    sample_entry(&sample, PB_SLICE("b"), PB_ENTRY_USED);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        list->entry = given[i].entry;
        added = pb_diagnostics_add(list, PB_SEVERITY_NOTE, given[i].code, "m");
        added->offset_bytes = given[i].offset_bytes;
    }
    pb_batch_sort_diagnostics(&sample.inventory.evidence, SIZE_MAX);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        const struct pb_diagnostic *found = &PB_VECTOR_AT(struct pb_diagnostic, &list->items, i);
        assert_int_equal(found->entry, given[expected[i]].entry);
        assert_int_equal(found->offset_bytes, given[expected[i]].offset_bytes);
        assert_string_equal(found->code, given[expected[i]].code);
    }
    sample_release(&sample);
}

static void look_for_findings(struct pb_report *report)
{
    static const struct {
        uint32_t certificate, account;
        size_t first, count; /* the first of those given */
    } cases[] = {
        {PB_NO_INDEX, PB_NO_INDEX, 4, 1}, {PB_NO_INDEX, 1, 2, 2}, {4, PB_NO_INDEX, 0, 2},
        {PB_NO_INDEX, 0, 0, 0},           {5, PB_NO_INDEX, 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pb_finding *first, *one;
        size_t count = 0;
        first = pb_first_finding(report, cases[i].certificate, cases[i].account);
        for (one = first; one != NULL; one = pb_next_finding(report, one))
            count++;
        assert_int_equal(count, cases[i].count);
        if (count > 0)
            assert_ptr_equal(first, pb_findings_at(report->result->findings, cases[i].first));
    }
    assert_string_equal(pb_worst_severity(report, 4), "high"); /* not that of its expiry */
    assert_null(pb_worst_severity(report, 0));                 /* its one finding is waived */
    assert_null(pb_worst_severity(report, 5));
}

static void findings_are_found_by_certificate_and_by_account(void **state)
{
    static const uint32_t given[][2] = {
        /* certificate, account */
        {4, 1}, {0, 0}, {PB_NO_INDEX, 1}, {4, 1}, {PB_NO_INDEX, PB_NO_INDEX}, {PB_NO_INDEX, 1},
    };
    static const struct pb_report_format format = {.write = look_for_findings};
    static const struct prebleed_report_options options = {0};
    struct sample sample;
    const struct pb_waiver waiver = {.owner = S("somebody")};

    (void)state;
    sample_init(&sample);
    for (uint32_t i = 0; i < 6; i++)
        assert_true(pb_vector_push(&sample.inventory.accounts, sizeof(struct pb_account)) != NULL &&
                    pb_vector_push(&sample.inventory.certificates, sizeof(struct pb_certificate)) !=
                        NULL);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        *(struct pb_finding *)pb_vector_push(&sample.findings.items, sizeof(struct pb_finding)) =
            (struct pb_finding){.rule = i == 3 ? &pb_rules[PB_RULE_EXPIRED]
                                               : &pb_rules[PB_RULE_IAM_033],
                                .certificate = given[i][0],
                                .account = given[i][1],
                                .waiver = i == 1 ? &waiver : NULL};
    pb_findings_link(&sample.findings, &sample.inventory);
    assert_int_equal(pb_report_write(&format, &sample.result, &options, NULL, NULL), PB_OK);
    sample_release(&sample);
}

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
    struct prebleed_report_options options = {.is_verbose = true};

    return pb_report_write(format, &sample->result, &options, refuse_nth, refusal);
}

static void an_unknown_format_is_not_found(void **state)
{
    (void)state;
    assert_null(pb_report_format_find("yaml"));
    assert_null(pb_report_format_find(""));
    assert_null(pb_report_format_find("JSON"));
    assert_null(pb_report_format_find("json "));
}

static void a_write_that_fails_is_reported_and_not_called_again(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    for (uint32_t i = 0; i < 400; i++)
        sample_judge(
            sample_certificate(&sample, S("one of many certificates, for several calls"), 100 + i),
            PB_VERDICT_VULNERABLE, "2013-01-01T00:00:00Z");
    sample_sum_up(&sample);
    for (size_t i = 0; i < PB_LISTED_FORMATS; i++) {
        struct refusal all = {0};
        assert_int_equal(write_refused(&sample, &pb_report_formats[i], &all), PB_OK);
        assert_true(all.calls >= 2 || all.bytes < 2 * 65536);
        for (size_t nth = 1; nth <= all.calls; nth++) {
            struct refusal refusal = {.nth = nth};
            assert_int_equal(write_refused(&sample, &pb_report_formats[i], &refusal),
                             PB_FAILED_OUTPUT);
            assert_int_equal(refusal.calls, nth);
        }
    }
    sample_release(&sample);
}

static void lack_memory(struct pb_report *report)
{
    pb_put(report, "text");
    pb_buffer_reserve(&report->out, SIZE_MAX);
}

static void lack_other_memory(struct pb_report *report)
{
    pb_put(report, "text");
    pb_report_fail(report);
}

static void missing_memory_goes_before_a_refusal(void **state)
{
    static const struct pb_report_format formats[] = {{.write = lack_memory},
                                                      {.write = lack_other_memory}};
    struct refusal refusal = {.nth = 1};
    struct sample sample;

    (void)state;
    sample_init(&sample);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(write_refused(&sample, &formats[i], &refusal), PB_FAILED_MEMORY);
    assert_int_equal(refusal.calls, 0);
    sample_release(&sample);
}

static void write_little_and_much(struct pb_report *report)
{
    const struct refusal *counted = report->write_context;

    pb_put(report, "little");
    pb_report_flush(report);
    assert_int_equal(counted->calls, 0);
    pb_buffer_append_repeated(&report->out, 'x', 1 << 20);
    pb_report_flush(report);
    assert_int_equal(counted->calls, 1);
    assert_int_equal(report->out.size_bytes, 0);
}

static void little_text_is_kept_back_and_much_is_passed_on(void **state)
{
    static const struct pb_report_format format = {.write = write_little_and_much};
    struct refusal counted = {0};
    struct sample sample;

    (void)state;
    sample_init(&sample);
    assert_int_equal(write_refused(&sample, &format, &counted), PB_OK);
    assert_int_equal(counted.calls, 1);
    assert_int_equal(counted.bytes, 6 + (1 << 20));
    sample_release(&sample);
}

/* What jansson reads in them is what the evidence had, but for bytes that are not UTF-8. */
static void hostile_names_are_strings_of_json(void **state)
{
    static const char *const expected[] = {"\033[31mred\a\n", "abc\u202Etxt.exe",
                                           "not utf-8 \uFFFD\uFFFD(", "quote \" ' \\ $(id) `"};
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_fill_hostile(&sample);
    sample_write(&sample, "json", (struct prebleed_report_options){0}, &out);
    json_t *root = json_loads(out.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const json_t *certificates = json_object_get(root, "certificates");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(certificates, i), "name")),
            expected[i]);
    json_decref(root);
    pb_buffer_release(&out);
    sample_release(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_names_are_strings_of_json),
        cmocka_unit_test(an_unknown_format_is_not_found),
        cmocka_unit_test(a_write_that_fails_is_reported_and_not_called_again),
        cmocka_unit_test(missing_memory_goes_before_a_refusal),
        cmocka_unit_test(little_text_is_kept_back_and_much_is_passed_on),
        cmocka_unit_test(width_counts_columns_and_not_bytes),
        cmocka_unit_test(wrap_breaks_at_blanks_alone),
        cmocka_unit_test(shorten_keeps_the_end_and_the_width),
        cmocka_unit_test(a_place_says_line_and_column_or_else_the_pointer),
        cmocka_unit_test(diagnostics_go_by_entry_then_offset_then_code),
        cmocka_unit_test(findings_are_found_by_certificate_and_by_account),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Text in columns, shell words, places and orders: what the report formats share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "report/layout.h"
#include "inventory/batch.h"
#include "report/order.h"
#include "report/place.h"
#include "report/shell_quote.h"

static void expect(struct pb_buffer *buffer, const char *expected)
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
        assert_int_equal(pb_layout_width(pb_slice_from_string(cases[i].text)), cases[i].width);
}

static void wrap_breaks_at_blanks_then_slashes_then_anywhere(void **state)
{
    static const struct {
        const char *text, *expected;
        size_t column, indent;
    } cases[] = {
        {"fits", "fits", 70, 70},
        {"ten bytes!", "ten bytes!", 70, 70},
        {"two words here", "two words\n%here", 70, 70},
        {"a/long/path/here", "a/long/\n%path/here", 70, 70},
        {"a,comma-separated", "a,comma-\n%separated", 70, 70},
        {"withoutanybreakatall", "withoutany\n%breakatall", 70, 70},
        {"wordofmany", "\n%wordofmany", 75, 70},
        {"nine col  next", "nine col \n%next", 70, 70},
        {"late", "\n%late", 90, 70},
        {"", "", 70, 70},
        {"more than sixteen columns, M\u00FCnchen and then some",
         "more than sixteen columns, M\u00FCnchen\n%and then some", 43, 43},
        {"\u6771\u6771\u6771\u6771\u6771\u6771", "\u6771\u6771\u6771\u6771\u6771\n%\u6771", 70, 70},
    };
    struct pb_buffer out, expected;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pb_buffer_init(&out, SIZE_MAX);
        pb_buffer_init(&expected, SIZE_MAX);
        for (const char *byte = cases[i].expected; *byte != '\0'; byte++)
            if (*byte == '%')
                pb_buffer_append_repeated(&expected, ' ', cases[i].indent);
            else
                pb_buffer_append_byte(&expected, *byte);
        pb_buffer_append_byte(&expected, '\0');
        pb_layout_wrap(&out, pb_slice_from_string(cases[i].text), cases[i].column, cases[i].indent);
        expect(&out, expected.data);
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
    struct pb_buffer out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pb_buffer_init(&out, SIZE_MAX);
        pb_layout_shorten(&out, pb_slice_from_string(cases[i].text), 20);
        assert_true(pb_layout_width(pb_buffer_slice(&out)) <= 20);
        expect(&out, cases[i].expected);
    }
}

static void names_that_iam_refuses_never_reach_a_command(void **state)
{
    static char longest[129];
    const struct pb_slice refused[] = {
        PB_SLICE_ABSENT,     PB_SLICE(""),      PB_SLICE("a b"),  PB_SLICE("a'b"),
        PB_SLICE("a\0b"),    PB_SLICE("$(id)"), PB_SLICE("a\nb"), PB_SLICE("\u00FC"),
        PB_SLICE("file://"), {longest, 129},
    };

    (void)state;
    memset(longest, 'a', sizeof longest);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_false(pb_shell_is_certificate_name(refused[i]));
    assert_true(pb_shell_is_certificate_name((struct pb_slice){longest, 128}));
    assert_true(pb_shell_is_certificate_name(PB_SLICE("shop_2016+=,.@-Z")));
}

static void only_plain_words_stand_for_deployments(void **state)
{
    static const char *const plain[] = {"web", "E2EXAMPLECDN00", "eu-west-1", "9"};
    static const char *const others[] = {"", "-web", "we b", "we'b", "we/b", "$(id)", "w\xC3\xA4"};

    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        assert_true(pb_shell_is_plain(pb_slice_from_string(plain[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(pb_shell_is_plain(pb_slice_from_string(others[i])));
    assert_true(pb_shell_is_arn(PB_SLICE("arn:aws:elasticloadbalancing:x:1:listener/app/a_b/1.2")));
    assert_false(pb_shell_is_arn(PB_SLICE("arn:aws:$(id)")));
    assert_false(pb_shell_is_arn(PB_SLICE("listener/app/a/1")));
    assert_false(pb_shell_is_arn(PB_SLICE_ABSENT));
}

static void a_quoted_word_is_read_back_by_a_shell(void **state)
{
    struct pb_buffer out;

    (void)state;
    pb_buffer_init(&out, SIZE_MAX);
    pb_shell_quote_append(&out, PB_SLICE("it's $(id) \"`\\"));
    expect(&out, "'it'\\''s $(id) \"`\\'");
    pb_buffer_init(&out, SIZE_MAX);
    pb_shell_quote_append(&out, PB_SLICE(""));
    expect(&out, "''");
}

static void a_place_says_line_and_column_or_else_the_pointer(void **state)
{
    struct pb_inventory inventory = {0};
    struct pb_buffer out;
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
    pb_batch_init(&inventory.evidence);
    assert_int_equal(
        pb_batch_add_entry(&inventory.evidence, &(struct pb_entry){.path = PB_SLICE("a\\b\n")}),
        PB_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pb_buffer_init(&out, SIZE_MAX);
        pb_place_append(&out, &inventory, cases[i].place);
        expect(&out, cases[i].expected);
    }
    pb_batch_release(&inventory.evidence);
}

static void diagnostics_go_by_entry_then_offset_then_code(void **state)
{
    struct pb_arena arena = {0};
    struct pb_diagnostics list;
    struct pb_diagnostic *added;
    static const struct {
        uint32_t entry;
        uint64_t offset_bytes;
        const char *code;
    } given[] = {{1, 0, "a"}, {0, 9, "a"}, {0, 5, "b"}, {0, 5, "a"}, {PB_NO_ENTRY, 7, "z"}};
    static const size_t expected[] = {4, 3, 2, 1, 0};
    const struct pb_diagnostic **ordered;

    (void)state;
    pb_diagnostics_init(&list, &arena);
    assert_true(pb_report_order_diagnostics(&list, &ordered));
    assert_null(ordered);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        list.entry = given[i].entry;
        assert_int_equal(pb_diagnostics_add(&list, PB_SEVERITY_NOTE, given[i].code, &added, "m"),
                         PB_OK);
        added->offset_bytes = given[i].offset_bytes;
    }
    assert_true(pb_report_order_diagnostics(&list, &ordered));
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        assert_ptr_equal(ordered[i], &PB_VECTOR_AT(struct pb_diagnostic, &list.items, expected[i]));
    free(ordered);
    pb_diagnostics_release(&list);
    pb_arena_release(&arena);
}

static void findings_are_found_by_certificate_and_by_account(void **state)
{
    struct pb_findings findings;
    const struct pb_finding **ordered;
    static const uint32_t given[][2] = {
        /* certificate, account */
        {4, 1}, {0, 0}, {PB_NO_INDEX, 1}, {4, 1}, {PB_NO_INDEX, PB_NO_INDEX}, {PB_NO_INDEX, 1},
    };
    size_t count;

    (void)state;
    pb_findings_init(&findings);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        *(struct pb_finding *)pb_vector_push(&findings.items) =
            (struct pb_finding){.certificate = given[i][0], .account = given[i][1]};
    assert_true(pb_report_order_findings(&findings, &ordered));
    size_t total = findings.items.count;
    assert_int_equal(pb_report_find_findings(ordered, total, PB_NO_INDEX, PB_NO_INDEX, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(pb_report_find_findings(ordered, total, PB_NO_INDEX, 1, &count), 1);
    assert_int_equal(count, 2);
    assert_int_equal(pb_report_find_findings(ordered, total, 4, PB_NO_INDEX, &count), 4);
    assert_int_equal(count, 2);
    pb_report_find_findings(ordered, total, PB_NO_INDEX, 0, &count);
    assert_int_equal(count, 0);
    pb_report_find_findings(ordered, total, 5, PB_NO_INDEX, &count);
    assert_int_equal(count, 0);
    free(ordered);
    pb_findings_release(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_iam_refuses_never_reach_a_command),
        cmocka_unit_test(only_plain_words_stand_for_deployments),
        cmocka_unit_test(a_quoted_word_is_read_back_by_a_shell),
        cmocka_unit_test(width_counts_columns_and_not_bytes),
        cmocka_unit_test(wrap_breaks_at_blanks_then_slashes_then_anywhere),
        cmocka_unit_test(shorten_keeps_the_end_and_the_width),
        cmocka_unit_test(a_place_says_line_and_column_or_else_the_pointer),
        cmocka_unit_test(diagnostics_go_by_entry_then_offset_then_code),
        cmocka_unit_test(findings_are_found_by_certificate_and_by_account),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What may reach a terminal, and what is UTF-8. */
#include "unit.h"
#include "base/bytes.h"

static void assert_escapes(struct pb_slice bytes, enum pb_escape how, const char *expected)
{
    struct pb_buffer buffer = {0};

    pb_escape_append(&buffer, bytes, how);
    if (!pb_slice_equals(pb_buffer_slice(&buffer), pb_slice_from_string(expected)))
        fail_msg("%.*s", PB_SLICE_ARGS(pb_buffer_slice(&buffer)));
    pb_buffer_release(&buffer);
}

static void what_could_mislead_a_reader_is_escaped(void **state)
{
    static const struct {
        struct pb_slice bytes;
        const char *expected;
    } cases[] = {
        {{"\x1B[31m", 5}, "\\x1b[31m"},
        {{"a\nb\r\tc\0d", 8}, "a\\x0ab\\x0d\\x09c\\x00d"},
        {{"\x7F", 1}, "\\x7f"},
        {{"\xC2\x80\xC2\x9F\xC2\xA0", 6}, "\\xc2\\x80\\xc2\\x9f\xC2\xA0"},
        {{"\xE2\x80\x8B\xE2\x80\x8F\xE2\x80\x90", 9}, "\\xe2\\x80\\x8b\\xe2\\x80\\x8f\xE2\x80\x90"},
        {{"\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xAE\xE2\x80\xAF", 12},
         "\xE2\x80\xA7\\xe2\\x80\\xa8\\xe2\\x80\\xae\xE2\x80\xAF"},
        {{"\xE2\x81\x9F\xE2\x81\xA0\xE2\x81\xAF\xE2\x81\xB0", 12},
         "\xE2\x81\x9F\\xe2\\x81\\xa0\\xe2\\x81\\xaf\xE2\x81\xB0"},
        {{"\xCD\x8F\xCD\x90\xF3\xA0\x84\x80", 8}, "\\xcd\\x8f\xCD\x90\\xf3\\xa0\\x84\\x80"},
        {{"\xEF\xBB\xBF", 3}, "\\xef\\xbb\\xbf"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_escapes(cases[i].bytes, PB_ESCAPE_CONTROLS, cases[i].expected);
}

static void plain_text_stays_as_it_is(void **state)
{
    (void)state;
    assert_escapes(PB_SLICE_ABSENT, PB_ESCAPE_CONTROLS, "");
    assert_escapes(PB_SLICE("caf\xE9!\xE2\x82"), PB_ESCAPE_CONTROLS, "caf\\xe9!\\xe2\\x82");
    assert_escapes(PB_SLICE("::a ::b c::d ###[e]"), PB_ESCAPE_LOG,
                   "\\x3a:a \\x3a:b c::d \\x23\\x23#[e]");
    assert_escapes(PB_SLICE("a \\x \xC3\xA9 \xF0\x9F\x98\x80"), PB_ESCAPE_CONTROLS,
                   "a \\x \xC3\xA9 \xF0\x9F\x98\x80");
}

static void paths_are_escaped_so_that_it_can_be_undone(void **state)
{
    (void)state;
    assert_escapes(PB_SLICE("a\\x0a\n\\"), PB_ESCAPE_REVERSIBLE, "a\\\\x0a\\x0a\\\\");
}

static void what_markup_would_read_is_escaped(void **state)
{
    (void)state;
    assert_escapes(PB_SLICE("<b title=\"x\" id='y'>&amp;</b>"), PB_ESCAPE_MARKUP,
                   "&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;");
    assert_escapes(PB_SLICE("\\ \xFF\n\xE2\x80\xAE\xC3\xA9"), PB_ESCAPE_MARKUP,
                   "\\ \\xff\\x0a\\xe2\\x80\\xae\xC3\xA9");
    assert_escapes((struct pb_slice){"<\0>", 3}, PB_ESCAPE_MARKUP, "&lt;\\x00&gt;");
    assert_escapes(PB_SLICE("\xEF\xBF\xBE\xF0\x9F\xBF\xBF\xEF\xB7\x90\xEF\xBF\xBD"),
                   PB_ESCAPE_MARKUP,
                   "\\xef\\xbf\\xbe\\xf0\\x9f\\xbf\\xbf\\xef\\xb7\\x90\xEF\xBF\xBD");
    assert_escapes(PB_SLICE("&<>\"'"), PB_ESCAPE_CONTROLS, "&<>\"'");
}

#define LONG_BYTES 40

/* Of a long text many bytes are passed at once, of pieces that are short none. */
static void a_byte_is_escaped_alike_wherever_it_stands(void **state)
{
    char text[LONG_BYTES];
    struct pb_slice bytes = {text, sizeof text};

    (void)state;
    for (unsigned how = PB_ESCAPE_CONTROLS; how <= PB_ESCAPE_MARKUP; how++)
        for (unsigned i = 0; i < 256 * LONG_BYTES; i++) {
            struct pb_buffer expected = {0};
            memset(text, 'a', sizeof text);
            text[i % LONG_BYTES] = (char)(i / LONG_BYTES);
            for (size_t at = 0; at < sizeof text; at++)
                pb_escape_append(&expected, (struct pb_slice){text + at, 1}, (enum pb_escape)how);
            pb_buffer_append_byte(&expected, '\0');
            assert_escapes(bytes, (enum pb_escape)how, expected.data);
            pb_buffer_release(&expected);
        }
}

static void well_formed_sequences_have_their_size(void **state)
{
    static const struct {
        struct pb_slice bytes;
        size_t size;
    } cases[] = {{{NULL, 0}, 0},
                 {{"", 0}, 0},
                 {{"\0", 1}, 1},
                 {{"ab", 2}, 1},
                 {{"\x80", 1}, 0},
                 {{"\xBF\x80", 2}, 0},
                 {{"\xC1\xBF", 2}, 0},
                 {{"\xC2\x80", 2}, 2},
                 {{"\xC2", 1}, 0},
                 {{"\xC2\xC0", 2}, 0},
                 {{"\xDF\xBF", 2}, 2},
                 {{"\xE0\x9F\xBF", 3}, 0},
                 {{"\xE0\xA0\x80", 3}, 3},
                 {{"\xE1\x80", 2}, 0},
                 {{"\xED\x9F\xBF", 3}, 3},
                 {{"\xED\xA0\x80", 3}, 0},
                 {{"\xEE\x80\x80", 3}, 3},
                 {{"\xEF\xBF\xBF", 3}, 3},
                 {{"\xF0\x8F\xBF\xBF", 4}, 0},
                 {{"\xF0\x90\x80\x80", 4}, 4},
                 {{"\xF4\x8F\xBF\xBF", 4}, 4},
                 {{"\xF4\x90\x80\x80", 4}, 0},
                 {{"\xF1\x80\x80", 3}, 0},
                 {{"\xF5\x80\x80\x80", 4}, 0},
                 {{"\xF1\x80\x80\x7F", 4}, 0},
                 {{"\xFF", 1}, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(pb_utf8_decode(cases[i].bytes, NULL), cases[i].size);
}

static void the_first_invalid_byte_is_found(void **state)
{
    (void)state;
    assert_int_equal(pb_utf8_find_invalid(PB_SLICE_ABSENT), SIZE_MAX);
    assert_int_equal(pb_utf8_find_invalid(PB_SLICE("a\xC3\xA9\0z")), SIZE_MAX);
    assert_int_equal(pb_utf8_find_invalid(PB_SLICE("a\xC3\xA9\xC3")), 3);
    assert_int_equal(pb_utf8_find_invalid(PB_SLICE("\xFF")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_could_mislead_a_reader_is_escaped),
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(paths_are_escaped_so_that_it_can_be_undone),
        cmocka_unit_test(what_markup_would_read_is_escaped),
        cmocka_unit_test(a_byte_is_escaped_alike_wherever_it_stands),
        cmocka_unit_test(well_formed_sequences_have_their_size),
        cmocka_unit_test(the_first_invalid_byte_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

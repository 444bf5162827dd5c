/* SPDX-License-Identifier: MIT */
/* Text is plain only where the reader of documents finds nothing to say: its own result is the
 * oracle, over every cut and every changed byte of small documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"
#include "json/document.h"
#include "json/plain.h"

#define MOST_VALUES 100

static const struct pb_limits limits = {.values = MOST_VALUES};

/* The reader gives documents to the end and says nothing. */
static bool is_read_in_silence(struct pb_slice text)
{
    struct pb_json_reader reader = {.text = text, .limits = &limits};
    struct pb_diagnostics diagnostics;
    struct pb_arena arena = {0};
    enum pb_json_outcome outcome;

    pb_diagnostics_init(&diagnostics, &arena);
    do {
        struct pb_json_document document = {0};
        assert_int_equal(pb_json_next(&reader, &diagnostics, &outcome, &document), PB_OK);
        pb_json_document_release(&document);
    } while (outcome == PB_JSON_DOCUMENT);
    bool is_silent = outcome == PB_JSON_END && diagnostics.items.count == 0;
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&arena);
    return is_silent;
}

static void documents_as_aws_prints_them_are_plain(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        " [ ] \r\n",
        "{\"a\": {\"b\": [[], {}, [0, {\"c\": \"d\"}]]}, \"e\": \"\"}",
        "[1, -2.5, 0, -0, 123456789012345678, true, false, null, \"x\"]",
        "{\"a\": \"caf\\u00e9 \xC3\xA9 \\n \\\\ \\\" \\/\", \"b\": {\"a\": 1}, \"c\": {\"a\": 1}}",
        "{\"a\": 1}{\"a\": 2}\n[3]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(pb_json_is_plain(pb_slice_from_string(texts[i]), &limits));
        assert_true(is_read_in_silence(pb_slice_from_string(texts[i])));
    }
}

static void what_the_reader_complains_of_is_not_plain(void **state)
{
    static const char *const texts[] = {
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": 1, \"b\": {}, \"a\": 2}",
        "{\"a\": 1, \"\\u0061\": 2}",
        "{\"a\": 1,}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\": }",
        "{1: 2}",
        "[1}",
        "{\"a\": 1]",
        "[}",
        "[\"\t\"]",
        "{\"a\tb\": 1}",
        "[\"\\ud800\"]",
        "{\"\\uD800\": 1}",
        "[99999999999999999999]",
        "[1e400]",
        "[01]",
        "[\"\\x\"]",
        "[\"\xff\"]",
        "[1] x",
        "[1]]",
        "[",
        "{\"a\": [1, 2}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(pb_json_is_plain(pb_slice_from_string(texts[i]), &limits));
        assert_false(is_read_in_silence(pb_slice_from_string(texts[i])));
    }
    assert_false(pb_json_is_plain((struct pb_slice){"[1]\0", 4}, &limits));
}

/* opening, count times the element, closing */
static void fill(struct pb_buffer *text, const char *opening, const char *element, size_t count,
                 const char *closing)
{
    pb_buffer_clear(text);
    pb_buffer_append_string(text, opening);
    for (size_t i = 0; i < count; i++)
        pb_buffer_append_string(text, element);
    pb_buffer_append_string(text, closing);
}

/* The reader's ceilings are kept to the value. */
static void plain_text_keeps_to_the_ceilings(void **state)
{
    static const struct {
        const char *opening, *element, *closing;
        size_t most;
    } rows[] = {
        {"[", "1,", "1]", MOST_VALUES - 5},
        {"", "[]", "", MOST_VALUES},
        {"[", "[],", "[]]", (MOST_VALUES - 8) / 4},
    };
    struct pb_buffer text;

    (void)state;
    pb_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t count = rows[i].most - 1; count <= rows[i].most + 1; count++) {
            fill(&text, rows[i].opening, rows[i].element, count, rows[i].closing);
            assert_int_equal(pb_json_is_plain(pb_buffer_slice(&text), &limits),
                             count <= rows[i].most);
            assert_int_equal(is_read_in_silence(pb_buffer_slice(&text)), count <= rows[i].most);
        }
    pb_buffer_release(&text);
}

/* More levels or keys than are kept in mind: left to the reader. */
static void what_is_deep_or_wide_is_not_said_to_be_plain(void **state)
{
    static const struct pb_limits many = {.values = 100000};
    struct pb_buffer text;

    (void)state;
    pb_buffer_init(&text, SIZE_MAX);
    for (size_t depth = 1; depth <= 100; depth++) {
        fill(&text, "", "[", depth, "");
        for (size_t i = 0; i < depth; i++)
            pb_buffer_append_byte(&text, ']');
        assert_int_equal(pb_json_is_plain(pb_buffer_slice(&text), &many), depth <= 48);
    }
    for (size_t count = 1; count <= 100; count++) {
        pb_buffer_clear(&text);
        for (size_t i = 0; i < count; i++)
            pb_buffer_append_format(&text, "%s\"%zu\":0", i == 0 ? "{" : ",", i);
        pb_buffer_append_byte(&text, '}');
        assert_int_equal(pb_json_is_plain(pb_buffer_slice(&text), &many), count <= 32);
    }
    pb_buffer_release(&text);
}

static const char *const corpus[] = {
    "{\"ServerCertificateMetadataList\": [{\"Path\": \"/\", \"n\": 1}, {}]}",
    "[1, -2.5, 0, -0, 1E5, true, false, null, \"x\"]",
    "{\"a\": {\"b\": [[], {}, [0, {\"c\": \"d\"}]]}, \"e\": \"\"}",
    "[\"\\u00e9\\ud83d\\ude00\\n\\\\\\\"\\/\", {\"\\u0061\": \"\xC3\xA9\xE2\x82\xAC\"}]",
    "{\"k\":1}{\"l\":2}",
    " \r\n\t[ \n [ ] , [ 1 ] ] ",
    "{\"a\":[{\"a\":[{\"a\":1}]}],\"b\":2,\"c\":3,\"ab\":4}",
    "[\"iam:GetServerCertificate\", \"iam:ListServerCertificates\"]",
};

static size_t check(struct pb_slice text)
{
    bool is_plain = pb_json_is_plain(text, &limits);

    if (is_plain && !is_read_in_silence(text))
        fail_msg("said to be plain: %.*s", PB_SLICE_ARGS(text));
    return is_plain;
}

static void every_cut_and_changed_byte_that_is_plain_is_read_in_silence(void **state)
{
    size_t plain = 0;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++) {
        const size_t size = strlen(corpus[i]);
        for (size_t cut = 0; cut <= size; cut++)
            plain += check((struct pb_slice){corpus[i], cut});
        for (size_t at = 0; at < size; at++)
            for (int byte = 0; byte < 256; byte++) {
                memcpy(text, corpus[i], size);
                text[at] = (char)byte;
                plain += check((struct pb_slice){text, size});
            }
    }
    assert_true(plain > 9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_as_aws_prints_them_are_plain),
        cmocka_unit_test(what_the_reader_complains_of_is_not_plain),
        cmocka_unit_test(plain_text_keeps_to_the_ceilings),
        cmocka_unit_test(what_is_deep_or_wide_is_not_said_to_be_plain),
        cmocka_unit_test(every_cut_and_changed_byte_that_is_plain_is_read_in_silence),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Runs an audit and holds all of its reports to what is true of every report. */
#ifndef TEST_FUZZ_REPORT_H
#define TEST_FUZZ_REPORT_H

#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include "base/bytes.h"
#include "prebleed.h"

static inline struct prebleed_audit *oracle_audit(void)
{
    struct prebleed_parameters parameters;
    struct prebleed_audit *audit = NULL;

    prebleed_parameters_init(&parameters);
    parameters.as_of.seconds = 1700000000;
    parameters.limits.item_bytes = parameters.limits.total_bytes = 1 << 20;
    parameters.limits.values = 20000;
    parameters.limits.items = 500;
    assert_int_equal(prebleed_audit_new(&parameters, &audit, NULL), PREBLEED_OK);
    return audit;
}

static inline bool oracle_append(void *context, const char *bytes, size_t size_bytes)
{
    pb_buffer_append(context, (struct pb_slice){bytes, size_bytes});
    return true;
}

/* RFC 8259 text, or one a line. */
static inline void oracle_check_json(struct pb_slice text, bool has_lines)
{
    while (text.size_bytes > 0) {
        struct pb_slice line =
            has_lines ? pb_slice_first(text, pb_slice_find(text, PB_SLICE("\n"), 0)) : text;
        json_t *root =
            json_loadb(line.data, line.size_bytes, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        assert_non_null(root);
        json_decref(root);
        text = pb_slice_from(text, line.size_bytes + has_lines);
    }
}

static inline void oracle_check_xml(struct pb_slice text)
{
    xmlDoc *document = xmlReadMemory(text.data, (int)text.size_bytes, "report", NULL,
                                     XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_PEDANTIC);

    assert_non_null(document);
    xmlFreeDoc(document);
}

/* Elements that are newer than libxml2's HTML 4 are no mistakes. */
static inline void oracle_count_mistake(void *count, xmlError *error)
{
    *(int *)count += error->code != XML_HTML_UNKNOWN_TAG;
}

/* As libxml2 reads it; it says nothing of elements that are open at the end, so that tags, but for
 * those of elements that have no end, are closed in order. */
static inline void oracle_check_html(struct pb_slice text)
{
    static const char *const empty[] = {"meta", "br",    "hr",       "link",
                                        "col",  "input", "!DOCTYPE", "!doctype"};
    int mistakes = 0;

    xmlSetStructuredErrorFunc(&mistakes, oracle_count_mistake);
    xmlDoc *document =
        htmlReadMemory(text.data, (int)text.size_bytes, "report", "UTF-8", HTML_PARSE_NONET);
    xmlSetStructuredErrorFunc(NULL, NULL);
    assert_non_null(document);
    xmlFreeDoc(document);
    assert_int_equal(mistakes, 0);
    struct pb_slice open[200];
    size_t depth = 0;

    for (size_t at; (at = pb_slice_find(text, PB_SLICE("<"), 0)) != SIZE_MAX;) {
        struct pb_slice name = pb_slice_from(text, at + 1);
        size_t end = pb_slice_find(name, PB_SLICE(">"), 0), size = 0;
        assert_true(end != SIZE_MAX && end > 0);
        bool is_end = name.data[0] == '/',
             is_whole = name.data[end - 1] == '/' || name.data[0] == '?';
        text = pb_slice_from(name, end + 1);
        name = pb_slice_first(pb_slice_from(name, is_end), end - is_end);
        while (size < name.size_bytes && strchr(" \n/", name.data[size]) == NULL)
            size++;
        name = pb_slice_first(name, size);
        for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
            is_whole |= pb_slice_equals(name, pb_slice_from_string(empty[i]));
        if (!is_end && pb_slice_equals(name, PB_SLICE("script"))) /* has signs of its own */
            text = pb_slice_from(text, pb_slice_find(text, PB_SLICE("</script>"), 0));
        if (is_end)
            assert_true(depth > 0 && pb_slice_equals(open[--depth], name));
        else if (!is_whole && (assert_true(depth < 200), true))
            open[depth++] = name;
    }
    assert_int_equal(depth, 0);
}

/* RFC 4180, section 2, with all its records of one number of fields, and each with its line end. */
static inline void oracle_check_csv(struct pb_slice text)
{
    size_t at = 0, end, columns = 0, fields = 0;

    while (at < text.size_bytes) {
        if (text.data[at] == '"') {
            do {
                end = pb_slice_find(text, PB_SLICE("\""), at + 1);
                assert_true(end != SIZE_MAX);
                at = end + 1;
            } while (pb_slice_starts_with(pb_slice_from(text, at), PB_SLICE("\"")));
        } else {
            while (at < text.size_bytes && strchr(",\r\n\"", text.data[at]) == NULL)
                at++;
        }
        fields++;
        if (pb_slice_starts_with(pb_slice_from(text, at), PB_SLICE(","))) {
            at++;
            continue;
        }
        assert_true(pb_slice_starts_with(pb_slice_from(text, at), PB_SLICE("\r\n")));
        at += 2;
        columns = columns == 0 ? fields : columns;
        assert_int_equal(fields, columns);
        fields = 0;
    }
    assert_true(columns > 1 && fields == 0);
}

static inline void oracle_check(const char *format, struct pb_slice text)
{
    bool has_lines = strcmp(format, "ndjson") == 0;

    assert_true(text.size_bytes > 0);
    assert_true(pb_utf8_find_invalid(text) == SIZE_MAX);
    for (size_t at = 0; at < text.size_bytes;) {
        uint32_t character;
        at += pb_utf8_decode(pb_slice_from(text, at), &character);
        assert_true(character == '\n' || (character == '\r' && strcmp(format, "csv") == 0) ||
                    (character >= 0x20 && character != 0x7F && !pb_utf8_is_deceptive(character)));
    }
    if (has_lines || strcmp(format, "json") == 0 || strcmp(format, "sarif") == 0)
        oracle_check_json(text, has_lines);
    if (strcmp(format, "csv") == 0)
        oracle_check_csv(text);
    if (strcmp(format, "junit") == 0)
        oracle_check_xml(text);
    if (strcmp(format, "html") == 0)
        oracle_check_html(text);
}

/* Runs the audit, and frees it. */
static inline void oracle_run(struct prebleed_audit *audit)
{
    struct prebleed_report_options options = {.is_verbose = true};
    struct prebleed_table_row row;
    struct pb_buffer report = {0};

    assert_int_equal(prebleed_audit_run(audit, NULL), PREBLEED_OK);
    for (size_t i = 0; prebleed_table_row("formats", i, &row); i++) {
        enum prebleed_status status =
            prebleed_audit_write_report(audit, row.name, &options, oracle_append, &report, NULL);
        assert_int_equal(status, PREBLEED_OK);
        oracle_check(row.name, pb_buffer_slice(&report));
        pb_buffer_clear(&report);
    }
    pb_buffer_release(&report);
    prebleed_audit_free(audit);
}

#endif

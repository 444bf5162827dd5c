/* SPDX-License-Identifier: MIT */
/* The pure step gives the same with and without passing over what cannot be evidence: over the
 * fixtures, and over the files given as arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/read.h"
#include "audit/pipeline.h"

/* One way of going through items. */
struct run {
    struct pb_item_settings settings;
    struct pb_item_reader reader;
    struct pb_batch batch;
};

static void run_open(struct run *run, const struct pb_limits *limits, const struct pb_crls *crls,
                     bool reads_everything)
{
    *run = (struct run){.settings = {.limits = limits,
                                     .crls = crls,
                                     .checks_chains = true,
                                     .reads_everything = reads_everything}};
    pb_batch_init(&run->batch);
    assert_int_equal(pb_item_reader_init(&run->reader, &run->settings), PB_OK);
}

static void run_close(struct run *run)
{
    pb_item_reader_release(&run->reader);
    pb_batch_release(&run->batch);
}

static const struct pb_entry *last_entry(const struct run *run)
{
    return pb_batch_entry(&run->batch, run->batch.entries.count - 1);
}

static void assert_same_entry(const struct run *one, const struct run *other)
{
    const struct pb_entry *a = last_entry(one), *b = last_entry(other);

    assert_int_equal(a->status, b->status);
    assert_ptr_equal(a->shape, b->shape);
    assert_int_equal(a->sha256 == NULL, b->sha256 == NULL);
    if (a->sha256 != NULL)
        assert_memory_equal(a->sha256, b->sha256, 32);
    assert_int_equal(one->batch.observations.count, other->batch.observations.count);
    assert_int_equal(one->batch.records.count, other->batch.records.count);
    assert_int_equal(one->batch.diagnostics.items.count, other->batch.diagnostics.items.count);
}

static void assert_same_diagnostics(const struct run *one, const struct run *other, size_t first)
{
    for (size_t i = first; i < one->batch.diagnostics.items.count; i++) {
        const struct pb_diagnostic *a =
            &PB_VECTOR_AT(const struct pb_diagnostic, &one->batch.diagnostics.items, i);
        const struct pb_diagnostic *b =
            &PB_VECTOR_AT(const struct pb_diagnostic, &other->batch.diagnostics.items, i);
        assert_string_equal(a->code, b->code);
        assert_true(pb_slice_equals(a->message, b->message));
        assert_true(pb_slice_equals(a->pointer, b->pointer));
        assert_int_equal(a->severity, b->severity);
        assert_int_equal(a->offset_bytes, b->offset_bytes);
        assert_int_equal(a->line, b->line);
        assert_int_equal(a->column, b->column);
    }
}

/* Goes both ways with one item, and returns what became of it. */
static enum pb_entry_status compare(struct run *one, struct run *other, const struct pb_item *item)
{
    size_t first = one->batch.diagnostics.items.count;

    assert_int_equal(pb_item_read(&one->reader, item, &one->batch), PB_OK);
    assert_int_equal(pb_item_read(&other->reader, item, &other->batch), PB_OK);
    assert_same_entry(one, other);
    assert_same_diagnostics(one, other, first);
    return last_entry(one)->status;
}

static void compare_texts(const char *const *texts, size_t count, enum pb_entry_status expected)
{
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_crls crls = {0};
    struct run one, other;

    run_open(&one, &limits, &crls, false);
    run_open(&other, &limits, &crls, true);
    for (size_t i = 0; i < count; i++) {
        const struct pb_item item = {.path = PB_SLICE("bundle.tar!/dump/0001.json"),
                                     .content = pb_slice_from_string(texts[i]),
                                     .status = PB_ENTRY_USED,
                                     .is_digest_of_content = true};
        assert_int_equal(compare(&one, &other, &item), expected);
    }
    run_close(&one);
    run_close(&other);
}

static void what_no_word_speaks_of_is_ignored_unparsed(void **state)
{
    static const char *const texts[] = {
        "{\"Reservations\": [{\"Instances\": []}]}",
        "{\"Users\": [{\"UserId\": \"AIDA\", \"Arn\": \"arn:aws:iam::111122223333:user/a\"}]}",
        "{\"Records\": [{\"userIdentity\": {\"accountId\": \"111122223333\"}}]}",
        "{\"Policy\": \"\\u003cnone\\u003e\"}",
        "{\"a\": 1, \"a\": 2",
        "no JSON",
        "[]",
    };
    (void)state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(pb_aws_may_be_evidence(pb_slice_from_string(texts[i])));
    compare_texts(texts, sizeof texts / sizeof texts[0], PB_ENTRY_IGNORED);
}

static void a_word_is_enough_wherever_it_stands(void **state)
{
    static const char *const words[] = {"CERTIFICATE", "Upload",   "ASCA",     "\\u0041",
                                        "\\u002D",     "userid\"", "user_ID'", "User-id\\",
                                        "prebleed-",   "-BEGIN"};
    char text[400];
    (void)state;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (size_t at = 7; at + 20 < sizeof text; at++) {
            memset(text, 'x', sizeof text);
            memcpy(text, "account", 7);
            memcpy(text + at, words[i], strlen(words[i]));
            assert_true(pb_aws_may_be_evidence((struct pb_slice){text, sizeof text}));
            assert_true(pb_aws_may_be_evidence((struct pb_slice){text, at + strlen(words[i])}));
            text[at]++;
            assert_false(pb_aws_may_be_evidence((struct pb_slice){text, sizeof text}));
        }
}

static void companions_are_used_whatever_they_are_called(void **state)
{
    static const char *const texts[] = {
        ("{\"UserId\": \"AIDA\", \"Account\": \"111122223333\","
         " \"Arn\": \"arn:aws:iam::111122223333:user/auditor\"}"),
        "{\"SummaryMap\": {\"ServerCertificates\": 2}}",
        "{\"\\u0053erverCertificateMetadataList\": []}",
    };
    (void)state;

    compare_texts(texts, sizeof texts / sizeof texts[0], PB_ENTRY_USED);
}

/* Every item of the fixtures, those in archives too, under a path that says nothing. */
static void every_fixture_is_read_alike_both_ways(void **state)
{
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_crls crls = {0};
    struct pb_evidence_reader *reader;
    struct pb_batch heard;
    struct run one, other;
    size_t counts[PB_ENTRY_CONTAINER + 1] = {0};
    bool has_item = true;

    pb_batch_init(&heard);
    run_open(&one, &limits, &crls, false);
    run_open(&other, &limits, &crls, true);
    assert_int_equal(pb_evidence_reader_new(&limits, &reader), PB_OK);
    assert_int_equal(pb_evidence_add_path(reader, "testdata", NULL), PB_OK);
    assert_int_equal(pb_evidence_add_path(reader, "tests/cli", NULL), PB_OK);
    for (char **path = *state; *path != NULL; path++)
        assert_int_equal(pb_evidence_add_path(reader, *path, NULL), PB_OK);
    for (;;) {
        struct pb_item item;
        assert_int_equal(pb_evidence_next(reader, &heard.diagnostics, &item, &has_item), PB_OK);
        if (!has_item)
            break;
        item.path = PB_SLICE("bundle.tar!/dump/0001.json");
        item.is_named = false;
        counts[compare(&one, &other, &item)]++;
    }
    assert_true(counts[PB_ENTRY_USED] > 300);
    assert_true(counts[PB_ENTRY_IGNORED] > 30);
    pb_evidence_reader_free(reader);
    pb_batch_release(&heard);
    run_close(&one);
    run_close(&other);
}

int main(int count, char **arguments)
{
    char **paths = arguments + (count > 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_word_speaks_of_is_ignored_unparsed),
        cmocka_unit_test(a_word_is_enough_wherever_it_stands),
        cmocka_unit_test(companions_are_used_whatever_they_are_called),
        cmocka_unit_test_prestate(every_fixture_is_read_alike_both_ways, paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

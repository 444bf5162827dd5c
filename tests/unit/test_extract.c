/* SPDX-License-Identifier: MIT */
/* The pure step gives the same with and without passing over what cannot be evidence: over the
 * fixtures, and over the files given as arguments. */
#include "unit.h"
#include "aws/read.h"
#include "both_ways.h"

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
                                     .status = PB_ENTRY_USED};
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
    static const char *const words[] = {"CERTIFICATE", "Upload",    "\\u0041",
                                        "\\u002D",     "userid\"",  "user_ID'",
                                        "User-id\\",   "prebleed-", "-BEGIN"};
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
    struct pb_batch heard = {0};
    struct run one, other;
    size_t counts[PB_ENTRY_CONTAINER + 1] = {0};
    struct pb_buffer contents = {0};
    bool has_item = true;

    run_open(&one, &limits, &crls, false);
    run_open(&other, &limits, &crls, true);
    assert_non_null(reader = pb_evidence_reader_new(&limits));
    assert_int_equal(pb_evidence_add_path(reader, "testdata", NULL), PB_OK);
    assert_int_equal(pb_evidence_add_path(reader, "tests/cli", NULL), PB_OK);
    for (char **path = *state; *path != NULL; path++)
        assert_int_equal(pb_evidence_add_path(reader, *path, NULL), PB_OK);
    for (;;) {
        struct pb_item item;
        assert_int_equal(pb_evidence_next(reader, &heard.diagnostics, &contents, &item, &has_item),
                         PB_OK);
        if (!has_item)
            break;
        item.path = PB_SLICE("bundle.tar!/dump/0001.json");
        item.is_named = false;
        counts[compare(&one, &other, &item)]++;
        pb_buffer_clear(&contents);
    }
    assert_true(counts[PB_ENTRY_USED] > 300);
    assert_true(counts[PB_ENTRY_IGNORED] > 30);
    pb_evidence_reader_free(reader);
    pb_buffer_release(&contents);
    pb_batch_release(&heard);
    run_close(&one);
    run_close(&other);
}

#define LIST_BYTES 300000 /* a worker takes one at a time */

/* What is counted while an audit reads lists. */
struct flight {
    size_t loaded, shown, most_in_flight;
};

struct list {
    struct flight *flight;
    size_t left_bytes;
};

static void show(void *context, const struct prebleed_progress *progress)
{
    struct flight *flight = context;

    flight->shown = (size_t)progress->items;
}

/* An empty list between blanks. When it begins, the lists that are not shown are in flight. */
static int64_t read_list(void *context, void *buffer, size_t size_bytes)
{
    static const char text[] = "{\"ServerCertificateMetadataList\": []}";
    struct list *list = context;
    struct flight *flight = list->flight;
    bool is_start = list->left_bytes == LIST_BYTES;
    size_t size = size_bytes < list->left_bytes ? size_bytes : list->left_bytes;

    if (is_start && flight->loaded - flight->shown > flight->most_in_flight)
        flight->most_in_flight = flight->loaded - flight->shown;
    flight->loaded += is_start;
    memset(buffer, ' ', size);
    if (is_start)
        memcpy(buffer, text, sizeof text - 1);
    list->left_bytes -= size;
    return (int64_t)size;
}

static size_t count_in_flight(uint64_t ceiling)
{
    struct prebleed_parameters parameters;
    struct prebleed_audit *audit;
    struct prebleed_summary summary;
    struct flight flight = {0};
    struct list lists[40];

    prebleed_parameters_init(&parameters);
    parameters.jobs = 8;
    parameters.show = show;
    parameters.show_context = &flight;
    assert_int_equal(prebleed_audit_new(&parameters, &audit, NULL), PREBLEED_OK);
    audit->limits.bytes_in_flight = ceiling;
    for (size_t i = 0; i < 40; i++) {
        lists[i] = (struct list){&flight, LIST_BYTES};
        assert_int_equal(prebleed_audit_add_stream(audit, "a", read_list, &lists[i], NULL),
                         PREBLEED_OK);
    }
    assert_int_equal(prebleed_audit_run(audit, NULL), PREBLEED_OK);
    assert_true(prebleed_audit_summary(audit, &summary));
    assert_int_equal(summary.used, 40);
    prebleed_audit_free(audit);
    return flight.most_in_flight;
}

static void workers_wait_while_others_have_as_much_as_the_ceiling(void **state)
{
    (void)state;

    assert_int_equal(count_in_flight(1), 0);
    assert_int_equal(count_in_flight(LIST_BYTES), 0);
    assert_in_range(count_in_flight(LIST_BYTES + 1), 0, 1);
    assert_in_range(count_in_flight(3 * LIST_BYTES), 0, 2);
    assert_in_range(count_in_flight(UINT64_MAX), 0, 8);
}

int main(int count, char **arguments)
{
    char **paths = arguments + (count > 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_word_speaks_of_is_ignored_unparsed),
        cmocka_unit_test(a_word_is_enough_wherever_it_stands),
        cmocka_unit_test(companions_are_used_whatever_they_are_called),
        cmocka_unit_test(workers_wait_while_others_have_as_much_as_the_ceiling),
        cmocka_unit_test_prestate(every_fixture_is_read_alike_both_ways, paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Every allocation of jansson's failing in turn: a document is read whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json/document.h"

static const char text[] = "{\"ServerCertificateMetadataList\": [{\"Arn\": \"arn:aws:iam::12345678"
                           "9012:server-certificate/abcdefgh\", \"n\": 1.5, \"i\": 7}], "
                           "\"k\\u00e9\": [1,2,3,4,5,6,7,8,9,10], \"b\":1,\"c\":2,\"d\":3,\"e\":4,"
                           "\"f\":5,\"g\":6,\"h\":7,\"i\":8,\"j\":[[[[]]]]}";

static size_t until_failure; /* 0: none to come */
static bool fails_on;

static void *allocate(size_t size_bytes)
{
    if (until_failure > 0 && --until_failure == 0) {
        until_failure = fails_on;
        return NULL;
    }
    return malloc(size_bytes);
}

/* Reads the text with the allocation of that number failing; false where none did. */
static bool read_failing_at(size_t number)
{
    static const struct pb_limits limits = {.values = 1000};
    struct pb_json_reader reader = {.text = PB_SLICE(text), .limits = &limits};
    struct pb_json_document document;
    struct pb_arena arena = {0};
    struct pb_diagnostics diagnostics;
    enum pb_json_outcome outcome = PB_JSON_END;

    pb_diagnostics_init(&diagnostics, &arena);
    until_failure = number;
    enum pb_status status = pb_json_next(&reader, &diagnostics, &outcome, &document);
    bool has_failed = until_failure == 0 || (fails_on && until_failure == 1);
    until_failure = 0;
    assert_int_equal(status, has_failed ? PB_FAILED_MEMORY : PB_OK);
    assert_int_equal(document.root != NULL, !has_failed);
    assert_int_equal(diagnostics.items.count, 0);
    pb_json_document_release(&document);
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&arena);
    return has_failed;
}

static void one_failed_allocation_is_never_passed_over(void **state)
{
    size_t number = 1;

    (void)state;
    fails_on = false;
    while (read_failing_at(number))
        number++;
    assert_in_range(number, 50, 1000);
}

static void memory_that_has_run_out_is_never_passed_over(void **state)
{
    (void)state;
    fails_on = true;
    for (size_t number = 50; number > 0; number--)
        assert_true(read_failing_at(number));
}

static int watch_jansson(void **state)
{
    (void)state;
    pb_json_prepare();
    json_set_alloc_funcs(allocate, free);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_failed_allocation_is_never_passed_over),
        cmocka_unit_test(memory_that_has_run_out_is_never_passed_over),
    };

    return cmocka_run_group_tests(tests, watch_jansson, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Private keys in evidence: found however they are spelt, and covered before anything is quoted. */
#include "unit.h"
#include "audit/pipeline.h"

#define BEGIN "-----BEGIN RSA PRIVATE KEY-----"
#define END "-----END RSA PRIVATE KEY-----"

static void keys_are_found_and_covered_and_nothing_else_is(void **state)
{
    static const struct {
        const char *text, *covered; /* NULL: no key stands there */
    } rows[] = {
        {"", NULL},
        {"-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----", NULL},
        {"the PRIVATE KEY----- of -----BEGIN", NULL},
        {"a " BEGIN "\nMIIC/+=\n" END " Z", "a " BEGIN "\n7777777\n" END " Z"},
        {"{\"k\":\"" BEGIN "\\nMIIC\\n\\u002b\\n" END "\",\"name\":\"shop\"}",
         "{\"k\":\"" BEGIN "\\n7777\\n\\u7777\\n" END "\",\"name\":\"shop\"}"},
        {"{\"k\":\"" BEGIN "\\r\\nMIIC\",\"name\":\"shop\"}",
         "{\"k\":\"" BEGIN "\\r\\n7777\",\"name\":\"shop\"}"},
        {"[\"{\\\"k\\\":\\\"" BEGIN "\\\\nMIIC\\\",\\\"name\\\":\\\"shop\\\"}\"]",
         "[\"{\\\"k\\\":\\\"" BEGIN "\\\\n7777\\\",\\\"name\\\":\\\"shop\\\"}\"]"},
        {"[\"\\u002D----BEGIN \\u0050RIVATE KEY-----MIIC\"]",
         "[\"\\u002D----BEGIN \\u0050RIVATE KEY-----7777\"]"},
        {"\\u002d----BEGIN PRIVATE KE\\u0059-----MI", "\\u002d----BEGIN PRIVATE KE\\u0059-----77"},
        {BEGIN "MI" BEGIN "IC", BEGIN "77" BEGIN "77"},
        {BEGIN "MI\\u002d----BEGIN PRIVATE KEY-----IC",
         BEGIN "77\\u002d----BEGIN PRIVATE KEY-----77"},
        {BEGIN "\\", BEGIN "\\"},
        {BEGIN, BEGIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_slice text = pb_slice_from_string(rows[i].text);
        const char *expected = rows[i].covered != NULL ? rows[i].covered : rows[i].text;
        struct pb_buffer storage = {0};
        struct pb_batch batch = {0};
        bool has_key;
        assert_int_equal(pb_private_keys_take(&text, &storage, &batch, &has_key), PB_OK);
        assert_int_equal(has_key, rows[i].covered != NULL);
        assert_int_equal(text.size_bytes, strlen(expected));
        assert_memory_equal(text.data, expected, text.size_bytes);
        pb_buffer_release(&storage);
        pb_batch_release(&batch);
    }
}

static void a_text_that_is_in_storage_is_covered_where_it_stands(void **state)
{
    struct pb_buffer storage = {0};
    struct pb_batch batch = {0};
    bool has_key;

    (void)state;
    pb_buffer_append_string(&storage, "??" BEGIN "MIIC" END);
    struct pb_slice text = pb_slice_from(pb_buffer_slice(&storage), 2);
    assert_int_equal(pb_private_keys_take(&text, &storage, &batch, &has_key), PB_OK);
    assert_ptr_equal(text.data, storage.data + 2);
    assert_memory_equal(text.data, BEGIN "7777" END, text.size_bytes);
    pb_buffer_release(&storage);
    pb_batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found_and_covered_and_nothing_else_is),
        cmocka_unit_test(a_text_that_is_in_storage_is_covered_where_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Private keys in evidence: found however they are spelt, and covered before anything is quoted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

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
        {"a " BEGIN "\nMIIC/+=\n" END " Z", "a " BEGIN "\nxxxxxxx\n" END " Z"},
        {"{\"k\":\"" BEGIN "\\nMIIC\\n\\u002b\\n" END "\",\"name\":\"shop\"}",
         "{\"k\":\"" BEGIN "\\nxxxx\\n\\u0078\\n" END "\",\"name\":\"shop\"}"},
        {"{\"k\":\"" BEGIN "\\r\\nMIIC\",\"name\":\"shop\"}",
         "{\"k\":\"" BEGIN "\\r\\nxxxx\",\"name\":\"shop\"}"},
        {"[\"{\\\"k\\\":\\\"" BEGIN "\\\\nMIIC\\\",\\\"name\\\":\\\"shop\\\"}\"]",
         "[\"{\\\"k\\\":\\\"" BEGIN "\\\\nxxxx\\\",\\\"name\\\":\\\"shop\\\"}\"]"},
        {"[\"\\u002D----BEGIN \\u0050RIVATE KEY-----MIIC\"]",
         "[\"\\u002D----BEGIN \\u0050RIVATE KEY-----xxxx\"]"},
        {BEGIN "MI" BEGIN "IC", BEGIN "xx" BEGIN "xx"},
        {BEGIN "\\", BEGIN "\\"},
        {BEGIN, BEGIN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_slice text = pb_slice_from_string(rows[i].text);
        struct pb_buffer storage;
        struct pb_batch batch;
        bool has_key;
        pb_batch_init(&batch);
        pb_buffer_init(&storage, SIZE_MAX);
        assert_int_equal(pb_private_keys_find(text, &batch, &has_key), PB_OK);
        assert_int_equal(has_key, rows[i].covered != NULL);
        if (has_key) {
            assert_int_equal(pb_private_keys_cover(&text, &storage), PB_OK);
            assert_int_equal(text.size_bytes, strlen(rows[i].covered));
            assert_memory_equal(text.data, rows[i].covered, text.size_bytes);
        }
        pb_buffer_release(&storage);
        pb_batch_release(&batch);
    }
    (void)state;
}

static void a_text_that_is_in_storage_is_covered_where_it_stands(void **state)
{
    struct pb_buffer storage;

    (void)state;
    pb_buffer_init(&storage, SIZE_MAX);
    pb_buffer_append_string(&storage, "??" BEGIN "MIIC" END);
    struct pb_slice text = pb_slice_from(pb_buffer_slice(&storage), 2);
    assert_int_equal(pb_private_keys_cover(&text, &storage), PB_OK);
    assert_ptr_equal(text.data, storage.data + 2);
    assert_memory_equal(text.data, BEGIN "xxxx" END, text.size_bytes);
    pb_buffer_release(&storage);
}

static bool is_found(struct pb_slice text)
{
    struct pb_batch batch;
    bool has_key;

    pb_batch_init(&batch);
    assert_int_equal(pb_private_keys_find(text, &batch, &has_key), PB_OK);
    pb_batch_release(&batch);
    return has_key;
}

/* Every one has a key, and stands at every distance from the ends of what is looked at at once; in
 * memory of exactly its size. */
static void no_key_is_passed_over(void **state)
{
    static const char *const spellings[] = {
        BEGIN,
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN \\P\\RIVATE \\KEY\\-----",
        "-----BEGIN PRIVATE KE\\Y-----",
        "-----BEGIN PRIVATE\\ KEY\\-\\-\\-\\-\\-",
        "\\u002d----BEGIN PRIVATE KE\\u0059-----",
        "-----BEGIN PRIVATE KEY\\u002D----",
        "\\u002D\\u002D---BEGIN PRIVATE \\u004bEY-----",
    };

    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        size_t size = strlen(spellings[i]);
        for (size_t pad = 0; pad < 2 * 130; pad++) {
            size_t before = pad % 130, behind = pad < 130 ? 0 : 130 - before;
            char *bytes = malloc(before + size + behind);
            assert_non_null(bytes);
            memset(bytes, 'M', before + size + behind);
            memcpy(bytes + before, spellings[i], size);
            struct pb_slice text = {bytes, before + size + behind};
            assert_true(is_found(text));
            assert_true(pb_private_keys_may_stand_in(text));
            free(bytes);
        }
    }
}

/* Pieces of keys and of what looks like them, put together by chance. */
static void what_is_passed_over_has_no_key(void **state)
{
    static const char *const pieces[] = {
        "-----BEGIN ", "PRIVATE KEY-----", "PRIVATE KEY", "RSA ", "KE",   "Y",  "-",    "-----",
        "\\u002d",     "\\u0050",          "\\",          "\\n",  "\\\\", "\n", "MIIC", "u00",
    };
    uint64_t seed = 1;
    size_t passed_over = 0, found = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct pb_buffer text;
        pb_buffer_init(&text, SIZE_MAX);
        for (int i = 0; i < 10; i++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            pb_buffer_append_string(&text, pieces[seed >> 60]);
        }
        bool may_stand = pb_private_keys_may_stand_in(pb_buffer_slice(&text));
        bool has_key = is_found(pb_buffer_slice(&text));
        assert_true(may_stand || !has_key);
        passed_over += !may_stand;
        found += has_key;
        pb_buffer_release(&text);
    }
    assert_true(passed_over > 0 && found > 0);
}

static void certificates_are_passed_over(void **state)
{
    static const char *const texts[] = {
        "",
        "Y",
        "\\",
        "{\"Path\": \"/\", \"ServerCertificateName\": \"SHOP-KEY\", \"Certificate"
        "Body\": \"-----BEGIN CERTIFICATE-----\\nMIIBdzCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAuMRAwD\\n"
        "MRowGAYDVQQDDBFhbG9uZS5leGFtcGxlLmNvbTAeFw0xMzAxMDEwMDAwMDBaFw0xY\\n"
        "-----END CERTIFICATE-----\\n\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(pb_private_keys_may_stand_in(pb_slice_from_string(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found_and_covered_and_nothing_else_is),
        cmocka_unit_test(a_text_that_is_in_storage_is_covered_where_it_stands),
        cmocka_unit_test(no_key_is_passed_over),
        cmocka_unit_test(what_is_passed_over_has_no_key),
        cmocka_unit_test(certificates_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

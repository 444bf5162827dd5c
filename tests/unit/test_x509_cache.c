/* SPDX-License-Identifier: MIT */
/* Chains are known by every byte of their text, and memory for them has an end. */
#include "x509/x509.h"

#include "unit.h"

#define LARGEST_BYTES 32768
#define PLACES 64

static const struct pb_x509_facts some_facts[2];

static int set_up(void **state)
{
    struct pb_x509_cache *cache;

    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    *state = cache;
    return 0;
}

static int tear_down(void **state)
{
    pb_x509_cache_free(*state);
    return 0;
}

/* Text and DER are gone when it returns. */
static void keep(struct pb_x509_cache *cache, struct pb_slice text)
{
    char *copy = malloc(text.size_bytes), der[] = "onetwo";
    const struct pb_chain_link links[] = {{{der, 3}, &some_facts[0]},
                                          {{der + 3, 3}, &some_facts[1]}};

    assert_non_null(copy);
    memcpy(copy, text.data, text.size_bytes);
    assert_int_equal(
        pb_x509_cache_keep_chain(cache, (struct pb_slice){copy, text.size_bytes}, links, 2), PB_OK);
    memset(der, 'x', sizeof der);
    free(copy);
}

static bool is_known(struct pb_x509_cache *cache, struct pb_slice text)
{
    size_t count;
    const struct pb_chain_link *links = pb_x509_cache_find_chain(cache, text, &count);

    assert_int_equal(count, links != NULL ? 2 : 0);
    if (links == NULL)
        return false;
    for (size_t i = 0; i < 2; i++) {
        assert_true(pb_slice_equals(links[i].der, i == 0 ? PB_SLICE("one") : PB_SLICE("two")));
        assert_ptr_equal(links[i].facts, &some_facts[i]);
    }
    return true;
}

static struct pb_slice draw(char *text, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        text[i] = (char)('A' + (seed >> 33) % 26);
    }
    return (struct pb_slice){text, size};
}

static void nothing_is_known_at_first(void **state)
{
    assert_false(is_known(*state, PB_SLICE_ABSENT));
    assert_false(is_known(*state, PB_SLICE("")));
    assert_false(is_known(*state, PB_SLICE("short")));
    assert_false(is_known(*state, PB_SLICE("a text that was never kept")));
}

static void a_text_is_known_whole(void **state)
{
    char text[100];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('A' + i % 26);
    keep(*state, (struct pb_slice){text, sizeof text - 1});
    assert_true(is_known(*state, (struct pb_slice){text, sizeof text - 1}));
    assert_false(is_known(*state, (struct pb_slice){text, sizeof text}));
    assert_false(is_known(*state, (struct pb_slice){text, sizeof text - 2}));
    assert_false(is_known(*state, (struct pb_slice){text + 1, sizeof text - 2}));
    for (size_t i = 0; i < sizeof text - 1; i++) {
        text[i] ^= 1;
        assert_false(is_known(*state, (struct pb_slice){text, sizeof text - 1}));
        text[i] ^= 1;
    }
}

static void what_is_too_long_or_without_links_is_not_kept(void **state)
{
    static char text[LARGEST_BYTES + 1];
    const struct pb_chain_link link = {PB_SLICE("one"), &some_facts[0]};

    keep(*state, draw(text, LARGEST_BYTES + 1, 1));
    assert_false(is_known(*state, draw(text, LARGEST_BYTES + 1, 1)));
    keep(*state, draw(text, LARGEST_BYTES, 1));
    assert_true(is_known(*state, draw(text, LARGEST_BYTES, 1)));
    assert_int_equal(pb_x509_cache_keep_chain(*state, PB_SLICE("certificates"), &link, 0), PB_OK);
    assert_false(is_known(*state, PB_SLICE("certificates")));
}

static void the_newest_are_known_and_the_oldest_forgotten(void **state)
{
    char text[100];

    for (unsigned i = 0; i < 3 * PLACES; i++) {
        keep(*state, draw(text, sizeof text, i));
        for (unsigned k = 0; k <= i; k++)
            assert_int_equal(is_known(*state, draw(text, sizeof text, k)), k + PLACES > i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_known_at_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_is_known_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_long_or_without_links_is_not_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_newest_are_known_and_the_oldest_forgotten, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

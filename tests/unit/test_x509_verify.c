/* SPDX-License-Identifier: MIT */
/* Signatures, and whether a chain signs its leaf, beyond what tests/chains.py asks openssl (run
 * from the repository's top). */
#include "x509/x509.h"

#include "unit.h"
#include "failing_openssl.h"
#include "x509_oracle.h"

#define MOST_LINKS 64

struct fixture {
    struct pb_arena arena;
    struct pb_x509_cache *cache;
    struct pb_chain_link links[MOST_LINKS];
    size_t count;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    assert_int_equal(pb_x509_cache_new(&fixture->cache), PB_OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    pb_x509_cache_free(fixture->cache);
    pb_arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

static void read_facts(struct fixture *fixture, struct pb_chain_link *link)
{
    struct pb_slice reason;

    assert_int_equal(
        pb_x509_facts_read(fixture->cache, link->der, &fixture->arena, &link->facts, &reason),
        PB_OK);
    assert_non_null(link->facts);
}

/* The links of testdata/chains/chain-NAME.pem take the place of those before. */
static void load(struct fixture *fixture, const char *name)
{
    struct pb_slice ders[MOST_LINKS];
    char path[128];

    snprintf(path, sizeof path, "testdata/chains/chain-%s.pem", name);
    fixture->count = load_certificates(path, &fixture->arena, ders, MOST_LINKS);
    for (size_t i = 0; i < fixture->count; i++) {
        fixture->links[i].der = ders[i];
        read_facts(fixture, &fixture->links[i]);
    }
}

static enum pb_chain check(struct fixture *fixture)
{
    enum pb_chain outcome;

    assert_int_equal(pb_chain_check(fixture->cache, fixture->links, fixture->links + 1,
                                    fixture->count - 1, &outcome),
                     PB_OK);
    return outcome;
}

static void no_chain_is_nothing_to_compare(void **state)
{
    load(*state, "none");
    assert_int_equal(check(*state), PB_CHAIN_NONE);
    load(*state, "alone");
    assert_int_equal(check(*state), PB_CHAIN_NONE);
    load(*state, "only-itself");
    assert_int_equal(check(*state), PB_CHAIN_NONE);
}

static void a_chain_that_does_not_sign_never_signs(void **state)
{
    static const char *const names[] = {"impostor", "root-alone", "wrong-kind", "alone-with-other"};

    for (size_t again = 0; again < 2; again++)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            load(*state, names[i]);
            if (check(*state) != PB_CHAIN_UNRELATED)
                fail_msg("%s", names[i]);
        }
}

static void a_chain_that_signs_does_so_each_time_and_in_any_order(void **state)
{
    static const char *const names[] = {"good",  "shuffled", "both",    "with-itself",
                                        "md5",   "sha1",     "pss",     "alone-with-itself",
                                        "P-256", "P-384",    "Ed25519", "other-spelling"};

    for (size_t again = 0; again < 2; again++)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            load(*state, names[i]);
            if (check(*state) != PB_CHAIN_SIGNS)
                fail_msg("%s", names[i]);
        }
}

/* The leaf's bytes, free to be changed. */
static char *unlock(struct fixture *fixture)
{
    struct pb_slice copy;

    copy = pb_arena_copy(&fixture->arena, fixture->links[0].der);
    fixture->links[0].der = copy;
    return (char *)(uintptr_t)copy.data;
}

/* sha256WithRSAEncryption's last arc becomes 127, in the first, the second or both places. */
static void change_algorithm(struct fixture *fixture, bool is_first, bool is_second)
{
    struct pb_slice object = PB_SLICE("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B");

    load(fixture, "good");
    char *bytes = unlock(fixture);
    struct pb_slice der = fixture->links[0].der;
    size_t first = pb_slice_find(der, object, 0), second = pb_slice_find(der, object, first + 1);
    assert_true(second != SIZE_MAX);
    if (is_first)
        bytes[first + object.size_bytes - 1] = 0x7F;
    if (is_second)
        bytes[second + object.size_bytes - 1] = 0x7F;
    read_facts(fixture, &fixture->links[0]);
}

static void an_unknown_algorithm_decides_nothing(void **state)
{
    change_algorithm(*state, true, true);
    assert_int_equal(check(*state), PB_CHAIN_UNDECIDED);
}

static void two_algorithms_are_no_signature(void **state)
{
    change_algorithm(*state, true, false);
    assert_int_equal(check(*state), PB_CHAIN_UNRELATED);
    change_algorithm(*state, false, true);
    assert_int_equal(check(*state), PB_CHAIN_UNRELATED);
}

static void too_many_of_one_name_decide_nothing(void **state)
{
    struct fixture *fixture = *state;

    load(fixture, "impostor");
    for (size_t i = 2; i < MOST_LINKS; i++)
        fixture->links[i] = fixture->links[1];
    fixture->count = 17;
    assert_int_equal(check(fixture), PB_CHAIN_UNRELATED);
    fixture->count = 18;
    assert_int_equal(check(fixture), PB_CHAIN_UNDECIDED);
}

static void a_key_that_cannot_be_decoded_decides_nothing(void **state)
{
    struct pb_kept_key kept = {.key = NULL};
    struct pb_signed parts;
    struct fixture *fixture = *state;

    pb_kept_key_decode(&kept, PB_SLICE("\x30\x02\x05\x00"));
    assert_null(kept.key);
    pb_kept_key_decode(&kept, PB_SLICE_ABSENT);
    assert_null(kept.key);
    load(fixture, "good");
    assert_true(pb_signed_split(fixture->links[0].der, &parts));
    assert_int_equal(pb_signature_verify(&parts, &kept), PB_SIGNATURE_UNDECIDED);
    assert_false(kept.has_failed);
}

/* Whether OpenSSL, too, takes the leaf for signed with the key. */
static void expect_same(struct pb_slice leaf, struct pb_kept_key *kept, size_t *valid_count)
{
    const unsigned char *at = (const unsigned char *)leaf.data;
    enum pb_signature outcome = PB_SIGNATURE_UNDECIDED;
    struct pb_signed parts;

    X509 *certificate = d2i_X509(NULL, &at, (long)leaf.size_bytes);
    bool is_valid = certificate != NULL && X509_verify(certificate, kept->key) == 1;
    X509_free(certificate);
    ERR_clear_error();
    if (pb_signed_split(leaf, &parts))
        outcome = pb_signature_verify(&parts, kept);
    assert_false(kept->has_failed);
    assert_int_equal(outcome == PB_SIGNATURE_VALID, is_valid);
    assert_int_equal(ERR_peek_error(), 0);
    *valid_count += is_valid;
}

/* Each leaf with the key of each certificate in its chain, whole and with single bits changed; the
 * same key again and again, with any algorithm. */
static void every_answer_is_that_of_openssl(void **state)
{
    static const char *const names[] = {"good",  "md5",     "sha1",     "pss",        "P-256",
                                        "P-384", "Ed25519", "impostor", "wrong-kind", "both"};
    struct fixture *fixture = *state;
    size_t valid_count = 0;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        load(fixture, names[i]);
        char *bytes = unlock(fixture);
        struct pb_slice leaf = fixture->links[0].der;
        for (size_t k = 1; k < fixture->count; k++) {
            struct pb_kept_key kept = {.key = NULL};
            struct pb_slice key = pb_x509_public_key(fixture->links[k].der);
            pb_kept_key_decode(&kept, key);
            expect_same(leaf, &kept, &valid_count);
            for (size_t at = 0; at < leaf.size_bytes; at += 1 + at % 5) {
                bytes[at] ^= (char)(1 << at % 8);
                expect_same(leaf, &kept, &valid_count);
                bytes[at] ^= (char)(1 << at % 8);
            }
            expect_same(leaf, &kept, &valid_count);
            pb_kept_key_release(&kept);
        }
    }
    assert_in_range(valid_count, 2 * 8, 100);
}

/* Verifies with OpenSSL's allocation of that number failing; false where there were not so many.
 * What does not fail is right. */
static bool verify_failing_at(size_t number, struct pb_slice public_key,
                              const struct pb_signed *parts, enum pb_signature expected)
{
    struct pb_kept_key kept = {.key = NULL};

    until_failure = number;
    pb_kept_key_decode(&kept, public_key);
    enum pb_signature outcome = pb_signature_verify(parts, &kept);
    bool has_failed = until_failure == 0;
    until_failure = 0;
    assert_true(kept.has_failed ? has_failed : outcome == expected);
    pb_kept_key_release(&kept);
    return has_failed;
}

static void a_failed_allocation_gives_the_same_answer_or_none(void **state)
{
    static const char *const names[] = {"good", "pss", "impostor"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct pb_signed parts;
        size_t number = 1;
        load(fixture, names[i]);
        assert_true(pb_signed_split(fixture->links[0].der, &parts));
        while (verify_failing_at(number, pb_x509_public_key(fixture->links[1].der), &parts,
                                 i < 2 ? PB_SIGNATURE_VALID : PB_SIGNATURE_INVALID))
            number++;
        assert_true(number > 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_chain_is_nothing_to_compare, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_chain_that_does_not_sign_never_signs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_chain_that_signs_does_so_each_time_and_in_any_order,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_algorithm_decides_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_algorithms_are_no_signature, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_of_one_name_decide_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_cannot_be_decoded_decides_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_answer_is_that_of_openssl, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_allocation_gives_the_same_answer_or_none, set_up,
                                        tear_down),
    };

    make_openssl_fallible();
    if (pb_x509_prepare() != PB_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

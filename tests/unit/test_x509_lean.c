/* SPDX-License-Identifier: MIT */
/* The lean decoder and the cache against the full decoder, member for member: over testdata, over
 * thousands of damaged certificates and over names of every kind (run from the repository's top).
 */
#include "x509/lean.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/buffer.h"
#include "x509/cache.h"
#include "x509/layout.h"
#include "x509/name.h"
#include "x509/pem.h"
#include "x509/plain_name.h"

#define MOST_SAMPLES 2048

/* Certificates of testdata: read once, never changed. */
static struct {
    struct pb_arena arena;
    struct pb_slice certificates[MOST_SAMPLES];
    size_t count;
    size_t file_count;
} samples;

/* A readable stand-in for random numbers that is the same on every machine (xorshift64). */
static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % below;
}

static void expect_bytes(const char *member, struct pb_slice lean, struct pb_slice full)
{
    if (!pb_slice_equals(lean, full))
        fail_msg("%s is \"%.*s\", expected \"%.*s\"", member, PB_SLICE_ARGS(lean),
                 PB_SLICE_ARGS(full));
}

static void expect_same_key(const struct pb_key_facts *lean, const struct pb_key_facts *full)
{
    expect_bytes("algorithm", lean->algorithm, full->algorithm);
    assert_int_equal(lean->bits, full->bits);
    expect_bytes("curve", lean->curve, full->curve);
    expect_bytes("exponent", lean->exponent, full->exponent);
    assert_memory_equal(lean->spki_sha256, full->spki_sha256, sizeof full->spki_sha256);
}

static void expect_same_instant(struct pb_instant lean, struct pb_instant full)
{
    assert_int_equal(lean.seconds, full.seconds);
    assert_int_equal(lean.nanoseconds, full.nanoseconds);
}

static void expect_same_facts(const struct pb_x509_facts *lean, const struct pb_x509_facts *full)
{
    expect_bytes("subject", lean->subject, full->subject);
    expect_bytes("issuer", lean->issuer, full->issuer);
    expect_bytes("serial", lean->serial, full->serial);
    expect_same_instant(lean->not_before, full->not_before);
    expect_same_instant(lean->not_after, full->not_after);
    expect_same_key(&lean->key, &full->key);
    expect_bytes("signature algorithm", lean->signature_algorithm, full->signature_algorithm);
    assert_memory_equal(lean->sha256, full->sha256, sizeof full->sha256);
    assert_memory_equal(lean->sha1, full->sha1, sizeof full->sha1);
    assert_int_equal(lean->alternative_name_count, full->alternative_name_count);
    assert_int_equal(lean->alternative_names == NULL, full->alternative_names == NULL);
    for (size_t i = 0; i < full->alternative_name_count; i++)
        expect_bytes("name", lean->alternative_names[i], full->alternative_names[i]);
    assert_int_equal(lean->is_ca, full->is_ca);
    assert_int_equal(lean->is_self_signed, full->is_self_signed);
}

/* The lean decoder's answer, held to the full one's; false where it left it to that one. */
static bool is_read_leanly(struct pb_lean *lean, struct pb_slice der, struct pb_arena *arena)
{
    const struct pb_x509_facts *read, *full;
    struct pb_slice reason;
    unsigned char sha256[32];

    assert_int_equal(pb_hasher_digest(&lean->sha256, der, sha256), PB_OK);
    assert_int_equal(pb_lean_read(lean, der, sha256, arena, &read), PB_OK);
    if (read == NULL)
        return false;
    assert_int_equal(pb_x509_facts_read(der, arena, &full, &reason), PB_OK);
    if (full == NULL)
        fail_msg("read what the full decoder refuses: %.*s", PB_SLICE_ARGS(reason));
    expect_same_facts(read, full);
    return true;
}

/* Both entries' answers are the same, refusals included. */
static void expect_same_through_cache(struct pb_x509_cache *cache, struct pb_slice der,
                                      struct pb_arena *arena)
{
    const struct pb_x509_facts *cached, *full;
    struct pb_slice cached_reason, full_reason;

    assert_int_equal(pb_x509_facts_read_cached(cache, der, arena, &cached, &cached_reason), PB_OK);
    assert_int_equal(pb_x509_facts_read(der, arena, &full, &full_reason), PB_OK);
    assert_int_equal(cached == NULL, full == NULL);
    expect_bytes("reason", cached_reason, full_reason);
    if (full != NULL)
        expect_same_facts(cached, full);
}

static void keep_sample(struct pb_slice der)
{
    assert_true(samples.count < MOST_SAMPLES);
    assert_true(pb_arena_copy(&samples.arena, der, &samples.certificates[samples.count]));
    samples.count++;
}

/* Nearly all of testdata/certificates is self-signed, which the lean decoder leaves alone: the last
 * letter of the issuer is changed, so that it cannot be. */
static void keep_with_other_issuer(struct pb_slice der)
{
    struct pb_x509_layout layout;
    struct pb_slice copy;

    if (!pb_x509_layout_read(der, &layout) || layout.issuer.size_bytes < 8)
        return;
    size_t end = (size_t)(layout.issuer.data - der.data) + layout.issuer.size_bytes;
    char *bytes = malloc(der.size_bytes);
    assert_non_null(bytes);
    memcpy(bytes, der.data, der.size_bytes);
    bytes[end - 1] ^= 1;
    copy = (struct pb_slice){bytes, der.size_bytes};
    keep_sample(copy);
    free(bytes);
}

/* JSON's escaped line ends become real ones in place; nothing else of JSON matters to PEM. */
static size_t unescape_line_ends(char *text, size_t size)
{
    size_t kept = 0;

    for (size_t i = 0; i < size; i++) {
        bool is_escape =
            text[i] == '\\' && i + 1 < size && (text[i + 1] == 'n' || text[i + 1] == 'r');
        text[kept++] = is_escape ? '\n' : text[i];
        i += is_escape;
    }
    return kept;
}

static int keep_samples_of_file(const char *path, const struct stat *status, int type,
                                struct FTW *place)
{
    static char text[1 << 20];
    struct pb_arena arena = {NULL};
    enum pb_pem_outcome outcome;
    struct pb_pem_block block;
    (void)status;
    (void)place;
    FILE *file = type == FTW_F ? fopen(path, "rb") : NULL;
    if (file == NULL)
        return type == FTW_F;
    size_t size = unescape_line_ends(text, fread(text, 1, sizeof text, file));
    fclose(file);
    samples.file_count++;
    struct pb_pem_reader reader = {.text = {text, size}};
    while (pb_pem_next(&reader, &arena, &outcome, &block) == PB_OK && outcome != PB_PEM_END) {
        if (outcome != PB_PEM_BLOCK || !pb_pem_is_certificate(block.label))
            continue;
        keep_sample(block.der);
        keep_with_other_issuer(block.der);
    }
    pb_arena_release(&arena);
    return 0;
}

static int keep_samples(void **state)
{
    static const char *const folders[] = {"testdata/certificates", "testdata/samples"};
    (void)state;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (nftw(folders[i], keep_samples_of_file, 16, FTW_PHYS) != 0)
            return 1;
    return samples.file_count < 100;
}

static int release_samples(void **state)
{
    (void)state;
    pb_arena_release(&samples.arena);
    return 0;
}

static void every_sample_has_the_same_facts(void **state)
{
    struct pb_arena arena = {NULL};
    struct pb_lean lean = {.issuers = {{{NULL, 0}, {NULL, 0}}}};
    size_t lean_count = 0;
    (void)state;
    assert_int_equal(pb_lean_init(&lean), PB_OK);
    for (size_t i = 0; i < samples.count; i++)
        lean_count += is_read_leanly(&lean, samples.certificates[i], &arena);
    /* everything with another issuer but the unusual keys, names and extensions */
    assert_in_range(lean_count, samples.count / 3, samples.count);
    pb_lean_release(&lean);
    pb_arena_release(&arena);
}

static void every_sample_has_the_same_facts_through_the_cache(void **state)
{
    struct pb_x509_cache *cache;
    struct pb_arena arena = {NULL};
    (void)state;
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < samples.count; i++)
            expect_same_through_cache(cache, samples.certificates[i], &arena);
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
}

/* Where a change hurts: anywhere, in the first bytes, or where the key and the signature are not.
 */
static size_t draw_place(uint64_t *seed, size_t size)
{
    static const size_t parts[] = {1, 1, 3, 8};
    size_t span = size / parts[draw(seed, 4)];

    return (size_t)draw(seed, span > 0 ? span : 1);
}

static void change_byte(uint64_t *seed, unsigned char *byte)
{
    static const unsigned char odd[] = {0x00, 0x01, 0x02, 0x04, 0x05, 0x0C, 0x13, 0x16,
                                        0x17, 0x18, 0x1E, 0x30, 0x31, 0x7F, 0x80, 0x81,
                                        0x82, 0xA0, 0xA3, 0xFF, '\\', ',',  ' ',  '#'};
    switch (draw(seed, 4)) {
    case 0: *byte ^= (unsigned char)(1U << draw(seed, 8)); break;
    case 1: ++*byte; break;
    case 2: --*byte; break;
    default: *byte = odd[draw(seed, sizeof odd)]; break;
    }
}

/* Moves the bytes behind a place by one: what stands there is doubled or lost. */
static size_t shift_bytes(uint64_t *seed, unsigned char *bytes, size_t size)
{
    size_t at = draw_place(seed, size);
    bool is_longer = draw(seed, 2) == 0;

    if (is_longer)
        memmove(bytes + at + 1, bytes + at, size - at);
    else
        memmove(bytes + at, bytes + at + 1, size - at - 1);
    return is_longer ? size + 1 : size - 1;
}

/* bytes has room for one byte more than size. Returns the new size. */
static size_t damage(uint64_t *seed, unsigned char *bytes, size_t size)
{
    for (uint64_t changes = 1 + draw(seed, 3); changes > 0; changes--)
        change_byte(seed, &bytes[draw_place(seed, size)]);
    switch (draw(seed, 8)) {
    case 0: return (size_t)draw(seed, size);
    case 1: return shift_bytes(seed, bytes, size);
    default: return size;
    }
}

/* Every damaged certificate lies in memory of exactly its size, so that a read past it is seen. */
static void damaged_certificates_have_the_same_facts(void **state)
{
    enum { ROUNDS = 12000 };
    uint64_t seed = UINT64_C(0x2014040100000033);
    struct pb_x509_cache *cache;
    struct pb_lean lean = {.issuers = {{{NULL, 0}, {NULL, 0}}}};
    struct pb_arena arena = {NULL};
    size_t lean_count = 0;
    (void)state;
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    assert_int_equal(pb_lean_init(&lean), PB_OK);
    for (int i = 0; i < ROUNDS; i++) {
        struct pb_slice whole = samples.certificates[draw(&seed, samples.count)];
        unsigned char *bytes = malloc(whole.size_bytes + 1);
        assert_non_null(bytes);
        memcpy(bytes, whole.data, whole.size_bytes);
        size_t size = damage(&seed, bytes, whole.size_bytes);
        bytes = realloc(bytes, size + (size == 0));
        assert_non_null(bytes);
        struct pb_slice der = {(const char *)bytes, size};
        lean_count += is_read_leanly(&lean, der, &arena);
        if (i % 4 == 0)
            expect_same_through_cache(cache, der, &arena);
        free(bytes);
    }
    /* Both answers are common, so that neither is tested alone. */
    assert_in_range(lean_count, ROUNDS / 20, ROUNDS / 2);
    pb_lean_release(&lean);
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
}

/* The name's texts by both printers; false where the plain one leaves it to the other. */
static bool is_spelt_plainly(X509_NAME *name, struct pb_arena *arena)
{
    struct pb_slice plain, full;
    unsigned char *der = NULL;

    int size = i2d_X509_NAME(name, &der);
    assert_true(size > 0);
    struct pb_slice bytes = {(const char *)der, (size_t)size};
    assert_int_equal(pb_plain_name_text(bytes, arena, &plain), PB_OK);
    assert_int_equal(pb_name_text(name, arena, &full), PB_OK);
    OPENSSL_free(der);
    if (!pb_slice_is_absent(plain))
        expect_bytes("name", plain, full);
    return !pb_slice_is_absent(plain);
}

static void add_attribute(X509_NAME *name, int nid, int type, struct pb_slice value)
{
    assert_int_equal(X509_NAME_add_entry_by_NID(name, nid, type, (const unsigned char *)value.data,
                                                (int)value.size_bytes, -1, 0),
                     1);
}

static void names_of_every_attribute_are_spelt_as_openssl_does(void **state)
{
    static const int plain_nids[] = {
        NID_commonName,
        NID_organizationName,
        NID_countryName,
        NID_localityName,
        NID_organizationalUnitName,
        NID_stateOrProvinceName,
        NID_serialNumber,
        NID_streetAddress,
        NID_businessCategory,
        NID_postalCode,
        NID_pkcs9_emailAddress,
        NID_domainComponent,
        NID_jurisdictionCountryName,
        NID_jurisdictionLocalityName,
        NID_jurisdictionStateOrProvinceName,
    };
    struct pb_arena arena = {NULL};
    size_t plain_count = 0;
    (void)state;
    for (int nid = 1; nid < OBJ_new_nid(0); nid++) {
        X509_NAME *name = X509_NAME_new();
        if (OBJ_length(OBJ_nid2obj(nid)) > 0) {
            add_attribute(name, NID_commonName, V_ASN1_UTF8STRING, PB_SLICE("first"));
            add_attribute(name, nid, V_ASN1_PRINTABLESTRING, PB_SLICE("US"));
            add_attribute(name, NID_organizationName, V_ASN1_IA5STRING, PB_SLICE("a = b/c @ d"));
            plain_count += is_spelt_plainly(name, &arena);
        }
        X509_NAME_free(name);
    }
    assert_int_equal(plain_count, sizeof plain_nids / sizeof plain_nids[0]);
    for (size_t i = 0; i < sizeof plain_nids / sizeof plain_nids[0]; i++) {
        X509_NAME *name = X509_NAME_new();
        add_attribute(name, plain_nids[i], V_ASN1_PRINTABLESTRING, PB_SLICE("US"));
        assert_true(is_spelt_plainly(name, &arena));
        X509_NAME_free(name);
    }
    pb_arena_release(&arena);
}

static bool is_value_plain(int type, struct pb_slice value, struct pb_arena *arena)
{
    X509_NAME *name = X509_NAME_new();

    add_attribute(name, NID_commonName, type, value);
    bool is_plain = is_spelt_plainly(name, arena);
    X509_NAME_free(name);
    return is_plain;
}

static void names_with_every_byte_are_spelt_as_openssl_does(void **state)
{
    static const int types[] = {V_ASN1_PRINTABLESTRING, V_ASN1_UTF8STRING, V_ASN1_IA5STRING,
                                V_ASN1_T61STRING, V_ASN1_NUMERICSTRING};
    struct pb_arena arena = {NULL};
    (void)state;
    for (size_t type = 0; type < sizeof types / sizeof types[0]; type++) {
        for (unsigned place = 0; place < 3 * 128; place++) {
            char value[] = "abc";
            value[place % 3] = (char)(place / 3);
            bool is_plain = is_value_plain(types[type], (struct pb_slice){value, 3}, &arena);
            if (type >= 3 || place / 3 < ' ' || place / 3 == 0x7F)
                assert_false(is_plain);
            else if (place / 3 >= '0' && place / 3 <= '9')
                assert_true(is_plain);
        }
    }
    assert_false(is_value_plain(V_ASN1_UTF8STRING, PB_SLICE("\xC3\xA9"), &arena));
    assert_false(is_value_plain(V_ASN1_UTF8STRING, PB_SLICE(""), &arena));
    pb_arena_release(&arena);
}

static void a_name_of_many_attributes_is_left_to_openssl(void **state)
{
    struct pb_arena arena = {NULL};
    X509_NAME *name = X509_NAME_new();
    bool is_plain = true;
    (void)state;
    for (int count = 1; count <= 64; count++) {
        add_attribute(name, NID_domainComponent, V_ASN1_IA5STRING, PB_SLICE("example"));
        is_plain = is_spelt_plainly(name, &arena);
        assert_true(is_plain || count > 16);
    }
    assert_false(is_plain);
    X509_NAME_free(name);
    pb_arena_release(&arena);
}

/* The first sample that is read leanly. */
static struct pb_slice find_ordinary(void)
{
    struct pb_arena arena = {NULL};
    struct pb_lean lean = {.issuers = {{{NULL, 0}, {NULL, 0}}}};
    size_t i = 0;

    assert_int_equal(pb_lean_init(&lean), PB_OK);
    while (i < samples.count && !is_read_leanly(&lean, samples.certificates[i], &arena))
        i++;
    assert_true(i < samples.count);
    pb_lean_release(&lean);
    pb_arena_release(&arena);
    return samples.certificates[i];
}

static const struct pb_x509_facts *read_cached(struct pb_x509_cache *cache, struct pb_slice der,
                                               struct pb_arena *arena)
{
    const struct pb_x509_facts *facts;
    struct pb_slice reason;

    assert_int_equal(pb_x509_facts_read_cached(cache, der, arena, &facts, &reason), PB_OK);
    assert_non_null(facts);
    return facts;
}

static void equal_certificates_share_their_facts(void **state)
{
    struct pb_x509_cache *cache;
    struct pb_arena arena = {NULL}, later = {NULL};
    (void)state;
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    const struct pb_x509_facts *ordinary = read_cached(cache, find_ordinary(), &arena);
    /* self-signed: through the full decoder */
    const struct pb_x509_facts *unusual = read_cached(cache, samples.certificates[0], &arena);
    assert_ptr_not_equal(ordinary, unusual);
    pb_arena_adopt(&later, &arena);
    assert_ptr_equal(read_cached(cache, find_ordinary(), &arena), ordinary);
    assert_ptr_equal(read_cached(cache, samples.certificates[0], &arena), unusual);
    assert_null(arena.chunks);
    pb_x509_cache_free(cache);
    pb_arena_release(&later);
}

/* Changes the serial until the certificate has the place of the first one: two bytes of its digest
 * decide. More tries than are ever needed. */
static void equal_facts_come_back_after_their_place_was_taken(void **state)
{
    struct pb_slice first = find_ordinary();
    struct pb_arena arena = {NULL};
    struct pb_x509_layout layout;
    struct pb_x509_cache *cache;
    char *other = malloc(first.size_bytes);
    bool is_replaced = false;
    (void)state;
    assert_non_null(other);
    memcpy(other, first.data, first.size_bytes);
    assert_true(pb_x509_layout_read(first, &layout));
    char *serial = other + (layout.serial.data - first.data) + layout.serial.size_bytes - 4;
    assert_in_range(layout.serial.size_bytes, 5, 20);
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    const struct pb_x509_facts *facts = read_cached(cache, first, &arena);
    for (uint32_t i = 0; i < 200000 && !is_replaced; i++) {
        memcpy(serial, &i, sizeof i);
        const struct pb_x509_facts *now =
            read_cached(cache, (struct pb_slice){other, first.size_bytes}, &arena);
        bool has_its_place =
            (now->sha256[0] & 15) == (facts->sha256[0] & 15) && now->sha256[1] == facts->sha256[1];
        if (now == facts || !has_its_place)
            continue;
        is_replaced = true;
        const struct pb_x509_facts *again = read_cached(cache, first, &arena);
        assert_ptr_not_equal(again, facts);
        expect_same_facts(again, facts);
        assert_ptr_equal(read_cached(cache, first, &arena), again);
    }
    assert_true(is_replaced);
    pb_x509_cache_free(cache);
    free(other);
    pb_arena_release(&arena);
}

static void what_is_no_certificate_is_refused_every_time(void **state)
{
    static const char *const texts[] = {"", "hello, world", "0", "0\t"};
    struct pb_x509_cache *cache;
    struct pb_arena arena = {NULL};
    (void)state;
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    for (size_t i = 0; i < 2 * sizeof texts / sizeof texts[0]; i++)
        expect_same_through_cache(cache, pb_slice_from_string(texts[i / 2]), &arena);
    expect_same_through_cache(cache, PB_SLICE_ABSENT, &arena);
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
}

static size_t until_failure; /* allocations of OpenSSL's; 0: none is to fail */

static void *reallocate(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (until_failure > 0 && --until_failure == 0)
        return NULL;
    return realloc(old, size);
}

static void *allocate(size_t size, const char *file, int line)
{
    return reallocate(NULL, size, file, line);
}

static void deallocate(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

/* Reads the certificate with a new cache and OpenSSL's allocation of that number failing; false
 * where there were not so many. What does not fail is right. */
static bool read_failing_at(size_t number, struct pb_slice der, const struct pb_x509_facts *full,
                            size_t *failures)
{
    struct pb_x509_cache *cache;
    struct pb_arena arena = {NULL};
    const struct pb_x509_facts *facts = NULL;
    struct pb_slice reason;

    until_failure = number;
    enum pb_status status = pb_x509_cache_new(&cache);
    if (status == PB_OK)
        status = pb_x509_facts_read_cached(cache, der, &arena, &facts, &reason);
    bool has_failed = until_failure == 0;
    until_failure = 0;
    if (status == PB_OK)
        expect_same_facts(facts, full);
    else
        assert_int_equal(status, PB_FAILED_MEMORY);
    assert_true(status == PB_OK || has_failed);
    *failures += status == PB_FAILED_MEMORY;
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
    return has_failed;
}

static void a_failed_allocation_gives_the_same_facts_or_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < samples.count && i < 120; i += 7) {
        struct pb_arena arena = {NULL};
        const struct pb_x509_facts *full;
        struct pb_slice reason;
        size_t number = 1, failures = 0;
        assert_int_equal(pb_x509_facts_read(samples.certificates[i], &arena, &full, &reason),
                         PB_OK);
        assert_non_null(full);
        while (read_failing_at(number, samples.certificates[i], full, &failures))
            number++;
        assert_true(failures > 0);
        pb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_certificate_is_refused_every_time),
        cmocka_unit_test(a_failed_allocation_gives_the_same_facts_or_none),
        cmocka_unit_test(a_name_of_many_attributes_is_left_to_openssl),
        cmocka_unit_test(names_of_every_attribute_are_spelt_as_openssl_does),
        cmocka_unit_test(names_with_every_byte_are_spelt_as_openssl_does),
        cmocka_unit_test(every_sample_has_the_same_facts),
        cmocka_unit_test(every_sample_has_the_same_facts_through_the_cache),
        cmocka_unit_test(damaged_certificates_have_the_same_facts),
        cmocka_unit_test(equal_certificates_share_their_facts),
        cmocka_unit_test(equal_facts_come_back_after_their_place_was_taken),
    };
    CRYPTO_set_mem_functions(allocate, reallocate, deallocate);
    pb_x509_prepare();
    return cmocka_run_group_tests(tests, keep_samples, release_samples);
}

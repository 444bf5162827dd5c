/* SPDX-License-Identifier: MIT */
/* The lean decoder and the cache against the full decoder, member for member: over testdata, over
 * thousands of edited and damaged certificates (run from the repository's top). */
#include "x509/lean.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "failing_openssl.h"
#include "x509/cache.h"
#include "x509/hash.h"
#include "x509/layout.h"
#include "x509/pem.h"
#include "x509/strict_der.h"

#define MOST_SAMPLES 4096

struct sample {
    struct pb_slice path;
    struct pb_slice der;
    bool has_other_issuer; /* than the file's certificate */
};

/* Certificates of testdata: read once, never changed. */
static struct {
    struct pb_arena arena;
    struct sample certificates[MOST_SAMPLES]; /* in the order of path and bytes */
    size_t count;
    size_t kind_count; /* the first ones, of testdata/certificates: one of every kind */
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
    expect_bytes("signature digest", lean->signature_digest, full->signature_digest);
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

    pb_hash_sha256(der, sha256);
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

static void keep_sample(const char *path, struct pb_slice der, bool has_other_issuer)
{
    struct sample *sample = &samples.certificates[samples.count++];

    assert_true(samples.count < MOST_SAMPLES);
    sample->has_other_issuer = has_other_issuer;
    assert_true(pb_arena_copy(&samples.arena, pb_slice_from_string(path), &sample->path));
    assert_true(pb_arena_copy(&samples.arena, der, &sample->der));
}

/* Nearly all of testdata/certificates is self-signed, which the lean decoder leaves alone: the last
 * letter of the issuer is changed, so that it cannot be. */
static void keep_with_other_issuer(const char *path, struct pb_slice der)
{
    struct pb_x509_layout layout;

    if (!pb_x509_layout_read(der, &layout) || layout.issuer.size_bytes < 8)
        return;
    size_t end = (size_t)(layout.issuer.data - der.data) + layout.issuer.size_bytes;
    char *bytes = malloc(der.size_bytes);
    assert_non_null(bytes);
    memcpy(bytes, der.data, der.size_bytes);
    bytes[end - 1] ^= 1;
    keep_sample(path, (struct pb_slice){bytes, der.size_bytes}, true);
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
    struct pb_pem_reader reader = {.text = {text, size}};
    while (pb_pem_next(&reader, &arena, &outcome, &block) == PB_OK && outcome != PB_PEM_END) {
        if (outcome != PB_PEM_BLOCK || !pb_pem_is_certificate(block.label))
            continue;
        keep_sample(path, block.der, false);
        keep_with_other_issuer(path, block.der);
    }
    pb_arena_release(&arena);
    return 0;
}

static int compare_samples(const void *left, const void *right)
{
    const struct sample *a = left, *b = right;
    int order = pb_slice_compare(a->path, b->path);

    return order != 0 ? order : pb_slice_compare(a->der, b->der);
}

/* Sorted, because directories are not: the same seed damages the same bytes everywhere. */
static int keep_samples(void **state)
{
    (void)state;
    if (nftw("testdata/certificates", keep_samples_of_file, 16, FTW_PHYS) != 0)
        return 1;
    samples.kind_count = samples.count;
    if (nftw("testdata/samples", keep_samples_of_file, 16, FTW_PHYS) != 0)
        return 1;
    qsort(samples.certificates, samples.count, sizeof samples.certificates[0], compare_samples);
    return samples.kind_count < 50 || samples.count < 10 * samples.kind_count;
}

static struct pb_slice find_sample(const char *name, bool has_other_issuer)
{
    for (size_t i = 0; i < samples.kind_count; i++) {
        const struct sample *sample = &samples.certificates[i];
        if (pb_slice_ends_with(sample->path, pb_slice_from_string(name)) &&
            sample->has_other_issuer == has_other_issuer)
            return sample->der;
    }
    fail_msg("testdata/certificates has no %s", name);
    return PB_SLICE_ABSENT;
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
    struct pb_lean lean = {.curves = {{NULL}, {NULL}, NULL}};
    size_t lean_count = 0;
    (void)state;
    for (size_t i = 0; i < samples.count; i++)
        lean_count += is_read_leanly(&lean, samples.certificates[i].der, &arena);
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
            expect_same_through_cache(cache, samples.certificates[i].der, &arena);
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
    struct pb_lean lean = {.curves = {{NULL}, {NULL}, NULL}};
    struct pb_arena arena = {NULL};
    size_t lean_count = 0;
    (void)state;
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    for (int i = 0; i < ROUNDS; i++) {
        size_t among = i % 2 == 0 ? samples.kind_count : samples.count;
        struct pb_slice whole = samples.certificates[draw(&seed, among)].der;
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

enum edit {
    EDIT_APPEND,       /* a NULL behind the last element inside */
    EDIT_REPEAT,       /* the element twice */
    EDIT_REMOVE,       /* the element left out */
    EDIT_EMPTY,        /* nothing inside */
    EDIT_LONG_LENGTH,  /* a length with a zero in front */
    EDIT_LONGER_FORM,  /* a length in the long form though the short one would do */
    EDIT_LEADING_ZERO, /* 0x00 before the contents */
    EDIT_LEADING_80,   /* 0x80 before the contents */
    EDIT_FIRST_BYTE,   /* the first byte of the contents changed */
    EDIT_TAG,          /* another tag */
    EDIT_COUNT,
};

/* One certificate written anew with one of its elements edited, and all lengths around it right. */
struct editing {
    enum edit edit;
    size_t number; /* elements to come before the one to edit; SIZE_MAX once it was met */
};

static void write_length(struct pb_buffer *out, size_t size, bool is_edited, enum edit edit)
{
    bool is_long = size >= 0x80 || (is_edited && edit == EDIT_LONGER_FORM);
    bool is_zero = is_edited && edit == EDIT_LONG_LENGTH;
    int octets = !is_long && !is_zero ? 0 : size < 0x100 ? 1 : size < 0x10000 ? 2 : 3;

    if (octets == 0) {
        pb_buffer_append_byte(out, (char)size);
        return;
    }
    pb_buffer_append_byte(out, (char)(0x80 | (octets + is_zero)));
    if (is_zero)
        pb_buffer_append_byte(out, 0);
    for (int i = octets - 1; i >= 0; i--)
        pb_buffer_append_byte(out, (char)(size >> (8 * i) & 0xFF));
}

static void write_element(struct pb_buffer *out, unsigned char tag, struct pb_slice contents,
                          bool is_edited, enum edit edit)
{
    if (is_edited && edit == EDIT_REMOVE)
        return;
    for (int times = is_edited && edit == EDIT_REPEAT ? 2 : 1; times > 0; times--) {
        pb_buffer_append_byte(out, (char)(is_edited && edit == EDIT_TAG ? tag ^ 1 : tag));
        write_length(out, contents.size_bytes, is_edited, edit);
        pb_buffer_append(out, contents);
    }
}

static void edit_contents(struct pb_buffer *contents, enum edit edit)
{
    struct pb_buffer edited;

    pb_buffer_init(&edited, SIZE_MAX);
    if (edit == EDIT_LEADING_ZERO)
        pb_buffer_append_byte(&edited, '\0');
    if (edit == EDIT_LEADING_80)
        pb_buffer_append_byte(&edited, '\x80');
    if (edit != EDIT_EMPTY)
        pb_buffer_append(&edited, pb_buffer_slice(contents));
    if (edit == EDIT_APPEND)
        pb_buffer_append(&edited, PB_SLICE("\x05\0"));
    if (edit == EDIT_FIRST_BYTE && edited.size_bytes > 0)
        edited.data[0] ^= 1;
    pb_buffer_clear(contents);
    pb_buffer_append(contents, pb_buffer_slice(&edited));
    pb_buffer_release(&edited);
}

static bool take_any(struct pb_slice *rest, struct pb_slice *contents)
{
    return pb_der_take(rest, pb_der_next_tag(*rest), contents);
}

static bool holds_elements(struct pb_slice contents)
{
    struct pb_slice inside;

    while (contents.size_bytes > 0)
        if (!take_any(&contents, &inside))
            return false;
    return true;
}

/* How many bytes stand before the elements inside: none, one in a BIT STRING; SIZE_MAX for an
 * element that holds no elements. */
static size_t find_inside(unsigned char tag, struct pb_slice contents)
{
    size_t before = tag == PB_DER_BIT_STRING ? 1 : 0;
    bool may_hold = (tag & 0x20) != 0 || tag == PB_DER_OCTET_STRING || tag == PB_DER_BIT_STRING;

    return may_hold && holds_elements(pb_slice_from(contents, before)) ? before : SIZE_MAX;
}

/* Calls itself for what is inside: the certificates are our own, and not deep. */
static void write_edited(struct pb_buffer *out, struct pb_slice elements, struct editing *editing)
{
    while (elements.size_bytes > 0) {
        unsigned char tag = pb_der_next_tag(elements);
        struct pb_slice contents;
        struct pb_buffer inside;
        assert_true(take_any(&elements, &contents));
        bool is_edited = editing->number == 0;
        editing->number -= editing->number != SIZE_MAX;
        size_t before = find_inside(tag, contents);
        pb_buffer_init(&inside, SIZE_MAX);
        pb_buffer_append(&inside, pb_slice_first(contents, before));
        if (before != SIZE_MAX)
            write_edited(&inside, pb_slice_from(contents, before), editing);
        if (is_edited)
            edit_contents(&inside, editing->edit);
        write_element(out, tag, pb_buffer_slice(&inside), is_edited, editing->edit);
        pb_buffer_release(&inside);
    }
}

/* Edits each element of the certificate in turn; returns how many are read leanly then. */
static size_t expect_same_when_edited(struct pb_lean *lean, struct pb_slice der, enum edit edit)
{
    struct pb_buffer edited;
    size_t lean_count = 0, number = 0;
    bool is_whole = false;

    pb_buffer_init(&edited, SIZE_MAX);
    for (; !is_whole; number++) {
        struct editing editing = {edit, number};
        struct pb_arena arena = {NULL};
        pb_buffer_clear(&edited);
        write_edited(&edited, der, &editing);
        is_whole = editing.number != SIZE_MAX;
        lean_count += is_read_leanly(lean, pb_buffer_slice(&edited), &arena);
        assert_true(!is_whole || pb_slice_equals(pb_buffer_slice(&edited), der));
        pb_arena_release(&arena);
    }
    assert_in_range(number, 40, 200);
    pb_buffer_release(&edited);
    return lean_count;
}

static void certificates_with_an_edited_element_have_the_same_facts(void **state)
{
    static const char *const names[] = {"/leaf.pem", "/rsa-2048.pem", "/root.pem",
                                        "/many-names.pem", "/utf8.pem"};
    struct pb_lean lean = {.curves = {{NULL}, {NULL}, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t lean_count = 0;
        for (int edit = 0; edit < EDIT_COUNT; edit++)
            lean_count +=
                expect_same_when_edited(&lean, find_sample(names[i], true), (enum edit)edit);
        assert_true(lean_count > EDIT_COUNT || strcmp(names[i], "/many-names.pem") == 0);
    }
    pb_lean_release(&lean);
}

/* The elements of a certificate of today's form (RFC 5280, section 4.1), with their headers. */
struct parts {
    struct pb_slice body[8]; /* version, serial, algorithm, issuer, validity, subject, key, more */
    struct pb_slice algorithm;
    struct pb_slice bits;
};

#define PART_COUNT (sizeof((struct parts *)NULL)->body / sizeof(struct pb_slice))

static bool take_whole(struct pb_slice *rest, struct pb_slice *element)
{
    return pb_der_take_whole(rest, pb_der_next_tag(*rest), element);
}

static bool split(struct pb_slice der, struct parts *parts)
{
    struct pb_slice inside, body;

    if (!take_any(&der, &inside) || !take_any(&inside, &body) ||
        !take_whole(&inside, &parts->algorithm) || !take_whole(&inside, &parts->bits))
        return false;
    for (size_t i = 0; i < PART_COUNT; i++)
        if (!take_whole(&body, &parts->body[i]))
            return false;
    return body.size_bytes == 0;
}

static void draw_parts(uint64_t *seed, struct parts *parts)
{
    while (!split(samples.certificates[draw(seed, samples.kind_count)].der, parts))
        ;
}

/* One part in four is another certificate's; the signature's algorithm is, but for one time in
 * eight, the same in both places. */
static void put_together(uint64_t *seed, struct pb_buffer *der)
{
    struct pb_buffer body, inside;
    struct parts parts, others;

    pb_buffer_init(&body, SIZE_MAX);
    pb_buffer_init(&inside, SIZE_MAX);
    draw_parts(seed, &parts);
    for (size_t i = 0; i < PART_COUNT; i++) {
        draw_parts(seed, &others);
        if (i > 0 && draw(seed, 4) == 0)
            parts.body[i] = others.body[i];
        pb_buffer_append(&body, parts.body[i]);
    }
    write_element(&inside, PB_DER_SEQUENCE, pb_buffer_slice(&body), false, EDIT_COUNT);
    pb_buffer_append(&inside, draw(seed, 8) > 0 ? parts.body[2] : parts.algorithm);
    pb_buffer_append(&inside, parts.bits);
    pb_buffer_clear(der);
    write_element(der, PB_DER_SEQUENCE, pb_buffer_slice(&inside), false, EDIT_COUNT);
    pb_buffer_release(&inside);
    pb_buffer_release(&body);
}

static void certificates_of_mixed_parts_have_the_same_facts(void **state)
{
    enum { ROUNDS = 5000 };
    uint64_t seed = UINT64_C(0x2014040700000160);
    struct pb_lean lean = {.curves = {{NULL}, {NULL}, NULL}};
    struct pb_arena arena = {NULL};
    struct pb_x509_cache *cache;
    struct pb_buffer der;
    size_t lean_count = 0;
    (void)state;
    pb_buffer_init(&der, SIZE_MAX);
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    for (int i = 0; i < ROUNDS; i++) {
        put_together(&seed, &der);
        lean_count += is_read_leanly(&lean, pb_buffer_slice(&der), &arena);
        if (i % 4 == 0)
            expect_same_through_cache(cache, pb_buffer_slice(&der), &arena);
    }
    assert_in_range(lean_count, ROUNDS / 5, ROUNDS * 4 / 5);
    pb_lean_release(&lean);
    pb_x509_cache_free(cache);
    pb_buffer_release(&der);
    pb_arena_release(&arena);
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
    struct pb_slice ordinary = find_sample("/leaf.pem", false);
    struct pb_slice unusual = find_sample("/root.pem", false);
    struct pb_arena arena = {NULL}, merged = {NULL};
    struct pb_x509_cache *cache;
    (void)state;
    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    const struct pb_x509_facts *leaf = read_cached(cache, ordinary, &arena);
    const struct pb_x509_facts *root = read_cached(cache, unusual, &arena);
    assert_ptr_not_equal(leaf, root);
    pb_arena_adopt(&merged, &arena);
    assert_ptr_equal(read_cached(cache, ordinary, &arena), leaf);
    assert_ptr_equal(read_cached(cache, unusual, &arena), root);
    assert_null(arena.chunks);
    pb_x509_cache_free(cache);
    assert_true(root->is_self_signed);
    pb_arena_release(&merged);
}

static void ordinary_certificates_are_read_leanly(void **state)
{
    static const struct {
        const char *name;
        bool is_lean;
    } cases[] = {
        {"/leaf.pem", true},
        {"/rsa-2048.pem", true},
        {"/ec-P-256.pem", true},
        {"/ec-P-384.pem", true},
        {"/ec-P-521.pem", true},
        {"/sha1.pem", true},
        {"/md5.pem", true},
        {"/utf8.pem", true},
        {"/t61.pem", false},
        {"/multi-valued.pem", false},
        {"/serial-long.pem", true},
        {"/9999.pem", true},
        {"/1950.pem", true},
        {"/rsa-exponent-3.pem", true},
        {"/serial-zero.pem", true},
        {"/rsa-pss.pem", false},
        {"/many-names.pem", false},
        {"/ec-explicit.pem", false},
        {"/dsa-2048.pem", false},
        {"/Ed25519.pem", false},
        {"/rsa-exponent-long.pem", false},
        {"/ec-P-224.pem", false},
        {"/hostile-names.pem", false},
    };
    struct pb_lean lean = {.curves = {{NULL}, {NULL}, NULL}};
    struct pb_arena arena = {NULL};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (is_read_leanly(&lean, find_sample(cases[i].name, true), &arena) != cases[i].is_lean)
            fail_msg("%s", cases[i].name);
    assert_false(is_read_leanly(&lean, find_sample("/rsa-2048.pem", false), &arena));
    pb_lean_release(&lean);
    pb_arena_release(&arena);
}

/* Changes the serial until the certificate has the place of the first one: two bytes of its digest
 * decide. More tries than are ever needed. */
static void equal_facts_come_back_after_their_place_was_taken(void **state)
{
    struct pb_slice first = find_sample("/leaf.pem", false);
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
    static const char *const names[] = {"/rsa-2048.pem", "/utf8.pem", "/ec-P-384.pem"};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof names / sizeof names[0]; i++) {
        struct pb_slice der = find_sample(names[i / 2], i % 2 == 0);
        struct pb_arena arena = {NULL};
        const struct pb_x509_facts *full;
        struct pb_slice reason;
        size_t number = 1, failures = 0;
        assert_int_equal(pb_x509_facts_read(der, &arena, &full, &reason), PB_OK);
        assert_non_null(full);
        while (read_failing_at(number, der, full, &failures))
            number++;
        /* The lean decoder can do without. */
        assert_true(failures > 0 || i % 2 == 0);
        pb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_certificate_is_refused_every_time),
        cmocka_unit_test(a_failed_allocation_gives_the_same_facts_or_none),
        cmocka_unit_test(ordinary_certificates_are_read_leanly),
        cmocka_unit_test(every_sample_has_the_same_facts),
        cmocka_unit_test(every_sample_has_the_same_facts_through_the_cache),
        cmocka_unit_test(certificates_with_an_edited_element_have_the_same_facts),
        cmocka_unit_test(certificates_of_mixed_parts_have_the_same_facts),
        cmocka_unit_test(damaged_certificates_have_the_same_facts),
        cmocka_unit_test(equal_certificates_share_their_facts),
        cmocka_unit_test(equal_facts_come_back_after_their_place_was_taken),
    };
    make_openssl_fallible();
    if (pb_x509_prepare() != PB_OK)
        return 1;
    return cmocka_run_group_tests(tests, keep_samples, release_samples);
}

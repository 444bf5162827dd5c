/* SPDX-License-Identifier: MIT */
/* Certificate facts: refusals, hostile certificates made by patching whole ones, and every member
 * against OpenSSL's own decoder and getters, over testdata and over thousands of edited and damaged
 * certificates (run from the repository's top). */
#include "x509/x509.h"

#include <glob.h>

#include "unit.h"
#include "base/bytes.h"
#include "failing_openssl.h"
#include "x509_oracle.h"

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

#define MOST_SAMPLES 128

/* Certificates of testdata, one of every kind: read once, never changed. */
static struct {
    struct pb_arena arena;
    glob_t paths; /* sorted */
    struct pb_slice ders[MOST_SAMPLES];
    size_t count;
    struct pb_x509_cache *cache;
} samples;

static bool expect_same(struct pb_slice der, struct pb_arena *arena)
{
    return expect_same_from(samples.cache, der, arena);
}

static int load_samples(void **state)
{
    (void)state;
    if (glob("testdata/certificates/*.pem", 0, NULL, &samples.paths) != 0)
        return 1;
    for (; samples.count < samples.paths.gl_pathc && samples.count < MOST_SAMPLES; samples.count++)
        load_certificates(samples.paths.gl_pathv[samples.count], &samples.arena,
                          &samples.ders[samples.count], 1);
    return samples.count < 50 || pb_x509_cache_new(&samples.cache) != PB_OK;
}

static int release_samples(void **state)
{
    (void)state;
    globfree(&samples.paths);
    pb_x509_cache_free(samples.cache);
    pb_arena_release(&samples.arena);
    return 0;
}

static struct pb_slice find_sample(const char *name)
{
    for (size_t i = 0; i < samples.count; i++)
        if (pb_slice_ends_with(pb_slice_from_string(samples.paths.gl_pathv[i]),
                               pb_slice_from_string(name)))
            return samples.ders[i];
    fail_msg("testdata/certificates has no %s", name);
    return PB_SLICE_ABSENT;
}

/* A certificate of testdata/certificates with other bytes of the same number in the place of the
 * last ones that equal old; in the arena. */
static struct pb_slice patch(struct pb_arena *arena, const char *name, struct pb_slice old,
                             struct pb_slice new)
{
    struct pb_slice der = find_sample(name), copy;
    size_t found = SIZE_MAX;

    assert_int_equal(old.size_bytes, new.size_bytes);
    for (size_t at = 0; (at = pb_slice_find(der, old, at)) != SIZE_MAX; at++)
        found = at;
    assert_true(found != SIZE_MAX);
    copy = pb_arena_copy(arena, der);
    memcpy((char *)(uintptr_t)copy.data + found, new.data, new.size_bytes);
    return copy;
}

static const struct pb_x509_facts *read_facts(struct pb_slice der, struct pb_arena *arena)
{
    const struct pb_x509_facts *facts;
    struct pb_slice reason;

    assert_int_equal(pb_x509_facts_read(samples.cache, der, arena, &facts, &reason), PB_OK);
    assert_non_null(facts);
    return facts;
}

static void expect_text(struct pb_slice text, const char *expected)
{
    if (!pb_slice_equals(text, pb_slice_from_string(expected)))
        fail_msg("is \"%.*s\", expected \"%s\"", PB_SLICE_ARGS(text), expected ? expected : "");
}

/* unread is NULL where there are no facts at all. */
static void expect_reason(struct pb_slice der, const char *expected, const char *unread)
{
    struct pb_arena arena = {0};
    const struct pb_x509_facts *facts;
    struct pb_slice reason;

    assert_int_equal(pb_x509_facts_read(samples.cache, der, &arena, &facts, &reason), PB_OK);
    expect_text(reason, expected);
    if (unread == NULL) {
        assert_null(facts);
    } else {
        struct pb_slice text;
        text = pb_x509_unread_text(facts, &arena);
        expect_text(text, unread);
        assert_false(pb_slice_is_absent(facts->key.algorithm));
    }
    pb_arena_release(&arena);
}

static void bytes_that_are_no_certificate_are_refused_with_a_reason(void **state)
{
    (void)state;
    expect_reason(PB_SLICE_ABSENT, "not a certificate", NULL);
    expect_reason(PB_SLICE(""), "not a certificate", NULL);
    expect_reason(PB_SLICE("hello, world"), "too long", NULL);
    expect_reason(PB_SLICE("\x30"), "header too long", NULL);
    expect_reason(PB_SLICE("\x30\x09"), "too long", NULL);
    expect_reason(PB_SLICE("\x30\x00"), "field missing", NULL);
    expect_reason(PB_SLICE("\x00\x00"), "wrong tag", NULL);
}

static void a_certificate_that_is_cut_or_continued_is_refused(void **state)
{
    static const char *const names[] = {"/ec-P-256.pem", "/rsa-512.pem", "/many-names.pem"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct pb_slice der = find_sample(names[i]);
        struct pb_arena arena = {0};
        for (size_t size = 0; size <= der.size_bytes + 1; size++) {
            char *copy = calloc(1, size + (size == 0));
            assert_non_null(copy);
            memcpy(copy, der.data, pb_slice_first(der, size).size_bytes);
            assert_int_equal(expect_same((struct pb_slice){copy, size}, &arena),
                             size == der.size_bytes);
            free(copy);
        }
        pb_arena_release(&arena);
    }
}

/* What OpenSSL decodes it decodes alike; it refuses the others with these words. */
static void patched_certificates_have_the_same_facts(void **state)
{
    static const struct {
        const char *sample;
        struct pb_slice old, new;
        const char *reason; /* NULL: it is a certificate */
    } cases[] = {
        {"/2050.pem", BYTES("130601000000Z"), BYTES("130601000000X"), "notBefore is not a time"},
        {"/2050.pem", BYTES("130601000000Z"), BYTES("130631000000Z"), "notBefore is not a time"},
        {"/2050.pem", BYTES("130601000000Z"), BYTES("130229000000Z"), "notBefore is not a time"},
        {"/2050.pem", BYTES("130601000000Z"), BYTES("1306010\0000000Z"), "notBefore is not a time"},
        {"/2050.pem", BYTES("130601000000Z"), BYTES("             "), "notBefore is not a time"},
        {"/2050.pem", BYTES("20500101000000Z"), BYTES("00000101000000Z"), "notAfter is not a time"},
        {"/2050.pem", BYTES("20500101000000Z"), BYTES("20501301000000Z"), "notAfter is not a time"},
        {"/2050.pem", BYTES("20500101000000Z"), BYTES("20500101240000Z"), "notAfter is not a time"},
        {"/2050.pem", BYTES("20500101000000Z"), BYTES("20500101000060Z"), "notAfter is not a time"},
        {"/2050.pem", BYTES("20500101000000Z"), BYTES("205001010000000"), "notAfter is not a time"},
        {"/utf8.pem", BYTES("🔒"), BYTES("\xFF\xFE\xFD\xFC"), "invalid utf8string"},
        {"/utf8.pem", BYTES("🔒"), BYTES("\xED\xA0\x80z"), "invalid utf8string"}, /* a surrogate */
        {"/utf8.pem", BYTES("🔒"), BYTES("\xF4\x90\x80\x80"), "invalid utf8string"},
        {"/utf8.pem", BYTES("🔒"), BYTES("\xC0\x80zz"), "invalid utf8string"},

        /* a point that is neither compressed nor not */
        {"/ec-P-256.pem", BYTES("\x03\x42\x00\x04"), BYTES("\x03\x42\x00\x05"), NULL},
        /* id-ecPublicKey and prime256v1 with another last arc */
        {"/ec-P-256.pem", BYTES("\x2A\x86\x48\xCE\x3D\x02\x01"),
         BYTES("\x2A\x86\x48\xCE\x3D\x02\x7F"), NULL},
        {"/ec-P-256.pem", BYTES("\x2A\x86\x48\xCE\x3D\x03\x01\x07"),
         BYTES("\x2A\x86\x48\xCE\x3D\x03\x01\x7F"), NULL},
        /* the modulus is an OCTET STRING; the key's algorithm is dhKeyAgreement */
        {"/rsa-512.pem", BYTES("\x30\x48\x02\x41\x00"), BYTES("\x30\x48\x04\x41\x00"), NULL},
        {"/rsa-512.pem", BYTES("\x86\xF7\x0D\x01\x01\x01\x05\x00"),
         BYTES("\x86\xF7\x0D\x01\x03\x01\x05\x00"), NULL},

        /* an address of another size, a name of no kind, a second subjectAltName, no BOOLEAN */
        {"/ec-P-256.pem", BYTES("\x82\x0Fwww"), BYTES("\x87\x0Fwww"), NULL},
        {"/ec-P-256.pem", BYTES("\x82\x0Fwww"), BYTES("\x9E\x0Fwww"), NULL},
        {"/ec-P-256.pem", BYTES("\x06\x03\x55\x1D\x13"), BYTES("\x06\x03\x55\x1D\x11"), NULL},
        {"/root.pem", BYTES("\x30\x03\x01\x01\xFF"), BYTES("\x30\x03\x04\x01\xFF"), NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_arena arena = {0};
        struct pb_slice der = patch(&arena, cases[i].sample, cases[i].old, cases[i].new);
        assert_int_equal(expect_same(der, &arena), cases[i].reason == NULL);
        if (cases[i].reason != NULL)
            expect_reason(der, cases[i].reason,
                          strstr(cases[i].reason, "utf8") != NULL        ? "subject"
                          : strstr(cases[i].reason, "notBefore") != NULL ? "notBefore"
                                                                         : "notAfter");
        pb_arena_release(&arena);
    }
}

static void a_time_is_read_as_openssl_prints_it(void **state)
{
    static const struct {
        int type;
        const char *text;
        const char *instant; /* NULL: refused */
    } cases[] = {
        {V_ASN1_UTCTIME, "500101000000Z", "1950-01-01T00:00:00Z"},
        {V_ASN1_UTCTIME, "491231235959Z", "2049-12-31T23:59:59Z"},
        {V_ASN1_UTCTIME, "1401010000Z", "2014-01-01T00:00:00Z"},
        {V_ASN1_UTCTIME, "140101000000+0130", "2013-12-31T22:30:00Z"},
        {V_ASN1_UTCTIME, "140101000000-0130", "2014-01-01T01:30:00Z"},
        {V_ASN1_UTCTIME, "140101000000", NULL},
        {V_ASN1_UTCTIME, "", NULL},
        {V_ASN1_UTCTIME, "140101000000.5Z", NULL},
        {V_ASN1_GENERALIZEDTIME, "00010101000000Z", "0001-01-01T00:00:00Z"},
        {V_ASN1_GENERALIZEDTIME, "00010101000000+0001", NULL},
        {V_ASN1_GENERALIZEDTIME, "00000101000000Z", NULL},
        {V_ASN1_GENERALIZEDTIME, "99991231235959Z", "9999-12-31T23:59:59Z"},
        {V_ASN1_GENERALIZEDTIME, "99991231235959-0001", NULL},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.999Z", "2014-03-31T23:59:59.999Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.1234567899Z", "2014-03-31T23:59:59.123456789Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.000Z", "2014-03-31T23:59:59Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.5+0100", "2014-03-31T22:59:59.5Z"},
        {V_ASN1_GENERALIZEDTIME, "20140331235959.Z", NULL},
        {V_ASN1_GENERALIZEDTIME, "20140331", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_instant instant;
        ASN1_STRING *time = ASN1_STRING_type_new(cases[i].type);
        assert_non_null(time);
        assert_int_equal(ASN1_STRING_set(time, cases[i].text, -1), 1);
        bool is_read = pb_asn1_time_read(time, &instant);
        ASN1_STRING_free(time);
        assert_int_equal(is_read, cases[i].instant != NULL);
        char text[PB_INSTANT_BYTES];
        if (is_read) {
            pb_instant_spell(instant, text);
            assert_string_equal(text, cases[i].instant);
        }
    }
}

static void an_alternative_name_may_hold_any_byte(void **state)
{
    static const struct {
        struct pb_slice name;
        const char *expected;
    } cases[] = {
        {BYTES("www\0example.com"), "DNS:www\\x00example.com"},
        {BYTES("www\nexample.com"), "DNS:www\\x0aexample.com"},
        {BYTES("www\\example.com"), "DNS:www\\\\example.com"},
        {BYTES("www,DNS:example"), "DNS:www,DNS:example"},
        {BYTES("www\xC3\xA9xample.com"), "DNS:www\xC3\xA9xample.com"},
        {BYTES("www\xE9xample.comm"), "DNS:www\\xe9xample.comm"},
        {BYTES("ww\xE2\x80\xAE.example.c"), "DNS:ww\\xe2\\x80\\xae.example.c"},
        {BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
         "DNS:\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_arena arena = {0};
        struct pb_slice der =
            patch(&arena, "/ec-P-256.pem", PB_SLICE("www.example.com"), cases[i].name);
        const struct pb_x509_facts *facts = read_facts(der, &arena);
        assert_int_equal(facts->alternative_name_count, 1);
        expect_text(facts->alternative_names[0], cases[i].expected);
        assert_false(facts->is_self_signed);
        pb_arena_release(&arena);
    }
}

static void the_signature_decides_whether_one_is_self_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < samples.count; i++) {
        struct pb_arena arena = {0};
        struct pb_slice copy;
        copy = pb_arena_copy(&arena, samples.ders[i]);
        ((char *)(uintptr_t)copy.data)[copy.size_bytes - 1] ^= 1; /* the signature's last bit */
        assert_false(read_facts(copy, &arena)->is_self_signed);
        pb_arena_release(&arena);
    }
}

static void the_public_key_is_the_span_as_it_stands(void **state)
{
    static const struct {
        struct pb_slice certificate, key;
    } cases[] = {
#define END "\x30\x00\x03\x00" /* signatureAlgorithm and signatureValue */
        {BYTES("\x30\x16\x30\x10\xA0\x01\x02\x02\x00\x30\x00\x30\x00\x30\x00\x30\x00\x30\x01K" END),
         BYTES("\x30\x01K")},
        /* version 1 has no version field; the key's length is written longer than need be */
        {BYTES("\x30\x15\x30\x0F\x02\x00\x30\x00\x30\x00\x30\x00\x30\x00\x30\x82\x00\x01K" END),
         BYTES("\x30\x82\x00\x01K")},
        /* indefinite lengths, nested in the fields before and in the key */
        {BYTES("\x30\x80\x30\x80\x02\x00\x30\x80\x30\x80\x00\x00\x04\x02\x00\x00\x00\x00"
               "\x30\x00\x30\x00\x30\x00\x30\x80\x04\x01K\x00\x00\x00\x00" END "\x00\x00"),
         BYTES("\x30\x80\x04\x01K\x00\x00")},
        {BYTES("\x30\x10\x30\x0A\x02\x00\x30\x00\x30\x00\x30\x00\x30\x00" END), {NULL, 0}},
        {BYTES("\x30\x06\x30\x80\x02\x00\x30\x80"), {NULL, 0}},
        {BYTES("\x30\x00"), {NULL, 0}},
        {BYTES("\x04\x02\x04\x00"), {NULL, 0}},
        {BYTES(""), {NULL, 0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(pb_slice_equals(pb_x509_public_key(cases[i].certificate), cases[i].key));
}

static void a_certificate_above_the_ceiling_is_not_decoded(void **state)
{
    struct pb_slice der = find_sample("/ec-P-256.pem");
    char *bytes = calloc(1, PB_MOST_CERTIFICATE_BYTES + 1);

    (void)state;
    assert_non_null(bytes);
    memcpy(bytes, der.data, der.size_bytes);
    expect_reason((struct pb_slice){bytes, PB_MOST_CERTIFICATE_BYTES},
                  "bytes follow the certificate", "");
    expect_reason((struct pb_slice){bytes, PB_MOST_CERTIFICATE_BYTES + 1},
                  "larger than 1 MiB (IAM accepts 16 KiB)", NULL);
    free(bytes);
}

static void a_compressed_point_on_a_curve_that_is_spelt_out_is_not_decoded(void **state)
{
    struct pb_arena arena = {0};
    struct pb_slice copy, key;

    (void)state;
    copy = pb_arena_copy(&arena, find_sample("/ec-explicit.pem"));
    key = pb_x509_public_key(copy);
    uint32_t bits = read_facts(copy, &arena)->key.bits;
    assert_int_equal(bits, 256);
    char *point = (char *)(uintptr_t)key.data + key.size_bytes - 1 - 2 * 32;
    assert_int_equal(*point, 0x04);
    *point = 0x02;
    expect_text(read_facts(copy, &arena)->key.algorithm, "EC");
    assert_int_equal(read_facts(copy, &arena)->key.bits, 0);
    assert_true((read_facts(copy, &arena)->unread & PB_X509_KEY) != 0);
    pb_arena_release(&arena);
}

static void put(struct pb_buffer *out, unsigned char tag, struct pb_slice contents)
{
    const char header[] = {(char)tag, '\x82', (char)(contents.size_bytes >> 8),
                           (char)contents.size_bytes};

    pb_buffer_append(out, (struct pb_slice){header, sizeof header});
    pb_buffer_append(out, contents);
}

/* Whether the public half of a private DSA key (PKCS #8) is known whose DER has that size. */
static bool is_identified(size_t size_bytes)
{
    struct pb_buffer numbers = {0}, algorithm = {0}, info = {0}, pem = {0};
    char prime[PB_MOST_COMPUTED_KEY_BYTES] = {0x7F};
    unsigned char text[2 * PB_MOST_COMPUTED_KEY_BYTES], identity[32];
    bool is_known;
    const size_t rest = 4 + 3 + 4 + 9 + 4 + 4 + 36 + 5 + 9;

    memset(prime + 1, 0x55, sizeof prime - 1); /* odd, which is enough */
    put(&numbers, 0x02, (struct pb_slice){prime, size_bytes - rest});
    put(&numbers, 0x02, (struct pb_slice){prime, 32});
    put(&numbers, 0x02, PB_SLICE("\x02"));
    pb_buffer_append(&algorithm, PB_SLICE("\x06\x07\x2A\x86\x48\xCE\x38\x04\x01"));
    put(&algorithm, 0x30, pb_buffer_slice(&numbers));
    pb_buffer_append(&info, PB_SLICE("\x02\x01\x00"));
    put(&info, 0x30, pb_buffer_slice(&algorithm));
    put(&info, 0x04, PB_SLICE("\x02\x82\x00\x01\x03"));
    pb_buffer_clear(&numbers);
    put(&numbers, 0x30, pb_buffer_slice(&info));
    assert_int_equal(numbers.size_bytes, size_bytes);
    EVP_EncodeBlock(text, (unsigned char *)numbers.data, (int)numbers.size_bytes);
    pb_buffer_append_string(&pem, "-----BEGIN PRIVATE KEY-----\n");
    for (size_t i = 0, end = strlen((char *)text); i < end; i += 64)
        pb_buffer_append_format(&pem, "%.64s\n", (char *)text + i);
    pb_buffer_append_string(&pem, "-----END PRIVATE KEY-----\n");
    assert_int_equal(pb_x509_private_key_identify(&pem, identity, &is_known), PB_OK);
    pb_buffer_release(&numbers);
    pb_buffer_release(&algorithm);
    pb_buffer_release(&info);
    pb_buffer_release(&pem);
    return is_known;
}

static void the_public_half_of_a_private_dsa_key_has_a_ceiling(void **state)
{
    (void)state;
    assert_true(is_identified(PB_MOST_COMPUTED_KEY_BYTES));
    assert_false(is_identified(PB_MOST_COMPUTED_KEY_BYTES + 1));
}

static void every_sample_has_the_same_facts(void **state)
{
    struct pb_arena arena = {0};
    (void)state;
    for (size_t i = 0; i < samples.count; i++)
        expect_same(samples.ders[i], &arena);
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
    struct pb_buffer edited = {0};

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
    size_t before = tag == V_ASN1_BIT_STRING ? 1 : 0;
    bool may_hold = (tag & 0x20) != 0 || tag == V_ASN1_OCTET_STRING || tag == V_ASN1_BIT_STRING;

    return may_hold && holds_elements(pb_slice_from(contents, before)) ? before : SIZE_MAX;
}

/* Calls itself for what is inside: the certificates are our own, and not deep. */
static void write_edited(struct pb_buffer *out, struct pb_slice elements, struct editing *editing)
{
    while (elements.size_bytes > 0) {
        unsigned char tag = pb_der_next_tag(elements);
        struct pb_slice contents;
        struct pb_buffer inside = {0};
        assert_true(take_any(&elements, &contents));
        bool is_edited = editing->number == 0;
        editing->number -= editing->number != SIZE_MAX;
        size_t before = find_inside(tag, contents);
        pb_buffer_append(&inside, pb_slice_first(contents, before));
        if (before != SIZE_MAX)
            write_edited(&inside, pb_slice_from(contents, before), editing);
        if (is_edited)
            edit_contents(&inside, editing->edit);
        write_element(out, tag, pb_buffer_slice(&inside), is_edited, editing->edit);
        pb_buffer_release(&inside);
    }
}

/* Edits each element of the certificate in turn; returns how many certificates that makes. */
static size_t expect_same_when_edited(struct pb_slice der, enum edit edit)
{
    struct pb_buffer edited = {0};
    size_t read_count = 0, number = 0;
    bool is_whole = false;

    for (; !is_whole; number++) {
        struct editing editing = {edit, number};
        struct pb_arena arena = {0};
        pb_buffer_clear(&edited);
        write_edited(&edited, der, &editing);
        is_whole = editing.number != SIZE_MAX;
        read_count += expect_same(pb_buffer_slice(&edited), &arena);
        assert_true(!is_whole || pb_slice_equals(pb_buffer_slice(&edited), der));
        pb_arena_release(&arena);
    }
    assert_in_range(number, 40, 200);
    pb_buffer_release(&edited);
    return read_count;
}

static void certificates_with_an_edited_element_have_the_same_facts(void **state)
{
    static const char *const names[] = {"/leaf.pem", "/rsa-2048.pem",
                                        "/root.pem", "/many-names.pem",
                                        "/utf8.pem", "/rsa-pss-signature.pem"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct pb_slice der = find_sample(names[i]);
        size_t read_count = 0;
        for (int edit = 0; edit < EDIT_COUNT; edit++)
            read_count += expect_same_when_edited(der, (enum edit)edit);
        assert_true(read_count > EDIT_COUNT);
    }
}

/* Reads the certificate with a new cache and OpenSSL's allocation of that number failing; false
 * where there were not so many. What does not fail is right. */
static bool read_failing_at(size_t number, struct pb_slice der, const struct pb_x509_facts *full,
                            size_t *failures)
{
    struct pb_x509_cache *cache;
    struct pb_arena arena = {0};
    const struct pb_x509_facts *facts = NULL;
    struct pb_slice reason;

    until_failure = number;
    enum pb_status status = pb_x509_cache_new(&cache);
    if (status == PB_OK)
        status = pb_x509_facts_read(cache, der, &arena, &facts, &reason);
    bool has_failed = until_failure == 0;
    until_failure = 0;
    if (status == PB_OK) {
        expect_same_facts(facts, full);
        assert_memory_equal(facts->key.identity, full->key.identity, 32);
    }
    assert_true(status == PB_OK || status == PB_FAILED_MEMORY);
    assert_true(status == PB_OK || has_failed);
    *failures += status == PB_FAILED_MEMORY;
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
    return has_failed;
}

static void a_failed_allocation_gives_the_same_facts_or_none(void **state)
{
    static const char *const names[] = {"/rsa-2048.pem", "/utf8.pem",    "/ec-P-384.pem",
                                        "/Ed25519.pem",  "/rsa-pss.pem", "/ec-secp256k1.pem"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct pb_slice der = find_sample(names[i]);
        struct pb_arena arena = {0};
        const struct pb_x509_facts *full = read_facts(der, &arena);
        size_t number = 1, failures = 0;
        while (read_failing_at(number, der, full, &failures))
            number++;
        assert_true(failures > 0);
        pb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_no_certificate_are_refused_with_a_reason),
        cmocka_unit_test(a_certificate_that_is_cut_or_continued_is_refused),
        cmocka_unit_test(patched_certificates_have_the_same_facts),
        cmocka_unit_test(a_time_is_read_as_openssl_prints_it),
        cmocka_unit_test(an_alternative_name_may_hold_any_byte),
        cmocka_unit_test(the_signature_decides_whether_one_is_self_signed),
        cmocka_unit_test(the_public_key_is_the_span_as_it_stands),
        cmocka_unit_test(a_certificate_above_the_ceiling_is_not_decoded),
        cmocka_unit_test(a_compressed_point_on_a_curve_that_is_spelt_out_is_not_decoded),
        cmocka_unit_test(the_public_half_of_a_private_dsa_key_has_a_ceiling),
        cmocka_unit_test(every_sample_has_the_same_facts),
        cmocka_unit_test(certificates_with_an_edited_element_have_the_same_facts),
        cmocka_unit_test(a_failed_allocation_gives_the_same_facts_or_none),
    };
    make_openssl_fallible();
    if (pb_x509_prepare() != PB_OK)
        return 1;
    return cmocka_run_group_tests(tests, load_samples, release_samples);
}

/* SPDX-License-Identifier: MIT */
/* Revocation lists made byte by byte: what is refused and with which words, and what is found. */
#include "x509/x509.h"

#include "unit.h"

/* Everything that a test builds, and the lists that it adds. */
static struct pb_arena arena;
static struct pb_crls crls;

static int set_up(void **state)
{
    (void)state;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pb_crls_release(&crls);
    pb_arena_release(&arena);
    return 0;
}

/* "02 01 05" as bytes; anything but hexadecimal digits is passed over. */
static struct pb_slice hex(const char *text)
{
    char *bytes = pb_arena_allocate(&arena, strlen(text));
    size_t digits = 0;

    assert_non_null(bytes);
    for (; *text != '\0'; text++) {
        const char *found = strchr("0123456789abcdef", *text);
        if (found == NULL)
            continue;
        int value = (int)(found - "0123456789abcdef");
        bytes[digits / 2] = (char)(digits % 2 == 0 ? value << 4 : bytes[digits / 2] | value);
        digits++;
    }
    return (struct pb_slice){bytes, digits / 2};
}

static struct pb_slice join(struct pb_slice a, struct pb_slice b)
{
    char *bytes = pb_arena_allocate(&arena, a.size_bytes + b.size_bytes);

    assert_non_null(bytes);
    if (a.size_bytes > 0)
        memcpy(bytes, a.data, a.size_bytes);
    if (b.size_bytes > 0)
        memcpy(bytes + a.size_bytes, b.data, b.size_bytes);
    return (struct pb_slice){bytes, a.size_bytes + b.size_bytes};
}

static struct pb_slice wrap(unsigned char tag, struct pb_slice contents)
{
    size_t size = contents.size_bytes;
    unsigned char header[4] = {tag, (unsigned char)size};
    size_t header_bytes = 2;

    if (size >= 0x80) {
        header[1] = 0x82;
        header[2] = (unsigned char)(size >> 8);
        header[3] = (unsigned char)size;
        header_bytes = 4;
    }
    return join((struct pb_slice){(const char *)header, header_bytes}, contents);
}

#define ALGORITHM "30 0d 06 09 2a864886f70d01010b 05 00"
#define ISSUER "30 0d 31 0b 30 09 06 03 550403 0c 02 4341" /* CN=CA */
#define THIS_UPDATE "17 0d 3134303630313030303030305a"     /* 140601000000Z */
#define DATE "17 0d 3134303431303132303030305a"            /* 140410120000Z */

/* version, then the fields of the body before its entries; the entries; extensions. */
static struct pb_slice list_of(const char *fields, const char *entries, const char *extensions)
{
    struct pb_slice body = hex(fields);

    if (entries != NULL)
        body = join(body, wrap(0x30, hex(entries)));
    if (extensions != NULL)
        body = join(body, wrap(0xA0, wrap(0x30, hex(extensions))));
    return wrap(0x30, join(wrap(0x30, body), hex(ALGORITHM "03 02 00 01")));
}

#define FIELDS "02 01 01" ALGORITHM ISSUER THIS_UPDATE

static void expect_refusal(struct pb_slice bytes, const char *words)
{
    size_t count = crls.items.count;
    struct prebleed_error error = {0};

    assert_int_equal(pb_crls_add(&crls, PB_SLICE("ca.crl"), bytes, &error), PB_FAILED_INPUT);
    assert_int_equal(crls.items.count, count);
    if (strstr(error.message, words) == NULL)
        fail_msg("expected '%s' in '%s'", words, error.message);
}

/* The only list, as it was added. */
static const struct pb_crl *add(struct pb_slice bytes)
{
    struct prebleed_error error = {0};

    pb_crls_release(&crls);
    assert_int_equal(pb_crls_add(&crls, PB_SLICE("ca.crl"), bytes, &error), PB_OK);
    assert_int_equal(crls.items.count, 1);
    return &PB_VECTOR_AT(const struct pb_crl, &crls.items, 0);
}

/* Whether the only list has the serial number. */
static bool find(const char *serial, struct pb_crl_entry *entry)
{
    const struct pb_crl *crl = &PB_VECTOR_AT(const struct pb_crl, &crls.items, 0);
    bool has_failed = false;
    bool is_listed = pb_crl_find(crl, pb_slice_from_string(serial), entry, &has_failed);

    assert_false(has_failed);
    return is_listed;
}

static void what_is_no_list_is_refused(void **state)
{
    static const char *const texts[] = {
        "hello",
        "-----BEGIN X509 CRL-----\nMA==\n",
        "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        "0",
        "\n",
    };

    (void)state;
    expect_refusal((struct pb_slice){"", 0}, "it is empty");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_refusal(pb_slice_from_string(texts[i]), "no CRL that can be used: ");
    expect_refusal(hex("30 00"), "expected a complete CRL");
}

static void a_list_that_is_cut_anywhere_or_continued_is_refused(void **state)
{
    struct pb_slice whole =
        list_of(FIELDS, "30 12 02 01 05" DATE, "30 0a 06 03 551d14 04 03 02 01 07");

    (void)state;
    for (size_t size = 0; size < whole.size_bytes; size++) {
        char *copy = malloc(size + 1); /* so that a sanitizer sees the end */
        assert_non_null(copy);
        memcpy(copy, whole.data, size);
        expect_refusal((struct pb_slice){copy, size}, size > 0 ? "expected" : "empty");
        free(copy);
    }
    expect_refusal(join(whole, hex("00")), "expected");
}

static void lists_that_cannot_speak_of_servers_are_refused(void **state)
{
    static const struct {
        const char *entry, *extension, *words;
    } cases[] = {
        {NULL, "30 0d 06 03 551d1b 01 01 ff 04 03 02 01 01", "delta CRL"},
        {NULL, "30 0f 06 03 551d1c 01 01 ff 04 05 30 03 84 01 ff", "indirect CRL"},
        {NULL, "30 0f 06 03 551d1c 01 01 ff 04 05 30 03 82 01 ff", "CA certificates alone"},
        {NULL, "30 0f 06 03 551d1c 01 01 ff 04 05 30 03 85 01 ff", "attribute certificates"},
        {NULL, "30 10 06 03 551d1c 01 01 ff 04 06 30 04 83 02 0640", "some reasons alone"},
        {NULL, "30 0f 06 03 551d1c 01 01 ff 04 05 30 03 86 01 ff", "extension cannot be read"},
        {NULL, "30 0d 06 03 551d7f 01 01 ff 04 03 02 01 01", "critical extension"},
        {"30 20 02 01 05" DATE "30 0c 30 0a 06 03 551d1d 04 03 020101", NULL, "indirect CRL"},
        {"30 20 02 01 05" DATE "30 0c 30 0a 06 03 551d15 04 03 0a0108", NULL, "removed again"},
        {"30 23 02 01 05" DATE "30 0f 30 0d 06 03 551d7f 01 01 ff 04 03 020101", NULL,
         "an entry has a critical extension"},
        {"30 13 02 02 00 05" DATE, NULL, "expected a"},
        {"30 13 02 02 ff 85" DATE, NULL, "expected a"},
        {"30 11 02 00" DATE, NULL, "expected a"},
        {"30 03 02 01 05", NULL, "expected a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(list_of(FIELDS, cases[i].entry, cases[i].extension), cases[i].words);
}

static void damaged_fields_are_refused(void **state)
{
    (void)state;
    expect_refusal(list_of("02 01 02" ALGORITHM ISSUER THIS_UPDATE, NULL, NULL), "expected a");
    expect_refusal(list_of("02 01 01" ALGORITHM ISSUER, NULL, NULL), "expected a");
    expect_refusal(list_of("02 01 01" ALGORITHM ISSUER "17 01 31", NULL, NULL), "thisUpdate");
    expect_refusal(list_of(FIELDS "17 01 31", NULL, NULL), "nextUpdate");
    expect_refusal(list_of("02 01 01" ALGORITHM "30 03 02 01 01" THIS_UPDATE, NULL, NULL),
                   "expected a");
    expect_refusal(list_of(FIELDS, "30 7f 02 01 05" DATE, NULL), "expected a");
    expect_refusal(list_of(FIELDS, NULL, "30 7f 06 03 551d14"), "expected a");
    expect_refusal(list_of(FIELDS "02 01 05", NULL, NULL), "expected a");
}

static void a_refused_list_takes_none_of_the_others_along(void **state)
{
    (void)state;
    add(list_of(FIELDS, NULL, NULL));
    expect_refusal(hex("3000"), "expected");
    assert_true(pb_crls_has_issuer(&crls, PB_SLICE("CN=CA")));
    assert_false(pb_crls_has_issuer(&crls, PB_SLICE("CN=other")));
}

static void a_list_without_entries_lists_nothing(void **state)
{
    struct pb_crl_entry entry;

    (void)state;
    assert_true(add(list_of(FIELDS THIS_UPDATE, NULL, NULL))->has_next_update);
    assert_false(find("05", &entry));
    /* Version 1 has neither a version nor extensions. */
    assert_false(add(list_of(ALGORITHM ISSUER THIS_UPDATE, NULL, NULL))->has_next_update);
}

/* As OpenSSL spells them: magnitudes of whole bytes. */
static void serials_of_every_form_are_found(void **state)
{
    static const char entries[] =
        "30 13 02 02 0080" DATE "30 12 02 01 80" DATE "30 12 02 01 00" DATE "30 12 02 01 7f" DATE
        "30 14 02 03 00ff00" DATE "30 13 02 02 ff00" DATE "30 12 02 01 ff" DATE;
    static const char *const listed[] = {"80", "-80", "00", "7F", "FF00", "-0100", "-01"};
    static const char *const unlisted[] = {"01",   "-7F",  "0081FF", "FF", "-FF00", "-FF",
                                           "8000", "0100", "",       "-",  "7Fx",   "x"};
    struct pb_crl_entry entry;

    (void)state;
    add(list_of(FIELDS, entries, NULL));
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++)
        if (!find(listed[i], &entry))
            fail_msg("%s is not found", listed[i]);
    for (size_t i = 0; i < sizeof unlisted / sizeof unlisted[0]; i++)
        if (find(unlisted[i], &entry))
            fail_msg("%s is found", unlisted[i]);
}

static void an_entry_has_its_date_and_its_reason(void **state)
{
    static const char entries[] = "30 20 02 01 05" DATE "30 0c 30 0a 06 03 551d15 04 03 0a0101"
                                  "30 20 02 01 06" DATE "30 0c 30 0a 06 03 551d15 04 03 0a0107"
                                  "30 0a 02 01 07 17 05 3134303431";
    struct pb_crl_entry entry;

    (void)state;
    add(list_of(FIELDS, entries, NULL));
    assert_true(find("05", &entry));
    assert_string_equal(entry.reason, "keyCompromise");
    assert_true(entry.has_date);
    assert_int_equal(entry.date.seconds, 1397131200);
    assert_true(find("06", &entry));
    assert_null(entry.reason);
    assert_true(find("07", &entry));
    assert_false(entry.has_date);
}

static void scopes_are_remembered(void **state)
{
    static const char users[] = "30 0f 06 03 551d1c 01 01 ff 04 05 30 03 81 01 ff";
    static const char point[] = "30 12 06 03 551d1c 01 01 ff 04 08 30 06 a0 04 a0 02 86 00";

    (void)state;
    const struct pb_crl *crl = add(list_of(FIELDS, NULL, users));
    assert_true(crl->contains_only_users && !crl->is_partial);
    crl = add(list_of(FIELDS, NULL, point));
    assert_true(crl->is_partial && !crl->contains_only_users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_no_list_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_that_is_cut_anywhere_or_continued_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(lists_that_cannot_speak_of_servers_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(damaged_fields_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_list_takes_none_of_the_others_along, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_list_without_entries_lists_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(serials_of_every_form_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_entry_has_its_date_and_its_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scopes_are_remembered, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

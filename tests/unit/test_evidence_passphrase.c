/* SPDX-License-Identifier: MIT */
/* Encrypted archives: with the passphrase, without one, with a wrong one. */
#include "test_evidence_fixture.h"

#include <stdio.h>

#define CONTENT                                                                                    \
    "{\"one\": 1, \"padding\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"

static const struct member two_members[] = {
    MEMBER("dump/list.json", CONTENT),
    MEMBER("dump/get.json", "{\"two\": 2}"),
};

static const char *const encryptions[] = {"zipcrypt", "aes128", "aes256"};
static const char *const compressions[] = {"deflate", "store"};

static void make_encrypted(struct pb_buffer *bytes, const char *encryption, const char *compression)
{
    struct archive *archive = archive_write_new();

    *bytes = (struct pb_buffer){0};
    assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
    assert_int_equal(archive_write_set_format_option(archive, "zip", "encryption", encryption),
                     ARCHIVE_OK);
    assert_int_equal(archive_write_set_format_option(archive, "zip", "compression", compression),
                     ARCHIVE_OK);
    assert_int_equal(archive_write_set_passphrase(archive, "open sesame"), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open(archive, bytes, NULL, write_to_buffer, NULL), ARCHIVE_OK);
    for (size_t i = 0; i < 2; i++)
        write_member(archive, &two_members[i]);
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

static void read_with(struct seen *seen, struct pb_slice bytes, const char *passphrase)
{
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader;

    seen_init(seen);
    assert_non_null(reader = pb_evidence_reader_new(&limits));
    if (passphrase != NULL)
        assert_int_equal(pb_evidence_set_passphrase(reader, pb_slice_from_string(passphrase), NULL),
                         PB_OK);
    assert_int_equal(pb_evidence_add(reader, "x", bytes, NULL, NULL), PB_OK);
    seen_read_all(seen, reader);
}

static void for_each_encryption(void (*check)(struct pb_slice zip))
{
    for (size_t i = 0; i < sizeof encryptions / sizeof *encryptions; i++) {
        for (size_t k = 0; k < sizeof compressions / sizeof *compressions; k++) {
            struct pb_buffer zip;
            make_encrypted(&zip, encryptions[i], compressions[k]);
            check(pb_buffer_slice(&zip));
            pb_buffer_release(&zip);
        }
    }
}

static void passphrase_that_cannot_be_one_is_refused(void **state)
{
    static char longest[PB_LONGEST_PASSPHRASE_BYTES + 1];
    const struct pb_slice cases[] = {{"", 0}, PB_SLICE("a\0b"), {longest, sizeof longest}};
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader;

    (void)state;
    memset(longest, 'x', sizeof longest);
    assert_non_null(reader = pb_evidence_reader_new(&limits));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prebleed_error error = {0};
        assert_int_equal(pb_evidence_set_passphrase(reader, cases[i], &error), PB_FAILED_USAGE);
        assert_true(strlen(error.message) > 0);
    }
    assert_int_equal(pb_evidence_set_passphrase(
                         reader, (struct pb_slice){longest, PB_LONGEST_PASSPHRASE_BYTES}, NULL),
                     PB_OK);
    pb_evidence_reader_free(reader);
}

static bool has_diagnostic(const struct seen *seen, size_t item, const char *code)
{
    for (size_t i = 0; i < seen->diagnostics.items.count; i++) {
        const struct pb_diagnostic *diagnostic =
            &PB_VECTOR_AT(struct pb_diagnostic, &seen->diagnostics.items, i);
        if (diagnostic->entry == item && strcmp(diagnostic->code, code) == 0)
            return true;
    }
    return false;
}

/* One wrong passphrase in 256 passes ZipCrypto's check byte. What it makes of deflated data is
 * damage to libarchive, which may end the archive there. */
static void check_wrong(struct pb_slice zip)
{
    struct seen seen;

    read_with(&seen, zip, "open says me");
    assert_in_range(seen.items.count, 2, 3);
    for (size_t i = 0; i < seen.items.count; i++) {
        const struct pb_item *item = item_at(&seen, i);
        if (item->status == PB_ENTRY_CONTAINER)
            continue;
        assert_int_equal(item->status, PB_ENTRY_UNREADABLE);
        assert_true(has_diagnostic(&seen, i, "encrypted-wrong-passphrase") ||
                    has_diagnostic(&seen, i, "encrypted"));
        assert_true(pb_slice_find(item->detail, PB_SLICE("--passphrase-file"), 0) != SIZE_MAX);
        assert_true(pb_slice_find(item->detail, PB_SLICE("says me"), 0) == SIZE_MAX);
    }
    assert_int_not_equal(item_at(&seen, 0)->status, PB_ENTRY_CONTAINER);
    seen_release(&seen);
}

static void members_with_a_wrong_passphrase_say_so(void **state)
{
    (void)state;
    for_each_encryption(check_wrong);
}

/* Among so many, some pass ZipCrypto's check byte: none of them may pass for content. */
static void no_wrong_passphrase_makes_content_that_counts(void **state)
{
    struct pb_buffer zip;
    size_t told = 0, guessed = 0;

    (void)state;
    make_encrypted(&zip, "zipcrypt", "store");
    for (int i = 0; i < 1500; i++) {
        char passphrase[24];
        struct seen seen;
        snprintf(passphrase, sizeof passphrase, "wrong %d", i);
        read_with(&seen, pb_buffer_slice(&zip), passphrase);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(item_at(&seen, k)->status, PB_ENTRY_UNREADABLE);
            told += has_diagnostic(&seen, k, "encrypted-wrong-passphrase");
            guessed += has_diagnostic(&seen, k, "encrypted");
        }
        seen_release(&seen);
    }
    assert_int_equal(told + guessed, 3000);
    assert_true(guessed > 0);
    assert_true(told > guessed);
    pb_buffer_release(&zip);
}

/* "{}" as list.json in what 7zz a -psecret wrote, with -mhe=off and with -mhe=on. */
static const char data_encrypted[] =
    "\x37\x7A\xBC\xAF\x27\x1C\x00\x04\x59\x43\x0F\x6B\x10\x00\x00\x00\x00\x00\x00\x00"
    "\x6A\x00\x00\x00\x00\x00\x00\x00\xCC\x16\x89\xD8\x72\x2F\xE5\xF1\xCA\xAE\x61\xD8"
    "\xFF\x51\x2D\x2A\xE7\x00\x7F\xC3\x01\x04\x06\x00\x01\x09\x10\x00\x07\x0B\x01\x00"
    "\x02\x24\x06\xF1\x07\x01\x12\x53\x0F\xB2\x3A\x1A\x71\xB3\x6F\x48\x28\xF3\x63\x17"
    "\xC7\x7E\xA8\xC0\xB1\x21\x21\x01\x00\x01\x00\x0C\x06\x02\x00\x08\x0A\x01\x43\xBF"
    "\xA6\xA3\x00\x00\x05\x01\x19\x01\x00\x11\x15\x00\x6C\x00\x69\x00\x73\x00\x74\x00"
    "\x2E\x00\x6A\x00\x73\x00\x6F\x00\x6E\x00\x00\x00\x14\x0A\x01\x00\xBD\xD4\x30\x13"
    "\x6A\x7B\xDD\x01\x15\x06\x01\x00\x20\x80\xA4\x81\x00\x00";
static const char headers_encrypted[] =
    "\x37\x7A\xBC\xAF\x27\x1C\x00\x04\x73\xF8\xBD\xAC\x80\x00\x00\x00\x00\x00\x00\x00"
    "\x2E\x00\x00\x00\x00\x00\x00\x00\xEE\x0E\xE4\xA6\x6F\xAB\x1D\x65\x34\x5F\x8F\xE8"
    "\xEE\x0B\x02\xCB\x4F\x1E\xDC\x54\x0F\x10\x9D\xFE\xA1\x73\x6B\xAE\xFF\xC2\x1D\xAF"
    "\x24\x9F\xDE\x8F\x8E\xDE\x98\xE8\x91\x46\xD4\x84\x90\xD3\x3B\x76\x80\x80\x66\xE0"
    "\x43\xF9\x30\x12\xB3\xA5\xB0\xEB\x33\xE3\xA0\x38\x7A\x9A\xC6\x1A\x02\xD4\x2A\xCF"
    "\x53\xAC\xD3\x0C\xF2\x98\x60\xDA\xEC\x9B\xB5\x5A\x9B\x6A\x46\x75\xD4\x20\xAA\x6E"
    "\x56\x7D\xD2\xA3\x06\x4F\xDD\x53\xB6\xF9\x1A\x4E\xFD\xD1\xDF\xA9\x42\x6B\xF5\xF6"
    "\x4B\xA4\x1D\x76\x17\x1B\xB0\x90\xBA\x5A\xC8\xB4\x66\x3C\xE6\xF9\xA7\x16\xC6\xEA"
    "\x17\x06\x10\x01\x09\x70\x00\x07\x0B\x01\x00\x01\x24\x06\xF1\x07\x01\x12\x53\x0F"
    "\xAC\x38\x14\x39\x6C\xBF\xA7\xD4\xF7\x4E\xA9\x37\x69\x75\xC5\x27\x0C\x6A\x0A\x01"
    "\x96\x7F\xAA\xC9\x00\x00";

static void seven_zip_that_is_encrypted_says_that_no_passphrase_helps(void **state)
{
    const struct pb_slice archives[] = {PB_SLICE(data_encrypted), PB_SLICE(headers_encrypted)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct seen seen;
        read_with(&seen, archives[i], "secret");
        assert_item(&seen, 0, i == 0 ? "x!/list.json" : "x", PB_ENTRY_UNREADABLE);
        assert_diagnostic(&seen, 0, "encrypted");
        assert_true(pb_slice_find(item_at(&seen, 0)->detail, PB_SLICE("libarchive cannot"), 0) !=
                    SIZE_MAX);
        seen_release(&seen);
    }
}

static void check_right(struct pb_slice zip)
{
    struct seen seen;

    read_with(&seen, zip, "open sesame");
    assert_content(&seen, 0, "x!/dump/list.json", CONTENT);
    assert_content(&seen, 1, "x!/dump/get.json", "{\"two\": 2}");
    assert_item(&seen, 2, "x", PB_ENTRY_CONTAINER);
    assert_no_diagnostics(&seen);
    seen_release(&seen);
}

static void members_are_read_with_their_passphrase(void **state)
{
    (void)state;
    for_each_encryption(check_right);
}

static void damaged_member_under_the_right_passphrase_is_unreadable(void **state)
{
    struct pb_buffer zip;
    struct seen seen;

    (void)state;
    make_encrypted(&zip, "aes256", "store");
    zip.data[100] ^= 1;
    read_with(&seen, pb_buffer_slice(&zip), "open sesame");
    assert_item(&seen, 0, "x!/dump/list.json", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 0, "encrypted");
    assert_content(&seen, 1, "x!/dump/get.json", "{\"two\": 2}");
    seen_release(&seen);
    pb_buffer_release(&zip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passphrase_that_cannot_be_one_is_refused),
        cmocka_unit_test(members_with_a_wrong_passphrase_say_so),
        cmocka_unit_test(no_wrong_passphrase_makes_content_that_counts),
        cmocka_unit_test(seven_zip_that_is_encrypted_says_that_no_passphrase_helps),
        cmocka_unit_test(members_are_read_with_their_passphrase),
        cmocka_unit_test(damaged_member_under_the_right_passphrase_is_unreadable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

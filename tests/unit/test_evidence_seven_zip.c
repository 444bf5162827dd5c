/* SPDX-License-Identifier: MIT */
/* Headers of 7-Zips, made by hand: which are opened, and which ask for too much memory. */
#include "test_evidence_fixture.h"

#define PACKED "\x01\x04\x06\0\x01\x09\x01\0\x07\x0B\x01\0"
#define LZMA(dictionary) "\x01\x23\x03\x01\x01\x05\x5D" dictionary
#define MEMBER_OF(size) "\x0C" size "\0\x08\0\0\x05\x01\x11\x05\0h\0\0\0"
#define BCJ2(size)                                                                                 \
    "\x01\x04\x06\0\x04\x09" size "\x01\x01\x01\0\x07\x0B\x01\0"                                   \
    "\x01\x14\x03\x03\x01\x1B\x04\x01\0\x01\x02\x03"
#define SMALL "\0\0\x01\0"
#define AS_LINK "\x15\x06\x01\0\0\x80\xFF\xA1"

#define CASE(header, code)                                                                         \
    {                                                                                              \
        sizeof(header) - 1, header, code                                                           \
    }

static const struct {
    size_t size_bytes;
    const char *header, *code; /* NULL: it is opened */
} cases[] = {
    CASE("\x01\x05\0\0\0", NULL),
    CASE("\x01\x05\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0", "limit-directory"),
    CASE("\x01\x05\xE0\x80\x84\x1E\0\0", "limit-directory"),         /* 2,000,000 members */
    CASE("\x01\x05\x01\x19\xF0\0\0\0\x40\0\0", "limit-directory"),   /* 1 GiB to be passed over */
    CASE("\x01\x05\x01\x11\xF0\0\0\0\x40\0\0", "limit-directory"),   /* 1 GiB of names */
    CASE("\x01\x04\x06\0\xE0\x80\x84\xFE\x09\0", "limit-directory"), /* pack streams */
    CASE("\x01\x04\x07\x0B\xE0\x80\x84\x1E\0", "limit-directory"),   /* folders */
    CASE("\x01\x02\x01\0\0", "limit-directory"),
    CASE(PACKED LZMA(SMALL) MEMBER_OF("\x02") "\0\0", NULL),
    CASE(PACKED LZMA("\0\0\0\x04") MEMBER_OF("\x02") "\0\0", NULL), /* 64 MiB */
    CASE(PACKED LZMA("\0\0\0\x40") MEMBER_OF("\x02") "\0\0", "limit-directory"),
    CASE(PACKED "\x01\x21\x21\x01\x28" MEMBER_OF("\x02") "\0\0", "limit-directory"),
    CASE(PACKED "\x01\x11\0\xC0\0\x10\x01", "limit-directory"), /* 4,096 inputs */
    CASE(BCJ2("\x01") MEMBER_OF("\x02") "\0\0", NULL),
    CASE(BCJ2("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF") MEMBER_OF("\x02") "\0\0",
         "limit-directory"), /* 2^64 bytes held: with anything beside them, a small number */
    CASE(PACKED LZMA(SMALL) MEMBER_OF("\xE0\0\0\x20") AS_LINK "\0\0", "limit-directory"),
    CASE("\x17\x06\0\x01\x09\x01\0\x07\x0B\x01\0" LZMA("\0\0\0\x40") "\x0C\x20\0\0",
         "limit-directory"),
    CASE("\x17\x06\0\x01\x09\x01\0\x07\x0B\x01\0" LZMA(SMALL) "\x0C\xF0\0\0\0\x40\0\0",
         "limit-directory"),
    CASE("\x17\x06\0\x01\x09\x01\0\x07\x0B\x01\0\x01\x01\0\x0C\x01\0\0", "limit-directory"),
    CASE("\x01\x05", "archive-damaged"),
    CASE("\x17\x06", "archive-damaged"),
    CASE("\x01\x03\0", "archive-damaged"),
    CASE("\x42", "archive-damaged"),
};

static void append_u64(struct pb_buffer *buffer, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        pb_buffer_append_byte(buffer, (char)(value >> 8 * i & 0xFF));
}

/* One byte of packed data, and the header. */
static void make(struct pb_buffer *archive, struct pb_slice header)
{
    uint32_t sum = (uint32_t)crc32(0, (const unsigned char *)header.data, (uInt)header.size_bytes);

    pb_buffer_init(archive, SIZE_MAX);
    pb_buffer_append(archive, PB_SLICE("7z\xBC\xAF\x27\x1C\0\4\0\0\0\0"));
    append_u64(archive, 1);
    append_u64(archive, header.size_bytes);
    for (unsigned i = 0; i < 4; i++)
        pb_buffer_append_byte(archive, (char)(sum >> 8 * i & 0xFF));
    pb_buffer_append_byte(archive, 'x');
    pb_buffer_append(archive, header);
    assert_false(archive->has_failed);
}

static bool has_code(const struct seen *seen, const char *code)
{
    for (size_t i = 0; i < seen->diagnostics.items.count; i++)
        if (strcmp(PB_VECTOR_AT(struct pb_diagnostic, &seen->diagnostics.items, i).code, code) == 0)
            return true;
    return false;
}

static void header_that_asks_for_too_much_is_refused_and_others_are_opened(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_buffer archive;
        struct seen seen;
        make(&archive, (struct pb_slice){cases[i].header, cases[i].size_bytes});
        seen_read_buffer(&seen, "x", pb_buffer_slice(&archive), NULL);
        bool is_refused = cases[i].code != NULL && strcmp(cases[i].code, "limit-directory") == 0;
        if (has_code(&seen, "limit-directory") != is_refused)
            fail_msg("case %zu: refused is not %d", i, is_refused);
        if (is_refused)
            assert_item(&seen, 0, "x", PB_ENTRY_SKIPPED);
        else if (cases[i].code != NULL && !has_code(&seen, cases[i].code))
            fail_msg("case %zu: no %s", i, cases[i].code);
        seen_release(&seen);
        pb_buffer_release(&archive);
    }
}

static void header_cut_anywhere_is_read_without_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t size = 0; size < cases[i].size_bytes; size++) {
            struct pb_buffer archive;
            struct seen seen;
            make(&archive, (struct pb_slice){cases[i].header, size});
            seen_read_buffer(&seen, "x", pb_buffer_slice(&archive), NULL);
            assert_true(seen.items.count > 0);
            seen_release(&seen);
            pb_buffer_release(&archive);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_that_asks_for_too_much_is_refused_and_others_are_opened),
        cmocka_unit_test(header_cut_anywhere_is_read_without_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

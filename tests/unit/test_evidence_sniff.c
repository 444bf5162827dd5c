/* SPDX-License-Identifier: MIT */
/* What is recognised by its first bytes, and what must not be. */
#include "unit.h"
#include "evidence/internal.h"

struct sniff_case {
    struct pb_slice bytes;
    enum pb_kind kind;
};

#define CASE(literal, expected)                                                                    \
    {                                                                                              \
        {(literal), sizeof(literal) - 1}, (expected)                                               \
    }

static void check_all(const struct sniff_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = cases[i].bytes.size_bytes;
        char *copy = malloc(size + (size == 0));
        assert_non_null(copy);
        memcpy(copy, cases[i].bytes.data, size);
        struct pb_recognition found = pb_sniff((struct pb_slice){copy, size});
        assert_int_equal(found.kind, cases[i].kind);
        assert_non_null(found.name);
        free(copy);
    }
}

static void text_and_short_beginnings_are_plain(void **state)
{
    static const struct sniff_case cases[] = {
        CASE("", PB_KIND_PLAIN),
        CASE("{", PB_KIND_PLAIN),
        CASE("{\"ServerCertificateMetadataList\": []}", PB_KIND_PLAIN),
        CASE("[\"shop\"]", PB_KIND_PLAIN),
        CASE("]\0\0", PB_KIND_PLAIN),
        CASE("\xFF\xFE{\0}\0", PB_KIND_PLAIN),
        CASE("\xEF\xBB\xBF{}", PB_KIND_PLAIN),
        CASE("\xC3\xA9t\xC3\xA9", PB_KIND_PLAIN),
        CASE("\x84", PB_KIND_PLAIN),
        CASE("-----BEGIN CERTIFICATE-----\n", PB_KIND_PLAIN),
        CASE("-----BEGIN PGP SIGNATURE-----\n", PB_KIND_PLAIN),
        CASE("PK is a name", PB_KIND_PLAIN),
        CASE("BZh9 is no bzip2", PB_KIND_PLAIN),
        CASE("0707 is a number", PB_KIND_PLAIN),
        CASE("\x30\x82\x03\x01\x30\x82\x02\x01\xA0\x03\x02\x01\x02\x02\x01\x01", PB_KIND_PLAIN),
    };

    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void supported_kinds_are_recognised(void **state)
{
    static const struct sniff_case cases[] = {
        CASE("\x1F\x8B\x08", PB_KIND_GZIP),
        CASE("BZh91AY&SY", PB_KIND_BZIP2),
        CASE("BZh9\x17\x72\x45\x38\x50\x90", PB_KIND_BZIP2),
        CASE("\xFD"
             "7zXZ\0",
             PB_KIND_XZ),
        CASE("\x28\xB5\x2F\xFD\x04", PB_KIND_ZSTD),
        CASE("\x04\x22\x4D\x18\x64", PB_KIND_LZ4),
        CASE("070701000", PB_KIND_CPIO),
        CASE("070707000", PB_KIND_CPIO),
        CASE("PK\3\4\x14", PB_KIND_ZIP),
        CASE("PK\5\6\0\0", PB_KIND_ZIP),
        CASE("PK\7\10PK\3\4", PB_KIND_ZIP),
        CASE("7z\xBC\xAF\x27\x1C\0\4", PB_KIND_SEVEN_ZIP),
        CASE("\xC7\x71\1\0\2\0\xA4\x81\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0", PB_KIND_CPIO),
        CASE("\x71\xC7\0\1\0\2\x81\xA4\0\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0", PB_KIND_CPIO),
    };

    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void known_containers_without_support_are_recognised(void **state)
{
    static const struct sniff_case cases[] = {
        CASE("Rar!\x1A\x07\0", PB_KIND_UNSUPPORTED),
        CASE("MSCF\0\0\0\0", PB_KIND_UNSUPPORTED),
        CASE("\x1F\x9D\x90", PB_KIND_UNSUPPORTED),
        CASE("LZIP\1", PB_KIND_UNSUPPORTED),
        CASE("xar!\0\x1C", PB_KIND_UNSUPPORTED),
        CASE("070702000", PB_KIND_UNSUPPORTED),
        CASE("!<arch>\n", PB_KIND_UNSUPPORTED),
        CASE("\x5D\0\0\x80\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0", PB_KIND_UNSUPPORTED),
        CASE("\x50\x2A\x4D\x18\4\0\0\0", PB_KIND_UNSUPPORTED),
        CASE("-----BEGIN PGP MESSAGE-----", PB_KIND_UNSUPPORTED),
        CASE("\x85\x01\x0C\x03\x01\x02", PB_KIND_UNSUPPORTED),
        CASE("\x86\0\0\x01\x0C\x03\x01\x02", PB_KIND_UNSUPPORTED),
        CASE("\x8C\x0D\x04\x09\x03\x02", PB_KIND_UNSUPPORTED),
        CASE("\xC1\xC0\x4C\x03\x01\x02", PB_KIND_UNSUPPORTED),
    };

    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void iso_image_is_recognised_far_behind_its_start(void **state)
{
    char *image = calloc(1, PB_SNIFF_BYTES);

    (void)state;
    assert_non_null(image);
    memcpy(image + 32769, "CD001", 5);
    assert_int_equal(pb_sniff((struct pb_slice){image, PB_SNIFF_BYTES}).kind, PB_KIND_UNSUPPORTED);
    assert_int_equal(pb_sniff((struct pb_slice){image, PB_SNIFF_BYTES - 1}).kind, PB_KIND_PLAIN);
    free(image);
}

static void old_tar_is_recognised_by_its_checksum(void **state)
{
    char header[512] = {0};
    unsigned sum = 0;

    (void)state;
    memcpy(header, "dump/\xE9.json", 11);
    memcpy(header + 100, "0000644\0000000000\0000000000\00000000000002\00000000000000\0", 48);
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    assert_int_equal(pb_sniff((struct pb_slice){header, 512}).kind, PB_KIND_TAR);
    assert_int_equal(pb_sniff((struct pb_slice){header, 511}).kind, PB_KIND_PLAIN);
    snprintf(header + 148, 8, "%06o", sum - 256);
    assert_int_equal(pb_sniff((struct pb_slice){header, 512}).kind, PB_KIND_TAR);
    snprintf(header + 148, 8, "%06o", sum + 1);
    assert_int_equal(pb_sniff((struct pb_slice){header, 512}).kind, PB_KIND_PLAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_short_beginnings_are_plain),
        cmocka_unit_test(supported_kinds_are_recognised),
        cmocka_unit_test(known_containers_without_support_are_recognised),
        cmocka_unit_test(iso_image_is_recognised_far_behind_its_start),
        cmocka_unit_test(old_tar_is_recognised_by_its_checksum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Manifests: how their lines are read, and how the batch is held against them. */
#include "audit/pipeline.h"

#include "unit.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void assert_refused(struct pb_slice bytes, const char *message)
{
    struct pb_manifest manifest = {0};
    struct prebleed_error error = {0};

    assert_int_equal(pb_manifest_read(bytes, &manifest, &error), PB_FAILED_USAGE);
    assert_string_equal(error.message, message);
    pb_manifest_release(&manifest);
}

static void lines_of_another_form_are_refused_with_their_place(void **state)
{
#define EXPECTED_HEX "expected the 64 hexadecimal digits of a SHA-256, or 'SHA256 ('"
#define EXPECTED_CLOSE "expected ') = ' and the digest"
    const struct {
        struct pb_slice bytes;
        const char *message;
    } refused[] = {
        {PB_SLICE(""), "it lists no file"},
        {PB_SLICE("\n# only words\r\n\r\n"), "it lists no file"},
        {PB_SLICE("list.json\n"), "line 1, column 1: " EXPECTED_HEX},
        {PB_SLICE(SHA_A "  a\n" SHA_A),
         "line 2, column 65: expected a space after the 64 digits of "
         "a SHA-256"},
        {PB_SLICE(SHA_A "  a\n\nabc  b"), "line 3, column 4: " EXPECTED_HEX},
        {PB_SLICE(SHA_A SHA_B "  a\n"),
         "line 1, column 65: expected a space after the 64 digits of a SHA-256"},
        {PB_SLICE(SHA_A " a\n"), "line 1, column 66: expected a second space, or '*'"},
        {PB_SLICE(SHA_A " "), "line 1, column 66: expected a second space, or '*'"},
        {PB_SLICE(SHA_A "  \n"), "line 1, column 67: expected a file name"},
        {PB_SLICE("\\" SHA_A "  a\\tb\n"),
         "line 1, column 69: expected \\n, \\r or \\\\ in an escaped name"},
        {PB_SLICE("\\" SHA_A "  a\\"),
         "line 1, column 69: expected \\n, \\r or \\\\ in an escaped name"},
        {PB_SLICE("\\"), "line 1, column 2: " EXPECTED_HEX},
        {PB_SLICE("SHA256 (a"), "line 1, column 10: " EXPECTED_CLOSE},
        {PB_SLICE("SHA256 (a) " SHA_A), "line 1, column 10: " EXPECTED_CLOSE},
        {PB_SLICE("SHA256 () = " SHA_A), "line 1, column 9: expected a file name"},
        {PB_SLICE("SHA256 (a) = abc"), "line 1, column 17: " EXPECTED_HEX},
        {PB_SLICE("SHA256 (a) = " SHA_A "0"), "line 1, column 78: expected the end of the line"},
        {PB_SLICE("SHA512 (a) = " SHA_A SHA_A), "line 1, column 1: " EXPECTED_HEX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_refused(refused[i].bytes, refused[i].message);
}

static void every_style_of_line_is_read(void **state)
{
    const struct {
        struct pb_slice bytes, name;
    } lines[] = {
        {PB_SLICE(SHA_A "  a b\n"), PB_SLICE("a b")},
        {PB_SLICE(SHA_A " *a"), PB_SLICE("a")},
        {PB_SLICE(SHA_A "   a"), PB_SLICE(" a")},
        {PB_SLICE(SHA_A "  **a"), PB_SLICE("**a")},
        {PB_SLICE(SHA_A "  a\r\n"), PB_SLICE("a")},
        {PB_SLICE("AAAAAAAAAAAAAAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  a"),
         PB_SLICE("a")},
        {PB_SLICE("\\" SHA_A "  a\\nb\\\\c\\rd\n"), PB_SLICE("a\nb\\c\rd")},
        {PB_SLICE(SHA_A "  a\\nb\n"), PB_SLICE("a\\nb")},
        {PB_SLICE("SHA256 (a) = " SHA_A "\n"), PB_SLICE("a")},
        {PB_SLICE("SHA256 (a) = b) = " SHA_A "\r\n"), PB_SLICE("a) = b")},
        {PB_SLICE("\\SHA256 (a\\nb) = " SHA_A), PB_SLICE("a\nb")},
        {PB_SLICE("# a comment\n" SHA_A "  .//./a/./b//c\n"), PB_SLICE("a/b/c")},
        {PB_SLICE(SHA_A "  //a/../b"), PB_SLICE("/a/../b")},
        {PB_SLICE(SHA_A "  a.tgz!/./b"), PB_SLICE("a.tgz!/b")},
        {PB_SLICE(SHA_A "  .a/b."), PB_SLICE(".a/b.")},
        {PB_SLICE(SHA_A "  gr\xC3\xBCn\xFF"), PB_SLICE("gr\xC3\xBCn\xFF")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct pb_manifest manifest = {0};
        assert_int_equal(pb_manifest_read(lines[i].bytes, &manifest, NULL), PB_OK);
        assert_int_equal(manifest.lines.count, 1);
        const struct pb_manifest_line *line =
            &PB_VECTOR_AT(struct pb_manifest_line, &manifest.lines, 0);
        assert_int_equal(line->name.size_bytes, lines[i].name.size_bytes);
        assert_memory_equal(line->name.data, lines[i].name.data, line->name.size_bytes);
        for (size_t k = 0; k < sizeof line->sha256; k++)
            assert_int_equal(line->sha256[k], 0xAA);
        pb_manifest_release(&manifest);
    }
}

/* An entry as the batch has it; sha256 is a byte that is repeated, 0 for none. */
struct row {
    const char *path;
    unsigned char sha256;
    enum pb_entry_status status;
    const char *detail;
};

#define MOST_SOURCES 4
#define MOST_ROWS 12
#define MOST_EXPECTED 6

/* Sources, a batch and a manifest, and the "code path" or "code" of each diagnostic, sorted. */
struct situation {
    const char *sentence;
    const char *sources[MOST_SOURCES];
    struct row rows[MOST_ROWS];
    const char *manifest;
    const char *expected[MOST_EXPECTED];
};

static void add_line(struct pb_batch *batch, const char *path, const char *detail,
                     enum pb_entry_status status, const unsigned char *sha256)
{
    const char *mark = strstr(path, "!/");
    const struct pb_entry entry = {.path = pb_slice_from_string(path),
                                   .container = mark == NULL ? 0 : (uint32_t)(mark - path),
                                   .detail = pb_slice_from_string(detail),
                                   .status = status,
                                   .sha256 = sha256};

    pb_diagnostics_begin_entry(&batch->diagnostics, (uint32_t)batch->entries.count);
    assert_int_equal(pb_batch_add_entry(batch, &entry), PB_OK);
}

static void fill_batch(const struct situation *situation, struct pb_batch *batch)
{
    for (size_t i = 0; i < MOST_ROWS && situation->rows[i].path != NULL; i++) {
        const struct row *row = &situation->rows[i];
        unsigned char sha256[32];
        memset(sha256, row->sha256, sizeof sha256);
        add_line(batch, row->path, row->detail, row->status, row->sha256 == 0 ? NULL : sha256);
    }
    assert_int_equal(pb_batch_sort(batch), PB_OK);
}

static void assert_diagnostics(const struct situation *situation, const struct pb_batch *batch)
{
    const struct pb_vector *items = &batch->diagnostics.items;
    size_t count = 0;

    while (count < MOST_EXPECTED && situation->expected[count] != NULL)
        count++;
    if (items->count != count)
        print_error("%s: %zu diagnostics\n", situation->sentence, items->count);
    assert_int_equal(items->count, count);
    for (size_t i = 0; i < count; i++) {
        const struct pb_diagnostic *diagnostic = &PB_VECTOR_AT(struct pb_diagnostic, items, i);
        char text[256];
        bool has_path = diagnostic->entry != PB_NO_ENTRY;
        struct pb_slice path =
            has_path ? pb_batch_entry(batch, diagnostic->entry)->path : PB_SLICE_ABSENT;
        snprintf(text, sizeof text, "%s%s%.*s", diagnostic->code, has_path ? " " : "",
                 PB_SLICE_ARGS(path));
        if (strcmp(text, situation->expected[i]) != 0)
            print_error("%s\n", situation->sentence);
        assert_string_equal(text, situation->expected[i]);
        bool is_warning = strcmp(diagnostic->code, "manifest-unlisted") == 0;
        assert_int_equal(diagnostic->severity,
                         is_warning ? PB_SEVERITY_WARNING : PB_SEVERITY_ERROR);
    }
}

static void check_situation(const struct situation *situation)
{
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader;
    struct pb_manifest manifest = {0};
    struct pb_batch batch = {0};

    assert_non_null(reader = pb_evidence_reader_new(&limits));
    for (size_t i = 0; i < MOST_SOURCES && situation->sources[i] != NULL; i++)
        assert_int_equal(
            pb_evidence_add(reader, situation->sources[i], PB_SLICE_ABSENT, NULL, NULL), PB_OK);
    assert_int_equal(pb_manifest_read(pb_slice_from_string(situation->manifest), &manifest, NULL),
                     PB_OK);
    fill_batch(situation, &batch);
    assert_int_equal(pb_manifest_check(&manifest, reader, &batch), PB_OK);
    assert_diagnostics(situation, &batch);
    pb_batch_release(&batch);
    pb_manifest_release(&manifest);
    pb_evidence_reader_free(reader);
}

#define A(path) (path), 0xAA, PB_ENTRY_USED, NULL
#define B(path) (path), 0xBB, PB_ENTRY_USED, NULL
#define ARCHIVE_A(path) (path), 0xAA, PB_ENTRY_CONTAINER, NULL
#define ARCHIVE_B(path) (path), 0xBB, PB_ENTRY_CONTAINER, NULL

static const struct situation differences[] = {
    {"another digest is a mismatch",
     {"d"},
     {{A("d/x")}},
     SHA_B "  d/x\n",
     {"manifest-mismatch d/x"}},
    {"a name that fits nothing is missing",
     {"d"},
     {{A("d/x")}},
     SHA_A "  d/x\n" SHA_A "  d/y\n" SHA_A "  x/d\n",
     {"manifest-missing", "manifest-missing"}},
    {"what no line names is unlisted",
     {"d"},
     {{A("d/x")}, {B("d/y")}},
     SHA_A "  d/x\n",
     {"manifest-unlisted d/y"}},
    {"an item without a digest is unverified",
     {"d"},
     {{"d/x", 0, PB_ENTRY_SKIPPED, "too large"}},
     SHA_A "  d/x\n",
     {"manifest-unverified d/x"}},
    {"a link is no item of its own",
     {"d"},
     {{"d/l", 0, PB_ENTRY_IGNORED, "symbolic link to x, not followed"}, {A("d/x")}},
     SHA_A "  d/x\n",
     {NULL}},
    {"a link that is listed is unverified",
     {"d"},
     {{"d/l", 0, PB_ENTRY_IGNORED, "symbolic link to x, not followed"}, {A("d/x")}},
     SHA_A "  d/x\n" SHA_A "  d/l\n",
     {"manifest-unverified d/l"}},
    {"two lines of one name are both checked",
     {"d"},
     {{A("d/x")}},
     SHA_A "  d/x\n" SHA_B "  d/x\n",
     {"manifest-mismatch d/x"}},
    {"two items of one path are both checked",
     {"d"},
     {{ARCHIVE_B("b")}, {A("b!/x")}, {B("b!/x")}},
     SHA_B "  b\n" SHA_B "  b!/x\n",
     {"manifest-mismatch b!/x"}},
    {"a name in two folders that were given is checked in both",
     {"d", "e"},
     {{A("d/x")}, {B("e/x")}},
     SHA_A "  x\n",
     {"manifest-mismatch e/x"}},
    {"a name in two archives is checked in both",
     {"b", "c"},
     {{ARCHIVE_A("b")}, {A("b!/x")}, {ARCHIVE_B("c")}, {B("c!/x")}},
     SHA_A "  b\n" SHA_B "  c\n" SHA_A "  x\n",
     {"manifest-mismatch c!/x"}},
    {"members of an archive that does not match are unlisted",
     {"b"},
     {{ARCHIVE_B("b")}, {A("b!/x")}},
     SHA_A "  b\n",
     {"manifest-mismatch b", "manifest-unlisted b!/x"}},
    {"an archive that is not listed is unlisted with its members",
     {"b"},
     {{ARCHIVE_B("b")}, {A("b!/x")}, {A("b!/y")}},
     SHA_A "  y\n",
     {"manifest-unlisted b", "manifest-unlisted b!/x"}},
    {"a member that is listed is checked though its archive matches",
     {"b"},
     {{ARCHIVE_A("b")}, {B("b!/x")}},
     SHA_A "  b\n" SHA_A "  x\n",
     {"manifest-mismatch b!/x"}},
    {"what only looks like a member is in no archive",
     {"d!"},
     {{A("d!/x")}},
     SHA_A "  e\n",
     {"manifest-missing", "manifest-unlisted d!/x"}},
    {"a name relative to an archive in an archive is missing",
     {"b"},
     {{ARCHIVE_A("b")}, {ARCHIVE_B("b!/c")}, {A("b!/c!/x")}},
     SHA_A "  b\n" SHA_A "  x\n",
     {"manifest-missing"}},
    {"no name fits the end of another",
     {"d"},
     {{A("d/e/x")}},
     SHA_A "  x\n",
     {"manifest-missing", "manifest-unlisted d/e/x"}},
};

static void differences_are_diagnostics(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++)
        check_situation(&differences[i]);
}

static const struct situation matches[] = {
    {"evidence path", {"d"}, {{A("d/x")}}, SHA_A "  d/x\n", {NULL}},
    {"evidence path, spelt otherwise", {"./d//"}, {{A("./d//e/x")}}, SHA_A "  d/e/x\n", {NULL}},
    {"absolute evidence path", {"/d"}, {{A("/d/x")}}, SHA_A "  /d/x\n", {NULL}},
    {"relative to a folder", {"/c/d"}, {{A("/c/d/e/x")}}, SHA_A "  e/x\n", {NULL}},
    {"relative to the root", {"/"}, {{A("/d/x")}}, SHA_A "  d/x\n", {NULL}},
    {"relative to the present folder", {"."}, {{A("./d/x")}}, SHA_A "  ./d/x\n", {NULL}},
    {"relative to the folder above", {".."}, {{A("../d/x")}}, SHA_A "  d/x\n", {NULL}},
    {"beside a file", {"/c/x"}, {{A("/c/x")}}, SHA_A " *x\n", {NULL}},
    {"beside a folder", {"/c/d"}, {{A("/c/d/x")}}, SHA_A "  d/x\n", {NULL}},
    {"member of an archive",
     {"d/b"},
     {{ARCHIVE_B("d/b")}, {A("d/b!/e/x")}},
     SHA_B "  b\n" SHA_A "  e/x\n",
     {NULL}},
    {"member with its archive",
     {"d/b"},
     {{ARCHIVE_B("d/b")}, {A("d/b!/./e/x")}},
     SHA_B "  b\n" SHA_A "  b!/e/x\n",
     {NULL}},
    {"member of an archive in an archive",
     {"b"},
     {{ARCHIVE_A("b")}, {ARCHIVE_B("b!/c")}, {A("b!/c!/e/x")}},
     SHA_A "  b\n" SHA_B "  c\n" SHA_A "  c!/e/x\n" SHA_B "  b!/c\n",
     {NULL}},
    {"members of what is listed, however deep",
     {"b"},
     {{ARCHIVE_A("b")}, {B("b x")}, {ARCHIVE_B("b!/c")}, {B("b!/c!/e/x")}},
     SHA_A "  b\n" SHA_B "  b x\n",
     {NULL}},
    {"member of an archive that is not listed",
     {"b"},
     {{"b", 0xBB, PB_ENTRY_UNREADABLE, "cut"}, {A("b!/x")}},
     SHA_B "  b\n" SHA_A "  x\n",
     {NULL}},
    {"what is nearest goes before what is only relative",
     {"x", "d"},
     {{B("d/x")}, {A("x")}},
     SHA_A "  x\n" SHA_B "  d/x\n",
     {NULL}},
    {"beside a source goes before within one",
     {"/c/x", "/c/d"},
     {{B("/c/d/x")}, {A("/c/x")}},
     SHA_A "  x\n" SHA_B "  d/x\n",
     {NULL}},
    {"a file goes before a member",
     {"b", "x"},
     {{ARCHIVE_B("b")}, {B("b!/x")}, {A("x")}},
     SHA_B "  b\n" SHA_A "  x\n",
     {NULL}},
    {"an outer member goes before an inner one",
     {"b"},
     {{ARCHIVE_B("b")}, {ARCHIVE_B("b!/c")}, {B("b!/c!/x")}, {A("b!/x")}},
     SHA_B "  b\n" SHA_A "  x\n",
     {NULL}},
    {"one file under two names",
     {"d"},
     {{A("d/x")}, {"d/y", 0, PB_ENTRY_IGNORED, "the same file as d/x"}},
     SHA_A "  d/x\n" SHA_A "  d/y\n",
     {NULL}},
    {"one file by two sources",
     {"d", "d/x"},
     {{A("d/x")}, {"d/x", 0, PB_ENTRY_IGNORED, "the same file as d/x"}},
     SHA_A "  d/x\n",
     {NULL}},
};

static void names_that_fit_are_checked_and_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++)
        check_situation(&matches[i]);
}

static void one_file_under_two_names_is_checked_under_both(void **state)
{
    static const struct situation situation = {
        "one file under two names",
        {"d"},
        {{A("d/x")}, {"d/y", 0, PB_ENTRY_IGNORED, "the same file as d/x"}},
        SHA_A "  d/x\n" SHA_B "  d/y\n",
        {"manifest-mismatch d/y"}};

    (void)state;
    check_situation(&situation);
}

static void manifest_among_the_evidence_need_not_list_itself(void **state)
{
    const char *text = SHA_A "  d/x\n";
    unsigned char sha256[32];
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader;
    struct pb_manifest manifest = {0};
    struct pb_batch batch = {0};

    (void)state;
    pb_sha256(pb_slice_from_string(text), sha256);
    assert_non_null(reader = pb_evidence_reader_new(&limits));
    assert_int_equal(pb_manifest_read(pb_slice_from_string(text), &manifest, NULL), PB_OK);
    memcpy(manifest.sha256, sha256, sizeof sha256);
    add_line(&batch, "d/SHA256SUMS", NULL, PB_ENTRY_USED, sha256);
    fill_batch(&(struct situation){.rows = {{A("d/x")}}}, &batch);
    assert_int_equal(pb_manifest_check(&manifest, reader, &batch), PB_OK);
    assert_int_equal(batch.diagnostics.items.count, 0);
    pb_batch_release(&batch);
    pb_manifest_release(&manifest);
    pb_evidence_reader_free(reader);
}

static void mismatch_names_both_digests_and_the_line(void **state)
{
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader;
    struct pb_manifest manifest = {0};
    struct pb_batch batch = {0};

    (void)state;
    assert_non_null(reader = pb_evidence_reader_new(&limits));
    assert_int_equal(pb_manifest_read(pb_slice_from_string("\n" SHA_B "  x\n"), &manifest, NULL),
                     PB_OK);
    fill_batch(&(struct situation){.rows = {{A("x")}}}, &batch);
    assert_int_equal(pb_manifest_check(&manifest, reader, &batch), PB_OK);
    struct pb_slice message =
        PB_VECTOR_AT(struct pb_diagnostic, &batch.diagnostics.items, 0).message;
    assert_true(pb_slice_equals(
        message, PB_SLICE("its SHA-256 is " SHA_A ", but line 2 of the manifest says " SHA_B)));
    pb_batch_release(&batch);
    pb_manifest_release(&manifest);
    pb_evidence_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_another_form_are_refused_with_their_place),
        cmocka_unit_test(every_style_of_line_is_read),
        cmocka_unit_test(differences_are_diagnostics),
        cmocka_unit_test(names_that_fit_are_checked_and_match),
        cmocka_unit_test(one_file_under_two_names_is_checked_under_both),
        cmocka_unit_test(manifest_among_the_evidence_need_not_list_itself),
        cmocka_unit_test(mismatch_names_both_digests_and_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Paths: files, directories, FIFOs, links, permissions, and files with two names. */
#include "test_evidence_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/internal.h"

/* Each test works in a directory of its own, and names files relative to it. */
static int enter_directory(void **state)
{
    char *path = strdup("/tmp/test_evidence_files.XXXXXX");

    if (path == NULL || mkdtemp(path) == NULL || chdir(path) != 0)
        return -1;
    *state = path;
    return 0;
}

static int leave_directory(void **state)
{
    char command[128];

    snprintf(command, sizeof command, "chmod -R u+rwx '%s' && rm -rf '%s'", (char *)*state,
             (char *)*state);
    int result = chdir("/") == 0 && system(command) == 0 ? 0 : -1;
    free(*state);
    return result;
}

static void write_file(const char *path, struct pb_slice bytes)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size_bytes, file), bytes.size_bytes);
    assert_int_equal(fclose(file), 0);
}

static void read_paths(struct seen *seen, const char *const *paths, size_t count)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader = reader_with(&limits);

    seen_init(seen);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pb_evidence_add_path(reader, paths[i], NULL), PB_OK);
    seen_read_all(seen, reader);
}

static void file_that_vanished_is_unreadable(void **state)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader = reader_with(&limits);
    struct seen seen;

    (void)state;
    write_file("file", PB_SLICE("{}"));
    assert_int_equal(pb_evidence_add_path(reader, "file", NULL), PB_OK);
    assert_int_equal(unlink("file"), 0);
    seen_init(&seen);
    seen_read_all(&seen, reader);
    assert_item(&seen, 0, "file", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 0, "unreadable");
    assert_true(item_at(&seen, 0)->is_named);
    seen_release(&seen);
}

static void plain_file_leaves_its_digest_to_the_caller(void **state)
{
    static const char *const paths[] = {"file", "empty"};
    struct seen seen;

    (void)state;
    write_file("file", PB_SLICE("{\"a\": 1}"));
    write_file("empty", PB_SLICE(""));
    read_paths(&seen, paths, 2);
    assert_content(&seen, 0, "file", "{\"a\": 1}");
    assert_false(item_at(&seen, 0)->has_sha256);
    assert_true(item_at(&seen, 0)->is_named);
    assert_int_equal(item_at(&seen, 0)->size_bytes, 8);
    assert_content(&seen, 1, "empty", "");
    assert_no_diagnostics(&seen);
    seen_release(&seen);
}

static void directory_is_walked_in_bytewise_order_without_following_links(void **state)
{
    static const char *const paths[] = {"d///"};
    static const struct {
        const char *path, *detail;
    } expected[] = {
        {"d/.DS_Store", "macOS metadata"},
        {"d/.hidden", NULL},
        {"d/B", NULL},
        {"d/a/._x", "macOS metadata"},
        {"d/a/deep/x", NULL},
        {"d/a.json", NULL},
        {"d/fifo", "FIFO, not read"},
        {"d/link", "symbolic link to what is read by itself"},
        {"d/loop", "symbolic link to what is read by itself"},
        {"d/\xC3\xA9", NULL},
    };
    struct seen seen;

    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(mkdir("d/a", 0700), 0);
    assert_int_equal(mkdir("d/a/deep", 0700), 0);
    assert_int_equal(mkdir("d/empty", 0700), 0);
    assert_int_equal(mkfifo("d/fifo", 0600), 0);
    assert_int_equal(symlink("B", "d/link"), 0);
    assert_int_equal(symlink("../d", "d/loop"), 0);
    for (size_t i = 0; i < 10; i++)
        if (i != 6 && i != 7 && i != 8)
            write_file(expected[i].path,
                       expected[i].detail == NULL ? PB_SLICE("{}") : PB_SLICE("\0\x05\x16\x07"));
    read_paths(&seen, paths, 1);
    assert_int_equal(seen.items.count, 10);
    for (size_t i = 0; i < 10; i++) {
        bool is_ignored = expected[i].detail != NULL;
        assert_item(&seen, i, expected[i].path, is_ignored ? PB_ENTRY_IGNORED : PB_ENTRY_USED);
        assert_false(item_at(&seen, i)->is_named);
        if (is_ignored)
            assert_slice(item_at(&seen, i)->detail, expected[i].detail);
    }
    assert_no_diagnostics(&seen);
    seen_release(&seen);
}

static void archive_files_are_told_by_content_and_read_in_place(void **state)
{
    static const struct member members[] = {MEMBER("m.json", "{}"), MEMBER("n", "[]")};
    static const int formats[] = {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FORMAT_ZIP,
                                  ARCHIVE_FORMAT_7ZIP};
    static const char *const paths[] = {"list.json"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct pb_limits limits = PB_LIMITS_DEFAULT;
        struct pb_evidence_reader *reader;
        struct pb_buffer bytes;
        struct seen seen;
        limits.item_bytes = 200; /* less than the archive's */
        make_archive(&bytes, formats[i], ARCHIVE_FILTER_NONE, members, 2);
        write_file("list.json", pb_buffer_slice(&bytes));
        reader = reader_with(&limits);
        assert_int_equal(pb_evidence_add_path(reader, paths[0], NULL), PB_OK);
        seen_init(&seen);
        seen_read_all(&seen, reader);
        assert_content(&seen, 0, "list.json!/m.json", "{}");
        assert_content(&seen, 1, "list.json!/n", "[]");
        assert_item(&seen, 2, "list.json", PB_ENTRY_CONTAINER);
        assert_sha256_of(item_at(&seen, 2), pb_buffer_slice(&bytes));
        seen_release(&seen);
        pb_buffer_release(&bytes);
    }
}

static int64_t read_little(void *context, void *buffer, size_t size_bytes)
{
    struct pb_slice *rest = context;
    size_t size = rest->size_bytes < 3 ? rest->size_bytes : 3;

    assert_true(size_bytes >= size);
    memcpy(buffer, rest->data, size);
    *rest = pb_slice_from(*rest, size);
    return (int64_t)size;
}

static int64_t read_nothing(void *context, void *buffer, size_t size_bytes)
{
    (void)context;
    (void)buffer;
    (void)size_bytes;
    return -1;
}

static void contents_stay_in_the_callers_buffer_and_skipped_ones_leave_none(void **state)
{
    static const char large[PB_SNIFF_BYTES + 1000] = "[";
    static const struct member members[] = {MEMBER("a", "0123456789"), MEMBER("b", large),
                                            MEMBER("c", "01")};
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader;
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    limits.item_bytes = PB_SNIFF_BYTES + 500;
    reader = reader_with(&limits);
    make_tar(&tar, members, 3);
    struct pb_slice rest = pb_buffer_slice(&tar);
    assert_int_equal(pb_evidence_add(reader, "s", PB_SLICE_ABSENT, read_little, &rest), PB_OK);
    seen_init(&seen);
    pb_buffer_append_string(&seen.contents, "before,");
    seen_read_all(&seen, reader);
    assert_content(&seen, 0, "s!/a", "0123456789");
    assert_item(&seen, 1, "s!/b", PB_ENTRY_SKIPPED);
    assert_sha256_of(item_at(&seen, 1), members[1].content);
    assert_content(&seen, 2, "s!/c", "01");
    assert_slice(pb_buffer_slice(&seen.contents), "before,012345678901");
    seen_release(&seen);
    pb_buffer_release(&tar);
}

static void streams_are_read_in_any_pieces_and_may_fail(void **state)
{
    static const struct member members[] = {MEMBER("m.json", "{}"), MEMBER("n", "[]")};
    struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader = reader_with(&limits);
    struct pb_buffer tar;
    struct seen seen;

    (void)state;
    make_archive(&tar, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, members, 2);
    struct pb_slice rest = pb_buffer_slice(&tar);
    assert_int_equal(pb_evidence_add(reader, "s", PB_SLICE_ABSENT, read_little, &rest), PB_OK);
    assert_int_equal(pb_evidence_add(reader, "t", PB_SLICE_ABSENT, read_nothing, NULL), PB_OK);
    seen_init(&seen);
    seen_read_all(&seen, reader);
    assert_content(&seen, 0, "s!/m.json", "{}");
    assert_content(&seen, 1, "s!/n", "[]");
    assert_item(&seen, 2, "s", PB_ENTRY_CONTAINER);
    assert_item(&seen, 3, "t", PB_ENTRY_UNREADABLE);
    assert_diagnostic(&seen, 3, "unreadable");
    seen_release(&seen);
    pb_buffer_release(&tar);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(file_that_vanished_is_unreadable),
        IN_DIRECTORY(plain_file_leaves_its_digest_to_the_caller),
        IN_DIRECTORY(directory_is_walked_in_bytewise_order_without_following_links),
        IN_DIRECTORY(archive_files_are_told_by_content_and_read_in_place),
        IN_DIRECTORY(contents_stay_in_the_callers_buffer_and_skipped_ones_leave_none),
        IN_DIRECTORY(streams_are_read_in_any_pieces_and_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

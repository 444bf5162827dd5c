/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* Every test runs in an empty folder of its own. */
struct folder {
    char path[64];
    int previous;
};

static int enter_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);

    if (!folder)
        return -1;
    snprintf(folder->path, sizeof folder->path, "/tmp/prebleed-output-XXXXXX");
    folder->previous = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = folder;
    return mkdtemp(folder->path) && chdir(folder->path) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    struct folder *folder = *state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf %s", folder->path);
    int result = fchdir(folder->previous) == 0 && system(command) == 0 ? 0 : -1;
    close(folder->previous);
    free(folder);
    return result;
}

static size_t count_files(void)
{
    DIR *folder = opendir(".");
    size_t count = 0;

    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_file_is(const char *name, const char *text)
{
    char bytes[64] = "";
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, sizeof bytes - 1, file), strlen(text));
    assert_string_equal(bytes, text);
    fclose(file);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    struct pb_output output;
    struct prebleed_error error = {0};

    (void)state;
    assert_int_equal(pb_output_open("missing/report", &output, &error), PREBLEED_FAILED_OUTPUT);
    assert_string_equal(error.message, "cannot write 'missing/report': No such file or directory");
    assert_int_equal(count_files(), 0);
}

static void an_unfinished_report_leaves_the_earlier_one(void **state)
{
    struct pb_output output;
    struct prebleed_error error = {0};

    (void)state;
    write_file("report", "earlier");
    assert_int_equal(pb_output_open("report", &output, &error), PREBLEED_OK);
    assert_true(pb_output_write(&output, "half", 4));
    assert_int_equal(pb_output_close(&output, false, &error), PREBLEED_OK);
    assert_file_is("report", "earlier");
    assert_int_equal(count_files(), 1);
}

static void a_failed_write_leaves_the_earlier_report(void **state)
{
    struct pb_output output;
    struct prebleed_error error = {0};

    (void)state;
    write_file("report", "earlier");
    assert_int_equal(pb_output_open("report", &output, &error), PREBLEED_OK);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full == -1)
        skip();
    assert_int_equal(dup2(full, output.descriptor), output.descriptor);
    close(full);
    assert_false(pb_output_write(&output, "new", 3));
    assert_false(pb_output_write(&output, "more", 4));
    assert_int_equal(pb_output_close(&output, true, &error), PREBLEED_FAILED_OUTPUT);
    assert_string_equal(error.message, "cannot write 'report': No space left on device");
    assert_file_is("report", "earlier");
    assert_int_equal(count_files(), 1);
}

static void a_target_that_became_a_folder_is_a_failure(void **state)
{
    struct pb_output output;
    struct prebleed_error error = {0};

    (void)state;
    assert_int_equal(pb_output_open("report", &output, &error), PREBLEED_OK);
    assert_int_equal(mkdir("report", 0700), 0);
    assert_true(pb_output_write(&output, "new", 3));
    assert_int_equal(pb_output_close(&output, true, &error), PREBLEED_FAILED_OUTPUT);
    assert_int_equal(count_files(), 1);
}

static void nothing_shows_before_the_report_is_whole(void **state)
{
    struct pb_output output;
    struct prebleed_error error = {0};

    (void)state;
    assert_int_equal(pb_output_open("report", &output, &error), PREBLEED_OK);
    assert_true(pb_output_write(&output, "whole", 5));
    assert_int_equal(access("report", F_OK), -1);
    assert_int_equal(pb_output_close(&output, true, &error), PREBLEED_OK);
    assert_file_is("report", "whole");
    assert_int_equal(count_files(), 1);
}

static void permissions_of_the_earlier_report_are_kept(void **state)
{
    struct pb_output output;
    struct prebleed_error error = {0};
    struct stat found;

    (void)state;
    write_file("report", "earlier");
    assert_int_equal(chmod("report", 0600), 0);
    assert_int_equal(pb_output_open("report", &output, &error), PREBLEED_OK);
    assert_true(pb_output_write(&output, "new", 3));
    assert_int_equal(pb_output_close(&output, true, &error), PREBLEED_OK);
    assert_file_is("report", "new");
    assert_int_equal(stat("report", &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

static void a_link_stays_and_its_file_is_replaced(void **state)
{
    struct pb_output output;
    struct prebleed_error error = {0};
    struct stat found;

    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    write_file("folder/report", "earlier");
    assert_int_equal(symlink("folder/report", "link"), 0);
    assert_int_equal(pb_output_open("link", &output, &error), PREBLEED_OK);
    assert_true(pb_output_write(&output, "new", 3));
    assert_int_equal(pb_output_close(&output, true, &error), PREBLEED_OK);
    assert_file_is("folder/report", "new");
    assert_int_equal(lstat("link", &found), 0);
    assert_true(S_ISLNK(found.st_mode));
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_folder_that_is_not_there_is_named),
        IN_A_FOLDER(an_unfinished_report_leaves_the_earlier_one),
        IN_A_FOLDER(a_failed_write_leaves_the_earlier_report),
        IN_A_FOLDER(a_target_that_became_a_folder_is_a_failure),
        IN_A_FOLDER(nothing_shows_before_the_report_is_whole),
        IN_A_FOLDER(permissions_of_the_earlier_report_are_kept),
        IN_A_FOLDER(a_link_stays_and_its_file_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

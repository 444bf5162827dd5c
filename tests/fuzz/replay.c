/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target without a fuzzer, over the files of the folder that is its argument: whole,
 * and those that are small cut and with a byte changed. */
#include "fuzz.h"

#include <glob.h>
#include <stdio.h>

#define PLACES 16 /* of each input, at which it is cut and changed */
#define MOST_CHANGED_BYTES 20000

static void run_copy(const char *bytes, size_t size, size_t at, uint8_t change)
{
    /* Of exactly its size, so that a byte too far is seen. */
    uint8_t *copy = malloc(size > 0 ? size : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    if (at < size)
        copy[at] ^= change;
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void replay(void **state)
{
    FILE *file = fopen(*state, "rb");
    char *bytes = malloc(1 << 20);

    assert_true(file != NULL && bytes != NULL);
    size_t size = fread(bytes, 1, 1 << 20, file), step = size / PLACES + 1;
    run_copy(bytes, size, size, 0);
    run_copy(bytes, 0, 0, 0); /* a fuzzer's first input */
    for (size_t at = step - 1; at < size && size < MOST_CHANGED_BYTES; at += step) {
        run_copy(bytes, at, size, 0);
        run_copy(bytes, size, at, (uint8_t)(1 << at % 8));
        run_copy(bytes, size, at, 0xFF);
    }
    free(bytes);
    fclose(file);
}

int main(int count, char **arguments)
{
    char pattern[512];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/*", count == 2 ? arguments[1] : "");
    if (glob(pattern, 0, NULL, &found) != 0) {
        printf("%s: no inputs\n", pattern);
        return 1;
    }
    struct CMUnitTest *tests = calloc(found.gl_pathc, sizeof *tests);
    for (size_t i = 0; tests != NULL && i < found.gl_pathc; i++)
        tests[i] = (struct CMUnitTest){
            .name = found.gl_pathv[i], .test_func = replay, .initial_state = found.gl_pathv[i]};
    int failed =
        tests == NULL || _cmocka_run_group_tests("replay", tests, found.gl_pathc, NULL, NULL);
    free(tests);
    globfree(&found);
    return failed;
}

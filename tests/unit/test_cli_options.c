/* SPDX-License-Identifier: MIT */
/* The table of options, and command lines through it. */
#include "cli/cli.h"

#include "unit.h"

enum { MOST_ARGUMENTS = 16 };

/* Parses the words of a line; *options is to be released. */
static enum prebleed_status parse(const char *line, struct pb_options *options)
{
    static char words[512]; /* options borrow both until the next line */
    static char *argv[MOST_ARGUMENTS + 1];
    int argc = 0;
    struct prebleed_error error = {0};

    assert_true(strlen(line) < sizeof words);
    memcpy(words, line, strlen(line) + 1);
    for (char *rest = words; argc < MOST_ARGUMENTS;) {
        argv[argc++] = rest;
        rest = strchr(rest, ' ');
        if (!rest)
            break;
        *rest++ = '\0';
    }
    enum prebleed_status status = pb_arguments_parse(argc, argv, options, &error);
    assert_int_equal(status, error.status);
    assert_int_equal(status == PREBLEED_OK, error.message[0] == '\0');
    return status;
}

static void the_table_is_whole(void **state)
{
    const struct pb_option *table = pb_option_table;

    (void)state;
    for (size_t i = 0; table[i].name; i++) {
        assert_in_range(i, 0, PB_MOST_OPTIONS - 1);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(table[i].name, table[k].name);
            assert_true(table[i].letter == '\0' || table[i].letter != table[k].letter);
        }
        assert_non_null(table[i].value);
    }
}

/* What the help calls the default, given as a value, must change nothing. */
static void the_defaults_of_the_help_are_those_of_the_library(void **state)
{
    const struct pb_option *table = pb_option_table;
    size_t compared = 0;

    (void)state;
    for (size_t i = 0; table[i].name; i++) {
        struct pb_options silent;
        struct pb_options explicit;
        char line[128];
        if (!table[i].fallback || strcmp(table[i].name, "as-of") == 0 ||
            strcmp(table[i].name, "jobs") == 0 || strcmp(table[i].name, "output") == 0 ||
            strcmp(table[i].name, "rules") == 0)
            continue;
        assert_int_equal(parse("prebleed --as-of=2020-01-01 x", &silent), PREBLEED_OK);
        snprintf(line, sizeof line, "prebleed --as-of=2020-01-01 --%s=%s x", table[i].name,
                 table[i].fallback);
        assert_int_equal(parse(line, &explicit), PREBLEED_OK);
        assert_memory_equal(&silent.parameters, &explicit.parameters, sizeof silent.parameters);
        assert_int_equal(silent.color, explicit.color);
        assert_int_equal(silent.progress, explicit.progress);
        assert_int_equal(silent.report.severity, explicit.report.severity);
        assert_int_equal(silent.max_memory_bytes, explicit.max_memory_bytes);
        pb_options_release(&silent);
        pb_options_release(&explicit);
        compared++;
    }
    assert_int_equal(compared, 12);
}

static void a_wrong_command_line_is_a_usage_error(void **state)
{
    static const char *const lines[] = {
        "prebleed",
        "prebleed --",
        "prebleed --quiet",
        "prebleed x --unknown",
        "prebleed x -x",
        "prebleed x ---quiet",
        "prebleed x --=",
        "prebleed x --q",
        "prebleed x --quiet=",
        "prebleed x --cutoff",
        "prebleed x --cutoff=",
        "prebleed x -o",
        "prebleed x -o json -o json",
        "prebleed x --fail-on=low --fail-on low",
        "prebleed x --rules ,",
        "prebleed --explain",
        "prebleed --explain nothing",
        "prebleed --help=all",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct pb_options options;
        assert_int_equal(parse(lines[i], &options), PREBLEED_FAILED_USAGE);
        pb_options_release(&options);
    }
}

static void no_arguments_at_all_are_a_usage_error(void **state)
{
    char *argv[] = {NULL};
    struct pb_options options;
    struct prebleed_error error = {0};

    (void)state;
    assert_int_equal(pb_arguments_parse(0, argv, &options, &error), PREBLEED_FAILED_USAGE);
    pb_options_release(&options);
}

static void an_endless_name_is_a_usage_error(void **state)
{
    static char name[100000];
    char program[] = "prebleed";
    char *argv[] = {program, name, NULL};
    struct pb_options options;
    struct prebleed_error error = {0};

    (void)state;
    memset(name, '-', sizeof name - 1);
    assert_int_equal(pb_arguments_parse(2, argv, &options, &error), PREBLEED_FAILED_USAGE);
    pb_options_release(&options);
}

static void options_and_paths_may_alternate(void **state)
{
    struct pb_options options;

    (void)state;
    assert_int_equal(parse("prebleed a -q b --fail-on low - -ojson=x -- -v --", &options),
                     PREBLEED_OK);
    assert_int_equal(options.path_count, 5);
    assert_string_equal(options.paths[0], "a");
    assert_string_equal(options.paths[1], "b");
    assert_string_equal(options.paths[2], "-");
    assert_string_equal(options.paths[3], "-v");
    assert_string_equal(options.paths[4], "--");
    assert_true(options.is_quiet);
    assert_false(options.report.is_verbose);
    assert_int_equal(options.parameters.fail_on, PREBLEED_SEVERITY_LOW);
    assert_int_equal(options.request_count, 1);
    assert_string_equal(options.requests[0].format, "json");
    assert_string_equal(options.requests[0].file, "x");
    pb_options_release(&options);
}

static void bundled_letters_end_with_an_attached_value(void **state)
{
    struct pb_options options;

    (void)state;
    assert_int_equal(parse("prebleed -qvojson=- x", &options), PREBLEED_OK);
    assert_true(options.is_quiet);
    assert_true(options.report.is_verbose);
    assert_int_equal(options.request_count, 1);
    assert_string_equal(options.requests[0].format, "json");
    assert_null(options.requests[0].file);
    pb_options_release(&options);
}

static void information_ends_the_command_line(void **state)
{
    static const char *const cases[][2] = {
        {"prebleed --help", "help"},
        {"prebleed -q x -h --unknown", "help"},
        {"prebleed -qVx", "version"},
        {"prebleed --list-rules --list-shapes", "list-rules"},
        {"prebleed --explain IAM-033 -x", "explain"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_options options;
        assert_int_equal(parse(cases[i][0], &options), PREBLEED_OK);
        assert_string_equal(options.information, cases[i][1]);
        assert_int_equal(options.explanation != NULL, strcmp(cases[i][1], "explain") == 0);
        pb_options_release(&options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(the_defaults_of_the_help_are_those_of_the_library),
        cmocka_unit_test(a_wrong_command_line_is_a_usage_error),
        cmocka_unit_test(no_arguments_at_all_are_a_usage_error),
        cmocka_unit_test(an_endless_name_is_a_usage_error),
        cmocka_unit_test(options_and_paths_may_alternate),
        cmocka_unit_test(bundled_letters_end_with_an_attached_value),
        cmocka_unit_test(information_ends_the_command_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

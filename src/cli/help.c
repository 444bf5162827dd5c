/* SPDX-License-Identifier: MIT */
/* What the program prints about itself: the help, made from the table of options, and tables. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

enum { HELP_COLUMN = 30, WIDTH = 80 };

static const char introduction[] =
    "Usage: prebleed [OPTIONS] PATH...\n"
    "\n"
    "Judge saved AWS IAM server-certificate evidence, without a network: which\n"
    "certificates were uploaded before Heartbleed was disclosed, and what the\n"
    "evidence cannot prove. PATH is a file, a directory, an archive, or - for\n"
    "standard input.\n";

static const char conclusion[] =
    "\n"
    "SIZE is a number of bytes, with K, M, G, KiB, MiB or GiB for powers of 1,024.\n"
    "What a limit cuts off makes the evidence inconclusive.\n"
    "\n"
    "Exit status:\n"
    "  0  all evidence was read and judged, with no finding at or above --fail-on\n"
    "  1  at least one such finding\n"
    "  2  the work could not be done: usage, a missing PATH, a report not written\n"
    "  3  inconclusive: undetermined certificates, gaps, unread or no evidence\n";

/* Prints a text that is not to be broken, on a new line where it does not fit. */
static void print_piece(const char *text, int size, int indent, int *column)
{
    bool is_first = *column == indent;

    if (!is_first && *column + 1 + size > WIDTH) {
        printf("\n%*s", indent, "");
        *column = indent;
        is_first = true;
    }
    printf("%s%.*s", is_first ? "" : " ", size, text);
    *column += size + !is_first;
}

static void print_words(const char *text, int indent, int *column)
{
    while (*text != '\0') {
        int size = (int)strcspn(text, " ");
        print_piece(text, size, indent, column);
        text += size;
        text += strspn(text, " ");
    }
}

static void print_help(void)
{
    /* The heading of each group, and its first option. */
    static const char *const groups[][2] = {{"Reports", "absolute-paths"},
                                            {"Judging", "as-of"},
                                            {"Limits", "jobs"},
                                            {"About", "explain"}};
    size_t group = 0;

    fputs(introduction, stdout);
    for (const struct pb_option *option = pb_option_table; option->name; option++) {
        if (group < 4 && strcmp(option->name, groups[group][1]) == 0)
            printf("\n%s:\n", groups[group++][0]);
        char letter[] = "    ", fallback[64];
        int column = HELP_COLUMN;
        if (option->letter != '\0')
            memcpy(letter, (char[]){'-', option->letter, ',', ' '}, 4);
        int size = printf("  %s--%s%s%s", letter, option->name, option->value->name ? " " : "",
                          option->value->name ? option->value->name : "");
        printf("%*s", HELP_COLUMN - size, "");
        print_words(option->help, HELP_COLUMN, &column);
        if (option->fallback) {
            size = snprintf(fallback, sizeof fallback, "(default %s)", option->fallback);
            print_piece(fallback, size, HELP_COLUMN, &column);
        }
        putchar('\n');
    }
    fputs(conclusion, stdout);
}

/* In columns, or, where the last one would be too narrow, each text on lines of its own. */
static void print_table(const char *table)
{
    struct prebleed_table_row row;
    int name_width = 0, kind_width = 0;

    for (size_t i = 0; prebleed_table_row(table, i, &row); i++) {
        int name_size = (int)strlen(row.name), kind_size = (int)strlen(row.kind);
        name_width = name_size > name_width ? name_size : name_width;
        kind_width = kind_size > kind_width ? kind_size : kind_width;
    }
    int indent = name_width + kind_width + 4;
    bool has_columns = indent <= WIDTH - 28;
    for (size_t i = 0; prebleed_table_row(table, i, &row); i++) {
        int column = has_columns ? indent : 4;
        if (has_columns) {
            printf("%-*s  %-*s  ", name_width, row.name, kind_width, row.kind);
        } else {
            printf("%s\n%*s", row.name, column, "");
            print_words(row.kind, 4, &column);
            printf("\n%*s", column = 4, "");
        }
        print_words(row.title, has_columns ? indent : 4, &column);
        putchar('\n');
    }
}

static void print_version(void)
{
    struct prebleed_table_row row;
    char sandbox[PB_SANDBOX_BYTES];

    pb_sandbox_describe(sandbox);
    printf("prebleed %s\n"
           "MIT License: free to use, change and pass on, without any warranty.\n",
           prebleed_version());
    for (size_t i = 0; prebleed_table_row("libraries", i, &row); i++)
        printf("%-11s %s\n", row.name, row.kind);
    printf("sandbox     %s\n", sandbox);
}

enum prebleed_status pb_information_print(const struct pb_options *options,
                                          struct prebleed_error *error)
{
    const char *asked = options->information;

    if (options->explanation)
        fputs(options->explanation, stdout);
    else if (strncmp(asked, "list-", 5) == 0)
        print_table(asked + 5);
    else if (strcmp(asked, "help") == 0)
        print_help();
    else
        print_version();
    if (fflush(stdout) != 0 || ferror(stdout))
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, "cannot write to standard output: %s",
                         strerror(errno));
    return PREBLEED_OK;
}

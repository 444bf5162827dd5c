/* SPDX-License-Identifier: MIT */
#include "cli/information.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/complain.h"
#include "cli/help.h"

static int wider(int width, const char *text)
{
    int size = (int)strlen(text);

    return size > width ? size : width;
}

static void print_table(const char *table)
{
    struct prebleed_table_row row;
    int name_width = 0;
    int kind_width = 0;

    for (size_t i = 0; prebleed_table_row(table, i, &row); i++) {
        name_width = wider(name_width, row.name);
        kind_width = wider(kind_width, row.kind);
    }
    for (size_t i = 0; prebleed_table_row(table, i, &row); i++)
        printf("%-*s  %-*s  %s\n", name_width, row.name, kind_width, row.kind, row.title);
}

static void print_explanation(const char *text)
{
    size_t size = strlen(text);

    fputs(text, stdout);
    if (size > 0 && text[size - 1] != '\n')
        putchar('\n');
}

static void print_version(void)
{
    printf("prebleed %s\n"
           "MIT License: free to use, change and pass on, without any warranty.\n",
           prebleed_version());
}

enum prebleed_status pb_information_print(const struct pb_options *options,
                                          struct prebleed_error *error)
{
    switch (options->information) {
    case PB_INFORMATION_NONE: break;
    case PB_INFORMATION_EXPLANATION: print_explanation(options->explanation); break;
    case PB_INFORMATION_FORMATS: print_table("formats"); break;
    case PB_INFORMATION_HELP: pb_help_print(stdout); break;
    case PB_INFORMATION_RULES: print_table("rules"); break;
    case PB_INFORMATION_SHAPES: print_table("shapes"); break;
    case PB_INFORMATION_VERSION: print_version(); break;
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, "cannot write to standard output: %s",
                         strerror(errno));
    return PREBLEED_OK;
}

/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <string.h>

#include "cli/options.h"

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

/* Prints what belongs together, on a line of its own where it does not fit. */
static void print_piece(FILE *stream, const char *text, int size, int *column)
{
    bool is_first = *column == HELP_COLUMN;

    if (!is_first && *column + 1 + size > WIDTH) {
        fprintf(stream, "\n%*s", HELP_COLUMN, "");
        *column = HELP_COLUMN;
        is_first = true;
    }
    fprintf(stream, "%s%.*s", is_first ? "" : " ", size, text);
    *column += size + !is_first;
}

static void print_words(FILE *stream, const char *text, int *column)
{
    while (*text != '\0') {
        int size = (int)strcspn(text, " ");
        print_piece(stream, text, size, column);
        text += size;
        text += strspn(text, " ");
    }
}

static void print_option(FILE *stream, const struct pb_option *option)
{
    char letter[] = "    ";
    char fallback[64] = "";
    int column = HELP_COLUMN;

    if (option->letter != '\0')
        memcpy(letter, (char[]){'-', option->letter, ',', ' '}, 4);
    int size = fprintf(stream, "  %s--%s%s%s", letter, option->name, option->argument ? " " : "",
                       option->argument ? option->argument : "");
    fprintf(stream, "%*s", HELP_COLUMN - size, "");
    print_words(stream, option->help, &column);
    if (option->fallback) {
        size = snprintf(fallback, sizeof fallback, "(default %s)", option->fallback);
        print_piece(stream, fallback, size, &column);
    }
    fputc('\n', stream);
}

void pb_help_print(FILE *stream)
{
    static const char *const titles[PB_GROUPS] = {
        [PB_GROUP_REPORTS] = "Reports",
        [PB_GROUP_JUDGING] = "Judging",
        [PB_GROUP_LIMITS] = "Limits",
        [PB_GROUP_ABOUT] = "About",
    };
    size_t count = 0;
    const struct pb_option *table = pb_option_table(&count);

    fputs(introduction, stream);
    for (int group = 0; group < PB_GROUPS; group++) {
        fprintf(stream, "\n%s:\n", titles[group]);
        for (size_t i = 0; i < count; i++)
            if ((int)table[i].group == group)
                print_option(stream, &table[i]);
    }
    fputs(conclusion, stream);
}

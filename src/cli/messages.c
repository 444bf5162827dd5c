/* SPDX-License-Identifier: MIT */
/* What the program says of its own: errors, suggestions for misspelt names, messages on standard
 * error, the help, which is made from the table of options and options.txt, and tables. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wctype.h>

#include "cli/cli.h"
#include "cli/sentences.inc"

enum prebleed_status pb_refuse(struct prebleed_error *error, enum prebleed_status status,
                               const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    error->status = status;
    return status;
}

enum prebleed_status pb_refuse_unknown(struct prebleed_error *error, const char *what,
                                       const char *prefix, const char *wanted, const char *nearest)
{
    return pb_refuse(error, PREBLEED_FAILED_USAGE, "unknown %s '%s%.200s'%s%s%s%s", what, prefix,
                     wanted, nearest ? "; did you mean '" : "", nearest ? prefix : "",
                     nearest ? nearest : "", nearest ? "'?" : "");
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that make
 * b of a, whatever the case; SIZE_MAX where they are too many for a typing error. An abbreviation
 * lacks many letters and is still meant. */
static size_t distance_of(const char *a, const char *b)
{
    enum { LONGEST_WORD = 40 }; /* longer ones are not compared */
    size_t cost[LONGEST_WORD + 1][LONGEST_WORD + 1], a_size = strlen(a), b_size = strlen(b);

    if (a_size == 0 || a_size > LONGEST_WORD || b_size > LONGEST_WORD)
        return SIZE_MAX;
    for (size_t i = 0; i <= a_size; i++)
        for (size_t k = 0; k <= b_size; k++) {
            cost[i][k] = i + k;
            if (i == 0 || k == 0)
                continue;
            size_t replaced = cost[i - 1][k - 1] + (strncasecmp(a + i - 1, b + k - 1, 1) != 0);
            cost[i][k] = smaller(replaced, smaller(cost[i - 1][k], cost[i][k - 1]) + 1);
            const char swapped[] = {b[k - 1], k > 1 ? b[k - 2] : '\0'};
            if (i > 1 && k > 1 && strncasecmp(a + i - 2, swapped, 2) == 0)
                cost[i][k] = smaller(cost[i][k], cost[i - 2][k - 2] + 1);
        }
    size_t distance = a_size > 1 && strncmp(a, b, a_size) == 0 ? smaller(cost[a_size][b_size], 1)
                                                               : cost[a_size][b_size];
    return distance * 3 <= (b_size > a_size ? b_size : a_size) ? distance : SIZE_MAX;
}

const char *pb_nearer(const char *wanted, const char *best, const char *candidate)
{
    size_t least = best ? distance_of(wanted, best) : SIZE_MAX;
    return distance_of(wanted, candidate) < least ? candidate : best;
}

void pb_message_print(const char *where, const char *message, const char *code)
{
    const char *const parts[] = {"prebleed: ", where ? where : "", where ? ": " : "", message};

    for (size_t i = 0, size; i < sizeof parts / sizeof parts[0]; i++)
        for (const char *text = parts[i]; *text != '\0'; text += size) {
            wchar_t wide;
            int length = mbtowc(&wide, text, MB_CUR_MAX);
            bool is_command = text[0] == '#' && text[1] == '#'; /* of build servers */
            size = length > 0 && iswprint((wint_t)wide) && !is_command ? (size_t)length : 0;
            fwrite(text, 1, size, stderr);
            if (size == 0)
                fprintf(stderr, "\\x%02X", (unsigned)(unsigned char)text[size++]);
        }
    if (code)
        fprintf(stderr, " [%s]", code);
    fputc('\n', stderr);
}

enum { HELP_COLUMN = 30, WIDTH = 80 };

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
        int size = (int)strcspn(text, " \n");
        print_piece(text, size, indent, column);
        text += size;
        text += strspn(text, " \n");
    }
}

/* The help: by turns the name of an option and its text; where no option has the name, the text is
 * printed as it is. First "", because the included text begins with a comma. */
static const char *const texts[] = {""
#include "cli/options.txt.inc"
};

static void print_option(const struct pb_option *option, const char *text)
{
    const char *value = option->value->name;
    char letter[] = "    ", fallback[64];
    int column = HELP_COLUMN;

    if (option->letter != '\0')
        memcpy(letter, (char[]){'-', option->letter, ',', ' '}, 4);
    int size = printf("  %s--%s%s%s", letter, option->name, value ? " " : "", value ? value : "");
    printf("%*s", HELP_COLUMN - size, "");
    print_words(text, HELP_COLUMN, &column);
    if (option->fallback) {
        size = snprintf(fallback, sizeof fallback, "(default %s)", option->fallback);
        print_piece(fallback, size, HELP_COLUMN, &column);
    }
    putchar('\n');
}

static void print_help(void)
{
    for (size_t i = 1; i < sizeof texts / sizeof texts[0]; i += 2) {
        const struct pb_option *option = pb_option_table;
        while (option->name && strcmp(option->name, texts[i]) != 0)
            option++;
        if (option->name)
            print_option(option, texts[i + 1]);
        else
            fputs(texts[i + 1], stdout);
    }
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
    printf("prebleed %s\n" PB_SAY_LICENSE "\n", prebleed_version());
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
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, PB_SAY_STDOUT_FAILED, strerror(errno));
    return PREBLEED_OK;
}

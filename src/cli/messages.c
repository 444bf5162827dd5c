/* SPDX-License-Identifier: MIT */
/* Errors, suggestions for misspelt names, and messages on standard error. */
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

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

/* Longer words are not compared, so that the table of distances stays small. */
enum { LONGEST_WORD = 40 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that make
 * b of a, whatever the case; both are at most LONGEST_WORD long. */
static size_t count_edits(const unsigned char *a, size_t a_size, const unsigned char *b,
                          size_t b_size)
{
    size_t cost[LONGEST_WORD + 1][LONGEST_WORD + 1];

    for (size_t i = 0; i <= a_size; i++)
        cost[i][0] = i;
    for (size_t k = 0; k <= b_size; k++)
        cost[0][k] = k;
    for (size_t i = 1; i <= a_size; i++) {
        for (size_t k = 1; k <= b_size; k++) {
            size_t replaced = tolower(a[i - 1]) != tolower(b[k - 1]);
            cost[i][k] =
                smaller(cost[i - 1][k - 1] + replaced, smaller(cost[i - 1][k], cost[i][k - 1]) + 1);
            if (i > 1 && k > 1 && tolower(a[i - 1]) == tolower(b[k - 2]) &&
                tolower(a[i - 2]) == tolower(b[k - 1]))
                cost[i][k] = smaller(cost[i][k], cost[i - 2][k - 2] + 1);
        }
    }
    return cost[a_size][b_size];
}

/* SIZE_MAX where the candidate is too far from what was wanted to be meant. */
static size_t distance_of(const char *wanted, const char *candidate)
{
    size_t wanted_size = strlen(wanted), size = strlen(candidate);

    if (wanted_size == 0 || wanted_size > LONGEST_WORD || size > LONGEST_WORD)
        return SIZE_MAX;
    size_t distance = count_edits((const unsigned char *)wanted, wanted_size,
                                  (const unsigned char *)candidate, size);
    /* An abbreviation lacks many letters and is still meant. */
    if (wanted_size > 1 && strncmp(wanted, candidate, wanted_size) == 0)
        distance = smaller(distance, 1);
    return distance * 3 <= (size > wanted_size ? size : wanted_size) ? distance : SIZE_MAX;
}

const char *pb_nearer(const char *wanted, const char *best, const char *candidate)
{
    size_t least = best ? distance_of(wanted, best) : SIZE_MAX;

    return distance_of(wanted, candidate) < least ? candidate : best;
}

/* The length of the printable UTF-8 sequence (RFC 3629, section 4) at text, 0 where there is none:
 * neither C0, DEL nor C1. */
static size_t printable_size(const unsigned char *text)
{
    static const uint32_t least[] = {0, 0x20, 0xa0, 0x800, 0x10000}; /* of so many bytes */
    size_t size = *text < 0x80 ? 1 : *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;
    uint32_t character = size == 1 ? *text : *text & (0x7fu >> size);

    if ((*text >= 0x80 && *text < 0xc2) || *text > 0xf4)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3fu);
    }
    bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
    return character < least[size] || character == 0x7f || is_surrogate || character > 0x10ffff
               ? 0
               : size;
}

void pb_message_print(const char *where, const char *message, const char *code)
{
    const char *const parts[] = {"prebleed: ", where ? where : "", where ? ": " : "", message};

    for (size_t i = 0, size; i < sizeof parts / sizeof parts[0]; i++)
        for (const char *text = parts[i]; *text != '\0'; text += size) {
            size = printable_size((const unsigned char *)text);
            if (size > 0)
                fwrite(text, 1, size, stderr);
            else
                fprintf(stderr, "\\x%02X", (unsigned)(unsigned char)*text);
            size += size == 0;
        }
    if (code)
        fprintf(stderr, " [%s]", code);
    fputc('\n', stderr);
}

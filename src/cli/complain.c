/* SPDX-License-Identifier: MIT */
#include "cli/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
    if (!nearest)
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "unknown %s '%s%.200s'", what, prefix,
                         wanted);
    return pb_refuse(error, PREBLEED_FAILED_USAGE, "unknown %s '%s%.200s'; did you mean '%s%s'?",
                     what, prefix, wanted, prefix, nearest);
}

/* The length of the printable UTF-8 sequence (RFC 3629, section 4) at text, 0 where there is none:
 * neither C0, DEL nor C1. */
static size_t printable_size(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, second_first, second_last, size;
    } forms[] = {
        {0x20, 0x7e, 0, 0, 1},       {0xc2, 0xc2, 0xa0, 0xbf, 2}, {0xc3, 0xdf, 0x80, 0xbf, 2},
        {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
        {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
        {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first || text[0] > forms[i].last)
            continue;
        if (forms[i].size == 1)
            return 1;
        if (text[1] < forms[i].second_first || text[1] > forms[i].second_last)
            return 0;
        for (size_t k = 2; k < forms[i].size; k++)
            if ((text[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].size;
    }
    return 0;
}

static void print_safely(const char *message)
{
    const unsigned char *text = (const unsigned char *)message;

    while (*text != '\0') {
        size_t size = printable_size(text);
        if (size == 0)
            fprintf(stderr, "\\x%02X", *text);
        else
            fwrite(text, 1, size, stderr);
        text += size == 0 ? 1 : size;
    }
}

void pb_complain(const char *message)
{
    fputs("prebleed: ", stderr);
    print_safely(message);
    fputc('\n', stderr);
}

void pb_complain_of(const char *where, const char *message, const char *code)
{
    fputs("prebleed: ", stderr);
    if (where) {
        print_safely(where);
        fputs(": ", stderr);
    }
    print_safely(message);
    fprintf(stderr, " [%s]\n", code);
}

/* SPDX-License-Identifier: MIT */
#include "cli/values.h"

#include <stddef.h>
#include <string.h>

/* Reads the digits at *text and moves it behind them. */
static bool read_digits(const char **text, uint64_t maximum, uint64_t *number)
{
    const char *cursor = *text;
    uint64_t sum = 0;

    for (; *cursor >= '0' && *cursor <= '9'; cursor++) {
        uint64_t digit = (uint64_t)(*cursor - '0');
        if (digit > maximum || sum > (maximum - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (cursor == *text)
        return false;
    *text = cursor;
    *number = sum;
    return true;
}

bool pb_value_parse_number(const char *text, uint64_t maximum, uint64_t *number)
{
    return read_digits(&text, maximum, number) && *text == '\0';
}

bool pb_value_parse_size(const char *text, uint64_t *size_bytes)
{
    static const struct {
        const char *name;
        unsigned shift;
    } units[] = {
        {"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30},
    };
    uint64_t number = 0;

    if (!read_digits(&text, UINT64_MAX, &number) || number == 0)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].name) != 0)
            continue;
        if (number > UINT64_MAX >> units[i].shift)
            return false;
        *size_bytes = number << units[i].shift;
        return true;
    }
    return false;
}

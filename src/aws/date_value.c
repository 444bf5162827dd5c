/* SPDX-License-Identifier: MIT */
/* Dates as JSON values: numbers, and the objects that PowerShell and placebo put around them. */
#include "aws/date.h"

#include <stdio.h>

#include "inventory/types.h"

#define FIRST_SECOND_OF_2006 1136073600
#define FIRST_MILLISECONDS 1e11
#define LARGEST_SECONDS 253402300800.0 /* 10000-01-01T00:00:00Z */
#define MOST_FRACTION_DIGITS 9

/* A number of seconds taken apart without binary noise. */
struct decimal {
    int64_t whole;
    int64_t fraction; /* of 10^digits */
    unsigned digits;
};

/*
 * The shortest decimal that the double stands for. whole and rest are exact, so the first count of
 * digits whose sum gives the double again is the one that was written.
 */
static struct decimal shortest_decimal(double number)
{
    int64_t whole = (int64_t)number;
    double rest = number - (double)whole;
    int64_t scale = 1;

    for (unsigned digits = 0; digits <= MOST_FRACTION_DIGITS; digits++, scale *= 10) {
        int64_t fraction = (int64_t)(rest * (double)scale + 0.5);
        if (fraction < scale && (double)whole + (double)fraction / (double)scale == number)
            return (struct decimal){whole, fraction, digits};
    }
    scale /= 10;
    return (struct decimal){whole, (int64_t)(rest * (double)scale), MOST_FRACTION_DIGITS};
}

static int64_t power_of_ten(unsigned exponent)
{
    int64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

static void seconds_to_date(const struct decimal *seconds, struct pb_date *date)
{
    date->state = PB_DATE_EXACT;
    date->instant.seconds = seconds->whole;
    date->instant.nanoseconds =
        (int32_t)(seconds->fraction * power_of_ten(MOST_FRACTION_DIGITS - seconds->digits));
    date->fraction_digits = (uint8_t)seconds->digits;
}

/* A fraction of a millisecond is kept to the nanosecond. */
static void milliseconds_to_date(const struct decimal *milliseconds, struct pb_date *date)
{
    unsigned digits = milliseconds->digits > 6 ? 6 : milliseconds->digits;
    int64_t fraction = milliseconds->fraction / power_of_ten(milliseconds->digits - digits);

    date->state = PB_DATE_EXACT;
    date->instant.seconds = milliseconds->whole / 1000;
    date->instant.nanoseconds =
        (int32_t)(milliseconds->whole % 1000 * 1000000 + fraction * power_of_ten(6 - digits));
    date->fraction_digits = (uint8_t)(3 + digits);
}

/* printf's %g would take the decimal point from the locale. */
static bool spell_number(double number, bool is_integer, struct pb_arena *arena,
                         struct pb_slice *text)
{
    char digits[400];
    double size = number < 0 ? -number : number;
    int length;

    if (is_integer || size >= 1e15) {
        length = snprintf(digits, sizeof digits, "%.0f", number);
    } else {
        struct decimal decimal = shortest_decimal(size);
        int width = decimal.digits > 0 ? (int)decimal.digits : 1;
        length = snprintf(digits, sizeof digits, "%s%lld.%0*lld", number < 0 ? "-" : "",
                          (long long)decimal.whole, width, (long long)decimal.fraction);
    }
    return pb_arena_copy(arena, (struct pb_slice){digits, (size_t)length}, text);
}

static enum pb_status date_from_number(const struct pb_json *value, struct pb_arena *arena,
                                       struct pb_date *date, enum pb_date_fault *fault)
{
    double number = 0;

    pb_json_real(value, &number);
    bool is_milliseconds = number >= FIRST_MILLISECONDS;
    double seconds = is_milliseconds ? number / 1000 : number;
    if (seconds < FIRST_SECOND_OF_2006 || seconds >= LARGEST_SECONDS) {
        *fault = PB_DATE_IMPLAUSIBLE;
        date->state = PB_DATE_UNPARSEABLE;
    } else {
        struct decimal decimal = shortest_decimal(number);
        if (is_milliseconds)
            milliseconds_to_date(&decimal, date);
        else
            seconds_to_date(&decimal, date);
    }
    bool is_integer = pb_json_type(value) == PB_JSON_INTEGER;
    struct pb_slice text;
    if (!spell_number(number, is_integer, arena, &text))
        return PB_FAILED_MEMORY;
    pb_date_spell(date, text);
    return PB_OK;
}

static bool keep_spelling(struct pb_date *date, struct pb_arena *arena)
{
    struct pb_slice spelling = {date->spelling, date->spelling_bytes};
    bool is_copied = pb_arena_copy(arena, spelling, &spelling);

    date->spelling = spelling.data;
    return is_copied;
}

static enum pb_status date_from_string(const struct pb_json *value, struct pb_arena *arena,
                                       struct pb_date *date, enum pb_date_fault *fault)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    pb_json_string(value, &text);
    *date = pb_date_from_text(text);
    if (date->state == PB_DATE_UNPARSEABLE)
        *fault = PB_DATE_UNREADABLE;
    return keep_spelling(date, arena) ? PB_OK : PB_FAILED_MEMORY;
}

static bool is_int_member(const struct pb_json *object, const char *key, int most, int *out)
{
    int64_t number;

    if (!pb_json_integer(pb_json_find(object, key), &number) || number < 0 || number > most)
        return false;
    *out = (int)number;
    return true;
}

/* placebo writes a datetime member by member, and leaves the zone out. */
static enum pb_status date_from_placebo(const struct pb_json *value, struct pb_arena *arena,
                                        struct pb_date *date, enum pb_date_fault *fault)
{
    struct pb_civil civil = {0};
    int microsecond = 0;
    char text[40];

    bool is_date = is_int_member(value, "year", 9999, &civil.year) &&
                   is_int_member(value, "month", 12, &civil.month) &&
                   is_int_member(value, "day", 31, &civil.day) &&
                   is_int_member(value, "hour", 23, &civil.hour) &&
                   is_int_member(value, "minute", 59, &civil.minute) &&
                   is_int_member(value, "second", 59, &civil.second);
    if (!is_date) {
        *fault = PB_DATE_UNREADABLE;
        date->state = PB_DATE_UNPARSEABLE;
        return PB_OK;
    }
    is_int_member(value, "microsecond", 999999, &microsecond);
    int length =
        snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06d", civil.year, civil.month,
                 civil.day, civil.hour, civil.minute, civil.second, microsecond);
    if (microsecond == 0)
        length -= 7;
    *date = pb_date_from_text((struct pb_slice){text, (size_t)length});
    if (date->state == PB_DATE_UNPARSEABLE)
        *fault = PB_DATE_UNREADABLE;
    return keep_spelling(date, arena) ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_date_from_json(const struct pb_json *value, struct pb_arena *arena,
                                 struct pb_date *date, enum pb_date_fault *fault)
{
    *date = (struct pb_date){.state = PB_DATE_ABSENT};
    *fault = PB_DATE_FINE;
    if (pb_json_type(value) == PB_JSON_OBJECT && pb_json_find(value, "__class__") != NULL)
        return date_from_placebo(value, arena, date, fault);
    if (pb_json_type(value) == PB_JSON_OBJECT &&
        pb_json_type(pb_json_find(value, "value")) == PB_JSON_STRING)
        value = pb_json_find(value, "value");
    switch (pb_json_type(value)) {
    case PB_JSON_ABSENT:
    case PB_JSON_NULL: return PB_OK;
    case PB_JSON_STRING: return date_from_string(value, arena, date, fault);
    case PB_JSON_INTEGER:
    case PB_JSON_REAL: return date_from_number(value, arena, date, fault);
    case PB_JSON_BOOLEAN:
    case PB_JSON_ARRAY:
    case PB_JSON_OBJECT: break;
    }
    *fault = PB_DATE_NO_DATE;
    date->state = PB_DATE_UNPARSEABLE;
    return PB_OK;
}

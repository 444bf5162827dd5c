/* SPDX-License-Identifier: MIT */
/* Reads dates as AWS clients print them: texts, numbers, PowerShell's and placebo's objects. */
#include <stdlib.h>

#include "aws/context.h"

#define MOST_FRACTION_DIGITS 9
#define FIRST_MILLISECONDS 1e11
#define LARGEST_SECONDS 253402300800.0 /* 10000-01-01T00:00:00Z */
#define FIRST_YEAR 2006                /* when AWS began */
#define MONTHS 12
/* A time is at most so far from its year. */
#define DATE_REACH_BYTES 24
#define LONGEST_DAY_BYTES 15 /* "September 12, " */
/* 0001-01-01T00:00:00 is the value of an unset DateTime in .NET. */
#define DOTNET_ABSENT_SECONDS INT64_C(-62135596800)

struct parts {
    struct pb_civil civil;
    int32_t nanoseconds;
    int offset_seconds;
    size_t fraction_digits;
    bool has_time, has_zone;
    bool needs_half; /* has an hour of one digit, which needs AM or PM */
};

static bool take_clock(struct pb_slice *text, struct parts *parts, size_t fewest_hour_digits)
{
    parts->has_time = true;
    return pb_take_clock(text, fewest_hour_digits, &parts->civil, &parts->nanoseconds,
                         &parts->fraction_digits);
}

/* "CEST": its offset is not known, so the date has no zone. */
static bool is_zone_name(struct pb_slice part)
{
    size_t capitals = pb_skip(part, 0, PB_CAPITALS);
    return capitals == part.size_bytes && capitals >= 3 && capitals <= 5;
}

static bool take_zone(struct pb_slice *text, struct parts *parts)
{
    *text = pb_slice_trim(*text);
    if (text->size_bytes == 0)
        return true;
    struct pb_slice name = pb_slice_first(*text, 3);
    if (pb_is_word(name, "UTC") || pb_is_word(name, "GMT")) {
        *text = pb_slice_from(*text, name.size_bytes);
    } else if (!pb_take_byte(text, "Zz")) {
        /* Ruby and Go print a blank before the offset, and Go the zone's name after it. */
        struct pb_slice offset = pb_take_part(text, " ");
        *text = pb_slice_trim(*text);
        if (!pb_take_offset(&offset, &parts->offset_seconds) || offset.size_bytes > 0 ||
            (text->size_bytes > 0 && !is_zone_name(*text)))
            return false;
        *text = PB_SLICE("");
    }
    parts->has_zone = text->size_bytes == 0;
    return parts->has_zone;
}

static bool take_iso(struct pb_slice text, struct parts *parts)
{
    if (!pb_take_number(&text, 4, 4, &parts->civil.year))
        return false;
    bool is_extended = pb_take_byte(&text, "-");
    if (!pb_take_number(&text, 2, 2, &parts->civil.month) ||
        pb_take_byte(&text, "-") != is_extended || !pb_take_number(&text, 2, 2, &parts->civil.day))
        return false;
    if (text.size_bytes == 0) /* eight digits are a date only in 20xx */
        return is_extended || parts->civil.year / 100 == 20;
    return pb_take_byte(&text, "Tt ") && take_clock(&text, parts, 2) && take_zone(&text, parts);
}

/* 1 to 12 for a month in English, more for a day of the week, whole or three letters; else 0. */
static int number_of_name(struct pb_slice word)
{
    static const char *const names[] = {
        "January",   "February",  "March",   "April",    "May",      "June",   "July",
        "August",    "September", "October", "November", "December", "Monday", "Tuesday",
        "Wednesday", "Thursday",  "Friday",  "Saturday", "Sunday"};

    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++) {
        struct pb_slice name = pb_slice_from_string(names[i]);
        if (pb_slice_equals_ignoring_case(word, name) ||
            pb_slice_equals_ignoring_case(word, pb_slice_first(name, 3)))
            return i + 1;
    }
    return 0;
}

static bool read_digits(struct pb_slice part, struct parts *parts)
{
    size_t size = part.size_bytes, colon = pb_slice_find(part, PB_SLICE(":"), 0);

    parts->needs_half |= colon == 1;
    if (colon != SIZE_MAX)
        return !parts->has_time && take_clock(&part, parts, 1) && part.size_bytes == 0;
    if (size == 4)
        return parts->civil.year == 0 && pb_take_number(&part, 4, 4, &parts->civil.year) &&
               part.size_bytes == 0;
    return parts->civil.day == 0 && pb_take_number(&part, 1, 2, &parts->civil.day) &&
           part.size_bytes == 0;
}

static bool read_part(struct pb_slice part, struct parts *parts)
{
    bool is_afternoon = pb_is_word(part, "PM");
    struct pb_slice zone = part;
    int number = number_of_name(part);

    if (pb_is_digit(part.data[0]))
        return read_digits(part, parts);
    if (number > 0 && number <= MONTHS && parts->civil.month == 0) {
        parts->civil.month = number;
        return true;
    }
    if (!parts->has_time || parts->has_zone)
        return number > MONTHS;
    if (!is_afternoon && !pb_is_word(part, "AM"))
        return take_zone(&zone, parts) || is_zone_name(part);
    parts->needs_half = parts->civil.hour < 1 || parts->civil.hour > 12;
    parts->civil.hour = parts->civil.hour % 12 + (is_afternoon ? 12 : 0);
    return true;
}

/* The words of a date in English, in any order: RFC 1123's "Thu, 02 May 2013 10:00:00 GMT", Java's
 * "Thu May 02 10:00:00 UTC 2013", CloudTrail's and Gson's "May 2, 2013, 10:00:00 AM". */
static bool take_english(struct pb_slice text, struct parts *parts)
{
    static const char separators[] = " ,\t\xc2\xa0\xe2\x80\xaf"; /* U+00A0 and U+202F, too */
    struct pb_slice part;

    while ((part = pb_take_part(&text, separators)).size_bytes > 0)
        if (!read_part(part, parts))
            return false;
    return parts->civil.month > 0 && parts->civil.day > 0 && parts->civil.year > 0 &&
           !parts->needs_half;
}

static bool set_parts(const struct parts *parts, struct pb_date *date)
{
    struct pb_instant local;

    if (!pb_instant_from_civil(&parts->civil, &local))
        return false;
    if (local.seconds == DOTNET_ABSENT_SECONDS && parts->nanoseconds == 0) {
        *date = (struct pb_date){.state = PB_DATE_ABSENT};
        return true;
    }
    if (!pb_instant_add_seconds(local, -parts->offset_seconds, &date->instant))
        return false;
    date->instant.nanoseconds = parts->nanoseconds;
    date->fraction_digits =
        (uint8_t)(parts->fraction_digits < MOST_FRACTION_DIGITS ? parts->fraction_digits
                                                                : MOST_FRACTION_DIGITS);
    date->state = !parts->has_time   ? PB_DATE_WITHOUT_TIME
                  : !parts->has_zone ? PB_DATE_WITHOUT_ZONE
                                     : PB_DATE_EXACT;
    return true;
}

/* Sets the date from a count of units since 1970 (per_second: 1 or 1000) and the billionths of a
 * unit after it, of which so many digits were printed. False for years that no date has. */
static bool set_count(int64_t count, int per_second, int32_t billionths, size_t digits,
                      struct pb_date *date)
{
    int rest = (int)(count % per_second);
    struct pb_civil civil;
    date->state = PB_DATE_EXACT;
    date->instant.seconds = count / per_second - (rest < 0);
    rest += rest < 0 ? per_second : 0;
    date->instant.nanoseconds = rest * (1000000000 / per_second) + billionths / per_second;
    date->fraction_digits = (uint8_t)(digits + (per_second > 1 ? 3 : 0));
    return pb_instant_to_civil(date->instant, &civil);
}

/* "/Date(1367488800000+0200)/": the count is in UTC, and the offset does not change it. */
static bool take_dotnet(struct pb_slice text, struct pb_date *date)
{
    char *end;
    int offset_seconds;

    if (!pb_begins(text, "/Date(") || !pb_ends(text, ")/"))
        return false;
    const char *begin = text.data + 6;
    long long milliseconds = strtoll(begin, &end, 10); /* the end is not behind the ')' */
    struct pb_slice offset = {end, (size_t)(text.data + text.size_bytes - 2 - end)};
    if (end == begin || (offset.size_bytes > 0 &&
                         (!pb_take_offset(&offset, &offset_seconds) || offset.size_bytes > 0)))
        return false;
    if (milliseconds != DOTNET_ABSENT_SECONDS * 1000)
        return set_count(milliseconds, 1000, 0, 0, date);
    *date = (struct pb_date){.state = PB_DATE_ABSENT};
    return true;
}

struct pb_date pb_date_from_text(struct pb_slice text)
{
    struct pb_slice trimmed = pb_slice_trim(text);
    struct pb_date date = {.state = PB_DATE_ABSENT};
    struct parts iso = {0}, english = {0};

    if (trimmed.size_bytes == 0)
        return date;
    bool is_date = (take_iso(trimmed, &iso) && set_parts(&iso, &date)) ||
                   (take_english(trimmed, &english) && set_parts(&english, &date)) ||
                   take_dotnet(trimmed, &date);
    if (!is_date)
        date = (struct pb_date){.state = PB_DATE_UNPARSEABLE};
    if (date.state != PB_DATE_ABSENT)
        pb_date_spell(&date, text);
    return date;
}

/* The units in a second: 1 or 1000; 0 if the number is neither count between 2006 and 9999. */
static int units_of(double number)
{
    int units = number >= FIRST_MILLISECONDS ? 1000 : 1;
    return number / units >= PB_EARLIEST_SECOND && number / units < LARGEST_SECONDS ? units : 0;
}

static struct pb_date date_of_number(double number, struct pb_slice text)
{
    int per_second = units_of(number);
    struct pb_slice fraction = pb_slice_from(text, pb_slice_find(text, PB_SLICE("."), 0));
    struct pb_date date = {.state = PB_DATE_UNPARSEABLE};
    int32_t billionths = 0;
    size_t digits = pb_take_byte(&fraction, ".") ? pb_take_fraction(&fraction, &billionths) : 0;

    if (per_second > 0)
        set_count((int64_t)number, per_second, billionths, billionths > 0 ? digits : 0, &date);
    pb_date_spell(&date, text);
    return date;
}

/* placebo writes a datetime as an object of its members, without the zone. */
static void print_placebo(const struct pb_json *value, struct pb_buffer *text)
{
    static const char *const keys[] = {"year", "month", "day", "hour", "minute", "second"};
    int64_t number;

    for (int i = 0; i < 6; i++) {
        if (!pb_json_integer(pb_json_find(value, keys[i]), &number))
            number = -1; /* no date */
        pb_buffer_append_format(text, "%0*lld%.1s", i > 0 ? 2 : 4, (long long)number, &"--T::"[i]);
    }
    if (pb_json_integer(pb_json_find(value, "microsecond"), &number) && number > 0)
        pb_buffer_append_format(text, ".%06lld", (long long)number);
}

bool pb_date_from_json(const struct pb_json *value, struct pb_arena *arena, struct pb_date *date)
{
    char room[PB_JSON_NUMBER_BYTES];
    struct pb_buffer made = {0};
    struct pb_slice text = PB_SLICE_ABSENT;
    double number;

    if (pb_json_find(value, "__class__") != NULL)
        print_placebo(value, &made);
    if (pb_json_real(value, &number))
        *date = date_of_number(number, pb_json_print_number(value, room));
    else if (made.size_bytes > 0 || pb_json_string(value, &text) ||
             pb_json_string(pb_json_find(value, "value"), &text))
        *date = pb_date_from_text(made.size_bytes > 0 ? pb_buffer_slice(&made) : text);
    else
        *date = (struct pb_date){.state = pb_json_type(value) > PB_JSON_NULL ? PB_DATE_UNPARSEABLE
                                                                             : PB_DATE_ABSENT};
    struct pb_slice spelling = {date->spelling, date->spelling_bytes};
    date->spelling = pb_arena_copy(arena, spelling).data;
    arena->has_failed |= made.has_failed;
    pb_buffer_release(&made);
    return !arena->has_failed;
}

static bool is_digit(struct pb_slice text, size_t at)
{
    return at < text.size_bytes && pb_is_digit(text.data[at]);
}

/* The year at the offset has a day or a time near it, for alone it is no date: 2013-06-12,
 * 12/06/2013, (2013, 6, 12), June 12, 2013, Wed Jun 12 16:46:59 UTC 2013. */
static bool is_dated(struct pb_slice text, size_t year)
{
    size_t end = year + 4, begin = year > DATE_REACH_BYTES ? year - DATE_REACH_BYTES : 0;
    bool is_parted = pb_skip(text, end, "-/,.") > end;
    bool is_spaced = is_parted && end + 1 < text.size_bytes && text.data[end + 1] == ' ';
    bool has_month = false, has_day = false;

    if ((is_parted && is_digit(text, end + 1 + is_spaced)) ||
        (year > 1 && pb_skip(text, year - 1, "-/.") >= year && is_digit(text, year - 2)))
        return true;
    for (size_t at = begin; at < end + DATE_REACH_BYTES; at++)
        if (is_digit(text, at) && is_digit(text, at + 2) && text.data[at + 1] == ':')
            return true;
    for (begin = year > LONGEST_DAY_BYTES ? year - LONGEST_DAY_BYTES : 0; begin < year; begin++) {
        int name = number_of_name(pb_slice_first(pb_slice_from(text, begin), 3));
        has_month |= name > 0 && name <= MONTHS;
        has_day |= is_digit(text, begin);
    }
    return has_month && has_day;
}

bool pb_text_has_date(struct pb_slice text, int last_year)
{
    for (size_t at = 0; pb_find_next(text, "2", &at); at++) {
        struct pb_slice rest = pb_slice_from(text, at);
        int year, day;
        if ((at == 0 || !pb_is_alphanumeric(text.data[at - 1])) &&
            pb_take_number(&rest, 4, 4, &year) && year >= FIRST_YEAR && year <= last_year &&
            (((rest.size_bytes == 0 || !pb_is_alphanumeric(rest.data[0])) && is_dated(text, at)) ||
             (pb_take_number(&rest, 4, 4, &day) && pb_take_byte(&rest, "T") && is_digit(rest, 0))))
            return true;
    }
    return false;
}

bool pb_json_has_date(const struct pb_json *value, int last_year)
{
    struct pb_slice text;
    struct pb_civil civil;
    double number = 0;

    if (pb_json_string(value, &text))
        return text.size_bytes <= PB_LONGEST_DATE_BYTES && pb_text_has_date(text, last_year);
    pb_json_real(value, &number);
    int units = units_of(number);
    return units > 0 &&
           pb_instant_to_civil((struct pb_instant){.seconds = (int64_t)number / units}, &civil) &&
           civil.year <= last_year;
}

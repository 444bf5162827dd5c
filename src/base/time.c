/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#define SECONDS_A_DAY 86400

/* Days from 1 January of year 1 to the month's first. Years begin in March: a leap day ends one. */
static int64_t days_before(int year, int month)
{
    int64_t past = month > 2 ? year : year - 1;
    int since_march = month > 2 ? month - 3 : month + 9;
    return past * 365 + past / 4 - past / 100 + past / 400 + (153 * since_march + 2) / 5 - 306;
}

#define DAYS_BEFORE_1970 719162

bool pb_instant_from_civil(const struct pb_civil *civil, struct pb_instant *instant)
{
    if (civil->year < 1 || civil->year > 9999 || civil->month < 1 || civil->month > 12)
        return false;
    int64_t first = days_before(civil->year, civil->month);
    int64_t next = days_before(civil->year + civil->month / 12, civil->month % 12 + 1);
    if (civil->day < 1 || civil->day > next - first || civil->hour < 0 || civil->hour > 23 ||
        civil->minute < 0 || civil->minute > 59 || civil->second < 0 || civil->second > 59)
        return false;
    instant->seconds = (first - DAYS_BEFORE_1970 + civil->day - 1) * SECONDS_A_DAY +
                       civil->hour * 3600 + civil->minute * 60 + civil->second;
    instant->nanoseconds = 0;
    return true;
}

#define FIRST_SECOND (-(int64_t)DAYS_BEFORE_1970 * SECONDS_A_DAY)

/* From 1 January of year 1 to 31 December of year 9999. */
static bool is_civil(struct pb_instant instant)
{
    return instant.seconds >= FIRST_SECOND &&
           instant.seconds < (days_before(10000, 1) - DAYS_BEFORE_1970) * SECONDS_A_DAY;
}

bool pb_instant_to_civil(struct pb_instant instant, struct pb_civil *civil)
{
    if (!is_civil(instant))
        return false;
    int64_t since = instant.seconds - FIRST_SECOND;
    int64_t day = since / SECONDS_A_DAY;
    int clock = (int)(since % SECONDS_A_DAY);
    int year = (int)(day * 4 / 1461) + 1; /* never too late; the loop adds what is missing */
    while (days_before(year + 1, 1) <= day)
        year++;
    int month = (int)(day - days_before(year, 1)) / 32 + 1; /* the right one or the one before */
    if (month < 12 && days_before(year, month + 1) <= day)
        month++;
    int rest = (int)(day - days_before(year, month));
    *civil = (struct pb_civil){year, month, rest + 1, clock / 3600, clock / 60 % 60, clock % 60};
    return true;
}

int pb_instant_compare(struct pb_instant a, struct pb_instant b)
{
    int order = (a.seconds > b.seconds) - (a.seconds < b.seconds);
    return order != 0 ? order : (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

bool pb_instant_add_seconds(struct pb_instant instant, int64_t seconds, struct pb_instant *sum)
{
    if (!is_civil(instant) || seconds > INT64_MAX / 2 || seconds < INT64_MIN / 2)
        return false;
    instant.seconds += seconds;
    if (!is_civil(instant))
        return false;
    *sum = instant;
    return true;
}

bool pb_take_number(struct pb_slice *text, size_t fewest, size_t most, int *value)
{
    size_t size = 0;
    for (*value = 0; size < most && size < text->size_bytes && pb_is_digit(text->data[size]);
         size++)
        *value = *value * 10 + (text->data[size] - '0');
    *text = pb_slice_from(*text, size);
    return size >= fewest;
}

bool pb_take_byte(struct pb_slice *text, const char *choices)
{
    if (text->size_bytes == 0 || text->data[0] == '\0' || strchr(choices, text->data[0]) == NULL)
        return false;
    *text = pb_slice_from(*text, 1);
    return true;
}

size_t pb_take_fraction(struct pb_slice *text, int32_t *nanoseconds)
{
    size_t count = 0;
    int digit;
    *nanoseconds = 0;
    for (int32_t unit = 100000000; pb_take_number(text, 1, 1, &digit); unit /= 10, count++)
        *nanoseconds += digit * unit;
    return count;
}

bool pb_take_clock(struct pb_slice *text, size_t fewest, struct pb_civil *civil,
                   int32_t *nanoseconds, size_t *fraction_digits)
{
    *nanoseconds = 0;
    *fraction_digits = 0;
    return pb_take_number(text, fewest, 2, &civil->hour) && pb_take_byte(text, ":") &&
           pb_take_number(text, 2, 2, &civil->minute) && pb_take_byte(text, ":") &&
           pb_take_number(text, 2, 2, &civil->second) &&
           (!pb_take_byte(text, ".") ||
            (*fraction_digits = pb_take_fraction(text, nanoseconds)) > 0);
}

bool pb_take_offset(struct pb_slice *text, int *offset_seconds)
{
    int hours = 0, minutes = 0;
    bool is_west = text->size_bytes > 0 && text->data[0] == '-';

    if (!pb_take_byte(text, "+-") || !pb_take_number(text, 2, 2, &hours))
        return false;
    if ((pb_take_byte(text, ":") || text->size_bytes > 0) && !pb_take_number(text, 2, 2, &minutes))
        return false;
    *offset_seconds = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
    return hours < 24 && minutes < 60;
}

static bool take_date(struct pb_slice *text, struct pb_civil *civil)
{
    return pb_take_number(text, 4, 4, &civil->year) && pb_take_byte(text, "-") &&
           pb_take_number(text, 2, 2, &civil->month) && pb_take_byte(text, "-") &&
           pb_take_number(text, 2, 2, &civil->day);
}

bool pb_instant_parse_rfc3339(struct pb_slice text, struct pb_instant *instant)
{
    struct pb_civil civil;
    struct pb_instant local;
    int32_t nanoseconds;
    size_t fraction_digits;
    int offset_seconds = 0;

    if (!take_date(&text, &civil) || !pb_take_byte(&text, "Tt ") ||
        !pb_take_clock(&text, 2, &civil, &nanoseconds, &fraction_digits) ||
        (!pb_take_byte(&text, "Zz") &&
         (text.size_bytes != strlen("+00:00") || !pb_take_offset(&text, &offset_seconds))) ||
        text.size_bytes > 0 || !pb_instant_from_civil(&civil, &local) ||
        !pb_instant_add_seconds(local, -offset_seconds, instant))
        return false;
    instant->nanoseconds = nanoseconds;
    return true;
}

bool pb_instant_parse_date(struct pb_slice text, struct pb_instant *instant)
{
    struct pb_civil civil = {0};
    return take_date(&text, &civil) && text.size_bytes == 0 &&
           pb_instant_from_civil(&civil, instant);
}

/* From the number's last digit into the zeros of the form; printf takes five times as long. */
static void put_digits(char *form, size_t size, int64_t number)
{
    while (size-- > 0)
        if (form[size] == '0') {
            form[size] = (char)('0' + number % 10);
            number /= 10;
        }
}

size_t pb_instant_spell(struct pb_instant instant, char spelling[PB_INSTANT_BYTES])
{
    size_t size = sizeof "2014-04-01T00:00:00" - 1;
    struct pb_civil civil;

    *spelling = '\0';
    if (!pb_instant_to_civil(instant, &civil))
        return 0;
    memcpy(spelling, "0000-00-00T00:00:00.000000000Z", PB_INSTANT_BYTES);
    put_digits(spelling, size,
               ((civil.year * INT64_C(100) + civil.month) * 100 + civil.day) * 1000000 +
                   civil.hour * 10000 + civil.minute * 100 + civil.second);
    if (instant.nanoseconds > 0) {
        put_digits(spelling + size, 10, instant.nanoseconds);
        for (size += 10; spelling[size - 1] == '0';)
            size--;
    }
    spelling[size] = 'Z';
    spelling[size + 1] = '\0';
    return size + 1;
}

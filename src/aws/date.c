/* SPDX-License-Identifier: MIT */
#include "aws/date.h"

#include "inventory/types.h"

#define MILLISECONDS 1000
#define MOST_FRACTION_DIGITS 9

/* A date's parts as they are met; the zone may be missing. */
struct parts {
    struct pb_civil civil;
    int32_t nanoseconds;
    int offset_seconds;
    uint8_t fraction_digits;
    bool has_time, has_zone;
};

static bool take_number(struct pb_slice *text, size_t fewest, size_t most, int *value)
{
    size_t size = 0;

    for (*value = 0; size < most && size < text->size_bytes; size++) {
        char byte = text->data[size];
        if (byte < '0' || byte > '9')
            break;
        *value = *value * 10 + (byte - '0');
    }
    *text = pb_slice_from(*text, size);
    return size >= fewest;
}

static bool take(struct pb_slice *text, const char *choices)
{
    for (; text->size_bytes > 0 && *choices != '\0'; choices++)
        if (text->data[0] == *choices) {
            *text = pb_slice_from(*text, 1);
            return true;
        }
    return false;
}

static bool take_word(struct pb_slice *text, struct pb_slice word)
{
    if (!pb_slice_equals_ignoring_case(pb_slice_first(*text, word.size_bytes), word))
        return false;
    *text = pb_slice_from(*text, word.size_bytes);
    return true;
}

static void skip_blanks(struct pb_slice *text)
{
    while (take(text, " "))
        continue;
}

static bool take_fraction(struct pb_slice *text, struct parts *parts)
{
    int32_t unit = 100000000;
    int digit;

    if (!take(text, "."))
        return true;
    if (text->size_bytes == 0 || text->data[0] < '0' || text->data[0] > '9')
        return false;
    for (; take_number(text, 1, 1, &digit); unit /= 10) {
        parts->nanoseconds += digit * unit;
        if (parts->fraction_digits < MOST_FRACTION_DIGITS)
            parts->fraction_digits++;
    }
    return true;
}

static bool take_clock(struct pb_slice *text, struct parts *parts, size_t fewest_hour_digits)
{
    parts->has_time = true;
    return take_number(text, fewest_hour_digits, 2, &parts->civil.hour) && take(text, ":") &&
           take_number(text, 2, 2, &parts->civil.minute) && take(text, ":") &&
           take_number(text, 2, 2, &parts->civil.second) && take_fraction(text, parts);
}

/* "+02:00", "+0200" and "+02"; Ruby and Go put a blank before it. */
static bool take_offset(struct pb_slice *text, int *offset_seconds)
{
    int hours = 0, minutes = 0;
    bool is_west = text->size_bytes > 0 && text->data[0] == '-';

    if (!take(text, "+-") || !take_number(text, 2, 2, &hours))
        return false;
    if (take(text, ":") || text->size_bytes > 0)
        if (!take_number(text, 2, 2, &minutes))
            return false;
    *offset_seconds = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
    return hours < 24 && minutes < 60;
}

static bool take_zone(struct pb_slice *text, struct parts *parts)
{
    skip_blanks(text);
    if (text->size_bytes == 0)
        return true;
    parts->has_zone = true;
    if (take_word(text, PB_SLICE("UTC")) || take_word(text, PB_SLICE("GMT")) || take(text, "Zz"))
        return text->size_bytes == 0;
    return take_offset(text, &parts->offset_seconds) && text->size_bytes == 0;
}

static bool take_iso(struct pb_slice text, struct parts *parts)
{
    if (!take_number(&text, 4, 4, &parts->civil.year) || !take(&text, "-") ||
        !take_number(&text, 2, 2, &parts->civil.month) || !take(&text, "-") ||
        !take_number(&text, 2, 2, &parts->civil.day))
        return false;
    if (text.size_bytes == 0)
        return true;
    return take(&text, "Tt ") && take_clock(&text, parts, 2) && take_zone(&text, parts);
}

static bool take_month_name(struct pb_slice *text, int *month)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    for (*month = 1; *month <= 12; ++*month)
        if (take_word(text, pb_slice_from_string(names[*month - 1])))
            return true;
    return false;
}

/* CloudTrail's "Mar 24, 2014 9:11:59 PM", as its record of CreateUser shows. */
static bool take_cloudtrail(struct pb_slice text, struct parts *parts)
{
    if (!take_month_name(&text, &parts->civil.month) || !take(&text, " ") ||
        !take_number(&text, 1, 2, &parts->civil.day) || !take(&text, ",") || !take(&text, " ") ||
        !take_number(&text, 4, 4, &parts->civil.year) || !take(&text, " ") ||
        !take_clock(&text, parts, 1) || parts->civil.hour < 1 || parts->civil.hour > 12)
        return false;
    skip_blanks(&text);
    bool is_afternoon = text.size_bytes > 0 && (text.data[0] == 'P' || text.data[0] == 'p');
    if (!take(&text, "AaPp") || !take(&text, "Mm"))
        return false;
    parts->civil.hour = parts->civil.hour % 12 + (is_afternoon ? 12 : 0);
    return take_zone(&text, parts);
}

/* .NET cannot leave a DateTime out: its first value stands for none. */
static bool is_dotnet_absent(const struct parts *parts)
{
    const struct pb_civil *civil = &parts->civil;

    return civil->year == 1 && civil->month == 1 && civil->day == 1 && civil->hour == 0 &&
           civil->minute == 0 && civil->second == 0 && parts->nanoseconds == 0;
}

static bool parts_to_date(const struct parts *parts, struct pb_date *date)
{
    struct pb_instant local;

    if (!pb_instant_from_civil(&parts->civil, &local))
        return false;
    if (is_dotnet_absent(parts)) {
        *date = (struct pb_date){.state = PB_DATE_ABSENT};
        return true;
    }
    if (!pb_instant_add_seconds(local, -parts->offset_seconds, &date->instant))
        return false;
    date->instant.nanoseconds = parts->nanoseconds;
    date->fraction_digits = parts->fraction_digits;
    date->state = !parts->has_time   ? PB_DATE_WITHOUT_TIME
                  : !parts->has_zone ? PB_DATE_WITHOUT_ZONE
                                     : PB_DATE_EXACT;
    return true;
}

#define DOTNET_ABSENT_MILLISECONDS INT64_C(-62135596800000)

static bool milliseconds_to_date(int64_t milliseconds, struct pb_date *date)
{
    struct pb_civil civil;
    int64_t seconds = milliseconds / MILLISECONDS;
    int64_t rest = milliseconds % MILLISECONDS;

    if (milliseconds == DOTNET_ABSENT_MILLISECONDS) {
        *date = (struct pb_date){.state = PB_DATE_ABSENT};
        return true;
    }
    if (rest < 0) {
        rest += MILLISECONDS;
        seconds--;
    }
    date->instant = (struct pb_instant){seconds, (int32_t)(rest * 1000000)};
    date->fraction_digits = 3;
    date->state = PB_DATE_EXACT;
    return pb_instant_to_civil(date->instant, &civil);
}

/* "/Date(1367488800000+0200)/": the offset tells where the clock stood and moves nothing. */
static bool take_dotnet(struct pb_slice text, struct pb_date *date)
{
    int64_t milliseconds = 0;
    int offset_seconds, digit;
    size_t digits = 0;

    if (!pb_slice_starts_with(text, PB_SLICE("/Date(")) ||
        !pb_slice_ends_with(text, PB_SLICE(")/")))
        return false;
    text = pb_slice_first(pb_slice_from(text, 6), text.size_bytes - 8);
    bool is_negative = take(&text, "-");
    for (; digits < 18 && take_number(&text, 1, 1, &digit); digits++)
        milliseconds = milliseconds * 10 + digit;
    if (digits == 0 ||
        (text.size_bytes > 0 && (!take_offset(&text, &offset_seconds) || text.size_bytes > 0)))
        return false;
    return milliseconds_to_date(is_negative ? -milliseconds : milliseconds, date);
}

struct pb_date pb_date_from_text(struct pb_slice text)
{
    struct pb_slice trimmed = pb_slice_trim(text);
    struct pb_date date = {.state = PB_DATE_ABSENT};
    struct parts iso = {0}, cloudtrail = {0};

    if (trimmed.size_bytes == 0)
        return date;
    bool is_date = (take_iso(trimmed, &iso) && parts_to_date(&iso, &date)) ||
                   (take_cloudtrail(trimmed, &cloudtrail) && parts_to_date(&cloudtrail, &date)) ||
                   take_dotnet(trimmed, &date);
    if (!is_date)
        date = (struct pb_date){.state = PB_DATE_UNPARSEABLE};
    if (date.state != PB_DATE_ABSENT)
        pb_date_spell(&date, text);
    return date;
}

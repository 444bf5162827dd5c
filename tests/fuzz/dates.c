/* SPDX-License-Identifier: MIT */
/* Dates: what is read is what the C library calls so, and is spelt and read again unchanged. */
#include "fuzz.h"

#include <stdio.h>
#include <time.h>

#include "aws/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_slice text = fuzz_slice(data, size);
    struct pb_date date = pb_date_from_text(text);
    char room[PB_INSTANT_BYTES], expected[80];
    struct pb_instant again;
    struct tm fields;

    if (!pb_date_is_known(&date)) { /* .NET's least date is none, in any time zone */
        assert_false(pb_instant_parse_rfc3339(text, &again) &&
                     !(pb_begins(pb_slice_trim(text), "0001-01-01") &&
                       pb_text_has(text, "00:00:00")));
        return 0;
    }
    time_t seconds = (time_t)date.instant.seconds;
    assert_in_range(date.instant.nanoseconds, 0, 999999999);
    assert_non_null(gmtime_r(&seconds, &fields));
    snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d", fields.tm_year + 1900,
             fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec);
    size_t spelt = pb_instant_spell(date.instant, room);
    assert_memory_equal(room, expected, 19);
    assert_true(pb_instant_parse_rfc3339((struct pb_slice){room, spelt}, &again));
    assert_int_equal(pb_instant_compare(again, date.instant), 0);
    assert_true(pb_instant_compare(pb_date_earliest(&date), date.instant) <= 0);
    assert_true(pb_instant_compare(pb_date_latest(&date), date.instant) >= 0);
    if (pb_instant_parse_rfc3339(text, &again))
        assert_int_equal(pb_instant_compare(again, date.instant), 0);
    return 0;
}

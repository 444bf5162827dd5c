/* SPDX-License-Identifier: MIT */
#include "x509/time.h"

#include <time.h>

#include <openssl/err.h>

/* ASN1_TIME_to_tm drops the fraction. Digits past the ninth are dropped here too. */
static int32_t read_fraction(const ASN1_TIME *time)
{
    struct pb_slice text = {(const char *)ASN1_STRING_get0_data(time),
                            (size_t)ASN1_STRING_length(time)};
    size_t at = pb_slice_find(text, PB_SLICE("."), 0);
    int32_t nanoseconds = 0;

    if (at == SIZE_MAX)
        return 0;
    for (int32_t unit = 100000000; unit > 0; unit /= 10) {
        at++;
        if (at >= text.size_bytes || text.data[at] < '0' || text.data[at] > '9')
            break;
        nanoseconds += (text.data[at] - '0') * unit;
    }
    return nanoseconds;
}

bool pb_x509_time_read(const ASN1_TIME *time, struct pb_instant *instant)
{
    struct tm tm;

    if (ASN1_TIME_to_tm(time, &tm) != 1) {
        ERR_clear_error();
        return false;
    }
    struct pb_civil civil = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                             tm.tm_hour,        tm.tm_min,     tm.tm_sec};
    if (!pb_instant_from_civil(&civil, instant))
        return false;
    instant->nanoseconds = read_fraction(time);
    return true;
}

/* SPDX-License-Identifier: MIT */
#include "json/decode.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/lanes.h"

#define ESCAPE_BYTES 6 /* of \uXXXX */

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* The UTF-16 code unit of a \uXXXX at the start, 0 where there is none. */
static uint32_t read_unit(struct pb_slice text)
{
    uint32_t unit = 0;

    if (text.size_bytes < ESCAPE_BYTES || text.data[0] != '\\' || text.data[1] != 'u')
        return 0;
    for (size_t i = 2; i < ESCAPE_BYTES; i++) {
        uint32_t digit = (unsigned char)text.data[i];
        unit = unit << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20u) - 'a' + 10);
    }
    return unit;
}

/* Writes the character as RFC 3629 section 3 spells it; returns where the next one goes. */
static char *put_character(char *out, uint32_t character)
{
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

    for (size_t i = size; i-- > 1; character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3F));
    out[0] = (char)(leads[size] | character);
    return out + size;
}

/* Writes what the \u escape at the start of the text stands for, and moves the text past it. */
static char *put_unit(char *out, struct pb_slice *text, size_t *lone_surrogates)
{
    uint32_t unit = read_unit(*text);

    *text = pb_slice_from(*text, ESCAPE_BYTES);
    if (is_high_surrogate(unit)) {
        uint32_t low = read_unit(*text);
        if (is_low_surrogate(low)) {
            *text = pb_slice_from(*text, ESCAPE_BYTES);
            return put_character(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        }
    }
    if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
        unit = 0xFFFD;
        ++*lone_surrogates;
    }
    return put_character(out, unit);
}

/* Copies up to the next backslash or the end; returns how much that was. There is as much room. */
static size_t copy_plain(char *out, struct pb_slice text)
{
    size_t size = 0;

    for (; text.size_bytes - size >= PB_LANES; size += PB_LANES) {
        pb_lanes lanes = pb_lanes_load(text.data + size);
        if (pb_lanes_any(pb_lanes_equal(lanes, '\\')))
            break;
        memcpy(out + size, &lanes, sizeof lanes);
    }
    for (; size < text.size_bytes && text.data[size] != '\\'; size++)
        out[size] = text.data[size];
    return size;
}

size_t pb_json_decode_string(struct pb_slice text, struct pb_buffer *buffer)
{
    static const char characters[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    size_t lone_surrogates = 0;
    /* No escape is shorter than what it stands for. */
    char *begin = pb_buffer_reserve(buffer, text.size_bytes);
    char *out = begin;

    if (begin == NULL)
        return 0;
    for (;;) {
        size_t plain = copy_plain(out, text);
        out += plain;
        text = pb_slice_from(text, plain);
        if (text.size_bytes < 2)
            break;
        if (text.data[1] == 'u') {
            out = put_unit(out, &text, &lone_surrogates);
        } else {
            *out++ = characters[(unsigned char)text.data[1]];
            text = pb_slice_from(text, 2);
        }
    }
    buffer->size_bytes += (size_t)(out - begin);
    return lone_surrogates;
}

bool pb_json_is_integer(struct pb_slice text)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] == '.' || text.data[i] == 'e' || text.data[i] == 'E')
            return false;
    return true;
}

bool pb_json_decode_integer(struct pb_slice text, int64_t *value)
{
    bool is_negative = text.data[0] == '-';
    /* INT64_MIN has no positive counterpart, so the digits are gathered below zero. */
    int64_t negated = 0;

    for (size_t i = is_negative; i < text.size_bytes; i++) {
        int digit = text.data[i] - '0';
        if (negated < (INT64_MIN + digit) / 10)
            return false;
        negated = negated * 10 - digit;
    }
    if (!is_negative && negated == INT64_MIN)
        return false;
    *value = is_negative ? negated : -negated;
    return true;
}

bool pb_json_decode_real(struct pb_slice text, struct pb_buffer *scratch, double *value,
                         bool *is_finite)
{
    pb_buffer_clear(scratch);
    pb_buffer_append(scratch, text);
    pb_buffer_append_byte(scratch, '\0');
    /* strtod expects the decimal point of the thread's locale, which the process may have set. */
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (scratch->has_failed || plain == (locale_t)0) {
        if (plain != (locale_t)0)
            freelocale(plain);
        return false;
    }
    locale_t previous = uselocale(plain);
    *value = strtod(scratch->data, NULL);
    uselocale(previous);
    freelocale(plain);
    *is_finite = isfinite(*value);
    return true;
}

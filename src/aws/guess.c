/* SPDX-License-Identifier: MIT */
#include "aws/guess.h"

#include "inventory/arn.h"
#include "aws/date.h"

#define LONGEST_NAME_BYTES 128
#define FEWEST_ID_BYTES 16

static bool is_capital_or_digit(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static bool is_name_byte(char byte)
{
    return is_capital_or_digit(byte) || (byte >= 'a' && byte <= 'z') ||
           (byte != '\0' && strchr("_+=,.@-", byte) != NULL);
}

bool pb_guess_is_name(struct pb_slice text)
{
    if (text.size_bytes == 0 || text.size_bytes > LONGEST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (!is_name_byte(text.data[i]))
            return false;
    return true;
}

bool pb_guess_has_id_prefix(struct pb_slice id)
{
    return pb_slice_starts_with(id, PB_SLICE("ASCA"));
}

static bool is_id(struct pb_slice text)
{
    if (!pb_guess_has_id_prefix(text) || text.size_bytes < FEWEST_ID_BYTES ||
        text.size_bytes > LONGEST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (!is_capital_or_digit(text.data[i]))
            return false;
    return true;
}

static bool is_path(struct pb_slice text)
{
    return pb_slice_starts_with(text, PB_SLICE("/")) && pb_slice_ends_with(text, PB_SLICE("/"));
}

enum pb_guess pb_guess_text(struct pb_slice text)
{
    struct pb_certificate_arn arn;

    text = pb_slice_trim(text);
    if (text.size_bytes == 0)
        return PB_GUESS_NOTHING;
    if (pb_slice_starts_with(text, PB_SLICE("-----BEGIN CERTIFICATE-----")) ||
        pb_slice_starts_with(text, PB_SLICE("-----BEGIN TRUSTED CERTIFICATE-----")) ||
        pb_slice_starts_with(text, PB_SLICE("-----BEGIN X509 CERTIFICATE-----")))
        return PB_GUESS_PEM;
    if (pb_certificate_arn_parse(text, &arn))
        return PB_GUESS_ARN;
    if (pb_date_from_text(text).state != PB_DATE_UNPARSEABLE)
        return PB_GUESS_DATE;
    if (is_path(text))
        return PB_GUESS_PATH;
    if (is_id(text))
        return PB_GUESS_ID;
    return pb_guess_is_name(text) ? PB_GUESS_NAME : PB_GUESS_NOTHING;
}

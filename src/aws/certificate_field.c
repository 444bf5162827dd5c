/* SPDX-License-Identifier: MIT */
/* Single fields of a certificate: trimmed, copied into the batch, and remarked on where odd. */
#include "aws/certificate.h"

#include <stdio.h>

#include "inventory/arn.h"
#include "inventory/types.h"
#include "aws/date.h"
#include "aws/guess.h"

static enum pb_status remark_type(struct pb_reading *reading, const struct pb_json *value,
                                  const char *expected)
{
    return pb_reading_remark(reading, PB_REMARK_WRONG_TYPE, "this is %s; expected %s",
                             pb_json_type_name(pb_json_type(value)), expected);
}

static bool is_nothing(const struct pb_json *value)
{
    return pb_json_type(value) <= PB_JSON_NULL;
}

/* The text stands in the document. *is_new unless it is the one that was there before. */
static enum pb_status find_text(struct pb_reading *reading, const struct pb_json *value,
                                struct pb_slice *text, bool *is_new)
{
    struct pb_slice whole, trimmed;
    enum pb_status status = PB_OK;

    *is_new = false;
    if (is_nothing(value))
        return PB_OK;
    if (!pb_json_string(value, &whole))
        return remark_type(reading, value, "a string");
    trimmed = pb_slice_trim(whole);
    if (trimmed.size_bytes == 0)
        return PB_OK;
    if (trimmed.size_bytes != whole.size_bytes)
        status = pb_reading_remark(reading, PB_REMARK_OUTER_WHITESPACE,
                                   "white space stands around \"%.*s\"", PB_SLICE_ARGS(trimmed));
    if (status != PB_OK)
        return status;
    if (!pb_slice_is_absent(*text)) {
        if (pb_slice_equals(*text, trimmed))
            return PB_OK;
        return pb_reading_remark(reading, PB_REMARK_REPEATED_FIELD,
                                 "\"%.*s\" stands here, but \"%.*s\" for the same field before",
                                 PB_SLICE_ARGS(trimmed), PB_SLICE_ARGS(*text));
    }
    *text = trimmed;
    *is_new = true;
    return PB_OK;
}

enum pb_status pb_certificate_read_text(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_slice *text)
{
    bool is_new;
    enum pb_status status = find_text(reading, value, text, &is_new);

    if (status != PB_OK || !is_new)
        return status;
    return pb_arena_copy(&reading->batch->arena, *text, text) ? PB_OK : PB_FAILED_MEMORY;
}

static bool is_control(char byte)
{
    return (unsigned char)byte < 0x20 || byte == 0x7f;
}

static bool has_control(struct pb_slice text)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (is_control(text.data[i]))
            return true;
    return false;
}

/* printf would stop at a NUL, and so make another name of it. */
static enum pb_status remark_control(struct pb_reading *reading, struct pb_slice name)
{
    struct pb_buffer shown;
    enum pb_status status = PB_FAILED_MEMORY;

    pb_buffer_init(&shown, SIZE_MAX);
    name = pb_slice_first(name, 200);
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (is_control(name.data[i]))
            pb_buffer_append_format(&shown, "\\x%02x", (unsigned)(unsigned char)name.data[i]);
        else
            pb_buffer_append_byte(&shown, name.data[i]);
    }
    if (!shown.has_failed)
        status = pb_reading_remark(reading, PB_REMARK_CONTROL_IN_NAME,
                                   "a control character stands in this name, and IAM accepts none "
                                   "(ServerCertificateName): \"%.*s\"",
                                   PB_SLICE_ARGS(pb_buffer_slice(&shown)));
    pb_buffer_release(&shown);
    return status;
}

enum pb_status pb_certificate_read_name(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_slice *name)
{
    bool is_new;
    enum pb_status status = find_text(reading, value, name, &is_new);

    /* What is read out of a string is gone when the draft is kept. */
    if (status == PB_OK && is_new && reading->is_embedded &&
        !pb_arena_copy(&reading->batch->arena, *name, name))
        return PB_FAILED_MEMORY;
    if (status != PB_OK || pb_slice_is_absent(*name) || pb_guess_is_name(*name))
        return status;
    if (has_control(*name))
        return remark_control(reading, *name);
    return pb_reading_remark(
        reading, PB_REMARK_ODD_NAME,
        "IAM accepts no such name (ServerCertificateName: 1 to 128 of letters, "
        "digits and _+=,.@-): \"%.*s\"",
        PB_SLICE_ARGS(*name));
}

enum pb_status pb_certificate_read_id(struct pb_reading *reading, const struct pb_json *value,
                                      struct pb_slice *id)
{
    enum pb_status status = pb_certificate_read_text(reading, value, id);

    if (status != PB_OK || pb_slice_is_absent(*id) || pb_guess_has_id_prefix(*id))
        return status;
    return pb_reading_remark(reading, PB_REMARK_ODD_ID_PREFIX,
                             "ids of server certificates begin with ASCA, \"%.*s\" does not",
                             PB_SLICE_ARGS(*id));
}

static enum pb_status remark_date(struct pb_reading *reading, const struct pb_json *value,
                                  const struct pb_date *date, enum pb_date_fault fault)
{
    char room[PB_INSTANT_BYTES];
    struct pb_slice text = pb_date_text(date, room);

    switch (fault) {
    case PB_DATE_FINE: break;
    case PB_DATE_UNREADABLE:
        return pb_reading_remark(reading, PB_REMARK_UNPARSEABLE_DATE,
                                 "\"%.*s\" is no date; expected one like 2014-04-01T00:00:00Z",
                                 PB_SLICE_ARGS(text));
    case PB_DATE_IMPLAUSIBLE:
        return pb_reading_remark(reading, PB_REMARK_ODD_DATE,
                                 "%.*s is no count of seconds or milliseconds from 2006, when AWS "
                                 "began, to 9999; expected a date like 2014-04-01T00:00:00Z",
                                 PB_SLICE_ARGS(text));
    case PB_DATE_NO_DATE: return remark_type(reading, value, "a date");
    }
    return PB_OK;
}

/* Two different answers are none. */
static enum pb_status merge_date(struct pb_reading *reading, struct pb_date *date,
                                 const struct pb_date *next)
{
    char room[PB_INSTANT_BYTES], next_room[PB_INSTANT_BYTES];
    struct pb_slice text = pb_date_text(date, room), next_text = pb_date_text(next, next_room);

    if (pb_slice_equals(text, next_text)) {
        *date = *next;
        return PB_OK;
    }
    if (!pb_arena_copy(&reading->batch->arena, text, &text))
        return PB_FAILED_MEMORY;
    date->state = PB_DATE_UNPARSEABLE;
    pb_date_spell(date, text);
    return pb_reading_remark(reading, PB_REMARK_REPEATED_FIELD,
                             "%.*s stands here, but %.*s for the same date before: neither counts",
                             PB_SLICE_ARGS(next_text), PB_SLICE_ARGS(text));
}

enum pb_status pb_certificate_read_date(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_date *date)
{
    struct pb_date next;
    enum pb_date_fault fault;
    enum pb_status status = pb_date_from_json(value, &reading->batch->arena, &next, &fault);

    if (status == PB_OK && fault != PB_DATE_FINE)
        status = remark_date(reading, value, &next, fault);
    if (status != PB_OK || next.state == PB_DATE_ABSENT)
        return status;
    if (date->state != PB_DATE_ABSENT)
        return merge_date(reading, date, &next);
    *date = next;
    return PB_OK;
}

enum pb_status pb_certificate_read_pem(struct pb_reading *reading, const struct pb_json *value,
                                       struct pb_slice *pem)
{
    struct pb_slice text;

    if (is_nothing(value))
        return PB_OK;
    if (!pb_json_string(value, &text))
        return remark_type(reading, value, "a string in PEM");
    if (pb_slice_trim(text).size_bytes == 0)
        return PB_OK;
    if (!pb_slice_is_absent(*pem)) {
        if (pb_slice_equals(*pem, text))
            return PB_OK;
        return pb_reading_remark(reading, PB_REMARK_REPEATED_FIELD,
                                 "another PEM text stands in the same field before");
    }
    *pem = text;
    /* What is read out of a string is gone when the next stage comes to it. */
    if (reading->is_embedded && !pb_arena_copy(&reading->batch->arena, text, pem))
        return PB_FAILED_MEMORY;
    return PB_OK;
}

/* Some exports print the account as a number, which loses its leading zeros. */
enum pb_status pb_certificate_read_account(struct pb_reading *reading, const struct pb_json *value,
                                           struct pb_slice *account)
{
    int64_t number;
    char digits[32];

    if (!pb_json_integer(value, &number) || number < 0)
        return pb_certificate_read_text(reading, value, account);
    int size = snprintf(digits, sizeof digits, "%012lld", (long long)number);
    struct pb_slice text = {digits, (size_t)size};
    return pb_arena_copy(&reading->batch->arena, text, account) ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_certificate_compare_arn(struct pb_reading *reading,
                                          const struct pb_observation *seen)
{
    struct pb_certificate_arn arn;
    enum pb_status status = PB_OK;

    if (!pb_certificate_arn_parse(seen->arn, &arn))
        return PB_OK;
    if (!pb_slice_is_absent(seen->path) && !pb_slice_equals(seen->path, arn.path))
        status = pb_reading_remark(reading, PB_REMARK_PATH_DIFFERS,
                                   "the path is \"%.*s\", but \"%.*s\" in the ARN",
                                   PB_SLICE_ARGS(seen->path), PB_SLICE_ARGS(arn.path));
    if (status == PB_OK && !pb_slice_is_absent(seen->name) &&
        !pb_slice_equals(seen->name, arn.name))
        status = pb_reading_remark(reading, PB_REMARK_NAME_DIFFERS,
                                   "the name is \"%.*s\", but \"%.*s\" in the ARN",
                                   PB_SLICE_ARGS(seen->name), PB_SLICE_ARGS(arn.name));
    return status;
}

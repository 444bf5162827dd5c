/* SPDX-License-Identifier: MIT */
#include "rules/form.h"

#include <stdarg.h>
#include <stdio.h>

#include "inventory/types.h"

void pb_form_open(struct pb_form *form, struct pb_slice text, struct pb_arena *arena,
                  struct pb_error *error)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;

    limits.values = UINT64_MAX; /* the ceiling is for evidence, and a report has no end */
    *form = (struct pb_form){.arena = arena, .error = error};
    form->status = pb_json_load(text, &limits, &form->document, error);
}

/* About the value, or about the object that it is in where the value has no place of its own. */
static void refuse_value(struct pb_form *form, const struct pb_json *object,
                         const struct pb_json *value, const char *sentence)
{
    bool has_place = pb_json_type(value) > PB_JSON_BOOLEAN;
    struct pb_json_place place = {{0}, 0};

    if (form->status != PB_OK)
        return;
    pb_json_find_place(&form->document, has_place ? value : object, &place);
    form->status = pb_error_set(form->error, PB_FAILED_USAGE, "line %u, column %u: %s",
                                (unsigned)pb_json_line(place.position),
                                (unsigned)pb_json_column(place.position), sentence);
}

void pb_form_refuse(struct pb_form *form, const struct pb_json *object, const char *key,
                    const char *format, ...)
{
    char sentence[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    refuse_value(form, object, key == NULL ? NULL : pb_json_find(object, key), sentence);
}

const struct pb_json *pb_form_member(struct pb_form *form, const struct pb_json *object,
                                     const char *key, enum pb_json_type type, bool may_be_null)
{
    const struct pb_json *value = pb_json_find(object, key);
    enum pb_json_type found = pb_json_type(value);

    if (form->status != PB_OK || (found == PB_JSON_NULL && may_be_null))
        return NULL;
    if (found == type)
        return value;
    if (pb_json_type(object) != PB_JSON_OBJECT)
        pb_form_refuse(form, object, NULL, "here stands %s, not an object",
                       pb_json_type_name(pb_json_type(object)));
    else if (value == NULL)
        pb_form_refuse(form, object, NULL, "'%s' is missing", key);
    else
        pb_form_refuse(form, object, key, "'%s' is %s, not %s%s", key, pb_json_type_name(found),
                       pb_json_type_name(type), may_be_null ? " or null" : "");
    return NULL;
}

struct pb_slice pb_form_text(struct pb_form *form, const struct pb_json *object, const char *key,
                             bool may_be_null)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    pb_json_string(pb_form_member(form, object, key, PB_JSON_STRING, may_be_null), &text);
    if (!pb_arena_copy(form->arena, text, &text))
        form->status = PB_FAILED_MEMORY;
    return text;
}

uint32_t pb_form_index(struct pb_form *form, const struct pb_json *object, const char *key,
                       size_t count)
{
    int64_t number;

    if (!pb_json_integer(pb_form_member(form, object, key, PB_JSON_INTEGER, true), &number))
        return PB_NO_INDEX;
    if (number >= 0 && (uint64_t)number < count && number < PB_NO_INDEX)
        return (uint32_t)number;
    pb_form_refuse(form, object, key, "there is no such %s", key);
    return PB_NO_INDEX;
}

bool pb_form_instant(struct pb_form *form, const struct pb_json *object, const char *key,
                     bool may_be_null, struct pb_instant *instant)
{
    struct pb_slice text;

    if (!pb_json_string(pb_form_member(form, object, key, PB_JSON_STRING, may_be_null), &text))
        return false;
    if (pb_instant_parse_rfc3339(text, instant))
        return true;
    pb_form_refuse(form, object, key, "this is no RFC 3339 instant");
    return false;
}

static bool parse_sha256(struct pb_slice text, unsigned char sha256[32])
{
    static const char digits[] = "0123456789abcdef";

    if (text.size_bytes != 64)
        return false;
    for (size_t i = 0; i < 64; i++) {
        const char *digit = memchr(digits, text.data[i], 16);
        if (digit == NULL)
            return false;
        sha256[i / 2] = (unsigned char)(sha256[i / 2] << 4 | (digit - digits));
    }
    return true;
}

void pb_form_sha256(struct pb_form *form, const struct pb_json *object, const char *key,
                    unsigned char sha256[32])
{
    struct pb_slice text;

    if (pb_json_string(pb_form_member(form, object, key, PB_JSON_STRING, false), &text) &&
        !parse_sha256(text, sha256))
        pb_form_refuse(form, object, key, "a digest is 64 lower-case hexadecimal digits");
}

void pb_form_refuse_others(struct pb_form *form, const struct pb_json *object,
                           const char *const keys[], size_t count)
{
    struct pb_json_member member = {0};
    char sentence[200];

    while (pb_json_next_member(object, &member)) {
        size_t i = 0;
        while (i < count && !pb_slice_equals(member.key, pb_slice_from_string(keys[i])))
            i++;
        if (i < count)
            continue;
        snprintf(sentence, sizeof sentence, "there is no member '%.*s' here",
                 PB_SLICE_ARGS(pb_slice_first(member.key, 100)));
        refuse_value(form, object, member.value, sentence);
    }
}

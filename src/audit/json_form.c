/* SPDX-License-Identifier: MIT */
#include "audit/json_form.h"

#include <stdarg.h>
#include <stdio.h>

#include "evidence/encoding.h"
#include "inventory/types.h"
#include "json/document.h"
#include "json/tree.h"

static enum pb_status refuse_at(struct pb_form *form, uint32_t line, uint32_t column,
                                struct pb_slice sentence)
{
    return pb_error_set(form->error, PB_FAILED_USAGE, "line %u, column %u: %.*s", (unsigned)line,
                        (unsigned)column, PB_SLICE_ARGS(sentence));
}

enum pb_status pb_form_open(struct pb_form *form, struct pb_slice bytes,
                            const struct pb_limits *limits, struct pb_error *error)
{
    enum pb_text_outcome outcome;

    *form = (struct pb_form){.error = error};
    pb_buffer_init(&form->storage, SIZE_MAX);
    pb_buffer_init(&form->pointer, SIZE_MAX);
    enum pb_status status = pb_text_decode(bytes, &form->storage, &outcome, &form->text);
    if (status != PB_OK)
        return status;
    if (outcome != PB_TEXT_DECODED)
        return refuse_at(form, 1, 1, PB_SLICE("the file is no text"));
    return pb_json_load(form->text, limits, &form->document, error);
}

void pb_form_close(struct pb_form *form)
{
    pb_json_document_release(&form->document);
    pb_buffer_release(&form->storage);
    pb_buffer_release(&form->pointer);
}

size_t pb_form_enter_key(struct pb_form *form, struct pb_slice key)
{
    return pb_pointer_push_key(&form->pointer, key);
}

size_t pb_form_enter_index(struct pb_form *form, size_t index)
{
    return pb_pointer_push_index(&form->pointer, index);
}

void pb_form_leave(struct pb_form *form, size_t where)
{
    pb_pointer_cut(&form->pointer, where);
}

enum pb_status pb_form_refuse(struct pb_form *form, const char *format, ...)
{
    struct pb_json_place place = {.pointer = pb_buffer_slice(&form->pointer)};
    char sentence[400];
    va_list arguments;

    if (form->pointer.has_failed)
        return PB_FAILED_MEMORY;
    pb_json_find_places(&form->document, &place, 1);
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return refuse_at(form, place.line, place.column, pb_slice_from_string(sentence));
}

static enum pb_status refuse_member(struct pb_form *form, const struct pb_json *value,
                                    const char *key, const char *expected)
{
    if (value == NULL)
        return pb_form_refuse(form, "'%s' is missing", key);
    size_t here = pb_form_enter_key(form, pb_slice_from_string(key));
    enum pb_status status = pb_form_refuse(form, "'%s' is %s, not %s", key,
                                           pb_json_type_name(pb_json_type(value)), expected);
    pb_form_leave(form, here);
    return status;
}

enum pb_status pb_form_string(struct pb_form *form, const struct pb_json *object, const char *key,
                              struct pb_slice *text)
{
    const struct pb_json *value = pb_json_find(object, key);

    return pb_json_string(value, text) ? PB_OK : refuse_member(form, value, key, "a string");
}

enum pb_status pb_form_string_or_null(struct pb_form *form, const struct pb_json *object,
                                      const char *key, struct pb_slice *text)
{
    const struct pb_json *value = pb_json_find(object, key);

    *text = PB_SLICE_ABSENT;
    if (pb_json_type(value) == PB_JSON_NULL || pb_json_string(value, text))
        return PB_OK;
    return refuse_member(form, value, key, "a string or null");
}

enum pb_status pb_form_index_or_null(struct pb_form *form, const struct pb_json *object,
                                     const char *key, size_t limit, uint32_t *index)
{
    const struct pb_json *value = pb_json_find(object, key);
    int64_t number;

    *index = PB_NO_INDEX;
    if (pb_json_type(value) == PB_JSON_NULL)
        return PB_OK;
    if (!pb_json_integer(value, &number))
        return refuse_member(form, value, key, "an index or null");
    if (number < 0 || (uint64_t)number >= limit || number >= PB_NO_INDEX)
        return refuse_member(form, value, key, "one that points into the report");
    *index = (uint32_t)number;
    return PB_OK;
}

enum pb_status pb_form_array(struct pb_form *form, const struct pb_json *object, const char *key,
                             const struct pb_json **array)
{
    *array = pb_json_find(object, key);
    return pb_json_type(*array) == PB_JSON_ARRAY ? PB_OK
                                                 : refuse_member(form, *array, key, "an array");
}

enum pb_status pb_form_object(struct pb_form *form, const struct pb_json *object, const char *key,
                              const struct pb_json **member)
{
    *member = pb_json_find(object, key);
    return pb_json_type(*member) == PB_JSON_OBJECT ? PB_OK
                                                   : refuse_member(form, *member, key, "an object");
}

enum pb_status pb_form_be_object(struct pb_form *form, const struct pb_json *value)
{
    if (pb_json_type(value) == PB_JSON_OBJECT)
        return PB_OK;
    return pb_form_refuse(form, "here stands %s, not an object",
                          pb_json_type_name(pb_json_type(value)));
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool pb_form_parse_sha256(struct pb_slice text, unsigned char sha256[32])
{
    if (text.size_bytes != 64)
        return false;
    for (size_t i = 0; i < 32; i++) {
        int high = hex_value(text.data[2 * i]), low = hex_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        sha256[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Reads the values of a document, which document.c builds with jansson, and spells the pointers to
 * them. */
#include <jansson.h>

#include "json/document.h"

void pb_json_prepare(void)
{
    json_object_seed(0);
}

/* jansson's readers take a json_t that they do not change without saying so by const. */
static json_t *node(const struct pb_json *value)
{
    return (json_t *)(uintptr_t)value;
}

enum pb_json_type pb_json_type(const struct pb_json *value)
{
    static const enum pb_json_type types[] = {
        [JSON_OBJECT] = PB_JSON_OBJECT, [JSON_ARRAY] = PB_JSON_ARRAY,
        [JSON_STRING] = PB_JSON_STRING, [JSON_INTEGER] = PB_JSON_INTEGER,
        [JSON_REAL] = PB_JSON_REAL,     [JSON_TRUE] = PB_JSON_BOOLEAN,
        [JSON_FALSE] = PB_JSON_BOOLEAN, [JSON_NULL] = PB_JSON_NULL,
    };

    return value ? types[json_typeof(node(value))] : PB_JSON_ABSENT;
}

const char *pb_json_type_name(enum pb_json_type type)
{
    static const char *const names[] = {
        [PB_JSON_ABSENT] = "absent",     [PB_JSON_NULL] = "null",
        [PB_JSON_BOOLEAN] = "a boolean", [PB_JSON_INTEGER] = "an integer",
        [PB_JSON_REAL] = "a number",     [PB_JSON_STRING] = "a string",
        [PB_JSON_ARRAY] = "an array",    [PB_JSON_OBJECT] = "an object",
    };

    return names[type];
}

bool pb_json_string(const struct pb_json *value, struct pb_slice *out)
{
    if (!json_is_string(node(value)))
        return false;
    *out = (struct pb_slice){json_string_value(node(value)), json_string_length(node(value))};
    return true;
}

bool pb_json_boolean(const struct pb_json *value, bool *out)
{
    if (!json_is_boolean(node(value)))
        return false;
    *out = json_is_true(node(value));
    return true;
}

bool pb_json_integer(const struct pb_json *value, int64_t *out)
{
    if (!json_is_integer(node(value)))
        return false;
    *out = json_integer_value(node(value));
    return true;
}

bool pb_json_real(const struct pb_json *value, double *out)
{
    if (!json_is_number(node(value)))
        return false;
    *out = json_number_value(node(value));
    return true;
}

/* Sixteen digits have no binary noise where a count of seconds has six behind the point. */
struct pb_slice pb_json_print_number(const struct pb_json *value, char room[PB_JSON_NUMBER_BYTES])
{
    size_t size = json_dumpb(node(value), room, PB_JSON_NUMBER_BYTES,
                             JSON_ENCODE_ANY | JSON_REAL_PRECISION(16));

    return pb_slice_first((struct pb_slice){room, size}, PB_JSON_NUMBER_BYTES);
}

size_t pb_json_count(const struct pb_json *value)
{
    return json_is_array(node(value)) ? json_array_size(node(value))
                                      : json_object_size(node(value));
}

const struct pb_json *pb_json_element(const struct pb_json *array, size_t index)
{
    return (const struct pb_json *)json_array_get(node(array), index);
}

const struct pb_json *pb_json_find(const struct pb_json *object, const char *key)
{
    return (const struct pb_json *)json_object_get(node(object), key);
}

bool pb_json_next_member(const struct pb_json *object, struct pb_json_member *member)
{
    member->position = member->position ? json_object_iter_next(node(object), member->position)
                                        : json_object_iter(node(object));
    if (member->position == NULL)
        return false;
    member->key = (struct pb_slice){json_object_iter_key(member->position),
                                    json_object_iter_key_len(member->position)};
    member->value = (const struct pb_json *)json_object_iter_value(member->position);
    return true;
}

void pb_json_keep(const struct pb_json *value)
{
    json_incref(node(value));
}

void pb_json_let_go(const struct pb_json *value)
{
    json_decref(node(value));
}

/* A document holds each of its values once. */
bool pb_json_is_kept(const struct pb_json *value)
{
    return value != NULL && node(value)->refcount > 1 && node(value)->refcount != SIZE_MAX;
}

void pb_pointer_push_key(struct pb_buffer *pointer, struct pb_slice key)
{
    /* No character is spelled with more than two. */
    char *out = pb_buffer_reserve(pointer, 1 + 2 * key.size_bytes);

    if (out == NULL)
        return;
    *out++ = '/';
    for (size_t i = 0; i < key.size_bytes; i++) {
        bool is_special = key.data[i] == '~' || key.data[i] == '/'; /* RFC 6901, section 3 */
        if (is_special)
            *out++ = '~';
        *out++ = !is_special ? key.data[i] : key.data[i] == '~' ? '0' : '1';
    }
    pointer->size_bytes = (size_t)(out - pointer->data);
}

void pb_pointer_push_index(struct pb_buffer *pointer, size_t index)
{
    pb_buffer_append_byte(pointer, '/');
    pb_buffer_append_number(pointer, index);
}

const char *pb_json_library_version(void)
{
    return jansson_version_str();
}

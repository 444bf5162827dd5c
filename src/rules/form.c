/* SPDX-License-Identifier: MIT */
#include "rules/form.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/time.h"
#include "inventory/types.h"

enum pb_status pb_form_open(struct pb_form *form, struct pb_slice text, struct pb_arena *arena,
                            struct pb_error *error)
{
    struct pb_limits limits = PB_LIMITS_DEFAULT;

    limits.values = UINT64_MAX; /* the ceiling is for evidence, and a report has no end */
    *form = (struct pb_form){.arena = arena, .error = error, .text = text};
    return pb_json_load(text, &limits, &form->document, error);
}

void pb_form_close(struct pb_form *form)
{
    pb_json_document_release(&form->document);
}

/* That of the document where the value has no row: null, true and false. */
static struct pb_json_position find_position(struct pb_form *form, const struct pb_json *value)
{
    const struct pb_vector *rows = &form->document.rows;
    const struct pb_json_position start = form->document.start;
    size_t i = 0;

    while (i < rows->count &&
           PB_VECTOR_AT(struct pb_json_row, rows, (form->row + i) % rows->count).value != value)
        i++;
    if (i == rows->count)
        return start;
    form->row = (form->row + i) % rows->count;
    size_t offset =
        start.offset_bytes + PB_VECTOR_AT(struct pb_json_row, rows, form->row).offset_bytes;
    if (form->position.offset_bytes < start.offset_bytes || form->position.offset_bytes > offset)
        form->position = start;
    pb_json_move(&form->position, form->text, offset);
    return form->position;
}

uint32_t pb_form_line(struct pb_form *form, const struct pb_json *value)
{
    return pb_json_line(find_position(form, value));
}

/* About the value, or about the object that it is in where the value has no place of its own. */
static enum pb_status refuse_value(struct pb_form *form, const struct pb_json *object,
                                   const struct pb_json *value, const char *sentence)
{
    bool has_place = pb_json_type(value) > PB_JSON_BOOLEAN;
    struct pb_json_position position = find_position(form, has_place ? value : object);

    return pb_error_set(form->error, PB_FAILED_USAGE, "line %u, column %u: %s",
                        (unsigned)pb_json_line(position), (unsigned)pb_json_column(position),
                        sentence);
}

enum pb_status pb_form_refuse(struct pb_form *form, const struct pb_json *object, const char *key,
                              const char *format, ...)
{
    char sentence[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return refuse_value(form, object, key == NULL ? NULL : pb_json_find(object, key), sentence);
}

/* What a member may be; expected is for the message about another type. */
static const struct {
    enum pb_json_type type;
    bool may_be_null;
    const char *expected;
} kinds[] = {
    [PB_FORM_TEXT] = {PB_JSON_STRING, false, "a string"},
    [PB_FORM_WORDS] = {PB_JSON_STRING, false, "a string"},
    [PB_FORM_TEXT_OR_NULL] = {PB_JSON_STRING, true, "a string or null"},
    [PB_FORM_SUBJECT] = {PB_JSON_STRING, false, "a string"},
    [PB_FORM_SHA256] = {PB_JSON_STRING, false, "a string"},
    [PB_FORM_INSTANT] = {PB_JSON_STRING, false, "a string"},
    [PB_FORM_INSTANT_OR_NULL] = {PB_JSON_STRING, true, "a string or null"},
    [PB_FORM_INDEX_OR_NULL] = {PB_JSON_INTEGER, true, "an index or null"},
    [PB_FORM_ARRAY] = {PB_JSON_ARRAY, false, "an array"},
    [PB_FORM_OBJECT] = {PB_JSON_OBJECT, false, "an object"},
    [PB_FORM_OBJECT_OR_NULL] = {PB_JSON_OBJECT, true, "an object or null"},
};

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool parse_sha256(struct pb_slice text, unsigned char sha256[32])
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

/* NULL, or what is wrong with the string. */
static const char *parse_text(enum pb_form_kind kind, struct pb_slice text, void *place)
{
    switch (kind) {
    case PB_FORM_SHA256:
        return parse_sha256(text, place) ? NULL : "a digest is 64 lower-case hexadecimal digits";
    case PB_FORM_INSTANT:
    case PB_FORM_INSTANT_OR_NULL:
        return pb_instant_parse_rfc3339(text, place) ? NULL : "this is no RFC 3339 instant";
    case PB_FORM_WORDS: return pb_slice_trim(text).size_bytes > 0 ? NULL : "this is empty";
    case PB_FORM_SUBJECT: return text.size_bytes > 0 ? NULL : "this is empty";
    default: return NULL;
    }
}

/* The member has the type that the table says. */
static enum pb_status read_value(struct pb_form *form, const struct pb_json *object,
                                 const struct pb_form_member *member, void *place)
{
    const struct pb_json *value = pb_json_find(object, member->key);
    bool is_text = member->kind <= PB_FORM_SUBJECT;
    const char *problem = NULL;
    struct pb_slice text;
    int64_t number = -1;

    if (pb_json_string(value, &text)) {
        problem = parse_text(member->kind, text, place);
        if (problem == NULL && is_text && !pb_arena_copy(form->arena, text, place))
            return PB_FAILED_MEMORY;
    } else if (pb_json_integer(value, &number)) {
        problem = number < 0 || number >= PB_NO_INDEX ? "this is no index" : NULL;
        *(uint32_t *)place = (uint32_t)number;
    } else {
        *(const struct pb_json **)place = value;
    }
    return problem == NULL ? PB_OK : pb_form_refuse(form, object, member->key, "%s", problem);
}

static enum pb_status read_member(struct pb_form *form, const struct pb_json *object,
                                  const struct pb_form_member *member, void *target)
{
    const struct pb_json *value = pb_json_find(object, member->key);
    enum pb_json_type type = pb_json_type(value);
    void *place = (char *)target + member->offset_bytes;

    if (value == NULL && member->kind == PB_FORM_SUBJECT)
        return PB_OK;
    if (value == NULL)
        return pb_form_refuse(form, object, NULL, "'%s' is missing", member->key);
    if (member->kind == PB_FORM_INDEX_OR_NULL)
        *(uint32_t *)place = PB_NO_INDEX;
    if (type == PB_JSON_NULL && kinds[member->kind].may_be_null)
        return PB_OK;
    if (type != kinds[member->kind].type)
        return pb_form_refuse(form, object, member->key, "'%s' is %s, not %s", member->key,
                              pb_json_type_name(type), kinds[member->kind].expected);
    return read_value(form, object, member, place);
}

enum pb_status pb_form_read(struct pb_form *form, const struct pb_json *object,
                            const struct pb_form_member *members, size_t count, void *target)
{
    enum pb_status status = PB_OK;

    if (pb_json_type(object) != PB_JSON_OBJECT)
        return pb_form_refuse(form, object, NULL, "here stands %s, not an object",
                              pb_json_type_name(pb_json_type(object)));
    for (size_t i = 0; i < count && status == PB_OK; i++)
        status = read_member(form, object, &members[i], target);
    return status;
}

enum pb_status pb_form_refuse_others(struct pb_form *form, const struct pb_json *object,
                                     const struct pb_form_member *members, size_t count)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(object, &member)) {
        size_t i = 0;
        while (i < count && !pb_slice_equals(member.key, pb_slice_from_string(members[i].key)))
            i++;
        if (i < count)
            continue;
        char sentence[200];
        snprintf(sentence, sizeof sentence, "there is no member '%.*s' here",
                 PB_SLICE_ARGS(pb_slice_first(member.key, 100)));
        return refuse_value(form, object, member.value, sentence);
    }
    return PB_OK;
}

/* SPDX-License-Identifier: MIT */
/* A text's documents in turn (parse.c reads each), their values, jansson's, and their places. */
#include "json/document.h"

#include <jansson.h>

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
    static const char *const names[] = {"absent",   "null",     "a boolean", "an integer",
                                        "a number", "a string", "an array",  "an object"};
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

/* Sixteen digits print a count of seconds with six decimals as it was written. */
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

const struct pb_json *pb_json_find(const struct pb_json *object, const char *keys)
{
    const json_t *found = NULL;

    while (keys != NULL && found == NULL && json_is_object(node(object))) {
        const char *end = strchr(keys, '|');
        found = end == NULL ? json_object_get(node(object), keys)
                            : json_object_getn(node(object), keys, (size_t)(end - keys));
        keys = end != NULL ? end + 1 : NULL;
    }
    return (const struct pb_json *)found;
}

const struct pb_json *pb_json_find_key(const struct pb_json *object, struct pb_slice key)
{
    return (const struct pb_json *)json_object_getn(node(object), key.data, key.size_bytes);
}

bool pb_json_next_member(const struct pb_json *container, struct pb_json_member *member)
{
    if (json_is_array(node(container))) {
        member->value = pb_json_element(container, member->count++);
        return member->value != NULL;
    }
    member->position = member->count++ > 0
                           ? json_object_iter_next(node(container), member->position)
                           : json_object_iter(node(container));
    if (member->position == NULL)
        return false;
    member->key = (struct pb_slice){json_object_iter_key(member->position),
                                    json_object_iter_key_len(member->position)};
    member->value = (const struct pb_json *)json_object_iter_value(member->position);
    return true;
}

void pb_json_retain(const struct pb_json *value)
{
    json_incref(node(value));
}

void pb_json_release(const struct pb_json *value)
{
    json_decref(node(value));
}

/* The document has one reference to each of its values; more than one is a retained value. */
bool pb_json_is_retained(const struct pb_json *value)
{
    return value != NULL && node(value)->refcount > 1 && node(value)->refcount != SIZE_MAX;
}

void pb_pointer_push(struct pb_buffer *pointer, const struct pb_json_member *member)
{
    struct pb_slice key = member->key;
    bool is_index = pb_slice_is_absent(key) && member->count > 0;

    pb_buffer_append_byte(pointer, is_index || !pb_slice_is_absent(key) ? '/' : '#');
    if (is_index)
        pb_buffer_append_format(pointer, "%zu", member->count - 1);
    for (size_t end = 0; key.size_bytes > 0; key = pb_slice_from(key, end + 1)) {
        for (end = 0; end < key.size_bytes && key.data[end] != '~' && key.data[end] != '/';)
            end++;
        pb_buffer_append(pointer, pb_slice_first(key, end));
        if (end < key.size_bytes) /* RFC 6901, section 3 */
            pb_buffer_append_string(pointer, key.data[end] == '~' ? "~0" : "~1");
    }
}

const char *pb_json_library_version(void)
{
    return jansson_version_str();
}

/* Moves the place to an offset of its text. Within a line only what is between is counted. */
static void move(struct pb_json_place *place, struct pb_slice text, size_t offset_bytes)
{
    const char *end = text.data + offset_bytes, *newline;
    size_t counted = place->offset_bytes, line_start = place->line_start_bytes;

    if (place->line == 0)
        place->line = place->column = 1;
    if (offset_bytes < line_start) {
        for (size_t i = offset_bytes; i < line_start; i++)
            place->line -= text.data[i] == '\n';
        line_start = pb_slice_find_last(pb_slice_first(text, offset_bytes), '\n') + 1; /* or 0 */
    }
    for (const char *at = text.data + counted; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            break;
        place->line++;
        line_start = (size_t)(newline + 1 - text.data);
    }
    if (line_start != place->line_start_bytes) {
        counted = place->line_start_bytes = line_start;
        place->column = 1;
    }
    for (; counted < offset_bytes; counted++)
        place->column += pb_utf8_is_first(text.data[counted]);
    while (counted > offset_bytes)
        place->column -= pb_utf8_is_first(text.data[--counted]);
    place->offset_bytes = offset_bytes;
}

bool pb_json_find_place(const struct pb_json_document *document, const struct pb_json *value,
                        struct pb_json_place *place)
{
    const struct pb_json_row *rows = document->rows.data;
    size_t start = document->start.offset_bytes, up = place->row, down = up, found = SIZE_MAX;
    /* The reader's text up to the document's end: places count from its first byte. */
    const struct pb_slice text = {document->text.data - start, start + document->text.size_bytes};

    while (value != NULL && found == SIZE_MAX && (up < document->rows.count || down > 0)) {
        if (down > 0 && rows[--down].value == value)
            found = down;
        if (up < document->rows.count && rows[up++].value == value)
            found = up - 1;
    }
    if (found == SIZE_MAX)
        return false;
    place->row = found;
    move(place, text, start + rows[found].offset_bytes);
    return true;
}

enum pb_json_outcome pb_json_next(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                                  struct pb_json_document *document)
{
    const struct pb_slice text = reader->text;
    const struct pb_slice mark = PB_SLICE("\xEF\xBB\xBF"); /* of a file behind another */
    size_t first = diagnostics->items.count;

    *document = (struct pb_json_document){0};
    for (size_t gap = 1; gap > 0; reader->offset_bytes += gap) {
        struct pb_slice rest = pb_slice_from(text, reader->offset_bytes);
        bool is_mark = reader->offset_bytes > 0 && pb_slice_starts_with(rest, mark);
        gap = is_mark ? mark.size_bytes : rest.size_bytes > 0 && pb_json_is_gap(rest.data[0]);
    }
    if (reader->offset_bytes >= text.size_bytes)
        return PB_JSON_END;
    move(&reader->position, text, reader->offset_bytes);
    document->start = reader->position;
    document->ordinal = reader->next_ordinal;
    enum pb_json_outcome outcome = pb_json_parse(reader, diagnostics, document);
    for (size_t i = first; i < diagnostics->items.count; i++) {
        struct pb_diagnostic *added = &PB_VECTOR_AT(struct pb_diagnostic, &diagnostics->items, i);
        struct pb_json_place place = reader->position;
        move(&place, text, (size_t)added->offset_bytes);
        added->line = place.line;
        added->column = place.column;
    }
    bool is_kept = outcome == PB_JSON_DOCUMENT || outcome == PB_JSON_CUT;
    reader->next_ordinal += is_kept;
    document->text = pb_slice_first(pb_slice_from(text, document->start.offset_bytes),
                                    reader->offset_bytes - document->start.offset_bytes);
    if (!is_kept)
        pb_json_document_release(document);
    return outcome;
}

/* jansson's lexer takes no notice when its buffer cannot double: it leaves bytes of a token out, or
 * reads past a string without its last quote. So there must be memory for it, before and after. */
static bool has_room(struct pb_slice text)
{
    struct pb_buffer room = {0};
    bool is_made = pb_buffer_reserve(&room, 2 * text.size_bytes) != NULL;
    pb_buffer_release(&room);
    return is_made;
}

enum pb_status pb_json_load(struct pb_slice text, struct pb_json **root,
                            struct prebleed_error *error)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
    struct pb_buffer problem = {0};
    json_error_t flaw = {0};

    json_t *read = has_room(text) ? json_loadb(text.data, text.size_bytes, flags, &flaw) : NULL;
    bool has_memory = has_room(text) && (read != NULL || flaw.text[0] != '\0');
    if (has_memory && read != NULL) {
        *root = (struct pb_json *)read;
        return PB_OK;
    }
    json_decref(read);
    pb_escape_append(&problem, pb_slice_from_string(flaw.text), PB_ESCAPE_CONTROLS);
    enum pb_status status =
        !has_memory || problem.has_failed
            ? PB_FAILED_MEMORY
            : pb_error_set(error, PB_FAILED_USAGE, "line %d, column %d: %.*s", flaw.line,
                           flaw.column, PB_SLICE_ARGS(pb_buffer_slice(&problem)));
    pb_buffer_release(&problem);
    return status;
}

void pb_json_document_release(struct pb_json_document *document)
{
    json_decref((json_t *)document->root);
    pb_vector_release(&document->rows);
    *document = (struct pb_json_document){0};
}

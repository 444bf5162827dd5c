/* SPDX-License-Identifier: MIT */
/* Comes after the tokens and before the documents: one document's tokens become jansson's values.
 * jansson's own reader is not used, because it goes on without memory: a byte of a key that did not
 * fit is left out, and the document read as if it had never been there. */
#include "json/tree.h"

#include <jansson.h>

/* Enough of a key to find it by. */
#define LONGEST_QUOTE_BYTES 100

/* One document on its way. Functions that return bool return false where the parse has a fault, or
 * has_memory is false. */
struct builder {
    struct pb_json_parse *parse;
    struct pb_json_token token;
    json_t *open[PB_JSON_DEEPEST_VALUE]; /* arrays and objects, borrowed from parse->root */
    size_t depth;
    uint64_t values;
    size_t start_bytes;  /* the document's offset in the text */
    size_t key_bytes;    /* the offset of the key of the value to come */
    struct pb_slice key; /* its characters, in the text or in key_buffer; absent in an array */
    struct pb_buffer key_buffer;
    struct pb_buffer scratch;
    bool has_memory;
};

void pb_json_prepare(void)
{
    json_object_seed(0);
}

void pb_json_free(struct pb_json *root)
{
    json_decref((json_t *)root);
}

static bool refuse(struct builder *builder, const char *code, const char *problem,
                   struct pb_slice quote)
{
    builder->parse->fault = (struct pb_json_fault){code, builder->token.offset_bytes, problem,
                                                   pb_slice_first(quote, LONGEST_QUOTE_BYTES)};
    return false;
}

static bool refuse_token(struct builder *builder, const char *problem)
{
    if (builder->token.kind == PB_JSON_TOKEN_END)
        return refuse(builder, "json-truncated", "the text ends inside an array or object",
                      PB_SLICE_ABSENT);
    if (builder->token.kind != PB_JSON_TOKEN_FAULT)
        return refuse(builder, "json-invalid", problem, builder->token.text);
    builder->parse->fault = builder->parse->scanner.fault;
    return false;
}

static void note_repair(struct builder *builder, enum pb_json_repair repair, size_t count,
                        size_t offset_bytes)
{
    if (builder->parse->repairs[repair].count == 0)
        builder->parse->repairs[repair].first_bytes = offset_bytes;
    builder->parse->repairs[repair].count += count;
}

/* The characters of a string token: in the text itself where nothing is escaped. */
static struct pb_slice read_characters(struct builder *builder, struct pb_buffer *buffer,
                                       size_t *lone_surrogates)
{
    const struct pb_json_token *token = &builder->token;

    *lone_surrogates = 0;
    if (token->controls > 0)
        note_repair(builder, PB_JSON_REPAIR_CONTROL, token->controls, token->first_control_bytes);
    if (!token->has_escapes)
        return token->text;
    pb_buffer_clear(buffer);
    *lone_surrogates = pb_json_decode_string(token->text, buffer);
    builder->has_memory = !buffer->has_failed;
    return pb_buffer_slice(buffer);
}

static json_t *make_string(struct builder *builder)
{
    size_t lone_surrogates;

    if (builder->token.has_invalid_bytes) {
        note_repair(builder, PB_JSON_REPAIR_BYTES, 1, builder->token.offset_bytes);
        return json_null();
    }
    struct pb_slice characters = read_characters(builder, &builder->scratch, &lone_surrogates);

    if (!builder->has_memory)
        return NULL;
    if (lone_surrogates == 0)
        return json_stringn_nocheck(characters.data, characters.size_bytes);
    note_repair(builder, PB_JSON_REPAIR_SURROGATE_VALUE, 1, builder->token.offset_bytes);
    return json_null();
}

static json_t *make_number(struct builder *builder)
{
    struct pb_json_number number;

    if (!pb_json_decode_number(builder->token.text, &builder->scratch, &number))
        return NULL;
    if (number.is_in_range)
        return number.is_integer ? json_integer(number.integer) : json_real(number.real);
    note_repair(builder, PB_JSON_REPAIR_NUMBER, 1, builder->token.offset_bytes);
    return json_null();
}

static json_t *make_value(struct builder *builder)
{
    switch (builder->token.kind) {
    case PB_JSON_TOKEN_BEGIN_OBJECT: return json_object();
    case PB_JSON_TOKEN_BEGIN_ARRAY: return json_array();
    case PB_JSON_TOKEN_STRING: return make_string(builder);
    case PB_JSON_TOKEN_NUMBER: return make_number(builder);
    case PB_JSON_TOKEN_TRUE: return json_true();
    case PB_JSON_TOKEN_FALSE: return json_false();
    default: return json_null();
    }
}

/* Takes the value, also on failure. */
static bool attach(struct builder *builder, json_t *value)
{
    if (builder->depth == 0) {
        builder->parse->root = (struct pb_json *)value;
        return true;
    }
    json_t *container = builder->open[builder->depth - 1];
    if (json_is_array(container))
        return json_array_append_new(container, value) == 0;
    return json_object_setn_new_nocheck(container, builder->key.data, builder->key.size_bytes,
                                        value) == 0;
}

static uint32_t saturate(size_t bytes)
{
    return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

/* jansson has one value each for true, false and null. */
static bool is_shared(const json_t *value)
{
    return json_is_null(value) || json_is_boolean(value);
}

static bool add_row(struct builder *builder, const json_t *value)
{
    bool is_member = builder->depth > 0 && json_is_object(builder->open[builder->depth - 1]);
    size_t offset = builder->token.offset_bytes;
    struct pb_json_row row = {
        (const struct pb_json *)value, saturate(offset - builder->start_bytes),
        saturate((is_member ? builder->key_bytes : offset) - builder->start_bytes)};

    return (builder->depth > 0 && is_shared(value)) ||
           pb_vector_append(&builder->parse->rows, &row, 1);
}

static void next_token(struct builder *builder)
{
    pb_json_scan(&builder->parse->scanner, &builder->token);
}

/* The value at the token, which begins it. */
static bool take_value(struct builder *builder, const char *problem)
{
    enum pb_json_token_kind kind = builder->token.kind;
    bool is_open = kind == PB_JSON_TOKEN_BEGIN_OBJECT || kind == PB_JSON_TOKEN_BEGIN_ARRAY;

    if (!is_open && (kind < PB_JSON_TOKEN_STRING || kind > PB_JSON_TOKEN_NULL))
        return refuse_token(builder, problem);
    if (kind == PB_JSON_TOKEN_NUMBER && builder->depth > 0 &&
        builder->parse->scanner.offset_bytes == builder->parse->scanner.text.size_bytes) {
        next_token(builder); /* the number may go on behind the cut */
        return refuse_token(builder, problem);
    }
    if (builder->depth == PB_JSON_DEEPEST_VALUE)
        return refuse(builder, "json-too-deep", "values stand more than 2048 levels deep",
                      PB_SLICE_ABSENT);
    /* An empty array or object costs jansson some 200 bytes, a number or a short string 50. */
    builder->values += is_open ? 4 : 1;
    if (builder->values > builder->parse->most_values)
        return refuse(builder, "limit-values", "the document holds too many values",
                      PB_SLICE_ABSENT);
    json_t *value = make_value(builder);
    builder->has_memory = value != NULL && attach(builder, value) && add_row(builder, value);
    if (is_open && builder->has_memory)
        builder->open[builder->depth++] = value;
    return builder->has_memory;
}

/* The key at the token and the colon behind it. */
static bool take_key(struct builder *builder, const json_t *object, const char *problem)
{
    size_t lone_surrogates;

    if (builder->token.kind != PB_JSON_TOKEN_STRING)
        return refuse_token(builder, problem);
    if (builder->token.has_invalid_bytes)
        return refuse(builder, "invalid-utf8", "a key holds a byte that is not UTF-8",
                      PB_SLICE_ABSENT);
    builder->key_bytes = builder->token.offset_bytes;
    builder->key = read_characters(builder, &builder->key_buffer, &lone_surrogates);
    if (!builder->has_memory)
        return false;
    if (lone_surrogates > 0)
        note_repair(builder, PB_JSON_REPAIR_SURROGATE_KEY, lone_surrogates, builder->key_bytes);
    if (json_object_getn(object, builder->key.data, builder->key.size_bytes) != NULL)
        return refuse(builder, "json-duplicate-key", "an object has two members named",
                      builder->token.text);
    next_token(builder);
    return builder->token.kind == PB_JSON_TOKEN_COLON ||
           refuse_token(builder, "':' was expected after the key, not");
}

/* The next member or element of the innermost array or object, or its end (RFC 8259, sections 4
 * and 5). */
static bool take_next(struct builder *builder)
{
    const json_t *container = builder->open[builder->depth - 1];
    bool is_object = json_is_object(container);
    bool is_empty = (is_object ? json_object_size(container) : json_array_size(container)) == 0;

    next_token(builder);
    if (builder->token.kind == (is_object ? PB_JSON_TOKEN_END_OBJECT : PB_JSON_TOKEN_END_ARRAY)) {
        builder->depth--;
        return true;
    }
    if (!is_empty && builder->token.kind != PB_JSON_TOKEN_COMMA)
        return refuse_token(builder, "',' or the end of the array or object was expected, not");
    if (!is_empty)
        next_token(builder);
    if (!is_object)
        return take_value(builder, is_empty ? "a value or ']' was expected, not"
                                            : "a value was expected, not");
    if (!take_key(builder, container,
                  is_empty ? "a key in quotes or '}' was expected, not"
                           : "a key in quotes was expected, not"))
        return false;
    next_token(builder);
    return take_value(builder, "a value was expected, not");
}

static bool is_flat(json_t *object)
{
    void *member = json_object_iter(object);

    while (member != NULL && !json_is_object(json_object_iter_value(member)) &&
           !json_is_array(json_object_iter_value(member)))
        member = json_object_iter_next(object, member);
    return member == NULL;
}

/* After a cut: what is whole stays, without the value that was not read to its end. Of an object
 * without arrays and objects too little is known: it goes as a whole, with its key. */
static void drop_incomplete(struct builder *builder)
{
    json_t *innermost = builder->open[builder->depth - 1];
    struct pb_vector *rows = &builder->parse->rows;
    const struct pb_json_row *all = rows->data;

    if (!json_is_object(innermost) || !is_flat(innermost))
        return;
    while (all[--rows->count].value != (const struct pb_json *)innermost)
        continue;
    if (builder->depth == 1) {
        builder->parse->is_cut = false;
        return;
    }
    json_t *parent = builder->open[builder->depth - 2];
    if (json_is_array(parent)) {
        json_array_remove(parent, json_array_size(parent) - 1);
        return;
    }
    void *member = json_object_iter(parent);
    while (json_object_iter_value(member) != innermost)
        member = json_object_iter_next(parent, member);
    json_object_deln(parent, json_object_iter_key(member), json_object_iter_key_len(member));
}

enum pb_status pb_json_parse(struct pb_json_parse *parse)
{
    struct builder builder; /* not initialised as a whole: open is large and documents are many */

    builder.parse = parse;
    builder.depth = 0;
    builder.values = 0;
    builder.start_bytes = parse->scanner.offset_bytes;
    builder.has_memory = true;
    pb_vector_init(&parse->rows, sizeof(struct pb_json_row));
    pb_buffer_init(&builder.key_buffer, SIZE_MAX);
    pb_buffer_init(&builder.scratch, SIZE_MAX);
    next_token(&builder);
    bool is_whole = take_value(&builder, "a value was expected, not");
    while (is_whole && builder.depth > 0)
        is_whole = take_next(&builder);
    parse->is_cut = !is_whole && builder.has_memory && builder.depth > 0 &&
                    strcmp(parse->fault.code, "json-truncated") == 0;
    if (parse->is_cut) {
        parse->scanner.offset_bytes = parse->scanner.text.size_bytes;
        drop_incomplete(&builder);
    }
    if (!is_whole && !parse->is_cut) {
        pb_json_free(parse->root);
        parse->root = NULL;
    }
    pb_buffer_release(&builder.key_buffer);
    pb_buffer_release(&builder.scratch);
    return builder.has_memory ? PB_OK : PB_FAILED_MEMORY;
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

/* The key that the part of a pointer spells: the part itself, or in the buffer. */
static struct pb_slice read_part(struct pb_slice part, struct pb_buffer *key)
{
    if (memchr(part.data, '~', part.size_bytes) == NULL)
        return part;
    pb_buffer_clear(key);
    for (size_t i = 0; i < part.size_bytes; i++) {
        bool is_code = part.data[i] == '~' && i + 1 < part.size_bytes;
        pb_buffer_append_byte(key, !is_code ? part.data[i] : part.data[++i] == '0' ? '~' : '/');
    }
    return pb_buffer_slice(key);
}

static json_t *find_child(const json_t *container, struct pb_slice part, struct pb_buffer *key)
{
    if (json_is_array(container)) {
        size_t index = 0;
        for (size_t i = 0; i < part.size_bytes && part.data[i] != '#'; i++)
            index = index * 10 + (size_t)(part.data[i] - '0');
        return json_array_get(container, index);
    }
    part = read_part(part, key);
    return key->has_failed ? NULL : json_object_getn(container, part.data, part.size_bytes);
}

const struct pb_json *pb_json_resolve(const struct pb_json *root, struct pb_slice pointer)
{
    const json_t *found = node(root);
    struct pb_buffer key;

    pb_buffer_init(&key, SIZE_MAX);
    while (pointer.size_bytes > 0 && found != NULL && !json_is_string(found)) {
        struct pb_slice part = pb_slice_from(pointer, 1);
        part = pb_slice_first(part, pb_slice_find(part, PB_SLICE("/"), 0));
        const json_t *child = find_child(found, part, &key);
        if (child == NULL) /* what stands in a string has the place of the string */
            child = find_child(found, pb_slice_first(part, pb_slice_find_last(part, '#')), &key);
        if (is_shared(child))
            break;
        found = child;
        pointer = pb_slice_from(pointer, 1 + part.size_bytes);
    }
    pb_buffer_release(&key);
    return (const struct pb_json *)found;
}

const char *pb_json_library_version(void)
{
    return jansson_version_str();
}

/* SPDX-License-Identifier: MIT */
/* jansson holds the values; its reader is not used, for it goes on without memory: a byte of a key
 * that did not fit is left out, and the document read as if it had never been there. */
#include "json/tree.h"

#include <jansson.h>

/* Enough of a key to find it by. */
#define LONGEST_QUOTE_BYTES 100

/* What RFC 8259 sections 2 to 5 let follow. */
enum expectation {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END, /* after '[' */
    EXPECT_KEY,
    EXPECT_KEY_OR_END, /* after '{' */
    EXPECT_COLON,
    EXPECT_COMMA_OR_END,
    EXPECT_NOTHING, /* the document is complete */
};

struct builder {
    struct pb_json_parse *parse;
    struct pb_json_token token;
    enum expectation expectation;
    json_t *root;
    json_t *open[PB_JSON_DEEPEST_VALUE]; /* containers, borrowed from the root */
    size_t depth;
    uint64_t values;
    size_t start_bytes;  /* the document's offset in the text */
    size_t key_bytes;    /* the offset of the key of the value to come */
    struct pb_slice key; /* its characters, in the text or in key_buffer */
    struct pb_buffer key_buffer;
    struct pb_buffer scratch;
};

static void set_fault(struct builder *builder, const char *code, const char *problem,
                      struct pb_slice quote)
{
    builder->parse->fault = (struct pb_json_fault){code, builder->token.offset_bytes, problem,
                                                   pb_slice_first(quote, LONGEST_QUOTE_BYTES)};
}

static void refuse_token(struct builder *builder)
{
    static const char *const problems[] = {
        [EXPECT_VALUE] = "a value was expected, not",
        [EXPECT_VALUE_OR_END] = "a value or ']' was expected, not",
        [EXPECT_KEY] = "a key in quotes was expected, not",
        [EXPECT_KEY_OR_END] = "a key in quotes or '}' was expected, not",
        [EXPECT_COLON] = "':' was expected after the key, not",
        [EXPECT_COMMA_OR_END] = "',' or the end of the array or object was expected, not",
    };

    if (builder->token.kind == PB_JSON_TOKEN_FAULT)
        builder->parse->fault = builder->parse->scanner.fault;
    else if (builder->token.kind == PB_JSON_TOKEN_END)
        set_fault(builder, "json-truncated", "the text ends inside an array or object",
                  PB_SLICE_ABSENT);
    else
        set_fault(builder, "json-invalid", problems[builder->expectation], builder->token.text);
}

static void note_repair(struct builder *builder, enum pb_json_repair repair, size_t count,
                        size_t offset_bytes)
{
    if (builder->parse->repairs[repair].count == 0)
        builder->parse->repairs[repair].first_bytes = offset_bytes;
    builder->parse->repairs[repair].count += count;
}

/* The characters of a string token: in the text itself where nothing is escaped. */
static bool read_characters(struct builder *builder, struct pb_buffer *buffer,
                            struct pb_slice *characters, size_t *lone_surrogates)
{
    const struct pb_json_token *token = &builder->token;

    *lone_surrogates = 0;
    *characters = token->text;
    if (token->controls > 0)
        note_repair(builder, PB_JSON_REPAIR_CONTROL, token->controls, token->first_control_bytes);
    if (!token->has_escapes)
        return true;
    pb_buffer_clear(buffer);
    *lone_surrogates = pb_json_decode_string(token->text, buffer);
    *characters = pb_buffer_slice(buffer);
    return !buffer->has_failed;
}

static json_t *make_string(struct builder *builder)
{
    struct pb_slice characters;
    size_t lone_surrogates;

    if (!read_characters(builder, &builder->scratch, &characters, &lone_surrogates))
        return NULL;
    if (lone_surrogates > 0) {
        note_repair(builder, PB_JSON_REPAIR_SURROGATE_VALUE, 1, builder->token.offset_bytes);
        return json_null();
    }
    return json_stringn_nocheck(characters.data, characters.size_bytes);
}

static json_t *make_number(struct builder *builder)
{
    struct pb_slice text = builder->token.text;
    int64_t integer;
    double real;
    bool is_finite = false;

    if (pb_json_is_integer(text)) {
        if (pb_json_decode_integer(text, &integer))
            return json_integer(integer);
    } else {
        if (!pb_json_decode_real(text, &builder->scratch, &real, &is_finite))
            return NULL;
        if (is_finite)
            return json_real(real);
    }
    note_repair(builder, PB_JSON_REPAIR_NUMBER, 1, builder->token.offset_bytes);
    return json_null();
}

static bool is_value(enum pb_json_token_kind kind)
{
    return kind == PB_JSON_TOKEN_BEGIN_OBJECT || kind == PB_JSON_TOKEN_BEGIN_ARRAY ||
           (kind >= PB_JSON_TOKEN_STRING && kind <= PB_JSON_TOKEN_NULL);
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
        builder->root = value;
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

/* An empty array or object costs jansson some 200 bytes, a number or a short string some 50. */
static uint64_t weight_of(enum pb_json_token_kind kind)
{
    return kind == PB_JSON_TOKEN_BEGIN_OBJECT || kind == PB_JSON_TOKEN_BEGIN_ARRAY ? 4 : 1;
}

static enum pb_status take_value(struct builder *builder)
{
    if (!is_value(builder->token.kind)) {
        refuse_token(builder);
        return PB_OK;
    }
    if (builder->depth == PB_JSON_DEEPEST_VALUE) {
        set_fault(builder, "json-too-deep", "values stand more than 2048 levels deep",
                  PB_SLICE_ABSENT);
        return PB_OK;
    }
    builder->values += weight_of(builder->token.kind);
    if (builder->values > builder->parse->most_values) {
        set_fault(builder, "limit-values", "the document holds too many values", PB_SLICE_ABSENT);
        return PB_OK;
    }
    json_t *value = make_value(builder);
    if (value == NULL || !attach(builder, value) || !add_row(builder, value))
        return PB_FAILED_MEMORY;
    builder->expectation = builder->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
    if (json_is_object(value) || json_is_array(value)) {
        builder->open[builder->depth++] = value;
        builder->expectation = json_is_object(value) ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
    }
    return PB_OK;
}

static enum pb_status take_key(struct builder *builder)
{
    size_t lone_surrogates;

    if (builder->token.kind != PB_JSON_TOKEN_STRING) {
        refuse_token(builder);
        return PB_OK;
    }
    builder->key_bytes = builder->token.offset_bytes;
    if (!read_characters(builder, &builder->key_buffer, &builder->key, &lone_surrogates))
        return PB_FAILED_MEMORY;
    if (lone_surrogates > 0)
        note_repair(builder, PB_JSON_REPAIR_SURROGATE_KEY, lone_surrogates,
                    builder->token.offset_bytes);
    const json_t *object = builder->open[builder->depth - 1];
    if (json_object_getn(object, builder->key.data, builder->key.size_bytes) != NULL)
        set_fault(builder, "json-duplicate-key", "an object has two members named",
                  builder->token.text);
    builder->expectation = EXPECT_COLON;
    return PB_OK;
}

static enum pb_status take_close(struct builder *builder)
{
    builder->depth--;
    builder->expectation = builder->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
    return PB_OK;
}

/* The token that would end the innermost array or object. */
static enum pb_json_token_kind closing_token(const struct builder *builder)
{
    return json_is_object(builder->open[builder->depth - 1]) ? PB_JSON_TOKEN_END_OBJECT
                                                             : PB_JSON_TOKEN_END_ARRAY;
}

static void take_punctuation(struct builder *builder, enum pb_json_token_kind kind,
                             enum expectation next)
{
    if (builder->token.kind == kind)
        builder->expectation = next;
    else
        refuse_token(builder);
}

static enum pb_status take_token(struct builder *builder)
{
    switch (builder->expectation) {
    case EXPECT_VALUE_OR_END:
        if (builder->token.kind == PB_JSON_TOKEN_END_ARRAY)
            return take_close(builder);
        return take_value(builder);
    case EXPECT_VALUE: return take_value(builder);
    case EXPECT_KEY_OR_END:
        if (builder->token.kind == PB_JSON_TOKEN_END_OBJECT)
            return take_close(builder);
        return take_key(builder);
    case EXPECT_KEY: return take_key(builder);
    case EXPECT_COLON: take_punctuation(builder, PB_JSON_TOKEN_COLON, EXPECT_VALUE); break;
    case EXPECT_COMMA_OR_END:
        if (builder->token.kind == closing_token(builder))
            return take_close(builder);
        take_punctuation(builder, PB_JSON_TOKEN_COMMA,
                         closing_token(builder) == PB_JSON_TOKEN_END_OBJECT ? EXPECT_KEY
                                                                            : EXPECT_VALUE);
        break;
    case EXPECT_NOTHING: break;
    }
    return PB_OK;
}

void pb_json_prepare(void)
{
    json_object_seed(0);
}

enum pb_status pb_json_parse(struct pb_json_parse *parse)
{
    struct builder builder; /* not initialised as a whole: open is large and documents are many */
    enum pb_status status = PB_OK;

    builder.parse = parse;
    builder.start_bytes = parse->scanner.offset_bytes;
    builder.expectation = EXPECT_VALUE;
    builder.root = NULL;
    builder.depth = 0;
    builder.values = 0;
    builder.key = PB_SLICE_ABSENT;
    pb_vector_init(&parse->rows, sizeof(struct pb_json_row));
    pb_buffer_init(&builder.key_buffer, SIZE_MAX);
    pb_buffer_init(&builder.scratch, SIZE_MAX);
    while (builder.expectation != EXPECT_NOTHING && parse->fault.code == NULL && status == PB_OK) {
        pb_json_scan(&parse->scanner, &builder.token);
        status = take_token(&builder);
    }
    if (status != PB_OK || parse->fault.code != NULL) {
        json_decref(builder.root);
        builder.root = NULL;
    }
    parse->root = (struct pb_json *)builder.root;
    pb_buffer_release(&builder.key_buffer);
    pb_buffer_release(&builder.scratch);
    return status;
}

void pb_json_free(struct pb_json *root)
{
    json_decref((json_t *)root);
}

/* jansson's readers take a json_t that they do not change without saying so by const. */
static json_t *node(const struct pb_json *value)
{
    union {
        const struct pb_json *shown;
        json_t *held;
    } both = {.shown = value};

    return both.held;
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

/* The two characters that RFC 6901 section 3 spells otherwise: '~' as "~0", '/' as "~1". */
static char code_of(char byte)
{
    return byte == '~' ? '0' : byte == '/' ? '1' : '\0';
}

static void append_part(struct pb_buffer *pointer, struct pb_slice key)
{
    /* A size that cannot be doubled is above every ceiling as it stands. */
    char *out =
        pb_buffer_reserve(pointer, key.size_bytes > SIZE_MAX / 2 ? SIZE_MAX : key.size_bytes * 2);
    if (out == NULL)
        return;
    for (size_t i = 0; i < key.size_bytes; i++) {
        char code = code_of(key.data[i]);
        *out++ = code != '\0' ? '~' : key.data[i];
        if (code != '\0')
            *out++ = code;
    }
    pointer->size_bytes = (size_t)(out - pointer->data);
}

size_t pb_pointer_push_key(struct pb_buffer *pointer, struct pb_slice key)
{
    size_t before = pointer->size_bytes;

    pb_buffer_append_byte(pointer, '/');
    append_part(pointer, key);
    return before;
}

size_t pb_pointer_push_index(struct pb_buffer *pointer, size_t index)
{
    size_t before = pointer->size_bytes;

    pb_buffer_append_byte(pointer, '/');
    pb_buffer_append_number(pointer, index);
    return before;
}

void pb_pointer_cut(struct pb_buffer *pointer, size_t size_bytes)
{
    pointer->size_bytes = size_bytes;
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

static json_t *find_element(const json_t *array, struct pb_slice part)
{
    size_t index = part.size_bytes > 0 ? 0 : SIZE_MAX;

    for (size_t i = 0; i < part.size_bytes && index < json_array_size(array); i++)
        index = part.data[i] >= '0' && part.data[i] <= '9'
                    ? index * 10 + (size_t)(part.data[i] - '0')
                    : SIZE_MAX;
    return json_array_get(array, index);
}

static json_t *find_child(const json_t *container, struct pb_slice part, struct pb_buffer *key)
{
    if (json_is_array(container))
        return find_element(container, part);
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

/* SPDX-License-Identifier: MIT */
/* jansson holds the values; its reader is not used, for it goes on without memory: a byte of a key
 * that did not fit is left out, and the document read as if it had never been there. */
#include "json/parse.h"

#include <jansson.h>

#include "base/buffer.h"
#include "json/decode.h"

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
    struct pb_slice key; /* of the value to come; in the text or in key_buffer */
    struct pb_buffer key_buffer;
    struct pb_buffer scratch;
};

static void set_fault(struct builder *builder, const char *code, const char *problem,
                      struct pb_slice quote)
{
    builder->parse->fault = (struct pb_json_fault){code, builder->token.position, problem,
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
                        struct pb_json_position position)
{
    if (builder->parse->repairs[repair].count == 0)
        builder->parse->repairs[repair].first = position;
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
        note_repair(builder, PB_JSON_REPAIR_CONTROL, token->controls, token->first_control);
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
        note_repair(builder, PB_JSON_REPAIR_SURROGATE_VALUE, 1, builder->token.position);
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
    note_repair(builder, PB_JSON_REPAIR_NUMBER, 1, builder->token.position);
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
    if (value == NULL || !attach(builder, value))
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
    if (!read_characters(builder, &builder->key_buffer, &builder->key, &lone_surrogates))
        return PB_FAILED_MEMORY;
    if (lone_surrogates > 0)
        note_repair(builder, PB_JSON_REPAIR_SURROGATE_KEY, lone_surrogates,
                    builder->token.position);
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

enum pb_status pb_json_parse(struct pb_json_parse *parse)
{
    struct builder builder; /* not initialised as a whole: open is large and documents are many */
    enum pb_status status = PB_OK;

    builder.parse = parse;
    builder.expectation = EXPECT_VALUE;
    builder.root = NULL;
    builder.depth = 0;
    builder.values = 0;
    builder.key = PB_SLICE_ABSENT;
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

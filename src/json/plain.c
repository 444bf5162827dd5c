/* SPDX-License-Identifier: MIT */
#include "json/plain.h"

#include <stdint.h>

#include "json/token.h"

/* What AWS prints has fewer; more is left to the parser. */
#define DEEPEST_LEVEL 48
#define MOST_KEYS 32
/* An integer of these fits into 64 bits, and a number without exponent into a double. */
#define LONGEST_NUMBER_BYTES 18

/* An array or object that is not closed yet. */
struct level {
    enum pb_json_token_kind close;
    bool is_filled;
    size_t count; /* of the keys so far, which no two members may share */
    struct pb_slice keys[MOST_KEYS];
};

struct check {
    struct pb_json_scanner scanner;
    struct pb_json_token token;
    uint64_t values, most_values;
    size_t depth;
    struct level levels[DEEPEST_LEVEL];
};

static enum pb_json_token_kind next_token(struct check *check)
{
    pb_json_scan(&check->scanner, &check->token);
    return check->token.kind;
}

static bool is_plain_key(const struct level *level, const struct pb_json_token *key)
{
    if (key->kind != PB_JSON_TOKEN_STRING || key->has_escapes || key->controls > 0)
        return false;
    for (size_t i = 0; i < level->count; i++)
        if (pb_slice_equals(level->keys[i], key->text))
            return false;
    return level->count < MOST_KEYS;
}

/* The key at the token, up to the first token of its value. */
static bool take_key(struct check *check, struct level *level)
{
    if (!is_plain_key(level, &check->token))
        return false;
    level->keys[level->count++] = check->token.text;
    if (next_token(check) != PB_JSON_TOKEN_COLON)
        return false;
    next_token(check);
    return true;
}

/* Half a surrogate pair would be repaired, and whole ones are seldom. */
static bool is_plain_string(const struct pb_json_token *token)
{
    if (token->controls > 0)
        return false;
    return !token->has_escapes || (pb_slice_find(token->text, PB_SLICE("\\ud"), 0) == SIZE_MAX &&
                                   pb_slice_find(token->text, PB_SLICE("\\uD"), 0) == SIZE_MAX);
}

static bool is_plain_number(struct pb_slice text)
{
    if (text.size_bytes > LONGEST_NUMBER_BYTES)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] == 'e' || text.data[i] == 'E')
            return false;
    return true;
}

static bool open_level(struct check *check, enum pb_json_token_kind close)
{
    if (check->depth == DEEPEST_LEVEL)
        return false;
    struct level *level = &check->levels[check->depth++];
    level->close = close;
    level->is_filled = false;
    level->count = 0;
    check->values += 3; /* and one, as limits count them */
    return true;
}

static bool take_value(struct check *check)
{
    if (++check->values > check->most_values)
        return false;
    switch (check->token.kind) {
    case PB_JSON_TOKEN_BEGIN_OBJECT: return open_level(check, PB_JSON_TOKEN_END_OBJECT);
    case PB_JSON_TOKEN_BEGIN_ARRAY: return open_level(check, PB_JSON_TOKEN_END_ARRAY);
    case PB_JSON_TOKEN_STRING: return is_plain_string(&check->token);
    case PB_JSON_TOKEN_NUMBER: return is_plain_number(check->token.text);
    case PB_JSON_TOKEN_TRUE:
    case PB_JSON_TOKEN_FALSE:
    case PB_JSON_TOKEN_NULL: return true;
    default: return false;
    }
}

/* RFC 8259 sections 4 and 5, with the document's first token already read. */
static bool take_document(struct check *check)
{
    check->values = 0;
    if (!take_value(check) || check->depth == 0)
        return false;
    while (check->depth > 0) {
        struct level *level = &check->levels[check->depth - 1];
        if (next_token(check) == level->close) {
            check->depth--;
            continue;
        }
        if (level->is_filled && check->token.kind != PB_JSON_TOKEN_COMMA)
            return false;
        if (level->is_filled)
            next_token(check);
        level->is_filled = true;
        if (level->close == PB_JSON_TOKEN_END_OBJECT && !take_key(check, level))
            return false;
        if (!take_value(check))
            return false;
    }
    return check->values <= check->most_values;
}

bool pb_json_is_plain(struct pb_slice text, const struct pb_limits *limits)
{
    struct check check; /* not initialised as a whole: levels are large and texts are many */

    check.scanner = (struct pb_json_scanner){.text = text};
    check.most_values = limits->values;
    check.depth = 0;
    for (uint64_t i = 0; next_token(&check) != PB_JSON_TOKEN_END; i++)
        if (i == limits->values || !take_document(&check))
            return false;
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Parses one document of evidence into jansson's values. jansson's own parser is not used, because
 * places, repairs and what precedes a cut are needed, and it takes seven times as long. */
#include "json/document.h"

#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sentences.inc"

#define LONGEST_QUOTE_BYTES 100

static const char invalid[] = "json-invalid", truncated[] = "json-truncated",
                  too_large[] = "limit-values";

/* report_repairs has a sentence for each. */
enum repair { CONTROL, HALF_VALUE, HALF_KEY, INVALID_BYTES, NUMBER, REPAIRS };

#define TOKEN_END 'E'   /* of the text */
#define TOKEN_FAULT 'F' /* not a token; a diagnostic was added */

struct token {
    char kind; /* its first byte, '0' for any number, or one of the above */
    size_t offset_bytes;
    struct pb_slice text;       /* as it stands, a string without its quotes */
    struct pb_slice characters; /* of a string: in the text where nothing is escaped */
    size_t lone_surrogates;     /* in a string: each became U+FFFD */
    bool has_invalid_bytes;     /* of a string: not UTF-8 */
};

/* The state of one parse. Functions that return bool return false after a diagnostic of severity
 * error was added, or where has_failed is set. */
struct parser {
    const struct pb_json_reader *reader;
    struct pb_diagnostics *diagnostics;
    struct pb_json_document *document;
    struct pb_slice text; /* the reader's */
    size_t at;            /* the offset of the next byte */
    struct token token;
    json_t **open;   /* the arrays and objects around the token; borrowed from the root */
    size_t depth;    /* how many */
    uint64_t values; /* so far, as most_values counts them */
    struct pb_buffer key, value; /* decoded characters of strings with escapes */
    struct token name;           /* the key of the next value */
    struct {
        size_t count;
        size_t first_bytes; /* the offset of the first */
    } repairs[REPAIRS];
    const char *fault; /* the code of the diagnostic of severity error, NULL for none */
    bool has_failed;   /* without memory */
};

/* Adds a diagnostic at the offset, with the quote unless that is absent. Returns false. */
static bool fail(struct parser *parser, const char *code, size_t offset_bytes,
                 struct pb_slice quote, const char *problem)
{
    const char *mark = pb_slice_is_absent(quote) ? "" : "'";
    parser->fault = code;
    pb_diagnostics_add(parser->diagnostics, PB_SEVERITY_ERROR, code, "%s%s%s%.*s%s", problem,
                       *mark != '\0' ? " " : "", mark,
                       PB_SLICE_ARGS(pb_slice_first(quote, LONGEST_QUOTE_BYTES)), mark)
        ->offset_bytes = offset_bytes;
    return false;
}

static struct pb_slice between(const struct parser *parser, size_t begin, size_t end)
{
    return pb_slice_first(pb_slice_from(parser->text, begin), end - begin);
}

/* Adds a diagnostic at begin that quotes the bytes from there to end; one that says inside what the
 * text ends where end is past that. */
static bool refuse(struct parser *parser, size_t begin, size_t end, const char *problem)
{
    const char kind = parser->token.kind;
    if (end <= parser->text.size_bytes)
        return fail(parser, invalid, begin, between(parser, begin, end), problem);
    return fail(parser, truncated, parser->text.size_bytes, PB_SLICE_ABSENT,
                kind == TOKEN_END                  ? "the text ends inside an array or object"
                : kind == '"'                      ? "the text ends inside a string"
                : kind == '-' || pb_is_digit(kind) ? "the text ends inside a number"
                                                   : "the text ends inside a word");
}

static bool refuse_token(struct parser *parser, const char *problem)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_END)
        return refuse(parser, parser->at, parser->at + 1, problem);
    return token->kind != TOKEN_FAULT &&
           fail(parser, invalid, token->offset_bytes, token->text, problem);
}

static void note_repair(struct parser *parser, enum repair repair, size_t count,
                        size_t offset_bytes)
{
    if (parser->repairs[repair].count == 0)
        parser->repairs[repair].first_bytes = offset_bytes;
    parser->repairs[repair].count += count;
}

/* The byte at the offset; at the end of the text 0, which no token has. */
static char byte_at(const struct parser *parser, size_t offset)
{
    return offset < parser->text.size_bytes ? parser->text.data[offset] : '\0';
}

/* Decodes the \uXXXX at *offset to a UTF-16 code unit and moves *offset past it. */
static bool scan_unit(struct parser *parser, size_t *offset, uint32_t *unit)
{
    size_t begin = *offset, end = begin + 2;

    for (*unit = 0; end < begin + 6; end++) {
        int digit = pb_hex_value(byte_at(parser, end));
        if (digit < 0)
            return refuse(parser, begin, end + 1, "four hexadecimal digits must follow \\u");
        *unit = *unit << 4 | (uint32_t)digit;
    }
    *offset = end;
    return true;
}

/* Decodes the escape at *offset and moves *offset past it (RFC 8259, section 7). */
static bool scan_escape(struct parser *parser, size_t *offset, struct pb_buffer *characters)
{
    static const char escaped[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    size_t begin = *offset, behind;
    unsigned char letter = (unsigned char)byte_at(parser, begin + 1);
    uint32_t unit, low;

    if (escaped[letter] != '\0') {
        pb_buffer_append_byte(characters, escaped[letter]);
        *offset = begin + 2;
        return true;
    }
    if (letter != 'u')
        return refuse(parser, begin, begin + 2, "a string holds an unknown escape");
    if (!scan_unit(parser, offset, &unit))
        return false;
    if (unit >= 0xD800 && unit <= 0xDBFF && byte_at(parser, *offset) == '\\' &&
        byte_at(parser, *offset + 1) == 'u') {
        behind = *offset;
        if (!scan_unit(parser, &behind, &low))
            return false;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            *offset = behind;
        }
    }
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        unit = 0xFFFD;
        parser->token.lone_surrogates++;
    }
    char *out = pb_buffer_reserve(characters, PB_UTF8_MOST_BYTES);
    characters->size_bytes += out != NULL ? pb_utf8_encode(unit, out) : 0;
    return true;
}

/* The offset of the next quote, backslash, control character or byte that is not ASCII. As a signed
 * number the last is negative, so one comparison with the blank finds it and control characters. */
static size_t skip_plain(struct pb_slice text, size_t offset)
{
    typedef signed char signed_lanes __attribute__((vector_size(PB_LANES)));

    for (; text.size_bytes - offset >= PB_LANES; offset += PB_LANES) {
        pb_lanes lanes = pb_lanes_load(text.data + offset);
        if (pb_lanes_any((pb_lanes)((signed_lanes)lanes < (signed char)0x20) |
                         pb_lanes_equal(lanes, '"') | pb_lanes_equal(lanes, '\\')))
            break;
    }
    while (offset < text.size_bytes && (unsigned char)text.data[offset] - 0x20u < 0x60 &&
           text.data[offset] != '"' && text.data[offset] != '\\')
        offset++;
    return offset;
}

static bool scan_string(struct parser *parser, struct pb_buffer *characters)
{
    const struct pb_slice text = parser->text;
    struct token *token = &parser->token;
    size_t begin = parser->at + 1, end = begin, decoded = begin; /* up to the last escape's end */
    size_t controls = 0, first_control = 0;

    pb_buffer_clear(characters);
    for (;;) {
        end = skip_plain(text, end);
        if (end == text.size_bytes)
            return refuse(parser, begin, end + 1, "");
        if (text.data[end] == '"')
            break;
        if (text.data[end] == '\\') {
            pb_buffer_append(characters, between(parser, decoded, end));
            if (!scan_escape(parser, &end, characters))
                return false;
            decoded = end;
        } else if ((unsigned char)text.data[end] < 0x20) {
            if (controls++ == 0)
                first_control = end;
            end++;
        } else {
            size_t size = pb_utf8_decode(pb_slice_from(text, end), NULL);
            token->has_invalid_bytes |= size == 0;
            end += size > 0 ? size : 1;
        }
    }
    token->text = token->characters = between(parser, begin, end);
    if (decoded > begin) {
        pb_buffer_append(characters, between(parser, decoded, end));
        token->characters = pb_buffer_slice(characters);
    }
    if (controls > 0 && !token->has_invalid_bytes)
        note_repair(parser, CONTROL, controls, first_control);
    parser->at = end + 1;
    parser->has_failed = characters->has_failed;
    return !parser->has_failed;
}

static bool scan_digits(struct parser *parser)
{
    size_t begin = parser->at;
    parser->at = pb_skip(parser->text, begin, PB_DIGITS);
    return parser->at > begin || refuse(parser, begin, begin + 1, "a number needs a digit before");
}

static bool skip_byte(struct parser *parser, char a, char b)
{
    char byte = byte_at(parser, parser->at);
    bool is_met = byte == a || byte == b;
    parser->at += is_met;
    return is_met;
}

static bool scan_number(struct parser *parser)
{
    size_t begin = parser->at;

    skip_byte(parser, '-', '-');
    /* RFC 8259 section 6: nothing but a fraction or an exponent may follow a leading zero. */
    if (!skip_byte(parser, '0', '0') && !scan_digits(parser))
        return false;
    if (skip_byte(parser, '.', '.') && !scan_digits(parser))
        return false;
    if (skip_byte(parser, 'e', 'E')) {
        skip_byte(parser, '+', '-');
        if (!scan_digits(parser))
            return false;
    }
    parser->token.kind = '0';
    parser->token.text = between(parser, begin, parser->at);
    return true;
}

static bool scan_word(struct parser *parser)
{
    static const struct pb_slice words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    size_t begin = parser->at, end = begin;

    while (pb_byte_lower(byte_at(parser, end)) >= 'a' && pb_byte_lower(byte_at(parser, end)) <= 'z')
        end++;
    struct pb_slice word = parser->token.text = between(parser, begin, end);
    for (size_t i = 0; word.size_bytes > 0 && i < sizeof words / sizeof words[0]; i++) {
        if (pb_slice_equals(word, words[i])) {
            parser->at = end;
            return true;
        }
        if (end == parser->text.size_bytes && pb_slice_starts_with(words[i], word))
            return refuse(parser, begin, end + 1, "");
    }
    if (word.size_bytes == 0)
        end += pb_utf8_decode(pb_slice_from(parser->text, begin), NULL);
    return end > begin ? refuse(parser, begin, end, "not JSON: unexpected")
                       : fail(parser, "invalid-utf8", begin, between(parser, begin, begin + 1),
                              "a byte does not belong to UTF-8 text");
}

/* Reads the next token; a string with escapes is decoded into the buffer. */
static void scan(struct parser *parser, struct pb_buffer *characters)
{
    struct token *token = &parser->token;
    bool is_token = true;
    size_t at = parser->at;

    while (at < parser->text.size_bytes && pb_is_blank(parser->text.data[at]))
        at++;
    bool has_more = at < parser->text.size_bytes;
    char byte = byte_at(parser, at);
    parser->at = token->offset_bytes = at;
    token->lone_surrogates = 0;
    token->has_invalid_bytes = false;
    token->kind = has_more ? byte : TOKEN_END;
    if (byte == '"')
        is_token = scan_string(parser, characters);
    else if (byte == ',' || byte == ':' || byte == '{' || byte == '}' || byte == '[' || byte == ']')
        token->text = (struct pb_slice){parser->text.data + parser->at++, 1};
    else if (byte == '-' || pb_is_digit(byte))
        is_token = scan_number(parser);
    else if (has_more)
        is_token = scan_word(parser);
    if (!is_token)
        token->kind = TOKEN_FAULT;
}

/* NULL without memory. strtod reads the decimal point of the locale, which a caller may set. */
static json_t *make_number(struct parser *parser)
{
    struct pb_buffer *copy = &parser->value;
    char *end;

    pb_buffer_clear(copy);
    pb_buffer_append(copy, parser->token.text);
    pb_buffer_append_byte(copy, '\0');
    if (copy->has_failed)
        return NULL;
    errno = 0;
    long long integer = strtoll(copy->data, &end, 10);
    if (*end == '\0' && errno == 0)
        return json_integer(integer);
    double real = HUGE_VAL;
    if (*end != '\0') {
        locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        if (plain == (locale_t)0)
            return NULL;
        locale_t previous = uselocale(plain);
        real = strtod(copy->data, NULL); /* an underflow is 0 */
        uselocale(previous);
        freelocale(plain);
    }
    if (isfinite(real))
        return json_real(real);
    note_repair(parser, NUMBER, 1, parser->token.offset_bytes);
    return json_null();
}

static json_t *make_value(struct parser *parser)
{
    const struct token *token = &parser->token;

    switch (token->kind) {
    case '{': return json_object();
    case '[': return json_array();
    case '0': return make_number(parser);
    case 't': return json_true();
    case 'f': return json_false();
    case 'n': return json_null();
    default: break;
    }
    if (!token->has_invalid_bytes && token->lone_surrogates == 0)
        return json_stringn_nocheck(token->characters.data, token->characters.size_bytes);
    note_repair(parser, token->has_invalid_bytes ? INVALID_BYTES : HALF_VALUE, 1,
                token->offset_bytes);
    return json_null();
}

/* Adds the value to its container, or makes it the root. Takes the value, also on failure. */
static bool attach(struct parser *parser, json_t *value)
{
    struct pb_json_document *document = parser->document;
    json_t *container = parser->depth > 0 ? parser->open[parser->depth - 1] : NULL;
    const struct token *name = &parser->name;
    const struct pb_json_row row = {(const struct pb_json *)value,
                                    parser->token.offset_bytes - document->start.offset_bytes};
    bool has_row = container == NULL || !(json_is_null(value) || json_is_boolean(value));
    bool is_added = value != NULL;
    size_t members = json_object_size(container); /* 0 in arrays */

    if (container == NULL)
        document->root = (struct pb_json *)value;
    else if (json_is_array(container))
        is_added = json_array_append_new(container, value) == 0;
    else
        is_added = json_object_setn_new_nocheck(container, name->characters.data,
                                                name->characters.size_bytes, value) == 0;
    if (is_added && json_is_object(container) && json_object_size(container) == members)
        return fail(parser, "json-duplicate-key", name->offset_bytes, name->text,
                    PB_SAY_ONE_MEMBER);
    parser->has_failed =
        !is_added || (has_row && !pb_vector_append(&document->rows, &row, sizeof row));
    return !parser->has_failed;
}

/* Adds the value that the token begins; problem: the sentence for a token that begins none. */
static bool take_value(struct parser *parser, const char *problem)
{
    const struct pb_json_reader *reader = parser->reader;
    const struct token *token = &parser->token;
    char sentence[200];

    if (token->kind == '0' && parser->depth > 0 && parser->at == parser->text.size_bytes)
        scan(parser, &parser->value); /* the number may be cut */
    if (strchr("{[\"0tfn", token->kind) == NULL)
        return refuse_token(parser, problem);
    if (parser->depth == PB_JSON_DEEPEST_VALUE)
        return fail(parser, "json-too-deep", token->offset_bytes, PB_SLICE_ABSENT, PB_SAY_TOO_DEEP);
    bool is_open = token->kind == '{' || token->kind == '[';
    /* An empty array or object costs jansson some 200 bytes, a number or a short string 50. */
    parser->values += is_open ? 4 : 1;
    if (parser->values > reader->most_values || reader->next_ordinal >= reader->most_values) {
        snprintf(sentence, sizeof sentence, PB_SAY_LIMIT_VALUES,
                 (unsigned long long)reader->most_values);
        return fail(parser, too_large, token->offset_bytes, PB_SLICE_ABSENT, sentence);
    }
    json_t *value = make_value(parser);
    if (!attach(parser, value))
        return false;
    if (is_open)
        parser->open[parser->depth++] = value;
    return true;
}

/* Reads the next member or element, or the end, of the innermost container (RFC 8259, 4 and 5). */
static bool take_next(struct parser *parser)
{
    const json_t *container = parser->open[parser->depth - 1];
    const struct token *token = &parser->token;
    bool is_object = json_is_object(container);
    bool is_empty = (is_object ? json_object_size(container) : json_array_size(container)) == 0;
    struct pb_buffer *characters = is_object ? &parser->key : &parser->value;

    scan(parser, characters);
    if (token->kind == (is_object ? '}' : ']')) {
        parser->depth--;
        return true;
    }
    if (!is_empty && token->kind != ',')
        return refuse_token(parser, "',' or the end of the array or object was expected, not");
    if (!is_empty)
        scan(parser, characters);
    if (!is_object)
        return take_value(parser, is_empty ? PB_SAY_VALUE_OR_END : PB_SAY_VALUE_EXPECTED);
    if (token->kind != '"')
        return refuse_token(parser, is_empty ? PB_SAY_KEY_OR_END : PB_SAY_KEY_EXPECTED);
    if (token->has_invalid_bytes)
        return fail(parser, "invalid-utf8", token->offset_bytes, PB_SLICE_ABSENT, PB_SAY_KEY_BYTES);
    parser->name = *token;
    if (token->lone_surrogates > 0)
        note_repair(parser, HALF_KEY, token->lone_surrogates, token->offset_bytes);
    scan(parser, &parser->value);
    if (token->kind != ':')
        return refuse_token(parser, "':' was expected after the key, not");
    scan(parser, &parser->value);
    return take_value(parser, PB_SAY_VALUE_EXPECTED);
}

/* After a cut: keeps the complete values. The innermost object, unless it has an array or object,
 * is removed: its missing members may change what it means. Returns whether anything is left. */
static bool drop_incomplete(struct parser *parser)
{
    json_t *innermost = parser->open[parser->depth - 1];
    struct pb_vector *rows = &parser->document->rows;
    size_t last = rows->count - 1;

    if (!json_is_object(innermost))
        return true;
    for (const struct pb_json_row *all = rows->data;
         all[last].value != (const struct pb_json *)innermost; last--)
        if (json_is_object((const json_t *)all[last].value) ||
            json_is_array((const json_t *)all[last].value))
            return true;
    if (parser->depth == 1)
        return false;
    rows->count = last;
    json_t *parent = parser->open[parser->depth - 2];
    if (json_is_array(parent)) {
        json_array_remove(parent, json_array_size(parent) - 1);
        return true;
    }
    void *member = json_object_iter(parent);
    while (json_object_iter_value(member) != innermost)
        member = json_object_iter_next(parent, member);
    json_object_deln(parent, json_object_iter_key(member), json_object_iter_key_len(member));
    return true;
}

static void report_repairs(struct parser *parser)
{
    static const char *const problems[REPAIRS] = {
        [CONTROL] = "a raw control character inside a string was read as if it were escaped",
        [HALF_VALUE] = "a string with half a surrogate pair was read as null",
        [HALF_KEY] = "half a surrogate pair in a key was read as U+FFFD",
        [INVALID_BYTES] = PB_SAY_CODE_PAGE,
        [NUMBER] = "a number out of range was read as null",
    };

    for (size_t i = 0; i < REPAIRS; i++) {
        size_t count = parser->repairs[i].count;
        if (count == 0)
            continue;
        parser->document->is_repaired = true;
        pb_diagnostics_add(parser->diagnostics, PB_SEVERITY_WARNING, "json-repaired",
                           count == 1 ? "%s" : PB_SAY_REPEATED, problems[i], count)
            ->offset_bytes = parser->repairs[i].first_bytes;
    }
}

enum pb_json_outcome pb_json_parse(struct pb_json_reader *reader,
                                   struct pb_diagnostics *diagnostics,
                                   struct pb_json_document *document)
{
    json_t *open[PB_JSON_DEEPEST_VALUE]; /* large, and documents are many: not initialised */
    struct parser parser = {.reader = reader,
                            .diagnostics = diagnostics,
                            .document = document,
                            .text = reader->text,
                            .at = reader->offset_bytes,
                            .open = open};

    scan(&parser, &parser.value);
    bool is_whole = take_value(&parser, PB_SAY_VALUE_EXPECTED);
    bool is_container = parser.depth > 0;
    while (is_whole && parser.depth > 0)
        is_whole = take_next(&parser);
    /* "truefalse" is not two documents. */
    if (is_whole && !is_container && parser.at < reader->text.size_bytes &&
        !pb_json_is_gap(reader->text.data[parser.at]))
        is_whole = refuse(&parser, parser.at, parser.at + 1, PB_SAY_GAP_EXPECTED);
    enum pb_json_outcome outcome = is_whole                    ? PB_JSON_DOCUMENT
                                   : parser.fault == too_large ? PB_JSON_TOO_LARGE
                                                               : PB_JSON_INVALID;
    if (parser.fault == truncated && parser.depth > 0 && drop_incomplete(&parser))
        outcome = PB_JSON_CUT;
    if (is_whole || outcome == PB_JSON_CUT)
        report_repairs(&parser);
    /* After an error nothing more is read. */
    reader->offset_bytes = is_whole ? parser.at : reader->text.size_bytes;
    pb_buffer_release(&parser.key);
    pb_buffer_release(&parser.value);
    return parser.has_failed || diagnostics->has_failed ? PB_JSON_FAILED : outcome;
}

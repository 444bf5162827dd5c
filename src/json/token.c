/* SPDX-License-Identifier: MIT */
/* The first step from text to values: document.c takes the tokens. */
#include "json/token.h"

#include "base/utf8.h"
#include "base/bytes.h"

/* Enough of an unknown word to recognise it by. */
#define LONGEST_QUOTE_BYTES 40
#define ESCAPE_BYTES 6 /* of \uXXXX */

bool pb_json_skip_blanks(struct pb_json_scanner *scanner)
{
    const struct pb_slice text = scanner->text;
    size_t offset = scanner->offset_bytes;

    while (offset < text.size_bytes && pb_is_blank(text.data[offset]))
        offset++;
    scanner->offset_bytes = offset;
    return offset < text.size_bytes;
}

/* Sets the fault at an offset, which quotes size_bytes from there. Returns false. */
static bool fail(struct pb_json_scanner *scanner, const char *code, size_t offset,
                 size_t size_bytes, const char *problem)
{
    struct pb_slice quote = pb_slice_first(pb_slice_from(scanner->text, offset), size_bytes);

    scanner->fault =
        (struct pb_json_fault){code, offset, problem, size_bytes > 0 ? quote : PB_SLICE_ABSENT};
    return false;
}

static bool refuse(struct pb_json_scanner *scanner, size_t offset, size_t size_bytes,
                   const char *problem)
{
    return fail(scanner, "json-invalid", offset, size_bytes, problem);
}

static bool refuse_cut(struct pb_json_scanner *scanner, const char *problem)
{
    return fail(scanner, "json-truncated", scanner->text.size_bytes, 0, problem);
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* True where the bytes could go on to be a UTF-8 character, had the text not ended. */
static bool is_cut_character(struct pb_slice rest)
{
    /* Whatever the lead byte asks of the second one, 0x80 or 0xA0 meets (RFC 3629 section 4). */
    static const char continuations[] = {'\x80', '\xA0'};

    if (rest.size_bytes == 0 || rest.size_bytes > 3)
        return false;
    for (size_t i = 0; i < sizeof continuations; i++) {
        char whole[4];
        memset(whole, continuations[i], sizeof whole);
        memcpy(whole, rest.data, rest.size_bytes);
        if (pb_utf8_sequence_size((struct pb_slice){whole, sizeof whole}) > rest.size_bytes)
            return true;
    }
    return false;
}

/* Moves *offset past the escape that starts there (RFC 8259 section 7). */
static bool scan_escape(struct pb_json_scanner *scanner, size_t *offset)
{
    struct pb_slice rest = pb_slice_from(scanner->text, *offset);

    if (rest.size_bytes < 2)
        return refuse_cut(scanner, "the text ends inside a string");
    if (rest.data[1] != 'u') {
        if (rest.data[1] == '\0' || strchr("\"\\/bfnrt", rest.data[1]) == NULL)
            return refuse(scanner, *offset, 2, "a string holds an unknown escape");
        *offset += 2;
        return true;
    }
    for (size_t i = 2; i < 6; i++) {
        if (i == rest.size_bytes)
            return refuse_cut(scanner, "the text ends inside a string");
        if (pb_hex_value(rest.data[i]) < 0)
            return refuse(scanner, *offset, i + 1, "four hexadecimal digits must follow \\u");
    }
    *offset += 6;
    return true;
}

static bool scan_character(struct pb_json_scanner *scanner, size_t *offset)
{
    struct pb_slice rest = pb_slice_from(scanner->text, *offset);
    size_t size = pb_utf8_sequence_size(rest);

    if (size > 0) {
        *offset += size;
        return true;
    }
    if (is_cut_character(rest))
        return refuse_cut(scanner, "the text ends inside a character");
    return fail(scanner, "invalid-utf8", *offset, 1, "a byte does not belong to UTF-8 text");
}

static bool is_plain(char byte)
{
    return (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x80 && byte != '"' && byte != '\\';
}

/* The lanes that are not plain (see is_plain). As signed numbers bytes that are not ASCII are
 * negative, and so below the blank like control characters. */
static pb_lanes special_lanes(const char *bytes)
{
    typedef signed char signed_lanes __attribute__((vector_size(PB_LANES)));
    pb_lanes lanes = pb_lanes_load(bytes);

    return (pb_lanes)((signed_lanes)lanes < (signed char)0x20) | pb_lanes_equal(lanes, '"') |
           pb_lanes_equal(lanes, '\\');
}

static size_t skip_plain(struct pb_slice text, size_t offset)
{
    while (text.size_bytes - offset >= PB_LANES && !pb_lanes_any(special_lanes(text.data + offset)))
        offset += PB_LANES;
    while (offset < text.size_bytes && is_plain(text.data[offset]))
        offset++;
    return offset;
}

static bool scan_string(struct pb_json_scanner *scanner, struct pb_json_token *token)
{
    const struct pb_slice text = scanner->text;
    size_t start = scanner->offset_bytes + 1;
    size_t end = start;

    for (;;) {
        end = skip_plain(text, end);
        if (end == text.size_bytes)
            return refuse_cut(scanner, "the text ends inside a string");
        if (text.data[end] == '"')
            break;
        if (text.data[end] == '\\') {
            token->has_escapes = true;
            if (!scan_escape(scanner, &end))
                return false;
        } else if ((unsigned char)text.data[end] < 0x20) {
            if (token->controls++ == 0)
                token->first_control_bytes = end;
            end++;
        } else if (!scan_character(scanner, &end)) {
            if (strcmp(scanner->fault.code, "invalid-utf8") != 0)
                return false;
            token->has_invalid_bytes = true;
            end++;
        }
    }
    token->kind = PB_JSON_TOKEN_STRING;
    token->text = pb_slice_first(pb_slice_from(text, start), end - start);
    scanner->offset_bytes = end + 1;
    return true;
}

/* Moves *offset past one or more digits. */
static bool scan_digits(struct pb_json_scanner *scanner, size_t *offset)
{
    size_t end = *offset;

    while (end < scanner->text.size_bytes && pb_is_digit(scanner->text.data[end]))
        end++;
    if (end == *offset && end == scanner->text.size_bytes)
        return refuse_cut(scanner, "the text ends inside a number");
    if (end == *offset)
        return refuse(scanner, end, 1, "a number needs a digit before");
    *offset = end;
    return true;
}

static bool has_byte(const struct pb_json_scanner *scanner, size_t offset, char a, char b)
{
    return offset < scanner->text.size_bytes &&
           (scanner->text.data[offset] == a || scanner->text.data[offset] == b);
}

static bool scan_number(struct pb_json_scanner *scanner, struct pb_json_token *token)
{
    size_t start = scanner->offset_bytes;
    size_t end = start + (size_t)has_byte(scanner, start, '-', '-');

    /* RFC 8259 section 6: nothing but a fraction or an exponent may follow a leading zero. */
    if (has_byte(scanner, end, '0', '0'))
        end++;
    else if (!scan_digits(scanner, &end))
        return false;
    if (has_byte(scanner, end, '.', '.')) {
        end++;
        if (!scan_digits(scanner, &end))
            return false;
    }
    if (has_byte(scanner, end, 'e', 'E')) {
        end++;
        end += (size_t)has_byte(scanner, end, '+', '-');
        if (!scan_digits(scanner, &end))
            return false;
    }
    token->kind = PB_JSON_TOKEN_NUMBER;
    token->text = pb_slice_first(pb_slice_from(scanner->text, start), end - start);
    scanner->offset_bytes = end;
    return true;
}

static bool scan_word(struct pb_json_scanner *scanner, struct pb_json_token *token)
{
    static const struct {
        struct pb_slice text;
        enum pb_json_token_kind kind;
    } words[] = {
        {{"true", 4}, PB_JSON_TOKEN_TRUE},
        {{"false", 5}, PB_JSON_TOKEN_FALSE},
        {{"null", 4}, PB_JSON_TOKEN_NULL},
    };
    struct pb_slice rest = pb_slice_from(scanner->text, scanner->offset_bytes);
    struct pb_slice word = rest;

    for (word.size_bytes = 0; word.size_bytes < rest.size_bytes; word.size_bytes++)
        if (!is_letter(rest.data[word.size_bytes]))
            break;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (pb_slice_equals(word, words[i].text)) {
            token->kind = words[i].kind;
            token->text = word;
            scanner->offset_bytes += word.size_bytes;
            return true;
        }
        if (word.size_bytes == rest.size_bytes && pb_slice_starts_with(words[i].text, word))
            return refuse_cut(scanner, "the text ends inside a word");
    }
    return refuse(scanner, scanner->offset_bytes,
                  word.size_bytes < LONGEST_QUOTE_BYTES ? word.size_bytes : LONGEST_QUOTE_BYTES,
                  "not JSON: unexpected");
}

static bool scan_other(struct pb_json_scanner *scanner, struct pb_json_token *token)
{
    size_t start = scanner->offset_bytes;
    size_t end = start;
    char byte = scanner->text.data[start];

    if (byte == '"')
        return scan_string(scanner, token);
    if (byte == '-' || pb_is_digit(byte))
        return scan_number(scanner, token);
    if (is_letter(byte))
        return scan_word(scanner, token);
    if (!scan_character(scanner, &end))
        return false;
    return refuse(scanner, start, end - start, "not JSON: unexpected");
}

void pb_json_scan(struct pb_json_scanner *scanner, struct pb_json_token *token)
{
    static const unsigned char punctuation[256] = {
        ['{'] = PB_JSON_TOKEN_BEGIN_OBJECT, ['}'] = PB_JSON_TOKEN_END_OBJECT,
        ['['] = PB_JSON_TOKEN_BEGIN_ARRAY,  [']'] = PB_JSON_TOKEN_END_ARRAY,
        [':'] = PB_JSON_TOKEN_COLON,        [','] = PB_JSON_TOKEN_COMMA,
    };

    bool has_more = pb_json_skip_blanks(scanner);
    size_t offset = scanner->offset_bytes;
    /* Clearing the whole token instead would take a quarter of the time. */
    token->kind = PB_JSON_TOKEN_END;
    token->offset_bytes = offset;
    token->text = PB_SLICE_ABSENT;
    token->has_escapes = false;
    token->has_invalid_bytes = false;
    token->controls = 0;
    if (!has_more)
        return;
    unsigned char kind = punctuation[(unsigned char)scanner->text.data[offset]];
    if (kind != 0) {
        token->kind = (enum pb_json_token_kind)kind;
        token->text = pb_slice_first(pb_slice_from(scanner->text, offset), 1);
        scanner->offset_bytes++;
    } else if (!scan_other(scanner, token)) {
        token->kind = PB_JSON_TOKEN_FAULT;
    }
}

/* The UTF-16 code unit of a \uXXXX at the start, 0 where there is none. */
static uint32_t read_unit(struct pb_slice text)
{
    uint32_t unit = 0;

    if (text.size_bytes < ESCAPE_BYTES || text.data[0] != '\\' || text.data[1] != 'u')
        return 0;
    for (size_t i = 2; i < ESCAPE_BYTES; i++)
        unit = unit << 4 | (uint32_t)pb_hex_value(text.data[i]);
    return unit;
}

/* Writes what the \u escape at the start of the text stands for, and moves the text past it. */
static char *put_unit(char *out, struct pb_slice *text, size_t *lone_surrogates)
{
    uint32_t unit = read_unit(*text);
    bool is_high = unit >= 0xD800 && unit <= 0xDBFF, is_low = unit >= 0xDC00 && unit <= 0xDFFF;

    *text = pb_slice_from(*text, ESCAPE_BYTES);
    uint32_t low = is_high ? read_unit(*text) : 0;
    if (low >= 0xDC00 && low <= 0xDFFF) {
        *text = pb_slice_from(*text, ESCAPE_BYTES);
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else if (is_high || is_low) {
        unit = 0xFFFD;
        ++*lone_surrogates;
    }
    return out + pb_utf8_encode(unit, out);
}

size_t pb_json_decode_string(struct pb_slice text, struct pb_buffer *buffer)
{
    static const char characters[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    size_t lone_surrogates = 0;
    /* No escape is shorter than what it stands for. */
    char *begin = pb_buffer_reserve(buffer, text.size_bytes);
    char *out = begin;

    if (begin == NULL)
        return 0;
    for (;;) {
        const char *escape = memchr(text.data, '\\', text.size_bytes);
        size_t plain = escape != NULL ? (size_t)(escape - text.data) : text.size_bytes;
        memcpy(out, text.data, plain);
        out += plain;
        text = pb_slice_from(text, plain);
        if (text.size_bytes < 2)
            break;
        if (text.data[1] == 'u') {
            out = put_unit(out, &text, &lone_surrogates);
        } else {
            *out++ = characters[(unsigned char)text.data[1]];
            text = pb_slice_from(text, 2);
        }
    }
    buffer->size_bytes += (size_t)(out - begin);
    return lone_surrogates;
}

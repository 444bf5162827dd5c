/* SPDX-License-Identifier: MIT */
#include "x509/der.h"

/* A line "-----BEGIN label-----" or "-----END label-----". */
struct boundary {
    bool is_begin;
    bool is_whole; /* the dashes behind the label are there */
    struct pb_slice label;
    size_t offset_bytes; /* of its first dash */
    size_t end_bytes;    /* offset of what follows it */
};

#define DASHES PB_SLICE("-----")
#define BEGIN_WORD PB_SLICE("BEGIN ")
#define END_WORD PB_SLICE("END ")

static void read_label(struct pb_slice text, size_t start, struct boundary *boundary)
{
    size_t end = start;
    while (end < text.size_bytes && text.data[end] != '\n' && text.data[end] != '\r' &&
           !pb_slice_starts_with(pb_slice_from(text, end), DASHES))
        end++;
    boundary->is_whole = end < text.size_bytes && text.data[end] == '-';
    boundary->label = pb_slice_trim((struct pb_slice){text.data + start, end - start});
    boundary->end_bytes = boundary->is_whole ? end + DASHES.size_bytes : end;
}

/* Boundaries are found anywhere in a line, not only at its start (RFC 7468, section 2): evidence is
 * indented, quoted and joined to one line, and nothing else would notice what is missed here. */
static bool find_boundary(struct pb_slice text, size_t from, struct boundary *boundary)
{
    size_t at;

    for (; (at = pb_slice_find(text, DASHES, from)) != SIZE_MAX; from = at + 1) {
        struct pb_slice rest = pb_slice_from(text, at + DASHES.size_bytes);
        boundary->is_begin = pb_slice_starts_with(rest, BEGIN_WORD);
        if (!boundary->is_begin && !pb_slice_starts_with(rest, END_WORD))
            continue;
        size_t word = boundary->is_begin ? BEGIN_WORD.size_bytes : END_WORD.size_bytes;
        boundary->offset_bytes = at;
        read_label(text, at + DASHES.size_bytes + word, boundary);
        return true;
    }
    return false;
}

/* RFC 1421, section 4.6.1: "Proc-Type: 4,ENCRYPTED" and its like may stand before the base64, which
 * has no ':', of old private keys. */
static struct pb_slice skip_headers(struct pb_slice body)
{
    if (pb_slice_find(body, PB_SLICE(":"), 0) == SIZE_MAX)
        return body; /* the usual case */
    size_t end = pb_slice_find_last(body, ':');
    while (end < body.size_bytes && body.data[end] != '\n' && body.data[end] != '\r')
        end++;
    return end == body.size_bytes ? body : pb_slice_from(body, end);
}

/* Finds the END that belongs to begin and says what is wrong with it, NULL if nothing is. The
 * reader goes on behind it, or at the next BEGIN where there is no END. */
static const char *find_end(struct pb_pem_reader *reader, const struct boundary *begin,
                            struct boundary *end)
{
    reader->offset_bytes = begin->end_bytes;
    if (!begin->is_begin)
        return "the END line has no BEGIN line";
    if (!begin->is_whole)
        return "the BEGIN line is cut";
    bool is_found = find_boundary(reader->text, begin->end_bytes, end);
    if (!is_found || end->is_begin) {
        reader->offset_bytes = is_found ? end->offset_bytes : reader->text.size_bytes;
        return "the BEGIN line has no END line";
    }
    reader->offset_bytes = end->end_bytes;
    if (!end->is_whole)
        return "the END line is cut";
    if (!pb_slice_equals(begin->label, end->label))
        return "the END line has another label than the BEGIN line";
    return NULL;
}

/* Classes of bytes: 1 to 64 are the base64 digits 0 to 63, and 0 is any byte not named here. */
enum { SPACE = 0x80, PAD = 0xC0, ESCAPE = 0xE0 };

/* clang-format off */
static const unsigned char classes[256] = {
    ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, [' '] = SPACE, ['='] = PAD,
    ['\\'] = ESCAPE,
    ['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
            25, 26,
    ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
            48, 49, 50, 51, 52,
    ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, ['+'] = 63, ['/'] = 64,
};
/* clang-format on */

static unsigned char *write_group(unsigned char *out, uint32_t group)
{
    out[0] = (unsigned char)(group >> 16 & 0xFF);
    out[1] = (unsigned char)(group >> 8 & 0xFF);
    out[2] = (unsigned char)(group & 0xFF);
    return out + 3;
}

/* RFC 8259, section 7: text that was quoted twice keeps escapes of line ends, '/', '+' and '='.
 * Takes one whose first backslash was taken, and any number of further ones. Returns the class of
 * the character that it stands for; 0 where it is no such escape. */
static unsigned char take_escape(const unsigned char **at, const unsigned char *end)
{
    unsigned code = 0;

    while (*at < end && **at == '\\')
        ++*at;
    unsigned char letter = *at < end ? *(*at)++ : 0;
    if (letter == 'n' || letter == 'r' || letter == 't')
        return SPACE;
    if (letter != 'u')
        return letter == '/' || classes[letter] == SPACE ? classes[letter] : 0;
    for (int i = 0; i < 4; i++) {
        int digit = *at < end ? pb_hex_value((char)*(*at)++) : -1;
        code = digit < 0 ? 0xFFFF : code << 4 | (unsigned)digit;
    }
    return code < 0x80 ? classes[code] : 0;
}

/* RFC 4648, section 4, with white space anywhere. '=' stands for what is missing of the last four
 * characters; the bits of theirs that belong to no byte are dropped, as OpenSSL does. Returns what
 * is wrong with the text, or NULL. out has room for three bytes of each four characters begun. */
static const char *decode_base64(struct pb_slice text, unsigned char *out, size_t *size_bytes)
{
    const unsigned char *start = out;
    size_t digits = 0, padding = 0;
    uint32_t group = 0;

    for (const unsigned char *at = (const unsigned char *)text.data, *end = at + text.size_bytes;
         at < end;) {
        if (digits % 4 == 0 && padding == 0 && end - at >= 4) { /* most of the text */
            uint32_t a = classes[at[0]] - 1U, b = classes[at[1]] - 1U, c = classes[at[2]] - 1U,
                     d = classes[at[3]] - 1U;
            if ((a | b | c | d) < 64) {
                out = write_group(out, a << 18 | b << 12 | c << 6 | d);
                digits += 4;
                at += 4;
                continue;
            }
        }
        uint32_t class = classes[*at++];
        if (class == ESCAPE)
            class = take_escape(&at, end);
        if (class == SPACE)
            continue;
        if (class == 0)
            return "a character is not base64";
        padding += class == PAD;
        if (class == PAD)
            continue;
        if (padding > 0)
            return "base64 goes on behind its end";
        group = group << 6 | (class - 1);
        if (++digits % 4 == 0)
            out = write_group(out, group);
    }
    if (digits + padding == 0)
        return "there is no base64";
    if ((digits + padding) % 4 != 0 || padding > 2)
        return "the base64 is cut or wrongly padded";
    if (padding > 0)
        out = write_group(out, group << 6 * padding) - padding;
    *size_bytes = (size_t)(out - start);
    return NULL;
}

static void decode_body(struct pb_slice body, struct pb_arena *arena, struct pb_pem_block *block)
{
    struct pb_slice text = skip_headers(body), der;
    unsigned char *bytes = pb_arena_allocate_array(arena, text.size_bytes / 4 + 1, 3);
    size_t size_bytes;

    if (bytes == NULL)
        return;
    block->reason = decode_base64(text, bytes, &size_bytes);
    if (block->reason != NULL)
        return;
    der = block->der = (struct pb_slice){(const char *)bytes, size_bytes};
    if (pb_slice_equals(block->label, PB_SLICE("TRUSTED CERTIFICATE"))) {
        struct pb_slice certificate = pb_der_take_any(&der);
        block->der = pb_slice_is_absent(certificate) ? block->der : certificate;
    }
}

bool pb_pem_next(struct pb_pem_reader *reader, struct pb_arena *arena, struct pb_pem_block *block)
{
    struct boundary begin, end = {0};

    *block = (struct pb_pem_block){.reason = NULL};
    if (!find_boundary(reader->text, reader->offset_bytes, &begin)) {
        reader->offset_bytes = reader->text.size_bytes;
        return false;
    }
    block->label = begin.label;
    block->is_certificate =
        pb_is_any(begin.label, "CERTIFICATE|X509 CERTIFICATE|TRUSTED CERTIFICATE");
    block->reason = find_end(reader, &begin, &end);
    struct pb_slice body = pb_slice_first(reader->text, end.offset_bytes);
    if (block->reason == NULL)
        decode_body(pb_slice_from(body, begin.end_bytes), arena, block);
    return !arena->has_failed;
}

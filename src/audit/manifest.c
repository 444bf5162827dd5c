/* SPDX-License-Identifier: MIT */
#include "audit/pipeline.h"

#include <stdlib.h>

#include "audit/manifest_name.h"
#include "evidence/digest.h"

#define HEX_DIGITS 64
#define BSD_START "SHA256 ("
#define BSD_MIDDLE ") = "

/* One line on its way. */
struct parse {
    struct pb_slice line;
    struct pb_slice name;
    bool is_escaped;
    size_t column;        /* from 1: where it is not as it should be */
    const char *expected; /* there; NULL while all is well */
    unsigned char *sha256;
};

static bool refuse(struct parse *parse, size_t offset, const char *expected)
{
    parse->column = offset + 1;
    parse->expected = expected;
    return false;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static bool read_digest(struct parse *parse, size_t offset)
{
    for (size_t i = 0; i < HEX_DIGITS; i++) {
        int value =
            offset + i < parse->line.size_bytes ? hex_value(parse->line.data[offset + i]) : -1;
        if (value < 0)
            return refuse(parse, offset + i,
                          "the 64 hexadecimal digits of a SHA-256, or 'SHA256 ('");
        parse->sha256[i / 2] =
            (unsigned char)(i % 2 == 0 ? value << 4 : parse->sha256[i / 2] | value);
    }
    return true;
}

/* coreutils, "cksum output modes": a space for text, '*' for binary; both mean the same bytes. */
static bool read_gnu(struct parse *parse, size_t offset)
{
    struct pb_slice line = parse->line;
    size_t mode = offset + HEX_DIGITS;

    if (!read_digest(parse, offset))
        return false;
    if (mode >= line.size_bytes || line.data[mode] != ' ')
        return refuse(parse, mode, "a space after the 64 digits of a SHA-256");
    if (mode + 1 >= line.size_bytes || (line.data[mode + 1] != ' ' && line.data[mode + 1] != '*'))
        return refuse(parse, mode + 1, "a second space, or '*'");
    parse->name = pb_slice_from(line, mode + 2);
    return parse->name.size_bytes > 0 || refuse(parse, mode + 2, "a file name");
}

/* The digest has no parenthesis, so the last one ends the name, whatever the name holds. */
static bool read_bsd(struct parse *parse, size_t offset)
{
    struct pb_slice line = parse->line;
    size_t start = offset + strlen(BSD_START);
    size_t end = pb_slice_find_last(line, ')');

    if (end == SIZE_MAX || end < start)
        return refuse(parse, line.size_bytes, "') = ' and the digest");
    if (!pb_slice_starts_with(pb_slice_from(line, end), PB_SLICE(BSD_MIDDLE)))
        return refuse(parse, end, "') = ' and the digest");
    if (end == start)
        return refuse(parse, end, "a file name");
    parse->name = pb_slice_from(pb_slice_first(line, end), start);
    size_t digest = end + strlen(BSD_MIDDLE);
    if (!read_digest(parse, digest))
        return false;
    return line.size_bytes == digest + HEX_DIGITS ||
           refuse(parse, digest + HEX_DIGITS, "the end of the line");
}

static bool read_line(struct parse *parse)
{
    struct pb_slice line = parse->line;
    const char *nul = memchr(line.data, '\0', line.size_bytes);

    if (nul != NULL)
        return refuse(parse, (size_t)(nul - line.data), "text without NUL bytes");
    parse->is_escaped = line.data[0] == '\\';
    size_t offset = parse->is_escaped;
    return pb_slice_starts_with(pb_slice_from(line, offset), PB_SLICE(BSD_START))
               ? read_bsd(parse, offset)
               : read_gnu(parse, offset);
}

/* coreutils and shasum: \n, \r and \\ in the names of lines that begin with a backslash. */
static bool unescape(struct parse *parse, struct pb_buffer *name)
{
    struct pb_slice from = parse->name;

    for (size_t i = 0; i < from.size_bytes; i++) {
        char byte = from.data[i];
        if (parse->is_escaped && byte == '\\') {
            char letter = ++i < from.size_bytes ? from.data[i] : '\0';
            byte = letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter;
            if (letter != 'n' && letter != 'r' && letter != '\\')
                return refuse(parse, (size_t)(from.data - parse->line.data) + i - 1,
                              "\\n, \\r or \\\\ in an escaped name");
        }
        pb_buffer_append_byte(name, byte);
    }
    return true;
}

/* A name on its way, reused from line to line. */
struct scratch {
    struct pb_buffer unescaped, simplified;
};

static enum pb_status add_line(struct pb_manifest *manifest, struct pb_slice text, size_t number,
                               struct scratch *scratch, struct pb_error *error)
{
    struct pb_manifest_line *line = pb_vector_push(&manifest->lines);

    if (line == NULL)
        return pb_error_memory(error);
    struct parse parse = {.line = text, .sha256 = line->sha256};
    pb_buffer_clear(&scratch->unescaped);
    pb_buffer_clear(&scratch->simplified);
    if (!read_line(&parse) || !unescape(&parse, &scratch->unescaped))
        return pb_error_set(error, PB_FAILED_USAGE, "line %zu, column %zu: expected %s", number,
                            parse.column, parse.expected);
    line->number = number;
    pb_manifest_simplify(pb_buffer_slice(&scratch->unescaped), &scratch->simplified);
    if (scratch->unescaped.has_failed || scratch->simplified.has_failed ||
        !pb_arena_copy(&manifest->arena, pb_buffer_slice(&scratch->simplified), &line->name))
        return pb_error_memory(error);
    return PB_OK;
}

static int compare_lines(const void *left, const void *right)
{
    const struct pb_manifest_line *a = left, *b = right;
    int order = pb_slice_compare(a->name, b->name);

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static enum pb_status add_lines(struct pb_manifest *manifest, struct pb_slice bytes,
                                struct pb_error *error)
{
    struct pb_slice rest =
        pb_slice_starts_with(bytes, PB_SLICE("\xEF\xBB\xBF")) ? pb_slice_from(bytes, 3) : bytes;
    enum pb_status status = PB_OK;
    struct scratch scratch;

    pb_buffer_init(&scratch.unescaped, SIZE_MAX);
    pb_buffer_init(&scratch.simplified, SIZE_MAX);
    for (size_t number = 1; status == PB_OK && rest.size_bytes > 0; number++) {
        size_t size = pb_slice_find(rest, PB_SLICE("\n"), 0);
        struct pb_slice line = pb_slice_first(rest, size);
        rest = size == SIZE_MAX ? PB_SLICE("") : pb_slice_from(rest, size + 1);
        if (pb_slice_ends_with(line, PB_SLICE("\r")))
            line.size_bytes--;
        if (line.size_bytes > 0 && line.data[0] != '#')
            status = add_line(manifest, line, number, &scratch, error);
    }
    pb_buffer_release(&scratch.unescaped);
    pb_buffer_release(&scratch.simplified);
    if (status == PB_OK && manifest->lines.count == 0)
        return pb_error_set(error, PB_FAILED_USAGE, "it lists no file");
    return status;
}

enum pb_status pb_manifest_read(struct pb_slice bytes, struct pb_manifest *manifest,
                                struct pb_error *error)
{
    struct pb_digest *digest;

    pb_vector_init(&manifest->lines, sizeof(struct pb_manifest_line));
    enum pb_status status = add_lines(manifest, bytes, error);
    if (status != PB_OK)
        return status;
    qsort(manifest->lines.data, manifest->lines.count, sizeof(struct pb_manifest_line),
          compare_lines);
    if (pb_digest_new(&digest) != PB_OK)
        return pb_error_memory(error);
    pb_digest_update(digest, bytes);
    pb_digest_finish(digest, manifest->sha256);
    pb_digest_free(digest);
    return PB_OK;
}

void pb_manifest_release(struct pb_manifest *manifest)
{
    pb_vector_release(&manifest->lines);
    pb_arena_release(&manifest->arena);
    *manifest = (struct pb_manifest){0};
}

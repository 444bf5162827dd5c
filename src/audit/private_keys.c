/* SPDX-License-Identifier: MIT */
/* Finds PEM private keys in a text and covers them, before anything of it is parsed or quoted. */
#include <stdint.h>

#include "audit/pipeline.h"
#include "base/lanes.h"
#include "x509/private_key.h"

/* A file with more keys is one finding more or less; each costs OpenSSL a decoding. */
#define MOST_KEYS 100
/* IAM takes 16 KiB at the most; RSA 16384 bits needs 13 KB. */
#define LARGEST_KEY_BYTES 65536
/* "RSA", "EC", "OPENSSH", "ENCRYPTED", ...: what may stand before PRIVATE KEY. */
#define LONGEST_LABEL_BYTES 32

static const struct pb_slice begin_mark = {"-----BEGIN ", 11};
static const struct pb_slice key_mark = {"PRIVATE KEY-----", 16};
static const struct pb_slice end_mark = {"-----END ", 9};
static const struct pb_slice dashes = {"-----", 5};

/* One character of a JSON string: *size is how many bytes it takes, 0 where it is none. */
static char unescape(struct pb_slice text, size_t *size)
{
    *size = 1;
    if (text.data[0] != '\\')
        return text.data[0];
    if (text.size_bytes < 2)
        return '\n';
    *size = 2;
    switch (text.data[1]) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 'u': break;
    default: return text.data[1];
    }
    int value = 0;
    for (size_t i = 2; i < 6 && i < text.size_bytes && value >= 0; i++)
        value = pb_hex_value(text.data[i]) < 0 ? -1 : value * 16 + pb_hex_value(text.data[i]);
    *size = text.size_bytes < 6 ? text.size_bytes : 6;
    return value > 0 && value < 0x80 ? (char)value : ' ';
}

/* Where the mark ends that begins at the offset, however JSON spells it; SIZE_MAX where it is not
 * there. */
static size_t match(struct pb_slice text, size_t at, struct pb_slice mark)
{
    size_t size;

    for (size_t i = 0; i < mark.size_bytes; i++, at += size)
        if (at >= text.size_bytes || unescape(pb_slice_from(text, at), &size) != mark.data[i])
            return SIZE_MAX;
    return at;
}

/* The BEGIN of a private key's block. */
struct key_begin {
    size_t offset;  /* SIZE_MAX for none */
    size_t content; /* where the line's dashes end */
};

struct key_search {
    struct pb_slice text;
    bool has_escapes; /* ASCII that is spelt \u00.. may hide the mark */
};

static struct key_search search_in(struct pb_slice text)
{
    return (struct key_search){text, pb_slice_find(text, PB_SLICE("\\u00"), 0) != SIZE_MAX};
}

static size_t find_mark(const struct key_search *search, size_t from)
{
    struct pb_slice text = search->text;

    if (!search->has_escapes)
        return pb_slice_find(text, begin_mark, from);
    for (; from < text.size_bytes; from++)
        if ((text.data[from] == '-' || text.data[from] == '\\') &&
            match(text, from, begin_mark) != SIZE_MAX)
            return from;
    return SIZE_MAX;
}

/* Where the label's last words end; SIZE_MAX where it is not the label of a private key. */
static size_t match_label(struct pb_slice text, size_t at)
{
    for (size_t i = 0, size; i <= LONGEST_LABEL_BYTES && at < text.size_bytes; i++, at += size) {
        size_t end = match(text, at, key_mark);
        if (end != SIZE_MAX)
            return end;
        if (unescape(pb_slice_from(text, at), &size) == '-')
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

/* The next one at or after from. */
static struct key_begin find_begin(const struct key_search *search, size_t from)
{
    for (;;) {
        size_t begin = find_mark(search, from);
        if (begin == SIZE_MAX)
            return (struct key_begin){SIZE_MAX, SIZE_MAX};
        from = match(search->text, begin, begin_mark);
        size_t content = match_label(search->text, from);
        if (content != SIZE_MAX)
            return (struct key_begin){begin, content};
    }
}

static struct pb_slice block_at(struct pb_slice text, size_t begin)
{
    struct pb_slice rest = pb_slice_first(pb_slice_from(text, begin), LARGEST_KEY_BYTES);
    size_t end = pb_slice_find(rest, end_mark, begin_mark.size_bytes);

    if (end == SIZE_MAX)
        return PB_SLICE_ABSENT;
    size_t tail = pb_slice_find(rest, key_mark, end);
    return tail == SIZE_MAX ? PB_SLICE_ABSENT : pb_slice_first(rest, tail + key_mark.size_bytes);
}

static void append_unescaped(struct pb_buffer *pem, struct pb_slice block)
{
    for (size_t i = 0, size; i < block.size_bytes; i += size)
        pb_buffer_append_byte(pem, unescape(pb_slice_from(block, i), &size));
    pb_buffer_append_byte(pem, '\n');
}

/* *spki is the digest of the public half in the arena; absent where the key cannot be read. */
static enum pb_status read_public_half(struct pb_slice block, struct pb_arena *arena,
                                       struct pb_slice *spki)
{
    unsigned char digest[32];
    struct pb_buffer pem;
    bool is_known = false;
    enum pb_status status = PB_OK;

    *spki = PB_SLICE_ABSENT;
    if (block.data == NULL)
        return PB_OK;
    /* Reserved at once, so that growing leaves no copies of the key behind. */
    pb_buffer_init(&pem, SIZE_MAX);
    if (pb_buffer_reserve(&pem, block.size_bytes + 1) == NULL)
        return PB_FAILED_MEMORY;
    append_unescaped(&pem, block);
    status = pb_x509_private_key_spki(&pem, digest, &is_known);
    pb_buffer_release(&pem);
    if (status == PB_OK && is_known &&
        !pb_arena_copy(arena, (struct pb_slice){(const char *)digest, sizeof digest}, spki))
        return PB_FAILED_MEMORY;
    return status;
}

static uint32_t count_lines(struct pb_slice text)
{
    uint32_t lines = 0;

    for (const char *here = text.data, *end = text.data + text.size_bytes;
         (here = memchr(here, '\n', (size_t)(end - here))) != NULL; here++)
        lines++;
    return lines;
}

/* Where the bytes hold what no label of a private key lacks: KEY before a dash, or an escape for
 * one of its letters. \n is none, and stands in every certificate. */
static pb_lanes find_signs(const char *bytes)
{
    pb_lanes here = pb_lanes_load(bytes), next = pb_lanes_load(bytes + 1);

    return (pb_lanes_equal(here, 'Y') & pb_lanes_equal(next, '-')) |
           (pb_lanes_equal(here, '\\') & ~pb_lanes_equal(next, 'n'));
}

static bool is_sign(const char *bytes)
{
    return bytes[0] == '\\' ? bytes[1] != 'n' : bytes[0] == 'Y' && bytes[1] == '-';
}

bool pb_private_keys_may_stand_in(struct pb_slice text)
{
    size_t i = 0;

    for (; text.size_bytes - i > 4 * PB_LANES; i += 4 * PB_LANES) {
        const char *at = text.data + i;
        if (pb_lanes_any(find_signs(at) | find_signs(at + PB_LANES) |
                         find_signs(at + 2 * PB_LANES) | find_signs(at + 3 * PB_LANES)))
            return true;
    }
    for (; i + 1 < text.size_bytes; i++)
        if (is_sign(text.data + i))
            return true;
    return false;
}

enum pb_status pb_private_keys_find(struct pb_slice text, struct pb_batch *batch, bool *has_key)
{
    uint32_t line = 1;
    size_t counted = 0;
    const struct key_search search = search_in(text);
    size_t begin = find_begin(&search, 0).offset;

    *has_key = begin != SIZE_MAX;
    for (size_t found = 0; begin != SIZE_MAX && found < MOST_KEYS; found++) {
        struct pb_record *record = pb_vector_push(&batch->records);
        if (record == NULL)
            return PB_FAILED_MEMORY;
        line += count_lines(pb_slice_first(pb_slice_from(text, counted), begin - counted));
        counted = begin;
        record->kind = PB_RECORD_PRIVATE_KEY;
        record->entry = batch->diagnostics.entry;
        record->line = line;
        enum pb_status status =
            read_public_half(block_at(text, begin), &batch->arena, &record->target);
        if (status != PB_OK)
            return status;
        begin = find_begin(&search, begin + 1).offset;
    }
    if (begin == SIZE_MAX)
        return PB_OK;
    return pb_diagnostics_add(&batch->diagnostics, PB_SEVERITY_ERROR, "limit-private-keys", NULL,
                              "more than %d private keys stand in this file: the rest were not "
                              "compared with the certificates",
                              MOST_KEYS);
}

static bool is_base64(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '+' || byte == '/' || byte == '=';
}

/* Where the escape that begins at the offset ends; one in a string within a string has several
 * backslashes. What \u spells is covered too. */
static size_t cover_escape(char *text, size_t size, size_t at)
{
    while (at < size && text[at] == '\\')
        at++;
    if (at >= size || text[at] != 'u')
        return at + 1;
    for (size_t i = 0; i < 4 && at + 1 < size && pb_hex_value(text[at + 1]) >= 0; i++)
        text[++at] = "0078"[i];
    return at + 1;
}

/* No key holds a quotation mark: what stands behind one is another value. */
static void cover_key(char *text, size_t size)
{
    for (size_t at = 0; at < size && text[at] != '"';) {
        if (text[at] == '\\') {
            size_t end = cover_escape(text, size, at);
            if (end > size || text[end - 1] == '"')
                return;
            at = end;
            continue;
        }
        if (size - at >= dashes.size_bytes &&
            memcmp(text + at, dashes.data, dashes.size_bytes) == 0)
            return;
        if (is_base64(text[at]))
            text[at] = 'x';
        at++;
    }
}

enum pb_status pb_private_keys_cover(struct pb_slice *text, struct pb_buffer *storage)
{
    bool is_ours = storage->data != NULL && text->data >= storage->data &&
                   text->data < storage->data + storage->capacity_bytes;

    if (!is_ours) {
        pb_buffer_clear(storage);
        pb_buffer_append(storage, *text);
        if (storage->has_failed)
            return PB_FAILED_MEMORY;
        *text = pb_buffer_slice(storage);
    }
    char *bytes = storage->data + (text->data - storage->data);
    const struct key_search search = search_in(*text);
    for (struct key_begin key = find_begin(&search, 0); key.offset != SIZE_MAX;
         key = find_begin(&search, key.content))
        cover_key(bytes + key.content, text->size_bytes - key.content);
    return PB_OK;
}
